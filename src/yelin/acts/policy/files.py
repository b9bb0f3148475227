"""What it means to know of an attachment; the rooms of what it hangs on say who may what."""

from yelin.acts.references import known
from yelin.files.models import Attachment
from yelin.gate import Anyone, explain
from yelin.law import duties

known(Attachment, by="attachment.see")
explain(
    "files.remove",
    on=Attachment,
    when=Anyone(),
    duty=duties.ERASE,
    says="A file is removed by the side that attached it, and only before the matter is decided.",
)
