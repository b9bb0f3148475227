"""A steward in a hurry, in a real browser: a file with everything wrong, mended and published."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.catalog.makers import make_entry
from tests.parties.makers import make_person, make_seat
from tests.registers.makers import adopt, make_standard, officer_of
from tests.stories.test_whole_way import PASSWORD, beside, browser, pytestmark, sign_in, someone
from tests.warehouse.makers import make_release

from yelin.catalog.content import ItemContent
from yelin.catalog.models import Entry
from yelin.registers.acts import standards
from yelin.registers.content import CodedValue
from yelin.warehouse.models import Release

__all__ = ["pytestmark"]

INDUSTRIES = {"0111": "稻谷种植", "0412": "海水养殖", "6512": "应用软件开发"}
JUNE = "登记号,单位名称,行业代码,登记日期,注册资金\n000001,海南甲渔业有限公司,0412,2026-06-01,50\n"


@pytest.fixture
def licences(transactional_db) -> Entry:
    """An entry with a release; made before the worker, who would prepare its file once more."""
    standard = make_standard(adopted=False)
    listed = standards.add_code_list(
        actor=officer_of("standardization"),
        standard=standard,
        identifier="INDUSTRY",
        name="行业代码",
        values=[CodedValue(code=code, name=name) for code, name in INDUSTRIES.items()],
    )
    adopt(standard)
    entry = make_entry(
        title="企业登记信息",
        items=(
            ItemContent(name="登记号", key=True, nullable=False),
            ItemContent(name="单位名称", nullable=False),
            ItemContent(name="行业代码", code_list_id=listed.pk),
            ItemContent(name="登记日期", type="D"),
            ItemContent(name="注册资金", type="N", unit="万元"),
        ),
    )
    make_release(entry, JUNE)
    return entry


def write_july(folder: Path) -> Path:
    """Write what a spreadsheet made of the table: 200 rows, and 37 cells that do not fit."""
    lines = ["海南省企业登记信息表,,,,", "填报单位：某局　2026年7月,,,,"]
    lines.append("登记号,企业名称,行业代码,登记日期,注册资金")
    for n in range(200):
        # Lost zeros, names for codes, and words for numbers.
        industry = "111" if n % 10 == 3 else "稻谷种植" if n % 20 == 7 else "0412"
        capital = "待定" if n < 7 else f'"{n * 1_250.5:,.1f}"'
        lines.append(
            f"{n:06},海南{n}号渔业有限公司,{industry},{n % 12 + 1:02}/{n % 7 + 1:02}/2026,{capital}"
        )
    file = folder / "企业登记7月（UTF-8）.csv"
    file.write_bytes("\r\n".join(lines).encode("gb18030"))
    return file


def send(page: Page, entry: Entry, file: Path) -> None:
    page.goto(f"/desk/entries/{entry.pk}/")
    page.get_by_role("link", name="汇聚数据").first.click()
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name="发布前请回答 2 个问题")).to_be_visible()


def answer(page: Page) -> None:
    # What looks right is proposed already: only what nobody but the steward knows is asked.
    expect(page.get_by_role("radio", name=re.compile("企业名称"))).to_be_checked()
    page.get_by_role("radio", name=re.compile("^日.月.年")).check()
    expect(page.get_by_role("checkbox", name=re.compile("补回丢失的前导零 20 格"))).to_be_checked()
    expect(page.get_by_role("checkbox", name=re.compile("名称换成代码 10 格"))).to_be_checked()
    page.get_by_role("button", name="确认并重新检查").click()
    expect(page.get_by_role("button", name="发布 193 行")).to_be_visible()


def publish(page: Page) -> None:
    expect(page.get_by_role("region", name="与上一版本不同的列")).to_contain_text("企业名称")
    expect(page.get_by_role("region", name="未通过的行")).to_contain_text("待定")
    page.get_by_label("接受各列的变化并发布").check()
    page.get_by_label("不含这 7 行").check()
    page.get_by_role("button", name="发布 193 行").click()
    expect(page.get_by_role("complementary")).to_contain_text("YL1-")


@pytest.mark.long
def test_a_file_with_everything_wrong_is_mended_and_published_within_three_minutes(
    live_server, licences, worker, tmp_path
):
    entry = licences
    make_seat(entry.provider, "steward", make_person(username="steward", password=PASSWORD))
    complaints: list[str] = []
    with (
        browser() as chromium,
        someone(chromium, live_server.url, complaints) as steward,
    ):
        sign_in(steward, "steward")
        began = time.monotonic()
        send(steward, entry, write_july(tmp_path))
        answer(steward)
        publish(steward)
        took = time.monotonic() - began
    assert complaints == []
    assert took < 180
    made: list[Release] = []
    beside(lambda: made.append(Release.objects.get(entry=entry, number=2)))
    assert (made[0].rows, made[0].rejected) == (193, 7)
    assert made[0].manifest["mended"] == [
        {"item": "行业代码", "rule": "zeros", "count": 19},
        {"item": "行业代码", "rule": "names", "count": 10},
    ]
    assert {each["item"] for each in made[0].manifest["tidied"]} == {"注册资金"}
    assert made[0].manifest["dates"] == [{"item": "登记日期", "form": "D/M/YYYY", "count": 193}]
