"""What ``make test`` leaves to long proofs leaves something of its kind behind."""

import ast
import re
from pathlib import Path

import pytest
from tests.stories import conftest as stories
from tests.thorough import CASES, leave_long

TESTS = Path(__file__).parents[1]
TREES = {
    path.relative_to(TESTS).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in TESTS.rglob("test_*.py")
}
GUARDED = {"privacy/test_killed.py": "killed houses: prove/test_slices.py"}
JOURNEYS = (TESTS.parent / "docs" / "journeys.md").read_text(encoding="utf-8")


def kept(tree):
    """Tests of a module that are not marked as long; parameters so marked are not looked at."""
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and node.name.lower().startswith("test")
        and "pytest.mark.long" not in map(ast.unparse, node.decorator_list)
    ]


def test_no_file_of_tests_is_left_to_long_proofs_as_a_whole():
    """But stories, of which each journey has one, and what ``GUARDED`` names."""
    assert len(TREES) > 300
    without = {path for path, tree in TREES.items() if not kept(tree)}
    assert {path for path in without if not path.startswith("stories/")} == GUARDED.keys()


def test_nothing_but_a_test_or_a_case_is_long():
    """A whole module would say so once, and nobody would see it of a test that enters later."""
    for path, tree in TREES.items():
        for node in tree.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
                assert "mark.long" not in ast.unparse(node.value), path


def test_of_each_journey_one_story_is_told_each_time():
    told = {name for path, tree in TREES.items() if path.startswith("stories/")
            for name in kept(tree)}  # fmt: skip
    sections = JOURNEYS.split("\n## ")[1:]
    journeys = {part.splitlines()[0]: set(re.findall(r"`(test_\w+)`", part)) for part in sections}
    assert len(journeys) > 5
    del journeys["What holds on every page"]
    assert [title for title, tests in journeys.items() if not tests & told] == []


def test_a_story_of_two_languages_is_told_in_chinese_each_time():
    (chinese,) = [told for told in stories.TOLD if not told.marks]
    assert chinese.values == (stories.CHINESE,)


class Case:
    def __init__(self, nodeid, *marks):
        self.nodeid, self.long = nodeid, False
        self._marks = {each.mark.name: each.mark for each in marks}

    def get_closest_marker(self, name):
        return self._marks.get(name)

    def add_marker(self, name):
        assert name == "long"
        self.long = True


def long_ones(names, *marks):
    cases = [Case(f"tests/test_a.py::test_b[{name}]", *marks) for name in names]
    leave_long(cases)
    return {case.nodeid for case in cases if case.long}


NAMES = [str(number) for number in range(20)]
THREE = pytest.mark.drawn(3)


def test_of_the_cases_of_a_test_as_many_are_drawn_as_it_says_and_always_the_same():
    assert long_ones(NAMES, pytest.mark.drawn(20)) == set()
    assert len(long_ones(NAMES, THREE)) == 17
    assert long_ones(NAMES, THREE) == long_ones(NAMES[::-1], THREE)
    assert long_ones(NAMES, THREE) != long_ones([f"x{name}" for name in NAMES], THREE)


def test_of_a_test_that_asks_the_database_a_few_cases_are_drawn_of_another_all():
    assert long_ones(NAMES) == set()
    assert len(long_ones(NAMES, pytest.mark.django_db)) == 20 - CASES
    assert long_ones(NAMES, pytest.mark.django_db, pytest.mark.drawn(20)) == set()
    assert long_ones(NAMES[:CASES], pytest.mark.django_db) == set()


def test_a_case_more_changes_one_lot_at_most():
    before, after = long_ones(NAMES, THREE), long_ones([*NAMES, "more"], THREE)
    assert before - after == set()
    assert len(after - before) == 1
