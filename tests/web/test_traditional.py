"""Pages in Traditional characters: all that is said, nothing of what is data."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from opencc import OpenCC
from tests.parties.makers import make_person
from tests.warehouse.makers import make_release

from yelin.web import traditional

SIMPLE, WRITTEN = {"lang": "zh-hans"}, {"lang": "zh-hant"}
KEPT = ("value", "href", "action", "name", "id", "class", "for", "src", "content-type")


class Marks(HTMLParser):
    """The tags of a page with what must never change in them, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.text = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        kept = {name: told for name, told in attrs if name in KEPT}
        if kept.get("name") == "csrfmiddlewaretoken" or tag in {"link", "a"}:
            # Another each time; and each leads on in the language that was chosen.
            kept.pop("value", None)
            kept.pop("href", None)
        self.tags.append((tag, kept))

    def handle_data(self, data):
        self.text.append(data)


def both(client, path, **asked):
    """One page in both, each by a reader of their own."""
    return [client.get(path, {**asked, **lang}).content.decode() for lang in (SIMPLE, WRITTEN)]


@pytest.mark.parametrize(
    ("simple", "written"),
    [
        ("<p>数据开放</p>", "<p>數據開放</p>"),
        ('<p lang="zh-hans">为</p>', '<p lang="zh-Hant">為</p>'),
        ('<input value="数据" placeholder="数据">', '<input value="数据" placeholder="數據">'),
        ("<textarea>数据</textarea>数据", "<textarea>数据</textarea>數據"),
        ("<pre>数<b>据</b></pre>数据", "<pre>数<b>据</b></pre>數據"),
        ('<td translate="no">发<b>发</b></td><td>发</td>',
         '<td translate="no">发<b>发</b></td><td>發</td>'),
        ('<tr translate="no"><td>发<br><td translate="yes">开</td>发</tr>发',
         '<tr translate="no"><td>发<br><td translate="yes">開</td>发</tr>發'),
        ('<span class="small mono">年份</span><b class="monochrome">发</b>',
         '<span class="small mono">年份</span><b class="monochrome">發</b>'),
        ('<a href="/发/" title="a > 发">发</a>', '<a href="/发/" title="a > 發">發</a>'),
        ("<script>if (a<b) x='发'</script>发", "<script>if (a<b) x='发'</script>發"),
        ("<!-- 发 --><!doctype html>发 < 发 &lt;", "<!-- 发 --><!doctype html>發 < 發 &lt;"),
        ("<br/>发</b>发<p>", "<br/>發</b>發<p>"),
        ("<script>发", "<script>发"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_is_said_is_written_anew_and_data_is_not(simple, written):
    assert traditional.page(simple) == written


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/law/", "/resources/", "/developers/", "/accounts/login/"])
def test_all_marks_of_a_page_stay_and_all_its_words_are_written(client: Client, path):
    simple, written = both(client, path)
    one, other = Marks(simple), Marks(written)
    assert [tag for tag, _ in one.tags] == [tag for tag, _ in other.tags]
    differing = [pair for pair in zip(one.tags, other.tags, strict=True) if pair[0] != pair[1]]
    assert differing == []
    back = OpenCC("hk2s")
    assert back.convert("".join(other.text)) == back.convert("".join(one.text))
    assert '<html lang="zh-Hant">' in written
    assert "數據" in written


@pytest.mark.django_db
def test_rows_and_what_one_looked_for_stay_as_they_are(client: Client):
    text = "年份,海口港,代码\n2012,3.5,发电\n"
    entry = make_release(text=text).entry
    response = client.get(f"/resources/{entry.slug}/", WRITTEN)
    written = response.content.decode()
    assert "发电" in written
    assert "下載" in written
    assert response["Content-Language"] == "zh-hant"
    assert int(response["Content-Length"]) == len(response.content)
    found = client.get("/resources/", {"q": "发电"}).content.decode()
    assert 'value="发电"' in found
    assert "發電" in found


@pytest.mark.long
@pytest.mark.django_db
def test_the_choice_is_kept_and_files_and_programs_are_told_in_simplified(client: Client):
    release = make_release()
    asked = [f"/api/v1/resources/{release.entry.slug}", "/api/v1/resources/nowhere"]
    before = [client.get(path).content for path in asked]
    client.get("/", WRITTEN)
    assert "數據" in client.get("/").content.decode()
    after = [client.get(path).content for path in asked]
    assert [re.sub(rb"[0-9a-f-]{36}", b"", each) for each in after] == [
        re.sub(rb"[0-9a-f-]{36}", b"", each) for each in before
    ]
    found = client.get(reverse("portal:suggestions"), {"q": release.entry.title[:4]}).json()
    (group,) = [each for each in found["groups"] if each["links"]]
    assert group["links"][0]["title"] == traditional.text(release.entry.title)


@pytest.mark.django_db
def test_a_form_that_comes_back_holds_what_was_written_in_it(client: Client):
    make_person(username="发", password="correct horse 7")
    asked = {"login": "数据发", "password": "x"}
    response = client.post("/accounts/login/?lang=zh-hant", asked)
    assert 'value="数据发"' in response.content.decode()
