"""Collection forms on the desk: what a body asks, what others have of it already, the review."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.acts import references
from yelin.collecting import acts, reads
from yelin.collecting.content import AskedItem, FormContent, From
from yelin.collecting.models import CollectionForm, Repeat, State
from yelin.law import duties, packs
from yelin.parties.models import Body
from yelin.registers.content import ItemType
from yelin.registers.reads import elements_to_follow
from yelin.surface.actor import Asker
from yelin.web import offers, words
from yelin.web.asking import GET_OR_POST
from yelin.web.desk import filling
from yelin.web.desk.door import page
from yelin.web.guards import seated
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.shapes import Link

PAGE_SIZE = 50
Said = Mapping[str, Any]


class AskedItems(forms.CharField):
    """What a form asks, one item a line: name, type, data element, parted by commas or tabs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Items"),
            help_text=gettext_lazy(
                "One a line; type and identifier of a data element may follow. Example: 身份证号,C"
            ),
            widget=forms.Textarea(attrs={"rows": 8}),
            required=False,
            **kwargs,
        )

    def to_python(self, value: Any) -> tuple[AskedItem, ...]:  # type: ignore[override]  # items are what the act takes
        """Return the items in the order in which they were written."""
        lines = (super().to_python(value) or "").splitlines()
        return tuple(_item(number, line) for number, line in enumerate(lines, 1) if line.strip())

    def prepare_value(self, value: Any) -> Any:
        """Show items the way they are typed."""
        if not isinstance(value, tuple):
            return value
        return "\n".join(f"{item.name},{item.type.value}" for item in value)


def _item(number: int, line: str) -> AskedItem:
    parts = filling.parted(line)
    name, type_, identifier = (*parts, "", "")[:3]
    element = elements_to_follow().filter(identifier=identifier).first() if identifier else None
    if len(parts) > 3 or not 0 < len(name) <= 200 or type_ not in {"", *ItemType}:
        raise forms.ValidationError(
            _("Line %(n)s is not: name, type, data element."), params={"n": number}
        )
    if identifier and element is None:
        raise forms.ValidationError(
            _("Line %(n)s: no data element in force is called %(id)s."),
            params={"n": number, "id": identifier},
        )
    kind = element.type if element else type_ or ItemType.TEXT
    return AskedItem(name=name, type=ItemType(kind), element_id=element.pk if element else None)


class ContentForm(forms.Form):
    """What a collection form says."""

    title = forms.CharField(label=gettext_lazy("Title of the form"), max_length=200)
    asked_of = forms.ChoiceField(
        label=gettext_lazy("Asked of"),
        choices=[(str(each), words.ASKED_OF[each].says) for each in From],
    )
    purpose = forms.CharField(
        label=gettext_lazy("What the data is needed for"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    basis = forms.CharField(
        label=gettext_lazy("Basis of collection"),
        help_text=gettext_lazy("The law or rule, with its article."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    items = AskedItems()


class ReasonForm(forms.Form):
    """Why something is done, in words that others read."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(GET_OR_POST)
@seated
def collection(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the collection forms of the actor's body, and those that it reviews; begin one."""
    assert asker.seat is not None  # noqa: S101 - the door lets nobody else in
    body = asker.seat.body
    taken = offers.take(request, asker.actor, [_begin(asker, body)])
    if taken.made is not None:
        return redirect("desk:collection_form", pk=taken.made.pk)
    own, pager = cut(reads.forms_of(asker.actor, body), request.GET, PAGE_SIZE)
    context = {
        "forms": own,
        "pager": pager,
        "waiting": reads.forms_awaiting(asker.actor)[:PAGE_SIZE],
        "provision": packs.active().ordering(duties.COLLECT_ONCE),
        "offered": taken.offered,
    }
    return page(request, asker, "desk/collection.html", context, status=taken.status)


def _begin(asker: Asker, body: Body) -> Offer:
    return Offer(
        act="collecting.draft",
        on=body,
        title=_("Begin a collection form"),
        says=_("You are told at once what others have of it already."),
        button=_("Save and compare"),
        done=_("The form is saved."),
        form=ContentForm,
        do=lambda said: acts.draft(actor=asker.actor, body=body, content=FormContent(**said)),
    )


@require_http_methods(GET_OR_POST)
@seated
def collection_form(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one form with what others have of it; change it, hand it in, decide about it."""
    found = references.one(asker.actor, CollectionForm, pk)
    taken = offers.take(request, asker.actor, _of(asker, found))
    if taken.made is not None:
        return redirect("desk:collection_form", pk=pk)
    repeats = {each.item: each for each in reads.repeats_of(found.thing)}
    context = {
        "form_shown": found,
        "content": found.content,
        "lines": [(item, repeats.get(item.name)) for item in found.content.items],
        "unanswered": sum(not each.answer for each in repeats.values()),
        "repeated": len(repeats),
        "provision": packs.active().ordering(duties.COLLECT_ONCE),
        "offered": taken.offered,
        "crumbs": _crumbs(Link(found.title, "")),
    }
    return page(request, asker, "desk/collection_form.html", context, status=taken.status)


def _of(asker: Asker, found: CollectionForm) -> list[Offer]:
    def offer(act: str, title: str, done: str, do: Any, **more: Any) -> Offer:
        return Offer(
            act=f"collecting.{act}",
            on=found,
            title=title,
            button=title,
            done=done,
            do=lambda said: do(actor=asker.actor, form=found, **said),
            **more,
        )

    if found.state == State.APPROVED:
        return []
    if found.state == State.SUBMITTED:
        return [
            offer("approve", _("Approve"), _("The form is approved."), acts.approve),
            offer(
                "return",
                _("Return with reasons"),
                _("The form is returned."),
                acts.return_,
                form=ReasonForm,
                stops=True,
            ),
        ]
    said = found.content
    return [
        offer("submit", _("Hand in for review"), _("The form is handed in."), acts.submit),
        Offer(
            act="collecting.amend",
            on=found,
            title=_("Change the form"),
            button=_("Save and compare"),
            done=_("The form is saved."),
            form=ContentForm,
            initial={name: getattr(said, name) for name in ContentForm.base_fields},
            do=lambda filled: acts.amend(
                actor=asker.actor, form=found, content=FormContent(**filled)
            ),
        ),
    ]


@require_http_methods(GET_OR_POST)
@seated
def repeat(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show what is asked beside what others have, and answer."""
    found = references.one(asker.actor, Repeat, pk)
    taken = offers.take(request, asker.actor, _answers(asker, found))
    back = _asks(found)
    if taken.made is not None:
        return redirect(back.url)
    readable = gate.decide(asker.actor, "entry.read", found.held).allowed
    context = {
        "repeat": found,
        "asks": back,
        "readable": readable,
        "held_item": found.held.items.filter(name=found.held_item).first() if readable else None,
        "provision": packs.active().ordering(duties.COLLECT_ONCE),
        "offered": taken.offered,
        "crumbs": _crumbs(back, Link(found.item, "")),
    }
    return page(request, asker, "desk/repeat.html", context, status=taken.status)


def _answers(asker: Asker, found: Repeat) -> list[Offer]:
    return [
        Offer(
            act="collecting.use_shared",
            on=found,
            title=_("Take it through sharing"),
            says=_("You ask nobody for it."),
            button=_("Take it through sharing"),
            done=_("Answered: it is taken through sharing."),
            do=lambda _said: acts.use_shared(actor=asker.actor, repeat=found),
        ),
        Offer(
            act="collecting.give_reason",
            on=found,
            title=_("Ask all the same, with a reason"),
            says=_("Everybody can read the reason once the form or entry is public."),
            button=_("Answer with this reason"),
            done=_("Answered: the reason is kept."),
            form=ReasonForm,
            initial={"reason": found.reason},
            do=lambda said: acts.give_reason(actor=asker.actor, repeat=found, **said),
        ),
    ]


def _asks(found: Repeat) -> Link:
    """Return what asks, with where it is gone on with."""
    if found.about.kind == CollectionForm.KIND:
        form = found.about.collectionform
        return Link(form.title, reverse("desk:collection_form", args=[form.pk]))
    entry = found.about.entry
    return Link(entry.title, reverse("desk:entry", args=[entry.pk]))


def _crumbs(*more: Link) -> list[Link]:
    return [
        Link(_("Desk"), reverse("desk:home")),
        Link(_("Collection forms"), reverse("desk:collection")),
        *more,
    ]
