"""A call of a service: whether it may be made, by whom it is signed, and what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from yelin import gate
from yelin.catalog import reads
from yelin.catalog.models import Entry
from yelin.delivery import handing, meter, pace
from yelin.delivery.handing import Call, Notes, PurposeMissing
from yelin.delivery.models import Channel, Delivery, Outcome, Tally
from yelin.exchange.operations import ServiceContent
from yelin.exchange.services import Circuit, MessageKey, Seen, Service
from yelin.gate import Decision
from yelin.keys import messages
from yelin.keys.messages import AHEAD, WINDOW, NotSigned
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn, Unlawful
from yelin.outbound.models import EgressRule
from yelin.outbound.rules import Destination, NotSent, Stop
from yelin.parties.actor import Actor
from yelin.parties.models import Token
from yelin.registers.models import GovernmentSystem
from yelin.things.prepared import Prepared

# What each call asks is composed once: for a row or two that takes longer than the answer.
_SERVICE = Prepared(
    lambda: Service.objects.live().select_related("sealed_by", "circuit").filter(entry=UUID(int=0))
)
_RULES = Prepared(lambda: EgressRule.objects.in_force(UUID(int=0), "", date.min))

ACTION = "service.call"
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
class Admitted:
    """A call that may be made: where it leads, what it shows there, and as what it counts."""

    entry: Entry
    service: UUID
    content: ServiceContent
    secret: str
    decision: Decision
    circuit: Circuit
    delivery: Delivery | None
    notes: Notes
    purpose: str
    signed_by: str

    @property
    def url(self) -> str:
        """The address below which the service lies."""
        return self.content.base


def admit(actor: Actor, code: str, asked: Asked, call: Call) -> Admitted:
    """Return the call that may be made of the service of the resource that has this ``code``.

    Whoever is answered is counted from now on, even if nothing comes of it. Raises ``Unseen``,
    ``NoService``, ``NotOffered``, ``Refused``, ``Unlawful``, ``PurposeMissing``, ``NotSigned``,
    ``NotSent`` where no way leads there any more, ``Resting``, and ``TooOften``.
    """
    entry = reads.get(actor, code=code)
    decision = gate.decide(actor, ACTION, entry, call.purpose).must_allow(ACTION, entry.pk)
    found = next(iter(_SERVICE.ask(entry.pk)), None)
    if found is None:
        raise NoService
    found.entry = entry
    content = found.content
    content.require(asked.request.method, asked.path)
    if actor.only_reads and asked.request.method not in {"GET", "HEAD"}:
        raise Unlawful(duties.GOVERN, "This token only reads. Make one that may act, too.")
    if decision.obligations.hides:
        raise OutOfTurn("Parts of this resource stay behind, and a service is called as a whole.")
    if handing.must_name(decision):
        raise PurposeMissing({str(entry.code): decision.purposes})
    signed_by = _signed_by(actor, asked, must=content.signed)
    _require_way(found)
    if not found.circuit.lets_through(2 * content.seconds):
        raise Resting(found.circuit.wait)
    limit = handing.limit_of(decision, entry, call)
    left = pace.take(limit) if limit else None
    purpose = handing.purpose_of(decision)
    question = {"method": asked.request.method, "target": asked.request.url}
    delivery = meter.named(decision, entry, Channel.CALL, question, purpose=purpose)
    if delivery is not None:
        delivery.save(force_insert=True)
    return Admitted(
        entry=entry,
        service=found.pk,
        content=content,
        secret=found.said.get("secret", ""),
        decision=decision,
        circuit=found.circuit,
        delivery=delivery,
        notes=Notes(delivery.pk if delivery else None, left=left),
        purpose=purpose,
        signed_by=signed_by,
    )


def _require_way(service: Service) -> None:
    there, way = Destination.parse(service.content.address), service.way
    rules = _RULES.ask(way.body, way.purpose, way.on)
    leading = [rule for rule in rules if rule.leads_to(there)]
    if not leading:
        raise NotSent(Stop.RULE)
    if all(rule.used_on != way.on for rule in leading):
        EgressRule.objects.filter(pk__in=[each.pk for each in leading]).update(used_on=way.on)


def _signed_by(actor: Actor, asked: Asked, *, must: bool) -> str:
    """Return the id of the key that signed the request; none where none did and none ``must``.

    It is a key of the very token by which it is asked. Raises ``NotSigned``.
    """
    if not {"signature", "signature-input"} & {name.lower() for name, _ in asked.request.headers}:
        if must:
            raise NotSigned("This service takes signed requests only (RFC 9421).")
        return ""
    now = clock.now()
    required = [*_COVERED, *(("content-digest",) if asked.has_content else ())]
    verified = messages.verify(asked.request, _finder(actor), required=required, at=now)
    if not Seen.first(verified.signature, now + WINDOW + AHEAD):
        raise NotSigned("This very signature has come before. Sign each message anew.")
    return verified.key_id


def _finder(actor: Actor) -> Callable[[str], bytes | None]:
    def find(name: str) -> bytes | None:
        if actor.token_id is None:
            return None
        keys = MessageKey.objects.live().filter(token=actor.token_id, name=name)
        public = keys.values_list("public", flat=True).first()
        return bytes(public) if public is not None else None

    return find


@dataclass(frozen=True, slots=True)
class Exchanged:
    """Both messages by their digests: what the ledger commits to, under the salt of the call."""

    request: Mapping[str, str]
    answer: Mapping[str, str | int] | None
    size: int


def finish(admitted: Admitted, made: Exchanged) -> None:
    """Count a call as answered, before its answer leaves or once all of it has."""
    delivery = admitted.delivery
    if delivery is None:
        Tally.count(of={"entry": admitted.entry}, queries=1)
    else:
        _commit(delivery, made)
        if not delivery.end(Outcome.FINISHED, size=made.size):
            return
    meter.HANDED_OUT.labels(Channel.CALL).inc()


def cut(admitted: Admitted, made: Exchanged) -> None:
    """Note that a call came to nothing, or that its answer broke off after so many bytes."""
    if admitted.delivery is not None:
        _commit(admitted.delivery, made)
        if admitted.delivery.end(Outcome.CUT, size=made.size):
            meter.HANDED_OUT.labels("cut").inc()


def _commit(delivery: Delivery, made: Exchanged) -> None:
    delivery.asked = delivery.asks(dict(made.request))
    delivery.answer = delivery.asks(dict(made.answer)) if made.answer else None


def stands(decision: Decision, code: str) -> bool:
    """Whether whoever calls may do so still: the token holds, the gate allows no less."""
    actor = _again(decision.actor)
    entry = Entry.objects.select_related("provider").filter(code=code).first()
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
