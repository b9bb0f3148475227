"""What follows a standard that holds no longer is pointed out wherever its steward works on it."""

import pytest
from django.test import Client
from tests.catalog.makers import make_entry
from tests.compiling.makers import bring, exported
from tests.parties.makers import make_actor, make_body
from tests.registers.makers import make_standard, officer_of
from tests.web.makers import seated, text_of

from yelin.catalog import acts
from yelin.catalog.content import ItemContent
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.registers.acts import standards

pytestmark = pytest.mark.django_db(transaction=True)

SAYS = "已于"


def bound():
    """An entry whose item follows a code list of a standard that was withdrawn since."""
    standard = make_standard()
    listed = standard.code_lists.get()
    items = (ItemContent(name="姓名"), ItemContent(name="性别", code_list_id=listed.pk))
    entry = make_entry(state="registered", items=items)
    officer = officer_of("standardization")
    standards.withdraw_standard(actor=officer, standard=standard, in_force_to=clock.today())
    return entry, listed


@pytest.mark.long
@pytest.mark.duty("standards.make")
def test_a_steward_is_warned_at_the_entry_its_form_its_items_and_the_desk(client: Client):
    entry, listed = bound()
    seated(client, entry.provider)
    desk = f"/desk/entries/{entry.pk}/"
    for path in (desk, f"{desk}edit/", f"{desk}items/"):
        page = client.get(path)
        assert len(page.context["warnings"]) == 1, path
        assert SAYS in text_of(page)
    offered = client.get(f"{desk}items/").context["formset"].forms[1].fields["code_list_id"]
    assert str(listed.pk) in dict(offered.choices)
    todos = [todo for group in client.get("/desk/").context["groups"] for todo in group.todos]
    assert any(todo.url == desk and "标准" in todo.title for todo in todos)


def test_the_preview_of_an_import_warns_and_enters_all_the_same():
    entry, _ = bound()
    steward = make_actor(entry.provider)
    changed = entry.content().model_copy(update={"summary": "另一摘要"})
    entry = acts.amend(actor=steward, entry=entry, content=changed)
    file = exported(steward, "csv").replace("另一摘要".encode(), "又一摘要".encode())
    batch = bring(file, body=entry.provider, actor=steward, name="c.csv")
    (planned,) = batch.planned.all()
    assert (planned.outcome, planned.flaws) == ("change", [])
    assert [note["params"]["item"] for note in planned.notes] == ["性别"]


def test_a_program_is_told_until_when_it_held(client: Client):
    entry, listed = bound()
    acts.drop(actor=make_actor(entry.provider), entry=entry)
    items = (ItemContent(name="性别", code_list_id=listed.pk),)
    shown = make_entry(items=items, opening_type="unconditional")
    told = client.get(f"/api/v1/resources/{shown.slug}").json()
    assert told["items"][0]["code_list"]["held_until"] == clock.today().isoformat()


@pytest.mark.long
@pytest.mark.duty("collection.once")
def test_an_entry_that_asks_again_is_confirmed_once_that_is_answered(client: Client):
    people = tuple(ItemContent(name=name) for name in ("姓名", "公民身份号码"))
    make_entry(title="常住人口登记信息", opening_type="none", items=people)
    items = (ItemContent(name="身份证号码"), ItemContent(name="救助金额"))
    body = make_body()
    entry = make_entry(body, "awaiting", title="低保对象名册", items=items)
    officer = officer_of("agency")
    with pytest.raises(Incomplete) as wrong:
        acts.confirm(actor=officer, entry=entry)
    assert [fault.duty.name for fault in wrong.value.faults] == ["collection.once"]
    seated(client, body)
    todos = [todo for group in client.get("/desk/").context["groups"] for todo in group.todos]
    (repeat,) = entry.thing.repeats.all()
    assert any(todo.url.endswith("#repeats") for todo in todos)
    client.post(f"/desk/repeats/{repeat.pk}/", {"do": "collecting.use_shared"})
    assert acts.confirm(actor=officer, entry=entry).state == "confirmed"
