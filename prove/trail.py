"""Hold the log's rows against what was answered: nothing lost, doubled or out of order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yelin.ledger.models import Leaf

# What each act leads to, and from where: an entry's leaves in the order of the log are such a way.
STEPS = {
    "catalog.draft": ({""}, "draft"),
    "catalog.register": ({"draft"}, "registered"),
    "catalog.submit": ({"registered", "returned"}, "awaiting"),
    "catalog.confirm": ({"awaiting"}, "confirmed"),
    "catalog.return": ({"awaiting"}, "returned"),
}
SAYS_ANEW = {"catalog.amend", "catalog.register"}
# What was confirmed meanwhile is changed by a revision beside it, which has a way of its own.
REVISES = {"catalog.amend", "catalog.submit"}


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was answered: what its leaf must say."""

    act: str
    subject: str
    refused: bool = False
    state: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A leaf as its row stands."""

    id: int
    index: int | None
    h: bytes
    payload: dict[str, Any]

    @property
    def act(self) -> str:
        """The act's name."""
        name: str = self.payload["act"]
        return name

    @property
    def subject(self) -> str:
        """The subject's id."""
        id_: str = self.payload["subject"]["id"]
        return id_

    @property
    def is_refused(self) -> bool:
        """Whether it records a refusal."""
        return bool(self.payload["refused"])

    def done(self) -> Done:
        """Return the act as it was answered."""
        facts = self.payload["facts"]
        state, version = facts.get("state", ""), facts.get("version", 0)
        return Done(self.act, self.subject, self.is_refused, state, version)


def rows() -> list[Row]:
    """Return every leaf in the order of the log, pending ones after all others."""
    found = [
        Row(id_, index, bytes(h), payload)
        for id_, index, h, payload in Leaf.objects.values_list("id", "index", "h", "payload")
    ]
    return sorted(found, key=lambda row: (row.index is None, row.index, row.id))


def require_dense(leaves: list[Row]) -> int:
    """Require that places are given from 0 on, none left out; return how many there are."""
    places = [row.index for row in leaves if row.index is not None]
    assert places == list(range(len(places))), f"places are not 0 to {len(places) - 1}"
    hashes = {row.h for row in leaves}
    assert len(hashes) == len(leaves), "a leaf stands twice"
    return len(places)


def require_grown(before: list[Row], now: list[Row]) -> None:
    """Require that every leaf which had its place still has it."""
    for old, new in zip(before, now, strict=False):
        assert old.index is None or (old.index, old.h) == (new.index, new.h), (
            f"entry {old.index} is another than before"
        )
    kept = {row.id for row in now}
    lost = [row.id for row in before if row.id not in kept]
    assert not lost, f"leaves were lost: rows {lost[:10]}"


def require_journals(leaves: list[Row], journals: Mapping[str, Iterable[Done]]) -> int:
    """Require that each seat's leaves are what it was answered, in the order of the answers.

    ``journals`` has what each seat was answered since it began to play. Returns how many there are.
    """
    found: defaultdict[str, list[Done]] = defaultdict(list)
    for row in leaves:
        if row.act.startswith("catalog."):
            found[row.payload["actor"]["seat"]].append(row.done())
    count = 0
    for seat, journal in journals.items():
        told = list(journal)
        count += len(told)
        assert found[seat] == told, _difference(seat, told, found[seat])
    strangers = set(found) - set(journals)
    assert not strangers, f"leaves of seats that did nothing: {strangers}"
    return count


def _difference(seat: str, told: list[Done], found: list[Done]) -> str:
    at = next(
        (n for n, (one, other) in enumerate(zip(told, found, strict=False)) if one != other),
        min(len(told), len(found)),
    )
    return (
        f"seat {seat} was answered {len(told)} acts, the log has {len(found)}; at its act {at}:"
        f" answered {told[at : at + 2]}, in the log {found[at : at + 2]}"
    )


def require_ways(leaves: list[Row]) -> int:
    """Require that each entry's leaves, in the order of the log, are a way it could have gone.

    Of one subject the order of the log is the order of commit: state follows state, version
    follows version, and the code stays. Returns how many entries there are.
    """
    ways: defaultdict[str, list[Row]] = defaultdict(list)
    for row in leaves:
        if row.payload["subject"]["kind"] == "entry" and not row.is_refused:
            ways[row.subject].append(row)
    for entry, way in ways.items():
        state, version, code = "", 0, None
        for row in way:
            facts, place = row.payload["facts"], row.index if row.index is not None else "pending"
            of_revision = state == "confirmed" and row.act in REVISES
            from_, to = ({state}, state) if of_revision else STEPS.get(row.act, ({state}, state))
            says = f"entry {entry}, {row.act} at {place}: from {state!r} {version} to {facts}"
            assert state in from_, says
            assert facts["state"] == to, says
            assert not of_revision or "revision" in facts, says
            is_anew = row.act in SAYS_ANEW and to != "draft" and not of_revision
            assert facts["version"] == version + is_anew, says
            assert code in {None, row.payload["subject"]["code"]}, says
            state, version, code = to, facts["version"], row.payload["subject"]["code"]
    return len(ways)
