"""Without an account, in a real browser: find, understand, draw, map, call, take, read."""

import json
import re

import pytest
from playwright.sync_api import Page, expect
from tests.opening.makers import make_published
from tests.stories.test_whole_way import beside, browser, pytestmark, someone
from tests.stories.tongue import said
from tests.talking.makers import make_news, make_open_entry
from tests.warehouse.makers import make_release
from tests.web.test_charts import ITEMS, PLACES

from yelin.delivery.models import Tally

__all__ = ["pytestmark"]
LINES = ["登记日期,市县,资本"] + [
    f"20{18 + n % 5}-0{1 + n % 9}-15,{PLACES[n % 5]},{n * 10}" for n in range(60)
]


def tab(page: Page, title: str) -> None:
    page.get_by_role("main").get_by_role("link", name=said(title)).first.click()


def understand(page: Page, title: str) -> None:
    """Find it from the home page, narrow what is found, and read what it is."""
    page.goto("/")
    page.get_by_role("main").get_by_role("combobox").fill("企业登记")
    page.get_by_role("main").get_by_role("button", name=said("搜索")).click()
    page.locator("input[name=opening][value=unconditional]").check()
    page.wait_for_url("**opening=unconditional**")
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("cell", name="海口市").first).to_be_visible()
    tab(page, "目录条目")
    expect(page.get_by_role("main")).to_contain_text(said("使用许可"))


def draw(page: Page) -> None:
    """See the first charts, and draw one's own: a map of the province."""
    tab(page, "图表")
    expect(page.locator("main img[src^='data:image/svg']").first).to_be_visible()
    page.locator("select[name=x]").select_option("市县")
    page.get_by_role("button", name=said("生成图表")).click()
    expect(page.get_by_role("main")).to_contain_text("海口市")


def call_and_take(page: Page, slug: str) -> None:
    """Have it by program, by an address that stays, as a feed, and with the whole catalog."""
    answer = page.request.get(f"/api/v1/resources/{slug}/rows")
    assert answer.headers["ratelimit-policy"]
    assert json.loads(answer.body())["total"] == 60
    tab(page, "版本")
    latest = page.request.get(f"/resources/{slug}/latest.csv")
    assert latest.ok
    assert "海口市" in latest.text()
    assert "<entry>" in page.request.get(f"/resources/{slug}/releases.atom").text()
    page.goto("/resources/")
    with page.expect_download() as file:
        page.get_by_role("main").get_by_role("link", name="CSV", exact=True).click()
    assert "企业登记" in file.value.path().read_text("utf-8-sig")
    page.goto("/fair-use/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def read(page: Page) -> None:
    """Read the news, the plan of what is opened, and the figures."""
    page.goto("/news/")
    page.get_by_role("main").get_by_role("link", name="平台维护公告").click()
    expect(page.get_by_role("main").get_by_role("strong")).to_contain_text("22:00")
    page.goto("/opening-plans/")
    page.get_by_role("main").get_by_role("link", name=re.compile("年度数据开放计划")).first.click()
    expect(page.get_by_role("main")).to_contain_text("企业登记")
    for address in ("/statistics/", "/openness/", "/applications/statistics/", "/negative-list/"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.long
@pytest.mark.duty("opening.free", "opening.plan")
def test_a_stranger_does_all_that_needs_no_account(live_server, language):
    entry = make_open_entry(title="企业登记", items=ITEMS)
    make_release(entry, "\n".join(LINES).encode())
    make_news()
    make_published(entry)
    complaints: list[str] = []
    with (
        browser() as chromium,
        someone(chromium, live_server.url, complaints, accept_downloads=True) as page,
    ):
        understand(page, "企业登记")
        draw(page)
        call_and_take(page, entry.slug)
        read(page)
    assert complaints == []
    asked: list[int] = []
    # Who it was stands nowhere: what is open is counted alone.
    beside(lambda: asked.extend(Tally.objects.values_list("entry_id", flat=True)))
    assert {*asked} == {entry.pk}
