"""Holds on the pages of what they stop: how they are told, and the offer to place one."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from yelin.acts import gate as acts
from yelin.gate.models import Hold
from yelin.law import duties, packs
from yelin.parties.actor import Actor
from yelin.things.models import Subject, Thing
from yelin.web import words
from yelin.web.desk import reads
from yelin.web.desk.shapes import HoldLine
from yelin.web.offers import Offer
from yelin.web.shapes import Link, Provision
from yelin.web.templatetags.yelin import body_name, title_of


def stopping(actor: Actor, on: Subject, title: str, form: type[forms.Form]) -> Offer:
    """Return the offer to place a hold on a thing, or on the one that the form names."""
    return Offer(
        act="gate.place_hold",
        on=on,
        title=title,
        says=_("At once, and until two people lift it. Whoever is stopped is told why."),
        button=_("Stop"),
        done=_("It is stopped."),
        form=form,
        do=lambda said: acts.place_hold(actor=actor, **{"on": on, **said}),
        stops=True,
    )


def stops_of(actor: Actor, on: Subject) -> list[HoldLine]:
    """Return the holds on a thing that are not lifted, as far as the actor may know of them."""
    return [hold_line(hold) for hold in reads.holds(actor, on).filter(lifted_at=None)]


def hold_line(found: Hold) -> HoldLine:
    """Return a hold as a line of a list."""
    return HoldLine(
        on=named(found.on),
        url=reverse("desk:hold", args=[found.pk]),
        state="live" if found.lifted_at is None else "lifted",
        stops=[str(words.word("stopped", action).says) for action in found.actions],
        reason=_(found.reason),
        by=named(found.placed_by).title if found.placed_by else "",
        placed_at=found.placed_at,
        lifted_at=found.lifted_at,
        provision=provision_of(found.duty),
    )


def named(thing: Thing) -> Link:
    """Return what a thing is called, and where it is looked at."""
    match thing.kind:
        case "entry":
            entry = thing.entry
            where = ("portal:resource", entry.slug) if entry.code else ("desk:entry", entry.pk)
            return Link(title_of(entry), reverse(where[0], args=[where[1]]))
        case "quality_rule":
            rule = thing.writtenrule
            return Link(str(rule), reverse("desk:entry_quality", args=[rule.entry_id]))
        case "body":
            return Link(body_name(thing.body), "")
        case "seat":
            return Link(str(thing.seat), "")
        case "grant":
            return Link(
                _("Grant on {name}").format(name=title_of(thing.grant.on.entry)),
                reverse("desk:grant", args=[thing.pk]),
            )
        case _:
            # A citizen's name is nobody's business who does not handle the case.
            return Link(str(words.word("party", thing.kind).says), "")


def provision_of(duty: str) -> Provision | None:
    """Return the provision that orders the duty called ``duty``, where the law here has one."""
    return packs.active().ordering(duties.by_name(duty))
