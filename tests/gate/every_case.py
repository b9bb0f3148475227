"""Every case that the gate can meet about an entry, laid out as rows of the real database."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

from tests.parties.makers import (
    make_actor,
    make_agency,
    make_body,
    make_enterprise,
    make_person,
    make_seat,
)
from tests.thorough import some

from yelin.catalog.models import Entry
from yelin.gate.models import Grant, Hold
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import BodyKind
from yelin.things.models import Thing

STATES = ("draft", "registered", "awaiting", "confirmed", "returned", "withdrawn", "dropped")
GONE = ("withdrawn", "dropped")
# From what gives most to what gives least.
TYPES = ("unconditional", "conditional", "none")
GRADES = (1, 4)
GRANTS = ("live", "for research", "held", "expired", "revoked", "other's", "other action", "none")
HOLDS = ("none", "rows", "all")
PURPOSES = ("", "research", "news")
AREA, ELSEWHERE, PROVINCE = "460100", "460200", "460000"


@dataclass(frozen=True)
class Case:
    """What an entry is, what was given of it to each party, and what is held."""

    state: str
    sharing: str
    opening: str
    grade: int
    grant: str
    hold: str

    def lighter(self) -> Iterator["Case"]:
        """The cases that have one restriction less, or a weaker one."""
        if self.hold != "none":
            yield replace(self, hold="none")
        if self.grant in ("held", "expired", "revoked", "other's", "other action", "none"):
            yield replace(self, grant="live")
        if self.grade > 1:
            yield replace(self, grade=1)
        for kind in ("sharing", "opening"):
            if (at := TYPES.index(getattr(self, kind))) > 0:
                yield replace(self, **{kind: TYPES[at - 1]})

    @property
    def can_be(self) -> bool:
        """Whether the database takes it: what is open to all is of grade 1.

        Of what is gone, a few cases are enough.
        """
        if self.state in GONE and (self.grade > 1 or self.grant not in {"live", "none"}):
            return False
        return self.state == "draft" or self.opening != "unconditional" or self.grade == 1

    @property
    def tells_most(self) -> bool:
        """Whether all hangs on what it is and what was given: each of these is always tried."""
        return self.state == "confirmed" and self.hold == "none"


_ALL = [
    case
    for case in map(Case, *zip(*product(STATES, TYPES, TYPES, GRADES, GRANTS, HOLDS), strict=True))
    if case.can_be
]
CASES = [case for case in _ALL if case.tells_most]
CASES += some([case for case in _ALL if not case.tells_most], part=300)


@dataclass(frozen=True)
class World:
    """Who asks, and an entry for every case."""

    actors: dict[str, Actor]
    entries: dict[Case, Entry]
    grantees: frozenset[str]


def lay_out() -> World:
    provider, department, firm = (
        make_body(division=AREA),
        make_body(),
        make_enterprise(division=AREA),
    )
    citizen = make_person()
    held_body, held_seat, held_person = make_body(), make_seat(department), make_person()
    actors = {
        "anyone": Actor.anyone(),
        "system": Actor.system("clock"),
        "citizen": Actor.citizen(citizen),
        "held citizen": Actor.citizen(held_person),
        "own steward": make_actor(provider),
        "own auditor": make_actor(provider, "auditor"),
        "department": make_actor(department, "officer"),
        "held department": make_actor(held_body, "officer"),
        "held seat": Actor.of(held_seat),
        "firm": make_actor(firm, "representative"),
        "unverified firm": make_actor(make_enterprise(verified_at=None), "representative"),
        "confirming officer": make_actor(
            make_body(kind="informatization", division=AREA), "officer"
        ),
        "confirming steward": make_actor(make_body(kind="informatization", division=AREA)),
        "agency": make_actor(make_agency(), "officer"),
    } | {
        f"{kind} elsewhere": make_actor(make_body(kind=kind, division=ELSEWHERE), "officer")
        for kind in BodyKind
    }
    grantees = {"citizen": citizen, "department": department, "firm": firm}
    grantees |= {"held citizen": held_person, "held department": held_body}
    _hold([*(Hold(on_id=each.pk) for each in (held_body, held_seat, held_person))])
    return World(
        actors, _entries(provider, list(grantees.values())), frozenset({*grantees, "held seat"})
    )


def _things(kind: str, many: int) -> Iterator[Thing]:
    return iter(Thing.objects.bulk_create(Thing(kind=kind) for _ in range(many)))


def _hold(holds: list[Hold]) -> None:
    things = _things("hold", len(holds))
    for each in holds:
        each.thing, each.duty, each.reason = next(things), "security.protect", "数据安全事件处置中"
        each.placed_at = clock.now()
    Hold.objects.bulk_create(holds)


def _entries(provider, parties) -> dict[Case, Entry]:
    things, now = _things("entry", len(CASES)), clock.now()
    rows = [
        Entry(
            thing=next(things), provider=provider, title=f"{number}", state=case.state,
            code=None if case.state == "draft" else f"case/{number:06d}",
            sharing_type=case.sharing, opening_type=case.opening, grade=case.grade,
            sharing_requirements=["research"], sharing_basis="《统计法》第九条",
            returned_reason="口径", update_cycle="yearly",
            drafted_at=now, changed_at=now,
            sent_at=now if case.state == "awaiting" else None,
            withdrawn_on=clock.today() if case.state == "withdrawn" else None,
            withdrawn_reason="职能已经划出" if case.state == "withdrawn" else "",
        )
        for number, case in enumerate(CASES)
    ]  # fmt: skip
    Entry.objects.bulk_create(rows)
    entries = dict(zip(CASES, rows, strict=True))
    _hold(
        [
            Hold(
                on_id=entry.pk,
                actions=["resource.read"] if case.hold == "rows" else [],
            )
            for case, entry in entries.items()
            if case.hold != "none"
        ]
    )
    _grant(entries, parties)
    return entries


def _grant(entries: dict[Case, Entry], parties) -> None:
    stranger, now = make_body(), clock.now()
    given = []
    for case, entry in entries.items():
        if case.grant == "none":
            continue
        # Who is held itself has nothing anyway: the best grant shows it.
        free = parties if case.grant == "live" else parties[:3]
        for party in [stranger] if case.grant == "other's" else free:
            grant = Grant(
                party_id=party.pk, on_id=entry.pk, duty="opening.apply", since=now - timedelta(9),
                action="entry.see" if case.grant == "other action" else "resource.read",
                purposes=["research"] if case.grant == "for research" else [],
                until=now + timedelta(-1 if case.grant == "expired" else 1),
                revoked_at=now if case.grant == "revoked" else None,
                revoked_because="撤回" if case.grant == "revoked" else "",
            )  # fmt: skip
            given.append((case, grant))
    things = _things("grant", len(given))
    for _, grant in given:
        grant.thing = next(things)
    Grant.objects.bulk_create(grant for _, grant in given)
    _hold([Hold(on_id=grant.pk) for case, grant in given if case.grant == "held"])
