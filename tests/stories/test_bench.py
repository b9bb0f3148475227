"""The bench in a real browser: classified, searched, written, measured, certified, taken along."""

import pytest
from playwright.sync_api import Page, expect
from tests.parties.makers import make_person, make_seat
from tests.privacy.workbench.makers import make_source, make_target
from tests.stories.test_accounts import look
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import beside, browser, pytestmark, someone
from tests.stories.tongue import said

from yelin.ledger import sequencer
from yelin.parties.actor import Actor
from yelin.privacy.workbench import tasks
from yelin.privacy.workbench.models import Deidentification
from yelin.warehouse import acts as warehouse
from yelin.warehouse import tasks as preparing
from yelin.warehouse.models import Upload

__all__ = ["pytestmark"]

ROLES = ("direct", "quasi", "quasi", "quasi", "sensitive")
BECOMES = ("", "flat", "numbers", "divisions", "")


def classify(page: Page) -> None:
    """Say of each item what it is; what is left open is named."""
    expect(page.get_by_role("main")).to_contain_text(said("求解之前须先处理"))
    look(page, "bench-unclassified")
    for place, (role, becomes) in enumerate(zip(ROLES, BECOMES, strict=True)):
        page.locator(f"[name=columns-role{place}]").select_option(role)
        page.locator(f"[name=columns-becomes{place}]").select_option(becomes)
    page.locator("[name=columns-detail2]").fill("5 10 20")
    page.locator("#columns").get_by_role("button", name=said("保存")).click()
    page.goto(f"{page.url}?item=年龄")
    look(page, "bench-classified")


def go_on(page: Page, title: str, done: str) -> None:
    form = offer(page, said(title))
    form.locator("button").click()
    expect(page.get_by_role("status").first).to_contain_text(said(done))


def publish(steward: Actor) -> None:
    work = Deidentification.objects.get()
    tasks.write(str(work.pk))
    work = Deidentification.objects.get()
    preparing.prepare(upload=str(work.upload_id))
    upload = Upload.objects.get(pk=work.upload_id)
    warehouse.publish(actor=steward, entry=work.entry, upload=upload, without_rejected=False)


@pytest.mark.long
def test_a_release_is_made_one_by_which_nobody_is_told(live_server, language):
    complaints: list[str] = []
    source = make_source()
    to = make_target(source.entry)
    seat = make_seat(source.entry.provider, person=make_person("符脱敏", "bench"))
    with browser() as chromium, someone(chromium, live_server.url, complaints) as page:
        enter(page, "/desk/deidentification/", "bench")
        look(page, "bench-empty")
        form = offer(page, said("从一个版本开始"))
        form.locator("[name=begin-entry]").select_option(str(source.entry.pk))
        form.locator("[name=begin-number]").fill("1")
        form.locator("[name=begin-to]").select_option(str(to.pk))
        form.locator("[name=begin-sharing]").select_option("controlled")
        form.locator("button").click()
        classify(page)
        go_on(page, "求最优层级", "求解已开始。")
        look(page, "bench-searching")
        beside(lambda: tasks.search(_work()))
        page.goto(page.url)
        expect(page.get_by_role("main")).to_contain_text(said("各信息项的信息保留情况"))
        look(page, "bench-found")
        go_on(page, "生成数据", "数据正在生成。")
        beside(lambda: publish(Actor.of(seat)))
        page.goto(page.url)
        go_on(page, "度量已发布内容", "正在度量。")
        beside(lambda: tasks.measure(_work()))
        page.goto(page.url)
        look(page, "bench-measured")
        go_on(page, "出具证书", "证书已出具。")
        look(page, "bench-certified")
        beside(sequencer.settle)
        page.get_by_role("main").get_by_role("link", name="QB-").click()
        expect(page.get_by_role("main")).to_contain_text(said("本证书有效"))
        look(page, "certificate")
        with page.expect_download() as sent:
            page.get_by_role("link", name=said("带签章的 PDF")).click()
        assert sent.value.suggested_filename.startswith("QB-")
    assert complaints == []


def _work() -> str:
    return str(Deidentification.objects.get().pk)
