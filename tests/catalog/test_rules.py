"""Which items go out, by rules alone: every combination of a resource's types and an item's own."""

from hypothesis import given
from hypothesis import strategies as st
from tests.catalog.makers import make_content

from yelin.catalog import rules
from yelin.catalog.content import ItemContent, OpeningType, SharingType
from yelin.catalog.rules import Way

STRICT = ("unconditional", "conditional", "none")
items = st.lists(
    st.builds(
        ItemContent,
        name=st.text(alphabet="甲乙丙丁戊己庚辛", min_size=1, max_size=6),
        grade=st.integers(1, 4),
        sharing_type=st.none() | st.sampled_from(SharingType),
        opening_type=st.none() | st.sampled_from(OpeningType),
    ),
    max_size=6,
    unique_by=lambda item: item.name,
)
contents = st.builds(
    make_content,
    items=items.map(tuple),
    grade=st.integers(1, 4),
    sharing_type=st.sampled_from(SharingType),
    opening_type=st.sampled_from(OpeningType),
)


def of(content, item, which) -> int:
    """How strict an item is in its resource: the stricter of both."""
    return max(STRICT.index(getattr(each, which) or STRICT[0]) for each in (content, item))


@given(contents)
def test_nothing_goes_out_that_is_stricter_than_the_way_it_goes(content):
    by_name = {item.name: item for item in content.items}
    most = {Way.OPEN: ("opening_type", 0), Way.APPLIED: ("opening_type", 1)}
    most[Way.SHARED] = ("sharing_type", 1)
    for way in rules.ways(content):
        out = rules.given(content, way, before=[])
        which, strictest = most[way]
        for name in out:
            assert of(content, by_name[name], which) <= strictest
            assert by_name[name].grade <= content.grade
            assert way is not Way.OPEN or by_name[name].sharing_type != "none"
        plain = [
            item.name
            for item in content.items
            if item.grade <= content.grade and not (item.sharing_type or item.opening_type)
        ]
        assert set(plain) <= set(out)


@given(contents)
def test_what_once_left_something_out_names_what_goes_out_for_good(content):
    for way in Way:
        first = rules.given(content, way, before=None)
        assert first is None or len(first) < len(content.items)
        bare = content.model_copy(update={"items": content.items[:1]})
        later = rules.given(bare, way, before=first)
        assert first is None or later is not None
        assert set(later or ()) <= {item.name for item in bare.items}


@given(contents)
def test_a_resource_of_which_nothing_would_be_left_is_refused(content):
    empty = any(rules.given(content, way, before=[]) == [] for way in rules.ways(content))
    told = any("would be handed out" in fault.says for fault in rules._items(content))
    assert told is bool(content.items and empty)
