"""Hours and minutes that have ended get their leaves; files and tickets go when they must."""

from procrastinate.contrib.django import app

from yelin.catalog.models import Entry
from yelin.delivery import acts, kept, meter, pace, tickets
from yelin.delivery.models import Delivery, Tally
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor
from yelin.parties.models import Seat

CLOCK = Actor.system("clock")


@app.periodic(cron="*/5 * * * *")
@app.task(name="delivery.close_hours", queueing_lock="delivery.close_hours", pass_context=False)
def close_hours(timestamp: int) -> None:
    """Close every hour that has ended and has no leaf yet; forget who asked how often in it."""
    del timestamp
    pace.forget()
    for tally in Tally.ended().select_related("entry__thing"):
        try:
            acts.close_hour(actor=CLOCK, entry=tally.entry, tally=tally)
        except OutOfTurn:
            # Another sweep was faster.
            continue


@app.periodic(cron="* * * * *")
@app.task(name="delivery.close_minutes", queueing_lock="delivery.close_minutes", pass_context=False)
def close_minutes(timestamp: int) -> None:
    """List what has ended, by grant or seat; what died with its process has ended by that."""
    del timestamp
    meter.cut_silent()
    for entry, grant, seat in _unlisted():
        try:
            while True:
                acts.close_minute(actor=CLOCK, entry=entry, grant=grant, seat=seat)
        except OutOfTurn:
            # All are listed, by this sweep or by another.
            continue


@app.periodic(cron="* * * * *")
@app.task(name="delivery.clear_kept", queueing_lock="delivery.clear_kept", pass_context=False)
def clear_kept(timestamp: int) -> None:
    """Forget the tickets that have passed, and remove finished files that may be kept no more."""
    del timestamp
    tickets.forget()
    kept.clear(clock.now())


def _unlisted() -> "list[tuple[Entry, Grant | None, Seat | None]]":
    waiting = Delivery.objects.unlisted(clock.this_minute())
    by_grant = set(waiting.filter(grant__isnull=False).values_list("entry", "grant"))
    to_seat = set(waiting.filter(grant=None).values_list("entry", "seat"))
    entries = Entry.objects.in_bulk({entry for entry, _ in by_grant | to_seat})
    grants = Grant.objects.in_bulk({grant for _, grant in by_grant})
    seats = Seat.objects.in_bulk({seat for _, seat in to_seat})
    return [(entries[entry], grants[grant], None) for entry, grant in sorted(by_grant)] + [
        (entries[entry], None, seats[seat]) for entry, seat in sorted(to_seat)
    ]
