"""What is promised by law and by the log: the pack, its calendar and terms, leaves, releases."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from yelin.delivery import reads as deliveries
from yelin.delivery.models import Delivery
from yelin.law import packs, standing
from yelin.law.statute import PackFault
from yelin.ledger import history, log, note, sequencer
from yelin.ledger.pace import pace
from yelin.operation import reads
from yelin.operation.findings import Finding, age, minutes, watch, well, wrong
from yelin.warehouse import reads as warehouse
from yelin.warehouse.models import Release

SWEPT_WITHIN = timedelta(days=2)


PENDING_LONG = timedelta(minutes=1)


SAMPLED = 5


def pack() -> Iterator[Finding]:
    """Look whether the statute pack is sound."""
    try:
        name = packs.active().name
    except PackFault as fault:
        mend = _("Mend the file that is named, or set YELIN_PACK to another pack.")
        yield wrong("pack", _("The pack is not sound: {fault}").format(fault=fault), mend)
    else:
        yield well("pack", _("The pack {name} is sound.").format(name=name))


def calendar() -> Iterator[Finding]:
    """Look whether the days off are known for as far as terms run."""
    found = standing.concerns()
    mend = _("Add the State Council's notice to the pack's calendar.toml and restart the worker.")
    for concern in found:
        says = _(concern.says).format(**concern.params)
        yield wrong("calendar", says, mend) if concern.late else watch("calendar", says, mend)
    if not found:
        yield well("calendar", _("Every running term ends on a day that is known."))


def ledger() -> Iterator[Finding]:
    """Look whether what is signed goes on, inside the database and outside it."""
    newest = log.newest_checkpoint()
    if newest is None and not log.newest_notes():
        yield well("ledger", _("Nothing has been signed yet."))
    else:
        yield from _continues(newest.size if newest else 0)
    going = pace()
    waited = age(going.pending_since)
    if waited > PENDING_LONG:
        yield wrong(
            "ledger",
            _(
                "Leaves that wait for their signature: {number}, the oldest since {minutes} min."
            ).format(number=going.pending, minutes=minutes(waited)),
            _("See whether a worker lives, and what its log says of the sequencer."),
        )


def _continues(published: int) -> Iterator[Finding]:
    try:
        sequencer.require_continuation()
        kept = history.last_checkpoint(log.checkpoint_file())
        signed = note.open_checkpoint(kept, [log.verifier_key()]).size if kept else 0
    except log.LogBroken as broken:
        yield wrong(
            "ledger",
            _("The log does not go on from what was signed: {fault}").format(fault=broken),
            _("Nothing more is signed until somebody looks: see docs/ledger.md, “LogBroken”."),
        )
        return
    if signed < published:
        yield wrong(
            "ledger",
            _("The file of checkpoints outside the database lacks the newest one."),
            _("Bring ledger/checkpoints back from its copy; yelin ledger verify checks the log."),
        )
    else:
        says = _("Leaves under a signed checkpoint: {number}.").format(number=published)
        yield well("ledger", says)


def terms() -> Iterator[Finding]:
    """Look for lawful terms that have passed."""
    running = reads.terms()
    for each in running:
        if each.overdue:
            yield watch(
                "terms",
                _("Terms that have passed: {number} ({duty})").format(
                    number=each.overdue, duty=_(each.duty.says)
                ),
                _("Ask the bodies that owe it; each lapse is in the ledger."),
            )
    if not any(each.overdue for each in running):
        number = sum(each.running for each in running)
        yield well(
            "terms", _("Running terms, none of which has passed: {number}.").format(number=number)
        )


def keeping() -> Iterator[Finding]:
    """Look whether single deliveries are forgotten once their term of keeping is over."""
    kept_from = deliveries.kept_from()
    if kept_from is None:
        return
    late = Delivery.objects.past(kept_from - SWEPT_WITHIN).count()
    if late:
        yield watch(
            "keeping",
            _("Single deliveries past their term of keeping: {number}.").format(number=late),
            _("See whether the worker lives. A hold on delivery.forget keeps them too: lift it."),
        )
    else:
        says = _("Single deliveries are kept from {day} on, older ones in sum.")
        yield well("keeping", says.format(day=kept_from.isoformat()))


def releases() -> Iterator[Finding]:
    """Look whether a few releases, other ones each time, are as they were published."""
    rows = Release.objects.select_related("entry", "sealed_by", "upload__sealed_by")
    living = rows.filter(sealed_by__destroyed_at=None).order_by("?")[:SAMPLED]
    faults = [fault for release in living for fault in warehouse.faults_of(release)]
    for fault in faults:
        mend = _("Bring the file back from the backup of the store; yelin releases checks all.")
        yield wrong("releases", fault, mend)
    if not faults:
        says = _("Versions drawn by lot, all of them as they were published: {number}.")
        yield well("releases", says.format(number=len(living)))
