"""A case as evidence: one file with its course, steps, terms and grants, verified offline."""

import pytest
from tests.cases.makers import do, make_parties
from tests.delivery.makers import make_doubt
from tests.files.makers import make_examined, picture
from tests.parties.makers import make_actor, make_citizen, make_representative

from yelin import gate
from yelin.acts import attachments
from yelin.acts import gate as grants
from yelin.cases import acts, reads
from yelin.files.models import Attachment
from yelin.ledger import bundle, log, note, sequencer
from yelin.parties.actor import Actor
from yelin.surface.evidence import NothingSigned, of_case

pytestmark = pytest.mark.django_db(transaction=True)


def taken(actor, case):
    """The bundle as it comes out of its file, proved by the log's key alone."""
    sequencer.settle()
    found = bundle.parse(of_case(actor, case).to_json())
    key = note.parse_key(found.vkey)
    assert str(key) == str(log.verifier_key())
    assert bundle.check(found, key).faults == ()
    return found


def said(found):
    return [leaf.payload["act"] for leaf in found.leaves if leaf.payload]


@pytest.mark.duty("trace.whole")
def test_a_case_is_taken_along_whole_with_its_terms_and_what_it_gave(today):
    today("2026-03-02")
    parties = make_parties()
    for act, by in (("accept", "handler"), ("suspend", "handler"), ("give_opinion", "heard")):
        do(act, parties, by)
    do("approve", parties, "handler")
    case = parties.case
    grant = case.grants().get()
    steward = parties.by["handler"]
    grants.revoke(actor=steward, grant=grant, reason="用途不符")
    course = [
        "opening.apply",
        "cases.accept",
        "cases.suspend",
        "cases.give_opinion",
        "cases.decide",
        "gate.revoke",
    ]
    for by in ("applicant", "handler"):
        found = taken(parties.by[by], case)
        assert said(found) == course
    terms = [leaf.payload["facts"].get("terms") for leaf in found.leaves]
    assert terms[1] == [
        {"duty": "opening.answer", "due": "2026-03-09", "stands_still": False, "lapsed": False}
    ]
    assert found.leaves[4].payload["facts"]["grants"][0]["id"] == str(grant.pk)
    heard = said(taken(parties.by["heard"], case))
    assert heard == [act for act in course if act != "gate.revoke"]


def test_the_steps_of_other_bodies_are_part_of_it():
    case = make_doubt()
    handler = make_actor(case.handler)
    acts.accept(actor=handler, case=case)
    step = case.steps.get()
    acts.finish_step(actor=make_actor(step.handler), step=step, finding="一致")
    for actor in (handler, make_actor(step.handler), Actor.citizen(case.applicant.person)):
        assert "cases.finish_step" in said(taken(actor, case))


@pytest.mark.long
def test_files_that_came_with_a_step_and_went_are_part_of_it():
    parties = make_parties()
    do("say", parties, "applicant", attached=(make_examined(picture()),))
    (made,) = Attachment.objects.all()
    attachments.remove(actor=parties.by["applicant"], attachment=made)
    found = taken(parties.by["handler"], parties.case)
    assert said(found) == ["opening.apply", "cases.say", "files.remove"]
    content = bytes(made.digest).hex()
    assert found.leaves[1].payload["facts"]["attached"] == [content]
    assert found.leaves[2].payload["facts"]["content"] == content


def test_a_stranger_has_nothing_of_it():
    parties = make_parties()
    sequencer.settle()
    for stranger in (parties.by["stranger"], make_citizen(), make_representative()):
        with pytest.raises(gate.Unseen):
            reads.get(stranger, parties.case.number)
        with pytest.raises(NothingSigned):
            of_case(stranger, parties.case)
