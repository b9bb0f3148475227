import io
import stat
import zipfile

import pytest
from tests.warehouse.tables import bring

from yelin.warehouse import packed
from yelin.warehouse.findings import Unfit

CSV = "代码,数\n007,1\n"


def packing(files: dict, **over) -> bytes:
    """Pack files whose entries have the attributes given."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for attribute, value in over.items():
                setattr(info, attribute, value)
            bundle.writestr(info, content)
    return stream.getvalue()


def test_the_one_table_of_an_archive_is_that_table(tmp_path):
    blob = packing(
        {"__MACOSX/._数.csv": "x", "说明.pdf": "%PDF", "数据/数.csv": CSV.encode("gb18030")}
    )
    found = bring(tmp_path, blob, "代码:C", "数:I", name="x.zip")
    assert found.rows == [("007", 1)]
    source = found.prepared.source
    assert (source.filename, source.kind, source.encoding) == ("x.zip", "csv", "gb18030")
    assert (source.sheet, source.sheets) == ("数据/数.csv", ("数据/数.csv",))


@pytest.mark.long
def test_one_of_several_tables_is_chosen_and_the_others_are_named(tmp_path):
    blob = packing({"a.csv": CSV, "b/c.json": '{"x": [{"数": 1}], "y": [{"数": 2}, {"数": 3}]}'})
    first = bring(tmp_path, blob, "数:I")
    assert (first.rows, first.prepared.source.sheets) == ([(1,)], ("a.csv", "b/c.json"))
    assert "sheet.others" in first.codes
    second = bring(tmp_path, blob, "数:I", sheet="b/c.json")
    assert second.rows == [(2,), (3,)]
    assert second.prepared.source.sheets == ("a.csv", "b/c.json/x", "b/c.json/y")
    third = bring(tmp_path, blob, "数:I", sheet="b/c.json/x")
    assert (third.rows, third.prepared.source.sheet) == ([(1,)], "b/c.json/x")
    with pytest.raises(Unfit, match="no sheet “d"):
        bring(tmp_path, blob, "数:I", sheet="d.csv")


@pytest.mark.drawn(4)
@pytest.mark.parametrize(
    ("blob", "code"),
    [
        (packing({"../a.csv": CSV}), "zip.path"),
        (packing({"/etc/a.csv": CSV}), "zip.path"),
        (packing({"a\\..\\..\\b.csv": CSV}), "zip.path"),
        (packing({"C:/a.csv": CSV}), "zip.path"),
        (packing({"a\u202eb.csv": CSV}), "zip.path"),
        (packing({"a.csv": "/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16), "zip.path"),
        (packing({"A.csv": CSV, "a.csv": CSV}), "zip.doubled"),
        (packing({"b.zip": packing({"a.csv": CSV})}), "zip.nested"),
        (packing({"a.pdf": "%PDF-", "b.png": "x"}), "zip.tables"),
        (packing({f"{n}.csv": "" for n in range(packed.MOST_FILES + 1)}), "file.bomb"),
    ],
)
def test_an_archive_that_leads_elsewhere_or_hides_something_is_refused(tmp_path, blob, code):
    with pytest.raises(Unfit) as told:
        bring(tmp_path, blob, "代码:C")
    assert told.value.code == code
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv", "work-table.csv"]


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-8", "数.csv"), ("gb18030", "海口市三亚市.csv")]
)
def test_names_are_read_in_the_encoding_that_they_are_written_in(encoding, name):
    info = zipfile.ZipInfo("x")
    info.orig_filename = name.encode(encoding).decode("cp437")
    assert packed._name(info) == name
    info.orig_filename, info.flag_bits = name, 0x800
    assert packed._name(info) == name
    info.flag_bits, info.extra = 0, b"\x75\x70\x0b\x00\x01abcd\xe6\x95\xb0abc"
    info.orig_filename = "?"
    assert packed._name(info) == "数abc"


def test_a_ratio_alone_is_no_bomb_and_a_size_is(tmp_path, monkeypatch):
    blob = packing({"a.csv": "代码\n" + "0\n" * 2_000_000})
    assert len(blob) * 400 < 4_000_000
    assert bring(tmp_path, blob, "代码:C").prepared.rows == 2_000_000
    with pytest.raises(packed.Refused) as told:
        _unpack(blob, monkeypatch)
    assert told.value.code == "file.bomb"


def _unpack(blob: bytes, monkeypatch) -> None:
    monkeypatch.setattr(packed, "MOST_INFLATED", 1_000_000)
    packed.work({"wanted": None}, io.BytesIO(blob), io.BytesIO())
