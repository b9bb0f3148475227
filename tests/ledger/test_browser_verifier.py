"""The verifier that runs in the reader's browser, here under Node, must judge receipts as we do."""

import base64
import json
import os
import re
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from yelin.ledger import entry, tree
from yelin.ledger.entry import Receipt, State
from yelin.ledger.tiles import Tile

MODULE = Path(__file__).parents[2] / "src/yelin/web/static/yelin/ledger.js"
SALT = bytes(16)

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None, reason="the browser's verifier is tested under Node.js"
)


class Site:
    """Serve logs as the platform does: each below its own name, with its list of leaves."""

    def __init__(self):
        self.logs = {}
        self.leaves = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def add(self, name, log, leaves=None):
        self.logs[name] = log
        self.leaves[name] = leaves if leaves is not None else told(log)
        return {
            "base": f"http://127.0.0.1:{self.server.server_port}/{name}",
            "vkey": str(log.key),
        }

    def answer(self, path):
        _, name, *rest = path.split("/")
        if rest[0] == "ledger":
            file = self.logs[name].folder / "/".join(rest[1:])
            return file.read_bytes() if file.is_file() else None
        leaf = self.leaves[name].get(rest[-1])
        return None if leaf is None else json.dumps(leaf).encode()

    def handler(self):
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = answer(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_):
                pass

        return Handler

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


def payload_of(number):
    return {"act": "catalog.register", "no": number}


def told(log, **changes):
    """What the platform says of every leaf of a log whose payloads are open to the reader."""
    return {
        entry.read_entry(one).hex(): {
            "h": base64.b64encode(entry.read_entry(one)).decode(),
            "index": number,
            "state": "published",
            "salt": base64.b64encode(SALT).decode(),
            "payload": payload_of(number),
        }
        | changes
        for number, one in enumerate(log.entries)
    }


def short(log, number):
    return entry.short(entry.read_entry(log.entries[number]))


def published(log, number, size=None):
    size = size or len(log.entries)
    at = next(one for one in log.checkpoints if f"\n{size}\n" in one)
    return Receipt(
        h=entry.read_entry(log.entries[number]),
        state=State.PUBLISHED,
        payload=payload_of(number),
        salt=SALT,
        index=number,
        size=size,
        proof=tuple(tree.inclusion(log.tiles, number, size)),
        checkpoint=at,
    )


def case(name, text, options, verdict, reason="", **expected):
    return {
        "name": name,
        "text": text,
        "options": options,
        "expected": {"verdict": verdict, "reason": reason, **expected},
    }


def altered(text, **changes):
    return json.dumps(json.loads(text) | changes)


def test_receipts_are_judged_in_the_browser_as_here(site, make_log, published_entry, tmp_path):
    cases = [*whole_cases(site, make_log), *tampered_cases(site, make_log, published_entry)]
    payloads = [
        {},
        {"b": 1, "a": [True, False, None, -5, 0, 2**53 - 1]},
        {"行为": "答复", "\ufb33": 1, "😀": 2, "": {"\u2028": '\u0000\t"\\/é'}},
        {"10": 1, "9": 2, "a": {"b": {"c": []}}, "__proto__": "own"},
    ]
    h = entry.commit(payloads[1], SALT)
    one = entry.short(h)
    receipt = Receipt(h=h, state=State.INTEGRATED, index=7).to_json()
    given = {
        "module": str(tmp_path / "ledger.mjs"),
        "cases": cases,
        "canonical": [
            {"value": payload, "text": entry.canonical(payload).decode()} for payload in payloads
        ],
        "h": h.hex(),
        "shorts": [
            one,
            one.lower(),
            f" {one[:30]}\r\n  {one[30:]}\u3000",
            "".join(chr(ord(c) + 0xFEE0) for c in one),
            one.replace("-", "—"),
            f"\ufeff{one[:9]}\u200b{one[9:]}",
            receipt,
            f"\ufeff {receipt}\n",
        ],
        "unreadable": [
            "",
            "YL1-",
            one[:-1],
            f"{one}0",
            one[4:],
            "{",
            "{}",
            altered(receipt, v=2),
            altered(receipt, kind="receipt"),
            altered(receipt, state="done"),
            altered(receipt, state="toString"),
            altered(receipt, state="pending"),
            altered(receipt, index=-1),
            altered(receipt, index="7"),
            altered(receipt, index=2**60),
            altered(receipt, h="AAAA"),
            altered(receipt, h=5),
            altered(receipt, more=1),
            altered(receipt, payload={"a": 1}),
            altered(receipt, payload=[], salt=base64.b64encode(SALT).decode()),
            altered(receipt, payload={"a": 1}, salt="AAAA"),
        ],
    }
    # Node takes a module for one by its ending; a browser by the tag that loads it.
    shutil.copy(MODULE, tmp_path / "ledger.mjs")
    (tmp_path / "cases.json").write_text(json.dumps(given))
    done = subprocess.run(
        ["node", "--test", Path(__file__).with_name("ledger.test.mjs")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"LEDGER_CASES": str(tmp_path / "cases.json"), "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    count = sum(len(given[name]) for name in ("cases", "canonical", "shorts", "unreadable"))
    assert int(re.search(r"^\S+ pass (\d+)$", done.stdout, re.MULTILINE)[1]) > count


def whole_cases(site, make_log):
    log = make_log(300, 600)
    at = site.add("whole", log)
    climb = ["node"] * len(tree.inclusion(log.tiles, 300, 600))
    yield case(
        "a short receipt is proved",
        short(log, 300),
        at,
        "proved",
        index=300,
        size=600,
        root=tree.root(log.tiles, 600).hex(),
        payload=payload_of(300),
        kinds=["payload", "leaf", *climb, "root", "signature"],
    )
    yield case(
        "a receipt of an older checkpoint is proved, and that the log only grew",
        published(log, 5, 300).to_json(),
        at,
        "proved",
        kinds=[
            "payload",
            "leaf",
            *["node"] * len(tree.inclusion(log.tiles, 5, 600)),
            "root",
            "history",
            "signature",
        ],
    )
    pending = Receipt(h=entry.read_entry(log.entries[5]), state=State.PENDING).to_json()
    yield case("a receipt kept since it was pending is proved now", pending, at, "proved")
    for size in (1, 2, 3, 255, 256, 257, 513):
        some = make_log(size)
        of_size = site.add(f"of{size}", some)
        for number in {0, size // 2, size - 1}:
            name = f"leaf {number} of {size} is proved"
            yield case(name, short(some, number), of_size, "proved", size=size, index=number)
    big = make_log(66_000)
    yield case(
        "a leaf of a tall tree is proved", short(big, 65_700), site.add("big", big), "proved"
    )

    bare = {
        h: {"h": h, "index": leaf["index"], "state": "published"} for h, leaf in told(log).items()
    }
    yield case(
        "an entry whose payload is not the reader's to see is proved without it",
        short(log, 9),
        site.add("bare", log, bare),
        "proved",
        payload=None,
    )
    full = make_log(200, 256)
    (full.folder / Tile(0, 0, 200).path).unlink()
    short_head = make_log(200)
    (full.folder / "checkpoint").write_text(short_head.checkpoints[0])
    yield case(
        "a partial tile is had from the full one", short(full, 9), site.add("full", full), "proved"
    )
    waiting = told(log, state="pending", index=None)
    yield case(
        "a pending leaf waits",
        short(log, 9),
        site.add("pending", log, waiting),
        "waiting",
        "pending",
    )
    young = make_log(300)
    yield case(
        "a leaf numbered but not yet under a checkpoint waits",
        short(log, 400),
        site.add("young", young, told(log)),
        "waiting",
        "integrated",
    )


def tampered_cases(site, make_log, published_entry):
    log = make_log(300, 600)
    at = site.add("log", log)
    proof = published(log, 300).to_json()
    yield case(
        "a leaf that the log does not know is absent", "YL1-" + "0" * 64, at, "absent", "unknown"
    )
    yield case(
        "a changed payload is refuted",
        altered(proof, payload=payload_of(301)),
        at,
        "refuted",
        "payload",
    )
    yield case("another place is refuted", altered(proof, index=301), at, "refuted", "root")
    yield case("a forged size is refuted", altered(proof, size=599), at, "refuted", "size")
    lies = told(log)
    lies[entry.read_entry(log.entries[5]).hex()]["index"] = 6
    lies[entry.read_entry(log.entries[6]).hex()]["payload"] = payload_of(7)
    lies[entry.read_entry(log.entries[7]).hex()]["index"] = "7"
    lying = site.add("lying", log, lies)
    yield case(
        "a server that names another place is refuted", short(log, 5), lying, "refuted", "root"
    )
    yield case(
        "a server that shows another payload is refuted", short(log, 6), lying, "refuted", "payload"
    )
    yield case(
        "a server that talks nonsense is not believed", short(log, 7), lying, "unable", "answer"
    )

    strange = make_log(600, seed=2)
    options = site.add("strange", strange) | {"vkey": str(log.key)}
    yield case(
        "another key's checkpoint is refuted", short(strange, 5), options, "refuted", "unsigned"
    )
    forged = make_log(600)
    head = (forged.folder / "checkpoint").read_text()
    (forged.folder / "checkpoint").write_text(head.replace("\n600\n", "\n599\n"))
    yield case(
        "an unsigned size is refuted",
        short(forged, 5),
        site.add("forged", forged),
        "refuted",
        "signature",
    )
    tile = make_log(600)
    path = tile.path_of(0, 2)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    yield case(
        "a changed tile is refuted", short(tile, 5), site.add("tile", tile), "refuted", "root"
    )
    hole = make_log(600)
    hole.path_of(1, 0).unlink()
    yield case(
        "a missing tile is refuted", short(hole, 5), site.add("hole", hole), "refuted", "tile"
    )
    gone = make_log(600)
    leaves = told(gone)
    (gone.folder / "checkpoint").unlink()
    yield case(
        "a log that is gone is refuted",
        short(gone, 5),
        site.add("gone", gone, leaves),
        "refuted",
        "gone",
    )

    cut = make_log(250)
    yield case(
        "a log shorter than the receipt's own checkpoint is refuted",
        published(log, 5, 300).to_json(),
        site.add("cut", cut),
        "refuted",
        "cut",
    )
    other = make_log()
    other.grow([*log.entries[:299], *map(published_entry, range(9000, 9301))])
    yield case(
        "a log whose past was rewritten after the receipt is refuted",
        published(log, 5, 300).to_json(),
        site.add("other", other),
        "refuted",
        "history",
    )
    nowhere = at | {"base": "http://127.0.0.1:1/nothing"}
    yield case(
        "a server that is not there proves nothing", short(log, 5), nowhere, "unable", "network"
    )
    yield case(
        "a key that is none proves nothing",
        short(log, 5),
        at | {"vkey": "nonsense"},
        "unable",
        "key",
    )
    yield case("what is no receipt is unreadable", "hello", at, "unreadable", "short")
