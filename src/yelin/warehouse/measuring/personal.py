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
# Places, offices and shops begin as many a name does.
_NO_NAME = "市县区镇乡村局厅处科室部队站院校所司店坊馆"
_FORMS: Mapping[Kind, str] = {
    Kind.MOBILE: r"(\+?86)?1[3-9][0-9]{9}",
    Kind.EMAIL: r"[A-Za-z0-9._%+]+@[A-Za-z0-9.]+\.[A-Za-z]{2,}",
    Kind.PLATE: _PLATE,
    Kind.PASSPORT: r"E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8}|[DSP]E?[0-9]{7,8}",
    Kind.PERMIT: r"[HM][0-9]{8,10}|C[A-Z0-9][0-9]{7}|[0-9]{8}",
    Kind.NAME: f"([{_SURNAMES}]|{_DOUBLE})[\u4e00-\u9fff]{{1,2}}"
    "|[\u4e00-\u9fff]{2,10}·[\u4e00-\u9fff]{1,10}",
    Kind.ADDRESS: r".*(省|市|县|区|镇|乡|村).*(路|街|巷|里|号|栋|幢|组|室|村).*",
}
# UnionPay, Visa, Mastercard, JCB, American Express: as many digits as each has.
_CARD = "62[0-9]{14,17}|4[0-9]{15}|5[1-5][0-9]{14}|35[0-9]{14}|3[47][0-9]{13}"
_ALONE = (Kind.MOBILE, Kind.EMAIL, Kind.PLATE, Kind.PASSPORT)
_DETECTOR = {detector.kind: detector for detector in DETECTORS}
_ANY = "|".join(f"({form})" for form in (_NUMBER, _CARD, *(_FORMS[kind] for kind in _ALONE)))
# Nothing personal is without one of these; the columns are many, and what is personal in few.
_LOOKS = rf"[0-9０-９]{{7}}|[0-9][ -][0-9]|@|·|{_PROVINCE}[A-Z]"
_WIDE, _NARROW = "０１２３４５６７８９Ｘ", "0123456789X"


# A number to be called, in running text; what stands in a longer number or an address is none.
_PHONE = r"(^|[^0-9A-Za-z=/_.-])(\+?86[ -]?)?1[3-9][0-9]{9}([^0-9A-Za-z/_-]|$)"
_CALLED = "call"
# Of so many values whose form fits, the check digits tell how many of all there are.
CHECKED = 10_000
# Of numbers that only look so, one in ten has its check digit by chance.
_LEAST_CHECKED = 2
# Numbers given in turn share all but their last digits; those of people do not.
_LEAST_SPREAD = 20


@dataclass(frozen=True, slots=True)
class _Form:
    """The form of a kind in one column, in SQL: which text fits, and what its check digit says.

    ``begins`` is what numbers that are given in turn have in common.
    """

    fits: str
    checks: str = ""
    begins: str = ""


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
            if counted[kind]:
                source = (
                    f"(SELECT * FROM (SELECT {each.taken} FROM {file}) "  # noqa: S608 - names are quoted
                    f"WHERE {form.fits} LIMIT {CHECKED})"
                )
                counted[kind] = _believed(each.name, kind, form, counted[kind], source, engine)
        found += verdicts(each.name, present, counted)
    return found


def _believed(column: str, kind: Kind, form: _Form, count: int, source: str, engine: Engine) -> int:
    """Return how many of ``count`` values that have a form are no numbers of another kind."""
    if form.checks:
        held, of = engine.one(f"SELECT count_if({form.checks}), count(*) FROM {source}")  # noqa: S608 - names are quoted
        if kind != Kind.IN_TEXT and int(held or 0) * _LEAST_CHECKED < int(of):
            return 0
        return -(-count * int(held or 0) // int(of))
    if form.begins and not _DETECTOR[kind].is_named(column):
        begun, of = engine.one(f"SELECT count(DISTINCT {form.begins}), count(*) FROM {source}")  # noqa: S608 - names are quoted
        return count if int(begun) * _LEAST_SPREAD >= int(of) else 0
    return count


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
    calls = f"regexp_matches({text}, {literal(_PHONE)})"
    fits = f"CASE WHEN regexp_full_match({plain}, {literal(_ANY)}) THEN {plain} END"
    taken = f"{text} AS {t}, CASE WHEN {looks} THEN {fits} END AS {p}"
    forms = {
        Kind.RESIDENT_ID: _Form(_fits(p, _NUMBER), is_resident_id(p)),
        Kind.MOBILE: _Form(_fits(p, _FORMS[Kind.MOBILE]), begins=_beginning(p)),
        Kind.BANK_CARD: _Form(_fits(p, _CARD), _luhn(p)),
    }
    if is_text:
        # Running text is Chinese; whether it is, its bytes tell without reading it.
        is_said = f"strlen({text}) > length({text})"
        told = f"CASE WHEN {is_said} AND {calls} THEN '{_CALLED}' WHEN length({text}) > 18 THEN {within} END"  # noqa: E501 - one SQL expression
        taken += f", CASE WHEN {looks} AND length({text}) > 11 THEN {told} END AS {w}"
        for kind in _ALONE[1:]:
            forms[kind] = _Form(_fits(p, _FORMS[kind]))
        forms[Kind.PASSPORT] = _Form(_fits(p, _FORMS[Kind.PASSPORT]), begins=_beginning(p))
        for detector in DETECTORS:
            # Such forms fit much else: they are looked for only where the column is called so.
            if detector.alone is None and detector.is_named(name):
                forms[detector.kind] = _Form(_fits(t, _FORMS[detector.kind]))
        if Kind.NAME in forms:
            ends = f"strpos('{_NO_NAME}', right({t}, 1)) = 0"
            forms[Kind.NAME] = _Form(f"{forms[Kind.NAME].fits} AND {ends}")
        forms[Kind.IN_TEXT] = _Form(f"{w} <> ''", f"{w} = '{_CALLED}' OR {is_resident_id(w)}")
    return _Asked(name, taken, t, forms)


def _beginning(text: str) -> str:
    return f"left({text}, length({text}) - 4)"


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
