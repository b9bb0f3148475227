"""What a body's successor takes over: disputes that it mediates; a side's go with its contract."""

from django.db.models import Q

from yelin.market.dispute.models import Dispute
from yelin.market.dispute.rules import OPEN
from yelin.parties import succession

succession.moves(Dispute, "mediator", done=lambda: ~Q(state__in=OPEN))
