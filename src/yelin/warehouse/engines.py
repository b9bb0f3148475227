"""Which engine a question about a release is asked of: the one rule."""

from pathlib import Path

from yelin.config import config
from yelin.files.places import Place, size_of
from yelin.warehouse.engine import Engine


def bulk(embedded: Engine, *places: Place) -> Engine:
    """Return the engine for a question about all rows of these files.

    It is the cluster where one is configured and stands, the files are large, and nothing in them
    is sealed: no key leaves this machine, and a cluster writes on disks of its own in plain.
    """
    if not config.spark or not all(isinstance(place, Path) for place in places):
        return embedded
    if sum(map(size_of, places)) < config.spark_from_mb << 20:
        # In less than it takes to tell a cluster, the embedded engine has answered.
        return embedded
    from yelin.warehouse import cluster  # noqa: PLC0415 - what it needs is installed for it alone

    return cluster.reached(config.spark, embedded)
