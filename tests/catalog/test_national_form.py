"""What the national form asks beyond the plain case: formats, ways of sharing, relations."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from tests.catalog.makers import make_content, make_entry
from tests.parties.makers import make_actor, make_body
from tests.registers.makers import make_element, make_project

from yelin.catalog import checks, reads
from yelin.catalog.content import EntryContent, ItemContent
from yelin.catalog.models import CodeCounter, Entry, Item
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db


def lacking(**said) -> set[str]:
    return {fault.place for fault in checks.faults(make_content(**said))}


@pytest.mark.duty("catalog.compile")
def test_a_format_is_known_by_every_word_that_documents_have_for_it():
    said = ("ＣＳＶ", ".xlsx", "PDM", "mdb", "SQL Server", "csv")
    entry = make_entry(state="draft", formats=said)
    assert entry.formats == ["csv", "xlsx", "pdf", "access", "sqlserver"]


@pytest.mark.duty("catalog.compile")
@pytest.mark.parametrize(
    ("said", "places"),
    [
        ({"formats": ("grib",)}, {"formats"}),
        ({"formats": ("other",)}, {"format_description"}),
        ({"formats": ("other",), "format_description": "GRIB2"}, set()),
        ({"sharing_mode": "other"}, {"sharing_explanation"}),
        ({"sharing_mode": "other", "sharing_explanation": "专网未通"}, set()),
        ({"sharing_mode": ""}, {"sharing_mode"}),
        ({"sharing_means": ("file", "table")}, set()),
        ({"sharing_means": ("disk",)}, {"sharing_means"}),
        ({"items": (ItemContent(name="甲", grade=2),)}, {"items"}),
        ({"items": (ItemContent(name="甲", grade=2), ItemContent(name="乙"))}, set()),
        (
            {"items": (ItemContent(name="甲", sharing_type="none"), ItemContent(name="乙"))},
            {"sharing_basis"},
        ),
    ],
)
def test_what_is_asked_follows_from_what_was_chosen(said, places):
    assert lacking(**said) == places


@pytest.mark.duty("public_money.manage")
def test_projects_are_those_of_the_body_and_stay_with_the_entry():
    body = make_body()
    own, other = make_project(body), make_project()
    entry = make_entry(body, "registered", project_ids=(own.pk, own.pk))
    entry.refresh_from_db()
    assert entry.content().project_ids == (own.pk,)
    with pytest.raises(Incomplete) as told:
        make_entry(body, project_ids=(own.pk, other.pk))
    assert [fault.place for fault in told.value.faults] == ["project_ids"]


@pytest.mark.duty("standards.make")
def test_an_item_takes_the_code_list_of_its_data_element_or_one_of_its_own():
    element = make_element()
    codes = element.code_list
    items = (
        ItemContent(name="性别", element_id=element.pk),
        ItemContent(name="另一列", code_list_id=codes.pk),
    )
    entry = make_entry(items=items)
    assert [item.code_list for item in entry.items.all()] == [codes, codes]
    counted = make_element("COUNT", number="GB/T 1-2000")
    with pytest.raises(Incomplete):
        make_entry(items=(ItemContent(name="人数", element_id=counted.pk, code_list_id=codes.pk),))


@pytest.mark.duty("catalog.compile")
def test_relations_are_shown_both_ways_and_betray_nothing_that_is_hidden(client):
    """B-25: what points to something closed shows neither its name nor that it is there."""
    body = make_body()
    hidden, known = make_entry(state="registered"), make_entry(title="被关联的资源")
    for code in (hidden.code, "307010001/999999"):
        with pytest.raises(Incomplete) as told:
            make_entry(body, related_codes=(code,))
        (fault,) = told.value.faults
        assert (fault.place, fault.says) == (
            "related_codes",
            "There is no resource with the code {code}.",
        )
    own = make_entry(body, "awaiting")
    entry = make_entry(body, title="说出关联的资源", related_codes=(known.code, own.code))
    stranger, steward = Actor.anyone(), make_actor(body)
    assert reads.related(stranger, entry) == [known]
    assert reads.related(stranger, known) == [entry]
    assert set(reads.related(steward, entry)) == {known, own}
    assert reads.related(steward, own) == [entry]
    told = client.get(f"/api/v1/resources/{entry.slug}").json()
    assert told["related_codes"] == [known.code]
    for path in ("", "about/"):
        page = client.get(f"/resources/{entry.slug}/{path}").content.decode()
        assert own.code not in page
        assert "被关联的资源" in page
    # Who may not read the other's metadata does not learn from it what it is related to.
    closed = make_entry(body, opening_type="none", related_codes=(known.code,))
    assert closed not in reads.related(stranger, known)
    assert closed in reads.related(make_actor(make_body()), known)


@pytest.mark.django_db(transaction=True)
def test_codes_that_are_asked_for_at_once_are_all_different():
    def ask(_number):
        try:
            with transaction.atomic():
                return CodeCounter.next_code("307010001")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(ask, range(24)))
    assert sorted(codes) == [f"307010001/{number:06d}" for number in range(1, 25)]


@pytest.mark.parametrize(("content", "row"), [(EntryContent, Entry), (ItemContent, Item)])
def test_no_text_may_be_longer_than_its_row_holds(content, row):
    for name, says in content.model_json_schema()["properties"].items():
        if says.get("type") == "string":
            held = row._meta.get_field(name).max_length
            assert held is None or says.get("maxLength", 0) <= held, name


def test_what_is_blank_in_a_list_is_none_of_it():
    said = make_content(themes=("", "transport"), keywords=(" ", "港口"), related_codes=("",))
    assert (said.themes, said.keywords, said.related_codes) == (("transport",), ("港口",), ())
