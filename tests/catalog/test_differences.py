from hypothesis import given
from hypothesis import strategies as st
from tests.catalog.makers import make_content

from yelin.catalog.content import EntryContent, ItemContent
from yelin.catalog.differences import How, between


def content(*items, **over) -> EntryContent:
    return make_content(title="港口", items=items, **over)


def item(name, **over) -> ItemContent:
    return ItemContent(name=name, **over)


def told(difference):
    return [(each.how, each.name, each.place_before, each.place_after) for each in difference.items]


def test_elements_that_say_something_else_are_named_with_both_words():
    found = between(content(summary="甲"), content(summary="乙", keywords=("港口",)))
    assert [(each.name, each.before, each.after) for each in found.elements] == [
        ("summary", "甲", "乙"),
        ("keywords", ("港口", "吞吐量"), ("港口",)),
    ]


def test_items_are_added_removed_renamed_changed_and_moved():
    before = content(
        item("年份", type="I"),
        item("港口"),
        item("吨位", type="N", unit="吨"),
        item("备注", note="无"),
    )
    after = content(
        item("港口"), item("年份", type="I"), item("吨位", type="N", unit="万吨"),
        item("说明", note="无"), item("新增", key=True),
    )  # fmt: skip
    found = between(before, after)
    assert told(found) == [
        (How.MOVED, "港口", 2, 1),
        (How.CHANGED, "吨位", 3, 3),
        (How.RENAMED, "说明", 4, 4),
        (How.ADDED, "新增", None, 5),
    ]
    assert found.items[1].changed[0].after == "万吨"


def test_an_item_that_goes_is_told_with_what_it_was():
    found = between(content(item("年份"), item("港口", unit="个")), content(item("年份")))
    assert told(found) == [(How.REMOVED, "港口", 2, None)]
    assert ("unit", "个", None) in [(c.name, c.before, c.after) for c in found.items[0].changed]


names = st.lists(st.sampled_from("甲乙丙丁戊己庚辛壬癸"), unique=True, max_size=8)


@given(names, names)
def test_a_difference_is_empty_only_between_equals_and_moves_the_fewest(before, after):
    old = content(*(item(name, note=name) for name in before))
    new = content(*(item(name, note=name) for name in after))
    found = between(old, new)
    assert bool(found) is (before != after)
    moved = {each.name for each in found.items if each.how is How.MOVED}
    left = [name for name in after if name in before and name not in moved]
    assert left == [name for name in before if name in left]
    assert {each.name for each in found.items if each.how is How.ADDED} == set(after) - set(before)
    assert {each.name for each in found.items if each.how is How.REMOVED} == set(before) - set(
        after
    )
