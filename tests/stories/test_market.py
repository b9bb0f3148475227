"""Market-based operation in a real browser: registered, public, used by its operator, ended."""

from datetime import timedelta

from playwright.sync_api import expect
from tests.opening.makers import make_conditional
from tests.parties.makers import make_enterprise, make_person, make_seat
from tests.stories.test_accounts import look
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import browser, pytestmark, someone
from tests.stories.tongue import CHINESE, said
from tests.warehouse.makers import make_release

from yelin.law import clock

__all__ = ["pytestmark"]


def test_an_arrangement_is_registered_and_everyone_sees_what_it_reaches(live_server, language):
    complaints: list[str] = []
    entry = make_release(make_conditional(title="公交线路客流统计")).entry
    operator, today = make_enterprise(name="海南乡野出行科技有限公司"), clock.today()
    make_seat(entry.provider, person=make_person("林放", "bus"))
    with browser() as chromium:
        with someone(chromium, live_server.url, complaints) as page:
            enter(page, "/arrangements/", "bus")
            look(page, "arrangements-empty")
            form = offer(page, said("登记安排"))
            for name, value in {
                "operator": operator.credit_code,
                "title": "公交客流数据授权运营（一期）",
                "purpose": "开发出行规划服务；基础查询向公众免费。",
                "basis": "琼数管〔2026〕12号",
                "since": today.isoformat(),
                "until": (today + timedelta(days=364)).isoformat(),
            }.items():
                form.locator(f"[name=market_arrange-{name}]").fill(value)
            form.locator("[name=market_arrange-way]").select_option("authorized")
            look(page, "arrangement-form")
            form.locator("button").click()
            expect(page.get_by_role("status").first).to_contain_text(said("草稿已保存。"))
            form = offer(page, said("增加所涉目录条目"))
            form.locator("[name=market_reach-entry]").fill(entry.code)
            form.locator("button").click()
            look(page, "arrangement-draft")
            offer(page, said("公开安排")).locator("button").click()
            expect(page.get_by_role("status").first).to_contain_text(said("安排已公开。"))
            look(page, "arrangement-steward")
        with someone(chromium, live_server.url, complaints) as page:
            page.goto("/arrangements/")
            look(page, "arrangements")
            page.get_by_role("link", name="公交客流数据授权运营（一期）").click()
            name = operator.name if language == CHINESE else operator.name_en
            expect(page.get_by_role("main")).to_contain_text(name)
            expect(page.get_by_role("main")).to_contain_text(entry.title)
            look(page, "arrangement")
    assert complaints == []
