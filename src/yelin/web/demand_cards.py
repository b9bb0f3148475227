"""What people want opened, as lists show it."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry
from yelin.opening.models import Demand
from yelin.opening.rules import State
from yelin.parties.actor import Actor
from yelin.web import terms
from yelin.web.names import theme_name
from yelin.web.shapes import Link, Term
from yelin.web.templatetags.yelin import body_name, title_of


@dataclass(frozen=True, slots=True)
class DemandCard:
    """A demand in a list."""

    number: str
    title: str
    purpose: str
    url: str
    state: str
    voices: int
    handler: str
    theme: str
    since: date
    term: Term | None
    until: date | None
    behind: bool
    entry: Link | None


def cards(actor: Actor, demands: list[Demand]) -> list[DemandCard]:
    """Return demands as a list shows them, each with its term; a hidden entry stays hidden."""
    running = terms.running_on(each.pk for each in demands)
    linked = {each.entry_id for each in demands if each.entry_id}
    entries = {e.pk: e for e in catalog.seen_by(actor).filter(pk__in=linked)} if linked else {}
    return [
        DemandCard(
            number=each.number,
            title=each.title,
            purpose=each.purpose,
            url=reverse("portal:demand", args=[each.number]),
            state=each.state,
            voices=each.voices,
            handler=body_name(each.handler) if each.handler else "",
            theme=theme_name(each.theme) if each.theme else "",
            since=each.published_on or each.submitted_on,
            term=running.get(each.pk),
            until=each.planned_until if each.state == State.PLANNED else None,
            behind=each.is_behind,
            entry=link_to(entries[each.entry_id]) if each.entry_id in entries else None,
        )
        for each in demands
    ]


def link_to(entry: Entry) -> Link:
    """Return an entry as a link to its page."""
    return Link(title_of(entry), reverse("portal:resource", args=[entry.slug]))
