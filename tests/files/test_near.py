"""Copies of what lies in a bucket: fetched once, whole, and gone with what they are copies of."""

import os
import threading
import time

import obstore
import pytest

from yelin.config import config
from yelin.files.near import Near
from yelin.files.shelf import Unreachable
from yelin.files.store import store
from yelin.operation import checks


class Fetching:
    """Hands out what is asked for in two pieces, and remembers who asked."""

    def __init__(self):
        self.asked = []
        self.breaks = False

    def __call__(self, key):
        self.asked.append(key)
        yield b"first half, "
        time.sleep(0.02)
        if self.breaks:
            raise Unreachable("the line broke")
        yield b"second half"


@pytest.fixture
def fetching():
    return Fetching()


def test_of_all_who_want_it_at_once_one_fetches_it(tmp_path, fetching):
    copies = Near(tmp_path, fetching, 1_000)
    threads = [threading.Thread(target=copies.of, args=["a/b"]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert copies.of("a/b").read_bytes() == b"first half, second half"
    assert fetching.asked == ["a/b"]
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_what_breaks_off_or_was_killed_is_fetched_anew(tmp_path, fetching):
    copies = Near(tmp_path, fetching, 1_000)
    fetching.breaks = True
    with pytest.raises(Unreachable):
        copies.of("a")
    assert list(tmp_path.iterdir()) == []
    fetching.breaks = False
    (tmp_path / "a.part").write_bytes(b"what a killed process left, which is longer than the whole")
    assert copies.of("a").read_bytes() == b"first half, second half"


def test_above_the_limit_the_least_used_goes_but_nothing_that_is_in_use(tmp_path, fetching):
    copies = Near(tmp_path, fetching, 50)
    written = {}
    for key, ago in {"old": 7_000, "older": 9_000, "new": 0}.items():
        path = copies.of(key)
        written[key] = path.stat().st_mtime_ns
        os.utime(path, ns=(int((time.time() - ago) * 1e9), written[key]))
    copies.of("newest")
    assert sorted(copies) == ["new", "newest"]
    copies.of("another")
    assert sorted(copies) == ["another", "new", "newest"]
    # Used again it is the same file to whoever looks when it was written.
    assert copies.of("new").stat().st_mtime_ns == written["new"]


def test_a_copy_goes_once_the_bucket_has_the_file_no_more(bucket):
    for key in ("releases/1/data", "releases/2/data"):
        store().put(key, [b"x"], None)
        store().at(key, None)
    # Another machine removes it.
    obstore.delete(store()._shelf.objects, "releases/1/data")
    draft = store().draft("kept/dead", None)
    draft.write_bytes(b"half")
    os.utime(draft, (0, 0))
    store().tidy()
    assert [path.exists() for path in (store().local("releases/1/data"), draft)] == [False, False]
    assert store().local("releases/2/data").exists()


@pytest.mark.django_db
def test_a_bucket_that_does_not_answer_is_told_without_its_key(bucket, monkeypatch):
    assert {found.level for found in checks.store()} == {"well"}
    wrong = {"store_key": "mistaken-secret", "store_endpoint": "http://127.0.0.1:9"}
    for name, value in wrong.items():
        monkeypatch.setitem(config.__dict__, name, value)
        monkeypatch.setattr(config.__class__, "root", config.root / name)
        (found,) = checks.store()
        assert found.level == "wrong"
        assert "secret" not in found.says + found.mend
