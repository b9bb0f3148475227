"""Who may keep the registers, and who may know of what stands in them."""

from yelin.acts import attaching
from yelin.acts.references import known
from yelin.files.models import Attachment
from yelin.gate import Anyone, HoldsPower, InRole, Is, IsNot, OwnBody, explain, may
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.parties.models import Body
from yelin.registers.models import (
    CodeList,
    DataElement,
    DataStandard,
    FundedProject,
    GovernmentSystem,
    Plan,
    PlanFiling,
    ProcessRule,
)

is_steward = InRole("steward")
is_officer = InRole("officer")
sits_in_office = InRole("steward", "officer", "auditor", "head")
is_own = OwnBody("body_id")

# Systems and projects: kept by their body's steward, seen by those who coordinate and supervise.
for _action, _model, _own, _duty in (
    ("registers.register_system", Body, OwnBody("pk"), duties.SYSTEMS_CONNECT),
    ("registers.amend_system", GovernmentSystem, is_own, duties.SYSTEMS_CONNECT),
    ("registers.connect_system", GovernmentSystem, is_own, duties.SYSTEMS_CONNECT),
    ("registers.end_system", GovernmentSystem, is_own, duties.SYSTEMS_CONNECT),
    ("registers.register_project", Body, OwnBody("pk"), duties.PUBLIC_MONEY),
    ("registers.amend_project", FundedProject, is_own, duties.PUBLIC_MONEY),
):
    may(_action, on=_model, when=_own & is_steward, duty=_duty)
    explain(
        _action,
        on=_model,
        when=Anyone(),
        duty=_duty,
        says="Only a data steward of the body whose it is may do this.",
    )
coordinates = HoldsPower("projects.coordinate", over="body__division") & sits_in_office
supervises = HoldsPower("supervise", over="body__division") & sits_in_office
may("system.see", on=GovernmentSystem, when=is_own, duty=duties.SYSTEMS_CONNECT)
may("system.see", on=GovernmentSystem, when=coordinates | supervises, duty=duties.SYSTEMS_CONNECT)
may("project.see", on=FundedProject, when=is_own, duty=duties.PUBLIC_MONEY)
may("project.see", on=FundedProject, when=coordinates | supervises, duty=duties.PUBLIC_MONEY)

# Plans: one for the province, approved by its government; special ones, filed with two bodies.
makes_overall = HoldsPower("plans.overall", over="division")
is_overall = Is("kind", "overall", says="it is the overall plan")
is_special = Is("kind", "area", "department", "sector", says="it is a special plan")
is_published = Is("state", "published", says="the plan is published")
approves = HoldsPower("plans.approve", over="body__division")
records = HoldsPower("plans.record", over="body__division")
may(
    "registers.draft_overall_plan",
    on=Body,
    when=OwnBody("pk") & makes_overall & is_officer,
    duty=duties.PLANS_OVERALL,
)
explain(
    "registers.draft_overall_plan",
    on=Body,
    when=Anyone(),
    duty=duties.PLANS_OVERALL,
    says="Only an officer of the body that compiles the overall plan may do this.",
)
may(
    "registers.draft_special_plan",
    on=Body,
    when=OwnBody("pk") & HoldsPower("plans.special", over="division") & is_officer,
    duty=duties.PLANS_SPECIAL,
)
explain(
    "registers.draft_special_plan",
    on=Body,
    when=Anyone(),
    duty=duties.PLANS_SPECIAL,
    says="Only an officer of a government or department that plans may do this.",
)
for _action in ("registers.amend_plan", "registers.publish_plan"):
    may(_action, on=Plan, when=is_own & is_overall & is_officer, duty=duties.PLANS_OVERALL)
    may(_action, on=Plan, when=is_own & is_special & is_officer, duty=duties.PLANS_SPECIAL)
may(
    "registers.approve_plan",
    on=Plan,
    when=approves & is_overall & is_officer,
    duty=duties.PLANS_OVERALL,
)
may(
    "registers.file_plan",
    on=Plan,
    when=is_own & is_special & is_officer,
    duty=duties.PLANS_SPECIAL,
)
may(
    "registers.record_plan",
    on=Plan,
    when=records & is_special & is_officer,
    duty=duties.PLANS_SPECIAL,
)
may("plan.see", on=Plan, when=is_published, duty=duties.PLANS_OVERALL)
may("plan.see", on=Plan, when=is_own & sits_in_office, duty=duties.PLANS_SPECIAL)
may("plan.see", on=Plan, when=approves & is_overall & sits_in_office, duty=duties.PLANS_OVERALL)
is_kept_here = OwnBody("plan__body_id") | OwnBody("by_id")
may(
    "plan_filing.see",
    on=PlanFiling,
    when=is_kept_here | HoldsPower("plans.record", over="plan__body__division"),
    duty=duties.PLANS_SPECIAL,
)

# Standards: proposed by the standardization department, joined by those whom the law names.
joins = HoldsPower("standards.join", over="body__division")
may(
    "registers.propose_standard",
    on=Body,
    when=OwnBody("pk") & HoldsPower("standards.propose", over="division") & is_officer,
    duty=duties.STANDARDS_MAKE,
)
explain(
    "registers.propose_standard",
    on=Body,
    when=Anyone(),
    duty=duties.STANDARDS_MAKE,
    says="Only an officer of the standardization department may do this.",
)
for _action in (
    "registers.define_element",
    "registers.add_code_list",
    "registers.adopt_standard",
    "registers.withdraw_standard",
):
    may(_action, on=DataStandard, when=is_own & is_officer, duty=duties.STANDARDS_MAKE)
may(
    "registers.join_standard",
    on=DataStandard,
    when=joins & is_officer,
    duty=duties.STANDARDS_MAKE,
)
may(
    "registers.revise_code_list",
    on=CodeList,
    when=OwnBody("standard__body_id") & is_officer,
    duty=duties.STANDARDS_MAKE,
)
for _action, _laid_down, _path in (
    ("standard.see", DataStandard, ""),
    ("data_element.see", DataElement, "standard__"),
    ("code_list.see", CodeList, "standard__"),
):
    may(
        _action,
        on=_laid_down,
        when=Is(f"{_path}state", "in_force", "withdrawn", says="the standard is or was in force"),
        duty=duties.STANDARDS_MAKE,
    )
    may(
        _action,
        on=_laid_down,
        when=OwnBody(f"{_path}body_id")
        | HoldsPower("standards.join", over=f"{_path}body__division"),
        duty=duties.STANDARDS_MAKE,
    )

# Rules of the whole process: made by the body that the law names, read by everyone once issued.
may(
    "registers.draft_rule",
    on=Body,
    when=OwnBody("pk") & HoldsPower("process_rules.make", over="division") & is_officer,
    duty=duties.PROCESS_RULES,
)
explain(
    "registers.draft_rule",
    on=Body,
    when=Anyone(),
    duty=duties.PROCESS_RULES,
    says="Only an officer of the body that makes the rules of the whole process may do this.",
)
for _action in ("registers.amend_rule", "registers.publish_rule", "registers.repeal_rule"):
    may(_action, on=ProcessRule, when=is_own & is_officer, duty=duties.PROCESS_RULES)
_issued = ("published", "replaced", "repealed")
may(
    "process_rule.see",
    on=ProcessRule,
    when=Is("state", *_issued, says="the rule is published"),
    duty=duties.PROCESS_RULES,
)
may("process_rule.see", on=ProcessRule, when=is_own & sits_in_office, duty=duties.PROCESS_RULES)

# What was done about a standard, a plan or a rule may be opened once the thing itself is public.
was_done = IsNot("refused", says="the act was not refused")
may(
    "leaf.open",
    on=Leaf,
    when=was_done
    & Is(
        "subject__datastandard__state",
        "in_force",
        "withdrawn",
        says="the standard is or was in force",
    ),
    duty=duties.TRACE,
)
may(
    "leaf.open",
    on=Leaf,
    when=was_done & Is("subject__plan__state", "published", says="the plan is published"),
    duty=duties.TRACE,
)

may(
    "leaf.open",
    on=Leaf,
    when=was_done & Is("subject__processrule__state", *_issued, says="the rule is published"),
    duty=duties.TRACE,
)

known(GovernmentSystem, by="system.see")
known(FundedProject, by="project.see")
known(Plan, by="plan.see")
known(PlanFiling, by="plan_filing.see")
known(ProcessRule, by="process_rule.see")
known(DataStandard, by="standard.see", code="number")
known(DataElement, by="data_element.see")
known(CodeList, by="code_list.see")

# What is attached follows what it is attached to.
_a_project, _a_plan, _a_rule = "about__fundedproject__", "about__plan__", "about__processrule__"
_before = ("draft", "approved")
is_not_public_yet = Is("state", *_before, says="the plan is not published yet")
may("files.attach", on=FundedProject, when=is_own & is_steward, duty=duties.PUBLIC_MONEY)
may(
    "files.attach",
    on=Plan,
    when=is_own & is_officer & is_not_public_yet,
    duty=duties.PLANS_SPECIAL,
)
may(
    "files.attach",
    on=ProcessRule,
    when=is_own & is_officer & Is("state", "draft", says="the rule is not published yet"),
    duty=duties.PROCESS_RULES,
)
for _holder in (FundedProject, Plan, ProcessRule):
    explain(
        "files.attach",
        on=_holder,
        when=Anyone(),
        duty=duties.GOVERN,
        says="Only the body whose it is attaches files, to a plan or rule until it is published.",
    )
may(
    "files.remove",
    on=Attachment,
    when=OwnBody(f"{_a_project}body_id") & is_steward,
    duty=duties.PUBLIC_MONEY,
)
may(
    "files.remove",
    on=Attachment,
    when=OwnBody(f"{_a_plan}body_id")
    & is_officer
    & Is(f"{_a_plan}state", *_before, says="the plan is not published yet"),
    duty=duties.PLANS_SPECIAL,
)
may(
    "files.remove",
    on=Attachment,
    when=OwnBody(f"{_a_rule}body_id")
    & is_officer
    & Is(f"{_a_rule}state", "draft", says="the rule is not published yet"),
    duty=duties.PROCESS_RULES,
)
_reaches = f"{_a_project}body__division"
for _who in (
    OwnBody(f"{_a_project}body_id"),
    HoldsPower("projects.coordinate", over=_reaches) & sits_in_office,
    HoldsPower("supervise", over=_reaches) & sits_in_office,
):
    may("attachment.see", on=Attachment, when=_who, duty=duties.PUBLIC_MONEY)
for _who in (
    Is(f"{_a_plan}state", "published", says="the plan is published"),
    OwnBody(f"{_a_plan}body_id") & sits_in_office,
    HoldsPower("plans.approve", over=f"{_a_plan}body__division")
    & Is(f"{_a_plan}kind", "overall", says="it is the overall plan")
    & sits_in_office,
):
    may("attachment.see", on=Attachment, when=_who, duty=duties.PLANS_SPECIAL)
for _who in (
    Is(f"{_a_rule}state", *_issued, says="the rule is published"),
    OwnBody(f"{_a_rule}body_id") & sits_in_office,
):
    may("attachment.see", on=Attachment, when=_who, duty=duties.PROCESS_RULES)
for _holder in (FundedProject, Plan, ProcessRule):
    attaching.declare(_holder, side=lambda _actor, _about: "keeper")
