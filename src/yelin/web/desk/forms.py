"""Ask officials for what the acts need, each question with why it is asked and an example.

Forms read; the acts decide. A rule of law is never written here, so that REST and command line
meet the same.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.catalog.content import ItemContent
from yelin.law import packs
from yelin.warehouse.merged import Mode
from yelin.web import words
from yelin.web.templatetags.yelin import lang

Choices = Sequence[tuple[str, Any]]


def _choices(kind: dict[Any, words.Word]) -> list[tuple[str, Any]]:
    return [(str(value), word.says) for value, word in kind.items()]


def _types(name: str, kind: dict[Any, words.Word]) -> Callable[[], list[tuple[str, Any]]]:
    """Return what offers the values that the law here has in its list called ``name``."""
    return lambda: [each for each in _choices(kind) if each[0] in packs.active().list(name)]


def _as_resource(name: str, kind: dict[Any, words.Word]) -> Callable[[], list[tuple[str, Any]]]:
    return lambda: [("", _("As the resource")), *_types(name, kind)()]


_GRADES: Choices = [(str(n), str(n)) for n in range(1, 5)]
# What is asked of departments alone.
_OF_DEPARTMENTS = (
    "sharing_type",
    "sharing_requirements",
    "sharing_condition",
    "sharing_scope",
    "sharing_mode",
    "sharing_means",
    "sharing_explanation",
    "sharing_basis",
    "title_protected_by",
    "opening_type",
    "opening_condition",
    "system_ids",
    "project_ids",
    "office_duties",
)
# What it means for social data to be had by its holder, by departments, by everyone.
_GIVEN = {
    "own": ("none", "none"),
    "departments": ("unconditional", "none"),
    "everyone": ("unconditional", "unconditional"),
}
# What registration asks for and a draft may still lack; the act says so, not the form.
NEEDED_LATER = (
    "summary",
    "classification",
    "formats",
    "division",
    "collection_basis",
    "contact_office",
)


def audience(sharing_type: str, opening_type: str) -> str:
    """Return who has social data that is shared and opened so."""
    had = (sharing_type, opening_type)
    return next((name for name, types in _GIVEN.items() if types == had), "")


class Lines(forms.CharField):
    """A list written one to a line or parted by commas of any width."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # a list is what the act takes
        """Return the parts without blanks, in the order in which they were written."""
        text = super().to_python(value) or ""
        for mark in "，、；;\n":
            text = text.replace(mark, ",")
        return [part.strip() for part in text.split(",") if part.strip()]

    def prepare_value(self, value: Any) -> Any:
        """Show a list the way it is typed."""
        return "，".join(value) if isinstance(value, (list, tuple)) else value


class EntryForm(forms.Form):
    """The national core metadata of an information resource."""

    state_secret = forms.ChoiceField(
        label=_("Does it contain a state secret?"),
        help_text=_(
            "State secrets are handled elsewhere. If yes, nothing you typed is kept, not even the "
            "title."
        ),
        choices=(("no", _("No")), ("yes", _("Yes"))),
        widget=forms.RadioSelect,
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_(
            "As a citizen would look for it, unique in your body. Example: Cargo throughput of "
            "main coastal ports."
        ),
        max_length=200,
    )
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    summary = forms.CharField(
        label=_("Summary"),
        help_text=_(
            "What it holds, since when, for which places, and what one can learn from it: two or "
            "three sentences."
        ),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    classification = forms.ChoiceField(
        label=_("Classification"),
        help_text=_(
            "Open class, group and category. It becomes the first part of the code and never "
            "changes once the resource is registered."
        ),
        widget=forms.RadioSelect,
    )
    formats = forms.MultipleChoiceField(
        label=_("Formats"),
        help_text=_(
            "In which you keep it. The platform offers tables as CSV, XLSX, JSON, NDJSON and "
            "Parquet by itself."
        ),
        widget=forms.CheckboxSelectMultiple,
    )
    format_description = forms.CharField(
        label=_("Description of the format"),
        help_text=_("Which software reads it, by which rules it is written."),
        max_length=300,
        required=False,
    )
    data_scope = forms.CharField(
        label=_("Scope of the data"),
        help_text=_("Which years, places and kinds of cases it covers."),
        max_length=1000,
        required=False,
    )
    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        help_text=_("Where people look for it."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    keywords = Lines(
        label=_("Keywords"),
        help_text=_("Other words that people use for it, parted by commas."),
        required=False,
    )
    division = forms.ChoiceField(
        label=_("Area covered"), help_text=_("The division that the data is about.")
    )
    collection_basis = forms.CharField(
        label=_("Basis of collection"),
        help_text=_(
            "The law or rule by which your body collects it. Example: Statistics Law, "
            "departmental statistical survey."
        ),
        max_length=500,
    )
    sharing_type = forms.ChoiceField(
        label=_("Sharing with other departments"),
        choices=_types("sharing_type", words.SHARING),
        widget=forms.RadioSelect,
    )
    sharing_requirements = forms.MultipleChoiceField(
        label=_("Use that is expected"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    sharing_condition = forms.CharField(
        label=_("Condition of sharing"),
        help_text=_(
            "What a department must show. Example: an inspection of enterprises that the law "
            "orders."
        ),
        max_length=1000,
        required=False,
    )
    sharing_scope = forms.CharField(
        label=_("Scope of sharing"),
        help_text=_("Which bodies or levels. Example: market supervision at every level."),
        max_length=1000,
        required=False,
    )
    sharing_mode = forms.ChoiceField(
        label=_("Way of sharing"),
        widget=forms.RadioSelect,
        required=False,
    )
    sharing_means = forms.MultipleChoiceField(
        label=_("Means of sharing"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    sharing_explanation = forms.CharField(
        label=_("How it is shared instead"),
        help_text=_("Why the platform cannot be used, and how departments get it."),
        max_length=1000,
        required=False,
    )
    sharing_basis = forms.CharField(
        label=_("Basis for not sharing"),
        max_length=1000,
        required=False,
    )
    title_protected_by = forms.CharField(
        label=_("Law by which the title is not public"),
        help_text=_(
            "Only where a law protects even the name: that law in 《》 with its article. Then "
            "nobody but those who review it learns that the resource exists."
        ),
        max_length=1000,
        required=False,
    )
    opening_type = forms.ChoiceField(
        label=_("Opening to everyone"),
        choices=_types("opening_type", words.OPENING),
        widget=forms.RadioSelect,
    )
    opening_condition = forms.CharField(
        label=_("Condition of opening"),
        help_text=_("What an applicant must meet, and why it is needed."),
        max_length=1000,
        required=False,
    )
    grade = forms.ChoiceField(
        label=_("Security grade"),
        help_text=_(
            "1 no harm if public; 2 limited harm; 3 serious harm; 4 very serious harm to people "
            "or bodies."
        ),
        choices=_choices(words.GRADE),
    )
    update_cycle = forms.ChoiceField(
        label=_("Update cycle"),
        help_text=_("The term to bring in the next version follows from it."),
        choices=_choices(words.UPDATE_CYCLE),
    )
    contact_office = forms.CharField(
        label=_("Responsible office"),
        help_text=_("An office, not a person. It is public."),
        max_length=100,
    )
    contact_phone = forms.CharField(
        label=_("Phone of the office"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "type": "tel"}),
    )
    licence = forms.ChoiceField(
        label=_("Licence"),
        help_text=_("Under which anyone may use it once it is open."),
        required=False,
    )
    system_ids = forms.MultipleChoiceField(
        label=_("Government systems"),
        help_text=_("The systems of your body in which the data arises, from its register."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    project_ids = forms.MultipleChoiceField(
        label=_("Publicly funded projects"),
        help_text=_("Those of your body's register that bring the data forth."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    source_scene = forms.CharField(
        label=_("Scene in which it arises"),
        help_text=_(
            "At which work the data comes about. Example: port companies report their output "
            "every month."
        ),
        max_length=1000,
        required=False,
    )
    office_duties = forms.CharField(
        label=_("Duties of the office"),
        help_text=_("The duty of the office from which the data follows, as its charter has it."),
        max_length=1000,
        required=False,
    )
    related_codes = Lines(
        label=_("Codes of related resources"),
        help_text=_("For example 307010001001/000012, parted by commas."),
        required=False,
    )

    def __init__(self, *args: Any, offers: Mapping[str, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in offers.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - only choices are offered
            field.choices = list(choices)
        kinds = [kind.label(lang()) for kind in packs.active().list("sharing_basis_kind").values]
        says = _("{kinds}: its name, number and article. Without one it is shared.")
        self.fields["sharing_basis"].help_text = says.format(kinds=_(", ").join(kinds))
        for name in NEEDED_LATER:
            self.fields[name].required = False
            self.fields[name].needed = True  # type: ignore[attr-defined]  # read by the field's template


class SocialEntryForm(EntryForm):
    """The same of data that an enterprise or association keeps: who has it is for it to say."""

    audience = forms.ChoiceField(
        label=_("Who may have it"),
        choices=_choices(words.AUDIENCE),
        initial="own",
        widget=forms.RadioSelect,
    )
    handing_over = forms.TypedChoiceField(
        label=_("Why others may have it"),
        help_text=_("Asked as soon as anybody else is to have it."),
        choices=[("", _("Choose")), *_choices(words.HANDING_OVER)],
        required=False,
        empty_value=None,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _OF_DEPARTMENTS:
            del self.fields[name]
        self.fields["collection_basis"].help_text = _(
            "The law, contract or consent by which you have it. Example: the concession of the bus"
            " lines."
        )
        self.fields["update_cycle"].help_text = _("How often you mean to bring in new data.")
        self.fields["themes"].help_text = _("Where people look for it.")

    def clean(self) -> dict[str, Any]:
        """Return what was said, with the types of sharing and opening that say the same."""
        sharing, opening = _GIVEN[self.cleaned_data.pop("audience", "own")]
        return self.cleaned_data | {"sharing_type": sharing, "opening_type": opening}


_MAY_BE_UNSET = ("type", "element_id", "code_list_id", "sharing_type", "opening_type")


class ItemForm(forms.Form):
    """One information item: a column of the data."""

    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    element_id = forms.ChoiceField(label=_("Data element"), required=False)
    type = forms.ChoiceField(
        label=_("Type"),
        choices=[("", _("As the data element")), *_choices(words.ITEM_TYPE)],
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


class DecisionForm(forms.Form):
    """Confirm an entry or return it with reasons."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=(("confirm", _("Confirm")), ("return", _("Return with reasons"))),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reasons"),
        help_text=_("What has to change and why; the body sees these words."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class TokenForm(forms.Form):
    """A new token for programs; it may what its holder may, or only read, for a year at most."""

    label = forms.CharField(
        label=_("What is it for?"),
        help_text=_(
            "So that you know later which one to revoke. Example: monthly upload from the "
            "statistics server."
        ),
        max_length=80,
    )
    only_reads = forms.TypedChoiceField(
        label=_("What may it do?"),
        choices=[("read", _("Only read")), ("act", _("Read and act"))],
        widget=forms.RadioSelect,
        initial="read",
        coerce=lambda answer: answer == "read",
    )
    days = forms.TypedChoiceField(
        label=_("For how long?"),
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("One year"))],
        initial=90,
        coerce=int,
    )
