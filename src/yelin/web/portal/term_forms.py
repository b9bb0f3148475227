"""The form in which the terms of a contract are written, field by field as they are hashed."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from yelin.law import packs
from yelin.market.contract import money, wording
from yelin.market.contract.terms import Terms, facts
from yelin.parties.models import Body
from yelin.web.fields import Day, Lines, OfBody

_MEASURE = re.compile(r"^(\d{2}(?:\d{2})?)\s*[=≥：: ]\s*(\d+(?:\.\d+)?)$")
# What stands in a section beside which the section counts as not said.
_QUIET = {"price.currency", "price.tax_rate", "use.resale", "use.sublicence", "use.marked"}
_WHOLE = {"matter", "rights"}


class Measures(Lines):
    """Least scores: a code of the quality scheme and points, one to a line."""

    def to_python(self, value: Any) -> list[Any]:  # type: ignore[override]  # a list is what the act takes
        """Return code and least score of each line."""
        found = [_MEASURE.match(line) for line in super().to_python(value)]
        if not all(found):
            raise forms.ValidationError(_("Write each as code and points. Example: 02=98.5"))
        return [{"code": each[1], "least": each[2]} for each in found if each]

    def prepare_value(self, value: Any) -> Any:
        """Show them the way they are typed."""
        if not isinstance(value, list):
            return value
        return "\n".join(f"{each['code']}={each['least']}" for each in value)


def _line(size: int = 200) -> forms.CharField:
    return forms.CharField(required=False, max_length=size)


def _words(rows: int = 3) -> forms.CharField:
    return forms.CharField(
        required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": rows})
    )


def _number() -> forms.DecimalField:
    return forms.DecimalField(required=False, min_value=0, max_digits=18, decimal_places=6)


def _days() -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=0, max_value=3650)


def _flag() -> forms.BooleanField:
    field = forms.BooleanField(required=False)
    # Not ticked is an answer as well: it is not marked as one that may be left out.
    field.needed = True  # type: ignore[attr-defined]  # the template reads it
    return field


def _lines(rows: int = 2) -> Lines:
    return Lines(required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}))


def _chosen(words: Mapping[str, Any]) -> forms.ChoiceField:
    return forms.ChoiceField(
        required=False, choices=[("", "—"), *((str(each), said) for each, said in words.items())]
    )


def _fields() -> dict[str, forms.Field]:
    measures = Measures(required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    measures.help_text = gettext_lazy(
        "Code of a dimension or indicator of quality, and points of 100. Example: 02=98.5"
    )
    return {
        "matter.title": forms.CharField(max_length=200),
        "matter.description": _words(),
        "rights.hold": _flag(),
        "rights.use": _flag(),
        "rights.operate": _flag(),
        "rights.exclusive": _flag(),
        "quality.measures": measures,
        "quality.standard": _words(2),
        "quality.inspection_days": _days(),
        "quality.accepted_if": _words(2),
        "quality.otherwise": _words(2),
        "price.mode": _chosen(wording.PRICES),
        "price.amount": _number(),
        "price.currency": forms.ChoiceField(
            required=False, choices=[(each, each) for each in money.MINOR_DIGITS]
        ),
        "price.unit": _line(),
        "price.cap": _number(),
        "price.share": _number(),
        "price.tax_rate": _number(),
        "price.payment": _words(2),
        "delivery.ways": forms.MultipleChoiceField(
            required=False,
            choices=[(str(each), said) for each, said in wording.WAYS.items()],
            widget=forms.CheckboxSelectMultiple,
        ),
        "delivery.form": _line(),
        "delivery.within_days": _days(),
        "delivery.service_level": _words(2),
        "use.purposes": _lines(),
        "use.forbidden": _lines(),
        "use.resale": _flag(),
        "use.sublicence": _flag(),
        "use.marked": _flag(),
        "use.marked_share": _number(),
        "period.since": Day(required=False),
        "period.until": Day(required=False),
        "territory": _line(),
        "security.grade": forms.ChoiceField(
            required=False, choices=[("", "—"), *((str(each), str(each)) for each in range(1, 5))]
        ),
        "security.measures": _words(2),
        "personal.basis": _chosen(wording.BASES),
        "personal.says": _words(2),
        "ending.delete_within_days": _days(),
        "ending.proof": _words(2),
        "disputes.forum": _chosen(wording.FORUMS),
        "disputes.place": _line(),
    }


def name_of(path: str) -> str:
    """Return the name of the field in which a fact of the terms is written."""
    return path.replace(".", "-")


class TermsForm(forms.Form):
    """All that an offer says, beside the parties and what its listing says of the data."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for each fact by its label."""
        super().__init__(*args, **kwargs)
        for path, field in _fields().items():
            field.label = str(wording.LABELS[path])
            self.fields[name_of(path)] = field
        self.fields["last-day"] = Day(
            required=False,
            label=gettext_lazy("Last day to answer this offer"),
            help_text=gettext_lazy("Without one, thirty days."),
        )
        self.fields["says"] = forms.CharField(
            required=False,
            max_length=1000,
            label=gettext_lazy("A word to the other side"),
            help_text=gettext_lazy("It is no part of the contract."),
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        codes = packs.active().quality.dimensions
        self.dimensions = "；".join(wording.measure(each.code) for each in codes)

    @property
    def sections(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Yield the fields by the sections of the contract, as the page shows them."""
        for name, title in wording.SECTIONS.items():
            paths = [path for path in wording.LABELS if path.split(".")[0] == name]
            paths += ["territory"] if name == "period" else []
            fields = [self[name_of(path)] for path in paths if name_of(path) in self.fields]
            yield str(title), fields

    @property
    def head(self) -> list[forms.BoundField]:
        """What is asked before all sections; of a counter-offer nothing."""
        return [self[name] for name in ("kind", "side", "other") if name in self.fields]

    @property
    def tail(self) -> list[forms.BoundField]:
        """What is asked beside the terms."""
        return [self["last-day"], self["says"]]

    def terms_on(self, base: Mapping[str, Any]) -> Terms:
        """Return the terms as they are written, upon the parties and matter of ``base``.

        Raises ``ValidationError`` of pydantic for what cannot be.
        """
        said: dict[str, Any] = {key: dict(value) if isinstance(value, dict) else value
                                for key, value in base.items()}  # fmt: skip
        for section in {path.split(".")[0] for path in _fields()} - {"territory"}:
            own = {path: self.cleaned_data[name_of(path)] for path in _fields()
                   if path.startswith(f"{section}.")}  # fmt: skip
            is_said = any(value not in (None, "", [], False) for path, value in own.items()
                          if path not in _QUIET)  # fmt: skip
            if is_said or section in _WHOLE:
                kept = said.get(section) or {}
                filled = {path.split(".")[1]: value for path, value in own.items()
                          if value is not None and value != ""}  # fmt: skip
                said[section] = {**kept, **filled}
            else:
                said[section] = None
        said["territory"] = self.cleaned_data["territory"]
        return Terms.model_validate(said)

    def tell(self, error: ValidationError) -> None:
        """Show what cannot be at the fields where it was written."""
        for fault in error.errors():
            path = ".".join(str(part) for part in fault["loc"][:2])
            name = name_of(path)
            says = _("Not filled in, or not in a form that can be.")
            self.add_error(name if name in self.fields else None, says)


class FirstOfferForm(TermsForm):
    """A first offer: to whom, as which side, of which kind of contract."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of contract"))
    side = forms.ChoiceField(
        label=gettext_lazy("Your side"),
        choices=[
            ("consumer", gettext_lazy("We want the data")),
            ("provider", gettext_lazy("We provide the data")),
        ],
    )
    other = OfBody(label=gettext_lazy("Credit code of the other side"))

    def __init__(self, *args: Any, to: Body | None = None, **kwargs: Any) -> None:
        """Offer the kinds; of a listing it is said already to whom."""
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(str(each), said) for each, said in wording.KINDS.items()]  # type: ignore[attr-defined]  # the field above
        if to is not None:
            del self.fields["other"], self.fields["side"]


def initial_of(terms: Terms) -> dict[str, Any]:
    """Return what a form is filled with to change these terms."""
    return {name_of(path): value for path, value in facts(terms).items()}
