"""Let what a source lists become entries, each once, whoever is killed meanwhile."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from yelin.acts.frame import Act, Done, named
from yelin.acts.together import AT_ONCE, together
from yelin.catalog.content import EntryContent
from yelin.compiling import mapping
from yelin.harvesting.composing import Meanings, compose
from yelin.harvesting.content import Remote, Untaken
from yelin.harvesting.models import Origin, Outcome, Run
from yelin.law.refusals import Fault
from yelin.parties.actor import Actor

# What a reading changes of the row by which something is known.
_MOVES = (
    "title", "url", "entry", "digest", "outcome", "flaws", "run", "place", "repeated", "missed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a source: by whom, and what its words mean here."""

    run: Run
    actor: Actor
    meanings: Meanings

    @classmethod
    def of(cls, run: Run, actor: Actor) -> "Reading":
        """Return the reading ``run`` by ``actor``."""
        return cls(run, actor, mapping.meanings(mapping.named(mapping.DEFAULT)))

    def take(self, listed: Sequence[Remote | Untaken], page: int) -> None:
        """Make or change the entries for what a page lists, or note why they cannot be.

        An act and the row that tells of it are committed together. What was taken in this reading
        already, here before a kill or elsewhere, is not taken again. Raises ``Superseded``, and
        ``Refused`` where the actor may not do this at all.
        """
        known, again = self._known(listed), dict[str, Origin]()
        noted: list[Origin] = []
        drafts: list[tuple[Origin, Remote]] = []
        amends: list[tuple[Origin, Remote]] = []
        for number, each in enumerate(listed):
            id_, place = _id(each), f"{page} {number}"
            if not id_:
                continue
            origin = known.setdefault(id_, Origin(source=self.run.source, remote_id=id_))
            if origin.run_id == self.run.pk:
                if origin.place != place:
                    origin.repeated += 1
                    again[id_] = origin
                continue
            _find(origin, each, self.run, place)
            if not isinstance(each, Remote) or _is_known(origin, each):
                noted.append(origin)
            else:
                (amends if origin.entry else drafts).append((origin, each))
        self._note(noted)
        for act, those in ((named("catalog.draft"), drafts), (named("catalog.amend"), amends)):
            for begin in range(0, len(those), AT_ONCE):
                some = those[begin : begin + AT_ONCE]
                together(some, partial(self._enter, act), self._turn_back)
        self._note(again.values())

    def _known(self, listed: Sequence[Remote | Untaken]) -> dict[str, Origin]:
        rows = Origin.objects.select_related("entry__provider", "entry__revision")
        found = rows.filter(source=self.run.source, remote_id__in=[_id(each) for each in listed])
        return {origin.remote_id: origin for origin in found}

    def _note(self, origins: Collection[Origin]) -> None:
        if not origins:
            return
        with transaction.atomic():
            self.run.hold()
            _save(origins)

    def _enter(self, act: Act, some: Sequence[tuple[Origin, Remote]]) -> None:
        doing: list[Origin] = []

        def asked() -> list[dict[str, Any]]:
            self.run.hold()
            many = [(origin, self._arguments(origin, remote)) for origin, remote in some]
            doing[:] = [origin for origin, arguments in many if arguments]
            return [arguments for _origin, arguments in many if arguments]

        def note(done: Sequence[Done]) -> None:
            for origin, each in zip(doing, done, strict=True):
                origin.entry_id = each.made.pk
            _save(_digested(some))

        act.several(self.actor, asked, note)

    def _turn_back(self, one: tuple[Origin, Remote], faults: Iterable[Fault]) -> None:
        origin, _remote = one
        _refuse(origin, faults)
        self._note([origin])

    def _arguments(self, origin: Origin, remote: Remote) -> dict[str, Any]:
        """Return what the act is done with; nothing where the entry says already what is told."""
        if origin.entry is None:
            origin.outcome = Outcome.MADE
            return {"content": self._first(remote), "provider": self.run.source.body}
        # Held, so that nothing is lost of what somebody writes at the same moment.
        origin.entry.read_again(hold=True)
        before = origin.entry.in_hand()
        content = compose(remote, before, self.meanings)
        origin.outcome = Outcome.KEPT if content == before else Outcome.CHANGED
        return {} if content == before else {"content": content, "entry": origin.entry}

    def _first(self, remote: Remote) -> EntryContent:
        """Return what a new entry says: what is told, and of the rest what its pattern says."""
        pattern = self.run.source.pattern
        # Items are its own, and so is every word by which people find it.
        own = {"items": (), "keywords": (), "title_en": ""}
        before = pattern.content().model_copy(update=own) if pattern else None
        return compose(remote, before, self.meanings)


def _digested(some: Sequence[tuple[Origin, Remote]]) -> list[Origin]:
    """Return the rows, each with the digest of what is told."""
    for origin, remote in some:
        origin.digest = remote.digest
    return [origin for origin, _remote in some]


def _id(listed: Remote | Untaken) -> str:
    return (listed.id if isinstance(listed, Remote) else listed.address)[:1000]


def _is_known(origin: Origin, remote: Remote) -> bool:
    return origin.digest is not None and bytes(origin.digest) == remote.digest


def _find(origin: Origin, listed: Remote | Untaken, run: Run, place: str) -> None:
    """Say of what stands at ``place`` in this reading that it is as it was, or cannot be taken."""
    origin.run, origin.place = run, place
    origin.repeated, origin.missed, origin.flaws = 0, 0, []
    origin.outcome = Outcome.KEPT
    if isinstance(listed, Remote):
        origin.title, origin.url = listed.content.title, listed.url[:2000]
    else:
        origin.title = origin.url = listed.address[:300]
        _refuse(origin, [Fault("title", listed.says)])


def _save(origins: Iterable[Origin]) -> None:
    Origin.objects.bulk_create(
        origins,
        update_conflicts=True,
        unique_fields=["source", "remote_id"],
        update_fields=_MOVES,
    )


def _refuse(origin: Origin, faults: Iterable[Fault]) -> None:
    origin.outcome = Outcome.REFUSED
    origin.flaws = [
        {"place": each.place, "says": each.says, "params": dict(each.params)} for each in faults
    ]
