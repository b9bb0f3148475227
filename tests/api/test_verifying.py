"""Online verification as programs ask for it."""

import pytest
from tests.exchange.test_verifying import NOBODY, WANG, people, verifier
from tests.parties.makers import make_token

from yelin.parties.models import Seat


@pytest.mark.django_db
@pytest.mark.duty("collection.verify")
def test_a_program_asks_and_is_told_no_more(client):
    entry = people()
    actor, _ = verifier(entry)
    token = make_token(Seat.objects.get(pk=actor.seat_id))
    address = f"/api/v1/resources/{entry.slug}/verify"

    def ask(*questions, **headers):
        return client.post(
            address, {"questions": questions}, content_type="application/json", headers=headers
        )

    known = {"Authorization": f"Bearer {token}"}
    right = {"key": {"身份证号": WANG}, "items": {"姓名": "王小明", "市县": "三亚"}}
    missing = right | {"key": {"身份证号": NOBODY}}
    answer = ask(right, missing, **known)
    assert answer.json() == {
        "release": 1,
        "answers": [
            {"found": None, "items": {"姓名": "yes", "市县": "unknown"}},
            {"found": None, "items": {"姓名": "unknown", "市县": "unknown"}},
        ],
        "marks": [],
    }
    assert "/deliveries/" in answer["X-Yelin-Receipt"]
    differs = right | {"items": {"姓名": "王大明", "市县": "三亚"}}
    one, other = ask(missing, **known), ask(differs, **known)
    assert (one.content, set(one.headers)) == (other.content, set(other.headers))
    assert ask(right).status_code == 403
    assert ask(**known).status_code == 422
    assert ask(right | {"items": {"姓名": "\0"}}, **known).status_code == 422
    assert ask(right | {"items": {"无此项": "1"}}, **known).status_code == 400
