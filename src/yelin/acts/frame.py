"""The frame around everything that changes legal state, always the same.

Begin; lock the subjects; ask the gate; run the body; move the clocks; write one pending leaf;
commit. Refused or failed, everything rolls back; a refusal of an identified party is then
recorded in a transaction of its own.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar, cast

from django.db import transaction

from yelin import gate
from yelin.law import clock
from yelin.law.duties import Duty
from yelin.law.refusals import Unlawful
from yelin.ledger.append import append
from yelin.parties.actor import Actor
from yelin.things.models import Subject, Thing

P = ParamSpec("P")
R = TypeVar("R", bound=Subject)


@dataclass(frozen=True, slots=True)
class Act:
    """What an act declares of itself.

    ``subject`` names the argument that the gate is asked about; ``locks`` those whose rows are
    held until commit. ``makes`` says that the leaf is about what the body returns.
    """

    name: str
    duty: Duty
    subject: str
    locks: tuple[str, ...]
    starts: Duty | None
    ends: Duty | None
    makes: bool


_registered: dict[str, Act] = {}


def registered() -> dict[str, Act]:
    """Return every act by its name."""
    return dict(_registered)


def act(
    name: str,
    *,
    duty: Duty,
    subject: str,
    locks: tuple[str, ...] | None = None,
    starts: Duty | None = None,
    ends: Duty | None = None,
    makes: bool = False,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function as the act ``name``; its arguments are keywords and ``actor`` is first.

    The function returns a subject. ``locks`` is the subject alone unless said otherwise.
    """
    declared = Act(
        name, duty, subject, locks or ((subject,) if locks is None else ()), starts, ends, makes
    )
    if _registered.setdefault(name, declared) is not declared:
        raise ValueError(f"act {name} is declared twice")

    def frame(body: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(body)
        def framed(*args: P.args, **kwargs: P.kwargs) -> R:
            if args:
                raise TypeError(f"{name} takes keywords only")
            actor = cast("Actor", kwargs["actor"])
            target = cast("Subject", kwargs[subject])
            try:
                with transaction.atomic(durable=True):
                    return _perform(declared, body, actor, target, kwargs)
            except (gate.Refused, Unlawful) as refusal:
                _record(declared, actor, target, refusal)
                raise

        return framed

    return frame


def _perform(
    declared: Act, body: Callable[..., R], actor: Actor, target: Subject, kwargs: dict[str, Any]
) -> R:
    _lock([kwargs[name] for name in declared.locks])
    gate.decide(actor, declared.name, target).must_allow(declared.name, target.pk)
    made = body(**kwargs)
    if declared.ends:
        clock.stop(target, declared.ends)
    if declared.starts:
        clock.start(target, declared.starts)
    about = made if declared.makes else target
    facts = about.evidence()
    if made.pk != about.pk:
        facts[made.KIND] = {"id": str(made.pk), **made.evidence()}
    append(act=declared.name, duty=declared.duty, actor=actor, subject=about.thing, facts=facts)
    return made


def _lock(subjects: list[Subject]) -> None:
    # One order for all, so that two acts on the same things wait instead of killing each other.
    ids = [subject.pk for subject in subjects]
    list(Thing.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    for subject in subjects:
        subject.refresh_from_db()


def _record(declared: Act, actor: Actor, target: Subject, refusal: Exception) -> None:
    if not actor.is_identified:
        return
    # What was to be made does not exist; the refusal then stands on the seat or person that tried.
    about = target.pk or actor.seat_id or actor.person_id
    duty = refusal.decision.duty if isinstance(refusal, gate.Refused) else refusal.duty  # type: ignore[attr-defined]  # the frame catches these two only
    with transaction.atomic():
        append(
            act=declared.name,
            duty=duty,
            actor=actor,
            subject=Thing.objects.get(pk=str(about)),
            facts={},
            refused=True,
        )
