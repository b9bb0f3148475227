"""Ask what is to be verified: one record by its fields, or many lines out of a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yelin.exchange.verifying import LONGEST, MOST
from yelin.warehouse.verifying import Claim
from yelin.web.choices import choose
from yelin.web.limit_forms import uses

# A page with more fields is none to fill in; lines have as many as they like.
FIELDS = 40


class _AskForm(forms.Form):
    """For which use it is asked, where it was given for several."""

    purpose = forms.ChoiceField(label=gettext_lazy("For which use"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, purposes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(purposes) > 1:
            choose(self.fields["purpose"], uses(purposes))
        else:
            del self.fields["purpose"]


class RecordForm(_AskForm):
    """One record: by its key items, and what is said to stand there."""

    field_order = ("purpose",)

    def __init__(
        self, *args: Any, keys: Iterable[str], items: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._keys = {f"key{place}": name for place, name in enumerate(keys)}
        self._items = {f"item{place}": name for place, name in enumerate(items)}
        for field, name in (*self._keys.items(), *self._items.items()):
            self.fields[field] = forms.CharField(
                label=name,
                max_length=LONGEST,
                required=field in self._keys,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )

    @property
    def of_use(self) -> list[forms.BoundField]:
        """Return the field for the use, where there is one."""
        return [self["purpose"]] if "purpose" in self.fields else []

    @property
    def of_key(self) -> list[forms.BoundField]:
        """Return the fields by which the record is found."""
        return [self[field] for field in self._keys]

    @property
    def of_items(self) -> list[forms.BoundField]:
        """Return the fields that may be compared."""
        return [self[field] for field in self._items]

    def clean(self) -> dict[str, Any]:
        """Return one claim."""
        said = super().clean() or {}
        items = {name: said[field] for field, name in self._items.items() if said.get(field)}
        if not self.errors and not items:
            raise forms.ValidationError(_("Fill in at least one item that is to be compared."))
        key = {name: said.get(field, "") for field, name in self._keys.items()}
        return {"claims": [Claim(key, items)], "purpose": said.get("purpose", "")}


class LinesForm(_AskForm):
    """Many records: lines as they are copied out of a spreadsheet, under the names of the items."""

    lines = forms.CharField(
        label=gettext_lazy("Lines"),
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false", "class": "mono"}
        ),
    )
    field_order = ("purpose", "lines")

    def __init__(
        self, *args: Any, keys: Iterable[str], items: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._keys, self._known = tuple(keys), frozenset(items)
        self.fields["lines"].help_text = _(
            "Copied out of a spreadsheet, the first line with the names of the items: {names}, and"
            " those to be compared. An empty cell is not compared. At most {most} lines."
        ).format(names=_(", ").join(self._keys), most=f"{MOST:,}")

    def clean_lines(self) -> list[Claim]:
        """Return a claim for each line."""
        lines = csv.reader(io.StringIO(self.cleaned_data["lines"], newline=""), "excel-tab")
        told = [(number, line) for number, line in enumerate(lines, start=1) if any(line)]
        if len(told) < 2:
            raise forms.ValidationError(_("Write a line of names, and lines of values below it."))
        if len(told) > MOST + 1:
            says = _("The lines are {count}, and {most} may be asked at once.")
            raise forms.ValidationError(says.format(count=f"{len(told) - 1:,}", most=f"{MOST:,}"))
        names = [name.strip() for name in told[0][1]]
        if wrong := next(self._misnamed(names), ""):
            raise forms.ValidationError(wrong)
        return [self._claim(names, number, line) for number, line in told[1:]]

    def clean(self) -> dict[str, Any]:
        """Return the claims."""
        said = super().clean() or {}
        return {"claims": said.get("lines", []), "purpose": said.get("purpose", "")}

    def _misnamed(self, names: Sequence[str]) -> Iterator[str]:
        for key in self._keys:
            if key not in names:
                yield _("The first line lacks {name}, by which a record is found.").format(name=key)
        for place, name in enumerate(names):
            if name not in self._known and name not in self._keys:
                yield _("The first line names {name}, which cannot be compared here.").format(
                    name=name or "–"
                )
            if name in names[:place]:
                yield _("The first line names {name} twice.").format(name=name)
        if set(names) <= set(self._keys):
            yield _("The first line names nothing that is to be compared.")

    def _claim(self, names: Sequence[str], number: int, line: Sequence[str]) -> Claim:
        said = {name: cell.strip() for name, cell in zip(names, line, strict=False)}
        wrong = ""
        if len(line) > len(names):
            wrong = _("Line {line} has more cells than the first.")
        elif any(len(cell) > LONGEST for cell in line):
            wrong = _("Line {line} has a cell that is too long.")
        elif not all(said.get(name) for name in self._keys):
            wrong = _("Line {line} lacks what its record is found by.")
        items = {name: cell for name, cell in said.items() if cell and name not in self._keys}
        if not wrong and not items:
            wrong = _("Line {line} has nothing that is to be compared.")
        if wrong:
            raise forms.ValidationError(wrong.format(line=number))
        return Claim({name: said[name] for name in self._keys}, items)
