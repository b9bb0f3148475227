"""Whether whoever acts still stands where they stood when they began (在任), held until commit."""

from uuid import UUID

from django.db import connection

from yelin.parties.actor import Actor

# ``FOR KEY SHARE`` meets nothing but the end of the row: acts of one seat do not wait for another.
_SEAT = "SELECT 1 FROM parties_seat WHERE thing_id = %s AND until IS NULL FOR KEY SHARE"
_DEPUTY = "SELECT 1 FROM parties_deputy WHERE thing_id = %s AND ended_at IS NULL FOR SHARE"
_PERSON = "SELECT 1 FROM parties_person WHERE thing_id = %s AND user_id IS NOT NULL FOR KEY SHARE"


def still_stands(actor: Actor) -> bool:
    """Whether seat and deputy, or the citizen's account, have not ended; they do not until commit.

    Whoever ends one of them waits for the acts that began before, or these wait and see the end.
    """
    if actor.seat_id is None:
        return actor.person_id is None or _is(_PERSON, actor.person_id)
    if actor.deputy_id is not None and not _is(_DEPUTY, actor.deputy_id):
        return False
    return _is(_SEAT, actor.seat_id)


def _is(sql: str, pk: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [pk])
        return cursor.fetchone() is not None
