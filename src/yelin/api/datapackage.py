"""A table as a data package of one resource: where its rows are, what they hold, whose they are."""

import json
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from yelin import gate
from yelin.catalog import reads
from yelin.catalog.models import code_of
from yelin.config import config
from yelin.delivery import checking, kept, opening
from yelin.delivery.handing import Handed
from yelin.delivery.kept import Wanted
from yelin.delivery.opening import Notes, PurposeMissing
from yelin.law import clock
from yelin.surface import calls
from yelin.surface.actor import of_request
from yelin.surface.fresh import answer
from yelin.surface.packages import Package, Packed
from yelin.surface.problems import for_programs
from yelin.warehouse.query import Question

MEDIA_TYPE = "application/json"


@require_safe
@for_programs
def datapackage(request: HttpRequest, slug: str) -> HttpResponse:
    """Return how the newest rows are had and read, to whoever may take them."""
    actor, purpose = of_request(request).actor, calls.of(request).purpose
    entry = reads.get(actor, code=code_of(slug))
    decision = gate.decide(actor, "resource.read", entry, purpose)
    decision.must_allow("resource.read", entry.pk)
    if opening.must_name(decision):
        raise PurposeMissing({entry.code or "": decision.purposes})
    release = opening.release_of(entry)
    wanted = Wanted(release, Question(), "csv")
    notes = Notes(marks=checking.of_whole(checking.running(entry), decision))
    handed = Handed(wanted, decision, None, notes=notes)
    address = f"{config.url}/resources/{entry.slug}/versions/{release.number}.csv"
    columns = wanted.table(decision).columns
    size, digest = _measured(handed)
    packed = Packed(
        handed,
        f"{address}?purpose={purpose}" if purpose else address,
        size,
        digest,
        columns,
        release.rows if decision.obligations.is_whole else None,
    )
    lang = "en" if (get_language() or "").startswith("en") else "zh"
    package = Package(_at(release.released_at), lang, [packed])
    title = entry.title_en if lang == "en" and entry.title_en else entry.title
    said = package.document() | {"name": entry.slug.lower(), "title": title}
    del said["leftOut"]
    return answer(
        request,
        actor,
        said,
        lambda: json.dumps(said, ensure_ascii=False, indent=1).encode(),
        MEDIA_TYPE,
    )


def _at(moment: datetime) -> datetime:
    return moment.astimezone(clock.SHANGHAI)


def _measured(handed: Handed) -> tuple[int, str]:
    """Return how long the file is and its SHA-256.

    Nothing where making it would take long: what is open to all is then made, for who asks next.
    """
    if handed.wanted.is_small:
        file = kept.made(handed.wanted, handed.decision)
        return file.size, kept.sha256_of(file)
    lies = kept.found(handed.wanted, handed.decision)
    if lies and lies.digest:
        return lies.size, lies.digest
    if handed.wanted.sealed_by is None:
        kept.make_ready(handed.wanted.entry)
    return 0, ""
