"""What stewards are told of data that is fetched in turn."""

from yelin.notices.events import event

FAILED = event(
    "pull.failed",
    "The data of {code} could not be fetched. Look at what stands there.",
    urgent=True,
)

HELD = event(
    "pull.held",
    "What was fetched for {code} waits: it holds personal information that everyone would have."
    " State the ground on which it is published, or leave it out.",
    urgent=True,
)
