"""What acts of disputes take, as they take it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.market.contract import money
from yelin.market.contract.terms import Number, Terms
from yelin.market.dispute.rules import About

MOST_WORDS = 4000
# The clauses that a dispute may name: the parts of the terms, as pages and paper title them.
CLAUSES = (
    "matter",
    "rights",
    "quality",
    "price",
    "delivery",
    "use",
    "period",
    "security",
    "personal",
    "ending",
)
Words = Annotated[str, Field(max_length=MOST_WORDS)]
_DUTY = duties.DISPUTE_MEDIATE


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ClaimContent(_Said):
    """What one side claims of the other; ``sum`` is in the contract's currency."""

    about: About
    words: Words
    sum: Number | None = None
    clauses: tuple[Annotated[str, Field(max_length=16)], ...] = Field(default=(), max_length=10)


class ProposalContent(_Said):
    """On what terms one side would settle; ``sum`` is what is to be paid or given back."""

    words: Words
    sum: Number | None = None


def faults(content: ClaimContent | ProposalContent, terms: Terms) -> Iterator[Fault]:
    """Yield what is missing, or cannot be under a contract with these terms."""
    if not content.words:
        yield Fault("words", "Say it in words, too.", _DUTY)
    if isinstance(content, ClaimContent):
        unknown = [each for each in content.clauses if each not in CLAUSES]
        if unknown or not content.clauses:
            yield Fault("clauses", "Name the clauses of the contract that it is about.", _DUTY)
    if content.sum is None:
        return
    currency = currency_of(terms)
    if content.sum <= 0:
        yield Fault("sum", "Say an amount above zero, or none.", _DUTY)
    elif not money.is_exact(content.sum, currency):
        yield Fault("sum", "The amount has more digits than its currency.", _DUTY)


def currency_of(terms: Terms) -> str:
    """Return in which currency a contract reckons."""
    return terms.price.currency if terms.price else "CNY"


def written(amount: Decimal | None, terms: Terms) -> str | None:
    """Write an amount in the one form that is hashed; none stays none."""
    return None if amount is None else money.written(amount, currency_of(terms))
