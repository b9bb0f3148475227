"""Who somebody is, one question at a time: kind, verified body, deputy, job."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.utils.translation import override

from yelin.gate.askers import HoldsPowerOverAll, InPerson, OfKind, SystemJob
from yelin.parties.actor import Actor, ActorKind

CITIZEN = Actor(ActorKind.CITIZEN, person_id=uuid4())
FIRM = Actor(
    ActorKind.REPRESENTATIVE, person_id=uuid4(), body_id=uuid4(), body_verified=True
)  # fmt: skip


def test_who_stands_for_a_body_stands_for_one_that_is_verified():
    asks = OfKind(ActorKind.CITIZEN, ActorKind.REPRESENTATIVE)
    assert asks.of(CITIZEN)
    assert asks.of(FIRM)
    assert not asks.of(replace(FIRM, body_verified=False))
    assert not asks.of(Actor.anyone())
    assert not OfKind(ActorKind.CITIZEN).of(FIRM)
    assert not OfKind(ActorKind.OFFICIAL).of(CITIZEN)


def test_a_deputy_is_not_there_in_person_and_neither_is_nobody():
    assert InPerson().of(FIRM)
    assert not InPerson().of(replace(FIRM, deputy_id=uuid4()))
    assert not InPerson().of(Actor.anyone())


def test_only_the_very_job_of_the_system_is_that_job():
    clock = SystemJob("clock")
    assert clock.of(Actor.system("clock"))
    for job in ("cloak", "zeal", "clock "):
        assert not clock.of(Actor.system(job))
    assert not clock.of(replace(CITIZEN, job="clock"))


@pytest.mark.parametrize(
    ("language", "called"), [("en", "Confirm"), ("zh-hans", "确认"), (None, "确认")]
)
def test_a_power_is_called_as_the_pack_calls_it_in_the_language_of_the_reader(language, called):
    with override(language):
        assert called in HoldsPowerOverAll("catalog.confirm").describe()
