"""Forms of the bench: what is begun, what each item is, what rows are held to, hierarchies."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from pydantic import ValidationError

from yelin.catalog.models import State
from yelin.law import packs
from yelin.parties.models import Body
from yelin.privacy.deidentify.roles import Role
from yelin.privacy.workbench import wording
from yelin.privacy.workbench.content import (
    ColumnContent,
    GuardContent,
    Ladder,
    LadderContent,
    PlanContent,
    PopulationContent,
    Treatment,
)
from yelin.privacy.workbench.models import BroughtHierarchy, Deidentification, Makes

_KEPT = "kept:"
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
# Below the one, and from the other on, all is one label.
_BOUNDS = re.compile(r"(<|>=|≥)\s*(-?\d+)")


def begin_form(body: Body) -> type[forms.Form]:
    """Return the form by which work on a release of ``body`` begins."""
    own = body.entries.exclude(state__in=[State.WITHDRAWN, State.DROPPED]).order_by("title")
    language = get_language() or "zh-hans"
    ways = [
        (each.code, _("{way}: at most {risk}").format(way=each.label(language), risk=each.risk))
        for each in packs.active().sharing
    ]
    fields: dict[str, Any] = {
        "entry": forms.ModelChoiceField(
            label=_("From the resource"), queryset=own.filter(releases__isnull=False).distinct()
        ),
        "number": forms.IntegerField(label=_("Version"), min_value=1),
        "to": forms.ModelChoiceField(
            label=_("To the entry"),
            help_text=_("Another entry of your body; its items are those that are left."),
            queryset=own,
        ),
        "makes": forms.ChoiceField(
            label=_("What is made of it"),
            choices=[
                (Makes.ROWS.value, _("Rows in which nobody is told")),
                (Makes.STATISTICS.value, _("A table of statistics")),
            ],
        ),
        "sharing": forms.ChoiceField(
            label=_("Way of sharing"),
            help_text=_("It says which risk a row may bear (GB/T 37964)."),
            choices=ways,
        ),
    }
    return type("BeginForm", (forms.Form,), fields)


@dataclass(frozen=True, slots=True)
class Line:
    """One item as it is asked about: its name, type, and three fields."""

    name: str
    type: str
    role: forms.BoundField
    becomes: forms.BoundField
    detail: forms.BoundField


class ColumnsForm(forms.Form):
    """What each item of the source is, and what becomes of it."""

    work: Deidentification
    hierarchies: Sequence[BroughtHierarchy]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        content = self.work.content
        for place, facts in enumerate(self.work.columns):
            known = content.column(facts["name"])
            self.fields |= self._asked(place, facts["name"], known)

    def _asked(self, place: int, name: str, known: ColumnContent | None) -> dict[str, forms.Field]:
        roles = [("", _("– choose –")), *((each.value, says) for each, says in _ROLES)]
        said = {"aria-label": name}
        return {
            f"role{place}": forms.ChoiceField(
                choices=roles,
                required=False,
                initial=known.role.value if known else "",
                widget=forms.Select(attrs=said),
            ),
            f"becomes{place}": forms.ChoiceField(
                choices=self._ways(),
                required=False,
                initial=_becomes(known),
                widget=forms.Select(attrs=said),
            ),
            f"detail{place}": forms.CharField(
                max_length=100,
                required=False,
                initial=_detail(known),
                widget=forms.TextInput(attrs=said),
            ),
        }

    def _ways(self) -> list[tuple[str, Any]]:
        treated = [(each.value, says) for each, says in wording.TREATMENTS.items()]
        return [
            ("", _("– as its role says –")),
            *_coarser(self.hierarchies),
            (_("Treated otherwise"), treated),
        ]

    @property
    def lines(self) -> Iterator[Line]:
        """The items with their fields, in the order of the table."""
        for place, facts in enumerate(self.work.columns):
            fields = (self[f"{each}{place}"] for each in ("role", "becomes", "detail"))
            yield Line(facts["name"], facts["type"], *fields)

    def clean(self) -> dict[str, Any]:
        """Return the whole plan with these columns."""
        said = super().clean() or {}
        columns = []
        for place, facts in enumerate(self.work.columns):
            if role := said.get(f"role{place}"):
                becomes, detail = said.get(f"becomes{place}", ""), said.get(f"detail{place}", "")
                try:
                    columns.append(_column(facts["name"], Role(role), becomes, detail))
                except (ValueError, ValidationError):
                    says = _("Write numbers with blanks between them, as 5 10 20.")
                    self.add_error(f"detail{place}", says)
        before = self.work.content.model_dump()
        return {"plan": PlanContent.model_validate(before | {"columns": columns})}


def _coarser(hierarchies: Sequence[BroughtHierarchy]) -> Iterator[tuple[str, Any]]:
    """Yield by what values are made coarser, in groups."""
    made = [(each.value, says) for each, says in wording.LADDERS.items() if each != Ladder.KEPT]
    yield _("Made coarser"), made
    if hierarchies:
        brought = [(f"{_KEPT}{each.pk}", each.title) for each in hierarchies]
        yield _("Hierarchies of your body"), brought


def ladders(hierarchies: Sequence[BroughtHierarchy]) -> list[tuple[str, Any]]:
    """Return the choices of a hierarchy; the first is none."""
    return [("", _("– as it is –")), *_coarser(hierarchies)]


_ROLES = list(wording.ROLES.items())


def _becomes(known: ColumnContent | None) -> str:
    if known is None:
        return ""
    if known.treatment:
        return known.treatment.value
    return ladder_choice(known.ladder)


def ladder_choice(ladder: LadderContent | None) -> str:
    """Return the choice that stands for a hierarchy."""
    if ladder is None:
        return ""
    return f"{_KEPT}{ladder.kept}" if ladder.kept else ladder.kind.value


def _detail(known: ColumnContent | None) -> str:
    if known is None:
        return ""
    if known.treatment is Treatment.BOUNDED:
        return " ".join(f"{each:g}" for each in (known.low, known.high) if each is not None)
    return ladder_detail(known.ladder)


def ladder_detail(ladder: LadderContent | None) -> str:
    """Return the numbers of a hierarchy, as one writes them."""
    if ladder is None:
        return ""
    if ladder.kind is Ladder.NUMBERS:
        bounds = [f"<{ladder.least}"] if ladder.least is not None else []
        bounds += [f">={ladder.most}"] if ladder.most is not None else []
        return " ".join([*map(str, ladder.widths), *bounds])
    return str(ladder.step) if ladder.kind is Ladder.MASKS else ""


def _column(name: str, role: Role, becomes: str, detail: str) -> ColumnContent:
    told = _NUMBERS.findall(detail)
    if becomes in set(Treatment):
        low, high = (float(told[n]) if len(told) > n else None for n in (0, 1))
        return ColumnContent(name=name, role=role, treatment=Treatment(becomes), low=low, high=high)
    if not becomes:
        return ColumnContent(name=name, role=role)
    return ColumnContent(name=name, role=role, ladder=ladder_of(becomes, detail))


def ladder_of(becomes: str, detail: str) -> LadderContent:
    """Return the hierarchy for which a choice and its numbers stand. Raises ``ValueError``."""
    if becomes.startswith(_KEPT):
        return LadderContent(kind=Ladder.KEPT, kept=UUID(becomes.removeprefix(_KEPT)))
    kind, told = Ladder(becomes), _NUMBERS.findall(detail)
    more: dict[str, Any] = {}
    if kind is Ladder.NUMBERS:
        bounds = {sign: int(number) for sign, number in _BOUNDS.findall(detail)}
        widths = _NUMBERS.findall(_BOUNDS.sub(" ", detail))
        more = {"widths": tuple(map(int, widths)), "least": bounds.get("<")}
        more["most"] = bounds.get(">=", bounds.get("≥"))
    elif kind is Ladder.MASKS and told:
        more = {"step": int(told[0])}
    return LadderContent(kind=kind, **more)


class LimitsForm(forms.Form):
    """What every row is held to."""

    k = forms.IntegerField(
        label=gettext_lazy("Rows that look alike, at least (k)"),
        help_text=gettext_lazy("Leave empty for what the way of sharing asks."),
        min_value=2,
        max_value=10_000,
        required=False,
    )
    cap = forms.FloatField(
        label=gettext_lazy("Rows that may be left out, in percent"), min_value=0, max_value=99
    )
    cells = forms.BooleanField(
        label=gettext_lazy("Star single cells before a row is left out"),
        help_text=gettext_lazy(
            "As few as make a row like enough others. The items must take “*” as a value."
        ),
        required=False,
    )
    nulls = forms.ChoiceField(
        label=gettext_lazy("A missing value is read"),
        help_text=gettext_lazy("All three are measured and told."),
        choices=[(each.value, says) for each, says in wording.NULLS.items()],
    )


class PopulationForm(forms.Form):
    """Who might be in the release, and how much of them may be."""

    resource = forms.CharField(
        label=gettext_lazy("Code of the resource that holds them all"),
        help_text=gettext_lazy(
            "You must be able to read the whole of it; its items are called as here."
        ),
        max_length=200,
    )
    number = forms.IntegerField(label=gettext_lazy("Version"), min_value=1)
    least = forms.FloatField(
        label=gettext_lazy("At least in it, in percent"), min_value=0, max_value=99, initial=0
    )
    most = forms.FloatField(
        label=gettext_lazy("At most in it, in percent"), min_value=0.01, max_value=100
    )

    def clean(self) -> dict[str, Any]:
        """Return the population as a plan names it."""
        said = super().clean() or {}
        if self.errors:
            return said
        shares = {name: said[name] / 100 for name in ("least", "most")}
        try:
            return {"population": PopulationContent.model_validate(said | shares)}
        except ValidationError:
            self.add_error("most", _("It is greater than what is in it at least."))
            return said


def guard_form(content: PlanContent) -> type[forms.Form]:
    """Return the form by which a sensitive item is held to a model."""
    names = content.named(Role.SENSITIVE)
    fields: dict[str, Any] = {
        "column": forms.ChoiceField(
            label=pgettext_lazy("bench", "Sensitive item"), choices=[(each, each) for each in names]
        ),
        "model": forms.ChoiceField(
            label=_("Model"), choices=[(each.value, says) for each, says in wording.MODELS.items()]
        ),
        "value": forms.FloatField(
            label=_("l at least, or t at most"), min_value=0.01, max_value=1000
        ),
        "factor": forms.FloatField(
            label=_("c, where it is (c, l)"), min_value=0.01, max_value=1000, required=False
        ),
        "clean": _clean_guard,
    }
    return type("GuardForm", (forms.Form,), fields)


def _clean_guard(form: forms.Form) -> dict[str, Any]:
    said = {name: value for name, value in form.cleaned_data.items() if value is not None}
    if form.errors:
        return said
    try:
        return {"guard": GuardContent.model_validate(said)}
    except ValidationError:
        form.add_error("value", _("A distance (t) is 1 at most."))
        return said


class HierarchyForm(forms.Form):
    """A hierarchy, line by line."""

    lines = forms.CharField(
        label=gettext_lazy("Lines"),
        help_text=gettext_lazy("A line for each value: value;level 1;level 2;…;*"),
        max_length=8_000_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        strip=False,
    )


class BringForm(HierarchyForm):
    """A hierarchy and its title."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    field_order = ("title", "lines")
