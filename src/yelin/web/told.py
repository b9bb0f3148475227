"""Say of each column how its values were written, what was read past and what was mended."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from yelin.web import words
from yelin.web.templatetags.yelin import number


def notes(report: Mapping[str, Any]) -> dict[str, str]:
    """Return what is to be told of each item, from a report or a manifest."""
    told: dict[str, list[str]] = {}
    for item, what, count in _counts(report):
        says = _("{what} × {count}").format(what=what, count=number(count))
        told.setdefault(item, []).append(says)
    return {item: _("; ").join(says) for item, says in told.items()}


def _counts(report: Mapping[str, Any]) -> Iterable[tuple[str, str, int]]:
    for each in report.get("dates", []):
        yield each["item"], each["form"], each["count"]
    for kind, name in (("tidied", "what"), ("mended", "rule")):
        word = "mend" if kind == "mended" else "tidied"
        for each in report.get(kind, []):
            yield each["item"], str(words.word(word, each[name]).says), each["count"]
