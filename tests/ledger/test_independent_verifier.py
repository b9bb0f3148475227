"""The verifier in Go, whose proof and signature code is not ours, must judge logs as we do."""

import os
import subprocess
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from prove import tlog
from yelin.ledger.verify import verify_log

pytestmark = pytest.mark.skipif(
    not tlog.is_possible(), reason=f"the verifier in Go needs {tlog.NEEDS}"
)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return tlog.build(tmp_path_factory.mktemp("tlog"))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def judge(program, tmp_path):
    """Return how the program judges a log: its exit code and what it prints."""

    def run(log, *known, former=()):
        files = []
        for number, signed in enumerate(known):
            files.append(tmp_path / f"known{number}")
            files[-1].write_text(signed)
        with served(log.folder) as url:
            done = subprocess.run(
                [
                    program,
                    "-vkey",
                    str(log.key),
                    *(word for key in former for word in ("-former", str(key))),
                    url,
                    *files,
                ],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
                env=os.environ | {"no_proxy": "127.0.0.1"},
            )
        return done.returncode, done.stdout

    return run


@pytest.mark.drawn(1)
@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_a_whole_log_is_accepted(judge, make_log, size):
    log = make_log(0, size // 2, size)
    assert judge(log, *log.checkpoints) == (0, f"ok {size} leaves\n")


@pytest.mark.long
def test_what_was_taken_over_of_a_broken_log_continues_its_checkpoints(judge, make_log):
    broken, present = make_log(300, 600), make_log(700, seed=2)
    first, last = broken.checkpoints
    assert judge(present, first)[0] == 1
    assert judge(present, first, last, former=[broken.key]) == (0, "ok 700 leaves\n")


@pytest.mark.long
@pytest.mark.slow
def test_a_log_of_three_levels_is_accepted(judge, make_log):
    log = make_log(300, 65_536, 70_000)
    assert judge(log, *log.checkpoints) == (0, "ok 70000 leaves\n")


def test_a_changed_entry_is_named(judge, make_log, published_entry):
    log = make_log(600)
    entries = list(log.entries)
    entries[300] = published_entry(9999)
    log.rewrite_entries(entries)
    code, says = judge(log)
    assert code == 1
    assert says.startswith("fault: entry 300 is not the leaf that the tiles have there\n")


@pytest.mark.long
def test_entries_that_changed_places_are_named(judge, make_log):
    log = make_log(600)
    entries = list(log.entries)
    entries[7], entries[300] = entries[300], entries[7]
    log.rewrite_entries(entries)
    code, says = judge(log)
    assert code == 1
    assert "fault: entry 7 is not the leaf" in says
    assert "fault: entry 300 is not the leaf" in says


@pytest.mark.long
def test_a_removed_entry_is_found(judge, make_log):
    log = make_log(600)
    log.rewrite_entries(log.entries[:590] + log.entries[591:])
    code, says = judge(log)
    assert code == 1
    assert "tile/entries/002.p/88 has 87 entries, not 88" in says


@pytest.mark.long
def test_a_changed_tile_is_found(judge, make_log):
    log = make_log(600)
    path = log.path_of(0, 1)
    path.write_bytes(bytes(32) + path.read_bytes()[32:])
    code, says = judge(log)
    assert code == 1
    assert "fault: tile/0/001: it is not what the entries hash to" in says


def test_a_cut_and_a_rewritten_log_are_found_by_an_older_checkpoint(
    judge, make_log, published_entry
):
    log = make_log(300, 600)
    cut = make_log(590)
    assert judge(cut)[0] == 0
    code, says = judge(cut, log.checkpoints[-1])
    assert code == 1
    assert "its tail was cut off" in says
    other = make_log()
    other.grow([*log.entries[:299], *map(published_entry, range(9000, 9301))])
    assert judge(other)[0] == 0
    code, says = judge(other, log.checkpoints[0])
    assert code == 1
    assert "of 300 leaves is not the beginning of the log" in says


@pytest.mark.long
def test_a_log_signed_by_another_key_is_refused(judge, make_log):
    log, strange = make_log(10), make_log(10, seed=2)
    strange.private = log.private
    code, says = judge(strange)
    assert code == 1
    assert "fault: the checkpoint" in says


def test_both_verifiers_accept_the_log_of_others(program, cases):
    vkey = (cases / "tessera-log.vkey").read_text().strip()
    known = [cases / "tessera-log" / f"checkpoint.{size}" for size in range(16)]
    with served(cases / "tessera-log") as url:
        done = subprocess.run(
            [program, "-vkey", vkey, url, *known],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=os.environ | {"no_proxy": "127.0.0.1"},
        )
    assert done.stdout == "ok 15 leaves\n"


@pytest.mark.long
def test_both_verifiers_agree_on_every_tampered_file(judge, make_log):
    log = make_log(20, 520)
    for path in sorted(log.folder.rglob("*")):
        # The form of a tile at an older size is not part of the log of 520.
        if path.is_dir() or path.match("000.p/20"):
            continue
        kept = path.read_bytes()
        path.write_bytes(kept[:-40] + bytes([kept[-40] ^ 1]) + kept[-39:])
        assert judge(log)[0] == 1, path
        assert not verify_log(log.source, [log.key]).is_whole, path
        path.write_bytes(kept)
    assert judge(log)[0] == 0
