"""Forms of collection notices: each part of one is asked by itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.collecting.models import CollectionForm
from yelin.parties.models import Body
from yelin.privacy.content import Basis, NoticeContent, Refusing
from yelin.privacy.models import CollectionNotice
from yelin.web import words


def _prose(label: Any, help_text: Any = "", rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class NoticeForm(forms.Form):
    """What a notice says of itself."""

    title = forms.CharField(label=_("Title of the notice"), max_length=200)
    service = _prose(_("The service"), _("What people have of it, in one sentence."))
    children = forms.BooleanField(label=_("Children under 14 are asked, too"), required=False)
    guardians = forms.BooleanField(
        label=_("A parent or guardian agrees in their place"), required=False
    )


class PurposeForm(forms.Form):
    """One purpose."""

    title = forms.CharField(
        label=_("Purpose"), help_text=_("What is really done. Example: 配送商品"), max_length=200
    )
    use = _prose(_("How the items are used"))
    basis = forms.ChoiceField(
        label=_("Lawful ground"),
        choices=[(str(each), words.LAWFUL_GROUND[each].says) for each in Basis],
    )
    law = forms.CharField(
        label=_("Law or contract"),
        help_text=_("Where it rests on no consent."),
        max_length=300,
        required=False,
    )
    recipients = forms.CharField(
        label=_("Who else has them"),
        help_text=_("Others who have the items for this purpose. Leave empty for nobody."),
        max_length=300,
        required=False,
    )
    retention = forms.CharField(
        label=_("Kept for"),
        help_text=_("Example: 订单完成后三年"),
        max_length=300,
        required=False,
    )
    refusing = forms.ChoiceField(
        label=_("Who refuses loses"),
        choices=[(str(each), words.REFUSING[each].says) for each in Refusing],
    )


class _OfPurposes(forms.Form):
    """A part that names purposes of its notice by their numbers."""

    content: NoticeContent

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["purposes"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - declared below
        field.choices = [(n, each.title) for n, each in enumerate(self.content.purposes, 1)]

    @classmethod
    def of(cls, content: NoticeContent) -> "type[_OfPurposes]":
        """Return the form for a notice that says this."""
        return type(cls.__name__, (cls,), {"content": content})


def _purposes() -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=_("Purposes"),
        coerce=int,
        empty_value=[],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ItemForm(_OfPurposes):
    """One item."""

    name = forms.CharField(label=_("Item"), help_text=_("Example: 手机号"), max_length=200)
    purposes = _purposes()
    need = _prose(_("Why the purpose cannot be served without it"))
    sensitive = forms.BooleanField(label=_("Sensitive personal information"), required=False)


class ChoiceForm(_OfPurposes):
    """One box of the collector's own form."""

    label = forms.CharField(label=_("Words beside the box"), max_length=200)
    purposes = _purposes()
    ticked = forms.BooleanField(label=_("It is ticked beforehand"), required=False)


class PartForm(forms.Form):
    """Which part of a notice is taken out."""

    part = forms.ChoiceField(label=_("Part"))
    parts: "list[tuple[str, str]]"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["part"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = self.parts

    @classmethod
    def of(cls, content: NoticeContent) -> "type[PartForm]":
        """Return the form for a notice that says this."""
        parts = [
            *((f"purposes {n}", each.title) for n, each in enumerate(content.purposes)),
            *((f"items {n}", each.name) for n, each in enumerate(content.items)),
            *((f"choices {n}", each.label) for n, each in enumerate(content.choices)),
        ]
        return type(cls.__name__, (cls,), {"parts": parts})


def begin_form(body: Body) -> type[NoticeForm]:
    """Return the form by which a notice of ``body`` begins: beside one of its own forms or none."""
    forms_of = CollectionForm.objects.filter(body=body)
    if not forms_of.exists():
        return NoticeForm
    form = forms.ModelChoiceField(
        label=_("Collection form"),
        help_text=_("What it asks must stand in the notice."),
        queryset=forms_of,
        required=False,
    )
    return type("BeginForm", (NoticeForm,), {"form": form})


def cover_form(notice: CollectionNotice) -> type[forms.Form]:
    """Return the form by which data goes out by a purpose of ``notice``."""
    return _of_data(notice, "CoverForm", _("Resource"))


def list_form(notice: CollectionNotice) -> type[forms.Form]:
    """Return the form that names a resource which lists who agreed to a purpose of ``notice``."""
    return _of_data(notice, "ListForm", _("Resource that lists who agreed"))


def _of_data(notice: CollectionNotice, name: str, label: Any) -> type[forms.Form]:
    entries = notice.body.entries.filter(state="confirmed").order_by("title")
    purposes = notice.purposes.filter(ended_at=None, basis=Basis.CONSENT)
    fields: dict[str, Any] = {
        "entry": forms.ModelChoiceField(label=label, queryset=entries),
        "purpose": forms.ModelChoiceField(label=_("Purpose"), queryset=purposes),
        "item": forms.CharField(
            label=_("Item that names the subject"),
            help_text=_("It holds identity numbers. Example: 身份证号"),
            max_length=200,
        ),
    }
    return type(name, (forms.Form,), fields)
