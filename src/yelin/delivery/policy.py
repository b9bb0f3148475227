"""Who may close an hour of counted deliveries: the system's clock."""

from yelin.catalog.models import Entry
from yelin.gate import SystemJob, may
from yelin.law import duties

may("delivery.close_hour", on=Entry, when=SystemJob("clock"), duty=duties.TRACE)
