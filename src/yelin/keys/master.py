"""The master key, under which data keys are wrapped: a file here, a KMS or an HSM elsewhere.

Another keeper of master keys implements ``MasterKeys`` and is named in ``keeper``. Neither the
database nor the store holds a master key.
"""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yelin.config import config
from yelin.keys.sealing import KEY_BYTES, SealBroken, Secret

NONCE = 12


class MasterKeys(Protocol):
    """Whoever keeps the master keys: wraps under the newest, unwraps under any that still exists.

    ``about`` is authenticated with the key, so that a wrapped key fits its own row only.
    """

    def newest(self) -> str:
        """Return the id of the master key under which new keys are wrapped; the first makes it."""

    def known(self) -> set[str]:
        """Return the ids of all that still exist."""

    def wrap(self, master: str, key: Secret, about: bytes) -> bytes:
        """Return ``key`` wrapped under ``master``."""

    def unwrap(self, master: str, wrapped: bytes, about: bytes) -> Secret:
        """Return the key in the clear. Raises ``MasterGone`` or ``SealBroken``."""

    def renew(self) -> str:
        """Make a new master key, newest from now on, and return its id."""

    def forget(self, master: str) -> None:
        """Destroy a master key under which nothing living is wrapped any more."""


class MasterGone(Exception):
    """The master key was destroyed, or is not at hand on this machine."""


class FileKeys:
    """Master keys as files below ``folder``, ``1``, ``2``, …, readable by this user only."""

    def __init__(self, folder: str, private: Callable[[str, Callable[[], bytes]], bytes]) -> None:
        self._folder = folder
        self._private = private

    def newest(self) -> str:
        """Return the highest number; the first caller makes ``1``."""
        known = self.known()
        return max(known, key=int) if known else self._make(1)

    def known(self) -> set[str]:
        """Return the numbers of the files."""
        folder = config.root / self._folder
        return {path.name for path in folder.glob("[1-9]*")} if folder.exists() else set()

    def wrap(self, master: str, key: Secret, about: bytes) -> bytes:
        """Wrap by AES-256-GCM; the key's id and ``about`` are authenticated."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher(master).encrypt(nonce, key.reveal(), _bound(master, about))

    def unwrap(self, master: str, wrapped: bytes, about: bytes) -> Secret:
        """Unwrap what ``wrap`` made."""
        try:
            plain = self._cipher(master).decrypt(
                wrapped[:NONCE], wrapped[NONCE:], _bound(master, about)
            )
        except InvalidTag as error:
            raise SealBroken("this key was not wrapped for this row") from error
        return Secret(plain)

    def renew(self) -> str:
        """Make the file with the next number."""
        return self._make(int(self.newest()) + 1)

    def forget(self, master: str) -> None:
        """Overwrite the file and remove it."""
        path = self._path(master)
        with path.open("r+b") as file:
            file.write(bytes(KEY_BYTES))
        path.unlink()

    def _make(self, number: int) -> str:
        self._private(f"{self._folder}/{number}", lambda: secrets.token_bytes(KEY_BYTES))
        return str(number)

    def _cipher(self, master: str) -> AESGCM:
        try:
            return AESGCM(self._path(master).read_bytes())
        except FileNotFoundError as error:
            raise MasterGone(f"there is no master key {master}") from error

    def _path(self, master: str) -> Path:
        return config.root / self._folder / str(int(master))


def _bound(master: str, about: bytes) -> bytes:
    return master.encode() + b"\0" + about


def keeper() -> MasterKeys:
    """Return who keeps this installation's master keys."""
    return FileKeys("keys/master", config.private)
