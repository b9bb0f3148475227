"""What passes on with a body or a seat: rooms above declare it, nothing here looks upward.

A room says once which of its foreign keys to a ``Body`` or a ``Seat`` follow the successor; the
acts of succession then move the rows in their own transaction.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Value

from yelin.parties.models import Body, Person, Seat
from yelin.things.models import Subject, Thing

Rows = QuerySet[Any, Any]
NOTHING = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Follower:
    """A foreign key whose rows follow a successor."""

    model: type[Subject]
    field: str
    before: Callable[[Rows, Any], None] | None
    reword: Callable[[Rows], None] | None
    done: Callable[[], Q]
    binds: bool

    @property
    def target(self) -> object:
        """The model that the key points to; a ``Thing`` may be a body's or a seat's."""
        return self.model._meta.get_field(self.field).related_model

    def rows(self, holder: Body | Seat | Person) -> Rows:
        """Return the rows that stand with ``holder``."""
        return self.model._default_manager.filter(**{self.field: holder.pk})

    def open_rows(self, holder: Body | Seat | Person) -> Rows:
        """Return those of them that need a holder: history stays with whoever it was."""
        return self.rows(holder).exclude(self.done())


_followers: list[Follower] = []


def moves(
    model: type[Subject],
    field: str,
    *,
    before: Callable[[Rows, Any], None] | None = None,
    reword: Callable[[Rows], None] | None = None,
    done: Callable[[], Q] = lambda: NOTHING,
    binds: bool = False,
) -> None:
    """Declare that rows of ``model`` follow when what ``field`` points to has a successor.

    ``before`` looks at the rows and the successor, and raises what stands in the way; ``reword``
    writes anew what the rows keep of the holder's name. Rows that are ``done`` keep nobody from
    ending; the others, where they bind (``binds``), keep a person from going away.
    """
    _followers.append(Follower(model, field, before, reword, done, binds))


_forgetting: list[Callable[[UUID], None]] = []


def forgets(do: Callable[[UUID], None]) -> None:
    """Declare what a room above erases, within the act, when a person deletes the account."""
    _forgetting.append(do)


def forget(person: Person) -> None:
    """Erase what rooms above keep of ``person`` alone."""
    for do in _forgetting:
        do(person.pk)


def pass_on(
    holder: Body | Seat, successor: Body | Seat, only: Collection[UUID] | None = None
) -> dict[str, list[UUID]]:
    """Move what stands with ``holder`` to ``successor``, or ``only`` the things named.

    Returns the ids that moved by kind of thing.
    """
    moved: dict[str, list[UUID]] = {}
    for follower in _of(holder):
        rows = follower.rows(holder)
        if only is not None:
            rows = rows.filter(pk__in=only)
        if follower.before:
            follower.before(rows, successor)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        rows.update(**{follower.field: successor.pk})
        if follower.reword:
            follower.reword(follower.model._default_manager.filter(pk__in=ids))
        if ids:
            moved.setdefault(follower.model.KIND, []).extend(ids)
    return moved


def left_with(holder: Body | Seat) -> dict[str, int]:
    """Return how many things of each kind, not done with, stand with ``holder``."""
    counts: dict[str, int] = {}
    for follower in _of(holder):
        if count := follower.open_rows(holder).count():
            counts[follower.model.KIND] = counts.get(follower.model.KIND, 0) + count
    return counts


def standing_with(holder: Body | Seat, most: int) -> list[Subject]:
    """Return what stands with ``holder``, up to so much for each key by which some does.

    What it is, is asked once for all keys, and read once for all models: a body has many kinds.
    """
    followers = _of(holder)
    first, *others = (
        follower.rows(holder).order_by("pk").values_list(Value(place), "pk")[:most]
        for place, follower in enumerate(followers)
    )
    found = sorted(first.union(*others, all=True))
    models = {pk: followers[place].model for place, pk in found}
    ways = {model: model._meta.get_field("thing").related_query_name() for model in models.values()}
    along = [
        "__".join(filter(None, (way, path)))
        for model, way in ways.items()
        for path in ("", *model.ALONG)
    ]
    things = Thing.objects.select_related(*along).in_bulk([*models])
    return [getattr(things[pk], ways[model]) for pk, model in models.items()]


def binds(person: Person) -> bool:
    """Whether something that is not done with keeps ``person`` from going away."""
    return any(each.binds and each.open_rows(person).exists() for each in _of(person))


def reword(body: Body) -> None:
    """Write anew what rows keep of the name of ``body``."""
    for follower in _of(body):
        if follower.reword:
            follower.reword(follower.rows(body))


def _of(holder: Body | Seat | Person) -> list[Follower]:
    return [follower for follower in _followers if follower.target in {type(holder), Thing}]
