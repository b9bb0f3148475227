"""Every page, as everybody is led to it, is one that everybody can use: axe-core finds nothing."""

import os

import pytest
from tests.access.cast import cast, client_of
from tests.access.walking import LOOKS, led_to, looking, wrong_on
from tests.stories.test_whole_way import browser, pytestmark
from tests.thorough import DRAW, chance

__all__ = ["pytestmark"]

# Of all pages one in so many is looked at; all by ``prove.access``.
EVERY = int(os.environ.get("ACCESS_EVERY", "5"))


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS if EVERY == 1 else ["any"], ids=str)
def test_axe_finds_nothing_on_any_page(live_server, look):
    """Each page is looked at once, as one of those sees it who are led there."""
    drawn = chance("pages in every look")
    people = cast()
    some = sorted(people) if EVERY == 1 else drawn.sample(sorted(people), 1)
    clients = {name: client_of(people[name]) for name in some}
    most = 10_000 if EVERY == 1 else 40
    ways = [
        (name, *way)
        for name, client in clients.items()
        for way in led_to(client, most=most).items()
    ]
    drawn.shuffle(ways)
    pages = list({route: (name, path) for name, route, path in ways}.values())
    assert len(pages) > (100 if EVERY == 1 else 30)
    looks = look if EVERY == 1 else drawn.choice(LOOKS)
    found = {}
    with browser() as chromium:
        for name, client in clients.items():
            with looking(chromium, live_server.url, client, looks) as page:
                for path in [path for who, path in pages[::EVERY] if who == name]:
                    page.goto(path)
                    if wrong := wrong_on(page):
                        found[f"{name}, {looks}: {path}"] = wrong
    told = [f"{where}\n   " + "\n   ".join(wrong) for where, wrong in found.items()]
    assert not told, "\n".join([f"DRAW={DRAW}", *told])
