"""Read a hostile file in a process of its own, with hard limits and nothing but that file.

``ask`` starts ``python -m MODULE``, which does its work by ``answer``. The order goes by its input
and not by its arguments, which everyone on the machine can read; it lends a ``source`` to read and
a ``target`` to write, each with the key of that file alone. Once both are open, nothing else can be
opened, neither file nor line: such a module imports before all that it needs, and nothing heavy.
What reads several files and writes none does its work by ``limited`` and shuts the door itself.
"""

import contextlib
import io
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import Any, BinaryIO, cast

from yelin.files.places import Place, Reader, opened, reader
from yelin.keys.sealing import FileKey, Sealer

Said = dict[str, Any]


class Refused(Exception):
    """The file cannot be taken: a code and a message that its sender understands."""

    def __init__(self, code: str, message_id: str, **params: str | int | list[str]) -> None:
        self.code = code
        self.message_id = message_id
        self.params = params
        super().__init__(code)


class Broken(Exception):
    """Something in the file broke its reader: the ``kind`` of fault."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class Exhausted(Exception):
    """The file needs more memory or time than one may have."""


# Outside: whoever asks.


def ask(
    module: str,
    order: Said,
    *,
    seconds: float,
    hear: Callable[[Said], None] = lambda _said: None,
) -> Said:
    """Return what the confined ``module`` answers to ``order``; ``hear`` is told what it tells.

    Raises ``Refused``, ``Broken`` or ``Exhausted``.
    """
    answer: Said = {}
    with subprocess.Popen(  # noqa: S603 - our own module, its arguments given as a list
        [sys.executable, "-I", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # The addresses and passwords in ours are nothing to it.
        env={},
        start_new_session=True,
    ) as child:
        late = Timer(seconds, _kill, [child])
        late.start()
        try:
            assert child.stdin is not None  # noqa: S101 - PIPE was asked for
            assert child.stdout is not None  # noqa: S101 - PIPE was asked for
            with contextlib.suppress(BrokenPipeError), child.stdin:
                child.stdin.write(json.dumps(order))
            for line in child.stdout:
                answer = json.loads(line)
                hear(answer)
            child.wait()
        finally:
            late.cancel()
            _kill(child)
    if "refused" in answer:
        code, message_id, params = answer["refused"]
        raise Refused(code, message_id, **params)
    if "broken" in answer:
        raise Broken(answer["broken"])
    if "done" not in answer:
        raise Exhausted
    return dict(answer["done"])


def _kill(child: "subprocess.Popen[str]") -> None:
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def lent(place: Place, *, reading: bool) -> dict[str, str]:
    """Return what opens this one file to a confined process: its path and, sealed, its own key."""
    if isinstance(place, Path):
        return {"path": str(place)}
    key = place.key() if reading else place.fresh_key()
    return {"path": str(place.path), "header": key.header.hex(), "derived": key.derived.hex()}


# Inside: whoever answers.


def answer(
    work: Callable[[Said, BinaryIO, BinaryIO], Said], *, memory_bytes: int, cpu_seconds: int
) -> int:
    """Limit this process, do the ``work`` that was ordered, and say last what came of it."""

    def with_both(order: Said) -> Said:
        with _read(order["source"]) as source, _write(order["target"]) as target:
            shut()
            return work(order, source, target)

    return limited(with_both, memory_bytes=memory_bytes, cpu_seconds=cpu_seconds)


def limited(work: Callable[[Said], Said], *, memory_bytes: int, cpu_seconds: int) -> int:
    """Limit this process, do the ``work`` that opens what was lent, and say what came of it."""
    order = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        tell({"done": work(order)})
    except Refused as refused:
        tell({"refused": [refused.code, refused.message_id, refused.params]})
    except MemoryError:
        tell({"exhausted": True})
    except Exception as fault:  # noqa: BLE001 - whatever a hostile file breaks is the file's fault
        tell({"broken": type(fault).__name__})
    return 0


def shut() -> None:
    """Let nothing more be opened in this process."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def borrowed(file: dict[str, str]) -> Reader:
    """Return a file that was lent, opened to be read anywhere."""
    key, path = _key(file), Path(file["path"])
    return opened(path, key) if key else reader(path)


def tell(said: Said) -> None:
    """Say something to whoever asked."""
    print(json.dumps(said), flush=True)  # noqa: T201 - it is read there


def _read(file: dict[str, str]) -> BinaryIO:
    key, path = _key(file), Path(file["path"])
    return cast("BinaryIO", io.BufferedReader(opened(path, key))) if key else path.open("rb")


def _write(file: dict[str, str]) -> BinaryIO:
    key = _key(file)
    target = Path(file["path"]).open("wb")  # noqa: SIM115 - whoever opened this closes it
    return cast("BinaryIO", io.BufferedWriter(Sealer(target, key), 1 << 16)) if key else target


def _key(file: dict[str, str]) -> FileKey | None:
    if "derived" not in file:
        return None
    return FileKey(bytes.fromhex(file["header"]), bytes.fromhex(file["derived"]))
