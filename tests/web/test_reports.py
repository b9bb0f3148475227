"""What went wrong elsewhere, as the public reports tell it, sent to our pages and to REST."""

import re
from datetime import timedelta
from itertools import product

import pytest
from tests.catalog.makers import confirm, make_content, make_entry, make_many
from tests.delivery.makers import ON_CONDITIONS, make_closed
from tests.gate.makers import make_grant
from tests.opening.makers import make_application
from tests.parties.makers import make_actor, make_body, make_person, make_seat, make_token
from tests.warehouse.makers import make_release, make_upload
from tests.web.makers import BACKEND, seated, text_of

from yelin.cases import acts as cases
from yelin.catalog import acts as catalog
from yelin.catalog import counting
from yelin.catalog.content import ItemContent, OpeningType
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.gate import Obligations
from yelin.law import clock
from yelin.notices.models import Notice
from yelin.parties.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = "<details ontoggle=alert(1)>[x](javascript:alert(1))"


@pytest.mark.long
def test_odd_words_of_a_search_are_words_and_nothing_more(client):
    """B-37, B-38: a question that a search engine cannot read is answered, and tells nothing."""
    make_entry(title="沿海主要港口货物吞吐量")
    for words in ('":"', "*:*^", '"', "((", "\\", "' or 1=1 --", "AND OR", "%_"):
        page = client.get("/resources/", {"q": words})
        told = client.get("/api/v1/resources", {"q": words})
        assert (page.status_code, told.status_code) == (200, 200), words
        assert told.json()["total"] == 0, words
        assert "Traceback" not in page.content.decode(), words


def test_a_facet_takes_only_its_own_values(client):
    """B-38: what is no value of a facet is refused, and a provider that is none finds nothing."""
    make_entry()
    injected = "aaa' or 1=1"
    assert client.get("/api/v1/resources", {"sharing": injected}).status_code == 422
    assert client.get("/api/v1/resources", {"provider": injected}).json()["total"] == 0


@pytest.mark.long
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


@pytest.mark.long
def test_chinese_titles_have_addresses_of_their_own_and_files_their_names(client):
    """B-44: no two titles fall together, and a download keeps the name that people gave."""
    names = ("海南省企业登记信息", "海口市2023年空气质量")
    first, second = (make_release(make_entry(title=name)).entry for name in names)
    assert first.slug != second.slug
    for entry, name in zip((first, second), names, strict=True):
        assert name in text_of(client.get(f"/resources/{entry.slug}/"))
        sent = client.get(f"/api/v1/resources/{entry.slug}/download", follow=True)
        assert "filename*=utf-8''%" in sent["Content-Disposition"].lower()


def test_whoever_is_refused_is_told_with_reason_and_basis(client):
    """B-71: a notice comes, and leads to the page that says why, on what basis, and what to do."""
    case = make_application(make_closed())
    steward = make_actor(case.handler)
    cases.accept(actor=steward, case=case)
    said = {"reason": "用途不在开放条件之内", "legal_basis": "《条例》第二十六条第二款"}
    cases.decide(actor=steward, case=case, approve=False, **said)
    client.force_login(Person.objects.get(pk=case.applicant_id).user, backend=BACKEND)
    notice = Notice.objects.get(to=case.applicant_id, event="case.decided")
    page = text_of(client.get(f"/desk/notices/{notice.pk}/", follow=True))
    told = client.get(f"/api/v1/cases/{case.number}").json()
    for text in said.values():
        assert text in page
        assert text in told.values()
    assert "复议" in page


@pytest.mark.long
def test_every_row_that_fails_is_to_be_had(client):
    """B-66: 432 of 1,000 rows fail; the page counts them all, and the file has them all."""
    seat = seated(client)
    lines = [f"{n},{'约百' if n < 432 else n},{n:04}\n" for n in range(1_000)]
    upload = make_upload(make_entry(seat.body), "年份,海口港,代码\n" + "".join(lines))
    assert upload.rejected == 432
    assert "432" in text_of(client.get(f"/desk/uploads/{upload.pk}/"))
    path = f"/api/v1/uploads/{upload.pk}/rejected?format=json"
    rows = client.get(path, headers={"Authorization": make_token(seat)}).json()
    assert [(row["line"], row["value"]) for row in rows] == [(n + 2, "约百") for n in range(432)]


def answers(client, slug: str, pk) -> set[int]:
    """Return how the doors answer about an entry."""
    paths = (
        f"/resources/{slug}/",
        f"/resources/{slug}.ttl",
        f"/api/v1/resources/{slug}",
        f"/api/v1/resources/{slug}/rows",
        f"/api/v1/resources/{slug}/download",
        f"/api/3/action/package_show?id={slug}",
        f"/api/3/action/package_show?id={pk}",
        f"/datastore/dump/{slug}",
        f"/dataset/{pk}",
        f"/resources/{slug}/releases.atom",
    )
    return {client.get(path).status_code for path in paths}


@pytest.mark.long
def test_what_is_withdrawn_is_gone_at_every_door_and_may_be_made_anew(client):
    """B-29: no resolver still shows it, no list counts it, and its title is free again."""
    old = make_release(make_entry(title="港口泊位")).entry
    naming = make_entry(old.provider, related_codes=(old.code,))
    assert answers(client, old.slug, old.pk) == {200, 302}
    steward = make_actor(old.provider)
    confirm(catalog.ask_withdrawal(actor=steward, entry=old, reason="职能已经划出"))
    assert answers(client, old.slug, old.pk) <= {404, 410}
    assert old.slug not in client.get(f"/resources/{naming.slug}/about/").content.decode()
    new = make_release(make_entry(old.provider, title="港口泊位")).entry
    assert answers(client, new.slug, new.pk) == {200, 302}
    assert answers(client, old.slug, old.pk) <= {404, 410}
    for path in ("/catalog.ttl", "/resources/?q=港口泊位", "/feeds/dataset.atom", "/catalog.csv"):
        told = client.get(path).content.decode()
        assert (new.slug in told or new.code in told) is True, path
        assert (old.slug in told or old.code in told) is False, path
    found = client.get("/api/v1/resources", {"q": "港口泊位"}).json()
    assert [each["code"] for each in found["items"]] == [new.code]


def test_a_grant_gives_its_own_resource_items_and_days_and_no_more(client):
    """B-28: not the sibling of the same body, no other column, no day after; on no path."""
    entry = make_closed()
    sibling = make_release(make_entry(entry.provider, **ON_CONDITIONS)).entry
    person = make_person()
    grant = make_grant(person, entry, bears=Obligations(shown_items=frozenset({"年份"})))
    later = grant.until + timedelta(seconds=1)
    secret = make_token(person=person, expires_at=later + timedelta(days=1))

    def taken(slug) -> list[tuple[int, str]]:
        paths = [
            f"/api/v1/resources/{slug}/rows",
            f"/datastore/dump/{slug}",
            f"/api/3/action/datastore_search?resource_id={slug}",
            *(f"/api/v1/resources/{slug}/download?format={f}" for f in ("csv", "json", "ndjson")),
        ]
        sent = [client.get(path, headers={"Authorization": secret}) for path in paths]
        return [(each.status_code, each.content.decode()) for each in sent]

    for status, told in taken(entry.slug):
        assert status == 200
        assert "2012" in told
        assert "7217" not in told
        assert "海口港" not in told
    assert {status for status, _ in taken(sibling.slug)} == {403}
    with clock.standing_at(later):
        assert {status for status, _ in taken(entry.slug)} == {403}


def test_no_public_door_says_who_works_for_a_body_and_a_change_is_in_the_index_at_once(client):
    """B-26: people are no part of a body's public face; what is closed is found no more."""
    entry = make_entry(summary="每小时发布")
    seat = make_seat(entry.provider, person=make_person("潘某某"))
    code = entry.provider.credit_code.lower()
    paths = [
        f"/api/3/action/organization_show?id={code}&include_users=true&include_datasets=true",
        f"/api/3/action/member_list?id={code}",
        f"/api/3/action/member_list?id={code}&object_type=user",
        f"/feeds/organization/{code}.atom",
        f"/resources/{entry.slug}.jsonld",
        f"/api/v1/resources/{entry.slug}",
        f"/resources/{entry.slug}/history/",
    ]
    for path in paths:
        told = client.get(path).content.decode()
        for word in (seat.person.name, seat.person.user.username, str(seat.person_id)):
            assert word not in told, path
    finds = [
        "/api/v1/resources?q=每小时发布",
        "/api/3/action/package_search?q=每小时发布",
        "/resources/?q=每小时发布",
        "/feeds/custom.atom?q=每小时发布",
    ]
    assert all(entry.slug in client.get(path).content.decode() for path in finds)
    steward = make_actor(entry.provider)
    content = entry.content().model_copy(update={"opening_type": OpeningType.NONE})
    confirm(
        catalog.submit(
            actor=steward, entry=catalog.amend(actor=steward, entry=entry, content=content)
        )
    )
    assert not any(entry.slug in client.get(path).content.decode() for path in finds)


@pytest.mark.long
def test_links_to_the_next_page_lead_to_the_address_that_people_know(client, monkeypatch):
    """B-43: behind a proxy that takes a prefix off, no link tells of the inner host."""
    monkeypatch.setattr(type(config), "url", "https://data.example.cn/open")
    monkeypatch.setattr("yelin.api.dcat.serving.PAGE_SIZE", 1)
    entry = make_release(make_entry()).entry
    make_entry()
    inner = {"Host": "127.0.0.1", "X-Forwarded-Host": "evil.example"}
    told = [
        client.get("/api/v1/resources?page_size=1", headers=inner).json()["next"],
        client.get(f"/api/v1/resources/{entry.slug}/rows?page_size=1", headers=inner).json()[
            "next"
        ],
        *re.findall(
            r"hydra:next <(.*?)>", client.get("/catalog.ttl", headers=inner).content.decode()
        ),
        *re.findall(
            r'rel="self" href="(.*?)"|href="(.*?)" rel="self"',
            client.get("/feeds/dataset.atom", headers=inner).content.decode(),
        )[0],
        client.get(
            f"/api/3/action/datastore_search?resource_id={entry.slug}&limit=1", headers=inner
        ).json()["result"]["_links"]["next"],
    ]
    links = [link for link in told if link]
    assert len(links) == 5
    for link in links:
        assert link.startswith("https://data.example.cn/open/"), link


@pytest.mark.long
def test_a_walk_through_the_catalog_meets_all_that_stays_though_it_is_edited_meanwhile(client):
    """B-41: by the place of the last one, and not by a count; and each answer says its limit."""
    provider = make_body()
    entries = {str(entry.pk): entry for entry in make_many(provider, [f"港{n}" for n in range(40)])}

    def edit(met: set[str]) -> None:
        # What is met already leaves, which moves every count; something new comes.
        gone = entries[next(iter(met & entries.keys()))]
        Entry.objects.filter(pk=gone.pk).update(
            state="withdrawn", withdrawn_on=clock.today(), withdrawn_reason="职能已经划出"
        )
        make_entry(provider)

    met: list[str] = []
    place = "*"
    while place:
        query = {"fq": f"id:{{{place} TO *]", "sort": "id asc", "rows": 7}
        page = client.get("/api/3/action/package_search", query).json()["result"]
        assert page["limit"] == 7
        met += [each["id"] for each in page["results"]]
        place = met[-1] if len(page["results"]) == 7 else ""
        edit(set(met))
    assert len(met) == len(set(met))
    assert entries.keys() <= set(met)

    met, path = [], "/api/v1/resources?sort=title&page_size=7"
    while path:
        page = client.get(path.removeprefix(config.url)).json()
        met += [each["code"] for each in page["items"]]
        path = page["next"] and page["next"].removeprefix(config.url)
    assert len(met) == len(set(met))

    asked = client.get("/api/3/action/package_search", {"rows": 5000}).json()["result"]
    assert (asked["limit"], len(asked["results"])) == (1000, asked["count"])
    assert client.get("/api/3/action/package_search").json()["result"]["limit"] == 10
    assert client.get("/api/v1/resources?page_size=5000").status_code == 422
