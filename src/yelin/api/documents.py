"""Rows become the shapes that the REST interface answers with."""

from collections.abc import Sequence
from typing import Any

from yelin import gate
from yelin.api import schemas
from yelin.catalog import reads
from yelin.catalog.models import Entry, Item, code_of
from yelin.config import config
from yelin.delivery import handing
from yelin.parties.actor import Actor
from yelin.surface import described
from yelin.surface.described import Described
from yelin.surface.receipts import Shown
from yelin.warehouse.models import Release, Upload


def lines(actor: Actor, entries: Sequence[Entry]) -> list[schemas.EntryLine]:
    """Return resources for a list, each as far as ``actor`` may read it."""
    return [schemas.EntryLine(**_line(told)) for told in described.each(actor, entries, wanted=())]


def whole(actor: Actor, slug: str) -> schemas.EntryOut:
    """Return a resource with all its metadata.

    Raises ``Unseen``, or ``Refused`` for one that is known to exist but may not be read.
    """
    entry = reads.get(actor, code=code_of(slug))
    decision = gate.decide(actor, "entry.read", entry)
    items = reads.items(decision, entry)
    (told,) = described.each(actor, [entry], wanted=())
    releases = entry.releases.order_by("-number").select_related("entry_version")
    names = set(schemas.EntryOut.model_fields) - set(schemas.EntryLine.model_fields)
    found = {"items", "releases", "systems", "projects", "related_codes"}
    own = {name: getattr(entry, name) for name in names - found}
    return schemas.EntryOut(
        **_line(told),
        **own,
        related_codes=[other.code or "" for other in reads.related(actor, entry)],
        systems=[schemas.SourceOut(id=each.pk, name=each.name) for each in entry.systems.all()],
        projects=[schemas.SourceOut(id=each.pk, name=each.name) for each in entry.projects.all()],
        items=[_item(item) for item in items],
        releases=[release_out(release, decision) for release in releases],
    )


def _item(item: Item) -> schemas.ItemOut:
    element, codes = item.element, item.code_list
    return schemas.ItemOut(
        **item.content().model_dump(mode="json", exclude={"element_id", "code_list_id"}),
        element=schemas.ElementOut(
            id=element.pk,
            standard=element.standard.number,
            identifier=element.identifier,
            name=element.name,
            held_until=element.standard.in_force_to,
        )
        if element
        else None,
        code_list=schemas.CodeListOut(
            id=codes.pk,
            standard=codes.standard.number,
            identifier=codes.identifier,
            name=codes.name,
            held_until=codes.standard.in_force_to,
        )
        if codes
        else None,
    )


def _line(told: Described) -> dict[str, Any]:
    provider = told.provider
    line: dict[str, Any] = {
        "code": told.code,
        "slug": told.slug,
        "title": told.title,
        "title_en": told.title_en,
        "provider": schemas.ProviderOut(
            name=provider.name,
            name_en=provider.name_en,
            credit_code=provider.credit_code,
            division=provider.division,
        ),
        "social": told.social,
        "sharing_type": told.sharing_type,
        "opening_type": told.opening_type,
        "sharing_basis": told.sharing_basis or None,
        "url": told.page,
    }
    if told.metadata:
        content, newest = told.metadata.content, told.metadata.newest
        line |= {
            "summary": content.summary,
            "themes": content.themes,
            "formats": content.formats,
            "update_cycle": content.update_cycle,
            "division": content.division,
            "rows": newest.rows if newest else None,
            "released_at": newest.released_at if newest else None,
        }
    return line


def release_out(release: Release, decision: gate.Decision) -> schemas.ReleaseOut:
    """Return a release as the interface shows it to whom ``decision`` tells of its entry."""
    return schemas.ReleaseOut(
        number=release.number,
        released_at=release.released_at,
        mode=release.mode,
        base=release.base.number if release.base else None,
        restored=release.restored.number if release.restored else None,
        redactions=release.redactions,
        destroyed_at=release.destroyed_at,
        rows=release.rows,
        rejected=release.rejected,
        columns=reads.columns(decision, release.columns),
        entry_version=release.entry_version.number,
        digest=release.digest_text,
        grounds=[
            schemas.GroundOut(**each)
            for each in release.grounds
            if decision.obligations.shows(each["column"])
        ],
    )


def file_out(slug: str, release: Release, file: handing.Shown) -> schemas.FileOut:
    """Return a file of a release, with where it is had."""
    address = f"{config.url}/api/v1/resources/{slug}/files/{file.number}?release={release.number}"
    return schemas.FileOut(
        number=file.number,
        path=file.path,
        kind=file.kind,
        bytes=file.size,
        sha256=file.sha256,
        url=address,
    )


def upload_out(upload: Upload) -> schemas.UploadOut:
    """Return a file on its way, with where to ask again."""
    return schemas.UploadOut(
        id=str(upload.pk),
        mode=upload.mode,
        base=upload.base,
        state=upload.state,
        stage=upload.stage,
        fraction=upload.fraction,
        rows=upload.rows,
        rejected=upload.rejected,
        rows_per_second=upload.rows_per_second,
        seconds_left=upload.seconds_left,
        error=upload.error or None,
        report=upload.report or None,
        url=f"{config.url}/api/v1/uploads/{upload.pk}",
    )


def leaf_out(shown: Shown) -> schemas.LeafOut:
    """Return a leaf; hash in hexadecimal, salt in hexadecimal where it is opened."""
    receipt = shown.receipt
    return schemas.LeafOut(
        h=receipt.h.hex(),
        index=receipt.index,
        state=receipt.state.value,
        payload=dict(receipt.payload) if receipt.payload is not None else None,
        salt=receipt.salt.hex() if receipt.salt is not None else None,
        shredded=receipt.shredded,
    )
