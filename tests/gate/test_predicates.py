"""Conditions put together: turned round, and one within the other."""

from uuid import uuid4

from django.utils.translation import override

from yelin.gate.asked import EVERYTHING, NOTHING, Asked
from yelin.gate.askers import InPerson, OfKind
from yelin.parties.actor import Actor, ActorKind

CITIZEN = Actor(ActorKind.CITIZEN, person_id=uuid4())


def test_one_that_nobody_or_everybody_is_turns_round_in_a_list_too():
    asked = Asked(CITIZEN, "entry.read")
    assert ((~OfKind(ActorKind.CITIZEN)).q(asked), (~OfKind(ActorKind.OFFICIAL)).q(asked)) == (
        NOTHING, EVERYTHING,
    )  # fmt: skip


def test_a_choice_within_a_condition_stands_in_brackets():
    either = OfKind(ActorKind.CITIZEN) | OfKind(ActorKind.REPRESENTATIVE)
    with override("en"):
        told = (either & InPerson()).describe()
        assert told == f"({either.describe()}), and {InPerson().describe()}"
