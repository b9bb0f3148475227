from pathlib import Path

import pytest

from yelin.law import conformance, duties
from yelin.law.conformance import Carrier, Proof

ACTS = '''
from yelin.acts import act
from yelin.law import clock, duties
from yelin.law.duties import TRACE as FOLLOWED


@act("catalog.confirm", duty=duties.CATALOG_CONFIRM, subject="entry", starts=duties.BRING_IN)
def confirm(*, actor, entry):
    """Mentions duties.SIGN in words only."""
    return entry.confirm(FOLLOWED)


class Ways:
    basis = duties.SHARING_BASIS

    async def later(self):
        return clock.overdue(duties.BRING_IN)
'''
POLICY = """
from yelin.gate import explain, may
from yelin.law import duties

may("resource.read", on=Entry, when=is_open, duty=duties.OPEN_DATA_FREE)
explain("resource.read", on=Entry, when=is_open, duty=duties.OPENING_APPLY, says="Apply.")
"""
RULES = """
from yelin.law import duties

def refuse(entry):
    def inner():
        raise Unlawful(duties.STATE_SECRETS)
    inner()
"""
TESTS = """
import pytest

pytestmark = pytest.mark.duty("trace.whole")


@pytest.mark.duty("catalog.confirm", "opening.free")
def test_one():
    pass


@pytest.mark.long
@pytest.mark.duty("sharing.basis")
def test_long():
    pass


@pytest.mark.duty("sharing.bases")
class TestMany:
    @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.duty("secrets.outside"))])
    def test_two(self, x):
        pass
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {
        "src/yelin/catalog/acts.py": ACTS,
        "src/yelin/opening/policy.py": POLICY,
        "src/yelin/catalog/rules.py": RULES,
        "src/yelin/law/duties.py": "GRADE = duties.GRADE",
        "src/yelin/catalog/migrations/0001_first.py": RULES,
        "tests/catalog/test_acts.py": TESTS,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_acts_arms_refusals_clocks_and_rules_are_read_from_source(tree: Path) -> None:
    acts, rules = "src/yelin/catalog/acts.py", "src/yelin/catalog/rules.py"
    policy = "src/yelin/opening/policy.py"
    assert set(conformance.carriers(tree)) == {
        Carrier("catalog.confirm", "act", "catalog.confirm", acts),
        Carrier("aggregation.bring_in", "clock", "catalog.confirm starts it", acts),
        Carrier("aggregation.bring_in", "clock", "catalog.acts.Ways.later: clock.overdue", acts),
        Carrier("trace.whole", "function", "catalog.acts.confirm", acts),
        Carrier("sharing.basis", "function", "catalog.acts.Ways", acts),
        Carrier("opening.free", "arm", "resource.read", policy),
        Carrier("opening.apply", "refusal", "resource.read", policy),
        Carrier("secrets.outside", "rule", "catalog.rules.refuse.inner", rules),
    }


def test_marks_on_tests_classes_parameters_and_modules_are_read_from_source(tree: Path) -> None:
    path = "tests/catalog/test_acts.py"
    assert set(conformance.proofs(tree)) == {
        Proof("trace.whole", path, "the whole module"),
        Proof("catalog.confirm", path, "test_one"),
        Proof("opening.free", path, "test_one"),
        Proof("sharing.basis", path, "test_long", long=True),
        Proof("sharing.bases", path, "TestMany"),
        Proof("secrets.outside", path, "TestMany::test_two"),
    }


def test_what_does_not_agree_is_named(tree: Path) -> None:
    conformance.write(tree)
    found = conformance.faults(tree)
    assert "security.grade: no code carries it" in found
    assert "opening.apply: no test proves it" in found
    assert "sharing.basis: none but long tests prove it" in found
    assert "tests/catalog/test_acts.py: TestMany proves sharing.bases, which is no duty" in found
    assert not [fault for fault in found if fault.startswith(("opening.free", "secrets.outside"))]
    assert not [fault for fault in found if "docs/conformance.md" in fault]


def test_a_stale_or_missing_page_is_named(tree: Path) -> None:
    assert any("docs/conformance.md is missing" in fault for fault in conformance.faults(tree))
    page = conformance.write(tree)
    page.write_text(page.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert any("docs/conformance.md is stale" in fault for fault in conformance.faults(tree))


def test_the_page_has_57_rows_and_every_duty(tree: Path) -> None:
    page = conformance.render(tree)
    rows = [line for line in page.splitlines() if line.startswith("| ") and line[2].isdigit()]
    assert [row.split(" | ")[0] for row in rows] == [f"| {n}" for n in range(1, 58)]
    assert {row.count(" | ") for row in rows} == {5}
    assert all(f"\n### {duty.name}\n" in page for duty in duties.ALL)


def test_a_row_leads_from_the_article_to_code_and_tests_or_says_planned_or_why_not(
    tree: Path,
) -> None:
    page = conformance.render(tree)
    rows = {line.split(" | ")[0][2:]: line for line in page.splitlines() if line.startswith("| ")}
    assert "[`opening.free`](#openingfree) (25) | 1 arm | 1 test |" in rows["25"]
    assert "no test yet" in rows["26"]
    assert "| planned: " in rows["54"]
    assert "| no system matter: " in rows["12"]
    assert "- act `catalog.confirm` in [src/yelin/catalog/acts.py]" in page
    assert "`TestMany::test_two`" in page
