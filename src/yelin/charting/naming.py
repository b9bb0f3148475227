"""What a column is, told by its name and its least and greatest value: a code, a rate, a year."""

import re
import unicodedata
from datetime import date

from yelin.warehouse.items import fold

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\s]+")
_CODE = re.compile(r"代码|编码|\bcode\b")
# What a number is called that is none: it names, orders or tells a place.
_NO_MEASURE = re.compile(
    r"代码|编码|编号|序号|号码|单号|证号|文号|邮编|电话|手机|传真|账号|联系|顺序|排序|排名|名次"
    r"|版本|区号|区划|等级|级别|[^型]号$|经度|纬度|坐标|层级"
    r"|\b(?:id|no|code|numeric|zip|zipcode|postcode|phone|tel|fax|lon|lng|lat|longitude|latitude"
    r"|index|order|seq|rank|level|objectid|fips|serial)\b"
    r"|\b(?:province|city|county|district|ward|precinct|region|division|[xy])$"
)
# Numbers that lose their sense when they are added up.
_RATE = re.compile(
    r"率|比重|比例|占比|百分|指数|平均|人均|均价|单价|价格|速度|增速|增长|增幅|系数|密度|温度|气温"
    r"|湿度|气压|浓度|评分|得分|年龄|海拔|高程|每[十百千万亿]"
    r"|\b(?:rate|ratio|percent|percentage|pct|avg|average|mean|median|per|price|density"
    r"|temperature|score|rating|age)\b"
)
_YEAR_NAME = re.compile(r"年份|年度|^年$|\byear\b")
_YEAR = re.compile(r"([12]\d{3})\s*(年?)度?")
_DATE = re.compile(r"\d{1,4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,4}")
_PHONE = re.compile(r"1[3-9]\d{9}")
_EAST = re.compile(r"经度|\b(?:lon|lng|longitude)\b")
_NORTH = re.compile(r"纬度|\b(?:lat|latitude)\b")
_X, _Y = re.compile(r"^x(?:坐标)?$"), re.compile(r"^y(?:坐标)?$")


def plain(name: str) -> str:
    """Return a name whose words stand apart, in whatever way it is written."""
    words = [fold(word) for word in _CAMEL.sub(" ", name).split()]
    return (" " if name.isascii() else "").join(words)


def is_code(name: str, low: str, high: str) -> bool:
    """Say whether its values are codes, which tell less than names."""
    return bool(_CODE.search(plain(name))) or (low.isdigit() and high.isdigit())


def names_things(name: str) -> bool:
    """Say whether its numbers name, order or place something, and are no sizes."""
    return bool(_NO_MEASURE.search(plain(name)))


def is_rate(name: str, unit: str = "") -> bool:
    """Say whether its numbers are of each row, so that only their average tells something."""
    return any(sign in unit for sign in "%‰％/") or bool(_RATE.search(plain(name)))


def is_called_year(name: str) -> bool:
    """Say whether it is called a year."""
    return bool(_YEAR_NAME.search(plain(name)))


def year_of(text: object) -> int | None:
    """Return the year that a value is, as statistics write them: 2014, 2014年, ２０１４年度."""
    found = _year(str(text))
    return int(found[1]) if found else None


def says_year(text: str) -> bool:
    """Say whether a value calls itself a year."""
    found = _year(text)
    return bool(found and found[2])


def _year(text: str) -> re.Match[str] | None:
    return _YEAR.fullmatch(unicodedata.normalize("NFKC", text).strip())


def is_date(text: str) -> bool:
    """Say whether a text begins with a day, in whatever order."""
    return bool(_DATE.match(unicodedata.normalize("NFKC", text).strip()))


def is_written_number(text: str) -> bool:
    """Say whether a whole number is a day without its strokes (20171024), or of a phone."""
    if _PHONE.fullmatch(text):
        return True
    try:
        return len(text) == len("20171024") and 1900 <= date.fromisoformat(text).year <= 2100
    except ValueError:
        return False


def says_east(name: str) -> bool:
    """Say whether it is called a longitude."""
    return bool(_EAST.search(plain(name)))


def says_north(name: str) -> bool:
    """Say whether it is called a latitude."""
    return bool(_NORTH.search(plain(name)))


def is_called_x(name: str) -> bool:
    """Say whether it is called the first of two coordinates, of whatever kind."""
    return bool(_X.search(plain(name)))


def is_called_y(name: str) -> bool:
    """Say whether it is called the second of two coordinates, of whatever kind."""
    return bool(_Y.search(plain(name)))
