"""Pages of reuses, comments, complaints, news and figures: what is done there, hostile words."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.catalog.makers import agency, make_entry
from tests.files.makers import picture
from tests.parties.makers import make_actor, make_person, make_seat
from tests.talking.makers import (
    HOSTILE,
    make_comment,
    make_complaint,
    make_news,
    make_open_entry,
    make_reuse,
    officer,
)
from tests.warehouse.makers import make_release
from tests.web.makers import prove, seated, sign_in, text_of

from yelin.parties.models import Person
from yelin.talking.acts import comments
from yelin.talking.models import Comment, Kept, News, Rating, Reuse
from yelin.web.markdown import as_html

pytestmark = pytest.mark.django_db(transaction=True)

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def citizen(client: Client) -> Person:
    """Sign somebody in who sits nowhere."""
    person = make_person(username=f"reader{Person.objects.count()}")
    client.force_login(person.user, backend=BACKEND)
    prove(client, person)
    return person


@pytest.fixture
def entry():
    return make_release(make_open_entry()).entry


@pytest.mark.long
@pytest.mark.duty("reuse.show")
def test_a_citizen_shows_a_reuse_with_a_picture_and_the_agency_shows_it_to_everybody(entry):
    maker, boss, stranger = Client(), Client(), Client()
    citizen(maker)
    seated(boss, agency(), "officer")
    form = f"/resources/{entry.slug}/reuses/new/"
    assert stranger.get(form).status_code == 302
    said = {
        "title": "港口指数",
        "kind": "visual",
        "description": "按月比较",
        "link": "https://ports.example.cn/",
        "credit": "海风",
        "also": entry.code,
        "attached": SimpleUploadedFile("p.png", picture("PNG"), "image/png"),
    }
    wrong = maker.post(form, said | {"link": "javascript:alert(1)", "attached": ""})
    assert wrong.status_code == 422
    found = maker.post(form, said, follow=True)
    assert found.status_code == 200
    made = Reuse.objects.get()
    page = f"/reuses/{made.pk}/"
    assert stranger.get(page).status_code == 404
    assert "港口指数" in text_of(boss.get("/desk/talk/"))
    boss.post(page, {"do": "talking.approve_reuse"})
    shown = stranger.get(page)
    assert "海风" in text_of(shown)
    assert entry.code in text_of(shown)
    (image,) = [url for url in shown.content.decode().split('"') if url.startswith("/files/")]
    sent = stranger.get(image)
    assert sent["Content-Type"] == "image/png"
    assert b"".join(sent).startswith(b"\x89PNG")
    for address in (
        "/reuses/",
        "/reuses/?kind=visual",
        "/reuses/?q=港口指",
        f"/resources/{entry.slug}/talk/",
    ):
        assert "港口指数" in text_of(stranger.get(address)), address
    for address in ("/reuses/?kind=app", "/reuses/?q=没有的"):
        assert "港口指数" not in text_of(stranger.get(address)), address
    boss.post(page, {"do": "talking.feature_reuse"})
    assert "港口指数" in text_of(stranger.get("/"))
    boss.post(page, {"do": "talking.remove_reuse", "talking_remove_reuse-reason": "冒名"})
    assert stranger.get(page).status_code == 404
    assert "冒名" in text_of(maker.get(page))


@pytest.mark.long
def test_a_citizen_follows_rates_and_comments_and_finds_it_in_the_account(entry):
    client = Client()
    page = f"/resources/{entry.slug}/talk/"
    assert client.post(page, {"do": "follow"}).status_code == 302
    assert not Kept.objects.exists()
    person = citizen(client)
    for do in ("follow", "favour", "follow-provider"):
        client.post(page, {"do": do})
    client.post(page, {"do": "rate", "stars": "4"})
    client.post(page, {"do": "rate", "stars": "9"})
    client.post(page, {"do": "talking.comment", "talking_comment-text": "很有用"})
    assert sorted(Kept.objects.values_list("kept_as", flat=True)) == [
        "favourite",
        "followed",
        "followed",
    ]
    assert Rating.objects.get().stars == 4
    account = client.get("/account/kept/")
    assert text_of(account).count(entry.title) >= 2
    client.post("/account/kept/", {"let_go": f"followed {entry.pk}"})
    client.post(page, {"do": "unfavour"})
    assert Kept.objects.get().on_id == entry.provider_id
    copied = client.get("/account/copy/").json()["talking"]
    assert [each["text"] for each in copied["comments"]] == ["很有用"]
    assert person.kept.count() == 1


@pytest.mark.long
def test_a_comment_is_looked_at_answered_and_reported_on_the_pages(entry):
    boss, steward, reader = Client(), Client(), Client()
    seated(boss, agency(), "officer")
    seated(steward, entry.provider)
    citizen(reader)
    made = make_comment(entry)
    page = f"/resources/{entry.slug}/talk/"
    assert made.text not in text_of(Client().get(page))
    boss.post("/desk/talk/", {"do": f"show-{made.pk}"})
    steward.post(page, {"do": f"answer-{made.pk}", f"answer-{made.pk}-answer": "按月更新"})
    reader.post(page, {"do": f"report-{made.pk}", f"report-{made.pk}-reason": "广告"})
    shown = text_of(Client().get(page))
    assert made.text in shown
    assert "按月更新" in shown
    assert "广告" not in shown
    assert "广告" in text_of(boss.get("/desk/talk/"))
    boss.post("/desk/talk/", {"do": f"remove-{made.pk}", f"remove-{made.pk}-reason": "属实"})
    assert made.text not in text_of(Client().get(page))
    assert Comment.objects.get().state == "removed"


@pytest.mark.duty("rights.complain")
def test_somebody_complains_and_an_officer_stops_delivery_on_the_page_of_the_case(entry):
    client, boss = Client(), Client()
    citizen(client)
    seated(boss, agency(), "officer")
    said = {"right": "privacy", "says": "含有本人住址", "wants": "删除"}
    done = client.post(f"/resources/{entry.slug}/complain/", said)
    page = done["Location"]
    assert page.startswith("/complaints/QY-")
    number = page.split("/")[2]
    rows = f"/api/v1/resources/{entry.slug}/rows"
    assert Client().get(rows).status_code == 200
    boss.post(f"/desk/cases/{number}/", {"do": "talking.stop_delivery"})
    assert Client().get(rows).status_code == 403
    stopped = text_of(Client().get(f"/resources/{entry.slug}/"))
    assert "权益申诉正在核查" in stopped
    listed = text_of(Client().get("/complaints/"))
    assert number in listed
    assert "住址" not in listed
    boss.post(f"/desk/cases/{number}/", {"do": "talking.resume_delivery"})
    assert Client().get(rows).status_code == 200


@pytest.mark.duty("publicity.tell")
def test_an_officer_writes_news_and_everybody_reads_finds_and_follows_it():
    boss, stranger = Client(), Client()
    seated(boss, agency(), "officer")
    assert stranger.get("/news/new/").status_code == 302
    form = boss.get("/news/new/").content.decode()
    assert "talking_draft_news-text" in form
    said = {
        "kind": "help",
        "title": "怎样下载",
        "text": "## 第一步\n\n打开**页面**。",
        "title_en": "How to download",
        "text_en": "Open the *page*.",
    }
    sent = {f"talking_draft_news-{name}": value for name, value in said.items()}
    page = boss.post("/news/new/", sent | {"do": "talking.draft_news"})["Location"]
    assert stranger.get(page).status_code == 404
    assert "怎样下载" in text_of(boss.get("/news/"))
    boss.post(page, {"do": "talking.publish_news"})
    shown = stranger.get(page).content.decode()
    assert "<h2>第一步</h2>" in shown
    assert "<strong>页面</strong>" in shown
    assert "How to download" in text_of(stranger.get(f"{page}?lang=en"))
    stranger.cookies.clear()
    for address in ("/news/", "/news/?kind=help", "/news/?q=第一步", "/"):
        assert "怎样下载" in text_of(stranger.get(address)), address
    assert "怎样下载" not in text_of(stranger.get("/news/?kind=faq"))
    assert "怎样下载" in stranger.get("/feeds/news.atom").content.decode()
    boss.post(page, {"do": "talking.withdraw_news", "talking_withdraw_news-reason": "有误"})
    assert "有误" in text_of(stranger.get(page))
    assert "怎样下载" not in text_of(stranger.get("/news/"))


def test_who_may_not_write_news_is_refused_with_the_article(entry):
    client = Client()
    seated(client, entry.provider)
    assert client.get("/news/new/").status_code == 403


@pytest.mark.long
def test_figures_of_answering_are_the_same_for_all_and_by_kind(entry):
    make_complaint(entry)
    for address in ("/answering/", "/answering/?kind=rights.complaint"):
        assert entry.provider.name in text_of(Client().get(address))
    assert entry.provider.name not in text_of(Client().get("/answering/?kind=data.doubt"))
    (told,) = Client().get("/api/v1/answering").json()
    assert (told["received"], told["in_time"]) == (1, 0)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example.cn/x.png)",
        '<img src=x onerror="alert(1)">',
        "<style>*{display:none}</style>",
        '[a](https://a.example.cn "onmouseover=alert(1)")',
        "<iframe src=//evil.example.cn></iframe>",
        "<a href='https://a' style='position:fixed' onclick=x>z</a>",
        "~~~html\n</code></pre><script>alert(1)</script>\n~~~",
        "| a |\n| --- |\n| <svg onload=alert(1)> |",
    ],
)
def test_markdown_shows_nothing_from_elsewhere_and_runs_nothing(text):
    html = as_html(text)
    for tag in ("<script", "<img", "<style", "<iframe", "<svg"):
        assert tag not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    # What is left of tags is text, so only of real ones attributes are looked for.
    for tag in re.findall(r"<[^>]+>", html):
        for attribute in (" style=", " onclick=", " onerror=", " title=", "onmouseover"):
            assert attribute not in tag


@pytest.mark.long
def test_hostile_words_are_shown_as_words_on_every_page_that_shows_them(entry):
    shown = make_reuse(
        entry, shown=True, title=HOSTILE[:120], description=HOSTILE, credit=HOSTILE[:60]
    )
    made = make_comment(entry, shown=True, text=HOSTILE)
    comments.answer_comment(actor=make_actor(entry.provider), comment=made, answer=HOSTILE)
    comments.report_comment(actor=make_actor(), comment=made, reason=HOSTILE)
    piece = make_news(title=HOSTILE[:120], text=HOSTILE, title_en=HOSTILE[:120], text_en=HOSTILE)
    case = make_complaint(entry, says=HOSTILE, wants=HOSTILE)
    client = Client()
    sign_in(client, make_seat(agency(), "officer"))
    for address in (
        "/",
        "/reuses/",
        f"/reuses/{shown.pk}/",
        f"/resources/{entry.slug}/talk/",
        "/news/",
        f"/news/{piece.pk}/",
        "/desk/talk/",
        f"/desk/cases/{case.number}/",
        "/feeds/news.atom",
    ):
        for language in ("zh-hans", "en"):
            answer = client.get(address, {"lang": language})
            assert answer.status_code == 200, address
            page = answer.content.decode()
            assert "<script>alert" not in page, address
            assert "<img src=x" not in page, address


def test_a_notice_leads_to_what_it_is_about(entry):
    made = make_comment(entry)
    client = Client()
    sign_in(client, make_seat(agency(), "officer"))
    author = Client()
    author.force_login(_login(made.author), backend=BACKEND)
    comments.show_comment(actor=officer(), comment=made)
    (notice,) = made.author.thing.notices.all()
    led = author.get(f"/desk/notices/{notice.pk}/")
    assert led["Location"] == f"/resources/{entry.slug}/talk/"


def _login(person: Person):
    assert person.user is not None
    return person.user


@pytest.mark.long
def test_search_of_news_and_reuses_takes_what_is_no_search(entry):
    make_news()
    for address in ("/news/", "/reuses/"):
        for query in ("%", "_", "\\", "'", "x" * 5_000):
            assert Client().get(address, {"q": query, "kind": query}).status_code == 200
    assert News.objects.count() == 1


@pytest.mark.long
def test_a_page_of_many_comments_asks_the_database_no_more_than_one_of_few(
    entry, django_assert_max_num_queries
):
    for n in range(12):
        make_comment(entry, shown=True, text=f"第{n}条")
    reader, stranger = Client(), Client()
    citizen(reader)
    for client, most in ((stranger, 21), (reader, 25)):
        client.get(f"/resources/{entry.slug}/talk/")
        with django_assert_max_num_queries(most):
            client.get(f"/resources/{entry.slug}/talk/")


@pytest.mark.duty("rights.complain")
def test_whoever_knows_the_name_alone_of_what_they_complain_of_is_told_no_more(client: Client):
    citizen(client)
    closed = make_entry(
        title="不开放的登记",
        title_en="Closed register",
        sharing_type="conditional",
        sharing_condition="仅限某用途",
        sharing_scope="省级部门",
        opening_type="none",
        opening_condition="另行商定",
    )
    page = text_of(client.get(f"/resources/{closed.slug}/complain/", {"lang": "en"}))
    assert "Closed register" in page
    for kept in ("仅限某用途", "另行商定"):
        assert kept not in page
