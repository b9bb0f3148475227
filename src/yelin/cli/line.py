"""The line to whoever takes a file: whether all has arrived there, and how it is cut off."""

import asyncio
import fcntl
import os
import socket
import struct
import termios
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

# A reader may be slow, but takes something within this time.
PATIENCE_SECONDS = 120.0
# What the kernel holds beside what is under way already: a slow reader costs no more.
HELD_BYTES = 256 << 10
_TCP_NOTSENT_LOWAT = 25
_OTHER_HALF_ENDED = 8
_AT_ONCE = struct.pack("ii", 1, 0)


class Lost(Exception):
    """The other side is gone, or takes nothing any more, or was cut off."""


class Line:
    """The connection of one request.

    A second handle of its socket tells what became of the bytes when the connection has ended, for
    then the first is gone.
    """

    def __init__(self, request: web.Request) -> None:
        transport = request.transport
        if transport is None:
            raise Lost
        self._request = request
        self._transport: asyncio.Transport = transport
        self._socket = socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno()))
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, HELD_BYTES)
        self._is_broken = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._socket.close()

    async def write(self, response: web.StreamResponse, piece: bytes) -> None:
        """Send ``piece`` as fast as it is taken. Raises ``Lost``."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await response.write(piece)
        except (ConnectionError, TimeoutError) as error:
            self.end()
            raise Lost from error

    @property
    def left(self) -> int:
        """How many of the bytes that were sent the other side has not confirmed yet."""
        return self._transport.get_write_buffer_size() + self._unconfirmed()

    async def arrives(self) -> bool:
        """Say that this was all, and wait until the other side has taken it; false if it does not.

        Whoever closes before having read all that has come resets the connection. Whoever keeps it
        open is believed to have read what it has confirmed.
        """
        if not await self._settles(self._transport.get_write_buffer_size):
            # Ended already: in order by whoever has read all and waits for nothing more.
            ended = self._state() == _OTHER_HALF_ENDED
            return ended and not self._is_broken and not self._unconfirmed()
        self._transport.pause_reading()
        try:
            self._socket.shutdown(socket.SHUT_WR)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await asyncio.get_running_loop().sock_recv(self._socket, 1 << 10):
                    # Another request: the answer to this one has said that there is none.
                    continue
        except TimeoutError:
            pass
        except OSError:
            return False
        return await self._settles(self._unconfirmed)

    async def _settles(self, left: Callable[[], int]) -> bool:
        """Wait until nothing is ``left``; false where that does not go on."""
        pause, before, since = 0.001, left(), time.monotonic()
        while now := left():
            if self._is_broken or self._request.transport is None:
                return False
            if now != before:
                before, since = now, time.monotonic()
            elif time.monotonic() - since > PATIENCE_SECONDS:
                self.end()
            await asyncio.sleep(pause)
            pause = min(2 * pause, 0.25)
        return not self._is_broken and self._request.transport is not None

    def end(self) -> None:
        """Break the line, so that the other side sees that it has not got all.

        What has not arrived yet does not arrive.
        """
        self._is_broken = True
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._transport.abort()

    def _state(self) -> int:
        return self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]

    def _unconfirmed(self) -> int:
        """Return how many bytes the other side has not confirmed."""
        packed = fcntl.ioctl(self._socket.fileno(), termios.TIOCOUTQ, b"\0" * 4)
        return int(struct.unpack("i", packed)[0])
