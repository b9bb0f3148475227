"""Disputes over contracts: what waits for one, one dispute with all that was said, its evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.law import duties, packs
from yelin.ledger.models import Leaf
from yelin.market.contract import wording
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Side
from yelin.market.dispute import acts, reads, rules
from yelin.market.dispute.content import ClaimContent, ProposalContent
from yelin.market.dispute.models import Dispute, Statement
from yelin.market.dispute.rules import By, Move, State
from yelin.parties.actor import Actor
from yelin.surface import packs as evidence
from yelin.surface.actor import Asker
from yelin.web import offers, telling, terms
from yelin.web.asking import GET_OR_POST
from yelin.web.fields import ReasonForm
from yelin.web.guards import seated
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.portal.dispute_forms import AcceptForm, ClaimForm, ProposalForm, WordsForm
from yelin.web.shapes import Term
from yelin.web.templatetags.yelin import body_name
from yelin.web.trail import trail

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class Card:
    """A dispute in a list: over what, between whom, and how it stands."""

    dispute: Dispute
    url: str
    opener: str
    other: str
    term: Term | None


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as the page tells it, and from whom it is."""

    statement: Statement
    who: str


def _name(found: Dispute, side: Side) -> str:
    """Return who speaks for a side; for neither, who mediates."""
    is_neither = side is Side.PLATFORM
    return body_name(found.mediator if is_neither else found.contract.body_of(side))


def cards(found: Sequence[Dispute]) -> list[Card]:
    """Return disputes as lists show them."""
    running = terms.running_on(each.pk for each in found)
    return [
        Card(
            dispute=each,
            url=reverse("portal:dispute", args=[each.number]),
            opener=_name(each, each.side_of(By.OPENER)),
            other=_name(each, each.side_of(By.OTHER)),
            term=running.get(each.pk),
        )
        for each in found
    ]


def opens(actor: Actor, contract: Contract) -> list[Offer]:
    """Return what a side of a contract may do to open a dispute over it."""
    if not acts.may_be_disputed(contract):
        return []
    return [
        Offer(
            act="dispute.open",
            on=contract,
            title=_("Open a dispute"),
            says=_(
                "The other side answers, then it is mediated. Nobody judges here: that is left to "
                "whom the contract names."
            ),
            button=_("Open the dispute"),
            done=_("The dispute is open; the other side was told."),
            form=ClaimForm,
            do=lambda said: acts.open_(actor=actor, contract=contract, claim=ClaimContent(**said)),
        )
    ]


@require_safe
@seated
def disputes(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the disputes that wait for one's body, and all of which one may know."""
    actor = asker.actor
    rows, pager = cut(reads.seen_by(actor), request.GET, PAGE_SIZE)
    context = {
        "waiting": cards(list(reads.waiting_for(actor))),
        "cards": cards(rows),
        "pager": pager,
        "provision": packs.active().ordering(duties.DISPUTE_MEDIATE),
        "crumbs": trail(
            pgettext("market", "Disputes"), (_("Negotiations and contracts"), "portal:negotiations")
        ),
    }
    return render(request, "portal/disputes.html", context)


@require_http_methods(GET_OR_POST)
@seated
def dispute(request: HttpRequest, asker: Asker, number: str) -> HttpResponse:
    """Show a dispute: whose turn it is, what was said and proposed; take what one does."""
    actor = asker.actor
    found = reads.get(actor, number)
    by, stands = found.by(actor.body_id), found.stands if found.is_open else None
    taken = offers.take(request, actor, _offered(actor, found, by, stands))
    if taken.made is not None:
        return redirect("portal:dispute", number)
    contract, runs = found.contract, found.runs
    said = list(found.statements.all())
    leaves = Leaf.objects.filter(subject=found.pk).select_related("body").order_by("id")
    context = {
        "dispute": found,
        "claim": said[0],
        "contract": contract,
        "may_see_contract": gate.decide(actor, "contract.see", contract).allowed,
        "opener": _name(found, found.side_of(By.OPENER)),
        "other": _name(found, found.side_of(By.OTHER)),
        "mediator": body_name(found.mediator),
        "term": terms.told(runs) if runs else None,
        "is_ours": (found.state == State.ANSWERING and by is By.OTHER)
        or (found.state == State.MEDIATING and actor.body_id == found.mediator_id),
        "said": [Said(each, _name(found, Side(each.side))) for each in said[1:]],
        "stands": stands,
        "proposer": _name(found, Side(stands.side)) if stands else "",
        "may_accept": any(each.offer.act == "dispute.accept" for each in taken.offered),
        "agreed": found.agreed,
        "pays_back": found.agreed is not None
        and found.agreed.sum is not None
        and actor.body_id == contract.provider_id,
        "clauses": _clauses(found),
        "forum": _forum(contract),
        "course": telling.lines(actor, list(gate.visible_to(actor, "leaf.open", leaves)),
                                are_open=True),
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.DISPUTE_MEDIATE),
        "crumbs": trail(found.number, (pgettext("market", "Disputes"), "portal:disputes")),
    }  # fmt: skip
    return render(request, "portal/dispute.html", context, status=taken.status)


def _clauses(found: Dispute) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the clauses that it names, in their words; what they leave unsaid stays out."""
    return [
        (title, [(label, value) for label, value in facts if value != wording.UNSAID])
        for name, title, facts in wording.told(found.contract.terms)
        if name in found.clauses
    ]


def _forum(contract: Contract) -> str:
    """Return who decides what is not settled, as the contract says."""
    named = contract.terms.disputes
    if named is None:
        return ""
    return f"{wording.FORUMS[named.forum]} · {named.place}"


def _offered(actor: Actor, found: Dispute, by: By, stands: Statement | None) -> list[Offer]:
    state = State(found.state)
    own = found.side_of(by)
    made = []
    if rules.is_possible(state, Move.ANSWER, by):
        made.append(_answers(actor, found))
    if stands and stands.side != own and rules.is_possible(state, Move.ACCEPT, by):
        made.append(_accepts(actor, found, stands))
    if rules.is_possible(state, Move.PROPOSE, by):
        made.append(_proposes(actor, found))
    if rules.is_possible(state, Move.SAY, by):
        made.append(_says(actor, found))
    if rules.is_possible(state, Move.WITHDRAW, by):
        made.append(_withdraws(actor, found))
    if rules.is_possible(state, Move.REFER, by):
        made.append(_refers(actor, found))
    return made


def _answers(actor: Actor, found: Dispute) -> Offer:
    return Offer(
        act="dispute.answer",
        on=found,
        title=_("Answer the claim"),
        says=_("Say what you admit and what not, and why. Then it is mediated."),
        button=pgettext("dispute", "Answer it"),
        done=_("Your answer is with the other side and the mediator."),
        form=WordsForm,
        do=lambda said: acts.answer(actor=actor, dispute=found, **said),
    )


def _accepts(actor: Actor, found: Dispute, stands: Statement) -> Offer:
    return Offer(
        act="dispute.accept",
        on=found,
        title=_("Accept the proposal"),
        says=_("The dispute is settled by these words; neither side can change them after that."),
        button=pgettext("dispute", "Accept it"),
        done=_("The dispute is settled."),
        form=AcceptForm,
        initial={"digest": stands.digest_text},
        do=lambda said: acts.accept(actor=actor, dispute=found, digest=said["digest"]),
    )


def _proposes(actor: Actor, found: Dispute) -> Offer:
    return Offer(
        act="dispute.propose",
        on=found,
        title=_("Propose how to settle it"),
        says=_("It takes the place of what was proposed before."),
        button=_("Propose it"),
        done=_("The proposal is made; the other side was told."),
        form=ProposalForm,
        do=lambda said: acts.propose(actor=actor, dispute=found, proposal=ProposalContent(**said)),
    )


def _says(actor: Actor, found: Dispute) -> Offer:
    return Offer(
        act="dispute.say",
        on=found,
        title=_("Write to the others"),
        button=pgettext("dispute", "Send it"),
        done=_("The others can read it now."),
        form=WordsForm,
        do=lambda said: acts.say(actor=actor, dispute=found, **said),
    )


def _withdraws(actor: Actor, found: Dispute) -> Offer:
    return Offer(
        act="dispute.withdraw",
        on=found,
        title=_("Withdraw the dispute"),
        button=pgettext("dispute", "Withdraw it"),
        done=_("The dispute is withdrawn."),
        form=ReasonForm,
        do=lambda said: acts.withdraw(actor=actor, dispute=found, **said),
        stops=True,
    )


def _refers(actor: Actor, found: Dispute) -> Offer:
    return Offer(
        act="dispute.refer",
        on=found,
        title=_("End the mediation"),
        says=_("Without agreement, what decides is what the contract names."),
        button=pgettext("dispute", "End it"),
        done=_("The mediation has ended without agreement."),
        form=ReasonForm,
        do=lambda said: acts.refer(actor=actor, dispute=found, **said),
        stops=True,
    )


@require_safe
@never_cache
@seated
def pack(request: HttpRequest, asker: Asker, number: str) -> HttpResponseBase:
    """Hand out the evidence of a dispute, which proves itself anywhere."""
    del request
    try:
        return evidence.send(reads.get(asker.actor, number))
    except evidence.NothingSigned:
        raise Http404 from None
