"""Every kind of fault that is foreseen, with how all doors tell it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import get_language, gettext
from pydantic import ValidationError

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
from yelin.law.refusals import Fault, Incomplete, OutOfTurn, Unlawful
from yelin.ledger.entry import Malformed as MalformedReceipt
from yelin.outbound.rules import NotSent, Stop
from yelin.surface import calls
from yelin.surface.actor import TokenMissing, TokenUnknown
from yelin.surface.bodies import Unmeasured
from yelin.surface.telling import Problem, Telling, misread, said
from yelin.warehouse.engine import TooMuch
from yelin.warehouse.findings import Unfit
from yelin.warehouse.formats import TooLarge
from yelin.warehouse.opened import NoFile, NoTable
from yelin.warehouse.query import BadOperand, Unfulfillable, UnknownColumn
from yelin.warehouse.selected import Busy
from yelin.warehouse.unanswerable import Unanswerable

log = structlog.get_logger(__name__)
View = Callable[..., HttpResponse]
# The kind of problem that draft-ietf-httpapi-ratelimit-headers registers.
QUOTA = "https://iana.org/assignments/http-problem-types#quota-exceeded"


def of(error: Exception) -> Problem:
    """Return the problem that ``error`` is; a fault that nobody foresaw is raised again."""
    for kind, tells in _TOLD.items():
        if isinstance(error, kind):
            return tells(error)
    raise error


def of_status(status: int) -> Problem | None:
    """Return the problem that the framework's own ``status`` tells of, or None where of none."""
    if status == 404:
        return of(Unseen())
    return _OF_STATUS[status].told() if status in _OF_STATUS else None


def for_programs(view: View) -> View:
    """Let a view answer a foreseen fault with its problem document, and not with a page."""

    @wraps(view)
    def told(request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            return view(request, **named)
        except FORESEEN as error:
            return of(error).response()

    return told


def _refused(error: Refused) -> Problem:
    return Problem(403, gettext("Refused"), gettext(error.decision.says), error.decision.duty)


def _unlawful(error: Unlawful) -> Problem:
    return Problem(403, gettext("Refused"), gettext(error.says), error.duty)


def _out_of_turn(error: OutOfTurn) -> Problem:
    return Problem(409, gettext("Not in this state"), gettext(error.says))


def _incomplete(error: Incomplete) -> Problem:
    def told(fault: Fault) -> dict[str, str]:
        document = {"place": fault.place, "says": said(fault.says, fault.params)}
        if fault.duty and (provision := packs.active().ordering(fault.duty)):
            document["basis"] = provision.label(get_language() or "zh-hans")
        return document

    return Problem(
        422, gettext("Something is missing"), faults=tuple(told(fault) for fault in error.faults)
    )


def _unfit(error: Unfit) -> Problem:
    return Problem(422, gettext("The file cannot be used"), said(error.message_id, error.params))


def _too_large(error: TooLarge) -> Problem:
    return Problem(413, gettext("Too large for this format"), said(error.says, error.params))


def _misread(error: ValidationError) -> Problem:
    return misread(error.errors(include_url=False, include_input=False))


def _purpose_missing(error: PurposeMissing) -> Problem:
    first = next(iter(error.purposes.values()))
    more = {"purposes": first, "resources": error.purposes}
    return Problem(400, gettext("Purpose missing"), _for_which(error), more=more)


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


def _too_often(error: TooOften) -> Problem:
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


def _unanswerable(error: Unanswerable) -> Problem:
    says, at = said(error.says, error.params), error.at
    if at is None:
        return Problem(422, gettext("Not answered"), says)
    place = {"line": at.line, "column": at.column}
    says = said("Line {line}, column {column}: {says}", {**place, "says": says})
    return Problem(422, gettext("Not answered"), says, more=place)


def _does_not_open(error: MasterGone | SealBroken) -> Problem:
    # Somebody must look: a key is away, or what lies there was changed.
    log.error("does_not_open", says=str(error))
    return _SHUT.told()


def _not_offered(error: NotOffered) -> Problem:
    if not error.allowed:
        return _NO_PATH.told()
    allowed = ", ".join(sorted(set(error.allowed)))
    return replace(_BY_METHOD, headers={"Allow": allowed}).told()


def _resting(error: Resting) -> Problem:
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


def _not_sent(error: NotSent) -> Problem:
    return _NOT_SENT.get(error.stop, _UNREACHED).told()


_SHUT = Telling(
    503,
    "It does not open",
    "The key to this data is not at hand, or what lies there was changed. Nothing of it is shown;"
    " whoever runs the platform has been told.",
    duty=duties.STORE_SAFELY,
)
_BY_METHOD = Telling(
    405, "Not by this method", "This address is asked by other methods only: Allow names them."
)
_NO_PATH = Telling(
    404,
    "Not offered",
    "The service offers nothing at this path. Its resource's page says what it does.",
)
_NO_WAY = Telling(
    502,
    "No way leads to the service",
    "The way out to it has ended, or its address may not be reached. Only its provider can mend"
    " that.",
)
_UNREACHED = Telling(
    502,
    "The service cannot be reached",
    "Nothing answers there, or not as it should. Ask again later, or ask its provider.",
)
_NOT_SENT = {
    Stop.TIME: Telling(
        504,
        "The service does not answer in time",
        "It may have done what was asked all the same. Find that out before you ask again, or ask"
        " its provider.",
    ),
    Stop.RULE: _NO_WAY,
    Stop.ADDRESS: _NO_WAY,
    Stop.PLAIN: _NO_WAY,
    Stop.URL: _NO_WAY,
    Stop.REDIRECT: Telling(
        502,
        "The service leads elsewhere",
        "It answered by another address, and nothing is followed. Only its provider can mend that.",
    ),
    Stop.SIZE: Telling(
        502,
        "The answer is too long",
        "The service answers more than its provider said. Ask for less at once.",
    ),
}
_OF_STATUS = {
    400: Telling(
        400,
        "Not understood",
        "The content is not what this address takes, or the address itself is none.",
    ),
    405: _BY_METHOD,
    500: Telling(
        500, "Something broke on our side", "What you sent has not taken effect. Try again later."
    ),
}
# A kind stands before the one of which it is.
_TOLD: Mapping[type[Exception], Callable[[Any], Problem]] = {
    Refused: _refused,
    Unlawful: _unlawful,
    Incomplete: _incomplete,
    OutOfTurn: _out_of_turn,
    Withdrawn: Telling(
        410,
        "Withdrawn",
        "Withdrawn on {day}: {reason}",
        lambda error: {"day": error.entry.withdrawn_on, "reason": error.entry.withdrawn_reason},
        duties.CATALOG_COMPILE,
    ),
    Unseen: Telling(404, "Not found", "There is nothing here, or nothing that you may know of."),
    LoginAgain: Telling(
        403,
        "Confirm that it is you",
        "This is done on its page only, by somebody who signed in a moment ago.",
    ),
    KeyUsed: Telling(
        422, "The key is used", "This Idempotency-Key stands for another act or other arguments."
    ),
    NothingYet: Telling(404, "No data yet", "No data has been brought in for this resource yet."),
    NoTable: Telling(
        409, "No table", "This resource has files and no rows. They are listed under …/files."
    ),
    NoFile: Telling(404, "Not found", "This version has no such file."),
    Passed: Telling(
        410,
        "This address is good no more",
        "It was for one download. Ask for the file again where it is offered.",
    ),
    PurposeMissing: _purpose_missing,
    TooOften: _too_often,
    TokenUnknown: Telling(
        401, "Token unknown", "This token is not known or has ended. Issue a new one at your desk."
    ),
    TokenMissing: Telling(
        401, "Token missing", "Programs act by token: send Authorization: Bearer yln_… ."
    ),
    MalformedReceipt: Telling(
        400, "Not a receipt", "A receipt is YL1- and 64 hexadecimal digits, or the whole document."
    ),
    Unfit: _unfit,
    UnknownColumn: Telling(
        400,
        "Unknown column",
        "There is no column called {name}.",
        lambda error: {"name": error.name},
    ),
    Unfulfillable: Telling(
        409,
        "Not on these terms",
        "Your grant speaks of items that this version does not have. Ask its provider for a new"
        " grant, or take another version.",
    ),
    BadOperand: Telling(
        400,
        "Bad filter",
        "{operator} on {column} expects {expects}, not {value}.",
        lambda error: {
            "operator": error.operator,
            "column": error.column,
            "expects": said(error.expects, error.params),
            "value": error.value,
        },
    ),
    TooLarge: _too_large,
    TooMuch: Telling(
        413,
        "Too much to sort",
        "There is not enough memory to sort so many rows. Filter them first.",
    ),
    Unanswerable: _unanswerable,
    Busy: Telling(
        503,
        "Busy",
        "As many statements as may be are being answered. Ask again in a moment.",
        headers={"Retry-After": "5"},
    ),
    NotReady: Telling(
        503,
        "The file is being written",
        "The catalog has changed, so its file is written anew. Ask again in a few minutes.",
        headers={"Retry-After": "120"},
    ),
    MasterGone: _does_not_open,
    SealBroken: _does_not_open,
    Unreachable: Telling(
        503,
        "The files are away",
        "The store of files does not answer. Ask again in a moment.",
        headers={"Retry-After": "10"},
    ),
    Stopped: Telling(409, "Not answered", "You stopped it; nothing was counted."),
    Destroyed: Telling(
        410,
        "Destroyed",
        "This data was destroyed, and nobody can restore it.",
        duty=duties.STORE_SAFELY,
    ),
    Unmeasured: Telling(
        411,
        "Length missing",
        "Say how long the content is (Content-Length) and send it again; what comes in chunks"
        " cannot be told from what was cut off. With curl: --data-binary @file, or -T file.",
    ),
    RequestDataTooBig: Telling(
        413, "Too much at once", "The content of the request is longer than any may be here."
    ),
    UnreadablePostError: Telling(
        400,
        "Not whole",
        "The content did not arrive whole, so nothing of it was taken. Send it again.",
    ),
    NoService: Telling(
        404, "No service", "This resource has no service that could be called, or has it no more."
    ),
    NotOffered: _not_offered,
    NotSigned: Telling(
        401,
        "Not signed",
        "The signature of the request does not hold: {why}",
        lambda error: {"why": said(error.says, error.params)},
        duties.SIGN,
    ),
    NotSent: _not_sent,
    Resting: _resting,
    TooLong: Telling(
        413,
        "Too long for the service",
        "Its provider says how long a message may be; this one is longer.",
    ),
    ValidationError: _misread,
}
FORESEEN: tuple[type[Exception], ...] = tuple(_TOLD)
