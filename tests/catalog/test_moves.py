"""Every move of an entry: situation, act and who, from a table that a lawyer can read."""

import csv
from pathlib import Path

import pytest
from tests.catalog.makers import agency, confirm, make_content, make_entry, secrecy
from tests.parties.makers import make_actor, make_body

from yelin.catalog import acts
from yelin.catalog.models import Entry
from yelin.gate import Refused
from yelin.law.refusals import OutOfTurn

pytestmark = pytest.mark.django_db

CASES = Path(__file__).with_name("cases") / "moves.csv"
ROWS = list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))
NEGATIVE = {
    "sharing_type": "none",
    "opening_type": "none",
    "sharing_basis": "《统计法》第九条",
}
# How an entry comes to where it stands: from which situation, by which act of whom.
WAY = {
    "revision draft": ("confirmed", "amend", "steward"),
    "revision awaiting": ("revision draft", "submit", "steward"),
    "revision returned": ("revision awaiting", "return", "confirming officer"),
    "withdrawal awaiting": ("confirmed", "ask_withdrawal", "steward"),
    "withdrawal returned": ("withdrawal awaiting", "return", "confirming officer"),
    "negative awaiting the secrecy department": (
        "negative awaiting", "confirm", "confirming officer",
    ),
    "negative awaiting the agency": ("negative awaiting", "confirm", "secrecy officer"),
}  # fmt: skip
SITUATIONS = list(dict.fromkeys([*(row["situation"] for row in ROWS), "withdrawn", "dropped"]))


def come_to(situation: str) -> Entry:
    if situation in WAY:
        before, act, who = WAY[situation]
        entry = come_to(before)
        return do(act, who, entry)
    if situation == "negative awaiting":
        return make_entry(state="awaiting", **NEGATIVE)
    return make_entry(state=situation)


def where(entry: Entry) -> str:
    entry = Entry.objects.select_related("revision").get(pk=entry.pk)
    if entry.revision:
        kind = {"change": "revision", "withdrawal": "withdrawal"}[entry.revision.kind]
        return f"{kind} {entry.revision.state}"
    if entry.state == "awaiting" and entry.sharing_type == "none":
        had = entry.reviews.filter(sending=entry.sendings).values_list("body__kind", flat=True)
        waits = {
            "agency": "negative awaiting the secrecy department",
            "secrecy": "negative awaiting the agency",
        }
        return waits.get(had.first(), "negative awaiting")
    return entry.state


_actors: dict = {}


@pytest.fixture(autouse=True)
def _fresh():
    _actors.clear()


def actor(who: str, entry: Entry):
    if (who, entry.provider_id) not in _actors:
        body = {
            "steward": lambda: entry.provider,
            "own officer": lambda: entry.provider,
            "confirming officer": agency,
            "confirming steward": agency,
            "secrecy officer": secrecy,
            "officer elsewhere": lambda: make_body(kind="informatization", division="460200"),
        }[who]()
        _actors[who, entry.provider_id] = make_actor(
            body, who.rsplit(maxsplit=1)[-1].replace("elsewhere", "officer")
        )
    return _actors[who, entry.provider_id]


WHO = (
    "steward", "own officer", "confirming officer", "confirming steward", "secrecy officer",
    "officer elsewhere",
)  # fmt: skip


def do(act: str, who: str, entry: Entry) -> Entry:
    more = {
        "amend": lambda: {"content": changed(entry)},
        "ask_withdrawal": lambda: {"reason": "职能已经划出"},
        "return_": lambda: {"reason": "摘要未说明统计口径"},
    }
    name = "return_" if act == "return" else act
    given = more.get(name, dict)()
    return getattr(acts, name)(actor=actor(who, entry), entry=entry, **given)


def changed(entry: Entry):
    kept = entry.in_hand()
    return kept.model_copy(update={"summary": f"{kept.summary}。"})


ACTS = ("amend", "register", "submit", "ask_withdrawal", "confirm", "return", "drop")


@pytest.mark.drawn(6)
@pytest.mark.duty("catalog.compile")
@pytest.mark.duty("catalog.confirm")
@pytest.mark.duty("negative_list.review")
@pytest.mark.parametrize("situation", SITUATIONS)
def test_an_entry_moves_as_the_table_says_and_in_no_other_way(situation):
    moves = {
        (row["act"], row["by"]): row["becomes"] for row in ROWS if row["situation"] == situation
    }
    entry = come_to(situation)
    assert where(entry) == situation
    for act in ACTS:
        for who in WHO:
            if (act, who) not in moves:
                with pytest.raises((Refused, OutOfTurn)):
                    do(act, who, Entry.objects.get(pk=entry.pk))
    assert where(entry) == situation
    for (act, who), becomes in moves.items():
        entry = come_to(situation)
        do(act, who, entry)
        assert where(entry) == becomes, (act, who)


@pytest.mark.duty("catalog.compile")
def test_a_code_is_never_given_again_whatever_becomes_of_its_entry():
    body = make_body()
    codes = [make_entry(body, state).code for state in ("dropped", "withdrawn", "confirmed")]
    assert len(set(codes)) == 3


def test_the_confirmed_version_stays_live_until_its_revision_is_confirmed():
    entry = come_to("revision awaiting")
    fresh = Entry.objects.get(pk=entry.pk)
    assert (fresh.version, fresh.summary) == (1, make_content().summary)
    confirm(fresh)
    fresh = Entry.objects.get(pk=entry.pk)
    assert (fresh.version, fresh.summary) == (2, f"{make_content().summary}。")
    assert list(fresh.versions.values_list("number", "opening_type")) == [
        (2, "unconditional"),
        (1, "unconditional"),
    ]
