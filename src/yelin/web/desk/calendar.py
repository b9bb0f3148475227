"""One's running terms as a calendar (RFC 5545), for programs that know a private address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.cases import reads as cases
from yelin.config import config
from yelin.exchange import reads as sharing
from yelin.law import clock, duties, packs
from yelin.notices.models import Feed
from yelin.parties.actor import Actor
from yelin.parties.models import Deputy, Seat
from yelin.web import kinds, terms
from yelin.web.desk import reads
from yelin.web.paging import MOST
from yelin.web.shapes import Provision
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


@dataclass(frozen=True, slots=True)
class _Due:
    """What is due on a day: ``uid`` stays the same, so that what comes later takes its place."""

    uid: str
    on: date
    says: str
    url: str
    provision: Provision | None = None


def _events(of: Feed) -> Iterator["Event"]:
    from icalendar import Alarm, Event  # noqa: PLC0415 - as above

    for actor in _actors(of):
        for due in (*_to_bring_in(actor), *_in_cases(actor), *_ending(actor)):
            reminder = Alarm.new(description=due.says)
            reminder["ACTION"] = "DISPLAY"
            reminder.TRIGGER = REMINDED
            yield Event.new(
                uid=f"{due.uid}@{urlsplit(config.url).hostname}",
                stamp=clock.now(),
                start=due.on,
                end=due.on + timedelta(days=1),
                summary=due.says,
                description=due.provision.label(lang()) if due.provision else None,
                url=f"{config.url}{due.url}",
                subcomponents=[reminder],
            )


def _to_bring_in(actor: Actor) -> Iterator[_Due]:
    entries = {entry.pk: entry for entry in reads.to_bring_in(actor)}
    for pk, term in terms.of(entries).items():
        says = _("Bring in the next data: {title}").format(title=entries[pk].title)
        url = reverse("desk:upload", args=[pk])
        yield _Due(f"{pk}.bring-in", term.due, says, url, term.provision)


def _in_cases(actor: Actor) -> Iterator[_Due]:
    """Yield what is due in cases: to be examined, answered, coordinated, or done as a step."""
    waiting = cases.waiting_for(actor).select_related("about__entry", "about__body")
    for case, running in cases.due_first(waiting)[:MOST]:
        if running is None:
            continue
        term, url = terms.told(running), reverse("desk:case", args=[case.number])
        says = f"{kinds.of(case).task} · {case.number}".format(title=kinds.title_of_case(case))
        yield _Due(f"{case.pk}.{running.duty}", term.due, says, url, term.provision)
    steps = list(cases.steps_waiting_for(actor).select_related("case__about__entry")[:MOST])
    due = terms.running_on(step.pk for step in steps)
    for step in steps:
        if due_on := due.get(step.pk):
            says = f"{_(step.declared.says)} · {step.case.number}"
            url = reverse("desk:case", args=[step.case.number])
            yield _Due(f"{step.pk}.step", due_on.due, says, url, due_on.provision)


def _ending(actor: Actor) -> Iterator[_Due]:
    """Yield on which day what the actor's body was given ends, where it may be asked for again."""
    for grant in sharing.ending(actor).select_related("on__entry")[:MOST]:
        if grant.last_day:
            says = _("Ask that it goes on: {title}").format(title=grant.on.entry.title)
            url = reverse("desk:grant", args=[grant.pk])
            provision = packs.active().ordering(duties.SHARING_ASK)
            yield _Due(f"{grant.pk}.ends", grant.last_day, says, url, provision)


def _actors(of: Feed) -> Iterator[Actor]:
    for seat in Seat.objects.live().filter(person=of.person_id).select_related("body"):
        yield Actor.of(seat)
    deputed = Deputy.objects.live(clock.today()).filter(person=of.person_id)
    for deputy in deputed.select_related("seat__body"):
        yield Actor.of(deputy.seat, deputy)
