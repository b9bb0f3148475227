"""What people are told of: each room declares its own events, in one line each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Something that people are told.

    ``name`` is ``subject.happened`` and what programs know it by; ``says`` is a message id with
    places for codes, days and counts, never for what is personal. ``urgent`` says that something
    is to be done.
    """

    name: str
    says: str
    urgent: bool = False


_names: set[str] = set()


def event(name: str, says: str, *, urgent: bool = False) -> Event:
    """Declare an event. Raises ``ValueError`` for a name that another has."""
    if name in _names:
        raise ValueError(f"event {name} is declared twice")
    _names.add(name)
    return Event(name, says, urgent)
