import io
import re

import pikepdf
import pytest
from pypdf import PdfReader
from tests import homes
from tests.catalog.makers import agency, make_entry
from tests.exchange.makers import CONDITIONS
from tests.gate.makers import make_grant
from tests.hostile.words import WORDS
from tests.parties.makers import make_body, make_seat
from tests.quality.makers import make_rule, make_threshold
from tests.warehouse.makers import PORTS, make_release, make_upload
from tests.web.makers import seated, sign_in, text_of

from yelin.gate import Obligations

pytestmark = pytest.mark.django_db

LOSS = PORTS + "2015,-3,010\n"
RULE = {"indicator": "0104", "weight": "2", "text": "吞吐量不为负", "holds": "海口港 >= 0"}


@pytest.fixture(scope="module")
def _own_home(tmp_path_factory):
    """Keep one home, as the release lies in it."""
    with homes.at(tmp_path_factory.mktemp("quality")):
        yield


@pytest.fixture(scope="module")
def released(_own_home, kept):
    """A resource with a rule of its own, and a release that fails it in one row."""
    entry = make_entry()
    rule = make_rule(entry)
    return make_release(entry, LOSS), f"own:{rule.pk}"


def form(doing, prefix, **said):
    return {"do": doing, **{f"{prefix}-{name}": value for name, value in said.items()}}


@pytest.mark.duty("quality.measure")
def test_everyone_sees_the_quality_of_open_data_and_the_rows_that_fail(client, released):
    release, rule = released
    page = text_of(client.get(f"/resources/{release.entry.slug}/quality/"))
    for said in ("完整性", "吞吐量不为负", "3 / 4", "有不符合", "0104 业务规则"):
        assert said in page
    rows = text_of(client.get(f"/resources/{release.entry.slug}/", {"failing": rule}))
    assert "只显示不符合此规则的行：吞吐量不为负" in rows
    assert "2015" in rows
    assert "2014" not in rows


def test_programs_have_the_quality_and_the_rows_that_fail(client, released):
    release, rule = released
    slug = release.entry.slug
    told = client.get(f"/api/v1/resources/{slug}/quality").json()
    assert told["release"] == 1
    assert told["grade"] == {"zh": "优", "en": "Excellent"}
    assert {side["code"] for side in told["dimensions"]} >= {"01", "02", "03", "05", "06"}
    own = next(each for each in told["rules"] if each["code"] == rule)
    assert (own["satisfying"], own["evaluated"]) == (3, 4)
    rows = client.get(own["rows"].partition("8000")[2] or own["rows"]).json()["items"]
    assert [(row["#"], row["年份"], row["海口港"]) for row in rows] == [(4, 2015, -3.0)]
    file = client.get(f"/api/v1/resources/{slug}/download", {"failing": rule, "format": "csv"})
    assert b"".join(file).decode().splitlines()[1:] == ["4,2015,-3,010"]
    make_release(release.entry, PORTS)
    of_first = client.get(f"/api/v1/resources/{slug}/releases/1/quality")
    assert of_first.json() == told
    assert client.get(f"/api/v1/resources/{slug}/releases/3/quality").status_code == 404


@pytest.mark.long
@pytest.mark.parametrize("failing", ["own:none", "kept", "required:年份'", "typed:年份"])
def test_a_rule_that_there_is_not_or_that_fails_no_rows_is_told_as_missing(
    client, released, failing
):
    release, _ = released
    answer = client.get(f"/api/v1/resources/{release.entry.slug}/rows", {"failing": failing})
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["place"] == "failing"


def test_who_lacks_a_column_learns_nothing_of_its_rules(client):
    entry = make_entry(opening_type="conditional", opening_condition="实名", **CONDITIONS)
    rule = make_rule(entry)
    release = make_release(entry, LOSS)
    other = make_seat(make_body(), "steward")
    make_grant(other.body, entry, bears=Obligations(shown_items=frozenset({"年份"})))
    sign_in(client, other)
    told = client.get(f"/api/v1/resources/{entry.slug}/quality").json()
    assert {name for each in told["rules"] for name in each["items"]} == {"年份"}
    assert {"described", f"own:{rule.pk}"}.isdisjoint(each["code"] for each in told["rules"])
    whole = release.manifest["quality"]["total"]
    assert told["score"] != whole / 100
    asked = client.get(f"/api/v1/resources/{entry.slug}/rows", {"failing": f"own:{rule.pk}"})
    assert asked.status_code == 422


@pytest.mark.long
@pytest.mark.duty("quality.measure")
def test_the_report_is_had_on_paper_in_the_language_of_whoever_asks(client, released):
    release, _ = released
    page = f"/resources/{release.entry.slug}/quality"
    assert f'href="{page}.pdf"' in client.get(f"{page}/").content.decode()
    # Mended, the newest release scores more; the one that fails is had as it was.
    make_release(release.entry, PORTS.replace("7217", "７２１７"))
    said = {}
    for lang in ("zh-hans", "en"):
        answer = client.get(f"{page}.pdf", {"version": 1, "lang": lang})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        again = client.get(f"{page}.pdf", {"version": 1, "lang": lang})
        assert again.content == answer.content
        said[lang] = " ".join(on_paper(answer))
        known = {"If-None-Match": answer["ETag"]}
        assert client.get(f"{page}.pdf", {"version": 1}, headers=known).status_code == 304
    for words in (
        "数据质量报告",
        "完整性",
        "吞吐量不为负",
        "3 / 4",
        "0104 业务规则",
        "一致性",
        "未评价",
        "不计入单个版本",
    ):
        assert words in said["zh-hans"]
    for words in (release.digest_text, "Never below zero", "not measured"):
        assert words in said["en"]
    newest = " ".join(on_paper(client.get(f"{page}.pdf")))
    assert "blanks or full-width digits × 1" in newest
    assert "Over the versions" in newest
    # What a report says of its release does not change by a later one.
    assert "Over the versions" not in said["en"]


@pytest.mark.long
def test_paper_can_be_kept_whatever_characters_are_on_it(client):
    title = "港口\U0001f600\ue000\x08吞吐量"
    kept, odd = (make_release(make_entry(**over)).entry for over in ({}, {"title": title}))
    said = []
    for entry in (kept, odd):
        answer = client.get(f"/resources/{entry.slug}/quality.pdf")
        said.append(" ".join(on_paper(answer)))
        with pikepdf.open(io.BytesIO(answer.content)) as pdf:
            claims = pdf.open_metadata()
            assert (claims["pdfaid:part"], claims["pdfaid:conformance"]) == ("2", "A")
            fonts = [each for each in pdf.objects if _is(each, "/FontDescriptor")]
            assert fonts
            assert all("/FontFile3" in each or "/FontFile2" in each for each in fonts)
    assert kept.title in said[0].replace(" ", "")
    assert "港口[U+1F600][U+E000][U+0008]吞吐量" in said[1]


@pytest.mark.long
@pytest.mark.drawn(1)
@pytest.mark.parametrize("words", WORDS)
def test_paper_says_hostile_words_and_does_nothing_of_them(client, words):
    entry = make_release(make_entry(title=words)).entry
    answer = client.get(f"/resources/{entry.slug}/quality.pdf")
    assert answer.status_code == 200
    # However it is laid on lines; what turns letters round stands there by its number.
    shown = "".join("".join(on_paper(answer)).split())
    told = re.sub("[\u202a-\u2069]", lambda found: f"[U+{ord(found[0]):04X}]", words)
    assert "".join(told.split())[:24] in shown
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        runs = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary)]
        assert not [each for each in runs if "/JS" in each or each.get("/S") == "/Launch"]
        addresses = {str(each["/URI"]) for each in runs if "/URI" in each}
    assert all(each.startswith("http") for each in addresses)


def on_paper(answer) -> list[str]:
    """Return the words of each page of a PDF."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


def _is(thing, kind: str) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == kind


def test_closed_data_shows_its_quality_to_nobody_else(client):
    entry = make_entry(opening_type="conditional", opening_condition="实名")
    make_release(entry)
    assert client.get(f"/api/v1/resources/{entry.slug}/quality").status_code == 403
    assert client.get(f"/resources/{entry.slug}/quality.pdf").status_code == 403
    page = text_of(client.get(f"/resources/{entry.slug}/quality/"))
    assert "数据质量只向可以获取该数据的人显示" in page


@pytest.mark.long
def test_a_steward_tries_a_rule_keeps_it_changes_it_and_drops_it(client):
    seat = seated(client)
    entry = make_entry(seat.body)
    make_release(entry, LOSS)
    at = f"/desk/entries/{entry.pk}/quality/"
    assert "主键“年份”不重复" in text_of(client.get(at))
    tried = client.post(at, form("try", "quality_add_rule", **RULE))
    assert "最新版本的 4 行中有 3 行符合" in text_of(tried)
    assert not entry.quality_rules.exists()
    wrong = client.post(
        at, form("quality.add_rule", "quality_add_rule", **RULE | {"holds": "x > 1"})
    )
    assert wrong.status_code == 422
    assert "没有名为“x”的信息项" in text_of(wrong)
    client.post(at, form("quality.add_rule", "quality_add_rule", **RULE))
    rule = entry.quality_rules.get()
    name = f"quality.change_rule.{rule.pk}"
    client.post(at, form(name, name.replace(".", "_"), **RULE | {"weight": "5"}))
    rule.refresh_from_db()
    assert rule.weight == 5
    name = f"quality.drop_rule.{rule.pk}"
    client.post(at, {"do": name})
    rule.refresh_from_db()
    assert rule.dropped_at is not None


@pytest.mark.long
def test_a_threshold_is_set_on_the_page_and_seen_at_the_files_report(client):
    seat = seated(client)
    entry = make_entry(seat.body)
    make_rule(entry, veto=True)
    at = f"/desk/entries/{entry.pk}/quality/"
    said = form("quality.set_threshold", "quality_set_threshold", least="70", blocks="yes")
    client.post(at, said | {"quality_set_threshold-weight_01": "30"})
    entry.threshold.refresh_from_db()
    assert (entry.threshold.least, entry.threshold.weights) == (70, {"01": 30})
    upload = make_upload(entry, LOSS)
    report = text_of(client.get(f"/desk/uploads/{upload.pk}/"))
    assert "低于本资源要求的 70 分" in report
    refused = client.post(f"/desk/uploads/{upload.pk}/", {"do": "publish"})
    assert "低于本资源的质量门槛" in text_of(refused)
    make_threshold(entry, 70, blocks=False)
    client.post(f"/desk/uploads/{upload.pk}/", {"do": "prepare"})
    assert entry.releases.count() == 0


def test_rules_changed_since_a_file_was_checked_ask_for_a_new_check(client):
    seat = seated(client)
    entry = make_entry(seat.body)
    upload = make_upload(entry)
    make_rule(entry)
    assert "质量规则有变化，请重新检查" in text_of(client.get(f"/desk/uploads/{upload.pk}/"))


def test_whoever_confirms_the_catalog_writes_rules_too(client):
    entry = make_entry()
    sign_in(client, make_seat(agency(), "officer"))
    at = f"/desk/entries/{entry.pk}/quality/"
    client.post(at, form("quality.add_rule", "quality_add_rule", **RULE))
    assert entry.quality_rules.count() == 1
