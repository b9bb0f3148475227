"""Which pages somebody is led to, and what axe-core finds on one."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
# WCAG 2.2 AA and what axe-core counts as good practice: nothing of it may be found.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK_AT = """tags => axe.run(document, {runOnly: {type: "tag", values: tags},
        resultTypes: ["violations"]})
    .then(found => found.violations.flatMap(each => each.nodes.map(node =>
        `${each.id} (${each.impact}) ${node.target.flat().join(" ")} ${node.html.slice(0, 200)}`)))
"""
# Text that runs out of the page is lost to whoever magnifies it.
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LINK = re.compile(r'<a\b[^>]*\shref="(/[^"#?]*)')
# Files, feeds and what only leads onward: no pages.
NO_PAGE = re.compile(
    r"\.(atom|csv|ics|jpg|json|jsonld|jws|pdf|pem|png|rdf|ttl|txt|xlsx|xml|yaml)$"
    r"|/(evidence|copy|file)/?$"
    r"|^/(api/(?!v1/docs$)|catalog|datastore|files|ledger/checkpoint|static|accounts/logout)"
)
# Where no link leads by itself.
STARTS = ("/", "/account/", "/accounts/login/", "/accounts/reauthenticate/", "/desk/", "/nowhere/")


@dataclass(frozen=True)
class Look:
    """How somebody looks at pages."""

    width: int = 1440
    language: str = "zh-hans"
    scheme: str = "light"

    def __str__(self) -> str:
        return f"{self.width}-{self.language}-{self.scheme}"


LOOKS = (Look(), Look(390), Look(1440, "en", "dark"), Look(390, "en"), Look(390, scheme="dark"))


def led_to(
    client: Client,
    meet: Callable[[str, HttpResponse], None] | None = None,
    most: int = 10_000,
) -> dict[str, str]:
    """Return one page of each address to which links lead, by the address; each is met once.

    No further link is followed once ``most`` addresses were met.
    """
    ahead, found = [*reversed(STARTS)], {}
    while ahead and len(found) < most:
        path = ahead.pop()
        route = route_of(path)
        if route in found or NO_PAGE.search(path):
            continue
        answer = client.get(path)
        if meet is not None:
            meet(path, answer)
        if answer.streaming or "text/html" not in answer.get("Content-Type", ""):
            continue
        if answer.status_code < 300 or answer.status_code >= 400:
            found[route] = path
            ahead += sorted(set(LINK.findall(answer.content.decode())), reverse=True)
        else:
            ahead.append(answer["Location"].partition("?")[0])
            found.setdefault(route, "")
    return {route: path for route, path in found.items() if path}


def route_of(path: str) -> str:
    """Return the address of the site by which a path is answered; its own where by none."""
    try:
        return resolve(path).route
    except Resolver404:
        return path


@contextmanager
def looking(chromium: Browser, site: str, client: Client, look: Look) -> Iterator[Page]:
    """Open a page of whoever is signed in with ``client``, who looks like this."""
    context = chromium.new_context(
        base_url=site,
        viewport={"width": look.width, "height": 900},
        color_scheme=look.scheme,
        reduced_motion="reduce",
    )
    cookies = {name: cookie.value for name, cookie in client.cookies.items()}
    cookies[settings.LANGUAGE_COOKIE_NAME] = look.language
    context.add_cookies([{"name": n, "value": v, "url": site} for n, v in cookies.items()])
    yield context.new_page()
    context.close()


def wrong_on(page: Page) -> list[str]:
    """Return what axe-core finds on the page as it stands, and how far it is too wide."""
    page.evaluate(AXE)
    wrong = list(page.evaluate(LOOK_AT, TAGS))
    if (over := page.evaluate(TOO_WIDE)) > 0:
        wrong.append(f"the page is {over} pixels too wide")
    return wrong
