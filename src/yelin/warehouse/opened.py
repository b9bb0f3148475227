"""The warehouse opens with an allowed decision in hand, and for nothing else."""

from yelin.config import config
from yelin.files.store import store
from yelin.gate import Decision
from yelin.warehouse.models import Release
from yelin.warehouse.query import Column, Table


def table(decision: Decision, release: Release) -> Table:
    """Return the rows of ``release`` as far as ``decision`` opens them; hidden items do not exist.

    Raises ``Refused`` where it refuses, ``ValueError`` where it was made for another thing.
    """
    decision.must_allow("resource.read", release.entry_id)
    columns = [Column.from_manifest(column) for column in release.manifest["columns"]]
    return Table(
        [store().local(release.key("data.parquet"))],
        columns,
        hidden=decision.obligations.hidden_items,
        memory_mb=config.engine_memory_mb,
    )
