"""How the platform runs, for those who operate it: what is wrong first, then the figures."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from yelin import gate
from yelin.ledger.pace import pace
from yelin.ledger.shredding import ACT as SHRED
from yelin.operation import jobs, reads
from yelin.operation.checks import QUICK, examine
from yelin.operation.findings import Level
from yelin.surface.actor import Asker
from yelin.surface.watching import last_hour
from yelin.web.desk.door import page
from yelin.web.guards import seated

TASKS = {
    "accounts.send_link": _("Send a link to a new password"),
    "accounts.welcome": _("Send the way to a new account"),
    "acts.close_refusals": _("Close the hours of refusals"),
    "acts.expire_proposals": _("End proposals that nobody approved"),
    "acts.forget_keys": _("Forget callers' keys"),
    "cases.sweep": _("Do what the law says of passed terms of cases"),
    "catalog.reword": _("Find entries by the present names"),
    "compiling.clear_leavings": _("Clear away files of catalogs"),
    "compiling.plan": _("Read a catalog that was brought in"),
    "compiling.write": _("Write a catalog as a file"),
    "compiling.run": _("Enter a catalog that was brought in"),
    "catalog.sweep_terms": _("Let overdue terms to revise entries lapse"),
    "delivery.tell_of_check": _("Tell those who have data under check"),
    "delivery.clear_kept": _("Clear finished files and tickets"),
    "delivery.close_hours": _("Close the hours of deliveries"),
    "delivery.close_minutes": _("List what was handed out"),
    "delivery.forget": _("Forget single deliveries past their term"),
    "deidentify.measure": _("Measure the risk of a version"),
    "deidentify.search": _("Search levels by which nobody is told"),
    "deidentify.write": _("Write rows by which nobody is told"),
    "exchange.forget": _("Forget how much was verified in hours that are over"),
    "delivery.look_for_news": _("Look for new versions that subscribers await"),
    "delivery.make_ready": _("Make a whole resource ready as a file"),
    "delivery.note_uses": _("Note how often resources are used"),
    "delivery.tell": _("Send a subscriber what is new"),
    "delivery.write_catalog": _("Write the whole catalog as one file"),
    "harvesting.look": _("Look for catalogs of others that are to be read"),
    "harvesting.run": _("Read a catalog of others"),
    "market.file_trades": _("File trades that both sides signed"),
    "market.watch_trades": _("Stop what may not be traded, end contracts that ran out"),
    "market.compute": _("Answer questions to bought data where it lies"),
    "market.inspect_trades": _("Begin inspections of what was bought, end those whose days passed"),
    "market.lapse_disputes": _("Let disputes go on whose term has passed"),
    "market.begin_transfer": _("Begin a transfer that a connector asked for"),
    "market.call_back": _("Tell a connector how it stands"),
    "market.watch_transfers": _("Stop and end transfers as their contracts stand"),
    "market.lapse": _("Let offers lapse that nobody answered"),
    "notices.deliver": _("Deliver a notice"),
    "opening.forget": _("Forget drafts of applications past their term"),
    "opening.fulfil": _("Look for what was demanded and is open"),
    "opening.count": _("Count what everyone may know"),
    "opening.measure": _("Measure what is open"),
    "opening.sweep": _("Let overdue terms of demands lapse"),
    "operation.forget": _("Delete what outlived its term of keeping"),
    "operation.retry_stalled": _("Run jobs of killed workers again"),
    "oversight.look": _("Look at new versions for what they fail"),
    "oversight.sweep": _("Let overdue terms to mend lapse"),
    "privacy.copy": _("Make the copy that a person asked for"),
    "privacy.find": _("Look for what is held of a person"),
    "privacy.take_lists": _("Read lists of who agreed"),
    "privacy.go_on": _("Reach what could not be deleted from yet"),
    "privacy.prove": _("Look through everything once more after a deletion"),
    "privacy.reach": _("Delete from one place"),
    "privacy.sweep": _("Remind recipients to confirm deletions"),
    "pulling.follow": _("Publish what was fetched"),
    "pulling.look": _("Look for data that is to be fetched"),
    "pulling.run": _("Fetch data"),
    "talking.look_at_links": _("Ask whether links of reuses answer"),
    "talking.look_for_news": _("Look for what followers are to be told"),
    "talking.look_for_hits": _("Look for what searches that are followed found anew"),
    "talking.tell_followers": _("Tell followers what is new"),
    "talking.tell_of_stop": _("Tell those who use data that its delivery stands still"),
    "terms.recount": _("Count running terms anew"),
    "warehouse.clear_leavings": _("Clear away what crashes left"),
    "warehouse.destroy_past": _("Destroy older versions whose term is over"),
    "warehouse.lay": _("Lay out a version in the order that was asked for"),
    "warehouse.prepare": _("Prepare a file"),
    "warehouse.redact": _("Take erased rows out of every version"),
    "warehouse.settle_seals": _("Seal and open files"),
    "warehouse.sweep_terms": _("Let overdue terms lapse"),
    "warehouse.warn_of_terms": _("Warn of terms that end soon"),
}


@dataclass(frozen=True, slots=True)
class FailedLine:
    """A job that was given up, as the page names it."""

    id: int
    title: str
    attempts: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueLine:
    """The jobs of one task, as the page names it."""

    title: str
    jobs: jobs.Queue


@require_safe
@seated
def operation(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show what is wrong, what waits and what fills up."""
    assert asker.seat is not None  # noqa: S101  # the door lets nobody else in; tells mypy
    body = asker.seat.body
    gate.decide(asker.actor, "platform.see", body).must_allow("platform.see", body.pk)
    found = examine(*QUICK)
    context = {
        "wrong": [each for each in found if each.level is Level.WRONG],
        "watched": [each for each in found if each.level is Level.WATCH],
        "well": [each for each in found if each.level is Level.WELL],
        "queues": [QueueLine(_title(each.task), each) for each in jobs.queues()],
        "failed": [
            FailedLine(each.id, _title(each.task), each.attempts, each.at) for each in jobs.failed()
        ],
        "workers": jobs.workers(),
        "terms": reads.terms(),
        "disk": reads.disk(),
        "pace": pace(),
        "shreds": gate.decide(asker.actor, SHRED, body).allowed,
        "answered": last_hour.answered(),
    }
    return page(request, asker, "desk/operation.html", context)


def _title(task: str) -> str:
    return str(TASKS.get(task, task))
