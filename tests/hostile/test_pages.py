"""Hostile words in every field that people fill: no page, feed or file lets any of it run."""

import os
import random

import pytest
from tests.access.cast import cast, client_of
from tests.access.walking import led_to
from tests.hostile.reading import wrong_in
from tests.hostile.words import WORDS, fields, poison
from tests.thorough import some

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
    "/desk/deliveries/?as=csv",
    "/desk/entries/catalog.csv",
)
SEED = int(os.environ.get("HOSTILE_SEED", random.randrange(1_000)))  # noqa: S311 - no secret


def told(wrong: dict[str, list[str]], shift: int) -> str:
    lines = [f"{where}\n   " + "\n   ".join(what) for where, what in wrong.items()]
    return "\n".join([f"HOSTILE_SEED={SEED}, shift {shift}", *lines])


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.django_db
def test_nothing_that_people_write_leaves_its_place_on_any_page():
    """Asked by one drawn of the cast, or by all of them, with one way for each field, or all."""
    people = cast()
    laid = poison(SEED)
    empty = {f"{m._meta.label}.{f.name}" for m, f in fields()} - {*laid}
    print("LAID", sorted(laid))
    print("EMPTY", sorted(empty))
    assert len(laid) > 40
    # Each way is tried on something.
    assert {*laid.values()} == {*WORDS}
    wrong: dict[str, list[str]] = {}
    for name in some(sorted(people), 2):
        client = client_of(people[name])

        def meet(path, answer, name=name):
            if found := wrong_in(answer):
                wrong[f"{name}: {path}"] = found

        paths = led_to(client, meet)
        assert len(paths) > 30, name
        for path in FILES:
            meet(path, client.get(path))
    assert not wrong, told(wrong, SEED)
