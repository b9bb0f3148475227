"""What may be done with a demand, each with its form: by the public, its readers, its answerer."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from yelin import gate
from yelin.catalog.models import Entry
from yelin.opening import reads
from yelin.opening.acts import demands as acts
from yelin.opening.models import Demand
from yelin.opening.rules import LIVING, LONGEST_WORDS, POSSIBLE
from yelin.parties.actor import Actor
from yelin.parties.kinds import SOCIAL, BodyKind
from yelin.parties.models import Body
from yelin.web.fields import Day
from yelin.web.offers import Offer
from yelin.web.templatetags.yelin import body_name

MOST = 200
OFFICIAL = [str(kind) for kind in BodyKind if kind not in SOCIAL]


def official_bodies() -> Any:
    """Return the living government bodies, by division and name."""
    return Body.objects.filter(until=None, kind__in=OFFICIAL).order_by("division", "name")


class OfOfficial(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none at run time
    """A government body, chosen by its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Body.objects.none(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Return the body's name in the reader's language."""
        return body_name(obj)


def _words(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def named(actor: Actor, number: str) -> Demand:
    """Return the demand of this number. Raises ``ValidationError`` for one not to be known of."""
    try:
        return reads.demand(actor, number.strip().upper())
    except gate.Unseen:
        raise forms.ValidationError(_("There is no demand of this number.")) from None


class HandlerForm(forms.Form):
    """Which body answers."""

    handler = OfOfficial(label=gettext_lazy("Who answers"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the government bodies."""
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = official_bodies()  # type: ignore[attr-defined]  # a choice of rows has one


class ReturnForm(forms.Form):
    """Why a demand is not made public."""

    reason = _words(
        pgettext_lazy("case", "Reason"), gettext_lazy("The asker reads it and may ask anew.")
    )


class MergeForm(forms.Form):
    """Into which demand another is merged."""

    into = forms.CharField(
        label=gettext_lazy("Number of the other demand"),
        help_text=gettext_lazy(
            "One that is public and asks for the same. Example: XQ-2026-000012."
        ),
        max_length=32,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Look for the other among what ``actor`` may know of."""
        super().__init__(*args, **kwargs)
        self._actor = actor

    def clean_into(self) -> Demand:
        """Return the demand of this number."""
        return named(self._actor, self.cleaned_data["into"])


class PlanForm(forms.Form):
    """Until when the data will be opened."""

    until = Day(label=gettext_lazy("It is opened by"))
    words = _words(
        gettext_lazy("What will be opened"), gettext_lazy("Which data, how often, in which form.")
    )
    entry = forms.ModelChoiceField(
        Entry.objects.none(),
        label=gettext_lazy("As which entry"),
        help_text=gettext_lazy("Once it is open, the demand is met by itself and all are told."),
        empty_label=gettext_lazy("Not compiled yet"),
        required=False,
    )


class DeclineForm(forms.Form):
    """Why the data is not opened, and on which legal basis."""

    reason = _words(
        pgettext_lazy("case", "Reason"), gettext_lazy("In words that everybody understands.")
    )
    legal_basis = forms.CharField(
        label=gettext_lazy("Legal basis"),
        help_text=gettext_lazy("The law, article and paragraph."),
        max_length=300,
    )


class ReleaseForm(forms.Form):
    """Which entry gives what is wanted."""

    entry = forms.ModelChoiceField(
        Entry.objects.none(), label=gettext_lazy("The entry that gives it")
    )
    words = _words(gettext_lazy("What to know about it"), required=False)


def _of_entries(form: type[forms.Form], entries: Iterable[Entry]) -> type[forms.Form]:
    """Return ``form`` with these entries to choose from."""
    kept = entries

    class Offering(form):  # type: ignore[misc,valid-type]  # a form made for one demand
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields["entry"].queryset = kept

    return Offering


def offers(actor: Actor, demand: Demand) -> list[Offer]:
    """Return what may be done with a demand of this state, whoever asks; the gate says who may."""
    return [
        offer
        for what, offer in (*_of_public(actor, demand), *_of_office(actor, demand))
        if demand.state in POSSIBLE[what]
    ]


def _of_public(actor: Actor, demand: Demand) -> Iterator[tuple[str, Offer]]:
    if demand.asker_id == actor.party_id:
        yield (
            "withdraw",
            Offer(
                act="opening.withdraw_demand",
                on=demand,
                title=pgettext("case", "Withdraw"),
                says=_("As long as nobody else supports it."),
                button=pgettext("case", "Withdraw"),
                done=_("It is withdrawn."),
                do=lambda _said: acts.withdraw_demand(actor=actor, demand=demand),
                stops=True,
            ),
        )
    elif reads.supports(actor, demand):
        yield (
            "unsupport",
            Offer(
                act="opening.unsupport",
                on=demand,
                title=_("Take my voice back"),
                button=_("Take my voice back"),
                done=_("Your voice is taken back."),
                do=lambda _said: acts.unsupport(actor=actor, demand=demand),
            ),
        )
    else:
        yield (
            "support",
            Offer(
                act="opening.support",
                on=demand,
                title=_("I want this, too"),
                button=_("I want this, too"),
                done=_("Your voice is counted. You are told what becomes of it."),
                do=lambda _said: acts.support(actor=actor, demand=demand),
            ),
        )


def _of_office(actor: Actor, demand: Demand) -> Iterator[tuple[str, Offer]]:
    yield from _of_readers(actor, demand)
    if demand.handler is None or demand.state not in (*LIVING, "declined"):
        return
    if not gate.decide(actor, "opening.plan_demand", demand).allowed:
        return
    may_name = partial(gate.visible_to, actor, "entry.see")
    yield (
        "release",
        Offer(
            act="opening.release_demand",
            on=demand,
            title=_("It is open"),
            says=_("Name the entry that gives it; everybody who wanted it is told."),
            button=_("Answer with this entry"),
            done=_("The demand is answered: the data is open."),
            form=_of_entries(ReleaseForm, may_name(reads.opened(demand.handler))),
            do=lambda said: acts.release_demand(actor=actor, demand=demand, **said),
        ),
    )
    yield (
        "plan",
        Offer(
            act="opening.plan_demand",
            on=demand,
            title=_("It will be opened"),
            says=_("The plan is public, and so is its day."),
            button=_("Answer with this plan"),
            done=_("The demand is answered with a plan."),
            form=_of_entries(PlanForm, may_name(reads.to_open(demand.handler))),
            do=lambda said: acts.plan_demand(actor=actor, demand=demand, **said),
        ),
    )
    yield (
        "decline",
        Offer(
            act="opening.decline_demand",
            on=demand,
            title=_("It is not opened"),
            says=_("Say why and on which legal basis; everybody reads both."),
            button=_("Answer that it is not opened"),
            done=_("The demand is answered: the data is not opened."),
            form=DeclineForm,
            do=lambda said: acts.decline_demand(actor=actor, demand=demand, **said),
            stops=True,
        ),
    )


def _of_readers(actor: Actor, demand: Demand) -> Iterator[tuple[str, Offer]]:
    yield (
        "publish",
        Offer(
            act="opening.publish_demand",
            on=demand,
            title=_("Make it public"),
            says=_("Everybody reads it as it is written; the body that you name answers in time."),
            button=_("Make it public"),
            done=_("The demand is public."),
            form=HandlerForm,
            initial={"handler": demand.body_id},
            do=lambda said: acts.publish_demand(actor=actor, demand=demand, **said),
        ),
    )
    yield (
        "return",
        Offer(
            act="opening.return_demand",
            on=demand,
            title=_("Return it"),
            says=_("Where it holds what may not be public, or asks for no data."),
            button=_("Return it"),
            done=_("The demand is returned."),
            form=ReturnForm,
            do=lambda said: acts.return_demand(actor=actor, demand=demand, **said),
            stops=True,
        ),
    )
    yield (
        "assign",
        Offer(
            act="opening.assign_demand",
            on=demand,
            title=_("Give it to another body"),
            says=_("Its term to answer begins anew."),
            button=_("Give it to this body"),
            done=_("The demand waits for the other body."),
            form=HandlerForm,
            do=lambda said: acts.assign_demand(actor=actor, demand=demand, **said),
        ),
    )
    yield (
        "merge",
        Offer(
            act="opening.merge_demand",
            on=demand,
            title=_("Merge it into another"),
            says=_("Its voices go along, each once."),
            button=_("Merge them"),
            done=_("The demands are merged."),
            form=partial(MergeForm, actor=actor),
            do=lambda said: acts.merge_demand(actor=actor, demand=demand, **said),
        ),
    )
