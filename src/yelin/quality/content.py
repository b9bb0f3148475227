"""What a written rule says, as plain data: pages and programs fill this one shape."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yelin.quality.expression import LONGEST

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Condition = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST)]


class RuleContent(BaseModel):
    """One rule: a condition that ``holds`` of every row, or an ``item`` found in another resource.

    ``refers_to`` is the code of that resource, ``refers_item`` the item in it. ``text`` says the
    rule to people; a failed ``veto`` caps the score.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    indicator: Line
    text: Line
    text_en: Line = ""
    holds: Condition = ""
    item: Line = ""
    refers_to: Line = ""
    refers_item: Line = ""
    weight: Annotated[int, Field(ge=1, le=10)] = 1
    veto: bool = False
