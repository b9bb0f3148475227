"""Ask for a file, and how it is to be read."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.warehouse.merged import Mode

MODES = (
    (Mode.REPLACE.value, _("Replace: the file is the whole table. Rows that it lacks are gone.")),
    (Mode.APPEND.value, _("Append: the file has new rows only. Those that stand stay.")),
    (
        Mode.UPSERT.value,
        _("Update by key: rows whose key stands are changed, the others are added."),
    ),
    (Mode.DELETE.value, _("Delete by key: the rows whose keys the file names are removed.")),
)


class OptionsForm(forms.Form):
    """What to believe about a file when it cannot be told from the file, and what its rows do."""

    mode = forms.ChoiceField(
        label=_("What the rows of the file do"),
        choices=MODES,
        initial=Mode.REPLACE.value,
        widget=forms.RadioSelect,
        required=False,
    )
    # Where it is not asked, there is nothing yet to which rows could be added.
    mode.needed = True  # type: ignore[attr-defined]  # read by the field's template
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        choices=(
            ("", _("Find out")),
            ("utf-8", "UTF-8"),
            ("gb18030", "GB18030 (GBK, GB2312)"),
            ("cp950", "Big5"),
            ("big5-hkscs", "Big5-HKSCS"),
            ("utf-16", "UTF-16"),
            ("cp1252", "Windows-1252"),
            ("shift_jis", "Shift JIS"),
            ("euc-kr", "EUC-KR"),
        ),
        required=False,
    )
    delimiter = forms.ChoiceField(
        label=_("Delimiter"),
        choices=(
            ("", _("Find out")),
            (",", _("Comma")),
            (";", _("Semicolon")),
            ("\t", _("Tab")),
            ("|", "|"),
            ("，", _("Full-width comma")),
        ),
        required=False,
        # A tab is a value here, not blank space around one.
        widget=forms.Select,
    )
    sheet = forms.CharField(
        label=_("Sheet or list"),
        help_text=_(
            "Of a workbook or of JSON. Left empty: the first visible sheet that holds something, or"
            " the longest list."
        ),
        max_length=100,
        required=False,
    )
    header_line = forms.IntegerField(
        label=_("Line of the header"),
        help_text=_("Left empty: the line that fits the items best."),
        min_value=1,
        max_value=1000,
        required=False,
    )
    date_order = forms.ChoiceField(
        label=_("Order of dates"),
        choices=(
            ("", _("Find out")),
            ("ymd", _("Year, month, day")),
            ("dmy", _("Day, month, year")),
            ("mdy", _("Month, day, year")),
        ),
        required=False,
    )

    datum = forms.ChoiceField(
        label=_("Coordinate system"),
        help_text=_(
            "Of a map. Coordinates of web maps (GCJ-02, BD-09) are brought back to CGCS2000."
        ),
        choices=(
            ("", _("As the map says")),
            ("cgcs2000", "CGCS2000"),
            ("wgs84", "WGS 84"),
            ("gcj02", "GCJ-02"),
            ("bd09", "BD-09"),
        ),
        required=False,
    )

    def __init__(self, *args: Any, sheets: Sequence[str] = (), **over: Any) -> None:
        super().__init__(*args, **over)
        for name in ("encoding", "delimiter"):
            # What a program said of the file stays as it was said until somebody says otherwise.
            field = cast("forms.ChoiceField", self.fields[name])
            offered, said = cast("list[tuple[str, str]]", field.choices), self.initial.get(name)
            if said and said not in dict(offered):
                field.choices = [*offered, (said, said)]
        if len(sheets) > 1:
            # What the file has is offered; before it was read, a name can only be written.
            names = [(name, name) for name in sheets]
            self.fields["sheet"].widget = forms.Select(choices=[("", _("Find out")), *names])


class UploadForm(OptionsForm):
    """A file, and how to read it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, XLSX, XLS, ODS, JSON or Parquet as you have it: any encoding, any delimiter, "
            "title rows above the header are fine."
        ),
    )
