"""Acts about where one is told: opening channels, confirming, closing them; calendar feeds.

They stand here and not in the room ``notices``, because that room lies beneath the frame.
"""

import re
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import constant_time_compare

from yelin.acts.egress import require_way
from yelin.acts.frame import act
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.notices.events import event
from yelin.notices.models import Channel, Feed, Kind, Scope
from yelin.notices.telling import tell_by
from yelin.outbound.models import Purpose
from yelin.parties.actor import Actor, Surface
from yelin.parties.models import Person

CODE_SENT = event(
    "channel.code_sent", "Confirm this address with the code that was sent to it.", urgent=True
)
MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")


@act(
    "notices.open_channel",
    duty=duties.COLLECT_LAWFULLY,
    subject="person",
    surface={Surface.PAGE},
    makes=True,
    clashes={"notices_one_open_channel": Fault("address", "You are told at this address already.")},
)
def open_channel(
    *, actor: Actor, person: Person, kind: str, address: str, language: str, scope: str
) -> Channel:
    """Be told at an address too, once the code that is sent there was entered.

    A webhook needs no code: the egress rule of the actor's body lets it go. Raises ``Incomplete``
    for what is no address, no rule leads to, or is open already.
    """
    channel = Channel(
        person=person.thing,
        kind=kind,
        address=_address(kind, address.strip()),
        language=language,
        scope=_scope(scope),
        opened_at=clock.now(),
    )
    if kind == Kind.WEBHOOK:
        channel.body_id = _sending_body(actor, channel.address)
        channel.confirmed_at = clock.now()
    channel.save()
    if channel.confirmed_at is None:
        tell_by(channel, CODE_SENT, at=clock.now())
    return channel


def _address(kind: str, text: str) -> str:
    if kind == Kind.MAIL:
        try:
            validate_email(text)
        except ValidationError:
            raise Incomplete.at("address", "This is no mail address.") from None
        return text
    if kind == Kind.SMS:
        found = MOBILE.fullmatch(re.sub(r"[\s-]", "", text))
        if found is None:
            raise Incomplete.at("address", "This is no mobile number of eleven digits.")
        return found[1]
    if kind == Kind.WEBHOOK:
        return text
    raise Incomplete.at("kind", "Choose mail, text message or webhook.")


def _scope(text: str) -> str:
    if text not in Scope.values:
        raise Incomplete.at("scope", "Choose which notices are sent there.")
    return text


def _sending_body(actor: Actor, url: str) -> UUID:
    if actor.body_id is None:
        raise Incomplete.at("kind", "A webhook goes out for a body: choose a seat to act in.")
    require_way(url, body=actor.body_id, purpose=Purpose.NOTICE)
    return actor.body_id


@act(
    "notices.confirm_channel",
    duty=duties.COLLECT_LAWFULLY,
    subject="channel",
    surface={Surface.PAGE},
)
def confirm_channel(*, actor: Actor, channel: Channel, code: str) -> Channel:
    """Show with the code that one reads what is sent to the address.

    Raises ``Incomplete`` for another code, ``OutOfTurn`` for a channel that does not wait.
    """
    del actor
    if channel.closed_at is not None or channel.confirmed_at is not None:
        raise OutOfTurn("This address does not wait for its code any more.")
    if not constant_time_compare(code.strip().upper(), channel.code):
        raise Incomplete.at("code", "This is not the code that was sent to the address.")
    channel.confirmed_at = clock.now()
    channel.save()
    return channel


@act(
    "notices.limit_channel", duty=duties.COLLECT_LAWFULLY, subject="channel", surface={Surface.PAGE}
)
def limit_channel(*, actor: Actor, channel: Channel, scope: str) -> Channel:
    """Choose which notices a channel carries. Raises ``OutOfTurn`` for a closed one."""
    del actor
    if channel.closed_at is not None:
        raise OutOfTurn("This channel is closed already.")
    channel.scope = _scope(scope)
    channel.save()
    return channel


@act(
    "notices.close_channel", duty=duties.COLLECT_LAWFULLY, subject="channel", surface={Surface.PAGE}
)
def close_channel(*, actor: Actor, channel: Channel) -> Channel:
    """Be told there no more; the address is erased. Raises ``OutOfTurn`` for a closed channel."""
    del actor
    if channel.closed_at is not None:
        raise OutOfTurn("This channel is closed already.")
    channel.address = ""
    channel.closed_at = clock.now()
    channel.save()
    return channel


@act("notices.issue_feed", duty=duties.GOVERN, subject="person", surface={Surface.PAGE}, makes=True)
def issue_feed(*, actor: Actor, person: Person, secret: str) -> Feed:
    """Let whoever knows ``secret`` read one's running terms as a calendar."""
    del actor
    return Feed.objects.create(
        person=person.thing,
        hint=secret[:8],
        digest=Feed.digest_of(secret),
        made_at=clock.now(),
    )


@act("notices.revoke_feed", duty=duties.GOVERN, subject="feed", surface={Surface.PAGE})
def revoke_feed(*, actor: Actor, feed: Feed) -> Feed:
    """End a calendar feed now. Raises ``OutOfTurn`` for one that has ended."""
    del actor
    if feed.ended_at is not None:
        raise OutOfTurn("This calendar address has ended already.")
    feed.ended_at = clock.now()
    feed.save()
    return feed
