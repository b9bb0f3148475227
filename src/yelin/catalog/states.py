"""Where an entry, and what is asked for of one, stands on its way."""

from django.db import models


class State(models.TextChoices):
    """Where an entry stands on its way (目录状态)."""

    DRAFT = "draft", "Draft"
    REGISTERED = "registered", "Registered"
    AWAITING = "awaiting", "Awaiting confirmation"
    CONFIRMED = "confirmed", "Confirmed"
    RETURNED = "returned", "Returned"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DROPPED = "dropped", "Dropped"


GONE = (State.WITHDRAWN, State.DROPPED)
# A revision stands at these two while its provider works on it.
BEING_WRITTEN = (State.DRAFT, State.RETURNED)
