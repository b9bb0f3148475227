"""What is written in disputes: a claim, an answer, a proposal, its acceptance."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from yelin.market.contract import wording
from yelin.market.dispute.content import CLAUSES, MOST_WORDS
from yelin.web.choices import choose, worded
from yelin.web.fields import HasRead, ShownDigest
from yelin.web.words import DISPUTE_ABOUT

_LONG = forms.Textarea(attrs={"rows": 5})


def _amount(label: Any, help_text: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_digits=18,
        decimal_places=6,
        required=False,
    )


class ClaimForm(forms.Form):
    """What one side claims of the other, by which clauses."""

    about = forms.ChoiceField(label=pgettext_lazy("dispute", "What it is about"))
    clauses = forms.MultipleChoiceField(
        label=gettext_lazy("Clauses of the contract"),
        widget=forms.CheckboxSelectMultiple,
    )
    words = forms.CharField(
        label=gettext_lazy("What you claim, and why"),
        help_text=gettext_lazy("What happened when, and what the other side is to do."),
        max_length=MOST_WORDS,
        widget=_LONG,
    )
    sum = _amount(
        gettext_lazy("Amount that you claim"),
        gettext_lazy("In the currency of the contract; leave it out where it is not about money."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the kinds of dispute, and the parts of the contract by their titles."""
        super().__init__(*args, **kwargs)
        choose(self.fields["about"], worded(DISPUTE_ABOUT))
        choose(self.fields["clauses"], [(each, wording.SECTIONS[each]) for each in CLAUSES])


class WordsForm(forms.Form):
    """Plain words to the others."""

    words = forms.CharField(label=gettext_lazy("What you say"), max_length=MOST_WORDS, widget=_LONG)


class ProposalForm(forms.Form):
    """On what terms one would settle."""

    words = forms.CharField(
        label=gettext_lazy("Who does what by when"),
        help_text=gettext_lazy("Once the other side accepts these words, both are bound by them."),
        max_length=MOST_WORDS,
        widget=_LONG,
    )
    sum = _amount(
        gettext_lazy("Amount to be paid or given back"),
        gettext_lazy("In the currency of the contract, where there is one."),
    )


class AcceptForm(forms.Form):
    """Acceptance: by the digest of the proposal that one has read."""

    digest = ShownDigest()
    read = HasRead(label=gettext_lazy("We have read this proposal and accept it"))
