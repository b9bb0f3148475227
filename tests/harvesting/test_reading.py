"""A source is read again and again: what it lists stands here once, with where it is from."""

import pytest
from django.db import connection
from prove.portals import package
from tests.catalog.makers import make_entry
from tests.harvesting.makers import make_source, read
from tests.parties.makers import make_actor, make_body

from yelin import gate
from yelin.catalog import acts as catalog
from yelin.catalog.models import Entry
from yelin.compiling.models import Import
from yelin.harvesting import acts, entering, tasks
from yelin.harvesting.content import SourceContent
from yelin.harvesting.entering import Reading
from yelin.harvesting.models import Origin, Outcome
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes(source) -> dict[str, str]:
    return dict(source.origins.values_list("remote_id", "outcome"))


@pytest.mark.duty("catalog.compile")
def test_what_a_source_lists_becomes_drafts_once_with_where_it_is_from(site):
    """B-40: read three times, nothing is made, kept or written twice."""
    site.packages = [package(n) for n in range(150)]
    pattern = make_entry(state="registered", contact_office="港航处")
    source = make_source(site, body=pattern.provider, pattern=pattern)
    run = read(source)
    assert (run.state, run.pages, run.counts["made"]) == ("done", 2, 150)
    origin = Origin.objects.select_related("entry").get(remote_id="p00007")
    assert origin.url == f"{site.address}/dataset/harbour-7"
    assert (origin.entry.title, origin.entry.state) == ("港口货物吞吐量 7", "draft")
    assert (origin.entry.update_cycle, origin.entry.formats) == ("monthly", ["csv", "xlsx"])
    assert origin.entry.contact_office == "港航处"
    assert "example.gov" not in str(origin.entry.content())
    acts_so_far = Leaf.objects.count()
    again = read(source)
    assert again.counts["kept"] == 150
    assert Leaf.objects.count() == acts_so_far + 1
    entry = origin.entry.content()
    read(source)
    assert Entry.objects.filter(provider=source.body).count() == 151
    assert source.origins.count() == 150
    assert Entry.objects.get(pk=origin.entry_id).content() == entry


@pytest.mark.long
def test_only_what_changed_at_the_source_is_changed_here_and_what_was_written_here_stays(site):
    site.packages = [package(1), package(2)]
    source = make_source(site)
    read(source)
    entry = Origin.objects.get(remote_id="p00001").entry
    content = entry.content().model_copy(update={"contact_office": "统计处"})
    catalog.amend(actor=make_actor(source.body), entry=entry, content=content)
    site.packages[0] = package(1, title="港口旅客吞吐量")
    read(source)
    assert outcomes(source) == {"p00001": "changed", "p00002": "kept"}
    entry = Entry.objects.get(pk=entry.pk)
    assert (entry.title, entry.contact_office) == ("港口旅客吞吐量", "统计处")


def test_a_source_may_come_back_to_what_it_told_before(site):
    site.packages = [package(1)]
    source = make_source(site)
    read(source)
    site.packages[0] = package(1, title="港口旅客吞吐量")
    read(source)
    site.packages[0] = package(1)
    assert read(source).counts["changed"] == 1
    assert Origin.objects.get().entry.title == package(1)["title"]


def test_what_is_listed_twice_is_made_once_and_told(site):
    site.packages = [package(1), package(1, title="又一次"), package(2)]
    source = make_source(site)
    run = read(source)
    assert (run.counts["made"], run.counts["repeated"]) == (2, 1)


def test_the_same_id_at_two_sources_is_two_things(site):
    site.packages = [package(1)]
    first, second = make_source(site), make_source(site)
    read(first)
    read(second)
    assert Entry.objects.filter(origin__remote_id="p00001").count() == 2


@pytest.mark.long
def test_a_title_that_the_body_has_already_is_refused_with_its_reason_and_nothing_else_is(site):
    body = make_body()
    make_entry(provider=body, state="draft", title="港口货物吞吐量 1")
    site.packages = [package(1), package(2, title=""), package(3, title="长" * 201)]
    source = make_source(site, body=body)
    run = read(source)
    assert outcomes(source) == {"p00001": "refused", "p00002": "made", "p00003": "made"}
    assert source.origins.get(remote_id="p00001").flaws[0]["place"] == "title"
    site.packages[0] = package(1, title="港口货物吞吐量（二）")
    assert read(source).counts["made"] == 1
    assert run.counts["refused"] == 1


@pytest.mark.long
def test_what_is_listed_no_more_is_gone_the_second_time_and_its_entry_stays(site):
    site.packages = [package(1), package(2)]
    source = make_source(site)
    read(source)
    del site.packages[0]
    read(source)
    assert outcomes(source)["p00001"] == Outcome.MADE
    read(source)
    assert outcomes(source)["p00001"] == Outcome.GONE
    assert Entry.objects.filter(origin__remote_id="p00001").exists()
    site.packages.append(package(1))
    read(source)
    assert outcomes(source)["p00001"] == Outcome.KEPT


def test_a_source_that_answers_with_an_error_is_told_and_read_again_at_its_time(site):
    site.broken = True
    source = make_source(site)
    run = read(source)
    assert (run.state, run.failure) == ("failed", "The source answered with an error.")
    assert not source.origins.exists()
    site.broken = False
    source.refresh_from_db()
    with clock.standing_at(source.next_at):
        tasks.look.func(timestamp=0)
        tasks.look.func(timestamp=0)
    assert source.runs.count() == 2


@pytest.mark.duty("security.protect")
def test_nothing_is_read_without_a_way_out_that_was_allowed(site):
    body = make_body()
    content = SourceContent(title="目录", kind="ckan", address=site.address)
    with pytest.raises(Incomplete) as wrong:
        acts.add(actor=make_actor(body), body=body, content=content)
    assert wrong.value.faults[0].place == "address"
    assert site.asked == []
    with pytest.raises(gate.Refused):
        acts.add(actor=make_actor(), body=body, content=content)


def test_a_paused_source_is_not_read_and_a_resumed_one_by_whoever_resumed_it(site):
    source = make_source(site)
    steward = make_actor(source.body)
    source = acts.pause(actor=steward, source=source)
    with pytest.raises(OutOfTurn):
        acts.read(actor=steward, source=source)
    source = acts.resume(actor=steward, source=source)
    assert source.seat_id == steward.seat_id
    assert read(source).state == "done"


class Killed(BaseException):
    """What a worker never survives."""


def killed(source, monkeypatch, place, at=1):
    """Have a source read, and its reader killed when ``place`` is called for that time."""
    acts.read(actor=make_actor(source.body), source=source)
    run, calls = source.runs.first(), []
    module, name = place
    whole = getattr(module, name)

    def dying(*given, **named):
        calls.append(name)
        if len(calls) == at:
            raise Killed
        return whole(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(module, name, dying)
        with pytest.raises(Killed):
            tasks.read(run.pk)
    return run


def went_on(run):
    tasks.read(run.pk)
    run.refresh_from_db()
    return run


@pytest.mark.drawn(1)
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_reading_that_broke_off_goes_on_where_it_stood(site, monkeypatch, at):
    site.packages = [package(n) for n in range(120)]
    source = make_source(site)
    run = went_on(killed(source, monkeypatch, (entering, "_save"), at))
    assert (run.state, run.pages) == ("done", 2)
    assert run.counts == {"made": 120, "gone": 0, "repeated": 0}
    assert Entry.objects.filter(provider=source.body).count() == 120
    assert sum("start=0" in path for path in site.asked) == (1 if at == 3 else 2)


def test_what_was_read_before_a_kill_is_as_it_was_told_after(site, monkeypatch):
    site.packages = [package(1), package(2)]
    source = make_source(site)
    read(source)
    site.packages = [package(1, title="港口旅客吞吐量"), package(2)]
    run = killed(source, monkeypatch, (entering, "_save"), 2)
    site.packages = [package(1), package(2)]
    assert went_on(run).counts == {"kept": 2, "gone": 0, "repeated": 0}
    assert Origin.objects.get(remote_id="p00001").entry.title == package(1)["title"]


def test_a_reading_that_broke_off_at_its_end_lists_nothing_twice(site, monkeypatch):
    site.packages = [package(n) for n in range(3)]
    source = make_source(site)
    run = went_on(killed(source, monkeypatch, (tasks, "_end")))
    assert (run.pages, run.counts) == (1, {"made": 3, "gone": 0, "repeated": 0})


def test_a_spreadsheet_is_taken_in_once_whoever_is_killed(site, monkeypatch):
    sheet = "信息资源名称,信息资源摘要\n港口泊位,各港口泊位\n".encode()
    site.files["/catalog.csv"] = ("text/csv", sheet)
    source = make_source(site, kind="sheet", address=f"{site.address}/catalog.csv")
    run = went_on(killed(source, monkeypatch, (tasks, "_end")))
    assert run.batch == Import.objects.get()


def test_an_attempt_that_counts_no_more_changes_nothing(site, monkeypatch):
    site.packages = [package(n) for n in range(3)]
    source = make_source(site)
    acts.read(actor=make_actor(source.body), source=source)
    run = source.runs.get()
    take = Reading.take

    def overtaken(reading, listed, page):
        monkeypatch.setattr(Reading, "take", take)
        tasks.read(run.pk)
        take(reading, listed, page)

    monkeypatch.setattr(Reading, "take", overtaken)
    assert went_on(run).counts["made"] == 3
    assert Entry.objects.filter(provider=source.body).count() == 3


def test_a_watched_spreadsheet_becomes_an_import_whenever_it_changed(site):
    sheet = "信息资源名称,信息资源摘要\n港口泊位,各港口泊位\n".encode()
    site.files["/catalog.csv"] = ("text/csv", sheet)
    source = make_source(site, kind="sheet", address=f"{site.address}/catalog.csv")
    assert read(source).batch is not None
    assert read(source).batch is None
    site.files["/catalog.csv"] = ("text/csv", sheet + "航标,各航标\n".encode())
    assert read(source).batch is not None
    assert Import.objects.filter(body=source.body).count() == 2


def test_a_source_whose_steward_left_says_so(site):
    source = make_source(site)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE parties_seat SET until = now() WHERE thing_id = %s", [source.seat_id]
        )
    run = read(source)
    assert run.failure.startswith("Whoever set this going has left the seat.")
