"""Files that hang on things, for pages and programs: taken in, found again, handed out."""

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from yelin import gate
from yelin.acts import attaching, references
from yelin.config import config
from yelin.files import confined
from yelin.files.examined import Examined, examine
from yelin.files.models import Attachment
from yelin.law.refusals import Fault, Incomplete
from yelin.parties.actor import Actor
from yelin.surface.sending import STRANGER, disposition
from yelin.things.models import Subject
from yelin.warehouse.receive import receive


def take(sent: Iterable[bytes], filename: str) -> Examined:
    """Return what was sent, as it may be kept. Raises ``Incomplete``."""
    received = receive(sent, filename, config.attachment_limit_mb)
    try:
        return examine(received.path, received.filename)
    except confined.Refused as refused:
        raise Incomplete([Fault("file", refused.message_id, None, refused.params)]) from None


def holder(actor: Actor, named: str) -> Subject:
    """Return the thing called ``named``, by id or code, on which files may hang.

    Raises ``Unseen``.
    """
    for model in attaching.holders():
        with suppress(gate.Unseen):
            return references.resolve(actor, model, named)
    raise gate.Unseen


def on(actor: Actor, about: Subject) -> QuerySet[Attachment]:
    """Return the attachments of ``about`` that ``actor`` may read, those removed among them."""
    rows = Attachment.objects.filter(about=about.pk).select_related("sealed_by", "party__body")
    return gate.visible_to(actor, "attachment.see", rows)


def get(actor: Actor, attachment: UUID) -> Attachment:
    """Return one attachment that ``actor`` may read. Raises ``Unseen``."""
    rows = Attachment.objects.select_related("sealed_by")
    seen = gate.visible_to(actor, "attachment.see", rows)
    return gate.one_of(seen.filter(pk=attachment))


def send(attachment: Attachment) -> StreamingHttpResponse:
    """Return the answer that hands a file out: to be kept, or a picture to be seen.

    Raises ``Destroyed`` for one that was removed.
    """
    kind, name = attachment.type, disposition(attachment.name)
    response = StreamingHttpResponse(
        attachment.read(), content_type=kind.media_type, headers=STRANGER
    )
    response["Content-Length"] = str(attachment.size)
    response["Content-Disposition"] = (
        name.replace("attachment", "inline", 1) if kind.picture else name
    )
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
