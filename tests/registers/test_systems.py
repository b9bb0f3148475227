"""Government systems and the projects that public money pays for."""

from datetime import date, timedelta

import pytest
from tests.parties.makers import make_actor, make_body
from tests.registers.makers import make_project, make_system, officer_of

from yelin import gate
from yelin.acts import references
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.succession import pass_on
from yelin.registers.acts import systems
from yelin.registers.models import FundedProject, GovernmentSystem

pytestmark = pytest.mark.django_db


@pytest.mark.duty("systems.connect")
def test_a_system_is_entered_by_a_steward_of_its_body_and_leaves_a_leaf():
    body = make_body()
    project = make_project(body)
    system = make_system(body, project=project, in_service=False)
    assert system.state == "new"
    assert list(project.systems.all()) == [system]
    leaf = Leaf.objects.get(act="registers.register_system", subject=system.pk)
    assert leaf.payload["facts"]["project"] == str(project.pk)
    assert system.name not in str(leaf.payload)


@pytest.mark.duty("systems.connect")
def test_a_stranger_neither_enters_nor_sees_a_system_of_another_body():
    system = make_system()
    stranger = make_actor(make_body())
    with pytest.raises(gate.Refused):
        systems.end_system(actor=stranger, system=system)
    rows = GovernmentSystem.objects.all()
    assert not references.seen(stranger, rows).exists()
    assert not references.seen(Actor.anyone(), rows).exists()
    assert references.seen(officer_of("agency"), rows).get() == system


def test_a_system_in_service_is_not_new_again_and_an_ended_one_stays_ended():
    system = make_system()
    steward = make_actor(system.body)
    said = {"name": system.name, "purpose": system.purpose}
    with pytest.raises(Incomplete):
        systems.amend_system(actor=steward, system=system, in_service=False, **said)
    ended = systems.end_system(actor=steward, system=system)
    assert ended.ended_on == clock.today()
    with pytest.raises(OutOfTurn):
        systems.amend_system(actor=steward, system=ended, in_service=True, **said)
    with pytest.raises(OutOfTurn):
        systems.end_system(actor=steward, system=ended)


@pytest.mark.duty("public_money.manage")
def test_a_system_names_no_project_of_another_body():
    project = make_project()
    with pytest.raises(Incomplete) as told:
        make_system(project=project)
    assert told.value.faults[0].place == "project"


@pytest.mark.duty("public_money.manage")
def test_a_project_is_entered_only_with_the_document_that_approves_it():
    with pytest.raises(Incomplete) as told:
        make_project(approval=" ", approved_on=clock.today() + timedelta(days=1))
    assert [fault.place for fault in told.value.faults] == ["approval", "approved_on"]


@pytest.mark.duty("public_money.manage")
def test_who_coordinates_projects_sees_those_of_all_bodies():
    project = make_project(make_body(division="469002"))
    rows = FundedProject.objects.all()
    assert references.seen(officer_of("agency"), rows).get() == project
    assert not references.seen(make_actor(), rows).exists()


def test_a_project_is_corrected_by_its_own_body_alone():
    project = make_project()
    said = {"name": "二期", "funding": "part", "approval": "琼发改〔2025〕1号"}
    day = date(2025, 1, 2)
    with pytest.raises(gate.Refused):
        systems.amend_project(actor=make_actor(), project=project, approved_on=day, **said)
    steward = make_actor(project.body)
    amended = systems.amend_project(actor=steward, project=project, approved_on=day, **said)
    assert (amended.funding, amended.approved_on) == ("part", day)


def test_systems_and_projects_follow_the_successor_of_their_body():
    old, new = make_body(), make_body()
    project = make_project(old)
    system = make_system(old, project=project)
    moved = pass_on(old, new)
    assert moved == {"system": [system.pk], "project": [project.pk]}
