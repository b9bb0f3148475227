"""The language in which clients of CKAN search: read right, or refused, and never anything else."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many

from yelin.api.ckan.solr import All, BadQuery, Between, Either, Not, Word, read

A, B, C = Word("a"), Word("b"), Word("c")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("", All()),
        ("*:*", All()),
        ("a b", All((A, B))),
        ("a AND b", All((A, B))),
        ("a && b || c", Either((All((A, B)), C))),
        ("a OR b c", Either((A, All((B, C))))),
        ("+a -b", All((A, Not(B)))),
        ("NOT !a", A),
        ("-(a OR b)", Not(Either((A, B)))),
        ('"a b"~3 c^2.5', All((Word("a b", phrase=True), C))),
        ("tags:x*", Word("x*", "tags")),
        ('groups:(a OR "b c")', Either((Word("a", "groups"), Word("b c", "groups", phrase=True)))),
        ("a:(b OR c:d)", Either((Word("b", "a"), Word("d", "c")))),
        ("m:[2024-01-01 TO *}", Between("2024-01-01", "*", True, False, "m")),
        (r"a\:b", Word(r"a\:b")),
        ("海口港-2020", Word("海口港-2020")),
        ("ORANGE NOTES ANDY", All((Word("ORANGE"), Word("NOTES"), Word("ANDY")))),
        ("C++ AT&T", All((Word("C++"), Word("AT&T")))),
    ],
)
def test_each_part_means_what_solr_means_by_it(text, means):
    assert read(text) == means


names = st.sampled_from(["tags", "groups", "title", "notes", "id", "name", "metadata_modified"])
words = st.text(min_size=1, max_size=6).map(lambda text: f'"{text}"') | st.sampled_from(
    ["港口", "x*", "*", "NOW-1DAY", "2024-01-01", r"a\*", "active"]
)
leaves = words | st.builds("{}:{}".format, names, words)
queries = st.recursive(
    leaves,
    lambda inner: (
        st.builds("({} OR {})".format, inner, inner)
        | st.builds("{} {}".format, inner, inner)
        | st.builds("-{}".format, inner)
        | st.builds("{}:({})".format, names, inner)
    ),
    max_leaves=6,
)
pieces = st.lists(
    st.sampled_from([*'()[]{}:"*?~^+-!&|\\/ ', "a", "AND", "OR", "TO", "tags:", "港", "NOW"]),
    max_size=24,
).map("".join)


@given(text=st.text(max_size=40) | pieces | queries)
@settings(max_examples=many(300, 25))
def test_whatever_is_sent_is_read_or_refused(text):
    with contextlib.suppress(BadQuery):
        read(text)


def test_what_would_take_too_long_is_refused_before_it_does():
    for text in ("(" * 5_000, "-" * 9_000, "a " * 4_000, "a:" * 4_000 + "b"):
        with pytest.raises(BadQuery):
            read(text)
    assert read("-" * 7_998 + "a") == A
