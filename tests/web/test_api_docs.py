"""The interface as a page, and its forms without a script."""

import pytest
from django.test import Client

from yelin.surface.interface import operations

pytestmark = pytest.mark.django_db


def test_every_operation_of_the_description_stands_on_the_page(client: Client):
    told = client.get("/api/v1/openapi.json").json()
    every = {(m.upper(), path) for path, methods in told["paths"].items() for m in methods}
    assert {(each.method, each.path) for each in operations().values()} == every
    page = client.get("/api/v1/docs").content.decode()
    for each in operations().values():
        assert f'<details id="{each.id}">' in page
        assert (f'value="{each.id}"' in page) == each.is_read


def test_a_form_leads_to_the_address_that_it_asks_for(client: Client):
    asked = {
        "operation": "rows_get_rows",
        "given.slug": "307010001-000001",
        "given.sort": "-年份",
        "given.page": "1",
        "given.page_size": "5",
        "more": "filter[年份][gte]=2013",
    }
    answer = client.get("/api/v1/docs/try", asked)
    assert answer.status_code == 302
    assert answer["Location"] == (
        "/api/v1/resources/307010001-000001/rows?page_size=5&sort=-%E5%B9%B4%E4%BB%BD"
        "&filter[%E5%B9%B4%E4%BB%BD][gte]=2013"
    )


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"operation": "nothing"},
        {"operation": "rows_get_rows"},
        {"operation": "rows_get_rows", "given.slug": ".."},
        {"operation": "act_catalog_draft"},
    ],
)
def test_a_form_leads_nowhere_else(client: Client, asked):
    assert client.get("/api/v1/docs/try", asked).status_code == 404


def test_what_is_sent_never_leaves_the_interface(client: Client):
    asked = {"operation": "rows_get_rows", "given.slug": "//elsewhere.example/../..#?"}
    to = client.get("/api/v1/docs/try", asked)["Location"]
    assert to.startswith("/api/v1/resources/%2F%2Felsewhere.example%2F..%2F..%23%3F/rows")
