"""A cluster for tests: Spark in a process beside, where its client and a Java are installed."""

import os
import shutil
from importlib.util import find_spec

import pytest
from structlog.testing import capture_logs

from yelin.config import config
from yelin.warehouse import engines

# A question is asked once here: compiling it would take longer than reading it does.
_SMALL = (
    "--driver-memory 512m --driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' "
    "--conf spark.sql.codegen.wholeStage=false --conf spark.sql.codegen.factoryMode=NO_CODEGEN "
    "--conf spark.sql.adaptive.enabled=false --conf spark.sql.shuffle.partitions=1 "
    "--conf spark.io.encryption.enabled=true"
)
needs_spark = pytest.mark.skipif(
    find_spec("pyspark") is None or shutil.which("java") is None,
    reason="pyspark or Java is not installed (uv sync --extra spark)",
)


# Where a whole cluster stands, it is asked everything; here, some of it.
CLUSTER = os.environ.get("SPARK_MASTER", "")
MASTER = CLUSTER or "local[1]"


def standing():
    """Return the session of this process, begun here or before."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_SUBMIT_ARGS", f"{_SMALL} pyspark-shell")
    from yelin.warehouse import cluster  # noqa: PLC0415 - what it needs is not everywhere

    return cluster.begun(MASTER).result()


def asking(monkeypatch):
    """Have the cluster asked of whatever there is, and fail the test where it does not answer."""
    from yelin.warehouse import cluster  # noqa: PLC0415 - what it needs is not everywhere

    class Alone(cluster.Cluster):
        def _answered(self, sql, *more):
            with capture_logs() as logged:
                found = super()._answered(sql, *more)
            assert found is not None, (logged, sql)
            return found

        def cursor(self):
            return self

    standing()
    monkeypatch.setattr(cluster, "Cluster", Alone)
    configured(monkeypatch, spark=MASTER, spark_from_mb=0)


def configured(monkeypatch, **settings):
    """Configure a cluster, or another one."""
    monkeypatch.setattr(engines, "config", config.model_copy(update=settings))


def reached(embedded):
    """Return the cluster beside an embedded engine."""
    from yelin.warehouse import cluster  # noqa: PLC0415 - what it needs is not everywhere

    standing()
    return cluster.reached(MASTER, embedded, sealed=True)
