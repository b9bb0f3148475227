"""The desk: what must I do, sorted by the lawful day on which it is due."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from yelin.acts.frame import named
from yelin.acts.models import Proposal
from yelin.acts.reads.proposals import to_approve
from yelin.cases import reads as cases
from yelin.cases.models import CaseStep
from yelin.catalog import working
from yelin.catalog.models import Entry
from yelin.catalog.revisions import Revision, RevisionKind
from yelin.catalog.states import State
from yelin.exchange import reads as sharing
from yelin.gate import composed
from yelin.law import clock, duties, packs
from yelin.law.duties import Duty
from yelin.market.dispute import reads as disputing
from yelin.market.dispute.rules import By
from yelin.market.dispute.rules import State as Standing
from yelin.opening import reads as opening
from yelin.opening.models import Demand
from yelin.opening.rules import UNANSWERED
from yelin.oversight import reads as findings
from yelin.parties.actor import Actor
from yelin.parties.kinds import Role
from yelin.surface.actor import Asker
from yelin.warehouse.models import UploadState
from yelin.web import kinds, telling, terms
from yelin.web.desk import reads
from yelin.web.desk.door import keeps_a_catalog, page
from yelin.web.desk.shapes import Todo, grouped
from yelin.web.guards import seated
from yelin.web.paging import MOST
from yelin.web.shapes import Link, Provision
from yelin.web.templatetags.yelin import body_name, day, number, person_name, title_of
from yelin.web.words import word


@require_safe
@seated
def home(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show everything that waits for the actor."""
    todos = sorted(_todos(asker), key=lambda todo: (todo.term is None, todo.term and todo.term.due))
    count = len(todos)
    heading = _heading(count)
    ways = [Link(_("Data that we took"), reverse("desk:taken"))]
    if keeps_a_catalog(asker):
        ways.insert(0, Link(_("My body's entries"), reverse("desk:entries")))
    context = {"heading": heading, "today": clock.today(), "groups": grouped(todos), "ways": ways}
    return page(request, asker, "desk/home.html", context)


def _heading(count: int) -> str:
    if not count:
        return _("Nothing to do")
    return ngettext("{n} thing to do", "{n} things to do", count).format(n=number(count))


def _todos(asker: Asker) -> Iterator[Todo]:
    yield from _to_bring_in(asker)
    yield from _to_revise(asker)
    yield from _to_mend_data(asker)
    yield from _to_follow(asker)
    yield from _to_answer(asker)
    yield from _to_settle(asker)
    yield from _to_mend(asker)
    yield from _to_confirm(asker)
    yield from _to_handle(asker)
    yield from _to_do_in_cases(asker)
    yield from _demands(asker)
    yield from _disputes(asker)
    yield from _to_approve(asker)
    yield from _to_renew(asker)


def _law(duty: Duty) -> Provision | None:
    return packs.active().ordering(duty)


def _to_bring_in(asker: Asker) -> Iterator[Todo]:
    for entry, running in reads.first_to_bring_in(asker.actor):
        term = terms.told(running)
        yield Todo(
            title=_("Bring in the next data: {title}").format(title=title_of(entry)),
            url=reverse("desk:upload", args=[entry.pk]),
            verb=_("Bring in"),
            term=term,
            says=_("By the update cycle that the entry states: {cycle}.").format(
                cycle=word("cycle", entry.update_cycle).says
            ),
            who=body_name(entry.provider),
            ref=entry.code or "",
            since=_("The lapse is recorded in the ledger.") if term.days_left < 0 else "",
        )


def _to_revise(asker: Asker) -> Iterator[Todo]:
    entries = {entry.pk: entry for entry in composed.first(working.to_revise, asker.actor, MOST)}
    running = terms.of(entries, duties.CATALOG_REVISE)
    for pk, entry in entries.items():
        term = running.get(pk)
        yield Todo(
            title=_("Revise after a change: {title}").format(title=title_of(entry)),
            url=reverse("desk:entry", args=[pk]),
            verb=_("Revise"),
            term=term,
            says=_("A law, or the functions of the body, changed."),
            who=body_name(entry.provider),
            ref=entry.code or "",
            since=_("The lapse is recorded in the ledger.") if term and term.days_left < 0 else "",
        )


def _to_mend_data(asker: Asker) -> Iterator[Todo]:
    found = composed.first(findings.to_mend, asker.actor, MOST)
    running = terms.running_on(each.pk for each in found)
    for each in found:
        yield Todo(
            title=_("Mend the data: {title}").format(title=title_of(each.entry)),
            url=reverse("desk:finding", args=[each.pk]),
            verb=_("Look"),
            term=running.get(each.pk),
            says=ngettext("{n} rule is not met.", "{n} rules are not met.", len(each.rules)).format(
                n=number(len(each.rules))
            ),
            who=body_name(each.entry.provider),
            ref=each.entry.code or "",
            since=_("The lapse is recorded in the ledger.") if each.state == "overdue" else "",
        )


def _to_follow(asker: Asker) -> Iterator[Todo]:
    for entry in composed.first(working.to_follow, asker.actor, MOST):
        yield Todo(
            title=_("Follow a standard that holds: {title}").format(title=title_of(entry)),
            url=reverse("desk:entry", args=[entry.pk]),
            verb=_("Look"),
            says=_("Items of it follow a standard that holds no longer."),
            provision=_law(duties.STANDARDS_MAKE),
            who=body_name(entry.provider),
            ref=entry.code or "",
        )


def _to_answer(asker: Asker) -> Iterator[Todo]:
    for entry in composed.first(reads.to_answer, asker.actor, MOST):
        yield Todo(
            title=_("Answer what others share already: {title}").format(title=title_of(entry)),
            url=f"{reverse('desk:entry', args=[entry.pk])}#repeats",
            verb=_("Answer"),
            says=_("It is confirmed once every item that others share is answered for."),
            provision=_law(duties.COLLECT_ONCE),
            who=body_name(entry.provider),
            ref=entry.code or "",
        )


def _to_settle(asker: Asker) -> Iterator[Todo]:
    for upload in composed.first(reads.to_settle, asker.actor, MOST):
        ready = upload.state == UploadState.READY
        says = (
            _("Rows that fit: {rows}; rejected: {rejected}.").format(
                rows=number(upload.rows or 0), rejected=number(upload.rejected or 0)
            )
            if ready
            else _("The file could not be used.")
        )
        yield Todo(
            title=f"{upload.filename} · {title_of(upload.entry)}",
            url=reverse("desk:report", args=[upload.pk]),
            verb=_("Publish") if ready else _("Look"),
            says=says,
            provision=_law(duties.KEEP_ACCURATE),
            who=body_name(upload.entry.provider),
            ref=day(upload.received_at),
        )


def _to_mend(asker: Asker) -> Iterator[Todo]:
    provision = _law(duties.CATALOG_COMPILE)
    for entry in composed.first(working.to_mend, asker.actor, MOST):
        yield Todo(
            title=title_of(entry),
            url=reverse("desk:entry", args=[entry.pk]),
            verb=_("Go on"),
            says=_mend(entry),
            provision=provision,
            who=body_name(entry.provider),
            ref=entry.code or _("no code yet"),
        )


def _mend(entry: Entry) -> str:
    if entry.revision:
        if entry.revision.state == State.RETURNED:
            return _("Returned: {reason}").format(reason=entry.revision.returned_reason)
        return _("A revision: complete it and send it for confirmation.")
    if entry.state == State.RETURNED:
        return _("Returned: {reason}").format(reason=entry.returned_reason)
    if entry.state == State.DRAFT:
        return _("A draft: complete it and register it.")
    return _("Registered: bring in data and send it for confirmation.")


def _to_confirm(asker: Asker) -> Iterator[Todo]:
    for entry in composed.first(working.to_confirm, asker.actor, MOST):
        yield Todo(
            title=_to_be_confirmed(entry).format(title=title_of(entry)),
            url=reverse("desk:review", args=[entry.pk]),
            verb=_("Decide"),
            says=_("Waiting since {day}.").format(day=day(entry.sent_at)),
            provision=_law(duties.CATALOG_CONFIRM),
            who=body_name(entry.provider),
            ref=entry.code or "",
        )


def _to_be_confirmed(entry: Entry) -> str:
    match entry.revision:
        case None:
            return _("Confirm: {title}")
        case Revision(kind=RevisionKind.WITHDRAWAL):
            return _("Confirm the withdrawal: {title}")
        case _:
            return _("Confirm the change: {title}")


def _to_handle(asker: Asker) -> Iterator[Todo]:
    waiting = cases.waiting_for(asker.actor).select_related("about__entry", "about__body")
    for case, running in cases.due_first(waiting)[:MOST]:
        yield Todo(
            title=str(kinds.of(case).task).format(title=kinds.title_of_case(case)),
            url=reverse("desk:case", args=[case.number]),
            verb=_("Handle"),
            term=terms.told(running) if running else None,
            says=str(word("case", case.state).says),
            who=body_name(case.owner),
            ref=case.number,
            since=_("The lapse is recorded in the ledger.") if case.state == "overdue" else "",
        )


def _steps(actor: Actor) -> QuerySet[CaseStep]:
    return cases.steps_waiting_for(actor).select_related("case__about__entry")


def _to_do_in_cases(asker: Asker) -> Iterator[Todo]:
    steps = composed.first(_steps, asker.actor, MOST)
    running = terms.running_on(step.pk for step in steps)
    for step in steps:
        yield Todo(
            title=f"{_(step.declared.says)} · {kinds.title_of_case(step.case)}",
            url=reverse("desk:case", args=[step.case.number]),
            verb=_("Handle"),
            term=running.get(step.pk),
            says=_("A step of a case that another body handles."),
            who=body_name(step.handler),
            ref=step.case.number,
        )


def _unanswered(actor: Actor) -> QuerySet[Demand]:
    return opening.to_answer(actor).filter(state__in=UNANSWERED)


def _disputes(asker: Asker) -> Iterator[Todo]:
    if asker.actor.role not in {Role.OFFICER, Role.REPRESENTATIVE}:
        return
    found = list(disputing.waiting_for(asker.actor)[:MOST])
    running = terms.running_on(each.pk for each in found) if found else {}
    for each in found:
        answers = each.state == Standing.ANSWERING
        yield Todo(
            title=_("Dispute over a contract: {title}").format(title=each.contract.title),
            url=reverse("portal:dispute", args=[each.number]),
            verb=_("Answer") if answers else pgettext("dispute", "Mediate"),
            term=running.get(each.pk),
            says=_("Answer what the other side claims.")
            if answers
            else _("Hear both sides, and help them to settle it."),
            who=body_name(each.contract.body_of(each.side_of(By.OPENER))),
            ref=each.number,
        )


def _demands(asker: Asker) -> Iterator[Todo]:
    for says, verb, ask in (
        (_("Read it before it is public."), _("Read"), opening.to_read),
        (_("The public wants this opened."), _("Answer"), _unanswered),
    ):
        found = composed.first(ask, asker.actor, MOST)
        running = terms.running_on(each.pk for each in found)
        for each in found:
            term = running.get(each.pk)
            yield Todo(
                title=_("Demand: {title}").format(title=each.title),
                url=reverse("portal:demand", args=[each.number]),
                verb=verb,
                term=term,
                says=says,
                who=body_name(each.handler or each.body),
                ref=each.number,
                since=_("The lapse is recorded in the ledger.")
                if term and term.days_left < 0
                else "",
            )


def _proposals(actor: Actor) -> QuerySet[Proposal]:
    return to_approve(actor).select_related("seat__body", "person")


def _to_approve(asker: Asker) -> Iterator[Todo]:
    for proposal in composed.first(_proposals, asker.actor, MOST):
        yield Todo(
            title=_("Approve: {act}").format(act=telling.name_of(proposal.act)),
            url=reverse("desk:proposal", args=[proposal.pk]),
            verb=_("Decide"),
            says=_("Proposed by {person}; expires on {day}.").format(
                person=person_name(proposal.person), day=day(proposal.until)
            ),
            provision=_law(named(proposal.act).duty),
            who=body_name(proposal.seat.body),
            ref=day(proposal.proposed_at),
        )


def _to_renew(asker: Asker) -> Iterator[Todo]:
    ending = list(sharing.ending(asker.actor).select_related("on__entry__provider")[:MOST])
    for grant in ending:
        entry = grant.on.entry
        yield Todo(
            title=_("Ask that it goes on: {title}").format(title=title_of(entry)),
            url=reverse("desk:grant", args=[grant.pk]),
            verb=_("Look"),
            says=_("What your body was given ends on {day}.").format(day=day(grant.last_day)),
            provision=_law(duties.SHARING_ASK),
            who=body_name(entry.provider),
            ref=entry.code or "",
        )
