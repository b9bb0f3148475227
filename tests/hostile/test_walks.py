"""What every address, form and body of the site withstands, found by walking them all."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from uuid import UUID

import pytest
from django import forms
from django.test import Client
from django.urls import Resolver404, resolve
from tests.access.cast import client_of
from tests.catalog.makers import agency
from tests.house.test_documents import addresses, streams
from tests.parties.makers import make_person, make_seat
from tests.thorough import SCALE, some

from yelin import web
from yelin.api.v1 import api
from yelin.surface import acting

# What takes no session's word for anything: it asks for a token of its own, or changes nothing.
BY_TOKEN = re.compile(r"^/(api/|dsp/|mcp|services/)")
ELSEWHERE = "https://evil.example/taken"
EVIL = (
    ELSEWHERE,
    "//evil.example/",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
)
# Under which names pages are told where to go on.
ONWARD = ("next", "back", "return", "return_to", "url", "to", "from", "referer")
FILLS = (str(UUID(int=7)), "1", "x", "csv", "2026-01-01")


def paths() -> Iterator[str]:
    """Yield one path for each address of the site."""
    acts = {f"/api/v1/acts/{act.name}" for act in acting.offered()}
    for address in sorted({*addresses(), *acts} - {*streams(), "/api/v1/acts/{act}"}):
        if "^" in address:
            continue
        for fill in FILLS:
            path = re.sub(r"\{\w+\}", fill, address)
            try:
                resolve(path)
            except Resolver404:
                continue
            yield path
            break
        else:
            raise AssertionError(f"nothing fills {address}")


PATHS = list(paths())
ASKED = some(PATHS, 100)


def test_there_are_many_addresses():
    assert len(PATHS) > 200


@pytest.mark.django_db
def test_nothing_is_done_at_any_address_for_a_form_of_another_site():
    client = Client(enforce_csrf_checks=True)
    client.cookies.update(client_of(make_seat(agency(), "officer")).cookies)
    for path in ASKED:
        answer = client.post(path, {"do": "x"})
        refused = answer.status_code == 403 and answer.templates[0].name == "403_csrf.html"
        assert refused or BY_TOKEN.match(path), f"{path}: {answer.status_code}"


@pytest.mark.django_db
def test_what_takes_no_word_of_a_session_does_nothing_by_one():
    """A form of another site sends the session along: it must be nobody's there."""
    client = client_of(make_seat(agency(), "officer"))
    asked = [path for path in PATHS if BY_TOKEN.match(path)]
    assert len(asked) > 50
    for path in asked:
        answer = client.post(path, "a=b", content_type="application/x-www-form-urlencoded")
        assert answer.status_code >= 400 or answer.get("Content-Type", "").startswith(
            "application/json"
        ), path


@pytest.mark.django_db
def test_no_address_sends_anybody_elsewhere():
    """Where people sign in by every evil word, elsewhere by each in its turn; whole, by all."""
    client = client_of(make_person())
    entrances = [path for path in PATHS if path.startswith("/accounts/")]
    for number, path in enumerate(sorted({*ASKED, *entrances})):
        in_turn = [EVIL[number % len(EVIL)]]
        for evil in EVIL if SCALE or path.startswith("/accounts/") else in_turn:
            _sends_nobody_elsewhere(client, path, dict.fromkeys(ONWARD, evil))


def _sends_nobody_elsewhere(client: Client, path: str, asked: dict[str, str]) -> None:
    for answer in (client.get(path, asked), client.post(path, asked)):
        goes_to = answer.get("Location", "")
        assert not _is_evil(goes_to), f"{path} leads to {goes_to}"
        if answer.get("Content-Type", "").startswith("text/html"):
            for link in re.findall(r'(?:href|action|src)="([^"]*)"', answer.content.decode()):
                assert not _is_evil(link), f"{path} shows {link}"


def _is_evil(address: str) -> bool:
    return bool(re.match(r"\s*(https?:)?[/\\]*evil\.example|\s*javascript:", address))


def test_no_form_takes_what_it_does_not_name():
    for found in walk_packages(web.__path__, f"{web.__name__}."):
        for named in vars(import_module(found.name)).values():
            is_ours = isinstance(named, type) and named.__module__.startswith(web.__name__)
            # A form of a model takes its fields from there, and new ones by themselves.
            assert not (is_ours and issubclass(named, forms.ModelForm)), named


def test_no_body_takes_what_it_does_not_name():
    schemas = api.get_openapi_schema()["components"]["schemas"]
    taken = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            for kind, body in content.items():
                name = body["schema"].get("$ref", "").rpartition("/")[2]
                schema = schemas.get(name, body["schema"])
                taken.append((path, method, kind, schema))
    assert len(taken) > 50
    for path, method, kind, schema in taken:
        assert schema.get("additionalProperties") is False, (path, method, kind)
