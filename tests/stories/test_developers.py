"""A developer in a real browser: the interface tried, a statement shared, a token made and used."""

import json
import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Page, expect
from tests.access.walking import wrong_on
from tests.api.test_citizens import ASKED
from tests.opening.makers import make_conditional
from tests.parties.makers import make_person
from tests.stories.test_application import enter
from tests.stories.test_whole_way import PASSWORD, beside, browser, pytestmark, someone
from tests.stories.tongue import said
from tests.warehouse.makers import make_release

from yelin.config import Config
from yelin.delivery.models import Tally

__all__ = ["pytestmark"]


def try_rows(page: Page, slug: str) -> None:
    """Ask for rows by the keyboard alone."""
    page.goto("/api/v1/docs#rows_get_rows")
    form = page.locator("#rows_get_rows form")
    form.get_by_label("slug").fill(slug)
    form.get_by_label(said("其他查询参数")).fill("filter[年份][gte]=2013")
    form.get_by_label(said("其他查询参数")).press("Enter")
    answer = page.locator("#rows_get_rows [data-answer]")
    expect(answer.locator("[data-status]")).to_contain_text("200 · ")
    assert [
        row["代码"] for row in json.loads(answer.locator("[data-body]").inner_text())["items"]
    ] == [
        "008",
        "009",
    ]
    answer.get_by_text(said("应答头字段")).click()
    expect(answer.locator("[data-headers]")).to_contain_text("ratelimit")
    assert wrong_on(page) == []


def share(page: Page, code: str) -> str:
    page.goto("/sql/")
    page.locator("#sql").fill(f'SELECT max(年份) AS "100%+最新"\nFROM "{code}"')
    page.locator("#sql").press("Control+Enter")
    expect(page.locator("#answer")).to_contain_text("2,014")
    return page.locator("#share").inner_text()


def open_shared(page: Page, address: str, code: str) -> None:
    page.goto(address)
    expect(page.locator("#sql")).to_have_value(f'SELECT max(年份) AS "100%+最新"\nFROM "{code}"')
    expect(page.get_by_text(said("目前尚未执行"))).to_be_visible()
    expect(page.locator("#answer")).to_have_count(0)


def make_a_token(page: Page) -> str:
    enter(page, "/developers/")
    page.get_by_role("link", name=said("我的令牌、限额和用量")).click()
    expect(page.get_by_role("main")).to_contain_text(said("您还没有令牌"))
    page.get_by_role("link", name=said("新建或撤销令牌")).click()
    page.get_by_label(said("用途")).fill("每日更新")
    expect(page.get_by_label(said("只读取"))).to_be_checked()
    page.get_by_label(said("有效期多长？")).select_option(said("30 天"))
    page.get_by_role("button", name=said("新建令牌")).click()
    return page.locator("#secret").inner_text()


def keep_a_statement(page: Page, other: Page, code: str) -> None:
    """Keep a statement under a name, and give it on by an address that holds nothing of it."""
    share(page, code)
    page.get_by_label(said("保存这条语句")).fill("最新年份")
    page.get_by_label(said("保存这条语句")).press("Enter")
    expect(page.get_by_role("heading", name="最新年份", exact=True)).to_be_visible()
    expect(page.locator("#sql")).to_have_value(re.compile("最新"))
    assert "SELECT" not in page.url
    page.get_by_role("button", name=said("通过网址分享")).press("Enter")
    address = page.locator("#kept-url").inner_text()
    assert wrong_on(page) == []
    other.goto(address)
    expect(other.locator("#sql")).to_have_value(re.compile("最新"))
    expect(other.get_by_text(said("通过网址分享给您的"))).to_be_visible()
    assert wrong_on(other) == []
    page.get_by_role("button", name=said("删除")).press("Enter")
    page.wait_for_url("**/sql/")
    expect(page.get_by_role("link", name="最新年份")).to_have_count(0)


def answer_to(secret: str, address: str, body: bytes | None = None) -> tuple[int, dict]:
    request = urllib.request.Request(  # noqa: S310 - our own site
        address, body, {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def revoke(page: Page) -> None:
    page.goto("/desk/tokens/")
    page.get_by_role("button", name=said("撤销 每日更新")).click()
    expect(page.get_by_role("row", name="每日更新")).to_contain_text(said("已失效"))
    expect(page.get_by_role("button", name=said("撤销 每日更新"))).to_have_count(0)


def queries() -> int:
    """Return how often rows were asked for, in whatever hours."""
    return sum(Tally.objects.values_list("queries", flat=True))


@pytest.mark.long
def test_a_developer_tries_shares_and_makes_a_token(live_server, monkeypatch, language):
    monkeypatch.setattr(Config, "url", property(lambda _: live_server.url))
    entry = make_release().entry
    conditional = make_conditional(entry.provider)
    make_person(username="citizen", password=PASSWORD)
    complaints: list[str] = []
    with browser() as chromium:
        site = live_server.url
        with (
            someone(chromium, site, complaints) as one,
            someone(chromium, site, complaints) as other,
        ):
            try_rows(one, entry.slug)
            address = share(one, entry.code)
            asked: list[int] = []
            beside(lambda: asked.append(queries()))
            open_shared(other, address, entry.code)
            beside(lambda: asked.append(queries()))
            # To open it asked nothing.
            assert asked[0] == asked[1] == 2
            secret = make_a_token(one)
            rows = f"{site}/api/v1/resources/{entry.slug}/rows"
            assert answer_to(secret, rows)[1]["total"] == 3
            # It was made to read only.
            act = json.dumps({"entry": conditional.code} | ASKED).encode()
            status, refusal = answer_to(secret, f"{site}/api/v1/acts/opening.apply", act)
            assert (status, refusal["title"]) == (403, "不予办理")
            one.goto("/developers/use/")
            expect(one.get_by_role("main")).to_contain_text("每日更新")
            expect(one.get_by_role("main")).not_to_contain_text(said("从未"))
            assert wrong_on(one) == []
            keep_a_statement(one, other, entry.code)
            revoke(one)
            assert answer_to(secret, rows)[0] == 401
    assert complaints == []
