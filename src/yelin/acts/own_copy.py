"""What is kept of one person, across parties and ledger, for the person alone."""

from typing import Any

from django.db.models import Q

from yelin.law import clock
from yelin.ledger.models import Leaf
from yelin.parties.models import Person, Seat


def copy_of(person: Person) -> dict[str, Any]:
    """Return all that is kept of a person, as plain data that any program reads.

    What the person did is told by act, moment and receipt. Of what one did for oneself the payload
    and its salt are there too, so that it can be proved from the ledger without us; what one did
    in a seat is the body's to open.
    """
    user = person.user
    seats = list(person.seats.select_related("body").order_by("pk"))
    did = Leaf.objects.filter(
        Q(subject=person.pk)
        | Q(payload__actor__person=str(person.pk))
        | Q(payload__actor__deputy=str(person.pk))
        | Q(payload__actor__seat__in=[str(seat.pk) for seat in seats])
    )
    return {
        "person": str(person.pk),
        "name": person.name,
        "name_en": person.name_en,
        "login": user.username if user else None,
        "opened": _when(user.date_joined) if user else None,
        "last_login": _when(user.last_login) if user else None,
        "blocked_because": person.blocked_because,
        "signs_in_by": [
            {"issuer": each.issuer, "since": each.since.isoformat()}
            for each in person.outside_logins.order_by("since")
        ],
        "verified_as": _verified(person),
        "seats": [
            {
                "seat": str(seat.pk),
                "body": seat.body.name,
                "credit_code": seat.body.credit_code,
                "role": seat.role,
                "ended": _when(seat.until),
                "given_because": seat.reason,
                "tokens": _tokens(seat),
            }
            for seat in seats
        ],
        "tokens": _tokens(person),
        "deputy_for": [
            {
                "seat": str(deputy.seat_id),
                "since": deputy.since.isoformat(),
                "until": deputy.until.isoformat(),
                "ended": _when(deputy.ended_at),
            }
            for deputy in person.deputing.order_by("since", "pk")
        ],
        "invitations": [
            {
                "body": invitation.body.name,
                "until": invitation.until.isoformat(),
                "answered": _when(invitation.answered_at),
            }
            for invitation in person.invitations.select_related("body").order_by("until", "pk")
        ],
        "leaves": [_leaf(leaf, person) for leaf in did.order_by("id").iterator(500)],
    }


def _verified(person: Person) -> dict[str, Any] | None:
    known = person.verified_as(clock.now())
    if known is None:
        return None
    return {"name": known.name, "number": known.masked, "since": known.since.isoformat()}


def _tokens(holder: Seat | Person) -> list[dict[str, Any]]:
    return [
        {
            "label": token.label,
            "begins_with": token.hint,
            "only_reads": token.only_reads,
            "issued": _when(token.issued_at),
            "ends": _when(token.expires_at),
            "last_used": token.used_on.isoformat() if token.used_on else None,
        }
        for token in holder.tokens.order_by("issued_at")
    ]


def _leaf(leaf: Leaf, person: Person) -> dict[str, Any]:
    told = {
        "act": leaf.act,
        "at": leaf.at.isoformat(),
        "refused": leaf.refused,
        "receipt": leaf.receipt_text,
    }
    own = leaf.subject_id == person.pk or leaf.payload["actor"].get("person") == str(person.pk)
    return told | ({"salt": bytes(leaf.salt).hex(), "payload": leaf.payload} if own else {})


def _when(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
