"""Files under keys, wherever they lie: a folder and a bucket keep the same promises."""

import os
import stat
import subprocess
import sys
from datetime import timedelta
from itertools import repeat

import obstore
import pytest
from tests.running import running

from yelin.config import config
from yelin.files.places import Sealed, is_sealed, size_of
from yelin.files.store import scratch, sha256, store
from yelin.keys.models import DataKey, Destroyed
from yelin.keys.sealing import SealBroken
from yelin.law import clock
from yelin.things.models import Thing

CONTENT = b"0123456789" * 100_000
MEGABYTE = b"x" * 1_000_000


@pytest.fixture(params=["folder", "bucket"])
def either(request) -> dict[str, str]:
    """Let files lie in a folder, then in a bucket; return the settings that say so."""
    return request.getfixturevalue("bucket") if request.param == "bucket" else {}


@pytest.fixture
def key(db) -> DataKey:
    return DataKey.objects.of(Thing.objects.create(kind="entry"), at=clock.now())


def put(key, sealed_by=None, content=CONTENT):
    store().put(key, [content], sealed_by)


def read(key, sealed_by=None):
    return b"".join(store().read(key, sealed_by))


def raw(key):
    """The very bytes that lie under ``key``."""
    return bytes(obstore.get(store()._shelf.objects, key).bytes())


def keys(prefix="releases"):
    return sorted(store().keys(prefix))


def test_nobody_else_on_the_machine_enters_the_files(bucket):
    open_to_all = config.work / "scratch"
    open_to_all.mkdir(parents=True, mode=0o755)
    store()
    scratch()
    for folder in ("near", "drafts", "scratch"):
        assert stat.S_IMODE((config.work / folder).stat().st_mode) == 0o700


def test_bytes_are_kept_and_removed_by_their_keys(either):
    put("releases/1/data")
    store().put("releases/2/data", store().read("releases/1/data", None), None)
    store().delete("releases/gone", "releases/1/data")
    store().delete("releases/1/data")
    assert keys() == ["releases/2/data"]
    assert read("releases/2/data") == CONTENT == store().at("releases/2/data", None).read_bytes()
    (size,) = (size for _, size, _ in store().weights("releases"))
    assert size == len(CONTENT)
    assert not store().has("releases/1/data", None)
    with pytest.raises(FileNotFoundError):
        store().read("releases/1/data", None)
    soon = clock.now() + timedelta(minutes=1)
    assert list(store().stale("releases", soon)) == [["releases/2/data"]]
    assert list(store().stale("releases", soon - timedelta(hours=1))) == [[]]
    assert list(store().stale("elsewhere", soon)) == []


def test_sealed_bytes_read_as_they_were_and_lie_as_noise(either, key):
    put("a", key)
    place = store().at("a", key)
    assert isinstance(place, Sealed)
    assert (size_of(place), sha256(place)) == (len(CONTENT), sha256_of(CONTENT))
    for file in (place.opened(), store().reader("a", key)):
        assert file.size == len(CONTENT)
        assert file.read_at(700_003, 5) == b"34567"
        assert file.read_at(len(CONTENT) - 3, 10) == b"789"
        file.close()
    assert read("a", key) == CONTENT
    assert place.path.read_bytes() == raw("a")
    assert b"0123456789" not in raw("a")


def sha256_of(content):
    place = scratch() / "same"
    with place.open("wb") as file:
        file.write(content)
    return sha256(place)


def test_sealed_is_not_read_as_plain_nor_plain_as_sealed(either, key):
    put("sealed", key)
    put("plain")
    for name, sealed_by in (("sealed", None), ("plain", key)):
        for ask in (store().at, store().reader):
            with pytest.raises(SealBroken):
                ask(name, sealed_by)


def test_a_sealed_file_cannot_stand_in_for_another_nor_be_cut(either, key):
    put("a", key)
    for name, content in (("b", raw("a")), ("a", raw("a")[:-1]), ("c", raw("a")[:50])):
        obstore.put(store()._shelf.objects, name, content)
        store()._shelf.forget(name)
        for ask in (lambda name: store().at(name, key).opened(), lambda name: read(name, key)):
            with pytest.raises(SealBroken):
                ask(name)


def test_a_wrong_key_opens_nothing_and_a_destroyed_one_is_told_as_such(either, key):
    put("a", key)
    other = DataKey.objects.of(Thing.objects.create(kind="entry"), at=clock.now())
    key.destroy(clock.now())
    for ask in (store().at, store().reader, store().has, store().draft):
        with pytest.raises(Destroyed):
            ask("a", key)
    for ask in (store().at, store().reader):
        with pytest.raises(SealBroken):
            ask("a", other)


def test_what_was_made_as_a_draft_is_there_once_it_is_kept(either, key):
    for sealed_by in (key, None):
        place = store().draft("kept/1", sealed_by)
        with place.open("wb") as file:
            file.write(CONTENT)
        store().keep("kept/1")
        assert read("kept/1", sealed_by) == CONTENT
        assert sha256(store().at("kept/1", sealed_by)) == sha256_of(CONTENT)
        store().delete("kept/1")
        assert not store().has("kept/1", sealed_by)
        assert not store().local("kept/1").exists()


def test_what_breaks_off_on_its_way_in_is_never_seen(either, key):
    def broken():
        yield from repeat(MEGABYTE, 20)
        raise ConnectionResetError

    for sealed_by in (key, None):
        with pytest.raises(ConnectionResetError):
            store().put("releases/1/data", broken(), sealed_by)
        assert keys() == []
        store().put("releases/1/data", repeat(MEGABYTE, 20), sealed_by)
        assert sum(map(len, store().read("releases/1/data", sealed_by))) == 20_000_000
        store().delete("releases/1/data")


SENDER = """
from itertools import repeat
from yelin.config import config
from yelin.files.bucket import Bucket, bucket_of
from yelin.files.shelf import Folder
far = config.store and Bucket(bucket_of(config), config.work, 0)
def slowly():
    yield from repeat(b"x" * 1_000_000, 40)
    print("sent", flush=True)
    yield from repeat(b"")
(far or Folder(config.root / "store")).put("releases/1/data", slowly())
"""


@pytest.mark.drawn(1)
def test_a_process_killed_while_it_sends_leaves_nothing_to_be_seen(either):
    store()
    told = os.environ | {"YELIN_HOME": str(config.root)} | either
    with running([sys.executable, "-c", SENDER], env=told, stdout=subprocess.PIPE) as sender:
        assert sender.stdout.readline() == b"sent\n"
        sender.kill()
    assert not store().has("releases/1/data", None)
    put("releases/1/data")
    assert read("releases/1/data") == CONTENT


def test_what_lies_in_scratch_is_sealed():
    place = scratch() / "x"
    with place.open("wb") as file:
        file.write(CONTENT)
    assert is_sealed(place.path)
    assert sha256(scratch() / "x") == sha256(place)


@pytest.mark.parametrize("key", ["", "/etc/passwd", "releases/../../x"])
def test_no_key_leads_out_of_the_store(key):
    for ask in (store().local, put, read):
        with pytest.raises(ValueError, match="not a key"):
            ask(key)
