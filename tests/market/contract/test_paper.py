"""A contract on paper: every kind in both languages, all that is signed on the sheet."""

import re
import shutil
import subprocess

import pytest
from tests.market.contract.makers import terms

from yelin.law import clock
from yelin.market.contract import odrl, paper, wording
from yelin.market.contract.models import Contract
from yelin.market.contract.terms import Kind, facts

pytestmark = [
    pytest.mark.duty("contract.whole"),
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed"),
]


def drawn(**over) -> Contract:
    said = terms(**over)
    return Contract(
        number="HT-2026-000001",
        kind=said.kind.value,
        title=said.matter.title,
        content=said.plain(),
        digest=said.digest,
        policy=odrl.policy_of(said, "urn:yelin:contract:HT-2026-000001"),
        drawn_at=clock.now(),
    )


def read(pdf: bytes, *how: str) -> str:
    done = subprocess.run(
        ["pdftotext", *how, "-", "-"], input=pdf, capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", list(Kind))
def test_all_that_is_hashed_stands_on_it(kind, language):
    contract = drawn(kind=kind)
    pdf = paper.typeset_of(contract, language)
    assert pdf == paper.typeset_of(contract, language)
    words = "".join(read(pdf).split())
    said = facts(contract.terms)
    for path, value in said.items():
        if isinstance(value, str) and not path.startswith("period.") and path not in CHOSEN:
            assert "".join(value.split()) in words, path
    for each in said["use.purposes"] + said["use.forbidden"]:
        assert each in words
    assert contract.digest_text in words


CHOSEN = {"kind", *wording.CHOICES}


def test_what_is_signed_never_runs_off_the_sheet():
    contract = drawn(
        matter=terms().plain()["matter"] | {"title": "W" * 200, "description": "W" * 900},
        territory="x" * 190,
    )
    boxes = read(paper.typeset_of(contract, "zh-hans"), "-bbox")
    width = float(re.search(r'page width="([\d.]+)"', boxes)[1])
    right = [float(each) for each in re.findall(r'<word [^>]*xMax="([\d.]+)"', boxes)]
    assert max(right) < width - 40
