"""The first bodies of an installation, and the first head of the body that keeps the register."""

from yelin.acts import parties
from yelin.law import packs
from yelin.law.lists import BodyRow
from yelin.parties.actor import Actor
from yelin.parties.kinds import Role
from yelin.parties.models import Body, Person

OPERATOR = Actor.system("operator")


def from_pack(row: BodyRow) -> Body:
    """Return the body that a row of the pack names; one that is not there yet is founded."""
    known = Body.objects.filter(credit_code=row.credit_code, until=None).first()
    body = Body(
        kind=row.kind,
        name=row.zh,
        name_en=row.en,
        short_name=row.short_zh,
        division=row.division,
        credit_code=row.credit_code,
    )
    return known or parties.found(actor=OPERATOR, body=body)


def first_head(name: str, username: str) -> Person | None:
    """Found the pack's bodies and give who keeps their register its first head, without password.

    Returns nothing where that body has a head already: then nobody is made one from outside.
    """
    law = packs.active()
    bodies = [from_pack(row) for row in law.bodies]
    keeper = next(body for body in bodies if law.keeps_register(body.kind, body.division))
    if keeper.seats.live().filter(role=Role.HEAD).exists():
        return None
    person = parties.enrol(actor=OPERATOR, person=Person(name=name), username=username)
    parties.appoint(actor=OPERATOR, body=keeper, person=person, role=Role.HEAD)
    return person
