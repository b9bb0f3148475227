"""What an act may ask for beyond the gate's word: a fresh proof of who acts, or a second person."""

from datetime import timedelta
from enum import StrEnum

from yelin.config import config
from yelin.law import clock
from yelin.parties.actor import Actor


class StepUp(StrEnum):
    """How much more than being allowed an act asks for."""

    RECENT_LOGIN = "recent_login"
    SECOND_PERSON = "second_person"


class LoginAgain(Exception):
    """The person has to prove anew to be there, before this act."""


def require_recent_login(actor: Actor) -> None:
    """Raise ``LoginAgain`` unless ``actor`` proved to be there within the last minutes."""
    if not is_recent(actor):
        raise LoginAgain


def is_recent(actor: Actor) -> bool:
    """Whether ``actor`` logged in, or proved to be there again, within the last minutes."""
    if actor.proved_at is None:
        return False
    return clock.now() - actor.proved_at <= timedelta(minutes=config.recent_login_minutes)
