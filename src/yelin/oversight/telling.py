"""What stewards are told of findings."""

from yelin.notices.events import event

FOUND = event(
    "finding.found", "Version {n} of {code} fails {rules} rules of its quality.", urgent=True
)
LAPSED = event("finding.lapsed", "The term to mend version {n} of {code} has passed.", urgent=True)
CLOSED = event("finding.closed", "Version {n} of {code} mends what was found.")
