"""What connectors take under a contract, as its page shows it, and what each side may do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy, pgettext

from yelin.market.contract.callbacks import Callback
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Side
from yelin.market.transfer import acts, reads
from yelin.market.transfer.models import Transfer
from yelin.market.transfer.rules import OPEN, State
from yelin.parties.actor import Actor
from yelin.web.choices import choose
from yelin.web.offers import Offer

# So many are shown, the newest; programs read all.
MOST = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """One transfer as a line: ``because`` of what it stands so, and whether calls fail."""

    transfer: Transfer
    because: str
    is_unreached: bool


def shown(found: Sequence[Transfer]) -> list[Shown]:
    """Return transfers as the page shows them."""
    if not found:
        return []
    failing = Callback.objects.filter(of__in=[each.pk for each in found]).exclude(failure="")
    unreached = set(failing.values_list("of", flat=True))
    return [
        Shown(
            transfer=each,
            # The platform's own words are the house's; a side's are its own.
            because=translated(each.because) if each.by == Side.PLATFORM else each.because,
            is_unreached=each.pk in unreached,
        )
        for each in found
    ]


def newest(actor: Actor, contract: Contract) -> list[Transfer]:
    """Return the newest transfers under a contract that ``actor`` may know of."""
    return list(reads.of(actor, contract)[:MOST])


class ChoiceForm(forms.Form):
    """Which transfer, and why."""

    transfer = forms.ChoiceField(label=pgettext("dataspace", "Transfer"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, among: Sequence[Transfer], with_reason: bool = True, **kwargs: Any
    ) -> None:
        """Offer these transfers, by number and by the name that the consumer gave them."""
        super().__init__(*args, **kwargs)
        each = [(str(one.pk), f"{one.number} · {one.known_as}") for one in among]
        choose(self.fields["transfer"], each)
        if not with_reason:
            del self.fields["reason"]


def offered(actor: Actor, side: Side, found: Sequence[Transfer]) -> list[Offer]:
    """Return what a side may do with the transfers that have not ended."""
    if side is Side.PLATFORM:
        return []
    running = [each for each in found if each.state == State.STARTED]
    rests = [each for each in found if each.state == State.SUSPENDED and each.by == side]
    open_ = [each for each in found if each.state in OPEN]
    offers = []
    if running:
        offers.append(
            _offer(
                acts.suspend,
                running,
                actor=actor,
                act="transfer.suspend",
                title=_("Suspend a transfer"),
                says=_("What is on its way is cut off. Whoever suspends it starts it again."),
                button=_("Suspend"),
                done=_("The transfer is suspended."),
            )
        )
    if rests:
        offers.append(
            _offer(
                acts.start,
                rests,
                actor=actor,
                act="transfer.start",
                title=_("Start a transfer again"),
                button=pgettext("dataspace", "Start again"),
                done=_("The transfer goes on."),
                form=partial(ChoiceForm, among=rests, with_reason=False),
            )
        )
    if open_:
        offers.append(
            _offer(
                acts.terminate,
                open_,
                actor=actor,
                act="transfer.terminate",
                title=_("End a transfer"),
                says=_("It cannot be started again; while the contract runs, another may begin."),
                button=pgettext("dataspace", "End the transfer"),
                done=_("The transfer has ended."),
                stops=True,
            )
        )
    return offers


def _offer(
    do: Callable[..., Transfer], among: Sequence[Transfer], *, actor: Actor, **said: Any
) -> Offer:
    by_name = {str(each.pk): each for each in among}

    def done(said: Mapping[str, Any]) -> Transfer:
        rest = {key: value for key, value in said.items() if key != "transfer"}
        return do(actor=actor, transfer=by_name[said["transfer"]], **rest)

    form = {"form": partial(ChoiceForm, among=among)} | said
    return Offer(on=among[0], do=done, **form)
