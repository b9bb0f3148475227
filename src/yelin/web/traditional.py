"""Pages in Traditional characters, made of those in Simplified as they are sent.

Signs are written as in Hong Kong's standard and words stay as they are, since the law's own terms
are among them. What is data stays as its provider wrote it: cells (``translate="no"`` in HTML),
what stands in fields of forms, identifiers, addresses, code.
"""

import re
from collections.abc import Iterator
from functools import cache

from django.http import HttpRequest
from opencc import OpenCC

# As pages name it, and as Django would; its words are those of Simplified Chinese.
CODE, WRITTEN_IN = "zh-hant", "zh-hans"
_TAG = re.compile(
    r"""<!--.*?-->|<!doctype[^>]*>|<(?P<end>/?)(?P<name>[a-z][a-z0-9-]*)(?P<rest>(?:"[^"]*"|'[^']*'|[^'">])*)>""",
    re.DOTALL | re.IGNORECASE,
)
_SAID = re.compile(
    r"""(\s(?:alt|placeholder|title|aria-label|aria-description|aria-valuetext|content"""
    r"""|data-(?:copied|label|say|sql-running))=")([^"]*)(")"""
)
_LANGUAGE = re.compile(r'(\slang=")zh-hans(")', re.IGNORECASE)
_TRANSLATE = re.compile(r'\stranslate="(yes|no)"')
# What one has to write oneself, sign by sign: names of columns, codes, addresses.
_IDENTIFIER = re.compile(r'\sclass="(?:[^"]*\s)?mono[\s"]')
_VERBATIM = frozenset({"code", "kbd", "pre", "samp", "script", "style", "textarea"})
# Nothing in them is markup.
_RAW = frozenset({"script", "style", "textarea"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track"}
    | {"wbr"}
)


def is_asked(request: HttpRequest) -> bool:
    """Whether this reader chose Traditional characters."""
    return getattr(request, "characters", "") == CODE


def text(words: str) -> str:
    """Return ``words`` in Traditional characters."""
    written: str = _signs().convert(words)
    return written


def said(request: HttpRequest, words: str) -> str:
    """Return ``words`` as this reader reads them, for what is no page."""
    return text(words) if is_asked(request) else words


def page(html: str) -> str:
    """Return a page, or a part of one, in Traditional characters; all its marks stay the same."""
    return "".join(_pieces(html))


def _pieces(html: str) -> Iterator[str]:
    # What is open, and whether its text is data.
    open_: list[tuple[str, bool]] = [("", False)]
    at = 0
    while (tag := _TAG.search(html, at)) is not None:
        between = html[at : tag.start()]
        yield between if open_[-1][1] else text(between)
        at = tag.end()
        name = (tag["name"] or "").lower()
        if not name:
            yield tag[0]
        elif tag["end"]:
            yield tag[0]
            _close(open_, name)
        else:
            is_data = _is_data(name, tag["rest"], within=open_[-1][1])
            yield tag[0] if is_data else _marked(tag[0])
            if name in _RAW:
                until = html.lower().find(f"</{name}", at)
                until = len(html) if until < 0 else until
                yield html[at:until]
                at = until
            if name not in _VOID and not tag["rest"].endswith("/"):
                open_.append((name, is_data))
    yield html[at:] if open_[-1][1] else text(html[at:])


def _is_data(name: str, rest: str, *, within: bool) -> bool:
    if name in _VERBATIM or _IDENTIFIER.search(rest):
        return True
    chosen = _TRANSLATE.search(rest)
    return chosen[1] == "no" if chosen else within


def _close(open_: list[tuple[str, bool]], name: str) -> None:
    for place in range(len(open_) - 1, 0, -1):
        if open_[place][0] == name:
            del open_[place:]
            return


def _marked(tag: str) -> str:
    """Return a tag whose words for readers are written in Traditional, and which says so."""
    tag = _LANGUAGE.sub(r"\1zh-Hant\2", tag)
    return _SAID.sub(lambda found: f"{found[1]}{text(found[2])}{found[3]}", tag)


@cache
def _signs() -> OpenCC:
    return OpenCC("s2hk")
