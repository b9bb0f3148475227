"""A release as what is merged into, or written again: without rows that were erased since."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from yelin.catalog.models import Entry
from yelin.files.digests import digests
from yelin.files.places import Place, size_of
from yelin.keys.models import Destroyed
from yelin.warehouse import check, values
from yelin.warehouse.changed import Last
from yelin.warehouse.endings import Erasure
from yelin.warehouse.engine import connect
from yelin.warehouse.findings import Unfit
from yelin.warehouse.items import DECIMAL_TYPES, ItemSpec
from yelin.warehouse.merged import Base, Merging, Mode, Onto
from yelin.warehouse.models import DATA, Release, Upload
from yelin.warehouse.survey import of_file
from yelin.warehouse.tombstones import Tombstones

# What of an item decides which values fit it.
_BINDING = ("type", "length", "nullable", "key", "code_list_id")


@dataclass(frozen=True, slots=True)
class Rest:
    """The rows that are left: where they lie, how many, what they are called in the manifest.

    ``of`` is the how many-th redaction of the release they were taken from.
    """

    of: int
    place: Place
    rows: int
    columns: list[dict[str, Any]]
    file: dict[str, Any]


def base_of(release: Release) -> Base:
    """Return a release as what is merged into, or written again."""
    columns = {facts["name"]: facts["duckdb_type"] for facts in release.manifest["columns"]}
    return Base(release.number, release.copy(DATA).place, release.rows, columns)


def onto(upload: Upload) -> Onto:
    """Return into what the rows of ``upload`` go, and which may not come back.

    Raises ``Unfit`` where the entry's items have changed since in a way that only a whole new table
    follows, or the release to be restored is gone.
    """
    entry, erased = upload.entry, Erasure.of(upload.entry)
    last = _last_of(entry)
    base = upload.restores if upload.restores_id else Release.objects.latest_of(entry)
    if upload.mode is Mode.REPLACE or base is None:
        return Onto(upload.mode, None, erased, last)
    if base.is_destroyed:
        raise Unfit("base.destroyed", "The version was destroyed meanwhile")
    if not _is_table(base):
        raise Unfit("base.files", "The newest version is no table; replace it")
    changed = _changed(
        base.entry_version.content["items"], entry.content().model_dump(mode="json")["items"]
    )
    if changed:
        raise Unfit(
            "base.items",
            "The items {items} have changed since version {number}, so its rows cannot stay as they"
            " are; send the whole table and replace them",
            {"items": [f"“{name}”" for name in changed], "number": base.number},
        )
    return Onto(upload.mode, base_of(base), erased, last)


def _last_of(entry: Entry) -> Last | None:
    """Return what the file of the newest release that one made had, where it is still known.

    To delete rows, a file needs no more than their key.
    """
    release = (
        Release.objects.filter(entry=entry)
        .exclude(mode__in=[Mode.DELETE, Mode.RESTORE])
        .select_related("upload__sealed_by")
        .order_by("-number")
        .first()
    )
    try:
        report = release.upload.report if release else {}
    except Destroyed:
        return None
    return Last.of(release.number, report) if release and report.get("mapping") else None


def _is_table(release: Release) -> bool:
    return any(file["name"] == DATA for file in release.files)


def _changed(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return which items the rows of before need not fit; a new one may be empty in them."""
    old, new = (
        {item["name"]: [item.get(each) for each in _BINDING] for item in items}
        for items in (before, now)
    )
    gone = [name for name in old if new.get(name) != old[name]]
    return gone + [
        item["name"]
        for item in now
        if item["name"] not in old and (item["key"] or not item["nullable"])
    ]


def without(
    release: Release,
    erased: tuple[Tombstones, ...],
    work: Place,
    *,
    memory_mb: int,
    threads: int,
) -> Rest | None:
    """Write what is left of ``release`` below ``work``; nothing where none of it was erased."""
    if not _is_table(release):
        return None
    onto, told = Onto(Mode.RESTORE, base_of(release), erased), release.manifest["columns"]
    assert onto.base is not None  # noqa: S101 - it was given in the line before
    readings = [_reading(facts) for facts in told]
    data = work / DATA
    roots = [work, *onto.base.roots] if isinstance(work, Path) else onto.base.roots
    with connect(memory_mb=memory_mb, threads=threads, roots=roots) as engine:
        merging = Merging(onto=onto, engine=engine, target=data, readings=readings)
        if not merging.leave_erased(onto.base):
            return None
        merged = merging.run()
        stats = check.measure(of_file(data, merged.rows, engine), readings)()
    columns = [facts | asdict(stat) for facts, stat in zip(told, stats, strict=True)]
    file = {"name": DATA, "bytes": size_of(data), **digests(data).as_dict()}
    return Rest(release.redactions, data, merged.rows, columns, file)


def _reading(facts: Mapping[str, Any]) -> values.Reading:
    """Return how a column of a release that stands is read."""
    kind, scale = facts["duckdb_type"], facts["scale"]
    length = None if scale is None else f"38,{scale}"
    # Numbers that no decimal holds were kept as floating point once, and stay so.
    was_rounded = kind == "DOUBLE" and facts["type"] in DECIMAL_TYPES
    item = ItemSpec(facts["name"], "F" if was_rounded else facts["type"], length)
    places = int(kind.removesuffix(")").rpartition(",")[2]) if kind.startswith("DECIMAL") else 0
    return values.Reading(item, scale=places)
