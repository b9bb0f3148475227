"""Make of what a source tells what an entry says: pure functions over the table ``words.toml``."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from yelin.catalog.content import EntryContent
from yelin.catalog.words import fold
from yelin.compiling import mapping
from yelin.harvesting.content import Remote

# So long may each be in an entry; what is longer is cut, and the whole stands at its source.
SUMMARY, LINE, KEYWORDS = 4000, 300, 50


@cache
def _cycles() -> Mapping[str, str]:
    said = tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))["update_cycle"]
    return {fold(text): value for value, texts in said.items() for text in texts}


def compose(remote: Remote, before: EntryContent | None) -> EntryContent:
    """Return what an entry says of ``remote``, over what is said ``before`` of the rest.

    What the source does not tell, or in words that nobody knows, stays as it was; a licence that
    is none of ours keeps its name. Raises pydantic's ``ValidationError``.
    """
    says: dict[str, Any] = before.model_dump() if before else {"formats": ()}
    says |= {"state_secret": False, "title": remote.title}
    meanings = mapping.meanings(mapping.named(mapping.DEFAULT))
    frequency = fold(remote.frequency)
    known = [meanings["formats"].get(fold(text)) for text in remote.formats]
    told: dict[str, Any] = {
        "title_en": remote.title_en,
        "summary": remote.summary[:SUMMARY],
        "keywords": tuple(word[:LINE] for word in remote.keywords[:KEYWORDS]),
        "formats": tuple(dict.fromkeys(each for each in known if each)),
        "update_cycle": _cycles().get(frequency) or meanings["update_cycle"].get(frequency),
        "licence": meanings["licence"].get(fold(remote.licence)) or remote.licence[:LINE],
    }
    return EntryContent.model_validate(says | {name: each for name, each in told.items() if each})
