"""A trade in a real browser: offered, bargained over, signed by both, filed, delivered, settled."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.catalog.makers import make_social
from tests.keys.signers import certificate_of, signature
from tests.market.contract.makers import make_certificate, terms
from tests.market.makers import described, make_listing, make_member, make_product, offered
from tests.parties.makers import make_actor, make_enterprise, make_person, make_seat
from tests.stories.test_accounts import look
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import browser, pytestmark, someone
from tests.stories.tongue import said
from tests.warehouse.makers import make_release
from tests.web.test_contracts import written

from yelin.ledger import sequencer
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Standing
from yelin.market.filing import tasks

__all__ = ["pytestmark"]


@pytest.mark.duty("contract.whole")
@pytest.mark.duty("trade.file")
def test_two_enterprises_bargain_sign_trade_and_settle(live_server, language, tmp_path):
    complaints: list[str] = []
    seller = make_enterprise(name="海口闸机科技有限公司")
    buyer = make_enterprise(name="三亚旅游规划有限公司")
    entry = make_release(make_social(seller, title="景区闸机客流", handing_over="own")).entry
    listing = make_listing(
        make_product(seller, entry, **described(title="景区客流月报").model_dump()),
        **offered(price_mode="fixed", amount="1280.00", delivery=("file",)).model_dump(),
    )
    make_member(listing.platform, buyer, "buyer")
    keys = {body.credit_code: certificate_of(body.credit_code) for body in (seller, buyer)}
    for body, login in ((seller, "sells"), (buyer, "buys")):
        make_seat(body, "representative", person=make_person(login, login))
        make_certificate(body, make_actor(body, "representative"), keys[body.credit_code])
    wanted = written(terms(seller, buyer, delivery={"ways": ["file"], "within_days": 3}))
    # What the listing says of the data stands there already; the price is left open at first.
    wanted = {n: value for n, value in wanted.items() if n.split("-")[0] not in {"matter", "price"}}
    open_price = {"price-mode": "", "price-amount": ""}
    price = {"price-mode": "fixed", "price-amount": "1280.00", "price-payment": "验收后付清"}
    with browser() as chromium:

        def as_():
            return someone(chromium, live_server.url, complaints)

        with as_() as page:
            enter(page, f"/market/listings/{listing.registration}/", "buys")
            _ask(page, open_price | wanted)
        with as_() as page:
            enter(page, "/negotiations/", "sells")
            _bargain(page, price)
        with as_() as page:
            enter(page, "/negotiations/", "buys")
            page.get_by_role("link", name="景区客流月报").first.click()
            _accept(page)
            _done(page, "合同已拟定，请双方签署。")
            at = page.url.removeprefix(live_server.url)
            look(page, "contract-drawn")
            _sign(page, tmp_path, buyer, keys)
        with as_() as page:
            enter(page, at, "sells")
            _sign(page, tmp_path, seller, keys)
            look(page, "contract-signed")
        with as_() as page:
            enter(page, at, "buys")
            # What is not on file yet gives nothing, and nobody learns that it is there.
            assert page.goto(f"/resources/{entry.slug}/").status == 404
    tasks.file_trades()
    sequencer.settle()
    assert Contract.objects.get().standing == Standing.IN_FORCE
    _have_and_settle(live_server.url, complaints, at, f"/resources/{entry.slug}/")
    assert [each for each in complaints if "422" not in each and "404" not in each] == []


def _have_and_settle(site: str, complaints: list[str], at: str, resource: str) -> None:
    with browser() as chromium:
        with someone(chromium, site, complaints) as page:
            enter(page, at, "sells")
            expect(page.get_by_role("main")).to_contain_text("BA-")
            _record(page, "invoice", "2026-1", "发票25467")
            look(page, "contract-in-force")
            page.get_by_role("link", name=said("查看全程追溯")).click()
            expect(page.locator(".acts .next")).to_contain_text("HT-")
            expect(page.locator(".acts")).to_contain_text("HT-2026-000001")
            look(page, "way-of-contract")
        with someone(chromium, site, complaints) as page:
            enter(page, at, "buys")
            _record(page, "payment", "2026-1", "回单0091")
            expect(page.get_by_role("main")).to_contain_text("0.00 CNY")
            page.goto(resource)
            expect(page.get_by_role("main")).to_contain_text("景区闸机客流")
        with someone(chromium, site, complaints) as page:
            page.goto("/market/trades/")
            expect(page.get_by_role("main")).not_to_contain_text("三亚旅游规划有限公司")
            look(page, "trades")
            page.goto("/market/")
            page.get_by_role("link", name="景区客流月报").first.click()
            look(page, "listing")


def _ask(page: Page, wanted: dict[str, object]) -> None:
    page.get_by_role("link", name=said("发出要约")).click()
    _write(page, wanted)
    look(page, "offer")
    page.get_by_role("main").get_by_role("button", name=said("发出要约")).click()
    _done(page, "要约已发出。")


def _bargain(page: Page, price: dict[str, object]) -> None:
    look(page, "negotiations")
    page.get_by_role("link", name="景区客流月报").first.click()
    # One of the four terms that the law names is open.
    _accept(page)
    expect(page.get_by_role("main")).to_contain_text(said("请写明价款，或者写明免费。"))
    look(page, "negotiation")
    page.get_by_role("link", name=said("提出反要约")).click()
    _write(page, price)
    page.get_by_role("button", name=said("查看改动")).click()
    look(page, "counter-offer")
    page.get_by_role("main").get_by_role("button", name=said("发出反要约")).click()
    _done(page, "反要约已发出。")


def _accept(page: Page) -> None:
    form = offer(page, said("承诺此要约"))
    form.locator("[name=contract_accept-read]").check()
    form.locator("button").click()


def _write(page: Page, fields: dict[str, object]) -> None:
    for name, value in fields.items():
        field = page.locator(f"main form [name='{name}']")
        if isinstance(value, list):
            for each in value:
                page.locator(f"main form [name='{name}'][value='{each}']").check()
        elif field.first.get_attribute("type") == "checkbox":
            field.check()
        elif field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(str(value))


def _sign(page: Page, folder: Path, body, keys) -> None:
    with page.expect_download() as sent:
        page.get_by_role("link", name=said("下载合同（PDF）")).click()
    paper = Path(sent.value.path()).read_bytes()
    code = body.credit_code
    # A thread of its own has no loop running, as the browser's has.
    with ThreadPoolExecutor(1) as apart:
        words = apart.submit(signature, folder, code, keys[code], paper).result()
    file = folder / f"{code}.p7s"
    file.write_text(words)
    form = offer(page, said("上传签名"))
    form.locator("[type=file]").set_input_files(file)
    form.locator("button[name=do]").click()
    _done(page, "签名有效，已保存。")


def _record(page: Page, what: str, key: str, document: str) -> None:
    form = offer(page, said("记录发票或付款"))
    form.locator("[name=contract_record-what]").select_option(what)
    for name, value in {"key": key, "document": document, "amount": "1280.00", "tax": "0"}.items():
        form.locator(f"[name=contract_record-{name}]").fill(value)
    form.locator("button").click()
    _done(page, "记录已保存。")


def _done(page: Page, words: str) -> None:
    expect(page.get_by_role("status").first).to_contain_text(said(words))
