"""What a file is that somebody holds, and who got it: by its digest, told to whom it may be told.

Nobody learns by it whether a guess at closed data is right: of a release it tells whoever may have
that very file, had it, or answers for it, and to everyone else it is unknown like any other file.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Max

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery import reads as deliveries
from yelin.delivery.models import Delivery
from yelin.delivery.tracing.draft import MOST, named
from yelin.delivery.tracing.graph import Kind, Node
from yelin.parties.actor import Actor
from yelin.warehouse.fingerprints import fingerprint
from yelin.warehouse.models import Fingerprint, Release, Upload

_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose question it is, and the SHA-256 of the file."""

    actor: Actor
    sha256: bytes

    @property
    def file(self) -> bytes:
        """By what the file is known here."""
        return fingerprint(self.sha256.hex())


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a file is: an upload, a file of a release in a ``form``, a paper.

    ``newest`` is the number of the newest release of the same resource. ``had`` are the deliveries
    of the very file of which the asker may know, the last first, ``more`` how many besides these.
    ``standing`` is the digest by which it is told how an extract stands.
    """

    node: Node
    form: str
    newest: int = 0
    had: Sequence[Delivery] = ()
    more: int = 0
    standing: str = ""

    @property
    def is_newest(self) -> bool:
        """Whether it is of the newest release."""
        return self.newest == self.node.told.get("number")


Finding = Callable[[Asked], Iterable[Found]]
_findings: list[Finding] = []


def finds(look: Finding) -> None:
    """Let a room say which files it knows by their digests; it asks by columns with an index."""
    _findings.append(look)


def of(actor: Actor, sha256: str) -> list[Found]:
    """Return all that a file with this SHA-256 (64 hexadecimal digits) is, for ``actor``.

    Empty for a file that is unknown, and for one of which the actor may not know. Raises
    ``ValueError`` for what is no digest.
    """
    if not _SHA256.fullmatch(sha256):
        raise ValueError("a SHA-256 has 64 hexadecimal digits")
    asked = Asked(actor, bytes.fromhex(sha256))
    return [found for look in _findings for found in look(asked)]


def _uploads(asked: Asked) -> Iterator[Found]:
    """Yield the uploads that were this file, for their own body."""
    rows = Upload.objects.filter(thing__fingerprints__digest=asked.file).select_related("entry")
    for each in gate.visible_to(asked.actor, "upload.see", rows).order_by("-received_at")[:MOST]:
        node = Node(
            id=named(Kind.UPLOAD, each.pk),
            kind=Kind.UPLOAD,
            title=each.filename,
            key=str(each.pk),
            thing=each.pk,
            told={"bytes": each.size},
            since=each.received_at,
        )
        yield Found(node, "")


def _releases(asked: Asked) -> Iterator[Found]:
    """Yield the releases of which this was a file, or was handed out in some form."""
    noted = Fingerprint.objects.filter(digest=asked.file).order_by("-noted_at", "pk")
    forms = dict(noted.values_list("of", "name")[:MOST])
    rows = Release.objects.filter(pk__in=forms).select_related("entry__provider")
    found = list(rows.defer("manifest_kept").order_by("-released_at", "pk"))
    seen = deliveries.seen_by(asked.actor).filter(file=asked.file)
    along = seen.select_related("release", "docket", "grant", "seat__body", "person")
    had = list(along.order_by("-begun_at", "pk")[: MOST + 1])
    more = seen.count() - MOST if len(had) > MOST else 0
    may_know = _knowing(asked, {each.entry_id: each.entry for each in found}.values())
    newest = _newest(found)
    for each in found:
        of_it = [call for call in had[:MOST] if call.release_id == each.pk]
        if not of_it and each.entry_id not in may_know:
            continue
        node = Node(
            id=named(Kind.RELEASE, each.pk),
            kind=Kind.RELEASE,
            title=each.entry.title,
            title_en=each.entry.title_en,
            key=each.entry.slug if each.entry.code else "",
            thing=each.pk,
            told={"number": each.number, "rows": each.rows},
            since=each.released_at,
        )
        yield Found(node, forms[each.pk], newest[each.entry_id], of_it, more)


def _knowing(asked: Asked, entries: Iterable[Entry]) -> set[object]:
    """Return the ids of those entries of which the actor may have all, or for which it answers."""
    each = list(entries)
    whole = gate.decide_each(asked.actor, "resource.read", each)
    answers = gate.decide_each(asked.actor, "delivery.recipients", each)
    return {
        entry.pk
        for entry, may_have, may_know in zip(each, whole, answers, strict=True)
        if may_know.allowed or (may_have.allowed and may_have.obligations.is_whole)
    }


def _newest(releases: Iterable[Release]) -> dict[object, int]:
    of_all = Release.objects.filter(entry__in={each.entry_id for each in releases})
    numbers = of_all.order_by().values("entry").annotate(newest=Max("number"))
    return dict(numbers.values_list("entry", "newest"))


finds(_uploads)
finds(_releases)
