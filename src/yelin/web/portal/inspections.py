"""How what a contract delivers was inspected: measured beside least, and what each side may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yelin.law import clock
from yelin.market.acceptance import acts
from yelin.market.acceptance.content import DefectContent
from yelin.market.acceptance.models import Found, Inspection
from yelin.market.acceptance.rules import Point
from yelin.market.contract import wording
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Side
from yelin.parties.actor import Actor
from yelin.web.choices import choose
from yelin.web.offers import Offer
from yelin.web.quality import points


@dataclass(frozen=True, slots=True)
class PointShown:
    """One measure as a line: what it got beside the least that was agreed."""

    point: Point
    title: str
    got: str
    is_defect: bool

    @property
    def least_hundredths(self) -> int:
        """The least in hundredths, as the picture is drawn."""
        return int(Decimal(self.point.least) * 100)

    @property
    def state(self) -> str:
        """How it stands, as a badge tells it."""
        return {None: "unknown", True: "met", False: "missed"}[self.point.met]


@dataclass(frozen=True, slots=True)
class Shown:
    """One round of inspection as the page shows it."""

    inspection: Inspection
    lines: Sequence[PointShown]
    defects: Sequence[str]

    @property
    def missed(self) -> int:
        """How many measures are below what was agreed."""
        return sum(line.state == "missed" for line in self.lines)


def shown(inspection: Inspection) -> Shown:
    """Return a round as the page shows it."""
    lines = [
        PointShown(
            point=each,
            title=wording.measure(each.code),
            got="" if each.got is None else points(each.got),
            is_defect=each.code in inspection.defects,
        )
        for each in inspection.points
    ]
    return Shown(inspection, lines, [wording.measure(code) for code in inspection.defects])


class RefusalForm(forms.Form):
    """Which measures are not met, and what else is wrong."""

    codes = forms.MultipleChoiceField(
        label=gettext_lazy("Measures that are not met"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    says = forms.CharField(
        label=pgettext_lazy("acceptance", "What is wrong"),
        help_text=gettext_lazy("Where no measure shows it: which records, and how one sees it."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, codes: Sequence[str], **kwargs: Any) -> None:
        """Offer the measures that the contract names; without any, words alone."""
        super().__init__(*args, **kwargs)
        if codes:
            choose(self.fields["codes"], [(each, wording.measure(each)) for each in codes])
        else:
            del self.fields["codes"]


class MendForm(forms.Form):
    """What was mended."""

    says = forms.CharField(
        label=gettext_lazy("What was mended"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def offered(actor: Actor, contract: Contract, side: Side, last: Inspection | None) -> list[Offer]:
    """Return what a side may do with the last round of inspection."""
    if last is None:
        return []
    if side is Side.CONSUMER and last.state == Found.OPEN:
        return [_accepts(actor, last), *_refuses(actor, last)]
    if side is Side.PROVIDER and last.state == Found.REFUSED and contract.runs():
        return [
            Offer(
                act="trade.mend",
                on=contract,
                title=_("Say that it is mended"),
                says=_("Publish the mended version first: it is measured and inspected anew."),
                button=_("Have it inspected anew"),
                done=_("The other side inspects it anew."),
                form=MendForm,
                do=lambda said: acts.mend(actor=actor, contract=contract, **said),
            )
        ]
    return []


def _accepts(actor: Actor, last: Inspection) -> Offer:
    return Offer(
        act="trade.accept",
        on=last,
        title=_("Accept what was delivered"),
        says=_("It is as the contract says. This cannot be taken back."),
        button=_("Accept the delivery"),
        done=_("What was delivered is accepted."),
        do=lambda _said: acts.accept(actor=actor, inspection=last),
    )


def _refuses(actor: Actor, last: Inspection) -> list[Offer]:
    if last.due < clock.today():
        return []
    quality = last.contract.terms.quality
    codes = [each.code for each in quality.measures] if quality else []
    missed = sorted({each.code for each in last.points if each.met is False})
    return [
        Offer(
            act="trade.refuse",
            on=last,
            title=_("Refuse it for its defects"),
            says=_("The provider mends it by a new version, or gives back what was paid."),
            button=_("Refuse the delivery"),
            done=_("What was delivered is refused; the other side was told."),
            form=partial(RefusalForm, codes=codes),
            initial={"codes": missed},
            do=lambda said: acts.refuse(
                actor=actor, inspection=last, defects=DefectContent(**said)
            ),
            stops=True,
        )
    ]
