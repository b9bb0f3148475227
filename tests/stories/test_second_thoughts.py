"""In a real browser: what is withdrawn, refused, returned and kept, and what lapses by itself."""

import pytest
from playwright.sync_api import Page, expect
from tests.catalog.makers import agency
from tests.opening.makers import make_application, make_conditional, make_public
from tests.parties.makers import make_body, make_person, make_seat
from tests.stories.test_application import apply, enter, offer
from tests.stories.test_whole_way import PASSWORD, beside, browser, pytestmark, sign_in, someone
from tests.stories.tongue import said
from tests.talking.makers import make_comment, make_open_entry
from tests.warehouse.makers import make_release

from yelin.cases import tasks as cases
from yelin.cases.models import Case
from yelin.law import clock
from yelin.parties.actor import Actor

__all__ = ["pytestmark"]


def withdraw(page: Page) -> None:
    form = offer(page, said("撤回"))
    form.get_by_role("button", name=said("撤回")).click()
    expect(page.get_by_role("main")).to_contain_text(said("已撤回"))


def decline(page: Page, title: str) -> None:
    sign_in(page, "steward")
    page.get_by_role("link", name=said(f"开放需求：{title}"), exact=True).click()
    form = offer(page, said("不予开放"))
    form.get_by_label(said("理由")).fill("涉及商业秘密")
    form.get_by_label(said("法律依据")).fill("《条例》第二十四条")
    form.get_by_role("button").click()
    expect(page.get_by_role("main")).to_contain_text("涉及商业秘密")


def return_comment(page: Page) -> None:
    sign_in(page, "reader")
    page.goto("/desk/talk/")
    page.locator("summary").filter(has_text=said("不予展示")).last.click()
    page.locator("details[open] textarea").fill("请不要写联系方式")
    page.locator("details[open]").get_by_role("button").click()
    expect(page.get_by_role("main")).to_contain_text(said("没有等待审核的内容"))


def keep(page: Page, resource: str) -> None:
    """Keep a resource among favourites, see it there, and see why the comment was returned."""
    page.goto(f"{resource}talk/")
    expect(page.get_by_role("main")).to_contain_text("请不要写联系方式")
    page.get_by_role("button", name=said("收藏")).first.click()
    expect(page.get_by_role("button", name=said("已收藏：取消收藏"))).to_be_visible()
    page.goto("/account/kept/")
    expect(page.get_by_role("main")).to_contain_text("港口吞吐量")


@pytest.mark.long
@pytest.mark.duty("opening.apply", "opening.respond", "talk.say")
def test_what_is_withdrawn_refused_or_returned_is_told_and_counted(live_server, language):
    provider = make_body(name="海南省交通运输厅", name_en="")
    entry = make_release(make_conditional(provider)).entry
    ports = make_release(make_open_entry(provider, title="港口吞吐量")).entry
    make_public(provider, title="公交客流")
    citizen_ = make_person(username="citizen", password=PASSWORD)
    make_comment(ports, Actor.citizen(citizen_), text="请致电本人")
    make_seat(provider, "steward", make_person(username="steward", password=PASSWORD))
    make_seat(agency(), "officer", make_person(username="reader", password=PASSWORD))
    complaints: list[str] = []
    with browser() as chromium:
        site = live_server.url
        with (
            someone(chromium, site, complaints) as citizen,
            someone(chromium, site, complaints) as steward,
            someone(chromium, site, complaints) as reader,
        ):
            case = apply(citizen, f"/resources/{entry.slug}/")
            withdraw(citizen)
            decline(steward, "公交客流")
            citizen.goto("/demands/")
            citizen.get_by_role("link", name="公交客流").click()
            expect(citizen.get_by_role("main")).to_contain_text("涉及商业秘密")
            return_comment(reader)
            keep(citizen, f"/resources/{ports.slug}/")
            citizen.goto("/applications/")
            expect(citizen.get_by_role("main")).to_contain_text(case.rstrip("/").rpartition("/")[2])
            citizen.goto("/applications/statistics/")
            expect(citizen.get_by_role("main")).to_contain_text("海南省交通运输厅")
    assert [complaint for complaint in complaints if "422" not in complaint] == []


@pytest.mark.long
@pytest.mark.duty("cases.examine")
def test_what_nobody_looks_at_counts_as_accepted_and_says_so(live_server, language, today):
    today("2026-03-02")
    provider = make_body()
    citizen = make_person(username="citizen", password=PASSWORD)
    case = make_application(make_conditional(provider), Actor.citizen(citizen))
    today("2026-03-20")
    beside(cases.sweep)
    complaints: list[str] = []
    with browser() as chromium, someone(chromium, live_server.url, complaints) as page:
        enter(page, f"/applications/{case.number}/")
        expect(page.get_by_role("main")).to_contain_text(said("逾期未审查，视为受理"))
    assert complaints == []

    def see() -> None:
        assert Case.objects.get().accepted_on <= clock.today()

    beside(see)
