"""Ask for a catalog in a file, and by which mapping it is read."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.compiling import mapping
from yelin.compiling.mapping import DEFAULT, OTHERS
from yelin.compiling.models import Import
from yelin.web.desk import import_words
from yelin.web.templatetags.yelin import lang


class MappingForm(forms.Form):
    """By which mapping a catalog is read, and which sheet of a workbook."""

    mapping = forms.ChoiceField(
        label=_("Mapping"),
        help_text=_(
            "Which columns are what, and what the codes in them mean. Files of other systems have "
            "a mapping of their own: the same digit may mean something else there."
        ),
    )
    sheet = forms.CharField(
        label=_("Sheet"),
        help_text=_("Of a workbook. Left empty: the first visible sheet that holds something."),
        max_length=100,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = self.fields["mapping"]
        assert isinstance(named, forms.ChoiceField)  # noqa: S101 - it is declared above; tells mypy
        named.choices = [(name, mapping.named(name).label(lang())) for name in mapping.names()]


class ImportForm(MappingForm):
    """A catalog in a file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "XLSX, XLS, ODS or CSV, in any encoding. Title rows above the header and merged cells "
            "are fine."
        ),
    )
    state_secret = forms.ChoiceField(
        label=_("Does it contain a state secret?"),
        help_text=_(
            "State secrets are handled elsewhere. If yes, nothing of the file is kept. A file with "
            "a row that is marked as one is destroyed."
        ),
        choices=(("no", _("No")), ("yes", _("Yes"))),
        widget=forms.RadioSelect,
    )
    field_order = ("file", "mapping", "sheet", "state_secret")


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column of the file and the fields that it may fill."""

    heading: str
    name: str
    chosen: str
    choices: list[tuple[str, str]]


def columns_form(batch: Import, prefix: str) -> list[ColumnChoice]:
    """Return for each column of the file which field it fills, to be corrected."""
    layout = mapping.named(DEFAULT)
    names = [*layout.columns, *(name for name in OTHERS if name not in layout.columns)]
    choices = [(name, import_words.field(name)) for name in names]
    return [
        ColumnChoice(heading, f"{prefix}{place}", chosen, choices)
        for place, (heading, chosen) in enumerate(batch.found.get("columns", []))
    ]
