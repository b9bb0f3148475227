"""Who might be in a release is a version of another resource, read whole by who compares."""

import pytest
from tests.catalog.makers import make_entry
from tests.privacy.workbench.makers import (
    ITEMS,
    actor_of,
    fresh,
    make_certificate,
    make_found,
    make_measured,
    make_source,
    make_work,
    people,
    plan_of,
)
from tests.warehouse.makers import make_release

from yelin.law.refusals import Incomplete
from yelin.privacy.workbench import acts, tasks
from yelin.privacy.workbench.content import PopulationContent
from yelin.privacy.workbench.models import WorkState

pytestmark = pytest.mark.django_db(transaction=True)


def make_population(provider, text: str = "", **over):
    said = {"items": ITEMS, "opening_type": "none", "grade": 3} | over
    return make_release(make_entry(provider, **said), text or people(960))


def named(population, most: float, **over) -> dict:
    said = {"resource": population.entry.code, "number": population.number, "most": most} | over
    return {"population": PopulationContent(**said), "guards": ()}


@pytest.mark.long
def test_no_more_of_a_population_is_in_a_release_than_was_chosen_and_the_certificate_says_it():
    source = make_source()
    population = make_population(source.entry.provider)
    certificate = make_certificate(make_work(source, **named(population, 0.3)))
    told = certificate.work.measured["presence"]
    assert 0 <= told["least"] <= 0.25 <= told["most"] <= 0.3
    assert told["strangers"] == 0
    assert certificate.says["presence"]["manifest"] == population.digest_text
    assert certificate.says["presence"]["asked"] == ["0", "0.3"]
    # Of every class there are more who might be in it than who are.
    assert told["fewest"] > certificate.work.measured["first"]["k"]
    # Nothing of the population stands in it but its digest.
    assert population.entry.code not in str(certificate.says)


@pytest.mark.long
def test_where_too_many_of_a_class_are_in_it_levels_are_coarser_or_nothing_fits():
    source = make_source()
    population = make_population(source.entry.provider, people(240))
    work = make_found(make_work(source, **named(population, 0.5)))
    assert work.state == WorkState.FAILED
    columns = plan_of().columns
    free = make_found(make_work(source, columns=columns, guards=()))
    assert free.state == WorkState.FOUND


@pytest.mark.long
def test_what_was_measured_outside_the_interval_is_not_certified():
    source = make_source()
    population = make_population(source.entry.provider)
    work = make_measured(make_work(source, **named(population, 0.3)))
    for over in ({"most": 0.31}, {"strangers": 1}, None):
        told = over and work.measured["presence"] | over
        work.measured = work.measured | {"presence": told}
        work.save()
        with pytest.raises(Incomplete) as wrong:
            acts.certify(actor=actor_of(work.entry), work=fresh(work))
        assert [each.place for each in wrong.value.faults] == ["population"]
        work.measured = work.measured | {"presence": {"least": 0, "most": 0.3, "strangers": 0}}


@pytest.mark.long
def test_a_population_that_one_may_not_read_whole_is_as_one_that_is_not_there():
    source = make_source()
    foreign = make_population(None, sharing_type="none", sharing_basis="《某法》第一条")
    faults = []
    for said in (named(foreign, 0.3), named(foreign, 0.3, resource="nowhere")):
        work = make_work(source)
        with pytest.raises(Incomplete) as wrong:
            acts.classify(actor=actor_of(source.entry), work=work, plan=plan_of(**said))
        faults.append([(each.place, each.says) for each in wrong.value.faults])
    assert faults[0] == faults[1]
    assert faults[0][0][0] == "population"
    # Nor is it compared by whoever might once and may no more.
    work = make_work(source, **named(make_population(source.entry.provider), 0.3))
    acts.search(actor=actor_of(work.entry), work=work)
    work = fresh(work)
    work.plan = plan_of(**named(foreign, 0.3)).model_dump(mode="json")
    work.save()
    tasks.search(str(work.pk))
    assert fresh(work).state == WorkState.FAILED


def test_a_population_has_all_quasi_identifiers_and_is_another_resource():
    source = make_source()
    header, *rest = people().split("\n")
    other = make_population(
        source.entry.provider,
        "\n".join([header.replace("性别", "类别"), *rest]),
        items=tuple(
            each.model_copy(update={"name": "类别"}) if each.name == "性别" else each
            for each in ITEMS
        ),
    )
    for population, params in ((other, {"name": "性别"}), (source, {})):
        work = make_work(source, **named(population, 0.3))
        with pytest.raises(Incomplete) as wrong:
            acts.search(actor=actor_of(work.entry), work=work)
        (fault,) = wrong.value.faults
        assert (fault.place, dict(fault.params or {})) == ("population", params)
