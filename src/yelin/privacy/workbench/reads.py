"""Questions of the bench: what is under way, what stands against the next step, certificates."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yelin import gate
from yelin.keys.models import Destroyed
from yelin.law import duties, packs
from yelin.law.refusals import Fault, Incomplete
from yelin.parties.actor import Actor
from yelin.privacy.deidentify.assessed import Effect
from yelin.privacy.deidentify.roles import Role
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
    """Return by what is searched. Raises ``Destroyed``, and ``Incomplete`` without a population."""
    content = work.content
    population = population_of(content)
    if wrong := list(_of_population(work, content, population)):
        raise Incomplete(wrong)
    guards = content.held_to(work.bears.risk)
    return Search(content, guards, ladders_of(work, content), population)


def population_of(content: PlanContent) -> Release | None:
    """Return the version that is named as the population, if it is there."""
    if content.population is None:
        return None
    said = content.population
    return (
        Release.objects.with_files()
        .filter(entry__code=said.resource, number=said.number)
        .select_related("entry", "sealed_by")
        .first()
    )


def may_compare(actor: Actor, content: PlanContent) -> Iterator[Fault]:
    """Yield what stands against ``actor`` comparing with the population that ``content`` names.

    Whoever may not read the whole of it is told no more than where there is none.
    """
    if content.population is None:
        return
    release = population_of(content)
    decision = release and gate.decide(actor, "resource.read", release.entry)
    if not decision or not decision.allowed or decision.obligations.hides:
        says = "There is no such version that you may read whole. Name another population."
        yield Fault("population", says, duties.HAND_OVER)


def _of_population(
    work: Deidentification, content: PlanContent, population: Release | None
) -> Iterator[Fault]:
    if content.population is None:
        return
    if population is None or not population.is_table:
        says = "The version that is the population is not there any more. Name another one."
        yield Fault("population", says, duties.HAND_OVER)
        return
    if population.entry_id == work.source.entry_id:
        says = "The population is another resource, of which the source is a part."
        yield Fault("population", says, duties.HAND_OVER)
    there = {facts["name"] for facts in population.manifest["columns"]}
    coarsened = [
        each.name for each in content.columns if each.role is Role.QUASI and not each.treatment
    ]
    if lacking := [name for name in coarsened if name not in there]:
        says = "The population has no item called {name}, which is a quasi-identifier here."
        yield Fault("population", says, duties.HAND_OVER, {"name": lacking[0]})


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
    content = work.chosen
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
    return [
        *_of_population(work, content, population_of(content)),
        *examining.faults(content, names, numeric=numeric, threshold=threshold, kept=kept),
    ]


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
    for each in linked(work):
        of_the_same = each.source_id == work.source_id
        if of_the_same and (each.form == Form.ROWS) is work.is_statistics:
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
    yield from _of_presence(work.content, measured)
    yield from _of_models(work.content, measured)


def _of_presence(content: PlanContent, measured: Mapping[str, Any]) -> Iterator[Fault]:
    said, told = content.population, measured.get("presence")
    if said is None:
        return
    if not told:
        says = "It was not compared with the population. Have it measured again."
        yield Fault("population", says, duties.HAND_OVER)
    elif told["least"] < said.least - _NEAR or told["most"] > said.most + _NEAR:
        says = "From {least} to {most} of the population are in it, class by class. Write it again."
        shares = {name: f"{told[name]:.3g}" for name in ("least", "most")}
        yield Fault("population", says, duties.HAND_OVER, shares)
    elif told["strangers"]:
        says = "Rows: {n} look as nobody of the population does. Name one that holds them all."
        yield Fault("population", says, duties.HAND_OVER, {"n": told["strangers"]})


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


def linked(work: Deidentification) -> list[Certificate]:
    """Return the certificates of what others may have of the same source beside this work.

    They are those that stand of other entries, and the newest of an earlier version of its own: it
    stands no more, but whoever had that version has it still. None counts once it was withdrawn.
    What is told with noise is bounded by its budget, whatever else is told.
    """
    if work.noise:
        return []
    rows = Certificate.objects.exclude(form=Form.NOISE).filter(source__entry=work.source.entry_id)
    rows = rows.select_related("release__entry", "work__source", "work__sealed_by", "work__entry")
    others = rows.standing().exclude(release__entry=work.entry_id)
    release = work.published
    earlier = rows.filter(release__entry=work.entry_id, ended_at=None)
    if release is not None:
        earlier = earlier.filter(release__number__lt=release.number)
    return [*others, *earlier.order_by("-release__number")[:1]]


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
    if bytes(certificate.codes) not in {b"", packs.active().became_digest}:
        return "codes"
    of = (certificate.form, certificate.sharing)
    stands = any((form, code) == of and certificate.risk <= most for form, code, most in greatest())
    return "" if stands else "threshold"
