"""What the market refuses, as its users meet it: each refusal with its words and its article."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from playwright.sync_api import Page, expect
from tests.catalog.makers import make_social
from tests.market.contract.makers import make_negotiation, terms
from tests.market.filing.makers import make_filed
from tests.market.makers import make_arrangement, make_listing, make_product
from tests.opening.makers import make_conditional
from tests.parties.makers import (
    make_actor,
    make_enterprise,
    make_person,
    make_representative,
    make_seat,
)
from tests.privacy.workbench.makers import (
    actor_of,
    brought,
    make_certificate,
    make_firm_work,
    people,
)
from tests.stories.test_accounts import look
from tests.stories.test_application import enter, offer
from tests.stories.test_trade import _accept as accept
from tests.stories.test_whole_way import browser, pytestmark, someone
from tests.stories.tongue import said
from tests.warehouse.makers import make_release

from yelin.catalog.models import Entry
from yelin.gate.giving import hold
from yelin.law import clock, duties
from yelin.market.contract import acts
from yelin.market.contract.models import Negotiation
from yelin.market.filing import tasks
from yelin.market.listing import acts as listings
from yelin.parties.models import Body
from yelin.warehouse import acts as warehouse

__all__ = ["pytestmark"]


ARTICLE_39 = re.compile("第三十九条|Article 39")
OWN = "可以交易的是：本单位自有数据、无条件开放的数据，以及授权可交易的数据。"
CERTIFIED = (
    "可以交易的只有：不涉及任何个人或单位的数据，持有与该交付方式相应且有效的去标识化证书的数据，"
    "或者每一数据主体均已授权的数据。"
)


def refused(page: Page, words: str, article: re.Pattern[str] | None = None) -> None:
    """See that the page says why, and by which article."""
    expect(page.get_by_role("main")).to_contain_text(said(words))
    if article:
        expect(page.get_by_role("main")).to_contain_text(article)


@pytest.mark.duty("trade.lawful")
def test_what_may_not_be_traded_is_refused_with_its_reason(live_server, language):
    complaints: list[str] = []
    certificate = make_certificate(make_firm_work(sharing="controlled"))
    clean = certificate.release.entry
    raw = certificate.source.entry
    lapsed = make_listing(make_product(clean.provider, clean, title="会员画像"))
    product = make_product(clean.provider, clean, title="会员明细")
    runs = lapsed.platform.operator
    listings.suspend(actor=make_representative(runs), listing=lapsed, reason="例行核查")
    actor = actor_of(clean)
    warehouse.publish(
        actor=actor, entry=clean, upload=brought(actor, clean, people(60)),
        without_rejected=True, as_changed=True,
    )  # fmt: skip
    reseller, entry = make_enterprise(), make_release(make_conditional(title="公交客流")).entry
    make_arrangement(entry, operator=reseller, trades=False)
    resold = make_product(reseller)
    for body, login in ((clean.provider, "sells"), (runs, "runs"), (reseller, "resells")):
        make_seat(body, "representative", person=make_person(login, login))
    with browser() as chromium:

        def as_():
            return someone(chromium, live_server.url, complaints)

        with as_() as page:
            enter(page, f"/market/products/{product.number}/", "sells")
            _name(page, raw)
            refused(page, CERTIFIED, ARTICLE_39)
            look(page, "refused-no-certificate")
        with as_() as page:
            enter(page, f"/market/listings/{lapsed.registration}/", "runs")
            offer(page, said("恢复挂牌")).locator("button").click()
            refused(page, CERTIFIED, ARTICLE_39)
            look(page, "refused-lapsed-certificate")
        with as_() as page:
            enter(page, f"/market/products/{resold.number}/", "resells")
            _name(page, entry)
            refused(page, OWN, ARTICLE_39)
            look(page, "refused-resale")
    assert [each for each in complaints if "422" not in each and "403" not in each] == []


def _name(page: Page, entry: Entry) -> None:
    form = offer(page, said("列入来源条目"))
    form.locator("[name=market_add_source-entry]").fill(entry.code)
    form.locator("button").click()


@pytest.mark.duty("contract.whole")
def test_what_was_changed_left_open_or_barred_is_not_agreed(live_server, language, tmp_path):
    complaints: list[str] = []
    seller, buyer = make_enterprise(), make_enterprise()
    sides = seller, buyer, *(make_actor(each, "representative") for each in (seller, buyer))
    for body, login in ((seller, "sells"), (buyer, "buys")):
        make_seat(body, "representative", person=make_person(login, login))
    altered = make_negotiation(sides, terms=terms(seller, buyer))
    open_ = make_negotiation(sides, terms=terms(seller, buyer, price=None))
    with browser() as chromium:

        def as_():
            return someone(chromium, live_server.url, complaints)

        with as_() as page:
            enter(page, f"/negotiations/{open_.number}/", "sells")
            accept(page)
            refused(page, "请写明价款，或者写明免费。")
            look(page, "refused-missing-term")
        with as_() as page:
            enter(page, f"/negotiations/{altered.number}/", "sells")
            expect(page.get_by_role("main")).to_contain_text(re.compile("12,?800.00"))
            with ThreadPoolExecutor(1) as apart:
                # Meanwhile a colleague of theirs asks for less, and the buyer for less than that.
                apart.submit(_offered_anew, altered, sides).result()
            accept(page)
            refused(page, "现行的是另一份要约，与您承诺的不同，请重新阅读。")
            look(page, "refused-altered-offer")
            # What stands now is on the page, and is agreed to once it has been read.
            page.locator("[name=contract_accept-read]").check()
            page.get_by_role("button", name=said("承诺"), exact=True).click()
            expect(page.get_by_role("status").first).to_contain_text(
                said("合同已拟定，请双方签署。")
            )
        with ThreadPoolExecutor(1) as apart:
            apart.submit(_bar, buyer).result()
        with as_() as page:
            enter(page, "/negotiations/new/", "buys")
            expect(page.get_by_role("main")).to_contain_text("列入限制名单")
            look(page, "refused-barred-party")
    assert [each for each in complaints if "422" not in each and "403" not in each] == []


def _bar(body: Body) -> None:
    with transaction.atomic():
        hold(body, duty=duties.GOVERN, reason="列入限制名单")
    connection.close()


def _offered_anew(negotiation: Negotiation, sides) -> None:
    seller, buyer, sells, buys = sides
    for actor, amount in ((sells, "12000.00"), (buys, "9000.00")):
        negotiation.refresh_from_db()
        price = terms(seller, buyer).price.model_dump(mode="json") | {"amount": amount}
        acts.offer(actor=actor, negotiation=negotiation, terms=terms(seller, buyer, price=price))
    connection.close()


@pytest.mark.duty("trade.lawful")
def test_a_contract_that_has_run_out_gives_nothing_more(live_server, language, tmp_path):
    complaints: list[str] = []
    seller = make_enterprise()
    entry = make_release(make_social(seller, title="景区闸机客流", handing_over="own")).entry
    contract = make_filed(tmp_path, make_listing(make_product(seller, entry))).contract
    make_seat(contract.consumer, "representative", person=make_person("buys", "buys"))
    with browser() as chromium, someone(chromium, live_server.url, complaints) as page:
        enter(page, f"/resources/{entry.slug}/", "buys")
        expect(page.get_by_role("main")).to_contain_text("景区闸机客流")
    with clock.standing_at(clock.end_of(contract.until)):
        tasks.watch_trades()
        with browser() as chromium, someone(chromium, live_server.url, complaints) as page:
            enter(page, f"/contracts/{contract.number}/", "buys")
            expect(page.get_by_role("main")).to_contain_text(said("已终止"))
            assert page.goto(f"/resources/{entry.slug}/").status == 404
    assert [each for each in complaints if "404" not in each] == []
