"""What is sent to a subscriber: one message after the other, each until it was taken.

A release is told of in a word, or its rows go in numbered parts, of which the last one closes it.
Before each message the gate is asked anew; each part is a delivery of its own.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from yelin.config import config
from yelin.delivery import meter, opening, pace, reads, steps, telling
from yelin.delivery.models import Channel, DeadLetter, Delivery, Reached, Subscription, Wants
from yelin.delivery.opening import Call, Notes, PurposeMissing
from yelin.delivery.parts import Parts
from yelin.delivery.steps import Step
from yelin.gate import Decision
from yelin.keys.models import Destroyed
from yelin.law import clock
from yelin.notices import webhooks
from yelin.notices.telling import tell
from yelin.notices.webhooks import Word
from yelin.outbound.models import Purpose
from yelin.outbound.rules import Destination
from yelin.registers.models import GovernmentSystem
from yelin.warehouse.engine import TooMuch
from yelin.warehouse.query import Unfulfillable

# After so many messages, others have their turn.
MOST = 200
LINES = "application/x-ndjson"
# Why a message is not made at all, by the code of what went wrong.
_UNSENT: dict[type[Exception], str] = {
    Unfulfillable: "terms",
    PurposeMissing: "purpose",
    TooMuch: "unmade",
}


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent next, about which release; once taken, the subscriber has ``reached`` this.

    A ``part`` holds ``rows``, and counts as a ``delivery`` where these are not open to all.
    """

    word: Word
    release: int
    reached: Reached
    part: int = 0
    rows: int = 0
    delivery: Delivery | None = None


class Pushing:
    """A turn of sending to one subscriber."""

    def __init__(self, subscription: UUID) -> None:
        self._pk = subscription
        self._parts: Parts | None = None

    def go_on(self) -> timedelta | None:
        """Send what is new until all was taken; return after what wait to go on, if by itself.

        A worker killed on the way sends again: what was taken may come twice, under one number.
        """
        for _ in range(MOST):
            found = Subscription.objects.live().select_related(*Subscription.ALONG)
            each = found.filter(pk=self._pk).first()
            decision = reads.decided(each) if each else None
            if not each or not decision or not decision.allowed:
                return None
            try:
                message = self._next(each, decision)
            except pace.TooOften as limit:
                return timedelta(seconds=limit.left.seconds)
            except tuple(_UNSENT) as fault:
                return _failed(each, _unsent(each), _UNSENT[type(fault)])
            except Destroyed:
                # In this very moment; what comes next is another then.
                continue
            if message is None:
                return None
            failure = _send(each, message)
            if failure:
                return _failed(each, message, failure)
            _note_taken(each, message)
        return timedelta()

    def _next(self, each: Subscription, decision: Decision) -> Message | None:
        if each.wants == Wants.NEWS:
            release = reads.releases_since(each.entry, each.told).first()
            if release is None:
                return None
            word = Word.of(f"yelin-{each.pk}-{release.number}", telling.of(release))
            return Message(word, release.number, Reached(release.number))
        step = steps.following(each.entry, each.held, decision)
        if step is None:
            return None
        if not step.has_rows:
            return _files(each, step)
        parts = self._cut(step)
        sent = each.part if each.step == parts.name else 0
        return _part(each, step, parts, sent + 1)

    def _cut(self, step: Step) -> Parts:
        if self._parts is None or self._parts.name != step.name:
            self._parts = Parts.of(step)
        return self._parts


def _part(each: Subscription, step: Step, parts: Parts, number: int) -> Message:
    """Return part ``number`` of a step, which counts as a delivery. Raises ``TooOften``.

    The last one closes the step: it says what all parts are together.
    """
    decision, release = step.decision, step.release
    asked = {"subscription": str(each.pk), "step": parts.name, "part": number}
    found = opening.open_decided(
        decision, each.entry, release.number, Call(each.purpose), Channel.PUSH, asked
    )
    lines, of = parts.part(number), len(parts.begins)
    head = {
        **telling.part(each, step, parts.name, number, of),
        "digest": hashlib.sha256(lines).hexdigest(),
        "keys": list(parts.keys),
        "change": parts.change,
        "cells": parts.cells,
        "watermark": found.notes.watermark or None,
    }
    if number == of:
        all_of_it = {"rows": parts.lines.rows, "digest": parts.digest}
        head |= {"all": all_of_it, "published": telling.of(release)["data"]}
        reached = _reached(step)
    else:
        reached = replace(each.reached, step=parts.name, part=number)
    word = Word(
        f"yelin-{each.pk}-{release.number}-{parts.name[:32]}-{number}",
        webhooks.plain(head) + b"\n" + lines,
        LINES,
        _beside(found.told()),
    )
    return Message(word, release.number, reached, number, lines.count(b"\n"), found.delivery)


def _beside(notes: Notes) -> dict[str, str]:
    """Return what is told beside a part, for it is another at each try."""
    base = f"{config.url}/api/v1/deliveries/{notes.receipt}"
    said = {
        "x-yelin-receipt": f"{base}/receipt" if notes.receipt else "",
        "x-yelin-under-check": ", ".join(mark.doubt for mark in notes.marks),
    }
    return {name: value for name, value in said.items() if value}


def _files(each: Subscription, step: Step) -> Message:
    """Return the word that a release of files is there; they are fetched."""
    name, release = step.name, step.release
    head = {**telling.part(each, step, name, 1, 1), "published": telling.of(release)["data"]}
    word = Word(f"yelin-{each.pk}-{release.number}-{name[:32]}", webhooks.plain(head), LINES)
    return Message(word, release.number, _reached(step))


def _reached(step: Step) -> Reached:
    after = step.after
    return Reached(after.told, after.redactions, after.bears)


def _send(each: Subscription, message: Message) -> str:
    """Try once; return nothing where it was taken, else the code of what went wrong."""
    going = meter.begin(each.entry, message.delivery, message.rows) if message.part else None
    failure = webhooks.post(
        message.word,
        each.address,
        body=each.seat.body_id,
        purpose=Purpose.DELIVERY,
        at=clock.now(),
    )
    if going and failure:
        going.cut()
    elif going:
        going.finish(len(message.word.content))
    return failure


def _note_taken(each: Subscription, message: Message) -> None:
    with transaction.atomic():
        each.arrive(message.reached)
        there = Destination.parse(each.address)
        GovernmentSystem.objects.reached_at(there, each.seat.body_id).note_success(clock.now())


def _failed(each: Subscription, message: Message, failure: str) -> timedelta | None:
    """Note what went wrong; after the last wait, lay the message down and tell who subscribed."""
    with transaction.atomic():
        wait = each.fail(failure)
        if wait is not None:
            return wait
        now = clock.now()
        letter = DeadLetter(
            subscription=each,
            number=message.word.number,
            release=message.release,
            part=message.part,
            failure=failure,
            dead_at=now,
            tried_at=now,
        )
        if DeadLetter.objects.lay(letter):
            tell(
                telling.STANDS,
                to=[each.seat.person_id],
                about=each,
                at=now,
                params={"code": str(each.entry.code), "release": message.release},
            )
    return None


def _unsent(each: Subscription) -> Message:
    """Return what stands for the message that could not be made."""
    return Message(Word(f"yelin-{each.pk}-{each.told + 1}", b""), each.told + 1, each.reached)
