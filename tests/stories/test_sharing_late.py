"""Sharing in a real browser: what nobody answers lapses; what runs breaks off with its right."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.catalog.makers import agency
from tests.delivery.streams import make_long_release, streams_beside, until
from tests.exchange.makers import make_shared
from tests.parties.makers import make_body, make_person, make_seat
from tests.stories.test_application import enter, offer
from tests.stories.test_sharing import ask
from tests.stories.test_whole_way import PASSWORD, beside, browser, pytestmark, someone

from yelin.cases.tasks import sweep
from yelin.delivery.models import Ticket

__all__ = ["pytestmark"]

SLOW = {"offline": False, "latency": 0, "downloadThroughput": 40_000, "uploadThroughput": -1}


def accept(page: Page) -> None:
    enter(page, "/desk/", "runs")
    page.get_by_role("link", name=re.compile("^共享申请：")).first.click()
    offer(page, "受理").get_by_role("button", name="受理").click()
    # Two Saturdays are worked, the Spring Festival is not.
    expect(page.get_by_role("main")).to_contain_text("2026年3月2日")


def approve(page: Page, case: str) -> None:
    page.goto(case)
    form = offer(page, "同意")
    form.get_by_label("使用截止日期").fill("2099-12-31")
    form.get_by_role("button", name="同意").click()
    # Longer than was asked, and nothing looks as if it had been given.
    expect(page.get_by_role("alert")).to_contain_text("不晚于")
    expect(page.get_by_role("main")).not_to_contain_text("予以同意")
    form.get_by_label("使用截止日期").fill("2098-12-31")
    form.get_by_role("button", name="同意").click()
    expect(page.get_by_role("main")).to_contain_text("予以同意")
    given = page.locator("dl").filter(has_text="2098年12月31日").first
    expect(given).to_contain_text("年份、海口港")


def grant_of(page: Page) -> str:
    page.goto("/desk/rights/")
    page.get_by_role("main").locator("a[href*='/desk/rights/grants/']").first.click()
    return page.url


@pytest.mark.duty("sharing.answer")
def test_what_lapsed_is_seen_by_all_answered_late_and_taken_until_it_is_ended(
    live_server, today, monkeypatch
):
    today("2026-02-10")
    provider = make_body(name="海南省交通运输厅", short_name="省交通运输厅")
    entry = make_shared(provider)
    make_long_release(entry)
    for name, body, role in (
        ("asks", make_body(name="海南省审计厅", short_name="省审计厅"), "steward"),
        ("gives", provider, "steward"),
        ("runs", agency(), "officer"),
    ):
        make_seat(body, role, make_person(username=name, password=PASSWORD))
    resource, complaints, site = f"/resources/{entry.slug}/", [], live_server.url
    with (
        browser() as chromium,
        streams_beside(monkeypatch),
        someone(chromium, site, complaints) as asks,
        someone(chromium, site, complaints) as gives,
        someone(chromium, site, complaints) as runs,
    ):
        case = ask(asks, resource).removeprefix(site)
        accept(runs)
        today("2026-03-03")
        beside(sweep)
        enter(gives, "/desk/", "gives")
        for page in (asks, gives, runs):
            page.goto(case)
            expect(page.get_by_role("main")).to_contain_text("逾期未答复")
        runs.goto("/desk/")
        expect(runs.get_by_role("link", name=re.compile("^共享申请：")).first).to_be_visible()
        approve(gives, case)
        asks.goto(resource)
        asks.context.new_cdp_session(asks).send("Network.emulateNetworkConditions", SLOW)
        with asks.expect_download() as begun:
            asks.locator("#take a[download]").first.click()
        gives.goto(grant_of(asks))
        form = offer(gives, "收回授权")
        form.get_by_label("原因").fill("审计事项已办结")
        form.get_by_role("button").last.click()
        beside(lambda: until(lambda: Ticket.objects.get().ended_at))
        assert begun.value.failure()
        asks.goto(resource)
        expect(asks.get_by_role("main")).to_contain_text("数据未向您开放")
    assert [complaint for complaint in complaints if "422" not in complaint] == []
