"""Columns whose content lies sealed wherever its row names a data key."""

import base64
import json
from typing import Any

from yelin.keys.sealing import SealBroken
from yelin.things.models import Subject, Thing


class Document:
    """A JSON object in the column ``column``, sealed by the row's ``sealed_by`` where it has one.

    Sealed it is a JSON string, so neither can be taken for the other. The seal is bound to row and
    column, so what was moved does not open. Reading raises ``SealBroken`` and ``Destroyed``.
    """

    def __init__(self, column: str) -> None:
        self._column = column

    def __get__(self, row: Any, owner: type[object]) -> dict[str, Any]:
        kept = getattr(row, self._column)
        if isinstance(kept, str) != (row.sealed_by_id is not None):
            raise SealBroken(f"{self._name(row)} is not kept as its row says")
        if isinstance(kept, str):
            return dict(json.loads(row.sealed_by.unseal(base64.b64decode(kept), self._name(row))))
        return dict(kept)

    def __set__(self, row: Any, value: dict[str, Any]) -> None:
        kept: object = value
        if row.sealed_by_id is not None:
            written = json.dumps(value, ensure_ascii=False).encode()
            kept = base64.b64encode(row.sealed_by.seal(written, self._name(row))).decode()
        setattr(row, self._column, kept)

    def _name(self, row: Subject) -> str:
        if row.thing_id is None:
            row.thing = Thing.objects.create(kind=row.KIND)
        return f"{row.KIND}/{row.thing_id}/{self._column}"
