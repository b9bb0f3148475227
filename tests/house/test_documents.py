"""The documents say what the code does: settings, commands, addresses, files, decisions."""

import ast
import importlib
import re
from pathlib import Path

import pytest
from django.urls import Resolver404, URLResolver, get_resolver, resolve

from yelin.cli import app, commands
from yelin.cli.streaming import Streams
from yelin.config import Config
from yelin.urls import missing

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "yelin"
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changes").glob("*.md")]
)
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
DECISIONS = ROOT / "docs" / "decisions"

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TICKED = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"[\w.-]+(/[\w.-]+)*\.(py|md|toml|go|js|html)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS_ROW = re.compile(r"^\| `(/[^`]*)` \|", re.MULTILINE)


def test_each_public_report_names_a_test_of_the_very_file():
    named = re.findall(
        r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "reports.md").read_text("utf-8")
    )
    assert len(named) > 50
    missing = [f"{path}::{test}" for path, test in named
               if f"def {test}(" not in (ROOT / path).read_text("utf-8")]  # fmt: skip
    assert missing == []


@pytest.mark.parametrize("document", ["journeys.md", "peers.md"])
def test_what_a_document_names_as_tested_is_tested(document):
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / document).read_text("utf-8")))
    sources = (path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert (
        named - {name for text in sources for name in re.findall(r"def (test_\w+)", text)} == set()
    )


def variable_of(name):
    return Config.model_fields[name].validation_alias or f"YELIN_{name.upper()}"


def shown(value):
    if value and isinstance(value, tuple):
        return ", ".join(f"`{one}`" for one in value)
    return f"`{value}`" if value or isinstance(value, int) else "empty"


def anchor(heading):
    """The anchor of a heading, as GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower().replace("`", ""))
    return kept.replace(" ", "-")


def commands_of(typer_app, before="yelin"):
    for command in typer_app.registered_commands:
        yield f"{before} {command.name or command.callback.__name__.replace('_', '-')}"
    for group in typer_app.registered_groups:
        yield from commands_of(group.typer_instance, f"{before} {group.name}")


def addresses(patterns=None, before="/"):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        elif is_open(path):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
            # One address for each act, one row for all of them.
            yield re.sub(r"(?<=/acts/)[\w.]+$", "{act}", path)


def is_open(path):
    """Whether the path leads to a view: most account pages are shut by a pattern before them."""
    if not path.lstrip("/^").startswith("accounts/"):
        return True
    try:
        return resolve(path).func is not missing
    except Resolver404:
        return False


def prose(path):
    """The document without its code blocks."""
    return BLOCK.sub("", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", Config.model_fields)
def test_every_setting_is_listed_with_its_default(name):
    default = shown(Config.model_fields[name].default)
    row = rf"^\| `{variable_of(name)}` \| {re.escape(default)} \|"
    assert re.search(row, OPERATING, re.MULTILINE)


def test_no_setting_is_listed_that_nobody_reads():
    table = OPERATING.split("## Settings")[1].split("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert sorted(listed) == sorted(variable_of(name) for name in Config.model_fields)


def test_every_command_has_its_heading_and_no_other_has_one():
    assert commands.app is app
    headed = re.findall(r"^### `(yelin [^`]+)`$", OPERATING, re.MULTILINE)
    assert sorted(headed) == sorted(commands_of(app))


def streams():
    for resource in Streams().application().router.resources():
        yield resource.canonical


def test_every_address_is_listed_and_no_other_is():
    listed = set(ADDRESS_ROW.findall(OPERATING))
    served = set(addresses()) | set(streams())
    assert served - listed == set()
    assert listed - served == set()


def test_no_link_leads_to_a_file_or_heading_that_is_not_there():
    links = [(path, link) for path in DOCUMENTS for link in LINK.findall(prose(path))]
    for path, link in links:
        if re.match(r"https?:", link):
            continue
        file, _, part = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), (path, link)
        if part and target.suffix == ".md":
            headings = HEADING.findall(prose(target))
            assert part in {anchor(heading) for heading in headings}, (path, link)


def test_no_file_is_named_that_is_not_there():
    for path in DOCUMENTS:
        for ticked in TICKED.findall(prose(path)):
            if "/" in ticked and FILE.fullmatch(ticked):
                assert any((home / ticked).exists() for home in (ROOT, SOURCE)), (path, ticked)


def test_python_in_documents_can_be_read_and_its_imports_are_there():
    texts = [path.read_text(encoding="utf-8") for path in DOCUMENTS]
    for language, block in (found for text in texts for found in BLOCK.findall(text)):
        if language != "python":
            continue
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(node.module)
                for name in node.names:
                    if not hasattr(module, name.name):
                        importlib.import_module(f"{node.module}.{name.name}")


def test_every_decision_is_linked_from_the_index_in_its_order():
    linked = LINK.findall((DECISIONS / "README.md").read_text(encoding="utf-8"))
    files = sorted(path.name for path in DECISIONS.glob("[0-9]*.md"))
    assert [link for link in linked if link[0].isdigit()] == files
    numbers = [file[:4] for file in files]
    assert len(numbers) == len(set(numbers))


def test_the_hooks_are_the_lines_of_make_check():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"^ +entry: \.venv/bin/(.+)$", hooks, re.MULTILINE)
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("\ncheck:")[1].split("\n\n")[0]
    assert entries == re.findall(r"^\t\$\(BIN\)/(.+)$", recipe, re.MULTILINE)


def test_no_document_is_longer_than_its_reader_has_time_for():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 80
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 160
    for path in DECISIONS.glob("[0-9]*.md"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 45, path.name
