"""In a real browser a seller looks after what a buyer's connector takes under a contract."""

import pytest
from playwright.sync_api import expect
from tests.catalog.makers import make_social
from tests.market.makers import make_listing, make_product
from tests.market.transfer.makers import again, make_running, make_started, program
from tests.parties.makers import make_enterprise, make_person, make_seat
from tests.stories.test_accounts import look
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import browser, pytestmark, someone
from tests.stories.tongue import said
from tests.warehouse.makers import make_release

from yelin.market.transfer import acts

__all__ = ["pytestmark"]


@pytest.mark.duty("contract.whole")
def test_a_seller_stops_what_a_connector_takes_and_lets_it_go_on(live_server, language, tmp_path):
    complaints: list[str] = []
    seller = make_enterprise(name="海口闸机科技有限公司")
    entry = make_release(make_social(seller, title="景区客流", handing_over="own")).entry
    contract = make_running(tmp_path, make_listing(make_product(seller, entry)))
    ended, running = make_started(contract), make_started(contract)
    acts.complete(actor=program(contract.consumer), transfer=ended)
    make_seat(seller, "representative", person=make_person("sells", "sells"))
    with browser() as chromium, someone(chromium, live_server.url, complaints) as page:
        enter(page, f"/contracts/{contract.number}/", "sells")
        taken = page.locator("#transfers")
        expect(taken.locator("li")).to_have_count(2)
        expect(taken).to_contain_text(said("可获取数据"))
        look(page, "contract-transfers")
        form = offer(page, said("暂停传输"))
        form.get_by_label(said("原因")).fill("例行维护")
        form.get_by_role("button", name=said("暂停", alone=True)).click()
        expect(taken).to_contain_text(said("已暂停"))
        expect(taken).to_contain_text("例行维护")
        look(page, "contract-transfer-suspended")
        goes_on = offer(page, said("恢复传输"))
        goes_on.get_by_role("button", name=said("恢复", alone=True)).click()
        expect(taken).not_to_contain_text(said("已暂停"))
    assert again(running).begun == 2
    assert complaints == []
