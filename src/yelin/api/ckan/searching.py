"""What ``package_search`` finds: a query in Solr's language over what the asker may see."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.lookups import IRegex

from yelin import gate
from yelin.api.ckan import solr
from yelin.api.ckan.solr import BadQuery, Between, Either, Node, Not, Word
from yelin.catalog import reads
from yelin.catalog.models import Entry, code_of
from yelin.catalog.reads import Search
from yelin.catalog.states import GONE, State
from yelin.catalog.words import fold
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.warehouse import told
from yelin.warehouse.formats import MEDIA_TYPES
from yelin.warehouse.models import Release

Entries = QuerySet[Entry]
RELEVANT = "score desc, metadata_modified desc"
_EVERYTHING, _NOTHING = ~Q(pk__in=[]), Q(pk__in=[])
_ORDERED: Mapping[str, str] = {
    "id": "pk",
    "name": "code",
    "title": "title",
    "title_string": "title",
    "metadata_created": "published_on",
    "metadata_modified": "told_at",
}
# Where a field of CKAN's stands; what only a reader of the metadata may know stands below.
_PUBLIC: Mapping[str, str] = {
    "title": "title",
    "title_string": "title",
    "author": "provider__name",
    "organization": "provider__credit_code",
    "code": "code",
    "sharing_type": "sharing_type",
    "opening_type": "opening_type",
}
_READ: Mapping[str, str] = {
    "notes": "summary",
    "maintainer": "contact_office",
    "license_id": "licence",
    "update_cycle": "update_cycle",
    "division": "division",
    "classification": "classification",
}
_LISTS: Mapping[str, str] = {"groups": "themes", "tags": "keywords"}
# Words stand somewhere in these; the others have one value.
_PROSE = frozenset({"title", "author", "notes", "maintainer"})
_MODIFIED, _CREATED = "metadata_modified", "metadata_created"
_MATH = re.compile(r"([+-]\d{1,6}|/)(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?")


@dataclass(frozen=True)
class Found:
    """What somebody finds, in the order asked for; ``readable`` says whose metadata is theirs."""

    entries: Entries
    readable: Q
    takeable: Q


def find(
    actor: Actor, query: str, filters: Sequence[str], *, sort: str, unconfirmed: bool = False
) -> Found:
    """Return what ``actor`` finds: what ``query`` and every one of ``filters`` ask for.

    Only what stands in the catalog, or the ``unconfirmed`` too. Raises ``BadQuery``.
    """
    compiler = _Compiler(actor)
    asked = solr.read(query)
    words = _in_words(asked)
    # The catalog's own search knows what is relevant.
    entries = reads.find(actor, Search(words)).rows() if words else reads.seen_by(actor)
    entries = listed(entries, unconfirmed=unconfirmed)
    entries = entries.annotate(told_at=told.told_at(compiler.readable))
    for node in [*([] if words else [asked]), *map(solr.read, filters)]:
        entries = entries.filter(compiler.q(node))
    if not words or sort != RELEVANT:
        entries = _in_order(entries, sort)
    return Found(entries, compiler.readable, compiler.takeable)


def listed(entries: Entries, *, unconfirmed: bool) -> Entries:
    """Return those of ``entries`` that stand in the catalog, or may come there too."""
    if unconfirmed:
        return entries.exclude(state__in=GONE)
    return entries.filter(state=State.CONFIRMED)


def _in_words(node: Node) -> str:
    """Return the words that ``node`` asks for, each anywhere, if it asks for nothing else."""
    match node:
        case Word(text, "", False) if "*" not in text:
            return solr.plain(text)
        case solr.All(parts):
            found = [_in_words(part) for part in parts]
            return " ".join(found) if all(found) else ""
        case _:
            return ""


def _in_order(entries: Entries, sort: str) -> Entries:
    order: list[Any] = []
    for part in sort.split(","):
        name, _, way = (word.strip() for word in part.strip().partition(" "))
        if name == "score":
            continue
        if name not in _ORDERED or way.lower() not in {"", "asc", "desc"}:
            raise BadQuery("Nothing is sorted by “{sort}”.", sort=part.strip())
        key = F(_ORDERED[name])
        order.append(key.desc(nulls_last=True) if way.lower() == "desc" else key.asc())
    return entries.order_by(*order, "pk")


class _Compiler:
    """Makes conditions on entries of what is asked, for one asker.

    What the asker may not read of an entry is found by no value, so that neither a condition nor
    its opposite betrays it.
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.readable = self._may("entry.read")
        has_data = Exists(Release.objects.filter(entry=OuterRef("pk")))
        self.takeable = self._may("resource.read") & Q(has_data)

    def _may(self, action: str) -> Q:
        return Q(pk__in=gate.visible_to(self.actor, action, Entry.objects.all()).values("pk"))

    def q(self, node: Node) -> Q:
        """Return the condition that ``node`` is. Raises ``BadQuery``."""
        match node:
            case Not(part):
                return ~self.q(part)
            case solr.All(parts):
                return _joined(Q.AND, [_EVERYTHING, *map(self.q, parts)])
            case Either(parts):
                return _joined(Q.OR, list(map(self.q, parts)))
            case Word() | Between():
                return self._value(node, node.field.removeprefix("extras_"))

    def _value(self, node: Word | Between, field: str) -> Q:
        if field in {_MODIFIED, _CREATED}:
            return self._when(_between(node), field)
        if isinstance(node, Between) and field == "id":
            return _bounded(node)
        if isinstance(node, Between):
            raise BadQuery("“{field}” is asked for by no range.", field=field)
        if field in _PUBLIC:
            return _matching(_PUBLIC[field], node, whole=field not in _PROSE)
        if field in _READ:
            return self.readable & _matching(_READ[field], node, whole=field not in _PROSE)
        if field in _LISTS:
            return self.readable & _listed(_LISTS[field], node)
        return self._special(node, field)

    def _special(self, node: Word, field: str) -> Q:
        found = _NOTHING
        match field:
            case "" | "text":
                found = self._anywhere(node)
            case "id" | "owner_org":
                found = _identified("pk" if field == "id" else "provider", node)
            case "name":
                named = Word(code_of(node.text), phrase=node.phrase)
                found = _matching("code", named) | _identified("pk", node)
            case "res_format":
                found = self.takeable if _fits(node, *MEDIA_TYPES) else _NOTHING
            case "type" | "dataset_type":
                found = _EVERYTHING if _fits(node, "dataset") else _NOTHING
            case "state" | "private" | "capacity":
                confirmed = Q(state=State.CONFIRMED)
                if _fits(node, "active", "false", "public"):
                    found |= confirmed
                if _fits(node, "draft", "true", "private"):
                    found |= ~confirmed
            case _:
                raise BadQuery("There is no field “{field}”.", field=field)
        return found

    def _anywhere(self, node: Word) -> Q:
        text = node.text if node.phrase else solr.plain(node.text.replace("*", " "))
        if not text.strip():
            return _EVERYTHING
        found = reads.find(self.actor, Search(text)).rows()
        return Q(pk__in=found.order_by().values("pk"))

    @staticmethod
    def _when(asked: Between, field: str) -> Q:
        low = None if asked.low == "*" else _moment(asked.low)
        high = None if asked.high == "*" else _moment(asked.high)
        after, before = ("gte" if asked.with_low else "gt"), ("lte" if asked.with_high else "lt")
        found = _EVERYTHING
        for bound, how in ((low, after), (high, before)):
            if bound is None:
                continue
            if field == _CREATED:
                found &= Q(**{f"published_on__{how}": bound.astimezone(clock.SHANGHAI).date()})
            else:
                found &= Q(**{f"told_at__{how}": bound})
        return found


def _joined(by: str, parts: Sequence[Q]) -> Q:
    # Side by side and not within one another, however many they are.
    return Q(*parts, _connector=by)


def _between(node: Word | Between) -> Between:
    if isinstance(node, Between):
        return node
    text = node.text if node.phrase else solr.plain(node.text)
    return Between(text, text, with_low=True, with_high=True)


def _matching(path: str, word: Word, *, whole: bool = True) -> Q:
    if _is_open(word):
        pattern = _pattern(word.text)
        # Anything at all is still something.
        return Q(**{f"{path}__iregex": f"^{pattern}$" if whole else pattern}) & ~Q(**{path: ""})
    text = _plain(word)
    if whole:
        return Q(**{f"{path}__iexact": text})
    return Q(**{f"{path}__icontains": text}) | Q(**{f"{path}__icontains": fold(text)})


def _listed(path: str, word: Word) -> Q:
    if not _is_open(word):
        return Q(**{f"{path}__contains": [_plain(word)]})
    joined = Func(F(path), Value("\n"), function="array_to_string", output_field=TextField())
    return Q(IRegex(joined, f"(^|\n){_pattern(word.text)}($|\n)")) & ~Q(**{path: []})


def _bounded(asked: Between) -> Q:
    """Return the condition that an id lies so, by which a list is gone on with at its place."""
    found = _EVERYTHING
    bounds = (("gt", asked.low, asked.with_low), ("lt", asked.high, asked.with_high))
    for side, text, included in bounds:
        if text != "*":
            try:
                found &= Q(**{f"pk__{side}{'e' if included else ''}": UUID(text)})
            except ValueError:
                raise BadQuery("“{text}” is no id.", text=text) from None
    return found


def _identified(path: str, word: Word) -> Q:
    if word.text == "*":
        return _EVERYTHING
    try:
        return Q(**{path: UUID(_plain(word))})
    except ValueError:
        return _NOTHING


def _fits(word: Word, *values: str) -> bool:
    """Whether ``word`` is one of ``values``, whatever the case."""
    if _is_open(word):
        return any(re.fullmatch(_pattern(word.text), value, re.IGNORECASE) for value in values)
    return _plain(word).casefold() in values


def _is_open(word: Word) -> bool:
    return not word.phrase and "*" in re.sub(r"\\.", "", word.text)


def _plain(word: Word) -> str:
    return word.text if word.phrase else solr.plain(word.text)


def _pattern(text: str) -> str:
    """Return the regular expression of a word in which ``*`` stands for anything."""
    parts = re.findall(r"\\.|\*|[^\\*]+", text, re.DOTALL)
    return "".join(".*" if part == "*" else re.escape(solr.plain(part)) for part in parts)


def _moment(text: str) -> datetime:
    """Return a moment as Solr writes it: an ISO time, or NOW with some arithmetic.

    Raises ``BadQuery``.
    """
    try:
        if text.startswith("NOW"):
            return _reckoned(clock.now().astimezone(UTC), text.removeprefix("NOW"))
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadQuery("“{text}” is no moment such as 2024-01-31T00:00:00Z.", text=text) from None


def _reckoned(at: datetime, steps: str) -> datetime:
    if _MATH.sub("", steps):
        raise ValueError(steps)
    for step, unit in _MATH.findall(steps):
        if step == "/":
            at = _floored(at, unit)
        elif unit in {"YEAR", "MONTH"}:
            months = at.year * 12 + at.month - 1 + int(step) * (12 if unit == "YEAR" else 1)
            year, month = months // 12, months % 12 + 1
            at = at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))
        else:
            at += timedelta(**{f"{unit.lower()}s": int(step)})
    return at


def _floored(at: datetime, unit: str) -> datetime:
    at = at.replace(microsecond=0)
    if unit == "WEEK":
        at -= timedelta(days=at.weekday())
    below = {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}
    names = list(below)
    first = {"YEAR": 0, "MONTH": 1, "WEEK": 2, "DAY": 2, "HOUR": 3, "MINUTE": 4, "SECOND": 5}[unit]
    return at.replace(**{name: below[name] for name in names[first:]})  # type: ignore[arg-type]  # none of them is a zone


def body_called(text: str) -> Q:
    """Return the condition that a body has this id or name."""
    try:
        return Q(pk=UUID(text))
    except ValueError:
        return Q(credit_code__iexact=text)


def called(text: str) -> Q:
    """Return the condition that what is typed stands in a title, or begins a name."""
    return _matching("title", Word(text, phrase=True), whole=False) | Q(
        code__istartswith=code_of(text)
    )


@dataclass(frozen=True, slots=True)
class Facet:
    """A value with how many of what was found have it."""

    value: str
    count: int


_COUNTED: Mapping[str, str] = {**_PUBLIC, **_READ, **_LISTS}


def facet(found: Found, field: str, *, most: int, fewest: int) -> list[Facet]:
    """Return the values of ``field`` among what was found, the most frequent first.

    What the asker may not read counts nowhere; a field that is not known has no values.
    """
    entries = found.entries.order_by()
    if field == "res_format":
        count = entries.filter(found.takeable).count()
        return [Facet(name.upper(), count) for name in MEDIA_TYPES if count >= max(fewest, 1)]
    path = _COUNTED.get(field)
    if path is None or field in _PROSE:
        return []
    if field not in _PUBLIC:
        entries = entries.filter(found.readable)
    key: Any = F(path)
    if field in _LISTS:
        key = Func(F(path), function="unnest", output_field=TextField())
    counted = entries.annotate(key=key).values_list("key").annotate(many=Count("pk"))
    rows = counted.filter(many__gte=max(fewest, 1)).order_by("-many", "key")
    if field not in _LISTS:
        rows = rows.exclude(key="")
    return [
        # An organization's name is its code in small letters.
        Facet(value.lower() if field == "organization" else value, many)
        for value, many in (rows[:most] if most else rows)
    ]
