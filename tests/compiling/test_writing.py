"""What is exported holds for each asker what the matrix of the design grants, and no more."""

import csv
import io
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import make_entry
from tests.compiling.makers import exported
from tests.parties.makers import make_actor, make_body, make_citizen, make_representative
from tests.registers.makers import make_system

from yelin.catalog import acts
from yelin.catalog.models import Entry, Item
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.things.models import Thing

pytestmark = pytest.mark.django_db(transaction=True)

STATES = ("draft", "registered", "awaiting", "confirmed", "returned", "withdrawn", "dropped")
TYPES = ("unconditional", "conditional", "none")
# State, sharing, opening, and whether the title itself is protected.
CASES = [
    case
    for case in product(STATES, TYPES, TYPES, (False, True))
    if not case[3] or case[1:3] == ("none", "none")
]
SENT = {"awaiting", "confirmed", "returned"}
GONE = {"withdrawn", "dropped"}
PUBLIC = {
    "信息资源名称", "信息资源英文名称", "信息资源代码", "信息资源提供方", "信息资源提供方代码",
    "共享类型", "开放类型",
}  # fmt: skip


def lay_out(provider):
    now = clock.now()
    things = Thing.objects.bulk_create(Thing(kind="entry") for _ in CASES)
    rows = [
        Entry(
            thing=thing, provider=provider, title=f"题{n}", state=state, summary=f"摘要{n}",
            code=None if state == "draft" else f"307010001/{n:06d}",
            sharing_type=sharing, opening_type=opening, grade=1, update_cycle="yearly",
            sharing_basis="《统计法》第九条", returned_reason="口径", keywords=[f"词{n}"],
            title_protected_by="《统计法》第九条" if protected else "",
            contact_phone=f"0898-{n:08d}", drafted_at=now, changed_at=now,
            sent_at=now if state == "awaiting" else None,
            withdrawn_on=clock.today() if state == "withdrawn" else None,
            withdrawn_reason="职能已经划出" if state == "withdrawn" else "",
        )
        for n, (thing, (state, sharing, opening, protected)) in enumerate(
            zip(things, CASES, strict=True)
        )
    ]  # fmt: skip
    Entry.objects.bulk_create(rows)
    Item.objects.bulk_create(
        Item(entry=row, position=1, name=f"项{row.title}", type="C") for row in rows
    )


def granted(name, case):
    """Return what the matrix grants: nothing, the public columns, or all."""
    state, sharing, opening, protected = case
    if state in GONE:
        return ""
    if name.startswith("own"):
        return "all"
    if name == "confirming" and state in SENT:
        return "all"
    if state != "confirmed" or protected:
        return ""
    if opening != "none" or (name == "department" and sharing != "none"):
        return "all"
    return "public"


def rows_of(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


@pytest.mark.duty("sharing.type")
@pytest.mark.duty("opening.type")
def test_the_export_gives_each_asker_what_the_matrix_grants():
    provider = make_body(division="460100")
    lay_out(provider)
    askers = {
        "anyone": Actor.anyone(),
        "citizen": make_citizen(),
        "firm": make_representative(),
        "department": make_actor(make_body(), "officer"),
        "own steward": make_actor(provider),
        "own auditor": make_actor(provider, "auditor"),
        "confirming": make_actor(make_body(kind="informatization", division="460100"), "officer"),
    }
    for name, actor in askers.items():
        found = {row["信息资源名称"]: row for row in rows_of(exported(actor, "csv"))}
        for n, case in enumerate(CASES):
            due, row = granted(name, case), found.pop(f"题{n}", None)
            if not due:
                assert row is None, (name, case)
                continue
            assert row is not None, (name, case)
            told = {heading for heading, text in row.items() if text}
            if due == "all":
                assert {"信息资源摘要", "资源标签", "联系电话", "信息项名称"} <= told, (name, case)
            else:
                basis = {"不予共享依据"} if case[1] == "none" else set()
                assert told <= PUBLIC | basis, (name, case)
                assert bool(row["不予共享依据"]) is bool(basis)
        assert found == {}


def test_what_is_worked_on_is_exported_to_its_own_body_alone():
    entry = make_entry()
    steward = make_actor(entry.provider)
    content = entry.content().model_copy(update={"summary": "修订中的摘要"})
    acts.amend(actor=steward, entry=entry, content=content)
    assert rows_of(exported(steward, "csv"))[0]["信息资源摘要"] == "修订中的摘要"
    for actor in (Actor.anyone(), make_actor(make_body(), "officer")):
        assert rows_of(exported(actor, "csv"))[0]["信息资源摘要"] == entry.summary


def test_no_cell_of_an_export_runs_in_a_spreadsheet():
    entry = make_entry(state="draft", summary='=HYPERLINK("http://x")', keywords=("+1", "'-2"))
    row = rows_of(exported(make_actor(entry.provider), "csv"))[0]
    assert row["信息资源摘要"].startswith("'=")
    assert row["资源标签"].startswith("'+1")


def test_systems_are_written_by_their_names_and_read_back_as_they_were():
    body = make_body()
    system = make_system(body, name="泊位登记系统")
    entry = make_entry(body, system_ids=(system.pk,))
    content = exported(make_actor(body), "csv", Entry.objects.filter(pk=entry.pk))
    assert "泊位登记系统" in content.decode("utf-8-sig")


def test_a_longer_catalog_asks_the_database_no_more_often():
    first = make_entry(state="draft")
    steward = make_actor(first.provider)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            exported(steward, "csv")
        return len(asked)

    one = cost()
    for n in range(3):
        make_entry(provider=first.provider, state="draft", title=f"港口泊位{n}")
    assert cost() == one
