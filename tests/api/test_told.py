"""What is told to programs, by whatever door: who asks × what an entry is × every form."""

import re
from dataclasses import dataclass
from itertools import product

import pytest
from django.test import Client
from tests.catalog.makers import agency
from tests.gate.makers import make_grant
from tests.parties.makers import make_body, make_person, make_seat
from tests.web.makers import BACKEND, prove, sign_in

from yelin import gate
from yelin.catalog.models import Entry, Item
from yelin.catalog.reads import Search
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.surface import described
from yelin.surface.syntaxes import MEDIA_TYPES
from yelin.things.models import Thing

pytestmark = pytest.mark.django_db
STATES = ("draft", "registered", "awaiting", "confirmed", "returned", "withdrawn", "dropped")
TYPES = ("unconditional", "conditional", "none")
# The last is confirmed, and its title itself is protected.
CASES = [*product(STATES, TYPES, TYPES), ("confirmed", "none", "none")]
NEVER_SEEN = ("draft", "dropped")
ASKERS = ("anyone", "citizen", "grantee", "department", "own body", "confirming body")
# Words of an entry that only its title, or only its metadata, has.
TITLE, METADATA = "题{0:03d}名", ("摘{0:03d}要", "词{0:03d}", "件{0:03d}", "处{0:03d}", "据{0:03d}")
LISTS = (
    *(f"/catalog.{syntax}" for syntax in MEDIA_TYPES),
    "/feeds/dataset.atom",
    "/feeds/custom.atom?sharing=unconditional&sharing=conditional&sharing=none",
    "/feeds/organization/{provider}.atom",
)


@dataclass(frozen=True)
class World:
    entries: dict[int, Entry]
    actors: dict[str, Actor]
    clients: dict[str, Client]

    def may(self, who: str, action: str, n: int) -> bool:
        return gate.decide(self.actors[who], action, self.entries[n]).allowed


@pytest.fixture
def world() -> World:
    provider, now = make_body(), clock.now()
    things = iter(Thing.objects.bulk_create(Thing(kind="entry") for _ in CASES))
    entries = {}
    for n, (state, sharing, opening) in enumerate(CASES):
        entry = Entry(
            thing=next(things), provider=provider, state=state, title=TITLE.format(n),
            code=None if state in NEVER_SEEN else f"307010001/{n:06d}", summary=f"摘{n:03d}要",
            sharing_type=sharing, sharing_basis=f"《法{n:03d}》第一条" if sharing == "none" else "",
            opening_type=opening, opening_condition=f"件{n:03d}", keywords=[f"词{n:03d}"],
            contact_office=f"处{n:03d}", collection_basis=f"据{n:03d}", themes=["transport"],
            division="460000", update_cycle="yearly", licence="hainan-open",
            returned_reason="口径", drafted_at=now, changed_at=now,
            published_on=clock.today() if state == "confirmed" else None,
            withdrawn_on=clock.today() if state == "withdrawn" else None,
            withdrawn_reason="职责调整" if state == "withdrawn" else "",
            sent_at=now if state == "awaiting" else None,
            title_protected_by="《统计法》第九条" if n == len(CASES) - 1 else "",
        )  # fmt: skip
        entry._index(entry.content())
        entries[n] = entry
    Entry.objects.bulk_create(entries.values())
    Item.objects.bulk_create(
        Item(entry=entry, position=1, name=f"列{n:03d}", type="C") for n, entry in entries.items()
    )
    citizen, grantee = make_person(), make_person()
    for entry in entries.values():
        make_grant(grantee, entry)
    seats = {
        "department": make_seat(),
        "own body": make_seat(provider),
        "confirming body": make_seat(agency(), "officer"),
    }
    actors = {"anyone": Actor.anyone(), "citizen": Actor.citizen(citizen)}
    actors |= {"grantee": Actor.citizen(grantee)}
    actors |= {who: Actor.of(seat) for who, seat in seats.items()}
    clients = {who: Client() for who in ASKERS}
    for who, person in (("citizen", citizen), ("grantee", grantee)):
        clients[who].force_login(person.user, backend=BACKEND)
        prove(clients[who], person)
    for who, seat in seats.items():
        sign_in(clients[who], seat)
    return World(entries, actors, clients)


def found(body: str, pattern: str) -> set[int]:
    """Of which entries a text has the words."""
    # JSON may write a character as its number.
    body = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), body)
    return {int(n) for n in re.findall(pattern.replace("{0:03d}", r"(\d{3})"), body)}


@pytest.mark.duty("sharing.type")
@pytest.mark.duty("sharing.basis")
@pytest.mark.parametrize("who", ASKERS)
def test_a_list_tells_exactly_what_its_asker_may_know(world: World, who):
    confirmed = [n for n, entry in world.entries.items() if entry.state == "confirmed"]
    seen = {n for n in confirmed if world.may(who, "entry.see", n)}
    read = {n for n in confirmed if world.may(who, "entry.read", n)}
    assert read < seen or who in {"own body", "confirming body"}
    for address in LISTS:
        provider = world.entries[0].provider.credit_code
        body = world.clients[who].get(address.format(provider=provider)).content.decode()
        assert found(body, TITLE) == seen, address
        for words in METADATA:
            assert found(body, words) <= read, (address, words)
        assert found(body, METADATA[0]) == read, address
        unshared = {n for n in seen - read if world.entries[n].sharing_type == "none"}
        assert found(body, "《法{0:03d}》") == unshared, address
    for n in list(world.entries)[::4]:
        feed = world.clients[who].get(f"/feeds/tag/词{n:03d}.atom").content.decode()
        assert found(feed, TITLE) == ({n} & read)


def test_a_search_by_feed_or_catalog_finds_no_hidden_word(world: World):
    for n, entry in list(world.entries.items())[::4]:
        for words, may in (("摘", "entry.read"), ("题", "entry.see")):
            knows = entry.state == "confirmed" and world.may("anyone", may, n)
            for path in ("/catalog.ttl", "/feeds/custom.atom"):
                body = world.clients["anyone"].get(path, {"q": f"{words}{n:03d}"}).content.decode()
                assert found(body, TITLE) == ({n} if knows else set())


@pytest.mark.parametrize("who", ASKERS)
def test_a_document_tells_exactly_what_its_asker_may_know(world: World, who):
    client, forms = world.clients[who], list(MEDIA_TYPES)
    for n, entry in world.entries.items():
        response = client.get(f"/resources/{entry.slug}.{forms[n % len(forms)]}")
        sees = entry.state not in NEVER_SEEN and world.may(who, "entry.see", n)
        if response.status_code == 410:
            # A tombstone says that it was withdrawn, to whoever may know that it was there.
            assert entry.state == "withdrawn"
            sees = False
        else:
            assert response.status_code == (200 if sees else 404), (n, entry.state)
        body = response.content.decode()
        assert found(body, TITLE) == ({n} if sees else set())
        reads = sees and world.may(who, "entry.read", n)
        for words in METADATA:
            assert found(body, words) <= ({n} if reads else set())
        if entry.state != "confirmed" or not sees:
            continue
        croissant = client.get(f"/resources/{entry.slug}.croissant.jsonld")
        # Nothing has been brought in, which only those are told who might take it.
        assert croissant.status_code == (404 if world.may(who, "resource.read", n) else 403)
        assert not found(croissant.content.decode(), "列{0:03d}")


def test_the_sitemap_lists_what_everyone_may_know_of_whoever_asks(world: World):
    seen = {
        n
        for n, e in world.entries.items()
        if e.state == "confirmed" and world.may("anyone", "entry.see", n)
    }
    for who in ASKERS:
        body = world.clients[who].get("/sitemaps/1.xml").content.decode()
        assert found(body, "/resources/307010001-000{0:03d}/") == seen


def test_when_something_changed_is_said_the_same_for_one_and_for_many(world: World):
    for actor in world.actors.values():
        entries = list(described.listed(actor, Search()))
        assert [e.told_at for e in entries] == [d.told_at for d in described.each(actor, entries)]
