"""Who somebody is, in a real browser: asked, refused, appealed, confirmed; then it fills itself."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.access.walking import wrong_on
from tests.catalog.makers import agency
from tests.files.makers import pdf
from tests.opening.makers import make_conditional
from tests.parties.makers import make_person, make_seat
from tests.personal import personal
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import PASSWORD, beside, browser, pytestmark, sign_in, someone
from tests.stories.tongue import said

from yelin.law import clock
from yelin.parties.models import Body, Person

__all__ = ["pytestmark"]
NAME = personal("王海实名")
NUMBER = personal("11010519491231002X")
CODE = "91350100M000100Y43"


def main_of(page: Page):
    return page.get_by_role("main")


def hand_in(page: Page, name: str, number: str) -> str:
    """Fill the form in, with the papers; return the number of the case."""
    page.get_by_label(said("姓名（名称）")).fill(name)
    page.get_by_label(said("证件号码")).fill(number)
    papers = {"name": "证件.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    page.locator("input[type=file]").set_input_files(papers)
    page.get_by_role("button", name=said("申请核验")).click()
    told = page.get_by_role("status").first
    expect(told).to_contain_text("SM-")
    return re.search(r"SM-[\d-]+\d", told.inner_text())[0]


def ask_by_name(page: Page) -> str:
    """Be led from what needs a name to where one gets it."""
    page.get_by_role("link", name=said("申请使用该数据")).click()
    page.get_by_role("link", name=said("办理实名核验")).first.click()
    assert wrong_on(page) == []
    page.get_by_label(said("姓名（名称）")).fill(NAME)
    page.get_by_label(said("证件号码")).fill("1101")
    page.get_by_role("button", name=said("申请核验")).click()
    expect(page.get_by_role("alert").first).to_contain_text(said("证件号码"))
    return hand_in(page, NAME, NUMBER)


def look_into(officer: Page, number: str) -> None:
    """Take the case up: name and papers are there, the number is not."""
    officer.goto("/desk/")
    officer.locator(f"main a[href$='/{number}/']").first.click()
    expect(main_of(officer)).to_contain_text("110*************2X")
    expect(main_of(officer)).to_contain_text("证件.pdf")
    expect(main_of(officer)).not_to_contain_text(NUMBER)
    offer(officer, said("受理")).get_by_role("button", name=said("受理")).click()
    assert wrong_on(officer) == []


def refuse(officer: Page) -> None:
    form = offer(officer, said("不同意"))
    form.get_by_label(said("理由")).fill("证件照片不清")
    form.get_by_label(said("法律依据")).fill("第二十六条")
    form.get_by_role("button", name=said("不同意")).click()
    expect(main_of(officer)).to_contain_text("证件照片不清")


def approve(officer: Page) -> None:
    offer(officer, said("通过核验")).get_by_role("button", name=said("确认通过")).click()
    expect(officer.get_by_role("status").first).to_contain_text(said("已通过核验。"))


@pytest.mark.long
@pytest.mark.duty("identity.ask", "identity.answer", "identity.require")
def test_a_citizen_is_refused_asks_anew_and_applies_under_a_verified_name(live_server, language):
    entry = make_conditional(grade=3)
    make_seat(agency(), "officer", make_person(username="officer", password=PASSWORD))
    make_person(username="citizen", password=PASSWORD)
    resource, complaints = f"/resources/{entry.slug}/", []
    with browser() as chromium:
        site = live_server.url
        with (
            someone(chromium, site, complaints) as citizen,
            someone(chromium, site, complaints) as officer,
        ):
            enter(citizen, resource)
            number = ask_by_name(citizen)
            sign_in(officer, "officer")
            look_into(officer, number)
            refuse(officer)

            citizen.goto(f"/account/verifications/{number}/")
            expect(main_of(citizen)).to_contain_text("证件照片不清")
            expect(main_of(citizen)).to_contain_text(said("不予同意"))
            assert wrong_on(citizen) == []
            citizen.goto("/account/identity/")
            again = hand_in(citizen, NAME, NUMBER)
            look_into(officer, again)
            approve(officer)

            citizen.goto("/account/identity/")
            expect(main_of(citizen)).to_contain_text(said("您已实名"))
            citizen.goto("/account/")
            expect(main_of(citizen)).to_contain_text(NAME)
            citizen.goto(resource)
            citizen.get_by_role("link", name=said("申请使用该数据")).click()
            # Whom it comes from stands there by itself.
            expect(citizen.get_by_role("complementary")).to_contain_text(NAME)
    # The application that a name was missing for, and the number that is none.
    assert [each for each in complaints if not re.search("403|422", each)] == []

    def see() -> None:
        assert Person.objects.get(user__username="citizen").verified_as(clock.now()).name == NAME

    beside(see)


@pytest.mark.long
@pytest.mark.duty("identity.ask", "identity.answer")
def test_an_enterprise_registers_is_verified_and_acts(live_server, language):
    make_seat(agency(), "officer", make_person(username="officer", password=PASSWORD))
    make_person(username="citizen", password=PASSWORD)
    complaints: list[str] = []
    with browser() as chromium:
        site = live_server.url
        with (
            someone(chromium, site, complaints) as citizen,
            someone(chromium, site, complaints) as officer,
        ):
            enter(citizen, "/account/")
            citizen.get_by_role("link", name=said("注册单位")).click()
            citizen.get_by_label(said("统一社会信用代码")).fill(CODE)
            citizen.locator("input[name=name]").fill("海南港航数据有限公司")
            citizen.locator("select[name=kind]").select_option("enterprise")
            citizen.locator("select[name=division]").select_option("460000")
            citizen.get_by_role("button", name=said("登记"), exact=True).click()
            # What the register says of it stands in the form already.
            expect(citizen.get_by_label(said("证件号码"))).to_have_value(CODE)
            number = hand_in(citizen, "海南港航数据有限公司", CODE)

            sign_in(officer, "officer")
            officer.locator(f"main a[href$='/{number}/']").first.click()
            offer(officer, said("受理")).get_by_role("button", name=said("受理")).click()
            approve(officer)

            citizen.goto("/account/")
            expect(main_of(citizen)).to_contain_text("海南港航数据有限公司")
            expect(main_of(citizen).get_by_role("link", name=said("办理核验"))).to_have_count(0)
    assert complaints == []

    def see() -> None:
        assert Body.objects.get(credit_code=CODE).may_represent

    beside(see)
