"""An application in a real browser: asked, completed, accepted, approved, taken, in the ledger."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.opening.makers import make_conditional
from tests.parties.makers import make_body, make_person, make_seat
from tests.stories.test_whole_way import PASSWORD, beside, browser, pytestmark, sign_in, someone
from tests.stories.tongue import said
from tests.warehouse.makers import make_release

from yelin.ledger import sequencer
from yelin.ledger.models import Leaf

__all__ = ["pytestmark"]
ARTICLE = re.compile(r"第二十六条第二款|Article 26\(2\)")


def enter(page: Page, address: str, username: str = "citizen") -> None:
    page.goto(f"/accounts/login/?next={address}")
    page.get_by_label(said("用户名")).fill(username)
    page.get_by_label(said("密码")).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name=said("登录")).click()
    page.wait_for_url(f"**{address}")


def offer(page: Page, title: str | re.Pattern[str]):
    title = re.compile(f"^(?:{title.pattern if isinstance(title, re.Pattern) else title})$")
    page.locator("aside summary").filter(has_text=title).click()
    return page.locator("aside details[open]")


def apply(page: Page, resource: str) -> str:
    """Apply from the page of the resource, with a draft on the way; return where the case is."""
    enter(page, resource)
    page.get_by_role("link", name=said("申请使用该数据")).click()
    page.get_by_role("button", name=said("保存并继续")).click()
    expect(page.get_by_role("alert")).to_contain_text(said("数据用途"))
    page.get_by_label(said("数据用途")).fill("研究港口与道路拥堵")
    page.get_by_role("button", name=said("存为草稿")).click()
    expect(page.get_by_role("status").first).to_contain_text(said("草稿已保存"))
    # Another day it is where it was left.
    page.goto("/applications/")
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    expect(page.get_by_label(said("数据用途"))).to_have_value("研究港口与道路拥堵")
    page.get_by_label(said("应用场景")).fill("硕士论文，单机分析")
    page.get_by_role("button", name=said("保存并继续")).click()
    page.get_by_label(said("使用截止日期")).fill("2099-12-31")
    page.get_by_label(said("安全保障措施")).fill("无")
    page.get_by_role("button", name=said("保存并继续")).click()
    expect(page.get_by_role("main")).to_contain_text("硕士论文，单机分析")
    page.get_by_role("button", name=said("提交申请")).click()
    expect(page.get_by_role("status").first).to_contain_text("KF-")
    return page.url


@pytest.mark.duty("opening.apply", "opening.answer")
def test_a_citizen_applies_completes_and_downloads_and_the_ledger_shows_it(
    live_server, tmp_path, language
):
    provider = make_body(name="海南省交通运输厅", short_name="省交通运输厅")
    entry = make_release(make_conditional(provider)).entry
    make_seat(provider, "steward", make_person(username="steward", password=PASSWORD))
    make_person(username="citizen", password=PASSWORD)
    resource, complaints = f"/resources/{entry.slug}/", []
    with browser() as chromium:
        site = live_server.url
        with (
            someone(chromium, site, complaints, accept_downloads=True) as citizen,
            someone(chromium, site, complaints) as steward,
        ):
            case = apply(citizen, resource)

            sign_in(steward, "steward")
            steward.get_by_role("link", name=said("开放申请：")).first.click()
            form = offer(steward, said("要求补正"))
            form.get_by_label(said("需要补正的内容")).fill("请写明数据存放在哪里")
            form.get_by_role("button", name=said("告知申请人")).click()
            expect(steward.get_by_role("main")).to_contain_text(said("待补正"))

            citizen.goto(case)
            expect(citizen.get_by_role("main")).to_contain_text("请写明数据存放在哪里")
            form = offer(citizen, said("补正"))
            form.get_by_label(said("安全保障措施")).fill("加密硬盘，专人保管")
            form.get_by_role("button", name=said("提交补正")).click()
            expect(citizen.get_by_role("status").first).to_contain_text(said("已补正"))

            steward.reload()
            offer(steward, said("受理")).get_by_role("button", name=said("受理")).click()
            expect(steward.get_by_role("main")).to_contain_text(
                re.compile(r"第二十六条第二款|Article 26\(2\)")
            )
            offer(steward, said("同意")).get_by_role("button", name=said("同意")).click()
            expect(steward.get_by_role("main")).to_contain_text(said("予以同意"))

            citizen.goto(resource)
            with citizen.expect_download() as download:
                citizen.get_by_role("link", name=said("下载 CSV")).first.click()
            kept = tmp_path / "kept.csv"
            download.value.save_as(kept)
            assert "8914.9496" in kept.read_text("utf-8")
            citizen.goto(case)
            expect(citizen.locator("ol.acts")).to_contain_text(said("作出决定"))
            citizen.goto("/applications/")
            expect(citizen.get_by_role("main")).to_contain_text(said("予以同意"))
            expect(citizen.get_by_role("main")).not_to_contain_text("港口与道路拥堵")
    beside(sequencer.settle)
    # The form that was sent empty on purpose.
    assert [complaint for complaint in complaints if "422" not in complaint] == []
    acts = Leaf.objects.filter(subject__kind="case").order_by("id").values_list("act", flat=True)
    assert list(acts) == [
        "opening.apply",
        "cases.ask_completion",
        "cases.complete",
        "cases.accept",
        "cases.decide",
    ]
    assert not Leaf.objects.filter(index=None).exists()


@pytest.mark.long
@pytest.mark.duty("opening.answer", "cases.appeal", "cases.review")
def test_a_refusal_says_why_and_is_objected_to(live_server, language):
    provider = make_body(name="海南省交通运输厅", short_name="省交通运输厅")
    above = make_body(kind="informatization", name="海南省工业和信息化厅")
    entry = make_conditional(provider)
    make_seat(provider, "steward", make_person(username="steward", password=PASSWORD))
    make_seat(above, "officer", make_person(username="above", password=PASSWORD))
    make_person(username="citizen", password=PASSWORD)
    complaints: list[str] = []
    with browser() as chromium:
        site = live_server.url
        with (
            someone(chromium, site, complaints) as citizen,
            someone(chromium, site, complaints) as steward,
            someone(chromium, site, complaints) as officer,
        ):
            case = apply(citizen, f"/resources/{entry.slug}/")
            sign_in(steward, "steward")
            steward.get_by_role("link", name=said("开放申请：")).first.click()
            offer(steward, said("受理")).get_by_role("button", name=said("受理")).click()
            form = offer(steward, said("不同意"))
            form.get_by_label(said("理由")).fill("涉及企业商业秘密")
            form.get_by_label(said("法律依据")).fill("《条例》第二十四条")
            form.get_by_role("button", name=said("不同意")).click()
            expect(steward.get_by_role("main")).to_contain_text("涉及企业商业秘密")

            citizen.goto(case)
            expect(citizen.get_by_role("main")).to_contain_text("涉及企业商业秘密")
            expect(citizen.get_by_role("main")).to_contain_text(said("不予同意"))
            form = offer(citizen, said("申诉"))
            form.get_by_label(said("申诉理由")).fill("其中并无秘密")
            form.get_by_role("button", name=said("申诉")).click()
            expect(citizen.get_by_role("main")).to_contain_text(said("申诉处理中"))

            sign_in(officer, "above")
            officer.get_by_role("link", name=said("开放申请：")).first.click()
            form = offer(officer, said("申诉成立"))
            form.get_by_label(said("理由")).fill("理由不足")
            form.get_by_role("button", name=said("退回重新办理")).click()
            expect(officer.get_by_role("main")).to_contain_text("理由不足")
            citizen.reload()
            expect(citizen.get_by_role("main")).to_contain_text(said("已受理，等待答复"))
    assert [complaint for complaint in complaints if "422" not in complaint] == []
