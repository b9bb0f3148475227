"""Rows that were refused go back whole, and come again by themselves once they are mended."""

import csv
import io

import pytest
from openpyxl import load_workbook
from tests.parties.makers import make_actor
from tests.warehouse.makers import make_release, make_upload

from yelin.surface import uploads
from yelin.warehouse import acts

pytestmark = pytest.mark.django_db(transaction=True)

SENT = """年份,海口港,代码,备注
2012,7217,007,甲
两千,多,008,"乙, 丙"
2014,8914,009,丁,戊
2012,1,010,
2015,"9000,012,己
"""


def given(upload, format_: str) -> bytes:
    actor = make_actor(upload.entry.provider)
    handed = uploads.rejected_file(actor, upload, format_, whole=True)
    assert handed.wanted.filename.endswith(f"-to-mend.{format_}")
    assert handed.kept is not None
    with handed.kept.place.open("rb") as file:
        return file.read()


def test_each_row_stands_there_once_with_its_line_every_reason_and_all_of_its_cells():
    upload = make_upload(text=SENT)
    _, *rows = csv.reader(io.StringIO(given(upload, "csv").decode("utf-8-sig")))
    assert [row[0] for row in rows] == ["3", "4", "5", "6"]
    assert rows[0][1:] == [
        "年份：不是整数；海口港：不是数字",
        "年份: is not a whole number; 海口港: is not a number",
        *("两千", "多", '="008"', "乙, 丙", ""),
    ]
    # What is no cell of any column stands beyond the last.
    assert rows[1][3:] == ["2014", "8914", '="009"', "丁", "戊"]
    assert rows[2][1] == "年份：主键与第2行重复"
    # Of a row that cannot be told apart nothing is guessed.
    assert rows[3][3:] == ["", "", "", "", '2015,"9000,012,己']


@pytest.mark.long
def test_mended_rows_are_added_to_the_others_and_nothing_is_asked_about_what_we_put_beside_them():
    release = make_release(text=SENT)
    text = given(release.upload, "csv").decode("utf-8-sig")
    assert text.splitlines()[0] == "※原行号,※未收原因,※reason,年份,海口港,代码,备注,※多出1"
    mended = (
        text.replace("两千,多", "2013,8292").replace(",丁,戊", ",丁,").replace("2012,1,", "2016,1,")
    )
    kept = "\n".join(mended.splitlines()[:-1]) + "\n"
    upload = make_upload(release.entry, b"\xef\xbb\xbf" + kept.encode(), mode="append")
    assert (upload.state, upload.given, upload.rejected, upload.report["changed"]) == (
        "ready",
        3,
        0,
        [],
    )
    assert "columns.ours" in {each["code"] for each in upload.report["notices"]}
    actor = make_actor(release.entry.provider)
    second = acts.publish(actor=actor, entry=release.entry, upload=upload, without_rejected=False)
    assert second.rows == 4


@pytest.mark.long
def test_a_workbook_of_them_is_read_back_and_refuses_again_what_is_not_mended(tmp_path):
    upload = make_upload(text=SENT)
    blob = given(upload, "xlsx")
    sheet = load_workbook(io.BytesIO(blob)).active
    assert [cell.value for cell in sheet[2]][3:] == ["两千", "多", "008", "乙, 丙", None]
    again = make_upload(upload.entry, blob, filename="改.xlsx")
    assert (again.rows, again.rejected) == (2, 2)
    book = load_workbook(io.BytesIO(given(again, "xlsx")))
    assert [cell.value for cell in book.active[1]] == [
        *("※原行号", "※未收原因", "※reason", "年份", "海口港", "代码", "备注"),
    ]
