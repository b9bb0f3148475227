"""The whole way of one resource in a real browser: bring in, confirm, find, use, verify."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.catalog.makers import agency
from tests.parties.makers import make_body, make_person, make_seat
from tests.stories.tongue import CHINESE, either, said, spoken

from yelin.ledger import sequencer
from yelin.ledger.models import Leaf

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
PASSWORD = "correct horse 7"
PATIENCE_MS = 90_000
# Every story waits until it is so; how long that takes says how busy the machine is.
expect.set_options(timeout=PATIENCE_MS)
# As departments send them: a title above the header, GB18030, a number that is none.
PORTS = (
    "海南省主要港口货物吞吐量（万吨）,,\n"
    "年份,海口港,港口代码\n"
    "2012,7217,007\n"
    "2013,8292.8851,008\n"
    "2014,8914.9496,009\n"
    "2015,约九千,010\n"
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not Path(CHROMIUM).exists(), reason=f"browser test: no Chromium at {CHROMIUM}"
    ),
]


def beside(work: Callable[[], object]) -> None:
    """Run what asks the database in a thread of its own: the browser's loop runs in this one."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again by the caller
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-quic", "--disable-background-networking",
                  "--disable-component-update", "--disable-sync",
                  # Nobody looks: nothing need be drawn as by a graphics card that is not there.
                  "--disable-gpu", "--disable-software-rasterizer"],
        )  # fmt: skip
        yield chromium
        chromium.close()


@contextmanager
def someone(chromium: Browser, site: str, complaints: list[str], **options) -> Iterator[Page]:
    """Open a page of a person of their own; whatever the browser complains of is kept."""
    context = chromium.new_context(base_url=site, locale="zh-CN", **options)
    if spoken() != CHINESE:
        chosen = {"name": settings.LANGUAGE_COOKIE_NAME, "value": spoken(), "url": site}
        context.add_cookies([chosen])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda message: (
            complaints.append(f"{page.url}: {message.text}")
            # A page that is left gives up what it asked for on the side.
            if message.type in {"error", "warning"} and "htmx:afterRequest" not in message.text
            else None
        ),
    )
    try:
        yield page
    except Exception as error:
        # Whoever has not begun yet has nothing to show, and must not hide what went wrong.
        shown = "" if page.url == "about:blank" else page.locator("main").inner_text()
        raise AssertionError(f"{page.url} shows:\n{shown}") from error
    context.close()


def sign_in(page: Page, username: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label(said("用户名")).fill(username)
    page.get_by_label(said("密码")).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name=said("登录")).click()
    page.wait_for_url("**/desk/")


def register(page: Page) -> None:
    page.goto("/desk/entries/")
    page.get_by_role("link", name=said("登记资源")).first.click()
    secret = page.get_by_role("group", name=said("是否涉及国家秘密？"))
    secret.get_by_label(said("否", alone=True)).check()
    page.get_by_label(said("名称", alone=True)).fill("海南省主要港口货物吞吐量")
    page.get_by_label(said("摘要", alone=True)).fill("海口港历年货物吞吐量，单位万吨。")
    page.get_by_label(said("采集依据")).fill("《中华人民共和国统计法》")
    page.get_by_label(said("覆盖区域", alone=True)).select_option("460000")
    page.get_by_role("checkbox", name=said("交通", alone=True)).check()
    way_down = page.locator("details:has(input[name=classification][value='307010']) > summary")
    for depth in range(way_down.count()):
        way_down.nth(depth).click()
    page.locator("input[name=classification][value='307010']").check()
    page.get_by_label("csv").check()
    page.get_by_label(said("工作参考")).check()
    opening = page.get_by_role("group", name=said("开放类型", alone=True))
    opening.get_by_label(said("无条件开放", alone=True)).check()
    page.get_by_label(said("使用许可")).select_option("hainan-open")
    page.get_by_label(said("责任处室")).fill("综合处")
    page.get_by_role("button", name=said("存为草稿")).click()
    page.get_by_role("button", name=said("登记", alone=True), exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("307010/000001")
    expect(page.get_by_role("status").first).to_contain_text("YL1-")


def bring_in(page: Page, file: Path) -> None:
    page.get_by_role("link", name=said("汇聚数据")).first.click()
    page.get_by_label(said("文件", alone=True), exact=True).set_input_files(file)
    page.get_by_role("button", name=said("上传并检查")).click()
    page.get_by_role("link", name=said("核对建议的信息项")).click()
    expect(page.get_by_label(said("名称", alone=True), exact=True)).to_have_count(3)
    page.get_by_label(said("类型", alone=True)).nth(1).select_option("N")
    page.get_by_role("button", name=said("保存信息项")).click()
    table = page.get_by_role("region", name=said("未通过的行", alone=True))
    expect(table).to_contain_text("约九千")
    expect(table).to_contain_text(either("不是数字", "is not a number"))
    page.get_by_label(said("不含这 1 行，发布其余数据")).check()
    page.get_by_role("button", name=said("发布 3 行")).click()
    expect(page.get_by_role("complementary")).to_contain_text("YL1-")


def submit(page: Page) -> None:
    way_here = page.get_by_label(said("所在位置"))
    way_here.get_by_role("link", name="海南省主要港口货物吞吐量").click()
    page.get_by_role("button", name=said("提请确认", alone=True)).click()
    expect(page.get_by_role("status").first).to_contain_text(said("已提请确认。"))


def confirm(page: Page) -> None:
    page.goto("/desk/")
    page.get_by_role(
        "link", name=said("确认目录条目：海南省主要港口货物吞吐量", alone=True), exact=True
    ).click()
    page.get_by_label(said("确认", alone=True), exact=True).check()
    page.get_by_role("button", name=said("作出决定", alone=True)).click()
    expect(page.get_by_role("status").first).to_contain_text(said("已确认"))


def find_and_use(page: Page, folder: Path) -> None:
    page.goto("/")
    page.get_by_role("main").get_by_role("combobox").fill("港口货物")
    page.get_by_role("main").get_by_role("button", name=said("搜索", alone=True)).click()
    page.get_by_role("link", name="海南省主要港口货物吞吐量").click()
    expect(page.get_by_role("cell", name="007")).to_be_visible()
    page.get_by_label(said("筛选海口港")).fill("> 8,000")
    page.get_by_role("button", name=said("筛选", alone=True)).click()
    expect(page.get_by_role("cell", name="007")).to_have_count(0)
    assert "f%5B" in page.url
    with page.expect_download() as download:
        page.get_by_role("link", name=said("下载筛选结果")).click()
    kept = folder / download.value.suggested_filename
    download.value.save_as(kept)
    assert kept.suffix == ".csv"
    assert "海南省主要港口货物吞吐量" in kept.name
    assert kept.read_text("utf-8") == (
        "年份,海口港,港口代码\n2013,8292.8851,008\n2014,8914.9496,009\n"
    )


def verify(page: Page) -> None:
    page.get_by_role("link", name=said("验证本版本")).click()
    proved = page.locator("[data-verify-result]")
    expect(proved).to_contain_text(said("已证实"))
    expect(page.get_by_role("img", name=said("从记录到根的证明图")).first).to_be_visible()
    receipt = page.get_by_label(said("回执", alone=True), exact=True).input_value()
    page.goto("/verify/")
    page.get_by_label(said("回执", alone=True), exact=True).fill(
        receipt[:-1] + ("0" if receipt[-1] != "0" else "1")
    )
    page.get_by_role("main").get_by_role("button", name=said("验证", alone=True)).click()
    expect(proved).to_contain_text(said("账本里没有这条记录"))


@pytest.mark.duty("signature.use")
def test_a_resource_goes_from_the_desk_to_a_strangers_own_proof(
    live_server, worker, language, tmp_path
):
    make_seat(
        make_body(name="海南省交通运输厅", short_name="省交通运输厅"),
        "steward",
        make_person(username="steward", password=PASSWORD),
    )
    make_seat(agency(), "officer", make_person(username="officer", password=PASSWORD))
    file = tmp_path / "港口.csv"
    file.write_bytes(PORTS.encode("gb18030"))
    complaints: list[str] = []
    site = live_server.url
    with browser() as chromium:
        with someone(chromium, site, complaints) as steward:
            sign_in(steward, "steward")
            register(steward)
            bring_in(steward, file)
            submit(steward)
        with someone(chromium, site, complaints) as officer:
            sign_in(officer, "officer")
            confirm(officer)
        beside(sequencer.settle)
        with someone(chromium, site, complaints, accept_downloads=True) as stranger:
            find_and_use(stranger, tmp_path)
            verify(stranger)
    # The one complaint that was provoked: the ledger knows no such leaf.
    assert [c for c in complaints if "404" not in c or "/verify/" not in c] == []
    assert list(Leaf.objects.order_by("id").values_list("act", flat=True)) == [
        "catalog.draft",
        "catalog.register",
        "warehouse.receive",
        "catalog.amend",
        "warehouse.prepare",
        "warehouse.publish",
        "catalog.submit",
        "catalog.confirm",
    ]
