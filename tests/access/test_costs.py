"""No page to which anybody is led asks the database more than a page may."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.access.cast import cast, client_of
from tests.access.walking import led_to
from tests.thorough import SCALE, many, some
from tests.web.test_house import MOST_QUERIES

from yelin.catalog.models import Entry

# Who is led to most pages; strangers are looked after by ``tests.web.test_house``, the others by a
# long proof.
WHO = ("citizen", "steward", "confirming officer") if SCALE else ("steward",)
# What asks more, since it shows how everything goes.
MORE = {"desk/operation/": 44}
TABS = ("", "talk/", "use/", "quality/", "versions/", "trace/", "trace/way/", "charts/")


def cost(client, path):
    """How often the database is asked for a page that was looked at before."""
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_page_to_which_anybody_is_led_asks_the_database_more_than_it_may(still):
    # Who looks a minute later has the figures for everyone counted anew, and walks take minutes.
    people = cast()
    clients = {name: client_of(people[name]) for name in WHO}
    found = {
        (route, name): cost(client, path)
        for name, client in clients.items()
        for route, path in led_to(client).items()
    }
    assert len({route for route, _name in found}) > many(110, 40)
    above = {each: n for each, n in found.items() if n > MORE.get(each[0], MOST_QUERIES)}
    assert above == {}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_tab_of_a_resource_asks_more_whatever_somebody_has_under_way_with_it(still):
    people = cast()
    found = {}
    for name in WHO:
        client = client_of(people[name])
        for entry in some(list(Entry.objects.exclude(code=None).order_by("code")), 4):
            for tab in TABS:
                path = f"/resources/{entry.slug}/{tab}"
                if client.get(path).status_code == 200:
                    found[entry.title, tab, name] = cost(client, path)
    assert len(found) > many(60, 5)
    assert {each: n for each, n in found.items() if n > MOST_QUERIES} == {}
