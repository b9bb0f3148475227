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


_all: dict[str, Event] = {}


def event(name: str, says: str, *, urgent: bool = False) -> Event:
    """Declare an event."""
    if name in _all:
        raise ValueError(f"event {name} is declared twice")
    return _all.setdefault(name, Event(name, says, urgent))


def by_name(name: str) -> Event:
    """Return the event called ``name``. Raises ``KeyError`` for one that no code declares."""
    return _all[name]
