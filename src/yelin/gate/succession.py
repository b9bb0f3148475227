"""What a party's successor takes over of the gate: grants that it held, holds on it and by it."""

from yelin.gate.models import Grant, Hold
from yelin.parties import succession

succession.moves(Grant, "party")
# Nobody sheds a hold by becoming another.
succession.moves(Hold, "on")
succession.moves(Hold, "placed_by")
