"""What went wrong, as all doors tell it: RFC 9457 problem documents with the basis in law."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import JsonResponse
from django.utils.translation import get_language, gettext

from yelin import logs
from yelin.law import packs
from yelin.law.duties import Duty
from yelin.warehouse.findings import filled

PROBLEM = "application/problem+json"


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


def _nothing(error: Exception) -> Mapping[str, Any]:
    del error
    return {}


@dataclass(frozen=True, slots=True)
class Telling:
    """How a kind of fault is told: by one title and one sentence, filled from what it holds."""

    status: int
    title: str
    says: str
    fills: Callable[[Any], Mapping[str, Any]] = _nothing
    duty: Duty | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, error: Exception) -> Problem:
        """Return the problem that ``error`` is."""
        return self.told(**self.fills(error))

    def told(self, **params: Any) -> Problem:
        """Return the problem with its sentence filled from ``params``."""
        says = said(self.says, params)
        return Problem(self.status, gettext(self.title), says, self.duty, headers=self.headers)


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
