"""Hand out the evidence of a dispute: made in a file first, so that nobody waits for a reader."""

import shutil
import uuid
from collections.abc import Iterator

from django.http import StreamingHttpResponse

from yelin.files.places import Sealed, pieces, size_of
from yelin.files.store import scratch
from yelin.ledger.bundling import NothingSigned
from yelin.market.dispute import packing
from yelin.market.dispute.models import Dispute

__all__ = ["NothingSigned", "send"]


def send(dispute: Dispute) -> StreamingHttpResponse:
    """Return the answer that hands the pack of a dispute out; the caller has read it by the gate.

    Raises ``NothingSigned``.
    """
    folder = scratch() / str(uuid.uuid4())
    folder.mkdir()
    place = folder / "pack.zip"
    try:
        with place.open("wb") as file:
            for piece in packing.pieces(dispute, packing.made_at()):
                file.write(piece)
        answer = StreamingHttpResponse(_sent(folder, place), content_type="application/zip")
        answer["Content-Length"] = str(size_of(place))
    except BaseException:
        shutil.rmtree(folder.path)
        raise
    answer["Content-Disposition"] = f'attachment; filename="{dispute.number}.zip"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _sent(folder: Sealed, place: Sealed) -> Iterator[bytes]:
    """Yield the file, which goes as soon as it was sent, or the reader left."""
    try:
        yield from pieces(place.open("rb"))
    finally:
        shutil.rmtree(folder.path)
