"""By what an entry's next release is measured, and whether it is good enough to be published."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from yelin.catalog.models import Entry
from yelin.files.places import Place
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete
from yelin.quality.policy import may_refer
from yelin.quality.reads import plan_of, threshold_of
from yelin.quality.rules import Reference, Rule
from yelin.warehouse.measuring.passes import Standards
from yelin.warehouse.measuring.personal import place_names
from yelin.warehouse.models import DATA, Release


def standards_of(entry: Entry) -> Standards:
    """Return by what a file of ``entry`` is measured today."""
    plan, law = plan_of(entry), packs.active()
    files: dict[Reference, Place] = {}
    return Standards(
        rules=tuple(_referring(entry, rule, files) for rule in plan.rules),
        scheme=law.quality,
        weights=plan.weights,
        files=files,
        in_time=plan.in_time,
        described=plan.described,
        today=clock.today(),
        legacy_codes=law.legacy_codes,
        places=place_names(law),
        digest=plan.digest,
    )


def _referring(entry: Entry, rule: Rule, files: dict[Reference, Place]) -> Rule:
    """Return ``rule`` with the newest release that it refers to, and note where that lies."""
    rule = referring(entry, rule)
    if rule.refers_to and rule.refers_to.release:
        release = Release.objects.get(
            entry__code=rule.refers_to.code, number=rule.refers_to.release
        )
        files[rule.refers_to] = release.copy(DATA).place
    return rule


def referring(entry: Entry, rule: Rule) -> Rule:
    """Return ``rule`` with the number of the newest release that it refers to.

    Where the provider may not look into that now, it has none, and asks nothing.
    """
    if rule.refers_to is None:
        return rule
    other = Entry.objects.filter(code=rule.refers_to.code).first()
    if other is None or not may_refer(entry, other, rule.refers_to.item):
        return rule
    release = Release.objects.latest_of(other)
    names = {facts["name"] for facts in release.manifest["columns"]} if release else set()
    if release is None or rule.refers_to.item not in names:
        return rule
    return replace(rule, refers_to=replace(rule.refers_to, release=release.number))


def require_good_enough(entry: Entry, measured: Mapping[str, Any]) -> None:
    """See that data reaches its entry's threshold. Raises ``Incomplete`` below one that blocks."""
    threshold, total = threshold_of(entry), measured["total"]
    if threshold and threshold.blocks and total is not None and total < threshold.least * 100:
        raise Incomplete.at(
            "quality",
            "The data scores less than this resource asks for. Mend what fails, or lower what is"
            " asked.",
            duties.QUALITY_MEASURE,
        )


def is_stale(entry: Entry, measured: Mapping[str, Any]) -> bool:
    """Whether data was measured by other rules than those of now."""
    return bool(measured["digest"] != plan_of(entry).digest)
