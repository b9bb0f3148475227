"""What it means to know of a grant or a hold; who may settle them the gate says itself."""

from yelin.acts.references import known
from yelin.gate.models import Grant, Hold

known(Grant, by="grant.see")
known(Hold, by="hold.see")
