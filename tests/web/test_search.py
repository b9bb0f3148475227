"""The list of results and the suggestions, as a browser gets them."""

import pytest
from tests.catalog.makers import make_entry, make_many
from tests.parties.makers import make_body, make_seat
from tests.web.makers import sign_in

from yelin.catalog import finding

pytestmark = pytest.mark.django_db


def text_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def shelf():
    provider = make_body(name="海南省交通运输厅", short_name="省交通运输厅")
    make_many(provider, [f"港口货物吞吐量{number}" for number in range(30)])
    make_entry(provider, "awaiting", title="尚未确认的港口数据")
    return provider


def test_of_very_many_the_page_says_so_and_asks_for_the_figures_after(client, shelf, monkeypatch):
    monkeypatch.setattr(finding, "MOST", 20)
    found = text_of(client, "/resources/?q=港口&lang=en")
    assert "More than 20 resources" in found
    assert 'hx-get="/resources/?q=%E6%B8%AF%E5%8F%A3&amp;whole=1"' in found
    assert 'name="opening"' not in found
    whole = text_of(client, "/resources/?q=港口&whole=1&lang=en")
    assert "30 resources on" in whole
    assert 'name="opening"' in whole
    assert "hx-get" not in whole.partition('id="facets"')[2].partition("</details>")[0]
    # One page has those that are offered, and says that there is no more.
    assert "page=2" not in found
    assert "only the best 20 are listed" in found


def test_what_is_chosen_can_be_taken_away_before_anything_is_counted(client, shelf, monkeypatch):
    monkeypatch.setattr(finding, "MOST", 5)
    found = text_of(client, "/resources/?opening=none&lang=en")
    assert 'name="opening" value="none" checked' in found
    assert "Take away" in found


def test_the_other_values_of_a_choice_come_after_where_too_many_have_them(
    client, shelf, monkeypatch
):
    few = make_entry(title="气象站点").provider
    monkeypatch.setattr(finding, "MOST", 20)
    address = f"/resources/?provider={few.credit_code}&lang=en"
    found, whole = text_of(client, address), text_of(client, f"{address}&whole=1")
    assert ">1 resource<" in found
    assert 'name="opening"' in found
    assert f'value="{shelf.credit_code}"' not in found
    assert "whole=1" in found
    assert f'value="{shelf.credit_code}"' in whole


def test_the_page_says_when_only_the_words_are_found(client, shelf):
    found = text_of(client, "/resources/?q=货物的港口&lang=en")
    assert "These hold its words" in found
    assert "港口货物吞吐量1" in found


def test_where_nothing_is_found_other_words_are_offered(client, shelf):
    found = text_of(client, "/resources/?q=吞土量&lang=en")
    assert "Did you mean" in found
    assert "q=%E5%90%9E%E5%90%90%E9%87%8F" in found


def test_suggestions_are_links_to_what_the_asker_may_see(client, shelf):
    asked = "/suggestions?q=港口&lang=en"
    answer = client.get(asked)
    assert answer["Cache-Control"] == "private, no-store"
    groups = answer.json()["groups"]
    assert [group["title"] for group in groups] == ["Resources"]
    assert all("尚未" not in link["title"] for link in groups[0]["links"])
    assert client.get(groups[0]["links"][0]["url"]).status_code == 200
    assert client.get("/suggestions?q=尚未&lang=en").json() == {
        "groups": [],
        "says": "No suggestions",
    }
    sign_in(client, make_seat(shelf))
    links = client.get("/suggestions?q=尚未").json()["groups"][0]["links"]
    assert [link["title"] for link in links] == ["尚未确认的港口数据"]
    titles = [
        group["title"] for group in client.get("/suggestions?q=交通&lang=en").json()["groups"]
    ]
    assert titles == ["Bodies"]


def test_programs_are_led_through_all_however_many(client, shelf, monkeypatch):
    monkeypatch.setattr(finding, "MOST", 20)
    address, slugs = "/api/v1/resources?sort=title&page_size=7", []
    while address:
        answer = client.get(address).json()
        slugs += [item["slug"] for item in answer["items"]]
        assert (answer["total"], answer["total_is_exact"]) == (20, False)
        address = answer["next"] and answer["next"].removeprefix("http://127.0.0.1:8000")
    assert len(slugs) == len(set(slugs)) == 30
    by_rank = client.get("/api/v1/resources?q=港口&page=3&page_size=7").json()
    assert (len(by_rank["items"]), by_rank["next"]) == (6, None)
    refused = client.get("/api/v1/resources?cursor=nowhere")
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["place"] == "cursor"
