"""Read a file of an SFTP server that is known by its key."""

import logging
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from typing import Any

import asyncssh
from asyncssh import SFTPClientFile

from yelin.outbound import sending
from yelin.pulling.asking import (
    Asked,
    Found,
    Steps,
    Unreadable,
    Untrusted,
    broken_off,
    not_let_in,
)

# Asked for at once in many small requests, so that a long way does not slow it down.
READ_BYTES = 1 << 20

# It would write down users and addresses.
asyncssh.set_log_level(logging.ERROR)


def look(asked: Asked) -> Found:
    """Return how long the file is. Raises ``Unreadable``, ``Untrusted`` before anything is told."""
    _require_trusted(asked)
    with _opened(asked) as (file, steps):
        attributes = steps.take(file.stat())
        return Found(size=attributes.size)


def fetch(asked: Asked) -> Iterator[bytes]:
    """Yield the file. Raises ``Unreadable``."""
    with _opened(asked) as (file, steps):
        while block := steps.take(file.read(READ_BYTES)):
            # Opened for bytes, it gives nothing else.
            assert isinstance(block, bytes)  # noqa: S101 - asyncssh types both alike
            yield block


def _require_trusted(asked: Asked) -> None:
    there = asked.content.there
    with Steps() as steps, _told():
        line = sending.connected(there.host, there.port, asked.way)
        shown = steps.take(asyncssh.get_server_host_key(there.host, sock=line, config=None))
    if shown is None:
        raise broken_off()
    key = shown.export_public_key().decode().strip()
    if _plain(key) == _plain(asked.host_key):
        return
    if asked.host_key:
        says = (
            "The server shows another key than the one that is trusted: {fingerprint}. Ask its"
            " operator whether it was changed; if not, somebody stands between."
        )
    else:
        says = (
            "The server shows the key {fingerprint}. Compare it with what its operator tells you,"
            " then trust it here."
        )
    raise Untrusted(says, key, shown.get_fingerprint())


def _plain(key: str) -> list[str]:
    """Return kind and value of a key, without its comment."""
    return key.split()[:2]


@contextmanager
def _opened(asked: Asked) -> Iterator[tuple["SFTPClientFile", Steps]]:
    content = asked.content
    there = content.there
    if not asked.host_key:
        says = "Nobody has trusted the key of this server yet. Try the connection first."
        raise Unreadable(says, "host_key")
    trusted = asyncssh.import_public_key(asked.host_key)
    is_key = asked.secret.lstrip().startswith("-----BEGIN")
    proof: dict[str, Any] = (
        {"client_keys": [_key(asked.secret)], "password": None}
        if is_key
        else {"client_keys": None, "password": asked.secret}
    )
    with Steps() as steps, _told():
        stack = AsyncExitStack()
        line = sending.connected(there.host, there.port, asked.way)
        try:
            connection = steps.take(
                stack.enter_async_context(
                    asyncssh.connect(
                        there.host,
                        sock=line,
                        config=None,
                        known_hosts=([trusted], [], []),
                        username=content.user,
                        agent_path=None,
                        gss_auth=False,
                        x509_trusted_certs=None,
                        **proof,
                    )
                )
            )
            client = steps.take(stack.enter_async_context(connection.start_sftp_client()))
            file = steps.take(stack.enter_async_context(client.open(content.path, "rb")))
            yield file, steps
        finally:
            with suppress(OSError, asyncssh.Error, Unreadable):
                steps.take(stack.aclose())


def _key(text: str) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_private_key(text)
    except (asyncssh.KeyImportError, ValueError):
        says = "The private key cannot be read. Paste it whole, without a passphrase."
        raise Unreadable(says, "secret") from None


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except asyncssh.HostKeyNotVerifiable:
        says = (
            "The server shows another key than the one that is trusted. Try the connection, and"
            " ask its operator whether the key was changed; if not, somebody stands between."
        )
        raise Unreadable(says, "host_key") from None
    except asyncssh.PermissionDenied:
        raise not_let_in() from None
    except asyncssh.SFTPNoSuchFile:
        raise Unreadable("There is no such file on the server.", "path") from None
    except asyncssh.SFTPPermissionDenied:
        raise Unreadable("This user may not read the file.", "path") from None
    except asyncssh.KeyExchangeFailed:
        says = "The server and this platform know no common way to encrypt."
        raise Unreadable(says, "host") from None
    except (asyncssh.Error, OSError):
        raise broken_off() from None
