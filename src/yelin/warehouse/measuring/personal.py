"""Look for personal information in finished data, every value of it, in one pass."""

from collections.abc import Mapping
from dataclasses import dataclass

from yelin.files.places import Place
from yelin.quality.detectors import DETECTORS, Found, Kind, verdicts
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.items import TEXT_TYPES
from yelin.warehouse.measuring.conditions import is_resident_id

_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_PLATE = (
    rf"{_PROVINCE}[A-HJ-NP-Z][·]?([A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]"
    r"|[A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK])"
)
_AREA = "(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_NUMBER = f"{_AREA}[0-9]{{4}}(19|20)[0-9]{{9}}[0-9Xx]"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴莫孔向汤符"
    "吉云邢麦蒲冼韩羊"
)
_DOUBLE = "欧阳|上官|司马|诸葛|司徒|东方|独孤|南宫|夏侯|皇甫|尉迟|公孙|慕容|令狐"
_FORMS: Mapping[Kind, str] = {
    Kind.MOBILE: r"(\+?86)?1[3-9][0-9]{9}",
    Kind.EMAIL: r"[A-Za-z0-9._%+]+@[A-Za-z0-9.]+\.[A-Za-z]{2,}",
    Kind.PLATE: _PLATE,
    Kind.PASSPORT: r"E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8}|[DSP]E?[0-9]{7,8}",
    Kind.PERMIT: r"[HM][0-9]{8,10}|C[A-Z0-9][0-9]{7}|[0-9]{8}",
    Kind.NAME: f"([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})|(({_DOUBLE})[\u4e00-\u9fff]{{1,2}})"
    "|[\u4e00-\u9fff]{2,10}·[\u4e00-\u9fff]{1,10}",
    Kind.ADDRESS: r".*(省|市|县|区|镇|乡|村).*(路|街|巷|里|号|栋|幢|组|室|村).*",
}
_CARD = "(62|4[0-9]|5[1-5]|3[57])[0-9]{13,17}"
_ALONE = (Kind.MOBILE, Kind.EMAIL, Kind.PLATE, Kind.PASSPORT)
_ANY = "|".join(f"({form})" for form in (_NUMBER, _CARD, *(_FORMS[kind] for kind in _ALONE)))
# Nothing personal is without one of these; the columns are many, and what is personal in few.
_LOOKS = rf"[0-9０-９]{{7}}|[0-9][ -][0-9]|@|·|{_PROVINCE}[A-Z]"
_WIDE, _NARROW = "０１２３４５６７８９Ｘ", "0123456789X"


# Of so many values whose form fits, the check digits tell how many of all there are.
CHECKED = 10_000


@dataclass(frozen=True, slots=True)
class _Form:
    """The form of a kind in one column, in SQL: which text fits, and what its check digit says."""

    fits: str
    checks: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One column: what is taken of each value that looks personal, and which forms it may have."""

    name: str
    taken: str
    present: str
    forms: Mapping[Kind, _Form]

    @property
    def questions(self) -> list[str]:
        """Return as SQL how many values there are, and how many of each form."""
        return [
            f"count({self.present})",
            *(f"count_if({form.fits})" for form in self.forms.values()),
        ]


def look(data: Place, types: Mapping[str, str], engine: Engine) -> list[Found]:
    """Return which columns of ``data`` hold personal information."""
    asked = [
        _asked(place, name, type_)
        for place, (name, type_) in enumerate(types.items())
        if type_ in TEXT_TYPES or type_ == "I"
    ]
    if not asked:
        return []
    file = f"read_parquet({literal(str(data))})"
    taken = ", ".join(each.taken for each in asked)
    wanted = ", ".join(sql for each in asked for sql in each.questions)
    row = iter(engine.run(f"SELECT {wanted} FROM (SELECT {taken} FROM {file})")[0])  # noqa: S608 - names are quoted
    found: list[Found] = []
    for each in asked:
        present = int(next(row))
        counted = {kind: int(next(row) or 0) for kind in each.forms}
        for kind, form in each.forms.items():
            if form.checks and counted[kind]:
                source = f"(SELECT {each.taken} FROM {file})"  # noqa: S608 - names are quoted
                held, of = engine.one(
                    f"SELECT count_if({form.checks}), count(*) "  # noqa: S608 - names are quoted
                    f"FROM (SELECT * FROM {source} WHERE {form.fits} LIMIT {CHECKED})"
                )
                counted[kind] = -(-counted[kind] * int(held or 0) // int(of))
        found += verdicts(each.name, present, counted)
    return found


def _asked(place: int, name: str, type_: str) -> _Asked:
    """Return what is asked of a column.

    Of a value that looks personal p is the text without blanks if it has any of the forms, w a
    number that stands within it.
    """
    column = ident(name)
    is_text = type_ in TEXT_TYPES
    text = column if is_text else f"CAST({column} AS VARCHAR)"
    t, p, w = (f"{letter}{place}" for letter in "tpw")
    looks = f"regexp_matches({text}, {literal(_LOOKS)})"
    bare = f"replace(replace(translate({text}, '{_WIDE}', '{_NARROW}'), ' ', ''), '-', '')"
    # Most values are ASCII without blanks, and are taken as they are.
    plain = f"CASE WHEN regexp_full_match({text}, '[!-,.-~]*') THEN {text} ELSE {bare} END"
    within = f"regexp_extract({text}, '(^|[^0-9])({_NUMBER})([^0-9Xx]|$)', 2)"
    fits = f"CASE WHEN regexp_full_match({plain}, {literal(_ANY)}) THEN {plain} END"
    taken = f"{text} AS {t}, CASE WHEN {looks} THEN {fits} END AS {p}"
    forms = {
        Kind.RESIDENT_ID: _Form(_fits(p, _NUMBER), is_resident_id(p)),
        Kind.MOBILE: _Form(_fits(p, _FORMS[Kind.MOBILE])),
        Kind.BANK_CARD: _Form(_fits(p, _CARD), _luhn(p)),
    }
    if is_text:
        taken += f", CASE WHEN {looks} AND length({text}) > 18 THEN {within} END AS {w}"
        for kind in _ALONE[1:]:
            forms[kind] = _Form(_fits(p, _FORMS[kind]))
        for detector in DETECTORS:
            # Such forms fit much else: they are looked for only where the column is called so.
            if detector.alone is None and detector.is_named(name):
                forms[detector.kind] = _Form(_fits(t, _FORMS[detector.kind]))
        forms[Kind.IN_TEXT] = _Form(f"{w} <> ''", is_resident_id(w))
    return _Asked(name, taken, t, forms)


def _fits(text: str, form: str) -> str:
    return f"regexp_full_match({text}, {literal(form)})"


def _luhn(text: str) -> str:
    """Say in SQL that the digits of a text have their check digit (ISO/IEC 7812)."""
    padded = f"lpad({text}, 20, '0')"
    # Every second digit counts double, its digits added: 5 as 1, 6 as 3.
    digits = (
        f"strpos('{'0516273849' if place % 2 else '0123456789'}', substr({padded}, {place}, 1)) - 1"
        for place in range(1, 21)
    )
    return f"({' + '.join(digits)}) % 10 = 0"
