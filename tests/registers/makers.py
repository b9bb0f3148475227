"""Systems, plans and standards for tests, through the same acts as any user's."""

from datetime import date
from itertools import count

from tests.parties.makers import make_actor, make_body

from yelin.law import clock
from yelin.parties.models import Body
from yelin.registers.acts import plans, process_rules, standards, systems
from yelin.registers.content import CodedValue, Step
from yelin.registers.models import (
    DataElement,
    DataStandard,
    FundedProject,
    GovernmentSystem,
    Plan,
    ProcessRule,
)

_number = count(1)
SEXES = [
    CodedValue(code="0", name="未知的性别", name_en="Unknown"),
    CodedValue(code="1", name="男性", name_en="Male"),
    CodedValue(code="2", name="女性", name_en="Female"),
    CodedValue(code="9", name="未说明的性别", name_en="Not stated"),
]


def body_of(kind, division="460000") -> Body:
    """The one living body of its kind there."""
    known = Body.objects.filter(kind=kind, division=division, until=None).first()
    return known or make_body(kind=kind, division=division)


def officer_of(kind, division="460000"):
    return make_actor(body_of(kind, division), "officer")


def make_project(body=None, **over) -> FundedProject:
    body = body or make_body()
    said = {
        "name": "港口统计信息化项目",
        "funding": "whole",
        "approval": "琼发改审批〔2024〕12号",
        "approved_on": date(2024, 3, 1),
    }
    return systems.register_project(actor=make_actor(body), body=body, **said | over)


def make_system(body=None, **over) -> GovernmentSystem:
    body = body or make_body()
    said = {"name": f"统计报表系统{next(_number)}", "purpose": "收统计报表", "in_service": True}
    return systems.register_system(actor=make_actor(body), body=body, **said | over)


def make_standard(number="GB/T 2261.1-2003", *, adopted=True) -> DataStandard:
    """A standard with one code list and two elements: a code, and a name of text."""
    actor = officer_of("standardization")
    standard = standards.propose_standard(
        actor=actor,
        body=body_of("standardization"),
        number=number,
        title="个人基本信息分类与代码 第1部分：人的性别代码",
        source="国家标准全文公开系统",
    )
    sexes = standards.add_code_list(
        actor=actor, standard=standard, identifier="SEX", name="人的性别代码", values=SEXES
    )
    standards.define_element(
        actor=actor,
        standard=standard,
        identifier="SEX-CODE",
        name="性别代码",
        type="C",
        length="1",
        code_list=sexes,
    )
    standards.define_element(
        actor=actor, standard=standard, identifier="COUNT", name="人数", type="I", length="9"
    )
    return adopt(standard) if adopted else standard


def adopt(standard: DataStandard) -> DataStandard:
    return standards.adopt_standard(
        actor=officer_of("standardization"), standard=standard, in_force_from=clock.today()
    )


def make_element(identifier="SEX-CODE", **over) -> DataElement:
    return make_standard(**over).elements.get(identifier=identifier)


def make_rule(
    *, state="published", number="琼数管规〔2025〕1号", begins=None, **over
) -> ProcessRule:
    """A rule of the whole process, made by the body that the law names."""
    officer, body = officer_of("agency"), body_of("agency")
    said = {"title": "全过程管理规范", "steps": [Step.COLLECT, Step.SHARE], "text": "第一条……"}
    rule = process_rules.draft_rule(actor=officer, body=body, **said | over)
    if state == "draft":
        return rule
    return process_rules.publish_rule(
        actor=officer, rule=rule, number=number, in_force_from=begins or clock.today()
    )


def make_plan(body=None, *, state="published", **over) -> Plan:
    body = body or make_body()
    officer = make_actor(body, "officer")
    said = {"kind": "department", "title": "海洋大数据专项规划", "text": "到2030年……"}
    plan = plans.draft_special_plan(actor=officer, body=body, **said | over)
    if state in {"published", "filed"}:
        plan = plans.publish_plan(actor=officer, plan=plan)
    return plans.file_plan(actor=officer, plan=plan) if state == "filed" else plan
