"""The way of a release: what stands on it, whom it is told to, and by how many questions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import agency, make_entry
from tests.delivery.makers import close, make_call, make_closed, make_taker
from tests.market.makers import make_arrangement
from tests.parties.makers import make_actor, make_citizen
from tests.privacy.workbench.makers import make_certificate
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery import reads as deliveries
from yelin.delivery.models import Taken
from yelin.delivery.tracing import reads
from yelin.delivery.tracing.draft import MOST
from yelin.delivery.tracing.graph import Kind, Term
from yelin.gate.models import Grant
from yelin.ledger import sequencer
from yelin.market.models import Arrangement
from yelin.parties.actor import Actor
from yelin.warehouse.models import Upload

pytestmark = [pytest.mark.django_db, pytest.mark.duty("trace.whole")]


def kinds(trace):
    return {node.kind for node in trace.nodes}


def all_of(trace, kind):
    return [node for node in trace.nodes if node.kind is kind]


def before(trace, node, *terms):
    return {other.id for _, other in trace.out_of(node, *terms)}


def test_a_stranger_is_told_the_public_part_with_what_proves_it():
    entry = make_entry(opening_type="unconditional")
    release = make_release(entry)
    sequencer.settle()
    trace = reads.of(Actor.anyone(), entry)
    assert kinds(trace) == {Kind.ENTRY, Kind.RELEASE, Kind.PUBLICATION, Kind.BODY}
    (node,) = all_of(trace, Kind.RELEASE)
    assert trace.about == node.id
    assert node.told["manifest"] == release.digest_text
    (leaf,) = node.leaves
    assert (leaf.act, leaf.published) == ("warehouse.publish", True)
    (published,) = all_of(trace, Kind.PUBLICATION)
    assert before(trace, node, Term.GENERATED) == {published.id}
    (provider,) = all_of(trace, Kind.BODY)
    assert before(trace, published, Term.ASSOCIATED) == {provider.id}


def test_its_provider_is_told_what_was_brought_in_and_what_releases_came_of_one_another():
    entry = make_entry(opening_type="unconditional")
    first = make_release(entry)
    second = make_release(entry, "年份,海口港,代码\n2015,9105,010\n", mode="append")
    trace = reads.of(make_actor(entry.provider), entry)
    uploads = {node.thing: node for node in all_of(trace, Kind.UPLOAD)}
    assert uploads.keys() == {first.upload_id, second.upload_id}
    assert uploads[first.upload_id].told["sha256"] == first.upload.sha256
    assert [leaf.act for leaf in uploads[first.upload_id].leaves][-1] == "warehouse.receive"
    releases = {node.thing: node for node in all_of(trace, Kind.RELEASE)}
    of_second = before(trace, releases[second.pk], Term.DERIVED)
    assert of_second == {releases[first.pk].id, uploads[second.upload_id].id}


def test_recipients_are_told_to_those_who_answer_and_to_each_recipient_its_own():
    entry = make_closed()
    one, grant = make_taker(entry)
    other, _ = make_taker(entry)
    for taker in (one, other):
        make_call(taker, entry)
    close()
    agency()
    for actor in (make_actor(entry.provider), make_actor(agency(), "officer")):
        trace = reads.of(actor, entry)
        assert {node.thing for node in all_of(trace, Kind.PERSON)} == {
            one.person_id, other.person_id,
        }  # fmt: skip
        assert len(all_of(trace, Kind.GRANT)) == 2
    trace = reads.of(one, entry)
    assert [node.thing for node in all_of(trace, Kind.PERSON)] == [one.person_id]
    assert [node.thing for node in all_of(trace, Kind.GRANT)] == [grant.pk]
    (had,) = all_of(trace, Kind.DELIVERY)
    assert had.told["delivered"] == 1
    assert [leaf.act for leaf in had.leaves] == ["delivery.close_minute"]
    (release,) = all_of(trace, Kind.RELEASE)
    assert before(trace, had, Term.USED) == {release.id, f"grant:{grant.pk}"}
    for actor in (Actor.anyone(), make_citizen()):
        assert not kinds(reads.of(actor, entry)) & {Kind.DELIVERY, Kind.GRANT, Kind.PERSON}


def test_it_leads_over_the_bench_to_the_source_for_whoever_may_know_of_both():
    certificate = make_certificate()
    entry = Entry.objects.get(pk=certificate.release.entry_id)
    trace = reads.of(make_actor(entry.provider), entry)
    (work,) = all_of(trace, Kind.WORK)
    (paper,) = all_of(trace, Kind.CERTIFICATE)
    source = f"release:{certificate.source_id}"
    assert source in before(trace, work, Term.USED)
    assert source in before(trace, trace.by_id[f"release:{certificate.release_id}"], Term.DERIVED)
    assert before(trace, paper, Term.GENERATED) == {work.id}
    assert [leaf.act for leaf in paper.leaves] == ["deidentify.certify"]
    # From the source it leads to what was made of it, as well.
    back = reads.of(make_actor(entry.provider), certificate.source.entry)
    assert f"release:{certificate.release_id}" in back.by_id


def test_an_arrangement_is_on_it_with_both_its_sides_and_what_it_granted():
    entry = make_closed()
    arrangement = make_arrangement(entry)
    for actor in (Actor.anyone(), make_actor(entry.provider)):
        trace = reads.of(actor, entry)
        (node,) = all_of(trace, Kind.ARRANGEMENT)
        (operator,) = before(trace, node, Term.ASSOCIATED)
        assert trace.by_id[operator].thing == arrangement.operator_id
        assert before(trace, trace.by_id[operator], Term.ON_BEHALF) == {
            f"body:{arrangement.body_id}"
        }
    (grant,) = all_of(trace, Kind.GRANT)
    assert before(trace, grant, Term.GENERATED) == {node.id}


def test_a_version_that_does_not_exist_or_may_not_be_known_of_has_no_way():
    entry = make_release().entry
    with pytest.raises(gate.Unseen):
        reads.of(Actor.anyone(), entry, 2)


def test_many_versions_grants_and_takers_cost_no_more_and_come_as_numbers():
    entry = make_closed()
    taker, grant = make_taker(entry)
    make_release(entry)
    call = make_call(taker, entry)
    make_release(entry)
    steward = make_actor(entry.provider)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            trace = reads.of(steward, entry, 2)
        return len(queries), trace

    few, _ = asked()
    many = MOST + 5
    people = [make_taker(entry)[0].person_id for _ in range(many)]
    Taken.objects.bulk_create(
        Taken(entry=entry, release=entry.releases.get(number=2), party_id=person, grant=grant,
              delivered=1, cut=0, rows=5, size=1, first=call.begun_at, last=call.begun_at)
        for person in people
    )  # fmt: skip
    for _ in range(5):
        make_release(entry)
    most, trace = asked()
    # But for the two that say how many more there are.
    assert most <= few + 2
    folded = {node.kind: node.folded for node in trace.nodes if node.folded}
    assert folded == {
        Kind.RELEASE: 6, Kind.GRANT: many + 1 - MOST, Kind.DELIVERY: 6, Kind.PERSON: 6,
    }  # fmt: skip


def test_nobody_is_told_by_it_what_they_cannot_know_of_elsewhere():
    certificate = make_certificate()
    entry = Entry.objects.get(pk=certificate.release.entry_id)
    source = certificate.source.entry
    make_arrangement(closed := make_closed())
    taker, _ = make_taker(closed)
    make_call(taker, closed)
    seen_by_kind = {
        Kind.UPLOAD: ("upload.see", Upload),
        Kind.GRANT: ("grant.see", Grant),
        Kind.ARRANGEMENT: ("arrangement.see", Arrangement),
        Kind.WORK: ("deidentification.see", type(certificate.work)),
    }
    askers = (
        Actor.anyone(), make_citizen(), taker, make_actor(), make_actor(entry.provider),
        make_actor(source.provider), make_actor(closed.provider, "auditor"),
        make_actor(agency(), "officer"),
    )  # fmt: skip
    told = set()
    for actor in askers:
        may_see = {
            kind: set(gate.visible_to(actor, action, model.objects.all()).values_list("pk"))
            for kind, (action, model) in seen_by_kind.items()
        }
        may_read = set(gate.visible_to(actor, "entry.read", Entry.objects.all()))
        delivered = deliveries.seen_by(actor).exists()
        for each in (entry, source, closed):
            trace = reads.of(actor, each)
            told |= kinds(trace)
            for node in trace.nodes:
                if node.kind in may_see:
                    assert (node.thing,) in may_see[node.kind], (actor, node)
                if node.kind is Kind.RELEASE:
                    assert node.title in {entry.title for entry in may_read}, (actor, node)
                if node.kind in {Kind.DELIVERY, Kind.PERSON}:
                    assert delivered, (actor, node)
    assert told >= {*seen_by_kind, Kind.RELEASE, Kind.DELIVERY, Kind.PERSON, Kind.CERTIFICATE}
