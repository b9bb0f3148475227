"""``yelin demo``: one command that starts everything, and one key that stops it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from types import FrameType

from yelin import lifeline
from yelin.cli import house
from yelin.config import config

# On a busy machine the first answer comes late; who waits for it should still be told.
PATIENCE_SECONDS = 180
PARTS = ("serve", "worker", "stream")
# With the usual port of the site this gives 9464, the usual one of figures.
METRICS_ABOVE = 1464


def demo() -> None:
    """Start the database, bring it to shape, load the demo province once, serve and work.

    A part that dies is started again. With ``DATABASE_URL`` set the province is loaded only if
    ``DEMO=1`` says so and the database is empty. Exits with words where a port is taken.
    """
    _require_free(config.port, "PORT")
    _require_free(config.streaming_port, "YELIN_STREAM_PORT")
    own_database = not os.environ.get("DATABASE_URL")
    house.wake()
    from django.core.management import call_command  # noqa: PLC0415 - Django loads first

    from yelin.demo import load  # noqa: PLC0415 - Django loads first

    call_command("migrate", verbosity=0, interactive=False)
    if own_database or os.environ.get("DEMO") == "1":
        load.once(say=_say)
    os.environ[lifeline.IN_DEMO] = str(os.getpid())
    if own_database:
        # Each part holds the embedded database itself, so it stops when the last of us ends.
        del os.environ["DATABASE_URL"]
    stopping = _on_signals()
    running = {part: _start(part) for part in PARTS}
    try:
        if _answers(stopping):
            _say(f"Yelin answers at {config.url} - stop it with Ctrl-C.")
        while not stopping:
            time.sleep(0.3)
            for part, process in running.items():
                if process.poll() is not None and not stopping:
                    _say(f"{part} ended with {process.returncode}; it is started again.")
                    time.sleep(1)
                    running[part] = _start(part)
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.wait()


def _require_free(port: int, variable: str) -> None:
    """Exit where another program listens: a second one of ours would share the port unseen."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family) as probe:
        # One whose program has ended a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, port))
        except OSError as fault:
            sys.exit(f"Port {port} cannot be had ({fault.strerror}). Name another: {variable}=…")


def _say(line: str) -> None:
    print(line, flush=True)


def _on_signals() -> list[int]:
    received: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        del frame
        received.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note)
    return received


def _start(part: str) -> subprocess.Popen[bytes]:
    # A group of its own: Ctrl-C reaches the parts through us, in order, not all at once.
    command = [sys.executable, "-m", "yelin.cli", part]
    env = os.environ | {"YELIN_METRICS_PORT": str(_port_of_figures(part))}
    return subprocess.Popen(command, env=env, start_new_session=True)  # noqa: S603 - our own command


def _port_of_figures(part: str) -> int:
    # Each part tells its own, so each has a port for them; where none is left, it tells none.
    port = (config.metrics_port or config.port + METRICS_ABOVE) + PARTS.index(part)
    return port if port < 2**16 else 0


def _answers(stopping: list[int]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    address = f"http://{config.host}:{config.port}/healthz"
    while time.monotonic() < deadline and not stopping:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return True
        except OSError:
            time.sleep(0.2)
    return False
