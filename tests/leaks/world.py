"""Everything that there can be in a catalog, each thing marked, and everybody who may ask for it.

The marks stand nowhere else, so whoever finds one in an answer knows of whom it betrays what.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path
from uuid import UUID, uuid4

from django.test import Client
from tests.catalog.makers import (
    agency,
    confirm,
    make_content,
    make_social,
    secrecy,
    social_content,
)
from tests.gate.makers import make_grant
from tests.parties.makers import (
    make_actor,
    make_body,
    make_enterprise,
    make_person,
    make_seat,
    make_token,
)
from tests.warehouse.makers import make_release
from tests.web.makers import BACKEND, prove, sign_in

from yelin.api.ckan import shapes
from yelin.catalog import acts
from yelin.catalog.content import EntryContent, ItemContent, UpdateCycle
from yelin.catalog.models import Entry, slug_of
from yelin.catalog.states import State
from yelin.law import clock
from yelin.ledger.models import Leaf
from yelin.parties.models import Body, Person
from yelin.warehouse.models import DATA, Release

CASES = Path(__file__).with_name("cases")
MATRIX = list(csv.DictReader((CASES / "matrix.csv").read_text("utf-8").splitlines()))
ASKERS = tuple(MATRIX[0])[5:]
TYPES = ("unconditional", "conditional", "none")
# What a cell of the matrix gives.
GONE, NAME, METADATA, ROWS, INSIDE = "gone", "name", "metadata", "rows", "inside"
GIVES: Mapping[str, frozenset[str]] = {
    "": frozenset(),
    "tombstone": frozenset({GONE}),
    "name": frozenset({NAME}),
    "metadata": frozenset({NAME, METADATA}),
    "rows": frozenset({NAME, METADATA, ROWS}),
    "whole": frozenset({NAME, METADATA, ROWS, INSIDE}),
    "history": frozenset({GONE, METADATA, INSIDE}),
}
# Things are numbered from here on: so long a number stands in no code, and in no body's name.
FIRST = 77_000
# A mark, and what one must have been given to meet it. What stays behind is inside.
MARKS: Mapping[str, tuple[str, str]] = {
    "title": ("题{}名", NAME),
    "title_en": ("Titled{}so", NAME),
    "basis": ("据{}法", METADATA),
    "summary": ("摘{}要", METADATA),
    "keyword": ("词{}语", METADATA),
    "office": ("处{}室", METADATA),
    "collected": ("依{}条", METADATA),
    "condition": ("件{}况", METADATA),
    "sharing": ("享{}求", METADATA),
    "scope": ("围{}限", METADATA),
    "covers": ("范{}畴", METADATA),
    "item": ("列{}项", METADATA),
    "note": ("注{}释", METADATA),
    "value": ("值{}号", ROWS),
    "number": ("91{}.625", ROWS),
    "behind": ("密{}项", INSIDE),
    "kept": ("隐{}值", INSIDE),
    "rejected": ("拒{}行", INSIDE),
    "returned": ("回{}由", INSIDE),
    "revised": ("改{}名", INSIDE),
    "protected": ("护{}法", INSIDE),
    "provider": ("匿{}厅", NAME),
    "reason": ("撤{}因", GONE),
}
# What else a thing is known by, with the same.
IDS: Mapping[str, str] = {
    "pk": NAME,
    "slug": NAME,
    "release": METADATA,
    "digest": METADATA,
    "resource": ROWS,
    "file": ROWS,
    "upload": INSIDE,
}


def mark(family: str, n: int) -> str:
    """Return the mark of a thing."""
    return MARKS[family][0].format(FIRST + n)


@dataclass(frozen=True)
class Kind:
    """What an entry is; the first row of the matrix that speaks of it says what each has of it."""

    state: str
    sharing: str
    opening: str
    marked: str = ""
    has_data: bool = False
    is_revised: bool = False

    @cached_property
    def row(self) -> Mapping[str, str]:
        """The row that speaks of it."""
        return next(filter(self._fits, MATRIX))

    def _fits(self, row: Mapping[str, str]) -> bool:
        return (
            self.state in row["states"].split()
            and row["sharing"] in {"any", self.sharing}
            and row["opening"] in {"any", self.opening}
            and row["marked"] == self.marked
        )

    def given(self, who: str) -> frozenset[str]:
        """Return what ``who`` is given of it."""
        return GIVES[self.row[who]]

    def takes(self, name: str) -> str:
        """Return what one must have been given of it to meet a mark or an id."""
        needs = IDS[name] if name in IDS else MARKS[name][1]
        if name == "basis" and self.sharing == "none" and self.marked != "social":
            # The public catalog says why it is not shared.
            needs = NAME
        return GONE if needs == NAME and self.state == "withdrawn" else needs

    def has(self, name: str, needs: str) -> bool:
        """Whether there is such a mark of it where one ``needs`` to have been given so much."""
        of_data = ROWS in {needs, self.takes(name)} or name == "digest"
        has_code = self.state not in {"draft", "dropped"}
        return (self.has_data or not of_data) and (has_code or name != "slug")


# Data is brought in, act by act, where who has it differs; the rest is laid out as rows.
WITH_DATA = (
    Kind("confirmed", "unconditional", "unconditional", has_data=True),
    Kind("confirmed", "unconditional", "conditional", has_data=True),
    Kind("confirmed", "unconditional", "none", has_data=True),
    Kind("confirmed", "conditional", "none", has_data=True),
    Kind("confirmed", "none", "none", has_data=True),
    Kind("confirmed", "unconditional", "unconditional", has_data=True, is_revised=True),
    Kind("withdrawn", "unconditional", "unconditional", has_data=True),
    Kind("confirmed", "none", "none", marked="protected", has_data=True),
    Kind("registered", "unconditional", "unconditional", has_data=True),
    Kind("awaiting", "unconditional", "unconditional", has_data=True),
    Kind("awaiting", "none", "none", has_data=True),
    Kind("returned", "unconditional", "conditional", has_data=True),
)
# What an enterprise keeps, by whom else it is had.
SOCIAL = (
    Kind("registered", "unconditional", "unconditional", marked="social"),
    Kind("confirmed", "none", "none", marked="social"),
    Kind("confirmed", "unconditional", "none", marked="social"),
    Kind("confirmed", "unconditional", "unconditional", marked="social"),
    Kind("withdrawn", "none", "none", marked="social"),
    Kind("withdrawn", "unconditional", "unconditional", marked="social"),
)
KINDS = (
    *WITH_DATA,
    *(Kind(*types) for types in product(State.values, TYPES, TYPES)),
    *SOCIAL,
    Kind("withdrawn", "none", "none", marked="protected"),
    Kind("registered", "unconditional", "unconditional", marked="alone"),
)
# Everyone knows of these, or knew once.
PUBLIC = frozenset(n for n, kind in enumerate(KINDS) if kind.given("anyone"))


@dataclass(frozen=True)
class Marked:
    """A thing as it is asked for, whether there is such a thing or not."""

    number: int
    pk: UUID
    code: str | None
    release: UUID = field(default_factory=uuid4)
    upload: UUID = field(default_factory=uuid4)
    digest: str = "0" * 64
    file: str = "0" * 64
    receipt: str = f"YL1-{'0' * 64}"

    @property
    def kind(self) -> Kind:
        """What it is."""
        return KINDS[self.number]

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return slug_of(self.code) if self.code else str(self.pk)

    @property
    def resource(self) -> UUID:
        """The id of its table."""
        return shapes.resource_id(self.pk, "csv")

    def names(self) -> dict[str, str]:
        """Return by which names it is asked for."""
        known = ("slug", "pk", "release", "upload", "receipt", "resource")
        names = {name: str(getattr(self, name)) for name in known}
        return names | {family: mark(family, self.number) for family in MARKS}

    def ids(self) -> dict[str, str]:
        """Return by what else it is betrayed, each with its name."""
        found = {str(getattr(self, name)): name for name in IDS if name != "slug"}
        return found | ({self.slug: "slug", self.code: "slug"} if self.code else {})


# What else may be said of what not everyone may read.
OTHERWISE = {
    "summary": "改过的摘要",
    "keywords": ("改过",),
    "themes": ("weather",),
    "formats": ("json", "xlsx"),
    "grade": 3,
    "division": "460100",
    "update_cycle": UpdateCycle.DAILY,
    "licence": "CC-BY-4.0",
    "contact_office": "另一处室",
    "items": (ItemContent(name="另一项"),),
}
# Asked for in the same way, and not there: registered, and as a draft.
MISSING = Marked(99, uuid4(), "307010001/999999")
NO_DRAFT = Marked(99, uuid4(), None)


def content(n: int, kind: Kind) -> EntryContent:
    """Return what the thing ``n`` says: its marks, and words that all share."""

    def of(family: str) -> str:
        return mark(family, n)

    make = social_content if kind.marked == "social" else make_content
    return make(
        title=f"{of('title')}港口",
        title_en=of("title_en"),
        summary=f"{of('summary')}口径",
        keywords=(of("keyword"), "公共"),
        contact_office=of("office"),
        collection_basis=of("collected"),
        data_scope=of("covers"),
        sharing_type=kind.sharing,
        sharing_condition=of("sharing"),
        sharing_scope=of("scope"),
        sharing_basis=f"《{of('basis')}》第九条",
        opening_type=kind.opening,
        opening_condition=of("condition"),
        title_protected_by=f"《{of('protected')}》第一条" if kind.marked == "protected" else "",
        items=(
            ItemContent(name="年份", type="I", nullable=False, key=True),
            ItemContent(name=of("item"), note=of("note")),
            ItemContent(name="数量", type="N"),
            ItemContent(name=of("behind"), sharing_type="none", opening_type="none"),
        ),
    )


def table(n: int) -> str:
    """Return a table of the thing ``n``, one of whose lines does not conform."""
    head = f"年份,{mark('item', n)},数量,{mark('behind', n)}"
    rows = [f"{year},{mark('value', n)},{mark('number', n)},{mark('kept', n)}" for year in (1, 2)]
    return "\n".join([head, *rows, f"{mark('rejected', n)},,,", ""])


def laid(provider: Body, n: int, kind: Kind) -> Entry:
    """Lay a thing out as its rows."""
    now, is_draft = clock.now(), kind.state in {"draft", "dropped"}
    entry = Entry(
        provider=provider, drafted_at=now, code=None if is_draft else f"307010009/{n:06d}"
    )
    entry.state = "draft" if is_draft else "registered"
    entry.say(content(n, kind), now)
    if kind.state in {"confirmed", "withdrawn"}:
        entry.confirmed(clock.today())
    if kind.state == "withdrawn":
        entry.withdraw(mark("reason", n), now)
    entry.state = kind.state
    entry.sent_at = now if kind.state == "awaiting" else None
    entry.returned_reason = mark("returned", n) if kind.state == "returned" else ""
    entry.save()
    return entry


def brought(provider: Body, n: int, kind: Kind) -> Release:
    """Make a thing with its data by the acts of its provider and of whoever confirms it."""
    steward, officer = make_actor(provider), make_actor(agency(), "officer")
    entry = acts.draft(actor=steward, provider=provider, content=content(n, kind))
    entry = acts.register(actor=steward, entry=entry)
    release = make_release(entry, table(n))
    if kind.state == "registered":
        return release
    entry = acts.submit(actor=steward, entry=Entry.objects.get(pk=entry.pk))
    if kind.state == "returned":
        acts.return_(actor=officer, entry=entry, reason=mark("returned", n))
    if kind.state in {"confirmed", "withdrawn"}:
        entry = confirm(entry)
    if kind.state == "withdrawn":
        asked = acts.ask_withdrawal(actor=steward, entry=entry, reason=mark("reason", n))
        confirm(asked)
    if kind.is_revised:
        said = content(n, kind).model_copy(update={"title": mark("revised", n)})
        acts.submit(actor=steward, entry=acts.amend(actor=steward, entry=entry, content=said))
    return release


def marked(provider: Body, n: int) -> Marked:
    """Make the thing ``n``."""
    kind = KINDS[n]
    if kind.marked == "social":
        firm = make_enterprise(name=mark("provider", n))
        entry = make_social(firm, kind.state, **dict(content(n, kind)) | {"handing_over": "own"})
        return Marked(n, entry.pk, entry.code)
    if kind.marked == "alone":
        provider = make_body(name=mark("provider", n))
    if not kind.has_data:
        entry = laid(provider, n, kind)
        return Marked(n, entry.pk, entry.code)
    release = brought(provider, n, kind)
    entry = Entry.objects.get(pk=release.entry_id)
    (file,) = (each["sha256"] for each in release.files if each["name"] == DATA)
    leaf = Leaf.objects.filter(subject_id=entry.pk).latest("pk")
    receipt = leaf.receipt_text
    return Marked(
        n, entry.pk, entry.code, release.pk, release.upload_id, release.digest_text, file, receipt
    )


@dataclass
class World:
    """Who asks, and what there is."""

    provider: Body
    clients: Mapping[str, Client]
    tokens: Mapping[str, str]
    grantees: Sequence[Body | Person]
    things: dict[int, Marked] = field(default_factory=dict)
    ids: dict[str, tuple[str, int]] = field(default_factory=dict)

    def add(self, numbers: Sequence[int]) -> None:
        """Make things, and give their rows to whoever has a grant."""
        for n in numbers:
            self.things[n] = found = marked(self.provider, n)
            self.ids |= {text: (name, n) for text, name in found.ids().items()}
            for party in self.grantees:
                make_grant(party, Entry.objects.get(pk=found.pk))

    def change_unread(self) -> None:
        """Have what not everyone may read say something else, and its data be new.

        A list in the order of changes tells that something changed: each keeps its place.
        """
        for n, kind in enumerate(KINDS):
            if kind.given("anyone") == {NAME}:
                entry = Entry.objects.get(pk=self.things[n].pk)
                place = entry.changed_at
                if kind.has_data:
                    make_release(entry, table(n))
                entry.say(entry.content().model_copy(update=OTHERWISE), place)
                entry.confirmed(entry.published_on)
                entry.save()


def begun() -> World:
    """Return a world in which there is nobody but those who ask."""
    provider = make_body(name="海南省示范厅")
    citizen, granted = make_person(), make_person()
    firm, department = make_enterprise(), make_body()
    seats = {
        "enterprise": make_seat(make_enterprise(), "representative"),
        "department": make_seat(make_body(), "officer"),
        "enterprise with a grant": make_seat(firm, "representative"),
        "department with a grant": make_seat(department, "officer"),
        "own body": make_seat(provider),
        "confirming body": make_seat(agency(), "officer"),
        "reviewing body": make_seat(secrecy(), "officer"),
    }
    clients = {who: Client() for who in ASKERS}
    tokens = {who: make_token(seat) for who, seat in seats.items()}
    for who, person in (("citizen", citizen), ("citizen with a grant", granted)):
        tokens[who] = make_token(person=person)
        clients[who].force_login(person.user, backend=BACKEND)
        prove(clients[who], person)
    for who, seat in seats.items():
        sign_in(clients[who], seat)
    return World(provider, clients, tokens, (granted, firm, department))
