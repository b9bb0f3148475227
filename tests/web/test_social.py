"""The pages of an enterprise that keeps a catalog of its own, and of whoever finds it there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.catalog.makers import FOR_EVERYONE, make_entry, make_social, social_content
from tests.parties.makers import make_enterprise, make_representative
from tests.warehouse.makers import PORTS, make_release
from tests.web.makers import entry_form, seated, text_of

from yelin.catalog import acts
from yelin.catalog.models import Entry, State
from yelin.warehouse import tasks
from yelin.warehouse.models import Upload

pytestmark = pytest.mark.django_db(transaction=True)

MARK = "社会数据（非政务数据）"


@pytest.mark.long
@pytest.mark.duty("social.catalog")
@pytest.mark.duty("social.give")
def test_an_enterprise_brings_its_data_in_and_a_citizen_finds_and_downloads_it(client: Client):
    firm, stranger = make_enterprise(), Client()
    seated(client, firm, "representative")
    assert "/desk/entries/" in client.get("/desk/").content.decode()
    form = client.get("/desk/entries/new/")
    assert "sharing_basis" not in form.context["form"].fields
    assert {node.code for node in form.context["tree"]} == {"S"}
    said = entry_form(social_content(title="公交站台客流", handing_over="own"), audience="everyone")
    client.post("/desk/entries/new/", said)
    entry = Entry.objects.get()
    desk = f"/desk/entries/{entry.pk}/"
    assert entry.opening_type == "unconditional"
    items = social_content(title=entry.title, **FOR_EVERYONE)
    acts.amend(actor=make_representative(firm), entry=entry, content=items)
    client.post(desk, {"do": "register"})
    client.post(f"{desk}upload/", {"file": SimpleUploadedFile("rides.csv", PORTS.encode())})
    upload = Upload.objects.get()
    tasks.prepare(upload=str(upload.pk))
    client.post(f"/desk/uploads/{upload.pk}/", {"do": "publish"})
    entry.refresh_from_db()
    found = f"/resources/{entry.slug}/"
    assert (entry.state, stranger.get(found).status_code) == (State.REGISTERED, 404)
    assert MARK in text_of(client.get(desk))
    client.post(desk, {"do": "submit"})
    entry.refresh_from_db()
    assert entry.state == State.CONFIRMED
    for address in (found, f"{found}about/", "/resources/?q=站台客流", "/resources/?social=true"):
        assert MARK in text_of(stranger.get(address)), address
    rows = stranger.get(f"/api/v1/resources/{entry.slug}/download?format=csv")
    assert b"".join(rows).decode().startswith("年份")


def test_it_is_marked_in_every_answer_to_programs_and_a_governments_is_not(client: Client):
    social, official = make_social(**FOR_EVERYONE), make_entry()
    for entry, marked in ((social, True), (official, False)):
        assert client.get(f"/api/v1/resources/{entry.slug}").json()["social"] is marked
        listed = client.get("/api/v1/resources", {"social": str(marked).lower()}).json()
        assert [each["code"] for each in listed["items"]] == [entry.code]
        shown = client.get("/api/3/action/package_show", {"id": entry.slug}).json()["result"]
        extras = {each["key"]: each["value"] for each in shown["extras"]}
        assert extras["social"] == str(marked).lower()
        graph = client.get(f"/resources/{entry.slug}.ttl").content.decode()
        assert ("publishertype/Company" in graph) is marked


def test_what_is_kept_is_as_missing_as_what_never_was(client: Client):
    entry = make_social()
    make_release(entry)
    for path in ("", "about/", "fields/", "versions/", "trace/"):
        assert client.get(f"/resources/{entry.slug}/{path}").status_code == 404
    for path in (f"/api/v1/resources/{entry.slug}", f"/resources/{entry.slug}.ttl"):
        assert client.get(path).status_code == 404
    for path in ("/resources/", "/negative-list/", "/catalog.ttl", "/sitemap.xml"):
        assert entry.slug not in client.get(path).content.decode()
    assert client.get(f"/resources/?q={entry.title}&social=true").context["total"] == 0


def test_the_change_of_a_published_entry_is_published_by_its_holder(client: Client):
    firm = make_enterprise()
    entry = make_social(firm)
    seated(client, firm, "representative")
    desk = f"/desk/entries/{entry.pk}/"
    edit = client.get(f"{desk}edit/")
    assert edit.context["form"]["audience"].value() == "own"
    said = entry_form(entry.content(), title="公交车辆", audience="own")
    client.post(f"{desk}edit/", said)
    client.post(desk, {"do": "submit"})
    entry.refresh_from_db()
    assert entry.title == "公交车辆"
