"""What every test may ask for."""

import asyncio
import contextlib
import gc
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from itertools import chain, islice

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from procrastinate.periodic import PeriodicRegistry

from tests import buckets, homes, shaped
from tests import personal as watching
from tests.thorough import DRAW, SCALE, leave_long, many
from yelin.cli import working
from yelin.config import config
from yelin.delivery import standing
from yelin.delivery.ahead import Ahead
from yelin.law import clock
from yelin.things.lately import Lately

# A hundred programs start: what the first has compiled, the others read.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long an example takes says how busy the machine is; and each test has what it is given.
settings.register_profile(
    "yelin",
    deadline=None,
    max_examples=many(100, 25),
    derandomize=not (SCALE or DRAW),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("yelin")


_OWN_BASE = pytest.StashKey[str]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Give this run a folder of its own: the usual one is cleared by whoever runs tests next."""
    # A runner beside others is told its part of theirs.
    if config.option.basetemp is None:
        config.stash[_OWN_BASE] = config.option.basetemp = tempfile.mkdtemp(prefix="yelin-tests-")


def pytest_report_header(config):
    return f"what tests write lies below {config.option.basetemp}, and goes where all succeed"


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session):
    """Let the database take its shape while the runners still collect what they will run."""
    if session.config.getoption("numprocesses", None):
        threading.Thread(target=shaped.template).start()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    if exitstatus == 0 and (base := session.config.stash.get(_OWN_BASE, None)):
        shutil.rmtree(base, ignore_errors=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection():
    """Do not look for what may go of what is collected: all of it stays to the end.

    What tests leave is looked for seldom: a twentieth of their computing was to look through all
    that is loaded for what little of it had gone.
    """
    gc.disable()
    gc.set_threshold(50_000, 20, 50)
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items):
    """Draw before it is asked what is long; put first what is slow."""
    leave_long(items)
    yield
    _put_slow_first(items)


def _put_slow_first(items):
    """Begin with what takes long, each runner with its share: else one is left alone with it."""
    runners = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [item for item in items if item.get_closest_marker("slow")]
    rest = iter([item for item in items if not item.get_closest_marker("slow")])
    shares = [slow[number::runners] for number in range(runners)]
    # Each runner begins with a part of the whole list, all of the same length.
    for share in shares:
        share.extend(islice(rest, max(0, len(items) // runners - len(share))))
    items[:] = [*chain(*shares), *rest]


@pytest.fixture
def today() -> Iterator[Callable[[str], None]]:
    """Let the clock stand at noon of a day, until the test ends."""
    held = []

    def stand(day: str) -> None:
        moment = datetime.combine(date.fromisoformat(day), time(12), clock.SHANGHAI)
        stopped = clock.standing_at(moment)
        stopped.__enter__()
        held.append(stopped)

    yield stand
    for stopped in reversed(held):
        stopped.__exit__(None, None, None)


@pytest.fixture
def still() -> Iterator[None]:
    """Let the clock stand as it is: no minute, hour or day turns between two steps of the test."""
    with clock.standing_at(clock.now()):
        yield


@pytest.fixture(autouse=True)
def _own_home(tmp_path):
    """Give each test a home of its own, so that files and checkpoints of tests never meet."""
    with homes.at(tmp_path):
        yield


@pytest.fixture(autouse=True)
def _nobody_is_tired(monkeypatch) -> Iterator[None]:
    """Let nobody's limit be used up by an earlier test: all ask from one address in one hour."""
    monkeypatch.setattr(standing, "_tired", Lately(standing.MOST_TIRED))
    monkeypatch.setattr(standing, "_ahead", own := Ahead())
    yield
    own.give_back()


@pytest.fixture(scope="session")
def s3(tmp_path_factory) -> Iterator[str]:
    """Run a server that speaks S3; return its address."""
    with buckets.serving(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest.fixture
def bucket(s3, tmp_path, monkeypatch) -> dict[str, str]:
    """Let files lie in a bucket of this test's own; return the settings that say so."""
    told = {
        "store": f"s3://yelin/{tmp_path.name}",
        "store_endpoint": s3,
        "store_key_id": buckets.KEY_ID,
        "store_key": buckets.KEY,
    }
    for name, value in told.items():
        monkeypatch.setitem(config.__dict__, name, value)
    return {f"YELIN_{name.upper()}": value for name, value in told.items()}


@pytest.fixture(scope="session", autouse=True)
def _begin_watch():
    watching.begin()


@pytest.fixture(autouse=True)
def _nothing_personal(_begin_watch):
    """Fail where a personal value stood in a leaf, a log line, a job or an address."""
    yield
    assert watching.watch.settle() == []


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Copy the test database from one that is brought to shape already."""
    connection.settings_dict["TEST"]["TEMPLATE"] = shaped.template()


# Servers and workers that tests start are bounded too; whoever sets a time of its own is not. And
# none waits for a disk: no test pulls the plug, and what is killed is never the database itself.
_BOUNDED = """
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET statement_timeout = %L', current_database(), '60s');
    EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database());
END $$
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let a bad plan fail, not hang; end what threads left open before the database is dropped."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(_BOUNDED)
        # What is said of a database holds for whoever connects from then on.
        connection.close()
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Let fixtures of a module lay rows that each of its tests finds as they were laid.

    Only for modules whose tests commit nothing; what a test changes in objects it reads anew.
    """
    laid = transaction.atomic()
    # As Django says of those that it begins: acts begin a transaction of their own within.
    laid._from_testcase = True
    with django_db_blocker.unblock(), laid:
        yield
        transaction.set_rollback(True)


@pytest.fixture
def at_once(transactional_db) -> Callable[[Sequence[Callable[[], object]]], list[object]]:
    """Do several things at the same moment, each in a thread; return what each made or raised."""

    def do(works):
        together = threading.Barrier(len(works))

        def one(work):
            together.wait()
            try:
                return work()
            except Exception as error:  # noqa: BLE001 - the test looks at it
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(works)) as threads:
            return list(threads.map(one, works))

    return do


@pytest.fixture
def worker(transactional_db, monkeypatch):
    """Run the real queue's jobs beside the test, as ``yelin worker`` does.

    What a worker does at each full minute or hour is left out: a test does not hang on the time of
    day, and calls what it means.
    """
    over = threading.Event()

    async def work(queue):
        monkeypatch.setattr(queue, "periodic_registry", PeriodicRegistry())
        async with queue.open_async():
            task = asyncio.create_task(
                queue.run_worker_async(
                    install_signal_handlers=False, fetch_job_polling_interval=0.2, concurrency=1
                )
            )
            while not over.is_set():
                await asyncio.sleep(0.05)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def run():
        with working.queue() as queue:
            asyncio.run(work(queue))

    thread = threading.Thread(target=run)
    thread.start()
    yield
    over.set()
    thread.join()
