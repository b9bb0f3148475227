"""Data in a real browser that is asked where it lies: questions, answers, what is withheld."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from playwright.sync_api import Page, expect
from tests.market.compute.makers import ITEMS, make_bought, rows
from tests.parties.makers import make_enterprise, make_person, make_seat
from tests.stories.test_accounts import look
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import browser, pytestmark, someone
from tests.stories.tongue import said

from yelin.ledger import sequencer
from yelin.market.compute import tasks
from yelin.market.compute.models import Computation
from yelin.market.contract.models import Contract

__all__ = ["pytestmark"]
PRICE = {"mode": "per_call", "amount": "25.00", "unit": "次", "payment": "按月结算"}


@pytest.mark.duty("contract.whole")
@pytest.mark.duty("trade.lawful")
def test_a_buyer_asks_and_never_sees_a_row(live_server, language, tmp_path):
    complaints: list[str] = []
    seller = make_enterprise(name="海口商贸数据有限公司")
    table = [*rows(240), ("X1", "F99", "澄迈", "零售", "2026-03-15", "9999.50")]
    contract = make_bought(tmp_path, table, items=ITEMS, owner=seller, price=PRICE)
    for body, login in ((seller, "sells"), (contract.consumer, "buys")):
        make_seat(body, "representative", person=make_person(login, login))
    at = f"/contracts/{contract.number}/"
    with browser() as chromium:

        def as_():
            return someone(chromium, live_server.url, complaints)

        with as_() as page:
            enter(page, at, "sells")
            page.get_by_role("link", name=said("问题与答案")).click()
            form = offer(page, said("设定提问的边界"))
            form.locator("[type=checkbox][value='企业']").check()
            look(page, "compute-bounds")
            form.locator("button").click()
            expect(page.get_by_role("status").first).to_contain_text(said("此后在这些边界内提问。"))
        with as_() as page:
            enter(page, at, "buys")
            page.get_by_role("link", name=said("问题与答案")).click()
            expect(page.get_by_role("main")).to_contain_text(said("可以问什么"))
            expect(page.get_by_role("main")).not_to_contain_text("9999.50")
            look(page, "compute-first")
            _ask(page, group1="市县", figures="sum:金额")
            look(page, "compute-waiting")
            _work()
            expect(page.get_by_role("main")).to_contain_text(said("已作答"))
            expect(page.locator("table").last).to_contain_text(said("其他（合并）"))
            expect(page.get_by_role("main")).not_to_contain_text("澄迈")
            look(page, "compute-answer")
            _save(page)
            page.get_by_role("link", name=said("返回问题列表")).click()
            _ask(page, column1="金额", sign1="gt", value1="9000")
            _work()
            expect(page.get_by_role("main")).to_contain_text(said("不给答案"))
            look(page, "compute-withheld")
            page.get_by_role("link", name=said("返回问题列表")).click()
            expect(page.get_by_role("main")).to_contain_text("25.00")
            look(page, "compute-questions")
        with as_() as page:
            enter(page, f"{at}compute/", "sells")
            # What was asked about, and not by which value.
            expect(page.get_by_role("main")).to_contain_text("金额")
            expect(page.get_by_role("main")).not_to_contain_text("9000")
            look(page, "compute-seller")
        with as_() as page:
            page.goto(at)
            expect(page).not_to_have_url(f"{live_server.url}{at}")
    sequencer.settle()
    assert Contract.objects.get().computations.count() == 2
    assert complaints == []


def _save(page: Page) -> None:
    with page.expect_download() as sent:
        page.get_by_role("link", name=said("下载答案（CSV）")).click()
    assert sent.value.suggested_filename.endswith(".csv")


def _ask(page: Page, **said_: str) -> None:
    form = page.locator("form[id^=ask]")
    for name, value in said_.items():
        field = form.locator(f"[name$='-{name}']").first
        if name == "figures":
            form.locator(f"[name$='-figures'][value='{value}']").check()
        elif field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button[name=do]").click()
    expect(page).to_have_url(re.compile("/compute/.+/$"))


def _work() -> None:
    """Do what the worker does."""

    def work() -> None:
        for each in Computation.objects.filter(state="waiting"):
            tasks.run(str(each.pk))
        connection.close()

    # A thread of its own has no loop running, as the browser's has.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(work).result()
