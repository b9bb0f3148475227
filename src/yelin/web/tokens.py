"""Tokens for programs, as pages list them."""

from yelin.acts.reads import tokens as reads
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.web.shapes import TokenLine


def lines(actor: Actor) -> list[TokenLine]:
    """Return the tokens of the seat in which somebody acts, or of the citizen, as they stand."""
    now = clock.now()
    return [
        TokenLine(
            id=str(token.pk),
            name=token.label,
            hint=token.hint,
            created_at=token.issued_at,
            expires_at=token.expires_at,
            used_on=token.used_on,
            only_reads=token.only_reads,
            ended=token.expires_at <= now,
        )
        for token in reads.tokens(actor)
    ]
