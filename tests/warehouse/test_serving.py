import json
import os
from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from structlog.testing import capture_logs
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.config import config
from yelin.files.places import is_sealed
from yelin.law import clock
from yelin.operation import checks
from yelin.operation.findings import Level
from yelin.warehouse import laying, opened, ready, serving, tasks, texts
from yelin.warehouse.mapped import Mapped
from yelin.warehouse.models import Release
from yelin.warehouse.query import Filter, Question
from yelin.warehouse.ready import Lines, Ready

pytestmark = pytest.mark.django_db(transaction=True)

CONDITIONAL = {"opening_type": "conditional", "opening_condition": "说明用途"}
TEXT = "年份,海口港,代码\n" + "".join(f"{2000 + n % 7},{n % 3},{n:03}\n" for n in range(60))
ASKED = (
    Question(limit=5, offset=50),
    Question(sort=(("年份", True),), limit=5, offset=40),
    Question((Filter("年份", "eq", "2003"),), limit=3, offset=2),
    Question((Filter("海口港", "gte", "1"),), sort=(("年份", False),), limit=5, offset=9),
)


@pytest.fixture(autouse=True)
def _every_release_is_worth_it(monkeypatch):
    monkeypatch.setattr(serving, "ROWS", 1)


def table(release):
    actor = make_actor(release.entry.provider)
    return opened.table(gate.decide(actor, "resource.read", release.entry), release)


def waiting():
    rows = ProcrastinateJob.objects.filter(task_name="warehouse.lay", status="todo")
    return list(rows.order_by("id").values_list("args", flat=True))


def lying(release, kind="duckdb*"):
    folder = config.root / "serving"
    return sorted(folder.glob(f"{release.pk}.*/*.{kind}"))


@pytest.mark.drawn(1)
@pytest.mark.duty("opening.reusable")
@pytest.mark.parametrize("kind", [{}, CONDITIONAL])
def test_a_copy_is_made_once_it_is_asked_for_and_answers_the_same(monkeypatch, kind):
    release = make_release(make_entry(**kind), TEXT)
    from_files = [table(release).page(question) for question in ASKED]
    asked = waiting()
    assert [(each["item"], each["descending"]) for each in asked] == [
        (None, False), (0, True), (0, False),
    ]  # fmt: skip
    for each in asked:
        tasks.lay.func(**each)
        # Killed behind its end, it is run again.
        tasks.lay.func(**each)
    assert [is_sealed(path) for path in lying(release)] == [bool(kind)] * 3
    again = [table(release).page(question) for question in ASKED]
    assert again == from_files
    assert len(waiting()) == 3
    # One that cannot be read is left aside.
    opened.rest()
    monkeypatch.setattr(ready, "_open", Mapped(Ready))
    for path in (lying(release)[0], *lying(release, "rows")[:1]):
        path.write_bytes(b"torn")
    assert [table(release).page(question) for question in ASKED] == from_files
    copies = serving.Copies(release, table(release).engine)
    assert copies.lying(("年份", True))
    assert copies.lying(("海口港", True)) is None


@pytest.mark.long
def test_copies_go_with_what_they_are_copies_of(monkeypatch):
    kept, redacted, unused, destroyed = (
        make_release(make_entry(**CONDITIONAL), TEXT) for _ in range(4)
    )
    every = (kept, redacted, unused, destroyed)
    for release in every:
        serving.lay(release, None, descending=False)
        assert len(lying(release)) == 1
    assert [len(lying(release, "rows")) for release in every] == [0, 0, 0, 0]
    now = clock.now()
    Release.objects.filter(pk=redacted.pk).update(redactions=1, redacted_at=now)
    Release.objects.filter(pk=destroyed.pk).update(destroyed_at=now)
    old = (now - timedelta(days=8)).timestamp()
    os.utime(lying(unused)[0], (old, old))
    orphan = config.root / "serving" / "making-1"
    orphan.mkdir()
    os.utime(orphan, (old, old))
    serving.clear(now)
    assert [len(lying(release)) for release in every] == [1, 0, 0, 0]
    assert not orphan.exists()
    monkeypatch.setattr(serving, "config", config.model_copy(update={"serving_limit_mb": 0}))
    serving.clear(now)
    assert lying(kept) == []
    serving.lay(kept, None, descending=False)
    assert lying(kept) == []


@pytest.mark.long
def test_rows_that_lie_ready_are_answered_without_an_engine_and_go_with_their_copy():
    release = make_release(make_entry(), TEXT)
    expected = [table(release).page(question) for question in ASKED]
    for each in waiting():
        tasks.lay.func(**each)
    assert len(lying(release, "rows")) == 3
    for path in lying(release):
        path.unlink()
    answers = [table(release).page(question) for question in ASKED]
    assert answers == expected
    # The last is of two items, and of no copy.
    assert [isinstance(page.rows, Lines) for page in answers] == [True, True, True, False]
    assert [json.loads(page.json()) for page in answers] == [list(page.rows) for page in expected]
    # Made again where either is missing.
    for path in lying(release, "rows")[1:]:
        path.unlink()
    for item, descending in ((None, False), (0, True), (0, False)):
        serving.lay(release, item, descending=descending)
    assert len(lying(release)) == len(lying(release, "rows")) == 3
    Release.objects.filter(pk=release.pk).update(redactions=1, redacted_at=clock.now())
    release.refresh_from_db()
    copies = serving.Copies(release, table(release).engine)
    assert (copies.ready(None), copies.texts("代码")) == (None, None)
    serving.clear(clock.now())
    assert lying(release, "*") == []


def test_a_part_of_a_text_is_looked_for_where_texts_lie_side_by_side(monkeypatch):
    release = make_release(make_entry(), TEXT)
    asked = [
        Question((Filter("代码", "contains", part),), limit=3, offset=offset)
        for part, offset in (("0", 0), ("5", 0), ("x", 0), ("", 3))
    ]
    expected = [table(release).page(question) for question in asked]
    assert [page.total for page in expected] == [7, 1, 0, 7]
    assert [each["as_texts"] for each in waiting()] == [True, False]
    for _ in range(2):
        for each in waiting():
            tasks.lay.func(**each)
    assert len(lying(release, "texts")) == 1
    answers = [table(release).page(question) for question in asked]
    assert answers == expected
    assert [isinstance(page.rows, Lines) for page in answers] == [True, True, True, False]
    # Of too many the engine tells sooner.
    monkeypatch.setattr(texts, "MOST", 0)
    assert not isinstance(table(release).page(asked[0]).rows, Lines)
    assert [table(release).page(question) for question in asked] == expected


@pytest.mark.long
def test_where_memory_is_too_little_files_answer_and_the_operator_is_told(monkeypatch):
    release = make_release(make_entry(**CONDITIONAL), TEXT)
    expected = [table(release).page(question) for question in ASKED]
    monkeypatch.setattr(laying, "MOST_PARTS", 0)
    with capture_logs() as logged:
        for each in waiting():
            tasks.lay.func(**each)
    # In their own order nothing is sorted.
    assert len(lying(release, "duckdb.sealed")) == 3 - 2
    told = [each for each in logged if each["event"] == "serving_copy_needs_too_much_memory"]
    assert [each["release"] for each in told] == [str(release.pk)] * 2
    assert serving.refused() == {release.pk}
    (found,) = checks.examine(checks.copies)
    assert (found.level, "1" in found.says) == (Level.WATCH, True)
    ProcrastinateJob.objects.all().delete()
    monkeypatch.setattr(serving, "_asked", {})
    assert [table(release).page(question) for question in ASKED] == expected
    assert waiting() == []
    # With more memory it is tried again.
    monkeypatch.setattr(laying, "MOST_PARTS", 64)
    more = config.model_copy(update={"engine_memory_mb": config.engine_memory_mb + 1})
    monkeypatch.setattr(serving, "config", more)
    monkeypatch.setattr(serving, "_asked", {})
    assert [table(release).page(question) for question in ASKED] == expected
    for each in waiting():
        tasks.lay.func(**each)
    assert (len(lying(release)), serving.refused()) == (3, set())
    assert [table(release).page(question) for question in ASKED] == expected
