"""How a pack says what risk de-identified data may bear, by how widely it is shared."""

from pydantic import Field

from yelin.law.statute import Named


class Sharing(Named):
    """One way of sharing (GB/T 37964), and the greatest risk of a row under it, from 0 to 1."""

    code: str = Field(pattern=r"^[a-z]+$")
    risk: float = Field(gt=0, lt=1)
    basis: str
    unconfirmed: bool = False
    note: str = ""
