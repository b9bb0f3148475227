"""One SELECT as every door asks and answers it."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from yelin.catalog import reads
from yelin.catalog.models import Entry, code_of
from yelin.delivery import selecting, stopping
from yelin.delivery.selecting import NO_PURPOSES, Answer
from yelin.parties.actor import Actor
from yelin.surface import calls
from yelin.surface.sending import STRANGER, disposition
from yelin.warehouse import dumps
from yelin.warehouse.formats import MEDIA_TYPES


def select(
    request: HttpRequest,
    actor: Actor,
    text: str,
    *,
    purpose: str = "",
    purposes: Mapping[str, str] = NO_PURPOSES,
    run: UUID | None = None,
) -> Answer:
    """Hand out what the SELECT ``text`` answers; resources are called by code, however written.

    So they are in ``purposes``, which has those for which another is asked than ``purpose``.
    Whoever knows by which ``run`` it goes can stop it. Raises what ``delivery.selecting`` does, and
    ``Stopped``.
    """

    def called(name: str) -> str:
        return name if "/" in name else code_of(name)

    def find(name: str) -> Entry:
        return reads.get(actor, code=called(name))

    call = calls.of(request, purpose)
    of = {called(name): calls.purpose_in(each) for name, each in purposes.items()}
    if run is None:
        return selecting.select(actor, text, find, call=call, purposes=of)
    with stopping.heard(run) as hear:
        return selecting.select(actor, text, find, call=call, purposes=of, hear=hear)


def headers_of(answer: Answer) -> dict[str, str]:
    """Return the headers that say what goes along with an answer, each source's one after another.

    Of several limits the one that is used up first is told.
    """
    every = [source.notes for source in answer.sources]
    told = {
        "X-Yelin-Receipt": ", ".join(filter(None, map(calls.receipt_url, every))),
        "X-Yelin-Under-Check": ", ".join(mark.doubt for notes in every for mark in notes.marks),
        "X-Yelin-Watermark": ", ".join(filter(None, (notes.watermark for notes in every))),
        "X-Yelin-Truncated": "" if answer.selected.is_all else "true",
    }
    limits = [notes.left for notes in every if notes.left]
    least = min(limits, key=lambda left: left.left, default=None)
    return {name: value for name, value in told.items() if value} | calls.limits(least)


def as_csv(answer: Answer) -> HttpResponse:
    """Return the answer as a file of CSV."""
    columns = [dumps.Column(name, kind) for name, kind in answer.selected.columns]
    return HttpResponse(
        dumps.written("csv", columns, answer.selected.rows),
        headers=headers_of(answer)
        | {
            "Content-Type": MEDIA_TYPES["csv"],
            "Content-Disposition": disposition("select.csv"),
            "Cache-Control": "private, no-store",
            **STRANGER,
        },
    )
