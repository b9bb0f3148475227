"""What goes straight from its file into its release comes out as the careful way brings it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many
from tests.warehouse.tables import bring

SPECS = ("号:C/4!", "名:C/6", "额:N/6,2", "率:N", "数:I/3", "日:D", "时:T", "比:F", "是否:L")
HEADER = "号,名,额,率,数,日,时,比,是否"
GOOD = "01,海口,12.50,0.5,7,2020-01-31,2020-01-31 08:00:00,0.25,是"
# For each column cells that are fine, fine in another way, empty, or at fault.
CELLS = (
    ("01", "号", "0001", " 1", "00001", "", "=1", '="01"', "'=1"),
    ("海口", "", "名", "　海口", "\u00a0", '"含""引号"""', '"一,二"', "注：说明", "一二三四五六七"),
    ("12.50", "12.5", "007", "", "12.505", "12345.00", "-0", "1e3", "１２", "—", "nan", "1,000.00"),
    ("0.5", "0.50", "1", "", "1.500", ".5", "x"),
    ("7", "+7", "007", "7.0", "", "1000", "7.5", "1_0", "N/A"),
    ("2020-01-31", "2020/1/31", "20200131", "", "2020-02-30", "infinity", "31/1/2020"),
    ("2020-01-31 08:00:00", "2020-01-31T08:00:00", "2020-01-31", "", "10000-01-01 00:00:00", "8"),
    ("0.25", "0.250", "1e-3", "", "inf", "0x10"),
    ("是", "true", "No", "", "也许"),
)  # fmt: skip


def is_staged(found) -> bool:
    # Only who walks a file keeps where its lines stand.
    return (found.work / "lines.parquet").exists()


def told(found) -> tuple:
    prepared = found.prepared
    read = prepared.dates, prepared.tidied, prepared.offers
    return found.rows, prepared.columns, prepared.mapping, found.codes, read


def test_a_regular_table_is_not_staged(tmp_path):
    found = bring(tmp_path, f"{HEADER}\n{GOOD}\n{GOOD.replace('海口', '')}\n", *SPECS)
    assert not is_staged(found)
    assert (len(found.rows), found.rejected) == (2, [])
    assert found.rows[1][1] is None


@pytest.mark.drawn(4)
@pytest.mark.parametrize(
    "below",
    [
        GOOD.replace("01,", ",", 1),
        GOOD + ",",
        "\n" + GOOD,
        HEADER,
        ",,,,,,,,",
        GOOD.replace("海口", '海"口'),
        GOOD.replace("海口", '"海\n口"'),
        GOOD.replace("海口", "\0"),
        GOOD.replace("海口", '="0"'),
        GOOD + "\r",
        GOOD.replace("2020-01-31,", "infinity,"),
    ],
)
def test_what_is_doubtful_goes_the_careful_way(tmp_path, below):
    assert is_staged(bring(tmp_path, f"{HEADER}\n{GOOD}\n{below}\n{GOOD}\n", *SPECS))


def test_a_doubt_far_below_the_first_rows_stops_it_too(tmp_path):
    rows = "\n".join([GOOD] * 5_000)
    found = bring(tmp_path, f"{HEADER}\n{rows}\n{GOOD.replace('12.50', 'x')}\n{GOOD}\n", *SPECS)
    assert is_staged(found)
    assert found.faults == [(5_002, "额", "x", "type")]
    assert len(found.rows) == 5_001


@pytest.mark.drawn(1)
@pytest.mark.parametrize(
    ("cell", "odd"),
    # The last has more places than any of the first rows, by which the column got its own.
    [("海口", "=1"), ("海口", "\u00a0"), ("海口", "一二三四五六七"), (",0.5,", ",0.500,")],
)
def test_whatever_is_doubtful_far_below_the_first_rows_stops_it_too(tmp_path, cell, odd):
    rows = "\n".join([GOOD] * 5_000)
    found = bring(tmp_path, f"{HEADER}\n{rows}\n{GOOD.replace(cell, odd)}\n{GOOD}\n", *SPECS)
    assert is_staged(found)


def test_two_rows_of_one_key_do_not_both_go_straight(tmp_path):
    found = bring(tmp_path, f"{HEADER}\n{GOOD}\n{GOOD}\n", "号:C#", *SPECS[1:])
    assert found.faults == [(3, "号", "01", "duplicate")]


@settings(max_examples=many(25, 4))
@given(st.lists(st.tuples(*map(st.sampled_from, CELLS)), min_size=1, max_size=4), st.data())
def test_it_comes_out_as_the_careful_way_brings_it(tmp_path_factory, rows, data):
    calm = [tuple(cells[0] for cells in CELLS)] * 2
    odd = data.draw(st.integers(0, len(CELLS) - 1))
    # One column at a time may be odd, or nearly nothing would ever go straight.
    rows = [(*calm[0][:odd], row[odd], *calm[0][odd + 1 :]) for row in rows] + calm
    text = "\n".join([HEADER, *(",".join(row) for row in rows)]) + "\n"
    folder = tmp_path_factory.mktemp("ways")
    straight = bring(folder, text, *SPECS, name="straight.csv")
    # A row of another width is refused, and with it there the file is none that goes straight.
    careful = bring(folder, text + "x\n", *SPECS, name="careful.csv")
    assert is_staged(careful)
    assert told(straight) == told(careful)
    assert straight.faults == careful.faults[:-1]
