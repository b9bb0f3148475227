import pytest

from yelin.privacy.deidentify import generated
from yelin.privacy.deidentify.hierarchy import ALL, Hierarchy, HierarchyFault, UnknownLeaves


def labels(tree, leaf):
    return [level[tree.place[leaf]] for level in tree.levels]


def test_what_is_written_is_read_again():
    tree = Hierarchy.read("﻿a;x;*\nb;x;*\nc;y;*\n")
    assert labels(tree, "c") == ["c", "y", ALL]
    assert Hierarchy.read(tree.write()) == tree


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no leaves"),
        ("a;x;*\nb;*\n", "line 2"),
        ("a;x;*\na;x;*\n", "a stands there twice"),
        ("a;x;1;*\nb;x;2;*\n", "level 2: x lies under 1 and 2"),
    ],
)
def test_a_fault_says_where_it_is(text, says):
    with pytest.raises(HierarchyFault, match=says):
        Hierarchy.read(text)


def test_values_that_no_line_knows_are_named():
    with pytest.raises(UnknownLeaves, match="4e, 7f"):
        Hierarchy.made(["34", "45"]).covers("age", ["34", "4e", "7f"])


def test_a_preview_counts_what_falls_together():
    tree = Hierarchy.read("a;x;*\nb;x;*\nc;y;*\n")
    assert [(each.labels, each.rarest) for each in tree.preview({"a": 5, "b": 2, "c": 3})] == [
        (3, 2), (2, 3), (1, 10),
    ]  # fmt: skip


def test_dates_become_months_quarters_years_and_spans():
    tree = generated.dates(["2021-05-17", "2019-12-31"])
    assert labels(tree, "2021-05-17") == [
        "2021-05-17", "2021-05", "2021-Q2", "2021", "2020-2024", "2020-2029", ALL,
    ]  # fmt: skip
    assert (
        labels(generated.dates(["2021-05-17 08:00:00"]), "2021-05-17 08:00:00")[1] == "2021-05-17"
    )
    with pytest.raises(HierarchyFault, match="昨天 is not a date"):
        generated.dates(["昨天"])


def test_numbers_become_intervals_with_an_open_end():
    tree = generated.numbers(["3", "17", "24", "97"], [5, 10], least=5, most=90)
    assert [labels(tree, leaf)[1:3] for leaf in ("3", "17", "24", "97")] == [
        ["<5", "<5"], ["15–19", "10–19"], ["20–24", "20–29"], ["≥90", "≥90"],
    ]  # fmt: skip
    assert labels(generated.numbers(["2.5", "-0.1"], [5]), "-0.1")[1] == "[-5, 0)"
    with pytest.raises(HierarchyFault, match="no multiple"):
        generated.numbers(["1"], [5, 12])


def test_codes_of_divisions_become_cities_and_provinces_also_those_of_old():
    tree = generated.divisions(["460105", "469001", "460003", "460106001002"], {"460003": "460400"})
    assert labels(tree, "460105") == ["460105", "460105", "460100", "460000", ALL]
    assert labels(tree, "460003")[1:3] == ["460400", "460400"]
    assert labels(tree, "469001")[2] == "469000"
    assert labels(tree, "460106001002")[1] == "460106"


def test_codes_of_industries_become_sections():
    tree = generated.industries(["6410", "I6420", "651", "A"])
    assert labels(tree, "6410") == ["6410", "6410", "641", "64", "I", ALL]
    assert labels(tree, "I6420")[-2] == "I"
    assert labels(tree, "A")[1:] == ["A", "A", "A", "A", ALL]
    with pytest.raises(HierarchyFault, match="9810"):
        generated.industries(["9810"])


def test_masks_grow_from_either_end():
    assert labels(generated.masks(["81667"]), "81667") == [
        "81667", "8166*", "816**", "81***", "8****", ALL,
    ]  # fmt: skip
    assert labels(generated.masks(["81667"], from_end=False, step=2), "81667") == [
        "81667", "**667", "****7", ALL,
    ]  # fmt: skip
