"""Requests as no browser sends them: each is told what is wrong, in the shape of its door."""

import pytest
from tests.parties.makers import make_token

from yelin.surface.telling import PROBLEM

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_address_with_a_nul_is_none(client):
    for path in (
        "/resources/?provider=%00",
        "/applications/%00/",
        "/feeds/tag/%00.atom",
        "/desk/calendar.ics?token=%00",
        "/api/v1/resources?q=%00",
        "/api/v1/cases/%00",
        "/api/3/action/package_show?id=%00",
    ):
        answer = client.get(path)
        assert answer.status_code == 400, path
        assert answer["Content-Type"].startswith(PROBLEM if "/v1/" in path else "text/html"), path


def test_a_cookie_with_a_nul_is_none(client):
    for name in ("sessionid", "yelin_language", "csrftoken"):
        client.cookies[name] = "\x00" + "a" * 31
        assert client.get("/desk/").status_code == 400
        del client.cookies[name]


def test_programs_are_told_by_a_problem_document_whoever_found_the_fault(client, monkeypatch):
    token = {"Authorization": f"Bearer {make_token()}"}
    act = "/api/v1/acts/catalog.register"
    kind = "application/json"
    answers = {
        400: client.post(act, "{", content_type=kind, headers=token),
        404: client.get("/api/v1/nothing"),
        405: client.delete("/api/v1/resources"),
        413: client.post(act, b"1" * 3_000_000, content_type=kind, headers=token),
    }
    monkeypatch.setattr("yelin.api.documents.whole", lambda *_: 1 / 0)
    client.raise_request_exception = False
    answers[500] = client.get("/api/v1/resources/x?lang=en")
    for status, answer in answers.items():
        assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
        told = answer.json()
        assert (told["status"], told["request_id"]) == (status, answer["X-Request-ID"])
        assert told["detail"]
    assert answers[405]["Allow"] == "GET"
    assert "ZeroDivision" not in answers[500].content.decode()
