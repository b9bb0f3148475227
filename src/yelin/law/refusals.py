"""Refusals that a rule gives, with the duty that decides and words that mend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yelin.law.duties import Duty


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one place: ``says`` is a message id; ``duty`` where a law asks."""

    place: str
    says: str
    duty: Duty | None = None
    params: Mapping[str, object] = field(default_factory=dict)


class Unlawful(Exception):
    """The law forbids this, whoever asks; a refusal of an identified party is recorded."""

    def __init__(self, duty: Duty, says: str, place: str = "") -> None:
        super().__init__(says)
        self.duty = duty
        self.says = says
        self.place = place

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The one thing that is wrong."""
        return (Fault(self.place, self.says, self.duty),)


class Incomplete(Exception):
    """Something asked for is missing or cannot be; every fault is named at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.says}" for fault in faults))
        self.faults = tuple(faults)

    @classmethod
    def at(
        cls,
        place: str,
        says: str,
        duty: Duty | None = None,
        params: Mapping[str, object] | None = None,
    ) -> "Incomplete":
        """Return the refusal for one fault."""
        return cls([Fault(place, says, duty, params or {})])


class OutOfTurn(Exception):
    """The thing is in another state than this act needs, for example because someone was faster."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The one thing that is wrong."""
        return (Fault("state", self.says),)
