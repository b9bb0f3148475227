"""Statistics with noise in a real browser: a budget is set, and told by figure and bar."""

from decimal import Decimal

from playwright.sync_api import expect
from tests.parties.makers import make_person, make_seat
from tests.privacy.workbench.makers import make_source, make_target
from tests.stories.test_accounts import look
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import beside, browser, pytestmark, someone
from tests.stories.tongue import said

from yelin.privacy.workbench import spending

__all__ = ["pytestmark"]


def test_a_budget_is_set_and_what_is_left_of_it_is_drawn(live_server, language):
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
    assert complaints == []
