"""The market in a real browser: arrangements that everyone sees, and data that goes on offer."""

import re
from datetime import timedelta

from playwright.sync_api import expect
from tests.catalog.makers import agency, make_social
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


def test_data_goes_on_offer_once_two_people_have_looked_at_it(live_server, language):
    complaints: list[str] = []
    runs = make_enterprise(name="海南数据交易有限公司")
    firm = make_enterprise(name="海口闸机科技有限公司")
    entry = make_release(make_social(firm, title="景区闸机客流", handing_over="own")).entry
    make_seat(agency(), "officer", person=make_person("陈监", "watch"))
    for name, login in (("吴一", "first"), ("郑二", "second")):
        make_seat(runs, "representative", person=make_person(name, login))
    make_seat(firm, "representative", person=make_person("黄闸", "gate"))
    with browser() as chromium:

        def as_():
            return someone(chromium, live_server.url, complaints)

        with as_() as page:
            enter(page, "/market/platforms/", "watch")
            at = _admit(page, runs)
        with as_() as page:
            enter(page, at, "first")
            _publish_rules(page)
        with as_() as page:
            enter(page, at, "gate")
            _join(page)
        with as_() as page:
            enter(page, at, "first")
            page.locator("summary", has_text=said("供方")).first.click()
            page.locator("details[open] button").first.click()
            _done(page, "已准予加入。")
        with as_() as page:
            enter(page, "/market/products/", "gate")
            _describe(page, entry)
            _offer(page)
        for login, level in (("first", "技术审查"), ("second", "合规审查")):
            with as_() as page:
                enter(page, at, login)
                page.get_by_role("link", name="景区客流月报").click()
                _review(page, level)
        with as_() as page:
            page.goto("/market/platforms/")
            look(page, "platforms")
            page.goto("/market/")
            look(page, "market")
            page.get_by_role("link", name="景区客流月报").click()
            expect(page.get_by_role("main")).to_contain_text(said("查询码"))
            look(page, "listing")
    assert [each for each in complaints if "422" not in each] == []


def _admit(page, runs) -> str:
    form = offer(page, said("准入数据交易平台"))
    _fill(
        form,
        "market_admit_platform",
        operator=runs.credit_code,
        title="海南数据交易平台",
        basis="琼数管〔2026〕3号批复",
    )
    form.locator("button").click()
    _done(page, "平台已获准入。")
    return page.url.partition("?")[0]


def _publish_rules(page) -> None:
    for kind in ("trading", "disclosure", "filing"):
        form = offer(page, said("公布规则"))
        form.locator("[name=market_publish_rules-kind]").select_option(kind)
        _fill(form, "market_publish_rules", text=RULES, since=clock.today().isoformat())
        form.locator("button").click()
        _done(page, "规则已公布。")
    look(page, "platform-operator")
    page.get_by_role("link", name=said("交易规则")).first.click()
    look(page, "rulebook")


def _join(page) -> None:
    offer(page, said("加入该平台")).locator("button").click()
    expect(page.get_by_role("main")).to_contain_text(said("加入平台须同意交易规则。"))
    look(page, "platform-join")
    form = page.locator("form#market_join")
    form.locator("[name=market_join-agreed]").check()
    form.locator("button").click()
    _done(page, "已向运营单位提出申请。")


def _describe(page, entry) -> None:
    form = offer(page, said("登记产品"))
    _fill(
        form,
        "market_make_product",
        title="景区客流月报",
        summary="各景区每月入园人次。",
        source="本企业闸机记录，按月汇总，不含个人信息。",
        rights="依法持有，可以经营。",
        serves="旅游规划、商圈选址。",
        keywords="客流、景区、旅游",
        covers="2019年以来",
        region="海南省",
        scale="约1200条",
        format="CSV、XLSX",
        updated="每月",
        restrictions="不得用于识别个人。",
    )
    look(page, "product-form")
    form.locator("button").click()
    _done(page, "产品已保存，请列明来源。")
    form = offer(page, said("列入来源条目"))
    _fill(form, "market_add_source", entry=entry.code)
    form.locator("button").click()
    _done(page, "已列入来源条目。")


def _offer(page) -> None:
    form = offer(page, said("在平台挂牌"))
    form.locator("[name=market_offer-platform]").select_option(label="海南数据交易平台")
    form.locator("[name=market_offer-price_mode]").select_option("period")
    _fill(
        form,
        "market_offer",
        amount="1280.50",
        unit="月",
        sample_rows="3",
        sample_masked="海口港",
        until=(clock.today() + timedelta(days=200)).isoformat(),
    )
    for way in ("file", "api"):
        form.locator(f"[name=market_offer-delivery][value={way}]").check()
    look(page, "product")
    form.locator("button").click()
    _done(page, "草稿已保存，请提交审查。")
    offer(page, said("提交审查")).locator("button").click()
    _done(page, "已提交。")
    look(page, "listing-submitted")
    page.goto("/market/products/")
    look(page, "products")


def _review(page, level: str) -> None:
    form = offer(page, re.compile(f"(?:审查：|Review it: ){said(level)}"))
    for box in form.locator("[name=market_review-ticked]").all():
        box.check()
    form.locator("[name=market_review-passes]").select_option("yes")
    look(page, f"review-{level}")
    form.locator("button").click()
    _done(page, "审查意见已记录。")


RULES = """## 一、总则

交易遵循自愿、公平、诚实信用原则，不得损害国家利益、公共利益和他人合法权益。

## 二、挂牌

1. 供方说明数据来源和权利依据。
2. 挂牌前经过技术审查和合规审查。
"""


def _fill(form, act: str, **fields: str) -> None:
    for name, value in fields.items():
        form.locator(f"[name={act}-{name}]").fill(value)


def _done(page, words: str) -> None:
    expect(page.get_by_role("status").first).to_contain_text(said(words))
