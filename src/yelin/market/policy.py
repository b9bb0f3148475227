"""Who makes arrangements about public data, and who sees them: once public, everyone."""

from yelin.acts.references import known
from yelin.gate import Anyone, HoldsPower, InRole, Is, IsNot, OwnBody, explain, may
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.market.models import Arrangement
from yelin.parties.kinds import SOCIAL, BodyKind
from yelin.parties.models import Body

_answers = InRole("steward", "officer")
_is_ours = OwnBody("body_id")
_is_of_government = Is(
    "kind",
    *(each for each in BodyKind if each not in SOCIAL),
    says="it is a body of the government",
)
is_public = Is("state", "published", "ended", says="the arrangement is public")

may(
    "market.arrange",
    on=Body,
    when=OwnBody("pk") & _is_of_government & _answers,
    duty=duties.MARKET_OPERATE,
)
for _action in ("market.reach", "market.publish", "market.extend"):
    may(_action, on=Arrangement, when=_is_ours & _answers, duty=duties.MARKET_OPERATE)
for _action in ("market.drop", "market.end"):
    may(
        _action,
        on=Arrangement,
        when=_is_ours & _answers
        | is_public & HoldsPower("supervise", over="body__division") & InRole("officer"),
        duty=duties.MARKET_OPERATE,
    )
for _action, _model in (
    ("market.arrange", Body),
    *((f"market.{each}", Arrangement) for each in ("reach", "drop", "publish", "extend", "end")),
):
    explain(
        _action,
        on=_model,
        when=Anyone(),
        duty=duties.MARKET_OPERATE,
        says="Only the body whose data it is makes such arrangements, by its steward or officer.",
    )

may("arrangement.see", on=Arrangement, when=is_public, duty=duties.MARKET_OPERATE)
may("arrangement.see", on=Arrangement, when=_is_ours & _answers, duty=duties.MARKET_OPERATE)
known(Arrangement, by="arrangement.see", code="number")
may(
    "leaf.open",
    on=Leaf,
    when=IsNot("refused", says="the act was not refused")
    & (OwnBody("subject__arrangement__body_id") | OwnBody("subject__arrangement__operator_id")),
    duty=duties.TRACE,
)
