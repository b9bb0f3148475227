"""The data market on its pages and by REST: platforms, products, reviews, what everyone sees."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import agency, make_entry, make_social
from tests.market.makers import make_listing, make_member, make_offer, make_platform, make_product
from tests.parties.makers import make_enterprise, make_seat
from tests.warehouse.makers import make_release
from tests.web.makers import sign_in, text_of

from yelin.law import clock
from yelin.market.listing import acts
from yelin.market.listing.models import Listing, Product
from yelin.market.platform.models import Membership, Platform, RuleKind
from yelin.parties.models import Body

pytestmark = [pytest.mark.django_db, pytest.mark.duty("trade.disclose")]


def as_someone_of(client, body: Body) -> None:
    sign_in(client, make_seat(body, "officer" if body.is_official else "representative"))


def sent(act: str, key: str = "", **fields) -> dict[str, object]:
    name = key or act
    prefix = name.replace(".", "_")
    return {"do": name} | {f"{prefix}-{field}": value for field, value in fields.items()}


@pytest.mark.duty("trade.supervise")
@pytest.mark.duty("trade.rules")
def test_a_platform_is_admitted_publishes_its_rules_and_lets_others_take_part(client):
    operator, firm, today = make_enterprise(), make_enterprise(), clock.today().isoformat()
    admit = sent(
        "market.admit_platform",
        operator=operator.credit_code,
        title="海南数据交易平台",
        basis="琼数〔2026〕3号",
    )
    as_someone_of(client, firm)
    assert client.post("/market/platforms/", admit).status_code == 403
    as_someone_of(client, agency())
    assert (
        client.post("/market/platforms/", admit | {"market_admit_platform-title": ""}).status_code
        == 422
    )
    assert client.post("/market/platforms/", admit).status_code == 302
    platform = Platform.objects.get()
    url = f"/market/platforms/{platform.number}/"
    as_someone_of(client, operator)
    for kind in RuleKind:
        rules = sent(
            "market.publish_rules", kind=kind.value, text="## 一、总则\n\n自愿、公平。", since=today
        )
        assert client.post(url, rules).status_code == 302
    page = client.get(f"{url}rules/trading/1/")
    assert "自愿、公平" in text_of(page)
    assert "一、总则" in page.content.decode()
    as_someone_of(client, firm)
    join = sent("market.join", capacity="supplier")
    assert client.post(url, join).status_code == 422
    assert client.post(url, join | {"market_join-agreed": "on"}).status_code == 302
    asked = Membership.objects.get()
    client.logout()
    assert firm.name not in text_of(client.get(url))
    as_someone_of(client, operator)
    assert client.post(url, sent("market.admit", f"admit-{asked.pk}")).status_code == 302
    client.logout()
    assert firm.name in text_of(client.get(url))


def test_a_product_is_described_sourced_offered_reviewed_and_found_by_everyone(client):
    firm = make_enterprise()
    entry = make_release(make_social(firm, title="内部客流明细", handing_over="own")).entry
    platform = make_platform()
    make_member(platform, firm)
    as_someone_of(client, firm)
    described = sent(
        "market.make_product", kind="dataset", title="景区客流月报", summary="按景区按月",
        source="自有闸机", rights="依法持有", serves="旅游规划", keywords="客流、景区",
    )  # fmt: skip
    assert client.post("/market/products/", described).status_code == 302
    product = Product.objects.get()
    url = f"/market/products/{product.number}/"
    other = make_release(make_social(handing_over="own")).entry
    refused = client.post(url, sent("market.add_source", entry=other.code))
    assert refused.status_code == 422
    assert client.post(url, sent("market.add_source", entry=entry.code)).status_code == 302
    offer = sent(
        "market.offer", platform=platform.pk, price_mode="per_call", amount="0.01",
        currency="CNY", unit="次", delivery=["file", "compute"], sample_rows=2,
        sample_masked="海口港", until=(clock.today() + timedelta(days=30)).isoformat(),
    )  # fmt: skip
    made = client.post(url, offer)
    listing = Listing.objects.get()
    at = f"/market/listings/{listing.pk}/"
    assert made["Location"] == at
    assert client.post(at, sent("market.submit")).status_code == 302
    assert "景区客流月报" not in text_of(client.get("/market/"))
    for level in ("technical", "legal"):
        as_someone_of(client, platform.operator)
        assert "景区客流月报" in text_of(client.get(f"/market/platforms/{platform.number}/"))
        lacking = client.post(at, sent("market.review", passes="yes", ticked=[], reason=""))
        assert lacking.status_code == 422
        points = acts.CHECKLIST[level]
        passed = sent("market.review", passes="yes", ticked=list(points), reason="")
        assert client.post(at, passed).status_code == 302
    client.logout()
    listing.refresh_from_db()
    listed = text_of(client.get("/market/"))
    assert "景区客流月报" in listed
    assert "0.01 CNY／次" in listed
    page = client.get(f"/market/listings/{listing.registration}/")
    shown = text_of(page)
    assert entry.title not in shown
    assert "•••" in shown
    for words in (listing.query_code, firm.name, "依法持有", "合规审查", "平台内计算"):
        assert words in shown
    assert "终止挂牌" not in shown
    for query, there in ((listing.query_code, True), ("景區客流", True), ("闸机", False)):
        assert ("景区客流月报" in text_of(client.get("/market/", {"q": query}))) is there
    told = client.get(f"/api/v1/market/listings/{listing.registration}").json()
    assert (told["amount"], told["delivery"], told["resources"]) == (
        "0.01",
        ["file", "compute"],
        [],
    )
    found = client.get("/api/v1/market/listings", {"delivery": "compute", "q": "客流"}).json()
    assert (found["total"], found["items"]) == (1, [told])
    assert client.get("/api/v1/market/listings", {"delivery": "api"}).json()["total"] == 0


def test_drafts_products_and_what_awaits_review_are_hidden_from_everyone_else(client):
    offer = make_offer()
    for seat in (None, make_seat(), make_seat(make_enterprise(), "representative")):
        if seat:
            sign_in(client, seat)
        assert client.get(f"/market/listings/{offer.pk}/").status_code == 404
        assert client.get(f"/market/products/{offer.product.number}/").status_code == 404
        assert client.get(f"/api/v1/market/listings/{offer.pk}").status_code == 404
        assert client.get("/api/v1/market/listings").json()["total"] == 0


def test_an_entry_is_named_only_to_whoever_may_know_of_it(client):
    opened = make_release(make_entry(title="港口吞吐公开数据")).entry
    listing = make_listing(make_product(None, opened))
    url = f"/market/listings/{listing.registration}"
    assert opened.title in text_of(client.get(f"{url}/"))
    assert client.get(f"/api/v1{url}").json()["resources"] == [opened.slug]
    type(opened).objects.filter(pk=opened.pk).update(
        state="returned", returned_reason="x", published_on=None
    )
    assert opened.title not in text_of(client.get(f"{url}/"))
    assert client.get(f"/api/v1{url}").json()["resources"] == []


def test_the_market_asks_no_more_often_for_more_listings(client):
    platform = make_platform()

    def asked(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    urls = ("/market/", "/api/v1/market/listings", "/market/platforms/")
    make_listing(platform=platform)
    for url in urls:
        asked(url)
    few = [asked(url) for url in urls]
    for _ in range(3):
        make_listing(platform=platform)
        make_platform()
    assert [asked(url) for url in urls] == few
