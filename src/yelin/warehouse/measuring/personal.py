"""Look for personal information in finished data, every value of it, in one pass.

Names and addresses look like much else: in columns that are not called so, they are told by the
first values.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from yelin.law import packs
from yelin.quality.detectors import DETECTORS, Found, Kind, verdicts
from yelin.warehouse.engine import ident, literal
from yelin.warehouse.items import NUMBER_TYPES, TEXT_TYPES
from yelin.warehouse.masks import partly
from yelin.warehouse.measuring.conditions import is_resident_id
from yelin.warehouse.staged import some_at_once
from yelin.warehouse.survey import Survey

_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_PLATE = (
    rf"{_PROVINCE}[A-HJ-NP-Z][·]?([A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]"
    r"|[A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK])"
)
_AREA = "(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_NUMBER = f"{_AREA}[0-9]{{4}}(19|20)[0-9]{{9}}[0-9Xx]"
# As they were until 1999. The years tell them from numbers given in turn, or by days of today.
_OLD_NUMBER = (
    f"{_AREA}[0-9]{{4}}(2[7-9]|[3-9][0-9])(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{{3}}"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴莫孔向汤符"
    "吉云邢麦蒲冼韩羊常乔赖庞樊兰殷施洪翟安颜倪严牛温芦季俞章鲁葛伍申尤毕聂焦柳岳齐庄辛祝左涂祁舒耿牟卜"
    "詹关苗凌费纪靳盛童欧甄项游裴席卫屈鲍霍翁甘景阮桂柯柴饶瞿戚丘劳郁邝禤"
)
# What given names end with, nine of ten times.
_GIVEN = (
    "英华文玉秀明兰金国春红丽海云平志建芳军梅霞辉刚勇伟强燕娟敏静艳杰超娜涛磊洋鹏飞斌波宇浩凯健俊帆雪荣爱妹珍贞"
    "莉桂娣璧璐娅琦晶妍茜秋珊莎锦黛倩婷姣婉娴瑾颖露瑶怡婵雁蓓仪丹蓉君琴蕊薇菁岚苑婕馨琰韵融艺咏聪澜纯毓悦昭冰爽"
    "琬茗羽希宁欣育滢柔霭凝晓欢枫芸菲亚宜可姬舒影思毅峰保东力永健世广义兴良山仁贵福生龙元全胜学祥才发武新利清彬富"
    "顺信子成康光天达安中茂进林有坚和彪博诚先敬震振壮会群豪心邦承乐绍功松善厚庆民友裕哲江亮政谦亨奇固翰朗伯宏言若"
    "鸣朋梁栋维启克伦翔旭泽晨辰士以家致炎德行时泰雄琛钧冠策腾榕航弘涵轩然梓萱彤诺琪睿煜皓嘉祺佳阳杉桐彦凤月莲素"
    "翠雅芝玲芬鑫淼焱婧媛妮嫣璇瑜璟珂琳淑慧惠兵权勤忠孝根财坤双银娇男菊佑帅洁远"
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
    Kind.LANDLINE: r"([(（]?0[0-9]{2,3}[)）]?[ -]?)?[2-9][0-9]{6,7}(-[0-9]{1,6})?",
    Kind.IP: (
        r"((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
        r"|([0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}"
    ),
}
_BY_NAME = (Kind.PERMIT, Kind.NAME, Kind.ADDRESS, Kind.LANDLINE, Kind.IP)
# Where people live, and not where they trade.
_HOME = (
    r".*(小区|花园|公寓|宿舍|家属|新村|家园|嘉苑|雅苑|单元|栋|幢|村).*[0-9]+(室|房|户|组|队)([0-9-]+号?)?"
    r"|.*[0-9]+(栋|幢|单元)[0-9-]+"
)
_TRADE = "铺|商|店|写字楼|大厦|广场|办公|公司"
# UnionPay, Visa, Mastercard, JCB, American Express: as many digits as each has.
_CARD = "62[0-9]{14,17}|4[0-9]{15}|5[1-5][0-9]{14}|35[0-9]{14}|3[47][0-9]{13}"
_ALONE = (Kind.MOBILE, Kind.EMAIL, Kind.PLATE, Kind.PASSPORT)
_DETECTOR = {detector.kind: detector for detector in DETECTORS}
_ANY = "|".join(
    f"({form})" for form in (_NUMBER, _OLD_NUMBER, _CARD, *(_FORMS[kind] for kind in _ALONE))
)
_WIDE, _NARROW = "０１２３４５６７８９Ｘ", "0123456789X"


# A number to be called, in running text; what stands in a longer number or an address is none.
_PHONE = r"(^|[^0-9A-Za-z=/_.-])(\+?86[ -]?)?1[3-9][0-9]{9}([^0-9A-Za-z/_-]|$)"
_CALLED = "call"
# A telephone number as a spreadsheet shortens it, with all of its digits but zeros at the end.
_SHORTENED = r"1\.([3-9][0-9]{7,9})E\+10"
# Of so many values whose form fits, the check digits tell how many of all there are.
CHECKED = 10_000
# Of so many names one in ten is another one: what a list holds comes again and again.
_AMONG = 200
# What people leave away from the name of a division.
_KIND = re.compile("((.族)+自治)?[省市县区]$")
# No number of a person, a telephone or a card has fewer digits than this.
_SHORTEST = 9_999_999_999
# Of numbers that only look so, one in ten has its check digit by chance.
_LEAST_CHECKED = 2
# So many values are shown of a column, veiled.
_SHOWN = 3
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
    """One column: how its values read, and which forms they may have."""

    name: str
    present: str
    forms: Mapping[Kind, _Form]

    @property
    def questions(self) -> list[str]:
        """Return as SQL how many values there are, and how many of each form."""
        return [
            f"count({self.present})",
            *(f"count_if({form.fits})" for form in self.forms.values()),
        ]


def place_names(law: packs.Pack) -> frozenset[str]:
    """Return how people call the divisions of a pack, without what each of them is."""
    called = (_KIND.sub("", division.zh) for division in law.division_rows)
    return frozenset(name for name in called if len(name) > 1)


def look(
    survey: Survey, types: Mapping[str, str], places: Collection[str] = ()
) -> Callable[[], list[Found]]:
    """Ask which columns of a table hold personal information, and return how to learn it.

    ``places`` are names of places: no person is called so, and an address may begin with one.
    """
    asked = [
        _asked(survey, name, type_, places)
        for name, type_ in types.items()
        if type_ in TEXT_TYPES or type_ in NUMBER_TYPES
    ]
    answers = [survey.ask(*each.questions) for each in asked]
    texts = [name for name, type_ in types.items() if type_ in TEXT_TYPES]

    def found() -> list[Found]:
        told: list[Found] = []
        by_form = _by_form(survey, texts, places)
        for each, answer in zip(asked, answers, strict=True):
            present, *many = (int(count or 0) for count in answer())
            counted = dict(zip(each.forms, many, strict=True))
            for kind, form in each.forms.items():
                if counted[kind]:
                    counted[kind] = _believed(survey, each.name, kind, form, counted[kind])
            for kind, share in by_form.get(each.name, {}).items():
                counted.setdefault(kind, round(share * present))
            told += (
                replace(held, samples=_samples(survey, each, held.kind, places))
                for held in verdicts(each.name, present, counted)
            )
        return told

    return found


def _samples(survey: Survey, asked: _Asked, kind: Kind, places: Collection[str]) -> tuple[str, ...]:
    """Return the first values of a kind, veiled; of running text the number alone."""
    text = value = f"CAST({ident(asked.name)} AS VARCHAR)"
    if kind == Kind.IN_TEXT:
        number = f"regexp_extract({text}, '{_NUMBER}')"
        value = f"coalesce(nullif({number}, ''), regexp_extract({text}, '1[3-9][0-9]{{9}}'))"
    if form := asked.forms.get(kind):
        fits = form.fits
    else:
        fits = _is_name(text, places) if kind == Kind.NAME else _is_home(text)
    rows = f"SELECT {value} AS v FROM {survey.source(fits)} WHERE {fits} LIMIT {_SHOWN}"  # noqa: S608 - names are quoted
    return tuple(str(row[0]) for row in survey.engine.rows(f"SELECT {partly('v')} FROM ({rows})"))  # noqa: S608 - made above


def _by_form(
    survey: Survey, names: Sequence[str], places: Collection[str]
) -> dict[str, dict[Kind, float]]:
    """Return which share of the first values of each column has the form of a name, or a home."""
    found = {}
    for some in some_at_once(names):
        asked = [one for name in some for one in _form_questions(ident(name), places)]
        listed = ", ".join(map(ident, some))
        (row,) = survey.engine.rows(
            f"SELECT {', '.join(asked)} FROM (SELECT {listed} FROM {survey.table} LIMIT {CHECKED})"  # noqa: S608 - names are quoted
        )
        counted = zip(*[iter(row)] * 4, strict=True)
        for name, (present, people, differ, homes) in zip(some, counted, strict=True):
            if not present:
                continue
            told = {Kind.ADDRESS: homes / present}
            if differ * 10 >= min(present, _AMONG):
                told[Kind.NAME] = people / present
            found[name] = told
    return found


def _form_questions(column: str, places: Collection[str]) -> tuple[str, str, str, str]:
    """Return as SQL how many values there are, are names, are different names, and are homes."""
    named = _is_name(column, places)
    home = _is_home(column)
    return (
        f"count({column})",
        f"count_if({named})",
        f"approx_count_distinct({column}) FILTER ({named})",
        f"count_if({home})",
    )


def _is_home(column: str) -> str:
    return f"({_fits(column, _HOME)} AND NOT regexp_matches({column}, '{_TRADE}'))"


def _is_name(column: str, places: Collection[str]) -> str:
    """Say in SQL that a text begins as names of people do, and ends so, and is none of a place."""
    ends = f"strpos('{_GIVEN}', right({column}, 1)) > 0"
    listed = ", ".join(map(literal, sorted(places)))
    is_place = f" AND {column} NOT IN ({listed})" if listed else ""
    return f"({_fits(column, _FORMS[Kind.NAME])} AND {ends}{is_place})"


def _believed(survey: Survey, column: str, kind: Kind, form: _Form, count: int) -> int:
    """Return how many of ``count`` values that have a form are no numbers of another kind."""
    engine = survey.engine
    rows = survey.source(form.fits, form.checks, form.begins)
    source = f"(SELECT * FROM {rows} WHERE {form.fits} LIMIT {CHECKED})"  # noqa: S608 - names are quoted
    if form.checks:
        held, of = engine.one(f"SELECT count_if({form.checks}), count(*) FROM {source}")  # noqa: S608 - names are quoted
        if kind != Kind.IN_TEXT and int(held or 0) * _LEAST_CHECKED < int(of):
            return 0
        return -(-count * int(held or 0) // int(of))
    if form.begins and not _DETECTOR[kind].is_named(column):
        begun, of = engine.one(f"SELECT count(DISTINCT {form.begins}), count(*) FROM {source}")  # noqa: S608 - names are quoted
        return count if int(begun) * _LEAST_SPREAD >= int(of) else 0
    return count


def _asked(survey: Survey, name: str, type_: str, places: Collection[str]) -> _Asked:
    """Return what is asked of a column."""
    column = ident(name)
    is_text = type_ in TEXT_TYPES
    text = column if is_text else f"CAST({column} AS VARCHAR)"
    # Most values are ASCII without blanks, and are taken as they are.
    is_plain = (
        f"strlen({text}) = length({text}) AND NOT contains({text}, ' ')"
        f" AND NOT contains({text}, '-') AND NOT {_as_float(text)}"
    )
    plain = f"CASE WHEN {is_plain} THEN {text} ELSE {_bare(text)} END"
    fits = f"CASE WHEN {_fits(plain, _ANY)} THEN {plain} END"
    may = (
        _may_be(text, survey.length(name))
        if is_text
        else f"{column} NOT BETWEEN -{_SHORTEST} AND {_SHORTEST}"
    )
    # The text without blanks, where it has any of the forms at all.
    whole = survey.made(f"CASE WHEN {may} THEN {fits} END")
    forms = {
        Kind.RESIDENT_ID: _Form(
            _fits(whole, f"{_NUMBER}|{_OLD_NUMBER}"),
            f"CASE WHEN length({whole}) = 15 THEN true ELSE {is_resident_id(whole)} END",
        ),
        Kind.MOBILE: _Form(_fits(whole, _FORMS[Kind.MOBILE]), begins=_beginning(whole)),
        Kind.BANK_CARD: _Form(_fits(whole, _CARD), _luhn(whole)),
    }
    if is_text:
        found = f"regexp_extract({text}, '(^|[^0-9])({_NUMBER})([^0-9Xx]|$)', 2)"
        length = survey.length(name)
        # Of so many bytes and signs at most so many are ASCII: a number has eighteen, or eleven.
        room = f"4 * {length} - strlen({text})"
        long = f"{length} > 18 AND {room} >= 54 AND regexp_matches({text}, '[0-9]{{17}}')"
        # Running text is Chinese; whether it is, its bytes tell without reading it.
        is_said = f"{length} > 11 AND {room} >= 33 AND strlen({text}) > {length}"
        calls = f"{is_said} AND regexp_matches({text}, {literal(_PHONE)})"
        within = survey.made(f"CASE WHEN {calls} THEN '{_CALLED}' WHEN {long} THEN {found} END")
        for kind in _ALONE[1:]:
            forms[kind] = _Form(_fits(whole, _FORMS[kind]))
        forms[Kind.PASSPORT] = _Form(_fits(whole, _FORMS[Kind.PASSPORT]), begins=_beginning(whole))
        for kind in _BY_NAME:
            # Such forms fit much else: every value is asked only where the column is called so.
            if _DETECTOR[kind].is_told_by_name(name):
                forms[kind] = _Form(_fits(column, _form_of(kind, places)))
        if Kind.NAME in forms:
            ends = f"strpos('{_NO_NAME}', right({column}, 1)) = 0"
            forms[Kind.NAME] = _Form(f"{forms[Kind.NAME].fits} AND {ends}")
        forms[Kind.IN_TEXT] = _Form(
            f"{within} <> ''", f"{within} = '{_CALLED}' OR {is_resident_id(within)}"
        )
    return _Asked(name, column, forms)


def _form_of(kind: Kind, places: Collection[str]) -> str:
    if kind != Kind.ADDRESS:
        return _FORMS[kind]
    begins = "|".join(sorted(places))
    return _FORMS[kind].replace("(省|", f"({begins}|省|") if begins else _FORMS[kind]


def _may_be(text: str, length: str) -> str:
    """Say in SQL that a text may have one of the forms, by its length and its first signs.

    A number begins with a digit from 1 to 8, in full width perhaps, or a plus, a passport with a
    letter from D to S, a plate with a province, and only an address of mail has an at sign.
    """
    narrow = f"{text} < '0' OR {text} >= '1' AND {text} < '9' OR {text} >= 'D' AND {text} < 'T'"
    mail = f"contains({text}, '@')"
    # A plate is short, and has few signs of more than a byte.
    plate = (
        f"strlen({text}) <= 33 AND {length} BETWEEN 7 AND 16 AND strlen({text}) - {length} <= 17 "
        f"AND regexp_matches({text}, '^{_PROVINCE}[ -]*[A-Z]')"
    )
    return (
        f"CASE WHEN strlen({text}) < 8 THEN {mail} WHEN {text} < '\x7f' THEN {narrow} OR {mail} "
        f"ELSE {text} >= '\uff10' OR {plate} END"
    )


def _as_float(text: str) -> str:
    """Say in SQL that a text ends as spreadsheets write numbers, or begins as they keep text."""
    return f"(suffix({text}, '.0') OR suffix({text}, 'E+10') OR prefix({text}, chr(39)))"


def _bare(text: str) -> str:
    """Return a text in SQL with narrow digits, and without blanks and what spreadsheets add.

    Of numbers as they shorten them only one of eleven digits is there whole.
    """
    narrow = f"translate({text}, '{_WIDE}', '{_NARROW}')"
    bare = rf"regexp_replace({narrow}, '^\x27|[ \x{{A0}}\x{{3000}}-]|\.0+$', '', 'g')"
    whole = f"rpad('1' || regexp_extract({text}, '{_SHORTENED}', 1), 11, '0')"
    return f"CASE WHEN regexp_full_match({text}, '{_SHORTENED}') THEN {whole} ELSE {bare} END"


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
