"""What may be done with reuses: show, amend, approve, return, withdraw, take down, feature."""

from yelin import gate
from yelin.acts import references
from yelin.acts.attaching import hang
from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.files.examined import Files
from yelin.files.models import Attachment
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.talking import rules, telling
from yelin.talking.models import Reuse, ReuseState
from yelin.talking.rules import About
from yelin.things.models import Thing

_OVER = (ReuseState.WITHDRAWN, ReuseState.REMOVED)


@act(
    "talking.show_reuse",
    duty=duties.REUSE_SHOW,
    subject="entry",
    surface=OUTSIDE,
    makes=True,
)
def show_reuse(
    *,
    actor: Actor,
    entry: Entry,
    said: About,
    attached: Files = (),
) -> Reuse:
    """Show what one made of data, once the agency has approved it (提交利用成果).

    Raises ``Incomplete`` with every fault, and for more in one day than anybody makes.
    """
    uses = _checked(actor, [entry], said, attached)
    since = clock.beginning_of(clock.today())
    if Reuse.objects.filter(maker=actor.party_id, made_at__gte=since).count() >= rules.REUSES_A_DAY:
        raise Incomplete.at("title", "That is enough for one day. Go on tomorrow.")
    reuse = Reuse(
        maker=Thing.objects.get(pk=str(actor.party_id)),
        made_at=clock.now(),
        **said.model_dump(exclude={"also"}),
    )
    reuse.save()
    reuse.uses.set(uses)
    hang(reuse, actor, attached)
    telling.tell_moderators(telling.REUSE_CAME, reuse, "talking.approve_reuse")
    return reuse


@act("talking.amend_reuse", duty=duties.REUSE_SHOW, subject="reuse", surface=OUTSIDE)
def amend_reuse(
    *,
    actor: Actor,
    reuse: Reuse,
    said: About,
    attached: Files = (),
) -> Reuse:
    """Say anew what a reuse is; the agency looks at it again (修改利用成果).

    ``said.also`` are all resources that it uses; none named leaves them as they are.
    Raises ``Incomplete``, or ``OutOfTurn`` for what was withdrawn or taken down.
    """
    if reuse.state in _OVER:
        raise OutOfTurn("This is not shown any more.")
    before = list(reuse.uses.all())
    uses = _checked(actor, [] if said.also else before, said, attached)
    if reuse.link != said.link:
        reuse.failures, reuse.looked_at = 0, None
    for name, value in said.model_dump(exclude={"also"}).items():
        setattr(reuse, name, value)
    reuse.state, reuse.reason, reuse.featured = ReuseState.WAITING, "", False
    reuse.save()
    reuse.uses.set(uses)
    if attached:
        for old in Attachment.objects.kept().filter(about=reuse.pk):
            old.remove(clock.now())
        hang(reuse, actor, attached)
    telling.tell_moderators(telling.REUSE_CAME, reuse, "talking.approve_reuse")
    return reuse


def _checked(actor: Actor, uses: list[Entry], said: About, attached: Files) -> list[Entry]:
    """Return the resources that a reuse uses. Raises ``Incomplete`` with every fault."""
    faults = list(rules.reuse_faults(said))
    found = {entry.pk: entry for entry in uses}
    for code in dict.fromkeys(code.strip() for code in said.also if code.strip()):
        try:
            other = references.resolve(actor, Entry, code)
        except gate.Unseen:
            says = "There is no resource {code}, or you may not know of it."
            faults.append(Fault("also", says, duties.REUSE_SHOW, {"code": code[:80]}))
            continue
        assert isinstance(other, Entry)  # noqa: S101 - that is what was looked for
        found[other.pk] = other
    if len(found) > rules.MOST_USED:
        says = "At most {limit} resources are named."
        faults.append(Fault("also", says, duties.REUSE_SHOW, {"limit": rules.MOST_USED}))
    if len(attached) > 1 or any(not each.kind.picture for each in attached):
        faults.append(Fault("attached", "Send one picture: JPEG, PNG or WebP.", duties.REUSE_SHOW))
    if faults:
        raise Incomplete(faults)
    return list(found.values())


def _why(reason: str) -> str:
    if not reason.strip():
        raise Incomplete.at("reason", "Say why, so that its maker can be told.", duties.REUSE_SHOW)
    return reason.strip()


@act("talking.approve_reuse", duty=duties.REUSE_SHOW, subject="reuse", surface=OUTSIDE)
def approve_reuse(*, actor: Actor, reuse: Reuse) -> Reuse:
    """Show a reuse to everybody from now on (审核通过). Raises ``OutOfTurn``."""
    del actor
    rules.require(reuse.state, ReuseState.WAITING)
    reuse.state = ReuseState.SHOWN
    reuse.shown_at = clock.now()
    reuse.look_next_at = clock.now() if reuse.link else None
    reuse.save()
    telling.tell_maker(telling.REUSE_SHOWN, reuse)
    return reuse


@act("talking.return_reuse", duty=duties.REUSE_SHOW, subject="reuse", surface=OUTSIDE)
def return_reuse(*, actor: Actor, reuse: Reuse, reason: str) -> Reuse:
    """Give a reuse back to its maker, with the reason (退回). Raises ``Incomplete`` without."""
    del actor
    rules.require(reuse.state, ReuseState.WAITING)
    reuse.reason = _why(reason)
    reuse.state = ReuseState.RETURNED
    reuse.save()
    telling.tell_maker(telling.REUSE_RETURNED, reuse)
    return reuse


@act("talking.withdraw_reuse", duty=duties.REUSE_SHOW, subject="reuse", surface=OUTSIDE)
def withdraw_reuse(*, actor: Actor, reuse: Reuse) -> Reuse:
    """Show one's reuse no more (撤回). Raises ``OutOfTurn`` for what is not shown any more."""
    del actor
    if reuse.state in _OVER:
        raise OutOfTurn("This is not shown any more.")
    reuse.state, reuse.featured = ReuseState.WITHDRAWN, False
    reuse.save()
    return reuse


@act("talking.remove_reuse", duty=duties.REUSE_SHOW, subject="reuse", surface=OUTSIDE)
def remove_reuse(*, actor: Actor, reuse: Reuse, reason: str) -> Reuse:
    """Take a shown reuse down, with the reason (下架). Raises ``Incomplete`` without."""
    del actor
    rules.require(reuse.state, ReuseState.SHOWN)
    reuse.reason = _why(reason)
    reuse.state, reuse.featured = ReuseState.REMOVED, False
    reuse.save()
    telling.tell_maker(telling.REUSE_REMOVED, reuse)
    return reuse


@act("talking.feature_reuse", duty=duties.REUSE_SHOW, subject="reuse", surface=OUTSIDE)
def feature_reuse(*, actor: Actor, reuse: Reuse, featured: bool) -> Reuse:
    """Show a reuse on the home page, or no more (推荐)."""
    del actor
    rules.require(reuse.state, ReuseState.SHOWN)
    reuse.featured = featured
    reuse.save()
    return reuse
