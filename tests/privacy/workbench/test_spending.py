"""Privacy budgets: exact, spent before anything is drawn, by no two at once, never given back."""

import io
import signal
import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import psycopg
import pyarrow.parquet as pq
import pytest
from django.db import connection, transaction
from tests.cli.test_ingesting import address
from tests.operation.test_tasks import start, until
from tests.parties.makers import make_actor
from tests.privacy.test_killed import waits_for_a_lock
from tests.privacy.workbench.makers import actor_of, make_source, make_target

from yelin import gate
from yelin.law import clock, packs
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.privacy.deidentify.noised import Banded, Listed, Measure, Noise, Number
from yelin.privacy.workbench import budget_acts, noising, spending
from yelin.privacy.workbench.budget import Budget, Spending
from yelin.warehouse.models import Upload

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.duty("personal.hand_over"),
]
HALF = Decimal("0.5")
SEX = Listed("性别", {"男": "男", "女": "女"})
NAMES = noising.Names.chosen("数量", "平均", mean=True)
ASKED = Noise((SEX,), {Measure.ROWS: HALF})


def make_budget(source, limit="2") -> Budget:
    actor = actor_of(source.entry)
    return budget_acts.set_budget(actor=actor, entry=source.entry, limit=Decimal(limit))


def left(budget) -> Decimal:
    return Budget.objects.get(pk=budget.pk).left


def bring_in(source, to, asked=ASKED) -> Upload:
    return noising.bring_in(
        actor=actor_of(source.entry),
        work=to.thing,
        source=source,
        to=to,
        asked=asked,
        names=NAMES,
        note=lambda _upload: None,
    )


@pytest.mark.long
def test_a_limit_is_set_within_the_pack_by_whoever_collects_and_leaves_a_leaf():
    source = make_source()
    for limit in ("0", "-1", "4.000001", "0.0000001"):
        with pytest.raises(Incomplete):
            make_budget(source, limit)
    budget = make_budget(source, "2")
    assert Leaf.objects.get(act="deidentify.set_budget").payload["subject"]
    make_budget(source, "3.5")
    assert Budget.objects.get() == budget
    assert left(budget) == Decimal("3.5")
    with pytest.raises(gate.Refused):
        budget_acts.set_budget(actor=make_actor(), entry=source.entry, limit=HALF)


def test_what_was_spent_is_exact_and_never_comes_back():
    source = make_source()
    with pytest.raises(Incomplete, match="no privacy budget"):
        spending.spend(source.thing, source.entry, HALF)
    budget = make_budget(source, "0.3")
    to = make_target(source.entry)
    for _ in range(3):
        made = spending.spend(to.thing, source.entry, Decimal("0.1"))
        with transaction.atomic():
            spending.let_out(made)
    # As floats these three would leave a little over, or a little under.
    assert left(budget) == 0
    with pytest.raises(Incomplete, match="raise the limit") as refused:
        spending.spend(to.thing, source.entry, Decimal("0.000001"))
    assert refused.value.faults[0].params["left"] == "0"
    make_budget(source, "0.2")
    assert left(budget) == 0
    make_budget(source, "0.4")
    assert left(budget) == Decimal("0.1")
    with pytest.raises(Incomplete, match="One table"):
        spending.spend(to.thing, source.entry, Decimal("1.1"))


@pytest.mark.long
def test_it_is_renewed_only_where_the_pack_says_so(monkeypatch):
    source = make_source()
    budget = make_budget(source, "1")
    spending.spend(source.thing, source.entry, HALF)
    Spending.objects.update(spent_at=clock.now() - timedelta(days=4000))
    assert left(budget) == HALF
    pack = packs.active()
    renewed = pack.noise_budget.model_copy(update={"renewed_after_days": 365})
    monkeypatch.setattr(packs, "active", lambda: replace(pack, noise_budget=renewed))
    assert left(budget) == 1
    Spending.objects.update(spent_at=clock.now() - timedelta(days=364))
    assert left(budget) == HALF
    assert Budget.objects.with_spent().get().left == HALF


def test_many_at_once_spend_no_more_than_there_is():
    source = make_source()
    budget = make_budget(source, "1")
    works = [make_target(source.entry).thing for _ in range(8)]
    ready, outcomes = threading.Barrier(len(works)), []

    def try_it(work) -> None:
        try:
            ready.wait()
            spending.spend(work, source.entry, Decimal("0.3"))
            outcomes.append("spent")
        except Incomplete:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 5 + ["spent"] * 3
    assert left(budget) == Decimal("0.1")


@pytest.mark.long
def test_two_attempts_for_one_spending_let_one_table_out():
    source = make_source()
    make_budget(source)
    to = make_target(source.entry)
    first = spending.spend(to.thing, source.entry, HALF)
    second = spending.spend(to.thing, source.entry, HALF)
    assert first == second
    with pytest.raises(RuntimeError):
        spending.let_out(first)
    with transaction.atomic():
        spending.let_out(first)
    with pytest.raises(OutOfTurn), transaction.atomic():
        spending.let_out(second)
    assert spending.spend(to.thing, source.entry, HALF) != first


@pytest.mark.long
def test_nothing_is_drawn_before_it_was_spent(monkeypatch):
    source = make_source()
    to = make_target(source.entry)
    monkeypatch.setattr(noising, "noised", lambda *_: pytest.fail("it was drawn"))
    with pytest.raises(Incomplete):
        bring_in(source, to)
    make_budget(source, "0.4")
    with pytest.raises(Incomplete, match="raise the limit"):
        bring_in(source, to)
    # Within a transaction it might be taken back after the draw.
    make_budget(source, "2")
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        bring_in(source, to)


@pytest.mark.long
def test_what_cannot_be_brought_in_lets_nothing_out_and_spends_once():
    source = make_source()
    budget = make_budget(source)
    to = make_target(source.entry)

    def fails(_upload) -> None:
        raise OutOfTurn("called off")

    said = {"actor": actor_of(source.entry), "work": to.thing, "source": source, "to": to}
    for _ in range(2):
        with pytest.raises(OutOfTurn):
            noising.bring_in(**said, asked=ASKED, names=NAMES, note=fails)
    assert not Upload.objects.filter(entry=to).exists()
    assert left(budget) == Decimal("1.5")
    assert Spending.objects.get().left_at is None
    bring_in(source, to)
    assert left(budget) == Decimal("1.5")
    assert Spending.objects.get().left_at is not None
    bring_in(source, to)
    assert left(budget) == 1


DRAW = """
import django
django.setup()
from tests.privacy.workbench.test_spending import bring_in
from yelin.catalog.models import Entry
from yelin.warehouse.models import Release
bring_in(Release.objects.get(pk="{source}"), Entry.objects.get(pk="{to}"))
"""


def test_killed_between_drawing_and_leaving_it_spends_once_and_leaves_once():
    source = make_source()
    budget = make_budget(source)
    to = make_target(source.entry)
    script = DRAW.format(source=source.pk, to=to.pk)
    with psycopg.connect(address()) as holder:
        # Whoever brings a file in for this entry waits here: it was drawn, and has not left.
        holder.execute("SELECT 1 FROM things_thing WHERE id = %s FOR NO KEY UPDATE", [to.pk])
        with start("-c", script) as killed:
            until(waits_for_a_lock, lambda: str(Spending.objects.count()))
            killed.send_signal(signal.SIGKILL)
        holder.rollback()
    assert Spending.objects.get().left_at is None
    assert not Upload.objects.filter(entry=to).exists()
    assert left(budget) == Decimal("1.5")
    bring_in(source, to)
    assert Spending.objects.get().left_at is not None
    assert Upload.objects.filter(entry=to).count() == 1
    assert left(budget) == Decimal("1.5")


@pytest.mark.long
def test_a_table_tells_every_label_its_totals_and_means_within_bounds():
    source = make_source()
    make_budget(source)
    to = make_target(source.entry)
    number = Number("年龄", Decimal(0), Decimal(100), Decimal("0.5"))
    ages = Banded("年龄", 30, 90, 30)
    asked = Noise((SEX, ages), dict.fromkeys(Measure, Decimal("0.3")), number)
    upload = bring_in(source, to, asked)
    table = pq.read_table(io.BytesIO(b"".join(upload.original.read()))).to_pylist()
    assert len(table) == 3 * 5
    assert {row["性别"] for row in table} == {"男", "女", noising.TOTAL}
    for row in table:
        assert row["平均总和"] % HALF == 0
        if row["平均"] is not None:
            assert 0 <= row["平均下限"] <= row["平均"] <= row["平均上限"] <= 100
    cells = [row for row in table if noising.TOTAL not in {row["性别"], row["年龄"]}]
    (whole,) = [row for row in table if row["性别"] == row["年龄"] == noising.TOTAL]
    assert whole["数量"] == sum(row["数量"] for row in cells)
    assert whole["平均总和"] == sum(row["平均总和"] for row in cells)
