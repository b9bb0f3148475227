"""Talking back in a real browser: a reuse, a comment, a follower, a complaint that stops data."""

import pytest
from playwright.sync_api import Page, expect
from tests.catalog.makers import agency
from tests.files.makers import picture
from tests.parties.makers import make_person, make_seat
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import PASSWORD, beside, browser, pytestmark, sign_in, someone
from tests.stories.tongue import CHINESE, said
from tests.warehouse.makers import make_release

from yelin.talking import tasks

__all__ = ["pytestmark"]


def show_reuse(page: Page, resource: str) -> str:
    enter(page, resource)
    page.get_by_role("link", name=said("关注、评分、评论")).click()
    page.get_by_role("link", name=said("提交利用成果")).click()
    page.get_by_label(said("成果名称")).fill("港口繁忙指数")
    page.get_by_label(said("成果类型")).select_option("visual")
    page.get_by_label(said("是什么、有何用处")).fill("按月比较各港口吞吐量。")
    page.locator("input[type=file]").set_input_files(
        {"name": "chart.png", "mimeType": "image/png", "buffer": picture("PNG", (320, 180))}
    )
    page.get_by_role("button", name=said("提交利用成果")).click()
    expect(page.get_by_role("main")).to_contain_text(said("等待审核"))
    return page.url


def approve(page: Page) -> None:
    sign_in(page, "officer")
    page.get_by_role("link", name=said("互动审核")).click()
    page.get_by_role("link", name="港口繁忙指数").click()
    offer(page, said("对外展示")).get_by_role("button", name=said("对外展示")).click()
    expect(page.locator("aside")).to_contain_text(said("在首页推荐"))


def comment_and_follow(page: Page, resource: str) -> None:
    page.goto(f"{resource}talk/")
    expect(page.get_by_role("main")).to_contain_text("港口繁忙指数")
    page.get_by_role("button", name=said("关注该资源")).click()
    expect(page.get_by_role("button", name=said("已关注：取消关注"))).to_be_visible()
    page.get_by_label(said("4：有用")).check()
    page.get_by_role("button", name=said("评分"), exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(said("1 人评分"))
    page.locator("summary").filter(has_text=said("撰写评论")).click()
    page.get_by_label(said("您的评论")).fill("希望按月更新")
    page.get_by_role("button", name=said("提交评论")).click()
    expect(page.get_by_role("main")).to_contain_text(said("等待审核"))


def let_stand_and_answer(officer: Page, steward: Page, resource: str) -> None:
    officer.goto("/desk/talk/")
    officer.locator("summary").filter(has_text=said("予以展示")).first.click()
    officer.get_by_role("button", name=said("予以展示")).first.click()
    expect(officer.get_by_role("main")).to_contain_text(said("没有等待审核的内容"))
    sign_in(steward, "steward")
    steward.goto(f"{resource}talk/")
    steward.locator("summary").filter(has_text=said("代表本单位答复")).click()
    steward.get_by_label(said("答复"), exact=True).fill("自下月起按月更新")
    steward.get_by_role("button", name=said("提交答复")).click()
    expect(steward.get_by_role("main")).to_contain_text("自下月起按月更新")


def complain(page: Page, resource: str) -> None:
    page.goto(resource)
    page.get_by_role("link", name=said("涉及您的权益？提出申诉")).click()
    page.get_by_label(said("商业秘密")).check()
    page.get_by_label(said("您的哪项权益受到影响")).fill("来自本公司未公开的报表")
    page.get_by_role("button", name=said("提交申诉")).click()
    expect(page.get_by_role("status").first).to_contain_text("QY-")


def stop(page: Page) -> None:
    page.goto("/desk/")
    page.get_by_role("link", name=said("权益申诉：")).first.click()
    offer(page, said("立即中止提供数据")).get_by_role("button", name=said("中止提供")).click()
    expect(page.locator("aside")).to_contain_text(said("恢复提供数据"))


@pytest.mark.long
@pytest.mark.duty("reuse.show", "talk.say", "rights.complain")
def test_a_citizen_shows_comments_follows_and_complains(live_server, language):
    platform, entry = agency(), make_release().entry
    make_seat(platform, "officer", make_person(username="officer", password=PASSWORD))
    make_seat(entry.provider, "steward", make_person(username="steward", password=PASSWORD))
    make_person(username="citizen", password=PASSWORD)
    resource, complaints = f"/resources/{entry.slug}/", []
    with browser() as chromium:
        site = live_server.url
        with (
            someone(chromium, site, complaints) as citizen,
            someone(chromium, site, complaints) as officer,
            someone(chromium, site, complaints) as steward,
        ):
            show_reuse(citizen, resource)
            approve(officer)
            comment_and_follow(citizen, resource)
            let_stand_and_answer(officer, steward, resource)
            beside(lambda: make_release(entry))
            beside(tasks.look_for_news)
            complain(citizen, resource)
            stop(officer)
            citizen.goto(resource)
            expect(citizen.get_by_role("main")).to_contain_text(said("权益申诉正在核查"))
            citizen.goto("/complaints/")
            expect(citizen.get_by_role("main")).to_contain_text("QY-")
            expect(citizen.get_by_role("main")).not_to_contain_text("未公开的报表")
            citizen.goto("/answering/")
            name = entry.provider.name if language == CHINESE else entry.provider.name_en
            expect(citizen.get_by_role("main")).to_contain_text(name)
    assert complaints == []
