"""How a caller outside names a thing: by its id or its code, found only if it may be known of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from yelin import gate
from yelin.parties.actor import Actor
from yelin.things.models import Subject

S = TypeVar("S", bound=Subject)


@dataclass(frozen=True, slots=True)
class Known:
    """Which action on a model means to know that one exists, and the field that is its code.

    ``among`` says whose codes count, where a code may pass from one to another.
    """

    action: str
    code: str | None
    among: Q


_known: dict[type[Subject], Known] = {}


def known(
    model: type[Subject], *, by: str, code: str | None = None, among: Q | None = None
) -> None:
    """Register that whoever may do ``by`` to a thing of ``model`` may know that it exists."""
    if model in _known:
        raise ValueError(f"what it means to know of a {model.KIND} is said twice")
    _known[model] = Known(by, code, among or Q())


def is_known(model: type[Subject]) -> bool:
    """Whether a caller outside can name a thing of ``model``."""
    return model in _known


def seen(actor: Actor, things: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    """Return those of ``things`` that ``actor`` may know of; what nobody can name is not seen."""
    known = _known.get(things.model)
    return gate.visible_to(actor, known.action, things) if known else things.none()


def seen_among(actor: Actor, things: Sequence[Subject]) -> set[UUID]:
    """Return the ids of those of ``things``, of any models, that ``actor`` may know of."""
    ids: dict[type[Subject], list[UUID]] = {}
    for thing in things:
        ids.setdefault(type(thing), []).append(thing.pk)
    each = [
        seen(actor, model._default_manager.filter(pk__in=some)).values_list("pk").order_by()
        for model, some in ids.items()
    ]
    # Of all models in one question.
    return {pk for (pk,) in each[0].union(*each[1:], all=True)} if each else set()


def one(actor: Actor, model: type[S], pk: UUID) -> S:
    """Return the thing of ``model`` that ``actor`` may know of, with what goes along with it.

    Raises ``Unseen``.
    """
    rows: QuerySet[S] = model._default_manager.select_related("thing", *model.ALONG)
    found: S = gate.one_of(seen(actor, rows).filter(pk=pk))
    return found


def resolve(actor: Actor, model: type[Subject], text: str) -> Subject:
    """Return the thing of ``model`` that ``text`` names.

    Raises ``Unseen`` for one that does not exist or is hidden from ``actor``: both look the same.
    """
    known = _known[model]
    things = gate.visible_to(actor, known.action, model._default_manager.select_related("thing"))
    return gate.one_of(things.filter(_named(known, text)))


def _named(known: Known, text: str) -> Q:
    try:
        return Q(pk=UUID(text))
    except ValueError:
        # PostgreSQL holds no text with a NUL, so nothing is called by one.
        if known.code is None or "\x00" in text:
            return Q(pk__in=[])
        return Q(**{known.code: text}) & known.among


def how_named(model: type[Subject]) -> str:
    """Say how a caller outside names a thing of ``model``."""
    has_code = model in _known and _known[model].code
    return f"The {model._meta.verbose_name}: its id{' or its code' if has_code else ''}."
