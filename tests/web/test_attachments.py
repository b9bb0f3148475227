"""Attachments on pages: attached, listed, shown, removed; what is wrong is said at its place."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cases.makers import do, make_parties
from tests.files.makers import make_examined, make_public_attachment, pdf, picture
from tests.opening.makers import make_application
from tests.parties.makers import make_body, make_citizen
from tests.registers.makers import make_plan, make_project
from tests.web.makers import BACKEND, seated, text_of

from yelin.files.models import FOLDER, Attachment
from yelin.files.store import scratch, store
from yelin.parties.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


def upload(content: bytes, name: str = "规划附图.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/html")


def enter(client, actor) -> None:
    client.force_login(Person.objects.get(pk=actor.person_id).user, backend=BACKEND)


@pytest.mark.long
@pytest.mark.duty("plans.special")
def test_the_scan_of_a_plan_is_attached_by_its_officer_and_read_by_everyone(client):
    body = make_body()
    plan = make_plan(body, state="draft")
    address = f"/desk/registers/plans/{plan.pk}/"
    seated(client, body, "officer")
    sent = {"do": "files.attach", "files_attach-attached": upload(pdf())}
    assert client.post(address, sent).status_code == 302
    shown = client.get(address)
    assert "规划附图.pdf" in text_of(shown)
    assert "彻底删除" in text_of(shown)
    made = Attachment.objects.get()
    client.logout()
    assert client.get(f"/files/{made.pk}/").status_code == 404
    seated(client, body, "officer")
    client.post(address, {"do": "registers.publish_plan"})
    assert "彻底删除" not in text_of(client.get(address))
    client.logout()
    assert f"/files/{made.pk}/" in client.get(f"/plans/{plan.pk}/").content.decode()
    taken = client.get(f"/files/{made.pk}/")
    assert taken.getvalue().startswith(b"%PDF-")
    assert taken["Content-Disposition"].startswith("attachment;")


@pytest.mark.long
@pytest.mark.drawn(1)
@pytest.mark.parametrize(("content", "begins"), [(pdf(), "attachment;"), (picture(), "inline;")])
def test_only_a_picture_is_shown_and_nothing_reaches_beyond_itself(client, content, begins):
    project = make_project()
    seated(client, project.body)
    address = f"/desk/registers/projects/{project.pk}/"
    client.post(address, {"do": "files.attach", "files_attach-attached": upload(content)})
    taken = client.get(f"/files/{Attachment.objects.get().pk}/")
    assert taken["Content-Disposition"].startswith(begins)
    assert taken["X-Content-Type-Options"] == "nosniff"
    assert taken["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert taken["Cache-Control"] == "private, no-store"
    assert taken.getvalue()


def test_the_address_of_a_file_says_nothing_of_its_name(client):
    made = make_public_attachment()
    page = client.get(f"/plans/{made.about_id}/").content.decode()
    assert f'href="/files/{made.pk}/" download' in page


@pytest.mark.long
@pytest.mark.drawn(1)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_wrong_with_files_is_said_at_their_field_and_nothing_is_kept(client, language):
    actor = make_citizen()
    case = make_application(actor=actor)
    enter(client, actor)
    address = f"/applications/{case.number}/?lang={language}"
    sent = {
        "do": "cases.say",
        "cases_say-words": "见附件",
        "cases_say-attached": [upload(pdf()), upload(b"MZ" + bytes(90), "说明.pdf")],
    }
    answer = client.post(address, sent)
    assert answer.status_code == 422
    says = {"zh-hans": "说明.pdf：这是程序", "en": "说明.pdf: This is a program"}[language]
    assert says in text_of(answer)
    assert not Attachment.objects.exists()
    assert list(store().keys(FOLDER)) == []
    assert list(scratch().path.iterdir()) == []


def test_more_files_than_may_come_at_once_are_not_even_read(client):
    actor = make_citizen()
    case = make_application(actor=actor)
    enter(client, actor)
    sent = {
        "do": "cases.say",
        "cases_say-words": "见附件",
        "cases_say-attached": [upload(b"MZ") for _ in range(11)],
    }
    answer = client.post(f"/applications/{case.number}/", sent)
    assert "一次最多上传 10 个文件" in text_of(answer)


@pytest.mark.long
def test_the_copy_of_an_account_names_what_its_person_attached(client):
    parties = make_parties()
    attached = (make_examined(picture(), "学生证.jpg"),)
    do("say", parties, "applicant", attached=attached)
    enter(client, parties.by["applicant"])
    (case,) = json.loads(client.get("/account/copy/").content)["cases"]
    assert [each["name"] for each in case["attached"]] == ["学生证.jpg"]
