"""A cluster for tests: Spark in a process beside, where its client and a Java are installed."""

import os
import shutil
from importlib.util import find_spec

import pytest
from structlog.testing import capture_logs

# A question is asked once here: compiling it would take longer than reading it does.
_SMALL = (
    "--driver-memory 512m --driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' "
    "--conf spark.sql.codegen.wholeStage=false --conf spark.sql.codegen.factoryMode=NO_CODEGEN "
    "--conf spark.sql.adaptive.enabled=false --conf spark.io.encryption.enabled=true"
)
needs_spark = pytest.mark.skipif(
    find_spec("pyspark") is None or shutil.which("java") is None,
    reason="pyspark or Java is not installed (uv sync --extra spark)",
)


def standing(master="local[1]"):
    """Return the session of this process, begun here or before."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_SUBMIT_ARGS", f"{_SMALL} pyspark-shell")
    from yelin.warehouse import cluster  # noqa: PLC0415 - what it needs is not everywhere

    return cluster.begun(master).result()


def asking(embedded):
    """Return an engine that has the cluster answer, and fails the test where that does not."""
    from yelin.warehouse import cluster  # noqa: PLC0415 - what it needs is not everywhere

    class Alone(cluster.Cluster):
        def _answered(self, sql, params):
            with capture_logs() as logged:
                found = super()._answered(sql, params)
            assert found is not None, (logged, sql)
            return found

        def cursor(self):
            return self

    return Alone(embedded, standing())
