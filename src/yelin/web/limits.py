"""What somebody is given of a resource, or asks for, in words: items, veils, rows, how often."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yelin.web import words
from yelin.web.templatetags.yelin import number


def told(
    items: Iterable[str] | None,
    veils: Mapping[str, str],
    rows: Iterable[Mapping[str, Any]],
    rate_per_hour: int | None,
) -> Iterator[tuple[str, str]]:
    """Yield the limits as names and words; ``items`` is ``None`` where all are given."""
    yield _("Items"), _(", ").join(items) if items is not None else _("All of them")
    if veils:
        veiled = (
            _("{item}: {how}").format(item=item, how=words.word("veil", how).says)
            for item, how in veils.items()
        )
        yield _("Veiled"), _("; ").join(veiled)
    for each in rows:
        how = words.word("operator", each["operator"]).says
        yield _("Rows in which"), f"{each['column']} {how} {_value(each['value'])}"
    if rate_per_hour is not None:
        yield _("Calls an hour"), number(rate_per_hour)


def _value(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else _(", ").join(value)
