import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.warehouse import texts

TEXT = st.none() | st.text("甲乙a", max_size=4)


def lying(folder, values, size=5):
    path = folder / "one.texts"
    whole = pa.RecordBatch.from_arrays([pa.array(values, pa.string())], ["名"])
    texts.write([whole.slice(at, size) for at in range(0, len(values), size)], path)
    return texts.read(path)


@given(st.lists(TEXT, max_size=20), st.text("甲乙a", min_size=1, max_size=2))
def test_a_part_is_found_in_every_text_that_holds_it_and_never_across_two(
    tmp_path_factory, values, part
):
    found = lying(tmp_path_factory.mktemp("texts"), values)
    assert found.places(part) == [n for n, each in enumerate(values) if each and part in each]


@given(st.lists(TEXT, max_size=40), st.text("甲乙a", min_size=1, max_size=4), st.integers(0, 3))
def test_lists_of_threes_hide_no_text_however_few_of_them_are_kept(
    tmp_path_factory, values, part, common
):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(texts, "COMMON", common)
        patched.setattr(texts, "_LISTED_ROWS", 3)
        found = lying(tmp_path_factory.mktemp("texts"), values, 11)
    assert found.places(part) == [n for n, each in enumerate(values) if each and part in each]


def test_texts_too_long_for_lists_are_looked_through(tmp_path, monkeypatch):
    monkeypatch.setattr(texts, "_LISTED_BYTES", 20)
    found = lying(tmp_path, ["甲乙甲", None, "乙甲乙甲乙", "甲"], 2)
    assert found.places("乙甲乙") == [2]
    assert found.places("乙甲") == [0, 2]


def test_only_rows_that_have_all_threes_are_looked_into(tmp_path, monkeypatch):
    found = lying(tmp_path, [f"第{n:04}号" for n in range(1_000)], 1_000)
    monkeypatch.setattr(texts, "_holding", None)
    assert found.places("第0123号") == [123]
    assert found.places("0999") == [999]
    assert found.places("1999") == []


def test_too_many_are_left_to_an_engine(tmp_path, monkeypatch):
    monkeypatch.setattr(texts, "MOST", 7)
    found = lying(tmp_path, ["甲乙"] * 20)
    assert found.places("乙") is None
    assert found.places("乙甲") == []


def test_what_cannot_be_read_makes_way(tmp_path):
    path = tmp_path / "one.texts"
    path.write_bytes(b"torn")
    assert texts.read(path) is None
    assert not path.exists()
