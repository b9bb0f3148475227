"""What was seen of a file as it came is what whoever reads it as it lies finds."""

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many
from tests.warehouse.tables import items

from yelin.files.digests import digests_of
from yelin.warehouse import parse, pipeline
from yelin.warehouse.decode import decode
from yelin.warehouse.findings import Unfit
from yelin.warehouse.glance import Glancing, Passing, Seen
from yelin.warehouse.skim import skim
from yelin.warehouse.splitter import Dialect

DIALECTS = [
    Dialect(mark, quote, ending)
    for mark in (",", ";", "，", ", ")
    for quote in ('"', "'")
    for ending in ("\n", "\r\n", "\r")
]
HEADER = b"\xe5\x8f\xb7,b\n"
# Pieces of text that are regular and such as are not, bytes that no UTF-8 has, and halves of such.
PARTS = (
    b"a", b",", b"\n", b"\r\n", b"\r", b'"', b'"a,b"', b'"a""b"', b'"\n"', b"\0", b"'", b";",
    "海口，".encode(), "海".encode()[:2], b"\xff", b"\xef\xbb\xbf", b"12.50",
)  # fmt: skip
LINES = (b"1,2", b'"a,b",c', b'"a""b",""', "海口,三亚".encode(), b'1,"x', b"1;2", b"'a',b")
texts = st.lists(st.sampled_from(PARTS), max_size=30).map(b"".join)
tables = st.tuples(
    st.lists(st.sampled_from(LINES), min_size=1, max_size=12),
    st.sampled_from((b"\n", b"\r\n")),
    st.booleans(),
).map(lambda one: one[1].join(one[0]) + (one[1] if one[2] else b""))


def seen_of(content: bytes, cuts=(), **how) -> Seen | None:
    glancing = Glancing(**how)
    ends = sorted(min(cut, len(content)) for cut in cuts)
    for first, last in zip([0, *ends], [*ends, len(content)], strict=True):
        glancing.update(content[first:last])
    return glancing.done()


def is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeError:
        return False
    return True


@settings(max_examples=many(1_000, 60))
@given(st.one_of(texts, tables), st.lists(st.integers(0, 200), max_size=8), st.integers(1, 40))
def test_what_is_utf8_is_told_wherever_the_pieces_end(content, cuts, at_once):
    assert (seen_of(content, cuts, at_once=at_once) is not None) is is_utf8(content)


@settings(max_examples=many(1_000, 60))
@given(tables, st.lists(st.integers(0, 200), max_size=8), st.integers(1, 40), st.booleans())
def test_lines_below_any_are_counted_as_a_skim_counts_them(
    tmp_path_factory, content, cuts, at_once, marked
):
    mark = b"\xef\xbb\xbf" if marked else b""
    path = tmp_path_factory.mktemp("skim") / "in.csv"
    path.write_bytes(mark + content)
    seen = seen_of(mark + content, cuts, at_once=at_once)
    starts = [0, *(at + 1 for at, byte in enumerate(content) if byte == ord("\n"))]
    for dialect in DIALECTS[:6]:
        for at in starts[:3]:
            found = seen.below(content[: at + 2], at, dialect)
            if found is not None:
                assert found == skim(path, len(mark) + at, dialect)
            elif b'"' not in content and dialect.quote == '"' and not at:
                assert skim(path, len(mark), dialect) is None


@settings(max_examples=many(1_000, 60))
@given(texts, st.lists(st.integers(0, 200), max_size=8), st.integers(1, 40))
def test_no_line_is_taken_for_regular_that_a_skim_does_not(
    tmp_path_factory, content, cuts, at_once
):
    seen = seen_of(content, cuts, at_once=at_once)
    if seen is None or content.startswith(b"\xef\xbb\xbf") or b'"\n"' in content:
        return
    path = tmp_path_factory.mktemp("skim") / "in.csv"
    path.write_bytes(content)
    for dialect in DIALECTS:
        found = seen.below(content[:2], 0, dialect)
        if found is not None and content:
            assert found == skim(path, 0, dialect)


@pytest.mark.parametrize("at", [0, len(HEADER)])
def test_a_blank_line_below_the_header_is_out_of_the_ordinary(at):
    content = HEADER[:at] + b"\n1,2\n"
    assert seen_of(content).below(content[: at + 2], at, Dialect()) is None


def test_a_line_that_is_very_long_is_left_to_whoever_may_hold_it():
    assert seen_of(b"a" * 100, at_once=10, longest=50) is None
    assert seen_of(b"a" * 40 + b"\n" + b"b" * 40, at_once=10, longest=50) is not None


def test_what_was_seen_is_kept_as_json():
    for content in (b'a,b\r\n"1",2', b'a\n"', b""):
        seen = seen_of(content)
        assert Seen.of(json.loads(json.dumps(seen.as_dict()))) == seen


def test_digests_and_what_is_seen_are_of_the_same_bytes():
    content = HEADER + b"1,2\n" * 300_000
    with Passing() as passing:
        for at in range(0, len(content), 1 << 18):
            passing.update(content[at : at + (1 << 18)])
        digests, seen = passing.done()
    assert digests == digests_of([content])
    assert seen.below(content[: len(HEADER) + 2], len(HEADER), Dialect()) == 300_000


@settings(max_examples=many(300, 25))
@given(st.one_of(texts, tables), st.sampled_from((None, "utf-8", "gb18030", "utf-16")))
def test_a_file_is_decoded_as_by_whoever_has_not_seen_it(tmp_path_factory, content, encoding):
    folder = tmp_path_factory.mktemp("decode")
    (folder / "in.csv").write_bytes(content)
    outcomes = []
    for seen in (None, seen_of(content)):
        try:
            found = decode(folder / "in.csv", folder, encoding=encoding, seen=seen)
        except Unfit as unfit:
            outcomes.append(unfit.args)
        else:
            outcomes.append((dataclasses.replace(found, seen=None), found.path.read_bytes()))
    assert outcomes[0] == outcomes[1]


@pytest.mark.long
@settings(max_examples=many(100, 6))
@given(st.one_of(texts, tables), st.booleans())
def test_a_release_is_what_it_is_of_a_file_that_nobody_has_seen(tmp_path_factory, content, marked):
    content = (b"\xef\xbb\xbf" if marked else b"") + HEADER + b"1,2\n" + content
    folder = tmp_path_factory.mktemp("release")
    (folder / "in.csv").write_bytes(content)
    outcomes = []
    for seen in (None, seen_of(content)):
        work = folder / f"work-{len(outcomes)}"
        try:
            made = pipeline.prepare(
                folder / "in.csv", "in.csv", work, items("号:C", "b:C"), seen=seen
            )
        except Unfit as unfit:
            outcomes.append(unfit.args)
        else:
            outcomes.append(made.as_dict())
    assert outcomes[0] == outcomes[1]


def test_what_was_seen_is_not_looked_for_again(tmp_path, monkeypatch):
    content = HEADER + b"1,2\n3,4\n"
    (tmp_path / "in.csv").write_bytes(content)

    def again(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(parse, "skim", again)
    monkeypatch.setattr("yelin.warehouse.decode.by_lines", again)
    made = pipeline.prepare(
        tmp_path / "in.csv",
        "in.csv",
        tmp_path / "work",
        items("号:C", "b:C"),
        seen=seen_of(content),
    )
    assert made.rows == 2
