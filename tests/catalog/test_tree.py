"""The classification tree: who adds to it, what stands where, and how much of it one sees."""

from collections import Counter

import pytest
from tests.catalog.makers import STATES, agency, make_content, make_entry
from tests.parties.makers import make_actor, make_body, make_citizen

from yelin import gate
from yelin.catalog import acts, reads, tree
from yelin.catalog.models import Category, Entry
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db

CLOSED = {"opening_type": "none"}
SECRET = CLOSED | {"sharing_type": "none", "sharing_basis": "《某法》第一条"}


def lay_down(code, name="新目", actor=None):
    body = agency()
    actor = actor or make_actor(body, "officer")
    return acts.add_category(actor=actor, body=body, code=code, name=name)


@pytest.mark.duty("catalog.classify")
def test_an_entry_stands_under_a_category_that_whoever_holds_the_power_laid_down():
    body = make_body()
    with pytest.raises(Incomplete) as told:
        make_entry(body, classification="201001", title="先登记")
    assert [fault.place for fault in told.value.faults] == ["classification"]
    lay_down("201001")
    lay_down("20100101", "细目")
    assert make_entry(body, "registered", classification="20100101").code == "20100101/000001"
    assert [node.code for node in tree.way_to("20100101")] == ["2", "201", "201001", "20100101"]
    assert [node.code for node in tree.below("201001")] == ["20100101"]


@pytest.mark.duty("catalog.classify")
def test_nobody_else_adds_to_the_tree():
    body = agency()
    for actor in (make_actor(body, "steward"), make_actor(make_body(), "officer"), make_citizen()):
        with pytest.raises(gate.Refused):
            acts.add_category(actor=actor, body=body, code="201001", name="新目")
    bureau = make_body(kind="informatization", division="469002")
    officer = make_actor(bureau, "officer")
    assert (
        acts.add_category(actor=officer, body=bureau, code="307469", name="琼海市").body == bureau
    )


@pytest.mark.parametrize(
    ("code", "places"),
    [
        ("307010", ["code"]),  # the pack has it
        ("201999", ["code"]),  # laid down before
        ("299001", ["code"]),  # no such group
        ("201002001", ["code"]),  # no such category
        ("20101", ["code"]),
        ("２０１００２", ["code"]),
        ("", ["code"]),
    ],
)
def test_a_number_that_is_taken_or_hangs_on_nothing_is_refused(code, places):
    lay_down("201999")
    with pytest.raises(Incomplete) as told:
        lay_down(code)
    assert [fault.place for fault in told.value.faults] == places
    assert Category.objects.count() == 1


@pytest.mark.duty("sharing.type")
def test_the_tree_counts_and_lists_only_what_the_asker_may_know_of(client):
    provider = make_body()
    places = ("307010001", "307010009", "102006001")
    for number, state in enumerate(STATES):
        for types in ({}, CLOSED, SECRET):
            make_entry(provider, state, classification=places[number % 3], **types)
    entries = list(Entry.objects.all())
    askers = (
        Actor.anyone(),
        make_citizen(),
        make_actor(make_body()),
        make_actor(provider),
        make_actor(agency(), "officer"),
    )
    seen_of = [
        [
            e.classification
            for e in entries
            if e.state != "withdrawn" and gate.decide(asker, "entry.see", e).allowed
        ]
        for asker in askers
    ]
    assert len({len(seen) for seen in seen_of}) == 3
    for asker, seen in zip(askers, seen_of, strict=True):
        for code, length in (("", 1), ("3", 3), ("307", 6), ("307010", 9)):
            under = Counter(place[:length] for place in seen if place.startswith(code))
            assert reads.counts_below(asker, code) == under
    page = client.get("/classification/307010/")
    shown = {card.title for card in page.context["cards"]}
    confirmed = [e for e in entries if e.state == "confirmed"]
    assert shown == {e.title for e in confirmed if e.classification.startswith("307010")}
    assert [count for *_, count in page.context["below"]] == [
        sum(e.classification == place for e in confirmed) for place in places[:2]
    ]
    hidden = [e.title for e in entries if e.state != "confirmed"]
    assert not any(title in page.content.decode() for title in hidden)
    assert client.get("/classification/999/").status_code == 404


def test_a_code_is_not_used_again_after_its_entry_changed_class():
    body = make_body()
    draft = make_entry(body, "draft")
    steward = make_actor(body)
    registered = acts.register(actor=steward, entry=draft)
    said = make_content(title=registered.title, classification="307010009")
    with pytest.raises(Incomplete) as told:
        acts.amend(actor=steward, entry=registered, content=said)
    assert [fault.place for fault in told.value.faults] == ["classification"]
    assert make_entry(body, "registered").code == "307010001/000002"
