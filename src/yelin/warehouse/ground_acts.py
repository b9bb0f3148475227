"""What may be done about grounds that stand: stated, ended, objected to."""

from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.catalog.telling import tell_stewards
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.warehouse import disclosing, telling
from yelin.warehouse.grounded import Ground, StandingGround


@act("warehouse.state_ground", duty=duties.OPENING_PERSONS, subject="entry", surface=OUTSIDE)
def state_ground(*, actor: Actor, entry: Entry, ground: Ground) -> StandingGround:
    """State on what ground everyone has a column of persons, in every version (公开依据).

    It goes for the kinds that it names, or else for those that the newest data holds.

    Raises ``Incomplete`` where it is none, says nothing, or names no kind that there is.
    """
    del actor
    wrong = [*disclosing.faults(entry, ground), *disclosing.unfit_kinds(entry, ground)]
    if wrong:
        raise Incomplete(wrong)
    kinds = disclosing.kinds_of(entry, ground)
    said = ground.model_dump(mode="json") | {"kinds": sorted(kinds), "standing": True}
    return StandingGround.objects.stand(entry, [said], clock.now())[0]


def _living(entry: Entry, column: str) -> StandingGround:
    found = StandingGround.objects.living().filter(entry=entry, column=column).first()
    if found is None:
        raise OutOfTurn("No ground stands for this column any more.")
    return found


@act("warehouse.end_ground", duty=duties.OPENING_PERSONS, subject="entry", surface=OUTSIDE)
def end_ground(*, actor: Actor, entry: Entry, column: str) -> StandingGround:
    """Let a ground go for no later version (撤销公开依据).

    Versions that were published on it keep it.

    Raises ``OutOfTurn`` where none stands.
    """
    del actor
    found = _living(entry, column)
    found.ended_at = clock.now()
    found.save(update_fields=["ended_at"])
    return found


@act("warehouse.object_to_ground", duty=duties.OPENING_PERSONS, subject="entry", surface=OUTSIDE)
def object_to_ground(*, actor: Actor, entry: Entry, column: str, reason: str) -> StandingGround:
    """Object to the ground on which everyone has a column of persons (对公开依据提出异议).

    It ends, and what it says is no ground for that column again.

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` where none was stated.
    """
    if not reason.strip():
        raise Incomplete.at("reason", "Say what is wrong with it.", duties.OPENING_PERSONS)
    found = disclosing.object_to(entry, column, reason.strip(), by=actor.body_id, at=clock.now())
    tell_stewards(telling.OBJECTED, entry)
    return found
