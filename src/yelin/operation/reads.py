"""Figures of the installation: terms that run, bytes that lie, the end of the certificate."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from tempfile import TemporaryFile
from urllib.request import urlopen

from cryptography import x509
from django.db import connection
from django.db.models import Count, Min, Q

from yelin.config import config
from yelin.files.shelf import private
from yelin.files.store import store
from yelin.law import calendar, clock, duties
from yelin.law.duties import Duty
from yelin.law.models import Clock
from yelin.warehouse.models import SEALED

# Working days before its last one within which a term is near its end.
NEAR_DAYS = 2
GROWTH_DAYS = 30
FOLDERS = ("uploads", "releases")
STREAMS_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one duty that run and do not stand still."""

    duty: Duty
    running: int
    near: int
    overdue: int
    first: date


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the store: its bytes, how many of them lie sealed, how many came lately."""

    name: str
    files: int
    size: int
    sealed: int
    grown: int


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk of this machine; ``days_left`` is when it is full if it fills as it did lately.

    Without ``folders`` nobody knows what lies in the store.
    """

    size: int
    free: int
    folders: tuple[Folder, ...]
    grown: int
    database: int

    @property
    def used(self) -> int:
        """How many bytes of the disk are taken."""
        return self.size - self.free

    @property
    def free_share(self) -> float:
        """How much of the disk is free, from 0 to 1."""
        return self.free / self.size

    @property
    def days_left(self) -> int | None:
        """In how many days the disk is full; nothing where nothing was added lately."""
        return None if not self.grown else self.free * GROWTH_DAYS // self.grown


def terms() -> list[Terms]:
    """Return the running terms, duty by duty, in one query; what is overdue stands first."""
    today = clock.today()
    soon = calendar.add_working_days(today, NEAR_DAYS)
    rows = (
        Clock.objects.counting()
        .values("duty")
        .annotate(
            running=Count("pk"),
            near=Count("pk", filter=Q(due__range=(today, soon))),
            overdue=Count("pk", filter=Q(due__lt=today)),
            first=Min("due"),
        )
        .order_by("-overdue", "-near", "duty")
        .values_list("duty", "running", "near", "overdue", "first")
    )
    return [Terms(duties.by_name(name), *figures) for name, *figures in rows]


def disk() -> Disk:
    """Return what lies in the store, on the disk and in the database."""
    since = clock.now() - timedelta(days=GROWTH_DAYS)
    folders: tuple[Folder, ...] = ()
    # A store that does not answer is told of by its own check.
    with suppress(OSError):
        folders = tuple(_folder(name, since) for name in FOLDERS)
    usage = shutil.disk_usage(config.work)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        database = cursor.fetchone()[0]
    return Disk(
        size=usage.total,
        free=usage.free,
        folders=folders,
        # What lies elsewhere fills no disk of ours.
        grown=0 if store().is_far else sum(folder.grown for folder in folders),
        database=database,
    )


def _folder(name: str, since: datetime) -> Folder:
    files = size = sealed = grown = 0
    for key, weight, at in store().weights(name):
        files, size = files + 1, size + weight
        sealed += weight if key.endswith(SEALED) else 0
        grown += weight if at > since else 0
    return Folder(name, files, size, sealed, grown)


def store_address() -> str:
    """Return where files lie: a folder or a bucket."""
    return config.store or str(config.root / "store")


def try_store() -> None:
    """Keep a small file, find, read and remove it. Raises ``OSError``."""
    store().probe()


def try_writing() -> None:
    """Write to the folder of files on their way. Raises ``OSError``."""
    with TemporaryFile(dir=private(config.work / "scratch")) as file:
        file.write(b"?")


def require_streams() -> None:
    """Ask the process for long streams whether it is up, as people reach it. Raises ``OSError``."""
    with urlopen(f"{config.streams}/streams/healthz", timeout=STREAMS_SECONDS) as answer:  # noqa: S310 - an address of ours
        answer.read()


def certificate_ends() -> datetime | None:
    """Return the end of the first certificate to end in the file that the settings name.

    Nothing where they name none. Raises ``OSError`` or ``ValueError`` for one that cannot be read.
    """
    if config.tls_certificate is None:
        return None
    chain = x509.load_pem_x509_certificates(config.tls_certificate.read_bytes())
    return min(certificate.not_valid_after_utc for certificate in chain)
