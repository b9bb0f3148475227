"""Two versions of an entry side by side, chosen from those that the reader may read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from yelin.catalog import rules
from yelin.catalog.content import EntryContent
from yelin.catalog.differences import between
from yelin.catalog.models import EntryVersion
from yelin.catalog.revisions import Revision
from yelin.catalog.rules import Way
from yelin.web.differences import Shown, shown
from yelin.web.templatetags.yelin import day

REVISION = "revision"


@dataclass(frozen=True, slots=True)
class Compared:
    """The versions that there are, the two that are compared, and what differs."""

    versions: Sequence[EntryVersion]
    options: Sequence[tuple[str, str]]
    before: str
    after: str
    difference: Shown | None


def compared(
    versions: Sequence[EntryVersion],
    query: QueryDict,
    *,
    shows: Callable[[str], bool],
    revision: Revision | None = None,
    outside: Sequence[Way] = (),
) -> Compared:
    """Return what ``query`` compares (``from`` and ``to``); unasked, the last two.

    ``versions`` are newest first; an open ``revision`` with words of its own comes before them.
    Items that the reader does not have (``shows``) differ in nothing, nor do those that stayed back
    in a version by one of the ways ``outside``.
    """
    said: dict[str, EntryContent] = {}
    options: list[tuple[str, str]] = []
    if revision and revision.content:
        said[REVISION] = _told(revision.said(), shows)
        options.append((REVISION, _("The open revision")))
    for version in versions:
        said[str(version.number)] = _told(version.said(), shows, outside)
        options.append((str(version.number), _called(version)))
    names = list(said)
    after = _chosen(query.get("to", ""), names, 0)
    older = names[names.index(after) + 1 :] if after else []
    before = _chosen(query.get("from", ""), names, names.index(older[0]) if older else 0)
    differs = bool(before) and before != after
    difference = None
    if differs:
        difference = shown(between(said[before], said[after]))
    return Compared(versions, options, before, after, difference)


def _told(
    content: EntryContent, shows: Callable[[str], bool], outside: Sequence[Way] = ()
) -> EntryContent:
    ways = [way for way in outside if way in rules.ways(content)]
    items = tuple(
        item
        for item in content.items
        if shows(item.name) and not any(rules.stays(item, content, way) for way in ways)
    )
    return content.model_copy(update={"items": items})


def _chosen(asked: str, names: Sequence[str], otherwise: int) -> str:
    if asked in names:
        return asked
    return names[otherwise] if names else ""


def _called(version: EntryVersion) -> str:
    if version.confirmed_on:
        return _("Version {n}, confirmed on {day}").format(
            n=version.number, day=day(version.confirmed_on)
        )
    return _("Version {n} of {day}, not confirmed").format(n=version.number, day=day(version.at))
