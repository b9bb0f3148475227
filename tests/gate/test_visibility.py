"""The visibility table of the house plan, from a file that a lawyer can read and extend."""

import csv
from pathlib import Path

import pytest
from tests.catalog.makers import agency, make_entry, make_social, secrecy
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor, make_body, make_enterprise, make_person

from yelin import gate
from yelin.catalog.models import Entry, State
from yelin.law import packs
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db

CASES = Path(__file__).with_name("cases") / "visibility.csv"
ROWS = list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))
NEEDS = {
    "sharing": {
        "conditional": {"sharing_condition": "履行职责所需", "sharing_scope": "省级部门"},
        "none": {"sharing_basis": "《统计法》第九条"},
    },
    "opening": {"conditional": {"opening_condition": "说明用途"}},
}


def entry_of(row) -> Entry:
    types = {"sharing_type": row["sharing"], "opening_type": row["opening"]}
    if row["row"].startswith("social"):
        return make_social(None, row["state"], handing_over="own", **types)
    for kind in ("sharing", "opening"):
        types |= NEEDS[kind].get(row[kind], {})
    if "protected" in row["row"]:
        types["title_protected_by"] = "《保守国家秘密法》第十三条"
    return make_entry(make_body(), row["state"], **types)


def actor_of(who: str, entry: Entry) -> Actor:
    who, _, granted = who.partition(" with a ")
    party = {
        "citizen": make_person,
        "department": make_body,
        "enterprise": make_enterprise,
        "own body": lambda: entry.provider,
        "confirming body": agency,
        "reviewing body": secrecy,
        "anyone": lambda: None,
    }[who]()
    if granted:
        make_grant(party, entry)
    if who == "anyone":
        return Actor.anyone()
    if who == "citizen":
        return Actor.citizen(party)
    return make_actor(party, "representative" if who == "enterprise" else "officer")


def facts_of(row) -> tuple[str, ...]:
    return tuple(row[name] for name in ("row", "state", "sharing", "opening"))


@pytest.fixture(scope="module")
def entries(kept) -> dict[tuple[str, ...], Entry]:
    """An entry of each kind, which no answer changes."""
    return {facts: entry_of(row) for facts, row in {facts_of(row): row for row in ROWS}.items()}


def held_to(row, entry: Entry) -> None:
    actor = actor_of(row["who"], entry)
    for column, actions in (
        ("knows_it_exists", ("entry.see", "tombstone.see")),
        ("reads_metadata", ("entry.read",)),
        ("has_rows", ("resource.read",)),
    ):
        decisions = [gate.decide(actor, action, entry) for action in actions]
        decision = decisions[0]
        known = any(each.allowed for each in decisions)
        assert ("yes" if known else "no") == row[column], column
        for each in decisions:
            listed = gate.visible_to(actor, each.action, Entry.objects.filter(pk=entry.pk))
            assert listed.exists() is each.allowed, column
    # Where it is not even known to exist, nobody is told a provision.
    if row["knows_it_exists"] == "yes":
        assert packs.active().provision(decision.duty).ref == row["provision_of_rows"]


@pytest.mark.duty("sharing.type")
@pytest.mark.duty("sharing.basis")
@pytest.mark.duty("opening.type")
@pytest.mark.duty("opening.free")
@pytest.mark.duty("opening.apply")
@pytest.mark.duty("social.give")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['row']} - {row['who']}")
def test_each_party_has_of_an_entry_what_the_table_says(row, entries):
    held_to(row, entries[facts_of(row)])


def test_the_table_has_every_state_and_every_way_of_sharing_and_opening():
    assert {row["state"] for row in ROWS} == set(State.values)
    for kind in ("sharing", "opening"):
        assert {row[kind] for row in ROWS if row["state"] == "confirmed"} == {
            "unconditional", "conditional", "none",
        }  # fmt: skip
