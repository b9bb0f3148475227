"""Questions of the bench: what is under way, what stands against the next step, certificates."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from yelin import gate
from yelin.keys.models import Destroyed
from yelin.law import duties, packs
from yelin.law.refusals import Fault
from yelin.parties.actor import Actor
from yelin.privacy.deidentify.assessed import Effect
from yelin.privacy.workbench import examining, noise_tables, tables
from yelin.privacy.workbench.budget import Budget
from yelin.privacy.workbench.content import Model, PlanContent
from yelin.privacy.workbench.models import (
    BroughtHierarchy,
    Certificate,
    Deidentification,
    Form,
    greatest,
)
from yelin.privacy.workbench.statistics import StatisticsContent
from yelin.privacy.workbench.working import Ladders, Search
from yelin.warehouse.models import Release

if TYPE_CHECKING:
    from django.db.models import QuerySet

_NEAR = 1e-9
# Values that bounds and means are made of, as a manifest calls their types.
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DOUBLE", "DECIMAL")


def works_of(actor: Actor) -> "QuerySet[Deidentification]":
    """Return the works that ``actor`` may know of, the newest first."""
    rows = Deidentification.objects.select_related("source__entry", "entry")
    return gate.visible_to(actor, "deidentification.see", rows)


def hierarchies_of(actor: Actor) -> "QuerySet[BroughtHierarchy]":
    """Return the hierarchies that ``actor`` may know of."""
    return gate.visible_to(actor, "hierarchy.see", BroughtHierarchy.objects.all())


def budgets_of(actor: Actor) -> "QuerySet[Budget]":
    """Return the privacy budgets that ``actor`` may know of, each with what was spent."""
    rows = Budget.objects.with_spent().select_related("entry")
    return gate.visible_to(actor, "budget.see", rows)


def search_of(work: Deidentification) -> Search:
    """Return by what is searched. Raises ``Destroyed``."""
    content = work.content
    return Search(content, content.held_to(work.bears.risk), ladders_of(work, content))


def ladders_of(work: Deidentification, content: PlanContent | StatisticsContent) -> Ladders:
    """Return the hierarchies of the body that ``content`` names. Raises ``Destroyed``."""
    named = BroughtHierarchy.objects.filter(
        body=work.entry.provider_id, pk__in=content.kept_ladders
    )
    return {each.pk: each.hierarchy for each in named.select_related("sealed_by")}


def faults(work: Deidentification) -> list[Fault]:
    """Return what stands against searching, each fault with its mend."""
    if work.source.is_destroyed:
        return [Fault("number", "The data of the source was destroyed.", duties.HAND_OVER)]
    content = work.statistics if work.is_statistics else work.content
    names = [facts["name"] for facts in work.columns]
    kept = set(
        BroughtHierarchy.objects.filter(
            body=work.entry.provider_id, pk__in=content.kept_ladders
        ).values_list("pk", flat=True)
    )
    numeric = numbers_of(work)
    if isinstance(content, StatisticsContent):
        small = packs.active().small[work.sharing]
        wrong = list(tables.faults(content, names, numeric=numeric, small=small, kept=kept))
        if work.noise and not wrong:
            wrong += noise_tables.faults(work, work.noise, ladders_of(work, content))
        return wrong
    threshold = work.bears.risk
    return list(examining.faults(content, names, numeric=numeric, threshold=threshold, kept=kept))


def numbers_of(work: Deidentification) -> list[str]:
    """Return the columns of the source that hold numbers."""
    return [
        facts["name"]
        for facts in work.columns
        if str(facts["duckdb_type"]).partition("(")[0] in _NUMBERS
    ]


def names_in(work: Deidentification) -> Mapping[str, str]:
    """Return what each column that was written is called in the release that was made of it."""
    assert work.upload is not None  # noqa: S101 - asked of what was written
    try:
        told = work.upload.report.get("mapping", ())
    except Destroyed:
        return {}
    return {each["header"]: each["item"] for each in told if each["header"]}


def risks(work: Deidentification) -> Iterator[Fault]:
    """Yield what stands against certifying, by what was measured and by today's threshold."""
    if work.noise:
        yield from noise_tables.risks(work.measured)
        return
    yield from _beside(work)
    if work.is_statistics:
        small = packs.active().small[work.sharing]
        yield from tables.risks(work.measured, small, {each.number for each in tables_beside(work)})
    else:
        yield from _of_rows(work)


def _beside(work: Deidentification) -> Iterator[Fault]:
    """Yield certificates of the same source that cannot be looked at together with this work."""
    for each in linked(work).filter(source=work.source_id):
        if (each.form == Form.ROWS) is work.is_statistics:
            says = (
                "{number} is of the same source, one of the two for rows and one for statistics;"
                " these are not looked at together. Withdraw that certificate first."
            )
            yield Fault("linked", says, duties.HAND_OVER, {"number": each.number})


def _of_rows(work: Deidentification) -> Iterator[Fault]:
    measured, bears = work.measured, work.bears
    first = measured["first"]
    told = {"risk": f"{first['prosecutor']:.3g}", "threshold": f"{bears.risk:g}"}
    if measured["effect"] == Effect.DIRECT:
        says = "The version has a direct identifier. Leave it out of the entry, and write it again."
        yield Fault("risk", says, duties.HAND_OVER)
    elif not first["rows"] or first["prosecutor"] > bears.risk:
        says = (
            "The risk of a row is {risk}, and {threshold} may be. Search again with a greater k, or"
            " for a narrower way of sharing."
        )
        yield Fault("risk", says, duties.HAND_OVER, told)
    for each in measured["linked"]:
        if each["risk"] > min(bears.risk, each["threshold"]):
            says = (
                "Measured together with {number}, of the same source, the risk is {risk}. Choose"
                " the same levels as there, or withdraw that certificate first."
            )
            told = {"number": each["certificate"], "risk": f"{each['risk']:.3g}"}
            yield Fault("linked", says, duties.HAND_OVER, told)
    yield from _of_models(work.content, measured)


def _of_models(content: PlanContent, measured: Mapping[str, object]) -> Iterator[Fault]:
    first = measured["first"]
    assert isinstance(first, dict)  # noqa: S101 - as the job wrote it
    names = measured["names"]
    assert isinstance(names, dict)  # noqa: S101 - the same
    for guard in content.guards:
        told = first["told"][names.get(guard.column, guard.column)]
        c = told["c"]
        sound = {
            Model.DISTINCT: told["distinct"] >= guard.value,
            Model.ENTROPY: (told["entropy"] or 0) >= guard.value - _NEAR,
            # It is measured for l = 2 alone; for a greater l the choice was held to it.
            Model.RECURSIVE: guard.value > 2 or (c is not None and c < guard.factor),
            Model.CLOSENESS: told["apart"] <= guard.value + _NEAR,
            Model.ORDERED: told["moved"] <= guard.value + _NEAR,
        }[guard.model]
        if not sound:
            says = "In the released bytes “{name}” does not hold to its model. Write it again."
            yield Fault("guards", says, duties.HAND_OVER, {"name": guard.column})


def linked(work: Deidentification) -> "QuerySet[Certificate]":
    """Return the certificates that stand of other releases of the same source.

    What is told with noise is bounded by its budget, whatever else is told.
    """
    rows = Certificate.objects.standing().filter(source__entry=work.source.entry_id)
    rows = rows.none() if work.noise else rows.exclude(form=Form.NOISE)
    own = Release.objects.filter(entry=work.entry_id)
    return rows.exclude(release__in=own.values("pk")).select_related(
        "release__entry", "work__source", "work__sealed_by", "work__entry"
    )


def tables_beside(work: Deidentification) -> "QuerySet[Certificate]":
    """Return the certificates of other tables of the same source, whether they stand or not.

    Who has a table keeps it when its certificate ends.
    """
    rows = Certificate.objects.filter(source=work.source_id, form=Form.SUPPRESS)
    return rows.exclude(work=work).select_related(
        "release__entry", "work__source", "work__sealed_by", "work__entry", "work__upload"
    )


def measured_with(work: Deidentification) -> frozenset[str]:
    """Return the certificates with whose releases that of ``work`` was measured together."""
    linked = work.measured["linked"]
    return frozenset(linked if work.is_statistics else (each["certificate"] for each in linked))


def certificates_of(work: Deidentification) -> "QuerySet[Certificate]":
    """Return the certificates that came of a work, the newest first."""
    return work.certificates.select_related("release__entry")


def standing_of(entry: UUID) -> Certificate | None:
    """Return the certificate that the newest release of an entry bears, if it stands."""
    found = Certificate.objects.standing().filter(release__entry=entry)
    return found.select_related("release").first()


def by_digest(digest: bytes) -> Certificate:
    """Return the certificate with this digest: whoever has it may know of it. Raises ``Unseen``."""
    rows = Certificate.objects.select_related(*Certificate.ALONG)
    return gate.one_of(rows.filter(digest=digest))


def why_not(certificate: Certificate) -> str:
    """Return why a certificate stands no more: a code, empty where it stands."""
    if certificate.ended_at is not None:
        return str(certificate.ended_by)
    release = certificate.release
    if Release.objects.filter(entry=release.entry_id, number__gt=release.number).exists():
        return "followed"
    if bytes(release.digest) != bytes(certificate.release_digest):
        return "redacted"
    of = (certificate.form, certificate.sharing)
    stands = any((form, code) == of and certificate.risk <= most for form, code, most in greatest())
    return "" if stands else "threshold"
