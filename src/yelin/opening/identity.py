"""To be known by the real name, or for an enterprise (实名核验): what is asked, checked, given."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    model_validator,
)

from yelin.cases.models import Case
from yelin.cases.procedure import Procedure
from yelin.cases.reads import nearest
from yelin.cases.rules import State
from yelin.files.models import Attachment
from yelin.law import clock, duties, packs
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.opening import checking
from yelin.opening.checking import Claim, Found
from yelin.parties import identity
from yelin.parties.identity import Identity
from yelin.parties.models import Body, Person

KEEPS = "parties.register"


class Asked(BaseModel):
    """The name that is claimed, and the number by its digest and its ends: never the number."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(max_length=80)
    masked: str = Field(default="", max_length=32)
    digest: str = Field(default="", max_length=64)
    found: Found | None = None

    _number: str | None = PrivateAttr(None)

    @model_validator(mode="wrap")
    @classmethod
    def _hide(cls, said: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Take the number out of what is kept, before anything keeps it."""
        if not isinstance(said, dict) or not isinstance(said.get("number"), str):
            return handler(said)
        kept = {key: value for key, value in said.items() if key != "number"}
        number = identity.plain(said["number"])
        kept |= {"masked": identity.masked(number), "digest": identity.digest_of(number)}
        made = handler(kept | {"found": None})
        made._number = number
        return made


class Confirmed(BaseModel):
    """Until when it is confirmed; without a day, as long as the account."""

    model_config = ConfigDict(extra="forbid")

    until: date | None = None


def faults(asked: Asked, about: Person | Body) -> Iterator[Fault]:
    """Yield what is not said or does not check; what was found is kept for who decides."""
    number = asked._number
    if not asked.name:
        yield Fault("name", "Say the name that stands in the document.", duties.IDENTITY_ASK)
    if not number:
        yield Fault("number", "Say the number of the document.", duties.IDENTITY_ASK)
    if not asked.name or not number:
        return
    code = about.credit_code if isinstance(about, Body) else ""
    look = checking.chosen().look(Claim(name=asked.name, number=number, code=code))
    asked.found = look.found
    yield from look.faults


def approve(case: Case, asked: Asked, given: Confirmed) -> None:
    """Let the person be known by the verified name, or the enterprise be acted for.

    Raises ``Incomplete`` for a day that has passed, and for one on which an enterprise would end;
    ``OutOfTurn`` where there is nobody to confirm any more.
    """
    about = case.matter
    if given.until is not None and (isinstance(about, Body) or given.until <= clock.today()):
        raise Incomplete.at("until", "Name a day after today, and none for an enterprise.")
    if isinstance(about, Body):
        if about.until is not None:
            raise OutOfTurn("This body waits for no verification.")
        about.verified_at = about.verified_at or clock.now()
        about.save(update_fields=["verified_at"])
        return
    if about.user_id is None:
        raise OutOfTurn("This account is deleted.")
    Identity.objects.update_or_create(
        person=about,
        defaults={
            "name": asked.name,
            "masked": asked.masked,
            "digest": asked.digest,
            "since": clock.now(),
            "until": clock.end_of(given.until) if given.until else None,
        },
    )


def moved(case: Case) -> None:
    """Destroy what proved it once nothing can come of it any more: it tells who somebody is."""
    if case.state == State.CLOSED:
        for each in Attachment.objects.kept().filter(about=case.pk, party=case.applicant_id):
            each.remove(clock.now())


def _keeper(about: Person | Body) -> Body:
    """Return who decides: whoever keeps the register of those who act here."""
    over = about.division if isinstance(about, Body) else packs.active().province.code
    keeper = nearest(KEEPS, over)
    if keeper is None:
        raise OutOfTurn("Nobody keeps the register here yet.")
    return keeper


IDENTITY = Procedure(
    kind="identity.check",
    letters="SM",
    says="it is a check of who somebody is",
    asked=Asked,
    given=Confirmed,
    handler=_keeper,
    apply=duties.IDENTITY_ASK,
    answer=duties.IDENTITY_ANSWER,
    faults=faults,
    lacks=lambda _asked, given: given.until is not None,
    approve=approve,
    followed_by_all=False,
    moved=moved,
)
