import gzip
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from yelin.ledger.sources import DirectorySource, HttpSource, Unavailable
from yelin.ledger.tiles import TILE_WIDTH, Tile, encode_entries
from yelin.ledger.verify import verify_log


@contextmanager
def served(answer):
    """Serve what ``answer(path)`` gives: status, headers and body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def folder_answer(folder):
    def answer(path):
        file = folder / path.removeprefix("/ledger/")
        if path.startswith("/ledger/") and file.is_file():
            return 200, {}, file.read_bytes()
        return 404, {}, b"none"

    return answer


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_a_log_is_verified_over_http_as_from_its_folder(make_log):
    log = make_log(300, 600)
    with served(folder_answer(log.folder)) as url:
        report = verify_log(HttpSource(url + "/"), [log.key], known=log.checkpoints)
    assert report.is_whole
    assert report == verify_log(log.source, [log.key], known=log.checkpoints)


def test_zipped_answers_are_read(make_log):
    log = make_log(3)
    plain = folder_answer(log.folder)

    def answer(path):
        status, _, body = plain(path)
        return status, {"Content-Encoding": "gzip"}, gzip.compress(body, mtime=0)

    with served(answer) as url:
        assert verify_log(HttpSource(url), [log.key]).is_whole


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, bytes(33)),
        ({}, bytes(31)),
        ({"Content-Encoding": "gzip"}, gzip.compress(bytes(50_000), mtime=0)),
        ({"Content-Encoding": "gzip"}, gzip.compress(bytes(32), mtime=0)[:-9]),
        ({"Content-Encoding": "gzip"}, bytes(20)),
    ],
)
def test_a_tile_of_another_length_is_refused(headers, body):
    with served(lambda _: (200, headers, body)) as url, pytest.raises(Unavailable):
        HttpSource(url).tile(0, 0, 1)


def test_an_endless_checkpoint_is_cut_off():
    with (
        served(lambda _: (200, {}, bytes(2 << 20))) as url,
        pytest.raises(Unavailable, match="longer than"),
    ):
        HttpSource(url).checkpoint()


def test_a_checkpoint_that_is_no_text_is_refused():
    with served(lambda _: (200, {}, b"\xff")) as url, pytest.raises(Unavailable, match="UTF-8"):
        HttpSource(url).checkpoint()


def test_a_redirect_stays_on_its_host():
    with served(lambda _: (200, {}, b"elsewhere")) as other:

        def answer(path):
            if path == "/ledger/checkpoint":
                return 302, {"Location": "/here"}, b""
            if path == "/here":
                return 200, {}, b"here"
            return 302, {"Location": other}, b""

        with served(answer) as url:
            source = HttpSource(url)
            assert source.checkpoint() == "here"
            with pytest.raises(Unavailable, match="leads away"):
                source.tile(0, 0, 256)


@pytest.mark.parametrize(
    "address", ["file:///etc", "ftp://127.0.0.1", "127.0.0.1", "http://", "data:text/plain,x"]
)
def test_only_http_addresses_are_asked(address):
    with pytest.raises(Unavailable, match="no http or https address"):
        HttpSource(address)


def test_a_redirect_to_a_file_is_refused():
    with (
        served(lambda _: (302, {"Location": "file:///etc/hostname"}, b"")) as url,
        pytest.raises(Unavailable),
    ):
        HttpSource(url).checkpoint()


def test_a_server_that_is_not_there_is_unavailable():
    with served(lambda _: (200, {}, b"")) as url:
        pass
    with pytest.raises(Unavailable, match="checkpoint"):
        HttpSource(url, timeout_seconds=2).checkpoint()


def test_a_server_that_does_not_answer_is_given_up():
    release = threading.Event()

    def answer(_):
        release.wait(20)
        return 200, {}, b""

    with served(answer) as url:
        try:
            with pytest.raises(Unavailable):
                HttpSource(url, timeout_seconds=0.2).checkpoint()
        finally:
            release.set()


def test_a_partial_tile_may_be_had_from_the_full_one(make_log):
    log = make_log(300)
    entries = log.entries[:TILE_WIDTH]
    for path in (Tile(0, 0, 40).path, Tile(None, 0, 40).path):
        assert not (log.folder / path).exists()
    assert log.source.tile(0, 0, 40) == log.tiles.get(0, 0)[: 40 * 32]
    assert log.source.entries(0, 40) == encode_entries(entries[:40])


def test_a_damaged_full_bundle_does_not_stand_in_for_a_partial_one(make_log):
    log = make_log(300)
    path = log.folder / Tile(None, 0).path
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Unavailable, match="in the middle"):
        log.source.entries(0, 40)


def test_what_is_not_in_the_folder_is_unavailable(tmp_path):
    source = DirectorySource(tmp_path)
    with pytest.raises(Unavailable, match="checkpoint: No such file"):
        source.checkpoint()
    with pytest.raises(Unavailable, match=r"tile/0/000\.p/1"):
        source.tile(0, 0, 1)
    with pytest.raises(Unavailable, match="tile/entries/000"):
        source.entries(0, 256)
