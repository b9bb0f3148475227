"""Enter planned resources by the catalog's own acts, each once, whoever is killed meanwhile."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from yelin.acts.frame import Act, Done, named
from yelin.acts.together import together
from yelin.catalog.content import kept
from yelin.compiling import planning
from yelin.compiling.composing import Flaw
from yelin.compiling.models import Import, Outcome, Planned
from yelin.gate import Refused
from yelin.law import clock
from yelin.law.refusals import Fault, OutOfTurn

GONE = Fault("seat", "Whoever set this going has left the seat. Somebody else may go on.").says


class Gone(Exception):
    """Whoever set the import going does not stand any more."""


def enter(batch: Import, some: Sequence[Planned]) -> None:
    """Make or change the entries and say so in the plan, all at once; refused, say of each why.

    Acts and plan are committed together, so that whoever is killed leaves both or neither. Raises
    ``Gone``, and ``Refused`` where the actor may not do this at all.
    """
    for act, those in groupby(some, _act):
        together(list(those), partial(_enter, batch, act), _refuse)


def _act(planned: Planned) -> Act:
    return named("catalog.draft" if planned.entry_id is None else "catalog.amend")


def _enter(batch: Import, act: Act, some: Sequence[Planned]) -> None:
    try:
        actor = batch.actor()
    except ValueError as error:
        raise Gone from error
    waiting: list[Planned] = []

    def asked() -> list[dict[str, Any]]:
        # Held until the commit: another attempt finds them done.
        rows = Planned.objects.select_for_update(of=("self",)).select_related("entry__revision")
        waiting[:] = rows.filter(pk__in=[each.pk for each in some], done_at=None)
        return [_arguments(batch, each) for each in waiting]

    def note(done: Sequence[Done]) -> None:
        for planned, each in zip(waiting, done, strict=True):
            planned.entry_id, planned.done_at = each.made.pk, clock.now()
        Planned.objects.bulk_update(waiting, ["entry", "done_at"])

    act.several(actor, asked, note)


def _arguments(batch: Import, planned: Planned) -> dict[str, Any]:
    try:
        content = kept(planned.content or {})
        before = kept(planned.before or {}) if planned.entry else None
    except ValidationError as error:
        raise OutOfTurn("The form has changed since this was planned.") from error
    if planned.entry is None:
        return {"content": content, "provider": batch.body}
    if planned.entry.in_hand() != before:
        raise OutOfTurn("The entry was changed since this was planned. Import the file again.")
    return {"content": content, "entry": planned.entry}


def _refuse(planned: Planned, faults: Iterable[Fault]) -> None:
    flaws = [planning.told(Flaw(planned.first, "", fault)) for fault in faults]
    Planned.objects.filter(pk=planned.pk, done_at=None).update(
        outcome=Outcome.REFUSE, content=None, flaws=flaws, done_at=clock.now()
    )


def words(stopped: Refused | Gone) -> str:
    """Return the message id that says why an import stopped."""
    if isinstance(stopped, Refused):
        return stopped.decision.says
    return GONE
