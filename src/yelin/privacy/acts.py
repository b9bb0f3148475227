"""What may be done about consent: notices drafted and published, purposes agreed to, data covered.

Whoever agrees, or does so no more, changes in the same transaction whose rows leave.
"""

from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.collecting.models import CollectionForm
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.models import Body
from yelin.privacy import agreeing, publishing
from yelin.privacy.content import NoticeContent
from yelin.privacy.models import CollectionNotice, Consent, Covering, Purpose, State
from yelin.warehouse import agreed
from yelin.warehouse.subjects import SubjectSet

TITLE_TAKEN = {
    "privacy_title_once": Fault(
        "title", "Your body already has a notice with this title.", duties.NOTICE_STATE
    )
}


@act(
    "privacy.draft",
    duty=duties.NOTICE_STATE,
    subject="body",
    surface=OUTSIDE,
    makes=True,
    clashes=TITLE_TAKEN,
)
def draft(
    *, actor: Actor, body: Body, content: NoticeContent, form: CollectionForm | None = None
) -> CollectionNotice:
    """Begin a notice of which personal information is collected, and what for (收集告知书).

    Raises ``Incomplete`` for a form of another body.
    """
    del actor
    if form is not None and form.body_id != body.pk:
        raise Incomplete.at("form", "Name a collection form of your own body.")
    notice = CollectionNotice(body=body, form=form)
    notice.say(content, clock.now())
    return notice


@act(
    "privacy.amend",
    duty=duties.NOTICE_STATE,
    subject="notice",
    surface=OUTSIDE,
    clashes=TITLE_TAKEN,
)
def amend(*, actor: Actor, notice: CollectionNotice, content: NoticeContent) -> CollectionNotice:
    """Change what a notice says at the desk; everyone reads it once it is published again.

    Raises ``OutOfTurn`` for one that was withdrawn.
    """
    del actor
    _require_living(notice)
    notice.say(content, clock.now())
    return notice


@act("privacy.publish", duty=duties.NOTICE_STATE, subject="notice", surface=OUTSIDE)
def publish(*, actor: Actor, notice: CollectionNotice) -> CollectionNotice:
    """Publish a notice, the first time or as it reads now, once no rule stands against it (告知).

    A purpose that has become another is agreed to anew. Raises ``Incomplete`` with every clause
    that offends, ``OutOfTurn`` where nothing is new.
    """
    del actor
    _require_living(notice)
    if wrong := publishing.faults(notice):
        raise Incomplete(wrong)
    publishing.publish(notice, clock.now())
    return notice


@act("privacy.withdraw_notice", duty=duties.NOTICE_STATE, subject="notice", surface=OUTSIDE)
def withdraw_notice(*, actor: Actor, notice: CollectionNotice) -> CollectionNotice:
    """Withdraw a notice by which nothing is collected any more: nobody agrees by it from now on.

    What was agreed to stands until whoever agreed withdraws it. Raises ``OutOfTurn``.
    """
    del actor
    if notice.state != State.PUBLISHED:
        raise OutOfTurn("Only a published notice is withdrawn.")
    publishing.withdraw(notice, clock.now())
    return notice


@act(
    "privacy.agree",
    duty=duties.CONSENT_ASK,
    subject="purpose",
    surface=OUTSIDE,
    makes=True,
)
def agree(*, actor: Actor, purpose: Purpose) -> Consent:
    """Agree to one purpose for oneself, as who one was verified to be (同意).

    Raises ``Incomplete`` where one's name is not verified, ``OutOfTurn`` where it rests on no
    consent, has ended, or is agreed to already.
    """
    return agreeing.give(purpose, agreeing.verified(actor), clock.now())


@act(
    "privacy.agree_for_child",
    duty=duties.CONSENT_GUARDIAN,
    subject="purpose",
    surface={Surface.PAGE},
    makes=True,
)
def agree_for_child(*, actor: Actor, purpose: Purpose, number: str) -> Consent:
    """Agree to one purpose for a child under 14 whose parent or guardian one is (监护人同意).

    Of the child's identity number a keyed digest and its ends are kept. Raises what ``agree``
    does, and ``Incomplete`` for a number that is none, or is of nobody under 14.
    """
    guardian = agreeing.verified(actor)
    return agreeing.give(purpose, agreeing.child_of(guardian, purpose, number), clock.now())


@act("privacy.withdraw", duty=duties.CONSENT_WITHDRAW, subject="consent", surface=OUTSIDE)
def withdraw(*, actor: Actor, consent: Consent) -> Consent:
    """Withdraw what one agreed to: from this moment no row about the subject leaves by it (撤回).

    Raises ``OutOfTurn`` for what was withdrawn.
    """
    del actor
    agreeing.withdraw(consent, clock.now())
    return consent


@act(
    "privacy.cover",
    duty=duties.HAND_OVER,
    subject="entry",
    surface=OUTSIDE,
    # Who agrees at this moment is entered before, or enters by itself after.
    locks=("entry", "purpose"),
    makes=True,
)
def cover(
    *, actor: Actor, entry: Entry, purpose: Purpose, item: str, uses: tuple[str, ...] = ()
) -> Covering:
    """Let rows of a resource go out only as their subjects agreed to a purpose (经同意提供).

    ``item`` holds the identity numbers of the subjects; ``uses`` are those for which it is given
    to others by this purpose (none named: any). Raises ``Incomplete`` and ``OutOfTurn``.
    """
    del actor
    if wrong := list(agreeing.covering_faults(entry, purpose, item, uses)):
        raise Incomplete(wrong)
    now = clock.now()
    subjects = SubjectSet(entry=entry, item=item, uses=sorted(uses), changed_at=now)
    subjects.save()
    covering = Covering(entry=entry, purpose=purpose, subjects=subjects)
    covering.save()
    agreeing.enter(covering)
    purpose.consent_lists.filter(ended_at=None).update(behind=True)
    if newest := entry.releases.order_by("-number").first():
        agreed.expect(newest, subjects)
    if not entry.by_consent:
        entry.by_consent = True
        entry.save(update_fields=["by_consent"])
    return covering


@act("privacy.uncover", duty=duties.HAND_OVER, subject="covering", surface=OUTSIDE)
def uncover(*, actor: Actor, covering: Covering) -> Covering:
    """Let no row go out by this purpose any more; those of other purposes go on (停止提供).

    Raises ``OutOfTurn`` where it has ended.
    """
    del actor
    if covering.ended_at is not None:
        raise OutOfTurn("This has ended already.")
    covering.ended_at = clock.now()
    covering.save(update_fields=["ended_at"])
    covering.subjects.end(covering.ended_at)
    return covering


def _require_living(notice: CollectionNotice) -> None:
    if notice.state == State.WITHDRAWN:
        raise OutOfTurn("This notice was withdrawn. Begin a new one.")
