"""``yelin attach``: a file for a case, plan, project or rule, by the same act as the page."""

from pathlib import Path

from django.utils import translation

from yelin.acts import attachments
from yelin.cli import refusing
from yelin.files.places import pieces
from yelin.surface import actor as asking
from yelin.surface import attaching, problems


def attach(on: str, file: Path, token: str) -> int:
    """Attach ``file`` to what is called ``on``; return the exit status."""
    with translation.override("en"):
        try:
            actor = asking.of_token(token).actor
            about = attaching.holder(actor, on)
            examined = attaching.take(pieces(file.open("rb")), file.name)
            made = attachments.attach(actor=actor, about=about, examined=examined)
        except problems.FORESEEN as error:
            refusing.tell(problems.of(error))
            return 1
    print(f"{made.pk}  {made.type.media_type}  {made.size:,} bytes")
    return 0
