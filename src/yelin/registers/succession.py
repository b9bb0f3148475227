"""What a body's successor takes over of the registers: systems, projects, plans and standards."""

from yelin.parties import succession
from yelin.registers.models import DataStandard, FundedProject, GovernmentSystem, Plan

for _model in (GovernmentSystem, FundedProject, Plan, DataStandard):
    succession.moves(_model, "body")
