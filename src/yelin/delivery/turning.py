"""How a page of rows is asked for and known again: behind which cursor, under which tag."""

from dataclasses import dataclass, replace

from yelin.delivery import cursors, kept
from yelin.gate import Decision
from yelin.warehouse.models import Release
from yelin.warehouse.query import Page, Question


@dataclass(frozen=True, slots=True)
class Turned:
    """A question as it is asked behind a cursor, and the tag by which its answer is known.

    Cursors are ``bound`` to the same question of the same rows.
    """

    question: Question
    tag: str
    bound: str

    @classmethod
    def to(cls, question: Question, release: Release, decision: Decision, cursor: str) -> "Turned":
        """Return the question turned to where ``cursor`` leads, or as it is without one.

        Raises ``Incomplete`` for a cursor that leads nowhere.
        """
        bound = kept.tag_of(release, question, decision)
        if cursor:
            offset, after = cursors.read(cursor, bound)
            question = replace(question, offset=offset, after=after)
        return cls(question, kept.tag_of_page(bound, question), bound)

    def following(self, page: Page) -> str:
        """Return the cursor that goes on where the page ends; none where nothing follows."""
        if not page.last:
            return ""
        return cursors.write(self.question.offset + len(page.rows), page.last, self.bound)
