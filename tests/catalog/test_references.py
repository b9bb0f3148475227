"""Entries that name the system in which their data arises, and items that follow a standard."""

from uuid import uuid4

import pytest
from tests.catalog.makers import make_content, make_entry
from tests.parties.makers import make_actor, make_body
from tests.registers.makers import make_element, make_system

from yelin.catalog import acts
from yelin.catalog.content import ItemContent
from yelin.law.refusals import Incomplete

pytestmark = pytest.mark.django_db


def items(**over):
    return (ItemContent(**{"name": "性别", "nullable": True} | over),)


@pytest.mark.duty("public_money.manage")
def test_an_entry_names_a_system_of_its_own_body_alone():
    body = make_body()
    system = make_system(body)
    entry = make_entry(body, system_ids=(system.pk,))
    assert list(entry.systems.all()) == [system]
    assert entry.versions.get(number=1).content["system_ids"] == [str(system.pk)]
    for other in (make_system().pk, uuid4()):
        with pytest.raises(Incomplete) as told:
            make_entry(body, system_ids=(other,))
        assert told.value.faults[0].place == "system_ids"


@pytest.mark.duty("standards.make")
def test_an_item_has_type_and_length_from_the_data_element_that_it_follows():
    element = make_element("COUNT")
    entry = make_entry(items=items(element_id=element.pk))
    item = entry.items.get()
    assert (item.type, item.length, item.element) == ("I", "9", element)
    kept = entry.versions.get(number=1).content["items"][0]
    assert (kept["element_id"], kept["type"], kept["length"]) == (str(element.pk), "I", "9")


@pytest.mark.duty("standards.make")
@pytest.mark.parametrize("said", [{"type": "N"}, {"length": "8"}, {"type": "I", "length": "10"}])
def test_an_item_that_contradicts_its_data_element_is_refused(said):
    element = make_element("COUNT")
    with pytest.raises(Incomplete) as told:
        make_entry(items=items(element_id=element.pk, **said))
    assert told.value.faults[0].params["type"] == "I"


@pytest.mark.duty("standards.make")
def test_an_item_follows_no_proposal_and_nothing_that_does_not_exist():
    proposed = make_element("COUNT", number="DB46/T 500-2026", adopted=False)
    for pk in (proposed.pk, uuid4()):
        with pytest.raises(Incomplete) as told:
            make_entry(items=items(element_id=pk))
        assert "not in force" in told.value.faults[0].says


def test_amending_keeps_the_references_that_an_entry_has():
    body = make_body()
    element, system = make_element(), make_system(body)
    draft = make_entry(body, "draft", system_ids=(system.pk,), items=items(element_id=element.pk))
    said = draft.content().model_copy(update={"summary": "另一种说法"})
    entry = acts.amend(actor=make_actor(body), entry=draft, content=said)
    assert (entry.systems.get().pk, entry.items.get().element_id) == (system.pk, element.pk)
    plain = make_content(title=entry.title)
    entry = acts.amend(actor=make_actor(body), entry=entry, content=plain)
    assert not entry.systems.exists()
