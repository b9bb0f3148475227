"""The rows of a step as numbered parts of bounded size, cut where rows end."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from yelin.delivery import kept
from yelin.delivery.models import Kept
from yelin.delivery.steps import Step
from yelin.files.places import Reader
from yelin.warehouse import opened
from yelin.warehouse.difference import Shape, keys_of

# A part ends with the last whole row in so many bytes; a row that is longer is a part of its own.
PART_BYTES = 256 << 10


@dataclass(frozen=True, slots=True)
class Parts:
    """The lines of a step, cut: where each part begins, and the ``digest`` of all.

    The ``name`` is that of the step: the same lines are cut into the same parts. ``keys``,
    ``change`` and ``cells`` say by which items its rows are told apart, and where each says what
    became of it and in which cells.
    """

    name: str
    lines: Kept
    begins: Sequence[int]
    digest: str
    keys: Sequence[str]
    change: str | None
    cells: str | None

    @classmethod
    def of(cls, step: Step) -> "Parts":
        """Cut the lines of ``step``, which are read once, no more than a part at a time."""
        lines = kept.made(step.lines, step.decision)
        digest, begins, at = hashlib.sha256(), [], 0
        file = lines.reader()
        try:
            while piece := _whole_lines(file, at):
                begins.append(at)
                digest.update(piece)
                at += len(piece)
        finally:
            file.close()
        # What has no row is told in one part as well.
        return cls(step.name, lines, begins or [0], digest.hexdigest(), *_told_apart(step))

    def part(self, number: int) -> bytes:
        """Return the lines of a part, from 1 on."""
        ends = [*self.begins[1:], self.lines.size]
        first = self.begins[number - 1]
        file = self.lines.reader()
        try:
            return file.read_at(first, ends[number - 1] - first)
        finally:
            file.close()


def _whole_lines(file: Reader, at: int) -> bytes:
    length = PART_BYTES
    while True:
        piece = file.read_at(at, length)
        if end := piece.rfind(b"\n") + 1:
            return piece[:end]
        if len(piece) < length:
            return piece
        length *= 2


def _told_apart(step: Step) -> tuple[Sequence[str], str | None, str | None]:
    if step.before is None:
        return (), None, None
    shape = Shape.of(*(opened.table(step.decision, each) for each in (step.before, step.release)))
    keys = keys_of(kept.made(step.compared, step.decision).place)
    return keys, shape.change.name, shape.cells.name
