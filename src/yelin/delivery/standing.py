"""What anyone has of a resource, decided once and kept for as long as the rows that it rests on.

Most answers go to strangers, of what is open to all. What the gate says of that depends on the
entry, on who provides it, on holds and on what is under check; what is handed out, on the newest
release. Whether these are still the rows that were read is asked in the statement that counts an
answer, once it is made and before it leaves: what was withdrawn, stopped or replaced until then
goes to nobody.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from yelin.catalog import reads
from yelin.catalog.models import Entry
from yelin.delivery import handing, kept, meter, opening, pace
from yelin.delivery.ahead import Ahead, Counted
from yelin.delivery.handing import Rows
from yelin.delivery.models import Tally
from yelin.delivery.opening import Call, Notes
from yelin.delivery.pace import Left, Limit, TooOften
from yelin.delivery.turning import Turned
from yelin.gate import Decision
from yelin.gate.obligations import NONE
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor, ActorKind
from yelin.things import prepared
from yelin.things.lately import Lately
from yelin.warehouse import opened
from yelin.warehouse.models import Release, is_open
from yelin.warehouse.query import BadOperand, Page, Question, Table, UnknownColumn

# Resources, cells of pages, askers whose limit is used up.
MOST, MOST_CELLS, MOST_TIRED = 1_024, 200_000, 10_000
# A row that was written again has another xmin.
_STATE = """
    SELECT entry.thing_id AS entry,
           concat_ws(' ', entry.xmin, body.xmin, release.thing_id, release.xmin) AS state
      FROM catalog_entry AS entry
      JOIN parties_body AS body ON body.thing_id = entry.provider_id
     CROSS JOIN LATERAL (
           SELECT thing_id, xmin FROM warehouse_release
            WHERE entry_id = entry.thing_id ORDER BY number DESC LIMIT 1
           ) AS release
     WHERE entry.code = %(code)s
       AND NOT EXISTS (SELECT FROM gate_hold WHERE on_id = entry.thing_id AND lifted_at IS NULL)
       AND NOT EXISTS (
           SELECT FROM delivery_check
            WHERE entry_id = entry.thing_id AND since IS NOT NULL AND until IS NULL
           )
"""
# Whoever takes the same resource meanwhile would wait for the disk: the commit does not (0056).
_COUNT = f"""
    WITH stands AS (
        SELECT entry FROM ({_STATE}) AS now, set_config('synchronous_commit', 'off', true)
         WHERE state = %(state)s
    ),
    taken AS (
        INSERT INTO delivery_pace AS pace (of, hour, used)
        SELECT %(of)s, %(hour)s, %(many)s FROM stands WHERE %(many)s <= %(most)s
        ON CONFLICT (of, hour) DO UPDATE SET used = pace.used + %(many)s
         WHERE pace.used + %(many)s <= %(most)s
        RETURNING used
    ),
    counted AS (
        UPDATE delivery_tally SET queries = queries + %(many)s
         WHERE hour = %(hour)s AND entry_id IN (SELECT entry FROM stands)
           AND (%(most)s = 0 OR EXISTS (SELECT FROM taken))
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM stands), (SELECT used FROM taken), EXISTS (SELECT FROM counted)
"""  # noqa: S608 - ours


class Changed(Exception):
    """What it was decided on is no more as it was."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest release of a resource, opened for anyone on a ``day``, and what it rests on."""

    release: Release
    decision: Decision
    table: Table
    state: str
    day: date

    @property
    def entry(self) -> Entry:
        """The resource."""
        return self.release.entry


_standing: Lately[Standing] = Lately(MOST)
_pages: Lately[Page] = Lately(MOST_CELLS)
_tired: Lately[datetime] = Lately(MOST_TIRED)
_ahead = Ahead()


def rows(
    actor: Actor,
    code: str,
    question: Question,
    *,
    number: int | None = None,
    call: Call,
    cursor: str = "",
) -> Rows:
    """Hand out one page of rows of the resource that has this ``code``.

    Raises ``Unseen`` and ``Withdrawn``, and what ``handing.rows`` does.
    """
    state = ""
    if actor.kind is ActorKind.ANYONE:
        stands = _standing.get(code)
        if stands and (handed := _at_once(stands, question, number, call, cursor)):
            return handed
        # Read before all the rest: what changes from now on will show.
        state = _state_of(code)
    entry = reads.get(actor, code=code)
    found = opening.open_one(actor, entry, number, call, kept.said_of(question))
    if str(found.release.pk) in state:
        _keep(found.release, found.decision, state)
    return handing.page(found, question, call, cursor)


def _at_once(
    stands: Standing, question: Question, number: int | None, call: Call, cursor: str
) -> Rows | None:
    """Return the page as it was decided before; nothing where all has to be asked anew."""
    limit = opening.limit_of(stands.decision, stands.entry, call)
    if (
        number not in (None, stands.release.number)
        or stands.day != clock.today()
        or (limit and _tired.get(limit.of) == clock.this_hour())
    ):
        return None
    # What is wrong with the question is told by whoever asks the gate first.
    with suppress(BadOperand, Incomplete, UnknownColumn, Changed, TooOften):
        turned = Turned.to(question, stands.release, stands.decision, cursor)
        if not call.known(turned.tag):
            page = _pages.get(turned.tag) or stands.table.page(turned.question)
            left = _count(stands, limit)
            _pages.keep(turned.tag, page, 1 + len(page.rows) * len(page.columns))
            notes = Notes(left=left)
            return Rows(page, stands.release, notes, turned.tag, turned.following(page))
    return None


def _state_of(code: str | None) -> str:
    """Return the very rows on which it rests now what anyone has of a resource; none if stopped."""
    found = prepared.rows(_STATE, code=code)
    return found[0][1] if found else ""


def _keep(release: Release, decision: Decision, state: str) -> None:
    """Keep what anyone has, if that is every row as it lies."""
    is_whole = decision.obligations == NONE and is_open(release.entry)
    if is_whole and release.sealed_by_id is None and release.is_table:
        table = opened.table(decision, release)
        stands = Standing(release, decision, table, state, clock.today())
        _standing.keep(release.entry.code, stands)


def _count(stands: Standing, limit: Limit | None) -> Left | None:
    """Count an answer that is made, and take it from ``limit``, if all is still as it was.

    Raises ``Changed``, and ``TooOften``.
    """
    of = Counted(stands.entry.pk, limit.of if limit else b"", clock.this_hour())
    used = _ahead.take(of)
    if used is None:
        used = _count_some(stands, of, limit, _ahead.many(of))
    elif _state_of(stands.entry.code) != stands.state:
        _ahead.put_back(of)
        _standing.forget(stands.entry.code)
        raise Changed
    meter.QUERIES.inc()
    return pace.left(limit, of.hour, used) if limit else None


def _count_some(stands: Standing, of: Counted, limit: Limit | None, many: int) -> int:
    """Count so ``many`` answers, of which one leaves now; return what is used with this one."""
    most = limit.most if limit else 0
    asked = {"state": stands.state, "hour": of.hour, "of": of.of, "most": most, "many": many}
    ((is_so, used, is_counted),) = prepared.rows(_COUNT, code=stands.entry.code, **asked)
    if not is_so:
        _standing.forget(stands.entry.code)
        raise Changed
    if limit and used is None:
        if many > 1:
            return _count_some(stands, of, limit, 1)
        _tired.keep(limit.of, of.hour)
        pace.left(limit, of.hour, None)
    if not is_counted:
        # The first of its hour.
        Tally.count(of={"entry": stands.entry}, queries=many)
    _ahead.keep(of, many, used or 0, limit)
    return (used or 0) - many + 1
