"""The words of the bench: roles, treatments, models and what was measured, for page and paper."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from yelin.law import packs
from yelin.privacy.deidentify.attacked import Risk
from yelin.privacy.deidentify.roles import Nulls, Role
from yelin.privacy.workbench.content import Ladder, Model, Treatment
from yelin.privacy.workbench.statistics import Told

ROLES = {
    Role.DIRECT: gettext_lazy("Direct identifier"),
    Role.QUASI: gettext_lazy("Quasi-identifier"),
    Role.SENSITIVE: gettext_lazy("Sensitive"),
    Role.OTHER: pgettext_lazy("role of an item", "Other"),
}
LADDERS = {
    Ladder.FLAT: gettext_lazy("Kept or suppressed"),
    Ladder.DATES: gettext_lazy("Dates: day to ten years"),
    Ladder.NUMBERS: gettext_lazy("Numbers: wider and wider intervals"),
    Ladder.DIVISIONS: gettext_lazy("Divisions (GB/T 2260): county to province"),
    Ladder.INDUSTRIES: gettext_lazy("Industries (GB/T 4754): class to section"),
    Ladder.MASKS: gettext_lazy("Characters masked from the end"),
    Ladder.KEPT: gettext_lazy("A hierarchy that was brought"),
}
TREATMENTS = {
    Treatment.PSEUDONYM: gettext_lazy("Pseudonym under a key that is destroyed"),
    Treatment.BOUNDED: gettext_lazy("Top and bottom coded"),
    Treatment.GROUPED: gettext_lazy("Mean of k neighbours (micro-aggregation)"),
    Treatment.MEAN: gettext_lazy("Mean of each class"),
    Treatment.MEDIAN: gettext_lazy("Median of each class"),
    Treatment.MODE: gettext_lazy("Commonest value of each class"),
}
MODELS = {
    Model.DISTINCT: gettext_lazy("l different values (distinct l-diversity)"),
    Model.ENTROPY: gettext_lazy("As varied as l equal values (entropy l-diversity)"),
    Model.RECURSIVE: gettext_lazy("No value too common ((c, l)-diversity)"),
    Model.CLOSENESS: gettext_lazy("Distributed as everywhere, but for t (t-closeness)"),
    Model.ORDERED: gettext_lazy("The same for values in order (t-closeness)"),
}
NULLS = {
    Nulls.EQUAL: gettext_lazy("as a value of its own"),
    Nulls.NONE: gettext_lazy("as equal to nothing"),
    Nulls.ALL: gettext_lazy("as equal to everything"),
}
ATTACKS = {
    Risk.SINGLING: gettext_lazy("Singling out"),
    Risk.LINKING: gettext_lazy("Linking two lists"),
    Risk.INFERENCE: gettext_lazy("Inference"),
}
AFTER = {
    Risk.SINGLING: gettext_lazy("What a released row says holds of one person alone."),
    Risk.LINKING: gettext_lazy(
        "Two lists, each with half of the quasi-identifiers, are put together by it."
    ),
    Risk.INFERENCE: gettext_lazy("The commonest value among rows alike is somebody's own."),
}
PROTECTIONS = {
    "suppress": gettext_lazy("Small cells are not told, nor others by which they are computed"),
    "noise": gettext_lazy("Every cell is told with noise (differential privacy)"),
}
TOLD = {
    Told.SUM: gettext_lazy("Sum"),
    Told.MEAN: pgettext_lazy("statistics", "Mean"),
}
# What a column is called by which an item is told, if nobody says otherwise.
TOLD_AS = {Told.SUM: "合计", Told.MEAN: "均值"}
EFFECTS = {
    1: gettext_lazy("1: somebody is told by the row itself"),
    2: gettext_lazy("2: the risk is above the threshold"),
    3: gettext_lazy("3: the risk is acceptable"),
    4: gettext_lazy("4: statistics, no rows"),
}


def role(value: str) -> str:
    """Return what a role is called."""
    return str(ROLES[Role(value)])


def became(column: Mapping[str, Any]) -> str:
    """Return what became of a column, as its certificate tells it."""
    if column["treatment"]:
        return str(TREATMENTS[Treatment(column["treatment"])])
    if column["role"] == Role.DIRECT:
        return _("left out")
    if column["role"] == Role.QUASI:
        told = _("level {level} of {height}").format(**column)
        return f"{LADDERS[Ladder(column['ladder'])]}, {told}" if column["ladder"] else told
    return pgettext("item", "kept")


def columns(says: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return of each column of a certificate its name, its role, and what became of it."""
    if "table" not in says:
        return [(each["name"], role(each["role"]), became(each)) for each in says["columns"]]
    table, dimension = says["table"], _("Dimension")
    is_noise = says["protection"]["kind"] == "noise"
    found = [(each["name"], dimension, _of_dimension(each)) for each in says["columns"]]
    how = _("counted, with noise") if is_noise else _("counted; blank where it is not told")
    found.append((table["counted"], _("Number of rows"), how))
    if measure := table["measure"]:
        found.append(
            (
                measure["called"],
                str(TOLD[Told(measure["told"])]),
                (
                    _("of values brought between {low} and {high}, with noise")
                    if is_noise
                    else _("of values from {low} to {high}; blank where it is not told")
                ).format(**measure),
            )
        )
    return found


def _of_dimension(each: Mapping[str, Any]) -> str:
    """Return how a dimension was made coarser."""
    told = _("level {level}").format(**each)
    if each["ladder"]:
        told = f"{LADDERS[Ladder(each['ladder'])]}, {told}"
    return "; ".join([told, _("Labels: {n}").format(n=each["labels"])])


def _of_table(says: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a certificate of statistics says was measured, as names and values."""
    table, protection = says["table"], says["protection"]
    if protection["kind"] == "noise":
        return _of_noise(says)
    return [
        (_("Way of sharing"), _way(says["sharing"])),
        (_("Protection"), str(PROTECTIONS[protection["kind"]])),
        (_("Fewest in a cell that is told"), str(protection["threshold"])),
        *(
            [
                (
                    _("A sum is not told where"),
                    _("the largest {n} make more than {share} of it").format(
                        n=protection["greatest"], share=f"{float(protection['share']):.0%}"
                    ),
                )
            ]
            if table["measure"]
            else []
        ),
        (_("Cells with totals"), str(table["cells"])),
        (_("Cells told"), str(table["told"])),
        (
            _("Each cell that is not told lies between bounds at least so far apart"),
            str(protection["width"]) if says["measured"]["hidden"] else _("all are told"),
        ),
        (_("Effect (GB/T 42460)"), str(EFFECTS[says["measured"]["effect"]])),
        *([(_("Looked at together with"), "; ".join(says["linked"]))] if says["linked"] else []),
        (_("Measured by"), "; ".join(each["on"] for each in says["by"])),
    ]


def _of_noise(says: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the same of statistics with noise."""
    protection = says["protection"]
    return [
        (_("Way of sharing"), _way(says["sharing"])),
        (_("Protection"), str(PROTECTIONS[protection["kind"]])),
        (_("Privacy budget spent (ε)"), protection["epsilon"]),
        (_("Whose rows the noise hides"), whose(protection)),
        *((each["name"], accuracy(each)) for each in protection["accuracy"]),
        (_("Cells with totals"), str(says["table"]["cells"])),
        (_("Effect (GB/T 42460)"), str(EFFECTS[says["measured"]["effect"]])),
        (_("Measured by"), "; ".join(each["on"] for each in says["by"])),
    ]


def whose(protection: Mapping[str, Any]) -> str:
    """Return what one subject is, and how many rows of each count."""
    if not protection["by_subject"]:
        return _("each row is somebody of their own")
    return _("each person or firm; rows of each that count, at most: {n}").format(
        n=protection["rows_of_each"]
    )


def accuracy(each: Mapping[str, str]) -> str:
    """Return how far a figure lies from the true one."""
    return _("within ±{cell}, the grand total within ±{whole} (95 %; ε {epsilon})").format(**each)


def _way(sharing: Mapping[str, Any]) -> str:
    """Return what a way of sharing is called by the pack, or was when it was certified."""
    way = packs.active().ways.get(sharing["code"])
    return way.label(get_language() or "zh-hans") if way else str(sharing["name"])


def measured(says: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a certificate says was measured, as names and values."""
    if "table" in says:
        return _of_table(says)
    found, sharing = says["measured"], says["sharing"]
    k = found["k"]
    return [
        (_("Way of sharing"), _way(sharing)),
        (_("Greatest risk allowed"), sharing["threshold"]),
        (_("Greatest risk of a row"), found["risk"]),
        (_("Mean risk of a row"), found["marketer"]),
        (_("Rows"), str(found["rows"])),
        (_("Classes of rows that look alike"), str(found["classes"])),
        (
            _("Fewest alike, a missing value read …"),
            "; ".join(
                f"{NULLS[each]}: {k[each.value]}" for each in (Nulls.EQUAL, Nulls.NONE, Nulls.ALL)
            ),
        ),
        (_("Effect (GB/T 42460)"), str(EFFECTS[found["effect"]])),
        *_present(says.get("presence")),
        *((attack(each), _tried(each)) for each in says.get("attacks", {}).get("tried", ())),
        (_("Measured by"), "; ".join(each["on"] for each in says["by"])),
    ]


def _present(found: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Return how much of the population is in it, where it was compared with one."""
    if not found:
        return []
    least, most = (f"{float(each):.1%}" for each in found["found"])
    return [
        (_("Share of the population in it, by class (δ-presence)"), f"{least}–{most}"),
        (_("Risk where nobody knows who is in it"), found["journalist"]),
        (_("Digest of the population"), found["manifest"]),
    ]


def attack(of: Mapping[str, Any]) -> str:
    """Return what an attack is called; one that infers with the column whose values it says."""
    name = str(ATTACKS[Risk(of["risk"])])
    return f"{name} · {of['column']}" if of["column"] else name


def _tried(of: Mapping[str, str]) -> str:
    """Return how often an attack succeeded, as its certificate tells it."""
    return _(
        "{found} ({low}–{high}, 95 %); guessing {guess}, whoever is not in it {control}"
    ).format(
        **{name: f"{float(of[name]):.1%}" for name in ("found", "low", "high", "guess", "control")}
    )
