"""The master key, under which data keys are wrapped: a file here, a KMS or an HSM elsewhere.

Another keeper of master keys implements ``MasterKeys`` and is named in ``keeper``. Neither the
database nor the store holds a master key.
"""

import secrets
from pathlib import Path, PurePath
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yelin.config import config, made_once
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
    """Master keys as files in ``folder`` of ``home``, ``1``, ``2``, …, for this user only."""

    def __init__(self, home: Path, folder: str) -> None:
        self._home = home
        self._folder = folder

    def newest(self) -> str:
        """Return the highest number; the first caller makes ``1``."""
        known = self.known()
        return max(known, key=int) if known else self._make(1)

    def known(self) -> set[str]:
        """Return the numbers of the files."""
        folder = self._home / self._folder
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
        name = str(PurePath(self._folder, str(number)))
        made_once(self._home, name, lambda: secrets.token_bytes(KEY_BYTES))
        return str(number)

    def _cipher(self, master: str) -> AESGCM:
        try:
            return AESGCM(self._path(master).read_bytes())
        except FileNotFoundError as error:
            raise MasterGone(f"there is no master key {master}") from error

    def _path(self, master: str) -> Path:
        return self._home / self._folder / str(int(master))


def _bound(master: str, about: bytes) -> bytes:
    return master.encode() + b"\0" + about


def keeper() -> MasterKeys:
    """Return who keeps this installation's master keys."""
    return FileKeys(config.root, "keys/master")


def keeper_apart() -> MasterKeys:
    """Return who keeps those under which lies what must lie apart; another medium may hold them.

    Raises ``MasterGone`` where that is not there: none is made in its place.
    """
    home = config.apart_keys
    if home is None:
        return FileKeys(config.root, "keys/apart")
    if not home.is_dir():
        raise MasterGone("the master keys that lie apart are not at hand")
    return FileKeys(home.resolve(), "")
