"""The places that a request about one's own data has to reach, as both sides of a case see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from yelin.cases.models import Case
from yelin.privacy.requested import Kind, SubjectRequest, Target
from yelin.privacy.requesting import SUBJECT_REQUEST
from yelin.web.deletions import recipient
from yelin.web.templatetags.yelin import number, title_of


@dataclass(frozen=True, slots=True)
class Place:
    """One place: what it is, how it stands, and when it is tried next where it could not be."""

    kind: str
    title: str
    state: str
    rows: int | None
    settled_at: datetime | None
    next_at: datetime | None
    tries: int
    says: str


@dataclass(frozen=True, slots=True)
class Places:
    """All places of one request; ``is_found`` says that they were looked for."""

    request: SubjectRequest
    lines: Sequence[Place]

    @property
    def settled(self) -> int:
        """How many of them owe nothing any more."""
        return sum(1 for each in self.lines if each.settled_at)


def of_case(case: Case) -> Places | None:
    """Return the places of a case as its handler sees them, if it is of that kind."""
    if case.kind != SUBJECT_REQUEST.kind:
        return None
    request = case.subject_request
    return Places(request, lines(request.targets.in_order()))


def lines(targets: Iterable[Target]) -> list[Place]:
    """Return places as lines of a page. A person who took data is not named."""
    return [
        Place(
            kind=each.kind,
            title=_title(each),
            state=each.state,
            rows=each.rows,
            settled_at=each.settled_at,
            next_at=each.next_at if each.state == "failed" else None,
            tries=each.tries,
            says=each.says if each.state == "confirmed" else "",
        )
        for each in targets
    ]


def _title(target: Target) -> str:
    of = title_of(target.entry)
    if target.release:
        return _("{title}, version {n}").format(title=of, n=number(target.release.number))
    if target.consent:
        return target.consent.purpose.title
    if target.kind == Kind.RECIPIENT:
        return f"{recipient(target)} · {of}"
    return of
