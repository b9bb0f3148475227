"""What stewards are told of their files and of the terms to bring data in."""

from yelin.notices.events import event

READY = event(
    "upload.ready",
    "A file for {code} is ready. Rows that fit: {rows}; rejected: {rejected}.",
    urgent=True,
)
FILES_READY = event("upload.files", "Files for {code} that are ready: {files}.", urgent=True)
FAILED = event("upload.failed", "A file for {code} could not be used.", urgent=True)
DUE_SOON = event(
    "term.due_soon", "The term to bring in data for {code} ends on {due}.", urgent=True
)
LAPSED = event("term.lapsed", "The term to bring in data for {code} has passed.", urgent=True)
GRADED_LOW = event(
    "entry.graded_low",
    "Items of {code} hold personal information and are graded too low: {items}. Revise the entry.",
    urgent=True,
)
OBJECTED = event(
    "ground.objected",
    "The ground on which {code} opens personal information was objected to.",
    urgent=True,
)
