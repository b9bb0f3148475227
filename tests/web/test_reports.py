"""What went wrong elsewhere, as the public reports tell it, sent to our pages and to REST."""

from itertools import product

import pytest
from tests.catalog.makers import make_content, make_entry
from tests.parties.makers import make_body, make_seat, make_token
from tests.warehouse.makers import make_release
from tests.web.makers import seated, text_of

from yelin.catalog import counting
from yelin.catalog.content import ItemContent
from yelin.catalog.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = "<details ontoggle=alert(1)>[x](javascript:alert(1))"


@pytest.mark.parametrize("words", ['":"', "*:*^", '"', "((", "\\", "' or 1=1 --", "AND OR", "%_"])
def test_odd_words_of_a_search_are_words_and_nothing_more(client, words):
    """B-37, B-38: a question that a search engine cannot read is answered, and tells nothing."""
    make_entry(title="沿海主要港口货物吞吐量")
    page = client.get("/resources/", {"q": words})
    told = client.get("/api/v1/resources", {"q": words})
    assert (page.status_code, told.status_code) == (200, 200)
    assert told.json()["total"] == 0
    assert "Traceback" not in page.content.decode()


def test_a_facet_takes_only_its_own_values(client):
    """B-38: what is no value of a facet is refused, and a provider that is none finds nothing."""
    make_entry()
    injected = "aaa' or 1=1"
    assert client.get("/api/v1/resources", {"sharing": injected}).status_code == 422
    assert client.get("/api/v1/resources", {"provider": injected}).json()["total"] == 0


def test_what_no_entry_can_have_finds_nothing_on_pages_in_feeds_and_in_files(client):
    """B-38: whatever stands for a facet's value, as a link from elsewhere may have it."""
    make_entry()
    for facet, value in product(counting.FACETS, ("aaa' or 1=1", "２", "9" * 5000)):
        assert client.get("/resources/", {facet: value}).context["total"] == 0, facet
        told = client.get("/feeds/custom.atom", {facet: value})
        assert b"<entry>" not in told.content, facet
    assert "吞吐量" not in client.get("/catalog.csv?grade=x").content.decode("utf-8-sig")


@pytest.mark.parametrize("path", ["/desk/;/accounts/login/", "/desk/entries/%3b/api/v1/docs"])
def test_no_suffix_of_an_address_opens_what_stands_before_it(client, path):
    """B-38: a part that is open to all, written behind a closed one, opens nothing."""
    assert client.get(path).status_code == 404


def test_nested_and_swollen_bodies_are_refused_and_not_read(client):
    """B-34: a hundred thousand brackets, and a key of ten megabytes."""
    headers = {"Authorization": f"Bearer {make_token()}"}
    for body in ("[" * 100_000 + "]" * 100_000, '{"' + "k" * 10_000_000 + '": 1}'):
        answer = client.post(
            "/api/v1/acts/catalog.draft", body, content_type="application/json", headers=headers
        )
        assert 400 <= answer.status_code < 500
        assert len(answer.content) < 10_000


def test_markup_sent_by_a_program_is_shown_as_the_text_that_it_is(client):
    """B-31: titles and names of columns are escaped where they are shown, whoever sent them."""
    body = make_body()
    seat = make_seat(body)
    content = make_content(title=HOSTILE, items=(ItemContent(name="<b onclick=x>列"),))
    sent = {"provider": body.credit_code, "content": content.model_dump(mode="json")}
    done = client.post(
        "/api/v1/acts/catalog.draft",
        sent,
        content_type="application/json",
        headers={"Authorization": f"Bearer {make_token(seat)}"},
    )
    assert done.status_code == 200, done.content
    seated(client, body)
    page = client.get(f"/desk/entries/{Entry.objects.get().pk}/")
    for raw in ("<details ontoggle", "<b onclick", 'href="javascript:'):
        assert raw not in page.content.decode()
    assert "javascript:alert(1)" in text_of(page)


def test_a_column_of_what_one_may_not_read_is_found_by_nobody(client):
    """B-22, B-68: names of columns carry the resource's own bounds in every search."""
    make_entry(title="参保信息", opening_type="none", items=(ItemContent(name="个人缴费基数"),))
    assert client.get("/api/v1/resources", {"q": "个人缴费基数"}).json()["total"] == 0
    assert "参保信息" not in text_of(client.get("/resources/", {"q": "个人缴费基数"}))
    assert client.get("/api/v1/resources", {"q": "参保信息"}).json()["total"] == 1


def test_chinese_titles_have_addresses_of_their_own_and_files_their_names(client):
    """B-44: no two titles fall together, and a download keeps the name that people gave."""
    names = ("海南省企业登记信息", "海口市2023年空气质量")
    first, second = (make_release(make_entry(title=name)).entry for name in names)
    assert first.slug != second.slug
    for entry, name in zip((first, second), names, strict=True):
        assert name in text_of(client.get(f"/resources/{entry.slug}/"))
        sent = client.get(f"/api/v1/resources/{entry.slug}/download", follow=True)
        assert "filename*=utf-8''%" in sent["Content-Disposition"].lower()
