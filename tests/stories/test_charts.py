"""Charts in a real browser: made by keys, shared, embedded elsewhere, mapped, pointed at."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect
from tests.access.walking import wrong_on
from tests.catalog.makers import make_entry
from tests.stories.test_whole_way import browser, pytestmark, someone
from tests.warehouse.makers import make_release

from yelin.catalog.content import ItemContent
from yelin.config import Config

__all__ = ["pytestmark"]

PLACES = ("海口市", "三亚市", "儋州市", "文昌市", "琼海市")


@pytest.fixture
def firms():
    lines = ["登记日期,市县,资本"]
    lines += [f"20{18 + n % 5}-0{1 + n % 9}-15,{PLACES[n % 5]},{n % 7 * 100}" for n in range(100)]
    items = (
        ItemContent(name="登记日期", type="D"),
        ItemContent(name="市县", type="C"),
        ItemContent(name="资本", type="I", unit="万元"),
    )
    entry = make_entry(title="企业登记", items=items)
    return make_release(entry, "\n".join(lines).encode()).entry


@contextmanager
def elsewhere(page: str) -> Iterator[str]:
    """Serve a page of somebody else, at another origin."""

    class Stranger(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_told: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


def choose(page: Page, label: str, option: str) -> None:
    """Choose in a list by keys alone."""
    field = page.get_by_label(label)
    field.focus()
    for _each in field.locator("option").all():
        if field.locator("option:checked").inner_text() == option:
            return
        page.keyboard.press("ArrowDown")
    expect(field.locator("option:checked")).to_have_text(option)


def make_by_keys(page: Page, slug: str) -> str:
    page.goto(f"/resources/{slug}/charts/")
    choose(page, "横轴：按什么分", "市县")
    choose(page, "数值：统计什么", "资本合计")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="海口市")).to_be_visible()
    expect(page.get_by_role("img", name="资本合计（万元），按市县")).to_be_visible()
    return page.url


def look_into_figures(page: Page) -> None:
    page.get_by_text("看数字表").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="三亚市")).to_be_visible()


def drawn_mark(page: Page) -> str:
    """Point across the chart until something is met, and return what it says."""
    canvas, says = page.locator(".pointed canvas"), page.locator(".pointed-say")
    box = canvas.bounding_box()
    for across in range(5, 95, 3):
        for down in (0.15, 0.35, 0.55, 0.75):
            at = (box["x"] + box["width"] * across / 100, box["y"] + box["height"] * down)
            page.mouse.move(*at)
            if says.is_visible():
                return says.inner_text()
    return ""


@pytest.mark.long
def test_a_chart_is_made_by_keys_shared_and_opened_by_a_stranger(live_server, monkeypatch, firms):
    monkeypatch.setattr(Config, "url", property(lambda _: live_server.url))
    complaints: list[str] = []
    with (
        browser() as chromium,
        someone(chromium, live_server.url, complaints) as one,
        someone(chromium, live_server.url, complaints) as stranger,
    ):
        address = make_by_keys(one, firms.slug)
        look_into_figures(one)
        assert wrong_on(one) == []
        stranger.goto(address)
        pictures = [page.locator("figure img").get_attribute("src") for page in (one, stranger)]
        assert pictures[0] == pictures[1]
        frame = one.locator("#frame").inner_text()
        with elsewhere(f"<!doctype html><title>另一网站</title>{frame}") as site:
            stranger.goto(site)
            within = stranger.frame_locator("iframe")
            expect(within.get_by_role("img", name="资本合计（万元），按市县")).to_be_visible()
            # No other page of ours may stand in a frame.
            own = frame.replace("charts/embedded/", "charts/")
        with elsewhere(f"<!doctype html><title>另一网站</title>{own}") as site:
            before = len(complaints)
            stranger.goto(site)
            stranger.wait_for_load_state("networkidle")
            assert stranger.frame_locator("iframe").get_by_role("img").count() == 0
            assert "frame-ancestors" in " ".join(complaints[before:])
            del complaints[before:]
    assert [each for each in complaints if "favicon" not in each] == []


@pytest.mark.long
def test_places_stand_on_the_map_of_the_province_and_marks_can_be_pointed_at(live_server, firms):
    complaints: list[str] = []
    with (
        browser() as chromium,
        someone(chromium, live_server.url, complaints) as page,
    ):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"/resources/{firms.slug}/charts/")
        on_map = page.locator("figure", has=page.get_by_role("img", name="行数，按市县"))
        expect(on_map.get_by_role("img")).to_be_visible()
        # What draws in the page comes only once somebody asks.
        assert not [each for each in asked if "vega" in each or "chart.json" in each]
        page.goto(f"/resources/{firms.slug}/charts/?kind=map&x=市县")
        page.get_by_role("button", name="指着看数值").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".pointed canvas")).to_be_visible()
        expect(page.get_by_role("button", name="指着看数值")).to_have_attribute(
            "aria-pressed", "true"
        )
        told = drawn_mark(page)
        assert any(place in told for place in PLACES), told
        assert "20" in told
        look_into_figures(page)
        assert wrong_on(page) == []
        page.get_by_role("button", name="指着看数值").click()
        expect(page.get_by_role("img", name="行数，按市县")).to_have_count(1)
        expect(page.locator(".pointed")).to_be_hidden()
        page.goto(f"/resources/{firms.slug}/charts/?x=month:登记日期")
        page.get_by_role("button", name="指着看数值").click()
        expect(page.locator(".pointed canvas")).to_be_visible()
        assert "行数" in drawn_mark(page)
    assert complaints == []
