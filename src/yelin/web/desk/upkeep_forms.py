"""The forms by which the catalog is kept true."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.catalog.models import Entry
from yelin.web import words
from yelin.web.choices import worded
from yelin.web.fields import Day
from yelin.web.templatetags.yelin import title_of


class WhyForm(forms.Form):
    """A reason, in words that others will read."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class ChangeForm(forms.Form):
    """A change of law or function, and the entries that it touches."""

    kind = forms.ChoiceField(
        label=_("What has changed?"),
        choices=worded(words.CHANGE_KIND),
        widget=forms.RadioSelect,
    )
    what = forms.CharField(
        label=_("Law, or decision on functions"),
        help_text=_("Its name in 《》 with number and article."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    since = Day(label=_("In force from"))
    entries = forms.MultipleChoiceField(
        label=_("Entries that it touches"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, of: Sequence[Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["entries"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - as declared above
        field.choices = [(entry.code, f"{title_of(entry)} · {entry.code}") for entry in of]
