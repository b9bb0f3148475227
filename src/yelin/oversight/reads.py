"""What a release fails, what is found of it already, and who is to see to it."""

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from yelin import gate
from yelin.catalog.models import Entry
from yelin.catalog.models import State as EntryState
from yelin.gate import composed
from yelin.gate.models import Hold
from yelin.law import duties, packs
from yelin.law.quality import Made
from yelin.oversight.models import Finding, FindingQuerySet
from yelin.parties.actor import Actor
from yelin.quality.models import WrittenRule
from yelin.quality.reads import plan_of, threshold_of
from yelin.quality.rules import Result, Written
from yelin.things.models import Subject
from yelin.warehouse.measuring.report import Report
from yelin.warehouse.models import Release

Words = dict[str, str]
# That the whole score is below the threshold, where rules stand by their codes.
TOTAL = "total"
_TOTAL_SAYS = {"zh": "总分达到本资源的质量门槛", "en": "The score reaches the resource's threshold"}


def failing(release: Release) -> Mapping[str, Words]:
    """Return the codes of what ``release`` fails so that it has to be mended, each in words.

    A rule that somebody wrote, and a veto, fails by one row; a made one by its share.
    """
    said = release.manifest.get("quality")
    if not said:
        return {}
    told = Report.read(said)
    found = {
        each.rule.code: {"zh": each.rule.zh, "en": each.rule.en}
        for each in told.results
        if _is_failed(each)
    }
    threshold = threshold_of(release.entry)
    if threshold and told.score.total is not None and told.score.total < threshold.least * 100:
        found[TOTAL] = _TOTAL_SAYS
    return found


def _is_failed(result: Result) -> bool:
    # What an entry says of its items is mended in the entry, by no release.
    if not result.failing or result.rule.kind == Made.DESCRIBED:
        return False
    is_strict = result.rule.veto or result.rule.kind in set(Written)
    return is_strict or result.score < packs.active().quality.basis.found_below * 100


def mends(release: Release, finding: Finding) -> bool:
    """Whether a later release of the same entry fails nothing of a finding, as was measured.

    What is asked still and met nothing to evaluate is not mended: an empty file proves nothing.
    """
    said = release.manifest.get("quality")
    is_later = release.entry_id == finding.entry_id and release.number > finding.release.number
    if not (is_later and said):
        return False
    told = Report.read(said)
    measured = {each.rule.code for each in told.results if each.evaluated}
    if told.score.total is not None:
        measured.add(TOTAL)
    asked = {rule.code for rule in plan_of(finding.entry).rules} | {TOTAL}
    found = set(finding.rules)
    return found & asked <= measured and not found & failing(release).keys()


def stands_on(finding: Finding) -> Iterator[tuple[Subject, Sequence[str]]]:
    """Yield what would make a finding go away unmended, each with the acts that would do so."""
    written = {f"own:{rule.pk}": rule for rule in WrittenRule.objects.filter(entry=finding.entry)}
    for code in finding.rules:
        if code in written:
            yield written[code], ("quality.change_rule", "quality.drop_rule")
    if TOTAL in finding.rules:
        yield finding.entry, ("quality.set_threshold",)


def never_held() -> Sequence[Finding]:
    """Return the open findings that stand on something of which nobody ever said that it is held.

    What was held and let go by whoever supervises stays so.
    """
    rules = WrittenRule.objects.filter(entry=OuterRef(OuterRef("entry")))
    held = Hold.objects.filter(
        Q(on=OuterRef("entry")) | Q(on__in=rules.values("pk")),
        duty=duties.QUALITY_MEND.name,
        placed_at__gte=OuterRef("found_at"),
    )
    found = Finding.objects.open().filter(~Exists(held)).select_related("entry")
    return [finding for finding in found if any(stands_on(finding))]


def open_rules(entry: Entry) -> set[str]:
    """Return the codes that stand in an open finding on ``entry``."""
    found = Finding.objects.open().filter(entry=entry).values_list("rules", flat=True)
    return {code for codes in found for code in codes}


def unlooked() -> "QuerySet[Release]":
    """Return the releases of confirmed government entries that nobody looked at, oldest first."""
    releases = Release.objects.filter(
        looked=None, entry__social=False, entry__state=EntryState.CONFIRMED
    )
    return releases.select_related("entry__provider", "sealed_by").order_by("released_at", "number")


def seen_by(actor: Actor) -> FindingQuerySet:
    """Return the findings that ``actor`` may know of, the newest first."""
    rows = Finding.objects.select_related("entry__provider", "release", "mended_by")
    return gate.visible_to(actor, "finding.see", rows.order_by("-found_at", "pk"))  # type: ignore[return-value]  # a filtered set is of the same kind


def to_mend(actor: Actor) -> FindingQuerySet:
    """Return the open findings that ``actor`` sees to."""
    rows = Finding.objects.open().select_related("entry__provider", "release")
    return composed.visible_to(actor, "oversight.answer", rows)  # type: ignore[return-value]  # a filtered set is of the same kind
