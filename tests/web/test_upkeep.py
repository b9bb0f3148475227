"""The pages by which the catalog is kept true, and what of it strangers may see."""

import csv
import io

import pytest
from django.test import Client
from tests.catalog.makers import agency, confirm, make_content, make_entry, secrecy
from tests.parties.makers import make_actor, make_body, make_person, make_seat
from tests.web.makers import BACKEND, entry_form, seated, sign_in, text_of

from yelin.catalog import acts
from yelin.catalog.content import EntryContent
from yelin.catalog.differences import between
from yelin.catalog.models import Entry
from yelin.law import clock
from yelin.ledger.models import Leaf
from yelin.web import differences

pytestmark = pytest.mark.django_db

NONE = {"sharing_type": "none", "opening_type": "none", "sharing_basis": "《统计法》第九条"}
LAW = "《保守国家秘密法》第十三条"


def revise(entry, **over) -> Entry:
    said = EntryContent(**entry.in_hand().model_dump() | over)
    return acts.amend(actor=make_actor(entry.provider), entry=entry, content=said)


def send(entry) -> Entry:
    return acts.submit(actor=make_actor(entry.provider), entry=entry)


@pytest.mark.duty("catalog.compile")
def test_a_confirmed_entry_is_revised_by_its_form_and_goes_the_same_way(client: Client):
    body = make_body()
    entry = make_entry(body, sharing_requirements=("reference",))
    seated(client, body)
    page = f"/desk/entries/{entry.pk}/"
    sent = entry_form(entry.content(), summary="改过的摘要。", keywords="港口，吞吐量")
    client.post(f"{page}edit/", sent)
    assert "改过的摘要" not in text_of(Client().get(f"/resources/{entry.slug}/about/"))
    assert client.get(f"{page}edit/").context["form"].initial["summary"] == "改过的摘要。"
    history = client.get(f"{page}history/", {"to": "revision"})
    assert [line.label for line in history.context["compared"].difference.elements] == ["摘要"]
    client.post(page, {"do": "submit"})
    officer = Client()
    seated(officer, agency(), "officer")
    review = f"/desk/reviews/{entry.pk}/"
    assert "变更已确认的目录" in text_of(officer.get("/desk/reviews/"))
    assert "拟变更内容" in text_of(officer.get(review))
    officer.post(review, {"decision": "confirm", "sending": "2"})
    shown = Client().get(f"/resources/{entry.slug}/history/")
    line = shown.context["compared"].difference.elements[0]
    assert [part.text for part in (*line.before, *line.after)] == [
        make_content().summary, "改过的摘要。",
    ]  # fmt: skip


@pytest.mark.duty("negative_list.review")
def test_the_review_page_says_who_has_confirmed_and_lists_it_for_the_other_alone(client: Client):
    entry = make_entry(state="awaiting", **NONE)
    first, second = client, Client()
    sign_in(first, make_seat(agency(), "officer"))
    sign_in(second, make_seat(secrecy(), "officer"))
    url = f"/desk/reviews/{entry.pk}/"
    said = first.post(url, {"decision": "confirm", "sending": "1"}, follow=True)
    assert "贵方已确认，尚待另一方审核" in text_of(said)
    assert first.get("/desk/reviews/").context["entries"] == []
    assert "此处没有需要决定的事项" in text_of(first.get(url))
    sides = second.get(url).context["sides"]
    assert [(side.provision.ref, bool(side.at)) for side in sides] == [
        ("14.3", True), ("15.3", True), ("15.3", False),
    ]  # fmt: skip
    second.post(url, {"decision": "confirm", "sending": "1"})
    assert Entry.objects.get(pk=entry.pk).state == "confirmed"


@pytest.mark.long
@pytest.mark.duty("catalog.compile")
def test_what_is_withdrawn_leaves_a_tombstone_that_says_when_and_why(client: Client):
    body = make_body()
    entry = make_entry(body)
    seated(client, body)
    asked = f"/desk/entries/{entry.pk}/withdraw/"
    assert client.post(asked, {"reason": " "}).status_code == 422
    client.post(asked, {"reason": "职能已经划出"})
    assert Client().get(f"/resources/{entry.slug}/").status_code == 200
    confirm(Entry.objects.get(pk=entry.pk))
    for tab in ("", "about/", "trace/", "history/"):
        gone = Client().get(f"/resources/{entry.slug}/{tab}")
        assert gone.status_code == 410
        assert "职能已经划出" in text_of(gone)
        assert "历史版本与差异" not in text_of(gone)
    told = Client().get(f"/api/v1/resources/{entry.slug}")
    assert (told.status_code, told.json()["title"]) == (410, "已撤销")
    assert entry.title not in text_of(Client().get("/resources/", {"q": entry.title[-6:]})).replace(
        entry.title[-6:], "", 1
    )
    # Its own body finds the history.
    assert "历史版本与差异" in text_of(client.get(f"/resources/{entry.slug}/"))
    assert "职能已经划出" in text_of(client.get(f"/desk/entries/{entry.pk}/"))
    assert client.get(f"/desk/entries/{entry.pk}/history/").status_code == 200


@pytest.mark.long
@pytest.mark.duty("catalog.revise")
def test_a_change_is_noted_answered_and_late_by_body_and_area(client: Client, today):
    today("2026-10-12")
    city = make_body(division="460100")
    bureau = make_body(kind="informatization", division="460100")
    entry = make_entry(city, "awaiting")
    other = make_entry(city, "awaiting")
    for each in (entry, other):
        acts.confirm(actor=make_actor(bureau, "officer"), entry=each)
    seat = make_seat(bureau, "officer")
    sign_in(client, seat)
    url = f"/desk/changes/{city.pk}/"
    assert client.post(url, {"kind": "law"}).status_code == 422
    sent = {"kind": "law", "what": "《统计法》修改", "since": "2026-10-12"}
    client.post(url, sent | {"entries": [entry.code, other.code]})
    assert "2 条目录中 2 条待处理" in text_of(client.get("/desk/changes/"))
    steward = Client()
    seated(steward, city)
    assert f"依法更新目录条目：{entry.title}" in text_of(steward.get("/desk/"))
    kept = f"/desk/entries/{other.pk}/keep/"
    steward.post(kept, {"reason": "新法未涉及本资源"})
    today("2026-12-01")
    found = client.get("/desk/late/", {"body": city.credit_code, "division": "460100"})
    assert [line.code for line in found.context["lines"]] == [entry.code]
    assert client.get("/desk/late/", {"division": "460200"}).context["lines"] == []
    assert len(steward.get("/desk/late/").context["lines"]) == 1
    stranger = Client()
    seated(stranger, make_body(), "officer")
    assert stranger.get("/desk/late/").context["bodies"] == []
    assert stranger.get(url).status_code == 404


def test_in_prose_only_what_changed_is_marked():
    before = make_content(summary="海口港、八所港历年货物吞吐量，单位万吨。")
    after = make_content(title=before.title, summary="海口港、洋浦港历年货物吞吐量，单位亿吨。")
    line = differences.shown(between(before, after)).elements[0]
    assert [part.text for part in line.before if part.marked] == ["八所", "万"]
    assert [part.text for part in line.after if part.marked] == ["洋浦", "亿"]
    assert "".join(part.text for part in line.after) == after.summary


STATES = ("draft", "registered", "awaiting", "returned", "confirmed", "withdrawn", "dropped")
KINDS = {
    "open": {},
    "negative": NONE,
    "protected": NONE | {"title_protected_by": LAW},
}
LISTS = (
    "/negative-list/",
    "/negative-list/?from=2020-01-01&to=2026-12-31",
    "/negative-list/list.csv",
    "/negative-list/list.json",
    "/negative-list/list.json?from=2020-01-01&to=2026-12-31",
    "/desk/reviews/",
    "/desk/late/",
    "/desk/changes/",
)


def told_by(client: Client, *pages: str) -> str:
    answers = [client.get(page) for page in pages]
    return "".join(each.content.decode() + str(dict(each.items())) for each in answers)


@pytest.mark.long
@pytest.mark.duty("negative_list.review")
def test_no_page_of_the_catalogs_upkeep_tells_more_than_the_visibility_table(today):
    today("2026-11-02")
    body = make_body()
    entries = {
        (state, kind): make_entry(body, state, title=f"{state}之{kind}", **over)
        for state in STATES
        for kind, over in KINDS.items()
        if state in {"awaiting", "confirmed", "withdrawn"} or kind == "open"
    }
    known = {
        key for key in entries if key[0] in {"confirmed", "withdrawn"} and key[1] != "protected"
    }
    revised = make_entry(body, title="公开的旧名称")
    send(revise(revised, title="修订稿的新名称"))
    today("2026-12-31")
    clients = {name: Client() for name in ("anyone", "citizen", "department")}
    person = make_person()
    clients["citizen"].force_login(person.user, backend=BACKEND)
    seated(clients["department"], make_body(), "officer")
    for who, client in clients.items():
        lists = told_by(client, *LISTS, f"/resources/{revised.slug}/history/")
        # What went on the day on which it came was on the list on no day.
        listed = {key for key, entry in entries.items() if entry.title in lists}
        assert listed == {("confirmed", "negative")}, who
        assert "修订稿" not in lists
    for key, entry in entries.items():
        asked = f"/resources/{entry.slug}/history/"
        assert (entry.title in told_by(clients["anyone"], asked)) is (key in known), key
        desk = f"/desk/entries/{entry.pk}/history/"
        assert (entry.title in told_by(clients["department"], asked, desk)) is (key in known), key


@pytest.mark.duty("negative_list.review")
def test_the_negative_list_is_taken_as_a_file_and_by_programs(client: Client):
    entry = make_entry(**NONE)
    rows = list(csv.reader(io.StringIO(client.get("/negative-list/list.csv").content.decode())))
    assert rows[1][:2] == [entry.code, entry.title]
    assert rows[1][4] == "《统计法》第九条"
    document = client.get("/negative-list/list.json", {"on": clock.today().isoformat()}).json()
    assert document["items"][0]["code"] == entry.code
    assert document["basis"][0]["provision"] == "15.2"
    for odd in ({"on": "gestern"}, {"from": "2026-13-01", "to": ""}, {"on": "9999-12-31"}):
        assert client.get("/negative-list/", odd).status_code == 200
    assert Leaf.objects.filter(act="catalog.confirm", refused=False).exists()
