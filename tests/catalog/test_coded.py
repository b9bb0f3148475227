import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor, make_body

from yelin.catalog import coded, reads
from yelin.catalog.listing import ALWAYS, TABLE, Clause, Listing, Sought
from yelin.catalog.models import Findable
from yelin.catalog.told import part
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db
ALL = Sought((ALWAYS,))


@pytest.fixture(autouse=True)
def _knows_nothing(monkeypatch):
    monkeypatch.setattr(coded, "_known", {})


def numbers(which):
    asked = f"SELECT entry_id, encode({part(which)}, 'hex') FROM {TABLE}"  # noqa: S608 - names of ours
    return {pk: coded.read(text) for pk, text in Clause(asked).rows()}


@pytest.mark.parametrize(
    ("which", "different"),
    [
        ("plain", {"opening_type": "conditional"}),
        ("plain", {"sharing_type": "conditional"}),
        ("plain", {"update_cycle": "monthly"}),
        ("plain", {"formats": ["csv", "xlsx"]}),
        ("plain", {"grade": 2}),
        ("plain", {"licence": "CC-BY-4.0"}),
        ("themes", {"themes": ["transport", "health"]}),
        ("division", {"division": "460100"}),
        ("classification", {"classification": "308010"}),
    ],
)
def test_what_differs_has_a_number_of_its_own_and_what_is_alike_the_same(which, different):
    body = make_body()
    one, alike, other = (make_entry(body).pk for _ in range(3))
    Findable.objects.filter(pk=other).update(**different)
    found = numbers(which)
    assert found[one] == found[alike] != found[other]
    told = coded.values(Listing(make_actor(body)), ALL, which, found.values())
    assert len(told) == 2
    assert told[found[one]] != told[found[other]]


def test_what_a_number_stands_for_is_asked_once(django_assert_num_queries):
    make_entry()
    listing, (number,) = Listing(Actor.anyone()), numbers("themes").values()
    for asked in (1, 0):
        with django_assert_num_queries(asked):
            told = coded.values(listing, ALL, "themes", [number])
        assert told == {number: {"theme": ["transport"]}}


def test_what_a_number_stands_for_is_asked_of_what_the_asker_finds():
    hidden = make_entry(make_body(), "awaiting")
    number = numbers("themes")[hidden.pk]
    assert coded.values(Listing(Actor.anyone()), ALL, "themes", [number]) == {}


def test_no_more_is_known_for_good_than_fits(monkeypatch):
    monkeypatch.setattr(coded, "_MOST_KNOWN", 0)
    body, themes = make_body(), ("transport", "health", "credit", "weather")
    for theme in themes:
        Findable.objects.filter(pk=make_entry(body).pk).update(themes=[theme])
        facets = reads.find(make_actor(body), reads.Search()).facets()
        assert (theme, 1) in facets["theme"]
        assert {which for which, _ in coded._known} == {"classification"}
    assert {value for value, _ in facets["theme"]} == set(themes)
