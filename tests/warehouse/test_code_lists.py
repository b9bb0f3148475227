"""Values of an item that follows a code list: those of its present version, and no others."""

import pytest
from tests.catalog.makers import make_entry
from tests.registers.makers import SEXES, make_standard, officer_of
from tests.warehouse.makers import make_release, make_upload
from tests.warehouse.tables import Outcome

from yelin.catalog.content import ItemContent
from yelin.registers.acts import standards
from yelin.registers.content import CodedValue
from yelin.warehouse.items import Codes, ItemSpec
from yelin.warehouse.pipeline import Options, prepare

SEX = Codes("GB/T 2261.1-2003 SEX v1", frozenset("0129"))


@pytest.mark.parametrize("kind", ["C", "I"])
def test_a_value_that_the_code_list_does_not_have_is_refused_with_its_name(tmp_path, kind):
    source = tmp_path / "sexes.csv"
    source.write_text("名,性别\n甲,1\n乙,3\n丙,\n丁,9\n戊,1\n")
    items = [ItemSpec("名", "C"), ItemSpec("性别", kind, codes=SEX)]
    work = tmp_path / "work"
    found = Outcome(prepare(source, source.name, work, items, Options()), work)
    assert [row[0] for row in found.rows] == ["甲", "丙", "丁", "戊"]
    assert found.faults == [(3, "性别", "3", "code")]
    assert found.rejected[0]["reason_zh"] == "不在代码集中（GB/T 2261.1-2003 SEX v1）"
    assert [column.codes for column in found.prepared.columns] == ["", SEX.says]


def test_a_value_that_is_none_of_the_type_is_refused_once(tmp_path):
    source = tmp_path / "sexes.csv"
    source.write_text("名,性别\n甲,男\n乙,1\n")
    items = [ItemSpec("名", "C"), ItemSpec("性别", "I", codes=SEX)]
    work = tmp_path / "work"
    found = Outcome(prepare(source, source.name, work, items, Options()), work)
    assert found.faults == [(2, "性别", "男", "type")]


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.duty("standards.make")
def test_data_is_held_to_the_present_version_and_a_release_says_to_which():
    standard = make_standard()
    sexes = standard.code_lists.get()
    items = (ItemContent(name="名"), ItemContent(name="性别", code_list_id=sexes.pk))
    entry = make_entry(items=items)
    text = "名,性别\n甲,1\n乙,3\n"
    upload = make_upload(entry, text)
    assert (upload.rows, upload.report["reasons"]) == (1, {"code": 1})
    more = [*SEXES, CodedValue(code="3", name="另一值")]
    officer = officer_of("standardization")
    standards.revise_code_list(actor=officer, code_list=sexes, values=more)
    release = make_release(entry, text)
    assert release.rows == 2
    named = {column["name"]: column["codes"] for column in release.manifest["columns"]}
    assert named["性别"] == f"GB/T 2261.1-2003 {sexes.identifier} v2"
