"""Drafts of applications: kept for whoever writes them, gone once handed in or forgotten."""

from datetime import timedelta

import pytest
from tests.files.makers import make_examined, pdf
from tests.opening.makers import make_application, make_conditional
from tests.parties.makers import make_citizen, make_enterprise, make_representative

from yelin.acts import accounts
from yelin.files.models import Attachment
from yelin.files.places import is_sealed
from yelin.files.store import store
from yelin.keys.models import DataKey
from yelin.law.refusals import Incomplete
from yelin.ledger.models import Leaf
from yelin.opening import drafts, reads
from yelin.opening.models import Draft
from yelin.opening.tasks import forget
from yelin.parties.actor import Actor
from yelin.parties.models import Person
from yelin.surface import attaching
from yelin.things.models import Thing

pytestmark = pytest.mark.django_db


@pytest.mark.duty("opening.apply")
def test_a_draft_is_its_writers_alone_and_leaves_nothing_in_the_ledger():
    citizen, entry = make_citizen(), make_conditional()
    before = Leaf.objects.count()
    drafts.keep(citizen, entry, {"purpose": "研究港口", "nonsense": "x"})
    drafts.keep(citizen, entry, {"until": "not a day", "scenario": "单\x00机"})
    assert drafts.of(citizen, entry) == {
        "purpose": "研究港口",
        "until": "not a day",
        "scenario": "单机",
    }
    assert drafts.of(make_citizen(), entry) == {}
    assert not drafts.all_of(Actor.anyone()).exists()
    assert Leaf.objects.count() == before
    assert reads.copy_of(citizen.person_id)["drafts"][0]["said"]["purpose"] == "研究港口"


@pytest.mark.duty("opening.apply")
def test_what_one_writes_for_a_body_is_not_what_one_writes_as_oneself():
    entry, acting = make_conditional(), make_representative(make_enterprise())
    drafts.keep(acting, entry, {"purpose": "为企业"})
    assert Draft.objects.get().party_id == acting.body_id
    assert [each.entry for each in drafts.all_of(acting)] == [entry]


@pytest.mark.duty("opening.apply")
def test_a_draft_goes_with_the_act_that_hands_it_in():
    citizen, entry = make_citizen(), make_conditional()
    other = make_conditional(entry.provider, title="另一项有条件开放的数据")
    for each in (entry, other):
        drafts.keep(citizen, each, {"purpose": "研究港口"})
    make_application(entry, citizen)
    assert [each.entry for each in drafts.all_of(citizen)] == [other]
    drafts.throw_away(citizen, other)
    assert not Draft.objects.exists()


@pytest.mark.duty("opening.apply")
def test_a_draft_is_forgotten_after_its_term_and_with_its_writers_account(today):
    today("2026-03-02")
    kept, gone, old = make_citizen(), make_citizen(), make_citizen()
    entry = make_conditional()
    drafts.keep(old, entry, {"purpose": "研究港口"})
    today("2026-04-02")
    for each in (kept, gone):
        drafts.keep(each, entry, {"purpose": "研究港口"})
    accounts.delete(actor=gone, person=Person.objects.get(pk=gone.person_id))
    forget()
    assert [each.person_id for each in Draft.objects.all()] == [kept.person_id]
    (left,) = drafts.all_of(kept)
    assert drafts.last_day(left) == left.changed_at.date() + timedelta(days=30)


@pytest.mark.duty("opening.apply", "security.store")
def test_a_draft_keeps_its_files_sealed_and_hands_them_in_with_it():
    citizen, entry = make_citizen(), make_conditional()
    drafts.attach(citizen, entry, (make_examined(pdf(), "方案.pdf"),))
    (kept,) = drafts.files_of(citizen, entry)
    assert b"".join(kept.read()).startswith(b"%PDF")
    assert is_sealed(store().local(kept.key))
    assert not drafts.files_of(make_citizen(), entry).exists()
    assert reads.copy_of(citizen.person_id)["drafts"][0]["files"] == ["方案.pdf"]
    case = make_application(entry, citizen, drafted=True)
    assert [each.name for each in attaching.on(citizen, case)] == ["方案.pdf"]
    assert not Draft.objects.exists()
    assert not Thing.objects.filter(kind="draft").exists()


@pytest.mark.long
@pytest.mark.duty("opening.apply", "personal.erase")
def test_a_file_of_a_draft_is_removed_alone_and_goes_with_the_draft_and_its_term(today):
    today("2026-03-02")
    citizen, entry = make_citizen(), make_conditional()
    drafts.attach(citizen, entry, tuple(make_examined(pdf(), f"{n}.pdf") for n in range(3)))
    first, *others = drafts.files_of(citizen, entry)
    assert not drafts.remove_file(make_citizen(), entry, first.pk)
    assert drafts.remove_file(citizen, entry, first.pk)
    assert [each.pk for each in drafts.files_of(citizen, entry)] == [each.pk for each in others]
    today("2026-05-02")
    forget()
    assert not Attachment.objects.exists()
    assert not DataKey.objects.filter(thing__in=[first.pk, *(each.pk for each in others)]).exists()


@pytest.mark.long
def test_a_draft_holds_only_so_many_files(monkeypatch):
    monkeypatch.setattr(drafts, "MOST_FILES", 1)
    citizen, entry = make_citizen(), make_conditional()
    with pytest.raises(Incomplete):
        drafts.attach(citizen, entry, tuple(make_examined(pdf(), f"{n}.pdf") for n in range(2)))
    assert not Attachment.objects.exists()
