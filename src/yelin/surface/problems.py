"""What went wrong, once for all doors: RFC 9457 problem documents with the basis in law."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import get_language, gettext
from pydantic import ValidationError

from yelin import logs
from yelin.acts.repetition import KeyUsed
from yelin.acts.step_up import LoginAgain
from yelin.catalog.reads import Withdrawn
from yelin.delivery.opening import NothingYet, PurposeMissing
from yelin.delivery.pace import TooOften
from yelin.delivery.stopping import Stopped
from yelin.delivery.tickets import Passed
from yelin.delivery.whole import NotReady
from yelin.exchange.calling import NoService, Resting, TooLong
from yelin.exchange.operations import NotOffered
from yelin.files.shelf import Unreachable
from yelin.gate import Refused, Unseen
from yelin.keys.master import MasterGone
from yelin.keys.messages import NotSigned
from yelin.keys.models import Destroyed
from yelin.keys.sealing import SealBroken
from yelin.law import duties, packs
from yelin.law.duties import Duty
from yelin.law.refusals import Fault, Incomplete, OutOfTurn, Unlawful
from yelin.ledger.entry import Malformed as MalformedReceipt
from yelin.outbound.rules import NotSent, Stop
from yelin.surface import calls
from yelin.surface.actor import TokenMissing, TokenUnknown
from yelin.surface.bodies import Unmeasured
from yelin.warehouse.engine import TooMuch
from yelin.warehouse.findings import Unfit, filled
from yelin.warehouse.formats import TooLarge
from yelin.warehouse.opened import NoFile, NoTable
from yelin.warehouse.query import BadOperand, Unfulfillable, UnknownColumn
from yelin.warehouse.selected import Busy
from yelin.warehouse.unanswerable import Unanswerable

log = structlog.get_logger(__name__)
View = Callable[..., HttpResponse]
PROBLEM = "application/problem+json"
# The kind of problem that draft-ietf-httpapi-ratelimit-headers registers.
QUOTA = "https://iana.org/assignments/http-problem-types#quota-exceeded"
FORESEEN = (
    Refused,
    Unlawful,
    Incomplete,
    OutOfTurn,
    Unseen,
    LoginAgain,
    KeyUsed,
    NothingYet,
    NotReady,
    NoTable,
    NoFile,
    Passed,
    PurposeMissing,
    TooOften,
    TokenMissing,
    TokenUnknown,
    MalformedReceipt,
    Unfit,
    UnknownColumn,
    Unfulfillable,
    BadOperand,
    TooLarge,
    Unmeasured,
    UnreadablePostError,
    RequestDataTooBig,
    TooMuch,
    Unanswerable,
    Busy,
    MasterGone,
    SealBroken,
    Unreachable,
    Stopped,
    Destroyed,
    NoService,
    NotOffered,
    NotSigned,
    NotSent,
    Resting,
    TooLong,
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
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the problem document in the reader's language."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "status": self.status,
            "title": self.title,
        }
        if self.detail:
            document["detail"] = self.detail
        if self.duty and packs.active().orders(self.duty):
            document["basis"] = basis_of(self.duty)
        if self.faults:
            document["faults"] = list(self.faults)
        if number := logs.request_id():
            document["request_id"] = number
        return document | dict(self.more)

    def response(self) -> JsonResponse:
        """Return the answer for programs."""
        return JsonResponse(
            self.document(),
            status=self.status,
            content_type=PROBLEM,
            json_dumps_params={"ensure_ascii": False},
            headers=dict(self.headers),
        )


def basis_of(duty: Duty) -> dict[str, str]:
    """Return how programs are told by which provision something is decided."""
    provision = packs.active().provision(duty)
    return {
        "duty": duty.name,
        "law": provision.law.id,
        "provision": provision.ref,
        "label": provision.label(get_language() or "zh-hans"),
        "url": provision.url,
    }


def said(says: str, params: Mapping[str, Any] | None = None) -> str:
    """Return a message id with its params in the reader's language."""
    return filled(gettext(says), params or {}, gettext(", "))


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
        case Withdrawn():
            return Problem(
                410,
                gettext("Withdrawn"),
                said(
                    "Withdrawn on {day}: {reason}",
                    {"day": error.entry.withdrawn_on, "reason": error.entry.withdrawn_reason},
                ),
                duties.CATALOG_COMPILE,
            )
        case Unseen():
            return Problem(
                404,
                gettext("Not found"),
                gettext("There is nothing here, or nothing that you may know of."),
            )
        case LoginAgain():
            return Problem(
                403,
                gettext("Confirm that it is you"),
                gettext("This is done on its page only, by somebody who signed in a moment ago."),
            )
        case KeyUsed():
            return Problem(
                422,
                gettext("The key is used"),
                gettext("This Idempotency-Key stands for another act or other arguments."),
            )
        case NothingYet():
            return Problem(
                404,
                gettext("No data yet"),
                gettext("No data has been brought in for this resource yet."),
            )
        case NoTable():
            return Problem(
                409,
                gettext("No table"),
                gettext("This resource has files and no rows. They are listed under …/files."),
            )
        case NoFile():
            return Problem(404, gettext("Not found"), gettext("This version has no such file."))
        case Passed():
            return Problem(
                410,
                gettext("This address is good no more"),
                gettext("It was for one download. Ask for the file again where it is offered."),
            )
        case PurposeMissing():
            first = next(iter(error.purposes.values()))
            return Problem(
                400,
                gettext("Purpose missing"),
                _for_which(error),
                more={"purposes": first, "resources": error.purposes},
            )
        case TooOften():
            return Problem(
                429,
                gettext("Too often"),
                said(
                    "There are {most} answers an hour here, and this hour has had them. Ask again"
                    " in {seconds} seconds.",
                    {"most": error.left.most, "seconds": error.left.seconds},
                ),
                more={"type": QUOTA, "violated-policies": [error.left.name]},
                headers=calls.limits(error.left) | {"Retry-After": str(error.left.seconds)},
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
        case Unfulfillable():
            return Problem(
                409,
                gettext("Not on these terms"),
                gettext(
                    "Your grant speaks of items that this version does not have. Ask its provider "
                    "for a new grant, or take another version."
                ),
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
                        "expects": said(error.expects, error.params),
                        "value": error.value,
                    },
                ),
            )
        case TooLarge():
            return Problem(
                413, gettext("Too large for this format"), said(error.says, error.params)
            )
        case TooMuch():
            return Problem(
                413,
                gettext("Too much to sort"),
                gettext("There is not enough memory to sort so many rows. Filter them first."),
            )
        case Unanswerable():
            return _unanswerable(error)
        case Busy():
            return Problem(
                503,
                gettext("Busy"),
                gettext("As many statements as may be are being answered. Ask again in a moment."),
                headers={"Retry-After": "5"},
            )
        case NotReady():
            return Problem(
                503,
                gettext("The file is being written"),
                gettext(
                    "The catalog has changed, so its file is written anew. Ask again in a few"
                    " minutes."
                ),
                headers={"Retry-After": "120"},
            )
        case MasterGone() | SealBroken():
            # Somebody must look: a key is away, or what lies there was changed.
            log.error("does_not_open", says=str(error))
            return Problem(
                503,
                gettext("It does not open"),
                gettext(
                    "The key to this data is not at hand, or what lies there was changed. Nothing"
                    " of it is shown; whoever runs the platform has been told."
                ),
                duties.STORE_SAFELY,
            )
        case Unreachable():
            return Problem(
                503,
                gettext("The files are away"),
                gettext("The store of files does not answer. Ask again in a moment."),
                headers={"Retry-After": "10"},
            )
        case Stopped():
            return Problem(
                409, gettext("Not answered"), gettext("You stopped it; nothing was counted.")
            )
        case Destroyed():
            return Problem(
                410,
                gettext("Destroyed"),
                gettext("This data was destroyed, and nobody can restore it."),
                duties.STORE_SAFELY,
            )
        case Unmeasured():
            return Problem(
                411,
                gettext("Length missing"),
                gettext(
                    "Say how long the content is (Content-Length) and send it again; what comes "
                    "in chunks cannot be told from what was cut off. With curl: --data-binary "
                    "@file, or -T file."
                ),
            )
        case RequestDataTooBig():
            return Problem(
                413,
                gettext("Too much at once"),
                gettext("The content of the request is longer than any may be here."),
            )
        case UnreadablePostError():
            return Problem(
                400,
                gettext("Not whole"),
                gettext(
                    "The content did not arrive whole, so nothing of it was taken. Send it again."
                ),
            )
        case NoService():
            return Problem(
                404,
                gettext("No service"),
                gettext("This resource has no service that could be called, or has it no more."),
            )
        case NotOffered():
            return _not_offered(error)
        case NotSigned():
            return Problem(
                401,
                gettext("Not signed"),
                said(
                    "The signature of the request does not hold: {why}",
                    {"why": said(error.says, error.params)},
                ),
                duties.SIGN,
            )
        case NotSent():
            return _not_sent(error)
        case Resting():
            return Problem(
                503,
                gettext("The service rests"),
                said(
                    "The service has not answered lately, so nobody waits for it. Ask again in"
                    " {seconds} seconds.",
                    {"seconds": error.seconds},
                ),
                headers={"Retry-After": str(error.seconds)},
            )
        case TooLong():
            return Problem(
                413,
                gettext("Too long for the service"),
                gettext("Its provider says how long a message may be; this one is longer."),
            )
        case ValidationError():
            return misread(error.errors(include_url=False, include_input=False))
        case _:
            raise error


def of_status(status: int) -> Problem | None:
    """Return the problem that the framework's own ``status`` tells of, or None where of none."""
    match status:
        case 400:
            return Problem(
                400,
                gettext("Not understood"),
                gettext(
                    "The content is not what this address takes, or the address itself is none."
                ),
            )
        case 404:
            return of(Unseen())
        case 405:
            return Problem(
                405,
                gettext("Not by this method"),
                gettext("This address is asked by other methods only: Allow names them."),
            )
        case 500:
            return Problem(
                500,
                gettext("Something broke on our side"),
                gettext("What you sent has not taken effect. Try again later."),
            )
        case _:
            return None


def for_programs(view: View) -> View:
    """Let a view answer a foreseen fault with its problem document, and not with a page."""

    @wraps(view)
    def told(request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            return view(request, **named)
        except FORESEEN as error:
            return of(error).response()

    return told


# What is wrong with a field, by pydantic's kinds of fault and filled from its context.
_MISREAD = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "literal_error": "is none of {expected}",
    "enum": "is none of {expected}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "string_too_long": "may have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "string_type": "must be text",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "holds_nul": "holds a character that no text may hold (NUL)",
    "uuid_parsing": "must be an identifier (UUID)",
    "": "cannot be read as what it should be",
}


def misread(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """Return the problem of fields that are not of their shape.

    Only place and reason are told, never the input: what is refused at the door is not repeated.
    """
    faults = tuple(
        {"place": ".".join(str(part) for part in fault["loc"]), "says": _told_of(fault)}
        for fault in errors
    )
    return Problem(422, gettext("Some fields cannot be taken"), faults=faults)


def _told_of(fault: Mapping[str, Any]) -> str:
    context = dict(fault.get("ctx", {}))
    if "expected" in context:
        context["expected"] = context["expected"].replace(" or ", ", ")
    return said(_MISREAD.get(fault["type"], _MISREAD[""]), context)


def _incomplete(error: Incomplete) -> Problem:
    def told(fault: Fault) -> dict[str, str]:
        document = {"place": fault.place, "says": said(fault.says, fault.params)}
        if fault.duty and (provision := packs.active().ordering(fault.duty)):
            document["basis"] = provision.label(get_language() or "zh-hans")
        return document

    return Problem(
        422, gettext("Something is missing"), faults=tuple(told(fault) for fault in error.faults)
    )


def _unanswerable(error: Unanswerable) -> Problem:
    says, at = said(error.says, error.params), error.at
    if at is None:
        return Problem(422, gettext("Not answered"), says)
    place = {"line": at.line, "column": at.column}
    says = said("Line {line}, column {column}: {says}", {**place, "says": says})
    return Problem(422, gettext("Not answered"), says, more=place)


def _not_offered(error: NotOffered) -> Problem:
    if not error.allowed:
        return Problem(
            404,
            gettext("Not offered"),
            gettext(
                "The service offers nothing at this path. Its resource's page says what it does."
            ),
        )
    allowed = ", ".join(sorted(set(error.allowed)))
    return Problem(
        405,
        gettext("Not by this method"),
        gettext("This address is asked by other methods only: Allow names them."),
        headers={"Allow": allowed},
    )


def _not_sent(error: NotSent) -> Problem:
    match error.stop:
        case Stop.TIME:
            return Problem(
                504,
                gettext("The service does not answer in time"),
                gettext(
                    "It may have done what was asked all the same. Find that out before you ask"
                    " again, or ask its provider."
                ),
            )
        case Stop.RULE | Stop.ADDRESS | Stop.PLAIN | Stop.URL:
            return Problem(
                502,
                gettext("No way leads to the service"),
                gettext(
                    "The way out to it has ended, or its address may not be reached. Only its"
                    " provider can mend that."
                ),
            )
        case Stop.REDIRECT:
            return Problem(
                502,
                gettext("The service leads elsewhere"),
                gettext(
                    "It answered by another address, and nothing is followed. Only its provider"
                    " can mend that."
                ),
            )
        case Stop.SIZE:
            return Problem(
                502,
                gettext("The answer is too long"),
                gettext("The service answers more than its provider said. Ask for less at once."),
            )
        case _:
            return Problem(
                502,
                gettext("The service cannot be reached"),
                gettext(
                    "Nothing answers there, or not as it should. Ask again later, or ask its"
                    " provider."
                ),
            )


def _for_which(error: PurposeMissing) -> str:
    if len(error.purposes) > 1:
        resources = (f"{code}: {', '.join(each)}" for code, each in error.purposes.items())
        return said(
            "You were granted several of these for several purposes each. Say for each, by its"
            " code, for which you take it: {resources}.",
            {"resources": "; ".join(resources)},
        )
    (purposes,) = error.purposes.values()
    return said(
        "You were granted this for several purposes. Say for which you take it:"
        " purpose=… with one of {purposes}.",
        {"purposes": ", ".join(purposes)},
    )
