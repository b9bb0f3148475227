"""What went wrong, once for all doors: RFC 9457 problem documents with the basis in law."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import JsonResponse
from django.utils.translation import get_language, gettext
from pydantic import ValidationError

from yelin.delivery.handing import NothingYet
from yelin.gate import Refused, Unseen
from yelin.keys.models import Destroyed
from yelin.law import duties, packs
from yelin.law.duties import Duty
from yelin.law.refusals import Fault, Incomplete, OutOfTurn, Unlawful
from yelin.ledger.entry import Malformed as MalformedReceipt
from yelin.surface.actor import TokenMissing, TokenUnknown
from yelin.warehouse.engine import TooMuch
from yelin.warehouse.findings import Unfit
from yelin.warehouse.formats import TooLarge
from yelin.warehouse.query import BadOperand, UnknownColumn

PROBLEM = "application/problem+json"
FORESEEN = (
    Refused,
    Unlawful,
    Incomplete,
    OutOfTurn,
    Unseen,
    NothingYet,
    TokenMissing,
    TokenUnknown,
    MalformedReceipt,
    Unfit,
    UnknownColumn,
    BadOperand,
    TooLarge,
    TooMuch,
    Destroyed,
    ValidationError,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault as it is told: status, title, what to mend where, and the law."""

    status: int
    title: str
    detail: str = ""
    duty: Duty | None = None
    faults: tuple[dict[str, str], ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the problem document in the reader's language."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "status": self.status,
            "title": self.title,
        }
        if self.detail:
            document["detail"] = self.detail
        if self.duty:
            document["basis"] = basis_of(self.duty)
        if self.faults:
            document["faults"] = list(self.faults)
        return document | dict(self.more)

    def response(self) -> JsonResponse:
        """Return the answer for programs."""
        return JsonResponse(
            self.document(),
            status=self.status,
            content_type=PROBLEM,
            json_dumps_params={"ensure_ascii": False},
        )


def basis_of(duty: Duty) -> dict[str, str]:
    """Return how programs are told by which provision something is decided."""
    provision = packs.active().provision(duty)
    return {
        "duty": duty.name,
        "provision": provision.ref,
        "label": provision.label(get_language() or "zh-hans"),
        "url": provision.url,
    }


def said(says: str, params: Mapping[str, Any] | None = None) -> str:
    """Return a message id with its params in the reader's language."""
    return gettext(says).format(**(params or {}))


def of(error: Exception) -> Problem:  # noqa: C901, PLR0911, PLR0912 - one line for each kind of fault, in one place
    """Return the problem that ``error`` is; a fault that nobody foresaw is raised again."""
    match error:
        case Refused():
            decision = error.decision
            return Problem(403, gettext("Refused"), gettext(decision.says), decision.duty)
        case Unlawful():
            return Problem(403, gettext("Refused"), gettext(error.says), error.duty)
        case Incomplete():
            return _incomplete(error)
        case OutOfTurn():
            return Problem(409, gettext("Not in this state"), gettext(error.says))
        case Unseen():
            return Problem(
                404,
                gettext("Not found"),
                gettext("There is nothing here, or nothing that you may know of."),
            )
        case NothingYet():
            return Problem(
                404,
                gettext("No data yet"),
                gettext("No data has been brought in for this resource yet."),
            )
        case TokenUnknown():
            return Problem(
                401,
                gettext("Token unknown"),
                gettext("This token is not known or has ended. Issue a new one at your desk."),
            )
        case TokenMissing():
            return Problem(
                401,
                gettext("Token missing"),
                gettext("Programs act by token: send Authorization: Bearer yln_… ."),
            )
        case MalformedReceipt():
            return Problem(
                400,
                gettext("Not a receipt"),
                gettext("A receipt is YL1- and 64 hexadecimal digits, or the whole document."),
            )
        case Unfit():
            return Problem(
                422, gettext("The file cannot be used"), said(error.message_id, error.params)
            )
        case UnknownColumn():
            return Problem(
                400,
                gettext("Unknown column"),
                said("There is no column called {name}.", {"name": error.name}),
            )
        case BadOperand():
            return Problem(
                400,
                gettext("Bad filter"),
                said(
                    "{operator} on {column} expects {expects}, not {value}.",
                    {
                        "operator": error.operator,
                        "column": error.column,
                        "expects": gettext(error.expects),
                        "value": error.value,
                    },
                ),
            )
        case TooLarge():
            return Problem(413, gettext("Too large for this format"), str(error))
        case TooMuch():
            return Problem(
                413,
                gettext("Too much to sort"),
                gettext("There is not enough memory to sort so many rows. Filter them first."),
            )
        case Destroyed():
            return Problem(
                410,
                gettext("Destroyed"),
                gettext("This data was destroyed, and nobody can restore it."),
                duties.STORE_SAFELY,
            )
        case ValidationError():
            return misread(error.errors(include_url=False, include_input=False))
        case _:
            raise error


def misread(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """Return the problem of fields that are not of their shape.

    Only place and reason are told, never the input: what is refused at the door is not repeated.
    """
    faults = tuple(
        {"place": ".".join(str(part) for part in fault["loc"]), "says": str(fault["msg"])}
        for fault in errors
    )
    return Problem(422, gettext("Some fields cannot be taken"), faults=faults)


def _incomplete(error: Incomplete) -> Problem:
    def told(fault: Fault) -> dict[str, str]:
        document = {"place": fault.place, "says": said(fault.says, fault.params)}
        if fault.duty:
            document["basis"] = (
                packs.active().provision(fault.duty).label(get_language() or "zh-hans")
            )
        return document

    return Problem(
        422, gettext("Something is missing"), faults=tuple(told(fault) for fault in error.faults)
    )
