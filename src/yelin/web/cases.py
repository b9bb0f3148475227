"""A case as a page shows it, the same to each of its parties: its course, its terms, its steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from yelin import gate
from yelin.cases.models import Case, CaseStep
from yelin.cases.rules import By
from yelin.cases.telling import speaks_as
from yelin.delivery import reads as deliveries
from yelin.law import calendar, clock, packs
from yelin.law.models import Clock
from yelin.ledger.models import Leaf
from yelin.opening.identity import IDENTITY
from yelin.parties.actor import Actor
from yelin.things.models import Thing
from yelin.web import kinds, telling, terms
from yelin.web.shapes import LeafLine, Provision, Term
from yelin.web.templatetags.yelin import body_name, lang
from yelin.web.words import word

# A longer term is told by its last day alone.
STRIP_DAYS = 16


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a term: ``counted`` is its number, none where it does not count."""

    on: date
    counted: int | None = None
    is_today: bool = False
    is_last: bool = False
    passed: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A term that runs in a case: what it is for, who has to keep it, and its days."""

    says: str
    who: str
    term: Term
    days: Sequence[Day] = ()
    stands_still: str = ""


@dataclass(frozen=True, slots=True)
class StepLine:
    """What another body does in a case: whose it is, until when, and what it found."""

    says: str
    who: str
    state: str
    term: Term | None
    finding: str


@dataclass(frozen=True, slots=True)
class HeardLine:
    """A party that is heard, and whether it agrees."""

    who: str
    since: datetime
    agrees: str


@dataclass(frozen=True, slots=True)
class Written:
    """A message of a party."""

    by: str
    words: str
    at: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class CaseStory:
    """Everything that a page shows of a case."""

    number: str
    noun: str
    title: str
    about_url: str
    verified: str
    state: str
    outcome: str
    outcomes: str
    handler: str
    applicant: str
    running: Sequence[Running]
    steps: Sequence[StepLine]
    heard: Sequence[HeardLine]
    course: Sequence[LeafLine]
    asked: Sequence[tuple[str, str]]
    missing: str = ""
    reason: str = ""
    legal_basis: str = ""
    grounds: str = ""
    finding: str = ""
    given: Sequence[tuple[str, str]] = ()
    decides: Provision | None = None
    written: Sequence[Written] = ()


def story(actor: Actor, case: Case) -> CaseStory:
    """Return what ``actor`` is shown of a case that it may see."""
    leaves = Leaf.objects.filter(_in_case(case)).select_related("body").order_by("-id")
    seen = gate.visible_to(actor, "leaf.open", leaves)
    kind = kinds.of(case)
    asked, given = kind.told(case)
    return CaseStory(
        number=case.number,
        noun=str(kind.noun),
        title=kinds.title_of_case(case),
        about_url=kinds.address_of(case),
        verified=_verified(actor, case),
        state=case.state,
        outcome=case.outcome,
        outcomes=kind.outcomes,
        handler=body_name(case.handler),
        applicant=_department(case.applicant),
        running=[_running(case, each) for each in clock.running(case)],
        steps=[_step(each) for each in case.steps.all()],
        heard=_heard(case),
        course=telling.lines(actor, list(seen), are_open=True),
        asked=[*asked, *_record(actor, case)],
        missing=case.missing,
        reason=case.reason,
        legal_basis=case.legal_basis,
        grounds=case.grounds,
        finding=case.finding,
        given=given,
        decides=packs.active().ordering(case.procedure.answer, case.submitted_on),
        written=[
            Written(each.by, each.words, each.at, each.party_id == actor.party_id)
            for each in case.messages.all()
        ],
    )


def _record(actor: Actor, case: Case) -> Iterator[tuple[str, str]]:
    """Yield which record a doubt is about, by its key items."""
    for name, value in deliveries.record_of(actor, case).items():
        yield _("Record: {item}").format(item=name), value


def _department(party: Thing) -> str:
    """Return the name of who asks where that is a department; nobody else is named."""
    return body_name(party.body) if party.kind == "body" and party.body.is_official else ""


def _verified(actor: Actor, case: Case) -> str:
    """Return the verified name of who asks, for the bodies that handle or review the case."""
    if speaks_as(actor, case) not in {By.HANDLER, By.EXAMINER, By.REVIEWER}:
        return ""
    if case.applicant.kind == "body":
        body = case.applicant.body
        return "" if body.is_official else body_name(body)
    known = case.applicant.person.verified_as(clock.now())
    return known.name if known and case.kind != IDENTITY.kind else ""


def _in_case(case: Case) -> Q:
    hangs = Q(subject__attachment__about=case.pk)
    return Q(subject=case.pk) | Q(subject__casestep__case=case.pk) | hangs


def _step(step: CaseStep) -> StepLine:
    running = clock.running(step).first()
    return StepLine(
        says=_(step.declared.says),
        who=body_name(step.handler),
        state=step.state,
        term=terms.told(running) if running else None,
        finding=step.finding,
    )


def _heard(case: Case) -> list[HeardLine]:
    heard = list(case.heard.select_related("party__body", "party__person").order_by("since", "pk"))
    return [
        HeardLine(
            # People are not named to one another.
            who=body_name(each.party.body)
            if each.party.kind == "body"
            else str(word("party", "person").says),
            since=each.since,
            agrees="silent" if each.agrees is None else "agrees" if each.agrees else "disagrees",
        )
        for each in heard
    ]


def _running(case: Case, running: Clock) -> Running:
    ours = clock.term_of(running)
    owed_by = {
        "cases.complete": _("the applicant"),
        "cases.appeal": _("the applicant"),
        "cases.hear": _("the party that is heard"),
        case.procedure.examine.name: body_name(case.examiner),
        case.procedure.review.name: body_name(case.reviewer) if case.reviewer else "",
    }
    still = ours.waits_for(running.suspended_for) if running.suspended_on else None
    return Running(
        says=ours.label(lang()),
        who=owed_by.get(running.duty, body_name(case.handler)),
        term=terms.told(running),
        days=[] if still else list(_days(running)),
        stands_still=still.label(lang()) if still else "",
    )


def _days(running: Clock) -> Iterator[Day]:
    first, last, today = running.counted_from, running.due, clock.today()
    if (last - first).days > STRIP_DAYS or clock.term_of(running).unit != "working_day":
        return
    counted = 0
    for after in range((last - first).days + 1):
        on = first + timedelta(days=after)
        counts = after > 0 and calendar.is_working(on)
        counted += counts
        yield Day(on, counted if counts else None, on == today, on == last, on < today)
