"""Ask what an entry says of a resource, each question with why it is asked and an example.

Forms read; the acts decide. A rule of law is never written here, so that REST and command line
meet the same.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.law import packs
from yelin.web import words
from yelin.web.choices import Choices, lawful, worded
from yelin.web.fields import Lines
from yelin.web.templatetags.yelin import lang

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
        error_messages={"required": _("Say what the resource is called.")},
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
        choices=lawful("sharing_type", words.SHARING),
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
        choices=lawful("opening_type", words.OPENING),
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
        choices=worded(words.GRADE),
    )
    update_cycle = forms.ChoiceField(
        label=_("Update cycle"),
        help_text=_("The term to bring in the next version follows from it."),
        choices=worded(words.UPDATE_CYCLE),
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
        choices=worded(words.AUDIENCE),
        initial="own",
        widget=forms.RadioSelect,
    )
    handing_over = forms.TypedChoiceField(
        label=_("Why others may have it"),
        help_text=_("Asked as soon as anybody else is to have it."),
        choices=[("", _("Choose")), *worded(words.HANDING_OVER)],
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
