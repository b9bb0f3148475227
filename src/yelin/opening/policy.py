"""Who may take open data: everyone, or on conditions (有条件开放) those to whom it was given.

And who asks for what is not open, who reads and answers that, and who plans what is opened.
"""

from yelin.acts.references import known
from yelin.cases.policy import declare
from yelin.catalog.models import Entry
from yelin.catalog.predicates import (
    going_out,
    is_confirmed,
    is_of_government,
    is_open_on_conditions,
    is_open_to_all,
    is_social,
)
from yelin.catalog.rules import Way
from yelin.gate import (
    Anyone,
    HadGrant,
    HasGrant,
    HoldsPower,
    InRole,
    Is,
    IsNot,
    OfKind,
    OwnBody,
    OwnParty,
    OwnPerson,
    SystemJob,
    explain,
    may,
)
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.opening.application import APPLICATION
from yelin.opening.identity import IDENTITY
from yelin.opening.models import Demand, OpeningPlan, PlannedOpening
from yelin.opening.rules import PUBLIC
from yelin.opening.telling import MODERATES
from yelin.opening.verified import StandsFor, Verified
from yelin.parties.actor import ActorKind
from yelin.parties.kinds import SOCIAL
from yelin.parties.models import Body, Person

is_one_of_the_public = OfKind(ActorKind.CITIZEN, ActorKind.REPRESENTATIVE)

declare(APPLICATION)
declare(IDENTITY)

for _whose, _duty in (
    (is_of_government, duties.OPEN_DATA_FREE),
    (is_social, duties.SOCIAL_GIVE),
):
    for _action in ("resource.read", "service.call"):
        may(
            _action,
            on=Entry,
            when=_whose & is_confirmed & is_open_to_all,
            duty=_duty,
            bears=going_out(Way.OPEN),
        )
may(
    "resource.read",
    on=Entry,
    when=is_confirmed & is_open_on_conditions & HasGrant(),
    duty=duties.OPENING_APPLY,
    bears=going_out(Way.APPLIED),
)
for _of in ("resource.verify", "resource.read"):
    may(
        "resource.verify",
        on=Entry,
        when=is_confirmed & is_open_on_conditions & HasGrant(of=_of),
        duty=duties.VERIFY_ONLINE,
        bears=going_out(Way.APPLIED),
    )

may(
    "opening.apply",
    on=Entry,
    when=is_confirmed & is_open_on_conditions & is_one_of_the_public & Verified(),
    duty=duties.OPENING_APPLY,
)
explain(
    "opening.apply",
    on=Entry,
    when=is_confirmed & is_open_on_conditions & is_one_of_the_public & ~Verified(),
    duty=duties.IDENTITY_REQUIRE,
    says="Data of this grade is applied for under a verified name. Have yours looked into first.",
)
explain(
    "opening.apply",
    on=Entry,
    when=is_confirmed & is_open_on_conditions,
    duty=duties.OPENING_APPLY,
    says="Citizens, and representatives of verified bodies, apply for this data after signing in.",
)
explain(
    "opening.apply",
    on=Entry,
    when=Anyone(),
    duty=duties.OPENING_TYPE,
    says="Only data that is open on conditions is applied for.",
)
explain(
    "resource.read",
    on=Entry,
    when=is_open_on_conditions & HadGrant(),
    duty=duties.OPENING_APPLY,
    says="What you were granted has ended, is stopped, or serves another purpose. Apply anew.",
)
explain(
    "resource.read",
    on=Entry,
    when=is_open_on_conditions,
    duty=duties.OPENING_APPLY,
    says="This resource is open on conditions: its data is given on application.",
)
explain(
    "resource.read",
    on=Entry,
    when=Is("sharing_type", "none"),
    duty=duties.SHARING_BASIS,
    says="This resource is on the negative list: it is neither shared nor open.",
)
explain(
    "resource.read",
    on=Entry,
    when=Anyone(),
    duty=duties.OPENING_TYPE,
    says="This resource is not open to the public.",
)
explain(
    "resource.verify",
    on=Entry,
    when=is_open_to_all,
    duty=duties.OPEN_DATA_FREE,
    says="This resource is open to everyone: read it.",
)
explain(
    "resource.verify",
    on=Entry,
    when=Anyone(),
    duty=duties.VERIFY_ONLINE,
    says="Only who was given this resource, or its verification, verifies by it.",
)

# Who somebody is: asked for by oneself, for oneself or for the enterprise that one registered.
is_citizen = OfKind(ActorKind.CITIZEN)
_is_social_body = Is("kind", *sorted(SOCIAL), says="it is an enterprise, association or utility")
may("opening.identify", on=Person, when=OwnPerson("pk") & is_citizen, duty=duties.IDENTITY_ASK)
may(
    "opening.identify",
    on=Body,
    when=_is_social_body & StandsFor("pk") & is_citizen,
    duty=duties.IDENTITY_ASK,
)
for _whom in (Person, Body):
    explain(
        "opening.identify",
        on=_whom,
        when=Anyone(),
        duty=duties.IDENTITY_ASK,
        says="One asks it for oneself, and for an enterprise for which one stands.",
    )

# Demands: anybody known asks and supports, the platform's officers read, the body named answers.
serves = InRole("steward", "officer")
sits_in_office = InRole("steward", "officer", "auditor", "head")
reads_demands = HoldsPower(MODERATES, over="body__division") & InRole("officer")
answers = OwnBody("handler_id") & serves
is_public = Is("state", *map(str, PUBLIC), says="the demand is public")
asked_itself = OwnParty("asker_id") & is_one_of_the_public

may(
    "opening.demand",
    on=Body,
    when=~_is_social_body & is_one_of_the_public,
    duty=duties.OPENING_DEMAND,
)
explain(
    "opening.demand",
    on=Body,
    when=Anyone(),
    duty=duties.OPENING_DEMAND,
    says="Citizens, and representatives of verified bodies, ask government bodies.",
)
may("opening.withdraw_demand", on=Demand, when=asked_itself, duty=duties.OPENING_DEMAND)
explain(
    "opening.withdraw_demand",
    on=Demand,
    when=Anyone(),
    duty=duties.OPENING_DEMAND,
    says="Only whoever asked takes a demand back.",
)
for _action in ("opening.support", "opening.unsupport"):
    may(_action, on=Demand, when=is_public & is_one_of_the_public, duty=duties.OPENING_DEMAND)
    explain(
        _action,
        on=Demand,
        when=Anyone(),
        duty=duties.OPENING_DEMAND,
        says="Citizens, and representatives of verified bodies, support a public demand.",
    )
for _action in ("opening.publish_demand", "opening.return_demand", "opening.merge_demand"):
    may(_action, on=Demand, when=reads_demands, duty=duties.OPENING_MODERATE)
may("opening.assign_demand", on=Demand, when=reads_demands, duty=duties.OPENING_RESPOND)
for _action, _duty in (
    ("opening.publish_demand", duties.OPENING_MODERATE),
    ("opening.return_demand", duties.OPENING_MODERATE),
    ("opening.merge_demand", duties.OPENING_MODERATE),
    ("opening.assign_demand", duties.OPENING_RESPOND),
):
    explain(
        _action,
        on=Demand,
        when=Anyone(),
        duty=_duty,
        says="Only an officer of the body that runs the platform may do this.",
    )
for _action in ("opening.plan_demand", "opening.decline_demand", "opening.release_demand"):
    may(_action, on=Demand, when=is_public & answers, duty=duties.OPENING_RESPOND)
    explain(
        _action,
        on=Demand,
        when=Anyone(),
        duty=duties.OPENING_RESPOND,
        says="Only the body to which the demand was given answers it.",
    )
may("opening.lapse_demand", on=Demand, when=SystemJob("clock"), duty=duties.OPENING_RESPOND)
may("opening.fulfil_demand", on=Demand, when=SystemJob("clock"), duty=duties.OPENING_BRING)
may("demand.see", on=Demand, when=is_public, duty=duties.OPENING_DEMAND)
may("demand.see", on=Demand, when=asked_itself, duty=duties.OPENING_DEMAND)
may("demand.see", on=Demand, when=reads_demands, duty=duties.OPENING_MODERATE)
known(Demand, by="demand.see", code="number")

# Plans of opening, made by whoever runs the platform.
plans_itself = OwnBody("body_id") & InRole("officer")
may(
    "opening.draft_plan",
    on=Body,
    when=OwnBody("pk") & HoldsPower(MODERATES, over="division") & InRole("officer"),
    duty=duties.OPENING_PLAN,
)
explain(
    "opening.draft_plan",
    on=Body,
    when=Anyone(),
    duty=duties.OPENING_PLAN,
    says="Only an officer of the body that runs the platform may do this.",
)
for _action in ("opening.add_to_plan", "opening.drop_from_plan", "opening.publish_plan"):
    may(_action, on=OpeningPlan, when=plans_itself, duty=duties.OPENING_PLAN)
    explain(
        _action,
        on=OpeningPlan,
        when=Anyone(),
        duty=duties.OPENING_PLAN,
        says="Only an officer of the body that runs the platform may do this.",
    )
_is_published = "the plan is published"
for _action, _model, _path in (
    ("opening_plan.see", OpeningPlan, ""),
    ("planned_opening.see", PlannedOpening, "plan__"),
):
    may(
        _action,
        on=_model,
        when=Is(f"{_path}state", "published", says=_is_published),
        duty=duties.OPENING_PLAN,
    )
    may(
        _action,
        on=_model,
        when=OwnBody(f"{_path}body_id") & sits_in_office,
        duty=duties.OPENING_PLAN,
    )
known(OpeningPlan, by="opening_plan.see")
known(PlannedOpening, by="planned_opening.see")

# What was done with them everybody may open once they are public, but for who gave a voice.
_was_done = IsNot("refused", says="the act was not refused")
_of_its_course = Is(
    "act",
    "opening.publish_demand",
    "opening.assign_demand",
    "opening.merge_demand",
    "opening.plan_demand",
    "opening.decline_demand",
    "opening.release_demand",
    "opening.fulfil_demand",
    "opening.lapse_demand",
    says="it is a step of its public course",
)
for _who in (
    Is("subject__demand__state", *map(str, PUBLIC), says="the demand is public") & _of_its_course,
    OwnParty("subject__demand__asker_id") & _of_its_course,
    Is("subject__openingplan__state", "published", says=_is_published),
    Is("subject__plannedopening__plan__state", "published", says=_is_published),
):
    may("leaf.open", on=Leaf, when=_was_done & _who, duty=duties.TRACE)
