"""One's running terms as a calendar (RFC 5545), for programs that know a private address."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.config import config
from yelin.law import clock
from yelin.notices.models import Feed
from yelin.parties.actor import Actor
from yelin.parties.models import Deputy, Seat
from yelin.web import terms
from yelin.web.desk import reads
from yelin.web.templatetags.yelin import lang

if TYPE_CHECKING:
    from icalendar import Event

# At nine in the morning of the day before, since a day begins at midnight.
REMINDED = timedelta(hours=-15)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Show the terms of whoever the token in the address belongs to."""
    from icalendar import Calendar  # noqa: PLC0415 - large, and asked for by calendars alone

    token = request.GET.get("token", "")
    found = Feed.objects.filter(
        digest=Feed.digest_of(token), ended_at=None, person__person__user__is_active=True
    ).first()
    if found is None:
        raise Http404
    calendar = Calendar.new(
        name=_("Yelin: my terms"),
        prodid="-//Yelin//Terms//EN",
        language=lang(),
        refresh_interval=timedelta(hours=1),
        subcomponents={event.uid: event for event in _events(found)}.values(),
    )
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _events(of: Feed) -> Iterator["Event"]:
    from icalendar import Alarm, Event  # noqa: PLC0415 - as above

    for actor in _actors(of):
        entries = {entry.pk: entry for entry in reads.to_bring_in(actor)}
        for pk, term in terms.of(entries).items():
            says = _("Bring in the next data: {title}").format(title=entries[pk].title)
            reminder = Alarm.new(description=says)
            reminder["ACTION"] = "DISPLAY"
            reminder.TRIGGER = REMINDED
            yield Event.new(
                # The same as long as the entry lives, so that the next term takes its place.
                uid=f"{pk}.bring-in@{urlsplit(config.url).hostname}",
                stamp=clock.now(),
                start=term.due,
                end=term.due + timedelta(days=1),
                summary=says,
                description=term.provision.label(lang()) if term.provision else None,
                url=f"{config.url}{reverse('desk:upload', args=[pk])}",
                subcomponents=[reminder],
            )


def _actors(of: Feed) -> Iterator[Actor]:
    for seat in Seat.objects.live().filter(person=of.person_id).select_related("body"):
        yield Actor.of(seat)
    deputed = Deputy.objects.live(clock.today()).filter(person=of.person_id)
    for deputy in deputed.select_related("seat__body"):
        yield Actor.of(deputy.seat, deputy)
