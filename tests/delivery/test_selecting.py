"""One SELECT over several resources: each as the asker has it, decided and counted by itself."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.catalog.makers import make_entry
from tests.delivery.makers import ON_CONDITIONS, make_closed, make_taker
from tests.gate.makers import make_grant, make_hold
from tests.parties.makers import make_citizen
from tests.thorough import many
from tests.warehouse.makers import make_release
from tests.warehouse.test_questions import COLUMNS, Plain, filters

from yelin import gate
from yelin.api.ckan.rows import Asked
from yelin.catalog import reads
from yelin.catalog.content import ItemContent
from yelin.delivery import handing, selecting
from yelin.delivery.models import Delivery, Pace, Tally
from yelin.delivery.opening import Call, PurposeMissing
from yelin.delivery.pace import TooOften
from yelin.gate import Mask, Obligations, RowFilter
from yelin.parties.actor import Actor
from yelin.parties.models import Person
from yelin.warehouse import selected
from yelin.warehouse.query import Filter, Question
from yelin.warehouse.unanswerable import Unanswerable

pytestmark = pytest.mark.django_db


def ask(actor, sql, *entries, **more):
    """Ask ``sql``, in which {0}, {1} … are these resources."""

    def find(code):
        return reads.get(actor, code=code)

    text = sql.format(*(f'"{entry.code}"' for entry in entries))
    return selecting.select(actor, text, find, **{"call": Call()} | more)


@pytest.mark.duty("opening.free")
@pytest.mark.duty("trace.whole")
def test_resources_are_joined_and_each_is_counted_by_itself():
    free, closed = make_release().entry, make_closed()
    taker, grant = make_taker(closed)
    found = ask(
        taker,
        "SELECT a.代码, a.海口港 - b.海口港 AS 差, a.年份 > 2012 AS 代码"
        " FROM {0} a JOIN {1} b USING (年份) ORDER BY 1 LIMIT 2",
        free,
        closed,
    )
    assert found.selected.columns == (
        ("代码", "text"),
        ("差", "numeric"),
        ("代码_2", "bool"),
    )
    assert found.selected.rows == [["007", 0, False], ["008", 0, True]]
    assert found.selected.is_all
    assert [source.release.entry for source in found.sources] == [free, closed]
    delivery = Delivery.objects.get()
    assert (delivery.entry, delivery.grant, delivery.rows) == (closed, grant, 2)
    assert [source.notes.receipt for source in found.sources] == [None, delivery.pk]
    assert Tally.objects.get().queries == 1


ITEMS = tuple(ItemContent(name=column.name, type=column.type) for column in COLUMNS)
ROWS = (
    (-2, "琼", "甲乙", date(1960, 2, 3), Decimal("1.25"), 0.1, True, "内"),
    (0, "粤", "乙", date(1969, 12, 31), Decimal("-3.00"), -1.5, False, "外"),
    (2, "Ab", "丙甲丙", date(1970, 1, 1), Decimal("0.00"), 2.0, True, None),
    (3, "aB%", "甲", None, Decimal("9.50"), 1e300, None, "内"),
    (2**53 - 1, None, None, date(1975, 5, 5), None, None, False, "外"),
)
NAMES = [column.name for column in COLUMNS]
TYPES = {column.name: column.type for column in COLUMNS}
BEARS = st.builds(
    Obligations,
    shown_items=st.none() | st.frozensets(st.sampled_from(NAMES), min_size=3),
    masks=st.fixed_dictionaries(
        {},
        optional={
            "名": st.sampled_from(Mask),
            "生": st.sampled_from(Mask),
            "薪": st.just(Mask.NULL),
            "是": st.just(Mask.NULL),
        },
    ),
    row_filters=st.sampled_from([frozenset(), frozenset({RowFilter("密", "ne", "外")})]),
)
COMPARES = {"eq": "=", "ne": "IS DISTINCT FROM", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def as_sql(asked: Filter) -> str | None:
    """Say a condition in SQL; ``None`` where a number would be written as its source wrote it."""
    name, operator, type_ = f'"{asked.column}"', asked.operator, TYPES[asked.column]

    def told(operand):
        quoted = f"'{operand}'"
        return {"C": quoted, "D": f"DATE {quoted}"}.get(type_, operand)

    if operator == "isnull":
        return f"{name} IS {'' if asked.value == 'true' else 'NOT '}NULL"
    if operator == "in":
        return f"{name} IN ({', '.join(map(told, asked.value))})"
    if operator in {"contains", "startswith"}:
        start = "%" if operator == "contains" else ""
        written = f"CAST({name} AS VARCHAR) LIKE '{start}{asked.value}%'"
        return None if type_ in {"N", "F"} else written
    return f"{name} {COMPARES[operator]} {told(asked.value)}"


def as_ckan(asked: Filter) -> Question | None:
    """Say a condition as clients of CKAN do; ``None`` where they have no word for it."""
    operator, value = asked.operator, asked.value
    if operator == "contains":
        return Asked.model_validate({"q": {asked.column: value}}).question()
    if operator == "startswith":
        return None
    if operator == "isnull":
        operator, value = {"true": "eq", "false": "ne"}[value], None
    if operator == "in":
        value = list(value)
    return Asked.model_validate({"filters": {asked.column: {operator: value}}}).question()


@pytest.fixture
def closed():
    """A resource that is open on conditions, with a column of each type."""
    text = io.StringIO()
    lines = [[{"True": "是", "False": "否"}.get(str(each), each) for each in row] for row in ROWS]
    csv.writer(text).writerows([NAMES, *lines])
    return make_release(make_entry(items=ITEMS, **ON_CONDITIONS), text.getvalue()).entry


# Nothing is made smaller: each statement takes a process.
@pytest.mark.long
@settings(max_examples=many(6, 2), phases=[Phase.reuse, Phase.generate])
@given(bears=BEARS, asking=st.data())
@pytest.mark.duty("opening.apply")
def test_rows_ckan_and_a_select_see_the_same_whatever_is_to_be_borne(closed, bears, asking):
    """Nobody meets what is hidden, beneath a veil or left out, by whatever condition."""
    plain, (taker, _) = Plain(ROWS, bears), make_taker(closed, bears=bears)
    whole = handing.rows(taker, closed, Question()).page
    assert [column.name for column in whole.columns] == plain.names
    assert whole.rows == plain.answer(Question())
    conditions = asking.draw(st.lists(filters(plain.names), min_size=8, max_size=8))
    counts = [
        sum(plain.compares(row[each.column], TYPES[each.column], each) for row in plain.rows)
        for each in conditions
    ]
    for each, count in zip(conditions, counts, strict=True):
        ways = (Question(filters=(each,)), as_ckan(each))
        for way in filter(None, ways):
            assert handing.rows(taker, closed, way).page.total == count, (each, way)
    # One statement for all conditions and all rows.
    asked = {
        f"c{n}": (sql, count)
        for n, (each, count) in enumerate(zip(conditions, counts, strict=True))
        if (sql := as_sql(each))
    }
    more = "".join(
        f", count(*) FILTER (WHERE {sql}) OVER () AS {n}" for n, (sql, _) in asked.items()
    )
    found = ask(taker, f"SELECT *{more} FROM {{0}}", closed).selected  # noqa: S608 - our own
    expected = {name: count for name, (_, count) in asked.items()}
    assert found.records == [row | expected for row in whole.rows]


def test_a_hidden_item_is_no_column_of_a_select():
    entry = make_closed()
    taker, _ = make_taker(entry, bears=Obligations(shown_items=frozenset({"代码"})))
    with pytest.raises(Unanswerable, match="no column called 海口港") as refused:
        ask(taker, "SELECT 1\nFROM {0} WHERE 海口港 IS NULL", entry)
    assert refused.value.at.line == 2


@pytest.mark.long
def test_each_resource_is_taken_for_the_purpose_that_its_own_grant_has():
    one, other, free = make_closed(), make_closed(), make_release().entry
    taker, _ = make_taker(one, purposes=["research", "teaching"])
    make_grant(Person.objects.get(pk=taker.person_id), other, purposes=["audit", "reference"])
    sql = "SELECT count(*) FROM {0}, {1}, {2}"
    for said in ({}, {one.code: "research"}):
        with pytest.raises(PurposeMissing) as missing:
            ask(taker, sql, one, other, free, purposes=said)
        assert missing.value.purposes == {
            entry.code: purposes
            for entry, purposes in (
                (one, ["research", "teaching"]),
                (other, ["audit", "reference"]),
            )
            if entry.code not in said
        }
        assert not Delivery.objects.exists()
    with pytest.raises(gate.Refused):
        ask(taker, sql, one, other, free, call=Call("research"))
    said = {one.code: "research", other.code: "audit"}
    found = ask(taker, sql, one, other, free, purposes=said)
    assert [source.purpose for source in found.sources] == ["research", "audit", ""]
    purposes = Delivery.objects.values_list("entry", "purpose")
    assert dict(purposes) == {one.pk: "research", other.pk: "audit"}


@pytest.mark.duty("opening.type")
def test_what_may_not_be_read_is_refused_whole_and_counts_for_nobody():
    free, closed = make_release().entry, make_closed()
    taker, _ = make_taker(closed)
    anyone = Actor.anyone()
    with pytest.raises(gate.Refused):
        ask(anyone, "SELECT * FROM {0}, {1}", free, closed)
    make_hold(closed, "resource.read")
    with pytest.raises(gate.Refused):
        ask(taker, "SELECT * FROM {1} WHERE EXISTS (FROM {0})", closed, free)
    assert not any(model.objects.exists() for model in (Delivery, Tally, Pace))


def test_a_hidden_resource_is_as_missing_as_none():
    hidden = make_entry(state="registered")
    told = []
    for code in (hidden.code, hidden.code[:-1] + "9"):
        with pytest.raises(Unanswerable) as refused:
            ask(make_citizen(), f'SELECT *\nFROM "{code}"')
        told.append((str(refused.value).replace(code, "…"), refused.value.at))
    assert told[0] == told[1]


@pytest.mark.long
def test_a_limit_of_calls_counts_selects_too():
    entry = make_closed()
    taker, _ = make_taker(entry, bears=Obligations(rate_per_hour=1))
    assert ask(taker, "SELECT count(*) FROM {0}", entry).sources[0].notes.left.left == 0
    with pytest.raises(TooOften):
        ask(taker, "SELECT count(*) FROM {0}", entry)


@pytest.mark.long
def test_what_is_called_off_ends_its_process_and_is_not_counted(monkeypatch):
    entry = make_release().entry
    endless = (
        "WITH RECURSIVE r AS (SELECT 1 AS i FROM {0} UNION ALL SELECT i + 1 FROM r)"
        " SELECT count(*) FROM r"
    )

    class CalledOff(Exception):
        pass

    def stop():
        raise CalledOff

    with pytest.raises(CalledOff):
        ask(Actor.anyone(), endless, entry, hear=stop)
    monkeypatch.setattr(selected, "SECONDS", 0.6)
    with pytest.raises(Unanswerable, match="more time or memory"):
        ask(Actor.anyone(), endless, entry)
    monkeypatch.setattr(selected, "SECONDS", 15)
    with pytest.raises(Unanswerable, match="more time or memory"):
        ask(Actor.anyone(), "SELECT repeat('x', 2000000000 + 年份) FROM {0}", entry)
    monkeypatch.setattr(selected, "MOST_ROWS", 2)
    found = ask(Actor.anyone(), "SELECT 代码 FROM {0} ORDER BY 代码 DESC", entry).selected
    assert (found.rows, found.is_all) == ([["009"], ["008"]], False)
    assert Tally.objects.get().queries == 1
