"""Two versions of an entry side by side, chosen from those that the reader may read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from yelin.catalog.content import EntryContent
from yelin.catalog.differences import between
from yelin.catalog.models import EntryVersion
from yelin.catalog.revisions import Revision
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
    revision: Revision | None = None,
    shows: Callable[[str], bool] | None = None,
) -> Compared:
    """Return what ``query`` compares (``from`` and ``to``); unasked, the last two.

    ``versions`` are newest first; an open ``revision`` with words of its own comes before them.
    Items that are not shown to the reader are in neither.
    """
    said: dict[str, EntryContent] = {}
    options: list[tuple[str, str]] = []
    if revision and revision.content:
        said[REVISION] = revision.said()
        options.append((REVISION, _("The open revision")))
    for version in versions:
        said[str(version.number)] = version.said()
        options.append((str(version.number), _called(version)))
    names = list(said)
    after = _chosen(query.get("to", ""), names, 0)
    older = names[names.index(after) + 1 :] if after else []
    before = _chosen(query.get("from", ""), names, names.index(older[0]) if older else 0)
    differs = bool(before) and before != after
    difference = None
    if differs:
        old, new = (_without_hidden(said[name], shows) for name in (before, after))
        difference = shown(between(old, new))
    return Compared(versions, options, before, after, difference)


def _without_hidden(said: EntryContent, shows: Callable[[str], bool] | None) -> EntryContent:
    if shows is None:
        return said
    return said.model_copy(update={"items": tuple(i for i in said.items if shows(i.name))})


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
