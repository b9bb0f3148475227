"""The released bytes are attacked by who knows their source: what that gains, as plain data."""

from collections.abc import Iterator, Mapping
from typing import Any

from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.privacy.deidentify import released
from yelin.privacy.deidentify.attacked import Attack, Rate, Risk, attacked
from yelin.privacy.deidentify.roles import Role
from yelin.privacy.workbench import reads, working
from yelin.privacy.workbench.models import Deidentification
from yelin.warehouse.models import Release

_SAYS = {
    Risk.SINGLING: (
        "Singling out succeeds in up to {found} % of the attacks, guessing in {guess} %;"
        " {threshold} % more may be. Search again with a greater k, or for a narrower way of"
        " sharing."
    ),
    Risk.LINKING: (
        "Two lists are linked by it in up to {found} % of the attacks, by guessing in {guess} %;"
        " {threshold} % more may be. Search again with a greater k, or leave an item out."
    ),
    Risk.INFERENCE: (
        "“{name}” is inferred in up to {found} % of the attacks, guessed in {guess} %;"
        " {threshold} % more may be. Hold it to t-closeness, or search again with a greater k."
    ),
}


def attacks(work: Deidentification, release: Release, names: Mapping[str, str]) -> dict[str, Any]:
    """Attack the bytes of ``release``; ``names`` are its own, by those of the source.

    Quasi-identifiers that are averaged are not known to fit, so nobody attacks by them. Raises
    ``Unfit`` and ``Destroyed``.
    """
    search = reads.search_of(work)
    whole = [search.population] if search.population else []
    with working.reading_all(work.source, release, *whole) as (engine, (rows, out, *others)):
        side = working.Side(rows, others[0] if others else None)
        plan, table, found = working.again(engine, side, search, work.found["levels"])
        done = attacked(
            engine,
            released.labelled(engine, rows, table, found),
            out,
            [(each.name, names.get(each.name, each.name)) for each in plan.coarsened],
            sensitive=[(each, names.get(each, each)) for each in plan.named(Role.SENSITIVE)],
        )
    return {"reached": done.reached, "tried": [_said(each) for each in done.attacks]}


def _said(attack: Attack) -> dict[str, Any]:
    return {
        "risk": attack.risk.value,
        "column": attack.column,
        "found": _rate(attack.found),
        "guess": _rate(attack.guess),
        "control": _rate(attack.control),
        "gain": attack.gain,
    }


def _rate(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval
    return {"tries": rate.tries, "share": rate.share, "low": low, "high": high}


def gains(measured: Mapping[str, Any], threshold: float) -> Iterator[Fault]:
    """Yield what stands against certifying by what attacks gained over guessing."""
    done = measured.get("attacks")
    if not done:
        yield Fault("attacks", "No attacks were tried. Have it measured again.", duties.HAND_OVER)
        return
    if done["reached"] < 1:
        says = "The version has rows that nothing of the source becomes. Write it again."
        yield Fault("attacks", says, duties.HAND_OVER)
    for each in done["tried"]:
        if each["gain"] > threshold:
            told = {
                "name": each["column"],
                "found": percent(each["found"]["high"]),
                "guess": percent(each["guess"]["share"]),
                "threshold": percent(threshold),
            }
            yield Fault("attacks", _SAYS[Risk(each["risk"])], duties.HAND_OVER, told)


def percent(share: float) -> str:
    """Write a share of one as percent, to a tenth."""
    return f"{share * 100:.1f}"
