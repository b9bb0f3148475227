import pytest
from hypothesis import given, settings
from hypothesis.strategies import lists, sampled_from, text
from tests.thorough import many

from yelin.warehouse.engine import connect
from yelin.warehouse.formats import Column
from yelin.warehouse.keyed import Keyed, folded

written = text(sampled_from("0189xXａＡ０９ 　\u00a0\t王é\u0301'\"!"), max_size=20)


@pytest.fixture(scope="module")
def engine():
    with connect(memory_mb=128) as engine:
        yield engine


@given(lists(written, min_size=1, max_size=20))
@settings(max_examples=many(40, 12), deadline=None)
def test_a_record_lies_in_the_bucket_in_which_its_key_is_looked_for(engine, keys):
    layout = Keyed.of([Column("a", "C"), Column("b", "I")], 100_000)
    rows = engine.cursor().rows(
        f"SELECT {layout.bucket} FROM (SELECT unnest(?::VARCHAR[]) AS a, 7 AS b)",  # noqa: S608 - the layout's own SQL
        [keys],
    )
    assert [bucket for (bucket,) in rows] == [layout.bucket_of([folded(a), "7"]) for a in keys]


def test_width_blanks_and_the_case_of_an_x_tell_no_texts_apart():
    assert folded("４６０１００１９９００１０１００１ｘ") == "46010019900101001X"
    assert folded(" 王　小明 ") == "王小明"
    assert folded("x") == "x"
    assert folded(" 　") is None
