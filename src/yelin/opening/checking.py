"""What can be found out of a claimed identity by itself; a province may plug its own service in.

Whatever is found, a person decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.utils.module_loading import import_string

from yelin.config import config
from yelin.law import clock, duties, packs
from yelin.law.refusals import Fault
from yelin.parties import identity
from yelin.parties.rules import read_credit_code


class Found(StrEnum):
    """What a check found: the number is well formed, or a service knows the two together or not."""

    WELL_FORMED = "well_formed"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says to be; ``code`` is the credit code of the enterprise it is about, if any.

    The number is here alone: whoever checks writes it down nowhere.
    """

    name: str
    number: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a check found, and what of the claim cannot be."""

    found: Found
    faults: Sequence[Fault] = ()


class IdentityCheck(Protocol):
    """What a province plugs in; the setting ``YELIN_IDENTITY_CHECK`` names its class."""

    def look(self, claim: Claim) -> Look:
        """Return what can be found out about a claim."""
        ...


class LocalCheck:
    """What a number proves by itself: check digits (GB 11643, GB 32100), a day of birth, its body.

    Names are compared by whoever decides, with the papers.
    """

    def look(self, claim: Claim) -> Look:
        """Return whether the number can be one."""
        wrong = _of_enterprise(claim) if claim.code else _of_person(claim.number)
        return Look(Found.WELL_FORMED, tuple(wrong))


def _of_enterprise(claim: Claim) -> Iterator[Fault]:
    if not read_credit_code(claim.number, packs.active().legacy_codes).may_be_used:
        yield Fault("number", "This is no unified social credit code.", duties.IDENTITY_ASK)
    elif claim.number != claim.code:
        says = "The enterprise is registered by another code."
        yield Fault("number", says, duties.IDENTITY_ASK)


def _of_person(number: str) -> Iterator[Fault]:
    if not _is_of_person(number):
        says = "This is no number of a resident identity card or residence permit."
        yield Fault("number", says, duties.IDENTITY_ASK)


def _is_of_person(number: str) -> bool:
    born = identity.born(number)
    return born is not None and born <= clock.today()


def chosen() -> IdentityCheck:
    """Return the check of this installation."""
    made: IdentityCheck = import_string(config.identity_check)()
    return made
