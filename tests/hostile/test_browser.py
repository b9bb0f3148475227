"""The same words in a real browser, on a phone: nothing runs, and no page gets wider."""

import pytest
from tests.access.cast import cast, client_of
from tests.access.walking import TOO_WIDE, Look, led_to, looking
from tests.hostile.test_pages import SHIFT
from tests.hostile.words import MARK, poison
from tests.stories.test_whole_way import browser, pytestmark
from tests.thorough import DRAW, some

__all__ = ["pytestmark"]


@pytest.mark.slow
@pytest.mark.thorough
def test_a_phone_runs_nothing_of_it_and_shows_every_page_within_its_width(live_server):
    people = cast()
    assert poison(SHIFT)
    wrong: list[str] = []
    clients = {name: client_of(people[name]) for name in some(sorted(people), 1)}
    # Each address once, as one of those sees it who are led there.
    ways = {
        route: (name, path)
        for name, client in clients.items()
        for route, path in led_to(client).items()
    }
    asked = some(sorted(ways.values()), 20)
    with browser() as chromium:
        for name, client in clients.items():
            with looking(chromium, live_server.url, client, Look(390)) as page:
                page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
                page.on("pageerror", lambda error: wrong.append(f"{error}"))
                page.on("console", lambda said: wrong.extend(_refused(said.text)))
                for path in [path for who, path in asked if who == name]:
                    page.goto(path)
                    if (over := page.evaluate(TOO_WIDE)) > 0:
                        wrong.append(f"{name}: {path} is {over} pixels too wide")
                    if page.locator(MARK).count():
                        wrong.append(f"{name}: {path} holds an element that somebody wrote")
    assert not wrong, "\n".join([f"DRAW={DRAW}", *wrong])


def _refused(text: str) -> list[str]:
    """Return what the content policy had to stop: it stands behind, not instead."""
    return [text] if "Content Security Policy" in text else []
