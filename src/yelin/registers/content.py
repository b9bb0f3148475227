"""What standards and rules lay down, as plain data: types, coded values, steps of the process."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Length = Annotated[str, StringConstraints(pattern=r"^(\d{1,5}(,\d{1,2})?)?$")]


class ItemType(StrEnum):
    """The guide's letters for an item's type (数据类型)."""

    TEXT = "C"
    NUMBER = "N"
    MONEY = "Y"
    DATE = "D"
    MOMENT = "T"
    TRUTH = "L"
    NOTE = "M"
    GENERAL = "G"
    DOUBLE = "B"
    WHOLE = "I"
    FLOAT = "F"


class Step(StrEnum):
    """The steps of the life of government data (全过程), in the words of the law."""

    COMPILE = "compile"
    COLLECT = "collect"
    STORE = "store"
    EXCHANGE = "exchange"
    SHARE = "share"
    OPEN = "open"
    USE = "use"
    SECURE = "secure"
    DESTROY = "destroy"


class CodedValue(BaseModel):
    """One value of a code list with its meaning (代码)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    name_en: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
