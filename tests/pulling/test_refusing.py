"""What stands in the way is told with its place, and a secret goes to nobody else."""

from datetime import datetime

import psycopg
import pytest
from tests.catalog.makers import make_entry
from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor
from tests.pulling.makers import CERTIFICATE, content_of, fetch, make_pull, try_out
from tests.pulling.servers import SECRET, free_port
from tests.warehouse.makers import PORTS
from tests.warehouse.penalties import BY_LAW, PENALTIES, penalties

from yelin.config import Config
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.outbound.models import EgressRule
from yelin.parties.models import Seat
from yelin.pulling import acts, rules, tasks
from yelin.pulling.content import PullContent
from yelin.pulling.models import Run
from yelin.warehouse import acts as warehouse_acts
from yelin.warehouse import ground_acts
from yelin.warehouse import tasks as warehouse
from yelin.warehouse.models import Release, Upload

pytestmark = pytest.mark.django_db(transaction=True)


def wrong(pull, *, secret=SECRET, **over) -> str:
    """Return the place that a trial names as wrong, once the place says so."""
    content = pull.content.model_copy(update=over)
    there = content.there
    make_rule(pull.entry.provider, host=there.host, port=there.port, purpose="pull")
    pull.refresh_from_db()
    acts.amend(actor=make_actor(pull.entry.provider), pull=pull, content=content, secret=secret)
    run = try_out(pull)
    assert run.state == "failed"
    assert SECRET not in run.failure + str(run.params)
    return run.place


def test_a_trial_of_postgresql_names_what_is_wrong(postgresql):
    pull = make_pull(content_of("postgresql", postgresql))
    assert wrong(pull, relation="public.无此表") == "relation"
    assert wrong(pull, relation="public.内部") == "relation"
    assert wrong(pull, relation="public.港口", columns=("无此列",)) == "columns"
    assert wrong(pull, columns=(), database="none") == "user"
    assert wrong(pull, database="postgres", user="nobody") == "user"
    assert wrong(pull, user="reader", secret="wrong") == "user"
    assert wrong(pull, encrypted=True, authority=CERTIFICATE) == "encrypted"
    assert wrong(pull, encrypted=False, authority="", port=free_port()) == "host"
    assert wrong(pull, host="127.0.0.9", port=postgresql) == "host"


@pytest.mark.long
def test_a_trial_of_mariadb_names_what_is_wrong(mariadb):
    pull = make_pull(content_of("mysql", mariadb))
    assert wrong(pull, relation="无此表`; DROP TABLE 港口; --") == "relation"
    assert wrong(pull, relation="内部") == "relation"
    assert wrong(pull, relation="港口", columns=("无此列",)) == "columns"
    assert wrong(pull, columns=(), database="none") == "database"
    assert wrong(pull, database="交通", secret="wrong") == "user"
    assert wrong(pull, authority="") == "authority"


@pytest.mark.long
def test_a_trial_of_the_web_and_of_sftp_names_what_is_wrong(web, sftp):
    address = f"https://127.0.0.1:{web.port}/none.csv"
    pull = make_pull(content_of("https", None, host="", address=address, authority=CERTIFICATE))
    assert wrong(pull) == "address"
    assert wrong(pull, authority="") == "authority"
    content = content_of("sftp", sftp.port, path="/nowhere.csv", user=sftp.user)
    pull = make_pull(content, secret=sftp.secret)
    try_out(pull)
    acts.trust(actor=make_actor(pull.entry.provider), pull=pull, fingerprint=sftp.fingerprint)
    assert wrong(pull, secret=sftp.secret) == "path"
    assert wrong(pull, secret="-----BEGIN NOTHING") == "secret"
    assert wrong(pull, secret="no key at all") == "user"


@pytest.mark.duty("security.protect")
def test_nothing_is_fetched_without_a_way_out_or_into_a_network_that_nobody_named(
    postgresql, monkeypatch
):
    content = content_of("postgresql", postgresql)
    with pytest.raises(Incomplete) as told:
        make_pull(content, led=False)
    assert told.value.faults[0].place == "host"
    pull = make_pull(content)
    rule = EgressRule.objects.get()
    monkeypatch.setattr("yelin.outbound.sending.config", Config())
    assert (try_out(pull).place, try_out(pull).failure[:13]) == ("host", "{server} lies")
    EgressRule.objects.filter(pk=rule.pk).update(ended_at=clock.now())
    run = fetch(pull)
    assert run.failure.startswith("No way out for fetched data leads to {server}")
    assert run.params == {"server": f"127.0.0.1:{postgresql}"}


@pytest.mark.duty("security.protect")
def test_a_secret_lies_sealed_and_is_told_to_no_other_server_or_user(postgresql):
    pull = make_pull(content_of("postgresql", postgresql))
    assert SECRET not in str(pull.said_kept) + str(pull.content_kept)
    assert SECRET not in str(list(Leaf.objects.values_list("payload", flat=True)))
    steward = make_actor(pull.entry.provider)
    make_rule(pull.entry.provider, host="127.0.0.9", port=postgresql, purpose="pull")
    for over in ({"host": "127.0.0.9"}, {"user": "other"}):
        content = content_of("postgresql", postgresql, **over)
        with pytest.raises(Incomplete) as told:
            acts.amend(actor=steward, pull=pull, content=content)
        assert told.value.faults[0].place == "secret"
    content = content_of("postgresql", postgresql, hour=5, columns=("代码",))
    acts.amend(actor=steward, pull=pull, content=content)
    assert try_out(pull).found["columns"] == ["代码"]


def test_what_has_not_changed_is_not_brought_in_again(web):
    web.files["/same.csv"] = PORTS.encode()
    address = f"https://127.0.0.1:{web.port}/same.csv"
    content = content_of("https", None, host="", address=address, authority=CERTIFICATE)
    pull = make_pull(content, secret="")
    assert [fetch(pull).state for _ in range(3)] == ["taken", "unchanged", "unchanged"]
    web.files["/same.csv"] = (PORTS + "2015,9000,010\n").encode()
    assert fetch(pull).state == "taken"
    assert Upload.objects.count() == 2


@pytest.mark.duty("aggregation.bring_in")
def test_only_what_comes_as_it_should_is_published_without_a_person(web):
    pull = None

    def come(text) -> str:
        web.files["/ports.csv"] = text.encode()
        run = fetch(pull)
        warehouse.prepare(str(run.upload.pk))
        tasks.follow(run=run.pk)
        return Upload.objects.get(pk=run.upload.pk).state

    address = f"https://127.0.0.1:{web.port}/ports.csv"
    content = content_of(
        "https", None, host="", address=address, authority=CERTIFICATE, publishes=True
    )
    pull = make_pull(content, make_entry(), secret="")
    # The first one is for a person to look at.
    assert come(PORTS) == "ready"
    entry = pull.entry
    warehouse_acts.publish(
        actor=make_actor(entry.provider), entry=entry, upload=Upload.objects.get(),
        without_rejected=False,
    )  # fmt: skip
    assert come(PORTS + "2015,9000,010\n") == "published"
    assert come(PORTS + "2015,many,010\n") == "ready"
    assert come(PORTS.replace("海口港", "海口港 ")) in {"ready", "published"}
    assert come("年份,海口港,代码,备注\n2012,1,007,x\n") == "ready"
    assert Release.objects.filter(entry=entry).latest_of(entry).rows >= 3


def test_a_failure_that_may_pass_is_tried_again_soon_and_told_once(postgresql):
    pull = make_pull(content_of("postgresql", postgresql))
    make_rule(pull.entry.provider, host="127.0.0.1", port=1, purpose="pull")
    steward = make_actor(pull.entry.provider)
    acts.amend(actor=steward, pull=pull, content=content_of("postgresql", 1), secret=SECRET)
    before = Notice.objects.filter(event="pull.failed").count()
    for hours in (1, 2, 3):
        began = clock.now()
        assert fetch(pull).state == "failed"
        pull.refresh_from_db()
        assert round((pull.next_at - began).total_seconds() / 3600) <= hours
    told = Notice.objects.filter(event="pull.failed")
    assert told.count() > before
    assert told.values("to").distinct().count() == told.count()


def test_whoever_left_the_seat_fetches_no_more_and_a_killed_worker_leaves_no_second_upload(
    postgresql, monkeypatch
):
    pull = make_pull(content_of("postgresql", postgresql))
    acts.fetch(actor=make_actor(pull.entry.provider), pull=pull)
    run = Run.objects.get()
    whole = tasks._bring_in

    def killed(*_):
        raise SystemExit

    monkeypatch.setattr(tasks, "_bring_in", killed)
    with pytest.raises(SystemExit):
        tasks.perform(run.pk)
    monkeypatch.setattr(tasks, "_bring_in", whole)
    late = Run.objects.select_related("pull").get()
    tasks.perform(run.pk)
    tasks.perform(run.pk)
    assert (Run.objects.get().state, Upload.objects.count()) == ("taken", 1)
    tasks._fail(late, tasks.Unreadable("late"))
    assert Run.objects.get().state == "taken"
    Seat.objects.filter(pk=pull.seat_id).update(until=clock.now())
    assert fetch(pull).failure.startswith("Whoever set this going")


CALENDAR = [
    ("daily", 1, 3, "yearly", "2026-11-27T02:59", "2026-11-27T03:00"),
    ("daily", 1, 3, "yearly", "2026-11-27T03:00", "2026-11-28T03:00"),
    ("weekly", 5, 0, "yearly", "2026-11-27T00:00", "2026-12-04T00:00"),
    ("monthly", 28, 23, "daily", "2026-11-28T23:30", "2026-12-28T23:00"),
    ("cycle", 1, 3, "daily", "2026-12-31T12:00", "2027-01-01T03:00"),
    ("cycle", 10, 3, "quarterly", "2026-11-27T12:00", "2027-01-10T03:00"),
    ("cycle", 10, 3, "half_yearly", "2026-01-10T03:00", "2026-07-10T03:00"),
    ("cycle", 1, 3, "yearly", "2026-11-27T12:00", "2027-01-01T03:00"),
    ("cycle", 1, 3, "irregular", "2026-11-27T12:00", "2026-12-01T03:00"),
]


@pytest.mark.parametrize(("rhythm", "day", "hour", "cycle", "after", "next_"), CALENDAR)
def test_the_next_time_is_the_first_past_now(rhythm, day, hour, cycle, after, next_):
    content = PullContent(kind="https", rhythm=rhythm, day=day, hour=hour)
    moment = datetime.fromisoformat(after).replace(tzinfo=clock.SHANGHAI)
    assert rules.next_time(content, cycle, moment).strftime("%Y-%m-%dT%H:%M") == next_


@pytest.mark.parametrize(
    ("over", "places"),
    [
        ({}, {"host", "database", "relation", "user"}),
        ({"host": "http://a b", "database": "d", "relation": "a.b.c", "user": "u"},
         {"host", "relation"}),
        ({"kind": "https", "address": "http://a.example.cn/x"}, {"address"}),
        ({"kind": "sftp", "host": "a", "path": "x", "user": "u", "rhythm": "weekly", "day": 8},
         {"day"}),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_place_by_place(over, places):
    content = PullContent(**{"kind": "mysql"} | over)
    assert {fault.place for fault in rules.faults(content, "yearly")} == places


def test_postgresql_connects_to_the_checked_address_whatever_the_name_says_later(
    postgresql, monkeypatch
):
    asked = []
    whole = psycopg.AsyncConnection.connect

    async def connect(**named):
        asked.append((named["host"], named["hostaddr"]))
        return await whole(**named)

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", connect)
    assert try_out(make_pull(content_of("postgresql", postgresql))).state == "reached"
    assert asked == [("127.0.0.1", "127.0.0.1")]


@pytest.mark.duty("opening.persons")
def test_what_is_fetched_waits_where_it_has_persons_and_no_ground_stands(web):
    def come(text) -> str:
        web.files["/penalties.csv"] = text.encode()
        run = fetch(pull)
        warehouse.prepare(str(run.upload.pk))
        tasks.follow(run=run.pk)
        # Killed and run again, it tells of it once.
        tasks.follow(run=run.pk)
        return Upload.objects.get(pk=run.upload.pk).state

    address = f"https://127.0.0.1:{web.port}/penalties.csv"
    content = content_of(
        "https", None, host="", address=address, authority=CERTIFICATE, publishes=True
    )
    entry = penalties(state="confirmed")
    pull = make_pull(content, entry, secret="")
    steward = make_actor(entry.provider)
    assert come(PENALTIES) == "ready"
    warehouse_acts.publish(
        actor=steward, entry=entry, upload=Upload.objects.get(), without_rejected=False,
        grounds=(BY_LAW,),
    )  # fmt: skip
    told = Notice.objects.filter(event="pull.held")
    assert not told.exists()
    assert come(PENALTIES + "琼罚5号,符建华,1\n") == "ready"
    many = told.count()
    assert many == len(set(told.values_list("to", flat=True))) > 0
    named = BY_LAW.model_copy(update={"kinds": ("name",)})
    ground_acts.state_ground(actor=steward, entry=entry, ground=named)
    assert come(PENALTIES + "琼罚6号,符建军,1\n") == "published"
    assert told.count() == many
    newest = Release.objects.filter(entry=entry).latest_of(entry)
    assert newest.grounds[0]["standing"] is True
