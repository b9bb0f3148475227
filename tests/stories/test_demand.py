"""A demand in a real browser: asked, read, supported by another, planned, opened, told."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.catalog.makers import agency, confirm, make_entry
from tests.parties.makers import make_actor, make_body, make_person, make_seat
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import PASSWORD, beside, browser, pytestmark, sign_in, someone
from tests.stories.tongue import said

from yelin.catalog import acts as catalog
from yelin.ledger import sequencer
from yelin.ledger.models import Leaf
from yelin.opening.tasks import fulfil

__all__ = ["pytestmark"]
DAY = re.compile("2099年3月31日|31 Mar 2099")


def ask(page: Page) -> str:
    """Ask for data without knowing whose it is; return where the demand is."""
    enter(page, "/demands/new/")
    page.get_by_role("button", name=said("提交需求")).click()
    expect(page.get_by_role("alert")).to_contain_text(said("需要的数据"))
    page.get_by_label(said("需要的数据")).fill("公交车到站时间")
    page.get_by_label(said("用途")).fill("想做一个查询候车时间的小程序")
    page.get_by_label(said("主题")).select_option("transport")
    page.get_by_role("button", name=said("提交需求")).click()
    expect(page.get_by_role("status").first).to_contain_text("XQ-")
    expect(page.get_by_role("main")).to_contain_text(said("尚未公开"))
    return page.url


@pytest.mark.duty("opening.demand", "opening.moderate", "opening.respond")
def test_what_people_want_is_asked_supported_planned_opened_and_told(live_server, language):
    provider = make_body(name="海南省交通运输厅", name_en="", short_name="省交通运输厅")
    entry = make_entry(provider, state="registered", title="公交车实时到站信息")
    acting = make_actor(provider)
    make_seat(provider, "steward", make_person(username="steward", password=PASSWORD))
    make_seat(agency(), "officer", make_person(username="reader", password=PASSWORD))
    for username in ("citizen", "other"):
        make_person(username=username, password=PASSWORD)
    complaints: list[str] = []
    with browser() as chromium:
        site = live_server.url
        with (
            someone(chromium, site, complaints) as citizen,
            someone(chromium, site, complaints) as other,
            someone(chromium, site, complaints) as reader,
            someone(chromium, site, complaints) as steward,
        ):
            demand = ask(citizen)

            sign_in(reader, "reader")
            reader.get_by_role("link", name=said("开放需求：公交车到站时间"), exact=True).click()
            form = offer(reader, said("审核公开"))
            form.get_by_label(said("答复单位")).select_option(label="海南省交通运输厅")
            form.get_by_role("button", name=said("审核公开")).click()
            expect(reader.get_by_role("main")).to_contain_text(said("待答复"))

            enter(other, "/demands/", "other")
            other.get_by_role("link", name="公交车到站时间").click()
            other.get_by_role("button", name=said("我也需要")).click()
            expect(other.get_by_role("status").first).to_contain_text(said("已计入您的支持"))
            expect(other.locator(".voices.big")).to_contain_text("2")

            sign_in(steward, "steward")
            steward.get_by_role("link", name=said("开放需求：公交车到站时间"), exact=True).click()
            form = offer(steward, said("列入开放计划"))
            form.get_by_label(said("开放期限")).fill("2099-03-31")
            form.get_by_label(said("将开放的数据")).fill("分线路、分站点的到站时间")
            form.get_by_label(said("对应的资源")).select_option(label="公交车实时到站信息")
            form.get_by_role("button", name=said("答复：列入计划")).click()
            expect(steward.get_by_role("main")).to_contain_text(
                re.compile("2099年3月31日|31 Mar 2099")
            )
            # Until it is open, nobody learns by the demand that there is such an entry.
            other.reload()
            expect(other.get_by_role("main")).to_contain_text(
                re.compile("2099年3月31日|31 Mar 2099")
            )
            expect(other.get_by_role("main")).not_to_contain_text("公交车实时到站信息")

            beside(lambda: confirm(catalog.submit(actor=acting, entry=entry)))
            beside(fulfil)
            citizen.goto("/desk/notices/")
            citizen.get_by_role("link", name=said("所需数据已开放")).first.click()
            expect(citizen.get_by_role("main")).to_contain_text(said("起已开放"))
            citizen.get_by_role("link", name="公交车实时到站信息").click()
            expect(citizen.get_by_role("heading", level=1)).to_contain_text("公交车实时到站信息")
            other.goto(demand)
            expect(other.get_by_role("main")).to_contain_text(said("起已开放"))
            other.goto("/desk/notices/")
            expect(other.get_by_role("main")).to_contain_text(said("所需数据已开放"))
    beside(sequencer.settle)
    assert [complaint for complaint in complaints if "422" not in complaint] == []
    acts = Leaf.objects.filter(subject__kind="demand").order_by("id")
    assert list(acts.values_list("act", flat=True)) == [
        "opening.demand",
        "opening.publish_demand",
        "opening.support",
        "opening.plan_demand",
        "opening.fulfil_demand",
    ]
