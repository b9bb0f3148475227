"""What this machine and this installation are: database, clock, keys, store, disk, certificate."""

from collections.abc import Iterator
from datetime import timedelta
from os import R_OK, access

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from yelin.config import config
from yelin.keys.models import DataKey
from yelin.keys.models import known as master_keys
from yelin.law import clock
from yelin.operation import figures, reads
from yelin.operation.findings import Finding, watch, well, wrong

OLDEST_POSTGRES = 15


SKEW_SECONDS = 2


CERTIFICATE_SOON = timedelta(days=30)


CERTIFICATE_LATE = timedelta(days=7)


FREE_LOW = 0.15


FREE_LEAST = 0.05


FULL_SOON_DAYS = 30


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
