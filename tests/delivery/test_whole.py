"""The whole catalog as one file: had while all in it may be known, and by nobody any more then."""

import csv
import gzip
from contextlib import suppress
from datetime import timedelta

import pytest
from django.apps import apps
from tests.catalog.makers import confirm, make_entry
from tests.gate.makers import make_hold
from tests.parties.makers import make_actor, make_body

from yelin.catalog import acts
from yelin.catalog.content import EntryContent
from yelin.delivery import whole
from yelin.delivery.models import CATALOGS, CatalogFile
from yelin.files.store import store
from yelin.law import clock

pytestmark = pytest.mark.django_db


def text(file, form="csv"):
    reader = file.reader(form)
    try:
        blob = reader.read_at(0, file.sizes[form])
    finally:
        reader.close()
    return (gzip.decompress(blob) if form == "csv.gz" else blob).decode("utf-8-sig")


def titles(file):
    return {row["信息资源名称"] for row in csv.DictReader(text(file).splitlines())}


def waiting():
    jobs = apps.get_model("procrastinate", "ProcrastinateJob").objects
    return jobs.filter(task_name=whole.WRITE, status="todo").count()


def revised(entry, **over):
    """Return the entry, confirmed anew with something else."""
    provider = make_actor(entry.provider)
    content = EntryContent(**entry.content().model_dump() | over)
    entry = acts.amend(actor=provider, entry=entry, content=content)
    return confirm(acts.submit(actor=provider, entry=entry))


@pytest.mark.duty("opening.free")
def test_it_tells_everyone_what_everyone_may_know_alike_in_both_forms():
    body = make_body()
    open_to_all, shared = (
        make_entry(body),
        make_entry(body, opening_type="none", summary="内部口径"),
    )
    hidden = make_entry(body, "awaiting")
    file = whole.write()
    assert titles(file) >= {open_to_all.title, shared.title}
    assert hidden.title not in text(file)
    assert shared.summary not in text(file)
    assert open_to_all.summary in text(file)
    assert text(file, "csv.gz") == text(file)
    assert whole.had() == file
    assert whole.since(file) == whole.Since(0, 2)


def closed(entry):
    revised(entry, opening_type="none", licence="")


def withdrawn(entry):
    provider = make_actor(entry.provider)
    entry = acts.ask_withdrawal(actor=provider, entry=entry, reason="职能已调整")
    confirm(entry)


def held(entry):
    make_hold(entry, "entry.read")


def an_item_kept_back(entry):
    first, *rest = entry.content().model_dump()["items"]
    revised(entry, items=(first | {"opening_type": "none"}, *rest))


LOSSES = (closed, withdrawn, held, an_item_kept_back)


@pytest.mark.duty("opening.type")
@pytest.mark.parametrize("lose", LOSSES)
def test_once_something_in_it_may_be_known_no_more_nobody_has_it_and_it_is_written_anew(lose):
    entry, other = make_entry(), make_entry()
    file = whole.write()
    lose(entry)
    assert whole.since(file).lost == 1
    assert whole.gone([file.pk]) == {file.pk}
    with pytest.raises(whole.NotReady):
        whole.had()
    assert waiting() == 1
    with pytest.raises(whole.NotReady):
        whole.had()
    assert waiting() == 1
    whole.renew()
    anew = whole.had()
    assert anew != file
    assert other.title in text(anew)
    assert not CatalogFile.objects.filter(pk=file.pk).exists()
    assert not store().has(file.key("csv"), None)


def test_what_came_or_was_said_otherwise_waits_for_its_time(monkeypatch):
    entry = make_entry()
    file = whole.write()
    came = make_entry()
    revised(entry, summary="另一份摘要")
    whole.renew()
    assert whole.had() == file
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    whole.renew()
    anew = whole.had()
    assert anew != file
    assert came.title in text(anew)
    assert "另一份摘要" in text(anew)
    # Whoever has it on its way gets it to its end.
    assert whole.gone([file.pk]) == set()
    assert came.title not in text(file)


def test_where_nothing_changed_nothing_is_written_anew(monkeypatch):
    make_entry()
    file = whole.write()
    later = clock.now() + timedelta(days=1)
    CatalogFile.objects.update(begun_at=clock.now() + timedelta(minutes=20))
    monkeypatch.setattr(clock, "now", lambda: later)
    whole.renew()
    assert CatalogFile.objects.get() == file


def test_where_there_is_none_it_is_written_and_until_then_nobody_has_it():
    with pytest.raises(whole.NotReady):
        whole.had()
    assert waiting() == 1
    whole.renew()
    assert whole.had().entries == []


def test_what_fails_on_the_way_leaves_nothing(monkeypatch):
    make_entry()
    monkeypatch.setattr(whole, "_pack", lambda *_: 1 / 0)
    with suppress(ZeroDivisionError):
        whole.write()
    assert not CatalogFile.objects.exists()
    assert list(store().keys(CATALOGS)) == []


def test_what_a_killed_writer_left_is_removed_with_the_next(monkeypatch):
    store().put(f"{CATALOGS}/{make_entry().pk}/catalog.csv", [b"x"], None)
    monkeypatch.setattr(whole, "_ORPHANED", timedelta(hours=-1))
    file = whole.write()
    assert {*store().keys(CATALOGS)} == {file.key(form) for form in CatalogFile.FORMS}
