"""Questions about many that are composed once a day for each who asks.

Django takes several times as long to compose a question of many arms as the database to answer it.
What such a question says comes of who asks, of the law of the day and of the moment; whatever is
given, ended or held is looked up by it each time.
"""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

from yelin.gate.deciding import condition
from yelin.law import clock, packs
from yelin.parties.actor import Actor
from yelin.things.prepared import Composed

M = TypeVar("M", bound=Model)
# Stands in a composed question where the moment is put in which it is asked.
MOMENT = datetime(9999, 12, 31, tzinfo=UTC)
_composing: ContextVar[bool] = ContextVar("composing", default=False)


def rows(ask: Callable[[Actor, datetime], "QuerySet[M]"], actor: Actor) -> "QuerySet[M]":
    """Return what ``ask`` finds for ``actor`` at the moment; ``ask`` is a function of a module."""
    model, *_rest = _composed(ask, actor, clock.today(), packs.active().name)
    return _among(cast("QuerySet[M]", model._default_manager.all()), ask, actor)


def visible_to(actor: Actor, action: str, things: "QuerySet[M, Any]") -> "QuerySet[M, Any]":
    """Return those of ``things`` to which ``actor`` may do ``action``, as the gate has it."""
    return _among(things, _allowing(action, things.model), actor)


def first(ask: Callable[[Actor], "QuerySet[M]"], actor: Actor, most: int) -> list[M]:
    """Return the ``most`` first of what ``ask`` finds for ``actor``, as models.

    The whole question is composed once a day, with the gate's own part in it: where most lists are
    empty, to compose them takes longer than to answer. ``ask`` is a function of a module.
    """
    whole = _whole(ask, actor, most, clock.today(), packs.active().name)
    if whole is None:
        return []
    with connection.cursor() as cursor:
        return cast("list[M]", whole.read(cursor, asked_now(whole.params)))


@cache
def _allowing(action: str, model: type[M]) -> Callable[[Actor, datetime], "QuerySet[M]"]:
    """Return the question that is composed once for each action on a kind of thing."""

    def ask(actor: Actor, at: datetime) -> "QuerySet[M]":
        return model._default_manager.filter(condition(actor, action, model, at=at))

    return ask


def _among(
    things: "QuerySet[M, Any]", ask: Callable[[Actor, datetime], "QuerySet[M]"], actor: Actor
) -> "QuerySet[M, Any]":
    _model, sql, params = _composed(ask, actor, clock.today(), packs.active().name)
    if not sql:
        return things.none()
    return things.filter(pk__in=RawSQL(sql, asked_now(params)))  # noqa: S611 - composed by Django alone


def asked_now(params: Iterable[Any]) -> tuple[Any, ...]:
    """Return the values of a composed question with the moment in which it is asked."""
    # Of a question within another, that one puts it in.
    now = MOMENT if _composing.get() else clock.now()
    return tuple(now if each == MOMENT else each for each in params)


@lru_cache(maxsize=500)
def _composed(
    ask: Callable[[Actor, datetime], "QuerySet[Any]"], actor: Actor, today: date, law: str
) -> tuple[type[Model], str, tuple[Any, ...]]:
    del today, law
    found = ask(actor, MOMENT).order_by().values("pk")
    try:
        sql, params = found.query.sql_with_params()
    except EmptyResultSet:
        return found.model, "", ()
    _require_no_moment(ask, params)
    return found.model, sql, params


@lru_cache(maxsize=1_000)
def _whole(
    ask: Callable[[Actor], "QuerySet[Any]"], actor: Actor, most: int, today: date, law: str
) -> Composed[Any] | None:
    del today, law
    within = _composing.set(True)
    try:
        found = Composed(ask(actor)[:most])
    except EmptyResultSet:
        return None
    finally:
        _composing.reset(within)
    _require_no_moment(ask, found.params)
    return found


def _require_no_moment(ask: Callable[..., object], params: Iterable[object]) -> None:
    # One that it took by itself would stand still for a day.
    if any(isinstance(each, datetime) and each != MOMENT for each in params):
        raise ValueError(f"{ask.__name__} takes a moment that is not given to it")
