"""What a resource's page tells those who have something under way with it."""

import pytest
from django.test import Client
from django.utils import translation
from tests.catalog.makers import make_entry
from tests.exchange.makers import make_request, make_shared
from tests.gate.makers import make_hold
from tests.opening.makers import make_application, make_conditional, make_public
from tests.parties.makers import make_actor, make_body, make_person, make_seat
from tests.talking.makers import make_complaint
from tests.warehouse.makers import make_release
from tests.web.makers import BACKEND, sign_in, text_of

from yelin.cases import acts as cases
from yelin.opening.acts import demands
from yelin.parties.actor import Actor
from yelin.web.kinds import KINDS
from yelin.web.portal.under_way import under_way

pytestmark = pytest.mark.django_db(transaction=True)
HEADING = "您与该资源有关的办理"


def signed_in(person):
    client = Client()
    client.force_login(person.user, backend=BACKEND)
    return client, Actor.citizen(person)


def page(client, entry):
    return text_of(client.get(f"/resources/{entry.slug}/"))


@pytest.mark.long
def test_ones_own_application_is_told_with_its_state_and_its_term_and_to_nobody_else():
    entry = make_conditional()
    citizen, actor = signed_in(make_person(username="citizen"))
    assert HEADING not in page(citizen, entry)
    case = make_application(entry, actor)
    told = page(citizen, entry)
    assert HEADING in told
    assert f"开放申请 {case.number}" in told
    assert "已提交" in told
    (mine,) = under_way(actor, entry)
    assert (mine.url, mine.term is not None) == (f"/applications/{case.number}/", True)
    assert case.number not in page(citizen, make_conditional())
    other, _actor = signed_in(make_person(username="other"))
    assert HEADING not in page(other, entry)
    assert HEADING not in page(Client(), entry)


@pytest.mark.long
def test_what_was_given_is_told_with_its_last_day_until_it_is_stopped():
    entry = make_release(make_conditional()).entry
    citizen, actor = signed_in(make_person(username="citizen"))
    case, handler = make_application(entry, actor), make_actor(entry.provider)
    until = case.asked["until"]
    cases.accept(actor=handler, case=case)
    case = cases.decide(actor=handler, case=case, approve=True, given={"until": until})
    (mine,) = under_way(actor, entry)
    assert (mine.number, mine.url) == (case.number, f"/applications/{case.number}/")
    assert mine.until.isoformat() == until
    assert "可使用至" in page(citizen, entry)
    make_hold(case.grants().get())
    assert under_way(actor, entry) == []


@pytest.mark.long
def test_a_complaint_is_told_on_the_page_of_what_is_open_to_all():
    entry = make_release().entry
    citizen, actor = signed_in(make_person(username="citizen"))
    case = make_complaint(entry, actor)
    assert f"权益申诉 {case.number}" in page(citizen, entry)


def test_a_demand_is_told_to_who_asked_and_who_supports_it():
    entry = make_entry(opening_type="none", grade=2, sharing_type="unconditional")
    asker, supporter, neither = (make_person(username=name) for name in ("a", "b", "c"))
    demand = make_public(actor=Actor.citizen(asker), about=entry)
    demands.support(actor=Actor.citizen(supporter), demand=demand)
    for person, says in ((asker, "由您提出"), (supporter, "您已支持"), (neither, "")):
        client, _actor = signed_in(person)
        told = page(client, entry)
        assert (demand.number in told, says in told) == (bool(says), True)


def test_a_department_is_told_of_its_own_request_and_no_other():
    entry, asks, other = make_shared(), make_body(), make_body()
    case = make_request(entry, make_actor(asks))
    for body, is_told in ((asks, True), (other, False)):
        client = Client()
        sign_in(client, make_seat(body))
        assert (f"共享申请 {case.number}" in page(client, entry)) == is_told


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_kind_of_case_says_itself_what_one_hands_in(kind, language):
    with translation.override(language):
        words = [str(each.handing_in.button) for each in KINDS.values()]
        assert words.count(str(kind.handing_in.button)) == 1
        assert str(kind.handing_in.done).count("{number}") == 1


@pytest.mark.long
def test_a_complaint_is_not_handed_in_as_an_application():
    entry = make_release().entry
    citizen, _actor = signed_in(make_person(username="citizen"))
    told = text_of(citizen.get(f"/resources/{entry.slug}/complain/"))
    assert "提交申诉" in told
    assert "提交申请" not in told
    assert "提交疑义" in text_of(citizen.get(f"/resources/{entry.slug}/doubt/"))
