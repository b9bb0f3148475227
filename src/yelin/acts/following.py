"""What of the rooms beneath bodies follows a body's successor: its ways out and its webhooks."""

from django.db.models import Q

from yelin.law import clock
from yelin.notices.models import Channel
from yelin.outbound.models import EgressRule
from yelin.parties import succession


def _no_longer_leads_out() -> Q:
    return Q(ended_at__isnull=False) | Q(until__lt=clock.today())


succession.moves(EgressRule, "body", done=_no_longer_leads_out)
# A webhook goes out for a body by its rules; so both go to the successor, or neither.
succession.moves(Channel, "body", done=lambda: Q(closed_at__isnull=False))
