"""Who shows what was made of data, who decides, and what becomes of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import make_entry
from tests.files.makers import make_examined, pdf, photograph
from tests.gate.makers import make_hold
from tests.parties.makers import make_actor, make_body, make_citizen, make_representative
from tests.talking.makers import ABOUT, make_open_entry, make_reuse, officer

from yelin import gate
from yelin.acts import accounts
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.parties.actor import Actor
from yelin.parties.models import Person
from yelin.talking import reads
from yelin.talking.acts import reuses as acts
from yelin.talking.models import Reuse
from yelin.talking.rules import About

pytestmark = pytest.mark.django_db

ANYONE = Actor.anyone()


def places(stopped) -> list[str]:
    return [fault.place for fault in stopped.value.faults]


@pytest.mark.duty("reuse.show")
def test_a_reuse_is_shown_once_the_agency_has_looked_at_it_and_its_maker_is_told():
    maker, entry = make_citizen(), make_open_entry()
    made = make_reuse(entry, maker)
    assert list(reads.reuses(ANYONE)) == []
    assert list(reads.own_reuses(maker)) == [made]
    assert list(reads.reuses_waiting(officer())) == [made]
    acts.approve_reuse(actor=officer(), reuse=made)
    assert list(reads.reuses(ANYONE).filter(uses=entry)) == [made]
    told = Notice.objects.filter(to=maker.person_id).values_list("event", flat=True)
    assert list(told) == ["reuse.shown"]


@pytest.mark.long
def test_whoever_is_not_signed_in_shows_nothing_and_nobody_approves_what_is_its_own():
    entry = make_open_entry()
    with pytest.raises(gate.Refused):
        make_reuse(entry, ANYONE)
    for other in (make_citizen(), make_actor(entry.provider), make_representative()):
        with pytest.raises(gate.Refused):
            acts.approve_reuse(actor=other, reuse=make_reuse(entry))
    agencys = make_reuse(entry, officer())
    with pytest.raises(gate.Refused):
        acts.approve_reuse(actor=officer(), reuse=agencys)


def test_of_what_is_not_open_nothing_is_shown():
    with pytest.raises(gate.Refused):
        make_reuse(make_entry(opening_type="none"))


@pytest.mark.long
def test_every_fault_is_told_at_once():
    with pytest.raises(Incomplete) as stopped:
        make_reuse(title=" ", description="", kind="poem", link="http://plain.example.cn")
    assert places(stopped) == ["title", "description", "kind", "link"]
    for link in ("https://", "javascript:alert(1)", "https://a@b.cn/", "https://a.cn/ b", "//a.cn"):
        with pytest.raises(Incomplete):
            make_reuse(link=link)


def test_a_reuse_names_no_resource_that_its_maker_may_not_know_of():
    hidden = make_entry(state="registered")
    for code in (hidden.code, "460000-00-000000"):
        with pytest.raises(Incomplete) as stopped:
            make_reuse(also=[code])
        assert places(stopped) == ["also"]


def test_a_reuse_stands_with_all_that_it_uses_but_tells_nobody_of_what_is_hidden():
    first, second = make_open_entry(), make_open_entry()
    made = make_reuse(first, also=[second.code], shown=True)
    assert {e.pk for e in reads.used(ANYONE, made)} == {first.pk, second.pk}
    make_hold(second, "entry.see")
    assert [e.pk for e in reads.used(ANYONE, made)] == [first.pk]


@pytest.mark.long
def test_programs_are_told_of_many_reuses_by_as_many_questions_as_of_one(client):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            items = client.get("/api/v1/reuses").json()["items"]
        return len(queries), [each["uses"] for each in items]

    first, second = make_open_entry(), make_open_entry()
    make_reuse(first, also=[second.code], shown=True)
    asked()
    alone, uses = asked()
    assert [sorted(each) for each in uses] == [sorted([first.code, second.code])]
    for entry in (first, second, second):
        make_reuse(entry, shown=True)
    together, uses = asked()
    assert (together, len(uses)) == (alone, 4)


def test_what_is_amended_is_looked_at_again_and_what_was_returned_says_why():
    maker = make_citizen()
    made = make_reuse(actor=maker, shown=True)
    uses = list(made.uses.all())
    changed = About(**ABOUT | {"title": "另一个名字"})
    acts.amend_reuse(actor=maker, reuse=made, said=changed)
    assert (made.state, list(made.uses.all())) == ("waiting", uses)
    with pytest.raises(Incomplete):
        acts.return_reuse(actor=officer(), reuse=made, reason=" ")
    acts.return_reuse(actor=officer(), reuse=made, reason="链接打不开")
    assert (made.state, made.reason) == ("returned", "链接打不开")
    with pytest.raises(OutOfTurn):
        acts.approve_reuse(actor=officer(), reuse=made)


@pytest.mark.long
def test_its_maker_withdraws_it_and_the_agency_takes_it_down_with_a_reason():
    maker = make_citizen()
    withdrawn, removed = make_reuse(actor=maker, shown=True), make_reuse(shown=True)
    acts.feature_reuse(actor=officer(), reuse=withdrawn, featured=True)
    acts.withdraw_reuse(actor=maker, reuse=withdrawn)
    acts.remove_reuse(actor=officer(), reuse=removed, reason="冒用他人名义")
    assert list(reads.reuses(ANYONE)) == []
    assert not Reuse.objects.filter(featured=True)
    for made in (withdrawn, removed):
        with pytest.raises((OutOfTurn, gate.Refused)):
            acts.amend_reuse(actor=maker, reuse=made, said=About(**ABOUT))


def test_its_picture_is_written_anew_and_nothing_else_is_taken_as_one():
    told = make_examined(photograph("王演示拍摄"), "照片.jpg")
    made = make_reuse(attached=(told,), shown=True)
    (picture,) = reads.pictures(ANYONE, [made]).values()
    kept = b"".join(picture.read())
    assert "王演示".encode() not in kept
    assert kept.startswith(b"\xff\xd8")
    with pytest.raises(Incomplete) as stopped:
        make_reuse(attached=(make_examined(pdf(), "a.pdf"),))
    assert places(stopped) == ["attached"]
    waiting = make_reuse(attached=(make_examined(photograph("x"), "b.jpg"),))
    assert reads.pictures(ANYONE, [waiting]) == {}


def test_a_leaf_tells_nothing_that_its_maker_wrote():
    made = make_reuse(credit="海风工作室")
    facts = Leaf.objects.get(act="talking.show_reuse").payload["facts"]
    assert facts["uses"] == [made.uses.get().code]
    assert "海风" not in str(facts)
    assert ABOUT["title"] not in str(facts)


@pytest.mark.long
def test_so_many_in_one_day_are_enough():
    maker, entry = make_citizen(), make_open_entry()
    for _ in range(10):
        make_reuse(entry, maker)
    with pytest.raises(Incomplete):
        make_reuse(entry, maker)


def test_what_a_person_made_goes_with_the_account():
    maker = make_citizen()
    made = make_reuse(actor=maker, shown=True)
    accounts.delete(actor=maker, person=Person.objects.get(pk=maker.person_id))
    made.refresh_from_db()
    assert (made.state, made.title, made.description) == ("withdrawn", "", "")
    assert list(reads.reuses(ANYONE)) == []


def test_what_a_body_made_is_the_bodys():
    firm = make_representative()
    made = make_reuse(actor=firm)
    assert made.maker_id == firm.body_id
    assert list(reads.own_reuses(make_actor(make_body()))) == []
