"""Say what a ZIP is by what is in it, in a process of its own.

``decode`` has it started (``files/confined.py``).
"""

import sys
import zipfile
from typing import BinaryIO

from yelin.files import confined
from yelin.files.bundle import Bundle
from yelin.files.confined import Refused, Said

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 60
MOST_INFLATED = 1 << 20
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def work(_order: Said, file: BinaryIO, _target: BinaryIO) -> Said:
    """Say whether a ZIP is a workbook, and of which kind. Raises ``Refused`` for a damaged one."""
    try:
        return {"kind": _kind(Bundle(file, MOST_INFLATED))}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as fault:
        raise Refused("file.broken", "The file is a damaged ZIP or spreadsheet") from fault


def _kind(bundle: Bundle) -> str:
    if "mimetype" in bundle.names and next(bundle.pieces("mimetype"), b"").startswith(_ODS):
        return "ods"
    is_book = "[Content_Types].xml" in bundle.names
    if is_book and any(name.startswith("xl/") for name in bundle.names):
        return "xlsb" if "xl/workbook.bin" in bundle.names else "xlsx"
    return "zip"


if __name__ == "__main__":
    sys.exit(confined.answer(work, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS))
