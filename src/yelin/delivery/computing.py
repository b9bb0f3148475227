"""Have a house-made question answered where the data lies: of what it says only answers leave."""

from collections.abc import Callable

from yelin.gate import Decision
from yelin.warehouse import opened, selected
from yelin.warehouse.formats import Column
from yelin.warehouse.models import Release
from yelin.warehouse.selected import Lent, Selected


def columns(decision: Decision, release: Release) -> dict[str, Column]:
    """Return the columns about which ``decision`` lets be asked: all that it shows as they are.

    Raises what ``opened.asked`` does.
    """
    table = opened.asked(decision, release)
    shows = decision.obligations.shows_whole
    return {each.name: each for each in table.columns if shows(each.name)}


def answered(decision: Decision, release: Release, text: str, hear: Callable[[], None]) -> Selected:
    """Return what the SELECT ``text`` of the house answers about ``release``.

    The process that answers has these columns and can open nothing else. ``hear`` is called a few
    times a second; what it raises ends the process. Raises ``Unanswerable``, ``Busy``, and what
    ``columns`` does.
    """
    from yelin.warehouse import sql  # noqa: PLC0415 - large, and for this alone

    shown = columns(decision, release)
    (place,) = opened.asked(decision, release).files
    return selected.answers(sql.composed(text), [Lent(place, list(shown))], hear)
