"""Set the words of a document by its form, as PDF that archives keep and screen readers read."""

import io
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import manimgx_fonts_cjk
import segno
import typst

FORMS = Path(__file__).with_name("forms")
# For keeping (ISO 19005-2, or -3 where a file goes along) and for screen readers (ISO 14289-1).
_ALONE: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
# Marks, embeddings, overrides and isolates of direction.
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WITH_FILES: "list[typst.PDFStandard]" = ["a-3a", "ua-1"]


def typeset(form: str, said: Mapping[str, Any], at: datetime, *, with_files: bool = False) -> bytes:
    """Return the PDF of ``form`` that says ``said``, dated ``at``; the same for the same words.

    A form attaches files ``with_files`` only.

    A document that is kept has no letter without a picture: where the font lacks one, whatever is
    not in GBK stands there by its number. So does always what turns the letters after it round
    (UAX 9), by which a paper would read otherwise than what was signed.
    """
    standards = _WITH_FILES if with_files else _ALONE
    straight = _rewritten(said, lambda text: _TURNS.sub(lambda found: _number(found[0]), text))
    try:
        return _compiled(form, straight, at, standards)
    except typst.TypstError:
        return _compiled(form, _rewritten(straight, _numbered), at, standards)


def qr(address: str) -> str:
    """Return the code that leads to ``address``, as a picture (SVG) for a form."""
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", xmldecl=False, nl=False, border=0
    )
    return picture.getvalue().decode()


def _compiled(
    form: str, said: Mapping[str, Any], at: datetime, standards: "list[typst.PDFStandard]"
) -> bytes:
    # Words come as data: nothing of them is read as a form.
    blob = typst.compile(
        FORMS / f"{form}.typ",
        root=FORMS,
        font_paths=_fonts(),
        sys_inputs={"said": json.dumps(said, ensure_ascii=False)},
        pdf_standards=standards,
        timestamp=int(at.timestamp()),
    )
    assert isinstance(blob, bytes)  # noqa: S101 - one document is one file
    return blob


@cache
def _fonts() -> typst.Fonts:
    """Return the one font that goes along with the program, and none of the machine's."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[Path(manimgx_fonts_cjk.__file__).parent],
    )


def _rewritten(said: Any, rewrite: Callable[[str], str]) -> Any:
    match said:
        case str():
            return rewrite(said)
        case dict():
            return {name: _rewritten(each, rewrite) for name, each in said.items()}
        case list() | tuple():
            return [_rewritten(each, rewrite) for each in said]
        case _:
            return said


def _numbered(text: str) -> str:
    return "".join(letter if _is_common(letter) else _number(letter) for letter in text)


def _is_common(letter: str) -> bool:
    return letter.isprintable() and bool(letter.encode("gbk", "ignore"))


def _number(letter: str) -> str:
    return f"[U+{ord(letter):04X}]"
