"""Officials at work: real acts, drawn at random, each told once it is done."""

import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from prove.house import Cast, actor_of, content_of
from prove.trail import Done
from yelin.catalog import acts
from yelin.catalog.content import ItemContent
from yelin.catalog.models import Entry
from yelin.gate import Refused
from yelin.law.refusals import OutOfTurn
from yelin.parties.models import Body, Seat

DRAWN_FROM = 12


Tell = Callable[[Done], None]


class Player:
    """One official in a seat, doing one act after another.

    ``own`` is the share of entries drawn from those that this seat drafted; the others are shared
    with whoever plays in the same body, so that two reach for one entry in the same moment.
    """

    def __init__(self, seat: Seat, elsewhere: Body, rng: random.Random, tell: Tell) -> None:
        self._actor = actor_of(seat)
        self._body = seat.body
        self._elsewhere = elsewhere
        self._rng = rng
        self._tell = tell
        self._mine: list[str] = []
        self.late = 0
        is_officer = seat.role == "officer"
        self._moves = self._officers_moves() if is_officer else self._stewards_moves()

    def act(self) -> bool:
        """Do one act; whoever comes too late for it is not told. Say whether there was one."""
        move = self._rng.choices([m for m, _ in self._moves], [w for _, w in self._moves])[0]
        try:
            done = move()
        except OutOfTurn:
            self.late += 1
            return False
        if done is not None:
            self._tell(done)
        return done is not None

    def _stewards_moves(self) -> list[tuple[Callable[[], Done | None], int]]:
        return [
            (self._draft, 20),
            (self._amend, 25),
            (self._register, 25),
            (self._submit, 25),
            (self._trespass, 5),
        ]

    def _officers_moves(self) -> list[tuple[Callable[[], Done | None], int]]:
        return [(self._confirm, 50), (self._return, 40), (self._trespass, 10)]

    def _draw(self, *states: str) -> Entry | None:
        entries = Entry.objects.select_related("provider", "thing").filter(state__in=states)
        if self._actor.role == "steward":
            entries = entries.filter(provider=self._body)
            if self._mine and self._rng.random() < 0.5:
                entries = entries.filter(pk__in=self._mine[-DRAWN_FROM:])
        drawn = list(entries.order_by("drafted_at")[:DRAWN_FROM])
        return self._rng.choice(drawn) if drawn else None

    def _draft(self) -> Done:
        title = f"沿海主要港口货物吞吐量 {uuid4()}"
        # Items that others have too would have to be answered before it is confirmed.
        items = (ItemContent(name=uuid4().hex, type="I", nullable=False, key=True),)
        content = content_of(title, items=items)
        entry = acts.draft(actor=self._actor, provider=self._body, content=content)
        self._mine.append(str(entry.pk))
        return _done("catalog.draft", entry)

    def _amend(self) -> Done | None:
        entry = self._draw("draft", "registered", "returned")
        if entry is None:
            return None
        said = entry.content()
        content = said.model_copy(update={"summary": f"{said.summary[:40]} {self._rng.random()}"})
        return _done("catalog.amend", acts.amend(actor=self._actor, entry=entry, content=content))

    def _register(self) -> Done | None:
        return self._on("catalog.register", acts.register, "draft")

    def _submit(self) -> Done | None:
        return self._on("catalog.submit", acts.submit, "registered", "returned")

    def _confirm(self) -> Done | None:
        return self._on("catalog.confirm", acts.confirm, "awaiting")

    def _return(self) -> Done | None:
        return self._on("catalog.return", acts.return_, "awaiting", reason="摘要未说明统计口径")

    def _on(self, name: str, act: Callable[..., Entry], *states: str, **more: Any) -> Done | None:
        entry = self._draw(*states)
        return None if entry is None else _done(name, act(actor=self._actor, entry=entry, **more))

    def _trespass(self) -> Done | None:
        # Refused, and the refusal is recorded: a leaf like any other.
        entry = Entry.objects.filter(provider=self._elsewhere).order_by("?").first()
        if entry is None:
            return None
        try:
            acts.register(actor=self._actor, entry=entry)
        except Refused:
            return Done("catalog.register", str(entry.pk), refused=True)
        raise AssertionError(f"{self._actor} may register an entry of {self._elsewhere}")


def _done(name: str, entry: Entry) -> Done:
    return Done(name, str(entry.pk), state=entry.state, version=entry.version)


def players(cast: Cast, seed: int, tell: Callable[[Seat], Tell]) -> list[Player]:
    """Return one player for every seat of ``cast``; ``tell`` says where each one's acts go."""
    elsewhere = dict(
        zip(cast.departments, cast.departments[1:] + cast.departments[:1], strict=True)
    )
    return [
        Player(
            seat,
            elsewhere.get(seat.body, cast.departments[0]),
            random.Random(f"{seed} {number}"),  # noqa: S311 - a proof that can be repeated
            tell(seat),
        )
        for number, seat in enumerate(cast.seats())
    ]
