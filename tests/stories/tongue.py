"""In which language a story is told: it is written in Chinese, and finds its words in English."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.utils.translation import trans_real

from yelin import web
from yelin.law import packs

CHINESE, ENGLISH = "zh-hans", "en"
_LOCALE = Path(web.__file__).parent / "locale"
# What stands in a saying where something is put in.
_GAP = re.compile(r"%\(\w+\)[sd]|\{\w*(?:[:!][^}]*)?\}")
_spoken = [CHINESE]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let browsers that are opened meanwhile ask for pages in this language."""
    _spoken.append(language)
    try:
        yield
    finally:
        _spoken.pop()


def spoken() -> str:
    """Return the language of the story that is told."""
    return _spoken[-1]


def said(chinese: str, *, alone: bool = False) -> str | re.Pattern[str]:
    """Return what a page says, in the language of the story, where it says this in Chinese.

    Of several sayings any is meant, as a part of what stands there or ``alone``.
    """
    if spoken() == CHINESE:
        return re.compile(f"^{re.escape(chinese)}$") if alone else chinese
    itself = _sayings().get(chinese, set()) | _of_packs().get(chinese, set())
    ids = itself or _filled(chinese) or _holding(chinese)
    assert ids, f"no page says {chinese}"
    found = [_GAP.sub("\0", each) for each in sorted(ids)]
    if len(found) == 1 and "\0" not in found[0] and not alone:
        return found[0]
    any_of_them = "|".join(re.escape(each).replace("\0", ".*") for each in found)
    return re.compile(f"^({any_of_them})$" if alone else any_of_them)


def either(chinese: str, english: str) -> str:
    """Return, in the language of the story, what the code says in both without a translation."""
    return chinese if spoken() == CHINESE else english


@cache
def _sayings() -> dict[str, set[str]]:
    """Return what is said in English, by how it is said in Chinese."""
    found: dict[str, set[str]] = defaultdict(set)
    # Those of Django and of the pages for signing in, too.
    for key, chinese in trans_real.translation(CHINESE)._catalog.items():
        name = key[0] if isinstance(key, tuple) else key
        found[chinese].add(name.rpartition("\x04")[2])
    # A plural is another id of the same words; it is in the file alone.
    text = (_LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po").read_text("utf-8")
    for plural, chinese in re.findall(
        r'^msgid_plural "(.+)"\nmsgstr\[0\] "(.+)"$', text, re.MULTILINE
    ):
        found[chinese].add(plural)
    return dict(found)


@cache
def _of_packs() -> dict[str, set[str]]:
    """Return what packs call their values in English, by how they call them in Chinese."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in Path(packs.__file__).parent.glob("packs/*/*.toml"):
        ahead: list[object] = [tomllib.loads(path.read_text("utf-8"))]
        while ahead:
            match ahead.pop():
                case list() as listed:
                    ahead += listed
                case dict() as table:
                    ahead += table.values()
                    if "zh" in table and "en" in table:
                        found[table["zh"]].add(table["en"])
    return dict(found)


@cache
def _with_gaps() -> list[tuple[re.Pattern[str], int, set[str]]]:
    found = []
    for chinese, ids in _sayings().items():
        itself = len(_GAP.sub("", chinese).strip())
        # What is nothing but gaps says anything.
        if _GAP.search(chinese) and itself > 1:
            whole = "(.+)".join(map(re.escape, _GAP.split(chinese)))
            found.append((re.compile(whole, re.DOTALL), itself, ids))
    return found


def _filled(chinese: str) -> set[str]:
    """Return the saying into which something is put, and which reads so with what is put in."""
    found = [each for each in _with_gaps() if each[0].fullmatch(chinese)]
    if not found:
        return set()
    # Of several the one that says most itself.
    pattern, _itself, ids = max(found, key=lambda each: each[1])
    put_in = pattern.fullmatch(chinese).groups()  # type: ignore[union-attr]  # it was found by that
    return {_GAP.sub(lambda _: put_in[0], each) for each in ids} if len(put_in) == 1 else ids


def _holding(chinese: str) -> set[str]:
    """Return the sayings of which this is a part."""
    return {name for whole, ids in _sayings().items() if chinese in whole for name in ids}
