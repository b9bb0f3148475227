"""Pictures of charts, drawn by Vega in a process of its own that stays for the next.

It has nothing of ours but what it is told: no address, no password, no file. It ends when it takes
too long or too much, and when nobody asks; the next picture starts another.
"""

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from threading import Lock, Timer
from typing import IO, Any

from yelin.things.lately import Lately

SECONDS = 20
IDLE_SECONDS = 300
FORMS = ("svg", "png")
# Of which version the program is that draws.
VERSION = version("vl-convert-python")
# Letters of pictures that are kept.
_MOST = 16_000_000


class Undrawn(Exception):
    """No picture came of it."""


_pictures: Lately[bytes] = Lately(_MOST)


def picture(spec: dict[str, Any], form: str = "svg") -> bytes:
    """Return the chart of a Vega-Lite specification as SVG or PNG. Raises ``Undrawn``."""
    order = json.dumps({"spec": spec, "form": form})
    drawn = _pictures.get(order)
    if drawn is None:
        drawn = _drawer.draw(order)
        _pictures.keep(order, drawn, len(drawn) + len(order))
    return drawn


def program() -> bytes:
    """Return the script by which a browser draws a specification, as gzip. Raises ``Undrawn``."""
    return picture({}, "js")


class _Drawer:
    """The process that draws, one picture after another."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: subprocess.Popen[str] | None = None
        self._idle: Timer | None = None

    def draw(self, order: str) -> bytes:
        with self._lock:
            if self._idle:
                self._idle.cancel()
            child = self._started()
            late = Timer(SECONDS, _kill, [child])
            late.start()
            try:
                said = _told(child, order)
            except (OSError, ValueError):
                _kill(child)
                raise Undrawn from None
            finally:
                late.cancel()
            self._idle = Timer(IDLE_SECONDS, self._rest, [child])
            self._idle.daemon = True
            self._idle.start()
        if "drawn" not in said:
            raise Undrawn
        return base64.b64decode(said["drawn"])

    def _started(self) -> "subprocess.Popen[str]":
        if self._child is None or self._child.poll() is not None:
            if self._child is not None:
                _kill(self._child)
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-m", "yelin.charting.vega"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={},
                start_new_session=True,
            )
        return self._child

    def _rest(self, child: "subprocess.Popen[str]") -> None:
        with self._lock:
            if self._child is child:
                _kill(child)
                self._child = None


def _told(child: "subprocess.Popen[str]", order: str) -> dict[str, Any]:
    into, out = _pipe(child.stdin), _pipe(child.stdout)
    into.write(order + "\n")
    into.flush()
    return dict(json.loads(out.readline()))


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None  # noqa: S101 - PIPE was asked for
    return pipe


def _kill(child: "subprocess.Popen[str]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout):
        with contextlib.suppress(OSError):
            _pipe(pipe).close()


_drawer = _Drawer()
