"""Every pack that is held rules a whole province: loaded, walked, and free of any other's words."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.access.walking import led_to
from tests.law.makers import ruled_by
from tests.thorough import SCALE, many
from tests.web.makers import sign_in, text_of

from yelin import gate
from yelin.catalog.models import Entry
from yelin.demo import load
from yelin.law import clock, duties
from yelin.law.models import Clock
from yelin.law.packs import DEFAULT, HOME, Pack
from yelin.parties.actor import Actor
from yelin.parties.models import Seat

PACKS = {path.parent.name: Pack.load(path.parent.name) for path in HOME.glob("*/duties.toml")}
# That of the house's own province is loaded before every change; those of others by a long proof.
DEMOS = sorted(PACKS) if SCALE else [DEFAULT]
# Rows, and what is drawn of them, are their provider's words, not the program's.
_ROWS = re.compile(r'<table class="(?:grid|codes)".*?</table>|<figure\b.*?</figure>', re.DOTALL)
_RADIO = re.compile(r'<input type="radio" name="(\w+)" value="(\w+)"')


def words_of(pack: Pack) -> set[str]:
    """Return how a province names itself, its places, its bodies and those who have its powers."""
    kinds = {held.kind for power in pack.powers for held in power.held} - {"department"}
    called = pack.list("body_kind")
    return {
        pack.law.zh,
        *(each.zh for each in pack.division_rows),
        *(each.code for each in pack.division_rows),
        *(body.zh for body in pack.bodies),
        *(licence.id for licence in pack.own_licences),
        *(called[kind].zh for kind in kinds),
    }


def strange_to(pack: Pack) -> re.Pattern[str]:
    """Return what finds a word that only other provinces use."""
    others = set().union(*(words_of(other) for other in PACKS.values() if other is not pack))
    return re.compile("|".join(map(re.escape, sorted(others - words_of(pack)))))


@pytest.fixture(scope="module")
def pack(request):
    return PACKS[request.param]


@pytest.mark.parametrize("pack", sorted(PACKS), indirect=True)
def test_every_duty_is_ordered_or_named_as_lacking(pack):
    ordered = {duty.name for duty in duties.ALL if pack.orders(duty)}
    assert ordered | pack.lacking >= {duty.name for duty in duties.ALL}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("pack", DEMOS, indirect=True)
def test_the_demo_of_a_province_follows_its_pack_and_meets_no_word_of_another(pack):
    with ruled_by(pack):
        load.once(say=str)
        steward, client = a_steward(), Client()
        sign_in(client, steward)
        types_are_offered(pack, client)
        terms_run(pack)
        refusals_cite(pack, steward, client)
        assert {path: said for who in (Client(), client) for path, said in met(pack, who)} == {}


def types_are_offered(pack: Pack, client: Client) -> None:
    """Forms offer the kinds of sharing and opening that the law has, and no other."""
    offered: dict[str, list[str]] = {}
    for name, value in _RADIO.findall(client.get("/desk/entries/new/").content.decode()):
        offered.setdefault(name, []).append(value)
    for name in ("sharing_type", "opening_type"):
        assert offered[name] == list(pack.list(name).keys)


def terms_run(pack: Pack) -> None:
    """Each term that runs is one of the law, and ends when that says."""
    running = Clock.objects.running()
    assert running
    for each in running:
        assert pack.term(each.term).duty == each.duty
        assert clock.recount(each).day == each.due


def refusals_cite(pack: Pack, steward: Seat, client: Client) -> None:
    """Whoever is refused is told by which article."""
    entry = Entry.objects.filter(provider=steward.body).first()
    refused = gate.decide(Actor.of(steward), "catalog.confirm", entry)
    assert not refused.allowed
    assert pack.orders(refused.duty)
    place = pack.provision(duties.CATALOG_CLASSIFY).label("zh-hans")
    assert place in text_of(client.get("/desk/categories/"))


def met(pack: Pack, client: Client) -> list[tuple[str, str]]:
    """Return where whoever is led from page to page meets a word of another province."""
    strange, found = strange_to(pack), []

    def meet(path: str, answer: HttpResponse) -> None:
        assert answer.status_code < 500, path
        if not answer.streaming and "text/html" in answer.get("Content-Type", ""):
            said = text_of(HttpResponse(_ROWS.sub(" ", answer.content.decode())))
            if word := strange.search(said):
                found.append((path, said[max(0, word.start() - 20) : word.end() + 20]))

    assert len(led_to(client, meet, most=many(10_000, 30))) > many(40, 20)
    return found


def a_steward() -> Seat:
    """Return the first data steward of the demo whose body provides something."""
    return Seat.objects.filter(role="steward", body__entries__isnull=False).order_by("pk").first()
