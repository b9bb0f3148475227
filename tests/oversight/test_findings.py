import re
from html import unescape

import pytest
from tests.acts.makers import by_two
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_actor, make_body, make_seat
from tests.quality.makers import make_content, make_rule, make_threshold
from tests.warehouse.makers import PORTS, make_release
from tests.web.makers import seated, sign_in, text_of

from yelin import gate
from yelin.acts.gate import lift_hold
from yelin.gate.models import Hold
from yelin.law.models import Clock
from yelin.law.refusals import OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.oversight import acts, tasks
from yelin.oversight.models import Finding, Looked
from yelin.oversight.tasks import QUALITY
from yelin.quality import acts as quality

pytestmark = pytest.mark.django_db

LOSS = PORTS + "2015,-3,010\n"


@pytest.fixture
def found():
    """An entry whose only release fails a rule that was written for it."""
    entry = make_entry()
    make_rule(entry)
    make_release(entry, LOSS)
    tasks.look()
    return Finding.objects.get()


@pytest.mark.duty("quality.mend")
def test_what_a_release_fails_is_told_to_its_provider_with_a_term(found):
    assert (found.state, len(found.rules), found.release.number) == ("sent", 1, 1)
    assert found.says == [{"zh": "吞吐量不为负", "en": "Never below zero"}]
    assert Clock.objects.running().get(thing=found.pk).duty == "quality.mend"
    tasks.look()
    assert Finding.objects.count() == 1


@pytest.mark.duty("quality.mend")
def test_a_finding_closes_only_by_a_later_release_that_mends_it(found):
    steward = make_actor(found.entry.provider)
    found = acts.answer(actor=steward, finding=found, says="海口港2015年数据录入有误")
    assert found.state == "answered"
    make_release(found.entry, LOSS.replace("-3", "-4"))
    tasks.look()
    found.refresh_from_db()
    assert found.state == "answered"
    with pytest.raises(OutOfTurn):
        acts.close(actor=QUALITY, finding=found, release=found.release)
    mended = make_release(found.entry, PORTS)
    tasks.look()
    found.refresh_from_db()
    assert (found.state, found.mended_by) == ("closed", mended)
    assert not Clock.objects.running().filter(thing=found.pk).exists()
    assert Leaf.objects.get(act="oversight.close").payload["facts"]["mended_by"] == 3
    assert Looked.objects.count() == 3


def test_nobody_closes_a_finding_by_hand(found):
    for actor in (
        make_actor(found.entry.provider),
        make_actor(make_body(kind="agency"), "officer"),
    ):
        with pytest.raises(gate.Refused):
            acts.close(actor=actor, finding=found, release=found.release)


@pytest.mark.long
@pytest.mark.duty("quality.mend")
def test_what_a_finding_stands_on_is_loosened_by_nobody_whom_it_concerns(found):
    rule, steward = found.entry.quality_rules.get(), make_actor(found.entry.provider)
    officer = make_actor(agency(), "officer")
    loose = make_content(holds="海口港 >= -100")
    for actor in (steward, officer):
        with pytest.raises(gate.Refused, match="open finding"):
            quality.drop_rule(actor=actor, rule=rule)
        with pytest.raises(gate.Refused, match="open finding"):
            quality.change_rule(actor=actor, rule=rule, content=loose)
    make_release(found.entry, PORTS)
    tasks.look()
    assert quality.drop_rule(actor=steward, rule=rule).dropped_at is not None


def test_a_rule_that_was_wrong_itself_is_let_go_by_whoever_supervises(found):
    rule, steward = found.entry.quality_rules.get(), make_actor(found.entry.provider)
    supervision = make_body(kind="informatization")
    first, second = (make_actor(supervision, "officer") for _ in range(2))
    held = Hold.objects.get(on=rule.pk)
    by_two(second, lambda: lift_hold(actor=first, hold=held))
    quality.drop_rule(actor=steward, rule=rule)
    make_release(found.entry, LOSS)
    tasks.look()
    found.refresh_from_db()
    assert found.state == "closed"


@pytest.mark.long
def test_a_threshold_is_not_lowered_until_a_release_reaches_it():
    entry = make_entry()
    make_rule(entry, veto=True)
    make_threshold(entry, 70, blocks=False)
    make_release(entry, LOSS)
    tasks.look()
    assert "total" in Finding.objects.get().rules
    with pytest.raises(gate.Refused, match="open finding"):
        make_threshold(entry, 10)
    make_release(entry, PORTS)
    tasks.look()
    assert make_threshold(entry, 10).least == 10


def test_an_older_finding_is_held_once_and_what_was_let_go_stays_so(found):
    rule, steward = found.entry.quality_rules.get(), make_actor(found.entry.provider)
    Hold.objects.all().delete()
    tasks.sweep()
    with pytest.raises(gate.Refused, match="open finding"):
        quality.drop_rule(actor=steward, rule=rule)
    first, second = (make_actor(make_body(kind="informatization"), "officer") for _ in range(2))
    held = Hold.objects.get(on=rule.pk)
    by_two(second, lambda: lift_hold(actor=first, hold=held))
    tasks.sweep()
    with pytest.raises(OutOfTurn):
        acts.hold(actor=QUALITY, finding=found)
    assert Leaf.objects.filter(act="oversight.hold", refused=False).count() == 1
    assert quality.drop_rule(actor=steward, rule=rule).dropped_at is not None


def test_a_release_in_which_there_is_nothing_to_measure_mends_nothing(found):
    make_release(found.entry, "年份,海口港,代码\n2012,,007\n")
    tasks.look()
    found.refresh_from_db()
    assert found.state == "sent"


def test_a_term_that_passes_is_told_once_and_what_is_owed_stays_owed(client, found, today):
    officer = seated(client, make_body(kind="informatization"), "officer")
    today("2027-03-01")
    tasks.sweep()
    tasks.sweep()
    found.refresh_from_db()
    assert found.state == "overdue"
    assert Leaf.objects.filter(act="oversight.lapse").count() == 1
    assert Clock.objects.running().filter(thing=found.pk).exists()
    assert found.entry.title in text_of(client.get("/desk/findings/?overdue=1"))
    told = Notice.objects.filter(event="finding.lapsed", to=officer.person_id)
    assert told.count() == 1
    seated(client, make_body(kind="informatization", division="460100"), "officer")
    assert found.entry.title not in text_of(client.get("/desk/findings/?overdue=1"))


@pytest.mark.long
def test_a_score_below_the_threshold_is_found_and_small_misses_of_made_rules_are_not():
    entry = make_entry()
    make_release(entry, PORTS)
    tasks.look()
    assert not Finding.objects.exists()
    make_threshold(entry, 100, blocks=False)
    make_release(entry, PORTS)
    tasks.look()
    assert Finding.objects.get().rules == ["total"]


@pytest.mark.long
def test_the_provider_answers_on_its_desk_and_supervision_reads(client, found):
    sign_in(client, make_seat(found.entry.provider, "steward"))
    assert "整改数据" in text_of(client.get("/desk/"))
    assert "吞吐量不为负" in text_of(client.get("/desk/findings/"))
    at = f"/desk/findings/{found.pk}/"
    page = client.get(at).content.decode()
    rows, *files = (unescape(link) for link in re.findall('href="([^"]*failing=[^"]*)"', page))
    assert "\u22123" in text_of(client.get(rows))
    csv, xlsx = (client.get(link) for link in files)
    assert csv.content.decode("utf-8-sig").splitlines()[1:] == ['4,2015,-3,"=""010"""']
    assert xlsx.content.startswith(b"PK")
    client.post(at, {"do": "oversight.answer", "oversight_answer-says": "已核实"})
    assert "已核实" in text_of(client.get(at))
    seated(client, make_body(kind="informatization"), "officer")
    page = text_of(client.get(at))
    assert "已核实" in page
    assert "核实情况和整改措施" not in page
    seated(client, make_body())
    assert client.get(at).status_code == 404
