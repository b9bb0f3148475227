"""What the next release of a resource is measured by."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from yelin.catalog.models import Entry
from yelin.keys import canonical
from yelin.law import clock, duties, packs
from yelin.quality.making import made
from yelin.quality.models import Threshold, WrittenRule
from yelin.quality.rules import Rule


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules by which data is measured, and how it is weighed.

    ``in_time`` says whether nothing is overdue, ``described`` how many items of how many say what
    they mean. ``digest`` is the same for the same plan.
    """

    rules: tuple[Rule, ...]
    weights: Mapping[str, int]
    in_time: bool
    described: tuple[int, int]

    @property
    def digest(self) -> str:
        """The SHA-256 of rules and weights in canonical form."""
        rules: list[Any] = [asdict(rule) for rule in self.rules]
        return canonical.digest([rules, dict(self.weights)]).hex()


def plan_of(entry: Entry) -> Plan:
    """Return by what the next release of ``entry`` is measured."""
    written = WrittenRule.objects.in_force().filter(entry=entry).select_related("refers_to")
    threshold = threshold_of(entry)
    items = list(entry.items.all())
    said = [
        each for each in items if each.note or each.unit or each.element_id or each.code_list_id
    ]
    owed = clock.running(entry).filter(duty=duties.BRING_IN.name, due__lt=clock.today())
    return Plan(
        rules=(*made(entry, packs.active().quality), *(each.rule() for each in written)),
        weights=dict(threshold.weights) if threshold else {},
        in_time=not owed.exists(),
        described=(len(said), len(items)),
    )


def threshold_of(entry: Entry) -> Threshold | None:
    """Return the threshold of ``entry``, where one was set."""
    return Threshold.objects.filter(entry=entry).first()
