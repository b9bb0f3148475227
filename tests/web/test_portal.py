import html
import json

import pytest
from django.test import Client
from tests.catalog.makers import make_entry
from tests.parties.makers import make_body
from tests.warehouse.makers import make_release
from tests.web.makers import seated, text_of

from yelin.catalog.models import Findable
from yelin.config import config
from yelin.delivery.models import Tally
from yelin.ledger import log, sequencer
from yelin.ledger.models import Leaf

pytestmark = pytest.mark.django_db(transaction=True)


def resource(entry, tab="") -> str:
    return f"/resources/{entry.slug}/{tab}"


@pytest.mark.duty("opening.priority")
def test_home_shows_what_was_used_most_as_it_was_noted(client: Client):
    make_entry()
    busy, busier = make_entry(), make_entry()
    for entry, uses in ((busy, 3), (busier, 7)):
        Findable.objects.filter(pk=entry.pk).update(uses=uses)
    shown = [card.title for card in client.get("/").context["most_used"]]
    assert shown == [busier.title, busy.title]


@pytest.mark.long
def test_home_counts_what_a_stranger_sees_and_shows_the_seal(client: Client):
    release = make_release()
    make_entry(state="awaiting", title="尚未确认的资源")
    make_entry(
        title="不公开的资源",
        sharing_type="none",
        opening_type="none",
        sharing_basis="《某法》第一条",
    )
    sequencer.settle()
    response = client.get("/")
    assert response.status_code == 200
    assert response.templates[0].name == "portal/home.html"
    assert (response.context["confirmed"], response.context["open_to_all"]) == (2, 1)
    assert "尚未确认的资源" not in text_of(response)
    assert [card.title for card in response.context["newest"]] == [release.entry.title]
    assert response.context["shell"].seal.size == Leaf.objects.filter(index__isnull=False).count()
    transport = next(t for t in response.context["themes"] if t.code == "transport")
    assert transport.count == 1


@pytest.mark.duty("opening.free")
def test_a_stranger_finds_a_resource_by_chinese_words_and_reads_its_rows(client: Client):
    release = make_release()
    make_entry(title="学校名录", themes=("education",), keywords=(), summary="学校")
    found = client.get("/resources/", {"q": "港口 吞吐"})
    assert found.context["total"] == 1
    assert found.context["cards"][0].url == resource(release.entry)
    page = client.get(resource(release.entry))
    grid = page.context["grid"]
    assert [column.name for column in grid.columns] == ["年份", "海口港", "代码"]
    assert [row[2] for row in grid.rows] == ["007", "008", "009"]
    assert "8,292" in text_of(page)
    assert Tally.objects.get().queries == 1


@pytest.mark.long
@pytest.mark.drawn(1)
@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ({"f[海口港]": "> 8,000"}, 2),
        ({"f[年份]": "2012..2013"}, 2),
        ({"f[年份]": "２０１３"}, 1),
        ({"f[代码]": "00"}, 3),
        ({"f[代码]": "= 008"}, 1),
        ({"f[代码]": "! 008"}, 2),
    ],
)
def test_what_is_typed_above_a_column_filters_rows_and_the_download_alike(client, typed, left):
    page = client.get(resource(make_release().entry), typed)
    assert page.context["grid"].filtered_total == left
    csv = client.get(page.context["filtered_download"]).content.decode()
    assert len(csv.splitlines()) == left + 1


@pytest.mark.long
def test_a_filter_that_does_not_fit_is_named_at_its_column_and_left_out(client: Client):
    page = client.get(resource(make_release().entry), {"f[海口港]": "很多", "f[年份]": "2013"})
    grid = page.context["grid"]
    assert page.status_code == 200
    assert grid.filtered_total == 1
    assert grid.columns[1].filter_error
    assert not grid.columns[0].filter_error


@pytest.mark.long
def test_sorting_goes_up_then_down_then_back(client: Client):
    url = resource(make_release().entry)
    first = client.get(url).context["grid"].columns[1]
    up = client.get(url + first.sort_url).context["grid"].columns[1]
    down = client.get(url + up.sort_url).context["grid"]
    assert (first.sort, up.sort, down.columns[1].sort) == ("", "ascending", "descending")
    assert [row[0] for row in down.rows] == [2014, 2013, 2012]
    assert "sort" not in down.columns[1].sort_url


@pytest.mark.long
def test_an_unknown_column_is_a_plain_fault(client: Client):
    response = client.get(resource(make_release().entry), {"f[没有]": "1"})
    assert response.status_code == 400
    assert response.templates[0].name == "problem.html"


@pytest.mark.duty("sharing.basis")
def test_what_is_not_shared_shows_its_basis_and_the_article_and_nothing_more(client: Client):
    entry = make_entry(
        title="未成年人档案",
        summary="不应出现的摘要",
        sharing_type="none",
        opening_type="none",
        sharing_basis="《中华人民共和国社区矫正法》第五十四条",
        collection_basis="《某某采集法》",
    )
    for tab in ("", "about/", "fields/", "use/", "versions/"):
        page = client.get(resource(entry, tab))
        assert page.status_code == 200
        assert "不应出现的摘要" not in page.content.decode()
        assert "某某采集法" not in page.content.decode()
        assert "海口港" not in page.content.decode()
    told = text_of(client.get(resource(entry)))
    assert "《中华人民共和国社区矫正法》第五十四条" in told
    assert "第十五条第二款" in told


@pytest.mark.long
@pytest.mark.duty("opening.apply")
def test_what_is_open_on_conditions_shows_its_fields_and_says_how_to_get_it(client: Client):
    entry = make_entry(
        opening_type="conditional", opening_condition="用于科研", licence="hainan-open"
    )
    make_release(entry)
    page = client.get(resource(entry))
    assert page.status_code == 200
    assert "grid" not in page.context
    assert page.context["story"].refusal.provision.duty.name == "opening.apply"
    assert page.context["story"].downloads == []
    assert len(client.get(resource(entry, "fields/")).context["items"]) == 3
    assert "stats" not in client.get(resource(entry, "fields/")).context


@pytest.mark.long
def test_the_own_body_previews_what_is_not_confirmed_yet(client: Client):
    body = make_body()
    entry = make_entry(body, "registered")
    make_release(entry)
    seated(client, body)
    page = client.get(resource(entry))
    assert page.status_code == 200
    assert page.context["grid"].total == 3
    assert "已登记" in text_of(page)
    assert not Tally.objects.exists()


@pytest.mark.long
def test_an_old_version_stays_readable_and_says_that_it_is_old(client: Client):
    entry = make_entry()
    make_release(entry)
    make_release(entry, "年份,海口港,代码\n2020,1,001\n")
    newest = client.get(resource(entry))
    old = client.get(resource(entry), {"version": "1"})
    assert (newest.context["grid"].total, old.context["grid"].total) == (1, 3)
    assert "release=1" in old.context["story"].downloads[0].url
    assert old.context["old_version"].number == 1
    assert client.get(resource(entry), {"version": "3"}).status_code == 404
    listed = client.get(resource(entry, "versions/")).context["versions"]
    assert [(release.number, columns) for release, columns, _ in listed] == [(2, 3), (1, 3)]


@pytest.mark.long
@pytest.mark.duty("trace.whole")
def test_the_trace_shows_the_acts_that_a_stranger_may_read_and_no_refusal(client: Client):
    entry = make_entry()
    make_release(entry)
    sequencer.settle()
    lines = client.get(resource(entry, "trace/")).context["trace"]
    assert [line.words for line in lines][:2] == ["发布第 1 版，共 3 行", "汇聚文件"]
    assert {line.state for line in lines} == {"published"}
    hidden = make_entry(sharing_type="none", opening_type="none", sharing_basis="《某法》第一条")
    assert client.get(resource(hidden, "trace/")).context["trace"] == []


def test_the_ledger_tells_strangers_number_and_hash_and_words_only_where_opened(client: Client):
    closed = make_entry(state="registered", title="保密的标题")
    make_entry()
    sequencer.settle()
    lines = client.get("/ledger/").context["leaves"]
    assert [line.index for line in lines] == list(range(len(lines)))[::-1]
    mute = [line for line in lines if not line.words]
    assert mute
    assert all(line.at is None and not line.detail for line in mute)
    assert any(line.words == "确认目录条目" for line in lines)
    leaf = Leaf.objects.get(subject=closed.thing, act="catalog.register")
    page = client.get(f"/ledger/leaves/{bytes(leaf.h).hex()}/")
    assert page.status_code == 200
    assert page.context["payload"] == ""
    assert closed.code not in page.content.decode()


@pytest.mark.long
def test_the_ledger_turns_pages_back_to_its_first_leaf(client: Client):
    for _ in range(8):
        make_entry()
    sequencer.settle()
    url, seen = "/ledger/", []
    while url:
        page = client.get(url)
        seen += [line.index for line in page.context["leaves"]]
        url = "/ledger/" + page.context["older_url"] if page.context["older_url"] else ""
    assert seen == list(range(Leaf.objects.count()))[::-1]


def test_a_receipt_is_proved_on_the_server_too(client: Client):
    make_entry()
    leaf = Leaf.objects.order_by("id").first()
    waiting = client.post("/verify/", {"receipt": leaf.receipt_text}).context["proof"]
    assert not waiting.holds
    sequencer.settle()
    proof = client.post("/verify/", {"receipt": leaf.receipt_text}).context["proof"]
    assert proof.holds
    assert len(proof.steps) == 3
    receipt = client.get(f"/api/v1/ledger/leaves/{bytes(leaf.h).hex()}/receipt").content.decode()
    assert client.post("/verify/", {"receipt": receipt}).context["proof"].holds
    lied = json.loads(receipt) | {"index": 1}
    assert not client.post("/verify/", {"receipt": json.dumps(lied)}).context["proof"].holds
    unknown = client.post("/verify/", {"receipt": f"YL1-{'0' * 64}"}).context["proof"]
    assert not unknown.holds
    assert client.post("/verify/", {"receipt": "hello"}).context["receipt_error"]


def test_every_article_has_its_page_with_its_neighbours(client: Client):
    assert len(client.get("/law/").context["articles"]) == 57
    page = client.get("/law/26/").context["page"]
    assert (page.before.url, page.after.url) == ("/law/25/", "/law/27/")
    assert client.get("/law/57/").context["page"].after is None
    assert client.get("/law/58/").status_code == 404


def test_the_national_laws_have_their_pages_too(client: Client):
    works = {work.title: work for work in client.get("/law/").context["works"]}
    assert works["《个人信息保护法》"].url == "/law/works/pipl/"
    assert works["《中华人民共和国行政区划代码》"].url == ""
    assert "第四十七条" in text_of(client.get("/law/works/pipl/"))
    response = client.get("/law/works/pipl/47/")
    page = response.context["page"]
    assert [line.paragraph for line in page.lines] == [1, None, None, None, None, None, 2]
    assert (page.before.url, page.after.url) == ("/law/works/pipl/46/", "/law/works/pipl/49/")
    assert "个人撤回同意；" in text_of(response)
    counted = client.get("/law/works/civil-code/201/?lang=en").context["page"]
    assert [name for name, _ in counted.duties] == ["Article 201(1)"]
    for missing in ("pipl/48/", "gbt-2260/", "nothing/", "nothing/1/"):
        assert client.get(f"/law/works/{missing}").status_code == 404


def test_a_law_that_has_ended_says_until_when_it_held(client: Client):
    assert "2025年12月31日" in text_of(client.get("/law/works/cybersecurity-law/21/"))
    assert client.get("/law/26/?on=2020-01-01").status_code == 200
    assert client.get("/law/26/?on=yesterday").status_code == 404


def test_facets_narrow_and_can_be_taken_away_again(client: Client):
    make_entry(themes=("transport",))
    make_entry(themes=("education",))
    page = client.get("/resources/", {"theme": "education"})
    assert page.context["total"] == 1
    assert [link.title for link in page.context["chosen"]] == ["教育"]
    assert client.get(page.context["chosen"][0].url).context["total"] == 2


def test_a_page_number_that_is_none_is_the_first_and_one_too_far_is_the_last(client: Client):
    make_entry()
    for page in ("x", "0", "-1", "999"):
        assert len(client.get("/resources/", {"page": page}).context["cards"]) == 1


def test_english_pages_speak_english(client: Client):
    make_release()
    page = text_of(client.get("/", {"lang": "en"}))
    assert "Look up the public data of Hainan Province" in page
    assert "Rows open to all" in page
    assert "查海南" not in page
    # The choice is kept.
    assert "Find data" in text_of(client.get("/resources/"))
    assert "找数据" in text_of(client.get("/resources/", {"lang": "zh-hans"}))


def test_an_auditor_reads_acts_without_learning_of_entries_that_are_hidden(client: Client):
    draft = make_entry(state="draft", title="还没有公开的草稿")
    shown = make_entry(title="公开的资源")
    sequencer.settle()
    seated(client, make_body(), "auditor")
    lines = client.get("/ledger/").context["leaves"]
    drafted = [line for line in lines if line.words == "起草目录条目"]
    assert {line.about and line.about.title for line in drafted} == {None, shown.title}
    assert draft.title not in client.get("/ledger/").content.decode()


def test_developers_are_shown_the_verify_command_with_the_key_that_it_needs(client: Client):
    page = client.get("/developers/").content.decode()
    shown = html.unescape(page)
    assert f"--url {config.url} --key '{log.verifier_key()}'" in shown
