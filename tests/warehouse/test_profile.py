import pytest
from tests.warehouse.tables import bring


def proposed(tmp_path, *cells: str, blank_last: bool = False):
    text = "n,v\n" + "".join(f'{n},"{cell}"\n' for n, cell in enumerate(cells))
    found = bring(tmp_path, text + ("99,\n" if blank_last else ""))
    return next(item for item in found.prepared.proposed if item.name == "v")


@pytest.mark.drawn(8)
@pytest.mark.parametrize(
    ("cells", "kind", "length"),
    [
        (["1", "-2", "3"], "I", None),
        (["1.5", "22", "-3.25"], "N", "4"),
        (["1.50", "22.00", "-3.25"], "N", "4,2"),
        (["1e5", "2"], "F", None),
        (["12,345", "1"], "I", None),
        (["１２３", "4"], "I", None),
        (["00501", "02139"], "C", "5"),
        (["1", "2", "007"], "C", "3"),
        (["110101199003070011", "110101199003070038"], "C", "18"),
        (["1234567890123456"], "C", "16"),
        (["123456789012345"], "I", None),
        (["是", "否"], "L", None),
        (["true", "FALSE"], "L", None),
        (["1", "0"], "I", None),
        (["2020-01-02", "2020/1/3"], "D", None),
        (["2020年1月2日"], "D", None),
        (["20200102", "20191231"], "D", None),
        (["20200102", "20201399"], "I", None),
        (["2020-01-02 03:04:05", "2020-01-02"], "T", None),
        (["13/02/2020", "01/02/2020"], "D", None),
        (["01/02/2020", "03/04/2020"], "C", "10"),
        (["5%", "6%"], "C", "2"),
        (["海口市", "x"], "C", "3"),
        (["1", "…", "-"], "I", None),
        (["1_000", "2"], "C", "5"),
        (["NaN", "2"], "C", "3"),
        (["0", "0.5"], "N", "2"),
        (["x" * 1_001], "M", "1001"),
    ],
)
def test_a_type_is_proposed_from_every_row(tmp_path, cells, kind, length):
    item = proposed(tmp_path, *cells)
    assert (item.type, item.length) == (kind, length)


def test_one_row_at_the_very_end_decides(tmp_path):
    """B-13, B-16: a sample may rule a type out, but never in."""
    text = "a,b,c\n" + "460100,1,2020-01-01\n" * 60_000 + "046010,0164A,01.02\n"
    found = bring(tmp_path, text)
    assert found.types == {"a": "C", "b": "C", "c": "C"}


def test_an_ambiguous_date_stays_text_with_a_note_that_asks(tmp_path):
    """B-19."""
    notes = [note.code for note in proposed(tmp_path, "01/02/2020", "03/04/2020").notes]
    assert notes == ["profile.ambiguous"]


def test_a_column_with_blanks_may_be_empty(tmp_path):
    assert not proposed(tmp_path, "1", "2").nullable
    assert proposed(tmp_path, "1", "2", blank_last=True).nullable


def test_an_empty_column_is_text_and_said(tmp_path):
    item = proposed(tmp_path, "", "")
    assert (item.type, item.length, item.present) == ("C", None, 0)
    assert [note.code for note in item.notes] == ["profile.empty"]


def test_the_first_column_that_tells_rows_apart_is_the_key(tmp_path):
    text = "名称,代码,值\n" + "".join(f"海口,{n:04},{n}\n" for n in range(50))
    found = bring(tmp_path, text)
    assert [item.name for item in found.prepared.proposed if item.key] == ["代码"]


def test_a_proposal_shows_the_first_rows_and_writes_no_data(tmp_path):
    found = bring(tmp_path, "a,b\n1,x\n2,\n")
    assert found.prepared.preview == ({"a": "1", "b": "x"}, {"a": "2", "b": None})
    assert found.prepared.data is None
    assert not (found.work / "data.parquet").exists()


def test_a_proposal_fits_the_table_that_it_was_made_from(tmp_path):
    text = "代码,数,日,是,时,备注\n007,1.50,2020-01-02,是,2020-01-02 03:04:05,x\n008,,,,,\n"
    specs = bring(tmp_path, text).prepared.proposed
    again = bring(tmp_path, text, *(f"{one.name}:{one.type}/{one.length or ''}" for one in specs))
    assert again.rejected == []
    assert again.prepared.rows == 2
