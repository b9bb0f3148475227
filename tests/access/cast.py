"""A province in which there is one of most things, and who looks at it."""

from django.test import Client
from tests.catalog.makers import agency, make_entry
from tests.delivery.makers import make_doubt
from tests.market.makers import make_arrangement, make_listing
from tests.opening.makers import (
    make_application,
    make_conditional,
    make_identity,
    make_published,
    make_verified,
)
from tests.opening.makers import make_public as make_demand
from tests.parties.makers import (
    make_actor,
    make_body,
    make_citizen,
    make_enterprise,
    make_person,
    make_seat,
    make_token,
)
from tests.registers.makers import make_plan, make_project, make_rule, make_standard, make_system
from tests.talking.makers import (
    make_comment,
    make_complaint,
    make_news,
    make_open_entry,
    make_reuse,
)
from tests.warehouse.makers import make_release
from tests.web.makers import BACKEND, sign_in

from yelin.cases import acts as cases
from yelin.catalog.reads import Search
from yelin.delivery import statements
from yelin.ledger import sequencer
from yelin.parties.actor import Actor
from yelin.parties.models import Person, Seat
from yelin.talking import searches
from yelin.talking.acts import comments
from yelin.warehouse import ground_acts
from yelin.warehouse.grounded import Ground

Cast = dict[str, Person | Seat | None]


def cast() -> Cast:
    """Make the province, and return who looks at it."""
    provider = make_body(name="海南省交通运输厅", short_name="省交通运输厅")
    citizen = make_person()
    asks = Actor.citizen(citizen)
    ports = make_release(make_open_entry(provider)).entry
    conditional = make_release(make_conditional(provider)).entry
    make_entry(provider, sharing_type="none", opening_type="none", sharing_basis="《某法》第一条")
    make_entry(provider, state="awaiting")
    make_entry(provider, state="draft")
    stands = Ground(column="代码", basis="law", says="《某法》第二条", kinds=("name",))
    ground_acts.state_ground(actor=make_actor(provider), entry=ports, ground=stands)
    case = make_application(conditional, asks)
    cases.say(actor=asks, case=case, words="请问何时答复？")
    make_complaint(ports, asks)
    make_doubt(ports, asks, fails="usable")
    make_demand(provider, asks)
    make_reuse(ports, asks, shown=True)
    said = make_comment(ports, asks, shown=True)
    comments.report_comment(actor=make_citizen(), comment=said, reason="疑似广告")
    make_news()
    make_published(conditional)
    make_arrangement(conditional)
    make_listing()
    make_plan(provider)
    make_project(provider)
    make_system(provider)
    make_standard()
    make_rule()
    make_token(person=citizen)
    searches.follow(citizen, Search("港口"))
    statements.keep(citizen, "按年统计", "SELECT 1")
    _identities(asks, citizen)
    sequencer.settle()
    return {
        "anyone": None,
        "citizen": citizen,
        "representative": make_seat(make_enterprise(), "representative"),
        "steward": make_seat(provider, "steward"),
        "head": make_seat(provider, "head"),
        "confirming officer": make_seat(agency(), "officer"),
        "auditor": make_seat(agency(), "auditor"),
    }


def _identities(asks: Actor, citizen: Person) -> None:
    """Let one name be verified and another be looked into, and an enterprise wait for both."""
    make_verified(asks)
    make_identity(make_citizen())
    waiting = make_enterprise(verified_at=None, credit_code="91350100M000100Y43")
    make_seat(waiting, "representative", citizen)


def client_of(who: Person | Seat | None) -> Client:
    client = Client()
    if isinstance(who, Seat):
        sign_in(client, who)
    elif who is not None:
        client.force_login(who.user, backend=BACKEND)
    return client
