"""The right to call a service: decided once, and held for as long as the rows that it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from yelin import gate
from yelin.catalog import reads
from yelin.catalog.models import Entry
from yelin.delivery import meter, opening
from yelin.delivery.models import Channel, Delivery
from yelin.delivery.opening import Call, Notes, PurposeMissing
from yelin.delivery.pace import Limit
from yelin.exchange import resting
from yelin.exchange.operations import ServiceContent
from yelin.exchange.services import Circuit, MessageKey, Service
from yelin.gate import Decision
from yelin.keys import messages
from yelin.keys.messages import NotSigned
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn, Unlawful
from yelin.outbound.models import EgressRule
from yelin.outbound.rules import Destination, NotSent, Stop
from yelin.parties.actor import Actor
from yelin.parties.models import Token
from yelin.registers.models import GovernmentSystem
from yelin.things import prepared
from yelin.things.lately import Lately
from yelin.things.prepared import Prepared

# What each call asks is composed once: for a row or two that takes longer than the answer.
_SERVICE = Prepared(
    lambda: Service.objects.live().select_related("sealed_by").filter(entry=UUID(int=0))
)
_RULES = Prepared(lambda: EgressRule.objects.in_force(UUID(int=0), "", date.min))

ACTION = "service.call"
MOST_RIGHTS = 1_024
_COVERED = ("@method", "@target-uri")


class NoService(Exception):
    """The resource has no service that could be called."""


class TooLong(Exception):
    """A body is longer than the service takes."""


class Resting(Exception):
    """The service has not answered lately: nobody waits for it for so many ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"for {seconds} seconds")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as it came: by which method, to which path below the service, and as it was signed.

    ``request`` has the whole address; ``has_content`` says whether a body comes along.
    """

    path: str
    query: str
    request: messages.Request
    has_content: bool


@dataclass(frozen=True, slots=True)
class Right:
    """That somebody may call a service: as it was decided, and on which rows that rests.

    ``keys`` are those by which they may sign.
    """

    way: resting.Way
    rests_on: str
    entry: Entry
    service: UUID
    content: ServiceContent
    secret: str
    decision: Decision
    purpose: str
    keys: Mapping[str, bytes]

    def call(self, asked: Asked, call: Call) -> "Begin":
        """Return a call by this right, which is to be begun yet.

        Raises ``NotOffered``, ``Unlawful`` and ``NotSigned``.
        """
        self.content.require(asked.request.method, asked.path)
        if self.decision.actor.only_reads and asked.request.method not in {"GET", "HEAD"}:
            raise Unlawful(duties.GOVERN, "This token only reads. Make one that may act, too.")
        signed = self._signed(asked)
        question = {"method": asked.request.method, "target": asked.request.url}
        return Begin(
            right=self,
            limit=opening.limit_of(self.decision, self.entry, call),
            delivery=meter.named(
                self.decision, self.entry, Channel.CALL, question, purpose=self.purpose
            ),
            signed=signed,
        )

    def _signed(self, asked: Asked) -> messages.Verified | None:
        """Return the signature of the request, by a key of the very token by which it is asked.

        None where there is none and none must be. Raises ``NotSigned``.
        """
        names = {name.lower() for name, _ in asked.request.headers}
        if not {"signature", "signature-input"} & names:
            if self.content.signed:
                raise NotSigned("This service takes signed requests only (RFC 9421).")
            return None
        required = [*_COVERED, *(("content-digest",) if asked.has_content else ())]
        return messages.verify(asked.request, self.keys.get, required=required, at=clock.now())


@dataclass(frozen=True, slots=True)
class Begin:
    """A call that is to be begun: what it takes its pace from, and its row."""

    right: Right
    limit: Limit | None
    delivery: Delivery | None
    signed: messages.Verified | None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A call that may be made: by which right, as what it counts, and how the service stood."""

    right: Right
    circuit: Circuit
    delivery: Delivery | None
    notes: Notes
    signed_by: str


_rights: Lately[Right] = Lately(MOST_RIGHTS)


def known(way: resting.Way, purpose: str) -> Right | None:
    """Return the right that was decided before, which may have ended: whoever begins asks."""
    return _rights.get((way, purpose))


def forget(right: Right) -> None:
    """Decide anew what a right was decided on."""
    _rights.forget((right.way, right.decision.purpose))


def decide(actor: Actor, way: resting.Way, purpose: str) -> Right:
    """Return the right of ``actor``, who came this way, to call the service of a resource.

    Raises ``Unseen``, ``Refused``, ``NoService``, ``OutOfTurn`` where only parts are had,
    ``PurposeMissing``, and ``NotSent`` where no way leads there any more.
    """
    # Read before all the rest: what changes from now on will show.
    with prepared.at_once() as ask:
        told = resting.states([way], ask)
    (state,) = told()
    entry = reads.get(actor, code=way.code)
    decision = gate.decide(actor, ACTION, entry, purpose).must_allow(ACTION, entry.pk)
    found = next(iter(_SERVICE.ask(entry.pk)), None)
    if found is None:
        raise NoService
    found.entry = entry
    if decision.obligations.hides:
        raise OutOfTurn("Parts of this resource stay behind, and a service is called as a whole.")
    if opening.must_name(decision):
        raise PurposeMissing({str(entry.code): decision.purposes})
    _require_way(found)
    keys = MessageKey.objects.live().filter(token=actor.token_id).values_list("name", "public")
    right = Right(
        way=way,
        rests_on=state.rests_on,
        entry=entry,
        service=found.pk,
        content=found.content,
        secret=found.said.get("secret", ""),
        decision=decision,
        purpose=opening.purpose_of(decision),
        keys={name: bytes(public) for name, public in keys} if actor.token_id else {},
    )
    _rights.keep((way, purpose), right)
    return right


def _require_way(service: Service) -> None:
    there, way = Destination.parse(service.content.address), service.way
    rules = _RULES.ask(way.body, way.purpose, way.on)
    leading = [rule for rule in rules if rule.leads_to(there)]
    if not leading:
        raise NotSent(Stop.RULE)
    if all(rule.used_on != way.on for rule in leading):
        EgressRule.objects.filter(pk__in=[each.pk for each in leading]).update(used_on=way.on)


def stands(right: Right) -> bool:
    """Whether whoever calls may do so still: the token holds, the gate allows no less."""
    decision = right.decision
    actor = _again(decision.actor)
    entry = Entry.objects.select_related("provider").filter(pk=decision.thing_id).first()
    if entry is None or not Service.objects.live().filter(entry=entry).exists():
        return False
    now = gate.decide(actor, ACTION, entry, decision.purpose)
    return now.allowed and not now.obligations.hides


def _again(actor: Actor) -> Actor:
    """Return who asked, as this party stands now; whoever has ended is a stranger."""
    if actor.token_id is None:
        return actor if actor.seat_id is None and actor.person_id is None else Actor.anyone()
    token = Token.objects.living(clock.now()).filter(pk=actor.token_id).first()
    return Actor.of_token(token) if token else Actor.anyone()


def give_sign(deliveries: "list[UUID]") -> None:
    """Say that these calls are under way still."""
    Delivery.objects.filter(pk__in=deliveries).update(seen_at=clock.now())


def note_reached(services: "list[UUID]") -> None:
    """Note at the government systems that answer these services that data passed."""
    found = GovernmentSystem.objects.filter(services__in=services)
    found.filter(succeeded_at__lt=clock.now() - timedelta(minutes=1)).note_success(clock.now())
    found.filter(succeeded_at=None).note_success(clock.now())
