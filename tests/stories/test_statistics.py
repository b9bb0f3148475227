"""Statistics in a real browser: planned, counted, written, looked at, certified."""

import pytest
from playwright.sync_api import expect
from tests.parties.makers import make_person, make_seat
from tests.privacy.workbench.tables import make_people, make_table_entry
from tests.stories.test_accounts import look
from tests.stories.test_application import enter, offer
from tests.stories.test_bench import go_on, publish
from tests.stories.test_whole_way import beside, browser, pytestmark, someone
from tests.stories.tongue import said

from yelin.ledger import sequencer
from yelin.parties.actor import Actor
from yelin.privacy.workbench import tasks
from yelin.privacy.workbench.models import Deidentification

__all__ = ["pytestmark"]


@pytest.mark.long
def test_a_release_is_made_a_table_of_which_no_small_cell_is_told(live_server, language):
    complaints: list[str] = []
    source = make_people()
    to = make_table_entry(source.entry)
    seat = make_seat(source.entry.provider, person=make_person("符统计", "tables"))
    with browser() as chromium, someone(chromium, live_server.url, complaints) as page:
        enter(page, "/desk/deidentification/", "tables")
        form = offer(page, said("从一个版本开始"))
        form.locator("[name=begin-entry]").select_option(str(source.entry.pk))
        form.locator("[name=begin-number]").fill("1")
        form.locator("[name=begin-to]").select_option(str(to.pk))
        form.locator("[name=begin-makes]").select_option("statistics")
        form.locator("[name=begin-sharing]").select_option("controlled")
        form.locator("button").click()
        expect(page.get_by_role("main")).to_contain_text(said("请至少指定一个统计维度。"))
        page.locator("[name=table-name0]").select_option("区划")
        page.locator("[name=table-name1]").select_option("病种")
        page.locator("#table").get_by_role("button", name=said("保存")).click()
        look(page, "statistics-planned")
        go_on(page, "统计并保护", "统计已开始。")
        look(page, "statistics-counting")
        beside(lambda: tasks.search(_work()))
        page.goto(page.url)
        expect(page.get_by_role("main")).to_contain_text(said("拟公布的统计表"))
        cell = page.locator(".statistics td.cell-few").first
        expect(cell).to_contain_text(said("不公布：数量过小"))
        look(page, "statistics-found")
        go_on(page, "生成统计表", "统计表正在生成。")
        beside(lambda: publish(Actor.of(seat)))
        page.goto(page.url)
        go_on(page, "审核已发布内容", "正在审核。")
        beside(lambda: tasks.measure(_work()))
        page.goto(page.url)
        look(page, "statistics-measured")
        go_on(page, "出具证书", "证书已出具。")
        beside(sequencer.settle)
        page.get_by_role("main").get_by_role("link", name="QB-").click()
        expect(page.get_by_role("main")).to_contain_text(said("本证书有效"))
        look(page, "statistics-certificate")
    assert complaints == []


def _work() -> str:
    return str(Deidentification.objects.get().pk)
