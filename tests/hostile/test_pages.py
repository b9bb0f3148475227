"""Hostile words in every field that people fill: no page, feed or file lets any of it run."""

import csv
from pathlib import Path

import pytest
from tests.access.cast import cast, client_of
from tests.access.walking import led_to
from tests.hostile.reading import wrong_in
from tests.hostile.words import WORDS, fields, poison
from tests.thorough import DRAW, SCALE, many, some

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent / "cases"

# With each, every field has another of the words; with all of them, every field has had each.
SHIFTS = some(range(len(WORDS)), 1)
# What links lead to beside pages.
FILES = (
    "/catalog.csv",
    "/statistics.csv",
    "/openness.csv",
    "/applications/statistics.csv",
    "/negative-list/list.csv",
    "/negative-list/list.json",
    "/feeds/dataset.atom",
    "/feeds/custom.atom?q=",
    "/feeds/news.atom",
    "/sitemap.xml",
    "/catalog.rdf",
    "/api/3/action/package_search",
    "/api/v1/resources",
    "/account/copy/",
    "/desk/entries/catalog.csv",
)


@pytest.mark.slow
@pytest.mark.parametrize("shift", SHIFTS)
def test_nothing_that_people_write_leaves_its_place_on_any_page(shift):
    """Looked at by who is led to most, in one way for each field; by all of the cast in whole."""
    people = cast()
    laid = poison(shift)
    assert {*laid.values()} == {*WORDS}
    wrong: dict[str, list[str]] = {}
    for name in sorted(people) if SCALE else ["steward"]:
        client = client_of(people[name])

        def meet(path, answer, name=name):
            if found := wrong_in(answer):
                wrong[f"{name}: {path}"] = found

        assert len(led_to(client, meet, most=many(10_000, 30))) > 20, name
        for path in some(FILES, 6):
            meet(path, client.get(path))
    lines = [f"{where}\n   " + "\n   ".join(what) for where, what in wrong.items()]
    assert not wrong, "\n".join([f"DRAW={DRAW}", *lines])


def test_each_field_is_laid_or_says_why_no_page_of_the_cast_has_it():
    """A new field joins by itself, once there is a row of its model."""
    cast()
    laid = {name.rpartition(".")[0] for name in poison()}
    models = {model._meta.label for model, _field in fields()}
    text = (CASES / "elsewhere.csv").read_text("utf-8")
    elsewhere = {row["model"] for row in csv.DictReader(text.splitlines())}
    assert models - laid - elsewhere == set(), "let the cast have one of it, or say who sees it"
    assert elsewhere - (models - laid) == set()
