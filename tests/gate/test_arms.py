from itertools import product

import pytest
from tests.catalog.makers import STATES, agency, make_entry
from tests.gate.makers import make_grant, make_hold
from tests.parties.makers import make_actor, make_body, make_seat
from tests.thorough import some

from yelin import gate
from yelin.catalog.models import Entry
from yelin.gate.asked import Asked
from yelin.gate.models import Grant, Hold
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Seat
from yelin.warehouse.models import Upload

pytestmark = pytest.mark.django_db

KINDS = [
    {"opening_type": "unconditional"},
    {"opening_type": "conditional", "opening_condition": "说明用途"},
    {"opening_type": "none"},
    {"opening_type": "none", "sharing_type": "none", "sharing_basis": "《统计法》第九条"},
]


@pytest.fixture(scope="module")
def house(kept):
    provider = make_body()
    entries = [make_entry(provider, state, **kind) for state in STATES for kind in KINDS]
    actors = {
        "anyone": Actor.anyone(),
        "steward": make_actor(provider, "steward"),
        "colleague": make_actor(provider, "auditor"),
        "officer": make_actor(agency(), "officer"),
        "stranger in office": make_actor(make_body(), "steward"),
        "county officer": make_actor(
            make_body(kind="informatization", division="469002"), "officer"
        ),
        "clock": Actor.system("clock"),
    }
    for entry in entries:
        make_hold(make_grant(provider, entry))
        make_hold(entry, "resource.read")
    make_hold(make_seat(make_body(division="469002")), "parties.leave")
    make_hold(make_body(division="469002"), "parties.leave")
    return entries, actors


def test_the_answer_for_one_thing_and_the_list_of_all_things_agree(house):
    _, actors = house
    # Read once: whoever decides finds what each stands beside where it was found before.
    things = {
        model: some(list(model.objects.all()), part=24)
        for model in (Entry, Leaf, Body, Seat, Upload, Grant, Hold)
    }
    asked = sorted({(arm.action, arm.on) for arm in gate.arms() if arm.on in things}, key=str)
    for (action, model), actor in some([*product(asked, actors.values())], part=300):
        tried = model.objects.filter(pk__in=[thing.pk for thing in things[model]])
        listed = set(gate.visible_to(actor, action, tried).values_list("pk", flat=True))
        alone = {thing.pk for thing in things[model] if gate.decide(actor, action, thing).allowed}
        assert listed == alone, (action, model, actor)


def test_a_refusal_names_a_duty_and_says_why(house):
    entries, actors = house
    for entry in entries:
        for actor in actors.values():
            decision = gate.decide(actor, "resource.read", entry)
            assert decision.duty.name
            assert decision.allowed or decision.says


def test_two_missing_bodies_are_never_the_same():
    asked = Asked(Actor.anyone(), "leaf.open")
    own = gate.OwnBody("body_id")
    assert not own.holds(asked, Leaf(body_id=None))
    assert not Leaf.objects.filter(own.q(asked)).exists()


def test_only_the_gate_makes_a_decision():
    seat = make_seat()
    real = gate.decide(Actor.anyone(), "parties.issue_token", seat)
    with pytest.raises(TypeError):
        gate.Decision(True, "resource.read", seat.pk, Actor.anyone(), real.duty)


def test_a_decision_opens_nothing_but_what_it_was_made_for():
    entry = make_entry()
    decision = gate.decide(Actor.anyone(), "resource.read", entry)
    assert decision.must_allow("resource.read", entry.pk) is decision
    with pytest.raises(ValueError, match="does not open"):
        decision.must_allow("resource.read", make_entry().pk)
    with pytest.raises(ValueError, match="does not open"):
        decision.must_allow("entry.read", entry.pk)


def test_an_action_that_no_room_registered_is_refused():
    assert not gate.decide(Actor.anyone(), "unheard.of", make_seat()).allowed
