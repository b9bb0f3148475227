"""Who acts: a stranger, a citizen, someone in a seat or a deputy there, or the system itself."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from yelin.parties.models import Deputy, Person, Seat, Token
from yelin.things.models import Evidence


class ActorKind(StrEnum):
    """The kinds of actor that the gate tells apart."""

    ANYONE = "anyone"
    CITIZEN = "citizen"
    OFFICIAL = "official"
    REPRESENTATIVE = "representative"
    SYSTEM = "system"


class Surface(StrEnum):
    """By which door somebody acts.

    ``ROUTE`` is an address of REST made for one act, whose arguments are no plain values; those
    who come by token use it, as they use ``API``.
    """

    PAGE = "page"
    API = "api"
    ROUTE = "route"
    SYSTEM = "system"


# Where most acts are done: by a person on a page, or by a program with a token.
OUTSIDE = frozenset({Surface.PAGE, Surface.API})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks or acts, as plain facts that cost no query.

    ``person_id`` is whoever really acts: a deputy's own, not the absent holder's. ``job`` names
    the part of the system that acts by itself, such as ``clock``. ``via`` is the door by which the
    actor came in, with ``token_id`` where it was by token, and ``proved_at`` the moment in which a
    person proved to be there; each edge sets them as it makes the actor, and a token proves
    nothing; one that ``only_reads`` does no act.
    """

    kind: ActorKind
    person_id: UUID | None = None
    seat_id: UUID | None = None
    deputy_id: UUID | None = None
    role: str = ""
    body_id: UUID | None = None
    body_code: str = ""
    body_kind: str = ""
    body_division: str = ""
    body_verified: bool = False
    job: str = ""
    via: Surface = Surface.PAGE
    only_reads: bool = False
    token_id: UUID | None = None
    proved_at: datetime | None = None

    @classmethod
    def anyone(cls) -> "Actor":
        """Return the actor for a request that names nobody."""
        return cls(ActorKind.ANYONE)

    @classmethod
    def system(cls, job: str) -> "Actor":
        """Return the actor for what the system does by itself."""
        return cls(ActorKind.SYSTEM, job=job, via=Surface.SYSTEM)

    @classmethod
    def citizen(cls, person: Person) -> "Actor":
        """Return the actor for a person who acts for nobody else."""
        return cls(ActorKind.CITIZEN, person_id=person.pk)

    @classmethod
    def of(cls, seat: Seat, deputy: Deputy | None = None) -> "Actor":
        """Return the actor for the holder of ``seat``, or for the ``deputy`` who acts there.

        Raises ``ValueError`` for a seat that its holder has left, and for another seat's deputy.
        """
        if seat.until is not None:
            raise ValueError("this seat has been left")
        if deputy is not None and (deputy.seat_id != seat.pk or deputy.ended_at is not None):
            raise ValueError("this deputy does not act in this seat")
        return cls(
            ActorKind.OFFICIAL if seat.body.is_official else ActorKind.REPRESENTATIVE,
            person_id=deputy.person_id if deputy else seat.person_id,
            seat_id=seat.pk,
            deputy_id=deputy.pk if deputy else None,
            role=seat.role,
            body_id=seat.body_id,
            body_code=seat.body.credit_code,
            body_kind=seat.body.kind,
            body_division=seat.body.division,
            body_verified=seat.body.may_represent,
        )

    @classmethod
    def of_token(cls, token: Token) -> "Actor":
        """Return the actor for a program that comes with ``token``: its seat's, or its person's.

        Raises ``ValueError`` as ``of`` does.
        """
        if token.seat is not None:
            actor = cls.of(token.seat)
        else:
            assert token.person is not None  # noqa: S101 - the database holds no token of nobody
            actor = cls.citizen(token.person)
        return actor.by_token(token.pk, only_reads=token.only_reads)

    def by_token(self, token_id: UUID | None = None, *, only_reads: bool = False) -> "Actor":
        """Return the same actor, come in by token, perhaps one that may not act."""
        return replace(
            self, via=Surface.API, token_id=token_id, only_reads=only_reads, proved_at=None
        )

    def proved(self, at: datetime | None) -> "Actor":
        """Return the same actor, who proved to be there ``at`` this moment."""
        return replace(self, proved_at=at)

    @property
    def is_identified(self) -> bool:
        """Whether a refusal of this actor is recorded by name."""
        return self.person_id is not None

    @property
    def party_id(self) -> UUID | None:
        """The party that acts: the body of the seat, or the citizen."""
        return self.body_id or self.person_id

    def evidence(self) -> Evidence:
        """Return what a leaf says of the actor: ids and codes, no names."""
        if self.kind is ActorKind.SYSTEM:
            return {"kind": "system", "job": self.job}
        if self.kind is ActorKind.ANYONE:
            return {"kind": "anyone"}
        if self.kind is ActorKind.CITIZEN:
            return {"kind": "citizen", "person": str(self.person_id)}
        seated = {"kind": self.kind.value, "seat": str(self.seat_id), "body": self.body_code}
        return seated | ({"deputy": str(self.person_id)} if self.deputy_id else {})
