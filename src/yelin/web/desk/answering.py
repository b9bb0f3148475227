"""What a file leaves open, as questions on its report, and the answers that come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from yelin.law.refusals import Fault, Incomplete
from yelin.warehouse.models import Upload, UploadState
from yelin.warehouse.pipeline import Options

ORDERS = ("dmy", "mdy")
# The answer that no column of the file is an item.
NONE = "none"
# Offered, and not proposed: these take a side where the cell itself does not.
_DOUBTFUL = {"narrow", "serial", "dmy", "mdy"}
_SHOWN = str.maketrans({" ": "␣", "\u3000": "□", "\u00a0": "␣", "\t": "⇥", "\n": "⏎", "\r": "⏎"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that may be the item: the answer that names it, and what stands in it."""

    answer: str
    header: str
    fits: int
    samples: Sequence[str]
    proposed: bool


@dataclass(frozen=True, slots=True)
class ColumnQuestion:
    """Which column of the file is an item."""

    field: str
    item: str
    required: bool
    candidates: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class OrderQuestion:
    """In which order the day and the month of an item stand."""

    field: str
    item: str
    only_dmy: int
    only_mdy: int
    either: int
    samples: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Mend:
    """A way of mending some cells of an item, which was chosen or may be."""

    answer: str
    item: str
    rule: str
    count: int
    examples: Sequence[tuple[str, str]]
    chosen: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Questions:
    """Everything that is asked about a file, in the order in which it is asked."""

    columns: Sequence[ColumnQuestion]
    orders: Sequence[OrderQuestion]
    mends: Sequence[Mend]

    @property
    def count(self) -> int:
        """How many need an answer."""
        return len(self.columns) + len(self.orders)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to answer, and nothing offered that was not chosen before."""
        return not self.count and all(mend.done for mend in self.mends)


def questions(found: Upload) -> Questions:
    """Return what is asked about a file."""
    asked = found.report.get("asked", {})
    return Questions(
        [_column(place, each) for place, each in enumerate(asked.get("columns", []))],
        [_order(place, each) for place, each in enumerate(asked.get("orders", []))],
        _mends(found),
    )


def state_of(found: Upload) -> str:
    """Return the state of a file as its report says it: one that asks is not ready."""
    return "asking" if questions(found).count and found.state == UploadState.READY else found.state


def _mends(found: Upload) -> list[Mend]:
    done, offered = (found.report.get(name, []) for name in ("mended", "offers"))
    return [
        Mend(
            answer=str(place),
            item=each["item"],
            rule=each["rule"],
            count=each["count"],
            examples=[(_visible(came), _visible(became)) for came, became in each["examples"]],
            done=place < len(done),
            chosen=place < len(done) or each["rule"] not in _DOUBTFUL,
        )
        for place, each in enumerate([*done, *offered])
    ]


def _visible(text: str) -> str:
    """Show the blanks at the ends of a value."""
    inner = text.strip()
    before, _, after = text.partition(inner)
    return before.translate(_SHOWN) + inner + after.translate(_SHOWN)


def _column(place: int, said: Mapping[str, Any]) -> ColumnQuestion:
    candidates = [
        Candidate(
            answer=str(number),
            header=each["header"],
            fits=each["fits"],
            samples=each["samples"],
            proposed=each["header"] == said["proposed"],
        )
        for number, each in enumerate(said["candidates"])
    ]
    return ColumnQuestion(f"column-{place}", said["item"], said["required"], candidates)


def _order(place: int, said: Mapping[str, Any]) -> OrderQuestion:
    counts = {name: said[name] for name in ("only_dmy", "only_mdy", "either")}
    return OrderQuestion(f"order-{place}", said["item"], samples=said["samples"], **counts)


def answered(found: Upload, post: QueryDict) -> Options:
    """Return the options by which a file is prepared once its questions are answered.

    Raises ``Incomplete`` for a question without an answer.
    """
    faults: list[Fault] = []
    asked = questions(found)
    columns, orders = {}, {}
    for question in asked.columns:
        answer = post.get(question.field, "")
        headers = {each.answer: each.header for each in question.candidates}
        if not question.required:
            headers[NONE] = ""
        if answer in headers:
            columns[question.item] = headers[answer]
        else:
            says = "Say which column of the file is “{item}”."
            faults.append(Fault(question.field, says, None, {"item": question.item}))
    for dated in asked.orders:
        answer = post.get(dated.field, "")
        if answer in ORDERS:
            orders[dated.item] = answer
        else:
            says = "Say in which order the dates of “{item}” are written."
            faults.append(Fault(dated.field, says, None, {"item": dated.item}))
    if faults:
        raise Incomplete(faults)
    mends: dict[str, tuple[str, ...]] = {}
    for mend in asked.mends:
        if mend.answer in post.getlist("mend"):
            mends[mend.item] = (*mends.get(mend.item, ()), mend.rule)
    before = same(found)
    return replace(
        before,
        mends=mends,
        columns=before.columns | columns,
        date_orders=before.date_orders | orders,
    )


def same(found: Upload) -> Options:
    """Return the options that a file has, without answers about items that are no more."""
    options = Options(**found.options)
    items = set(found.entry.items.values_list("name", flat=True))

    def still(said: Mapping[str, Any]) -> dict[str, Any]:
        return {name: answer for name, answer in said.items() if name in items}

    return replace(
        options,
        columns=still(options.columns),
        date_orders=still(options.date_orders),
        mends=still(options.mends),
    )
