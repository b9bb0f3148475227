"""An answer as a table: its head, its lines, and the same as a file."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yelin.market.compute.content import Function
from yelin.market.compute.models import Computation

FUNCTIONS = {
    Function.SUM: gettext_lazy("Sum of {name}"),
    Function.AVG: gettext_lazy("Mean of {name}"),
}
# What a cell must not begin with where a spreadsheet opens the file: it would be run.
_RUNS = "=+-@\t\r"


def lines(row: Computation) -> Sequence[Mapping[str, Any]]:
    """Return the groups of an answer with their figures; none where there is no answer."""
    said: Mapping[str, Any] = row.answer or {"lines": []}
    found: Sequence[Mapping[str, Any]] = said["lines"]
    return found


def head(row: Computation) -> list[str]:
    """Return what the columns of an answer are called."""
    asked = row.question
    figures = [FUNCTIONS[each.function].format(name=each.column) for each in asked.figures]
    return [*(each.column for each in asked.groups), _("Number of rows"), *figures]


def cells(row: Computation) -> Iterator[list[str]]:
    """Yield the lines of an answer as text, the others last with a word of their own."""
    many = len(row.question.groups)
    for each in lines(row):
        if each["group"] is None:
            words = [_("others, put together"), *([""] * (many - 1))]
        else:
            words = [_("(empty)") if value is None else value for value in each["group"]]
        yield [*words, str(each["rows"]), *each["figures"]]


def as_csv(row: Computation) -> str:
    """Return an answer as CSV; a word that a spreadsheet would run has an apostrophe before it."""
    file, many = io.StringIO(), len(row.question.groups)
    written = csv.writer(file)
    written.writerow(head(row))
    for line in cells(row):
        words = [f"'{each}" if each.startswith(tuple(_RUNS)) else each for each in line[:many]]
        written.writerow([*words, *line[many:]])
    return file.getvalue()
