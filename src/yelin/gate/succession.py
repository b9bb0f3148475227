"""What a party's successor takes over of the gate: the grants that the party held."""

from yelin.gate.models import Grant
from yelin.parties import succession

succession.moves(Grant, "party")
