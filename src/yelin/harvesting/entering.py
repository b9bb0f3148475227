"""Let what a source lists become entries, each once, whoever is killed meanwhile."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from yelin.acts.frame import named
from yelin.catalog.content import EntryContent
from yelin.catalog.models import Entry
from yelin.compiling import mapping
from yelin.harvesting.composing import Meanings, compose
from yelin.harvesting.content import Remote, Untaken
from yelin.harvesting.models import Origin, Outcome, Run
from yelin.law.refusals import Fault, Incomplete, OutOfTurn, Unlawful
from yelin.parties.actor import Actor


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a source: by whom, and what its words mean here.

    One that goes on where it ``broke_off`` may find an act done that no origin tells of yet.
    """

    run: Run
    actor: Actor
    meanings: Meanings
    broke_off: bool

    @classmethod
    def of(cls, run: Run, actor: Actor, *, broke_off: bool) -> "Reading":
        """Return the reading ``run`` by ``actor``."""
        meanings = mapping.meanings(mapping.named(mapping.DEFAULT))
        return cls(run, actor, meanings, broke_off)

    def take(self, listed: Remote | Untaken, place: str) -> None:
        """Make or change the entry for what stood at ``place``, or note why it cannot be taken.

        What was taken in this reading already, at this place before a kill or at another, is not
        taken again. Raises ``Refused`` where the actor may not do this at all.
        """
        remote_id = listed.id if isinstance(listed, Remote) else listed.address
        if not remote_id:
            return
        known = {"source": self.run.source, "remote_id": remote_id[:1000]}
        rows = Origin.objects.select_related("entry__provider", "entry__revision")
        origin = rows.filter(**known).first() or Origin(**known)
        if origin.run_id == self.run.pk:
            if origin.place != place:
                Origin.objects.filter(pk=origin.pk).update(repeated=origin.repeated + 1)
            return
        origin.flaws = []
        if isinstance(listed, Remote):
            self._follow(origin, listed)
        else:
            origin.title = origin.url = listed.address[:300]
            _refuse(origin, [Fault("title", listed.says)])
        origin.run, origin.place, origin.repeated, origin.missed = self.run, place, 0, 0
        origin.save()

    def _follow(self, origin: Origin, remote: Remote) -> None:
        origin.title, origin.url = remote.content.title, remote.url[:2000]
        try:
            origin.outcome = self._enter(origin, remote)
            origin.digest = remote.digest
        except Incomplete as error:
            _refuse(origin, error.faults)
        except (OutOfTurn, Unlawful) as error:
            _refuse(origin, [Fault("state", error.says)])

    def _enter(self, origin: Origin, remote: Remote) -> Outcome:
        outcome, act = Outcome.MADE, named("catalog.draft")
        if origin.entry:
            outcome, act = Outcome.CHANGED, named("catalog.amend")
        key = f"harvest {self.run.pk} {hashlib.sha256(remote.id.encode()).hexdigest()}"
        done = act.answered(self.actor, key, remote.id) if self.broke_off else None
        if done:
            # The source may have changed while the reading lay broken off.
            rows = Entry.objects.select_related("provider", "revision")
            origin.entry, origin.digest = rows.get(pk=done.subject_id), None
            key = f"{key} {remote.digest.hex()}"
        elif origin.digest is not None and bytes(origin.digest) == remote.digest:
            return Outcome.KEPT
        if origin.entry is None:
            arguments = {"content": self._first(remote), "provider": self.run.source.body}
            origin.entry_id = act.once(self.actor, key, remote.id, lambda: arguments).subject_id
            return outcome
        before = origin.entry.in_hand()
        content = compose(remote, before, self.meanings)
        if content == before:
            return outcome if done else Outcome.KEPT
        changing = {"content": content, "entry": origin.entry}
        named("catalog.amend").once(self.actor, key, remote.id, lambda: changing)
        return outcome

    def _first(self, remote: Remote) -> EntryContent:
        """Return what a new entry says: what is told, and of the rest what its pattern says."""
        pattern = self.run.source.pattern
        # Items are its own, and so is every word by which people find it.
        own = {"items": (), "keywords": (), "title_en": ""}
        before = pattern.content().model_copy(update=own) if pattern else None
        return compose(remote, before, self.meanings)


def _refuse(origin: Origin, faults: Iterable[Fault]) -> None:
    origin.outcome = Outcome.REFUSED
    origin.flaws = [
        {"place": each.place, "says": each.says, "params": dict(each.params)} for each in faults
    ]
