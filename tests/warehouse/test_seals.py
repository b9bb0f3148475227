"""Nothing of what is not open lies in plain on any disk, whatever is killed meanwhile."""

import io
import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import RequestFactory
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_actor, make_body
from tests.running import running
from tests.thorough import some
from tests.warehouse.makers import make_release, make_upload

from yelin import gate
from yelin.catalog import acts as catalog
from yelin.cli import verifying
from yelin.config import config
from yelin.delivery import handing
from yelin.files.places import is_sealed, named
from yelin.files.store import sha256, store
from yelin.keys.models import DataKey, Destroyed, rotate
from yelin.keys.sealing import SealBroken
from yelin.law import clock
from yelin.ledger.models import Leaf
from yelin.surface import uploads as surface
from yelin.warehouse import acts, opened, tasks
from yelin.warehouse.engine import Engine
from yelin.warehouse.formats import MEDIA_TYPES
from yelin.warehouse.models import DATA, Leaving, Release, Upload
from yelin.warehouse.pipeline import Options
from yelin.warehouse.query import Question
from yelin.warehouse.receive import receive

pytestmark = pytest.mark.django_db(transaction=True)

CONDITIONAL = {"opening_type": "conditional", "opening_condition": "说明用途"}
TYPED = "年份,海口港,代码"
BEGUN = "begun"


def make_conditional(state="confirmed", **over):
    return make_entry(state=state, **CONDITIONAL, **over)


@pytest.fixture
def marker(tmp_path) -> str:
    """A value that stands nowhere else, neither in the database nor in any file."""
    # A second before, since the clock of files goes by steps.
    (tmp_path / BEGUN).touch()
    os.utime(tmp_path / BEGUN, (time.time() - 1,) * 2)
    return "机密" + uuid.uuid4().hex


def table(marker: str, rows: int = 30) -> str:
    """Return a table whose values, rejected rows and header all hold the marker."""
    lines = [f"{TYPED},{marker}头"]
    lines += [f"{n},{n},{marker}{n}" + ",x" for n in range(rows)]
    lines += [f"{marker}坏,1,{marker}值,x", f"2001,1,{marker}多,x,y"]
    return "\n".join(lines) + "\n"


def traces(marker: str) -> list[str]:
    """Return where the marker stands in plain: below the home, in the database's files, in rows."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        cluster = cursor.fetchone()[0]
        rows = _rows_with(cursor, marker)
    patterns = Path(cluster).parent / f"patterns-{uuid.uuid4()}"
    # Its letters alone, too: a number format or an escape may stand between the others.
    bare = marker.removeprefix("机密")
    written = [marker.encode(code) for code in ("utf-8", "gb18030")]
    wide = [bare.encode(code) for code in ("utf-16-le", "utf-16-be", "ascii")]
    patterns.write_bytes(b"\n".join([*written, *wide]) + b"\n")
    try:
        # What nobody has written to since there is a marker cannot hold it.
        since = ["-type", "f", "-newer", config.root.parent / BEGUN]
        hold = ["-exec", "grep", "-laF", "-f", patterns, "{}", "+"]
        found = subprocess.run(
            ["find", config.root, cluster, *since, *hold],
            capture_output=True,
            text=True,
            check=False,
            env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
        )
    finally:
        patterns.unlink()
    # The database goes on working beside the search, and removes files of its own.
    assert all("No such file" in line for line in found.stderr.splitlines()), found.stderr
    return found.stdout.splitlines() + rows


def _rows_with(cursor, marker: str) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = []
    for (name,) in cursor.fetchall():
        like = f'SELECT count(*) FROM "{name}" t WHERE t::text LIKE %s'  # noqa: S608 - its own name
        cursor.execute(like, [f"%{marker}%"])
        if cursor.fetchone()[0]:
            found.append(f"table {name}")
    return found


def plain_files() -> list[Path]:
    """Return every file of store and scratch that bears no seal."""
    return [
        path
        for folder in ("store", "scratch")
        for path in (config.root / folder).rglob("*")
        if path.is_file() and path.stat().st_size and not is_sealed(path)
    ]


@pytest.mark.long
def test_the_search_itself_finds_what_lies_in_plain(marker):
    (config.root / "x").parent.mkdir(parents=True, exist_ok=True)
    (config.root / "x").write_text(table(marker), encoding="gb18030")
    make_entry(title=marker)
    found = traces(marker)
    assert str(config.root / "x") in found
    assert "table catalog_entry" in found


def book(text: str) -> bytes:
    sheet = openpyxl.Workbook()
    for line in text.splitlines():
        sheet.active.append(line.split(","))
    held = io.BytesIO()
    sheet.save(held)
    return held.getvalue()


@pytest.mark.drawn(1)
@pytest.mark.duty("security.store")
@pytest.mark.parametrize(
    ("written", "filename"),
    [(str.encode, "t.csv"), (lambda text: text.encode("gb18030"), "t.csv"), (book, "t.xlsx")],
    ids=["utf-8", "gb18030", "xlsx"],
)
def test_no_value_of_what_is_not_open_lies_in_plain_on_the_whole_way(marker, written, filename):
    entry = make_conditional()
    steward = make_actor(entry.provider)
    upload = make_upload(entry, written(table(marker)), filename)
    assert upload.rows >= 30
    assert upload.rejected
    assert marker in str(upload.report)
    release = acts.publish(actor=steward, entry=entry, upload=upload, without_rejected=True)
    assert release.manifest["columns"][2]["low"].startswith(marker)
    decision = gate.decide(steward, "resource.read", entry)
    page = opened.table(decision, release).page(Question(sort=(("海口港", True),)))
    assert marker in page.rows[0]["代码"]
    assert marker in str(surface.rejected_page(steward, upload, Question()).rows)
    for fmt in MEDIA_TYPES:
        for for_excel in (False, True):
            handed = handing.download(steward, entry, Question(), fmt, for_excel=for_excel)
            assert is_sealed(handed.kept.place.path)
            with handed.kept.place.open("rb") as file:
                content = file.read()
            assert fmt in ("xlsx", "parquet") or marker.encode() in content
    assert traces(marker) == []
    assert plain_files() == []


@pytest.mark.long
def test_a_file_that_cannot_be_used_leaves_nothing_in_plain_either(marker):
    upload = make_upload(make_conditional(), f"{marker}甲,{marker}乙\n1,2\n")
    assert upload.state == "failed"
    assert upload.error
    assert traces(marker) == []


@pytest.mark.long
def test_with_no_items_yet_what_is_proposed_is_sealed(marker):
    upload = make_upload(make_conditional("registered", items=()), table(marker))
    assert marker in str(upload.report["preview"])
    assert traces(marker) == []


@pytest.mark.long
def test_a_file_sent_by_a_form_is_sealed_as_it_comes_in(client, marker):
    sent = SimpleUploadedFile("t.csv", (table(marker) * 5_000).encode())
    request = RequestFactory().post("/", {"file": sent})
    file = request.FILES["file"]
    assert file.size == sent.size
    assert plain_files() == []
    received = receive(file.chunks(1 << 20), file.name)
    request.close()
    assert (received.size, received.filename) == (sent.size, "t.csv")
    assert traces(marker) == []


LAST_SEEN = ("decoded.txt", "staged.parquet", "data.parquet", "grid.ndjson")
WORKER = """
import subprocess
import sys
from pathlib import Path
from tests import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from yelin.config import Config
Config.root = property(lambda _: Path(sys.argv[2]))
import django
django.setup()
from yelin.warehouse import tasks
tasks.prepare(sys.argv[3])
"""


@pytest.mark.long
@pytest.mark.slow
def test_a_worker_killed_in_the_middle_leaves_nothing_in_plain(marker):
    for last_seen in some(LAST_SEEN, part=1):
        leaves_nothing_in_plain(marker, last_seen)
        shutil.rmtree(config.root / "scratch")


def leaves_nothing_in_plain(marker, last_seen):
    """Kill a worker as soon as such a file of its own is there; look for what lies in plain."""
    entry = make_conditional()
    as_book = last_seen == "grid.ndjson"
    text = table(marker, 10_000 if as_book else 100_000)
    upload = acts.receive(
        actor=make_actor(entry.provider),
        entry=entry,
        received=receive([book(text) if as_book else text.encode("gb18030")], "t"),
        options=Options(),
    )
    command = [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], config.root]
    with running(
        [*command, str(upload.pk)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=Path(__file__).parents[2],
    ) as worker:
        deadline = time.monotonic() + 60
        while not list((config.root / "scratch").glob(f"*/{last_seen}")):
            assert worker.poll() is None, "it ended before it was seen"
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(0.05)
        worker.kill()
    assert list((config.root / "scratch").iterdir()), "it was killed too late to leave anything"
    assert plain_files() == []
    assert traces(marker) == []
    tasks.prepare(str(upload.pk))
    upload.refresh_from_db()
    assert upload.state == "ready"


def test_what_is_open_to_all_and_confirmed_lies_in_plain_and_its_original_does_not():
    release = make_release()
    assert release.sealed_by is None
    assert plain_files() == [store().local(release.copy(DATA).key)]
    assert "low" in str(release.manifest_kept)


def otherwise(release: Release) -> None:
    tasks.settle_seals.func(timestamp=0)
    release.refresh_from_db()
    release.upload.refresh_from_db()
    assert not Leaving.objects.exists()


@pytest.mark.duty("security.store")
def test_a_release_is_opened_once_its_entry_is_confirmed_as_open_and_stays_the_same():
    body = make_body()
    entry = make_entry(body, "registered")
    release = make_release(entry)
    before = (bytes(release.digest), release.manifest, release.files)
    assert release.sealed_by is not None
    catalog.submit(actor=make_actor(body), entry=entry)
    catalog.confirm(actor=make_actor(agency(), "officer"), entry=entry)
    otherwise(release)
    assert release.sealed_by is None
    assert (bytes(release.digest), release.manifest, release.files) == before
    assert plain_files() == [store().local(release.copy(DATA).key)]
    assert Leaf.objects.filter(act="warehouse.reseal").count() == 1
    otherwise(release)
    assert Leaf.objects.filter(act="warehouse.reseal").count() == 1


def close(entry) -> None:
    """Make an open entry conditional, as a confirmed revision does."""
    entry.opening_type, entry.opening_condition = "conditional", "说明用途"
    entry.save()


def test_a_release_is_sealed_once_its_entry_is_not_open_any_more(marker):
    release = make_release(text=f"{TYPED}\n2001,1,{marker}\n")
    data = store().local(release.copy(DATA).key)
    assert data.exists()
    close(release.entry)
    otherwise(release)
    assert not data.exists()
    assert plain_files() == []
    assert marker not in str(release.manifest_kept)
    assert sha256(release.copy(DATA).place) == release.files[0]["sha256"]
    assert verifying.releases() == 0


def unseal(release: Release) -> None:
    """Store a release and its upload as was done before there were seals."""
    rows = (release, release.upload)
    said = [row.said for row in rows]
    before = [copy for row in rows for copy in row.copies.values()]
    for row, words in zip(rows, said, strict=True):
        row.sealed_by = None
        row.said = words
        row.save()
    after = [copy for row in rows for copy in row.copies.values()]
    for old, new in zip(before, after, strict=True):
        new.take(old.place)
        store().delete(old.key)


@pytest.mark.long
def test_what_was_stored_before_there_were_seals_is_sealed(marker):
    release = make_release(make_conditional(), text=table(marker))
    unseal(release)
    assert len(plain_files()) == 5
    otherwise(release)
    assert plain_files() == []
    assert release.upload.sealed_by == release.sealed_by
    assert release.upload.sealed_by is not None
    assert verifying.releases() == 0


@pytest.mark.drawn(1)
@pytest.mark.parametrize("step", range(1, 8))
def test_sealing_that_is_killed_at_any_step_is_done_by_the_next_sweep(monkeypatch, step):
    release = make_release(make_conditional())
    unseal(release)
    files = {name: sha256(copy.place) for name, copy in release.copies.items()}
    done = []

    class Killed(BaseException):
        """What no code expects."""

    def after(function):
        def counted(*args, **kwargs):
            done.append(function)
            if len(done) == step:
                raise Killed
            return function(*args, **kwargs)

        return counted

    with monkeypatch.context() as dying:
        kept = type(store())
        dying.setattr(kept, "put", after(kept.put))
        dying.setattr(kept, "delete", after(kept.delete))
        dying.setattr(Leaving.objects, "bulk_create", after(Leaving.objects.bulk_create))
        with pytest.raises(Killed):
            tasks.settle_seals.func(timestamp=0)
    release.refresh_from_db()
    release.upload.refresh_from_db()
    assert {name: sha256(copy.place) for name, copy in release.copies.items()} == files
    otherwise(release)
    assert {name: sha256(copy.place) for name, copy in release.copies.items()} == files
    assert plain_files() == []


@pytest.mark.duty("security.store")
def test_what_is_destroyed_with_its_key_is_gone_and_the_ledger_still_verifies(capsys):
    release = make_release(make_conditional())
    steward = make_actor(release.entry.provider)
    release.sealed_by.destroy(clock.now())
    rotate()
    with pytest.raises(Destroyed):
        handing.rows(steward, release.entry, Question())
    assert verifying.releases() == 0
    assert "1 were destroyed" in capsys.readouterr().out
    otherwise(release)
    assert Leaf.objects.get(act="warehouse.publish").payload["facts"]["release"]["manifest"]


def test_neither_files_nor_documents_of_two_resources_can_be_exchanged():
    one, other = make_release(make_conditional()), make_release(make_conditional())
    Release.objects.filter(pk=one.pk).update(manifest_kept=other.manifest_kept)
    one.refresh_from_db()
    with pytest.raises(SealBroken):
        _ = one.manifest
    store().local(one.copy(DATA).key).write_bytes(store().local(other.copy(DATA).key).read_bytes())
    with pytest.raises(SealBroken):
        _ = one.copy(DATA).place


def test_no_key_stands_in_the_statements_that_the_engine_sees(monkeypatch):
    seen = []
    once = Engine._cursor
    monkeypatch.setattr(Engine, "_cursor", lambda *a: seen.append(a[1]) or once(*a))
    release = make_release(make_conditional())
    handing.rows(make_actor(release.entry.provider), release.entry, Question())
    assert seen
    keys = [key.secret().reveal().hex() for key in DataKey.objects.all()]
    assert not [sql for sql in seen for key in keys if key in sql]


def test_one_askers_table_cannot_be_named_once_it_is_let_go():
    release = make_release(make_conditional())
    decision = gate.decide(make_actor(release.entry.provider), "resource.read", release.entry)
    table_ = opened.table(decision, release)
    url = str(table_.files[0])
    assert re.fullmatch(r"sealed://[0-9a-f]{32}/releases/.*", url)
    assert named(url)
    del table_
    with pytest.raises(FileNotFoundError):
        named(url)


def test_uploads_lie_sealed_whatever_the_entry():
    upload = make_upload()
    assert Upload.objects.get(pk=upload.pk).sealed_by is not None
    assert plain_files() == []
