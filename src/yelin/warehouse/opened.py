"""The warehouse opens with an allowed decision in hand, and for nothing else."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow.parquet as pq

from yelin.config import config
from yelin.files.places import Place
from yelin.files.shelf import private
from yelin.files.store import store
from yelin.gate import Decision
from yelin.gate.obligations import AGREED, Obligations
from yelin.keys.models import Destroyed
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.quality.rules import Result, Rule
from yelin.things.lately import Lately
from yelin.warehouse import agreed, locating, serving, verifying
from yelin.warehouse.difference import Comparing, Shape, keys_shown
from yelin.warehouse.engine import Engine, connect, literal
from yelin.warehouse.engines import bulk
from yelin.warehouse.formats import Column
from yelin.warehouse.keyed import Key
from yelin.warehouse.leaked import Leaked, Meeting
from yelin.warehouse.locating import Located
from yelin.warehouse.measuring.report import failing, meeting
from yelin.warehouse.mendable import LINE, Mendable
from yelin.warehouse.models import DATA, REJECTED, Release, Upload
from yelin.warehouse.query import Question, Table, Unfulfillable
from yelin.warehouse.thinned import Thinning
from yelin.warehouse.verifying import Checked, Claim

# The folder of finished files; those of open releases lie there in plain.
KEPT = "kept"
_REJECTED_COLUMNS = (
    Column("line", "I"),
    Column("column", "C"),
    Column("value", "C"),
    Column("reason", "C"),
    Column("reason_zh", "C"),
    Column("reason_en", "C"),
    Column("raw", "C"),
)


# By which of them a record is looked for: whoever has it, or the house itself.
_LOOKS = {"resource.read", "resource.verify", "resource.locate"}
# A release says for good by which items its records are told apart.
_keys: Lately[list[str]] = Lately(1_024)
# What the engine for rows that lie together holds: their blocks.
NEAR_MB = 128


@lru_cache
def _engine(work: Path, *, sealed: bool, near: bool = False) -> Engine:
    # One instance a process for each kind: opening one costs as much as a page of rows.
    return connect(
        memory_mb=min(NEAR_MB, config.engine_memory_mb) if near else config.engine_memory_mb,
        # A few blocks are read in less time than another thread takes to be woken.
        threads=1 if near else config.engine_threads,
        temp=None if sealed else private(work / "spill"),
        # Releases may be sealed one by one; two are compared where either is.
        roots=[
            *store().folders("releases"),
            private(work / agreed.FOLDER),
            *([] if sealed else [*store().folders(KEPT), private(work / serving.FOLDER)]),
        ],
    )


def rest() -> None:
    """Give back the engines' memory: who opens something next waits for new ones."""
    _engine.cache_clear()


class NoTable(Exception):
    """The release has files and no rows."""


class NoFile(Exception):
    """The release has no file of this number."""


def table(decision: Decision, release: Release) -> Table:
    """Return the rows of ``release`` as ``decision`` opens them: without what it hides, veiled.

    Raises ``Refused`` where it refuses, ``ValueError`` where it was made for another thing,
    ``Unfulfillable`` where the release lacks what must be hidden, veiled or chosen by,
    ``Destroyed`` where the data is gone, with its key or after its term; ``NoTable`` where there
    are no rows.
    """
    return _table(decision, release, sealed=release.sealed_by is not None)


def asked(decision: Decision, release: Release) -> Table:
    """Return the rows of ``release`` for questions of which only answers leave.

    Raises what ``table`` does.
    """
    sealed = release.sealed_by is not None
    return _table(decision, release, sealed=sealed, action="resource.ask")


def check(decision: Decision, release: Release, claims: Sequence[Claim]) -> list[Checked]:
    """Return what ``release`` says to each of the ``claims``, as ``decision`` lets it be verified.

    Raises what ``table`` and ``verifying.check`` do.
    """
    sealed = release.sealed_by is not None
    table = _table(decision, release, sealed=sealed, action="resource.verify")
    return verifying.check(table, keys_of(release), release.rows, claims)


def keys_of(release: Release) -> list[str]:
    """Return the items by which the records of ``release`` are told apart; they never change."""
    if (known := _keys.get(release.pk)) is None:
        said = release.entry_version.content["items"]
        known = [item["name"] for item in said if item["key"]]
        _keys.keep(release.pk, known)
    return known


def located(
    decision: Decision, release: Release, record: Mapping[str, str], items: Sequence[str] = ()
) -> Located:
    """Return where a record lies, and what ``items`` of it say, as ``decision`` opens the release.

    Raises what ``table`` and ``locating.locate`` do.
    """
    table = _looked_into(decision, release)
    return locating.locate(table, keys_of(release), record, items)


def key_in(decision: Decision, release: Release, record: Mapping[str, str]) -> Key | None:
    """Return the key of a record as ``check`` compares keys. Raises what ``located`` does."""
    table = _looked_into(decision, release)
    return locating.canonical(table, keys_of(release), record)


def _table(
    decision: Decision, release: Release, *, sealed: bool, action: str = "resource.read"
) -> Table:
    decision.must_allow(action, release.entry_id)
    if release.destroyed_at:
        raise Destroyed(str(release))
    if not release.is_table:
        raise NoTable
    engine = _engine(config.work, sealed=sealed)
    data = release.copy(DATA).place
    return Table(
        [data],
        columns_of(release),
        engine,
        bears=decision.obligations,
        mark=mark_of(decision),
        failing=partial(failing, decision, release),
        copies=serving.Copies(release, engine, _engine(config.work, sealed=sealed, near=True)),
        agreed=agreed.Numbers(release),
        thinning=_thinning(decision, release),
        # A cluster has neither the sets of subjects nor any keys.
        bulk=None if _is_secret(decision.obligations) else bulk(engine, data),
    )


def _is_secret(bears: Obligations) -> bool:
    """Whether rows are left out by what only this machine may know."""
    return bears.names(AGREED) or bool(bears.thinned)


def _thinning(decision: Decision, release: Release) -> Thinning | None:
    """Return the secret of whoever bears that rows are thinned out; nobody has none."""
    party = decision.actor.party_id
    if not decision.obligations.thinned or party is None:
        return None
    return thinning_of(release, party)


def thinning_of(release: Release, party: UUID) -> Thinning:
    """Return by which secret the copies of a ``party`` lack rows of ``release``."""
    return Thinning.of(release.entry_id, party, keys_of(release))


def columns_of(release: Release) -> list[Column]:
    """Return the columns of ``release``, whoever may see them."""
    return [Column.of(facts) for facts in release.manifest["columns"]]


def beside(decision: Decision, release: Release, file: Leaked) -> Meeting:
    """Return a leaked file beside ``release``, for who may say whose copy it was made of.

    Raises ``Refused`` or ``ValueError`` as ``table`` does.
    """
    decision.must_allow("delivery.attribute", release.entry_id)
    # A connection of its own has tables of its own, and the file lies sealed.
    engine = _engine(config.work, sealed=True).cursor()
    place = release.copy(DATA).place
    return Meeting(file, place, columns_of(release), keys_of(release), engine)


def among(
    decision: Decision, release: Release, question: Question, places: Collection[int]
) -> frozenset[int]:
    """Return those rows at these places that ``question`` leaves. Raises what ``table`` does."""
    return _looked_into(decision, release).among(question, places)


def _looked_into(decision: Decision, release: Release) -> Table:
    action = decision.action if decision.action in _LOOKS else "resource.read"
    return _table(decision, release, sealed=release.sealed_by is not None, action=action)


def contents(decision: Decision, release: Release) -> list[dict[str, Any]]:
    """Return the files of ``release`` that is no table: of each what its manifest says.

    Raises ``Refused`` where the decision refuses, ``Unfulfillable`` where it gives only a part,
    which files do not have, ``Destroyed``.
    """
    decision.must_allow("resource.read", release.entry_id)
    if decision.obligations.hides:
        raise Unfulfillable
    return release.contents


def content(decision: Decision, release: Release, number: int) -> dict[str, Any]:
    """Return the file of this number, from 1 on. Raises what ``contents`` does, and ``NoFile``."""
    found = contents(decision, release)
    if not 1 <= number <= len(found):
        raise NoFile
    return found[number - 1]


def tried(decision: Decision, release: Release, rule: Rule) -> Result:
    """Return what would come of ``rule`` in ``release``.

    Raises ``Refused`` or ``ValueError`` as ``table`` does, ``Incomplete`` where the release cannot
    be asked this, or the asker does not have all of what is asked about.
    """
    decision.must_allow("resource.read", release.entry_id)
    meets = meeting(release, rule, clock.today())
    if meets is None or not all(map(decision.obligations.shows_whole, rule.items)):
        raise Incomplete.at("holds", "The newest version cannot be asked this.")
    data = release.copy(DATA).place
    engine = _engine(config.work, sealed=release.sealed_by is not None)
    held, of = (
        bulk(engine, data, *meets.files)
        .cursor()
        .one(
            f"SELECT count_if({meets.sql}), count({meets.sql}) "  # noqa: S608 - the rule's own SQL
            f"FROM read_parquet({literal(str(data))})"
        )
    )
    return Result(rule, int(held or 0), int(of))


def comparing(decision: Decision, before: Release, after: Release) -> Comparing:
    """Return two releases to be compared, each as ``decision`` opens it.

    By the key of the later one, where that is seen whole. Raises what ``table`` does.
    """
    sealed = any(release.sealed_by for release in (before, after))
    old, new = (_table(decision, release, sealed=sealed) for release in (before, after))
    items = max(before, after, key=lambda each: each.number).entry_version.content["items"]
    keys = [item["name"] for item in items if item["key"]]
    return Comparing(old, new, keys_shown(keys, decision.obligations, old, new))


def compared(decision: Decision, before: Release, after: Release, written: Place) -> Table:
    """Return the difference of two releases that was ``written`` for ``decision``, as a table."""
    sides = (_table(decision, each, sealed=False) for each in (before, after))
    sealed = any(release.sealed_by for release in (before, after))
    engine = _engine(config.work, sealed=sealed)
    return Table([written], Shape.of(*sides).columns, engine, mark=mark_of(decision))


def mark_of(decision: Decision) -> str:
    """Return the words that lead from what was handed out back to whom it was given, if any.

    What is thinned out for somebody is for nobody else, and says so.
    """
    if not (decision.obligations.watermark or decision.obligations.thinned):
        return ""
    if decision.grant_id is not None:
        return f"yelin:grant:{decision.grant_id}"
    return f"yelin:party:{decision.actor.party_id}"


def rejected(decision: Decision, upload: Upload) -> Table:
    """Return the rows of ``upload`` that did not conform, for whoever may inspect them.

    Raises ``Refused`` where the decision refuses, ``Destroyed`` where nothing is kept any more.
    """
    decision.must_allow("resource.inspect", upload.entry_id)
    if upload.emptied_at:
        raise Destroyed(str(upload))
    return Table(
        [upload.prepared(REJECTED).place], _REJECTED_COLUMNS, _engine(config.work, sealed=True)
    )


def mendable(decision: Decision, upload: Upload) -> Mendable:
    """Return the rows that did not conform, whole. Raises what ``rejected`` does."""
    rejected(decision, upload)
    said = upload.report
    return Mendable(
        upload.prepared(REJECTED).place,
        said["header"],
        # What was prepared before knew none.
        said.get("nameless", ()),
        said["source"]["delimiter"],
        said["source"]["quote"],
    )


def to_mend(decision: Decision, upload: Upload, written: Place) -> Table:
    """Return the rows that did not conform as they were ``written`` whole, as a table."""
    rejected(decision, upload)
    engine = _engine(config.work, sealed=True)
    with written.open("rb") as file:
        fields = pq.read_schema(file)
    columns = [Column(each.name, "I" if each.name == LINE else "C") for each in fields]
    return Table([written], columns, engine)
