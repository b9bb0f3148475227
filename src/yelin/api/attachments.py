"""Files that hang on cases, plans, projects and rules: send one, list them, take one."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import NinjaAPI, P, Query, Router, Status

from yelin.acts.frame import named
from yelin.api import schemas
from yelin.api.acts import Key
from yelin.config import config
from yelin.files.kinds import KINDS
from yelin.files.models import Attachment
from yelin.surface import actor as asking
from yelin.surface import attaching
from yelin.surface.incoming import body_of, name_in

On = Annotated[
    str, P(max_length=80, description="The case, plan, project or rule: its id or its number.")
]
_BYTES = {"schema": {"type": "string", "format": "binary"}}
SENDS_IT: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The file.",
            "content": {kind.media_type: _BYTES for kind in KINDS.values()},
        }
    }
}


def register(api: NinjaAPI) -> None:
    """Give attachments their addresses in ``api``."""
    router = Router(tags=["Attachments"])
    router.add_api_operation("", ["POST"], attach, response={201: schemas.AttachmentOut})
    router.add_api_operation("", ["GET"], list_attachments, response=list[schemas.AttachmentOut])
    router.add_api_operation("/{attachment_id}", ["GET"], take, openapi_extra=SENDS_IT)
    api.add_router("/attachments", router)


def attach(request: HttpRequest, on: Query[On], key: Key = None) -> Status[schemas.AttachmentOut]:
    """Send a file: as the body itself, or as ``file`` in a form, which may name it.

    What it is, is found out by reading it; pictures are written anew without place and camera.
    """
    actor = asking.writer(request)
    about = attaching.holder(actor, on)
    examined = attaching.take(body_of(request), name_in(request) or about.KIND)
    leaf = named("files.attach").once(
        actor,
        key,
        [str(about.pk), examined.name, examined.sha256.hex()],
        lambda: {"about": about, "examined": examined},
    )
    made = attaching.get(actor, UUID(leaf.payload["facts"]["attachment"]["id"]))
    return Status(201, _out(made))


def list_attachments(request: HttpRequest, on: Query[On]) -> list[schemas.AttachmentOut]:
    """List the files that hang on something, as far as you may read them."""
    actor = asking.of_request(request).actor
    return [_out(each) for each in attaching.on(actor, attaching.holder(actor, on))]


def take(request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
    """Return one file. It is always to be kept, but for pictures, which may be shown."""
    return attaching.send(attaching.get(asking.of_request(request).actor, attachment_id))


def _out(each: Attachment) -> schemas.AttachmentOut:
    return schemas.AttachmentOut(
        id=each.pk,
        name=None if each.removed_at else each.name,
        kind=each.kind,
        media_type=each.type.media_type,
        bytes=each.size,
        side=each.side,
        at=each.at,
        removed_at=each.removed_at,
        url=f"{config.url}/api/v1/attachments/{each.pk}",
    )
