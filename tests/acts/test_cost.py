"""How often an act asks the database: what it costs beyond the rows that it must write."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import agency, make_content
from tests.parties.makers import make_actor, make_body

from yelin.catalog import acts
from yelin.catalog.models import State


@pytest.mark.django_db(transaction=True)
def test_an_act_asks_the_database_no_more_often_than_it_must():
    body, office = make_body(), agency()
    steward, officer = make_actor(body), make_actor(office, "officer")

    def cost(act, **arguments):
        with CaptureQueriesContext(connection) as asked:
            made = act(**arguments)
        return made, len(asked)

    # Begin, lock, seat, holds; thing, entry, items, words; the leaf; commit, tell the sequencer.
    entry, drafting = cost(acts.draft, actor=steward, provider=body, content=make_content())
    assert drafting <= 11
    entry, amending = cost(acts.amend, actor=steward, entry=entry, content=entry.content())
    # And it looks which systems and projects fed it before: two more.
    assert amending <= 13
    entry, registering = cost(acts.register, actor=steward, entry=entry)
    # And the tree is asked whether the category stands there, and what fed it: four more.
    assert registering <= 19
    entry, submitting = cost(acts.submit, actor=steward, entry=entry)
    # And what others have of the same is looked for: two more.
    assert submitting <= 18
    entry, confirming = cost(acts.confirm, actor=officer, entry=entry)
    # Whether what it asks again is answered is asked; who confirmed it, from when it held and what
    # it gives by name are rows of their own.
    assert confirming <= 24
    assert entry.state == State.CONFIRMED
