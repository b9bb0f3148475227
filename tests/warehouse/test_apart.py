"""Data of grade 4 lies under master keys of its own; without them nothing of it is given."""

import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor
from tests.warehouse.makers import make_release, make_upload

from yelin.config import config
from yelin.delivery import handing
from yelin.delivery.models import Kept
from yelin.files.store import store
from yelin.keys import models as keys
from yelin.keys.master import MasterGone, keeper
from yelin.keys.models import DataKey
from yelin.keys.sealing import SealBroken
from yelin.surface import problems
from yelin.warehouse import tasks
from yelin.warehouse.models import Upload
from yelin.warehouse.query import Question

pytestmark = pytest.mark.django_db(transaction=True)

CLOSED = {"opening_type": "none", "opening_condition": ""}


def asks(release):
    """What fails for whoever may have the data: rows, a file, the next version."""
    steward = make_actor(release.entry.provider)
    yield lambda: handing.rows(steward, release.entry, Question())
    yield lambda: handing.download(steward, release.entry, Question(), "csv")
    yield lambda: make_upload(release.entry)


def require_nothing_given(release, fault):
    uploads, lying = Upload.objects.count(), set(store().keys(""))
    for ask in asks(release):
        with pytest.raises(fault) as told:
            ask()
        problem = problems.of(told.value)
        assert problem.status == 503
        assert "7217" not in str(problem.document())
    assert (Upload.objects.count(), Kept.objects.count()) == (uploads, 0)
    assert set(store().keys("")) == lying


@pytest.mark.duty("security.store", "security.grade")
def test_grade_4_lies_under_a_master_key_apart_and_closes_with_it(tmp_path, monkeypatch):
    apart = tmp_path / "medium"
    apart.mkdir()
    monkeypatch.setitem(config.__dict__, "apart_keys", apart)
    release, other = (make_release(make_entry(grade=grade, **CLOSED)) for grade in (4, 3))
    assert [each.sealed_by.lies_apart for each in (release, other)] == [True, False]
    assert [path.name for path in apart.iterdir()] == ["1"]
    assert keys.known() == {"1", "apart-1"}
    row = release.sealed_by
    with pytest.raises(SealBroken):
        keeper().unwrap("1", bytes(row.wrapped), row._about)

    right = (apart / "1").read_bytes()
    (apart / "1").write_bytes(right[::-1])
    require_nothing_given(release, SealBroken)
    (apart / "1").write_bytes(right)
    apart.rename(tmp_path / "away")
    require_nothing_given(release, MasterGone)
    assert not apart.exists()
    assert keys.known() == {"1"}
    steward = make_actor(other.entry.provider)
    assert handing.rows(steward, other.entry, Question()).page.total == 3
    (tmp_path / "away").rename(apart)
    keys.rotate()
    assert keys.known() == {"2", "apart-2"}
    steward = make_actor(release.entry.provider)
    assert handing.rows(steward, release.entry, Question()).page.total == 3


@pytest.mark.duty("security.store")
def test_what_comes_to_grade_4_is_set_apart_within_a_minute():
    release = make_release(make_entry(grade=3, **CLOSED))
    entry = release.entry
    assert not release.sealed_by.lies_apart
    entry.items.filter(name="代码").update(grade=4)
    tasks.settle_seals.func(timestamp=0)
    key = DataKey.objects.get(pk=release.sealed_by_id)
    assert key.lies_apart
    assert DataKey.objects.set_apart() == 0
    assert handing.rows(make_actor(entry.provider), entry, Question()).page.total == 3
