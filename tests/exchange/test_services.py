"""Services are asked for, offered, and called by nobody who was not given them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.makers import make_request, make_shared, wanted
from tests.exchange.services import content_of, make_service
from tests.gate.makers import make_hold
from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor, make_seat

from yelin import gate
from yelin.catalog.limits import Limits
from yelin.exchange import acts, request
from yelin.exchange.models import Service
from yelin.exchange.operations import NotOffered, ServiceContent, is_plain
from yelin.gate import Refused
from yelin.gate.models import Grant
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.registers.models import GovernmentSystem

URL = "https://api.example.cn/people"
CONTENT = ServiceContent.model_validate(
    {"address": URL, "operations": [{"method": "GET", "path": "/v1/people"}]}
)
pieces = st.sampled_from(
    ["/", ".", "..", "%2e", "%2F", "%25", "\\\\", ";", "v1", "people", "a", "%00"]
)


@given(st.lists(pieces, max_size=8))
def test_whatever_is_let_through_is_read_by_everybody_as_below_what_is_offered(parts):
    path = "/" + "".join(parts)
    try:
        CONTENT.require("GET", path)
    except NotOffered:
        return
    assert path == "/v1/people" or path.startswith("/v1/people/")
    assert not {"", ".", ".."} & set(path.rstrip("/").split("/")[1:])
    assert "\\" not in path


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/v1/%E6%B5%B7?"[:-1], "/v1/a;b=1", "/~a"])
def test_usual_paths_are_plain(path):
    assert is_plain(path)


@pytest.mark.django_db
@pytest.mark.duty("systems.connect")
@pytest.mark.parametrize(
    ("over", "place"),
    [
        ({"address": "http://api.example.cn"}, "address"),
        ({"address": "https://user:pw@api.example.cn"}, "address"),
        ({"address": "https://api.example.cn/../x"}, "address"),
        ({"operations": ()}, "operations"),
        ({"operations": ({"method": "GET", "path": "/v1/../x"},)}, "operations"),
        ({"header": "Host"}, "header"),
        ({"header": "X-Yelin-Body"}, "header"),
        ({"header": ""}, "secret"),
        ({"authority": "no certificate"}, "authority"),
    ],
)
def test_what_is_wrong_with_a_service_is_named(over, place):
    entry = make_shared()
    make_rule(entry.provider, host="api.example.cn", purpose="relay")
    with pytest.raises(Incomplete) as told:
        acts.offer_service(
            actor=make_actor(entry.provider),
            entry=entry,
            content=content_of(URL, **over),
            secret="k",
        )
    assert place in [each.place for each in told.value.faults]


@pytest.mark.django_db
def test_a_service_needs_a_way_out_for_services_and_a_steward_of_its_own():
    entry = make_shared()
    make_rule(entry.provider, host="api.example.cn", purpose="pull")
    with pytest.raises(Incomplete):
        make_service(URL, entry, led=False)
    make_rule(entry.provider, host="api.example.cn", purpose="relay")
    with pytest.raises(Refused):
        acts.offer_service(actor=make_actor(), entry=entry, content=content_of(URL), secret="k")
    made = make_service(URL, entry, led=False)
    assert made.said == {"secret": "k-4711-secret"}
    assert "k-4711" not in str(made.said_kept) + str(made.evidence())
    assert "example" not in str(made.evidence())
    with pytest.raises(Incomplete):
        make_service(URL, entry, led=False)
    acts.end_service(actor=make_actor(entry.provider), service=made)
    assert not Service.objects.live().exists()


@pytest.mark.django_db
@pytest.mark.duty("sharing.ask")
def test_calls_are_asked_for_as_a_whole_and_given_as_such():
    entry = make_shared()
    ask = {"mode": "call", "items": []}
    with pytest.raises(Incomplete):
        make_request(entry, **ask)
    make_service(URL, entry)
    with pytest.raises(Incomplete):
        make_request(entry, mode="call")
    actor = Actor.of(make_seat())
    case = make_request(entry, actor, **ask)
    asked = request.Request.model_validate(case.asked)
    some = Limits(until=asked.until, items=("年份",))
    with pytest.raises(Incomplete):
        request.approve(case, asked, some)
    request.approve(case, asked, Limits(until=asked.until))
    given_ = Grant.objects.get(party=actor.body_id)
    assert (given_.action, given_.items) == ("service.call", None)
    assert gate.decide(actor, "service.call", entry, wanted().purpose).allowed
    assert not gate.decide(actor, "resource.read", entry).allowed
    make_hold(entry, "service.call")
    assert not gate.decide(actor, "service.call", entry, wanted().purpose).allowed


@pytest.mark.django_db
def test_a_system_of_another_body_is_not_the_one_that_answers():
    entry = make_shared()
    system = GovernmentSystem(body=make_seat().body, name="系统", purpose="办理", state="existing")
    system.save()
    make_rule(entry.provider, host="api.example.cn", purpose="relay")
    with pytest.raises(Incomplete):
        make_service(URL, entry, led=False, system=system)
