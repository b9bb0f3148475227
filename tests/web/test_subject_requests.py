"""What is held of oneself, on pages and for programs: asked, decided, confirmed, taken along."""

import json
import zipfile
from io import BytesIO

import pytest
from django.test import Client
from tests.parties.makers import make_person, make_token
from tests.privacy.makers import NUMBERS, make_covering, make_people
from tests.privacy.test_requests import make_held, states, work
from tests.web.makers import BACKEND, seated, text_of
from tests.web.test_collecting import post
from tests.web.test_consents import sign_in

from yelin.cases.models import Case
from yelin.documents import sealed
from yelin.parties.models import Body, Person
from yelin.privacy import subject_tasks
from yelin.privacy.models import SubjectRequest, Target

pytestmark = pytest.mark.django_db(transaction=True)


def handler_of(entry) -> Client:
    client = Client()
    seated(client, Body.objects.get(pk=entry.provider_id))
    return client


def asked(client, of: str, **said) -> Case:
    answer = client.post(f"/account/requests/new/{of}/", {"what": "deletion"} | said)
    assert answer.status_code == 302, text_of(answer)
    case = Case.objects.get(number=answer["Location"].split("/")[-2])
    subject_tasks.find(case=str(case.pk))
    return case


@pytest.mark.long
@pytest.mark.duty("personal.ask")
@pytest.mark.duty("personal.answer")
def test_a_deletion_is_asked_decided_and_proved_on_the_pages(client):
    entry, _subject, (taker, other) = make_held()
    sign_in(client)
    assert "其中有您的个人信息" in text_of(client.get(f"/resources/{entry.slug}/talk/"))
    case = asked(client, entry.provider.credit_code, says="不再乘车")
    own = f"/account/requests/{case.number}/"
    assert "作出决定后逐处列明" in text_of(client.get(own))
    desk = handler_of(entry)
    page = f"/desk/cases/{case.number}/"
    shown = text_of(desk.get(page))
    assert "已找到" in shown
    assert NUMBERS[0] not in shown
    assert post(desk, page, "cases.accept").status_code == 302
    assert post(desk, page, "cases.approve").status_code == 302, text_of(desk.get(page))
    work(case)
    work(case)
    assert states(case)["release"] == ["done", "done"]
    shown = text_of(client.get(own))
    assert "已复查，无残留" in shown
    assert "已通知，尚未确认" in shown
    assert "已通知其一并删除" in shown
    words = json.loads(sealed.statement(client.get(f"{own}receipt.jws").content).words)
    assert (words["number"], words["found"]) == (case.number, 0)
    assert NUMBERS[0] not in json.dumps(words)
    recipient = Client()
    person = Person.objects.get(pk=taker.person_id)
    recipient.force_login(person.user, backend=BACKEND)
    target = Target.objects.get(request__case=case, party=taker.person_id)
    listed = text_of(recipient.get("/account/requests/"))
    assert "您需要删除的数据" in listed
    assert case.number not in listed
    assert post(recipient, "/account/requests/", f"confirm-{target.pk}").status_code == 302
    # The other confirms by a program.
    headers = {
        "Authorization": f"Bearer {make_token(person=Person.objects.get(pk=other.person_id))}"
    }
    found = Client().get("/api/v1/deletions", headers=headers).json()
    (line,) = found["items"]
    assert (line["resource"], line["state"], found["total"]) == (entry.slug, "told", 1)
    act = Client().post(
        "/api/v1/acts/privacy.confirm",
        json.dumps({"target": line["id"], "says": "已删"}),
        content_type="application/json",
        headers=headers,
    )
    assert act.status_code < 300, act.content
    assert states(case)["recipient"] == ["confirmed", "confirmed"]
    assert Client().get("/api/v1/deletions").json() == {"items": [], "total": 0}


def test_nobody_sees_the_request_of_another(client):
    entry, _subject, _takers = make_held()
    sign_in(client)
    case = asked(client, entry.slug)
    stranger = Client()
    stranger.force_login(make_person().user, backend=BACKEND)
    own = f"/account/requests/{case.number}/"
    for page in (own, f"{own}evidence", f"{own}receipt.jws", f"{own}copy.zip"):
        assert stranger.get(page).status_code == 404
        assert Client().get(page).status_code == 302
    assert stranger.get("/account/requests/new/none/").status_code == 404


@pytest.mark.long
def test_what_is_at_fault_is_said_beside_it(client):
    entry = make_people()
    make_covering(entry)
    client.force_login(make_person().user, backend=BACKEND)
    page = f"/account/requests/new/{entry.slug}/"
    assert "请先核验姓名" in text_of(client.get(page))
    assert client.post(page, {"what": "access"}).status_code == 422
    sign_in(client)
    told = client.post(page, {"what": "correction", "item": "无此项", "value": "1"})
    assert told.status_code == 422
    assert "无此项" in text_of(told)
    assert client.post(page, {"what": "access", "number": "123"}).status_code == 422
    assert not Case.objects.filter(kind="personal.request").exists()


@pytest.mark.long
def test_a_copy_is_taken_along_by_whoever_asked(client):
    entry, _subject, _takers = make_held()
    sign_in(client)
    case = asked(client, entry.slug, what="copy")
    assert client.get(f"/account/requests/{case.number}/copy.zip").status_code == 404
    desk, page = handler_of(entry), f"/desk/cases/{case.number}/"
    post(desk, page, "cases.accept")
    post(desk, page, "cases.approve")
    subject_tasks.copy(request=str(SubjectRequest.objects.get(case=case).pk))
    assert "副本已备好" in text_of(client.get(f"/account/requests/{case.number}/"))
    taken = client.get(f"/account/requests/{case.number}/copy.zip")
    with zipfile.ZipFile(BytesIO(taken.getvalue())) as archive:
        assert set(archive.namelist()) == {"about.json", f"{entry.slug}.csv"}
