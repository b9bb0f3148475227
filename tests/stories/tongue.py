"""In which language a story is told: it is written in Chinese, and finds its words in English."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.utils.translation import trans_real

from yelin import web

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


def said(chinese: str) -> str | re.Pattern[str]:
    """Return what a page says, in the language of the story, where it says this in Chinese."""
    if spoken() == CHINESE:
        return chinese
    ids = _sayings().get(chinese) or {*_filled(chinese)}
    assert ids, f"no page says {chinese}"
    found = [_GAP.sub("\0", each) for each in sorted(ids)]
    if len(found) == 1 and "\0" not in found[0]:
        return found[0]
    return re.compile("|".join(re.escape(each).replace("\0", ".*") for each in found))


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
def _with_gaps() -> dict[re.Pattern[str], set[str]]:
    return {
        re.compile("(.+)".join(map(re.escape, _GAP.split(chinese))), re.DOTALL): ids
        for chinese, ids in _sayings().items()
        # What is nothing but gaps says anything.
        if _GAP.search(chinese) and len(_GAP.sub("", chinese).strip()) > 1
    }


def _filled(chinese: str) -> Iterator[str]:
    """Yield sayings into which something is put, as they read with what is put in here."""
    for pattern, ids in _with_gaps().items():
        if pattern.fullmatch(chinese):
            yield from ids
