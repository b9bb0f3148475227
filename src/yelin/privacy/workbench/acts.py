"""What may be done on the bench: begun, classified, searched, prepared, measured, certified.

The heavy part of each is a job (``tasks``); what it finds counts only for the row as it was then.
"""

from procrastinate.contrib.django import app

from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.keys.digests import keyed
from yelin.keys.models import DataKey
from yelin.law import clock, duties, packs
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body
from yelin.privacy.deidentify.hierarchy import Hierarchy, HierarchyFault
from yelin.privacy.workbench import attacking, certifying, reads
from yelin.privacy.workbench.content import PlanContent
from yelin.privacy.workbench.models import (
    MOVING,
    BroughtHierarchy,
    Certificate,
    Deidentification,
    Ended,
    Makes,
    WorkState,
)
from yelin.privacy.workbench.statistics import StatisticsContent
from yelin.warehouse.models import Release

_DUTY = duties.HAND_OVER
MOST_CHARACTERS = 8_000_000
_TITLE_TAKEN = {
    "privacy_hierarchy_once": Fault(
        "title", "Your body already has a hierarchy with this title.", _DUTY
    )
}


@act("deidentify.begin", duty=_DUTY, subject="entry", surface=OUTSIDE, makes=True)
def begin(
    *,
    actor: Actor,
    entry: Entry,
    number: int,
    to: Entry,
    sharing: str,
    makes: Makes = Makes.ROWS,
) -> Deidentification:
    """Begin to make of a release one of another entry in which nobody is told (去标识化).

    ``sharing`` is how widely that is to be shared, and so which risk it may bear; ``makes`` says
    whether rows are made of it, or statistics. Raises ``Incomplete``.
    """
    del actor
    release = Release.objects.with_files().filter(entry=entry, number=number).first()
    wrong = []
    if release is None or not release.is_table:
        says = "There is no such version, its data was destroyed, or it has no rows."
        wrong.append(Fault("number", says, _DUTY))
    if to.provider_id != entry.provider_id or to.pk == entry.pk:
        says = "Name another entry of your own body: this one stays as it is."
        wrong.append(Fault("to", says, _DUTY))
    if sharing not in packs.active().ways:
        wrong.append(Fault("sharing", "Choose one of the ways of sharing.", _DUTY))
    if wrong or release is None:
        raise Incomplete(wrong)
    now = clock.now()
    work = Deidentification(
        source=release,
        entry=to,
        sharing=sharing,
        makes=makes,
        sealed_by=DataKey.objects.of(entry.thing, at=now),
        begun_at=now,
        changed_at=now,
    )
    plan = StatisticsContent() if work.is_statistics else PlanContent()
    work.plan = plan.model_dump(mode="json")
    work.found = work.measured = {}
    work.save()
    return work


@act("deidentify.classify", duty=_DUTY, subject="work", surface=OUTSIDE)
def classify(*, actor: Actor, work: Deidentification, plan: PlanContent) -> Deidentification:
    """Say of each item what it is and what becomes of it, and what rows are held to (分类).

    What was found by what was said before counts no more. Raises ``OutOfTurn`` while a job is at
    it, or once it was written, and ``Incomplete`` where the population is not to be read.
    """
    if wrong := list(reads.may_compare(actor, plan)):
        raise Incomplete(wrong)
    return _plan(work, Makes.ROWS, plan)


@act("deidentify.tabulate", duty=_DUTY, subject="work", surface=OUTSIDE)
def tabulate(*, actor: Actor, work: Deidentification, plan: StatisticsContent) -> Deidentification:
    """Say which table is made: its dimensions, what it tells, how it is protected (统计表方案).

    What was found by what was said before counts no more. Raises ``OutOfTurn`` as ``classify``.
    """
    del actor
    return _plan(work, Makes.STATISTICS, plan)


@act("deidentify.search", duty=_DUTY, subject="work", surface=OUTSIDE)
def search(*, actor: Actor, work: Deidentification) -> Deidentification:
    """Have the levels searched that lose least while nobody is told (求最优泛化).

    Raises ``Incomplete`` with each item that is not classified or lacks its hierarchy.
    """
    _require(work, {WorkState.DRAFT, WorkState.FOUND, WorkState.FAILED})
    if wrong := reads.faults(work):
        raise Incomplete(wrong)
    work.found, work.error = {}, {}
    work.set_going(actor)
    _now(work, WorkState.SEARCHING)
    _later("deidentify.search", work)
    return work


@act("deidentify.call_off", duty=_DUTY, subject="work", surface=OUTSIDE)
def call_off(*, actor: Actor, work: Deidentification) -> Deidentification:
    """Call a job off; nothing that it found counts. Raises ``OutOfTurn`` where none runs."""
    del actor
    _require(work, set(MOVING))
    before = {
        WorkState.SEARCHING: WorkState.DRAFT,
        WorkState.WRITING: WorkState.FOUND,
        WorkState.MEASURING: WorkState.WRITTEN,
    }
    work.begin_anew()
    _now(work, before[WorkState(work.state)])
    return work


@act("deidentify.prepare", duty=_DUTY, subject="work", surface=OUTSIDE)
def prepare(*, actor: Actor, work: Deidentification) -> Deidentification:
    """Have the rows written on the levels found, and brought in for the other entry (生成数据).

    From there on they pass as any file does, and are published by whoever looks at them.
    Raises ``OutOfTurn`` before levels are found.
    """
    _require(work, {WorkState.FOUND, WorkState.WRITTEN, WorkState.MEASURED})
    if wrong := reads.faults(work):
        raise Incomplete(wrong)
    work.error = {}
    work.set_going(actor)
    _now(work, WorkState.WRITING)
    _later("deidentify.write", work)
    return work


@act("deidentify.measure", duty=_DUTY, subject="work", surface=OUTSIDE)
def measure(*, actor: Actor, work: Deidentification) -> Deidentification:
    """Have the released bytes measured by both implementations (重标识风险度量).

    Raises ``OutOfTurn`` before what was written is published.
    """
    _require(work, {WorkState.WRITTEN, WorkState.MEASURED})
    if work.published is None:
        raise OutOfTurn("Publish what was written first: the released bytes are measured.")
    work.measured, work.error = {}, {}
    work.set_going(actor)
    _now(work, WorkState.MEASURING)
    _later("deidentify.measure", work)
    return work


@act("deidentify.certify", duty=_DUTY, subject="work", surface=OUTSIDE, makes=True)
def certify(*, actor: Actor, work: Deidentification) -> Certificate:
    """Sign for it that nobody is told by the released bytes, as they were measured (出具证书).

    Certificates of other releases of the same source end where these were not measured together
    with it. Raises ``Incomplete`` where the risk is too high, ``OutOfTurn`` where the release is no
    more what was measured.
    """
    _require(work, {WorkState.MEASURED})
    release = work.published
    if release is None or release.digest_text != work.measured["release"]:
        raise OutOfTurn("The version is no more what was measured. Have it measured again.")
    if Release.objects.latest_of(release.entry) != release:
        raise OutOfTurn("A newer version has followed. Only the newest one is certified.")
    if Certificate.objects.filter(release=release, ended_at=None).exists():
        raise OutOfTurn("This version bears a certificate already.")
    wrong = list(reads.risks(work))
    if not work.is_statistics:
        wrong += attacking.gains(work.measured, work.bears.risk)
    if wrong:
        raise Incomplete(wrong)
    for other in reads.linked(work):
        if other.number not in reads.measured_with(work):
            other.end(Ended.LINKED, clock.now())
    made = certifying.issue(actor, work, release)
    made.have_asked_again(made.issued_at)
    return made


@act("deidentify.withdraw", duty=_DUTY, subject="certificate", surface=OUTSIDE)
def withdraw(*, actor: Actor, certificate: Certificate) -> Certificate:
    """Take a certificate back: from now on nothing goes out by it. Raises ``OutOfTurn``."""
    del actor
    if certificate.ended_at is not None:
        raise OutOfTurn("This certificate has ended already.")
    certificate.end(Ended.WITHDRAWN, clock.now())
    return certificate


@act(
    "deidentify.bring_hierarchy",
    duty=_DUTY,
    subject="body",
    surface=OUTSIDE,
    makes=True,
    clashes=_TITLE_TAKEN,
)
def bring_hierarchy(*, actor: Actor, body: Body, title: str, lines: str) -> BroughtHierarchy:
    """Bring a hierarchy: a line for each value, ``value;level 1;…;*`` (泛化层级).

    Raises ``Incomplete`` where a line does not fit, naming it.
    """
    del actor
    if not title.strip():
        raise Incomplete.at("title", "Give it a title.", _DUTY)
    made = BroughtHierarchy(
        body=body,
        title=title.strip()[:200],
        sealed_by=DataKey.objects.of(body.thing, at=clock.now()),
    )
    _keep(made, lines)
    return made


@act("deidentify.change_hierarchy", duty=_DUTY, subject="hierarchy", surface=OUTSIDE)
def change_hierarchy(*, actor: Actor, hierarchy: BroughtHierarchy, lines: str) -> BroughtHierarchy:
    """Bring other lines of a hierarchy; certificates that rest on it end (变更泛化层级).

    Raises ``Incomplete`` as ``bring_hierarchy`` does, ``OutOfTurn`` where nothing is changed.
    """
    del actor
    before = bytes(hierarchy.digest)
    _keep(hierarchy, lines)
    if bytes(hierarchy.digest) == before:
        raise OutOfTurn("These are the same lines.")
    for certificate in hierarchy.certificates.filter(ended_at=None).select_related(
        "release__entry"
    ):
        certificate.end(Ended.HIERARCHY, clock.now())
    return hierarchy


def _keep(hierarchy: BroughtHierarchy, lines: str) -> None:
    if len(lines) > MOST_CHARACTERS:
        raise Incomplete.at("lines", "The hierarchy is too long.", _DUTY)
    try:
        text = Hierarchy.read(lines).write()
    except HierarchyFault as fault:
        says = "The lines are no hierarchy: {fault}. Each is value;level 1;…;*"
        raise Incomplete.at("lines", says, _DUTY, {"fault": str(fault)}) from fault
    hierarchy.content = {"text": text}
    hierarchy.digest = keyed("yelin.privacy.BroughtHierarchy", text)
    hierarchy.changed_at = clock.now()
    hierarchy.save()


def _plan(
    work: Deidentification, makes: Makes, plan: PlanContent | StatisticsContent
) -> Deidentification:
    _require(work, {WorkState.DRAFT, WorkState.FOUND, WorkState.FAILED})
    if work.makes != makes:
        raise OutOfTurn("This work makes something else. Begin another one for it.")
    work.plan = plan.model_dump(mode="json")
    work.found, work.error = {}, {}
    _now(work, WorkState.DRAFT)
    return work


def _require(work: Deidentification, states: set[WorkState]) -> None:
    if work.state not in states:
        raise OutOfTurn("This work is not waiting for you any more. Look at its present state.")


def _now(work: Deidentification, state: WorkState) -> None:
    work.state, work.changed_at = state, clock.now()
    work.save()


def _later(task: str, work: Deidentification) -> None:
    # In the act's own transaction: no work under way without its job, no job without its work.
    app.configure_task(task, lock=f"deidentify/{work.pk}").defer(work=str(work.pk))
