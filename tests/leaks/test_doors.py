"""Whoever asks, at whichever door, has exactly what the house plan's matrix gives."""

import csv
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from itertools import product

import pytest
from django.db import connection, transaction
from django.urls import resolve
from tests.house.test_documents import addresses, streams
from tests.leaks import world as making
from tests.leaks.asking import Answer, ask, met
from tests.leaks.doors import ABOUT, LISTS, Door
from tests.leaks.world import (
    ASKERS,
    CASES,
    GONE,
    INSIDE,
    KINDS,
    MATRIX,
    METADATA,
    MISSING,
    NAME,
    NO_DRAFT,
    PUBLIC,
    ROWS,
    Kind,
    World,
)
from tests.thorough import chance

from yelin.api.ckan import absent
from yelin.api.ckan.actions import _actions
from yelin.law import clock
from yelin.opening import counting
from yelin.opening.models import Figures

pytestmark = pytest.mark.django_db
# Of all questions one in so many is asked; all of them by ``prove.doors``.
ASK_EVERY = int(os.environ.get("DOORS_EVERY", "320"))
LIST_EVERY = -(-ASK_EVERY // 7)


@dataclass
class Heard:
    """What was asked and answered, in a world that is no more."""

    world: World
    lists: dict[tuple[Door, str], Answer] = field(default_factory=dict)
    about: dict[tuple[Door, str, int], Answer] = field(default_factory=dict)
    missing: dict[tuple[Door, str, int], Answer] = field(default_factory=dict)
    before: dict[Door, Answer] = field(default_factory=dict)
    after: dict[Door, Answer] = field(default_factory=dict)


@pytest.fixture(scope="module")
def heard(_own_home, django_db_setup, django_db_blocker) -> Iterator[Heard]:
    with django_db_blocker.unblock(), taken_back():
        found = Heard(making.begun())
        found.world.add(sorted(PUBLIC))
        # Each of them is asked four times: what a process learns once, it learns at the first.
        some = chance("asked four times").sample(LISTS, -(-len(LISTS) // min(ASK_EVERY, 3)))
        for door in some:
            ask(found.world, "anyone", door.asked)
        count_anew()
        found.before = {door: ask(found.world, "anyone", door.asked) for door in some}
        found.world.add([n for n in range(len(KINDS)) if n not in PUBLIC])
        # Whoever saw tables that tests before had emptied tells the planner that nothing is there.
        # Tables of ours alone: those that all databases share would be held to the end.
        connection.cursor().execute(f"ANALYZE {', '.join(connection.introspection.table_names())}")
        count_anew()
        _ask_lists(found)
        with taken_back():
            found.world.change_unread()
            count_anew()
            found.after = {door: ask(found.world, "anyone", door.asked) for door in found.before}
        _ask_about(found)
    return found


def count_anew() -> None:
    """Have the figures for everyone be of now, so that what was kept before hides nothing.

    All are told with one moment, which no look finds old.
    """
    Figures.objects.all().delete()
    for each in counting.EVERY:
        each.look()
    Figures.objects.update(counted_at=clock.end_of(clock.today()))


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back whatever is done within."""
    whole = transaction.atomic()
    # Acts, which must be the outermost, are let run within, as within any test.
    whole._from_testcase = True
    with whole:
        yield
        transaction.set_rollback(True)


def _ask_lists(found: Heard) -> None:
    shift = chance("lists").randrange(LIST_EVERY)
    for (d, door), (a, who) in product(enumerate(LISTS), enumerate(ASKERS)):
        if (who == "anyone" and door in found.before) or (d + a) % LIST_EVERY == shift:
            found.lists[door, who] = ask(found.world, who, door.asked)


def _ask_about(found: Heard) -> None:
    shift = chance("about").randrange(ASK_EVERY)
    numbers = [n for n, kind in enumerate(KINDS) if kind.has_data or n % 6 == 0]
    cases = product(enumerate(ABOUT), enumerate(ASKERS), enumerate(numbers))
    for (d, door), (a, who), (t, n) in cases:
        if (d + 7 * a + 5 * t) % ASK_EVERY != shift:
            continue
        thing = found.world.things[n]
        found.about[door, who, n] = ask(found.world, who, door.asked, thing)
        if not thing.kind.given(who) and not door.grows:
            none = MISSING if thing.code else NO_DRAFT
            found.missing[door, who, n] = ask(found.world, who, door.asked, none)
            if found.missing[door, who, n].queries < found.about[door, who, n].queries:
                # The first paid for what is kept from then on.
                found.about[door, who, n] = ask(found.world, who, door.asked, thing)


def listed(door: Door, who: str, name: str) -> set[int]:
    """Of which things a mark stands in a list."""
    who = "anyone" if door.by_anyone else who
    return {
        n
        for n, kind in enumerate(KINDS)
        if _is_of(door, kind)
        and ("{provider}" not in door.asked or kind.marked != "social")
        and {door.needs, kind.takes(name)} <= kind.given(who)
        and kind.has(name, door.needs)
    }


def _is_of(door: Door, kind: Kind) -> bool:
    match door.of:
        case "knows":
            return kind.state != "withdrawn"
        case "unshared":
            return kind.state == "confirmed" and kind.sharing == "none" and not kind.marked
        case _:
            return kind.state == "confirmed"


def too_much(found: Mapping[str, set[int]], who: str, door: Door) -> dict[str, list[int]]:
    """Return the marks that the asker was not given at this door, and whose they are."""
    told = {
        name: [
            n for n in sorted(numbers) if KINDS[n].takes(name) not in _given(KINDS[n], who, door)
        ]
        for name, numbers in found.items()
    }
    return {name: numbers for name, numbers in told.items() if numbers}


def _given(kind: Kind, who: str, door: Door) -> frozenset[str]:
    given = kind.given(who)
    return given | {ROWS} if door.brought_in and INSIDE in given else given


def differing(one: Answer, other: Answer) -> dict[str, tuple[object, object]]:
    """Return in what two answers differ."""
    names = [each.name for each in fields(Answer) if each.name != "text"]
    lines = zip(one.text.splitlines(), other.text.splitlines(), strict=False)
    texts = next(((a, b) for a, b in lines if a != b), (len(one.text), len(other.text)))
    found = {name: (getattr(one, name), getattr(other, name)) for name in names}
    return {name: pair for name, pair in {**found, "text": texts}.items() if pair[0] != pair[1]}


def nothing(wrong: Mapping[object, object]) -> None:
    """See that nothing is wrong, or tell all that is."""
    assert not wrong, "\n" + "\n".join(f"{where}: {what}" for where, what in wrong.items())


@pytest.mark.duty("sharing.type")
@pytest.mark.duty("sharing.basis")
@pytest.mark.duty("opening.type")
def test_every_list_tells_each_exactly_what_the_matrix_gives(heard):
    wrong = {}
    for (door, who), answer in heard.lists.items():
        found = met(heard.world, answer)
        faults = too_much(found, who, door)
        for name in {"title", *door.tells} if door.of != "some" else ():
            due, there = listed(door, who, name), found.get(name, set())
            if there - due:
                faults[f"{name}, which is not of this list"] = sorted(there - due)
            if name in door.tells and due - there:
                faults[f"{name}, which is missing"] = sorted(due - there)
        if faults:
            wrong[door.asked, who, answer.status] = faults
    nothing(wrong)


@pytest.mark.duty("sharing.type")
@pytest.mark.duty("opening.type")
def test_every_door_about_one_thing_tells_each_exactly_what_the_matrix_gives(heard):
    """B-23: no table by its id or by another name either."""
    wrong = {}
    for (door, who, n), answer in heard.about.items():
        kind, found = KINDS[n], met(heard.world, answer)
        faults = too_much(found, who, door)
        for name in door.tells:
            # What was withdrawn has no door but its tombstone, for whoever kept it either.
            needs = {NAME, door.needs, kind.takes(name)}
            due = needs <= kind.given(who) and kind.has(name, door.needs)
            due = due and (_is_of(door, kind) or not door.finds)
            # A draft has no name in addresses but its id.
            due = due and ("{slug}" not in door.asked or kind.has("slug", door.needs))
            # By which name it was asked for tells nothing.
            if due and f"{{{name}}}" not in door.asked and n not in found.get(name, set()):
                faults[f"{name}, which is missing"] = [n]
        lacks = NAME in kind.given(who) and door.needs not in kind.given(who)
        if lacks and not door.finds and answer.status != 403:
            faults["not refused with its article"] = [n]
        if door.finds and answer.status != 200:
            faults["refused where nothing is found"] = [n]
        if faults:
            wrong[door.asked, who, n, kind.row["row"], answer.status] = faults
    nothing(wrong)


def test_what_is_hidden_is_as_missing_as_what_never_was(heard):
    pairs = {key: (heard.about[key], missing) for key, missing in heard.missing.items()}
    nothing({key: differing(*pair) for key, pair in pairs.items() if pair[0] != pair[1]})


def test_what_is_hidden_moves_no_count_no_tag_and_no_length(heard):
    nothing(moved(heard, heard.before))


def test_what_may_not_be_read_moves_no_count_no_tag_and_no_length(heard):
    nothing(moved(heard, heard.after))


def moved(heard: Heard, others: Mapping[Door, Answer]) -> dict[str, object]:
    """Return in what the lists that anyone is shown differ at another time."""
    pairs = {door: (heard.lists[door, "anyone"], other) for door, other in others.items()}
    still = {door: pair for door, pair in pairs.items() if not door.grows}
    return {door.asked: differing(*pair) for door, pair in still.items() if pair[0] != pair[1]}


def served(door: Door) -> tuple[str, str]:
    """Return at which address of the site a door is, and which action of CKAN it asks for."""
    path = re.sub(r"\{\w+\}", str(MISSING.pk), door.asked.partition("?")[0])
    found = resolve(path)
    address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{found.route}")
    return address, found.kwargs["name"] if "action" in address else ""


def test_every_address_and_action_is_a_door_of_the_table_or_leads_elsewhere():
    asked = {name for door in (*LISTS, *ABOUT) for name in served(door) if name}
    elsewhere = {row["address"] for row in rows("elsewhere.csv")}
    reading = {name for name, action in _actions.items() if not action.writes}
    # What is nowhere is looked for nowhere.
    reading -= {*absent.NOTHING, *absent.NOBODY}
    there = {*addresses(), *streams(), *reading}
    assert there - asked - elsewhere == set(), "ask there, or say why nobody learns of an entry"
    assert elsewhere - there == set()
    assert elsewhere & asked == set()


def test_the_matrix_speaks_of_every_case_and_agrees_with_the_gates_own_table():
    assert {row["row"] for row in MATRIX} == {kind.row["row"] for kind in KINDS}
    for row in rows("../../gate/cases/visibility.csv"):
        marked = next((each for each in ("protected", "social") if each in row["row"]), "")
        # Whose social data it is, is none of those who ask.
        is_holder = marked == "social" and row["who"] == "own body"
        if row["who"] not in ASKERS or is_holder:
            continue
        kind = Kind(row["state"], row["sharing"], row["opening"], marked)
        given = kind.given(row["who"])
        told = (bool(given & {NAME, GONE}), METADATA in given, ROWS in given)
        columns = ("knows_it_exists", "reads_metadata", "has_rows")
        assert told == tuple(row[name] == "yes" for name in columns), row


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of cases."""
    return list(csv.DictReader((CASES / name).read_text("utf-8").splitlines()))
