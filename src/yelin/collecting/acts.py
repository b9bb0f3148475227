"""What may be done about asking: forms drafted, answered for and approved.

What a form or an entry asks although sharing gives it is pointed out at once, and answered before
anybody reviews it.
"""

from yelin.acts.frame import act
from yelin.collecting import pointing, rules, telling
from yelin.collecting.content import FormContent
from yelin.collecting.models import Answer, CollectionForm, Repeat, State
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body

TITLE_TAKEN = {
    "collecting_title_once": Fault(
        "title", "Your body already has a form with this title.", duties.COLLECT_LAWFULLY
    )
}


@act(
    "collecting.draft",
    duty=duties.COLLECT_ONCE,
    subject="body",
    surface=OUTSIDE,
    makes=True,
    clashes=TITLE_TAKEN,
)
def draft(*, actor: Actor, body: Body, content: FormContent) -> CollectionForm:
    """Begin a collection form, and point out what others have already (数据采集表)."""
    form = CollectionForm(body=body)
    form.say(content, clock.now())
    pointing.form_asks(actor, form)
    return form


@act(
    "collecting.amend",
    duty=duties.COLLECT_ONCE,
    subject="form",
    surface=OUTSIDE,
    clashes=TITLE_TAKEN,
)
def amend(*, actor: Actor, form: CollectionForm, content: FormContent) -> CollectionForm:
    """Change a form that nobody reviews, and look again what others have; answers stay.

    Raises ``OutOfTurn``.
    """
    _require(form, State.DRAFT, State.RETURNED)
    form.say(content, clock.now())
    pointing.form_asks(actor, form)
    return form


@act("collecting.use_shared", duty=duties.COLLECT_ONCE, subject="repeat", surface=OUTSIDE)
def use_shared(*, actor: Actor, repeat: Repeat) -> Repeat:
    """Answer that the item is taken through sharing, and asked of nobody (共享获取).

    Raises ``OutOfTurn`` once what asks was handed in.
    """
    del actor
    return _answer(repeat, Answer.USE, "")


@act("collecting.give_reason", duty=duties.COLLECT_ONCE, subject="repeat", surface=OUTSIDE)
def give_reason(*, actor: Actor, repeat: Repeat, reason: str) -> Repeat:
    """Answer why the item is asked all the same; the reason is published with what asks.

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` once what asks was handed in.
    """
    del actor
    if not reason.strip():
        says = "Say why what is shared does not do. The reason is published."
        raise Incomplete.at("reason", says, duties.COLLECT_ONCE)
    return _answer(repeat, Answer.REASON, reason.strip())


def _answer(repeat: Repeat, answer: Answer, reason: str) -> Repeat:
    form = CollectionForm.objects.filter(pk=repeat.about_id).first()
    if form:
        _require(form, State.DRAFT, State.RETURNED)
    repeat.answer, repeat.reason, repeat.answered_at = answer, reason, clock.now()
    repeat.save()
    return repeat


@act("collecting.submit", duty=duties.COLLECT_ONCE, subject="form", surface=OUTSIDE)
def submit(*, actor: Actor, form: CollectionForm) -> CollectionForm:
    """Hand a form in for review (提请审核).

    Raises ``Incomplete`` for what it lacks and for each item whose repeat is not answered,
    ``OutOfTurn``.
    """
    del actor
    _require(form, State.DRAFT, State.RETURNED)
    wrong = list(rules.faults(form.content))
    wrong += pointing.unanswered(form.thing)
    if wrong:
        raise Incomplete(wrong)
    form.state, form.returned_reason, form.changed_at = State.SUBMITTED, "", clock.now()
    form.save()
    telling.tell_officers(form)
    return form


@act("collecting.approve", duty=duties.COLLECT_ONCE, subject="form", surface=OUTSIDE)
def approve(*, actor: Actor, form: CollectionForm) -> CollectionForm:
    """Let the form be used; it is public from now on, with its reasons. Raises ``OutOfTurn``."""
    del actor
    _require(form, State.SUBMITTED)
    form.state, form.approved_on, form.changed_at = State.APPROVED, clock.today(), clock.now()
    form.save()
    telling.tell_stewards(telling.APPROVED, form)
    return form


@act("collecting.return", duty=duties.COLLECT_ONCE, subject="form", surface=OUTSIDE)
def return_(*, actor: Actor, form: CollectionForm, reason: str) -> CollectionForm:
    """Send the form back with reasons (退回). Raises ``Incomplete`` or ``OutOfTurn``."""
    del actor
    if not reason.strip():
        raise Incomplete.at("reason", "Say what has to be mended.", duties.COLLECT_ONCE)
    _require(form, State.SUBMITTED)
    form.state, form.returned_reason = State.RETURNED, reason.strip()
    form.changed_at = clock.now()
    form.save()
    telling.tell_stewards(telling.RETURNED, form)
    return form


def _require(form: CollectionForm, *states: State) -> None:
    if form.state not in states:
        raise OutOfTurn("The form is at another step by now. Look at its page.")
