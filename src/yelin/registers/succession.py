"""What a body's successor takes over of the registers: systems, plans, standards, rules."""

from yelin.parties import succession
from yelin.registers.models import (
    DataStandard,
    FundedProject,
    GovernmentSystem,
    Plan,
    ProcessRule,
)

for _model in (GovernmentSystem, FundedProject, Plan, DataStandard, ProcessRule):
    succession.moves(_model, "body")
