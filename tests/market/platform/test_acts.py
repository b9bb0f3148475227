"""Trading platforms: who admits them, their rules by version, who takes part."""

from datetime import timedelta
from hashlib import sha256

import pytest
from tests.catalog.makers import agency
from tests.market.makers import make_member, make_platform, publish_rules, supervisor
from tests.parties.makers import make_actor, make_body, make_enterprise, make_representative

from yelin import gate
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.market.platform import acts
from yelin.market.platform.models import Capacity, Membership, Rulebook, RuleKind
from yelin.notices.models import Notice
from yelin.parties.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.duty("trade.rules")]


def places(told) -> set[str]:
    return {fault.place for fault in told.value.faults}


@pytest.mark.duty("trade.supervise")
def test_the_agency_alone_admits_a_platform_and_only_of_a_verified_enterprise():
    firm, said = make_enterprise(), {"title": "海南数据交易平台", "basis": "琼数〔2026〕3号"}
    for stranger in (
        Actor.anyone(),
        make_representative(firm),
        make_actor(make_body(), "officer"),
        make_actor(agency(), "steward"),
    ):
        with pytest.raises(gate.Refused):
            acts.admit_platform(actor=stranger, operator=firm, **said)
    with pytest.raises(Incomplete) as told:
        acts.admit_platform(actor=supervisor(), operator=make_body(), **said)
    assert places(told) == {"operator"}
    unverified = make_enterprise(verified_at=None)
    with pytest.raises(Incomplete) as told:
        acts.admit_platform(actor=supervisor(), operator=unverified, title=" ", basis="")
    assert places(told) == {"operator", "title", "basis"}
    made = acts.admit_platform(actor=supervisor(), operator=firm, **said)
    assert made.number.startswith("JP-")
    assert len(made.lacks()) == len(RuleKind)


def test_rules_come_in_versions_that_never_change_and_hold_from_their_day(still):
    platform = make_platform(rules=False)
    today = clock.today()
    first = publish_rules(platform, "trading", "甲")
    assert (first.number, bytes(first.digest)) == (1, sha256("甲".encode()).digest())
    later = today + timedelta(days=30)
    with pytest.raises(Incomplete) as told:
        publish_rules(platform, "trading", "甲", today - timedelta(days=1))
    assert places(told) == {"text", "since"}
    with pytest.raises(Incomplete) as told:
        publish_rules(platform, "trading", "乙", today)
    assert places(told) == {"since"}
    second = publish_rules(platform, "trading", "乙", later)
    assert platform.rules_on()["trading"] == first
    assert platform.rules_on(later)["trading"] == second
    assert set(platform.lacks()) == {RuleKind.DISCLOSURE, RuleKind.FILING}
    assert Rulebook.objects.get(pk=first.pk).text == "甲"
    with pytest.raises(gate.Refused):
        acts.publish_rules(
            actor=make_representative(), platform=platform, kind=RuleKind.FILING, text="丙",
            since=today,
        )  # fmt: skip


def test_one_takes_part_once_the_operator_says_so_and_under_rules_that_one_agreed_to():
    platform, firm = make_platform(rules=False), make_enterprise()
    actor, runs = make_representative(firm), make_representative(platform.operator)
    ask = {"actor": actor, "platform": platform, "capacity": Capacity.BUYER}
    with pytest.raises(OutOfTurn):
        acts.join(**ask, agreed=True)
    rules = publish_rules(platform, "trading")
    with pytest.raises(Incomplete):
        acts.join(**ask, agreed=False)
    made = acts.join(**ask, agreed=True)
    assert (made.state, made.rules) == ("asked", rules)
    with pytest.raises(Incomplete) as told:
        acts.join(**ask, agreed=True)
    assert places(told) == {"capacity"}
    with pytest.raises(gate.Refused):
        acts.admit(actor=actor, membership=made)
    acts.admit(actor=runs, membership=made)
    assert Notice.objects.filter(event="platform.takes_part", to=actor.person_id).exists()
    with pytest.raises(Incomplete):
        acts.part(actor=runs, membership=made, reason=" ")
    acts.part(actor=runs, membership=made, reason="多次违约")
    with pytest.raises(OutOfTurn):
        acts.part(actor=actor, membership=made, reason="退出")
    assert acts.join(**ask, agreed=True).state == "asked"


def test_who_asks_to_take_part_is_known_to_those_two_and_the_supervisor_and_who_does_to_all():
    platform, firm = make_platform(), make_enterprise()
    asked = make_member(platform, firm, admitted=False)
    see = [
        make_representative(firm),
        make_representative(platform.operator),
        supervisor(),
    ]
    others = [Actor.anyone(), make_representative(), make_actor(make_body(), "officer")]

    def seen(actor):
        return asked in gate.visible_to(actor, "membership.see", Membership.objects.all())

    assert all(map(seen, see))
    assert not any(map(seen, others))
    acts.admit(actor=make_representative(platform.operator), membership=asked)
    assert all(map(seen, [*see, *others]))


@pytest.mark.duty("trade.supervise")
def test_nothing_more_happens_on_a_platform_that_is_closed():
    platform = make_platform()
    with pytest.raises(gate.Refused):
        acts.close_platform(
            actor=make_representative(platform.operator), platform=platform, reason="不干了"
        )
    with pytest.raises(Incomplete):
        acts.close_platform(actor=supervisor(), platform=platform, reason="")
    acts.close_platform(actor=supervisor(), platform=platform, reason="许可到期")
    for do in (
        lambda: acts.close_platform(actor=supervisor(), platform=platform, reason="再次"),
        lambda: make_member(platform),
        lambda: publish_rules(platform, "trading", "新", clock.today() + timedelta(days=1)),
    ):
        with pytest.raises(OutOfTurn):
            do()
