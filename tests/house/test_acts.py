"""What the house asks of every act: an arm, a door, words, and a shape that programs can send."""

import ast
import inspect
import re
import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django.utils import translation

from yelin import gate, web
from yelin.acts import permissions, references
from yelin.acts.arguments import references_of
from yelin.acts.frame import registered
from yelin.acts.step_up import StepUp
from yelin.parties.actor import Surface
from yelin.web.words import KINDS

FROM_OUTSIDE = [
    act
    for act in registered().values()
    if Surface.API in act.surface or act.step_up is StepUp.SECOND_PERSON
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_act_has_a_door_an_arm_and_a_sentence():
    for act in registered().values():
        assert act.surface, act.name
        assert act.says, act.name
        assert act.says.splitlines()[0].endswith((".", "…")), act.name
        assert any(arm.action == act.name for arm in gate.arms()), act.name


@pytest.mark.long
def test_every_act_is_there_before_any_page_is():
    asked = (
        "import django; django.setup();"
        "from yelin.acts.frame import registered; before = set(registered());"
        "from yelin import urls; assert urls; print(*sorted(set(registered()) - before))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_what_programs_may_call_takes_plain_values_and_things_that_can_be_named():
    for act in FROM_OUTSIDE:
        assert act.schema.model_json_schema()["type"] == "object", act.name
        for reference in references_of(act.body):
            assert references.is_known(reference.model), (act.name, reference)


def test_every_arm_of_an_act_is_told_in_both_languages():
    for language, fits in (("en", False), ("zh-hans", True)):
        with translation.override(language):
            for permission in permissions.matrix():
                assert permission.ways, permission.act.name
                for way in permission.ways:
                    assert way.who, permission.act.name
                    assert bool(CHINESE.search(way.who)) == fits, way.who


def test_every_room_whose_acts_are_listed_has_its_name():
    assert {permission.room for permission in permissions.matrix()} <= set(KINDS["room"])


# Acts of people that no page begins, each with its reason.
ELSEWHERE = {
    "ledger.accept_loss": "it is begun on the machine itself, where the log's files lie; the page "
    "of two-person acts approves it",
}


def test_every_act_that_is_done_on_pages_is_reached_by_one():
    reached = set(_called_by_pages())
    unreached = {
        name
        for name, act in registered().items()
        if Surface.PAGE in act.surface and act.body not in reached
    }
    assert unreached == set(ELSEWHERE)


def _called_by_pages():
    """Yield the bodies of the acts that modules of the web name, as their names resolve there."""
    for found in walk_packages(web.__path__, f"{web.__name__}."):
        module = import_module(found.name)
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            match node:
                case ast.Attribute(value=ast.Name(id=of), attr=name):
                    named = getattr(vars(module).get(of), name, None)
                case ast.Name(id=name):
                    named = vars(module).get(name)
                case _:
                    continue
            if body := getattr(named, "__wrapped__", None):
                yield body
