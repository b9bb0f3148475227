"""The frame around everything that changes legal state, always the same.

Begin; lock the subjects; see that the actor still stands; ask the gate; look by which door the
actor came; step up where the act asks for it; run the body; move the clocks; write one pending
leaf; commit. Refused or failed, everything rolls back; a refusal of an identified party is then
recorded in a transaction of its own, and one of a stranger is counted.
"""

import functools
import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar, cast

from django.db import IntegrityError, OperationalError, transaction
from prometheus_client import Counter
from psycopg.errors import DeadlockDetected

from yelin import gate
from yelin.acts import arguments as given
from yelin.acts.models import PROPOSAL_STANDS, Proposal, RefusalCount
from yelin.acts.repetition import Claim, Taken
from yelin.acts.step_up import LoginAgain, StepUp, require_recent_login
from yelin.law import clock
from yelin.law.duties import GOVERN, Duty
from yelin.law.refusals import Fault, Incomplete, OutOfTurn, Unlawful
from yelin.ledger.append import append, pending
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor, ActorKind, Surface
from yelin.parties.standing import still_stands
from yelin.things.models import Subject, Thing, as_they_were_if_it_fails

P = ParamSpec("P")
R = TypeVar("R", bound=Subject)

# The leaf of a proposal; no act of this name can be called.
PROPOSED = "proposals.propose"
# How often a key is looked up again that others took, and then gave back, in the same moment.
_TRIES = 5
ACTS = Counter("yelin_acts", "Acts by name and by what became of them", ["act", "outcome"])


@dataclass(frozen=True, eq=False)
class Act:
    """What an act declares of itself.

    ``subject`` names the argument that the gate is asked about; ``locks`` those whose rows are
    held until commit. ``makes`` says that the leaf is about what the body returns. ``clashes`` says
    what it means when a constraint of the database forbids the change.
    """

    name: str
    duty: Duty
    subject: str
    surface: frozenset[Surface]
    locks: tuple[str, ...]
    step_up: StepUp | None
    starts: Duty | None
    ends: Duty | None
    makes: bool
    clashes: Mapping[str, Fault]
    body: Callable[..., Subject] = field(repr=False)

    @property
    def says(self) -> str:
        """What the act does, in the words of its own function."""
        told = (inspect.getdoc(self.body) or "").split("Raises ``")[0]
        return told.replace("``", "`").strip()

    @functools.cached_property
    def schema(self) -> type[given.Given]:
        """The shape of what a caller outside sends."""
        return given.schema_of(self.name, self.body)

    def perform(self, actor: Actor, claim: Claim | None = None, /, **arguments: Any) -> "Done":
        """Do the act; ``claim`` is the key under which a repetition finds it done.

        Raises ``AwaitsSecond`` once it is proposed, where it takes two.
        """
        with _counted(self.name):
            return self._perform(actor, claim, arguments)

    def once(
        self, actor: Actor, key: str | None, asked: object, arguments: Callable[[], dict[str, Any]]
    ) -> Leaf:
        """Do the act and return its leaf; ``asked`` again under the same ``key``, the same leaf.

        The act and its key are committed together, so whoever was killed in between finds it done.
        Raises ``KeyUsed`` for a key that stands for something else.
        """
        claim = None if key is None else Claim.of(key, actor, self.name, asked)
        for _ in range(_TRIES):
            if claim and (leaf := claim.answer()):
                return leaf
            try:
                return self.perform(actor, claim, **arguments()).leaf
            except AwaitsSecond as awaits:
                return awaits.leaf
            except Taken:
                continue
        raise Taken

    def several(
        self,
        actor: Actor,
        asked: Callable[[], Sequence[dict[str, Any]]],
        note: Callable[[Sequence["Done"]], object],
    ) -> None:
        """Do the act with each of the arguments that are ``asked``, and ``note`` it, or nothing.

        All is one transaction, ``asked`` and ``note`` too. Raises what ``perform`` does, by the
        first that cannot be done; only where it was alone is its refusal recorded.
        """
        if self.step_up:
            raise ValueError(f"act {self.name} is done one by one")
        many: Sequence[dict[str, Any]] = ()
        try:
            with _meant(), transaction.atomic(durable=True):
                many = asked()
                note(self._each(actor, many))
        except (gate.Refused, Unlawful) as refusal:
            if len(many) == 1:
                _record(self, actor, many[0][self.subject], refusal)
            raise
        ACTS.labels(self.name, "done").inc(len(many))

    def _each(self, actor: Actor, many: Sequence[dict[str, Any]]) -> list["Done"]:
        admitted: set[tuple[int, ...]] = set()
        done = []
        for arguments in many:
            about = tuple(id(arguments[name]) for name in (self.subject, *self.locks))
            # What an act makes changes nothing of what it is about: that was asked already.
            if not self.makes or about not in admitted:
                self._admit(actor, arguments)
                admitted.add(about)
            done.append(self._do(actor, arguments))
        append(*(each.leaf for each in done))
        return done

    def _perform(self, actor: Actor, claim: Claim | None, arguments: dict[str, Any]) -> "Done":
        try:
            with _meant(), transaction.atomic(durable=True):
                answered = claim.take() if claim else None
                done = self.within(actor, arguments)
                if answered:
                    answered.leaf = done.leaf
                    answered.save(update_fields=["leaf"])
        except (gate.Refused, Unlawful) as refusal:
            _record(self, actor, cast("Subject", arguments[self.subject]), refusal)
            raise
        if isinstance(done.made, Proposal) and done.leaf.act == PROPOSED:
            raise AwaitsSecond(done.made, done.leaf)
        return done

    def within(
        self, actor: Actor, arguments: dict[str, Any], second: "Second | None" = None
    ) -> "Done":
        """Do the act in the transaction that runs, approved by ``second`` where it takes two."""
        self._admit(actor, arguments, second)
        if self.step_up is StepUp.RECENT_LOGIN:
            require_recent_login(actor)
        if self.step_up is StepUp.SECOND_PERSON and second is None:
            return self._propose(actor, arguments)
        done = self._do(actor, arguments, second)
        append(done.leaf)
        return done

    def _admit(
        self, actor: Actor, arguments: dict[str, Any], second: "Second | None" = None
    ) -> None:
        target = cast("Subject", arguments[self.subject])
        _hold([arguments[name] for name in self.locks])
        for one in (actor, second.actor) if second else (actor,):
            _require_standing(one)
            gate.decide(one, self.name, target).must_allow(self.name, target.pk)
        self._require_door(actor)

    def _do(
        self, actor: Actor, arguments: dict[str, Any], second: "Second | None" = None
    ) -> "Done":
        """Run the body, move the clocks; the leaf is not written yet."""
        target = cast("Subject", arguments[self.subject])
        with as_they_were_if_it_fails(target, *(arguments[name] for name in self.locks)):
            made = self.body(actor=actor, **arguments)
        if self.ends and self.ends != self.starts:
            clock.stop(target, self.ends)
        if self.starts:
            # A clock that starts anew ends the one that ran.
            clock.start(target, self.starts)
        about = made if self.makes else target
        facts = about.evidence()
        if made.pk != about.pk:
            facts[made.KIND] = {"id": str(made.pk), **made.evidence()}
        if second:
            facts["second"] = second.actor.evidence() | {"proposal": str(second.proposal.pk)}
        leaf = pending(
            act=self.name,
            duty=about.own_duty(self.duty),
            actor=actor,
            subject=about.thing,
            facts=facts,
        )
        return Done(made, leaf)

    def _require_door(self, actor: Actor) -> None:
        doors = {Surface.API, Surface.ROUTE} if actor.via is Surface.API else {actor.via}
        if not doors & self.surface:
            raise Unlawful(GOVERN, "This act is not done through this door.")
        if actor.only_reads:
            raise Unlawful(GOVERN, "This token only reads. Make one that may act, too.")

    def _propose(self, actor: Actor, arguments: dict[str, Any]) -> "Done":
        target = cast("Subject", arguments[self.subject])
        if actor.person_id is None or actor.seat_id is None:
            raise Unlawful(GOVERN, "This act takes two people, each in a seat.")
        proposal = Proposal(
            act=self.name,
            about_id=target.pk,
            arguments=given.frozen(self.body, arguments),
            person_id=actor.person_id,
            seat_id=actor.seat_id,
            proposed_at=clock.now(),
            until=clock.now() + PROPOSAL_STANDS,
        )
        proposal.save()
        leaf = pending(
            act=PROPOSED,
            duty=target.own_duty(self.duty),
            actor=actor,
            subject=proposal.thing,
            facts=proposal.evidence(),
        )
        append(leaf)
        return Done(proposal, leaf)


@dataclass(frozen=True, slots=True)
class Done:
    """What an act made or changed, and the leaf that it left."""

    made: Subject
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class Second:
    """The second person of an act that takes two, and the proposal that they approve."""

    actor: Actor
    proposal: Proposal


class AwaitsSecond(Exception):
    """The act is proposed and recorded; it is done once a second person approves."""

    def __init__(self, proposal: Proposal, leaf: Leaf) -> None:
        super().__init__(f"{proposal.act} awaits a second person")
        self.proposal = proposal
        self.leaf = leaf


_registered: dict[str, Act] = {}


def registered() -> dict[str, Act]:
    """Return every act by its name."""
    return dict(_registered)


def named(name: str) -> Act:
    """Return the act called ``name``. Raises ``KeyError``."""
    return _registered[name]


def act(  # noqa: PLR0913 - one word for each thing that an act declares
    name: str,
    *,
    duty: Duty,
    subject: str,
    surface: Collection[Surface],
    locks: tuple[str, ...] | None = None,
    step_up: StepUp | None = None,
    starts: Duty | None = None,
    ends: Duty | None = None,
    makes: bool = False,
    clashes: Mapping[str, Fault] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function as the act ``name``; its arguments are keywords and ``actor`` is first.

    The function returns a subject. ``locks`` is the subject alone unless said otherwise.
    """
    if not surface:
        raise ValueError(f"act {name} can be called from nowhere")
    if step_up is StepUp.RECENT_LOGIN and set(surface) != {Surface.PAGE}:
        raise ValueError(f"act {name} asks for a recent login, which only pages know")
    if step_up is StepUp.SECOND_PERSON and Surface.SYSTEM in surface:
        raise ValueError(f"act {name} takes two people, and the system is none")

    def frame(body: Callable[P, R]) -> Callable[P, R]:
        declared = Act(
            name=name,
            duty=duty,
            subject=subject,
            surface=frozenset(surface),
            locks=(subject,) if locks is None else locks,
            step_up=step_up,
            starts=starts,
            ends=ends,
            makes=makes,
            clashes=clashes or {},
            body=body,
        )
        if _registered.setdefault(name, declared) is not declared:
            raise ValueError(f"act {name} is declared twice")

        @functools.wraps(body)
        def framed(*args: P.args, **kwargs: P.kwargs) -> R:
            if args:
                raise TypeError(f"{name} takes keywords only")
            actor = cast("Actor", kwargs.pop("actor"))
            return cast("R", declared.perform(actor, **kwargs).made)

        return framed

    return frame


@contextmanager
def _counted(name: str) -> Iterator[None]:
    outcome = "failed"
    try:
        yield
        outcome = "done"
    except AwaitsSecond:
        outcome = "proposed"
        raise
    except (gate.Refused, Unlawful):
        outcome = "refused"
        raise
    except (Incomplete, OutOfTurn, LoginAgain, Taken):
        outcome = "turned_back"
        raise
    finally:
        ACTS.labels(name, outcome).inc()


@contextmanager
def _meant() -> Iterator[None]:
    """Say what it means that the database would not have it so."""
    try:
        yield
    except IntegrityError as error:
        raise _meaning_of(error) from error
    except OperationalError as error:
        if isinstance(error.__cause__, DeadlockDetected):
            raise OutOfTurn("Somebody changed this at the same moment. Try again.") from error
        raise


def _meaning_of(error: IntegrityError) -> Exception:
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    meanings = (declared.clashes.get(constraint or "") for declared in _registered.values())
    fault = next(filter(None, meanings), None)
    return Incomplete([fault]) if fault else error


def _require_standing(actor: Actor) -> None:
    if not still_stands(actor):
        raise OutOfTurn("The seat or account in which this began has ended meanwhile.")


def _hold(subjects: list[Subject]) -> None:
    if len(subjects) == 1:
        subjects[0].read_again(hold=True)
        return
    # One order for all, so that two acts on the same things wait instead of killing each other.
    things = Thing.objects.select_for_update(no_key=True).order_by("pk")
    list(things.filter(pk__in=[subject.pk for subject in subjects]).values_list("pk"))
    for subject in subjects:
        subject.read_again()


def _record(declared: Act, actor: Actor, target: Subject, refusal: Exception) -> None:
    if actor.kind is ActorKind.ANYONE:
        RefusalCount.count(of={"act": declared.name}, refusals=1)
    if not actor.is_identified:
        return
    # What was to be made does not exist; the refusal then stands on the seat or person that tried.
    about = target.pk or actor.seat_id or actor.person_id
    duty = refusal.decision.duty if isinstance(refusal, gate.Refused) else refusal.duty  # type: ignore[attr-defined]  # the frame catches these two only
    with transaction.atomic():
        append(
            pending(
                act=declared.name,
                duty=duty,
                actor=actor,
                subject=Thing.objects.get(pk=str(about)),
                facts={},
                refused=True,
            )
        )
