"""What stands against a plan before anything is searched: pure, each fault with its mend."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.privacy.deidentify.roles import Role
from yelin.privacy.workbench.content import (
    ColumnContent,
    Ladder,
    PlanContent,
    Treatment,
    fewest,
)

_DUTY = duties.HAND_OVER
_SHOWN = 8
_AVERAGES = {Treatment.GROUPED, Treatment.MEAN, Treatment.MEDIAN, Treatment.MODE}
_NUMERIC = {Treatment.GROUPED, Treatment.MEAN, Treatment.BOUNDED}


def faults(
    plan: PlanContent,
    columns: Sequence[str],
    *,
    numeric: Collection[str],
    threshold: float,
    kept: Collection[object],
) -> Iterator[Fault]:
    """Yield what stands against searching by ``plan`` in a table of these ``columns``.

    ``kept`` are the hierarchies that were brought and are there; ``threshold`` is the greatest
    risk of the way of sharing.
    """
    said = {each.name for each in plan.columns}
    if unclassified := [name for name in columns if name not in said]:
        names = "、".join(unclassified[:_SHOWN]) + (" …" if unclassified[_SHOWN:] else "")
        says = "Say of each item what it is. Nothing is guessed: {names}"
        yield Fault("columns", says, _DUTY, {"names": names})
    for each in plan.columns:
        of = {"name": each.name}
        if each.name not in columns:
            yield Fault("columns", "There is no item called {name}.", _DUTY, of)
        else:
            yield from _of_column(each, numeric, kept)
    if not any(each.role is Role.QUASI and each.treatment is None for each in plan.columns):
        says = "Name at least one quasi-identifier: by what might somebody be told?"
        yield Fault("columns", says, _DUTY)
    if plan.models and plan.is_grouped:
        says = (
            "Groups of near numbers are smaller than classes, and no other model is held to in"
            " them. Take the models out, or choose the mean of each class."
        )
        yield Fault("guards", says, _DUTY)
    if plan.cells and not all(each.steady for each in plan.models):
        says = (
            "Single cells are starred where rows are held to counts: k, and l different values."
            " Take the other models out, or let whole rows be left out."
        )
        yield Fault("cells", says, _DUTY)
    least = fewest(threshold)
    if plan.k is not None and plan.k < least:
        says = "At least {least} rows must look alike, by the risk that this way of sharing bears."
        yield Fault("k", says, _DUTY, {"least": least})
    sensitive = plan.named(Role.SENSITIVE)
    for guard in plan.guards:
        if guard.column not in sensitive:
            says = "{name} is held to a model, so it must be sensitive."
            yield Fault("guards", says, _DUTY, {"name": guard.column})


def _of_column(
    each: ColumnContent, numeric: Collection[str], kept: Collection[object]
) -> Iterator[Fault]:
    of = {"name": each.name}
    if each.role is Role.QUASI and each.treatment is None:
        yield from _of_ladder(each, kept)
    allowed = {
        Role.DIRECT: {Treatment.PSEUDONYM},
        Role.QUASI: _AVERAGES,
        Role.SENSITIVE: {Treatment.BOUNDED, *_AVERAGES},
        Role.OTHER: {Treatment.BOUNDED, *_AVERAGES},
    }[each.role]
    if each.treatment is not None and each.treatment not in allowed:
        says = "{name} cannot be treated so: it is left out, made coarser, or kept."
        yield Fault("columns", says, _DUTY, of)
    if each.treatment in _NUMERIC and each.name not in numeric:
        says = "{name} is no number, so it has no mean and no bounds."
        yield Fault("columns", says, _DUTY, of)
    if each.treatment is Treatment.BOUNDED and each.low is None and each.high is None:
        yield Fault("columns", "{name}: name the least or the greatest value.", _DUTY, of)


def _of_ladder(each: ColumnContent, kept: Collection[object]) -> Iterator[Fault]:
    of = {"name": each.name}
    ladder = each.ladder
    if ladder is None:
        says = "{name} is a quasi-identifier: choose how its values are made coarser."
        yield Fault("columns", says, _DUTY, of)
    elif ladder.kind is Ladder.NUMBERS and not _widen(ladder.widths):
        says = "{name}: name widths of intervals, each a multiple of the one before, as 5 10 20."
        yield Fault("columns", says, _DUTY, of)
    elif ladder.kind is Ladder.KEPT and ladder.kept not in kept:
        says = "{name}: choose a hierarchy that your body has brought."
        yield Fault("columns", says, _DUTY, of)


def _widen(widths: Sequence[int]) -> bool:
    pairs = pairwise(widths)
    return bool(widths) and widths[0] > 0 and all(b > a and b % a == 0 for a, b in pairs)
