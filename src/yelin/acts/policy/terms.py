"""Who counts terms anew: the system's clock."""

from yelin.gate import SystemJob, may
from yelin.law import duties
from yelin.things.models import Thing

may("terms.recount", on=Thing, when=SystemJob("clock"), duty=duties.COUNT_TERMS)
