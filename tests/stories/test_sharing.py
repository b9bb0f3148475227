"""Sharing in a real browser: asked, examined, refused, disputed, given, taken, renewed, ended."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.catalog.makers import agency
from tests.exchange.makers import make_shared
from tests.parties.makers import make_body, make_person, make_seat
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import PASSWORD, browser, pytestmark, someone
from tests.warehouse.makers import make_release

from yelin.ledger.models import Leaf

__all__ = ["pytestmark"]

COURSE = [
    "exchange.request",
    "cases.accept",
    "cases.decide",
    "cases.appeal",
    "cases.decide_appeal",
    "cases.decide",
    "exchange.renew",
    "gate.revoke",
]


def ask(page: Page, resource: str) -> str:
    """Ask from the page of the resource, first with nothing said; return where the case is."""
    enter(page, resource, "asks")
    page.get_by_role("link", name="申请共享").click()
    page.get_by_role("button", name="提交共享申请").click()
    expect(page.get_by_role("alert")).to_contain_text("所需信息项")
    page.get_by_label("申请依据").fill("《中华人民共和国审计法》第三十四条")
    page.get_by_label("应用场景").fill("港口建设资金审计")
    page.get_by_label("作为行政依据").check()
    page.get_by_label("年份").check()
    page.get_by_label("海口港").check()
    page.get_by_label("使用截止日期").fill("2098-12-31")
    page.get_by_label("安全保障措施").fill("专网使用，到期删除")
    page.get_by_role("button", name="提交共享申请").click()
    expect(page.get_by_role("status").first).to_contain_text("GX-")
    return page.url


def dispute(asks: Page, gives: Page, runs: Page, case: str) -> None:
    """Refuse, appeal, and have it sent back by whoever coordinates."""
    enter(gives, case, "gives")
    form = offer(gives, "不同意")
    form.get_by_label("理由").fill("与申请部门职责无关")
    form.get_by_label("法律依据").fill("《海南省大数据开发应用条例》第十五条")
    form.get_by_role("button", name="不同意").click()

    asks.goto(case)
    form = offer(asks, "申诉")
    form.get_by_label("申诉理由").fill("审计机关依法有权取得")
    form.get_by_role("button", name="申诉").click()
    runs.goto("/desk/")
    runs.get_by_role("link", name=re.compile("^共享申请：")).first.click()
    form = offer(runs, "申诉成立")
    form.get_by_label("理由").fill("审计法另有规定，应当共享")
    form.get_by_role("button").last.click()


@pytest.mark.long
@pytest.mark.duty("sharing.ask", "sharing.answer", "sharing.coordinate")
def test_a_department_asks_disputes_takes_renews_and_is_cut_off(live_server):
    provider = make_body(name="海南省交通运输厅", short_name="省交通运输厅")
    entry = make_release(make_shared(provider)).entry
    for name, body, role in (
        ("asks", make_body(name="海南省审计厅", short_name="省审计厅"), "steward"),
        ("gives", provider, "steward"),
        ("runs", agency(), "officer"),
    ):
        make_seat(body, role, make_person(username=name, password=PASSWORD))
    resource, complaints = f"/resources/{entry.slug}/", []
    with browser() as chromium:
        site = live_server.url
        with (
            someone(chromium, site, complaints) as asks,
            someone(chromium, site, complaints) as gives,
            someone(chromium, site, complaints) as runs,
        ):
            case = ask(asks, resource).removeprefix(site)

            enter(runs, "/desk/", "runs")
            runs.get_by_role("link", name=re.compile("^共享申请：")).first.click()
            offer(runs, "受理").get_by_role("button", name="受理").click()
            expect(runs.get_by_role("main")).to_contain_text("剩余 10 个工作日")

            dispute(asks, gives, runs, case)
            gives.reload()
            form = offer(gives, "同意")
            form.get_by_label("海口港").select_option(label="部分脱敏")
            form.get_by_label("理由").fill("审计只需趋势")
            form.get_by_label("法律依据").fill("《海南省大数据开发应用条例》第四十五条")
            form.get_by_role("button", name="同意").click()
            expect(gives.get_by_role("main")).to_contain_text("部分同意")

            asks.goto(resource)
            grid = asks.get_by_role("table").first
            expect(grid).to_contain_text("年份")
            expect(grid).not_to_contain_text("代码")
            asks.goto("/desk/rights/")
            asks.get_by_role("main").locator("a[href*='/desk/rights/grants/']").first.click()
            grant = asks.url.removeprefix(site)
            form = offer(asks, "申请续期")
            form.get_by_label("使用截止日期").fill("2099-12-31")
            form.get_by_role("button").last.click()
            expect(asks.get_by_role("status").first).to_contain_text("续期申请已提交")

            gives.goto(grant)
            form = offer(gives, "收回授权")
            form.get_by_label("原因").fill("审计事项已办结")
            form.get_by_role("button").last.click()
            asks.goto(resource)
            expect(asks.get_by_role("main")).to_contain_text("数据未向您开放")
    acts = Leaf.objects.filter(act__in=COURSE).order_by("pk").values_list("act", flat=True)
    assert list(acts) == COURSE
    # The form that was sent empty on purpose.
    assert [complaint for complaint in complaints if "422" not in complaint] == []
