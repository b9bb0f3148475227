import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.warehouse.tables import bring, items

from yelin.warehouse import pipeline
from yelin.warehouse.engine import Cancelled, Engine, EngineError, connect, ident, literal
from yelin.warehouse.findings import Unfit
from yelin.warehouse.pipeline import prepare

MEMORY = r"""
import re, sys
from pathlib import Path
from yelin.warehouse.items import ItemSpec
from yelin.warehouse.pipeline import prepare
work = Path(sys.argv[1])
specs = [ItemSpec("n", "I", key=True)]
specs += [ItemSpec(name, kind) for name, kind in zip("abcdefghi", "CCCNDTFLC")]
found = prepare(work / "in.csv", "in.csv", work / "out", specs)
# Not ru_maxrss: through exec it keeps the peak of the process that started this one.
peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
print(found.rows, found.refused, int(peak[1]) // 1024)
"""


@pytest.fixture(scope="module")
def long(tmp_path_factory) -> Path:
    """A table of 300,000 rows whose every thousandth row is bad."""
    path = tmp_path_factory.mktemp("long") / "in.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("n,a,b,c,d,e,f,g,h,i\n")
        for n in range(300_000):
            amount = "x" if n % 1_000 == 500 else f"{n * 7 % 99_991}.25"
            stream.write(
                f'{n},46{n % 9_999:04},企业名称{n},"海南省海口市, {n % 977}号",{amount},'
                f"20{n % 20:02}-0{n % 9 + 1}-1{n % 10},2020-01-02 03:04:{n % 60:02},"
                f"{n / 7:.6f},是,\n"
            )
    return path


@pytest.mark.long
def test_memory_stays_below_a_gibibyte(tmp_path, long):
    """The slice of ``prove/five_million.py`` that fits every test run."""
    run = subprocess.run(
        [sys.executable, "-c", MEMORY, str(long.parent)], capture_output=True, text=True, check=True
    )
    rows, refused, peak_mib = map(int, run.stdout.split())
    assert (rows, refused) == (299_700, 300)
    assert peak_mib < 1_024


def test_it_knows_of_no_database():
    """Whatever reads hostile files, here or on the nodes of a cluster, is a process of its own."""
    told = "import sys, yelin.warehouse.pipeline; sys.exit('django.db' in sys.modules)"
    kept = {name: said for name, said in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    assert subprocess.run([sys.executable, "-c", told], env=kept, check=False).returncode == 0


def test_what_was_made_is_told_with_its_length_and_both_digests(tmp_path):
    found = bring(tmp_path, b"n,name\n1,a\nx,b\n", "n:N", "name:C")
    told = {file["name"]: file for file in found.prepared.files}
    assert sorted(told) == ["data.parquet", "rejected.parquet"]
    for name, file in told.items():
        content = (found.work / name).read_bytes()
        assert file["bytes"] == len(content)
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["sm3"] == hashlib.new("sm3", content).hexdigest()


def test_a_long_file_has_less_room_until_it_needs_all(tmp_path, monkeypatch):
    rooms, enough = [], []

    def room(*, memory_mb, **told):
        rooms.append(memory_mb)
        # Less than the engine needs to begin with, where it is not all that there is.
        return connect(memory_mb=memory_mb if memory_mb in enough else 1, **told)

    monkeypatch.setattr(pipeline, "LONG", 0)
    monkeypatch.setattr(pipeline, "connect", room)
    for whole, asked in ((256, [256]), (384, [256, 384])):
        enough[:] = [whole]
        found = bring(tmp_path, "a,b\n1,x\n2,y\n", "a:I", "b:C")
        assert (found.rows, rooms) == ([(1, "x"), (2, "y")], asked)
        rooms.clear()
    enough.clear()
    with pytest.raises(Unfit, match="more memory than there is"):
        bring(tmp_path, "a,b\n1,x\n2,y\n", "a:I", "b:C")


@pytest.mark.parametrize(("columns", "first"), [(15, 256), (18, 306), (22, 374), (23, 384)])
def test_a_long_file_has_room_for_two_threads_to_write_its_columns(
    tmp_path, monkeypatch, columns, first
):
    rooms = []

    def room(*, memory_mb, **told):
        rooms.append(memory_mb)
        return connect(memory_mb=memory_mb, **told)

    monkeypatch.setattr(pipeline, "LONG", 0)
    monkeypatch.setattr(pipeline, "connect", room)
    names = [f"c{number}" for number in range(columns)]
    line = ",".join("x" for _ in names)
    bring(tmp_path, f"{','.join(names)}\n{line}\n", *(f"{name}:C" for name in names))
    assert rooms == [first]


@pytest.mark.long
def test_progress_goes_forward_and_ends_whole(tmp_path, long):
    told = []
    specs = items("n:I#", "a:C", "b:C", "c:C", "d:N", "e:D", "f:T", "g:F", "h:L", "i:C")
    prepare(long, "in.csv", tmp_path / "out", specs, report=told.append)
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert told[-1].done == 1.0
    assert {one.stage for one in told} == {"decode", "parse", "conform", "measure"}
    assert told[-1].rows == 299_700 + 300
    assert told[-1].rows_per_second


def test_what_is_written_is_told_as_its_part_of_the_whole(tmp_path, monkeypatch):
    run = Engine.run

    def by_quarters(engine, sql, *more, report=None, **named):
        answer = run(engine, sql, *more, **named)
        for done in (0.25, 1.0) if report else ():
            report(done)
        return answer

    monkeypatch.setattr(Engine, "run", by_quarters)
    source, told = tmp_path / "in.csv", []
    source.write_text("n,v\n1,2\n2,x\n")
    prepare(source, "in.csv", tmp_path / "out", items("n:I", "v:I"), report=told.append)
    # Half of the stage brings it to rows, and of the rest a part asks, one writes, one refuses.
    asked, quarter, written, refused = [one.done for one in told if one.stage == "conform"][-4:]
    whole = refused - asked
    parts = [round((part - asked) / whole, 2) for part in (quarter, written, refused)]
    assert parts == [0.21, 0.86, 1.0]


def test_work_that_is_called_off_stops_soon(tmp_path, long):
    class Stop(Exception):
        pass

    def report(progress):
        if progress.done > 0.3:
            raise Stop

    with pytest.raises((Stop, Cancelled)):
        prepare(long, "in.csv", tmp_path / "out", items("n:I"), report=report)


def test_a_run_may_be_repeated_over_what_another_left(tmp_path):
    first = bring(tmp_path, "a,b\n1,x\n2,y\n3\n", "a:I", "b:C")
    leavings = (first.work / "data.parquet").read_bytes()
    (first.work / "data.parquet").write_bytes(b"half a file")
    (first.work / "regular.csv").write_bytes(b"half a file")
    second = bring(tmp_path, "a,b\n1,x\n2,y\n3\n", "a:I", "b:C")
    assert (second.work / "data.parquet").read_bytes() == leavings
    assert sorted(path.name for path in second.work.iterdir()) == [
        "data.parquet", "lines.parquet", "rejected.parquet", "structure.parquet",
    ]  # fmt: skip


def test_everything_that_is_known_can_be_written_as_json(tmp_path):
    found = bring(tmp_path, "标题,,\na,b,c\n1,x,\n2,,x\n3\n", "a:I#", "b:C!", "c:N").prepared
    told = found.as_dict()
    assert json.loads(json.dumps(told)) == told
    assert told["source"]["encoding"] == "utf-8"
    assert told["columns"][0] == {
        "name": "a", "type": "I", "codes": "", "duckdb_type": "BIGINT", "as_text": False,
        "scale": None, "nulls": 0, "distinct": 1, "low": "1", "high": "1", "longest": 1,
    }  # fmt: skip
    assert told["mapping"][0] == {"item": "a", "header": "a"}
    assert told["reasons"] == {"fields": 1, "required": 1, "type": 1}


def test_statistics_say_what_a_column_holds(tmp_path):
    text = "a,b,c,d\n1,x,2020-01-01,是\n3,海南省,,否\n,,2019-05-06,\n90071992547409930,x,,是\n"
    columns = bring(tmp_path, text, "a:I", "b:C", "c:D", "d:L").prepared.columns
    assert [(c.nulls, c.low, c.high, c.longest, c.as_text) for c in columns] == [
        (1, "1", "90071992547409930", 17, True),
        (1, "x", "海南省", 3, False),
        (2, "2019-05-06", "2020-01-01", 10, False),
        (1, "false", "true", 5, False),
    ]


def test_messages_are_ids_with_their_values_apart(tmp_path):
    with pytest.raises(Unfit) as unfit:
        bring(tmp_path, b"%PDF-1.7", "a:C", name="表.csv")
    assert "{filename}" in unfit.value.message_id
    assert unfit.value.params["filename"] == "表.csv"
    assert str(unfit.value).startswith("“表.csv” is in truth a PDF file")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/proc/self/environ')",
        "COPY (SELECT 1) TO '/tmp/yelin-escape.csv'",
        "ATTACH '/tmp/yelin-escape.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET threads = 7",
        "RESET lock_configuration",
        "SELECT * FROM read_csv('{root}/../secret.csv')",
        "CREATE SECRET s (TYPE s3)",
    ],
)
def test_the_engine_reaches_only_its_folders(tmp_path, sql):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (tmp_path / "root").mkdir()
    with connect(memory_mb=64, roots=[tmp_path / "root"]) as engine, pytest.raises(EngineError):
        engine.rows(sql.format(root=tmp_path / "root"))


def test_the_engine_reads_and_writes_below_its_roots(tmp_path):
    with connect(memory_mb=64, roots=[tmp_path]) as engine:
        target = literal(str(tmp_path / "o'x.csv"))
        name = ident('a"b')
        engine.rows(f"COPY (SELECT 1 AS {name}) TO {target}")
        assert engine.rows(f"FROM read_csv({target})") == [(1,)]


def test_a_statement_is_interrupted_from_another_thread(tmp_path):
    with connect(memory_mb=128, roots=[tmp_path]) as engine:
        threading.Timer(0.3, engine.interrupt).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            engine.run("SELECT count(*) FROM range(100000000000) a, range(1000) b", report=print)
        assert time.monotonic() - began < 20


def test_rows_are_streamed_and_not_gathered(tmp_path):
    with connect(memory_mb=128, roots=[tmp_path]) as engine:
        rows = engine.stream("SELECT i, 'x' || i FROM range(10000000000) t(i)")
        assert [next(rows) for _ in range(3)] == [(0, "x0"), (1, "x1"), (2, "x2")]
        rows.close()
