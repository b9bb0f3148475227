"""No door shows an item that is stricter than what the asker has: askers × types × items."""

import re

import pytest
from tests.catalog.makers import make_entry
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor, make_body, make_citizen, make_seat, make_token
from tests.thorough import some
from tests.warehouse.makers import PORTS, make_release

from yelin import gate
from yelin.catalog import acts, reads
from yelin.catalog.content import ItemContent
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.parties.models import Person
from yelin.warehouse.models import lies_in_plain

pytestmark = pytest.mark.django_db

OWN = (None, "unconditional", "conditional", "none")
BASIS = "《某法》第一条"
HIDDEN = "QIONG-9"
ITEMS = {
    f"项{sharing or 'x'}{opening or 'x'}{grade}": (sharing, opening, grade)
    for sharing in OWN
    for opening in OWN
    for grade in (1, 2)
}
RESOURCES = [
    (sharing, opening, grade)
    for sharing in OWN[1:]
    for opening in OWN[1:]
    for grade in (1, 2)
    if opening != "unconditional" or (grade == 1 and sharing != "none")
]


def entry_of(sharing, opening, grade, **over):
    items = [ItemContent(name="年份", type="I", key=True)] + [
        ItemContent(name=name, sharing_type=s, opening_type=o, grade=g)
        for name, (s, o, g) in ITEMS.items()
    ]
    said = {
        "sharing_type": sharing,
        "sharing_condition": "检查" if sharing == "conditional" else "",
        "sharing_scope": "全省" if sharing == "conditional" else "",
        "sharing_basis": BASIS,
        "opening_type": opening,
        "opening_condition": "安全" if opening == "conditional" else "",
        "grade": grade,
        "items": tuple(items),
    }
    return make_entry(**said | over)


def has(asker, resource, item) -> bool:
    """Say from the law, not from the code, whether ``asker`` has this item of that resource."""
    (sharing, opening, grade), (its_sharing, its_opening, its_grade) = resource, item
    if asker == "own":
        return True
    if its_grade > grade:
        return False
    stricter = {"unconditional": 0, None: 0, "conditional": 1, "none": 2}
    shares = max(stricter[sharing], stricter[its_sharing])
    opens = max(stricter[opening], stricter[its_opening])
    by_opening = opens == 0 and shares < 2 if opening == "unconditional" else opens <= 1
    if asker == "department" and sharing != "none":
        return shares <= 1
    return opening != "none" and by_opening


@pytest.mark.duty("security.grade")
@pytest.mark.duty("sharing.type")
@pytest.mark.duty("opening.type")
@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: "-".join(map(str, each)))
def test_metadata_rows_and_search_lack_what_is_stricter_than_the_asker_has(resource):
    entry = entry_of(*resource)
    stranger, citizen = Actor.anyone(), make_citizen()
    other = make_body()
    department, own = make_actor(other), make_actor(entry.provider)
    for party in (Person.objects.get(pk=citizen.person_id), other):
        make_grant(party, entry)
    readers = {"stranger": stranger, "citizen": citizen, "department": department, "own": own}
    for name, actor in readers.items():
        for action in ("entry.read", "resource.read"):
            decision = gate.decide(actor, action, entry)
            if not decision.allowed:
                continue
            shown = {item for item in ITEMS if decision.obligations.shows(item)}
            assert shown == {item for item in ITEMS if has(name, resource, ITEMS[item])}, name
        decision = gate.decide(actor, "entry.read", entry)
        if decision.allowed:
            told = {item.name for item in reads.items(decision, entry)} - {"年份"}
            assert told == {item for item in ITEMS if has(name, resource, ITEMS[item])}
    for item, own_types in some(list(ITEMS.items()), part=8):
        found = reads.find(stranger, reads.Search(item))
        assert found.loosened or not list(found) or has("stranger", resource, own_types), item


def body_of(response) -> str:
    found = b"".join(response.streaming_content) if response.streaming else response.content
    return found.decode()


@pytest.fixture
def ports():
    """An open resource, one item of which is not open, with a release that has its column."""
    items = (
        ItemContent(name="船舶编号", opening_type="none"),
        ItemContent(name="年份", type="I", key=True),
        ItemContent(name="海口港", type="N"),
    )
    entry = make_entry(title="沿海主要港口货物吞吐量", items=items)
    # A value that no digest, number or address holds by chance.
    return make_release(entry, PORTS.replace("代码", "船舶编号").replace("009", HIDDEN)).entry


@pytest.mark.duty("opening.type")
@pytest.mark.django_db(transaction=True)
def test_every_door_hides_an_item_that_is_not_open(client, ports):
    api, page = f"/api/v1/resources/{ports.slug}", f"/resources/{ports.slug}/"
    told = [client.get(api), client.get(f"{api}/rows"), client.get(f"{api}/releases")]
    told += [client.get(f"{api}/download?format={each}") for each in ("csv", "json", "ndjson")]
    told += [client.get(page + tab) for tab in ("", "about/", "fields/", "use/", "versions/")]
    told += [client.get("/api/3/action/package_show", {"id": ports.slug})]
    told += [client.get(f"/resources/{ports.slug}.{each}") for each in ("jsonld", "ttl", "rdf")]
    for answer in told:
        assert answer.status_code == 200
        text = body_of(answer)
        assert "船舶编号" not in text
        assert HIDDEN not in text
    # A hole in the numbers would betray what is hidden.
    numbers = re.findall(r'<td class="n">(\d+)</td>', body_of(client.get(page + "fields/")))
    assert numbers[:2] == ["1", "2"]
    document = client.get(api).json()
    assert [item["name"] for item in document["items"]] == ["年份", "海口港"]
    assert document["releases"][0]["columns"] == 2
    hidden = client.get(f"{api}/rows?filter[船舶编号]={HIDDEN}&columns=船舶编号")
    unknown = client.get(f"{api}/rows?filter[无此]={HIDDEN}&columns=无此")
    assert hidden.status_code == unknown.status_code
    assert hidden.json()["title"] == unknown.json()["title"]
    token = {"Authorization": f"Bearer {make_token(make_seat(ports.provider))}"}
    whole = client.get(f"{api}/rows", headers=token).json()
    assert {row["船舶编号"] for row in whole["items"]} == {"007", "008", HIDDEN}


@pytest.mark.duty("security.store")
def test_a_release_that_is_not_open_with_every_item_lies_sealed(ports):
    assert not lies_in_plain(ports)
    assert ports.releases.get().sealed_by is not None
    assert lies_in_plain(make_entry())


def test_what_is_shared_or_given_names_no_item_that_stays(ports):
    steward = make_actor(ports.provider)
    assert ports.opened_items() == ["年份", "海口港"]
    said = ports.content().model_copy(
        update={"title": "另一个", "items": ports.content().items[:1]}
    )
    draft = acts.draft(actor=steward, provider=ports.provider, content=said)
    with pytest.raises(Incomplete) as told:
        acts.register(actor=steward, entry=draft)
    assert [fault.place for fault in told.value.faults] == ["items"]
