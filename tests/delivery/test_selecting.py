"""One SELECT over several resources: each as the asker has it, decided and counted by itself."""

import pytest
from tests.catalog.makers import make_entry
from tests.delivery.makers import make_closed, make_taker
from tests.gate.makers import make_hold
from tests.parties.makers import make_citizen
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.catalog import reads
from yelin.delivery import handing, selecting
from yelin.delivery.handing import Call
from yelin.delivery.models import Delivery, Pace, Tally
from yelin.delivery.pace import TooOften
from yelin.gate import Mask, Obligations, RowFilter
from yelin.parties.actor import Actor
from yelin.warehouse import selected
from yelin.warehouse.query import Filter, Question
from yelin.warehouse.sql import Unanswerable

pytestmark = pytest.mark.django_db


def ask(actor, sql, *entries, hear=lambda: None):
    """Ask ``sql``, in which {0}, {1} … are these resources."""

    def find(code):
        return reads.get(actor, code=code)

    text = sql.format(*(f'"{entry.code}"' for entry in entries))
    return selecting.select(actor, text, find, call=Call(), hear=hear)


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


BEARS = [
    Obligations(),
    Obligations(shown_items=frozenset({"代码", "年份"})),
    Obligations(masks={"代码": Mask.PARTIAL, "海口港": Mask.NULL}, watermark=True),
    Obligations(row_filters=frozenset({RowFilter("年份", "gt", "2012")})),
    Obligations(
        shown_items=frozenset({"代码", "海口港"}),
        masks={"代码": Mask.PARTIAL},
        row_filters=frozenset({RowFilter("年份", "in", ("2012", "2014"))}),
    ),
]
# Each operator of the questions, and how SQL says the same, on whatever column there is of them.
SAME = [
    ("代码", "eq", "008", "= '008'"),
    ("代码", "ne", "008", "IS DISTINCT FROM '008'"),
    ("代码", "contains", "0", "LIKE '%0%'"),
    ("代码", "startswith", "0", "LIKE '0%'"),
    ("代码", "gt", "0", "> '0'"),
    ("代码", "in", "007,0**", "IN ('007', '0**')"),
    ("年份", "gte", "2013", ">= 2013"),
    ("年份", "lte", "2013", "BETWEEN -1 AND 2013"),
    ("海口港", "isnull", "false", "IS NOT NULL"),
    ("海口港", "isnull", "true", "IS NULL"),
    ("代码", "isnull", "true", "IS NULL"),
    ("海口港", "lt", "8292.8852", "< 8292.8852"),
]


@pytest.mark.duty("opening.apply")
@pytest.mark.parametrize("bears", BEARS)
def test_a_select_sees_what_rows_see_whatever_is_to_be_borne(bears):
    entry = make_closed()
    taker, _ = make_taker(entry, bears=bears)
    whole = handing.rows(taker, entry, Question())
    names = [column.name for column in whole.page.columns]
    # One statement for all conditions, as each takes a process.
    asked = [each for each in SAME if each[0] in names]
    counts = ", ".join(f'count(*) FILTER (WHERE "{name}" {sql})' for name, *_, sql in asked)
    found = ask(taker, f"SELECT {counts} FROM {{0}}", entry).selected  # noqa: S608 - the case's own
    assert found.rows == [
        [
            handing.rows(taker, entry, Question(filters=(Filter(*each[:3]),))).page.total
            for each in asked
        ]
    ]
    everything = ask(taker, "SELECT * FROM {0}", entry).selected
    assert everything.records == whole.page.rows
    for hidden in {"年份", "海口港", "代码"} - set(names):
        with pytest.raises(Unanswerable, match=f"no column called {hidden}") as refused:
            ask(taker, f"SELECT 1\nFROM {{0}} WHERE {hidden} IS NULL", entry)
        assert refused.value.at.line == 2


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


def test_a_limit_of_calls_counts_selects_too():
    entry = make_closed()
    taker, _ = make_taker(entry, bears=Obligations(rate_per_hour=1))
    assert ask(taker, "SELECT count(*) FROM {0}", entry).sources[0].notes.left.left == 0
    with pytest.raises(TooOften):
        ask(taker, "SELECT count(*) FROM {0}", entry)


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
