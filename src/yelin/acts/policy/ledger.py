"""Who may have what a leaf said destroyed, and a loss of the log accepted; everyone reads of it."""

from yelin.gate import Anyone, HoldsPower, InRole, Is, IsNot, OwnBody, explain, may
from yelin.law import duties
from yelin.ledger import loss
from yelin.ledger.models import Leaf
from yelin.ledger.shredding import ACT
from yelin.parties.models import Body

keeps_ledger = OwnBody("pk") & HoldsPower("ledger.keep", over="division") & InRole("officer")
may(ACT, on=Body, when=keeps_ledger, duty=duties.ERASE)
explain(
    ACT,
    on=Body,
    when=Anyone(),
    duty=duties.ERASE,
    says="Only an officer of the body that keeps the ledger may have a leaf shredded.",
)
may(loss.ACT, on=Body, when=keeps_ledger, duty=duties.TRACE)
explain(
    loss.ACT,
    on=Body,
    when=Anyone(),
    duty=duties.TRACE,
    says="Only an officer of the body that keeps the ledger may have a loss accepted.",
)
is_of_a_loss = Is("act", loss.ACT, says="it accepts a loss of the log") & IsNot(
    "refused", says="the act was not refused"
)
may("leaf.open", on=Leaf, when=is_of_a_loss, duty=duties.TRACE)
