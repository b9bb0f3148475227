"""What may be done with ratings of what was bought, on the contract's page and the listing's."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yelin.market.contract.models import Contract
from yelin.market.rating import acts
from yelin.market.rating.models import MOST, Rating, Seen
from yelin.parties.actor import Actor
from yelin.web.offers import Offer


class RatingForm(forms.Form):
    """One to five stars, and plain words."""

    stars = forms.TypedChoiceField(
        label=gettext_lazy("Stars"),
        choices=[(each, str(each)) for each in range(MOST, 0, -1)],
        coerce=int,
    )
    says = forms.CharField(
        label=gettext_lazy("What others should know"),
        help_text=gettext_lazy("Everyone reads it, without your name."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """What whoever sold it answers."""

    says = forms.CharField(
        label=gettext_lazy("Your answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class HideForm(forms.Form):
    """Why a rating is hidden."""

    reason = forms.CharField(
        label=gettext_lazy("Which rule it breaks"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def rates(actor: Actor, contract: Contract) -> list[Offer]:
    """Return what whoever bought may say of it, once."""
    if not acts.may_rate(contract) or Rating.objects.filter(contract=contract).exists():
        return []
    return [
        Offer(
            act="trade.rate",
            on=contract,
            title=_("Rate what you bought"),
            button=_("Give the rating"),
            done=_("Thank you for your rating."),
            form=RatingForm,
            do=lambda said: acts.rate(actor=actor, contract=contract, **said),
        )
    ]


def offered(actor: Actor, found: Iterable[Rating]) -> list[Offer]:
    """Return what may be done with each rating that is shown."""
    return [offer for each in found for offer in _of(actor, each)]


def _of(actor: Actor, each: Rating) -> list[Offer]:
    stars = {"n": each.stars}
    answer = Offer(
        act="trade.answer",
        key=f"answer-{each.pk}",
        on=each,
        title=_("Answer the rating of {n} stars").format(**stars),
        button=_("Answer it"),
        done=_("Your answer stands below the rating."),
        form=AnswerForm,
        do=lambda said: acts.answer(actor=actor, rating=each, **said),
    )
    hide = Offer(
        act="trade.hide",
        key=f"hide-{each.pk}",
        on=each,
        title=_("Hide the rating of {n} stars").format(**stars),
        button=_("Hide it"),
        done=_("The rating is hidden."),
        form=HideForm,
        do=lambda said: acts.hide(actor=actor, rating=each, **said),
        stops=True,
    )
    unhide = Offer(
        act="trade.unhide",
        key=f"unhide-{each.pk}",
        on=each,
        title=_("Show the rating of {n} stars again").format(**stars),
        button=_("Show it again"),
        done=_("The rating is shown again."),
        do=lambda _said: acts.unhide(actor=actor, rating=each),
    )
    return [*([] if each.answer else [answer]), hide if each.state == Seen.SHOWN else unhide]
