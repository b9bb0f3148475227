"""Who may look at how the platform runs: officers and the head of the body that operates it."""

from yelin.gate import HoldsPowerOverAll, InRole, OwnBody, may
from yelin.law import duties
from yelin.parties.models import Body

may(
    "platform.see",
    on=Body,
    when=OwnBody("pk") & HoldsPowerOverAll("operate") & InRole("officer", "head"),
    duty=duties.GOVERN,
)
