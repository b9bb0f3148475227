"""Ask for the items of an entry: the columns of its data."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.catalog.content import ItemContent
from yelin.web import words
from yelin.web.choices import Choices, lawful, worded


def _as_resource(name: str, kind: dict[Any, words.Word]) -> Callable[[], list[tuple[str, Any]]]:
    return lambda: [("", _("As the resource")), *lawful(name, kind)()]


_GRADES: Choices = [(str(n), str(n)) for n in range(1, 5)]


_MAY_BE_UNSET = ("type", "element_id", "code_list_id", "sharing_type", "opening_type")


class ItemForm(forms.Form):
    """One information item: a column of the data."""

    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    element_id = forms.ChoiceField(label=_("Data element"), required=False)
    type = forms.ChoiceField(
        label=_("Type"),
        choices=[("", _("As the data element")), *worded(words.ITEM_TYPE)],
        initial="C",
        required=False,
    )
    length = forms.RegexField(
        r"^\d{1,5}(,\d{1,2})?$",
        label=_("Length"),
        required=False,
        error_messages={"invalid": _("A number like 20, or 12,2 with decimals.")},
    )
    unit = forms.CharField(label=_("Unit"), max_length=30, required=False)
    nullable = forms.BooleanField(label=_("May be empty"), required=False)
    key = forms.BooleanField(label=_("Key"), required=False)
    grade = forms.ChoiceField(label=_("Grade"), choices=_GRADES, initial="1")
    sharing_type = forms.ChoiceField(
        label=_("Sharing"),
        choices=_as_resource("sharing_type", words.SHARING),
        required=False,
    )
    opening_type = forms.ChoiceField(
        label=_("Opening"),
        choices=_as_resource("opening_type", words.OPENING),
        required=False,
    )
    code_list_id = forms.ChoiceField(label=_("Code list"), required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(
        self, *args: Any, elements: Choices = (), code_lists: Choices = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in {"element_id": elements, "code_list_id": code_lists}.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
            field.choices = [("", "–"), *choices]

    def clean(self) -> dict[str, Any]:
        """Return what was said; a type may be left to the data element, if there is one."""
        said = self.cleaned_data
        if said.get("name") and not said.get("type") and not said.get("element_id"):
            self.add_error("type", _("Choose a type, or a data element that has one."))
        return said

    def content(self) -> ItemContent:
        """Return the item that a valid form describes."""
        said = self.cleaned_data | {"grade": int(self.cleaned_data["grade"])}
        left_out = [name for name in _MAY_BE_UNSET if not said[name]]
        return ItemContent(**{name: said[name] for name in said if name not in left_out})


ItemFormSet = forms.formset_factory(ItemForm, extra=0, max_num=2000, absolute_max=2000)
