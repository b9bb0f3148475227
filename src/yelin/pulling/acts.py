"""What may be done with places from which data is fetched: name one, change, try, pause it."""

import secrets

from procrastinate.contrib.django import app

from yelin.acts.frame import act
from yelin.catalog.content import UpdateCycle
from yelin.catalog.models import Entry, State
from yelin.keys.models import DataKey, Destroyed
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.outbound import sending
from yelin.outbound.models import Purpose
from yelin.outbound.sending import Way
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.models import Seat
from yelin.pulling import rules
from yelin.pulling.content import PullContent
from yelin.pulling.models import Pull, PullState, Run, RunState

MOST_SECRET = 20_000


@act("pulling.add", duty=duties.BRING_IN, subject="entry", surface=OUTSIDE, makes=True)
def add(*, actor: Actor, entry: Entry, content: PullContent, secret: str = "") -> Pull:
    """Name a place from which the data of an entry is fetched in turn (定时抽取).

    ``secret`` is the password, or an SFTP server's private key; it is shown to nobody again.
    Raises ``Incomplete``, also where no way out leads there; ``OutOfTurn`` for a draft.
    """
    if entry.state == State.DRAFT:
        raise OutOfTurn("Register the entry first; data is brought in from then on.")
    _require_fit(entry, content, secret)
    pull = Pull(entry=entry, content_kept=content.model_dump(mode="json"))
    _take(pull, actor, secret)
    pull.save()
    return pull


@act("pulling.amend", duty=duties.BRING_IN, subject="pull", surface=OUTSIDE)
def amend(*, actor: Actor, pull: Pull, content: PullContent, secret: str = "") -> Pull:
    """Change where data is fetched, or how often, from the actor's seat on.

    Without ``secret`` the one that was given stays, but for another server or user.

    Raises ``Incomplete``, ``OutOfTurn`` while it is being fetched.
    """
    _require_idle(pull)
    _require_fit(pull.entry, content, secret)
    if content.kind != pull.content.kind:
        says = "This is of another kind. Name another place, and pause this one."
        raise Incomplete.at("kind", says)
    before = _said(pull)
    if content.told_to != pull.content.told_to:
        if not secret and before.get("secret"):
            says = "The server or the user is another. Give the secret again."
            raise Incomplete.at("secret", says, duties.PROTECT)
        pull.host_key = ""
    else:
        secret = secret or before.get("secret", "")
    pull.content_kept = content.model_dump(mode="json")
    _take(pull, actor, secret, salt=before.get("salt", ""))
    pull.save()
    return pull


def _said(pull: Pull) -> dict[str, str]:
    try:
        return pull.said
    except Destroyed:
        return {}


def _take(pull: Pull, actor: Actor, secret: str, *, salt: str = "") -> None:
    pull.seat = Seat.objects.select_related("body").get(pk=actor.seat_id)
    pull.sealed_by = DataKey.objects.of(pull.entry.thing, at=clock.now())
    pull.said = {"secret": secret, "salt": salt or secrets.token_hex(16)}
    pull.failures = 0
    pull.put_off()


def _require_fit(entry: Entry, content: PullContent, secret: str) -> None:
    faults = list(rules.faults(content, UpdateCycle(entry.update_cycle)))
    if faults:
        raise Incomplete(faults)
    if len(secret) > MOST_SECRET or "\x00" in secret:
        raise Incomplete.at("secret", "This is no password and no private key.")
    way = Way(entry.provider_id, Purpose.PULL, clock.today())
    if not sending.leads(content.there, way):
        raise Incomplete.at(
            "address" if content.address else "host",
            "No way out for fetched data leads there. An officer of your body asks for one under"
            " “Ways out”.",
            duties.PROTECT,
        )


@act("pulling.trust", duty=duties.PROTECT, subject="pull", surface=OUTSIDE)
def trust(*, actor: Actor, pull: Pull, fingerprint: str) -> Pull:
    """Trust the key that an SFTP server showed when it was tried last, by its fingerprint.

    Raises ``Incomplete`` where it showed another.
    """
    del actor
    last = pull.runs.filter(is_trial=True).first()
    shown = last.found.get("host_key", "") if last else ""
    if not shown or rules.fingerprint_of(shown) != fingerprint.strip():
        raise Incomplete.at(
            "fingerprint", "The server showed no such key. Try the connection again."
        )
    pull.host_key = shown
    pull.save(update_fields=["host_key"])
    return pull


@act("pulling.try_out", duty=duties.BRING_IN, subject="pull", surface=OUTSIDE)
def try_out(*, actor: Actor, pull: Pull) -> Pull:
    """Have the connection tried: whether it is reached, lets us in and has what is asked for.

    Nothing is brought in. Raises ``OutOfTurn`` while it is being fetched.
    """
    del actor
    _require_idle(pull)
    _begin(pull, is_trial=True)
    return pull


@act("pulling.fetch", duty=duties.BRING_IN, subject="pull", surface=OUTSIDE | {Surface.SYSTEM})
def fetch(*, actor: Actor, pull: Pull) -> Pull:
    """Have the data fetched now. Raises ``OutOfTurn`` while it is being fetched, or paused."""
    del actor
    _require(pull, PullState.RUNNING)
    _require_idle(pull)
    pull.put_off()
    pull.save(update_fields=["next_at"])
    _begin(pull, is_trial=False)
    return pull


def _begin(pull: Pull, *, is_trial: bool) -> None:
    run = Run.objects.create(pull=pull, is_trial=is_trial, begun_at=clock.now())
    # In the act's own transaction: no run without its job, no job without its run.
    app.configure_task("pulling.run", lock=f"pull {pull.pk}").defer(run=run.pk)


@act("pulling.pause", duty=duties.BRING_IN, subject="pull", surface=OUTSIDE)
def pause(*, actor: Actor, pull: Pull) -> Pull:
    """Have nothing fetched until it is resumed; what was brought in stays. Raises ``OutOfTurn``."""
    del actor
    _require(pull, PullState.RUNNING)
    pull.state = PullState.PAUSED
    pull.save(update_fields=["state"])
    return pull


@act("pulling.resume", duty=duties.BRING_IN, subject="pull", surface=OUTSIDE)
def resume(*, actor: Actor, pull: Pull) -> Pull:
    """Have data fetched in turn again, from the actor's seat on. Raises ``OutOfTurn``."""
    _require(pull, PullState.PAUSED)
    pull.seat = Seat.objects.select_related("body").get(pk=actor.seat_id)
    pull.state, pull.failures = PullState.RUNNING, 0
    pull.put_off()
    pull.save(update_fields=["state", "seat", "failures", "next_at"])
    return pull


def _require(pull: Pull, state: PullState) -> None:
    if pull.state != state:
        raise OutOfTurn("This place is at another step by now. Look at its page.")


def _require_idle(pull: Pull) -> None:
    if pull.runs.filter(state=RunState.RUNNING).exists():
        raise OutOfTurn("It is being fetched in this moment.")
