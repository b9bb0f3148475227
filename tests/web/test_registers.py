"""Pages of the registers: what everyone reads, what a body enters, references in the forms."""

import pytest
from tests.catalog.makers import make_content, make_entry
from tests.parties.makers import make_actor, make_body
from tests.registers.makers import (
    body_of,
    make_element,
    make_plan,
    make_rule,
    make_standard,
    make_system,
)
from tests.web.makers import entry_form, seated, text_of

from yelin.catalog.models import Entry
from yelin.registers.acts import plans
from yelin.registers.models import DataStandard, GovernmentSystem, Plan, ProcessRule

pytestmark = pytest.mark.django_db(transaction=True)


def test_everyone_reads_standards_code_lists_and_plans(client):
    standard, plan = make_standard(), make_plan()
    code_list = standard.code_lists.get()
    assert "GB/T 2261.1-2003" in text_of(client.get("/standards/"))
    shown = text_of(client.get(f"/standards/{standard.pk}/"))
    assert "性别代码" in shown
    assert "人的性别代码" in shown
    assert "未说明的性别" in text_of(client.get(f"/standards/lists/{code_list.pk}/"))
    assert plan.title in text_of(client.get("/plans/"))
    assert "到2030年" in text_of(client.get(f"/plans/{plan.pk}/"))


@pytest.mark.duty("plans.special")
def test_everyone_sees_which_plans_are_not_on_file_where_they_must_be(client):
    plan = make_plan(state="filed")
    assert "尚未备案" in text_of(client.get("/plans/"))
    first, second = body_of("agency"), body_of("informatization")
    plans.record_plan(actor=make_actor(first, "officer"), plan=plan)
    shown = text_of(client.get("/plans/"))
    assert "尚未备案" in shown
    assert first.name in shown
    plans.record_plan(actor=make_actor(second, "officer"), plan=plan)
    assert "尚未备案" not in text_of(client.get("/plans/"))


@pytest.mark.long
@pytest.mark.duty("process_rules.make")
def test_a_rule_of_the_whole_process_is_issued_and_replaced_by_the_pages(client):
    seated(client, body_of("agency"), "officer")
    form = "registers_draft_rule"
    sent = {
        "do": "registers.draft_rule",
        f"{form}-title": "采集管理规范",
        f"{form}-steps": ["collect", "store"],
        f"{form}-text": "第一条……",
    }
    assert client.post("/desk/registers/", sent | {f"{form}-steps": []}).status_code == 422
    assert client.post("/desk/registers/", sent).status_code == 302
    first = ProcessRule.objects.get()
    assert first.title not in text_of(client.get("/process-rules/"))
    _issue(client, first, "〔2025〕1号", "2025-01-01")
    sent |= {f"{form}-title": "采集管理规范（修订）", f"{form}-replaces": str(first.pk)}
    assert client.post("/desk/registers/", sent).status_code == 302
    second = ProcessRule.objects.get(state="draft")
    _issue(client, second, "〔2026〕1号", "2026-01-01")
    client.logout()
    listed = text_of(client.get("/process-rules/"))
    assert listed.index(second.title) < listed.index("〔2025〕1号")
    shown = text_of(client.get(f"/process-rules/{first.pk}/"))
    assert "已被替代" in shown
    assert second.title in shown
    assert "2025年12月31日" in shown
    assert first.title in text_of(client.get(f"/process-rules/{second.pk}/"))


def _issue(client, rule, number, day):
    page, form = f"/desk/registers/rules/{rule.pk}/", "registers_publish_rule"
    said = {f"{form}-number": number, f"{form}-in_force_from": day}
    answer = client.post(page, {"do": "registers.publish_rule"} | said)
    assert answer.status_code == 302, text_of(answer)
    assert number in text_of(client.get(page))


def test_a_proposal_and_a_draft_are_missing_for_strangers(client):
    proposed = make_standard("DB46/T 500-2026", adopted=False)
    draft = make_plan(state="draft")
    for address in (
        f"/standards/{proposed.pk}/",
        f"/standards/lists/{proposed.code_lists.get().pk}/",
        f"/plans/{draft.pk}/",
        f"/process-rules/{make_rule(state='draft').pk}/",
    ):
        assert client.get(address).status_code == 404
    assert proposed.number not in text_of(client.get("/standards/"))


def test_a_steward_enters_a_system_on_the_page(client):
    body = make_body()
    seated(client, body)
    form = "registers_register_system"
    sent = {
        "do": "registers.register_system",
        f"{form}-name": "统计报表系统",
        f"{form}-purpose": "收统计报表",
        f"{form}-in_service": "on",
    }
    answer = client.post("/desk/registers/", sent | {f"{form}-purpose": " "})
    assert answer.status_code == 422
    assert client.post("/desk/registers/", sent).status_code == 302
    system = GovernmentSystem.objects.get(body=body)
    assert system.state == "existing"
    assert "统计报表系统" in text_of(client.get("/desk/registers/"))
    ended = client.post(f"/desk/registers/systems/{system.pk}/", {"do": "registers.end_system"})
    assert ended.status_code == 302
    system.refresh_from_db()
    assert system.state == "ended"


@pytest.mark.long
def test_a_plan_goes_from_draft_to_both_files_by_the_pages(client):
    plan = make_plan(state="draft")
    seated(client, plan.body, "officer")
    page = f"/desk/registers/plans/{plan.pk}/"
    for act in ("publish_plan", "file_plan"):
        assert client.post(page, {"do": f"registers.{act}"}).status_code == 302
    for kind in ("agency", "informatization"):
        seated(client, body_of(kind), "officer")
        assert plan.title in text_of(client.get("/desk/registers/"))
        assert client.post(page, {"do": "registers.record_plan"}).status_code == 302
        assert plan.title not in text_of(client.get("/desk/registers/"))
    assert Plan.objects.get().filings.count() == 2


def test_a_standard_is_proposed_and_filled_by_the_page(client):
    seated(client, body_of("standardization"), "officer")
    form = "registers_propose_standard"
    sent = {
        "do": "registers.propose_standard",
        f"{form}-number": "GB/T 2260-2007",
        f"{form}-title": "中华人民共和国行政区划代码",
        f"{form}-source": "国家标准全文公开系统",
    }
    assert client.post("/desk/registers/", sent).status_code == 302
    standard = DataStandard.objects.get()
    page = f"/desk/registers/standards/{standard.pk}/"
    form = "registers_add_code_list"
    sent = {
        "do": "registers.add_code_list",
        f"{form}-identifier": "DIV",
        f"{form}-name": "行政区划代码",
        f"{form}-values": "460000,海南省,Hainan\n460100,海口市",
    }
    wrong = client.post(page, sent | {f"{form}-values": "460000"})
    assert wrong.status_code == 422
    assert client.post(page, sent).status_code == 302
    values = standard.code_lists.get().newest.values
    assert [value["code"] for value in values] == ["460000", "460100"]


def test_the_entry_form_offers_the_systems_of_the_body_alone(client):
    body = make_body()
    own, other = make_system(body), make_system()
    seated(client, body)
    page = client.get("/desk/entries/new/").content.decode()
    assert str(own.pk) in page
    assert str(other.pk) not in page
    content = make_content(title="港口吞吐量", system_ids=(own.pk,))
    answer = client.post("/desk/entries/new/", entry_form(content))
    assert answer.status_code == 302, text_of(answer)
    entry = Entry.objects.get()
    assert entry.systems.get() == own
    assert own.name in text_of(client.get(f"/desk/entries/{entry.pk}/"))


def test_an_item_takes_its_type_from_the_data_element_chosen_in_the_editor(client):
    element = make_element("COUNT")
    entry = make_entry(state="draft")
    seated(client, entry.provider)
    address = f"/desk/entries/{entry.pk}/items/"
    assert str(element.pk) in client.get(address).content.decode()
    row = {"name": "人数", "grade": "1", "nullable": "on", "element_id": str(element.pk)}
    sent = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "do": "save"}
    sent |= {f"form-0-{name}": value for name, value in row.items()}
    assert client.post(address, sent | {"form-0-type": "C"}).status_code == 422
    assert client.post(address, sent | {"form-0-element_id": ""}).status_code == 422
    assert client.post(address, sent | {"form-0-type": ""}).status_code == 302
    item = entry.items.get()
    assert (item.type, item.length, item.element) == ("I", "9", element)
    assert "COUNT" in text_of(client.get(f"/desk/entries/{entry.pk}/"))
