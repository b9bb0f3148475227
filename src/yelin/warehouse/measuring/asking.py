"""By what an entry's next release is measured, and whether it is good enough to be published."""

from collections.abc import Mapping
from typing import Any

from yelin.catalog.models import Entry
from yelin.files.places import Place
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.quality.policy import may_refer
from yelin.quality.reads import plan_of, threshold_of
from yelin.quality.rules import Reference, Rule
from yelin.warehouse.measuring.passes import Standards
from yelin.warehouse.models import DATA, Release


def standards_of(entry: Entry) -> Standards:
    """Return by what a file of ``entry`` is measured today."""
    plan, law = plan_of(entry), packs.active()
    return Standards(
        rules=plan.rules,
        scheme=law.quality,
        weights=plan.weights,
        files=files_of(entry, plan.rules),
        in_time=plan.in_time,
        described=plan.described,
        today=clock.today(),
        legacy_codes=law.legacy_codes,
        digest=plan.digest,
    )


def files_of(entry: Entry, rules: tuple[Rule, ...]) -> dict[Reference, Place]:
    """Return where the newest data lies that ``rules`` refer to, as far as the provider has it."""
    found = {}
    for rule in rules:
        if rule.refers_to is None:
            continue
        other = Entry.objects.filter(code=rule.refers_to.code).first()
        if other is None or not may_refer(entry, other, rule.refers_to.item):
            continue
        release = Release.objects.latest_of(other)
        names = {facts["name"] for facts in release.manifest["columns"]} if release else set()
        if release and rule.refers_to.item in names:
            found[rule.refers_to] = release.copy(DATA).place
    return found


def require_good_enough(entry: Entry, measured: Mapping[str, Any] | None) -> None:
    """See that data is measured by the present rules and reaches its entry's threshold.

    Raises ``OutOfTurn`` where the rules changed meanwhile, ``Incomplete`` below a threshold that
    blocks.
    """
    if measured is None or measured["digest"] != plan_of(entry).digest:
        raise OutOfTurn(
            "The rules of quality changed since the file was prepared. Prepare it again."
        )
    threshold, total = threshold_of(entry), measured["total"]
    if threshold and threshold.blocks and total is not None and total < threshold.least * 100:
        raise Incomplete.at(
            "quality",
            "The data scores less than this resource asks for. Mend what fails, or lower what is"
            " asked.",
            duties.QUALITY_MEASURE,
        )
