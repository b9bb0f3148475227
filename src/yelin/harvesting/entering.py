"""Let one resource that a source lists become an entry, once, whoever is killed meanwhile."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from yelin.acts.frame import registered
from yelin.acts.repetition import Claim, Taken
from yelin.harvesting.composing import compose
from yelin.harvesting.content import Remote, Untaken
from yelin.harvesting.models import Origin, Outcome, Run, Source
from yelin.law.refusals import Fault, Incomplete, OutOfTurn, Unlawful
from yelin.parties.actor import Actor


def take(run: Run, actor: Actor, remote: Remote, place: str) -> None:
    """Make or change the entry for ``remote``, which stood at ``place`` of this reading.

    What was taken in this reading already, at this place before a kill or at another, is not
    taken again. Raises ``Refused`` where the actor may not do this at all.
    """
    source = run.source
    origin = Origin.objects.select_related("entry__provider").filter(
        source=source, remote_id=remote.id[:1000]
    ).first() or Origin(source=source, remote_id=remote.id[:1000])
    if origin.run_id == run.pk:
        if origin.place != place:
            Origin.objects.filter(pk=origin.pk).update(repeated=origin.repeated + 1)
        return
    origin.flaws = []
    if origin.digest is not None and bytes(origin.digest) == remote.digest:
        origin.outcome = Outcome.KEPT
    else:
        try:
            origin.outcome = _enter(origin, source, actor, remote)
            origin.digest = remote.digest
        except Incomplete as error:
            origin.outcome, origin.flaws = Outcome.REFUSED, _told(error.faults)
        except (OutOfTurn, Unlawful) as error:
            origin.outcome, origin.flaws = Outcome.REFUSED, _told([Fault("state", error.says)])
    origin.title, origin.url = remote.content.title, remote.url[:2000]
    _listed(origin, run, place)


def leave(run: Run, untaken: Untaken, place: str) -> None:
    """Note that something is listed which cannot be taken, where it has an address at all."""
    if untaken.address:
        key = {"source": run.source, "remote_id": untaken.address[:1000]}
        origin = Origin.objects.filter(**key).first() or Origin(**key)
        origin.title = origin.url = untaken.address[:300]
        origin.outcome, origin.flaws = Outcome.REFUSED, _told([Fault("title", untaken.says)])
        _listed(origin, run, place)


def _listed(origin: Origin, run: Run, place: str) -> None:
    origin.run, origin.place, origin.repeated, origin.missed = run, place, 0, 0
    origin.save()


def _enter(origin: Origin, source: Source, actor: Actor, remote: Remote) -> Outcome:
    pattern = source.pattern.content() if source.pattern else None
    if pattern and origin.entry is None:
        # Items are its own, and so is every word by which people find it.
        pattern = pattern.model_copy(update={"items": (), "keywords": (), "title_en": ""})
    before = origin.entry.in_hand() if origin.entry else pattern
    content = compose(remote, before)
    if origin.entry and content == before:
        return Outcome.KEPT
    name = "catalog.amend" if origin.entry else "catalog.draft"
    on: dict[str, Any] = {"entry": origin.entry} if origin.entry else {"provider": source.body}
    key = f"harvest {source.pk} {remote.digest.hex()} {remote.id}"[:255]
    claim = Claim.of(key, actor, name, remote.digest.hex())
    origin.entry_id = _done(claim) or _perform(name, actor, claim, content=content, **on)
    return Outcome.CHANGED if name == "catalog.amend" else Outcome.MADE


def _done(claim: Claim) -> UUID | None:
    # The act and its key are committed together: killed in between, it is found done.
    leaf = claim.answer()
    return leaf.subject_id if leaf else None


def _perform(name: str, actor: Actor, claim: Claim, **arguments: Any) -> UUID | None:
    try:
        made = registered()[name].perform(actor, claim, **arguments).made
    except Taken:
        return _done(claim)
    return made.thing_id


def _told(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    return [
        {"place": each.place, "says": each.says, "params": dict(each.params)} for each in faults
    ]
