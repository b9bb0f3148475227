"""A table with noise, from the plan through the budget to a certificate by which others have it."""

import json
from decimal import Decimal

import pytest
from tests.privacy.workbench.makers import actor_of, fresh, made, make_target
from tests.privacy.workbench.tables import (
    TABLE,
    make_certificate,
    make_firm_people,
    make_found,
    make_published,
    make_statistics,
)
from tests.privacy.workbench.test_acts import may_read

from yelin.catalog.content import ItemContent as Item
from yelin.cli.judging import judge
from yelin.delivery import handing
from yelin.law.refusals import Incomplete
from yelin.ledger import log, proving
from yelin.parties.actor import Actor
from yelin.privacy.workbench import acts, budget_acts, reads, tasks
from yelin.privacy.workbench.budget import Budget, Spending
from yelin.privacy.workbench.content import Ladder, LadderContent
from yelin.privacy.workbench.statistics import (
    AddNoise,
    DimensionContent,
    MeasureContent,
    Told,
)
from yelin.warehouse.models import Upload
from yelin.warehouse.query import Question

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.duty("personal.hand_over"),
]
HALF = AddNoise(epsilon=Decimal("0.5"))
LABELS = (
    DimensionContent(name="区划", labels=("海口", "三亚", "五指山")),
    DimensionContent(name="病种", labels=("甲", "乙", "丙")),
)


def make_noise(source=None, limit="2", **over):
    source = source or make_firm_people()
    if limit:
        actor = actor_of(source.entry)
        budget_acts.set_budget(actor=actor, entry=source.entry, limit=Decimal(limit))
    return make_statistics(source, **{"dimensions": LABELS, "protection": HALF} | over)


def says(work) -> str:
    return " ".join(each.says for each in reads.faults(work))


@pytest.mark.long
def test_a_table_with_noise_is_had_by_all_once_its_certificate_says_so(capsys):
    certificate = make_certificate(make_noise())
    entry = certificate.release.entry
    assert may_read(entry)
    assert not may_read(certificate.source.entry)
    rows = handing.rows(Actor.anyone(), entry, Question(limit=100)).page.rows
    told = {(row["区划"], row["病种"]): row["数量"] for row in rows}
    # A county where nobody is has its cells, one that was not declared has none.
    assert len(told) == 5 * 5
    assert ("五指山", "甲") in told
    assert not any("儋州" in where for where in told)
    for county in ("海口", "三亚", "五指山", "其他", "合计"):
        cells = [told[county, illness] for illness in ("甲", "乙", "丙", "其他")]
        assert sum(cells) == told[county, "合计"]
    # 61 of Danzhou are others; that noise of ε 0.5 is above 50 has a chance of e^-25.
    assert 11 <= sum(told["其他", illness] for illness in ("甲", "乙", "丙")) <= 211
    issued, keys = made(certificate), [log.verifier_key()]
    proved = proving.prove(issued.pdf, keys)
    assert proved == proving.prove(issued.jws, keys)
    assert judge(issued.pdf, str(keys[0])) == 0
    assert certificate.number in capsys.readouterr().out
    assert proved.says["protection"]["kind"] == "noise"
    assert proved.says["protection"]["epsilon"] == "0.5"
    assert proved.says["protection"]["accuracy"][0]["cell"] == "6"
    assert proved.says["measured"]["effect"] == 4
    assert "海口" not in json.dumps(certificate.says, ensure_ascii=False)
    assert Budget.objects.get().left == Decimal("1.5")
    acts.withdraw(actor=actor_of(entry), certificate=certificate)
    assert not may_read(entry)


@pytest.mark.long
def test_nothing_is_counted_before_the_budget_bears_it():
    work = make_noise(limit="")
    assert "privacy budget" in says(work)
    with pytest.raises(Incomplete):
        acts.search(actor=actor_of(work.entry), work=work)
    work = make_noise(limit="0.4")
    assert "left" in says(work)
    work = make_noise(protection=AddNoise(epsilon=Decimal("1.5")))
    assert "One table" in says(work)
    assert not Spending.objects.exists()


def test_labels_never_come_from_the_data():
    open_ones = {"dimensions": (DimensionContent(name="区划"),)}
    assert "Declare all labels" in says(make_noise(**open_ones))
    masks = LadderContent(kind=Ladder.MASKS)
    of = {"dimensions": (DimensionContent(name="区划", ladder=masks, level=1),)}
    assert "Declare all labels" in says(make_noise(**of))
    bands = LadderContent(kind=Ladder.NUMBERS, widths=(10,), least=100, most=140)
    of = {"dimensions": (DimensionContent(name="费用", ladder=bands, level=1),)}
    assert says(make_noise(**of)) == ""
    short = {"protection": HALF.model_copy(update={"most": 3})}
    assert "Noise cannot be drawn so" in says(make_noise(**short))


def test_a_plan_tells_how_exact_it_is_and_touches_no_row(monkeypatch):
    work = make_noise()
    monkeypatch.setattr("yelin.privacy.workbench.working.reading", lambda _: pytest.fail("read"))
    found = make_found(work)
    assert found.error == {}
    assert found.found["cells"] == 25
    assert found.found["accuracy"] == [
        {"name": "数量", "epsilon": "0.5", "cell": "6", "whole": "22"}
    ]


@pytest.mark.long
def test_each_table_spends_and_a_work_that_was_called_off_spends_once():
    work = make_found(make_noise())
    actor = actor_of(work.entry)
    acts.prepare(actor=actor, work=work)
    acts.call_off(actor=actor, work=fresh(work))
    tasks.write(str(work.pk))
    assert not Spending.objects.exists()
    for left in ("1.5", "1"):
        acts.prepare(actor=actor, work=fresh(work))
        tasks.write(str(work.pk))
        assert fresh(work).error == {}
        assert Budget.objects.get().left == Decimal(left)
    assert Upload.objects.filter(entry=work.entry).count() == 2


@pytest.mark.long
def test_a_mean_is_told_with_its_bounds_and_measured_in_its_parts():
    source = make_firm_people()
    mean = MeasureContent(column="费用", told=Told.MEAN, called="平均费用", low=100, high=200)
    names = ("数量", "有数值的数量", "平均费用总和", "平均费用", "平均费用下限", "平均费用上限")
    items = (*TABLE[:2], *(Item(name=name, type="N", nullable=True) for name in names))
    work = make_noise(source, measure=mean, to=make_target(source.entry, items=items))
    work = make_published(work)
    acts.measure(actor=actor_of(work.entry), work=work)
    tasks.measure(str(work.pk))
    work = fresh(work)
    assert work.error == {}
    shares = [each["epsilon"] for each in work.measured["accuracy"]]
    assert shares == ["0.166666"] * 3
