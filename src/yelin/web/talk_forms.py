"""Ask what people make of data and say of it, and what is decided about that."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yelin.talking import rules
from yelin.web.attaching import Attached
from yelin.web.case_forms import legal_basis, reason, text
from yelin.web.choices import worded
from yelin.web.words import NEWS_KIND, REUSE_KIND


def _title(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=rules.MOST_TITLE, required=required)


def _picture() -> Attached:
    field = Attached(most=1)
    field.label = _("Picture")
    field.help_text = _("JPEG, PNG or WebP, best as wide as high by 16 to 9. It is written anew.")
    return field


class ReuseForm(forms.Form):
    """What was made of data."""

    title = _title(_("Name of the reuse"))
    kind = forms.ChoiceField(label=_("Kind of reuse"), choices=worded(REUSE_KIND))
    description = text(
        _("What it is and does"),
        _("For whom it is, and what of the data it shows. Plain text, seen by everybody."),
        rows=6,
    )
    link = forms.CharField(
        label=_("Where it is found"),
        help_text=_("A whole address that begins with https://. Whether it answers is shown."),
        max_length=2000,
        required=False,
    )
    credit = forms.CharField(
        label=_("Shown as made by"),
        help_text=_("For people: the name under which you are shown. A body is shown by its own."),
        max_length=rules.MOST_CREDIT,
        required=False,
    )
    also = forms.CharField(
        label=_("Other resources that it uses"),
        help_text=_("Their codes, one a line, as they stand on their pages."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    attached = _picture()

    def clean_also(self) -> list[str]:
        """Return the codes."""
        return str(self.cleaned_data["also"]).split()


class ReasonForm(forms.Form):
    """Why it is not shown."""

    reason = text(pgettext_lazy("case", "Reason"), rows=2)


class StarsForm(forms.Form):
    """One to five stars."""

    stars = forms.TypedChoiceField(
        label=_("Your rating"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=[
            (5, _("5: very useful")),
            (4, _("4: useful")),
            (3, _("3: fair")),
            (2, _("2: hardly useful")),
            (1, _("1: of no use")),
        ],
    )


class CommentForm(forms.Form):
    """What one thinks of a resource."""

    text = text(
        _("Your comment"),
        _("Plain text. It is shown to everybody, without your name, once it was looked at."),
    )


class AnswerForm(forms.Form):
    """What the provider answers."""

    answer = text(_("Answer"), _("Everybody reads it, with the name of your body."), rows=2)


class ReportForm(forms.Form):
    """Why a comment should not stand there."""

    reason = forms.CharField(
        label=pgettext_lazy("case", "Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RevisionForm(forms.Form):
    """What a piece of news says."""

    title = _title(_("Title"))
    text = forms.CharField(
        label=_("Text"),
        help_text=_("Markdown: headings, lists, tables, links. No pictures and no HTML."),
        max_length=rules.MOST_NEWS,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    title_en = _title(_("Title in English"), required=False)
    text_en = forms.CharField(
        label=_("Text in English"),
        max_length=rules.MOST_NEWS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class NewsForm(RevisionForm):
    """A new piece of news or a guide."""

    kind = forms.ChoiceField(label=_("Kind of news"), choices=worded(NEWS_KIND))
    field_order = ("kind", "title", "text", "title_en", "text_en")


class ComplaintForm(forms.Form):
    """Which right is touched, and how."""

    right = forms.ChoiceField(
        label=_("Which right is touched"),
        widget=forms.RadioSelect,
        choices=[
            ("privacy", _("Privacy, or information about persons")),
            ("trade_secret", _("A trade secret")),
            ("intellectual_property", _("Intellectual property")),
            ("other", _("Another right or interest")),
        ],
    )
    says = text(
        _("What of yours is touched, and by which part of the data"),
        _("Only the bodies that see to the complaint read it."),
        rows=5,
    )
    wants = text(_("What you ask for"), required=False, rows=2)
    attached = Attached()


class RemedyForm(forms.Form):
    """What was found and done."""

    says = text(_("What was found and done"), _("It is told to whoever complained."))
    measure = forms.ChoiceField(
        label=_("Delivery of the data"),
        widget=forms.RadioSelect,
        choices=[
            ("goes_on", _("It goes on: the data was mended")),
            ("stays_stopped", _("It stays stopped")),
        ],
    )
    partly = forms.BooleanField(
        label=_("A part is not remedied"),
        help_text=_("Then say why, and on which legal basis."),
        required=False,
    )
    reason = reason()
    legal_basis = legal_basis()
    attached = Attached()


class StopForm(forms.Form):
    """What everyone is told who is refused meanwhile."""

    reason = text(
        _("What everyone is told"),
        _("Nothing about persons: it stands on the page of the resource. Empty: a usual sentence."),
        required=False,
        rows=2,
    )
