"""The bench of de-identification for programs: works of one's body, and certificates by digest."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import NinjaAPI, Query, Schema
from pydantic import Field

from yelin import gate
from yelin.acts import references
from yelin.api import schemas
from yelin.law.refusals import Incomplete
from yelin.privacy.workbench import reads
from yelin.privacy.workbench.budget import plain
from yelin.privacy.workbench.models import Certificate, Deidentification
from yelin.surface import actor as asking
from yelin.surface import problems, telling

# Rows of people, and cells of a table with what is not told of it.
_AT_THE_DESK = {"shown", "counts", "values", "why"}


class WorkLine(Schema):
    """A work as a list tells of it: from which release to which resource, and how far it is."""

    id: UUID
    source: str | None
    number: int
    resource: str | None
    sharing: str
    makes: str = Field(description="`rows` or `statistics`.")
    state: str
    begun_at: datetime
    changed_at: datetime


class CertificateLine(Schema):
    """A certificate of a work; by its digest everyone is told whether it stands."""

    number: str
    digest: str
    issued_at: datetime
    ended_at: datetime | None


class WorkOut(WorkLine):
    """One work: what was chosen, found and measured; of no row anything."""

    fraction: float = Field(description="How much of the running search is done, from 0 to 1.")
    plan: dict[str, Any] = Field(description="As `deidentify.classify` or `deidentify.tabulate`.")
    mends: list[str] = Field(description="What is to be mended before it can be searched.")
    error: str = Field(description="Why the last job could not be done, and the mend.")
    found: dict[str, Any] = Field(description="The levels chosen, and what they lose.")
    measured: dict[str, Any] = Field(description="Risks and attacks, measured of the bytes.")
    release: int | None = Field(description="The release of the resource that came of it.")
    certificates: list[CertificateLine]


class WorkPage(Schema):
    """One page of works, and how many there are."""

    items: list[WorkLine]
    total: int


class BudgetLine(Schema):
    """How much a resource may tell by statistics with noise: epsilon, as exact decimals in text."""

    id: UUID
    resource: str | None
    limit: str
    spent: str = Field(description="What counts as spent today.")
    left: str
    changed_at: datetime


class BudgetPage(Schema):
    """One page of budgets, and how many there are."""

    items: list[BudgetLine]
    total: int


class CertificateOut(CertificateLine):
    """What a certificate says, and whether it stands today."""

    stands: bool
    because: str = Field(description="Why it stands no more: a code, empty while it does.")
    says: dict[str, Any]


def register(api: NinjaAPI) -> None:
    """Give the bench its addresses in ``api``."""
    tags = ["De-identification"]
    certificates = "/deidentifications/certificates/{certificate_digest}"
    # Before the others: “certificates” and “budgets” are no works.
    api.get(certificates, response=CertificateOut, tags=tags)(get_certificate)
    api.get("/deidentifications/budgets", response=BudgetPage, tags=tags)(find_budgets)
    api.get("/deidentifications", response=WorkPage, tags=tags)(find_works)
    api.get("/deidentifications/{work_id}", response=WorkOut, tags=tags)(get_work)


def find_works(request: HttpRequest, asked: Query[schemas.PageIn]) -> WorkPage:
    """Return the works of your body, the newest first. To begin one: `deidentify.begin`."""
    rows = reads.works_of(asking.of_request(request).actor)
    found = asked.cut(rows)
    return WorkPage(items=[WorkLine(**_line(row)) for row in found], total=rows.count())


def find_budgets(request: HttpRequest, asked: Query[schemas.PageIn]) -> BudgetPage:
    """Return the privacy budgets of your body. To set one: `deidentify.set_budget`."""
    rows = reads.budgets_of(asking.of_request(request).actor)
    found = [
        BudgetLine(
            id=row.pk,
            resource=row.entry.code,
            limit=plain(row.limit),
            spent=plain(row.spent),
            left=plain(row.left),
            changed_at=row.changed_at,
        )
        for row in asked.cut(rows)
    ]
    return BudgetPage(items=found, total=rows.count())


def get_work(request: HttpRequest, work_id: UUID) -> WorkOut:
    """Return one work of your body: how far it is, what was found and measured."""
    work = references.one(asking.of_request(request).actor, Deidentification, work_id)
    release, error = work.published, work.error
    return WorkOut(
        **_line(work),
        fraction=work.fraction,
        plan=work.chosen.model_dump(mode="json"),
        mends=[each["says"] for each in problems.of(Incomplete(reads.faults(work))).faults],
        error=telling.said(error["says"], error["params"]) if error else "",
        # Rows of people are shown to people alone, at the desk.
        found={name: value for name, value in work.found.items() if name not in _AT_THE_DESK},
        measured=work.measured,
        release=release.number if release else None,
        certificates=[_certificate(each) for each in reads.certificates_of(work)],
    )


def get_certificate(request: HttpRequest, certificate_digest: str) -> CertificateOut:
    """Say what the certificate with this digest says, and whether it stands: who has it, knows."""
    del request
    try:
        found = reads.by_digest(bytes.fromhex(certificate_digest))
    except ValueError:
        raise gate.Unseen from None
    because = reads.why_not(found)
    return CertificateOut(
        **_certificate(found).dict(), stands=not because, because=because, says=found.says
    )


def _line(row: Deidentification) -> dict[str, Any]:
    return {
        "id": row.pk,
        "source": row.source.entry.code,
        "number": row.source.number,
        "resource": row.entry.code,
        "sharing": row.sharing,
        "makes": row.makes,
        "state": row.state,
        "begun_at": row.begun_at,
        "changed_at": row.changed_at,
    }


def _certificate(row: Certificate) -> CertificateLine:
    return CertificateLine(
        number=row.number,
        digest=bytes(row.digest).hex(),
        issued_at=row.issued_at,
        ended_at=row.ended_at,
    )
