"""The house about itself: what the plan asks of every room."""

import ast
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest
from django.apps import apps

from yelin.law import conformance

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "yelin"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
# What may stand before a module's own words.
BEFORE = {tokenize.ENCODING, tokenize.COMMENT, tokenize.NL}


def test_a_module_opens_with_a_sentence_that_says_what_it_is_for():
    for path in MODULES:
        with path.open("rb") as file:
            first = next(one for one in tokenize.tokenize(file.readline) if one.type not in BEFORE)
        assert first.type == tokenize.STRING, path
        assert len(ast.literal_eval(first.string).split()) > 3, path


def test_no_module_is_called_by_a_name_that_says_nothing():
    said_nothing = {"utils", "helpers", "common", "manager", "managers", "misc", "data", "info"}
    assert not [path for path in MODULES if path.stem in said_nothing]


def test_no_generic_foreign_key_and_no_row_points_upward():
    floors = [
        "things",
        "keys",
        "files",
        "outbound",
        "notices",
        "parties",
        "law",
        "ledger",
        "gate",
        "registers",
        "catalog",
        "warehouse",
        "pulling",
        "cases",
        "delivery",
    ]
    for model in apps.get_models():
        label = model._meta.app_label
        if label not in floors:
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if field.auto_created or target is None or target._meta.app_label not in floors:
                continue
            assert floors.index(target._meta.app_label) <= floors.index(label), (model, field.name)
    for path in MODULES:
        assert "GenericForeignKey" not in path.read_text(encoding="utf-8"), path


def test_ledger_rows_are_written_by_the_ledger_alone():
    for path in MODULES:
        if path.parent.name == "ledger":
            continue
        text = path.read_text(encoding="utf-8")
        for written in (
            "Leaf.objects.create",
            " Leaf(",
            "Checkpoint.objects.create",
            "Tile.objects",
        ):
            assert written not in text, (path, written)


@pytest.mark.parametrize(
    ("engine", "door"),
    [
        ("duckdb", {"warehouse/engine.py"}),
        ("pyspark", {"warehouse/cluster.py", "warehouse/sealed_source.py"}),
        ("py4j", {"warehouse/cluster.py"}),
    ],
)
def test_an_engine_is_opened_by_the_one_module_that_is_its_door(engine, door):
    importers = {
        path.relative_to(SOURCE).as_posix()
        for path in MODULES
        for name in imported(path, {engine})
        if name.partition(".")[0] == engine
    }
    assert importers == door


# What opens connections, and the modules that may: the two beside the room ask nobody for a party.
GOES_OUT = {
    "aiohttp",
    "asyncssh",
    "dns",
    "ftplib",
    "http.client",
    "httpcore2",
    "httpx",
    "httpx2",
    "pymysql",
    "requests",
    "smtplib",
    "socket",
    "urllib.request",
    "urllib3",
    "xmlrpc",
}
WAYS_OUT = {
    "outbound/door.py": "the way out itself",
    "outbound/calling.py": "the way out itself, for a process that waits for many at once",
    "outbound/sending.py": "it hands on what the way out connected",
    "pulling/mysql.py": "it speaks over a line that the way out connected",
    "pulling/sftp.py": "it speaks over a line that the way out connected",
    "ledger/sources.py": "an auditor's own command reads a log at the address that they type",
    "cli/streaming.py": "it answers and asks nobody",
    "cli/line.py": "it answers and asks nobody",
    "cli/packing.py": "it answers and asks nobody",
    "cli/whole.py": "it answers and asks nobody",
    "cli/passing.py": "it answers, and asks by the way out alone",
    "cli/relaying.py": "it answers, and asks by the way out alone",
    "operation/reads.py": "the operator's own command asks our own process whether it is up",
    "cli/showing.py": "the demo asks its own child process on loopback whether it is up",
}


def imported(path, among):
    """Names that a module imports, if it has one of those ``among`` them at all."""
    text = path.read_text(encoding="utf-8")
    if not any(all(part in text for part in name.split(".")) for name in among):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_there_is_no_way_out_but_outbound():
    ways = {
        path.relative_to(SOURCE).as_posix()
        for path in MODULES
        for name in imported(path, GOES_OUT)
        if any(name == way or name.startswith(f"{way}.") for way in GOES_OUT)
    }
    assert ways == set(WAYS_OUT)


def test_the_house_holds_its_own_plan():
    held = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert held.returncode == 0, held.stdout


@pytest.mark.long
def test_the_conformance_page_is_true():
    """As ``make check`` asks, too."""
    assert conformance.faults(ROOT) == []
