import stat

import pytest

from yelin.config import config
from yelin.files.places import Sealed, is_sealed, size_of
from yelin.files.store import scratch, sha256, store
from yelin.keys.models import DataKey
from yelin.keys.sealing import SealBroken
from yelin.law import clock
from yelin.things.models import Thing

CONTENT = b"0123456789" * 100_000


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def key(db) -> DataKey:
    return DataKey.objects.of(Thing.objects.create(kind="entry"), at=clock.now())


def test_nobody_else_on_the_machine_enters_the_files():
    open_to_all = config.root / "scratch"
    open_to_all.mkdir(parents=True, mode=0o755)
    store()
    scratch()
    for folder in ("store", "scratch"):
        assert stat.S_IMODE((config.root / folder).stat().st_mode) == 0o700


def test_bytes_are_kept_and_removed_by_their_keys(source):
    store().put("releases/1/data", source, None)
    store().put("releases/2/data", store().at("releases/1/data", None), None)
    store().delete("releases/gone", "releases/1/data")
    store().delete("releases/1/data")
    assert list(store().keys("releases")) == ["releases/2/data"]
    assert store().local("releases/2/data").read_bytes() == CONTENT


def test_sealed_bytes_read_as_they_were_and_lie_as_noise(source, key):
    store().put("a", source, key)
    place = store().at("a", key)
    assert isinstance(place, Sealed)
    assert (size_of(place), sha256(place)) == (len(CONTENT), sha256(source))
    with place.opened() as file:
        assert file.read_at(700_003, 5) == b"34567"
    assert is_sealed(place.path)
    assert b"0123456789" not in place.path.read_bytes()


def test_sealed_is_not_read_as_plain_nor_plain_as_sealed(source, key):
    store().put("sealed", source, key)
    store().put("plain", source, None)
    for name, sealed_by in (("sealed", None), ("plain", key)):
        with pytest.raises(SealBroken):
            store().at(name, sealed_by)


def test_a_sealed_file_cannot_stand_in_for_another(source, key):
    store().put("a", source, key)
    store().local("b").write_bytes(store().local("a").read_bytes())
    with pytest.raises(SealBroken):
        store().at("b", key).open("rb")


def test_what_lies_in_scratch_is_sealed():
    place = scratch() / "x"
    with place.open("wb") as file:
        file.write(CONTENT)
    assert is_sealed(place.path)
    assert sha256(scratch() / "x") == sha256(place)


@pytest.mark.parametrize("key", ["", "/etc/passwd", "releases/../../x"])
def test_no_key_leads_out_of_the_store(key):
    with pytest.raises(ValueError, match="not a key"):
        store().local(key)
