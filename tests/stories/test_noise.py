"""Statistics with noise in a real browser: a budget is set, and told by figure and bar."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from tests.parties.makers import make_person, make_seat
from tests.privacy.workbench.makers import make_source, make_target
from tests.stories.test_accounts import look
from tests.stories.test_application import enter, offer
from tests.stories.test_bench import go_on
from tests.stories.test_whole_way import beside, browser, pytestmark, someone
from tests.stories.tongue import said

from yelin.catalog.models import Entry
from yelin.privacy.workbench import spending, tasks
from yelin.privacy.workbench.models import Deidentification
from yelin.warehouse.models import Release

__all__ = ["pytestmark"]


def plan(page: Page, source: Release, to: Entry) -> None:
    """Plan a table with noise over labels that are declared."""
    page.goto(page.url.replace("budgets/", ""))
    form = offer(page, said("从一个版本开始"))
    form.locator("[name=begin-entry]").select_option(str(source.entry_id))
    form.locator("[name=begin-number]").fill("1")
    form.locator("[name=begin-to]").select_option(str(to.pk))
    form.locator("[name=begin-sharing]").select_option("controlled")
    form.locator("[name=begin-makes]").select_option("statistics")
    form.locator("button").click()
    page.locator("[name=table-name0]").select_option("性别")
    page.locator("[name=table-labels0]").fill("男、女")
    page.locator("[name=table-kind]").select_option("noise")
    page.locator("[name=table-epsilon]").fill("0.5")
    page.locator("#table").get_by_role("button", name=said("保存")).click()


@pytest.mark.long
def test_a_budget_is_set_and_a_table_with_noise_is_planned_by_it(live_server, language):
    complaints: list[str] = []
    source = make_source()
    to = make_target(source.entry)
    make_seat(source.entry.provider, person=make_person("符加噪", "noise"))
    with browser() as chromium, someone(chromium, live_server.url, complaints) as page:
        enter(page, "/desk/deidentification/", "noise")
        page.get_by_role("main").get_by_role("link", name=said("隐私预算")).click()
        look(page, "budgets-empty")
        form = offer(page, said("设定限额"))
        form.locator("[name=budget-entry]").select_option(str(source.entry.pk))
        form.locator("[name=budget-limit]").fill("2")
        form.locator("button").click()
        expect(page.get_by_role("status").first).to_contain_text(said("限额已设定。"))
        beside(lambda: spending.spend(to.thing, source.entry, Decimal("0.75")))
        page.goto(page.url)
        expect(page.get_by_role("row").last).to_contain_text("1.25")
        look(page, "budgets")
        plan(page, source, to)
        look(page, "noise-planned")
        go_on(page, "预估准确程度", "正在推算。")
        beside(lambda: tasks.search(str(Deidentification.objects.get().pk)))
        page.goto(page.url)
        expect(page.get_by_role("main")).to_contain_text(said("准确程度"))
        expect(page.get_by_role("main")).to_contain_text("±6")
        look(page, "noise-found")
    assert complaints == []
