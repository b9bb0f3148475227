"""What may be done on the exchange: ask for data, let it go on, extract it, have it verified."""

import secrets
from datetime import date

from yelin import gate
from yelin.acts.attaching import hang
from yelin.acts.egress import require_way
from yelin.acts.frame import act
from yelin.acts.step_up import StepUp
from yelin.cases.filing import file
from yelin.cases.models import Case
from yelin.catalog.models import Entry, State
from yelin.exchange import operations, telling
from yelin.exchange.answering import Answering, Watch
from yelin.exchange.extract import TWO_PEOPLE_FROM, Sought, faults
from yelin.exchange.issuing import issue
from yelin.exchange.models import Circuit, Extract, MessageKey, Seal, Service
from yelin.exchange.operations import ServiceContent
from yelin.exchange.request import REQUEST, Wanted
from yelin.exchange.rules import Level
from yelin.files.examined import Files
from yelin.gate.models import Grant, Hold
from yelin.keys import messages
from yelin.keys.models import DataKey
from yelin.keys.seals import Seal as Sealing
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.ledger.entry import SALT_SIZE
from yelin.outbound.models import Purpose
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.models import Body, Token
from yelin.registers.models import GovernmentSystem
from yelin.things.models import Subject, Thing

SYSTEM = {Surface.SYSTEM}
_STOPPED = "So many questions met nothing, or neighbours: it looks like enumeration and is stopped."


@act("exchange.request", duty=duties.SHARING_ASK, subject="entry", surface=OUTSIDE, makes=True)
def request(*, actor: Actor, entry: Entry, asked: Wanted, attached: Files = ()) -> Case:
    """Ask for data that is shared on conditions: the items needed, for what, until when (共享申请).

    Raises ``Incomplete`` with every fault.
    """
    said = asked.model_dump(mode="json")
    case = file(REQUEST, about=entry, applicant=actor.party_id, asked=said)
    hang(case, actor, attached)
    return case


@act("exchange.renew", duty=duties.SHARING_ASK, subject="grant", surface=OUTSIDE, makes=True)
def renew(*, actor: Actor, grant: Grant, until: date, scenario: str = "") -> Case:
    """Ask that a grant goes on, with all else as it was asked before (续期).

    ``scenario`` says anew in which work the data is used. Raises ``OutOfTurn`` for a grant that has
    ended or has no end, ``Incomplete`` for a day that is no later.
    """
    if grant.until is None or grant.state_at(clock.now()) != "live":
        raise OutOfTurn("Only a grant that runs, and will end, is renewed.")
    if grant.last_day is not None and until <= grant.last_day:
        says = "Name a day after the last one of what you have."
        raise Incomplete.at("until", says, duties.SHARING_ASK)
    before = Case.objects.select_related("about").get(pk=grant.given_in_id)
    asked = before.asked | {"until": until, "renews": grant.pk}
    if scenario.strip():
        asked["scenario"] = scenario
    return file(REQUEST, about=before.matter, applicant=actor.party_id, asked=asked)


@act("exchange.answer", duty=duties.VERIFY_ONLINE, subject="entry", surface=OUTSIDE, makes=True)
def answer(*, actor: Actor, entry: Entry, tells_missing: bool) -> Answering:
    """Say whether whoever verifies is told that there is no such record (应答方式).

    Where they are not, a record that is missing and one that differs look the same.
    """
    del actor
    told, _ = Answering.objects.update_or_create(
        entry=entry, defaults={"tells_missing": tells_missing}
    )
    return told


@act("exchange.note_enumeration", duty=duties.PROTECT, subject="entry", surface=SYSTEM)
def note_enumeration(*, actor: Actor, entry: Entry, asker: Subject) -> Subject:
    """Tell the provider and the operator of what looks like enumeration (枚举预警).

    ``asker`` is the grant, or else the seat, by which it was asked. Raises ``OutOfTurn`` where they
    were told in this hour.
    """
    del actor
    _rise(Level.ALARM, asker, entry)
    telling.tell_both(telling.ENUMERATED, entry)
    return asker


@act("exchange.stop_verification", duty=duties.PROTECT, subject="entry", surface=SYSTEM, makes=True)
def stop_verification(*, actor: Actor, entry: Entry, asker: Subject) -> Hold:
    """Stop verification by a grant, or else by a seat, until the provider has looked (枚举中止).

    Raises ``OutOfTurn`` where it was stopped in this hour.
    """
    del actor
    _rise(Level.STOP, asker, entry)
    telling.tell_both(telling.STOPPED, entry)
    return gate.hold(
        asker,
        duty=duties.PROTECT,
        reason=_STOPPED,
        actions=["resource.verify"],
        placed_by=entry.provider_id,
    )


def _rise(level: Level, asker: Subject, entry: Entry) -> None:
    if not Watch.raise_to(level, asker, entry):
        raise OutOfTurn("This is known already.")


@act("exchange.extract", duty=duties.SHARING_EXTRACT, subject="entry", surface=OUTSIDE, makes=True)
def extract(*, actor: Actor, entry: Entry, sought: Sought) -> Extract:
    """Issue a record, or the answer to a question, under seal with the force of paper (电子凭证).

    Of the highest grade it waits for ``exchange.issue_extract``, which takes two people, and no row
    is read before.

    Raises ``Incomplete`` for what is not said, for no rows or too many, and what a query raises.
    """
    if wrong := list(faults(sought)):
        raise Incomplete(wrong)
    now = clock.now()
    thing = Thing.objects.create(kind=Extract.KIND)
    made = Extract(
        thing=thing,
        entry=entry,
        seat_id=actor.seat_id,
        purpose=sought.purpose,
        asked_at=now,
        sealed_by=DataKey.objects.of(thing, now),
        salt=secrets.token_bytes(SALT_SIZE),
    )
    made.sought = sought.model_dump(mode="json")
    made.save(force_insert=True)
    if (entry.grade or 0) < TWO_PEOPLE_FROM:
        issue(actor, made)
    else:
        # Nobody asks a second person for what the first may not have.
        _require_read(actor, made)
    return made


@act(
    "exchange.issue_extract",
    duty=duties.SHARING_EXTRACT,
    subject="extract",
    surface=OUTSIDE,
    step_up=StepUp.SECOND_PERSON,
)
def issue_extract(*, actor: Actor, extract: Extract) -> Extract:
    """Issue an extract of data of the highest grade: one official proposes it, another approves.

    Raises ``OutOfTurn`` for one that was issued, and what ``exchange.extract`` raises.
    """
    if extract.issued_at is not None:
        raise OutOfTurn("This extract was issued already.")
    issue(actor, extract)
    return extract


@act("exchange.revoke_extract", duty=duties.SHARING_EXTRACT, subject="extract", surface=OUTSIDE)
def revoke_extract(*, actor: Actor, extract: Extract, reason: str) -> Extract:
    """Take an extract back: whoever verifies it is told, and what it said is destroyed (作废).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` for one that does not hold.
    """
    del actor
    if not reason.strip():
        raise Incomplete.at("reason", "Say why it is taken back.", duties.SHARING_EXTRACT)
    extract.revoke(reason.strip()[:500])
    return extract


@act(
    "exchange.bring_seal",
    duty=duties.SIGN,
    subject="body",
    surface={Surface.PAGE},
    step_up=StepUp.RECENT_LOGIN,
    makes=True,
    clashes={
        "exchange_one_seal_of_a_body": Fault(
            "container", "The body has a seal already. End that one first.", duties.SIGN
        )
    },
)
def bring_seal(*, actor: Actor, body: Body, seal: Sealing) -> Seal:
    """Seal what the body issues under its own certificate from now on (电子印章).

    Raises ``Incomplete`` for a certificate that is not valid today.
    """
    del actor
    now = clock.now()
    if not seal.chain[0].not_valid_before_utc <= now < seal.until:
        raise Incomplete.at("container", "The certificate is not valid today.", duties.SIGN)
    thing = Thing.objects.create(kind=Seal.KIND)
    made = Seal(thing=thing, body=body, brought_at=now, sealed_by=DataKey.objects.of(thing, now))
    made.keep(seal)
    made.save(force_insert=True)
    return made


@act(
    "exchange.end_seal",
    duty=duties.SIGN,
    subject="seal",
    surface={Surface.PAGE},
    step_up=StepUp.RECENT_LOGIN,
)
def end_seal(*, actor: Actor, seal: Seal) -> Seal:
    """Seal nothing under a body's certificate any more, and destroy its key; extracts stay.

    Raises ``OutOfTurn`` for one that has ended.
    """
    del actor
    seal.end()
    return seal


@act(
    "exchange.offer_service",
    duty=duties.SYSTEMS_CONNECT,
    subject="entry",
    surface=OUTSIDE,
    makes=True,
    clashes={
        "exchange_one_service_of_an_entry": Fault(
            "entry", "This resource has a service already. End that one first."
        )
    },
)
def offer_service(
    *,
    actor: Actor,
    entry: Entry,
    content: ServiceContent,
    secret: str = "",
    system: GovernmentSystem | None = None,
) -> Service:
    """Let others call an API of the providing body through the platform (服务接口).

    ``secret`` is what the API is shown in its header; it is shown to nobody again.

    Raises ``Incomplete``, also where no way out leads there; ``OutOfTurn`` for a draft.
    """
    if entry.state == State.DRAFT:
        raise OutOfTurn("Register the entry first; its service is offered from then on.")
    if wrong := list(operations.faults(content, secret)):
        raise Incomplete(wrong)
    require_way(content.address, body=entry.provider_id, purpose=Purpose.RELAY)
    if system is not None and system.body_id != entry.provider_id:
        raise Incomplete.at("system", "Choose a system of the providing body.")
    made = Service(
        entry=entry,
        seat_id=actor.seat_id,
        system=system,
        content_kept=content.model_dump(mode="json"),
        sealed_by=DataKey.objects.of(entry.thing, at=clock.now()),
        offered_at=clock.now(),
    )
    made.said = {"secret": secret}
    made.save()
    Circuit.objects.create(service=made)
    return made


@act("exchange.end_service", duty=duties.SYSTEMS_CONNECT, subject="service", surface=OUTSIDE)
def end_service(*, actor: Actor, service: Service) -> Service:
    """Offer a service no more, and forget its credential (停止服务). Raises ``OutOfTurn``."""
    del actor
    service.end()
    return service


@act(
    "exchange.register_key",
    duty=duties.SIGN,
    subject="token",
    surface={Surface.PAGE},
    step_up=StepUp.RECENT_LOGIN,
    makes=True,
    clashes={
        "exchange_one_live_message_key": Fault("public_key", "The token has this key already.")
    },
)
def register_key(*, actor: Actor, token: Token, public_key: str) -> MessageKey:
    """Take requests by a token as signed where this key of its program has signed (报文签名).

    Raises ``Incomplete`` for what is no Ed25519 key in PEM, ``OutOfTurn`` for an ended token.
    """
    del actor
    if token.expires_at <= clock.now():
        raise OutOfTurn("This token has ended.")
    try:
        public = messages.public_key_in(public_key)
    except ValueError:
        says = "Paste a public Ed25519 key in PEM, from BEGIN PUBLIC KEY on."
        raise Incomplete.at("public_key", says, duties.SIGN) from None
    made = MessageKey.of(token, public)
    made.save()
    return made


@act("exchange.end_key", duty=duties.SIGN, subject="key", surface=OUTSIDE)
def end_key(*, actor: Actor, key: MessageKey) -> MessageKey:
    """Take no signature by this key any more (注销公钥). Raises ``OutOfTurn``."""
    del actor
    key.end()
    return key


def _require_read(actor: Actor, extract: Extract) -> None:
    decision = gate.decide(actor, "resource.read", extract.entry, extract.purpose)
    decision.must_allow("resource.read", extract.entry_id)
