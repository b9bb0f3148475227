"""Every page, as everybody is led to it, is one that everybody can use: axe-core finds nothing."""

import os
import random

import pytest
from django.test import Client
from tests.access.walking import LOOKS, led_to, looking, wrong_on
from tests.catalog.makers import agency, make_entry
from tests.delivery.makers import make_doubt
from tests.opening.makers import make_application, make_conditional, make_published
from tests.opening.makers import make_public as make_demand
from tests.parties.makers import make_body, make_enterprise, make_person, make_seat
from tests.registers.makers import make_plan, make_project, make_standard, make_system
from tests.stories.test_whole_way import browser, pytestmark
from tests.talking.makers import (
    make_comment,
    make_complaint,
    make_news,
    make_open_entry,
    make_reuse,
)
from tests.warehouse.makers import make_release
from tests.web.makers import BACKEND, sign_in

from yelin.delivery import statements
from yelin.ledger import sequencer
from yelin.parties.actor import Actor
from yelin.parties.models import Person, Seat

__all__ = ["pytestmark"]

# Of all pages one in so many is looked at, others each time; all by ``prove.access``.
EVERY = int(os.environ.get("ACCESS_EVERY", "5"))
SEED = int(os.environ.get("ACCESS_SEED", random.randrange(1_000)))  # noqa: S311 - no secret


def cast() -> dict[str, Person | Seat | None]:
    """Make a province in which there is one of most things, and return who looks at it."""
    provider = make_body(name="海南省交通运输厅", short_name="省交通运输厅")
    citizen = make_person()
    asks = Actor.citizen(citizen)
    ports = make_release(make_open_entry(provider)).entry
    conditional = make_release(make_conditional(provider)).entry
    make_entry(provider, sharing_type="none", opening_type="none", sharing_basis="《某法》第一条")
    make_entry(provider, state="awaiting")
    make_entry(provider, state="draft")
    make_application(conditional, asks)
    make_complaint(ports, asks)
    make_doubt(ports, asks, fails="usable")
    make_demand(provider, asks)
    make_reuse(ports, asks, shown=True)
    make_comment(ports, asks, shown=True)
    make_news()
    statements.keep(citizen, "按年统计", "SELECT 1")
    make_published(conditional)
    make_plan(provider)
    make_project(provider)
    make_system(provider)
    make_standard()
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


def client_of(who: Person | Seat | None) -> Client:
    client = Client()
    if isinstance(who, Seat):
        sign_in(client, who)
    elif who is not None:
        client.force_login(who.user, backend=BACKEND)
    return client


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS if EVERY == 1 else ["any"], ids=str)
def test_axe_finds_nothing_on_any_page(live_server, look):
    """Each page is looked at once, as one of those sees it who are led there."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    people = cast()
    some = sorted(people) if EVERY == 1 else chance.sample(sorted(people), 2)
    clients = {name: client_of(people[name]) for name in some}
    ways = [(name, *way) for name, client in clients.items() for way in led_to(client).items()]
    chance.shuffle(ways)
    pages = list({route: (name, path) for name, route, path in ways}.values())
    assert len(pages) > (100 if EVERY == 1 else 40)
    looks = look if EVERY == 1 else chance.choice(LOOKS)
    found = {}
    with browser() as chromium:
        for name, client in clients.items():
            with looking(chromium, live_server.url, client, looks) as page:
                for path in [path for who, path in pages[::EVERY] if who == name]:
                    page.goto(path)
                    if wrong := wrong_on(page):
                        found[f"{name}, {looks}: {path}"] = wrong
    told = [f"{where}\n   " + "\n   ".join(wrong) for where, wrong in found.items()]
    assert not told, "\n".join([f"ACCESS_SEED={SEED}", *told])
