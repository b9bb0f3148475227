"""What typists and spreadsheets leave on a catalog, and what is refused cell by cell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.catalog.makers import make_entry
from tests.compiling.makers import as_csv, bring, national, outcomes, planned, ports
from tests.parties.makers import make_actor, make_body
from tests.thorough import many

from yelin.catalog.content import EntryContent, ItemContent
from yelin.compiling import acts, cells, mapping
from yelin.law.refusals import Incomplete

database = pytest.mark.django_db(transaction=True)
HEAD = ["信息资源名称", "共享类型", "使用要求"]


@settings(max_examples=many(50, 20))
@given(st.lists(st.text(max_size=8).map(cells.plain).filter(bool), max_size=5, unique=True))
def test_a_cell_of_many_values_gives_them_back(values):
    assert cells.split(cells.join(values)) == values


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("２０２４年\u3000", "2024年"),
        ("\ufeff港口　吞吐量 \u200b", "港口　吞吐量"),
        ("第一行<br>第二行<BR />第三行", "第一行\n第二行\n第三行"),
        ("甲  乙", "甲 乙"),
        ("（全角）标点，不变", "（全角）标点，不变"),
    ],
)
def test_what_clings_to_a_cell_is_taken_off(written, read):
    assert cells.plain(written) == read


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("日期,種類,平均(元/公斤)", [("日期", ""), ("種類", ""), ("平均", "元/公斤")]),
        ("FileNo：案號,Address：地點", [("FileNo", "案號"), ("Address", "地點")]),
        ('"機關名稱\n地址"', [("機關名稱", ""), ("地址", "")]),
        ("店名、電話(含分機、傳真)、店名", [("店名", ""), ("電話", "含分機、傳真")]),
    ],
)
def test_items_are_read_from_one_cell_as_people_list_them(written, named):
    assert cells.listed(written) == named


@database
@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("national", {"1": "unconditional", "2": "conditional", "3": "none"}),
        ("national-two-digits", {"01": "unconditional", "02": "conditional", "03": "none"}),
        ("national-from-zero", {"0": "unconditional", "1": "conditional", "2": "none"}),
    ],
)
def test_a_code_means_what_the_chosen_mapping_says_and_nothing_is_guessed(name, codes):
    said = ["1", "2", "3", "01", "02", "03", "0", "无条件共享"]
    rows = [HEAD, *([f"资源{n}", code, "工作参考"] for n, code in enumerate(said))]
    batch = bring(as_csv(rows), name="c.csv", mapping=name)
    found = {
        code: each.content["sharing_type"] if each.content else None
        for code, each in zip(said, batch.planned.all(), strict=True)
    }
    assert found == {code: codes.get(code) for code in said} | {"无条件共享": "unconditional"}


@database
def test_rows_of_another_body_are_refused_with_the_cell_that_says_so():
    body = make_body()
    file = national([ports("甲", provider=body.name), ports("乙", provider="海南省水务厅")])
    batch = bring(file, body=body)
    assert outcomes(batch) == {"make": 1, "refuse": 1}
    flaw = batch.planned.get(outcome="refuse").flaws[0]
    assert (flaw["row"], flaw["heading"], flaw["found"]) == (6, "信息资源提供方", "海南省水务厅")


@database
def test_traditional_english_and_renamed_headings_are_understood_or_chosen():
    rows = [["Title", "更新頻率", "資源說明"], ["甲", "每月", "海口港"]]
    batch = bring(as_csv(rows), name="c.csv")
    assert batch.found["columns"] == [
        ["Title", "title"],
        ["更新頻率", "update_cycle"],
        ["資源說明", ""],
    ]
    assert batch.planned.get().content["summary"] == ""
    again = acts.plan(
        actor=make_actor(batch.body),
        batch=batch,
        mapping="national",
        sheet="",
        columns={"資源說明": "summary"},
    )
    assert planned(again).planned.get().content["summary"] == "海口港"


@database
def test_a_resource_that_stands_twice_or_contradicts_itself_is_refused():
    rows = [
        ["信息资源名称", "信息资源摘要", "信息项名称"],
        ["甲", "一", "年份"],
        ["", "二", "海口港"],
        ["乙", "三", "年份"],
        ["乙", "三", "年份"],
        ["丙", "四", "年份"],
        ["甲", "五", "八所港"],
        ["注：以上为初稿", "", ""],
    ]
    batch = bring(as_csv(rows), name="c.csv")
    told = [
        (each.first, each.last, [f["place"] for f in each.flaws]) for each in batch.planned.all()
    ]
    assert told == [
        (2, 3, ["summary"]),
        (4, 5, ["items"]),
        (6, 6, []),
        (7, 7, ["title"]),
        (8, 8, ["title"]),
    ]


@database
def test_an_item_row_that_cannot_be_read_refuses_its_resource():
    rows = [["信息资源名称", "信息项名称"], ["甲", "年份"], ["", "海口港"], ["乙", "年份"]]
    file = as_csv(rows).replace("海口港".encode(), '海"口港'.encode() + b",,,")
    batch = bring(file, name="c.csv")
    assert [(each.first, each.last, each.outcome) for each in batch.planned.all()] == [
        (2, 3, "refuse"),
        (4, 4, "make"),
    ]


@database
def test_an_entry_of_another_body_is_never_matched_nor_betrayed():
    other = make_entry(state="registered")
    rows = [["信息资源名称", "信息资源代码"], ["甲", other.code], ["乙", "307010001/999999"]]
    batch = bring(as_csv(rows), name="c.csv")
    first, second = batch.planned.all()
    assert (first.outcome, first.entry, first.notes[0]["says"]) == (
        second.outcome,
        second.entry,
        second.notes[0]["says"],
    )


@database
def test_nothing_is_entered_before_somebody_says_so_and_nothing_where_nothing_differs():
    batch = bring(as_csv([["信息资源名称", "信息资源摘要"], ["", "无名"]]), name="c.csv")
    assert outcomes(batch) == {"refuse": 1}
    with pytest.raises(Incomplete):
        acts.run(actor=make_actor(batch.body), batch=batch)


@database
def test_matching_asks_the_database_as_often_for_many_rows_as_for_few(
    django_assert_max_num_queries,
):
    body = make_body()
    rows = [HEAD, *([f"资源{n}", "1", "工作参考"] for n in range(150))]
    with django_assert_max_num_queries(45):
        bring(as_csv(rows), body=body, name="c.csv")


def test_every_mapping_names_only_fields_that_there_are():
    known = {*EntryContent.model_fields, *(f"items.{each}" for each in ItemContent.model_fields)}
    for name in mapping.names():
        columns = set(mapping.named(name).columns)
        assert columns <= known | set(mapping.OTHERS), name
    said = known - {"items"} - {"classification"}
    assert said - set(mapping.named("national").columns) == set()
