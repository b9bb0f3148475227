"""Whatever a grant gives, no channel answers with more: items, rows, period, purpose, rate.

Each cell of the data is a word that stands nowhere else, so a word in an answer tells which cell
came out by it.
"""

import io
import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.exchange.makers import make_shared
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor, make_seat, make_token
from tests.thorough import many
from tests.warehouse.makers import make_release
from tests.web.makers import sign_in

from yelin.acts.gate import revoke
from yelin.api.ckan import shapes
from yelin.catalog.content import ItemContent
from yelin.delivery.models import Pace
from yelin.exchange.answering import Watch
from yelin.gate import Mask, Obligations, RowFilter
from yelin.gate.models import Grant
from yelin.law import clock, duties

pytestmark = [pytest.mark.django_db, pytest.mark.duty("sharing.type")]

COLUMNS = ("a", "b", "c", "d")
AREAS = ("海口", "三亚")
WORD = re.compile(r"Q([a-d])(\d)([12])Q")
ITEMS = (
    *(ItemContent(name=name, type="C", nullable=False, key=name == "a") for name in COLUMNS),
    ItemContent(name="市县", type="C", nullable=False),
)
ROWS = range(8)
PURPOSES = ("administrative_basis", "verification")


def word(column: str, row: int, release: int = 2) -> str:
    # Keys stay, so that rows are known again in the next release.
    return f"Q{column}{row}{1 if column == 'a' else release}Q"


def table(release: int) -> str:
    lines = [[*(word(column, row, release) for column in COLUMNS), AREAS[row % 2]] for row in ROWS]
    return "\n".join(map(",".join, [[*COLUMNS, "市县"], *lines])) + "\n"


@dataclass
class Given:
    """What a grant gives, and for what it is asked: drawn anew for each example."""

    action: str
    items: frozenset[str]
    veiled: dict[str, Mask]
    area: str
    row: int | None
    purposes: tuple[str, ...]
    asked_for: str
    since: int
    until: int
    rate: int | None
    revoked: bool

    @property
    def runs(self) -> bool:
        """Whether it holds now, for what it is asked."""
        for_this = not self.purposes or self.asked_for in self.purposes
        if len(self.purposes) == 1 and not self.asked_for:
            for_this = True
        return self.since <= 0 < self.until and not self.revoked and for_this

    @property
    def plain(self) -> frozenset[str]:
        """The items that are had as they are."""
        return self.items - set(self.veiled)

    def has(self, column: str, row: int) -> bool:
        """Whether this cell is had."""
        there = not self.area or AREAS[row % 2] == self.area
        return column in self.plain and there and self.row in {None, row}

    def bears(self) -> Obligations:
        rows = [RowFilter("市县", "eq", self.area)] if self.area else []
        if self.row is not None:
            rows.append(RowFilter("a", "eq", word("a", self.row)))
        return Obligations(
            shown_items=self.items | {"市县"},
            masks=self.veiled,
            row_filters=frozenset(rows),
            rate_per_hour=self.rate,
        )


@st.composite
def gives(draw) -> Given:
    items = draw(st.sets(st.sampled_from(COLUMNS), min_size=1))
    days = draw(st.sampled_from([*[(-2, 3)] * 6, (-2, -1), (1, 3)]))
    return Given(
        action=draw(st.sampled_from(["resource.read"] * 3 + ["resource.verify"])),
        items=frozenset(items),
        veiled={
            name: draw(st.sampled_from(list(Mask)))
            for name in sorted(items)
            if draw(st.integers(0, 3)) == 0
        },
        area=draw(st.sampled_from(["", *AREAS])),
        row=draw(st.none() | st.sampled_from(ROWS)),
        purposes=tuple(draw(st.sets(st.sampled_from(PURPOSES)))),
        asked_for=draw(st.sampled_from(["", "", *PURPOSES, "other_use"])),
        since=days[0],
        until=days[1],
        rate=draw(st.sampled_from([None, None, None, 1])),
        revoked=draw(st.integers(0, 7)) == 0,
    )


@dataclass
class Asking:
    """One who asks by every channel."""

    entry: object
    token: str
    page: Client
    purpose: str = ""
    api: Client = field(default_factory=Client)

    def get(self, path: str, **query) -> str:
        if self.purpose:
            query["purpose"] = self.purpose
        return body(self.api.get(self.at(path), query, headers=self.headers))

    def post(self, path: str, sent: dict) -> str:
        if self.purpose:
            sent["purpose"] = self.purpose
        sent = json.dumps(sent)
        kind = "application/json"
        return body(self.api.post(self.at(path), sent, content_type=kind, headers=self.headers))

    def seen(self, **query) -> str:
        if self.purpose:
            query["purpose"] = self.purpose
        return body(self.page.get(f"/resources/{self.entry.slug}/", query))

    def at(self, path: str) -> str:
        return path if path.startswith("/api/3") else f"/api/v1/{path}".format(self.entry.slug)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def table_of(of: Asking) -> str:
    """Return the id by which clients of CKAN know the table."""
    return str(shapes.resource_id(of.entry.pk, "csv"))


def body(response) -> str:
    """Return what a reader has of an answer, whatever its form."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:4] == b"PAR1":
        content = str(pq.read_table(io.BytesIO(content)).to_pydict()).encode()
    return f"{response.status_code} {content.decode()}"


def channels(column: str, guess: str):
    """Yield a name for each channel, and what asks by it about ``column`` and the word ``guess``.

    Those called by ``guess`` write that word into the question, and may say it back.
    """
    sql = {"sql": 'SELECT "{0}" FROM "{1}"'}
    at = "resources/{}"
    yield "rows", lambda of: of.get(f"{at}/rows")
    yield "rows one", lambda of: of.get(f"{at}/rows", columns=column)
    yield "rows sorted", lambda of: of.get(f"{at}/rows", sort=f"-{column}", page_size=1)
    yield "rows old", lambda of: of.get(f"{at}/rows", release=1)
    yield "groups", lambda of: of.get(f"{at}/rows", group=column)
    yield "totals", lambda of: of.get(f"{at}/rows", aggregate=f"max:{column},min:{column}")
    yield "question", lambda of: of.post(f"{at}/rows/query", {"columns": [column]})
    for kind in ("csv", "ndjson", "parquet"):
        yield f"file {kind}", lambda of, kind=kind: of.get(f"{at}/download", format=kind)
    yield "changes", lambda of: of.get(f"{at}/changes", since="1")
    yield "difference", lambda of: of.get(f"{at}/releases/2/difference/download", **{"from": 1})
    one = sql["sql"].format(column, "{}")
    yield "sql", lambda of: of.post("sql", {"sql": one.format(of.entry.slug)})
    whole = 'SELECT * FROM "{}"'
    yield "sql all", lambda of: of.post("sql", {"sql": whole.format(of.entry.slug)})
    yield "page", lambda of: of.seen()
    ckan = "/api/3/action/datastore_search"
    yield "ckan", lambda of: of.get(ckan, resource_id=table_of(of))
    yield "ckan one", lambda of: of.get(ckan, resource_id=table_of(of), fields=column)
    # What names a word: the same is answered whether it stands there or not.
    yield "guess rows", lambda of: of.get(f"{at}/rows", **{f"filter[{column}]": guess})
    yield "guess page", lambda of: of.seen(**{f"f[{column}]": guess})
    text = "SELECT count(*) FROM \"{}\" WHERE {} = '{}'"
    counted = lambda of: text.format(of.entry.slug, column, guess)  # noqa: E731 - said once, for one
    yield "guess sql", lambda of: of.post("sql", {"sql": counted(of)})
    where = json.dumps({column: guess})
    yield "guess ckan", lambda of: of.get(ckan, resource_id=table_of(of), filters=where)


def verified(of: Asking, column: str, row: int, said: str) -> str:
    question = {"key": {"a": word("a", row)}, "items": {column: said}}
    return of.post("resources/{}/verify", {"questions": [question]})


def anew() -> None:
    """Let a new hour begin for whoever asks: each channel is asked alone."""
    Pace.objects.all().delete()
    Watch.objects.all().delete()
    cache.clear()


@pytest.fixture
def world():
    entry = make_shared(items=ITEMS)
    make_release(entry, table(1))
    make_release(entry, table(2))
    seat = make_seat(role="officer")
    page = Client()
    sign_in(page, seat)
    later = clock.now() + timedelta(days=30)
    return Asking(entry, make_token(seat, expires_at=later), page), seat.body


@settings(
    max_examples=many(300, 2),
    # What fails is told by its draws; to make it smaller would take minutes.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_no_channel_answers_beyond_a_grant(world, data):
    of, party = world
    gave = data.draw(gives(), label="grant")
    column = data.draw(st.sampled_from(COLUMNS), label="column")
    row = data.draw(st.sampled_from(ROWS), label="row")
    try:
        holds(of, party, gave, column, row)
    finally:
        Grant.objects.update(revoked_at=clock.now(), revoked_because="例毕")


def holds(of: Asking, party, gave: Given, column: str, row: int) -> None:
    of.purpose = gave.asked_for
    start = clock.now()
    grant = make_grant(
        party,
        of.entry,
        days=None,
        action=gave.action,
        duty=duties.SHARING_ANSWER,
        purposes=gave.purposes,
        since=start + timedelta(days=gave.since),
        bears=gave.bears().with_(Obligations(until=start + timedelta(days=gave.until))),
    )
    if gave.revoked and gave.since <= 0 < gave.until:
        revoke(actor=make_actor(of.entry.provider), grant=grant, reason="不再需要")
    reads = gave.runs and gave.action == "resource.read"
    for name, ask in channels(column, word(column, row)):
        anew()
        if gave.rate:
            # The hour's only answer is had before.
            of.get("resources/{}/rows", page_size=1)
        answer = ask(of)
        out = {(c, int(n)) for c, n, _release in WORD.findall(answer)}
        if name.startswith("guess"):
            anew()
            if gave.rate:
                of.get("resources/{}/rows", page_size=1)
            missed = word(column, row).replace("Q", "Z")
            other = dict(channels(column, missed))[name](of)
            if not (reads and gave.rate is None and column in gave.plain and gave.has(column, row)):
                assert told(answer, word(column, row)) == told(other, missed), name
            out -= {(column, row)}
        if not reads or gave.rate:
            assert out == set(), name
        assert {cell for cell in out if not gave.has(*cell)} == set(), name
        if reads and not gave.rate and name in {"rows", "file csv", "sql all", "ckan", "page"}:
            due = {cell[0] for cell in out}
            had = {c for c in gave.plain if any(gave.has(c, n) for n in ROWS)}
            assert due == had, f"{name}: {answer[:300]}"
    anew()
    told_yes = '"yes"' in verified(of, column, row, word(column, row))
    keyed = gave.runs and "a" in gave.plain and column != "a"
    assert told_yes == (keyed and gave.has(column, row))
    assert '"yes"' not in verified(of, column, row, "Z")


def told(answer: str, guess: str) -> str:
    """Return an answer without what is other each time: the word asked, ids, moments, marks."""
    for word_ in (guess, quote(guess)):
        answer = answer.replace(word_, "?")
    answer = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", answer)
    return re.sub(r"csrf[^>]*>|nonce=\S+|\d{4}-\d\d-\d\dT[^\"]+", "", answer)
