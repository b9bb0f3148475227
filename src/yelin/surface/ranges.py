"""Which part of a file is asked for, and whether it is wanted at all (RFC 9110, 13 and 14)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.utils.http import parse_etags

_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """The answer's status and the bytes that go with it: from ``first`` to before ``end``."""

    status: HTTPStatus
    first: int
    end: int
    headers: Mapping[str, str]


def unwanted(headers: Mapping[str, str], tag: str) -> HTTPStatus | None:
    """Return the status where the asker wants no bytes: it has these, or wants none but others."""
    match = headers.get("If-Match")
    if match is not None and not _names(match, tag):
        return HTTPStatus.PRECONDITION_FAILED
    return HTTPStatus.NOT_MODIFIED if is_known(headers, tag) else None


def is_known(headers: Mapping[str, str], tag: str) -> bool:
    """Say whether the asker has the bytes of this tag."""
    none_match = headers.get("If-None-Match")
    return none_match is not None and _names(none_match.replace("W/", ""), tag)


def part(method: str, headers: Mapping[str, str], tag: str, size: int) -> Part:
    """Return which part of ``size`` bytes, known by ``tag``, is asked for.

    Several ranges at once, and what is no range, are answered with the whole file, as any server
    may. ``If-Range`` with a date never fits: files have tags.
    """
    known = {"ETag": quoted(tag), "Accept-Ranges": "bytes"}
    if status := unwanted(headers, tag):
        return Part(status, 0, 0, known)
    whole = Part(HTTPStatus.OK, 0, size, known | {"Content-Length": str(size)})
    asked = _RANGE.fullmatch(headers.get("Range", "").replace(" ", ""))
    fits = headers.get("If-Range", quoted(tag)).strip() == quoted(tag)
    if method != "GET" or asked is None or not fits or not (asked["first"] or asked["last"]):
        return whole
    if asked["first"]:
        first = int(asked["first"])
        last = min(size - 1, int(asked["last"])) if asked["last"] else size - 1
        if asked["last"] and int(asked["last"]) < first:
            return whole
    else:
        # The last so many bytes.
        first = size - min(size, int(asked["last"]))
        last = size - 1
    if first > last:
        none = known | {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
        return Part(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, 0, 0, none)
    said = {
        "Content-Range": f"bytes {first}-{last}/{size}",
        "Content-Length": f"{last + 1 - first}",
    }
    return Part(HTTPStatus.PARTIAL_CONTENT, first, last + 1, known | said)


def quoted(tag: str) -> str:
    """Return the tag as headers write it."""
    return f'"{tag}"'


def _names(header: str, tag: str) -> bool:
    return header.strip() == "*" or quoted(tag) in parse_etags(header)
