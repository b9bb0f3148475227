from itertools import product

import pytest
from django.db import connection
from django.db.models import Q
from tests.catalog.makers import make_entry
from tests.gate.every_case import lay_out
from tests.thorough import some
from tests.undone import undone

from yelin import gate
from yelin.catalog import plainly
from yelin.catalog.findable import IN_LISTS
from yelin.catalog.models import Entry, Findable
from yelin.parties.actor import Actor

FACTS = {"social": False, "state": "confirmed", "opening_type": "none"}
OTHERS = Q(provider=None)


def found(condition):
    return set(Findable.objects.filter(condition).values_list("pk", flat=True))


@pytest.mark.django_db
@pytest.mark.duty("sharing.type")
def test_what_is_asked_shortly_is_granted_in_the_same_cases():
    asked = [*product(lay_out().actors.items(), ("entry.see", "entry.read"))]
    connection.cursor().execute(f"ANALYZE {', '.join(connection.introspection.table_names())}")
    for facts in ({}, {"social": True}, {"title_protected_by": "《保密法》"}):
        with undone():
            Findable.objects.update(**facts)
            for (name, actor), action in some(asked, part=24):
                condition = gate.condition(actor, action, Entry) & IN_LISTS
                short = plainly.shortened(condition)
                assert found(condition) == found(short), (facts, name, action)


@pytest.mark.django_db
def test_of_a_row_whose_facts_decide_no_more_is_asked():
    entry = make_entry()
    condition = gate.condition(Actor.anyone(), "entry.read", Entry)
    told = plainly.shortened(Q(state="draft") | Q(opening_type="unconditional"))
    assert found(told) == {entry.pk}
    # The number alone is looked at.
    Findable.objects.filter(pk=entry.pk).update(opening_type="none")
    assert not found(told)
    short, _ = str(plainly.shortened(condition)).split("NOT", 1)
    assert "alike_seen__in" in short
    assert "state" not in short


@pytest.mark.django_db
def test_what_goes_by_nothing_that_is_numbered_is_asked_as_it_is():
    assert plainly.shortened(OTHERS) == OTHERS


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (Q(state="confirmed"), True),
        (Q(state__in=["draft"]), False),
        (Q(state__startswith="c"), None),
        (~Q(social=False), False),
        (OTHERS, None),
        (~OTHERS, None),
        (OTHERS & Q(state="draft"), False),
        (OTHERS & Q(state="confirmed"), None),
        (OTHERS | Q(state="confirmed"), True),
        (OTHERS | Q(state="draft"), None),
        (~(OTHERS | Q(state="confirmed")), False),
        (Q(state="confirmed") ^ Q(social=True), None),
        (Q(state="confirmed", opening_type="none"), True),
        (Q(), True),
        (Q(title_protected_by=""), None),
    ],
)
def test_what_a_condition_says_by_facts_alone_is_said_and_the_rest_left_open(condition, answer):
    assert plainly.says(condition, FACTS) is answer
