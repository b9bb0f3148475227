"""Shredding what a leaf said: which leaf, what is destroyed, what stays provable, who did it."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.acts import ledger as acts
from yelin.acts.reads import shredding as reads
from yelin.law import duties, packs
from yelin.ledger.models import Leaf
from yelin.ledger.shredding import ACT
from yelin.parties.models import Body
from yelin.surface import receipts
from yelin.surface.actor import Asker
from yelin.web import offers, telling, words
from yelin.web.asking import GET_OR_POST
from yelin.web.choices import worded
from yelin.web.desk.door import page
from yelin.web.desk.shapes import ShreddedLine
from yelin.web.guards import seated
from yelin.web.offers import Offer
from yelin.web.paging import MOST
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import number


class LeafForm(forms.Form):
    """Which leaf."""

    index = forms.IntegerField(
        label=gettext_lazy("Number of the leaf"),
        help_text=gettext_lazy("As its page in the ledger shows it."),
        min_value=0,
        max_value=2**62,
    )


class GroundForm(forms.Form):
    """On which ground of the law it must go."""

    ground = forms.ChoiceField(
        label=gettext_lazy("Ground"),
        choices=worded(words.GROUND),
        widget=forms.RadioSelect,
    )


@require_http_methods(GET_OR_POST)
@seated
def leaves(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List what was shredded; ask for a leaf by its number."""
    _require(asker)
    filled = LeafForm(request.GET if "index" in request.GET else None)
    if filled.is_valid():
        index = filled.cleaned_data["index"]
        if reads.signed_leaf(index):
            return redirect("desk:shred", index=index)
        filled.add_error("index", _("No leaf under a signed checkpoint has this number."))
    context = {
        "form": filled,
        "shredded": [_line(leaf) for leaf in reads.shredded_leaves()[:MOST]],
        "provision": packs.active().ordering(duties.ERASE),
        "crumbs": _crumbs(_("Shredding")),
    }
    return page(request, asker, "desk/leaves.html", context, status=422 if filled.errors else 200)


@require_http_methods(GET_OR_POST)
@seated
def shred(request: HttpRequest, asker: Asker, index: int) -> HttpResponse:
    """Show what a leaf would lose and what it would keep; propose to shred it."""
    keeper = _require(asker)
    leaf = reads.signed_leaf(index)
    if leaf is None:
        raise gate.Unseen
    offer = Offer(
        act=ACT,
        on=keeper,
        title=_("Shred this leaf"),
        says=_("You propose it; it is done once a second person approves. It cannot be undone."),
        button=_("Propose to shred it"),
        done="",
        form=GroundForm,
        do=lambda said: acts.shred(actor=asker.actor, keeper=keeper, index=index, **said),
        stops=True,
    )
    can_go = leaf.shredded_at is None and leaf.act != ACT
    taken = offers.take(request, asker.actor, [offer] if can_go else [])
    shown = receipts.show(asker.actor, leaf)
    context = {
        "index": index,
        "leaf": telling.alone(asker.actor, leaf, opened=shown.opened),
        "can_go": can_go,
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.ERASE),
        "crumbs": _crumbs(
            Link(_("Shredding"), reverse("desk:leaves")),
            _("Leaf {n}").format(n=number(index)),
        ),
    }
    return page(request, asker, "desk/shred.html", context, status=taken.status)


def _require(asker: Asker) -> Body:
    """Return the body that keeps the ledger. Raises ``Refused`` for whoever is none of its."""
    assert asker.seat is not None  # noqa: S101 - the door lets nobody else in
    body: Body = asker.seat.body
    gate.decide(asker.actor, ACT, body).must_allow(ACT, body.pk)
    return body


def _crumbs(*more: Link | str) -> list[Link]:
    places = (each if isinstance(each, Link) else Link(each, "") for each in more)
    return [
        Link(_("Desk"), reverse("desk:home")),
        Link(_("Operation"), reverse("desk:operation")),
        *places,
    ]


def _line(leaf: Leaf) -> ShreddedLine:
    assert leaf.index is not None  # noqa: S101 - only what has its place is shredded
    assert leaf.shredded_at is not None  # noqa: S101 - the read finds none other
    return ShreddedLine(
        index=leaf.index,
        url=reverse("portal:leaf", args=[bytes(leaf.h).hex()]),
        at=leaf.shredded_at,
        ground=leaf.shredding.ground,
    )
