"""The shapes that the REST interface answers with."""

from datetime import date, datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

from yelin.catalog.content import OpeningType, SharingType, UpdateCycle
from yelin.catalog.counting import FACETS
from yelin.catalog.models import code_of
from yelin.catalog.reads import MOST, Search
from yelin.opening.reads import Asked, Filter
from yelin.surface import questions, uploads
from yelin.warehouse.formats import GB18030
from yelin.warehouse.grounded import Ground
from yelin.warehouse.mending import RULES
from yelin.warehouse.merged import Mode
from yelin.warehouse.pipeline import Options
from yelin.warehouse.question import AGGREGATES, Question

Rows = TypeVar("Rows", bound="QuerySet[Any, Any]")
_GROUP = (
    "Columns, or spans of them: `year:column` (quarter, month, day) of dates and times,"
    " `1000:column` of numbers. Rows alike in all of them become one."
)


class SearchIn(Schema):
    """What to look for; a facet may be given several times."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        "", max_length=200, description="Words; all of them are found. “Quoted” ones as they stand."
    )
    theme: list[str] = []
    provider: list[str] = Field([], description="Unified social credit codes (GB 32100).")
    division: list[str] = Field([], description="Division codes (GB/T 2260).")
    opening: list[OpeningType] = []
    sharing: list[SharingType] = []
    social: list[bool] = Field(
        [], description="True: kept by enterprises and associations, and no government data."
    )
    cycle: list[UpdateCycle] = []
    format: list[str] = []
    licence: list[str] = Field([], description="Ids of licences, as metadata names them.")
    grade: list[int] = []
    classification: list[str] = Field([], description="Classification codes, whole or begun.")
    sort: Literal["", "updated", "used", "title"] = ""
    page: int = Field(1, ge=1, le=MOST, description="Up to 10,000 hits; then follow `next`.")
    page_size: int = Field(20, ge=1, le=100)
    cursor: str = Field("", max_length=4000, description="From `next`: where to go on.")

    def search(self) -> Search:
        """Return the search that this asks for."""
        chosen = {name: getattr(self, name) for name in FACETS}
        chosen["social"] = [str(value).lower() for value in self.social]
        return Search(self.q, chosen, self.sort)


class PurposeIn(BaseModel):
    """For what."""

    purpose: str = Field(
        "", max_length=80, description="For which of your grant's purposes, where it has several."
    )


class _ReleaseIn(PurposeIn):
    release: int | None = Field(
        None, ge=1, le=2**31 - 1, description="Its number; the newest by default."
    )


class QualityIn(_ReleaseIn):
    """Of which release."""


class PagedIn(_ReleaseIn):
    """Which page of which release."""

    page: int = Field(1, ge=1, le=10**9)
    page_size: int = Field(100, ge=1, le=questions.MOST_IN_A_PAGE)
    cursor: str = Field("", max_length=20_000, description="From the page before: where to go on.")


class QuestionIn(PagedIn):
    """What is asked of the rows, in a body."""

    model_config = ConfigDict(extra="forbid")

    filters: dict[str, dict[str, str | bool | int | float | list[str | bool | int | float]]] = (
        Field(default={}, description='By column and operator: `{"column": {"gte": 1}}`.')
    )
    sort: list[str] = Field([], description="Column names; a minus sorts downwards.")
    columns: list[str] = []
    group: list[str] = Field([], description=_GROUP)
    aggregate: list[str] = Field([], description="`count`, or a function, a colon and a column.")

    def question(self) -> Question:
        """Return the question. Raises ``Incomplete``."""
        return questions.of(
            self.filters,
            sort=self.sort,
            columns=self.columns,
            group=self.group,
            aggregate=self.aggregate,
            limit=self.page_size,
            page=self.page,
        )


class RowsIn(PagedIn):
    """What is asked of the rows, in an address, beside the filters."""

    sort: str = Field("", max_length=2000, description="Column names; a minus sorts downwards.")
    columns: str = Field(
        "", max_length=20_000, description="Column names, comma between; all by default."
    )
    failing: str = Field(
        "", max_length=1000, description="A rule of its quality: only rows that do not meet it."
    )
    group: str = Field("", max_length=20_000, description=_GROUP)
    aggregate: str = Field(
        "",
        max_length=20_000,
        description="What is told of each group, comma between: `count`, or `sum:column` and so on "
        "with " + ", ".join(AGGREGATES) + ".",
    )


class FilesIn(_ReleaseIn):
    """Which files of which release."""

    page: int = Field(1, ge=1, le=10**6)
    page_size: int = Field(100, ge=1, le=1000)


class FileIn(_ReleaseIn):
    """A file of which release."""


class FormatIn(Schema):
    """A format to download in."""

    format: Literal["csv", "xlsx", "json", "ndjson", "parquet"] = "csv"


class AsFileIn(FormatIn):
    """A format to download in, and for whom."""

    audience: Literal["", "excel"] = Field("", alias="for")
    encoding: Literal["utf-8", "gb18030"] = Field(
        "utf-8",
        description="Of `csv`: `gb18030`, which holds GBK and all of Unicode and has no byte order "
        "mark, for programs that know no UTF-8. All other formats are in their own.",
    )

    @property
    def kept_as(self) -> str:
        """The format in which the file is made."""
        return GB18030 if (self.format, self.encoding) == ("csv", "gb18030") else self.format


class RejectedIn(FormatIn):
    """In what form to download what did not conform."""

    rows: Literal["cells", "whole"] = Field(
        "cells",
        description="`cells`: each with its line and reason; `whole`: the rows as they were sent, "
        "with the same beside them, to be mended and sent again.",
    )


class DownloadIn(AsFileIn, _ReleaseIn):
    """What to download, and for whom."""

    sort: str = Field("", max_length=2000)
    columns: str = Field("", max_length=20_000)
    failing: str = Field("", max_length=1000)
    group: str = Field("", max_length=20_000)
    aggregate: str = Field("", max_length=20_000)


class BatchIn(AsFileIn):
    """Which resources to take in one file, in which format their tables, and for whom."""

    resource: list[str] = Field(max_length=1000)


class UploadIn(Schema):
    """How to read the file, where it does not say so itself."""

    filename: str = Field("", max_length=255)
    encoding: str = Field("", max_length=40)
    delimiter: str = Field("", max_length=4)
    sheet: str = Field("", max_length=100)
    header_line: int | None = Field(None, ge=1, le=1000)
    date_order: Literal["", "ymd", "dmy", "mdy"] = ""
    datum: Literal["", "cgcs2000", "wgs84", "gcj02", "bd09"] = ""
    dates: list[str] = Field(
        default=[], description="The order of one item's dates, as `item=dmy`; may stand again."
    )
    column: list[str] = Field(
        default=[],
        description="The column that carries an item, as `item=header`, without header for none.",
    )
    mend: list[str] = Field(
        default=[],
        description="How an item's cells are mended, as `item=trim,zeros`. Rules: "
        + ", ".join(RULES),
    )
    mode: Literal["replace", "append", "upsert", "delete"] = Field(
        "replace",
        description="What the rows do to those of the newest release: take their place, follow"
        " them, change or add rows by key, delete rows by key.",
    )

    def options(self) -> Options:
        """Return the pipeline's options."""
        return Options(
            encoding=self.encoding or None,
            delimiter=self.delimiter or None,
            sheet=self.sheet or None,
            header_line=self.header_line,
            date_order=self.date_order or None,
            datum=self.datum or None,
            date_orders=uploads.pairs(self.dates, "dates"),
            columns=uploads.pairs(self.column, "column"),
            mends=uploads.mends(self.mend),
            mode=Mode(self.mode),
        )


class ProviderOut(Schema):
    """The body that provides a resource."""

    name: str
    name_en: str
    credit_code: str
    division: str


class EntryLine(Schema):
    """A resource in a list: what everyone who sees it may know, and ``summary`` where readable."""

    code: str
    slug: str
    title: str
    title_en: str
    provider: ProviderOut
    social: bool = Field(
        description="It is no government data: an enterprise or association has it."
    )
    sharing_type: str
    opening_type: str
    sharing_basis: str | None = Field(None, description="Named where the resource is not shared.")
    summary: str | None = None
    themes: list[str] = []
    formats: list[str] = []
    update_cycle: str | None = None
    division: str | None = None
    rows: int | None = None
    released_at: datetime | None = None
    url: str


class EntryPage(Schema):
    """One page of resources."""

    items: list[EntryLine]
    total: int
    total_is_exact: bool = Field(description="If not, there are more than `total`.")
    loosened: bool = Field(
        description="Nothing holds the words as they are written; these hold the words in them."
    )
    next: str | None


class ElementOut(Schema):
    """The data element of a standard that an item follows."""

    id: UUID
    standard: str
    identifier: str
    name: str
    held_until: date | None = Field(description="Named where it holds no longer.")


class CodeListOut(ElementOut):
    """The code list whose values an item takes."""


class ItemOut(Schema):
    """One information item (信息项)."""

    name: str
    name_en: str
    type: str
    length: str
    nullable: bool
    key: bool
    unit: str
    note: str
    grade: int
    sharing_type: SharingType | None = Field(description="Its own; none: as the resource.")
    opening_type: OpeningType | None = Field(description="Its own; none: as the resource.")
    element: ElementOut | None
    code_list: CodeListOut | None


class GroundOut(Schema):
    """On what ground everyone has a column of persons (公开依据)."""

    column: str
    kinds: list[str] = Field(description="What it was found to hold.")
    basis: str = Field(description="The ground, by its key in the pack.")
    says: str = Field(description="Its citation, or why it is no personal information.")
    standing: bool = Field(description="Whether it goes for later releases.")


class ReleaseOut(Schema):
    """One immutable release of a resource."""

    number: int
    released_at: datetime
    mode: str = Field(description="How it came of the one before: replace, append, upsert, …")
    base: int | None = Field(description="The release into which its rows were merged.")
    restored: int | None = Field(description="The older release whose rows it has again.")
    redactions: int = Field(description="How often rows were erased from it since.")
    destroyed_at: datetime | None = Field(
        description="When its files were destroyed, if they were."
    )
    rows: int
    rejected: int
    columns: int
    entry_version: int
    digest: str = Field(description="SHA-256 of the manifest in canonical form, hexadecimal.")
    grounds: list[GroundOut] = Field(description="On what grounds persons in it are published.")


class SourceOut(Schema):
    """A government system in which the data arises, or a funded project that brings it forth."""

    id: UUID
    name: str


MOST_RELEASES = 100


class SinceIn(Schema):
    """Which release the asker knows."""

    since: int = Field(0, ge=0, le=2**31 - 1, description="Its number; 0 for none.")


class ReleasePage(Schema):
    """New releases, and the number to ask with the next time."""

    items: list[ReleaseOut]
    since: int


class DifferenceIn(Schema):
    """With which release another is compared, and which page of it is wanted."""

    from_: int = Field(alias="from", ge=1, le=2**31 - 1, description="The number of a release.")
    page: int = Field(1, ge=1, le=10**9)
    page_size: int = Field(100, ge=1, le=1000)
    purpose: str = Field("", max_length=80)


class DifferenceFileIn(AsFileIn):
    """With which release another is compared, and in which format it is wanted."""

    from_: int = Field(alias="from", ge=1, le=2**31 - 1, description="The number of a release.")
    purpose: str = Field("", max_length=80)


class ChangesIn(Schema):
    """What the asker has: the `cursor` of the last answer or, to begin, the number of a release."""

    since: int = Field(0, ge=0, le=2**31 - 1, description="Its number; 0 for none.")
    cursor: str = Field("", max_length=1000, description="Of the last answer, before `since`.")
    page_size: int = Field(100, ge=1, le=1000)
    purpose: str = Field("", max_length=80)


class MarkOut(Schema):
    """That something in an answer is under check: nobody is to be turned away because of it."""

    doubt: str = Field(description="The number of the doubt.")
    since: datetime
    items: list[str] = Field(description="The items in doubt; none: all of them.")
    rows: list[int] | None = Field(
        description="Which of the rows or answers here, counted from 0; null: not told, or all."
    )
    is_whole: bool = Field(description="Whether the whole resource is under check.")
    says: str
    basis: dict[str, str]


class ChangesPage(Schema):
    """One page of the way from the release that you have to the next, as you may have both.

    Take each page's rows together with its ``cursor``, and count a release as had once ``complete``
    is true. With ``restart`` the rows are the whole release: give up what you have. A page with
    ``first`` 0 begins its release anew. Each changed row says in ``change`` what became of it:
    added, removed, or how it was before and is after.
    """

    since: int | None = Field(description="Upon which release the rows build; none if upon none.")
    release: int | None = Field(description="To which release they lead; none if there is no new.")
    restart: bool
    change: str | None = Field(description="The name of the column that says what became of a row.")
    keys: list[str] = Field(description="By which items rows are told apart; none: as a whole.")
    items: list[dict[str, Any]]
    first: int = Field(description="How many rows of this release lie on pages before.")
    total: int = Field(description="How many rows lead to this release.")
    complete: bool = Field(description="Whether this is the last page of this release.")
    more: bool = Field(description="Whether to ask again at once.")
    cursor: str = Field(description="To ask with for what follows, now or later.")
    next: str | None
    watermark: str | None = None
    marks: list[MarkOut] = Field([], description="What here is under check.")


class DifferencePage(Schema):
    """One page of what differs between two releases, as you may have both.

    Each row says in ``change`` what became of it: added, removed, or of a changed one how it was
    before and is after, with the names of its changed cells in ``cells``. Without ``keys`` rows are
    compared as a whole.
    """

    from_: int = Field(serialization_alias="from")
    to: int
    keys: list[str]
    added: int
    removed: int
    changed: int
    change: str = Field(description="The name of the column that says what became of a row.")
    only_before: list[str] = Field(description="Columns that are in the first alone.")
    only_after: list[str] = Field(description="Columns that are in the second alone.")
    items: list[dict[str, Any]]
    total: int
    next: str | None
    watermark: str | None = None
    marks: list[MarkOut] = Field([], description="What here is under check.")


class EntryOut(EntryLine):
    """A resource with its whole metadata, schema and releases, for whoever may read them."""

    version: int
    classification: str
    sharing_requirements: list[str]
    sharing_condition: str
    sharing_scope: str
    sharing_mode: str
    sharing_means: list[str]
    sharing_explanation: str
    opening_condition: str
    related_codes: list[str]
    grade: int
    format_description: str
    data_scope: str
    office_duties: str
    source_scene: str
    collection_basis: str
    keywords: list[str]
    contact_office: str
    contact_phone: str
    licence: str
    published_on: date | None
    systems: list[SourceOut]
    projects: list[SourceOut]
    items: list[ItemOut]
    releases: list[ReleaseOut]


class SystemOut(Schema):
    """A government system and when data last passed between it and the platform."""

    id: UUID
    name: str
    body: str = Field(description="The credit code of the body whose it is.")
    state: str
    succeeded_at: datetime | None = Field(description="Null: nothing ever passed.")


class SystemPage(Schema):
    """One page of systems, those from which nothing ever came first."""

    items: list[SystemOut]
    total: int


class PageIn(Schema):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=100_000)
    page_size: int = Field(20, ge=1, le=100)

    def cut(self, rows: Rows) -> Rows:
        """Return those of ``rows`` that stand on this page."""
        first = (self.page - 1) * self.page_size
        return rows[first : first + self.page_size]


class CaseLine(Schema):
    """A case in a list: what it is about, who answers it, how far it is."""

    number: str
    kind: str
    about: str | None = Field(description="The code of what it is about.")
    handler: str
    state: str
    outcome: str | None
    submitted_on: date
    accepted_on: date | None
    decided_on: date | None


class CaseOut(CaseLine):
    """A case with what was asked, given and said, for whoever may open it."""

    due: date | None = Field(description="The next lawful day; none while the term stands still.")
    asked: dict[str, Any]
    given: dict[str, Any] | None
    missing: str
    reason: str
    legal_basis: str
    grounds: str
    finding: str
    record: dict[str, str] = Field(
        description="The record that a doubt names, by its key items, until the case is closed."
    )


class CasePage(Schema):
    """One page of cases."""

    items: list[CaseLine]
    total: int


class ApplicationsIn(PageIn):
    """Which applications; a filter may be given several times."""

    body: list[str] = Field([], description="Credit codes of the bodies that answer.")
    outcome: list[str] = Field([], description="Outcomes; `pending` for what is not decided.")
    year: list[int] = []
    resource: str = Field("", max_length=80, description="The slug of a resource.")

    def filter(self) -> Filter:
        """Return what this looks for."""
        return Filter(
            bodies=self.body[:50],
            outcomes=self.outcome[:50],
            years=[each for each in self.year[:50] if 1900 < each < 3000],
            code=code_of(self.resource) if self.resource else "",
        )


class ApplicationLine(Schema):
    """An application as everybody may know it: no name, nothing of what was written."""

    number: str
    resource: str
    by: str
    handler: str
    state: str
    outcome: str | None
    submitted_on: date
    accepted_on: date | None
    decided_on: date | None
    working_days: int


class ApplicationPage(Schema):
    """One page of the register."""

    items: list[ApplicationLine]
    total: int


class YearIn(Schema):
    """Of which year."""

    year: int | None = Field(None, ge=2000, le=2999)


class RecordOut(Schema):
    """How one body answers applications."""

    handler: str
    name: str
    received: int
    answered: int
    in_time: int
    late: int
    median_working_days: float | None
    opened: int
    refused: int


class DemandsIn(PageIn):
    """Which demands, in which order; a filter may be given several times."""

    q: str = Field("", max_length=100, description="Words, or a number.")
    state: list[str] = []
    theme: list[str] = []
    body: list[str] = Field([], description="Credit codes of the bodies that answer.")
    sort: Literal["voices", "newest", "answered"] = "voices"

    def asked(self) -> Asked:
        """Return what this looks for."""
        return Asked(
            words=self.q.strip(),
            states=self.state[:50],
            themes=self.theme[:50],
            bodies=self.body[:50],
            sort=self.sort,
        )


class DemandOut(Schema):
    """What somebody wants opened, how many support it, and what was answered."""

    number: str
    title: str
    purpose: str
    theme: str | None
    state: str
    voices: int
    handler: str | None
    submitted_on: date
    published_on: date | None
    answered_on: date | None
    answer: str | None
    legal_basis: str | None
    planned_until: date | None
    resource: str | None
    fulfilled_on: date | None


class DemandPage(Schema):
    """One page of demands."""

    items: list[DemandOut]
    total: int


class PlannedOut(Schema):
    """A line of a plan of opening; how it stands is computed from the entry."""

    title: str
    provider: str
    until: date
    state: Literal["fulfilled", "late", "open"]
    resource: str | None


class OpeningPlanOut(Schema):
    """A plan of opening with its lines."""

    id: UUID
    year: int
    title: str
    body: str
    published_on: date | None
    lines: list[PlannedOut]


class SubscriptionLine(Schema):
    """What a program of your body is sent of a resource, and how far it has come."""

    id: UUID
    resource: str | None
    wants: Literal["news", "changes"]
    purpose: str
    address: str = Field(description="Empty once it has ended.")
    standing: Literal["runs", "behind", "stands", "ended", "lapsed"]
    told: int = Field(description="The release that it has come to.")
    part: int = Field(description="How many parts of the next one were taken.")
    tries: int
    failure: str
    opened_at: datetime
    ended_at: datetime | None
    answered_at: datetime | None
    succeeded_at: datetime | None


class DeadLetterOut(Schema):
    """A message that was not taken until the last wait was over."""

    number: str = Field(description="The `webhook-id` under which it is sent.")
    release: int
    part: int
    failure: str
    dead_at: datetime
    tried_at: datetime
    settled_at: datetime | None


class SubscriptionOut(SubscriptionLine):
    """A subscription with its dead letters, that at which it stands first."""

    dead_letters: list[DeadLetterOut]


class SubscriptionPage(Schema):
    """One page of subscriptions."""

    items: list[SubscriptionLine]
    total: int


class RowPage(Schema):
    """One page of rows; a column has one JSON type throughout."""

    items: list[dict[str, Any]]
    total: int
    total_is_exact: Literal[True] = True
    next: str | None
    cursor: str | None
    release: int
    watermark: str | None = Field(None, description="To whom this was given, where that is told.")
    marks: list[MarkOut] = Field([], description="What here is under check.")


class FileOut(Schema):
    """A file of a release that is no table."""

    number: int
    path: str = Field(description="What its maker called it.")
    kind: str = Field(description="What it is by its content.")
    bytes: int
    sha256: str
    url: str


class FilePage(Schema):
    """The files of a release that is no table."""

    items: list[FileOut]
    total: int
    next: str | None
    release: int


class LaterOut(Schema):
    """That something is not there yet, and when it will be."""

    says: str


class ExtractFileIn(Schema):
    """As what a signed extract is wanted."""

    format: Literal["pdf", "jws"] = "pdf"


class UploadOut(Schema):
    """A file on its way to a release; ``base`` is the one into which its rows were merged."""

    id: str
    mode: str
    base: int | None
    state: str
    stage: str
    fraction: float
    rows: int | None
    rejected: int | None
    rows_per_second: float | None
    seconds_left: float | None
    error: dict[str, Any] | None
    report: dict[str, Any] | None
    url: str


class AttachmentOut(Schema):
    """A file that hangs on something; of a removed one only that it was there."""

    id: UUID
    name: str | None
    kind: str = Field(description="Which kind of file it is, by its content.")
    media_type: str
    bytes: int
    side: str = Field(description="As what its party acts there: applicant, handler, …")
    at: datetime
    removed_at: datetime | None
    url: str


class PublishIn(Schema):
    """The word by which a steward publishes."""

    model_config = ConfigDict(extra="forbid")

    without_rejected: bool = False
    as_changed: bool = Field(
        default=False, description="Even where the columns differ from those of the last release."
    )
    grounds: tuple[Ground, ...] = Field(
        default=(),
        description="On what ground everyone has a column of persons: 公开依据, with its citation.",
    )


class SubjectOut(Schema):
    """What an act is about."""

    id: UUID
    kind: str
    code: str | None


class ActOut(Schema):
    """What an act did, as its leaf in the ledger says, and the receipt of that leaf."""

    act: str
    subject: SubjectOut
    facts: dict[str, Any]
    receipt: str = Field(description="The short receipt: YL1- and 64 hexadecimal digits.")
    basis: dict[str, str]


class LeafOut(Schema):
    """A leaf as the asker may have it: ``payload`` and ``salt`` only where it may be opened."""

    h: str
    index: int | None
    state: str
    payload: dict[str, Any] | None = None
    salt: str | None = None
    shredded: str | None = Field(None, description="The day on which both were destroyed.")


class LogOut(Schema):
    """The log's head and its public key."""

    vkey: str
    origin: str
    size: int
    checkpoint: str | None
    basis: dict[str, str] = Field(description="The provision by which it is signed.")


class ProblemOut(Schema):
    """An RFC 9457 problem document; ``basis`` names the provision where a law decides.

    By ``request_id`` whoever runs the platform finds the request in the log.
    """

    type: str
    status: int
    title: str
    detail: str | None = None
    basis: dict[str, str] | None = None
    faults: list[dict[str, str]] | None = None
    request_id: str | None = None
