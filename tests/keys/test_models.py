"""Data keys: wrapped under a master key, wrapped anew, destroyed for good."""

import pytest
from django.db import IntegrityError, connection

from yelin.config import config
from yelin.keys import models
from yelin.keys.master import MasterGone, keeper
from yelin.keys.models import DataKey, Destroyed
from yelin.keys.sealing import SealBroken
from yelin.law import clock
from yelin.things.models import Thing

pytestmark = pytest.mark.django_db(transaction=True)


def make_key() -> DataKey:
    return DataKey.objects.of(Thing.objects.create(kind="entry"), at=clock.now())


def masters() -> list[str]:
    return sorted(path.name for path in (config.root / "keys/master").iterdir())


def test_a_thing_has_one_living_key():
    key = make_key()
    assert DataKey.objects.of(key.thing, at=clock.now()) == key
    with pytest.raises(IntegrityError):
        DataKey.objects.create(thing=key.thing, master="1", wrapped=b"x", made_at=clock.now())


def test_no_key_lies_in_the_clear_in_the_database():
    key = make_key()
    with connection.cursor() as cursor:
        cursor.execute("SELECT k::text FROM keys_datakey k")
        written = str(cursor.fetchall())
    assert key.secret().reveal().hex() not in written


def test_a_wrapped_key_fits_its_own_row_only():
    one, other = make_key(), make_key()
    one.wrapped = other.wrapped
    with pytest.raises(SealBroken):
        one.secret()


def test_rotation_wraps_all_anew_and_destroys_the_old_master_key():
    key = make_key()
    sealed, before = key.seal(b"x", "a"), bytes(key.wrapped)
    assert models.rotate() == 1
    assert masters() == ["2"]
    # A row that was read before the rotation finds its way by itself.
    assert key.unseal(sealed, "a") == b"x"
    assert bytes(DataKey.objects.get().wrapped) != before
    with pytest.raises(MasterGone):
        keeper().unwrap("1", before, b"")


def test_a_rotation_that_was_killed_is_run_again(monkeypatch):
    key = make_key()
    sealed = key.seal(b"x", "a")
    with monkeypatch.context() as killed:
        killed.setattr(DataKey, "wrap", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            models.rotate()
    assert masters() == ["1", "2"]
    assert key.unseal(sealed, "a") == b"x"
    models.rotate()
    assert masters() == ["3"]
    assert DataKey.objects.get().unseal(sealed, "a") == b"x"


@pytest.mark.duty("security.store")
def test_what_lies_under_a_destroyed_key_is_gone_even_with_an_old_copy_of_its_row():
    key = make_key()
    sealed = key.seal(b"x", "a")
    backup = DataKey.objects.get()
    DataKey.objects.get().destroy(clock.now())
    key.refresh_from_db()
    with pytest.raises(Destroyed):
        key.unseal(sealed, "a")
    # The backup of the row still holds the wrapped key, until the master key is rotated.
    assert backup.unseal(sealed, "a") == b"x"
    models.rotate()
    with pytest.raises(Destroyed):
        backup.unseal(sealed, "a")
    assert DataKey.objects.of(key.thing, at=clock.now()) != key
