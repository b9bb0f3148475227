"""What a successor takes over of the exchange: what was issued under seal, to take it back."""

from django.db.models import Q

from yelin.exchange.models import Extract
from yelin.parties import succession

succession.moves(Extract, "seat", done=lambda: Q(issued_at__isnull=False))
