import hashlib
import os
import re

import pytest
from tests.catalog.makers import make_entry
from tests.files.makers import pdf, picture
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor, make_person
from tests.warehouse.makers import make_release, make_upload
from tests.warehouse.test_archive import packing
from tests.web.makers import seated, text_of

from yelin import gate
from yelin.delivery import handing
from yelin.files.store import sha256, store
from yelin.gate import Obligations, Refused
from yelin.parties.actor import Actor
from yelin.warehouse import acts, manifest, opened, reads, tasks
from yelin.warehouse.query import Question, Unfulfillable

pytestmark = pytest.mark.django_db(transaction=True)

AS_FILES = {"formats": ("pdf", "jpg"), "items": ()}


@pytest.fixture
def blobs() -> dict:
    return {
        "规划/总体规划.pdf": pdf(),
        "规划/地图.jpg": picture("JPEG"),
        "readme.md": b"# \xe8\xaf\xb4\xe6\x98\x8e\n",
        "旧.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "数据.bin": bytes(range(256)),
    }


@pytest.mark.long
def test_a_release_of_files_names_each_by_path_kind_size_and_digest(blobs):
    release = make_release(make_entry(**AS_FILES), packing(blobs), filename="规划.zip")
    assert (release.rows, release.columns, release.is_table) == (0, 0, False)
    said = [
        (each["path"], each["kind"], each["bytes"], each["sha256"]) for each in release.contents
    ]
    kinds = ("pdf", "jpeg", "text", "older", "unknown")
    assert said == [
        (path, kind, len(blob), hashlib.sha256(blob).hexdigest())
        for (path, blob), kind in zip(blobs.items(), kinds, strict=True)
    ]
    assert manifest.digest(release.manifest) == bytes(release.digest)
    for file in release.files:
        assert sha256(release.copy(file["name"]).place) == file["sha256"]
    assert [file["name"] for file in release.files if "path" not in file] == ["files/2.preview"]


def test_one_document_is_a_release_of_one_file_and_a_workbook_is_no_archive():
    entry = make_entry(**AS_FILES)
    release = make_release(entry, pdf(), filename="公报.pdf")
    assert [(each["path"], each["kind"]) for each in release.contents] == [("公报.pdf", "pdf")]


@pytest.mark.drawn(1)
@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"a.pdf": pdf(), "b.exe": b"MZ"}, "“b.exe” is a program; programs are not taken"),
        ({"a.pdf": b"MZ" + bytes(64)}, "This is a program; programs are not taken."),
        (
            {"a.pdf": pdf()[:-20]},
            "The PDF is not whole: its end is missing. Save or scan it again.",
        ),
        ({"__MACOSX/x": b""}, "The archive is empty"),
    ],
)
def test_what_harms_or_is_not_whole_is_refused_with_the_name_of_its_file(files, says):
    upload = make_upload(make_entry(**AS_FILES), packing(files), filename="x.zip")
    assert upload.state == "failed"
    assert upload.error["says"].format(**upload.error["params"]) == says
    assert upload.error["params"].get("path", "") in {"", *files}


def test_a_table_stays_a_table_whatever_else_its_entry_is_made_of():
    upload = make_upload(make_entry(formats=("pdf",)))
    assert (upload.state, upload.rows, upload.contents) == ("ready", 3, [])


@pytest.mark.long
@pytest.mark.duty("security.store")
def test_files_of_what_is_not_open_lie_sealed_and_are_swept_by_name_alone(blobs):
    entry = make_entry(**AS_FILES, opening_type="none")
    release = make_release(entry, packing(blobs), filename="规划.zip")
    kept = [*release.copies.values(), *release.upload.copies.values()]
    assert all(copy.sealed_by for copy in kept)
    stray = store().local(f"releases/{release.pk}/files/1")
    stray.write_bytes(b"x")
    for path in (stray, *(store().local(copy.key) for copy in kept)):
        os.utime(path, (0, 0))
    tasks.clear_leavings.func(timestamp=0)
    assert not stray.exists()
    assert all(copy.place.exists() for copy in kept)


@pytest.mark.long
def test_files_are_handed_out_by_the_one_decision_and_counted(blobs):
    release = make_release(make_entry(**AS_FILES), packing(blobs), filename="规划.zip")
    entry = release.entry
    shown = handing.contents(Actor.anyone(), entry, 2, 2)
    assert ([each.path for each in shown.files], shown.total) == (["规划/地图.jpg", "readme.md"], 5)
    assert shown.files[0].preview.startswith(b"RIFF")
    assert not shown.files[1].preview
    handed = handing.content(Actor.anyone(), entry, 1)
    assert (handed.wanted.filename, handed.wanted.content_type) == (
        "总体规划.pdf",
        "application/pdf",
    )
    assert handed.kept is not None
    assert sha256(handed.kept.place) == release.contents[0]["sha256"]
    with pytest.raises(opened.NoTable):
        handing.rows(Actor.anyone(), entry, Question())
    for number in (0, 6):
        with pytest.raises(opened.NoFile):
            handing.content(Actor.anyone(), entry, number)


@pytest.mark.long
def test_who_is_given_only_a_part_is_given_no_file(blobs):
    entry = make_entry(**AS_FILES, opening_type="conditional", opening_condition="实名")
    release = make_release(entry, packing(blobs), filename="规划.zip")
    person = make_person()
    make_grant(person, entry, bears=Obligations(shown_items=frozenset({"x"})))
    decision = gate.decide(Actor.citizen(person), "resource.read", entry)
    assert decision.allowed
    with pytest.raises(Unfulfillable):
        opened.contents(decision, release)


def test_who_may_not_read_sees_neither_names_nor_pictures(blobs, client):
    entry = make_entry(**AS_FILES, opening_type="conditional", opening_condition="实名")
    make_release(entry, packing(blobs), filename="规划.zip")
    stranger = Actor.citizen(make_person())
    for ask in (handing.contents, handing.content):
        with pytest.raises(Refused):
            ask(stranger, entry, 1, *([9] if ask is handing.contents else []))
    for path in (f"/resources/{entry.slug}/", f"/api/v1/resources/{entry.slug}/files"):
        told = client.get(path).content.decode()
        assert "总体规划" not in told
        assert "image/webp" not in told


@pytest.mark.long
def test_files_are_listed_and_downloaded_at_every_door(blobs, client):
    entry = make_release(make_entry(**AS_FILES), packing(blobs), filename="规划.zip").entry
    base = f"/api/v1/resources/{entry.slug}"
    listed = client.get(f"{base}/files").json()
    assert [each["path"] for each in listed["items"]] == list(blobs)
    for each, blob in zip(listed["items"], blobs.values(), strict=True):
        sent = client.get(each["url"].partition("8000")[2] or each["url"])
        assert sent.content == blob
        assert sent["Content-Disposition"].startswith("attachment")
        assert sent["X-Content-Type-Options"] == "nosniff"
    page = client.get(f"/resources/{entry.slug}/").content.decode()
    assert "规划/总体规划.pdf" in page
    assert "data:image/webp;base64," in page
    for path in (f"{base}/rows", f"{base}/download?format=csv"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["status"]) == (409, 409)
    for path in ("about/", "fields/", "use/", "versions/", "trace/"):
        assert client.get(f"/resources/{entry.slug}/{path}").status_code == 200
    for path in (
        f"/resources/{entry.slug}.ttl",
        f"/api/3/action/package_show?id={entry.slug}",
        f"/api/v1/resources/{entry.slug}",
        "/resources/",
    ):
        assert client.get(path).status_code == 200
    assert client.get(f"/resources/{entry.slug}.croissant.jsonld").status_code == 409


@pytest.mark.long
@pytest.mark.duty("quality.keep")
def test_files_that_were_replaced_come_back_as_they_were(blobs):
    first = make_release(make_entry(**AS_FILES), packing(blobs), filename="规划.zip")
    entry, steward = first.entry, make_actor(first.entry.provider)
    make_release(entry, pdf(), filename="公报.pdf")
    upload = acts.roll_back(actor=steward, entry=entry, number=1)
    tasks.prepare(upload=str(upload.pk))
    upload.refresh_from_db()
    assert (upload.state, upload.filename, upload.sha256) == (
        "ready",
        "规划.zip",
        first.upload.sha256,
    )
    third = acts.publish(actor=steward, entry=entry, upload=upload, without_rejected=False)
    assert (third.number, third.mode, third.restored) == (3, "restore", first)
    assert third.files == first.files
    assert third.manifest["source"] == first.manifest["source"]
    assert not list(reads.faults_of(third))


@pytest.mark.long
def test_the_steward_sees_what_each_file_is_and_publishes_them(blobs, client):
    entry = make_entry(**AS_FILES)
    upload = make_upload(entry, packing(blobs), filename="规划.zip")
    seated(client, entry.provider)
    address = f"/desk/uploads/{upload.pk}/"
    page = text_of(client.get(address))
    assert "规划/总体规划.pdf PDF" in page
    assert "发布 5 个文件" in page
    client.post(address, {"do": "publish"})
    assert [len(release.contents) for release in entry.releases.all()] == [5]


@pytest.mark.long
def test_the_sheets_of_a_file_are_offered_and_the_chosen_one_is_read(client):
    text = '{"甲": [{"年份": 2012}], "乙": [{"年份": 2013, "代码": "007"}, {"年份": 2014}]}'
    upload = make_upload(text=text, filename="表.json")
    seated(client, upload.entry.provider)
    address = f"/desk/uploads/{upload.pk}/"
    page = client.get(address).content.decode()
    offered = page.partition('name="sheet"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="(.)"', offered) == ["甲", "乙"]
    client.post(address, {"do": "prepare", "sheet": "甲", "mode": "replace"})
    tasks.prepare(upload=str(upload.pk))
    upload.refresh_from_db()
    assert (upload.rows, upload.report["source"]["sheet"]) == (1, "甲")
