"""What a person may do with one thing, each with its own small form on the thing's page.

The gate says what is offered; a refused attempt goes through the act all the same, so that it is
refused by the law and recorded.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yelin import gate
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import Actor
from yelin.things.models import Subject
from yelin.web import mending
from yelin.web.done import say_done


class Nothing(forms.Form):
    """The form of what needs no word."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that may be done: the act, its words, its form; ``on`` is the gate's subject.

    ``do`` takes what the form says; ``stops`` marks what ends something.
    """

    act: str
    on: Subject
    title: str
    button: str
    done: str
    do: Callable[[Mapping[str, Any]], Subject]
    says: str = ""
    form: Callable[..., forms.Form] = Nothing
    initial: Mapping[str, Any] = field(default_factory=dict)
    stops: bool = False
    key: str = ""

    @property
    def name(self) -> str:
        """Return the name by which the page's button asks for it."""
        return self.key or self.act

    @property
    def prefix(self) -> str:
        """Return what the names of its fields begin with."""
        return self.name.replace(".", "_")


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer as the page shows it; ``filled`` is its form, open where something is to mend."""

    offer: Offer
    filled: forms.Form
    is_asked: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether the form is shown unfolded."""
        return self.is_asked or bool(self.filled.errors)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a request: the subject of what was done, and what is offered now."""

    offered: Sequence[Offered]
    made: Subject | None = None

    @property
    def status(self) -> int:
        """Return the status of the page that shows it."""
        return 422 if any(each.is_open for each in self.offered) else 200


def take(request: HttpRequest, actor: Actor, offers: Sequence[Offer]) -> Taken:
    """Do what the request asks of ``offers``, and return the result with what is offered."""
    asked = request.POST.get("do", "") if request.method == "POST" else ""
    shown = []
    for offer in offers:
        is_asked = offer.name == asked
        filled = offer.form(
            request.POST if is_asked else None,
            request.FILES if is_asked else None,
            initial=dict(offer.initial),
            prefix=offer.prefix,
        )
        if is_asked and filled.is_valid():
            made = _do(request, offer, filled)
            if made is not None:
                return Taken((), made)
        shown.append(Offered(offer, filled))
    allowed = _allowed(actor, [each.offer for each in shown if not each.filled.errors])
    return Taken([each for each in shown if each.filled.errors or each.offer.name in allowed])


def _allowed(actor: Actor, offers: Sequence[Offer]) -> set[str]:
    """Return the names of the offers that the gate allows; holds are read once for all."""
    alike: dict[tuple[str, type[Subject]], list[Offer]] = {}
    for offer in offers:
        alike.setdefault((offer.act, type(offer.on)), []).append(offer)
    may = gate.answering_each(actor, [offer.on for offer in offers])
    return {
        offer.name
        for (act, _model), group in alike.items()
        for offer, decision in zip(group, may(act, [each.on for each in group]), strict=True)
        if decision.allowed
    }


def _do(request: HttpRequest, offer: Offer, filled: forms.Form) -> Subject | None:
    try:
        made = offer.do(filled.cleaned_data)
    except Incomplete as error:
        mending.tell(filled, error)
        return None
    except OutOfTurn as error:
        filled.add_error(None, _(error.says))
        return None
    say_done(request, offer.done, offer.act, made)
    return made
