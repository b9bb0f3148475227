"""What somebody new stumbled over: each by what the page says now. See docs/newcomer.md."""

import html
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from tests.catalog.makers import make_entry
from tests.law.makers import ruled_by
from tests.parties.makers import make_body, make_enterprise
from tests.warehouse.makers import make_release
from tests.web.makers import seated, text_of

from yelin.delivery import handing, tasks
from yelin.law import clock, packs
from yelin.law.packs import Pack
from yelin.ledger import sequencer
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.warehouse.query import Question
from yelin.web import telling
from yelin.web.templatetags import yelin as tags

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.long
def test_a_term_says_whether_the_first_data_is_due_or_the_next(client: Client):
    empty, kept = make_entry(state="confirmed"), make_release().entry
    page = text_of(client.get(f"/resources/{empty.slug}/"))
    assert "首期数据：" in page
    assert "尚未汇聚" in page
    page = text_of(client.get(f"/resources/{kept.slug}/"))
    assert "下一期数据：" in page
    assert "尚未汇聚" not in page


@pytest.mark.long
def test_the_address_of_a_day_that_is_shown_gives_data(client: Client, today):
    today("2026-03-05")
    entry = make_release().entry
    today("2026-03-09")
    page = text_of(client.get(f"/resources/{entry.slug}/use/"))
    shown = re.findall(r"versions/\d{4}-\d\d-\d\d\.csv", page)
    assert shown == ["versions/2026-03-05.csv"]
    assert client.get(f"/resources/{entry.slug}/{shown[0]}").status_code == 200


@pytest.mark.long
def test_what_developers_are_told_to_try_first_finds_something(client: Client):
    make_release()
    page = html.unescape(client.get("/developers/").content.decode())
    (search,) = re.findall(r'/api/v1/resources\?q=[^"]+', page)
    (ckan,) = re.findall(r'/api/3/action/package_search\?q=[^"]+', page)
    assert client.get(search).json()["total"] == 1
    assert client.get(ckan).json()["result"]["count"] == 1


@pytest.mark.drawn(1)
@pytest.mark.parametrize("title", ["$(收费站)名录", '"收费站"名录', "`收费站`名录"])
def test_no_sign_of_a_title_comes_into_what_is_copied_to_a_shell(client: Client, title):
    make_release(make_entry(title=title))
    page = html.unescape(client.get("/developers/").content.decode())
    words = re.findall(r"(?<=[?&]q=)(?:title:)?([^\"*&]*)", page)
    assert set(words) == {packs.active().division_rows[1].zh, "2020"}


def test_an_hour_in_the_ledger_is_told_in_the_time_of_beijing():
    entry = make_release().entry
    handing.rows(Actor.anyone(), entry, Question())
    begun = clock.now()
    with clock.standing_at(begun + timedelta(hours=1)):
        tasks.close_hours.func(timestamp=0)
    leaf = Leaf.objects.get(act="delivery.close_hour")
    hour = begun.astimezone(clock.SHANGHAI).replace(minute=0)
    with translation.override("zh-hans"):
        assert telling.words(leaf).startswith(tags.moment(hour))


def test_what_the_system_does_over_and_over_is_one_line_of_the_ledger(client: Client):
    for _ in range(5):
        make_entry(state="draft")
    sequencer.settle()
    page = client.get("/ledger/")
    told = [line.index for line in page.context["leaves"]]
    shown = re.findall(r'class="index num"[^>]*>([^<]+)<', page.content.decode())
    assert sorted(int(each) for each in shown if each.isdigit()) == sorted(told)
    runs = re.findall(r"<summary>([^<]*)</summary>", page.content.decode())
    assert [run.partition("· 账本记录：")[2] for run in runs] == ["5 条"]


def test_whoever_begins_an_entry_is_not_blamed_for_what_was_never_asked(client: Client):
    seated(client)
    page = text_of(client.get("/desk/entries/new/"))
    assert "登记时需要以下内容" in page
    assert "请写明资源名称。" not in page
    page = text_of(client.post("/desk/entries/new/lacks/", {"summary": "年度数据"}))
    assert "登记时需要以下内容" not in page
    assert "请写明资源名称。" in page


def test_filters_are_shown_by_columns_that_there_are(client: Client):
    table = make_release()
    names = {item.name for item in table.entry.content().items}
    page = html.unescape(client.get("/developers/").content.decode())
    assert set(re.findall(r"filter\[([^\]]+)\]", page)) <= names


def test_a_file_with_many_faults_of_one_kind_does_not_hide_what_is_to_be_decided():
    notices = [f"第 {n} 列" for n in range(40)]
    shown = render_to_string("desk/found.html", {"notices": notices})
    before, folded = shown.split("<details>")
    assert before.count("<li") == 6
    assert folded.count("<li") == 34
    assert "<details>" not in render_to_string("desk/found.html", {"notices": notices[:6]})


@pytest.mark.parametrize(
    ("text", "language"), [("看空气", "zh"), ("Air of Hainan", ""), ("PM2.5 监测", "zh"), ("", "")]
)
def test_what_people_wrote_says_its_language(text: str, language: str):
    assert tags.tongue(text) == language
    with translation.override("en"):
        assert tags.is_foreign(text) == (language == "zh")
    with translation.override("zh-hans"):
        assert not tags.is_foreign(text)


@pytest.mark.long
def test_a_summary_in_chinese_is_told_as_such_on_the_english_page(client: Client):
    entry = make_release().entry
    assert tags.tongue(entry.summary) == "zh"
    assert "In Chinese, as it was written" in text_of(
        client.get(f"/resources/{entry.slug}/?lang=en")
    )
    said = text_of(client.get(f"/resources/{entry.slug}/?lang=zh-hans"))
    assert "以下为中文原文" not in said


def test_who_has_no_desk_is_not_sent_to_it_by_the_inbox():
    shown = [
        render_to_string(
            "desk/notices.html", {"shell": SimpleNamespace(desk=desk, nav=(), languages=())}
        )
        for desk in (True, False)
    ]
    assert ["同时按期限列在工作台" in page for page in shown] == [True, False]


def test_the_desk_offers_only_what_the_law_of_the_place_orders(client: Client):
    with ruled_by(Pack.load("shanghai-2021")):
        seated(client, make_body(division="310000"))
        page = text_of(client.get("/desk/registers/"))
        assert "开放需求" not in page
        for absent in ("政务信息系统", "财政资金项目"):
            assert absent not in page
        assert "本单位在此登记的内容" in page
    seated(client, make_body())
    page = text_of(client.get("/desk/registers/"))
    for there in ("开放需求", "政务信息系统", "财政资金项目"):
        assert there in page


def test_where_no_law_lets_one_ask_to_be_verified_the_page_says_who_does_it(client: Client):
    with ruled_by(Pack.load("shanghai-2021")):
        firm = make_enterprise(division="310000", verified_at=None)
        seated(client, firm, "representative")
        page = client.get(f"/account/identity/{firm.pk}/")
        assert "无需提交申请" in text_of(page)
        assert 'type="file"' not in page.content.decode()
        # Nobody else begins what would wait for good.
        page = client.get("/account/enterprises/new/").content.decode()
        assert 'name="credit_code"' not in page
        assert "直接登记您所代表的单位" in page
    assert 'name="credit_code"' in client.get("/account/enterprises/new/").content.decode()
