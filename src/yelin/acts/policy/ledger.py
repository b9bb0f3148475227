"""Who may have what a leaf said destroyed."""

from yelin.gate import Anyone, HoldsPower, InRole, OwnBody, explain, may
from yelin.law import duties
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
