"""Read what was copied out of a spreadsheet as rows of the items editor."""

import csv
import io
import unicodedata
from collections.abc import Sequence
from typing import Any

from yelin.law import packs

# What the columns of officials' tables are called; the first of each is the guide's own word.
_NAMES = {
    "name": ("信息项名称", "名称", "字段名称", "中文名称", "数据项", "name"),
    "name_en": ("英文名称", "字段英文名", "英文名", "nameinenglish"),
    "type": ("数据类型", "类型", "字段类型", "type"),
    "length": ("数据长度", "长度", "字段长度", "length"),
    "unit": ("单位", "计量单位", "unit"),
    "nullable": ("可空", "是否可空", "允许为空", "maybeempty"),
    "key": ("主键", "是否主键", "key"),
    "grade": ("数据分级", "分级", "安全级别", "grade"),
    "sharing_type": ("共享类型", "共享属性", "sharing"),
    "opening_type": ("开放类型", "开放属性", "opening"),
    "note": ("注释", "说明", "备注", "note"),
}
# Without a line of names: the guide's order.
_ORDER = ("name", "type", "length", "note")
_YES = frozenset({"是", "y", "yes", "true", "1", "√", "可", "可以"})
_LISTS = {"type": "item_type", "sharing_type": "sharing_type", "opening_type": "opening_type"}


def rows(text: str) -> list[dict[str, Any]]:
    """Return a row for every line of ``text`` that names an item; what is not understood stays."""
    lines = [line for line in csv.reader(io.StringIO(text, newline=""), "excel-tab") if any(line)]
    if not lines:
        return []
    header = [_column(cell) for cell in lines[0]]
    if "name" in header:
        lines = lines[1:]
    else:
        header = list(_ORDER)
    found = (_row(header, line) for line in lines)
    return [row for row in found if row.get("name")]


def _column(cell: str) -> str:
    plain = _plain(cell)
    return next((name for name, words in _NAMES.items() if plain in words), "")


def _row(header: Sequence[str], line: Sequence[str]) -> dict[str, Any]:
    said = {name: cell.strip() for name, cell in zip(header, line, strict=False) if name}
    row: dict[str, Any] = {"type": "C", "grade": "1", "nullable": True} | said
    for name, list_name in _LISTS.items():
        if said.get(name):
            value = packs.active().list(list_name).called(said[name])
            row[name] = value.key if value else said[name]
    for name in ("nullable", "key"):
        if name in said:
            row[name] = _plain(said[name]) in _YES
    if said.get("grade"):
        row["grade"] = unicodedata.normalize("NFKC", said["grade"]).removesuffix("级")
    if said.get("length"):
        row["length"] = _plain(said["length"]).replace("(", "").replace(")", "")
    return row


def _plain(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).casefold().split())
