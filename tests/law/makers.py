"""Packs for tests: the real one with rows added."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from yelin.law import calendar, packs
from yelin.law.packs import Pack

ANSWER = """
[[terms]]
name = "a.answer"
duty = "opening.apply"
zh = "答复"
en = "Answer"
length = 5
unit = "working_day"
from = "event"
basis = "26.2"
effective_from = 2019-11-01
extension = { length = 3, basis = "26.2" }
standstills = [
    { reason = "hearing", zh = "听取第三方意见", en = "Hearing others", basis = "26.2" },
]
"""


def make_pack(home: Path, added: dict[str, str], name: str = "hainan-2019") -> Pack:
    """Return the pack called ``name`` with text ``added`` to the end of its files."""
    shutil.copytree(packs.HOME, home / "packs")
    for file, text in added.items():
        with (home / "packs" / file).open("a", encoding="utf-8") as pack:
            pack.write(text)
    return Pack.load(name, home / "packs")


@contextmanager
def ruled_by(pack: Pack) -> Iterator[Pack]:
    """Let ``pack`` be the law of the installation within the block."""
    with patch.object(packs, "active", lambda: pack):
        calendar.national.cache_clear()
        try:
            yield pack
        finally:
            calendar.national.cache_clear()


@contextmanager
def notices(text: str, instead: tuple[str, str] = ("", "")) -> Iterator[Pack]:
    """Let the calendar have further notices, or another text, beside the law of the block."""
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "packs/cn/calendar.toml"
        make_pack(Path(home), {"cn/calendar.toml": text})
        file.write_text(file.read_text("utf-8").replace(*instead), "utf-8")
        known = Pack.load("hainan-2019", Path(home) / "packs").notices
    with ruled_by(replace(packs.active(), notices=known)) as pack:
        yield pack


@contextmanager
def terms(text: str) -> Iterator[Pack]:
    """Let the province have further terms within the block."""
    with tempfile.TemporaryDirectory() as home:
        pack = make_pack(Path(home), {"hainan-2019/terms.toml": text})
    with ruled_by(pack):
        yield pack
