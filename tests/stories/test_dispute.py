"""A dispute in a real browser: refused, disputed, answered, mediated, settled, proved, rated."""

import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.catalog.makers import make_social
from tests.market.filing.makers import make_filed
from tests.market.makers import described, make_listing, make_platform, make_product
from tests.parties.makers import make_enterprise, make_person, make_seat
from tests.stories.test_accounts import look
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import browser, pytestmark, someone
from tests.stories.tongue import said
from tests.warehouse.makers import make_release

from yelin.ledger import log, sequencer
from yelin.market.acceptance import tasks
from yelin.market.dispute import proving
from yelin.market.dispute.models import Dispute

__all__ = ["pytestmark"]


def _traded(folder):
    """Make what was traded on a platform and waits for its buyer to look at it."""
    seller = make_enterprise(name="海口闸机科技有限公司")
    entry = make_release(make_social(seller, title="景区闸机客流", handing_over="own")).entry
    platform = make_platform(make_enterprise(name="海南数据交易运营有限公司"))
    product = make_product(seller, entry, **described(title="景区客流月报").model_dump())
    measures = [{"code": "02", "least": "98.5"}, {"code": "03", "least": "100"}]
    quality = {"measures": measures, "inspection_days": 10, "accepted_if": "各项得分不低于约定"}
    filing = make_filed(folder, make_listing(product, platform), quality=quality)
    tasks.inspect_trades()
    contract = filing.contract
    for body, login in (
        (contract.provider, "sells"),
        (contract.consumer, "buys"),
        (platform.operator, "runs"),
    ):
        make_seat(body, "representative", person=make_person(login, login))
    return contract


@pytest.mark.duty("dispute.mediate")
@pytest.mark.duty("dispute.answer")
def test_a_dispute_is_answered_mediated_and_settled(live_server, language, tmp_path):
    complaints: list[str] = []
    contract = _traded(tmp_path)
    listing = f"/market/listings/{contract.negotiation.listing.registration}/"
    paper = f"/contracts/{contract.number}/"
    with browser() as chromium:

        def as_(login, at):
            page = someone(chromium, live_server.url, complaints)
            return _Entered(page, login, at)

        with as_("buys", paper) as page:
            look(page, "dispute-contract")
            _refuse(page)
            at = _open(page, live_server.url)
        with as_("sells", at) as page:
            look(page, "dispute-to-answer")
            _write(page, "答复对方主张", "words", "七月设备检修，已补传数据。")
            _done(page, "答复已送达对方和调解方。")
        with as_("runs", "/desk/") as page:
            look(page, "dispute-desk")
            page.goto("/disputes/")
            look(page, "disputes")
            page.get_by_role("link", name=said("数据质量")).first.click()
            _write(page, "补充陈述", "words", "请双方就退款比例提出方案。")
            _done(page, "陈述已提交，各方均可查看。")
            look(page, "dispute-mediated")
        with as_("buys", at) as page:
            form = offer(page, said("提出和解方案"))
            form.locator("[name=dispute_propose-words]").fill("退还四分之一价款，十日内到账。")
            form.locator("[name=dispute_propose-sum]").fill("3200.00")
            form.locator("button").click()
            _done(page, "方案已提出，已告知对方。")
        with as_("sells", at) as page:
            look(page, "dispute-proposed")
            form = offer(page, said("接受和解方案"))
            form.locator("[name=dispute_accept-read]").check()
            form.locator("button").click()
            _done(page, "双方已达成和解。")
            look(page, "dispute-settled")
            page.get_by_role("link", name=said("在结算中登记退款或红字发票")).click()
            _refund(page)
            look(page, "dispute-refunded")
    sequencer.settle()
    assert Dispute.objects.get().state == "settled"
    _prove_and_rate(live_server.url, complaints, (at, paper, listing))
    assert [each for each in complaints if "422" not in each] == []


def _prove_and_rate(site: str, complaints: list[str], places: tuple[str, str, str]) -> None:
    at, paper, listing = places
    vkey = str(log.verifier_key())
    with browser() as chromium:
        with someone(chromium, site, complaints) as page:
            enter(page, at, "buys")
            with page.expect_download() as sent:
                page.get_by_role("link", name=said("下载证据包（ZIP）")).click()
            blob = Path(sent.value.path()).read_bytes()
            page.goto(paper)
            _end_and_rate(page)
            look(page, "dispute-rated")
        with someone(chromium, site, complaints) as page:
            enter(page, listing, "sells")
            look(page, "rating-to-answer")
            _write(page, "回应 2 星评价", "says", "已补齐数据并退款。")
            _done(page, "回应已显示在评价下方。")
            look(page, "rating-answered")
    assert proving.check(io.BytesIO(blob), vkey).faults == []


class _Entered:
    """Somebody's page, entered at an address."""

    def __init__(self, page, login, at) -> None:
        self._page, self._login, self._at = page, login, at

    def __enter__(self) -> Page:
        page = self._page.__enter__()
        enter(page, self._at, self._login)
        return page

    def __exit__(self, *error) -> None:
        self._page.__exit__(*error)


def _refuse(page: Page) -> None:
    form = offer(page, said("验收不合格"))
    form.locator("[name=trade_refuse-says]").fill("七月缺十一天")
    form.locator("button").click()
    look(page, "dispute-contract-refused")


def _open(page: Page, site: str) -> str:
    form = offer(page, said("提出争议"))
    form.locator("[name=dispute_open-about]").select_option("quality")
    for clause in ("quality", "price"):
        form.locator(f"[name=dispute_open-clauses][value={clause}]").check()
    form.locator("[name=dispute_open-words]").fill(
        "七月的数据缺少十一天，三次要求补正未果。请求退还相应价款，并补齐七月数据。"
    )
    form.locator("[name=dispute_open-sum]").fill("6400.00")
    look(page, "dispute-form")
    form.locator("button").click()
    _done(page, "争议已提出，已告知对方。")
    look(page, "dispute-opened")
    return page.url.removeprefix(site)


def _write(page: Page, title: str, name: str, words: str) -> None:
    form = offer(page, said(title))
    form.locator(f"textarea[name$='-{name}']").fill(words)
    form.locator("button").click()


def _end_and_rate(page: Page) -> None:
    _write(page, "解除合同", "reason", "双方和解后不再继续")
    _done(page, "合同已解除。")
    form = offer(page, said("评价本次交易"))
    form.locator("[name=trade_rate-stars]").select_option("2")
    form.locator("[name=trade_rate-says]").fill("数据有缺，退款及时。")
    form.locator("button").click()
    _done(page, "谢谢您的评分。")


def _refund(page: Page) -> None:
    # The link leads to the form, which opens.
    form = page.locator("aside details[open]")
    expect(form).to_be_visible()
    form.locator("[name=contract_record-what]").select_option("refund")
    fields = {"key": "T-1", "document": "回单0091", "amount": "3200.00", "tax": "0"}
    for name, value in fields.items():
        form.locator(f"[name=contract_record-{name}]").fill(value)
    form.locator("button").click()
    _done(page, "记录已保存。")


def _done(page: Page, words: str) -> None:
    expect(page.get_by_role("status").first).to_contain_text(said(words))
