"""The page of the whole way, and what a file is: each says as much as its asker may know."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.catalog.makers import make_entry
from tests.delivery.makers import close, make_call, make_closed, make_taker
from tests.parties.makers import make_person, make_seat
from tests.warehouse.makers import PORTS, make_release

from yelin.ledger import sequencer
from yelin.parties.models import Person
from yelin.web.layered import BOX, GAP, laid_out

pytestmark = [pytest.mark.django_db, pytest.mark.duty("trace.whole")]


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def of_provider(entry) -> Client:
    return signed_in(make_seat(entry.provider, person=make_person()).person)


def test_the_portal_shows_the_public_part_and_the_desk_who_had_it():
    entry = make_closed()
    citizen, _ = make_taker(entry)
    make_call(citizen, entry)
    close()
    sequencer.settle()
    address = f"/resources/{entry.slug}/trace/way/"
    kinds = {
        name: {step.anchor: step.kind for step in client.get(page).context["way"].steps}
        for name, client, page in (
            ("stranger", Client(), address),
            ("citizen", signed_in(Person.objects.get(pk=citizen.person_id)), address),
            ("provider", of_provider(entry), f"/desk/entries/{entry.pk}/trace/"),
        )
    }
    assert set(kinds["stranger"].values()) == {"目录条目", "发布版本"}
    assert set(kinds["citizen"].values()) == {"目录条目", "发布版本", "授权", "交付"}
    assert set(kinds["provider"].values()) >= {"目录条目", "汇聚的文件", "发布版本", "授权", "交付"}


def test_the_list_says_what_each_step_came_of_and_what_proves_it(client: Client):
    entry = make_release(make_entry(opening_type="unconditional")).entry
    sequencer.settle()
    answer = client.get(f"/resources/{entry.slug}/trace/way/?version=1")
    *_, step = answer.context["way"].steps
    assert step.is_about
    assert [proof.published for proof in step.proofs] == [True]
    assert client.get(step.proofs[0].url).status_code == 200
    assert f'href="/api/v1/resources/{entry.slug}/trace?version=1&amp;format=ttl"' in (
        answer.content.decode()
    )
    assert client.get(f"/resources/{entry.slug}/trace/way/?version=2").status_code == 404


def test_programs_have_it_in_every_form_by_name_and_by_accept(client: Client):
    entry = make_release(make_entry(opening_type="unconditional")).entry
    address = f"/api/v1/resources/{entry.slug}/trace"
    for form, media in (
        ("ttl", "text/turtle"), ("jsonld", "application/ld+json"), ("rdf", "application/rdf+xml"),
    ):  # fmt: skip
        by_name, by_accept = (
            client.get(address, {"format": form}),
            client.get(address, HTTP_ACCEPT=media),
        )
        assert by_name["Content-Type"].startswith(media)
        assert by_accept["Content-Type"].startswith(media)
        assert "Accept" in by_accept["Vary"]
    assert client.get(address).json()["about"].endswith("?version=1")
    assert client.get(address, {"format": "xls"}).status_code == 422
    assert client.get(address, {"version": 9}).status_code == 404


def test_a_file_is_known_again_by_its_bytes_or_its_digest_and_only_to_whom_it_may_be():
    release = make_closed().releases.get()
    provider = of_provider(release.entry)
    sent = {"file": SimpleUploadedFile("x.csv", PORTS.encode())}
    found = provider.post("/verify/files/", sent)
    assert [title for _, title, _ in found.context["found"]] == ["ports.csv"]
    digest = release.upload.sha256
    assert provider.post("/verify/files/", {"digest": digest.upper()}).status_code == 200
    told = provider.get(f"/api/v1/verify/{digest}").json()
    assert [each["kind"] for each in told["found"]] == ["upload"]
    assert Client().post("/verify/files/", {"digest": digest}).status_code == 404
    assert Client().get(f"/api/v1/verify/{digest}").json()["found"] == []
    assert Client().get("/api/v1/verify/abc").status_code == 422


def test_who_had_a_file_is_told_with_the_receipt():
    entry = make_closed()
    citizen, _ = make_taker(entry)
    taker = signed_in(Person.objects.get(pk=citizen.person_id))
    blob = taker.get(f"/api/v1/resources/{entry.slug}/download?format=csv").content
    told = of_provider(entry).post("/verify/files/", {"file": SimpleUploadedFile("y", blob)})
    (found,) = (each for each, *_ in told.context["found"] if each.node.kind == "release")
    (call,) = found.had
    assert call.person_id == citizen.person_id
    assert f"/api/v1/deliveries/{call.pk}/receipt" in told.content.decode()


def test_columns_are_in_the_order_of_the_way_and_no_two_boxes_lie_upon_each_other():
    flows = [("a", "b"), ("b", "c"), ("a", "c"), ("x", "c"), ("c", "d"), ("b", "e")]
    layout = laid_out(["a", "x", "b", "c", "d", "e"], flows)
    at = layout.places
    assert all(at[one].x + BOX + GAP <= at[other].x for one, other in flows)
    assert len({(place.x, place.y) for place in at.values()}) == 6
    assert at["x"].x == at["b"].x
    # From a to c one goes over b, so that no line of its own crosses that box.
    assert len(layout.lines) == len(flows) - 1
