"""Which engine a question about a release is asked of: the one rule."""

from yelin.config import config
from yelin.files.places import Place, Sealed, size_of
from yelin.warehouse.engine import Engine


def bulk(embedded: Engine, *places: Place) -> Engine:
    """Return the engine for a question about all rows of these files.

    It is the cluster where one is configured and stands, the files are large, and the cluster keeps
    sealed what is sealed among them.
    """
    if not config.spark or sum(map(size_of, places)) < config.spark_from_mb << 20:
        # In less than it takes to tell a cluster, the embedded engine has answered.
        return embedded
    from yelin.warehouse import cluster  # noqa: PLC0415 - what it needs is installed for it alone

    sealed = any(isinstance(place, Sealed) for place in places)
    return cluster.reached(config.spark, embedded, sealed=sealed)
