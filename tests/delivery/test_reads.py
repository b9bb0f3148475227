"""Who has what: told to those who answer for the data, from the rows themselves."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.acts.test_succession import REASON, by_two
from tests.catalog.makers import agency
from tests.delivery.makers import make_call, make_closed, make_taker
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor, make_body, make_enterprise, make_representative
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.acts import succession
from yelin.delivery import handing, reads
from yelin.parties.actor import Actor
from yelin.warehouse.query import Filter, Question

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.long
@pytest.mark.duty("trace.whole")
def test_the_provider_sees_who_has_what_of_which_version_under_which_grant():
    entry = make_closed()
    firm = make_enterprise()
    grant = make_grant(firm, entry, purposes=["research"])
    asks = make_representative(firm)
    make_call(asks, entry)
    make_call(asks, entry, Question(filters=(Filter("代码", "eq", "007"),)))
    make_release(entry)
    handing.download(asks, entry, Question(), "csv").begin().finish(99)
    handing.download(asks, entry, Question(), "csv").begin().cut(5)
    handing.download(asks, entry, Question(), "csv").begin()
    citizen, _ = make_taker(entry)
    make_call(citizen, entry, number=1)
    found = reads.recipients(make_actor(entry.provider), entry)
    told = {(each.body, each.release): each for each in found}
    assert set(told) == {(None, 1), (firm, 1), (firm, 2)}
    first, second = told[firm, 1], told[firm, 2]
    assert (first.grant, first.purpose) == (grant, "research")
    assert (first.delivered, first.rows, first.size) == (2, 4, 0)
    assert (second.delivered, second.cut, second.rows, second.size) == (1, 1, 3, 99)
    assert told[None, 1].person.pk == citizen.person_id


def test_recipients_are_told_to_those_who_answer_for_the_data_alone():
    entry = make_closed()
    citizen, _ = make_taker(entry)
    make_call(citizen, entry)
    for sees in (
        make_actor(entry.provider, "auditor"),
        make_actor(entry.provider, "officer"),
        make_actor(agency(), "officer"),
    ):
        assert len(reads.recipients(sees, entry)) == 1
    for blind in (citizen, Actor.anyone(), make_actor(), make_actor(agency(), "steward")):
        with pytest.raises(gate.Refused):
            reads.recipients(blind, entry)


@pytest.mark.long
def test_a_long_list_of_recipients_costs_what_a_short_one_does():
    entry = make_closed()
    steward = make_actor(entry.provider)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            reads.recipients(steward, entry)
        return len(asked)

    for taker in (make_taker(entry)[0], make_taken_by_firm(entry)):
        make_call(taker, entry)
    before = cost()
    for _ in range(4):
        make_call(make_taker(entry)[0], entry)
        make_call(make_taken_by_firm(entry), entry)
    assert len(reads.recipients(steward, entry)) == 10
    assert cost() == before


def make_taken_by_firm(entry):
    firm = make_enterprise()
    make_grant(firm, entry)
    return make_representative(firm)


@pytest.mark.long
@pytest.mark.duty("governance.powers")
def test_successors_see_what_was_delivered_and_what_was_taken_before_them():
    entry = make_closed()
    provider, heir = entry.provider, make_body()
    taker, taken_over = make_body(), make_body()
    make_grant(taker, entry)
    # Nobody has what is open on application but by a grant, departments as well.
    made = make_call(make_actor(taker, "officer"), entry)
    by_two(succession.merge, body=provider, successor=heir, reason=REASON)
    by_two(succession.merge, body=taker, successor=taken_over, reason=REASON)
    entry.refresh_from_db()
    (told,) = reads.recipients(make_actor(heir), entry)
    assert told.body == taker
    assert list(reads.taken_by(make_actor(taken_over))) == [made]
    for sees in (make_actor(heir), make_actor(taken_over)):
        assert reads.seen_by(sees).get() == made
