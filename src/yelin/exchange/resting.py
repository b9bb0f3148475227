"""On which rows it rests that a program may call a service, so that an answer may stand.

What the gate says of it depends on the token with its seat, person and body, on the resource with
its provider and open revision, on grants of the party and holds; where the call leads, on the
service, its credential and the ways out of its provider. A row that was written again has another
``xmin``, one that is gone has none; what begins or ends by itself is asked with the moment. So
whoever knows the same state twice knows that nothing of it has changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yelin.exchange.services import Circuit
from yelin.law import clock
from yelin.outbound.models import Purpose
from yelin.parties.models import Token
from yelin.things.prepared import Ask

_STATE = """
    SELECT ROW(
               %(day)s::date, token.xmin, token.expires_at > %(now)s, seat.xmin, person.xmin,
               login.xmin, body.xmin, entry.xmin, provider.xmin, revision.xmin,
               service.thing_id, service.xmin, credential.xmin,
               given.state, held.state, ways.state, keys.state
           )::text,
           service.thing_id, circuit.failures, circuit.opened_at, circuit.trying_until
      FROM unnest(%(tokens)s::bytea[], %(codes)s::text[]) WITH ORDINALITY AS asked (token, code, at)
      LEFT JOIN parties_token AS token ON token.digest = asked.token
      LEFT JOIN parties_seat AS seat ON seat.thing_id = token.seat_id
      LEFT JOIN parties_body AS body ON body.thing_id = seat.body_id
      LEFT JOIN parties_person AS person
             ON person.thing_id = coalesce(seat.person_id, token.person_id)
      LEFT JOIN parties_user AS login ON login.id = person.user_id
      LEFT JOIN catalog_entry AS entry ON entry.code = asked.code
      LEFT JOIN parties_body AS provider ON provider.thing_id = entry.provider_id
      LEFT JOIN catalog_revision AS revision ON revision.id = entry.revision_id
      LEFT JOIN exchange_service AS service
             ON service.entry_id = entry.thing_id AND service.ended_at IS NULL
      LEFT JOIN exchange_circuit AS circuit ON circuit.service_id = service.thing_id
      LEFT JOIN keys_datakey AS credential ON credential.id = service.sealed_by_id
     CROSS JOIN LATERAL (
           SELECT array_agg(thing_id) AS ids,
                  string_agg(
                      concat_ws(' ', thing_id, xmin, since <= %(now)s, until > %(now)s), ','
                      ORDER BY thing_id
                  ) AS state
             FROM gate_grant
            WHERE on_id = entry.thing_id AND party_id = coalesce(body.thing_id, person.thing_id)
              AND revoked_at IS NULL
           ) AS given
     CROSS JOIN LATERAL (
           SELECT string_agg(thing_id::text, ',' ORDER BY thing_id) AS state
             FROM gate_hold
            WHERE lifted_at IS NULL
              AND on_id = ANY(
                      ARRAY[entry.thing_id, body.thing_id, person.thing_id, seat.thing_id]
                      || given.ids
                  )
           ) AS held
     CROSS JOIN LATERAL (
           -- Not by xmin: each day's first use is noted in the row.
           SELECT string_agg(
                      concat_ws(' ', thing_id, host, port, until, allowed_at), ','
                      ORDER BY thing_id
                  ) AS state
             FROM outbound_egressrule
            WHERE body_id = entry.provider_id AND purpose = %(purpose)s AND ended_at IS NULL
           ) AS ways
     CROSS JOIN LATERAL (
           SELECT string_agg(thing_id::text, ',' ORDER BY thing_id) AS state
             FROM exchange_messagekey
            WHERE token_id = token.thing_id AND ended_at IS NULL
           ) AS keys
     ORDER BY asked.at
"""


@dataclass(frozen=True, slots=True)
class Way:
    """By which token a service is called, and of which resource."""

    token: bytes
    code: str

    @classmethod
    def by(cls, text: str | None, code: str) -> "Way":
        """Return the way of whoever shows the secret ``text``, or none; only its digest is kept."""
        return cls(Token.digest_of(text) if text is not None else b"", code)


@dataclass(frozen=True, slots=True)
class State:
    """On what it rests now, in words that only compare; and the breaker, which is asked anew."""

    rests_on: str
    circuit: Circuit


def states(ways: Sequence[Way], ask: Ask) -> Callable[[], list[State]]:
    """Ask for each way on what it rests in this moment; what is returned tells it."""
    asked: dict[str, Any] = {
        "now": clock.now(),
        "day": clock.today(),
        "purpose": Purpose.RELAY,
        "tokens": [each.token for each in ways],
        "codes": [each.code for each in ways],
    }
    cursor = ask(_STATE, asked)
    return lambda: [_state(*row) for row in cursor]


def _state(
    rests_on: str,
    service: UUID | None,
    failures: int | None,
    opened_at: datetime | None,
    trying_until: datetime | None,
) -> State:
    circuit = Circuit(
        service_id=service,
        failures=failures or 0,
        opened_at=opened_at,
        trying_until=trying_until,
    )
    return State(rests_on, circuit)
