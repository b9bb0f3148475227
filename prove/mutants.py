"""``python -m prove.mutants``: change the code a little, many times, and see whether a test fails.

A sample of all small changes (cosmic-ray's operators, one for a place) within the functions of the
modules that ``[tool.mutants]`` names, the same sample for the same seed, as many of each room. Each
is put into a child of this process, which has loaded everything already, and meets the tests named
for its module there. What no test fails for is printed as a difference: a test is missing, or the
change changes nothing.
"""

import argparse
import difflib
import functools
import gc
import os
import random
import signal
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 240.0
# Types of faults, and decorators, are no conditions or sums that a test could watch.
LEFT_OUT = ("core/ExceptionReplacer", "core/RemoveDecorator", "core/Variable")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One module with one small change, and the tests that should see it."""

    module: str
    operator: str
    source: str
    changed: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        lines = difflib.unified_diff(
            self.source.splitlines(), self.changed.splitlines(), self.module, self.operator, "", "",
            n=1, lineterm="",
        )  # fmt: skip
        return "\n".join(lines)

    @property
    def room(self) -> str:
        """The room of the module."""
        return self.module.split(".")[1]


def main() -> int:
    """Try the sample; print what was killed, and every mutant that survived."""
    parser = argparse.ArgumentParser(prog="python -m prove.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="these alone")
    parser.add_argument("--seed", type=int, help="another sample")
    parser.add_argument("--each", type=int, help="so many of each room")
    asked = parser.parse_args()
    with (ROOT / "pyproject.toml").open("rb") as file:
        table = tomllib.load(file)["tool"]["mutants"]
    named = {name: tuple(table["modules"][name]) for name in asked.modules or table["modules"]}
    _prepare(named)
    survived: list[Mutant] = []
    counts: defaultdict[str, int] = defaultdict(int)
    began = time.monotonic()
    for mutant in _sample(named, asked.seed or table["seed"], asked.each or table["each"]):
        counts[mutant.module] += 1
        if _passes(mutant.tests, mutant):
            survived.append(mutant)
            print(f"\nSURVIVED {mutant}\n", flush=True)
        else:
            print(".", end="", flush=True)
    print("\n\n| module | mutants | survived |\n| --- | --- | --- |")
    for module in named:
        alive = sum(mutant.module == module for mutant in survived)
        print(f"| `{module}` | {counts[module]} | {alive} |")
    print(f"\n{sum(counts.values())} mutants in {time.monotonic() - began:.0f} s")
    return 0


def _prepare(named: dict[str, tuple[str, ...]]) -> None:
    """Load everything, make the database, and require that the tests pass as things are."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    home = tempfile.mkdtemp(prefix="yelin-mutants-")
    os.environ |= {
        "YELIN_HOME": home,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    for name in ("django", "pytest", "hypothesis"):
        import_module(name)
    sys.modules["django"].setup()
    for name in named:
        import_module(name)
    # Once, to make the database that the others use again.
    for tests in [("tests/ledger/test_sequencer.py",), *sorted(set(named.values()))]:
        if not _passes(tests):
            sys.exit(f"the tests fail without any change: {' '.join(tests)}")


def _sample(named: dict[str, tuple[str, ...]], seed: int, each: int) -> Iterator[Mutant]:
    rng = random.Random(seed)  # noqa: S311 - a sample that can be drawn again
    left: defaultdict[str, int] = defaultdict(lambda: each)
    places = [(name, *place) for name in named for place in _places(name)]
    rng.shuffle(places)
    for name, source, choices in places:
        operator, occurrence = rng.choice(choices)
        mutant = Mutant(name, operator, source, _changed(source, operator, occurrence), named[name])
        if left[mutant.room] and _differing(mutant):
            left[mutant.room] -= 1
            yield mutant


def _places(name: str) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Yield the source of a module with what may be changed at each place of it."""
    from cosmic_ray.ast import ast_nodes, get_ast  # noqa: PLC0415 - a tool of this alone
    from cosmic_ray.plugins import get_operator, operator_names  # noqa: PLC0415 - the same

    source = _file(name).read_text(encoding="utf-8")
    tree = get_ast(source)
    found: defaultdict[object, list[tuple[str, int]]] = defaultdict(list)
    for operator in sorted(operator_names()):
        if not operator.startswith(LEFT_OUT):
            kind = get_operator(operator)()
            at = (place for node in ast_nodes(tree) for place in kind.mutation_positions(node))
            for occurrence, place in enumerate(at):
                found[place].append((operator, occurrence))
    return ((source, found[place]) for place in sorted(found, key=str))


def _changed(source: str, operator: str, occurrence: int) -> str:
    from cosmic_ray.mutating import mutate_code  # noqa: PLC0415 - a tool of this alone
    from cosmic_ray.plugins import get_operator  # noqa: PLC0415 - the same

    changed: str = mutate_code(source, get_operator(operator)(), occurrence)
    return changed


def _file(name: str) -> Path:
    return Path(str(sys.modules[name].__file__))


def _codes(code: CodeType, way: tuple[object, ...] = ()) -> Iterator[tuple[object, CodeType]]:
    """Yield the code of every function below ``code``, with the way that leads to it."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    for number, each in enumerate(inner):
        here = (*way, number, each.co_name)
        if each.co_flags & 2:  # a function has local names of its own (CO_NEWLOCALS); a class not
            yield here, each
        yield from _codes(each, here)


def _differing(mutant: Mutant) -> dict[CodeType, CodeType]:
    """Return the code of the functions that the change touches, by what it is now."""
    file = str(_file(mutant.module))
    try:
        new = dict(_codes(compile(mutant.changed, file, "exec")))
    except SyntaxError:
        return {}
    old = dict(_codes(compile(mutant.source, file, "exec")))
    if old.keys() != new.keys():
        return {}
    return {old[way]: new[way] for way in old if _said(old[way]) != _said(new[way])}


def _said(code: CodeType) -> object:
    inner = [_said(const) if isinstance(const, CodeType) else const for const in code.co_consts]
    return code.co_code, code.co_names, [repr(each) for each in inner]


def _put_in(mutant: Mutant) -> None:
    """Let every function of the mutant's module do what the changed one does."""
    changes = _differing(mutant)
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__ in changes:
            each.__code__ = changes[each.__code__]
    for each in gc.get_objects():
        # What was found before the change is no answer.
        if isinstance(each, functools._lru_cache_wrapper) and "yelin" in (each.__module__ or ""):
            each.cache_clear()


def _passes(tests: tuple[str, ...], mutant: Mutant | None = None) -> bool:
    child = os.fork()
    if child == 0:
        _test(tests, mutant)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status == 0
        time.sleep(0.02)
    # It goes round in circles, and a test that never ends has seen it.
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _test(tests: tuple[str, ...], mutant: Mutant | None) -> None:
    """Run the tests with the mutant in this process, and end it."""
    code = 70
    try:
        if mutant:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
        import hypothesis  # noqa: PLC0415 - loaded long ago
        import pytest  # noqa: PLC0415 - the same

        hypothesis.settings.register_profile(
            "mutants", deadline=None, derandomize=True, database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )  # fmt: skip
        hypothesis.settings.load_profile("mutants")
        if mutant:
            _put_in(mutant)
        options = ["-x", "-q", "--reuse-db", "-p", "no:cacheprovider", "-p", "pytest_django.plugin"]
        code = int(pytest.main([*options, *tests]))
    finally:
        sys.stdout.flush()
        # Not the usual way out: the database is the parent's to stop.
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
