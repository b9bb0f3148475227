"""What stewards and whoever supervises them are told of findings."""

from yelin.acts.telling import officers_holding, who_may
from yelin.law import clock
from yelin.notices.events import Event, event
from yelin.notices.telling import tell
from yelin.oversight.models import Finding

FOUND = event(
    "finding.found",
    "Version {n} of {code} fails its quality. Rules that are not met: {rules}.",
    urgent=True,
)
LAPSED = event("finding.lapsed", "The term to mend version {n} of {code} has passed.", urgent=True)
CLOSED = event("finding.closed", "Version {n} of {code} mends what was found.")


def tell_supervision(of: Event, finding: Finding) -> None:
    """Tell the officers who supervise the provider of a finding."""
    officers = officers_holding("supervise", over=finding.entry.provider.division)
    params: dict[str, str | int] = {
        "code": str(finding.entry.code),
        "n": finding.release.number,
    }
    people = who_may("finding.see", finding, officers)
    tell(of, to=people, about=finding, at=clock.now(), params=params)
