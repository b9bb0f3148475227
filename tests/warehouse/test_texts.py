import pyarrow as pa
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
