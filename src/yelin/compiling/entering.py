"""Enter one planned resource by the catalog's own act, once, whoever is killed meanwhile."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from yelin.acts.frame import registered
from yelin.catalog.content import kept
from yelin.catalog.models import Entry
from yelin.compiling import planning
from yelin.compiling.composing import Flaw
from yelin.compiling.models import Import, Outcome, Planned
from yelin.gate import Refused
from yelin.law import clock
from yelin.law.refusals import Fault, Incomplete, OutOfTurn, Unlawful

GONE = Fault("seat", "Whoever set this going has left the seat. Somebody else may go on.").says


class Gone(Exception):
    """Whoever set the import going does not stand any more."""


def enter(batch: Import, planned: Planned) -> None:
    """Make or change the entry, and say so in the plan; refused, say why.

    Raises ``Gone``, and ``Refused`` where the actor may not do this at all.
    """
    try:
        planned.entry_id = _entered(batch, planned)
    except Incomplete as error:
        _refuse(planned, error.faults)
    except OutOfTurn as error:
        _refuse(planned, [Fault("state", error.says)])
    except Unlawful as error:
        _refuse(planned, [Fault(error.place, error.says, error.duty)])
    except ValidationError:
        _refuse(planned, [Fault("title", "The form has changed since this was planned.")])
    planned.done_at = clock.now()
    planned.save(update_fields=["entry", "outcome", "flaws", "content", "done_at"])


def _entered(batch: Import, planned: Planned) -> UUID:
    try:
        actor = batch.actor()
    except ValueError as error:
        raise Gone from error
    content = kept(planned.content or {})
    act = registered()["catalog.draft" if planned.entry is None else "catalog.amend"]
    key = f"import {planned.pk}"

    def arguments() -> dict[str, Any]:
        if planned.entry is None:
            return {"content": content, "provider": batch.body}
        return {"content": content, "entry": _unchanged(planned.entry, planned)}

    return act.once(actor, key, str(planned.pk), arguments).subject_id


def _unchanged(entry: Entry, planned: Planned) -> Entry:
    if entry.in_hand() != kept(planned.before or {}):
        raise OutOfTurn("The entry was changed since this was planned. Import the file again.")
    return entry


def _refuse(planned: Planned, faults: Iterable[Fault]) -> None:
    planned.outcome = Outcome.REFUSE
    planned.content = None
    planned.flaws = [planning.told(Flaw(planned.first, "", fault)) for fault in faults]


def words(stopped: Refused | Gone) -> str:
    """Return the message id that says why an import stopped."""
    if isinstance(stopped, Refused):
        return stopped.decision.says
    return GONE
