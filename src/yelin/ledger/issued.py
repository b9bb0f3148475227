"""How what was issued is set and sealed once its leaf is signed: for people and for programs.

Its digest stands in the leaf of the act. So paper and statement carry the whole proof, and whoever
judges them needs the ledger's key alone (``proving``).
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yelin.keys.seals import Seal
from yelin.ledger import entry, log
from yelin.ledger.entry import Receipt, State
from yelin.ledger.models import Leaf


class NotSigned(Exception):
    """The leaf is not under a signed checkpoint yet: it will be in a moment."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What was issued, for people and for programs."""

    pdf: bytes
    jws: bytes


@dataclass(frozen=True, slots=True)
class Issued:
    """What ``says`` something under a ``number``; ``name`` is where a statement holds its words."""

    name: str
    number: str
    says: dict[str, Any]
    salt: bytes

    def papers(self, leaf: Leaf, seal: Seal, typeset: Callable[[Receipt, str], bytes]) -> Papers:
        """Return it sealed; ``typeset`` sets it with its receipt and its statement.

        Raises ``NotSigned``.
        """
        from yelin.documents import sealing  # noqa: PLC0415 - large, and for this alone

        receipt = log.receipt_of(leaf, opened=True)
        if receipt.state is not State.PUBLISHED:
            raise NotSigned
        words = entry.canonical(
            {
                self.name: self.says,
                "salt": b64encode(self.salt).decode(),
                "receipt": receipt.document(),
            }
        )
        statement = sealing.stated(words, seal)
        pdf = sealing.sealed(typeset(receipt, statement), seal, reason=self.number)
        return Papers(pdf, statement.encode())
