"""The command by which a party signs a file with its own key: no database, no network."""

import os
import sys
from contextlib import nullcontext
from getpass import getpass
from pathlib import Path

from pyhanko.pdf_utils.misc import PdfError

from yelin.keys import detached

# By which a passphrase or PIN comes where nobody is there to type it; it stands in no history.
ASKED_OF = "YELIN_SIGN_SECRET"


def by_container(file: Path, container: Path, output: Path) -> int:
    """Sign by a key in a PKCS #12 container; return the exit status."""
    try:
        signer = detached.by_container(container, _secret("Passphrase of the container: "))
    except (ValueError, PdfError) as fault:
        return _failed(f"The container does not open: {fault}")
    with nullcontext(signer) as own:
        return _write(output, detached.signed(file.read_bytes(), own))


def by_token(file: Path, module: Path, token: str, label: str, output: Path) -> int:
    """Sign by a key that its token never lets out (PKCS #11); return the exit status."""
    from pkcs11.exceptions import PKCS11Error  # noqa: PLC0415 - only tokens need it

    try:
        with detached.by_token(module, token, label, _secret("PIN of the token: ")) as own:
            made = detached.signed(file.read_bytes(), own)
    except (PKCS11Error, PdfError, RuntimeError, OSError) as fault:
        return _failed(f"The token does not sign: {type(fault).__name__} {fault}")
    return _write(output, made)


def _secret(asks: str) -> str:
    return os.environ.get(ASKED_OF) or getpass(asks)


def _write(output: Path, der: bytes) -> int:
    output.write_text(detached.armoured(der), encoding="ascii")
    print(f"{output} is the signature: upload it where the file came from.")
    return 0


def _failed(says: str) -> int:
    print(says, file=sys.stderr)
    return 1
