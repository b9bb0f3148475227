"""A case as a page shows it, the same to each of its parties: its course, its terms, what to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from yelin import gate
from yelin.cases import acts, rules
from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.law import calendar, clock, duties, packs
from yelin.law.models import Clock
from yelin.ledger.models import Leaf
from yelin.opening.application import Approval
from yelin.parties.actor import Actor
from yelin.web import attaching, telling, terms
from yelin.web.case_forms import (
    ApplicationForm,
    ApprovalForm,
    FindingForm,
    GroundsForm,
    HearingForm,
    MissingForm,
    RefusalForm,
    WordsForm,
)
from yelin.web.offers import Offer
from yelin.web.portal.shapes import LeafLine
from yelin.web.shapes import Provision, Term
from yelin.web.templatetags.yelin import body_name, lang, title_of

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
    title: str
    about: Entry
    state: str
    outcome: str
    handler: str
    running: Sequence[Running]
    course: Sequence[LeafLine]
    asked: Sequence[tuple[str, object]]
    missing: str = ""
    reason: str = ""
    legal_basis: str = ""
    grounds: str = ""
    finding: str = ""
    given: Approval | None = None
    decides: Provision | None = None
    written: Sequence[Written] = ()


def story(actor: Actor, case: Case) -> CaseStory:
    """Return what ``actor`` is shown of a case that it may see."""
    entry = Entry.objects.select_related("provider").get(pk=case.about_id)
    leaves = Leaf.objects.filter(subject=case.pk).select_related("body").order_by("-id")
    seen = gate.visible_to(actor, "leaf.open", leaves)
    asked = [
        (str(field.label), case.asked[name])
        for name, field in ApplicationForm.base_fields.items()
        if name in case.asked
    ]
    return CaseStory(
        number=case.number,
        title=title_of(entry),
        about=entry,
        state=case.state,
        outcome=case.outcome,
        handler=body_name(case.handler),
        running=[_running(case, each) for each in clock.running(case)],
        course=telling.lines(actor, list(seen)),
        asked=[(label, _day(value)) for label, value in asked],
        missing=case.missing,
        reason=case.reason,
        legal_basis=case.legal_basis,
        grounds=case.grounds,
        finding=case.finding,
        given=Approval.model_validate(case.given) if case.given else None,
        decides=packs.active().ordering(case.procedure.answer, case.submitted_on),
        written=[
            Written(each.by, each.words, each.at, each.party_id == actor.party_id)
            for each in case.messages.all()
        ],
    )


def _day(value: object) -> object:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return value


def _running(case: Case, running: Clock) -> Running:
    ours = clock.term_of(running)
    owed_by = {
        "cases.complete": _("the applicant"),
        "cases.appeal": _("the applicant"),
        "cases.hear": _("the party that is heard"),
        "cases.review": body_name(case.reviewer) if case.reviewer else "",
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


def offers(actor: Actor, case: Case) -> list[Offer]:
    """Return what may be done in a case of this state, whoever asks; the gate says who may."""
    offered = {
        "accept": Offer(
            act="cases.accept",
            on=case,
            title=_("Accept the application"),
            says=_("The term to answer runs from today."),
            button=_("Accept the application"),
            done=_("The case is accepted."),
            do=lambda _said: acts.accept(actor=actor, case=case),
        ),
        "complete": Offer(
            act="cases.complete",
            on=case,
            title=_("Complete the application"),
            says=case.missing,
            button=_("Send it completed"),
            done=_("The application is completed and examined anew."),
            form=ApplicationForm.saying(case.asked),
            do=lambda said: acts.complete(
                actor=actor,
                case=case,
                asked={name: said[name] for name in case.asked},
                attached=said["attached"],
            ),
        ),
        "approve": Offer(
            act="cases.decide",
            key="cases.approve",
            on=case,
            title=_("Approve"),
            says=_("The applicant has the data at once. Less than was asked needs a reason."),
            button=_("Approve"),
            done=_("The application is approved."),
            form=ApprovalForm.of(case),
            do=lambda said: acts.decide(
                actor=actor,
                case=case,
                approve=True,
                given={"until": said["until"], "items": said["items"]},
                reason=said["reason"],
                legal_basis=said["legal_basis"],
                attached=said["attached"],
            ),
        ),
        "refuse": Offer(
            act="cases.decide",
            key="cases.refuse",
            on=case,
            title=_("Refuse"),
            says=_("A refusal says why and on which legal basis; both are told."),
            button=_("Refuse"),
            done=_("The application is refused."),
            form=RefusalForm,
            do=lambda said: acts.decide(actor=actor, case=case, approve=False, **said),
            stops=True,
        ),
        "ask_completion": Offer(
            act="cases.ask_completion",
            on=case,
            title=_("Ask for completion"),
            says=_("Once only: name everything that is missing."),
            button=_("Ask the applicant"),
            done=_("The applicant is asked to complete the application."),
            form=MissingForm,
            do=lambda said: acts.ask_completion(actor=actor, case=case, **said),
        ),
        "suspend": Offer(
            act="cases.suspend",
            on=case,
            title=_("Hear another party"),
            says=_("The term stands still until it has spoken, or its own term has passed."),
            button=_("Hear it"),
            done=_("The other party is asked; the term stands still."),
            form=HearingForm,
            do=lambda said: acts.suspend(actor=actor, case=case, reason="third_party", **said),
        ),
        "resume": Offer(
            act="cases.resume",
            on=case,
            title=_("Go on"),
            says=_("The other party was heard; the term runs on from today."),
            button=_("Go on"),
            done=_("The term runs on."),
            do=lambda _said: acts.resume(actor=actor, case=case),
        ),
        "appeal": Offer(
            act="cases.appeal",
            on=case,
            title=_("Appeal"),
            says=_("It goes to the body above, which decides within its own term."),
            button=_("Appeal"),
            done=_("Your appeal is with the body above."),
            form=GroundsForm,
            do=lambda said: acts.appeal(actor=actor, case=case, **said),
        ),
        "uphold": Offer(
            act="cases.decide_appeal",
            key="cases.uphold",
            on=case,
            title=_("The appeal is right"),
            says=_("The case goes back and is answered anew, within a new term."),
            button=_("Send it back"),
            done=_("The case is sent back."),
            form=FindingForm,
            do=lambda said: acts.decide_appeal(actor=actor, case=case, upheld=True, **said),
        ),
        "dismiss": Offer(
            act="cases.decide_appeal",
            key="cases.dismiss",
            on=case,
            title=_("The decision stands"),
            button=_("Dismiss the appeal"),
            done=_("The appeal is dismissed."),
            form=FindingForm,
            do=lambda said: acts.decide_appeal(actor=actor, case=case, upheld=False, **said),
            stops=True,
        ),
        "say": Offer(
            act="cases.say",
            on=case,
            title=_("Write to the other side"),
            says=_("Only the parties of this case read it."),
            button=_("Send"),
            done=_("Your message is sent."),
            form=WordsForm,
            do=lambda said: acts.say(actor=actor, case=case, **said),
        ),
        "withdraw": Offer(
            act="cases.withdraw",
            on=case,
            title=_("Withdraw"),
            says=_("The case is closed without a decision. You may apply anew."),
            button=_("Withdraw"),
            done=_("The application is withdrawn."),
            do=lambda _said: acts.withdraw(actor=actor, case=case),
            stops=True,
        ),
    }
    possible = [
        offer
        for name, offer in offered.items()
        if rules.is_possible(offer.act.removeprefix("cases."), case.state)
        and not (name == "ask_completion" and case.missing)
    ]
    return [*possible, *attaching.removals(actor, case)]


def days_used(case: Case) -> int:
    """Return how many working days the handler has had since acceptance, until it decided."""
    if case.accepted_on is None:
        return 0
    until = case.decided_on or (clock.day_of(case.closed_at) if case.closed_at else clock.today())
    return calendar.working_days_between(case.accepted_on, until)


def deciding() -> Provision | None:
    """Return the provision by which applications are answered."""
    return packs.active().ordering(duties.OPENING_ANSWER)
