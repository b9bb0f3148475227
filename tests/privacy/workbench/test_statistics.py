"""Statistics out: from a release of people to a table that others have by its certificate."""

import json
from random import Random
from types import SimpleNamespace

import pytest
from tests.privacy.workbench.makers import actor_of, fresh, made, make_source, make_work
from tests.privacy.workbench.makers import make_certificate as make_rows
from tests.privacy.workbench.tables import (
    MANY,
    TABLE,
    make_certificate,
    make_firm_people,
    make_found,
    make_measured,
    make_people,
    make_published,
    make_statistics,
    make_table_entry,
    patients,
    plan_of,
)
from tests.privacy.workbench.test_acts import may_read

from yelin.catalog.content import ItemContent as Item
from yelin.cli.judging import judge
from yelin.delivery import handing
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger import log, proving
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.privacy.workbench import acts, reads, suppressing, tabling, tasks
from yelin.privacy.workbench.models import WorkState
from yelin.privacy.workbench.statistics import DimensionContent, MeasureContent, Suppress, Told
from yelin.warehouse.models import Upload
from yelin.warehouse.query import Question

pytestmark = pytest.mark.django_db(transaction=True)
HIGH = Suppress(threshold=1000)


@pytest.mark.long
@pytest.mark.duty("personal.hand_over")
def test_a_table_of_what_nobody_may_have_is_had_by_all_once_a_certificate_says_so(capsys):
    certificate = make_certificate(make_statistics(make_firm_people()))
    entry = certificate.release.entry
    assert may_read(entry)
    assert not may_read(certificate.source.entry)
    rows = handing.rows(Actor.anyone(), entry, Question(limit=100)).page.rows
    told = {(row["区划"], row["病种"]): row["数量"] for row in rows}
    assert len(told) == 16
    hidden = {where for where, count in told.items() if count is None}
    assert ("三亚", "甲") in hidden
    assert len(hidden) >= 4
    for where, count in told.items():
        if count is not None and "合计" not in where:
            assert count == MANY[where] >= 5
    issued, keys = made(certificate), [log.verifier_key()]
    proved = proving.prove(issued.pdf, keys)
    assert proved == proving.prove(issued.jws, keys)
    assert judge(issued.pdf, str(keys[0])) == 0
    assert certificate.number in capsys.readouterr().out
    assert proved.says["protection"]["kind"] == "suppress"
    assert proved.says["protection"]["width"] >= 5
    assert proved.says["measured"]["effect"] == 4
    said = json.dumps(certificate.says, ensure_ascii=False)
    assert not any(value in said for value in ("海口", "人"))
    acts.withdraw(actor=actor_of(entry), certificate=certificate)
    assert not may_read(entry)
    assert reads.why_not(fresh(certificate.work).certificates.get()) == "withdrawn"


@pytest.mark.long
def test_a_sum_is_told_with_its_count_or_not_at_all():
    measure = MeasureContent(column="费用", told=Told.MEAN, called="均费", low=0, high=1000)
    source = make_firm_people()
    to = make_table_entry(source.entry, items=(*TABLE, Item(name="均费", type="N", nullable=True)))
    certificate = make_certificate(make_statistics(source, to=to, measure=measure))
    rows = handing.rows(Actor.anyone(), to, Question(limit=100)).page.rows
    assert {(row["数量"] is None) == (row["均费"] is None) for row in rows} == {True}
    (whole,) = [row for row in rows if row["区划"] == row["病种"] == "合计"]
    costs = [100 + n % 40 for many in MANY.values() for n in range(many)]
    assert float(whole["均费"]) == pytest.approx(sum(costs) / len(costs))
    assert certificate.says["table"]["measure"]["called"] == "均费"


def test_what_is_published_is_judged_and_not_what_was_meant(monkeypatch):
    work = make_statistics()
    with monkeypatch.context() as careless:
        careless.setattr(tabling, "_only", lambda _told, values: list(values))
        work = make_published(work)
    acts.measure(actor=actor_of(work.entry), work=work)
    tasks.measure(str(work.pk))
    work = fresh(work)
    assert work.measured["small"] == 1
    with pytest.raises(Incomplete) as refused:
        acts.certify(actor=actor_of(work.entry), work=work)
    assert [fault.place for fault in refused.value.faults] == ["risk"]

    work = make_statistics()
    with monkeypatch.context() as wrong:
        wrong.setattr(tabling, "_only", lambda _told, values: [each + 1 for each in values])
        work = make_published(work)
    acts.measure(actor=actor_of(work.entry), work=work)
    tasks.measure(str(work.pk))
    assert "not the table" in fresh(work).error["says"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("over", "says"),
    [
        (
            {"dimensions": (DimensionContent(name="姓名"), DimensionContent(name="区划"))},
            "Cells of",
        ),
        ({"impossible": ({"区划": "海口", "病种": "甲"},)}, "impossible"),
        (
            {"dimensions": (DimensionContent(name="区划", labels=("海口", "三亚")),)},
            "not declared",
        ),
        (
            {"measure": MeasureContent(column="费用", called="费", low=0, high=120)},
            "outside the bounds",
        ),
        # Whoever knows the rule knows that the only number there is lies below the threshold.
        ({"dimensions": (DimensionContent(name="区划", level=1),), "protection": HIGH}, "too much"),
        ({"protection": HIGH}, "No cell"),
    ],
)
def test_a_table_that_cannot_be_made_says_why_and_what_to_mend(over, says):
    many = MANY | {(f"乡{n}", "甲"): 6 for n in range(200)} if says == "Cells of" else MANY
    work = make_found(make_statistics(make_people(patients(many)), **over))
    assert work.state == WorkState.FAILED
    assert says in work.error["says"]


@pytest.mark.long
def test_each_fault_of_a_plan_is_named():
    plan = {
        "dimensions": (DimensionContent(name="科室"), DimensionContent(name="区划")),
        "measure": MeasureContent(column="区划", called="数量", low=0, high=1),
        "impossible": ({"性别": "男"},),
        "protection": Suppress(threshold=3),
    }
    work = make_statistics(**plan)
    with pytest.raises(Incomplete) as wrong:
        acts.search(actor=actor_of(work.entry), work=work)
    places = [fault.place for fault in wrong.value.faults]
    assert places == ["dimensions", "dimensions", "measure", "measure", "impossible", "protection"]
    rows = make_work()
    with pytest.raises(OutOfTurn):
        acts.tabulate(actor=actor_of(rows.entry), work=rows, plan=plan_of())
    with pytest.raises(OutOfTurn):
        acts.classify(actor=actor_of(work.entry), work=work, plan=rows.content)


@pytest.mark.long
def test_a_second_table_of_the_same_source_is_looked_at_together_with_the_first(monkeypatch):
    # Under 3 the four is told, under 5 it would be hidden beside it in vain. Which cells are hidden
    # beside small ones is drawn: here so that it is not the four.
    drawn = SimpleNamespace(SystemRandom=lambda: Random(1))  # noqa: S311 - the same each time
    monkeypatch.setattr(suppressing, "secrets", drawn)
    source = make_people(patients(MANY | {("儋州", "丙"): 4}))
    first = make_certificate(make_statistics(source, sharing="enclave"))
    acts.withdraw(actor=actor_of(source.entry), certificate=first)
    work = make_found(make_statistics(source, sharing="controlled"))
    assert work.state == WorkState.FAILED
    assert work.error["params"]["tables"] == [first.number]
    by_county = make_statistics(
        source,
        to=make_table_entry(source.entry, items=(TABLE[0], TABLE[2])),
        dimensions=(DimensionContent(name="区划"),),
    )
    second = make_certificate(by_county)
    assert second.says["linked"] == [first.number]


@pytest.mark.long
def test_rows_and_statistics_of_one_release_do_not_stand_beside_each_other():
    source = make_source()
    rows = make_rows(make_work(source))
    county = (DimensionContent(name="区划"),)
    to = make_table_entry(source.entry, items=(TABLE[0], TABLE[2]))
    work = make_measured(make_statistics(source, to=to, dimensions=county))
    with pytest.raises(Incomplete) as refused:
        acts.certify(actor=actor_of(work.entry), work=work)
    assert refused.value.faults[0].params == {"number": rows.number}
    acts.withdraw(actor=actor_of(work.entry), certificate=rows)
    assert acts.certify(actor=actor_of(work.entry), work=work).form == "suppress"


@pytest.mark.long
def test_a_worker_killed_while_it_writes_leaves_nothing_and_another_does_it(monkeypatch):
    work = make_found(make_statistics())
    acts.prepare(actor=actor_of(work.entry), work=work)

    def killed(*_args, **_more):
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr("yelin.privacy.workbench.tasks.receive", killed)
        with pytest.raises(SystemExit):
            tasks.write(str(work.pk))
    assert fresh(work).state == WorkState.WRITING
    assert not Upload.objects.filter(entry=work.entry).exists()
    tasks.write(str(work.pk))
    work = fresh(work)
    assert (work.state, Upload.objects.filter(entry=work.entry).count()) == (WorkState.WRITTEN, 1)


@pytest.mark.long
def test_leaves_of_statistics_hold_no_value():
    work = make_found(make_statistics())
    told = json.dumps(
        [leaf.payload for leaf in Leaf.objects.filter(subject=work.pk)], ensure_ascii=False
    )
    assert "tabulate" in told
    assert not any(value in told for value in ("海口", "甲", "区划", "184"))
