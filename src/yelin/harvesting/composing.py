"""Make of what a source tells what an entry says: pure functions."""

from collections.abc import Mapping
from typing import Any

from yelin.catalog.content import EntryContent, UpdateCycle
from yelin.catalog.words import fold
from yelin.harvesting.content import LINE, Remote

# What every known spelling of a coded field means (``mapping.meanings``).
Meanings = Mapping[str, Mapping[str, str]]
# What a source can tell of a resource; the rest is its own body's to say.
TOLD = ("title", "title_en", "summary", "keywords", "themes", "formats", "contact_office")


def compose(remote: Remote, before: EntryContent | None, meanings: Meanings) -> EntryContent:
    """Return what an entry says of ``remote``, over what is said ``before`` of the rest.

    What the source does not tell, or in formats that nobody knows, stays as it was; a licence that
    is none of ours keeps its name.
    """
    told: dict[str, Any] = {name: getattr(remote.content, name) for name in TOLD}
    known = (meanings["formats"].get(fold(text)) for text in remote.content.formats)
    told["formats"] = tuple(dict.fromkeys(each for each in known if each))
    if remote.content.update_cycle is not UpdateCycle.IRREGULAR:
        told["update_cycle"] = remote.content.update_cycle
    told["licence"] = meanings["licence"].get(fold(remote.licence)) or remote.licence[:LINE]
    over = {name: value for name, value in told.items() if value}
    return (before or remote.content).model_copy(update=over)
