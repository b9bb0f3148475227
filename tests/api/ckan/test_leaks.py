"""Every action, for every kind of asker, over every kind of entry: what the gate grants, no more.

That the gate grants what the house plan says is shown in ``tests/gate/test_visibility.py``.
"""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from tests.api.ckan.asking import result
from tests.catalog.makers import agency, make_entry, secrecy
from tests.gate.makers import make_grant
from tests.parties.makers import make_body, make_enterprise, make_person, make_seat, make_token
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.api.ckan import shapes
from yelin.catalog.content import ItemContent
from yelin.catalog.models import Entry
from yelin.catalog.states import State
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.surface.actor import of_token

pytestmark = pytest.mark.django_db

BASIS = {"sharing_type": "none", "opening_type": "none", "sharing_basis": "《统计法》第九条"}
ASKED = {"opening_type": "conditional", "opening_condition": "说明用途"}
SHARED = {"sharing_type": "conditional", "sharing_condition": "履职", "sharing_scope": "省级"}
KINDS = [
    ("draft", {}),
    ("registered", {}),
    ("awaiting", {}),
    ("returned", {}),
    ("awaiting", BASIS),
    ("confirmed", {}),
    ("confirmed", ASKED),
    ("confirmed", {"opening_type": "none"}),
    ("confirmed", SHARED | {"opening_type": "none"}),
    ("confirmed", BASIS),
    ("confirmed", BASIS | {"title_protected_by": "《保守国家秘密法》第十三条"}),
    ("withdrawn", {}),
    ("dropped", {}),
]


@dataclass(frozen=True)
class Marked:
    """An entry whose title, metadata and rows each hold a word that stands nowhere else."""

    entry: Entry
    title: str
    read: str
    taken: str


def make_marked(provider, number: int, state: str, over: dict) -> Marked:
    title, read, taken = (f"{kind}字{number:02d}号" for kind in ("题", "摘", "值"))
    items = (ItemContent(name="年份", type="I"), ItemContent(name=read))
    entry = make_entry(
        provider, state, title=title, summary=read, keywords=(read,), contact_office=read,
        items=items, **over,
    )  # fmt: skip
    if state not in {"draft", "withdrawn", "dropped"}:
        make_release(entry, f"年份,{read}\n2012,{taken}\n")
    return Marked(entry, title, read, taken)


@pytest.fixture
def shelf():
    agency(), secrecy()
    provider = make_body()
    marked = [make_marked(provider, n, state, over) for n, (state, over) in enumerate(KINDS)]
    # A body of which nobody else may know that it has anything.
    return [*marked, make_marked(make_body(name="海南省无名厅"), 99, "registered", {})]


def tokens(shelf) -> dict[str, str | None]:
    """Return every kind of asker, by the token that speaks for them."""
    grantees = {
        "citizen with a grant": make_person(),
        "department with a grant": make_body(),
        "enterprise with a grant": make_enterprise(),
    }
    for each in shelf:
        for party in grantees.values():
            make_grant(party, each.entry)
    bodies = {
        "department": make_body(),
        "enterprise": make_enterprise(),
        "own body": shelf[0].entry.provider,
        "confirming body": agency(),
        "reviewing body": secrecy(),
    } | {name: body for name, body in grantees.items() if isinstance(body, Body)}
    people = {"citizen": make_person(), "citizen with a grant": grantees["citizen with a grant"]}
    seats = {
        name: make_seat(body, "officer" if body.is_official else "representative")
        for name, body in bodies.items()
    }
    return (
        {"anyone": None}
        | {name: make_token(person=person) for name, person in people.items()}
        | {name: make_token(seat) for name, seat in seats.items()}
    )


EVERY = "include_drafts=true&include_private=true"
LISTS = [
    "package_list",
    f"package_list?{EVERY}",
    "current_package_list_with_resources?limit=1000",
    "organization_list?all_fields=true",
    "group_list?all_fields=true",
    "tag_list",
    "resource_search?query=name:号",
    "datastore_search?resource_id=_table_metadata",
    "package_autocomplete?q=字",
    "tag_autocomplete?query=字",
    "organization_autocomplete?q=海南",
    "group_show?id=transport&include_datasets=true",
    "group_package_show?id=transport",
    "member_list?id=transport",
    f"package_search?rows=1000&{EVERY}&facet.field=[%22tags%22,%22organization%22,%22groups%22]",
    f"package_search?rows=1000&{EVERY}&q=字&sort=metadata_modified asc",
]


def get(client, path, token):
    headers = {"X-Request-ID": "0" * 32} | ({"Authorization": token} if token else {})
    return client.get(path if path.startswith("/") else f"/api/3/action/{path}", headers=headers)


def asked_of(each: Marked, *, whole: bool) -> list[str]:
    """Return what is asked about an entry; a ``whole`` list has what the gate is asked alike."""
    entry = each.entry
    csv = shapes.resource_id(entry, "csv")
    few = [f"package_show?id={entry.slug}", f"datastore_search?resource_id={csv}"]
    return (
        few
        if not whole
        else [
            *few,
            f"package_show?id={entry.pk}",
            f"resource_show?id={csv}",
            f"datastore_info?id={csv}",
            f"datastore_search?resource_id={entry.slug}",
            f"datastore_search?resource_id={csv}&sort={each.read}",
            f"tag_show?id={each.read}&include_datasets=true",
            f"/datastore/dump/{csv}?limit=9",
            f"/dataset/{entry.pk}/resource/{csv}/download/x.csv",
            f"/dataset/{entry.pk}",
        ]
    )


def test_no_action_tells_anybody_more_than_the_gate_grants(client, shelf):
    """B-23: no list, no search, no table by id or by alias."""
    nothing = Marked(Entry(pk=uuid4(), title="", keywords=[]), "无", "无", "无")
    for name, token in tokens(shelf).items():
        actor = of_token(token).actor if token else Actor.anyone()
        granted = {
            action: [each for each in shelf if gate.decide(actor, action, each.entry).allowed]
            for action in ("entry.see", "entry.read", "resource.read")
        }
        whole = name in {"anyone", "department with a grant"}
        missing = answers_about(client, nothing, token, whole=whole)
        assert {status for status, _content in missing} == {404}
        told = "".join(get(client, path, token).content.decode() for path in LISTS)
        for each in shelf:
            answers = answers_about(client, each, token, whole=whole)
            if each.entry.state == State.WITHDRAWN and not each.entry.title_protected_by:
                # Of this everyone is told when and why: tests/web/test_withdrawal.py.
                continue
            if each not in granted["entry.see"]:
                assert answers == missing, (name, each)
            text = told + "".join(content.decode() for _status, content in answers)
            words = {
                "entry.see": each.title,
                "entry.read": each.read,
                "resource.read": each.taken,
            }
            for action, word in words.items():
                # Without data there is nothing to be taken, whoever may.
                has = action != "resource.read" or each.entry.releases.exists()
                assert (word in text) == (each in granted[action] and has), (name, each, action)
        counted(client, token, granted)


def answers_about(client, each: Marked, token, *, whole: bool) -> list[tuple[int, bytes]]:
    answers = [get(client, path, token) for path in asked_of(each, whole=whole)]
    # A page links to itself.
    own = str(each.entry.pk).encode()
    return [(answer.status_code, answer.content.replace(own, b"")) for answer in answers]


def counted(client, token, granted) -> None:
    """See that counts and facets, of what is asked for and of its opposite, are of what is seen."""

    def count(**query) -> int:
        return result(client, "package_search", token=token, **query)["count"]

    live = {
        action: [each for each in entries if each.entry.state == "confirmed"]
        for action, entries in granted.items()
    }
    read = " OR ".join(f"notes:{each.read}" for each in granted["entry.read"]) or "id:x"
    assert count() == len(live["entry.see"])
    assert count(fq="notes:字") == len(live["entry.read"])
    assert count(fq="-notes:字") == len(live["entry.see"]) - len(live["entry.read"])
    assert count(fq="tags:*字*") == count(fq="groups:transport") == len(live["entry.read"])
    assert count(fq="res_format:csv") == len(live["resource.read"])
    assert count(q=read) == len(live["entry.read"])
    facets = result(client, "package_search", token=token, **{"facet.field": '["groups","tags"]'})
    assert sum(facets["facets"]["tags"].values()) == len(live["entry.read"])
