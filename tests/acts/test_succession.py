"""Bodies that change: everything they have follows, and history keeps the old names."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from tests.catalog.makers import agency, make_content, make_entry
from tests.notices.makers import make_channel
from tests.outbound.makers import make_rule
from tests.parties.makers import (
    make_actor,
    make_body,
    make_deputy,
    make_enterprise,
    make_seat,
    make_token,
)
from tests.warehouse.makers import make_release, make_upload

from yelin import gate
from yelin.acts import parties, proposals, seats, succession
from yelin.acts.frame import AwaitsSecond
from yelin.catalog import acts as catalog
from yelin.catalog import reads
from yelin.catalog.models import Entry
from yelin.catalog.tasks import reword
from yelin.gate.models import Grant
from yelin.law import clock, duties
from yelin.law.models import Clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.outbound.models import EgressRule
from yelin.parties.actor import Actor
from yelin.parties.models import Body, BodyName, Seat, Succession, Token
from yelin.surface.actor import TokenUnknown, of_token
from yelin.warehouse.models import Release, Upload

pytestmark = pytest.mark.django_db
REASON = "琼编〔2026〕1号"


def keeper() -> Actor:
    return make_actor(agency(), "officer")


def by_two(act, **arguments) -> Succession:
    """Propose as one officer of the register and approve as another."""
    with pytest.raises(AwaitsSecond) as awaits:
        act(actor=keeper(), **arguments)
    proposals.approve(actor=keeper(), proposal=awaits.value.proposal)
    return Succession.objects.order_by("thing__leaves__id").last()


def found(words: str) -> list[str]:
    reword.func(timestamp=0)
    search = reads.Search(f"“{words}”")
    return [entry.title for entry in reads.find(Actor.anyone(), search)]


@pytest.mark.duty("governance.powers")
def test_a_renamed_body_is_found_by_its_new_name_and_history_keeps_the_old(today):
    today("2026-03-02")
    body = make_body(name="海南省海洋厅", short_name="省海洋厅")
    entry = make_entry(body)
    today("2026-06-01")
    succession.rename(actor=keeper(), body=body, name="海南省海洋和渔业厅", short_name="省海渔厅")
    assert found("渔业") == [entry.title]
    assert found("海洋厅") == []
    body = Body.objects.get(pk=body.pk)
    assert body.called_on(clock.today()).name == "海南省海洋和渔业厅"
    assert body.called_on(clock.today() - timedelta(1)).name == "海南省海洋厅"
    with pytest.raises(Incomplete, match="bears this name"):
        succession.rename(actor=keeper(), body=body, name=body.name, short_name=body.short_name)
    today("2026-09-01")
    succession.rename(actor=keeper(), body=body, name="海南省蓝色经济厅", short_name="省蓝经厅")
    body = Body.objects.get(pk=body.pk)
    names = [body.called_on(clock.today() - timedelta(days)).name for days in (0, 1, 92, 93)]
    assert names == ["海南省蓝色经济厅", "海南省海洋和渔业厅", "海南省海洋和渔业厅", "海南省海洋厅"]
    assert BodyName.objects.count() == 2


def test_a_merger_moves_entries_with_their_uploads_releases_clocks_grants_and_people():
    old, new = make_body(name="海南省旧厅"), make_body(name="海南省新厅")
    release = make_release(make_entry(old))
    entry = release.entry
    waiting = make_upload(make_entry(old, "registered"))
    holder, both = make_seat(old), make_seat(old, "auditor")
    make_seat(new, "auditor", both.person)
    token, deputy = make_token(holder), make_deputy(holder)
    grant = Grant(
        party=old.thing,
        on=make_entry().thing,
        action="resource.read",
        duty=duties.SHARING_TYPE.name,
        since=clock.now(),
    )
    grant.save()
    before = Leaf.objects.filter(subject=entry.pk).count()
    done = by_two(succession.merge, body=old, successor=new, reason=REASON)

    entry.refresh_from_db()
    assert entry.provider == new
    assert Upload.objects.get(pk=waiting.pk).entry.provider == new
    assert Release.objects.get(pk=release.pk).entry.provider == new
    assert Clock.objects.running().filter(thing=entry.pk).exists()
    assert Grant.objects.get(pk=grant.pk).party_id == new.pk
    assert Leaf.objects.filter(subject=entry.pk).count() == before
    assert found("新厅") == [entry.title]

    old.refresh_from_db()
    assert old.until is not None
    assert not old.seats.live().exists()
    for seat in (holder, both):
        assert new.seats.live().filter(person=seat.person, role=seat.role).count() == 1
    with pytest.raises(TokenUnknown):
        of_token(token)
    deputy.refresh_from_db()
    assert deputy.ended_at is not None

    assert done.moved == {"entry": 2, "grant": 1, "seat": old.seats.count()}
    leaf = Leaf.objects.get(act="parties.merge")
    facts = leaf.payload["facts"]
    assert (facts["from"], facts["to"]) == (old.credit_code, new.credit_code)
    assert len(facts["things"]) == 64
    assert REASON not in str(leaf.payload)


def test_what_the_old_body_did_stays_told_by_its_own_code_and_name():
    old, new = make_body(), make_body()
    entry = make_entry(old)
    told = Leaf.objects.get(act="catalog.register", subject=entry.pk)
    by_two(succession.merge, body=old, successor=new, reason=REASON)
    told.refresh_from_db()
    assert told.body == old
    assert told.payload["actor"]["body"] == old.credit_code
    entry.refresh_from_db()
    steward = make_actor(new)
    assert gate.decide(steward, "leaf.open", told).allowed


def test_titles_that_both_bodies_use_are_all_named_and_nothing_moves():
    old, new = make_body(), make_body()
    for title in ("甲表", "乙表"):
        make_entry(old, "registered", title=title)
        make_entry(new, "registered", title=title)
    make_entry(old, "registered", title="丙表")
    with pytest.raises(Incomplete) as refused:
        by_two(succession.merge, body=old, successor=new, reason=REASON)
    assert [fault.params["title"] for fault in refused.value.faults] == ["乙表", "甲表"]
    assert Entry.objects.filter(provider=old).count() == 3
    assert not Succession.objects.exists()
    old.refresh_from_db()
    assert old.until is None


def test_a_split_passes_on_what_is_named_and_the_rest_stays():
    old, new = make_body(), make_body()
    going, staying = make_entry(old), make_entry(old)
    leaver, stayer = make_seat(old), make_seat(old, "auditor")
    by_two(succession.split, body=old, successor=new, things=[going.pk, leaver.pk], reason=REASON)
    assert [e.provider for e in (_fresh(going), _fresh(staying))] == [new, old]
    assert new.seats.live().get().person == leaver.person
    assert list(old.seats.live().filter(role="auditor")) == [stayer]
    assert _fresh(old).until is None


def test_a_split_of_nothing_or_of_anothers_thing_is_refused_whole():
    old, new = make_body(), make_body()
    own, others = make_entry(old), make_entry()
    for things in ([], [own.pk, others.pk]):
        with pytest.raises(Incomplete, match="things"):
            by_two(succession.split, body=old, successor=new, things=things, reason=REASON)
    assert _fresh(own).provider == old


def test_a_body_is_dissolved_only_when_nothing_is_left_with_it():
    body = make_body()
    entry = make_entry(body)
    seat = make_seat(body, "head")
    token = make_token(seat)
    with pytest.raises(Incomplete, match="body"):
        by_two(succession.dissolve, body=body, reason=REASON)
    by_two(succession.split, body=body, successor=make_body(), things=[entry.pk], reason=REASON)
    by_two(succession.dissolve, body=body, reason=REASON)
    assert not Token.objects.live(token, clock.now())
    assert not body.seats.live().exists()
    for act in (
        lambda: by_two(succession.dissolve, body=body, reason=REASON),
        lambda: parties.recover(
            actor=keeper(), body=body, person=seat.person, reason="nobody is left"
        ),
        lambda: by_two(succession.merge, body=make_body(), successor=body, reason=REASON),
    ):
        with pytest.raises(OutOfTurn):
            act()


def test_a_credit_code_is_free_again_when_its_body_has_ended():
    body = make_body(credit_code="114600000081700121")
    by_two(succession.dissolve, body=body, reason=REASON)
    again = parties.found(
        actor=keeper(),
        body=Body(
            kind="department",
            name="海南省又一厅",
            division="460000",
            credit_code="114600000081700121",
        ),
    )
    assert again.pk != body.pk


def test_a_body_is_succeeded_by_another_of_its_sort_with_a_reason_by_the_register_only():
    old, new = make_body(), make_body()
    for other, reason in ((old, REASON), (make_enterprise(), REASON), (new, " ")):
        with pytest.raises(Incomplete):
            by_two(succession.merge, body=old, successor=other, reason=reason)
    for actor in (make_actor(old, "head"), make_actor(agency(), "head")):
        with pytest.raises(gate.Refused):
            succession.merge(actor=actor, body=old, successor=new, reason=REASON)


def test_whoever_sat_in_the_old_body_compiles_in_the_new_one_and_not_in_the_old():
    old, new = make_body(), make_body()
    steward = make_seat(old)
    acting = Actor.of(steward)
    by_two(succession.merge, body=old, successor=new, reason=REASON)
    with pytest.raises(OutOfTurn, match="ended"):
        catalog.draft(actor=acting, provider=old, content=make_content())
    seat = Seat.objects.live().get(person=steward.person)
    assert catalog.draft(actor=Actor.of(seat), provider=new, content=make_content())


@pytest.mark.django_db(transaction=True)
def test_no_entry_is_drafted_into_a_body_while_it_merges():
    old, new = make_body(), make_body()
    actors = [make_actor(old) for _ in range(4)]
    ready = threading.Barrier(5)

    def draft(actor):
        ready.wait()
        try:
            for _ in range(5):
                body = Body.objects.get(pk=old.pk)
                catalog.draft(actor=actor, provider=body, content=make_content())
        except OutOfTurn:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=draft, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    ready.wait()
    by_two(succession.merge, body=old, successor=new, reason=REASON)
    for thread in threads:
        thread.join()
    assert not Entry.objects.filter(provider=old).exists()


def test_two_mergers_crosswise_do_not_lock_each_other_out():
    old, new = make_body(), make_body()
    by_two(succession.merge, body=old, successor=new, reason=REASON)
    with pytest.raises(OutOfTurn):
        by_two(succession.merge, body=new, successor=old, reason=REASON)


def test_invitations_of_a_merged_enterprise_end():
    old, new = make_enterprise(), make_enterprise()
    first = make_seat(old, "representative")
    invitation = seats.invite(actor=Actor.of(first), body=old, person=make_seat().person)
    by_two(succession.merge, body=old, successor=new, reason=REASON)
    with pytest.raises(OutOfTurn):
        seats.accept(actor=Actor.citizen(invitation.person), invitation=invitation)


def _fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


def test_ways_out_and_webhooks_go_to_the_successor():
    body, successor = make_body(), make_body()
    rule = make_rule(body)
    channel = make_channel(make_seat(body), "webhook")
    by_two(succession.merge, body=body, successor=successor, reason=REASON)
    for row, key in ((rule, "body_id"), (channel, "body_id")):
        row.refresh_from_db()
        assert getattr(row, key) == successor.pk
    in_force = EgressRule.objects.in_force(successor.pk, "notice", clock.today())
    assert in_force.get() == rule
