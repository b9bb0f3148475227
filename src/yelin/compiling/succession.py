"""What a body's successor takes over: imports under way."""

from django.db.models import Q

from yelin.compiling.models import Import, ImportState
from yelin.parties import succession

_DONE = (ImportState.DONE, ImportState.DISCARDED, ImportState.FAILED)

succession.moves(Import, "body", done=lambda: Q(state__in=_DONE))
