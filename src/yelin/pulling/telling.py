"""What stewards are told of data that is fetched in turn."""

from yelin.notices.events import event

FAILED = event(
    "pull.failed",
    "The data of {code} could not be fetched. Look at what stands there.",
    urgent=True,
)
