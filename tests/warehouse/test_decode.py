import contextlib
import gzip
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import many
from tests.warehouse.tables import bring

from yelin.warehouse.decode import decode
from yelin.warehouse.findings import Unfit
from yelin.warehouse.kinds import sniff

SIMPLIFIED = "姓名,身份证号,备注\n张三,110101199003070011,海口市美兰区\n李四,,电话未登记\n"
TRADITIONAL = "名稱,代碼,備註\n臺北市,001,開放資料集\n高雄市,002,電話未登記\n"


def read(tmp_path, content: bytes, **options) -> tuple[str, str]:
    source = tmp_path / "in.csv"
    source.write_bytes(content)
    found = decode(source, tmp_path, **options)
    return found.encoding, found.path.read_bytes()[found.start :].decode()


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8"),
        (SIMPLIFIED, "gbk", "gb18030"),
        (SIMPLIFIED + "㐀𠀀,1,2\n", "gb18030", "gb18030"),
        (SIMPLIFIED, "utf-16", "utf-16-le"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        (TRADITIONAL, "cp950", "cp950"),
        (TRADITIONAL, "utf-8", "utf-8"),
        (TRADITIONAL, "gbk", "gb18030"),
        ("Straße,Müller\nGenève,Zürich\n", "cp1252", "cp1252"),
        ("Straße,Müller\nGenève,Zürich\n", "utf-8", "utf-8"),
        ("a,b\n1,2\n", "ascii", "utf-8"),
    ],
)
def test_an_encoding_is_known_by_the_whole_file(tmp_path, text, codec, expected):
    assert read(tmp_path, text.encode(codec)) == (expected, text)


def test_gbk_saved_by_excel_without_a_mark_is_read(tmp_path):
    """B-01: the header must not come out as mojibake."""
    found = bring(tmp_path, "姓名,身份证号\r\n张三,1\r\n".encode("gbk"), "姓名:C!", "身份证号:C!")
    assert found.rows == [("张三", "1")]
    assert found.prepared.source.encoding == "gb18030"


def test_a_chinese_letter_at_the_very_end_decides(tmp_path):
    """B-02: a sample of the first bytes would say ASCII."""
    content = b"name,code\n" + b"abc,001\n" * 200_000 + "张三,002\n".encode("gbk")
    found = bring(tmp_path, content, "name:C", "code:C")
    assert found.rows[-1] == ("张三", "002")
    assert found.prepared.rows == 200_001


def test_a_letter_split_between_two_chunks_is_one_letter(tmp_path):
    text = "甲" * 700_000
    assert read(tmp_path, b"x" + text.encode()) == ("utf-8", "x" + text)
    assert read(tmp_path, b"x" + text.encode("gbk"))[1] == "x" + text


@pytest.mark.long
@pytest.mark.parametrize("share", [0, 0.49, 0.5, 0.51, 1])
def test_a_damaged_byte_is_found_wherever_it_stands(tmp_path, share):
    lines = ["甲乙丙,001\n".encode()] * 400_000
    at = round(share * (len(lines) - 1))
    lines[at] = b"\xff\n"
    source = tmp_path / "in.csv"
    source.write_bytes(b"".join(lines))
    found = decode(source, tmp_path)
    assert (found.encoding, found.bad_lines) == ("utf-8", ((at + 1, at + 1),))


def test_a_mark_does_not_hide_a_damaged_byte(tmp_path):
    """B-04: a mark for UTF-8, and a byte that is none after ten thousand characters."""
    rows = b"abc,001\n" * 2_000
    content = b"\xef\xbb\xbfname,code\n" + rows + b"a\xa0b,002\n" + rows
    found = bring(tmp_path, content, "name:C", "code:C")
    assert found.prepared.rows == 4_000
    assert found.faults == [(2_002, None, None, "encoding")]
    assert found.raw == ["a\\xa0b,002"]
    (notice,) = [one for one in found.prepared.notices if one.code == "encoding.mixed"]
    assert notice.params["at"] == content.index(b"\xa0")


def test_an_encoding_chosen_by_hand_is_obeyed(tmp_path):
    content = b"\xef\xbb\xbfname,code\na\xa0b,002\n"
    found = bring(tmp_path, content, "name:C", "code:C", encoding="cp1252")
    assert found.rows == [("a\u00a0b", "002")]
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, content, "name:C", encoding="klingon")
    assert unfit.value.code == "encoding.unknown"


def test_two_encodings_in_one_file_are_told_by_line_and_never_replaced(tmp_path):
    """B-05: two exports that were put together."""
    head = "名称,值\n" + "".join(f"海口{n},{n}\n" for n in range(8))
    tail = "".join(f"caf\xe9 {n},{n}\n" for n in range(3)).encode("cp1252")
    found = bring(tmp_path, head.encode() + tail, "名称:C", "值:I")
    assert found.prepared.rows == 8
    assert [fault[0] for fault in found.faults] == [10, 11, 12]
    notice = next(one for one in found.prepared.notices if one.code == "encoding.mixed")
    assert (notice.params["first"], notice.params["last"]) == (10, 12)
    assert notice.params["at"] == (head.encode() + tail).index(b"\xe9")
    assert "\ufffd" not in str(found.rejected)


@pytest.mark.parametrize("codec", ["gbk", "cp950"])
@pytest.mark.parametrize("share", [0.1, 0.9])
def test_a_line_of_utf8_that_another_encoding_reads_too_is_no_line_of_it(tmp_path, codec, share):
    """B-05: an even number of characters in UTF-8 passes for three halves as many others."""
    few = ["海口,1\n".encode()] * int(100 * share)
    rest = ["三亞,2\n".encode(codec)] * (100 - len(few))
    found = bring(tmp_path, b"name,n\n" + b"".join(rest + few), "name:C", "n:I")
    is_utf8 = found.prepared.source.encoding == "utf-8"
    assert is_utf8 == (share > 0.5)
    assert set(found.rows) == {("海口", 1) if is_utf8 else ("三亞", 2)}
    assert {fault[3] for fault in found.faults} == {"encoding"}
    assert len(found.rows) + len(found.faults) == 100


def test_what_is_chosen_by_hand_reads_what_would_be_rather_another(tmp_path):
    content = "name\n三亚\n".encode("gbk") + "海口\n".encode()
    found = bring(tmp_path, content, "name:C", encoding="gbk")
    assert found.rows == [("三亚",), ("娴峰彛",)]


def test_accents_in_two_encodings_are_told_by_line(tmp_path):
    """B-05: cp1252 reads any line of UTF-8, too, as signs that nobody writes."""
    content = b"name,n\n" + "café,1\n".encode("cp1252") * 9 + "café,2\n".encode()
    found = bring(tmp_path, content, "name:C", "n:I")
    assert set(found.rows) == {("café", 1)}
    assert found.faults == [(11, None, None, "encoding")]


JAPANESE = (
    "施設名称,所在地,備考\n千代田区立図書館,東京都千代田区九段南1-2-1,平日のみ開館しています\n",
    "氏名,住所\n佐藤健一,札幌市\n鈴木花子,横浜市\n高橋誠,大阪府堺市\n",
    "カナ\nスズキ タロウ\nサトウ ハナコ\n",
)
KOREAN = (
    "시설명,주소,비고\n서울특별시립도서관,서울특별시 중구 세종대로 110,평일 운영\n",
    "이름,나이\n김철수,30\n이영희,25\n박민준,41\n",
)


CLEAR = [(text, "cp932") for text in JAPANESE] + [(text, "cp949") for text in KOREAN]


@pytest.mark.parametrize("again", [1, 3_000])
@pytest.mark.parametrize(("text", "codec"), CLEAR, ids=range(len(CLEAR)))
def test_japanese_and_korean_are_told_where_they_are_clear(tmp_path, text, codec, again):
    assert read(tmp_path, text.encode(codec) * again) == (codec, text * again)


@pytest.mark.parametrize(("text", "codec"), CLEAR[:2] + CLEAR[3:], ids=range(len(CLEAR) - 1))
def test_a_damaged_line_makes_neither_of_them_chinese(tmp_path, text, codec):
    head, _, rest = text.partition("\n")
    source = tmp_path / "damaged.csv"
    source.write_bytes(f"{head}\n".encode(codec) + b"\x81,1\n" + f"{rest}{text}".encode(codec))
    found = decode(source, tmp_path)
    assert (found.encoding, found.bad_lines) == (codec, ((2, 2),))


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("품목\n뚝배기\n쌀떡볶이\n꿀빵\n", "cp949"),
        ("姓名\n龚琳娜\n鄢颇\n覃淼\n郜鑫\n", "gb18030"),
    ],
)
def test_what_reads_about_as_well_in_another_encoding_is_told(tmp_path, text, codec):
    source = tmp_path / "in.csv"
    source.write_bytes(text.encode(codec))
    found = decode(source, tmp_path)
    (notice,) = found.notices
    assert notice.code == "encoding.unsure"
    assert set(notice.params.values()) == {"gb18030", "cp949"} == {codec, *notice.params.values()}
    chosen = decode(source, tmp_path, encoding={"cp949": "euc-kr"}.get(codec, codec))
    assert chosen.path.read_text("utf-8") == text
    assert not chosen.notices


def test_half_width_kana_alone_never_pass_for_chinese(tmp_path):
    content = "ｶﾅ\nｽｽﾞｷ ﾀﾛｳ\nｻﾄｳ ﾊﾅｺ\n".encode("cp932")
    with pytest.raises(Unfit) as unfit:
        read(tmp_path, content)
    assert unfit.value.code == "encoding.unknown"
    assert read(tmp_path, content, encoding="shift_jis") == ("cp932", content.decode("cp932"))


@settings(max_examples=many(60, 6))
@given(
    st.lists(st.text(st.characters(codec="gb2312", min_codepoint=0x4E00), min_size=1, max_size=9))
)
def test_no_text_of_one_encoding_passes_for_a_mixture(tmp_path_factory, words):
    """What official tables are written in is never held against the file that it stands in."""
    folder = tmp_path_factory.mktemp("one")
    text = "名称,代码\n海南省海口市,1\n" + "".join(f"{word},1\n" for word in words)
    for codec in ("gbk", "utf-8"):
        found = bring(folder, text.encode(codec), "名称:C", "代码:I")
        assert found.rows[1:] == [(word, 1) for word in words]


def test_a_whole_record_goes_when_one_of_its_lines_is_in_another_encoding(tmp_path):
    content = (
        '名称,值\n海口,1\n"三亚\n'.encode() + "儋州".encode("gbk") + '市",2\n五指山,3\n'.encode()
    )
    found = bring(tmp_path, content, "名称:C", "值:I")
    assert found.rows == [("海口", 1), ("五指山", 3)]
    assert found.faults == [(3, None, None, "encoding")]


def test_a_nul_refuses_its_row_and_no_other(tmp_path):
    found = bring(tmp_path, b"a,b\n1,x\0y\n2,z\n", "a:I", "b:C")
    assert found.rows == [(2, "z")]
    assert found.faults == [(2, None, None, "control")]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "gzip"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "HTML"),
        (b"\xef\xbb\xbf <!DOCTYPE html><html></html>", "HTML"),
        (b"<?xml version='1.0'?><Workbook/>", "XML"),
    ],
)
def test_a_file_is_refused_by_its_true_kind_whatever_its_name(tmp_path, content, kind):
    """B-11: the extension does not say what a file is."""
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, content, "a:C")
    assert unfit.value.code == "file.kind"
    assert unfit.value.params["kind"] == kind


def test_an_empty_file_and_a_file_of_blanks_are_refused(tmp_path):
    for content in (b"", b"  \n\n", b"\xef\xbb\xbf"):
        with pytest.raises(Unfit) as unfit:
            bring(tmp_path, content, "a:C")
        assert unfit.value.code == "file.empty"


def test_a_damaged_zip_is_refused_in_plain_words(tmp_path):
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, b"PK\x03\x04" + bytes(200), "a:C")
    assert unfit.value.code == "file.broken"


def test_random_bytes_are_refused_or_quarantined_and_never_crash(tmp_path):
    chance = random.Random(20191101)  # noqa: S311 - the same bytes every time
    for size in (1, 10, 100, 1_000, 20_000):
        source = tmp_path / f"{size}.csv"
        source.write_bytes(chance.randbytes(size))
        with contextlib.suppress(Unfit):
            assert bring(tmp_path, source, "a:C").prepared.rows >= 0


# A mark at the very beginning is the encoding's signature and no part of the text.
@given(
    st.text(alphabet=st.characters(codec="gb18030", exclude_characters="\0"), min_size=1).filter(
        lambda text: not text.startswith("\ufeff")
    )
)
def test_any_text_decodes_to_itself_when_its_encoding_is_given(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("decode")
    source = folder / "in.csv"
    source.write_bytes(text.encode("gb18030"))
    found = decode(source, folder, encoding="gb18030")
    assert found.path.read_bytes()[found.start :].decode() == text


def test_sniffing_never_believes_the_extension(tmp_path):
    source = tmp_path / "table.xlsx"
    source.write_bytes(b"a,b\n1,2\n")
    assert sniff(source, source.name, tmp_path) == "text"


def test_what_is_packed_is_never_opened_by_the_process_that_asks(tmp_path, monkeypatch):
    source = tmp_path / "table.xlsx"
    with zipfile.ZipFile(source, "w") as bundle:
        bundle.writestr("[Content_Types].xml", "")
        bundle.writestr("xl/workbook.xml", "")
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert sniff(source, source.name, tmp_path) == "xlsx"
    source.write_bytes(source.read_bytes()[:-30])
    with pytest.raises(Unfit) as found:
        sniff(source, source.name, tmp_path)
    assert found.value.code == "file.broken"
    assert list(tmp_path.iterdir()) == [source]
