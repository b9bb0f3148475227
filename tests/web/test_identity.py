"""The pages by which somebody is verified, follows a search, and keeps files with a draft."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.catalog.makers import agency
from tests.files.makers import pdf
from tests.opening.makers import make_application, make_conditional, make_identity, make_verified
from tests.parties.makers import make_citizen, make_enterprise, make_person, make_seat
from tests.talking.makers import make_open_entry
from tests.web.makers import BACKEND, prove, seated, sign_in, text_of

from yelin.cases.models import Case
from yelin.law import clock
from yelin.opening.models import Draft
from yelin.parties.models import Body, Person
from yelin.talking import searches
from yelin.talking.models import FollowedSearch

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"


def as_citizen(client) -> Person:
    person = make_person()
    client.force_login(person.user, backend=BACKEND)
    prove(client, person)
    return person


@pytest.mark.long
@pytest.mark.duty("identity.ask", "identity.answer", "identity.require")
def test_a_citizen_is_verified_by_an_officer_and_applies_under_that_name(client):
    person, entry = as_citizen(client), make_conditional(grade=3)
    agency()
    refused = client.get(f"/resources/{entry.slug}/apply/")
    assert refused.status_code == 403
    assert 'href="/account/identity/"' in refused.content.decode()
    wrong = client.post("/account/identity/", {"name": "王海", "number": "1"})
    assert wrong.status_code == 422
    assert "居民身份证或者居住证号码" in text_of(wrong)
    made = client.post("/account/identity/", {"name": "王海", "number": NUMBER}, follow=True)
    case = Case.objects.get()
    assert case.number in text_of(made)
    assert NUMBER not in made.content.decode()
    assert "正在核验" in text_of(client.get("/account/identity/"))
    client.logout()
    seated(client, agency(), "officer")
    assert "身份核验：本人实名" in text_of(client.get("/desk/"))
    page = text_of(client.get(f"/desk/cases/{case.number}/"))
    assert "王海" in page
    assert "110*************2X" in page
    client.post(f"/desk/cases/{case.number}/", {"do": "cases.accept"})
    client.post(f"/desk/cases/{case.number}/", {"do": "cases.approve"})
    assert person.verified_as(clock.now()).name == "王海"
    client.force_login(person.user, backend=BACKEND)
    assert "您已实名" in text_of(client.get("/account/identity/"))
    assert "王海" in text_of(client.get(f"/resources/{entry.slug}/apply/"))


@pytest.mark.long
@pytest.mark.duty("identity.require")
def test_the_department_sees_the_verified_name_and_nobody_else_does(client):
    citizen, entry = make_citizen(), make_conditional()
    make_verified(citizen)
    case = make_application(entry, citizen)
    seated(client, entry.provider)
    assert "申请人（已核验）" in text_of(client.get(f"/desk/cases/{case.number}/"))
    other = make_application(entry, make_citizen())
    assert "申请人（已核验）" not in text_of(client.get(f"/desk/cases/{other.number}/"))
    client.logout()
    assert "王海" not in text_of(client.get("/applications/"))


def test_how_one_is_verified_is_seen_by_nobody_else(client):
    case = make_identity()
    body = make_enterprise(verified_at=None)
    assert client.get("/account/identity/").status_code == 302
    as_citizen(client)
    for address in (
        f"/account/verifications/{case.number}/",
        f"/account/verifications/{case.number}/evidence",
        f"/account/identity/{body.pk}/",
    ):
        assert client.get(address).status_code == 404


@pytest.mark.long
@pytest.mark.duty("identity.ask")
def test_whoever_registers_an_enterprise_goes_on_to_have_it_verified(client):
    body = make_enterprise(verified_at=None, credit_code="91350100M000100Y43")
    seat = make_seat(body, "representative")
    agency()
    sign_in(client, seat)
    assert f"/account/identity/{body.pk}/" in client.get("/account/").content.decode()
    page = client.get(f"/account/identity/{body.pk}/")
    assert "91350100M000100Y43" in page.content.decode()
    sent = {"name": body.name, "number": "91350100M000100Y43"}
    made = client.post(f"/account/identity/{body.pk}/", sent, follow=True)
    assert Case.objects.get().number in text_of(made)
    assert not Body.objects.get(pk=body.pk).may_represent


@pytest.mark.duty("talk.say")
def test_a_search_is_followed_from_its_page_and_let_go_in_the_account(client):
    make_open_entry(title="灯塔分布")
    asked = "q=灯塔&opening=unconditional"
    page = client.get(f"/resources/?{asked}")
    assert "关注这次搜索" in text_of(page)
    follow = page.context["follow_url"]
    assert client.get(follow).status_code == 302
    person = as_citizen(client)
    assert "灯塔" in text_of(client.get(follow))
    sent = {"q": "灯塔", "opening": "unconditional"}
    assert client.post("/account/kept/search/", sent).status_code == 302
    assert client.post("/account/kept/search/", {}).status_code == 422
    (mine,) = searches.followed(person)
    kept = client.get("/account/kept/")
    assert "“灯塔”" in text_of(kept)
    client.post("/account/kept/", {"let_go": "search x"})
    assert FollowedSearch.objects.exists()
    client.post("/account/kept/", {"let_go": f"search {mine.pk}"})
    assert not FollowedSearch.objects.exists()


def test_hostile_words_of_a_search_are_shown_as_words(client):
    person = as_citizen(client)
    hostile = "<script>alert(1)</script>\"'><img src=x>"
    client.post("/account/kept/search/", {"q": hostile, "provider": hostile, "nonsense": "x"})
    assert searches.followed(person)
    for page in (client.get("/account/kept/"), client.get("/account/kept/search/", {"q": hostile})):
        assert "<script>alert" not in page.content.decode()
        assert "<img src=x" not in page.content.decode()


@pytest.mark.long
@pytest.mark.duty("opening.apply")
def test_files_stay_with_a_draft_until_it_is_handed_in(client):
    person, entry = as_citizen(client), make_conditional()
    here = f"/resources/{entry.slug}/apply/"
    files = {"attached": SimpleUploadedFile("方案.pdf", pdf())}
    client.post(here, {"step": "3", "do": "keep", **files})
    page = client.get(f"{here}?step=3")
    assert "方案.pdf" in text_of(page)
    (file,) = page.context["files"]
    # What is missing is told, and the file is not sent again.
    assert client.post(here, {"step": "3", "do": "send"}).status_code == 422
    client.post(here, {"step": "3", "do": "remove-nonsense"})
    client.post(here, {"step": "3", "do": f"remove-{file.pk}"})
    assert not client.get(f"{here}?step=3").context["files"]
    again = {"attached": SimpleUploadedFile("方案.pdf", pdf())}
    client.post(here, {"step": "3", "do": "keep", **again})
    said = {"purpose": "研究", "scenario": "单机", "safeguards": "加密", "until": "2099-01-01"}
    made = client.post(here, {"step": "3", "do": "send", **said}, follow=True)
    assert "方案.pdf" in text_of(made)
    assert not Draft.objects.exists()
    assert Case.objects.get().applicant_id == person.pk
