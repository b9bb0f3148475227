"""A person asks what is held of them: found everywhere, deleted place by place, proved."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pyarrow.parquet as pq
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from stdnum.iso7064 import mod_11_2
from tests.catalog.makers import agency
from tests.delivery.makers import make_call, make_taker
from tests.parties.makers import make_actor, make_citizen
from tests.privacy.makers import NUMBERS, PEOPLE, make_covering, make_people, make_subject
from tests.warehouse.makers import make_release, make_upload

from yelin import gate
from yelin.cases import acts as cases
from yelin.cases.models import Case
from yelin.files.store import store
from yelin.keys.models import Destroyed
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.parties.actor import Actor
from yelin.privacy import acts, finding, proof, subject_acts, subject_tasks
from yelin.privacy.requested import Kind, SubjectRequest, Target
from yelin.privacy.requesting import Wish
from yelin.warehouse import acts as warehouse
from yelin.warehouse.tasks import prepare

pytestmark = pytest.mark.django_db(transaction=True)
LATER = PEOPLE + f"{NUMBERS[1]},文昌,2026\n"


def steward(body) -> Actor:
    return make_actor(body)


def ask(subject: Actor, entry, what="deletion", body=None, **said) -> Case:
    case = subject_acts.ask(
        actor=subject,
        body=body or entry.provider,
        entry=entry,
        wish=Wish(what=what, **said),
    )
    subject_tasks.find(case=str(case.pk))
    return case


def decide(case: Case, **over) -> Case:
    handler = steward(case.handler)
    case.refresh_from_db()
    if case.state == "submitted":
        cases.accept(actor=handler, case=case)
    return cases.decide(actor=handler, case=case, **{"approve": True} | over)


def work(case: Case) -> None:
    """Reach every target that waits, as the worker would, one job each."""
    for target in Target.objects.filter(request__case=case, state__in=["waiting", "failed"]):
        subject_tasks.reach(target=str(target.pk))
    subject_tasks.prove(request=str(case.subject_request.pk))


def states(case: Case) -> dict[str, list[str]]:
    found = Target.objects.filter(request__case=case).order_by("kind", "release__number", "pk")
    told: dict[str, list[str]] = {}
    for each in found:
        told.setdefault(each.kind, []).append(str(each.state))
    return told


def make_held():
    """A resource of two versions, whose first subject agreed, and two who took her rows."""
    entry = make_people()
    make_release(entry, LATER)
    covering, subject = make_covering(entry), make_subject(NUMBERS[0])
    acts.agree(actor=subject, purpose=covering.purpose)
    entry.refresh_from_db()
    takers = [make_taker(entry)[0] for _ in range(2)]
    for taker in takers:
        make_call(taker, entry)
    return entry, subject, takers


def texts(entry) -> str:
    """Every row of every version, as they lie in the store."""
    told = []
    for release in entry.releases.all():
        with release.copy("data.parquet").place.open("rb") as file:
            told.append(pq.read_table(file).to_pydict())
    return str(told)


@pytest.mark.duty("personal.ask")
def test_everything_that_holds_a_person_is_found():
    entry, subject, _takers = make_held()
    case = ask(subject, entry)
    assert states(case) == {
        "release": ["found", "found"],
        "copies": ["found"],
        "consent": ["found"],
        "recipient": ["found", "found"],
    }
    held = Target.objects.filter(request__case=case, kind="release").order_by("release__number")
    assert [each.rows for each in held] == [2, 2]


@pytest.mark.duty("personal.erase")
@pytest.mark.duty("personal.confirm")
def test_what_is_deleted_is_gone_from_every_version_and_the_recipients_confirm():
    entry, subject, takers = make_held()
    case = ask(subject, entry)
    assert proof.shown(case.subject_request) == ()
    decide(case)
    work(case)
    assert states(case)["release"] == ["done", "done"]
    work(case)
    assert states(case) == {
        "release": ["done", "done"],
        "copies": ["done"],
        "consent": ["done"],
        "recipient": ["told", "told"],
    }
    assert NUMBERS[0] not in texts(entry).upper()
    assert NUMBERS[1] in texts(entry)
    request = SubjectRequest.objects.get(case=case)
    assert request.proved_at is not None
    assert request.scanned == 2
    for taker in takers:
        target = Target.objects.get(request=request, party=taker.person_id)
        subject_acts.confirm(actor=taker, target=target, says="已删除")
        with pytest.raises(OutOfTurn):
            subject_acts.confirm(actor=taker, target=target)
    assert states(case)["recipient"] == ["confirmed", "confirmed"]
    told = proof.receipt(SubjectRequest.objects.get(case=case))
    assert told["found"] == 0
    assert {each["what"]["state"] for each in told["places"]} == {"done", "confirmed"}
    said = json.dumps(list(Leaf.objects.values_list("payload", flat=True)))
    for each in told["places"]:
        assert each["commitment"] in said
    assert NUMBERS[0] not in said


@pytest.mark.long
@pytest.mark.duty("personal.erase")
def test_one_version_that_cannot_be_opened_keeps_no_other_waiting():
    entry, subject, _takers = make_held()
    case = ask(subject, entry)
    decide(case)
    first = entry.releases.get(number=1)
    path = store().local(first.copy("data.parquet").key)
    away = path.with_suffix(".away")
    path.rename(away)
    work(case)
    work(case)
    assert states(case) == {
        "release": ["failed", "done"],
        "copies": ["failed"],
        "consent": ["done"],
        "recipient": ["told", "told"],
    }
    down = Target.objects.get(request__case=case, release=first)
    assert (down.tries, down.failure) == (2, "FileNotFoundError")
    assert down.next_at > clock.now()
    assert SubjectRequest.objects.get(case=case).proved_at is None
    assert proof.receipt(case.subject_request)["found"] is None
    away.rename(path)
    with clock.standing_at(clock.now() + timedelta(minutes=10)):
        subject_tasks.go_on()
        work(case)
        work(case)
    assert states(case)["release"] == ["done", "done"]
    assert SubjectRequest.objects.get(case=case).proved_at is not None


@pytest.mark.long
@pytest.mark.duty("personal.erase")
def test_the_copies_are_taken_up_as_soon_as_the_last_version_is_done_with():
    entry, subject, _takers = make_held()
    case = ask(subject, entry)
    decide(case)
    copies = Target.objects.get(request__case=case, kind="copies")
    subject_tasks.reach(target=str(copies.pk))
    copies.refresh_from_db()
    assert copies.failure == "versions_first"
    assert copies.next_at > clock.now()
    again = ProcrastinateJob.objects.filter(queueing_lock=f"target/{copies.pk}")
    first, last = Target.objects.filter(request__case=case, kind="release")
    subject_tasks.reach(target=str(first.pk))
    assert not again.exists()
    subject_tasks.reach(target=str(last.pk))
    assert again.get().status == "todo"


@pytest.mark.long
@pytest.mark.duty("personal.confirm")
def test_a_recipient_that_never_confirms_is_reminded_and_shown_to_the_agency():
    entry, subject, (taker, other) = make_held()
    officer = make_actor(agency(), "officer")
    case = ask(subject, entry)
    decide(case)
    work(case)
    target = Target.objects.get(request__case=case, party=taker.person_id)
    subject_acts.confirm(
        actor=other, target=Target.objects.get(request__case=case, party=other.person_id)
    )
    due = clock.running(target).get().due
    with clock.standing_at(clock.beginning_of(due)):
        subject_tasks.sweep()
        subject_tasks.sweep()
    reminded = Notice.objects.filter(to=taker.person_id, event="personal.delete_soon")
    assert reminded.count() == 1
    with clock.standing_at(clock.end_of(due) + timedelta(days=1)):
        subject_tasks.sweep()
        subject_tasks.sweep()
        late = list(finding.unconfirmed(officer))
    assert late == [target]
    assert list(finding.unconfirmed(make_citizen())) == []
    told = Notice.objects.filter(to=officer.person_id, event="personal.unconfirmed")
    assert told.count() == 1
    assert Leaf.objects.filter(act="privacy.miss", subject=target.pk).count() == 1
    # What the platform does is proved all the same, and the receipt says who did not confirm.
    work(case)
    places = proof.receipt(SubjectRequest.objects.get(case=case))["places"]
    assert sorted({each["what"]["state"] for each in places}) == ["confirmed", "done", "told"]


@pytest.mark.long
def test_a_person_who_was_deleted_comes_back_by_no_rollback_and_no_new_file():
    entry, subject, _takers = make_held()
    case = ask(subject, entry)
    decide(case)
    work(case)
    work(case)
    handler = steward(entry.provider)
    upload = warehouse.roll_back(actor=handler, entry=entry, number=1)
    prepare(upload=str(upload.pk))
    upload.refresh_from_db()
    assert upload.rows == 3
    again = make_upload(entry, f"身份证号,站点,年份\n{NUMBERS[0].lower()},三亚站,2026\n")
    assert (again.rows, again.report["reasons"]) == (0, {"erased": 1})


@pytest.mark.long
def test_a_version_that_came_between_is_reached_before_anything_is_proved():
    entry, subject, _takers = make_held()
    case = ask(subject, entry)
    make_release(entry, PEOPLE)
    decide(case)
    work(case)
    work(case)
    work(case)
    work(case)
    assert states(case)["release"] == ["done", "done", "done"]
    assert SubjectRequest.objects.get(case=case).scanned == 3


def test_what_the_law_keeps_is_refused_with_reason_and_not_named():
    entry, subject, _takers = make_held()
    case = ask(subject, None, body=entry.provider)
    with pytest.raises(Incomplete):
        decide(case, given={"kept": [entry.code]})
    grounds = {"reason": "保存期限未届满", "legal_basis": "个人信息保护法第四十七条第二款"}
    decide(case, given={"kept": [entry.code]}, **grounds)
    assert Case.objects.get(pk=case.pk).outcome == "partly"
    assert {each for some in states(case).values() for each in some} == {"kept"}
    assert proof.shown(SubjectRequest.objects.get(case=case)) == []
    assert NUMBERS[0] in texts(entry)


@pytest.mark.duty("personal.answer")
def test_a_copy_is_made_for_the_subject_alone_and_destroyed_after_its_term():
    entry, subject, _takers = make_held()
    case = ask(subject, entry, what="copy")
    decide(case)
    request = SubjectRequest.objects.get(case=case)
    subject_tasks.copy(request=str(request.pk))
    request.refresh_from_db()
    blob = b"".join(store().read(request.copy_name, request.copy_key))
    with zipfile.ZipFile(BytesIO(blob)) as archive:
        table = archive.read(f"{entry.slug}.csv").decode()
        about = json.loads(archive.read("about.json"))
    assert "海口东站" in table
    assert "亚龙湾" in table
    assert "美兰" not in table
    assert about["resources"] == [
        {"resource": entry.code, "title": entry.title, "version": 2, "rows": 2}
    ]
    assert [each["purpose"] for each in about["consents"]]
    assert blob not in store().local(request.copy_name).read_bytes()
    key = request.copy_key
    with clock.standing_at(request.copy_until):
        subject_tasks.go_on()
    request.refresh_from_db()
    key.refresh_from_db()
    assert request.copy_key is None
    assert not store().local(request.copy_name).exists()
    with pytest.raises(Destroyed):
        key.secret()


@pytest.mark.long
def test_a_correction_is_accepted_by_the_version_that_says_it():
    entry, subject, _takers = make_held()
    first = {"what": "correction", "item": "年份", "value": "2025"}
    with pytest.raises(Incomplete):
        ask(subject, entry, **first | {"item": "身份证号"})
    with pytest.raises(Incomplete):
        ask(subject, entry, **first | {"value": "去年"})
    case = ask(subject, entry, **first)
    with pytest.raises(Incomplete):
        decide(case, given={"release": 2})
    make_release(entry, LATER.replace(",2024\n", ",2025\n").replace("亚龙湾,2026", "亚龙湾,2025"))
    decide(case, given={"release": 3})
    assert Case.objects.get(pk=case.pk).outcome == "approved"


def test_a_guardian_asks_for_a_child_and_nobody_for_whom_they_are_not():
    guardian = make_subject(NUMBERS[1])
    body = make_people().provider
    year = clock.today().year - 8
    plain = f"460105{year}0304001"
    child = plain + mod_11_2.calc_check_digit(plain)
    case = subject_acts.ask_for_child(
        actor=guardian, body=body, wish=Wish(what="access"), number=child
    )
    request = case.subject_request
    assert request.for_child
    assert child not in json.dumps(case.asked)
    for number in (NUMBERS[2], "123"):
        with pytest.raises(Incomplete):
            subject_acts.ask_for_child(
                actor=guardian, body=body, wish=Wish(what="access"), number=number
            )
    with pytest.raises(Incomplete):
        subject_acts.ask(actor=make_citizen(), body=body, wish=Wish(what="access"))
    with pytest.raises(gate.Refused):
        subject_acts.ask(actor=steward(body), body=body, wish=Wish(what="access"))
    assert Kind.RELEASE not in states(case)


@pytest.mark.long
@pytest.mark.duty("personal.erase")
def test_what_is_not_found_again_under_another_secret_is_not_called_deleted(settings):
    entry, subject, _takers = make_held()
    case = ask(subject, entry)
    decide(case)
    settings.SECRET_KEY = "another"
    work(case)
    assert states(case)["release"] == ["failed", "failed"]
    assert {each.failure for each in Target.objects.filter(request__case=case, kind="release")} == {
        "not_found_again"
    }
    assert NUMBERS[0] in texts(entry)
