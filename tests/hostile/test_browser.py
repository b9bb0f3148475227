"""The same words and files in a real browser, on a phone: nothing runs, and no page gets wider."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.test import Client
from playwright.sync_api import Browser, Error, Page, expect
from tests.access.cast import cast, client_of
from tests.access.walking import TOO_WIDE, Look, led_to, looking, route_of
from tests.hostile.laying import lay
from tests.hostile.test_files import clients_of, walk
from tests.hostile.test_pages import SHIFTS
from tests.hostile.words import MARK, poison
from tests.stories.test_whole_way import browser, pytestmark
from tests.thorough import DRAW, many, some

__all__ = ["pytestmark"]


@pytest.mark.slow
def test_a_phone_runs_nothing_of_it_and_shows_every_page_within_its_width(live_server):
    people = cast()
    assert poison(SHIFTS[0])
    wrong: list[str] = []
    clients = {name: client_of(people[name]) for name in some(sorted(people), 1)}
    # Each address once, as one of those sees it who are led there.
    ways = {
        route: (name, path)
        for name, client in clients.items()
        for route, path in led_to(client, most=many(10_000, 25)).items()
    }
    asked = some(sorted(ways.values()), 5)
    with browser() as chromium:
        for name, client in clients.items():
            with _phone(chromium, live_server.url, client, wrong) as page:
                for path in [path for who, path in asked if who == name]:
                    _look(page, path, wrong)
    assert not wrong, "\n".join([f"DRAW={DRAW}", *wrong])


@pytest.mark.long
@pytest.mark.slow
def test_a_phone_runs_nothing_of_a_file_neither_shown_nor_opened_nor_drawn(live_server):
    """Pages, pictures, papers and charts; what is kept instead of shown is kept."""
    laid = lay()
    wrong: list[str] = []
    ways: list[tuple[Client, list[str]]] = []
    for _name, client in some(sorted(clients_of(laid).items()), 1):
        found = {
            # Of files each one, for each is another kind.
            path if "/files/" in path else route_of(path): path
            for path, answer in walk(client, laid)
            if answer.status_code == 200
            and not path.startswith("/api/")
            and "?" not in path
            # What a browser shows by a viewer of its own is no page of ours.
            and ("xml" not in answer["Content-Type"] or "Content-Disposition" in answer)
        }
        ways.append((client, some(sorted(found.values()), 6)))
    with browser() as chromium:
        for client, paths in ways:
            with _phone(chromium, live_server.url, client, wrong) as page:
                for path in paths:
                    _look(page, path, wrong)
    assert not wrong, "\n".join([f"DRAW={DRAW}", *wrong])


@contextmanager
def _phone(chromium: Browser, site: str, client: Client, wrong: list[str]) -> Iterator[Page]:
    with looking(chromium, site, client, Look(390)) as page:
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: wrong.append(f"{error}"))
        page.on("console", lambda said: wrong.extend(_refused(said.text)))
        yield page


def _look(page: Page, path: str, wrong: list[str]) -> None:
    try:
        page.goto(path)
    except Error as error:
        # It is kept.
        if "Download is starting" not in error.message:
            raise
        return
    for button in page.locator("button[data-point]:visible").all()[:2]:
        button.click()
        expect(button, path).to_have_attribute("aria-pressed", "true")
    if (over := page.evaluate(TOO_WIDE)) > 0:
        wrong.append(f"{path} is {over} pixels too wide")
    if page.locator(MARK).count():
        wrong.append(f"{path} holds an element that somebody wrote")


def _refused(text: str) -> list[str]:
    """Return what the content policy had to stop: it stands behind, not instead."""
    return [text] if "Content Security Policy" in text else []
