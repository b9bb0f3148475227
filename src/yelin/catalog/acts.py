"""What may be done with an entry, from its draft to its withdrawal, and with the tree it stands in.

Amending a confirmed entry begins its revision, which goes the same way; until it is confirmed the
confirmed version stays live.
"""

from collections.abc import Collection
from datetime import date

from yelin import gate
from yelin.acts.frame import act
from yelin.catalog import checks, limits, moments, reviewing, rules, telling, tree, upkeep
from yelin.catalog.changes import Answer, Change, ChangeKind
from yelin.catalog.content import EntryContent, SharingType
from yelin.catalog.limits import Share
from yelin.catalog.models import Category, CodeCounter, Entry
from yelin.catalog.moments import Moment
from yelin.catalog.revisions import Revision, RevisionKind
from yelin.catalog.states import BEING_WRITTEN, GONE, State
from yelin.gate.models import Grant
from yelin.law import clock, duties, packs
from yelin.law.refusals import Fault, Incomplete, OutOfTurn, Unlawful
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.models import Body

TITLE_TAKEN = {
    "catalog_title_unique_inside_provider": Fault(
        "title", "Your body already has an entry of this name.", duties.CATALOG_COMPILE
    )
}
ONCE_EACH = {
    name: Fault(
        "entry", "Two bodies and two people review the negative list.", duties.NEGATIVE_LIST
    )
    for name in ("catalog_review_once_a_body", "catalog_review_by_two_people")
}

NUMBER_TAKEN = {
    "catalog_category_once": Fault(
        "code", "This number is taken. Choose the next one.", duties.CATALOG_CLASSIFY
    )
}


def _require(entry: Entry, states: Collection[State]) -> None:
    if entry.state not in states:
        raise OutOfTurn("This entry has moved on since you opened it. Look at its present state.")


def _require_revision(entry: Entry, states: Collection[State]) -> Revision:
    revision = entry.revision
    if revision is None or revision.state not in states:
        raise OutOfTurn("This entry has moved on since you opened it. Look at its present state.")
    return revision


def _faultless(entry: Entry, content: EntryContent) -> None:
    if found := checks.faults(entry.provider, content):
        raise Incomplete(found)


@act(
    "catalog.draft",
    duty=duties.CATALOG_COMPILE,
    subject="provider",
    surface=OUTSIDE,
    makes=True,
    clashes=TITLE_TAKEN,
)
def draft(*, actor: Actor, provider: Body, content: EntryContent) -> Entry:
    """Begin an entry for a resource of ``provider`` (编制目录).

    Raises ``Unlawful`` for a state secret, of which nothing is stored; ``Incomplete`` for a title
    that the provider already uses, and for what ``checks.referring`` does not find; ``OutOfTurn``
    for a body that has ended.
    """
    rules.refuse_state_secret(content)
    if provider.until is not None:
        raise OutOfTurn("This body has ended: its entries are with its successor.")
    entry = Entry(provider=provider, social=not provider.is_official, drafted_at=clock.now())
    entry.say(checks.referring(actor, provider, content), clock.now())
    return entry


@act(
    "catalog.amend",
    duty=duties.CATALOG_COMPILE,
    subject="entry",
    surface=OUTSIDE,
    clashes=TITLE_TAKEN,
)
def amend(*, actor: Actor, entry: Entry, content: EntryContent) -> Entry:
    """Change what an entry says; a confirmed one by a revision (维护目录).

    A draft may stay incomplete; anything else may not. The class it was registered under stays,
    since its code is made of it.

    Raises ``Unlawful``, ``Incomplete`` or ``OutOfTurn``.
    """
    rules.refuse_state_secret(content)
    _require(entry, {State.DRAFT, State.REGISTERED, State.RETURNED, State.CONFIRMED})
    content = checks.referring(actor, entry.provider, content, before=entry)
    if entry.state != State.DRAFT:
        _faultless(entry, content)
        if content.classification != entry.classification:
            raise Incomplete.at(
                "classification",
                "The code is made of the classification, so it stays.",
                duties.CATALOG_COMPILE,
            )
    if entry.state == State.CONFIRMED:
        _revise(entry, content)
    else:
        entry.say(content, clock.now())
    return entry


def _revise(entry: Entry, content: EntryContent) -> None:
    if entry.revision:
        revision = _require_revision(entry, BEING_WRITTEN)
        if revision.kind != RevisionKind.CHANGE:
            raise OutOfTurn("The withdrawal of this entry is asked for. Drop that first.")
    else:
        revision = Revision(entry=entry, kind=RevisionKind.CHANGE, begun_at=clock.now())
    others = Entry.objects.filter(provider=entry.provider_id, title=content.title)
    if others.exclude(pk=entry.pk).exclude(state__in=GONE).exists():
        raise Incomplete(list(TITLE_TAKEN.values()))
    revision.content = content.model_dump(mode="json", exclude={"state_secret"})
    revision.negative = SharingType.NONE in {entry.sharing_type, content.sharing_type}
    revision.changed_at = clock.now()
    revision.save()
    entry.revision = revision
    entry.save(update_fields=["revision"])


@act("catalog.register", duty=duties.CATALOG_COMPILE, subject="entry", surface=OUTSIDE)
def register(*, actor: Actor, entry: Entry) -> Entry:
    """Register a complete draft: it gets its code and its first version (注册登记).

    Raises ``Incomplete`` with everything that is missing, ``OutOfTurn`` for what is no draft.
    """
    del actor
    _require(entry, {State.DRAFT})
    content = entry.content()
    _faultless(entry, content)
    entry.code = CodeCounter.next_code(entry.classification)
    entry.state = State.REGISTERED
    entry.take_code(entry.code)
    entry.say(content, clock.now())
    return entry


@act("catalog.submit", duty=duties.CATALOG_CONFIRM, subject="entry", surface=OUTSIDE)
def submit(*, actor: Actor, entry: Entry) -> Entry:
    """Send an entry, or the revision of a confirmed one, to those who confirm it (提请确认).

    Social data needs nobody's confirmation, so it takes effect at once.

    Raises ``OutOfTurn``, or ``Incomplete`` where a table still lacks its items or a revision
    changes nothing.
    """
    revision = None
    if entry.state == State.CONFIRMED:
        revision = _require_revision(entry, BEING_WRITTEN)
    else:
        _require(entry, {State.REGISTERED, State.RETURNED})
    content = entry.in_hand()
    if rules.is_tabular(content, checks.formats()) and not content.items:
        raise Incomplete.at(
            "items",
            "Describe the items, or bring in a file and take over the proposed ones.",
            duties.CATALOG_COMPILE,
        )
    if revision and revision.kind == RevisionKind.CHANGE and content == entry.content():
        raise Incomplete.at(
            "title", "The revision says what the entry says already.", duties.CATALOG_COMPILE
        )
    moments.come(Moment.SUBMITTED, actor, entry)
    _send(actor, entry)
    return entry


def _send(actor: Actor, entry: Entry) -> None:
    """Let what is worked on await confirmation from now on, or hold at once if none is needed."""
    entry.sent_at, entry.sendings = clock.now(), entry.sendings + 1
    if entry.revision:
        entry.revision.go_to(State.AWAITING, entry.sent_at)
        upkeep.stand_still(entry)
    else:
        entry.state, entry.returned_reason, entry.changed_at = State.AWAITING, "", entry.sent_at
    entry.save(update_fields=["state", "returned_reason", "changed_at", "sent_at", "sendings"])
    telling.tell_officers(telling.AWAITING, entry)
    if not reviewing.sides(entry):
        _take_effect(actor, entry)


def _take_effect(actor: Actor, entry: Entry) -> None:
    upkeep.take_effect(entry)
    is_gone = entry.state == State.WITHDRAWN
    moments.come(Moment.WITHDRAWN if is_gone else Moment.CONFIRMED, actor, entry)


@act("catalog.ask_withdrawal", duty=duties.CATALOG_COMPILE, subject="entry", surface=OUTSIDE)
def ask_withdrawal(*, actor: Actor, entry: Entry, reason: str) -> Entry:
    """Ask that a confirmed entry be withdrawn, with a reason that everyone will read (申请撤销).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` while a change of it is open.
    """
    _require(entry, {State.CONFIRMED})
    if not reason.strip():
        raise Incomplete.at("reason", "Say why it is withdrawn.", duties.CATALOG_COMPILE)
    if entry.revision:
        revision = _require_revision(entry, BEING_WRITTEN)
        if revision.kind != RevisionKind.WITHDRAWAL:
            raise OutOfTurn("A change of this entry is open. Drop it first.")
    else:
        revision = Revision(entry=entry, kind=RevisionKind.WITHDRAWAL, begun_at=clock.now())
        revision.negative = reviewing.is_negative(entry)
    revision.reason, revision.changed_at = reason.strip(), clock.now()
    revision.save()
    entry.revision = revision
    entry.save(update_fields=["revision"])
    _send(actor, entry)
    return entry


@act(
    "catalog.confirm",
    duty=duties.CATALOG_CONFIRM,
    subject="entry",
    surface=OUTSIDE,
    clashes=ONCE_EACH | TITLE_TAKEN,
)
def confirm(*, actor: Actor, entry: Entry) -> Entry:
    """Confirm what awaits it: the entry, a change of it, or its withdrawal (确认目录).

    It takes effect once everybody whose confirmation is needed has given it: what touches the
    negative list needs two bodies and two people. Raises ``OutOfTurn`` for what does not await
    confirmation, or not this body's; ``Unlawful`` for a second review by the same person;
    ``Incomplete`` for what rooms above find unanswered.
    """
    if entry.sent_at is None:
        raise OutOfTurn("This entry has moved on since you opened it. Look at its present state.")
    powers, had = reviewing.powers_of(actor, entry), reviewing.given(entry)
    waiting = reviewing.outstanding(entry, had)
    others = [side for side in waiting if not side.is_of(actor.body_kind, powers)]
    if others == waiting:
        raise OutOfTurn("Your side has confirmed this already. It waits for the other one.")
    if actor.person_id in {review.person_id for review in had}:
        raise Unlawful(duties.NEGATIVE_LIST, "Two different people review the negative list.")
    moments.come(Moment.CONFIRMING, actor, entry)
    entry.reviews.create(
        sending=entry.sendings,
        powers=sorted(powers),
        body_id=actor.body_id,
        seat_id=actor.seat_id,
        person_id=actor.person_id,
        at=clock.now(),
    )
    if not others:
        _take_effect(actor, entry)
    return entry


@act("catalog.return", duty=duties.CATALOG_CONFIRM, subject="entry", surface=OUTSIDE)
def return_(*, actor: Actor, entry: Entry, reason: str) -> Entry:
    """Send what awaits confirmation back to its provider with reasons (退回).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` for what does not await confirmation.
    """
    del actor
    if not reason.strip():
        raise Incomplete.at("reason", "Say what has to be mended.", duties.CATALOG_CONFIRM)
    if entry.sent_at is None:
        raise OutOfTurn("This entry has moved on since you opened it. Look at its present state.")
    entry.sent_at = None
    if entry.revision:
        entry.revision.go_to(State.RETURNED, clock.now(), because=reason.strip())
        upkeep.run_on(entry)
    else:
        entry.state, entry.returned_reason = State.RETURNED, reason.strip()
        entry.changed_at = clock.now()
    entry.save(update_fields=["state", "returned_reason", "changed_at", "sent_at"])
    telling.tell_stewards(telling.RETURNED, entry)
    return entry


@act(
    "catalog.add_category",
    duty=duties.CATALOG_CLASSIFY,
    subject="body",
    surface=OUTSIDE,
    makes=True,
    clashes=NUMBER_TAKEN,
)
def add_category(*, actor: Actor, body: Body, code: str, name: str, name_en: str = "") -> Category:
    """Lay down a category or a subcategory of the classification tree (设立目、细目).

    ``code`` is the whole code, down from its class; it is never changed, so entries keep theirs.
    Raises ``Incomplete`` for one that is taken, or with nothing above it.
    """
    del actor
    code, name = code.strip(), name.strip()
    wrong = list(rules.category_faults(code, name, above=tree.has(tree.above(code))))
    if tree.has(code):
        wrong.append(NUMBER_TAKEN["catalog_category_once"])
    if wrong:
        raise Incomplete(wrong)
    return Category.objects.create(body=body, code=code, name=name, name_en=name_en.strip())


@act("catalog.drop", duty=duties.CATALOG_COMPILE, subject="entry", surface=OUTSIDE)
def drop(*, actor: Actor, entry: Entry) -> Entry:
    """Drop what was never confirmed: an entry, or what is asked for of a confirmed one (作废).

    A code that was given is not given again. Raises ``OutOfTurn`` for what awaits confirmation.
    """
    del actor
    if entry.state == State.CONFIRMED:
        _require_revision(entry, BEING_WRITTEN).go_to(State.DROPPED, clock.now())
        entry.let_go()
    else:
        _require(entry, {State.DRAFT, State.REGISTERED, State.RETURNED})
        entry.state, entry.changed_at = State.DROPPED, clock.now()
    entry.save(update_fields=["state", "changed_at", "revision"])
    return entry


@act(
    "catalog.note_change",
    duty=duties.CATALOG_REVISE,
    subject="provider",
    surface=OUTSIDE,
    makes=True,
)
def note_change(
    *,
    actor: Actor,
    provider: Body,
    kind: ChangeKind,
    what: str,
    since: date,
    entries: tuple[str, ...],
) -> Change:
    """Note that a law, or the body's functions, changed: these entries must follow (依法更新).

    ``entries`` are the codes of confirmed entries. The term to revise each runs from ``since``; one
    that runs already runs on. Raises ``Incomplete`` with every fault.
    """
    touched = {entry.code: entry for entry in upkeep.hold(provider, entries)}
    wrong = list(rules.change_faults(what, entries, known=touched.keys()))
    if wrong:
        raise Incomplete(wrong)
    change = Change(
        provider=provider,
        kind=kind,
        what=what.strip(),
        since=since,
        noted_by_id=actor.body_id,
        noted_at=clock.now(),
    )
    change.save()
    upkeep.touch(change, list(touched.values()))
    return change


@act("catalog.keep", duty=duties.CATALOG_REVISE, subject="entry", surface=OUTSIDE)
def keep(*, actor: Actor, entry: Entry, reason: str) -> Entry:
    """Say why an entry stays as it is though a law or function changed (核实无需更新).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` where no change touches it.
    """
    del actor
    if not reason.strip():
        raise Incomplete.at("reason", "Say why it stays as it is.", duties.CATALOG_REVISE)
    if not entry.touched.filter(answer="").exists():
        raise OutOfTurn("No change of law or function waits for this entry.")
    upkeep.answer(entry, Answer.KEPT, reason.strip())
    return entry


@act("catalog.lapse", duty=duties.CATALOG_REVISE, subject="entry", surface={Surface.SYSTEM})
def lapse(*, actor: Actor, entry: Entry) -> Entry:
    """Record that an entry was not revised within the term (逾期未更新目录).

    The clock runs on: what is owed stays owed. Raises ``OutOfTurn`` for one that is recorded.
    """
    del actor
    passed = clock.overdue(duties.CATALOG_REVISE).filter(thing=entry.pk)
    if not passed.update(lapsed_at=clock.now()):
        raise OutOfTurn("This term has not passed, or its lapse is already recorded.")
    telling.tell_stewards(telling.LATE, entry)
    return entry


@act("catalog.share", duty=duties.SHARING_TYPE, subject="entry", surface=OUTSIDE, makes=True)
def share(*, actor: Actor, entry: Entry, to: Body, given: Share) -> Grant:
    """Give another department the rows of a shared resource, until a day (共享).

    Social data goes to whichever body its holder names. Raises ``Incomplete`` for a body that may
    not have it, an item that is not, a use for which the entry is not shared, a day that has
    passed, social data of which nobody said why others may have it.
    """
    del actor
    names = entry.items_for_departments()
    uses = (
        packs.active().list("use_requirement").keys if entry.social else entry.sharing_requirements
    )
    wrong = list(limits.share_faults(given, items=names, uses=uses))
    if entry.social and entry.handing_over is None:
        wrong.insert(0, Fault("to", rules.HAND_OVER_SAYS, duties.HAND_OVER))
    may_have = to.may_represent if entry.social else to.is_official
    if not may_have or to.until is not None or to.pk == entry.provider_id:
        says = "Name another living body." if entry.social else "Name another living public body."
        wrong.insert(0, Fault("to", says, entry.own_duty(duties.SHARING_TYPE)))
    if wrong:
        raise Incomplete(wrong)
    grant = gate.grant(
        to,
        entry,
        "resource.read",
        duty=duties.SOCIAL_GIVE if entry.social else duties.SHARING_TYPE,
        purposes=given.purposes,
        bears=given.obligations(),
    )
    telling.tell_receivers(entry, to, given.until)
    return grant
