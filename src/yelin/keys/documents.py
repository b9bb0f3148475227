"""Columns whose content lies sealed wherever its row names a data key."""

import base64
import json
from typing import Any

from yelin.keys.sealing import SealBroken
from yelin.things.models import Subject, Thing


class Document:
    """A JSON object in the column ``column``, sealed by the row's ``sealed_by`` where it has one.

    Sealed it is a JSON string, so neither can be taken for the other. The seal is bound to row and
    column, so what was moved does not open. It is opened once for each row that was read. Reading
    raises ``SealBroken`` and ``Destroyed``.
    """

    def __init__(self, column: str) -> None:
        self._column = column
        # As the words lie sealed, and what they say.
        self._known = f"_{column}_opened"

    def __get__(self, row: Any, owner: type[object]) -> dict[str, Any]:
        kept = getattr(row, self._column)
        if isinstance(kept, str) != (row.sealed_by_id is not None):
            raise SealBroken(f"{self._name(row)} is not kept as its row says")
        return dict(self._opened(row, kept) if isinstance(kept, str) else kept)

    def _opened(self, row: Any, kept: str) -> Any:
        known, content = getattr(row, self._known, (None, None))
        if known is not kept or row.sealed_by.destroyed_at is not None:
            content = json.loads(row.sealed_by.unseal(base64.b64decode(kept), self._name(row)))
            setattr(row, self._known, (kept, content))
        return content

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
