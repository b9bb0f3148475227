"""A citizen hands in papers with an application; the officer opens them, and nobody else."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from tests.files.makers import pdf, photograph
from tests.opening.makers import make_conditional
from tests.parties.makers import make_body, make_person, make_seat
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import PASSWORD, browser, pytestmark, sign_in, someone

__all__ = ["pytestmark"]

# Its first bytes say what it is, whatever its name and type say.
PROGRAM = {"name": "说明.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(300)}


def fill(page: Page) -> None:
    """Say what is asked in the first two steps, and go on to the last."""
    page.get_by_label("数据用途").fill("研究港口与道路拥堵")
    page.get_by_label("应用场景").fill("硕士论文，单机分析")
    page.get_by_role("button", name="保存并继续").click()
    page.get_by_label("使用截止日期").fill("2099-12-31")
    page.get_by_label("安全保障措施").fill("加密硬盘，专人保管")
    page.get_by_role("button", name="保存并继续").click()


def papers(page: Page):
    return page.locator("#attachments li")


def hand_in(citizen: Page, resource: str, letter: bytes) -> str:
    """Apply, first with something that is not what it is called; return where the case is."""
    enter(citizen, f"{resource}apply/")
    fill(citizen)
    citizen.get_by_label("附件").set_input_files([PROGRAM])
    citizen.get_by_role("button", name="提交申请").click()
    expect(citizen.get_by_role("alert")).to_contain_text("说明.pdf：这是程序")
    expect(citizen.get_by_role("main")).to_contain_text("研究港口与道路拥堵")
    photo = photograph("海口市美兰区国兴大道六十九号")
    citizen.get_by_label("附件").set_input_files(
        [
            {"name": "单位证明.docx", "mimeType": "application/x", "buffer": letter},
            {"name": "学生证.jpg", "mimeType": "text/html", "buffer": photo},
        ]
    )
    citizen.get_by_role("button", name="提交申请").click()
    expect(citizen.get_by_role("status").first).to_contain_text("KF-")
    expect(papers(citizen)).to_have_count(2)
    expect(papers(citizen).first).to_contain_text("单位证明.pdf")
    assert re.search(r"/applications/KF-[\d-]+/$", citizen.url)
    return citizen.url


def answer(steward: Page, letter: bytes) -> None:
    """Write to the applicant, with a file."""
    form = offer(steward, "给对方留言")
    form.get_by_label("留言").fill("请签署所附承诺书后传回")
    form.get_by_label("附件").set_input_files(
        [{"name": "承诺书.pdf", "mimeType": "application/pdf", "buffer": letter}]
    )
    form.get_by_role("button", name="发送").click()
    expect(steward.get_by_role("status").first).to_contain_text("留言已发送")
    expect(papers(steward)).to_have_count(3)


@pytest.mark.long
@pytest.mark.duty("opening.apply", "security.store")
def test_papers_go_from_the_citizen_to_the_officer_and_to_nobody_else(live_server, tmp_path):
    provider = make_body(name="海南省交通运输厅", short_name="省交通运输厅")
    entry = make_conditional(provider)
    make_seat(provider, "steward", make_person(username="steward", password=PASSWORD))
    for username in ("citizen", "stranger"):
        make_person(username=username, password=PASSWORD)
    letter, kept = pdf(), tmp_path / "kept.pdf"
    complaints: list[str] = []
    with browser() as chromium:
        site = live_server.url
        with (
            someone(chromium, site, complaints, accept_downloads=True) as citizen,
            someone(chromium, site, complaints, accept_downloads=True) as steward,
            someone(chromium, site, complaints) as stranger,
        ):
            case = hand_in(citizen, f"/resources/{entry.slug}/", letter)

            sign_in(steward, "steward")
            steward.get_by_role("link", name=re.compile("^开放申请：")).first.click()
            with steward.expect_download() as download:
                papers(steward).get_by_role("link", name="单位证明.pdf").click()
            download.value.save_as(kept)
            assert download.value.suggested_filename == "单位证明.pdf"
            assert kept.read_bytes() == letter
            address = papers(steward).get_by_role("link", name="学生证.jpg").get_attribute("href")
            with Image.open(io.BytesIO(steward.request.get(address).body())) as picture:
                assert not picture.getexif()
            answer(steward, letter)

            # A stranger, signed in or not, finds nothing at either address.
            assert stranger.request.get(address).status == 404
            enter(stranger, "/applications/", "stranger")
            assert stranger.request.get(address).status == 404
            assert stranger.request.get(case).status == 404

            # What was sent by mistake is taken back for good.
            citizen.reload()
            mistake = papers(citizen).filter(has_text="学生证.jpg")
            mistake.get_by_text("删除").first.click()
            mistake.get_by_role("button", name="彻底删除").click()
            expect(citizen.get_by_role("status").first).to_contain_text("已彻底删除")
            expect(papers(citizen).filter(has_text="已删除的文件")).to_have_count(1)
            expect(papers(citizen).filter(has_text="承诺书.pdf")).to_have_count(1)
            assert steward.request.get(address).status == 410
    assert [each for each in complaints if not re.search("404|410|422", each)] == []


@pytest.mark.long
def test_a_form_with_files_is_sent_without_script_too(live_server):
    provider = make_body()
    entry = make_conditional(provider)
    make_person(username="citizen", password=PASSWORD)
    complaints: list[str] = []
    with (
        browser() as chromium,
        someone(chromium, live_server.url, complaints, java_script_enabled=False) as citizen,
    ):
        enter(citizen, f"/resources/{entry.slug}/apply/")
        fill(citizen)
        file = {"name": "证明.pdf", "mimeType": "application/pdf", "buffer": pdf()}
        citizen.get_by_label("附件").set_input_files([file])
        citizen.get_by_role("button", name="提交申请").click()
        expect(citizen.get_by_role("status").first).to_contain_text("KF-")
        expect(papers(citizen)).to_have_count(1)
    assert complaints == []
