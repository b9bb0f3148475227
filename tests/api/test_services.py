import pytest
from tests.delivery.makers import make_closed
from tests.parties.makers import make_seat, make_token

from yelin.config import config
from yelin.keys import messages
from yelin.keys.messages import Answer, Fields, NotSigned, Request

pytestmark = pytest.mark.django_db


def test_the_pages_own_process_says_where_services_are_whatever_is_asked(client):
    told = {client.get(f"/api/v1/services/{slug}").json()["detail"] for slug in ("a", "b/v1/c")}
    assert len(told) == 1
    assert client.post("/api/v1/services/a/b", b"x", "text/plain").status_code == 421


def test_an_answer_is_signed_where_it_is_asked_for_and_proves_what_was_asked(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    keys = messages.keys_in(client.get("/api/v1/keys").json())
    target = "/api/v1/resources?q=a&page_size=5"
    assert "Signature" not in client.get(target)
    answer = client.get(target, headers={"Accept-Signature": 'own=("@status");created;tag="t"'})
    assert answer["Signature"].startswith("own=:")

    def verified(target=target, status=answer.status_code):
        request = Request("GET", f"{config.url}{target}")
        came = Answer(status, Fields(answer.headers.items()), request)
        required = ["@status", "content-digest", '"@method";req', '"@target-uri";req']
        return messages.verify(came, keys.get, required=required, at=None)

    assert verified().key_id in keys
    for wrong in ({"target": "/api/v1/resources?q=b&page_size=5"}, {"status": 201}):
        with pytest.raises(NotSigned):
            verified(**wrong)


def test_rows_and_verification_are_signed_alike(client):
    entry = make_closed()
    token = {"Authorization": f"Bearer {make_token(make_seat(entry.provider))}"}
    wish = {"Accept-Signature": 'sig1=("@status");created'}
    rows = client.get(f"/api/v1/resources/{entry.slug}/rows", headers=token | wish)
    assert "x-yelin-receipt" in rows["Signature-Input"] or rows.status_code != 200
    asked = client.post(
        f"/api/v1/resources/{entry.slug}/verify", {}, "application/json", headers=token | wish
    )
    assert '"@status"' in asked["Signature-Input"]


def test_a_wish_that_cannot_be_read_is_told(client):
    answer = client.get("/api/v1/resources", headers={"Accept-Signature": "(((("})
    assert answer.status_code == 401
