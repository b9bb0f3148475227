"""What one file of several resources would hold is told before it is taken."""

import pytest
from django.test import Client
from tests.catalog.makers import make_entry
from tests.warehouse.makers import make_release
from tests.web.makers import text_of

from yelin.delivery import batches
from yelin.delivery.models import Batch

pytestmark = pytest.mark.django_db(transaction=True)


def address(path, *slugs, more=""):
    return f"{path}?{'&'.join(f'resource={slug}' for slug in slugs)}{more}"


@pytest.mark.long
def test_the_page_says_what_goes_in_and_what_does_not_and_why(client: Client):
    taken = make_release(make_entry(title="港口吞吐量")).entry
    closed = make_release(
        make_entry(opening_type="conditional", opening_condition="说明用途", title="企业用电")
    ).entry
    empty = make_entry(title="渔港名录")
    page = client.get(address("/batch/", taken.slug, closed.slug, empty.slug, "none-such"))
    assert [row.title for row in page.context["held"]] == ["港口吞吐量"]
    left = {row.title: row.refusal for row in page.context["left_out"]}
    assert left.keys() == {"企业用电", "渔港名录", "none-such"}
    assert left["企业用电"].provision is not None
    assert left["渔港名录"].says in text_of(page)
    assert page.context["rows"] == taken.releases.get().rows


@pytest.mark.long
def test_results_are_chosen_without_script_at_an_address_to_share(client: Client):
    entry = make_release().entry
    make_entry()
    html = client.get("/resources/").content.decode()
    # What is chosen and what takes it stand among the results, in a form of their own.
    assert html.count('form="batch"') == 2
    assert '<button class="btn" form="batch">' in html
    assert f'name="resource" value="{entry.slug}" form="batch"' in html
    assert '<form id="batch" action="/batch/">' in html


def test_where_nothing_can_be_taken_no_bar_is_shown(client: Client):
    make_entry()
    assert 'id="batch"' not in client.get("/resources/").content.decode()


def test_the_file_is_led_to_in_the_format_and_for_whom_it_was_chosen(client: Client):
    entry = make_release().entry
    led = client.get(address("/batch.zip", entry.slug, entry.slug, more="&format=excel"))
    assert led.status_code == 307
    asked = batches.redeem(led["Location"].rpartition("/")[2]).asked
    assert (asked.slugs, asked.format, asked.for_excel) == ((entry.slug,), "csv", True)


@pytest.mark.long
def test_more_than_one_file_may_hold_is_said_and_not_given(client: Client, monkeypatch):
    few = batches.config.model_copy(update={"batch_limit": 1})
    entries = [make_release().entry.slug for _ in range(2)]
    monkeypatch.setattr(batches, "config", few)
    for path in ("/batch/", "/batch.zip"):
        assert client.get(address(path, *entries)).status_code == 422
    assert client.get(address("/batch/", entries[0])).status_code == 200
    monkeypatch.setattr(batches.Plan, "is_too_large", property(lambda _: True))
    page = client.get(address("/batch/", entries[0]))
    assert "/batch.zip" not in page.content.decode()
    assert client.get(address("/batch.zip", entries[0])).status_code == 422
    assert not Batch.objects.exists()


def test_where_there_is_no_such_file_it_is_said_which_is_wrong(client: Client):
    assert client.get(address("/batch.zip", "none-such")).status_code == 404
    assert client.get("/batch.zip").status_code == 422
    assert client.get(address("/batch.zip", make_entry().slug)).status_code == 422


@pytest.mark.long
def test_a_page_of_fifty_costs_as_much_as_one_of_two(client: Client, django_assert_max_num_queries):
    slugs = [make_release().entry.slug for _ in range(6)]
    client.get(address("/batch/", *slugs[:2]))
    with django_assert_max_num_queries(12):
        client.get(address("/batch/", *slugs))
