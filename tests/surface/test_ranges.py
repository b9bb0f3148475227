"""Which part of a file is asked for: RFC 9110, 13 and 14, as a table."""

import pytest

from yelin.surface import ranges

TAG, SIZE = "abc", 1000


def part(method="GET", **headers):
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    found = ranges.part(method, said, TAG, SIZE)
    return found.status, found.first, found.end


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, 1000),
        ("bytes=10-19", 10, 20),
        ("bytes=990-5000", 990, 1000),
        ("bytes=-1", 999, 1000),
        ("bytes=-5000", 0, 1000),
        ("Bytes = 10 - 19", 10, 20),
    ],
)
def test_a_range_is_that_part(asked, first, end):
    assert part(Range=asked) == (206, first, end)


@pytest.mark.parametrize(
    "asked", ["bytes=5-4", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,5-9", "bytes=1-2-3", ""]
)
def test_what_is_no_range_or_several_is_answered_with_the_whole(asked):
    assert part(Range=asked) == (200, 0, SIZE)


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_beyond_the_end_is_not_satisfied(asked):
    assert part(Range=asked)[0] == 416
    found = ranges.part("GET", {"Range": asked}, TAG, SIZE)
    assert found.headers["Content-Range"] == "bytes */1000"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"If_Range": '"abc"'}, 206),
        ({"If_Range": '"other"'}, 200),
        ({"If_Range": 'W/"abc"'}, 200),
        ({"If_Range": "Thu, 26 Nov 2026 00:00:00 GMT"}, 200),
        ({"If_None_Match": '"abc"'}, 304),
        ({"If_None_Match": 'W/"x", W/"abc"'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"x"'}, 206),
        ({"If_Match": '"abc"'}, 206),
        ({"If_Match": 'W/"abc"'}, 412),
        ({"If_Match": '"x"'}, 412),
        ({"If_Match": '"x"', "If_None_Match": '"abc"'}, 412),
    ],
)
def test_conditions_are_judged_before_the_range(asked, status):
    assert part(Range="bytes=1-2", **asked)[0] == status


def test_whoever_asks_only_how_it_is_is_told_of_the_whole():
    assert part("HEAD", Range="bytes=1-2") == (200, 0, SIZE)
