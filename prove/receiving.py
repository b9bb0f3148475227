"""Programs of subscribers, each a process of its own: what came is on the disk before it is taken.

``python -m prove.receiving push PORT FOLDER KEY FIRST MANY`` hears for so many subscribers, one at
each path; ``pull URL TOKENS FOLDER FIRST MANY SEED`` asks for as many. Each subscriber has one
file: a line for each message or page, in the order in which they came, and what was half written
when somebody pulled the plug is cut off. They know nothing of the program that they are told by.
"""

import base64
import json
import os
import random
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PAUSE_SECONDS = (0.5, 3.0)


class Journal:
    """What one subscriber has taken, line by line."""

    def __init__(self, path: Path) -> None:
        held = path.read_bytes() if path.exists() else b""
        whole = held[: held.rfind(b"\n") + 1]
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.ftruncate(self._file, len(whole))
        os.lseek(self._file, 0, os.SEEK_END)
        self.lines: list[dict[str, Any]] = [json.loads(line) for line in whole.splitlines()]
        self.lock = threading.Lock()
        self.numbers = {line.get("number") for line in self.lines}

    def take(self, line: dict[str, Any]) -> None:
        """Write a line; once this returns, it is there whatever happens."""
        os.write(self._file, json.dumps(line).encode() + b"\n")
        os.fsync(self._file)
        self.lines.append(line)
        self.numbers.add(line.get("number"))


def push(port: int, folder: Path, key: str, first: int, many: int) -> None:
    """Hear for so many subscribers from the ``first`` on, until killed."""
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_")))
    journals = {f"/{n}": Journal(folder / str(n)) for n in range(first, first + many)}

    class Hearing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            number, moment = self.headers["webhook-id"], self.headers["webhook-timestamp"]
            seal = base64.b64decode(self.headers["webhook-signature"].removeprefix("v1a,"))
            try:
                public.verify(seal, b".".join((number.encode(), moment.encode(), content)))
            except InvalidSignature:
                self._answer(400)
                return
            journal = journals[self.path]
            with journal.lock:
                if number not in journal.numbers:
                    journal.take({"number": number, "content": content.decode()})
                else:
                    (folder / "twice").open("a").write(f"{number}\n")
            self._answer(204)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *said: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Hearing).serve_forever()


def pull(url: str, tokens: str, folder: Path, first: int, seed: str) -> None:
    """Ask for as many subscribers as there are tokens, one after the other, until killed."""
    rng = random.Random(f"{seed} {time.time()}")  # noqa: S311 - when who asks matters to nobody
    asking = [(Journal(folder / str(n)), token) for n, token in enumerate(tokens.split(","), first)]
    while True:
        if not sum(_catch_up(url, token, journal, rng) for journal, token in asking):
            time.sleep(rng.uniform(*PAUSE_SECONDS))


def _catch_up(url: str, token: str, journal: Journal, rng: random.Random) -> int:
    """Take what there is for one subscriber; return how many pages that were."""
    pages = 0
    while rng.random() < 0.95:
        cursor = journal.lines[-1]["page"]["cursor"] if journal.lines else ""
        query = f"page_size={rng.choice((20, 60, 1000))}&cursor={cursor}"
        headers = {"Authorization": f"Bearer {token}"}
        asked = urllib.request.Request(f"{url}?{query}", headers=headers)  # noqa: S310 - on loopback
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - the same
                page = json.load(answer)
        except (OSError, ValueError):
            # Nobody answers, or stopped amid the answer.
            time.sleep(0.2)
            return pages
        if page["release"] is None:
            return pages
        journal.take({"page": page})
        pages += 1
    return pages


if __name__ == "__main__":
    kind, *words = sys.argv[1:]
    if kind == "push":
        push(int(words[0]), Path(words[1]), words[2], int(words[3]), int(words[4]))
    else:
        pull(words[0], words[1], Path(words[2]), int(words[3]), words[4])
