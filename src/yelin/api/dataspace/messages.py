"""Messages of the Dataspace Protocol 2025-1, as they come, and how an error is answered.

Shapes are those of the protocol's JSON schemas, which leave room for more.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, Generic, Literal, TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, field_validator

from yelin.acts.arguments import Given
from yelin.law.refusals import Unlawful
from yelin.market.contract.callbacks import is_base
from yelin.market.dataspace.words import CONTEXT
from yelin.parties.actor import Actor
from yelin.surface import actor as asking
from yelin.surface import problems
from yelin.surface.telling import Problem

# Whoever may not is told as the protocol has it: there is nothing here.
_STATUS = {401: 404, 403: 404, 409: 400, 422: 400}

Pid = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _is_an_address(said: str) -> str:
    if not is_base(said):
        raise ValueError(said)
    return said


# The protocol has what is not understood here refused for good.
Address = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_is_an_address)]


class _Message(Given):
    # The protocol lets messages say more than they must.
    model_config = ConfigDict(extra="ignore", frozen=True)

    context: str | list[Any] = Field(alias="@context")

    @field_validator("context")
    @classmethod
    def _is_of_this_version(cls, said: str | list[Any]) -> str | list[Any]:
        if CONTEXT not in ([said] if isinstance(said, str) else said):
            raise ValueError(CONTEXT)
        return said


class CatalogRequest(_Message):
    """What is there? Without a filter: none is known here."""

    kind: Literal["CatalogRequestMessage"] = Field(alias="@type")
    filter: list[Any] = Field(default=[], max_length=0)


class ContractRequest(_Message):
    """The consumer's offer, the first one or in answer to one."""

    kind: Literal["ContractRequestMessage"] = Field(alias="@type")
    consumer_pid: Pid = Field(alias="consumerPid")
    provider_pid: Pid | None = Field(default=None, alias="providerPid")
    callback: Address = Field(alias="callbackAddress")
    offer: dict[str, Any]


class About(_Message):
    """A message about a negotiation, by the names that both sides gave it."""

    consumer_pid: Pid = Field(alias="consumerPid")
    provider_pid: Pid = Field(alias="providerPid")


class NegotiationEvent(About):
    """What the consumer did; what it accepts it names by its digest."""

    kind: Literal["ContractNegotiationEventMessage"] = Field(alias="@type")
    event: Literal["ACCEPTED", "FINALIZED"] = Field(alias="eventType")
    digest: str = Field(default="", alias="urn:yelin:market:digest", max_length=64)


class AgreementVerification(About):
    """That the consumer verified the agreement: by its signature, detached (CMS, PEM)."""

    kind: Literal["ContractAgreementVerificationMessage"] = Field(alias="@type")
    signature: str = Field(default="", alias="urn:yelin:market:signature", max_length=100_000)


class _Why(About):
    """Why something ends or rests: a code, and reasons in words."""

    code: Annotated[str, Field(max_length=80)] = ""
    reason: list[Any] = Field(default=[], max_length=20)

    @property
    def says(self) -> str:
        """Why it ends, in one line."""
        # In JSON-LD a text may say its language.
        told = [each.get("@value") if isinstance(each, dict) else each for each in self.reason]
        reasons = [each for each in told if isinstance(each, str)]
        return "; ".join(filter(None, (self.code, *reasons))) or gettext("No reason was given.")


class NegotiationTermination(_Why):
    """That it ends, and why."""

    kind: Literal["ContractNegotiationTerminationMessage"] = Field(alias="@type")


class TransferRequest(_Message):
    """The wish to take what an agreement gives, in a format of the catalog.

    Beside the protocol's own, ``purpose`` is one of the agreement's, where it has several.
    """

    kind: Literal["TransferRequestMessage"] = Field(alias="@type")
    consumer_pid: Pid = Field(alias="consumerPid")
    agreement: Pid = Field(alias="agreementId")
    format: Annotated[str, Field(max_length=40)]
    callback: Address = Field(alias="callbackAddress")
    purpose: str = Field(default="", alias="urn:yelin:market:purpose", max_length=200)


class TransferAbout(About):
    """A message about a transfer, by the names that both sides gave it."""


class TransferStart(TransferAbout):
    """That the consumer wants it to go on."""

    kind: Literal["TransferStartMessage"] = Field(alias="@type")


class TransferCompletion(TransferAbout):
    """That the consumer has all."""

    kind: Literal["TransferCompletionMessage"] = Field(alias="@type")


class TransferSuspension(_Why, TransferAbout):
    """That it rests for a while, and why."""

    kind: Literal["TransferSuspensionMessage"] = Field(alias="@type")


class TransferTermination(_Why, TransferAbout):
    """That it ends, and why."""

    kind: Literal["TransferTerminationMessage"] = Field(alias="@type")


View = Callable[..., HttpResponse]


def answering(error: str) -> Callable[[View], View]:
    """Let a view answer a foreseen fault by the protocol's document of type ``error``.

    The view is given what was ``sent``, as JSON, where anything was.
    """

    def of(view: View) -> View:
        # Whoever changes anything is known by a token alone, never by a cookie.
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest, **named: Any) -> HttpResponse:
            sent: dict[str, Any] = {}
            try:
                if request.method == "POST":
                    sent = _sent(request)
                    named["sent"] = sent
                return view(request, **named)
            except problems.FORESEEN as fault:
                problem = problems.of(fault)
                is_refusal = isinstance(fault, Unlawful)
                status = 400 if is_refusal else _STATUS.get(problem.status, problem.status)
                return _refused(error, problem, status, named.get("pid", ""), sent)

        return answered

    return of


T = TypeVar("T")
M = TypeVar("M", bound=_Message)


@dataclass(frozen=True)
class Moving(Generic[T]):
    """A frame for what is done by messages about one thing: each answers how it stands then.

    ``says`` tells faults in the protocol's words, ``find`` returns the thing that a message names,
    ``told`` how it stands.
    """

    says: Callable[[View], View]
    find: Callable[[Actor, str, Any], T]
    told: Callable[[Actor, str], HttpResponse]

    def __call__(self, kind: type[M]) -> Callable[[Callable[[Actor, T, M], object]], View]:
        """Let what is done by a message of this ``kind`` be a view."""

        def of(do: Callable[[Actor, T, M], object]) -> View:
            @self.says
            @require_POST
            @wraps(do)
            def view(request: HttpRequest, pid: str, sent: dict[str, Any]) -> HttpResponse:
                actor = asking.writer(request)
                message = kind.model_validate(sent)
                do(actor, self.find(actor, pid, message), message)
                return self.told(actor, pid)

            return view

        return of


def written(document: dict[str, Any], status: int = 200) -> JsonResponse:
    """Return a message of the protocol."""
    return JsonResponse(
        {"@context": [CONTEXT], **document},
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )


def _sent(request: HttpRequest) -> dict[str, Any]:
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        sent = None
    return sent if isinstance(sent, dict) else {}


def _refused(
    kind: str, problem: Problem, status: int, pid: str, sent: dict[str, Any]
) -> HttpResponse:
    document: dict[str, Any] = {"@type": kind}
    if kind != "CatalogError":
        known = sent.get("consumerPid")
        document |= {"providerPid": pid, "consumerPid": known if isinstance(known, str) else ""}
    told = problem.document()
    response = written(document | {"code": str(problem.status), "reason": [told]}, status)
    for name, value in problem.headers.items():
        response[name] = value
    return response
