"""How titles sound: syllables of pinyin and their first letters, found as typed on a keyboard.

Syllables and first letters stand among the tokens under marks of their own (``~gang``,
``~gang~kou``, ``#gk``), so no letter of a title is taken for a sound.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

_HAN = re.compile(r"[㐀-鿿豈-﫿]+")
_LETTERS = re.compile(r"^[a-zü']{2,48}$")
_MOST_INITIALS = 12
_MOST_READINGS = 4


@dataclass(frozen=True, slots=True)
class Heard:
    """What is asked for by its sound: the tokens it must have, and how the sound is written.

    ``is_whole`` says that what has the tokens surely sounds so.
    """

    tokens: tuple[str, ...]
    written: str
    is_whole: bool = False


def sound(folded: str) -> str:
    """Return the sound of the Chinese in folded text: ``" gang kou / huo wu GK HW"``."""
    runs = [_pinyin(run) for run in _HAN.findall(folded)]
    syllables = " / ".join(" ".join(run) for run in runs)
    letters = " ".join("".join(syllable[0] for syllable in run) for run in runs)
    # Capitals, so that no piece of a syllable is taken for first letters.
    return f" {syllables} {letters.upper()}" if runs else ""


def tokens(sounding: str) -> set[str]:
    """Return the tokens of a ``sound``."""
    found: set[str] = set()
    before = ""
    for part in sounding.split():
        if part.isupper():
            found.update(_starts(part.lower(), 2), _starts(part.lower(), 3))
        elif part != "/":
            found.add(f"~{part}")
            if before not in ("", "/"):
                found.add(f"~{before}~{part}")
        before = part
    return found


def heard(term: str) -> list[Heard]:
    """Return how letters may be meant: as first letters, as syllables, whole or still typed."""
    if not _LETTERS.match(term):
        return []
    plain = term.replace("ü", "v")
    found = []
    if "'" not in plain and len(plain) <= _MOST_INITIALS:
        starts = _starts(plain, min(len(plain), 3))
        found.append(Heard(tuple(sorted(starts)), plain.upper(), is_whole=len(plain) <= 3))
    found += [_heard(reading) for reading in _readings(plain)]
    if len(found) < 2 and (typed := _still_typed(plain)):
        reading, rest = typed
        found.append(Heard(_tokens_of(reading), f" {' '.join(reading)} {rest}"))
    return found


def sounding(folded: str) -> Heard | None:
    """Return how a Chinese term sounds, for finding what was written with other signs."""
    if not _HAN.fullmatch(folded) or len(folded) < 2:
        return None
    return _heard(_pinyin(folded))


def of_same_sound(folded: str, title: str) -> str | None:
    """Return the piece of ``title``, folded, that sounds as the Chinese term ``folded`` does."""
    wanted = _pinyin(folded)
    for run in _HAN.findall(title):
        heard_here = _pinyin(run)
        for at in range(len(run) - len(wanted) + 1):
            if heard_here[at : at + len(wanted)] == wanted:
                return str(run[at : at + len(wanted)])
    return None


def _pinyin(chinese: str) -> list[str]:
    # Fifty mebibytes of readings, of which a process that searches nothing holds none.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return lazy_pinyin(chinese)


def _heard(reading: list[str]) -> Heard:
    return Heard(_tokens_of(reading), f" {' '.join(reading)} ", is_whole=len(reading) <= 2)


def _starts(letters: str, many: int) -> set[str]:
    return {f"#{letters[i : i + many]}" for i in range(len(letters) - many + 1)}


def _tokens_of(reading: list[str]) -> tuple[str, ...]:
    if len(reading) == 1:
        return (f"~{reading[0]}",)
    return tuple(f"~{one}~{next_}" for one, next_ in pairwise(reading))


def _readings(plain: str) -> list[list[str]]:
    """Return the ways to cut letters into syllables, those of fewest syllables first."""
    found: list[list[str]] = []
    for reading in _cut(plain):
        found.append(reading)
        if len(found) > 4 * _MOST_READINGS:
            break
    return sorted(found, key=len)[:_MOST_READINGS]


def _cut(plain: str) -> Iterator[list[str]]:
    if not plain:
        yield []
    plain = plain.removeprefix("'")
    for end in range(min(len(plain), 6), 0, -1):
        if plain[:end] in _syllables():
            for rest in _cut(plain[end:]):
                yield [plain[:end], *rest]


def _still_typed(plain: str) -> tuple[list[str], str] | None:
    """Return the whole syllables and the beginning of one more."""
    for end in range(len(plain) - 1, 1, -1):
        rest = plain[end:].removeprefix("'")
        if any(each.startswith(rest) for each in _syllables()):
            reading = next(_cut(plain[:end]), None)
            if reading:
                return reading, rest
    return None


@cache
def _syllables() -> frozenset[str]:
    from pypinyin import pinyin_dict  # noqa: PLC0415 - as above
    from pypinyin.contrib.tone_convert import to_normal  # noqa: PLC0415 - as above

    toned = {each for readings in pinyin_dict.pinyin_dict.values() for each in readings.split(",")}
    plain = {to_normal(each, v_to_u=False) for each in toned}
    return frozenset(each for each in plain if each.isascii() and set(each) & set("aeiouv"))
