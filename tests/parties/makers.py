"""Bodies, people and seats for tests; each maker makes what it is not given."""

from datetime import timedelta
from itertools import count

from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Deputy, Person, Seat, Token, User

_number = count(1)
PASSWORD = "correct horse 7"


def make_body(**over) -> Body:
    n = next(_number)
    fields = {
        "kind": "department",
        "name": f"海南省第{n}厅",
        "name_en": f"Department {n} of Hainan",
        "short_name": f"省{n}厅",
        "division": "460000",
        "credit_code": f"11460000{n:010d}"[:18],
    } | over
    body = Body(**fields)
    body.save()
    return body


def make_agency(**over) -> Body:
    return make_body(
        **{"kind": "agency", "name": "海南省大数据管理局", "short_name": "省大数据局"} | over
    )


def make_enterprise(**over) -> Body:
    n = next(_number)
    return make_body(
        **{
            "kind": "enterprise",
            "name": f"海南第{n}数据有限公司",
            "short_name": f"第{n}数据",
            "verified_at": clock.now(),
        }
        | over
    )


def make_person(name="王演示", username=None, password=PASSWORD) -> Person:
    user = User.objects.create_user(username=username or f"user{next(_number)}", password=password)
    person = Person(name=name, user=user)
    person.save()
    return person


def make_seat(body=None, role="steward", person=None) -> Seat:
    seat = Seat(body=body or make_body(), person=person or make_person(), role=role)
    seat.save()
    return seat


def make_actor(body=None, role="steward") -> Actor:
    return Actor.of(make_seat(body, role))


def make_citizen() -> Actor:
    return Actor.citizen(make_person())


def make_representative(body=None) -> Actor:
    return make_actor(body or make_enterprise(), "representative")


def make_deputy(seat=None, person=None, since=None, until=None) -> Deputy:
    seat = seat or make_seat()
    person = person or make_seat(seat.body, "auditor").person
    day = clock.today()
    deputy = Deputy(seat=seat, person=person, since=since or day, until=until or day)
    deputy.save()
    return deputy


def make_token(seat=None, person=None, **over) -> str:
    secret = Token.fresh()
    Token(
        **{
            "seat": None if person else seat or make_seat(),
            "person": person,
            "label": "test",
            "hint": secret[:8],
            "digest": Token.digest_of(secret),
            "issued_at": clock.now(),
            "expires_at": clock.now() + timedelta(days=1),
        }
        | over
    ).save()
    return secret
