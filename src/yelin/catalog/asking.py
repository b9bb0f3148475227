"""What somebody's words ask for: each may be meant in several ways, any of which will do.

As it is written; a code with a hyphen for its slash; another word of the same meaning; letters as
pinyin. One question is put in two ways with the same answer: to the inverted index, for few hits,
and row by row, for a walk through many.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from operator import and_, or_

from django.db.models import Q

from yelin.catalog import sounds, words
from yelin.catalog.wording import IN_TITLE
from yelin.law import packs

_TERM = re.compile(r"""["“”「」『』]([^"“”「」『』]+)["“”「」『』]|([^\s"“”「」『』]+)""")
_CODE = re.compile(r"[0-9a-z]+-[0-9]+")
_MOST_TERMS = 12
_MOST_WAYS = 8


class Level(Enum):
    """How deep it is looked: the title; what the public catalog shows; all that an entry says."""

    TITLE = "title_text"
    SEEN = "seen_text"
    WHOLE = "whole_text"


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a term may be meant: written so, or sounding so.

    ``is_whole`` says that whatever has the tokens surely holds it.
    """

    written: str
    tokens: tuple[str, ...]
    by_ear: bool = False
    is_whole: bool = False

    @classmethod
    def as_written(cls, text: str) -> "Way":
        """Return that it is meant as it stands."""
        return cls(text, tuple(words.asked(text)), is_whole=words.is_one_token(text))

    @classmethod
    def as_heard(cls, heard: sounds.Heard) -> "Way":
        """Return that it is meant as it sounds."""
        return cls(heard.written, heard.tokens, by_ear=True, is_whole=heard.is_whole)

    def held(self, level: Level) -> Q:
        """Return as a filter that a row's text holds it."""
        if self.by_ear:
            return Q(title_sound__contains=self.written)
        if len(self.written) == 1 and level is Level.WHOLE:
            # A single sign stands in nearly every summary: it is looked for in what all see.
            level = Level.SEEN
        found = Q(**{f"{level.value}__contains": self.written})
        # The title lies in the row, the longer texts out of it: they are fetched for few.
        return found if level is Level.TITLE else Q(title_text__contains=self.written) | found

    def needed(self, level: Level) -> list[str]:
        """Return the tokens without which it is not there."""
        mark = IN_TITLE if level is Level.TITLE and not self.by_ear else ""
        # Single signs of the title have no mark of their own.
        return [f"{mark}{token}" if len(token) > 1 else token for token in self.tokens]

    def is_certain(self, level: Level, tokens: str) -> bool:
        """Whether nothing is left to check of what has the ``tokens`` needed."""
        if self.by_ear:
            return self.is_whole
        if len(self.written) == 1:
            return level is not Level.TITLE
        return self.is_whole and (level is not Level.SEEN or tokens == "seen_tokens")


@dataclass(frozen=True, slots=True)
class Term:
    """One of the things asked for, and the ways in which it may be meant."""

    text: str
    ways: tuple[Way, ...]
    quoted: bool = False

    @property
    def is_written(self) -> bool:
        """Whether it may be meant as it is written, and not only as that sounds."""
        return any(way.written == self.text and not way.by_ear for way in self.ways)

    def held(self, level: Level) -> Q:
        """Return as a filter that a row holds the term, meant in some way."""
        # The sound lies in the row, as the title does: it is looked at before longer texts.
        by_ear_first = sorted(self.ways, key=lambda way: not way.by_ear)
        return reduce(or_, (way.held(level) for way in by_ear_first))


def read(text: str) -> list[Term]:
    """Return the terms of what somebody wrote; what stands in quotation marks is one, as it is."""
    found = []
    for quoted, bare in _TERM.findall(words.fold(text)):
        term = quoted.strip() or bare
        if term:
            ways = (Way.as_written(term),) if quoted else _ways(term)
            found.append(Term(term, ways, quoted=bool(quoted)))
    if not found and (bare := words.fold(text)):
        # Marks alone are looked for as they stand.
        found = [Term(bare, (Way.as_written(bare),))]
    return found[:_MOST_TERMS]


def loosened(terms: Sequence[Term]) -> list[Term]:
    """Return the single words of ``terms``, for where nothing holds them as they are written."""
    found = [term for term in terms if term.quoted]
    bare = [word for term in terms if not term.quoted for word in words.cut(term.text)]
    found += [Term(word, _ways(word)) for word in dict.fromkeys(bare)]
    return found[:_MOST_TERMS]


def by_sound(terms: Sequence[Term]) -> list[Term] | None:
    """Return ``terms`` as they sound, for where other signs of the same sound may be meant."""
    found = []
    for term in terms:
        heard = sounds.sounding(term.text)
        if heard is None or term.quoted:
            return None
        found.append(Term(term.text, (Way.as_heard(heard),)))
    return found or None


def held(terms: Iterable[Term], level: Level) -> Q:
    """Return as a filter that a row holds all ``terms``."""
    return reduce(and_, (term.held(level) for term in terms), Q())


def indexed(terms: Iterable[Term], level: Level, tokens: str) -> tuple[Q, Q]:
    """Return ``held`` in two: what the inverted index of ``tokens`` finds, and what is left of it.

    That is checked apart, so that the index is not asked again of every row. It holds wherever the
    title has the terms as they are written.
    """
    needed: set[str] = set()
    found = left = Q()
    for term in terms:
        if len(term.ways) == 1:
            needed.update(term.ways[0].needed(level))
        else:
            ways = (Q(**{f"{tokens}__contains": way.needed(level)}) for way in term.ways)
            found &= reduce(or_, ways)
        if not all(way.is_certain(level, tokens) for way in term.ways):
            if term.is_written:
                left &= term.held(level)
            else:
                found &= term.held(level)
    # All that every row must have, in one look.
    if needed:
        found = Q(**{f"{tokens}__contains": sorted(needed)}) & found
    return found, left


def _ways(term: str) -> tuple[Way, ...]:
    written = [term, *packs.active().other_words(term)]
    if _CODE.fullmatch(term):
        written.append(term.replace("-", "/"))
    ways = [Way.as_written(text) for text in dict.fromkeys(written)]
    ways += [Way.as_heard(heard) for heard in sounds.heard(term)]
    return tuple(ways[:_MOST_WAYS])
