"""The watch over personal values sees each of the places in which none may stand."""

import logging

import pytest
from tests.parties.makers import make_actor, make_person
from tests.personal import personal, watch

from yelin.acts.tasks import recount
from yelin.law import duties
from yelin.ledger.append import append, pending
from yelin.things.models import Thing

pytestmark = pytest.mark.django_db

NUMBER = "110101199003070011"


def leaf():
    actor = make_actor()
    facts = {"told": f"by {NUMBER}"}
    thing = Thing.objects.create(kind="entry")
    append(pending(act="trial", duty=duties.TRACE, actor=actor, subject=thing, facts=facts))


PLACES = {
    "a leaf": lambda _: leaf(),
    "a log line": lambda _: logging.getLogger("yelin.trial").warning("called %s", NUMBER),
    "an error's trace": lambda _: _fail(),
    "a job": lambda _: recount.configure().defer(number=NUMBER),
    "an address": lambda client: client.get(f"/resources/?q={NUMBER}"),
    "a path": lambda client: client.get(f"/resources/{NUMBER}/"),
}


def _fail():
    try:
        raise ValueError(NUMBER)
    except ValueError:
        logging.getLogger("yelin.trial").exception("failed")


@pytest.mark.parametrize("place", PLACES)
def test_a_personal_value_is_seen_in_each_place(place, client):
    personal(NUMBER)
    try:
        PLACES[place](client)
        assert any(NUMBER in found for found in watch.settle())
    finally:
        watch.values.discard(NUMBER)


def test_the_names_of_people_are_taken_down_as_they_are_saved():
    make_person("欧阳演示甲")
    assert "欧阳演示甲" in watch.values


def test_what_is_too_short_to_tell_anybody_is_not_looked_for():
    for value in ("甲", "李四", "a@b.c"):
        personal(value)
        assert value not in watch.values
