"""By keys alone: find, filter, look at a table, take it, follow a search, apply, complain."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.catalog.makers import agency
from tests.opening.makers import make_conditional
from tests.parties.makers import make_body, make_person
from tests.stories.test_whole_way import PASSWORD, browser, pytestmark, someone
from tests.stories.tongue import said
from tests.talking.makers import make_open_entry
from tests.warehouse.makers import make_release

from yelin.cases.models import Case
from yelin.talking.models import FollowedSearch

__all__ = ["pytestmark"]
# No page of ours has so many places to stop at.
MOST_STEPS = 150
IS_SEEN = """e => {
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const ring = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  return box.width > 0 && box.height > 0 && ring;
}"""


def reach(page: Page, wanted: Locator) -> None:
    """Go on by Tab until ``wanted`` has the focus, and see that it shows that it has."""
    for _ in range(MOST_STEPS):
        if wanted.evaluate_all("all => all.includes(document.activeElement)"):
            assert page.evaluate(f"({IS_SEEN})(document.activeElement)")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {wanted}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    reach(page, wanted)
    page.keyboard.press(key)


def write(page: Page, label: str | re.Pattern[str], text: str) -> None:
    reach(page, page.get_by_label(label))
    page.keyboard.type(text)


def sign_in(page: Page, address: str) -> None:
    page.goto(f"/accounts/login/?next={address}")
    write(page, said("用户名"), "citizen")
    write(page, said("密码"), PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"^[^?]*{address}$"))


def find(page: Page) -> None:
    """Search from the home page and narrow what is found by a filter."""
    page.goto("/")
    page.keyboard.press("Tab")
    # The first key leads past what stands on every page.
    expect(page.locator(":focus")).to_have_attribute("href", re.compile("^#"))
    reach(
        page,
        page.get_by_role("main")
        .get_by_role("searchbox")
        .or_(page.get_by_role("main").get_by_role("combobox")),
    )
    page.keyboard.type("港口")
    page.keyboard.press("Enter")
    page.wait_for_url("**/resources/?q=%E6%B8%AF%E5%8F%A3**")
    # What is chosen narrows the list at once.
    press(page, page.locator("input[name=opening][value=unconditional]"), "Space")
    page.wait_for_url("**opening=unconditional**")


def take(page: Page, title: str) -> None:
    """Open what was found, filter its rows in the table, and take the file."""
    press(page, page.get_by_role("link", name=title).first)
    page.wait_for_url("**/resources/*/**")
    reach(page, page.locator(".grid-frame"))
    page.keyboard.press("ArrowRight")
    sort = page.get_by_role("columnheader").get_by_role("link").first
    press(page, sort)
    page.wait_for_url("**sort=**")
    with page.expect_download() as file:
        press(page, page.get_by_role("link", name=re.compile("CSV")).first)
    assert file.value.suggested_filename.endswith(".csv")


@pytest.mark.long
@pytest.mark.duty("opening.free", "opening.apply", "rights.complain", "talk.say")
def test_a_citizen_does_all_of_it_by_keys_alone(live_server, language):
    provider = make_body(name="海南省交通运输厅", short_name="省交通运输厅")
    agency()
    ports = make_release(make_open_entry(provider, title="港口吞吐量")).entry
    asked = make_release(make_conditional(provider, title="航线明细")).entry
    make_person(username="citizen", password=PASSWORD)
    complaints: list[str] = []
    with (
        browser() as chromium,
        someone(chromium, live_server.url, complaints, accept_downloads=True) as page,
    ):
        find(page)
        found = page.url.removeprefix(live_server.url)
        take(page, "港口吞吐量")

        sign_in(page, "/account/")
        page.goto(found)
        press(page, page.get_by_role("link", name=said("关注这次搜索"), exact=True))
        page.wait_for_url("**/account/kept/search/**")
        press(page, page.get_by_role("button", name=said("关注这次搜索")))
        page.wait_for_url("**/account/kept/")
        expect(page.get_by_role("main")).to_contain_text("“港口”")
        press(page, page.locator("button[value^=search]"))
        expect(page.get_by_role("status").first).to_contain_text(said("已取消"))

        page.goto(f"/resources/{asked.slug}/")
        press(page, page.get_by_role("link", name=said("申请使用该数据")))
        page.wait_for_url("**/apply/")
        write(page, said("数据用途"), "研究港口与道路拥堵")
        write(page, said("应用场景"), "硕士论文")
        press(page, page.get_by_role("button", name=said("保存并继续")))
        page.wait_for_url("**step=2")
        # A field of this browser takes month, day and year.
        write(page, said("使用截止日期"), "12312099")
        expect(page.get_by_label(said("使用截止日期"))).to_have_value("2099-12-31")
        write(page, said("安全保障措施"), "加密")
        press(page, page.get_by_role("button", name=said("保存并继续")))
        page.wait_for_url("**step=3")
        press(page, page.get_by_role("button", name=said("提交申请")))
        expect(page.get_by_role("status").first).to_contain_text("KF-")

        page.goto(f"/resources/{ports.slug}/complain/")
        press(page, page.locator("input[name=right]").first, "Space")
        page.keyboard.press("ArrowDown")
        reach(page, page.locator("textarea[name=says]"))
        page.keyboard.type("数据来自本公司未公开的报表")
        press(
            page,
            page.get_by_role("button", name=said("提交"))
            .or_(page.locator("main form button.btn"))
            .first,
        )
        expect(page.get_by_role("status").first).to_contain_text("QY-")
    assert not FollowedSearch.objects.exists()
    assert sorted(Case.objects.values_list("kind", flat=True)) == [
        "opening.application",
        "rights.complaint",
    ]
    assert complaints == []
