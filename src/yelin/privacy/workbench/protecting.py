"""The kinds by which cells that were counted are kept from being told, or computed.

Such a kind joins as one more content in ``statistics.Protection``, one more ``Form`` with its limit
in ``models.greatest``, and one more line here. Noise is none of them: it counts nothing that could
be told, and is planned, drawn and read by ``noise_tables``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yelin.law.sharing import SmallCells
from yelin.privacy.deidentify.seen import Seen
from yelin.privacy.deidentify.tallied import Counts, Places, Tallied
from yelin.privacy.workbench import suppressing
from yelin.privacy.workbench.models import Form
from yelin.privacy.workbench.statistics import StatisticsContent

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind does.

    ``applied`` decides what of each cell is told, or raises ``Unfit``; ``told`` reads that from
    what it found. ``checked`` looks at published tables, of which the first is ours, and says how
    many cells are ``weak`` and how many ``small`` are told. ``least`` is how many are told of at
    least in a cell.
    """

    form: Form
    applied: Callable[[Tallied, Places, StatisticsContent, SmallCells], Facts]
    told: Callable[[Mapping[str, Any]], list[bool]]
    checked: Callable[[Sequence[Seen], Counts, Tallied, StatisticsContent, SmallCells], Facts]
    least: Callable[[StatisticsContent, SmallCells], int]


KINDS: Mapping[str, Kind] = {
    "suppress": Kind(
        Form.SUPPRESS,
        suppressing.applied,
        suppressing.told,
        suppressing.checked,
        suppressing.threshold,
    ),
}


def kind_of(content: StatisticsContent) -> Kind:
    """Return by what a table is protected."""
    return KINDS[content.protection.kind]
