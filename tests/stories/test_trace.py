"""The whole way of a datum in a real browser: followed, proved, and a file known again."""

import re
from pathlib import Path

from playwright.sync_api import expect
from tests.delivery.makers import close, make_call, make_closed
from tests.gate.makers import make_grant
from tests.market.makers import make_arrangement
from tests.parties.makers import make_actor, make_enterprise, make_person, make_seat
from tests.stories.test_accounts import look
from tests.stories.test_application import enter
from tests.stories.test_whole_way import browser, pytestmark, someone
from tests.stories.tongue import CHINESE, said
from tests.warehouse.makers import PORTS, make_release

from yelin.ledger import sequencer

__all__ = ["pytestmark"]


def test_the_way_is_followed_from_the_file_to_who_had_it(live_server, language, tmp_path: Path):
    complaints: list[str] = []
    entry = make_closed()
    make_release(entry, "年份,海口港,代码\n2015,9105,010\n", mode="append")
    make_seat(entry.provider, person=make_person("林放", "ports"))
    firm = make_enterprise(name="海南乡野出行科技有限公司")
    called = firm.name if language == CHINESE else firm.name_en
    make_grant(firm, entry, purposes=["research"])
    make_arrangement(entry)
    make_call(make_actor(firm, "representative"), entry)
    close()
    sequencer.settle()
    sent = tmp_path / "ports.csv"
    sent.write_text(PORTS, encoding="utf-8")
    with browser() as chromium:
        with someone(chromium, live_server.url, complaints) as page:
            enter(page, f"/desk/entries/{entry.pk}/", "ports")
            page.get_by_role("link", name=said("全程追溯")).click()
            steps = page.locator("ol.acts > li")
            expect(steps.filter(has_text=said("汇聚的文件"))).to_have_count(2)
            had = steps.filter(has=page.get_by_text(said("交付"), exact=True))
            expect(had).to_contain_text(called)
            look(page, "trace-desk")
            # What a step came of is a click away, and so is what proves it.
            steps.filter(has_text=said("发布版本")).last.locator("a[href^='/ledger']").first.click()
            expect(page).to_have_url(re.compile("/ledger/leaves/YL1-"))
            page.goto("/verify/files/")
            page.locator("[name=file]").set_input_files(sent)
            page.get_by_role("button", name=said("查验")).click()
            expect(page.get_by_role("main")).to_contain_text("ports.csv")
            look(page, "file-found")
        with someone(chromium, live_server.url, complaints) as page:
            page.goto(f"/resources/{entry.slug}/trace/")
            page.get_by_role("link", name=said("查看全程追溯")).click()
            expect(page.get_by_role("main")).not_to_contain_text(called)
            expect(page.get_by_role("main")).to_contain_text(said("发布版本"))
            look(page, "trace-portal")
    assert complaints == []
