"""How messages are worded: as much of good Chinese and English as a machine can hold."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages import pofile
from django.conf import settings
from django.template.base import Lexer, TokenType
from opencc import OpenCC
from tests.house.sayings import SOURCE

WRITTEN = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.po"
HAN = "[\u4e00-\u9fff]"
BLANK = r"(?:%\(\w+\)s|\{[^{}]*\})"

# Of each thing that has one name (docs/glossary.md), the names that it has not.
OTHER_NAMES = {
    "目录项": "目录条目",
    "数据项": "信息项",
    "元数据项": "",
    "数据专员": "数据管理员",
    "部门管理员": "单位管理员",
    "单位代表人": "单位代表",
    "确认人员": "经办人",
    "审核员": "经办人",
    "经办人员": "经办人",
    "政务机构": "政务部门",
    "提供部门": "提供单位",
    "出站通道": "出站许可",
    "归集": "汇聚",
    "收割": "读取",
    "片叶": "条记录",
    "叶子": "记录",
    "代码表": "代码集",
    "开放协议": "使用许可",
    "数据级别": "安全等级",
    "法规包": "法规库",
    "载荷": "内容",
    "领用": "获取",
    "取用": "获取",
}
# Bodies are 单位; what the law or the trade calls otherwise keeps that.
NAMED_BY_LAW = "大数据管理机构|登记管理机构|共享主管机构|法定机构|会同机构|颁发机构|公共机构"
# Words of the program that a person needs none of.
OF_THE_PROGRAM = {"payload", "release", "releases", "actor", "gate", "enum", "queryset"}
# What shows how something is typed, in the signs in which it is typed.
TYPED = {
    'Ask about one resource at least: SELECT … FROM "its code".',
    "Filters understand > 5000, >= 2003, 2003..2010, = exact words, ! not.",
    "Line %(n)s is not: name, type, data element.",
    "A line for each value: value;level 1;level 2;…;*",
    "The lines are no hierarchy: {fault}. Each is value;level 1;…;*",
    "One a line: code, meaning, English. Example: 1,男性,Male",
    "One a line; type and identifier of a data element may follow. Example: 身份证号,C",
}
TYPED_CONDITIONS = "Items by name, values in single quotes: "
OF_THE_COMMAND_LINE = "yelin releases"
# The label of a field is no question in Chinese.
NO_QUESTION = {"By what?", "What is it for?", "Where to?", "Which notices?"}
# A sentence that ends with what is typed ends without a stop.
ENDS_TYPED = {"Programs act by token: send Authorization: Bearer yln_… ."}
ALIKE = {"{what} × {count}", "“{words}”"}
# Numbers that are limits or points, never one: nobody sets them so, or 1 is said by the number.
LIMITS = {
    "most", "limit", "max_length", "min_length", "least", "cap", "points", "longest", "le", "ge",
    "days", "seconds", "hours", "minutes", "times", "many", "version", "levels",
}  # fmt: skip
# Several by their nature, or beside another number that says so.
SEVERAL = {
    "%(rows)s rows × %(columns)s columns",
    "%(speed)s entries a second",
    "%(speed)s rows a second",
    "%(shown)s answers in an hour of the clock",
    "Calls of the last %(n)s days",
    "More than %(shown)s resources",
}


@pytest.fixture(scope="module")
def messages() -> list[tuple[str, str]]:
    """Each id, in its plural where it has one, with its Chinese."""
    with WRITTEN.open("rb") as file:
        catalog = pofile.read_po(file)
    found = [
        (
            message.id if isinstance(message.id, str) else message.id[-1],
            message.string if isinstance(message.string, str) else message.string[0],
        )
        for message in catalog
        if message.id
    ]
    assert len(found) > 5000
    return found


@pytest.fixture(scope="module")
def sentences(messages) -> list[tuple[str, str]]:
    """Those with words of their own, without what only shows how to type."""
    return [
        (id_, text)
        for id_, text in messages
        if re.search(HAN, text) and id_ not in TYPED and not id_.startswith(TYPED_CONDITIONS)
    ]


def _bare(text: str) -> str:
    """The text with one Chinese character for every blank."""
    return re.sub(BLANK, "甲", text)


def _wrong(pairs, pattern: str, bare=_bare) -> list[str]:
    return [text for _, text in pairs if re.search(pattern, bare(text))]


def test_signs_between_chinese_words_are_full_width(sentences):
    assert _wrong(sentences, rf"{HAN}\s*[,;:?!]|[,;:?!]\s*{HAN}") == []
    assert _wrong(sentences, rf"\({HAN}|{HAN}\)") == []


def test_chinese_is_quoted_by_its_own_marks(sentences):
    assert _wrong(sentences, rf"\"{HAN}|{HAN}\"|'{HAN}|{HAN}'|[「」『』]") == []


def test_no_blank_stands_beside_a_full_width_sign(sentences):
    assert _wrong(sentences, r"[ \t][：，。；、！？）”]|[：，。；、！？（“][ \t]") == []


def test_a_number_stands_apart_from_chinese_words(sentences):
    figures = rf"{HAN}\d|\d{HAN}"
    counted = rf"{BLANK}[行列个层版条项片次页份秒天件人级批格处]|[第最多]{BLANK}[行列个层版条项]"
    assert _wrong(sentences, figures, bare=lambda text: text) == []
    assert _wrong(sentences, counted, bare=lambda text: text) == []


def test_words_of_other_letters_stand_apart_from_chinese_ones(sentences):
    letters = rf"{HAN}[A-Za-z]|[A-Za-z]{HAN}"
    assert _wrong(sentences, letters, bare=lambda text: re.sub(BLANK, "", text)) == []


def test_no_text_begins_or_ends_with_a_blank_or_doubles_one(sentences):
    assert [text for _, text in sentences if text != text.strip() or "  " in text] == []


def test_a_chinese_sentence_ends_where_the_english_one_does(sentences):
    stops = [
        text
        for id_, text in sentences
        if len(id_) > 3 and id_ not in ENDS_TYPED
        if (re.search(r"[.。]$", id_) and not text.endswith("。"))
        or (text.endswith("。") and not re.search(r"[.。]$", id_))
    ]  # fmt: skip
    asks = [t for id_, t in sentences if id_.endswith("?") != t.endswith("？")]
    assert stops == []
    assert sorted(asks) == sorted(t for id_, t in sentences if id_ in NO_QUESTION)


def test_people_are_addressed_with_respect(sentences):
    assert _wrong(sentences, "[你妳]") == []


def test_simplified_is_what_is_written(messages):
    simplify = OpenCC("t2s").convert
    assert [text for pair in messages for text in pair if simplify(text) != text] == []


def test_one_thing_has_one_name(sentences):
    other = "|".join(sorted(OTHER_NAMES, key=len, reverse=True))
    assert [
        (text, found.group())
        for _, text in sentences
        for found in re.finditer(other, text)
        if OTHER_NAMES[found.group()]
    ] == []


def test_a_body_is_called_so_unless_the_law_calls_it_otherwise(sentences):
    assert _wrong(sentences, "机构", bare=lambda text: re.sub(NAMED_BY_LAW, "", text)) == []


def test_no_word_of_the_program_is_said_to_people(messages):
    said = [
        id_
        for id_, _ in messages
        for word in re.findall(r"[a-z]+", re.sub(BLANK, "", id_).lower())
        if word in OF_THE_PROGRAM and OF_THE_COMMAND_LINE not in id_
    ]
    assert said == []


def test_what_is_not_translated_has_no_words(messages):
    assert {id_ for id_, text in messages if id_ == text} == ALIKE


def test_what_is_counted_is_said_of_one_too():
    """“1 rows” is no English: a message with a count has a plural, or says it as a label does."""
    with WRITTEN.open("rb") as file:
        single = [m.id for m in pofile.read_po(file) if m.id and isinstance(m.id, str)]
    counts = re.compile(
        r"(?:%\((\w+)\)s|\{(\w+)(?:\[(\w+)\])?\})(?: (?:blank|single|running|data|more|new))*"
        r" (?:rows|columns|cells|items|entries|resources|files|leaves|calls|deliveries|lines|values"
        r"|things|rules|jobs|terms|versions|keys|levels|steps|points|characters|objects|parts|days"
        r"|months|times|codes|uses|answers|queries|downloads|people|voices|migrations|queues|places)\b"
    )
    assert [
        id_
        for id_ in single
        for found in counts.finditer(id_)
        if next(filter(None, reversed(found.groups()))) not in LIMITS
        and not any(id_.startswith(each) for each in SEVERAL)
    ] == []


# What separates or holds what a template puts out, unless it is a message.
SEPARATES = {": ", "; ", ", ", ". ", ":", " (", "(", ")"}


def test_signs_between_what_a_template_says_are_messages_too():
    """A colon after a label is another sign in Chinese, so it is translated like a word."""
    assert [
        f"{path.name}:{line}: {text[:40]!r}"
        for path in sorted((SOURCE / "web" / "templates").rglob("*.html"))
        for line, text in _between(path.read_text("utf-8"))
        if SEPARATES & {text.partition("<")[0], text.rpartition(">")[2]}
    ] == []


def _between(template: str) -> Iterator[tuple[int, str]]:
    """Yield what stands in a template behind an output, outside of messages, with its line."""
    tokens = Lexer(template).tokenize()
    translated = False
    for before, token in pairwise(tokens):
        if before.token_type == TokenType.BLOCK:
            word = before.contents.split()[0]
            translated = word in {"blocktrans", "blocktranslate"} or (
                translated and not word.startswith("endblocktrans")
            )
        if token.token_type == TokenType.TEXT and not translated:
            yield token.lineno, token.contents
