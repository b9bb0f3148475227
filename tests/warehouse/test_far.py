"""Data on its whole way with files in a bucket: brought in, published, taken, erased."""

from pathlib import Path

import obstore
import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.config import config
from yelin.delivery import handing, kept
from yelin.delivery.kept import Wanted
from yelin.files.places import is_sealed
from yelin.files.store import store
from yelin.keys.sealing import MARK
from yelin.warehouse import acts, opened, reads, serving, tasks
from yelin.warehouse.models import DATA, Leaving
from yelin.warehouse.query import Filter, Question

pytestmark = pytest.mark.django_db(transaction=True)

YEARS = "年份,海口港,代码\n" + "".join(f"{year},{year % 7},{year:03}\n" for year in range(1, 3_000))
OPEN: dict[str, str] = {}
CLOSED = {"opening_type": "conditional", "opening_condition": "说明用途"}


def objects():
    """Every object of the bucket by key, as it lies there."""
    shelf = store()._shelf.objects
    found = [item["path"] for batch in obstore.list(shelf) for item in batch]
    return {key: bytes(obstore.get(shelf, key).bytes()) for key in found}


def here(folder: str) -> list[Path]:
    return [path for path in (config.work / folder).rglob("*") if path.is_file()]


@pytest.mark.drawn(1)
@pytest.mark.duty("security.store")
@pytest.mark.parametrize("kind", [OPEN, CLOSED], ids=["open", "closed"])
def test_files_lie_in_the_bucket_alone_on_their_whole_way(bucket, kind, monkeypatch):
    monkeypatch.setattr(serving, "ROWS", 1)
    entry = make_entry(**kind)
    steward = make_actor(entry.provider)
    release = make_release(entry, YEARS)
    assert not (config.root / "store").exists()
    assert set(store().keys("releases")) == {copy.key for copy in release.copies.values()}

    decision = gate.decide(steward, "resource.read", entry)
    asked = Question((Filter("年份", "gte", "2990"),), sort=(("代码", True),), limit=3)
    page = opened.table(decision, release).page(asked)
    assert [row["年份"] for row in page.rows] == [2999, 2998, 2997]
    serving.lay(release, 0, descending=True)
    assert opened.table(decision, release).page(asked).rows == page.rows

    ask = Wanted(release, Question(), "csv")
    made = kept.made(ask, decision)
    file = made.reader()
    whole = file.read_at(0, file.size)
    assert (len(whole), whole.decode().replace("\r\n", "\n")) == (made.size, YEARS)
    assert file.read_at(len(whole) - 7, 100) == whole[-7:]
    file.close()
    assert kept.found(ask, decision) == made
    same = handing.download(steward, entry, Question(), "csv")
    assert same.kept == made

    for key, content in objects().items():
        is_open = kind is OPEN and (key == release.copy(DATA).key or key.startswith("kept/"))
        assert content.startswith(MARK) != is_open
    assert here("drafts") == []
    assert {path.relative_to(config.work / "near").parts[0] for path in here("near")} <= {
        "releases",
        "kept",
        "uploads",
    }
    assert all(is_sealed(path) for path in here("near") + here("serving")) == (kind is CLOSED)

    acts.erase(actor=steward, entry=entry, keys=[["2998"]], reason="当事人要求删除")
    tasks.redact.func(entry=str(entry.pk))
    release.refresh_from_db()
    assert list(reads.faults_of(release)) == []
    assert not Leaving.objects.exists()
    assert set(store().keys("releases")) == {copy.key for copy in release.copies.values()}
    page = opened.table(gate.decide(steward, "resource.read", entry), release).page(asked)
    assert [row["年份"] for row in page.rows] == [2999, 2997, 2996]
    serving.clear(release.redacted_at)
    kept.clear(release.redacted_at)
    store().tidy()
    assert all(
        path.match(f"*/{release.pk}/1/*") for path in here("near") if "releases" in str(path)
    )
    assert here("serving") == []
    assert "kept" not in {key.split("/")[0] for key in objects()}
