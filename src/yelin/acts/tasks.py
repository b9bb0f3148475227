"""Jobs of the rooms on this floor: terms counted anew, mail on its way, what time ends."""

from uuid import UUID

import structlog
from django.db import transaction
from procrastinate.contrib.django import app

from yelin.acts import accounts, logins, proposals, refused, registering, repetition, terms
from yelin.acts.models import Proposal, ProposalState, RefusalCount
from yelin.law import clock
from yelin.law.models import Clock
from yelin.law.refusals import OutOfTurn
from yelin.notices.carrying import carry, mail_link, mail_sign_up
from yelin.notices.models import Channel, Delivery, DeliveryState, SignUp
from yelin.parties.actor import Actor
from yelin.parties.models import Person

log = structlog.get_logger(__name__)

CLOCK = Actor.system("clock")
MAIL = Actor.system("mail")


@app.periodic(cron="7 3 * * *")
@app.task(name="terms.recount", queueing_lock="terms.recount", pass_context=False)
def recount(timestamp: int = 0) -> None:
    """Count every running term anew, each day and whenever the worker starts.

    A notice comes with a newer pack, so with a start; one that was changed moves settled terms too.
    """
    del timestamp
    running = Clock.objects.running().select_related("thing").prefetch_related("pauses")
    for each in running.iterator(chunk_size=1000):
        if clock.recount(each) == each.end:
            continue
        try:
            terms.recount(actor=CLOCK, thing=each.thing, running=each)
        except OutOfTurn:
            # Ended or counted anew in this very moment.
            continue


@app.task(name="notices.deliver", queue="sending")
def deliver(*, delivery: int) -> None:
    """Try to deliver a notice by one channel, and have it tried again where that failed.

    A worker killed on the way tries again: what arrived may arrive twice, under the same number.
    """
    row = Delivery.objects.select_related("notice__about", "channel").get(pk=delivery)
    if row.state != DeliveryState.WAITING:
        return
    failure = carry(row, clock.now())
    with transaction.atomic():
        wait = row.settle(failure, clock.now())
        if wait is not None:
            task = app.configure_task(
                "notices.deliver", schedule_in={"seconds": wait.total_seconds()}
            )
            task.defer(delivery=delivery)


@app.task(name="accounts.send_link", queue="sending")
def send_link(*, person: str) -> None:
    """Send whoever lost the password a link, to each mail address that they confirmed.

    The page asks for it whatever login was typed, so that its answer tells nothing: often there is
    nobody, or nobody who may have one.
    """
    channels = list(Channel.objects.mailing(UUID(person)))
    found = Person.objects.select_related("user").filter(pk=UUID(person)).first()
    if found is None or not channels:
        return
    try:
        accounts.send_link(actor=MAIL, person=found)
    except OutOfTurn:
        return
    assert found.user is not None  # noqa: S101 - the act holds it
    parts = logins.one_time(found.user, logins.MAILED)
    for channel in channels:
        if not mail_link(channel, parts):
            # They ask again; what the server said may quote the address.
            log.warning("link_not_sent", channel=str(channel.pk))


@app.task(name="accounts.welcome", queue="sending")
def welcome(*, asked: str) -> None:
    """Send whoever asked for an account the way to it, or to the one that they have."""
    row = SignUp.objects.filter(pk=UUID(asked)).first()
    if row is not None and not mail_sign_up(row, registering.logins_at(row.address)):
        # They ask again; what the server said may quote the address.
        log.warning("sign_up_not_sent", sign_up=asked)


@app.periodic(cron="*/10 * * * *")
@app.task(name="acts.expire_proposals", queueing_lock="acts.expire_proposals")
def expire_proposals(timestamp: int) -> None:
    """End every proposal that nobody approved in its time."""
    del timestamp
    late = Proposal.objects.filter(state=ProposalState.WAITING, until__lt=clock.now())
    for proposal in late.order_by("until"):
        try:
            proposals.expire(actor=CLOCK, proposal=proposal)
        except OutOfTurn:
            # Another sweep was faster.
            continue


@app.periodic(cron="*/5 * * * *")
@app.task(name="acts.close_refusals", queueing_lock="acts.close_refusals")
def close_refusals(timestamp: int) -> None:
    """Close every hour of counted refusals that has ended and has no leaf yet."""
    del timestamp
    for count in RefusalCount.ended():
        try:
            refused.close_hour(actor=CLOCK, count=count)
        except OutOfTurn:
            # Another sweep was faster.
            continue


@app.periodic(cron="27 * * * *")
@app.task(name="acts.forget_keys", queueing_lock="acts.forget_keys")
def forget_keys(timestamp: int) -> None:
    """Forget the callers' keys, and who asked for an account, that are older than a day."""
    del timestamp
    repetition.forget()
    registering.forget()
