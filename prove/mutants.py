"""``python -m prove.mutants``: change the code a little, many times, and see whether a test fails.

A sample of all small changes (cosmic-ray's operators, one for a place) within the functions of the
modules that ``[tool.mutants]`` names, the same sample for the same seed, as many of each room. One
session of pytest loads everything, and each mutant meets the tests named for its module in a child
of it. What no test fails for is printed as a difference: a test is missing, or the change changes
nothing.
"""

import argparse
import atexit
import cProfile
import difflib
import functools
import gc
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import NoReturn

import hypothesis
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parent.parent
# What one mutant may take: of the processor, whatever else the machine does, and waiting.
CPU_SECONDS = 90
PATIENCE_SECONDS = 1_800.0
# Types of faults, and decorators, are no conditions or sums that a test could watch.
LEFT_OUT = ("core/ExceptionReplacer", "core/RemoveDecorator", "core/Variable")
# How a mutant's process ends in which no function had the code that was to be changed.
_NOT_IN = 3
_MAKE_TABLES = ("<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>")


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
    tests = {name: tuple(table["modules"][name]) for name in asked.modules or table["modules"]}
    os.chdir(ROOT)
    os.environ["YELIN_HOME"] = home = tempfile.mkdtemp(prefix="yelin-mutants-")
    # Registered before the database's own end, so it runs after it.
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    # Without -x, which ends the whole session's fixtures, the database too, where a test fails.
    options = ["-q", "-s", "-p", "no:cacheprovider", "-p", "pytest_django.plugin"]
    files = dict.fromkeys(file for files in tests.values() for file in files)
    trial = _Trial(tests, asked.seed or table["seed"], asked.each or table["each"])
    return int(pytest.main([*options, *files], plugins=[trial]))


class _Trial:
    """In place of pytest's own loop over the tests: once as things are, then with each mutant."""

    def __init__(self, tests: dict[str, tuple[str, ...]], seed: int, each: int) -> None:
        self._tests = tests
        self._seed = seed
        self._each = each
        # What ran of the code while a test ran, and how long that took.
        self._ran: dict[pytest.Item, set[CodeType]] = {}
        self._took: dict[pytest.Item, float] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Draw the same examples for every mutant, and let no test fail for being slow here."""
        # Only now: the tests' own profile was chosen as they began.
        hypothesis.settings.register_profile(
            "mutants", hypothesis.settings.get_profile("yelin"),
            derandomize=True, database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )  # fmt: skip
        hypothesis.settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try the sample, and print what came of it."""
        # What the tests have frozen is not found, and would stay as it is.
        gc.unfreeze()
        if not _passes(session, session.items):
            return True
        from django.db import connections  # noqa: PLC0415 - pytest has set Django up by now

        for name in self._tests:
            import_module(name)
        survived: list[Mutant] = []
        counts: defaultdict[str, int] = defaultdict(int)
        began = time.monotonic()
        print()
        for mutant in _sample(self._tests, self._seed, self._each):
            counts[mutant.module] += 1
            connections.close_all()
            if _survives(session, mutant, self._in_turn(session, mutant)):
                survived.append(mutant)
                print(f"SURVIVED\n{mutant}\n", flush=True)
            else:
                print(f"killed {mutant.module}: {mutant.operator}", flush=True)
        print("\n| module | mutants | survived |\n| --- | --- | --- |")
        for module in self._tests:
            alive = sum(mutant.module == module for mutant in survived)
            print(f"| `{module}` | {counts[module]} | {alive} |")
        print(f"\n{sum(counts.values())} mutants in {time.monotonic() - began:.0f} s")
        # Tests that fail for what a mutant left behind would have seen nothing.
        assert _passes(session, session.items), "the tests do not pass any more without a change"
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Look once what a test runs, and how long it takes."""
        if item in self._ran:
            return (yield)
        profile, began = cProfile.Profile(builtins=False), time.process_time()
        profile.enable()
        try:
            return (yield)
        finally:
            profile.disable()
            self._took[item] = time.process_time() - began
            codes = (entry.code for entry in profile.getstats())
            self._ran[item] = {code for code in codes if isinstance(code, CodeType)}

    def _in_turn(self, session: pytest.Session, mutant: Mutant) -> list[pytest.Item]:
        """Return the mutant's tests: what ran the changed code comes first, the quickest of it."""
        changed = _differing(mutant).keys()
        files = [ROOT / file for file in mutant.tests]
        tests = [test for test in session.items if test.path in files]
        return sorted(
            tests,
            key=lambda test: (
                self._ran[test].isdisjoint(changed), files.index(test.path), self._took[test],
            ),
        )  # fmt: skip


def _passes(session: pytest.Session, tests: Sequence[pytest.Item]) -> bool:
    """Run the tests until one fails; what was prepared for the whole session stays."""
    for test, following in zip(tests, [*tests[1:], session], strict=True):
        test.ihook.pytest_runtest_protocol(item=test, nextitem=following)
        if session.testsfailed:
            return False
    return True


def _survives(session: pytest.Session, mutant: Mutant, tests: Sequence[pytest.Item]) -> bool:
    child = os.fork()
    if child == 0:
        _test(session, mutant, tests)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            assert os.waitstatus_to_exitcode(status) != _NOT_IN, f"never put in:\n{mutant}"
            return status == 0
        time.sleep(0.01)
    # It waits for what never comes, and a test that never ends has seen it.
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _test(session: pytest.Session, mutant: Mutant, tests: Sequence[pytest.Item]) -> NoReturn:
    """Run the mutant's tests with it in this process, and end the process."""
    code = 1
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        # It goes round in circles then, and its tests have seen that too.
        spent = int(time.process_time()) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, resource.RLIM_INFINITY))
        if not _put_in(mutant):
            os._exit(_NOT_IN)
        if _passes(session, tests):
            code = 0
    finally:
        # Not the usual way out: the database is the parent's to stop.
        os._exit(code)


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
    changed: str = mutate_code(source, get_operator(operator)(), occurrence)
    return changed


def _file(name: str) -> Path:
    return Path(str(sys.modules[name].__file__))


def _codes(code: CodeType, way: tuple[object, ...] = ()) -> Iterator[tuple[object, CodeType]]:
    """Yield the code of every function below ``code``, with the way that leads to it."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    for number, each in enumerate(inner):
        here = (*way, number, each.co_name)
        # A function has local names of its own (CO_NEWLOCALS), a class not; and a table that a
        # comprehension outside functions made is made already.
        if each.co_flags & 2 and not (each.co_name in _MAKE_TABLES and not code.co_flags & 2):
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


def _put_in(mutant: Mutant) -> bool:
    """Let every function of the mutant's module do what the changed one does; say if any does."""
    changes = _differing(mutant)
    found = False
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__ in changes:
            each.__code__ = changes[each.__code__]
            found = True
    for each in gc.get_objects():
        # What was found before the change is no answer.
        if isinstance(each, functools._lru_cache_wrapper) and "yelin" in (each.__module__ or ""):
            each.cache_clear()
    return found


if __name__ == "__main__":
    sys.exit(main())
