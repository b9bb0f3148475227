"""Negotiations and contracts for tests, through the same acts as anybody's."""

from datetime import timedelta

from tests.catalog.makers import agency
from tests.keys.signers import certificate_of, signature
from tests.parties.makers import make_actor, make_enterprise

from yelin.keys.detached import pem_of
from yelin.law import clock
from yelin.market.contract import acts, settling_acts, signing_acts
from yelin.market.contract.content import SettlementContent
from yelin.market.contract.models import Contract, Negotiation, PartyCertificate
from yelin.market.contract.rules import Side
from yelin.market.contract.terms import Terms


def terms(provider=None, consumer=None, **over) -> Terms:
    """Terms that leave nothing open, in which ``over`` is otherwise."""
    sides = {
        side: {"code": body.credit_code, "name": body.name}
        if body
        else {"code": code, "name": side}
        for side, body, code in (
            ("provider", provider, "91460000MA5TAAAA0A"),
            ("consumer", consumer, "91460000MA5TBBBB0B"),
        )
    }
    first = over.pop("since", None) or clock.today()
    return Terms.model_validate(
        {
            "kind": "provision",
            **sides,
            "matter": {
                "title": "海口港集装箱吞吐量指数",
                "description": "2015年以来按月，约一百三十条；来自企业自有生产系统",
                "product": "CP-2026-000007",
                "releases": ["ab" * 32],
            },
            "quality": {
                "measures": [{"code": "02", "least": "98.5"}, {"code": "0301", "least": 95}],
                "inspection_days": 10,
                "accepted_if": "各项得分不低于约定，抽样一百条无误",
                "otherwise": "提供方五日内补正，仍不合格的退还价款",
            },
            "price": {
                "mode": "period",
                "amount": "12800.00",
                "unit": "年",
                "tax_rate": 6,
                "payment": "验收后十个工作日内一次付清",
            },
            "delivery": {
                "ways": ["api", "file"],
                "form": "CSV、JSON",
                "within_days": 5,
                "service_level": "月可用率不低于 99.5%",
            },
            "use": {
                "purposes": ["航运保险定价", "内部研究"],
                "forbidden": ["识别个人", "转售"],
                "marked": True,
                "marked_share": 2,
            },
            "period": {
                "since": first.isoformat(),
                "until": (first + timedelta(days=364)).isoformat(),
            },
            "territory": "中华人民共和国境内",
            "security": {"grade": 2, "measures": "传输加密，按最小权限访问并留存日志"},
            "personal": {"basis": "none"},
            "ending": {"delete_within_days": 15, "proof": "提交删除记录及负责人签字的说明"},
            "disputes": {"forum": "court", "place": "海口市"},
        }
        | over
    )


def make_sides():
    """A provider and a consumer, with somebody who acts for each."""
    bodies = make_enterprise(), make_enterprise()
    return *bodies, *(make_actor(body, "representative") for body in bodies)


def make_negotiation(sides=None, by=Side.CONSUMER, **over) -> Negotiation:
    provider, consumer, sells, buys = sides or make_sides()
    until, listing = over.pop("until", None), over.pop("listing", None)
    first = over.pop("terms", None) or terms(provider, consumer, **over)
    mine, other = (provider, consumer) if by is Side.PROVIDER else (consumer, provider)
    return acts.propose(
        actor=sells if by is Side.PROVIDER else buys,
        body=mine,
        other=other,
        side=by,
        terms=first,
        listing=listing,
        until=until,
    )


def make_contract(sides=None, **over) -> Contract:
    sides = sides or make_sides()
    made = make_negotiation(sides, **over)
    return acts.accept(actor=sides[2], negotiation=made, digest=made.stands.digest_text)


def make_certificate(body, actor, certificate, *, approved=True) -> PartyCertificate:
    brought = signing_acts.bring_certificate(
        actor=actor, body=body, certificate=pem_of(certificate)
    )
    if approved:
        officer = make_actor(agency(), "officer")
        signing_acts.approve_certificate(actor=officer, certificate=brought)
    return brought


def sign(folder, contract, body, actor) -> Contract:
    """Sign as a party does: with a certificate that was registered and approved."""
    certificate = certificate_of(body.credit_code)
    make_certificate(body, actor, certificate)
    contract = Contract.objects.select_related(*Contract.ALONG).get(pk=contract.pk)
    words = signature(folder, body.credit_code, certificate, bytes(contract.paper))
    return signing_acts.sign(actor=actor, contract=contract, signature=words)


def make_signed(folder, sides=None, **over) -> Contract:
    sides = sides or make_sides()
    provider, consumer, sells, buys = sides
    contract = make_contract(sides, **over)
    sign(folder, contract, consumer, buys)
    return sign(folder, contract, provider, sells)


def settlement(**over) -> SettlementContent:
    fields = {
        "what": "invoice",
        "key": "2026-11",
        "amount": "12800.00",
        "tax": "724.53",
        "currency": "CNY",
        "document": "25467000000012345678",
        "day": clock.today(),
    } | over
    return SettlementContent(**fields)


def record(contract, actor, **over):
    return settling_acts.record(actor=actor, contract=contract, content=settlement(**over))
