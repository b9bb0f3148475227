"""A doubt about data in a real browser: reported, compared, a person heard, corrected, proved."""

import pytest
from playwright.sync_api import Page, expect
from tests.catalog.makers import agency
from tests.parties.makers import make_person, make_seat
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import PASSWORD, beside, browser, pytestmark, sign_in, someone
from tests.stories.tongue import said
from tests.warehouse.makers import make_release

from yelin.ledger import bundle, note, sequencer

__all__ = ["pytestmark"]


def report(page: Page, resource: str) -> str:
    enter(page, resource)
    page.get_by_role("link", name=said("数据有误？提出疑义")).click()
    page.get_by_label(said("不准确")).check()
    page.get_by_label("海口港").check()
    page.get_by_label(said("哪里有误")).fill("2014 年的数与统计年鉴不同")
    page.get_by_role("button", name=said("提交疑义")).click()
    expect(page.get_by_role("status").first).to_contain_text("YY-")
    return page.url


def accept(page: Page) -> None:
    sign_in(page, "steward")
    page.get_by_role("link", name=said("数据疑义：")).first.click()
    offer(page, said("受理")).get_by_role("button", name=said("受理")).click()
    # As long as the platform has not compared the data, nothing is decided.
    expect(page.get_by_role("main")).to_contain_text(said("待办理"))
    expect(page.locator("aside")).not_to_contain_text(said("属实，已更正"))


def compare(page: Page) -> None:
    sign_in(page, "platform")
    page.get_by_role("link", name=said("平台比对")).first.click()
    form = offer(page, said("本单位办理的环节：.*"))
    form.get_by_label(said("办理结果")).fill("与汇聚的数据一致")
    form.get_by_role("button", name=said("办结环节")).click()
    expect(page.get_by_role("main")).to_contain_text(said("已办结"))


def hear(page: Page, login: str) -> None:
    page.reload()
    form = offer(page, said("征求个人意见"))
    form.get_by_role("textbox").fill(login)
    form.get_by_role("button", name=said("征求意见")).click()
    expect(page.get_by_role("main")).to_contain_text(said("期限中止计算"))


def speak(page: Page) -> None:
    enter(page, "/desk/notices/", "witness")
    page.get_by_role("link", name=said("涉及您的权益")).click()
    form = offer(page, said("反馈意见"))
    form.get_by_label(said("同意"), exact=True).check()
    form.get_by_role("textbox").fill("年鉴的数是对的")
    form.get_by_role("button", name=said("提交意见")).click()
    expect(page.get_by_role("main")).to_contain_text("年鉴的数是对的")


def correct(page: Page) -> None:
    page.reload()
    form = offer(page, said("属实，已更正"))
    form.get_by_label(said("核查结果和更正内容")).fill("已按年鉴改正")
    form.get_by_label(said("更正所在版本")).select_option("2")
    form.get_by_role("button", name=said("答复：已更正")).click()
    expect(page.get_by_role("main")).to_contain_text("已按年鉴改正")


@pytest.mark.duty("quality.doubt", "quality.check", "quality.compare", "cases.hear")
def test_a_citizen_doubts_data_and_it_is_compared_corrected_and_proved(
    live_server, tmp_path, language
):
    platform, entry = agency(), make_release().entry
    make_seat(entry.provider, "steward", make_person(username="steward", password=PASSWORD))
    make_seat(platform, "steward", make_person(username="platform", password=PASSWORD))
    for username in ("citizen", "witness"):
        make_person(username=username, password=PASSWORD)
    kept, complaints = tmp_path / "evidence.json", []
    with browser() as chromium:
        site = live_server.url
        with (
            someone(chromium, site, complaints, accept_downloads=True) as citizen,
            someone(chromium, site, complaints) as steward,
            someone(chromium, site, complaints) as operator,
        ):
            case = report(citizen, f"/resources/{entry.slug}/")
            accept(steward)
            compare(operator)
            hear(steward, "witness")
            with someone(chromium, site, complaints) as witness:
                speak(witness)
            beside(lambda: make_release(entry))
            correct(steward)
            beside(sequencer.settle)
            citizen.goto(case)
            expect(citizen.get_by_role("main")).to_contain_text(said("属实，已更正"))
            with citizen.expect_download() as download:
                citizen.get_by_role("link", name=said("下载本件全部办理证据")).click()
            download.value.save_as(kept)
            citizen.goto("/doubts/")
            expect(citizen.get_by_role("heading", level=1)).to_have_count(1)
            expect(citizen.get_by_role("main")).to_contain_text(said("属实，已更正"))
            expect(citizen.get_by_role("main")).not_to_contain_text("统计年鉴")
    assert complaints == []
    found = bundle.parse(kept.read_bytes())
    assert bundle.check(found, note.parse_key(found.vkey)).faults == ()
    assert [leaf.payload["act"] for leaf in found.leaves] == [
        "delivery.doubt",
        "cases.accept",
        "cases.finish_step",
        "cases.hear_person",
        "cases.give_opinion",
        "cases.decide",
    ]
