"""The warehouse opens with an allowed decision in hand, and for nothing else."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from yelin.config import config
from yelin.files.store import scratch, store
from yelin.gate import Decision
from yelin.warehouse.engine import Engine, connect
from yelin.warehouse.formats import Column
from yelin.warehouse.models import Release, Upload
from yelin.warehouse.query import Table

REJECTED = (
    Column("line", "I"),
    Column("column", "C"),
    Column("value", "C"),
    Column("reason", "C"),
    Column("reason_zh", "C"),
    Column("reason_en", "C"),
    Column("raw", "C"),
)


@lru_cache
def _engine(home: Path) -> Engine:
    # One instance a process: opening one costs as much as a page of rows.
    del home
    return connect(
        memory_mb=config.engine_memory_mb,
        threads=config.engine_threads,
        temp=scratch() / "spill",
        roots=[store().local("releases"), store().local("uploads"), scratch()],
    )


def table(decision: Decision, release: Release) -> Table:
    """Return the rows of ``release`` as ``decision`` opens them: without what it hides, veiled.

    Raises ``Refused`` where it refuses, ``ValueError`` where it was made for another thing,
    ``Unfulfillable`` where the release lacks what must be hidden, veiled or chosen by.
    """
    decision.must_allow("resource.read", release.entry_id)
    return Table(
        [store().local(release.key("data.parquet"))],
        [_column(facts) for facts in release.manifest["columns"]],
        _engine(config.root),
        bears=decision.obligations,
    )


def rejected(decision: Decision, upload: Upload) -> Table:
    """Return the rows of ``upload`` that did not conform, for whoever may inspect them.

    Raises ``Refused`` where the decision refuses.
    """
    decision.must_allow("resource.inspect", upload.entry_id)
    return Table(
        [store().local(upload.prepared("rejected.parquet"))], REJECTED, _engine(config.root)
    )


def _column(facts: dict[str, Any]) -> Column:
    return Column(facts["name"], facts["type"], facts["as_text"], facts.get("scale"))
