"""Find for each item the column of the file that carries it."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.items import ItemSpec, fold
from yelin.warehouse.staged import Staged


@dataclass(frozen=True, slots=True)
class Mapped:
    """An item and the column that carries it; ``place`` is None where the file has none."""

    item: ItemSpec
    place: int | None
    header: str | None


def match(items: Sequence[ItemSpec], staged: Staged) -> tuple[list[Mapped], list[Notice]]:
    """Find the column of each item: by its exact name, else by the name folded.

    Raises ``Unfit`` when a required item has no column, naming the nearest headers.
    """
    exact = {name: place for place, name in enumerate(staged.header) if name}
    folded: dict[str, list[int]] = {}
    for name, place in exact.items():
        folded.setdefault(fold(name), []).append(place)
    mapped: list[Mapped] = []
    missing: list[ItemSpec] = []
    for item in items:
        places = [exact[item.name]] if item.name in exact else folded.get(fold(item.name), [])
        if len(places) > 1:
            raise Unfit(
                "header.alike",
                "The columns {columns} could all be the item “{item}”; rename all but one",
                {
                    "columns": "、".join(staged.header[place] for place in places),
                    "item": item.name,
                },
                line=staged.header_line,
                column=item.name,
            )
        if places:
            mapped.append(Mapped(item, places[0], staged.header[places[0]]))
        else:
            mapped.append(Mapped(item, None, None))
            missing.append(item)
    taken = {one.place for one in mapped}
    spare = [name for place, name in enumerate(staged.header) if name and place not in taken]
    _require_columns(items, missing, spare, staged)
    notices = [_missing(item, spare) for item in missing]
    notices += [
        Notice(
            "columns.extra",
            "The column “{column}” is no item of the entry and was left out",
            {"column": name},
            column=name,
        )
        for name in spare
    ]
    return mapped, notices


def _require_columns(
    items: Sequence[ItemSpec], missing: Sequence[ItemSpec], spare: Sequence[str], staged: Staged
) -> None:
    required = [item for item in missing if item.key or not item.nullable]
    if len(missing) == len(items):
        required = list(missing)
    if not required:
        return
    named = _listed(item.name for item in required)
    near = _listed(dict.fromkeys(one for item in required for one in _near(item.name, spare)))
    raise Unfit(
        "columns.required",
        "The file has no column {missing}; the nearest are {near}"
        if near
        else "The file has no column {missing}",
        {"missing": named, "near": near},
        line=staged.header_line or None,
        column=required[0].name,
    )


def _missing(item: ItemSpec, spare: Sequence[str]) -> Notice:
    near = _listed(_near(item.name, spare))
    return Notice(
        "columns.missing",
        "The file has no column “{item}”; it stays empty, unless it is one of {near}"
        if near
        else "The file has no column “{item}”; it stays empty",
        {"item": item.name, "near": near},
        column=item.name,
    )


def _near(name: str, spare: Sequence[str]) -> list[str]:
    folds = {fold(one): one for one in spare}
    near = difflib.get_close_matches(fold(name), folds, n=3, cutoff=0.5)
    near += [one for one in folds if one not in near and (fold(name) in one or one in fold(name))]
    return [folds[one] for one in near[:3]]


def _listed(names: Iterable[str]) -> str:
    return "、".join(f"“{name}”" for name in names)
