"""Every check of the installation: what is well, what is not, and how it is mended.

``yelin doctor`` and the operator's page tell the same findings, in the language of who asks.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from os import R_OK, access

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from yelin.config import config
from yelin.delivery import reads as deliveries
from yelin.delivery.models import Delivery
from yelin.keys.models import DataKey
from yelin.keys.models import known as master_keys
from yelin.law import clock, packs, standing
from yelin.law.statute import PackFault
from yelin.ledger import history, log, note, sequencer
from yelin.ledger.pace import pace
from yelin.operation import figures, jobs, reads
from yelin.operation.findings import Finding, watch, well, wrong
from yelin.warehouse import reads as warehouse
from yelin.warehouse import serving
from yelin.warehouse.models import Release

OLDEST_POSTGRES = 15
SKEW_SECONDS = 2
WAITS_LONG = timedelta(minutes=10)
STANDS_STILL = timedelta(hours=1)
SWEPT_WITHIN = timedelta(days=2)
CERTIFICATE_SOON = timedelta(days=30)
CERTIFICATE_LATE = timedelta(days=7)
FREE_LOW, FREE_LEAST = 0.15, 0.05
FULL_SOON_DAYS = 30
PENDING_LONG = timedelta(minutes=1)
SAMPLED = 5


def database() -> Iterator[Finding]:
    """Look at PostgreSQL's version, encoding, durability and collation."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('server_version_num')::int,"
            " pg_encoding_to_char(encoding), current_setting('fsync') = 'on'"
            " AND current_setting('synchronous_commit') <> 'off', datcollversion,"
            " pg_database_collation_actual_version(oid)"
            " FROM pg_database WHERE datname = current_database()"
        )
        version, number, encoding, durable, collated, actual = cursor.fetchone()
    if number < OLDEST_POSTGRES * 10_000:
        yield wrong(
            "database",
            _("PostgreSQL {version} is too old.").format(version=version),
            _("Upgrade it to {oldest} or newer.").format(oldest=OLDEST_POSTGRES),
        )
    elif encoding != "UTF8":
        yield wrong(
            "database",
            _("The database is encoded in {encoding}.").format(encoding=encoding),
            _("Make one in UTF8, and restore the dump into it."),
        )
    else:
        yield well("database", _("PostgreSQL {version} answers.").format(version=version))
    if not durable:
        yield wrong(
            "durability",
            _("The database says that an act is kept before it is on the disk."),
            _("Set fsync and synchronous_commit to on in PostgreSQL."),
        )
    if collated != actual:
        yield wrong(
            "collation",
            _("The system's order of words has changed under the database's indexes."),
            _("Run REINDEX DATABASE, then ALTER DATABASE … REFRESH COLLATION VERSION."),
        )


def migrations() -> Iterator[Finding]:
    """Look whether the database has this version's shape."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        yield wrong(
            "migrations",
            _("Migrations that have not been applied: {number}.").format(number=len(missing)),
            _("Run yelin migrate."),
        )
    else:
        yield well("migrations", _("The database has this version's shape."))


def clocks() -> Iterator[Finding]:
    """Look whether this machine and the database's agree on the time."""
    before = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
    after = clock.now()
    apart = max((before - there).total_seconds(), (there - after).total_seconds(), 0)
    if apart > SKEW_SECONDS:
        yield wrong(
            "clocks",
            _("This machine's clock and the database's are {seconds} seconds apart.").format(
                seconds=round(apart)
            ),
            _("Let both follow the same time server (NTP)."),
        )
    else:
        yield well("clocks", _("This machine and the database agree on the time."))


def pack() -> Iterator[Finding]:
    """Look whether the statute pack is sound."""
    try:
        name = packs.active().name
    except PackFault as fault:
        mend = _("Mend the file that is named, or set YELIN_PACK to another pack.")
        yield wrong("pack", _("The pack is not sound: {fault}").format(fault=fault), mend)
    else:
        yield well("pack", _("The pack {name} is sound.").format(name=name))


def calendar() -> Iterator[Finding]:
    """Look whether the days off are known for as far as terms run."""
    found = standing.concerns()
    mend = _("Add the State Council's notice to the pack's calendar.toml and restart the worker.")
    for concern in found:
        says = _(concern.says).format(**concern.params)
        yield wrong("calendar", says, mend) if concern.late else watch("calendar", says, mend)
    if not found:
        yield well("calendar", _("Every running term ends on a day that is known."))


def keys() -> Iterator[Finding]:
    """Look whether the keys are at hand and closed to all others."""
    folder = config.root / "keys"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    faulty = False
    for path in (folder, *files):
        if not access(path, R_OK):
            faulty = True
            yield wrong(
                "keys",
                _("{path} cannot be read.").format(path=path),
                _("Bring it back from the copy of the keys; it belongs to whoever runs Yelin."),
            )
        elif path.stat().st_mode & 0o077:
            faulty = True
            yield wrong(
                "keys",
                _("Others on this machine may open {path}.").format(path=path),
                _("Run chmod go= on it, and ask who may have read it."),
            )
    living = DataKey.objects.filter(destroyed_at=None)
    lost = living.exclude(master__in=master_keys()).count()
    if lost:
        yield wrong(
            "keys",
            _("Data keys under a master key that is not here: {number}.").format(number=lost),
            _("Bring the master keys back from their copy, or the medium on which they lie."),
        )
    elif not faulty:
        yield well("keys", _("The keys are at hand, and closed to all others."))


def ledger() -> Iterator[Finding]:
    """Look whether what is signed goes on, inside the database and outside it."""
    newest = log.newest_checkpoint()
    if newest is None and not log.newest_notes():
        yield well("ledger", _("Nothing has been signed yet."))
    else:
        yield from _continues(newest.size if newest else 0)
    going = pace()
    waited = _age(going.pending_since)
    if waited > PENDING_LONG:
        yield wrong(
            "ledger",
            _(
                "Leaves that wait for their signature: {number}, the oldest since {minutes} min."
            ).format(number=going.pending, minutes=_minutes(waited)),
            _("See whether a worker lives, and what its log says of the sequencer."),
        )


def _continues(published: int) -> Iterator[Finding]:
    try:
        sequencer.require_continuation()
        kept = history.last_checkpoint(log.checkpoint_file())
        signed = note.open_checkpoint(kept, [log.verifier_key()]).size if kept else 0
    except log.LogBroken as broken:
        yield wrong(
            "ledger",
            _("The log does not go on from what was signed: {fault}").format(fault=broken),
            _("Nothing more is signed until somebody looks: see docs/ledger.md, “LogBroken”."),
        )
        return
    if signed < published:
        yield wrong(
            "ledger",
            _("The file of checkpoints outside the database lacks the newest one."),
            _("Bring ledger/checkpoints back from its copy; yelin ledger verify checks the log."),
        )
    else:
        says = _("Leaves under a signed checkpoint: {number}.").format(number=published)
        yield well("ledger", says)


def worker() -> Iterator[Finding]:
    """Look whether a worker lives."""
    known = jobs.workers()
    living = [each for each in known if each.lives]
    if living:
        yield well(
            "worker", _("Queues served by living workers: {number}.").format(number=len(living))
        )
        return
    says = _("No worker has ever been heard of.")
    if known:
        silent = _minutes(clock.now() - known[0].heard_at)
        says = _("No worker was heard of for {minutes} minutes.").format(minutes=silent)
    yield wrong("worker", says, _("Start one: yelin worker."))


def streams() -> Iterator[Finding]:
    """Look whether the process for long streams answers where people are led to."""
    try:
        reads.require_streams()
    except (OSError, ValueError) as error:
        yield wrong(
            "streams",
            _("Nothing answers at {address}, where long files are had: {reason}").format(
                address=config.streams, reason=_first_line(error)
            ),
            _("Start yelin stream, and let the proxy lead /streams/ to it (YELIN_STREAM_URL)."),
        )
    else:
        yield well("streams", _("Long files are had at {address}.").format(address=config.streams))


def queue() -> Iterator[Finding]:
    """Look whether a job waits for longer than jobs take."""
    waiting = [each for each in jobs.queues() if each.waiting_since]
    late = [each for each in waiting if _age(each.waiting_since) > WAITS_LONG]
    for each in late:
        age = _age(each.waiting_since)
        says = _("Jobs of {task} that wait: {number}, the first since {minutes} min.").format(
            number=each.waiting, task=each.task, minutes=_minutes(age)
        )
        mend = _("See whether the worker lives and what it does; start another one if it is busy.")
        yield wrong("queue", says, mend) if age > STANDS_STILL else watch("queue", says, mend)
    if not late:
        yield well("queue", _("No job waits for long."))


def failed() -> Iterator[Finding]:
    """Look for jobs that were given up."""
    found = [each for each in jobs.queues() if each.failed]
    for each in found:
        yield watch(
            "failed",
            _("Jobs of {task} that failed and were given up: {number}.").format(
                number=each.failed, task=each.task
            ),
            _("Read the worker's log for the reason, mend it, then run yelin retry."),
        )
    if not found:
        yield well("failed", _("No job was given up."))


def terms() -> Iterator[Finding]:
    """Look for lawful terms that have passed."""
    running = reads.terms()
    for each in running:
        if each.overdue:
            yield watch(
                "terms",
                _("Terms that have passed: {number} ({duty})").format(
                    number=each.overdue, duty=_(each.duty.says)
                ),
                _("Ask the bodies that owe it; each lapse is in the ledger."),
            )
    if not any(each.overdue for each in running):
        number = sum(each.running for each in running)
        yield well(
            "terms", _("Running terms, none of which has passed: {number}.").format(number=number)
        )


def keeping() -> Iterator[Finding]:
    """Look whether single deliveries are forgotten once their term of keeping is over."""
    kept_from = deliveries.kept_from()
    if kept_from is None:
        return
    late = Delivery.objects.past(kept_from - SWEPT_WITHIN).count()
    if late:
        yield watch(
            "keeping",
            _("Single deliveries past their term of keeping: {number}.").format(number=late),
            _("See whether the worker lives. A hold on delivery.forget keeps them too: lift it."),
        )
    else:
        says = _("Single deliveries are kept from {day} on, older ones in sum.")
        yield well("keeping", says.format(day=kept_from.isoformat()))


def store() -> Iterator[Finding]:
    """Look whether files are kept, found, read and removed where the settings say."""
    try:
        reads.try_store()
    except OSError as error:
        says = _("The store at {address} does not keep files: {reason}")
        mend = _("See that it is up, that the settings name it, and that its key may do all this.")
        yield wrong("store", says.format(address=reads.store_address(), reason=error), mend)
    else:
        says = _("Files are kept, found, read and removed at {address}.")
        yield well("store", says.format(address=reads.store_address()))


def disk() -> Iterator[Finding]:
    """Look whether this machine has room, and for how long."""
    try:
        reads.try_writing()
    except OSError as error:
        yield wrong(
            "disk",
            _("The folder for work cannot be written to: {reason}").format(reason=error.strerror),
            _("Give the folders below YELIN_HOME to whoever runs Yelin, on a disk with room."),
        )
        return
    held = reads.disk()
    free = _("{percent}% of the disk is free.").format(percent=int(100 * held.free_share))
    mend = _("Give the disk of YELIN_HOME more room.")
    if held.free_share < FREE_LEAST:
        yield wrong("disk", free, mend)
    elif held.free_share < FREE_LOW:
        yield watch("disk", free, mend)
    elif held.days_left is not None and held.days_left < FULL_SOON_DAYS:
        says = _("Filled as in the last 30 days, the disk is full in {days} days.")
        yield watch("disk", says.format(days=held.days_left), mend)
    else:
        yield well("disk", free)


def copies() -> Iterator[Finding]:
    """Look whether every release that is asked for much lies here so as to be answered at once."""
    slow = len(serving.refused())
    if slow:
        says = _(
            "Versions that are answered slowly, since memory is too little to sort them: {number}."
        )
        mend = _("Give YELIN_ENGINE_MEMORY_MB more: the worker sorts them when they are asked for.")
        yield watch("copies", says.format(number=slow), mend)
    else:
        yield well("copies", _("No version is too long to be sorted for quick answers."))


def certificate() -> Iterator[Finding]:
    """Look when the certificate of the site ends."""
    try:
        ends = reads.certificate_ends()
    except (OSError, ValueError):
        mend = _("YELIN_TLS_CERTIFICATE names a file with certificates in PEM.")
        yield wrong("certificate", _("The certificate cannot be read."), mend)
        return
    if ends is None:
        if settings.SESSION_COOKIE_SECURE:
            mend = _("Let YELIN_TLS_CERTIFICATE name the proxy's certificate.")
            yield watch("certificate", _("Nobody watches when the certificate ends."), mend)
        return
    left = ends - clock.now()
    says = _("The certificate ends on {day}.").format(day=clock.day_of(ends).isoformat())
    mend = _("Renew it and load it into the proxy.")
    if left < CERTIFICATE_LATE:
        yield wrong("certificate", says, mend)
    elif left < CERTIFICATE_SOON:
        yield watch("certificate", says, mend)
    else:
        yield well("certificate", says)


def releases() -> Iterator[Finding]:
    """Look whether a few releases, other ones each time, are as they were published."""
    rows = Release.objects.select_related("entry", "sealed_by", "upload__sealed_by")
    living = rows.filter(sealed_by__destroyed_at=None).order_by("?")[:SAMPLED]
    faults = [fault for release in living for fault in warehouse.faults_of(release)]
    for fault in faults:
        mend = _("Bring the file back from the backup of the store; yelin releases checks all.")
        yield wrong("releases", fault, mend)
    if not faults:
        says = _("Versions drawn by lot, all of them as they were published: {number}.")
        yield well("releases", says.format(number=len(living)))


def watching() -> Iterator[Finding]:
    """Look whether somebody can watch from outside, and what is logged."""
    address = figures.address()
    if address:
        says = _("Lines are logged from level {level} on; figures are told at {address}.")
        yield well("watching", says.format(level=config.log_level, address=address))
    elif settings.SESSION_COOKIE_SECURE:
        mend = _("Let YELIN_METRICS_PORT name a port for figures, and have Prometheus ask there.")
        yield watch("watching", _("Nobody can watch this installation from outside."), mend)
    else:
        says = _("Lines are logged from level {level} on; no figures are told.")
        yield well("watching", says.format(level=config.log_level))


NEED_NO_DATABASE = (pack, certificate, watching)
QUICK = (
    database,
    migrations,
    clocks,
    pack,
    calendar,
    keys,
    ledger,
    worker,
    streams,
    queue,
    failed,
    terms,
    keeping,
    store,
    disk,
    copies,
    certificate,
    watching,
)
"""What costs next to nothing, in the order in which one thing rests on another."""

THOROUGH = (*QUICK, releases)


def examine(*checks: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """Run ``checks``; without the database, those that need it are left out."""
    found: list[Finding] = []
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        mend = _("See that PostgreSQL runs, and that DATABASE_URL is right.")
        says = _("The database does not answer: {reason}").format(reason=_first_line(error))
        found.append(wrong("database", says, mend))
        checks = tuple(each for each in checks if each in NEED_NO_DATABASE)
    for check in checks:
        try:
            found += check()
        except (DatabaseError, PackFault) as error:
            says = _("This could not be looked at: {reason}").format(reason=_first_line(error))
            mend = _("Mend what is named before it, then ask again.")
            found.append(wrong(check.__name__, says, mend))
    return found


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _age(since: datetime | None) -> timedelta:
    return clock.now() - since if since else timedelta()


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
