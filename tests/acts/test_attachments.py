"""Files hang on the things of a case or a plan: kept whole, sealed, read by whom the law lets."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from tests.cases.makers import do, make_parties
from tests.files.makers import make_examined, pdf, picture
from tests.parties.makers import make_actor
from tests.personal import personal
from tests.registers.makers import make_plan

from yelin import gate
from yelin.acts import attaching, attachments
from yelin.acts.frame import named
from yelin.cases.models import CaseParty
from yelin.files.examined import Examined
from yelin.files.models import FOLDER, Attachment
from yelin.files.places import is_sealed
from yelin.files.store import scratch, store
from yelin.keys.models import DataKey, Destroyed
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.parties.actor import Actor, Surface
from yelin.registers.acts import plans
from yelin.surface import acting
from yelin.warehouse.tasks import clear_leavings

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "欧阳演示乙的身份证"


@pytest.fixture(scope="module")
def content() -> bytes:
    return pdf()


def attach(parties, by: str, examined: Examined | None = None) -> Attachment:
    made = examined or make_examined(picture("PNG"), f"{NAME}.png")
    return attachments.attach(actor=parties.by[by], about=parties.case, examined=made)


def reads(parties, by: str) -> list[str]:
    rows = Attachment.objects.filter(about=parties.case.pk)
    return [each.side for each in gate.visible_to(parties.by[by], "attachment.see", rows)]


def heard(parties):
    do("accept", parties, "handler")
    do("suspend", parties, "handler")
    return parties


@pytest.mark.duty("security.store")
def test_what_is_attached_lies_sealed_and_only_its_salted_digest_is_in_the_leaf(content):
    parties = make_parties()
    found = make_examined(content, personal(f"{NAME}.pdf"))
    made = attach(parties, "applicant", found)
    lies = store().local(made.key)
    assert is_sealed(lies)
    assert b"".join(made.read()) == content
    assert (made.name, made.size) == (f"{NAME}.pdf", len(content))
    kept = Attachment.objects.filter(pk=made.pk).values_list("said_kept", flat=True).get()
    assert isinstance(kept, str)
    leaf = Leaf.objects.get(act="files.attach")
    assert leaf.subject_id == parties.case.pk
    facts = leaf.payload["facts"]["attachment"]
    assert facts == {
        "id": str(made.pk),
        "kind": "pdf",
        "bytes": len(content),
        "content": bytes(made.digest).hex(),
    }
    assert found.sha256.hex() not in json.dumps(leaf.payload)


def test_files_come_with_an_act_in_its_own_transaction_and_stand_in_every_later_leaf():
    parties = make_parties()
    files = tuple(make_examined(picture(), f"{n}.jpg") for n in range(2))
    do("say", parties, "applicant", attached=files)
    assert Attachment.objects.filter(about=parties.case.pk, side="applicant").count() == 2
    said = Leaf.objects.get(act="cases.say").payload["facts"]["attached"]
    do("accept", parties, "handler")
    assert Leaf.objects.get(act="cases.accept").payload["facts"]["attached"] == said
    assert len(said) == 2


# What people do on the way of a case of each kind, and as what.
WAYS = {
    "opening.application": """
        ask_completion handler, complete applicant, accept handler, suspend handler,
        give_opinion heard, hear_person handler, resume handler, refuse handler,
        appeal applicant, uphold_appeal reviewer
    """,
    "data.doubt": """
        accept handler, finish_step step, extend handler, say applicant, withdraw applicant
    """,
}


@pytest.mark.long
@pytest.mark.parametrize("kind", WAYS)
def test_every_step_that_a_person_takes_brings_files_and_its_leaf_names_them(kind):
    parties, file, sides = make_parties(kind), make_examined(picture()), []
    for step in WAYS[kind].split(","):
        act, by = step.split()
        do(act, parties, by, attached=(file,))
        sides.append(by)
        hanging = list(Attachment.objects.filter(about=parties.case.pk))
        assert [each.side for each in hanging] == sides
        digests = [bytes(each.digest).hex() for each in hanging]
        assert Leaf.objects.latest("pk").payload["facts"]["attached"] == digests


def test_what_an_act_refuses_leaves_no_file():
    parties = make_parties()
    with pytest.raises(Incomplete):
        do("say", parties, "applicant", words=" ", attached=(make_examined(picture()),))
    assert not Attachment.objects.exists()
    assert list(store().keys(FOLDER)) == []


@pytest.mark.long
def test_who_has_a_step_reads_the_papers_of_both_sides_and_its_own_go_to_all_but_who_is_heard():
    parties = make_parties("data.doubt")
    attach(parties, "applicant")
    assert reads(parties, "step") == []
    do("accept", parties, "handler")
    attach(parties, "step")
    attach(parties, "handler")
    CaseParty(case=parties.case, party_id=parties.third.pk, since=clock.now()).save()
    attach(parties, "heard")
    assert reads(parties, "step") == ["applicant", "step", "handler"]
    assert reads(parties, "applicant") == ["applicant", "step", "handler"]
    assert reads(parties, "handler") == ["applicant", "step", "handler", "heard"]
    assert reads(parties, "heard") == ["handler", "heard"]


@pytest.mark.long
def test_what_a_citizen_attaches_who_is_heard_is_read_by_who_decides_alone():
    parties = make_parties()
    parties.by["witness"] = Actor.citizen(parties.witness)
    do("accept", parties, "handler")
    do("hear_person", parties, "handler")
    attach(parties, "witness")
    assert reads(parties, "handler") == ["heard"]
    assert reads(parties, "witness") == ["heard"]
    assert reads(parties, "applicant") == []


@pytest.mark.long
@pytest.mark.duty("opening.answer")
def test_each_side_reads_what_the_procedure_lets_it_read():
    parties = heard(make_parties())
    for by in ("applicant", "handler", "heard"):
        attach(parties, by)
    assert reads(parties, "applicant") == ["applicant", "handler"]
    assert reads(parties, "handler") == ["applicant", "handler", "heard"]
    assert reads(parties, "heard") == ["handler", "heard"]
    assert reads(parties, "stranger") == []
    # Nobody reviews yet; an auditor of the handling body serves in no case.
    assert reads(parties, "reviewer") == []
    parties.by["auditor"] = make_actor(parties.case.handler, "auditor")
    assert reads(parties, "auditor") == []


@pytest.mark.long
def test_whoever_may_read_a_file_is_told_of_it():
    parties = make_parties()
    attach(parties, "applicant")
    told = Notice.objects.filter(event="case.attached").values_list("to", flat=True)
    assert parties.by["handler"].person_id in set(told)
    assert parties.by["applicant"].person_id not in set(told)


@pytest.mark.drawn(1)
@pytest.mark.parametrize("by", ["stranger", "heard"])
def test_nobody_attaches_to_the_case_of_others(by):
    parties = make_parties()
    with pytest.raises(gate.Refused) as refused:
        attach(parties, by)
    assert "Only the parties" in refused.value.decision.says
    assert not Attachment.objects.exists()


@pytest.mark.long
def test_nothing_is_attached_to_a_closed_case():
    parties = make_parties()
    do("withdraw", parties, "applicant")
    with pytest.raises(gate.Refused) as refused:
        attach(parties, "applicant")
    assert "closed" in refused.value.decision.says


@pytest.mark.long
def test_no_more_files_than_one_matter_needs(monkeypatch):
    monkeypatch.setattr(attaching, "MOST", 1)
    parties = make_parties()
    attach(parties, "applicant")
    with pytest.raises(Incomplete):
        attach(parties, "applicant")


@pytest.mark.long
@pytest.mark.duty("personal.erase")
def test_what_is_removed_opens_no_more_and_stays_known_to_have_been():
    parties = make_parties()
    made = attach(parties, "applicant")
    attachments.remove(actor=parties.by["applicant"], attachment=made)
    made.refresh_from_db()
    assert list(store().keys(FOLDER)) == []
    with pytest.raises(Destroyed):
        _ = made.name
    assert bytes(DataKey.objects.get(pk=made.sealed_by_id).wrapped) == b""
    assert reads(parties, "handler") == ["applicant"]
    leaf = Leaf.objects.get(act="files.remove")
    assert leaf.payload["facts"]["removed"]
    assert gate.decide(parties.by["handler"], "leaf.open", leaf).allowed
    assert not gate.decide(parties.by["stranger"], "leaf.open", leaf).allowed
    do("accept", parties, "handler")
    assert Leaf.objects.get(act="cases.accept").payload["facts"]["attached"] == []
    with pytest.raises(OutOfTurn):
        attachments.remove(actor=parties.by["applicant"], attachment=made)


@pytest.mark.long
def test_only_its_own_side_removes_a_file_and_only_before_the_decision():
    parties = make_parties()
    made = attach(parties, "applicant")
    for by in ("handler", "stranger"):
        with pytest.raises(gate.Refused):
            attachments.remove(actor=parties.by[by], attachment=made)
    do("accept", parties, "handler")
    do("refuse", parties, "handler")
    with pytest.raises(gate.Refused):
        attachments.remove(actor=parties.by["applicant"], attachment=made)


def test_a_program_does_not_attach_by_the_address_of_plain_acts():
    assert Surface.API not in named("files.attach").surface
    assert "files.attach" not in {act.name for act in acting.offered()}
    assert "attached" not in named("cases.say").schema.model_fields


@pytest.mark.long
def test_bytes_whose_act_was_cut_off_go_and_those_that_are_named_stay():
    parties = make_parties()
    made = attach(parties, "applicant")
    with transaction.atomic():
        cut_off = make_examined(pdf())
        about = parties.case.thing
        Attachment.objects.hang(about, about, "applicant", [cut_off], at=clock.now())
        transaction.set_rollback(True)
    del cut_off
    assert len(list(store().keys(FOLDER))) == 2
    with clock.standing_at(clock.now() + timedelta(days=2)):
        clear_leavings(timestamp=0)
    assert list(store().keys(FOLDER)) == [made.key]
    assert list(scratch().path.iterdir()) == []


@pytest.mark.long
@pytest.mark.duty("plans.special")
def test_what_hangs_on_a_plan_is_public_with_the_plan():
    plan = make_plan(state="draft")
    officer = make_actor(plan.body, "officer")
    made = attachments.attach(actor=officer, about=plan, examined=make_examined(pdf(), "图.pdf"))
    stranger = Actor.anyone()
    assert not gate.decide(stranger, "attachment.see", made).allowed
    plans.publish_plan(actor=officer, plan=plan)
    made.refresh_from_db()
    assert gate.decide(stranger, "attachment.see", made).allowed
    for act, on in (
        (attachments.remove, {"attachment": made}),
        (attachments.attach, {"about": plan, "examined": make_examined(pdf())}),
    ):
        with pytest.raises(gate.Refused):
            act(actor=officer, **on)
