"""Arrangements, platforms, products and listings for tests, by the same acts as anybody's."""

from datetime import timedelta

from tests.catalog.makers import agency, make_social
from tests.opening.makers import make_conditional
from tests.parties.makers import make_actor, make_body, make_enterprise, make_representative
from tests.warehouse.makers import make_release

from yelin.law import clock
from yelin.market import acts
from yelin.market.content import ArrangementContent
from yelin.market.listing import acts as listings
from yelin.market.listing.content import ListingContent, ProductContent
from yelin.market.listing.models import Listing, Product, State
from yelin.market.listing.rules import CHECKLIST, DUE
from yelin.market.models import Arrangement
from yelin.market.platform import acts as platforms
from yelin.market.platform.models import Capacity, Membership, Platform, RuleKind, taking_part
from yelin.parties.actor import Actor


def content(**over) -> ArrangementContent:
    fields = {
        "way": "procurement",
        "title": "公交线路数据市场化开发（一期）",
        "purpose": "开发出行规划服务，向公众免费提供基础查询",
        "basis": "琼财采〔2026〕18号中标通知书",
        "since": clock.today(),
        "until": clock.today() + timedelta(days=365),
    } | over
    return ArrangementContent(**fields)


def make_draft(body=None, operator=None, actor=None, **over) -> Arrangement:
    body = body or make_body()
    return acts.arrange(
        actor=actor or make_actor(body),
        body=body,
        operator=operator or make_enterprise(),
        content=content(**over),
    )


def make_arrangement(*entries, operator=None, **over) -> Arrangement:
    """Make one that is public and reaches ``entries``, or one that is open on conditions."""
    entries = entries or (make_conditional(),)
    steward = make_actor(entries[0].provider)
    made = make_draft(entries[0].provider, operator, steward, **over)
    for entry in entries:
        acts.reach(actor=steward, arrangement=made, entry=entry)
    return acts.publish(actor=steward, arrangement=made)


def make_platform(operator=None, *, rules=True, **over) -> Platform:
    """Make one that the agency admitted, with rules of each kind unless without ``rules``."""
    operator = operator or make_enterprise()
    said = {"title": "海南数据交易平台", "basis": "琼数〔2026〕3号批复"} | over
    made = platforms.admit_platform(actor=supervisor(), operator=operator, **said)
    for kind in RuleKind if rules else ():
        publish_rules(made, kind)
    return made


def supervisor() -> Actor:
    """Return an officer of the body that supervises platforms."""
    return make_actor(agency(), "officer")


def publish_rules(platform, kind="trading", text="一、交易遵循自愿、公平、诚信原则。", since=None):
    return platforms.publish_rules(
        actor=make_representative(platform.operator),
        platform=platform,
        kind=RuleKind(kind),
        text=text,
        since=since or clock.today(),
    )


def make_member(platform, body=None, capacity="supplier", *, admitted=True) -> Membership:
    body = body or make_enterprise()
    made = platforms.join(
        actor=make_representative(body),
        platform=platform,
        capacity=Capacity(capacity),
        agreed=True,
    )
    if admitted:
        platforms.admit(actor=make_representative(platform.operator), membership=made)
    return made


def described(**over) -> ProductContent:
    fields = {
        "kind": "dataset",
        "title": "港口吞吐量月度数据",
        "summary": "各港口每月吞吐量，按货类分",
        "source": "企业自有业务系统，按月汇总",
        "rights": "本企业生产经营中形成，依法持有",
        "serves": "航运研究、供应链规划",
    } | over
    return ProductContent(**fields)


def offered(**over) -> ListingContent:
    fields = {
        "price_mode": "fixed",
        "amount": "1280.00",
        "delivery": ("file", "api"),
        "until": clock.today() + timedelta(days=365),
    } | over
    return ListingContent(**fields)


def make_product(owner=None, *entries, **over) -> Product:
    """Make one of ``entries``, or of data of its own that tells of nobody."""
    owner = owner or make_enterprise()
    actor = make_representative(owner)
    made = listings.make_product(actor=actor, body=owner, content=described(**over))
    for entry in entries or (make_release(make_social(owner, handing_over="own")).entry,):
        listings.add_source(actor=actor, product=made, entry=entry)
    return made


def make_offer(product=None, platform=None, **over) -> Listing:
    """Make a draft of an offer by a body that takes part as a supplier."""
    product, platform = product or make_product(), platform or make_platform()
    if not taking_part(product.owner, platform, Capacity.SUPPLIER).exists():
        make_member(platform, product.owner)
    return listings.offer(
        actor=make_representative(product.owner),
        product=product,
        platform=platform,
        content=offered(**over),
    )


def submit(listing: Listing) -> Listing:
    return listings.submit(actor=make_representative(listing.product.owner), listing=listing)


def pass_review(listing: Listing, actor=None) -> Listing:
    """Find what is due at ``listing`` in order."""
    level, _then = DUE[State(listing.state)]
    return listings.review(
        actor=actor or make_representative(listing.platform.operator),
        listing=listing,
        passes=True,
        ticked=CHECKLIST[level],
    )


def make_listing(product=None, platform=None, **over) -> Listing:
    """Make one that went through both reviews."""
    return pass_review(pass_review(submit(make_offer(product, platform, **over))))
