"""What whoever asks has under way with one resource: cases, what was given, what is wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from yelin import gate
from yelin.cases import reads as cases
from yelin.cases.models import Case, CaseQuerySet
from yelin.catalog.models import Entry
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.opening import reads as opening
from yelin.parties.actor import Actor
from yelin.web import kinds, terms
from yelin.web.shapes import Term
from yelin.web.templatetags.yelin import lang


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One matter: a case, a grant or a demand, how it stands, and where it is seen to.

    ``state`` is a word of ``words``, ``runs`` what has to be done by the ``term``; ``until`` is the
    last day of what was given.
    """

    noun: str
    url: str
    number: str = ""
    words: str = ""
    state: str = ""
    says: str = ""
    runs: str = ""
    term: Term | None = None
    until: date | None = None


def under_way(actor: Actor, entry: Entry) -> list[UnderWay]:
    """Return what the party of ``actor`` has under way with ``entry``, the most pressing first."""
    if actor.party_id is None:
        return []
    given = {grant.given_in_id or grant.pk: grant for grant in _given(actor, entry)}
    open_cases = cases.open_of(actor.party_id).filter(about=entry.pk)
    asked = list(_cases(actor, open_cases, given))
    return [*asked, *map(_grant, given.values()), *_demands(actor, entry)]


def _cases(actor: Actor, asked: CaseQuerySet, given: dict[object, Grant]) -> Iterator[UnderWay]:
    """Yield open cases; what was given in one is told with it, and taken from ``given``."""
    found = cases.due_first(asked)
    seen = gate.decide_each(actor, "case.see", [case for case, _running in found]) if found else []
    for (case, running), may in zip(found, seen, strict=True):
        if may.allowed:
            kind, grant = kinds.of(case), given.pop(case.pk, None)
            yield UnderWay(
                noun=str(kind.noun),
                url=reverse(kind.one, args=[case.number]),
                number=case.number,
                words=kind.outcomes if case.outcome else "case",
                state=case.outcome or case.state,
                runs=clock.term_of(running).label(lang()) if running else "",
                term=terms.told(running) if running else None,
                until=grant.last_day if grant else None,
            )


def _given(actor: Actor, entry: Entry) -> list[Grant]:
    """Return the grants by which the party has what not everyone has, none of them stopped."""
    if entry.opening_type == "unconditional":
        return []
    now = clock.now()
    running = Grant.objects.filter(Grant.runs(now), party=actor.party_id, on=entry.pk)
    rows = running.select_related("given_in__case").with_holds().order_by("since", "pk")
    return [grant for grant in rows if grant.serves_this(grant.action, "", now)]


def _grant(grant: Grant) -> UnderWay:
    case = grant.given_in.case if grant.given_in and grant.given_in.kind == Case.KIND else None
    url = reverse("desk:grant", args=[grant.pk])
    if case is not None:
        url = reverse(kinds.of(case).one, args=[case.number])
    return UnderWay(
        noun=_("Given to you"),
        url=url,
        number=case.number if case else "",
        says="" if grant.until else _("without a last day"),
        until=grant.last_day,
    )


def _demands(actor: Actor, entry: Entry) -> Iterator[UnderWay]:
    if entry.opening_type != "none":
        return
    for demand in opening.wanted_by(actor, entry):
        yield UnderWay(
            noun=_("Demand"),
            url=reverse("portal:demand", args=[demand.number]),
            number=demand.number,
            words="demand",
            state=demand.state,
            says=_("you asked for it")
            if demand.asker_id == actor.party_id
            else _("you support it"),
        )
