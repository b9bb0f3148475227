"""On Debian's PostgreSQL 15, in a cluster of its own, the whole way is gone as on the embedded one.

Where ``/usr/lib/postgresql/15`` is not installed nothing is shown, and this says so.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BIN = Path("/usr/lib/postgresql/15/bin")
OWNER = "postgres"


def is_possible() -> bool:
    """Whether Debian's PostgreSQL 15 is installed."""
    return (BIN / "initdb").exists()


def main(scale: float = 1.0) -> None:
    """Make a cluster, and go the whole way on it in a process of its own."""
    if not is_possible():
        print("SKIPPED: this needs the Debian package postgresql-15")
        return
    with _cluster() as url:
        command = [sys.executable, "-m", "prove", f"whole_way={scale!r}"]
        environment = os.environ | {"PROVE_DATABASE_URL": url}
        done = subprocess.run(command, env=environment, check=False)
        assert done.returncode == 0, "the whole way is not gone on PostgreSQL 15"


@contextmanager
def _cluster() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="yelin-pg15-"))
    # PostgreSQL does not run as root; Debian's package brings a user for it.
    owner = OWNER if os.geteuid() == 0 else None
    if owner:
        entry = pwd.getpwnam(owner)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    data = folder / "data"

    def run(*words: str | Path) -> None:
        subprocess.run(words, check=True, user=owner, cwd=folder, stdout=subprocess.DEVNULL)

    try:
        run(BIN / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        run(BIN / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            run(BIN / "createdb", "-h", folder, "-U", OWNER, "yelin")
            version = subprocess.check_output([BIN / "postgres", "--version"], text=True)
            print(version.strip(), flush=True)
            yield f"postgresql://{OWNER}@/yelin?host={folder}"
        finally:
            run(BIN / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
