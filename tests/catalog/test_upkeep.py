"""What follows from a confirmation, a withdrawal, a change of law: terms, grants, who may know."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection
from tests.catalog.makers import agency, confirm, make_content, make_entry, secrecy
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor, make_body, make_person, make_seat

from yelin import gate
from yelin.catalog import acts, tasks
from yelin.catalog.changes import Answer, ChangeKind
from yelin.catalog.content import EntryContent
from yelin.catalog.models import Entry, Findable
from yelin.gate import Mask, Obligations
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn, Unlawful
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


def running(entry, duty):
    return clock.running(entry).filter(duty=duty.name).first()


def revise(entry, **over) -> Entry:
    said = EntryContent(**entry.in_hand().model_dump() | over)
    return acts.amend(actor=make_actor(entry.provider), entry=entry, content=said)


def send(entry) -> Entry:
    return acts.submit(actor=make_actor(entry.provider), entry=entry)


def note(entry, *codes, actor=None, **over):
    given = {"kind": ChangeKind.LAW, "what": "《统计法》修改", "since": clock.today()} | over
    return acts.note_change(
        actor=actor or make_actor(agency(), "officer"),
        provider=entry.provider,
        entries=codes or (entry.code,),
        **given,
    )


@pytest.mark.duty("catalog.revise")
def test_a_change_of_law_runs_a_term_that_stands_still_while_others_decide(today):
    today("2026-11-02")
    entry = make_entry()
    change = note(entry)
    assert running(entry, duties.CATALOG_REVISE).due == date(2026, 11, 23)
    assert Notice.objects.filter(event="entry.touched", about=entry.thing).exists()
    send(revise(entry, summary="按新法修订的摘要。"))
    assert running(entry, duties.CATALOG_REVISE).suspended_on == date(2026, 11, 2)
    today("2026-11-09")
    acts.return_(actor=make_actor(agency(), "officer"), entry=entry, reason="请写明统计口径")
    again = running(entry, duties.CATALOG_REVISE)
    assert (again.suspended_on, again.due) == (None, date(2026, 11, 27))
    confirm(send(revise(entry, summary="按新法修订，写明统计口径。")))
    assert running(entry, duties.CATALOG_REVISE) is None
    assert change.touched.get().answer == Answer.REVISED


@pytest.mark.duty("catalog.revise")
def test_an_entry_that_stays_as_it_is_says_why_and_one_that_is_late_is_told_once(today):
    today("2026-11-02")
    body = make_body()
    kept, late = make_entry(body), make_entry(body)
    change = note(kept, kept.code, late.code, actor=make_actor(body))
    with pytest.raises(Incomplete):
        acts.keep(actor=make_actor(body), entry=kept, reason=" ")
    acts.keep(actor=make_actor(body), entry=kept, reason="新法未涉及本资源的信息项")
    assert change.touched.get(entry=kept).answer == Answer.KEPT
    today("2026-11-24")
    for _ in range(2):
        tasks.sweep_terms(0)
    told = Leaf.objects.filter(act="catalog.lapse", refused=False)
    assert list(told.values_list("subject", flat=True)) == [late.pk]
    assert running(late, duties.CATALOG_REVISE).lapsed_at


@pytest.mark.duty("catalog.revise")
def test_only_who_it_concerns_or_who_confirms_notes_a_change_and_of_confirmed_entries_alone():
    entry, draft = make_entry(), make_entry(state="registered")
    with pytest.raises(gate.Refused):
        note(entry, actor=make_actor(make_body(), "officer"))
    with pytest.raises(Incomplete) as told:
        note(entry, draft.code, what=" ")
    assert {fault.place for fault in told.value.faults} == {"what", "entries"}


@pytest.mark.long
def test_no_change_of_the_cycle_undoes_that_data_is_owed(today):
    today("2026-03-02")
    entry, other = make_entry(update_cycle="monthly"), make_entry(update_cycle="yearly")
    owed = running(entry, duties.BRING_IN).due
    confirm(send(revise(other, update_cycle="never")))
    assert running(other, duties.BRING_IN) is None
    today("2026-07-01")
    confirm(send(revise(entry, update_cycle="never")))
    assert running(entry, duties.BRING_IN).due == owed < clock.today()


@pytest.mark.duty("negative_list.review")
@pytest.mark.duty("sharing.basis")
def test_one_person_in_two_seats_does_not_review_the_negative_list_twice():
    entry = make_entry(
        state="awaiting", sharing_type="none", opening_type="none", sharing_basis="《统计法》第九条"
    )
    person = make_person()
    first, second = (make_seat(body, "officer", person) for body in (agency(), secrecy()))
    entry = acts.confirm(actor=Actor.of(first), entry=entry)
    with pytest.raises(Unlawful):
        acts.confirm(actor=Actor.of(second), entry=entry)
    assert Entry.objects.get(pk=entry.pk).state == "awaiting"


@pytest.mark.duty("negative_list.review")
def test_what_leaves_the_negative_list_is_reviewed_as_what_comes_on_it():
    none = {"sharing_type": "none", "opening_type": "none", "sharing_basis": "《统计法》第九条"}
    entry = make_entry(**none)
    send(revise(entry, sharing_type="unconditional"))
    officer = make_actor(agency(), "officer")
    assert acts.confirm(actor=officer, entry=entry).sharing_type == "none"
    acts.confirm(actor=make_actor(secrecy(), "officer"), entry=entry)
    assert Entry.objects.get(pk=entry.pk).sharing_type == "unconditional"


@pytest.mark.duty("negative_list.review")
def test_what_is_withdrawn_from_the_negative_list_is_reviewed_too():
    entry = make_entry(sharing_type="none", opening_type="none", sharing_basis="《统计法》第九条")
    acts.ask_withdrawal(actor=make_actor(entry.provider), entry=entry, reason="职能已经划出")
    assert acts.confirm(actor=make_actor(secrecy(), "officer"), entry=entry).state == "confirmed"
    assert acts.confirm(actor=make_actor(agency(), "officer"), entry=entry).state == "withdrawn"


def test_in_a_city_its_own_department_confirms_beside_the_two_that_review():
    city = make_body(division="460100")
    none = {"sharing_type": "none", "opening_type": "none", "sharing_basis": "《统计法》第九条"}
    entry = make_entry(city, "awaiting", **none)
    bureau = make_body(kind="informatization", division="460100")
    for body in (agency(), bureau, make_body(kind="secrecy", division="460100")):
        assert entry.state == "awaiting"
        entry = acts.confirm(actor=make_actor(body, "officer"), entry=entry)
    assert entry.state == "confirmed"


@pytest.mark.duty("catalog.compile")
def test_what_is_withdrawn_is_had_by_nobody_and_owes_nothing():
    entry = make_entry(opening_type="conditional", opening_condition="说明用途")
    citizen = make_person()
    grant = make_grant(citizen, entry)
    steward = make_actor(entry.provider)
    with pytest.raises(Incomplete):
        acts.ask_withdrawal(actor=steward, entry=entry, reason="")
    confirm(acts.ask_withdrawal(actor=steward, entry=entry, reason="职能已经划出"))
    entry = Entry.objects.get(pk=entry.pk)
    assert (entry.state, entry.withdrawn_on) == ("withdrawn", clock.today())
    for actor in (Actor.anyone(), Actor.citizen(citizen), steward):
        assert not gate.decide(actor, "resource.read", entry).allowed
    grant.refresh_from_db()
    assert grant.revoked_because == "职能已经划出"
    assert not clock.running(entry).exists()
    assert Notice.objects.filter(event="entry.withdrawn", to=citizen.pk).exists()
    # Its title may be used again; its code may not.
    again = make_entry(entry.provider, "registered", title=entry.title)
    assert again.code != entry.code


def test_a_grant_ends_when_the_item_that_it_veils_is_renamed():
    entry = make_entry(opening_type="none")
    veiled = Obligations(masks={"代码": Mask.NULL})
    blind = make_grant(make_body(), entry, bears=veiled, duty=duties.SHARING_TYPE)
    plain = make_grant(make_body(), entry, duty=duties.SHARING_TYPE)
    items = [
        item.model_dump() | {"name": item.name.replace("代码", "编码")}
        for item in entry.content().items
    ]
    confirm(send(revise(entry, items=items)))
    blind.refresh_from_db()
    plain.refresh_from_db()
    assert blind.revoked_at
    assert plain.revoked_at is None


def test_nobody_but_its_own_and_its_confirmers_learns_of_a_revision():
    entry = make_entry()
    send(revise(entry, title="不让人知道的新名称"))
    acts.return_(actor=make_actor(agency(), "officer"), entry=entry, reason="请写明统计口径")
    acts.drop(actor=make_actor(entry.provider), entry=entry)
    about = Leaf.objects.filter(subject=entry.pk).order_by("id")
    seen = gate.visible_to(Actor.anyone(), "leaf.open", about)
    assert [leaf.act for leaf in seen] == [
        "catalog.draft", "catalog.register", "catalog.submit", "catalog.confirm",
    ]  # fmt: skip
    assert [gate.decide(Actor.anyone(), "leaf.open", leaf).allowed for leaf in about] == (
        [True] * 4 + [False] * 4
    )
    assert gate.visible_to(make_actor(entry.provider), "leaf.open", about).count() == 8
    for actor in (Actor.anyone(), make_actor(make_body(), "officer")):
        assert not gate.visible_to(actor, "revision.see", entry.revisions.all()).exists()
    assert "不让人知道" not in Findable.objects.get(pk=entry.pk).title_text


@pytest.mark.long
@pytest.mark.duty("sharing.type")
def test_a_former_version_is_read_by_whom_it_was_open_to_if_it_still_is():
    entry = make_entry(
        sharing_type="none", opening_type="none", sharing_basis="《统计法》第九条", grade=2
    )
    shared = {"sharing_type": "unconditional", "sharing_requirements": ("work_reference",)}
    confirm(send(revise(entry, **shared)))
    confirm(send(revise(entry, opening_type="conditional", opening_condition="说明用途")))
    revise(entry, summary="还没有人确认的摘要。")
    read = {
        name: sorted(
            gate.visible_to(actor, "version.read", entry.versions.all()).values_list(
                "number", flat=True
            )
        )
        for name, actor in {
            "anyone": Actor.anyone(),
            "department": make_actor(make_body(), "officer"),
            "own": make_actor(entry.provider),
        }.items()
    }
    assert read == {"anyone": [3], "department": [2, 3], "own": [1, 2, 3]}


def test_a_protected_title_needs_its_law_and_is_never_shared_or_open():
    for wrong in (
        {"title_protected_by": "内部规定", "sharing_type": "none", "opening_type": "none"},
        {"title_protected_by": "《反间谍法》第三条"},
    ):
        with pytest.raises(Incomplete) as told:
            make_entry(state="registered", sharing_basis="《统计法》第九条", **wrong)
        assert "title_protected_by" in {fault.place for fault in told.value.faults}
    assert make_content().title_protected_by == ""


@pytest.mark.django_db(transaction=True)
def test_two_sides_that_confirm_in_the_same_moment_confirm_once_together():
    entry = make_entry(
        state="awaiting", sharing_type="none", opening_type="none", sharing_basis="《统计法》第九条"
    )
    actors = [make_actor(body, "officer") for body in (agency(), secrecy()) for _ in range(2)]

    def confirms(actor):
        try:
            acts.confirm(actor=actor, entry=Entry.objects.get(pk=entry.pk))
        except OutOfTurn:
            return "late"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(actors)) as pool:
        assert sorted(pool.map(confirms, actors)) == ["done", "done", "late", "late"]
    assert Entry.objects.get(pk=entry.pk).state == "confirmed"
    assert entry.reviews.count() == 2
