"""Files that come with an act: kept in its own transaction, on whatever thing it is about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from yelin.files.examined import Examined
from yelin.files.models import Attachment
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.things.models import Subject, Thing

MOST = 60


@dataclass(frozen=True, slots=True)
class Holder:
    """What a room above says of its things: as what somebody attaches to one, and who is told."""

    side: Callable[[Actor, Any], str]
    tell: Callable[[Any, str], None]


_holders: dict[type[Subject], Holder] = {}


def declare(
    model: type[Subject],
    *,
    side: Callable[[Actor, Any], str],
    tell: Callable[[Any, str], None] = lambda _about, _side: None,
) -> None:
    """Let files hang on things of ``model``; who may do what with them the gate says."""
    if model in _holders:
        raise ValueError(f"what hangs on a {model.KIND} is said twice")
    _holders[model] = Holder(side, tell)


def holders() -> list[type[Subject]]:
    """Return the models on whose things files may hang."""
    return list(_holders)


def hang(about: Subject, actor: Actor, attached: Sequence[Examined]) -> list[Attachment]:
    """Keep files on ``about`` for the party that acts; the caller is an act.

    Raises ``Incomplete`` where more would hang there than may.
    """
    if not attached:
        return []
    if Attachment.objects.filter(about=about.pk).count() + len(attached) > MOST:
        raise Incomplete.at(
            "attached",
            "At most {limit} files hang on one matter. Put some of them together.",
            None,
            {"limit": MOST},
        )
    party = Thing.objects.get(pk=str(actor.party_id))
    side = _holders[type(about)].side(actor, about)
    return Attachment.objects.hang(about.thing, party, side, attached, at=clock.now())


def tell(about: Subject, side: str) -> None:
    """Tell whoever has to know that something was attached to ``about`` from this ``side``."""
    _holders[type(about)].tell(about, side)
