"""Data standards, their elements and code lists."""

from datetime import timedelta

import pytest
from tests.parties.makers import make_actor, make_body
from tests.registers.makers import SEXES, adopt, make_standard, officer_of

from yelin import gate
from yelin.acts import references
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import Actor
from yelin.registers import reads
from yelin.registers.acts import standards
from yelin.registers.content import CodedValue
from yelin.registers.models import CodeList, DataElement, DataStandard

pytestmark = pytest.mark.django_db
LOCAL = "DB46/T 500-2026"


@pytest.mark.duty("standards.make")
def test_a_local_standard_holds_only_once_all_have_joined_whom_the_law_names():
    standard = make_standard(LOCAL, adopted=False)
    with pytest.raises(Incomplete):
        adopt(standard)
    standards.join_standard(actor=officer_of("agency"), standard=standard)
    with pytest.raises(Incomplete):
        adopt(standard)
    standards.join_standard(actor=officer_of("informatization"), standard=standard)
    assert adopt(standard).state == "in_force"
    assert standard.evidence()["joined_by"]


@pytest.mark.duty("standards.make")
def test_a_national_standard_is_entered_without_asking_the_province():
    assert make_standard().state == "in_force"


@pytest.mark.duty("standards.make")
def test_only_the_standardization_department_proposes():
    body = make_body()
    with pytest.raises(gate.Refused):
        standards.propose_standard(
            actor=make_actor(body, "officer"),
            body=body,
            number=LOCAL,
            title="数据目录规范",
            source="本厅",
        )
    with pytest.raises(gate.Refused):
        standards.join_standard(
            actor=make_actor(body, "officer"), standard=make_standard(LOCAL, adopted=False)
        )


def test_a_proposal_is_seen_by_those_who_make_it_and_a_standard_by_everyone():
    proposed = make_standard(LOCAL, adopted=False)
    held = make_standard()
    for model, of in (
        (DataStandard, lambda row: row),
        (DataElement, lambda row: row.standard),
        (CodeList, lambda row: row.standard),
    ):
        rows = model.objects.all()
        everyone = {of(row) for row in references.seen(Actor.anyone(), rows)}
        assert everyone == {held}, model
        makers = {of(row) for row in references.seen(officer_of("agency"), rows)}
        assert makers == {held, proposed}, model


def test_what_is_in_force_changes_by_a_new_edition_alone():
    standard = make_standard()
    actor = officer_of("standardization")
    for doing in (
        lambda: standards.define_element(
            actor=actor, standard=standard, identifier="X", name="某项", type="C"
        ),
        lambda: standards.add_code_list(
            actor=actor, standard=standard, identifier="X", name="某表", values=SEXES
        ),
        lambda: adopt(standard),
        lambda: standards.join_standard(actor=officer_of("agency"), standard=standard),
    ):
        with pytest.raises(OutOfTurn):
            doing()


def test_an_identifier_or_a_number_stands_once():
    standard = make_standard(adopted=False)
    actor = officer_of("standardization")
    with pytest.raises(Incomplete) as told:
        standards.define_element(
            actor=actor, standard=standard, identifier="COUNT", name="又一项", type="I"
        )
    assert told.value.faults[0].place == "identifier"
    with pytest.raises(Incomplete) as told:
        make_standard()
    assert told.value.faults[0].place == "number"


@pytest.mark.duty("standards.make")
def test_a_code_list_keeps_every_version_that_it_had():
    code_list = make_standard().code_lists.get()
    actor = officer_of("standardization")
    grown = [*SEXES, CodedValue(code="3", name="其他")]
    revised = standards.revise_code_list(actor=actor, code_list=code_list, values=grown)
    assert (revised.newest.number, len(revised.newest.values)) == (2, 5)
    assert len(revised.versions.get(number=1).values) == 4
    with pytest.raises(Incomplete):
        standards.revise_code_list(actor=actor, code_list=code_list, values=[])


def test_a_standard_ends_no_earlier_than_it_began():
    standard = make_standard()
    actor = officer_of("standardization")
    before = clock.today() - timedelta(days=1)
    with pytest.raises(Incomplete):
        standards.withdraw_standard(actor=actor, standard=standard, in_force_to=before)
    ended = standards.withdraw_standard(actor=actor, standard=standard, in_force_to=clock.today())
    assert ended.state == "withdrawn"
    assert not reads.elements_to_follow().exists()


def test_an_element_takes_no_code_list_of_another_proposal():
    other = make_standard("DB46/T 499-2026", adopted=False).code_lists.get()
    standard = make_standard(LOCAL, adopted=False)
    with pytest.raises(Incomplete) as told:
        standards.define_element(
            actor=officer_of("standardization"),
            standard=standard,
            identifier="S2",
            name="性别",
            type="C",
            code_list=CodeList.objects.get(pk=other.pk),
        )
    assert told.value.faults[0].place == "code_list"
