"""Names in open data, in a real browser: refused, published on a ground, looked at, objected to."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_person, make_seat
from tests.stories.test_accounts import look
from tests.stories.test_application import enter
from tests.stories.test_whole_way import beside, browser, pytestmark, someone
from tests.stories.tongue import said
from tests.warehouse.makers import make_upload

from yelin.catalog.content import ItemContent
from yelin.ledger import sequencer
from yelin.warehouse.models import Upload

__all__ = ["pytestmark"]

DECISIONS = "决定书文号,当事人,处罚种类,处罚金额\n" + "".join(
    f"琼应急罚〔2026〕{n}号,{name},罚款,{n}000\n"
    for n, name in enumerate(("王海燕", "李国强", "陈秀英", "符建华", "吴文杰"), start=1)
)


@pytest.fixture
def decisions(transactional_db) -> Upload:
    entry = make_entry(
        title="行政处罚决定公开信息",
        summary="应急管理领域有一定社会影响的行政处罚决定。",
        items=(
            ItemContent(name="决定书文号", nullable=False, key=True),
            ItemContent(name="当事人"),
            ItemContent(name="处罚种类"),
            ItemContent(name="处罚金额", type="N", unit="元"),
        ),
    )
    make_seat(entry.provider, person=make_person("符经办", "steward"))
    make_seat(agency(), "officer", person=make_person("陈审核", "officer"))
    return make_upload(entry, DECISIONS, "行政处罚决定2026.csv")


def refused(page: Page) -> None:
    expect(page.get_by_role("main")).to_contain_text(said("本资源向社会无条件开放"))
    look(page, "grounds-asked")
    page.get_by_role("button", name=said("发布 5 行")).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("当事人")
    expect(alert).to_contain_text("王**")
    expect(alert).not_to_contain_text("王海燕")
    look(page, "grounds-refused")


def published(page: Page) -> None:
    page.locator("[name=ground-0-basis]").select_option("penalty")
    page.locator("[name=ground-0-says]").fill("《行政处罚法》第四十八条第一款")
    page.locator("[name=ground-0-standing]").check()
    page.get_by_role("button", name=said("发布 5 行")).click()
    expect(page.get_by_role("main")).to_contain_text("YL1-")
    look(page, "grounds-published")


def objected(page: Page, entry: str) -> None:
    enter(page, f"/desk/entries/{entry}/grounds/", "officer")
    look(page, "grounds-standing")
    page.get_by_text(said("提出异议", alone=True)).first.click()
    page.locator("[name=reason]").first.fill("社会影响有限，不应公开姓名")
    page.get_by_role("button", name=said("提出异议")).first.click()
    expect(page.get_by_role("main")).to_contain_text("社会影响有限，不应公开姓名")
    look(page, "grounds-objected")


@pytest.mark.duty("opening.persons")
def test_names_go_out_to_everyone_on_a_ground_that_everyone_reads(live_server, decisions, language):
    entry = decisions.entry
    complaints: list[str] = []
    with browser() as chromium:
        with someone(chromium, live_server.url, complaints) as page:
            enter(page, f"/desk/uploads/{decisions.pk}/", "steward")
            refused(page)
            published(page)
            beside(sequencer.settle)
        with someone(chromium, live_server.url, complaints) as stranger:
            stranger.goto(f"/resources/{entry.slug}/")
            expect(stranger.locator("#grounds")).to_contain_text("《行政处罚法》第四十八条第一款")
            look(stranger, "grounds-resource")
        with someone(chromium, live_server.url, complaints) as officer:
            objected(officer, str(entry.pk))
        with someone(chromium, live_server.url, complaints) as page:
            enter(page, f"/desk/entries/{entry.pk}/grounds/", "steward")
            expect(page.get_by_role("main")).to_contain_text("社会影响有限，不应公开姓名")
            look(page, "grounds-stating")
    # The browser itself tells of the page that was refused.
    assert all(re.search("422", each) for each in complaints)
