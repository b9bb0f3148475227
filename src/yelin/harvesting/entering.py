"""Let what a source lists become entries, each once, whoever is killed meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from yelin.acts.frame import registered
from yelin.compiling import mapping
from yelin.harvesting.composing import Meanings, compose
from yelin.harvesting.content import Remote, Untaken
from yelin.harvesting.models import Origin, Outcome, Run
from yelin.law.refusals import Fault, Incomplete, OutOfTurn, Unlawful
from yelin.parties.actor import Actor


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
        if origin.digest is not None and bytes(origin.digest) == remote.digest:
            origin.outcome = Outcome.KEPT
            return
        try:
            origin.outcome = self._enter(origin, remote)
            origin.digest = remote.digest
        except Incomplete as error:
            _refuse(origin, error.faults)
        except (OutOfTurn, Unlawful) as error:
            _refuse(origin, [Fault("state", error.says)])

    def _enter(self, origin: Origin, remote: Remote) -> Outcome:
        source, entry = self.run.source, origin.entry
        before = entry.in_hand() if entry else None
        if entry is None and source.pattern:
            # Items are its own, and so is every word by which people find it.
            own = {"items": (), "keywords": (), "title_en": ""}
            before = source.pattern.content().model_copy(update=own)
        content = compose(remote, before, self.meanings)
        if entry and content == before:
            return Outcome.KEPT
        name = "catalog.amend" if entry else "catalog.draft"
        on: dict[str, Any] = {"entry": entry} if entry else {"provider": source.body}
        # Of this reading, since a source may come back to what it told before.
        key = f"harvest {self.run.pk} {remote.digest.hex()}"
        arguments = {"content": content, **on}
        leaf = registered()[name].once(self.actor, key, remote.digest.hex(), lambda: arguments)
        origin.entry_id = leaf.subject_id
        return Outcome.CHANGED if entry else Outcome.MADE


def _refuse(origin: Origin, faults: Iterable[Fault]) -> None:
    origin.outcome = Outcome.REFUSED
    origin.flaws = [
        {"place": each.place, "says": each.says, "params": dict(each.params)} for each in faults
    ]
