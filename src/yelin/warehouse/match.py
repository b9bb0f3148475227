"""Find for each item the column of the file that carries it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yelin.warehouse.asked import near
from yelin.warehouse.changed import Last
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.items import ItemSpec, fold
from yelin.warehouse.staged import Staged


@dataclass(frozen=True, slots=True)
class Mapped:
    """An item and the column that carries it; ``place`` is None where the file has none."""

    item: ItemSpec
    place: int | None
    header: str | None


@dataclass(frozen=True, slots=True)
class Matched:
    """The column of each item; ``asked`` are the items of which a steward has to say theirs."""

    mapped: tuple[Mapped, ...]
    spare: tuple[str, ...]
    asked: tuple[ItemSpec, ...]
    notices: tuple[Notice, ...]


def match(
    items: Sequence[ItemSpec],
    staged: Staged,
    chosen: Mapping[str, str] | None = None,
    last: Last | None = None,
) -> Matched:
    """Find the column of each item: as chosen, by its exact name, by the name folded, as last time.

    Raises ``Unfit`` when nothing in the file can be a required item, or what was chosen is not
    there.
    """
    chosen = chosen or {}
    exact = {name: place for place, name in enumerate(staged.header) if name}
    folded: dict[str, list[int]] = {}
    for name, at in exact.items():
        folded.setdefault(fold(name), []).append(at)
    mapped: list[Mapped] = []
    notices: list[Notice] = []
    for item in items:
        place = (
            _chosen(item, chosen[item.name], exact)
            if item.name in chosen
            else _named(item, exact, folded, staged)
        )
        mapped.append(Mapped(item, place, None if place is None else staged.header[place]))
    mapped, remembered = _as_last_time(mapped, exact, last)
    notices += remembered
    _require_one_each(mapped)
    taken = {one.place for one in mapped}
    spare = [name for place, name in enumerate(staged.header) if name and place not in taken]
    missing = [one.item for one in mapped if one.place is None and one.item.name not in chosen]
    _require_columns(items, missing, spare, staged)
    asked = _asked(missing, spare, last)
    notices += [_missing(one.item) for one in mapped if one.place is None and one.item not in asked]
    return Matched(tuple(mapped), tuple(spare), tuple(asked), tuple(notices))


def _chosen(item: ItemSpec, header: str, exact: Mapping[str, int]) -> int | None:
    if not header:
        return None
    if header not in exact:
        raise Unfit(
            "columns.unknown",
            "The file has no column “{column}”, which was to be the item “{item}”",
            {"column": header, "item": item.name},
            column=item.name,
        )
    return exact[header]


def _named(
    item: ItemSpec, exact: Mapping[str, int], folded: Mapping[str, list[int]], staged: Staged
) -> int | None:
    places = [exact[item.name]] if item.name in exact else folded.get(fold(item.name), [])
    if len(places) > 1:
        raise Unfit(
            "header.alike",
            "The columns {columns} could all be the item “{item}”; rename all but one",
            {
                "columns": [staged.header[place] for place in places],
                "item": item.name,
            },
            line=staged.header_line,
            column=item.name,
        )
    return places[0] if places else None


def _as_last_time(
    mapped: Sequence[Mapped], exact: Mapping[str, int], last: Last | None
) -> tuple[list[Mapped], list[Notice]]:
    """Read a column as the item that it was taken for when somebody last said so."""
    if last is None:
        return list(mapped), []
    taken = {one.place for one in mapped}
    known, notices = [], []
    for one in mapped:
        place = exact.get(last.carried.get(one.item.name) or "")
        if one.place is not None or place is None or place in taken:
            known.append(one)
            continue
        header = next(name for name, at in exact.items() if at == place)
        known.append(Mapped(one.item, place, header))
        notices.append(
            Notice(
                "columns.remembered",
                "The column “{column}” is read as the item “{item}”, as in version {number}",
                {"column": header, "item": one.item.name, "number": last.number},
                column=one.item.name,
            )
        )
    return known, notices


def _require_one_each(mapped: Sequence[Mapped]) -> None:
    carrying: dict[int, str] = {}
    for one in mapped:
        if one.place is None:
            continue
        if one.place in carrying:
            raise Unfit(
                "columns.twice",
                "The column “{column}” cannot be both “{first}” and “{second}”",
                {
                    "column": one.header or "",
                    "first": carrying[one.place],
                    "second": one.item.name,
                },
                column=one.item.name,
            )
        carrying[one.place] = one.item.name


def _asked(missing: Sequence[ItemSpec], spare: Sequence[str], last: Last | None) -> list[ItemSpec]:
    """Return the items that a column of the file may be, so that nobody may decide it in silence.

    What was there last time and was no item then has been decided.
    """
    fresh = [name for name in spare if last is None or not last.knew(name)]
    likely = {item.name: near(item.name, fresh) for item in missing}
    unlike = set(fresh).difference(*likely.values())
    return [
        item
        for item in missing
        if item.key
        or not item.nullable
        or likely[item.name]
        or (unlike and last and last.carried.get(item.name))
    ]


def _require_columns(
    items: Sequence[ItemSpec], missing: Sequence[ItemSpec], spare: Sequence[str], staged: Staged
) -> None:
    required = [item for item in missing if item.key or not item.nullable]
    if len(missing) == len(items):
        required = list(missing)
    elif spare:
        return
    if not required:
        return
    near_ones = dict.fromkeys(one for item in required for one in near(item.name, spare))
    listed = _listed(near_ones)
    raise Unfit(
        "columns.required",
        "The file has no column {missing}; the nearest are {near}"
        if listed
        else "The file has no column {missing}",
        {"missing": _listed(item.name for item in required), "near": listed},
        line=staged.header_line or None,
        column=required[0].name,
    )


def left_out(spare: Iterable[str]) -> list[Notice]:
    """Tell of the columns that are no item."""
    return [
        Notice(
            "columns.extra",
            "The column “{column}” is no item of the entry and was left out",
            {"column": name},
            column=name,
        )
        for name in spare
    ]


def _missing(item: ItemSpec) -> Notice:
    return Notice(
        "columns.missing",
        "The file has no column “{item}”; it stays empty",
        {"item": item.name},
        column=item.name,
    )


def _listed(names: Iterable[str]) -> list[str]:
    return [f"“{name}”" for name in names]
