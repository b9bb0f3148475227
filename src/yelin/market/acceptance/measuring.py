"""Measure what a contract delivers against what was agreed, by the seller's own right."""

from collections.abc import Iterator

from yelin import gate
from yelin.market.acceptance.rules import Point, got
from yelin.market.contract.models import Contract
from yelin.market.listing.models import Source
from yelin.market.listing.trading import as_itself, sources_of
from yelin.warehouse.measuring.report import Report, report
from yelin.warehouse.models import Release


def delivered(contract: Contract, *, newest: bool) -> list[tuple[Source, Release | None]]:
    """Return each source of a contract with the release that is inspected.

    The one that contract or product name, or, where there is none such or ``newest`` is asked for,
    the newest.
    """
    listing = contract.negotiation.listing
    sources = sources_of(listing) if listing else []
    entries = [each.entry for each in sources]
    rows = Release.objects.select_related("sealed_by", "entry")
    found = {each.entry_id: each for each in rows.newest_of(entries)}
    if not newest:
        found |= {each.entry_id: each.release for each in sources if each.release}
        digests = [bytes.fromhex(each) for each in contract.terms.matter.releases]
        named = rows.filter(entry__in=[each.pk for each in entries], digest__in=digests)
        found |= {each.entry_id: each for each in named.order_by("number")}
    return [(each, found.get(each.entry_id)) for each in sources]


def measured(contract: Contract, releases: list[tuple[Source, Release | None]]) -> Iterator[Point]:
    """Yield how each agreed measure stands at each source.

    The report is what the seller's right opens: totals over a buyer's copy would tell which rows
    were left out of it to know it by.
    """
    quality = contract.terms.quality
    seller = as_itself(contract.provider)
    for place, (source, release) in enumerate(releases, start=1):
        decision = gate.decide(seller, "resource.read", source.entry)
        is_told = decision.allowed and release is not None and not release.is_destroyed
        told: Report | None = report(decision, release) if is_told and release else None
        for each in quality.measures if quality else ():
            yield Point(
                source=place,
                entry=source.entry.code or "",
                release=release.number if release else None,
                digest=release.digest_text if release else "",
                code=each.code,
                least=str(each.least),
                got=got(each.code, told.score, told.results) if told else None,
            )
