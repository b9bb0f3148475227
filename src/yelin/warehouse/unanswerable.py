"""Why a statement is not answered, and where in it that lies."""

from dataclasses import dataclass

MOST_LETTERS = 20_000


class Unanswerable(Exception):
    """The statement cannot be answered: ``says`` is a message id, the place is in what was sent."""

    def __init__(self, says: str, at: "Place | None" = None, **params: object) -> None:
        self.says = says
        self.at = at
        self.params = params
        super().__init__(says.format(**params))


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in what was sent: line and column, both from 1 on."""

    line: int
    column: int
