"""A whole installation in a home of its own: what every proof and every benchmark stands on.

Importing this module founds the home, starts its database and loads Django; so a process has one
house in its life, and what imports this first may then import any room. The database is an embedded
one, unless ``PROVE_DATABASE_URL`` names another, which must be empty. With ``PROVE_JOINS`` set the
process joins the house that its environment names; with ``PROVE_HOME`` it founds one there, which
stays, or enters the one that it founded before.
"""

import atexit
import contextlib
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import django
from stdnum.cn import uscc

from prove.part import run
from yelin import postgres

PATIENCE_SECONDS = 60.0
DIVISION = "460000"
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(["prove.nursery"])


def free_port() -> int:
    """Return a port of loopback on which nobody listens yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _found() -> Path:
    if os.environ.get("PROVE_JOINS"):
        django.setup()
        return Path(os.environ["YELIN_HOME"])
    if kept := os.environ.get("PROVE_HOME"):
        home = Path(kept).resolve()
        home.mkdir(parents=True, exist_ok=True)
    else:
        home = Path(tempfile.mkdtemp(prefix="yelin-"))
        # Registered before the database's own end, so it runs after it.
        atexit.register(shutil.rmtree, home, ignore_errors=True)
    given = os.environ.get("PROVE_DATABASE_URL")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "yelin.settings",
        "YELIN_HOME": str(home),
        "PORT": str(free_port()),
        "YELIN_STREAM_PORT": str(free_port()),
        "YELIN_IN_DEMO": "" if given else str(os.getpid()),
        # What stands elsewhere is on loopback, too.
        "YELIN_OUTBOUND_NETWORKS": '["127.0.0.1/32"]',
        "DATABASE_URL": given or postgres.start(home / "postgres"),
    }
    django.setup()
    return home


HOME = _found()

from django.core.management import call_command  # noqa: E402 - after the founding, see above
from django.db import connections  # noqa: E402
from typer.testing import CliRunner, Result  # noqa: E402

from yelin.acts import outbound, parties  # noqa: E402
from yelin.catalog import acts as catalog  # noqa: E402
from yelin.catalog.content import EntryContent, ItemContent  # noqa: E402
from yelin.catalog.models import Entry  # noqa: E402
from yelin.cli import app, commands  # noqa: E402
from yelin.config import config  # noqa: E402
from yelin.law import clock  # noqa: E402
from yelin.ledger import log  # noqa: E402
from yelin.parties.actor import Actor  # noqa: E402
from yelin.parties.models import Body, Person, Seat, Token  # noqa: E402
from yelin.parties.rules import read_credit_code  # noqa: E402

assert commands.groups  # the commands register themselves with the app when imported


# Where the parts that answer are asked whether they do.
DOORS = {
    "serve": lambda: f"{config.url}/readyz",
    "stream": lambda: f"{config.streams}/streams/readyz",
}


@dataclass(slots=True, eq=False)
class Part:
    """One of the house's processes: ``serve``, ``worker``, ``stream``, or ``serve 2`` beside it."""

    house: "House"
    name: str
    process: BaseProcess | None = None

    def start(self) -> None:
        """Start it, in a process group of its own, so that a kill leaves no child behind."""
        log = str(self.house.home / f"{self.name}.log")
        self.process = NURSERY.Process(target=run, args=(self.name, log))
        self.process.start()

    @property
    def runs(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.is_alive()

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self.process is not None, f"{self.name} was never started"
        assert self.process.pid is not None
        return self.process.pid

    def kill(self) -> None:
        """End it and its children without a word, as a power cut would."""
        if self.process is not None:
            for end in (os.killpg, os.kill):
                # It may not lead its group yet, or be gone with it.
                with contextlib.suppress(ProcessLookupError):
                    end(self.pid, signal.SIGKILL)
            self.process.join()

    def words(self) -> str:
        """Return what it wrote so far."""
        return (self.house.home / f"{self.name}.log").read_text(errors="replace")


@dataclass(slots=True, eq=False)
class House:
    """An installation: its home, its address, its processes. Django of this process is its too."""

    home: Path
    port: int
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it answers once ``serve`` runs."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *names: str) -> None:
        """Start parts that do not run, and wait for the answers of those that answer."""
        for name in names:
            part = self.parts.setdefault(name, Part(self, name))
            if not part.runs:
                part.start()
        for name in names:
            if name in DOORS:
                self.await_answer(name)

    def stop(self, *names: str) -> None:
        """Kill parts, where they run."""
        for name in names:
            if part := self.parts.get(name):
                part.kill()

    def await_answer(self, name: str = "serve") -> None:
        """Wait until a part answers."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.answers(name):
            assert time.monotonic() < deadline, f"{name} answers not: {self.parts[name].words()}"
            time.sleep(0.1)

    def answers(self, name: str = "serve") -> bool:
        """Whether a part answers now."""
        try:
            with urllib.request.urlopen(DOORS[name](), timeout=5):  # noqa: S310 - our own address
                return True
        except (OSError, urllib.error.URLError):
            return False

    def run(self, *words: str) -> Result:
        """Run a command of ``yelin`` to its end: itself, but in this process, for speed."""
        return CliRunner().invoke(app, words, catch_exceptions=False)

    def require(self, *words: str) -> str:
        """Run a command of ``yelin`` that must succeed, and return what it says."""
        done = self.run(*words)
        assert done.exit_code == 0, f"yelin {' '.join(words)} failed:\n{done.stderr}"
        return done.stdout.strip()

    def from_outside(self, *more: str) -> tuple[str, ...]:
        """Return the command by which a stranger verifies the log, by its key alone."""
        return ("ledger", "verify", "--url", self.url, "--key", str(log.verifier_key()), *more)

    def require_whole(self) -> list[str]:
        """Run ``yelin ledger verify`` and ``yelin releases``; return what they say."""
        return [self.require("ledger", "verify"), self.require("releases")]


@contextmanager
def standing() -> Iterator[House]:
    """Bring the house's database to shape, and end its processes after the block."""
    call_command("migrate", verbosity=0, interactive=False)
    house = House(HOME, int(os.environ["PORT"]))
    try:
        yield house
    except BaseException:
        for part in house.parts.values():
            print(f"--- the last words of {part.name}:\n{part.words()[-3000:]}", file=sys.stderr)
        raise
    finally:
        for part in house.parts.values():
            part.kill()
        connections.close_all()


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in a house: the body that confirms with its officers, departments with stewards."""

    agency: Body
    officers: list[Seat]
    departments: list[Body]
    stewards: list[list[Seat]]

    def seats(self) -> list[Seat]:
        """Return every seat."""
        return [*self.officers, *(seat for seats in self.stewards for seat in seats)]


def appoint(*, departments: int, stewards: int, officers: int) -> Cast:
    """Found the bodies and appoint the people, by the same acts as any operator.

    Whoever is appointed after others has bodies and people of its own, under the same agency.
    """
    operator = Actor.system("operator")

    def found(number: int, kind: str, name: str) -> Body:
        body = Body(
            kind=kind,
            name=name,
            short_name=name,
            division=DIVISION,
            credit_code=_credit_code(number),
        )
        return parties.found(actor=operator, body=body)

    def seat(body: Body, role: str, name: str) -> Seat:
        person = parties.enrol(
            actor=operator, person=Person(name=name), username=name, password=f"proof of {name}"
        )
        return parties.appoint(actor=operator, body=body, person=person, role=role)

    agency = Body.objects.filter(kind="agency").first() or found(0, "agency", "省大数据管理局")
    first = Body.objects.count()
    bodies = [found(n, "department", f"省第{n}厅") for n in range(first, first + departments)]
    return Cast(
        agency,
        [seat(agency, "officer", f"officer-{first}-{n}") for n in range(officers)],
        bodies,
        [
            [seat(body, "steward", f"steward-{n}-{m}") for m in range(stewards)]
            for n, body in enumerate(bodies, first)
        ],
    )


def let_out(cast: Cast, body: Body, port: int, purpose: str = "harvest") -> None:
    """Open a way out to a port of loopback: an officer asks, the agency allows."""
    operator, name = Actor.system("operator"), f"officer-out-{port}"
    person = parties.enrol(
        actor=operator, person=Person(name=name), username=name, password=f"proof of {name}"
    )
    seat = parties.appoint(actor=operator, body=body, person=person, role="officer")
    rule = outbound.ask_host(
        actor=actor_of(seat),
        body=body,
        host="127.0.0.1",
        port=port,
        purpose=purpose,
        until=clock.today(),
    )
    outbound.allow_host(actor=actor_of(cast.officers[0]), rule=rule)


def _credit_code(place: int) -> str:
    """Return the valid code in this place of all that there are."""
    # The organization code inside has a check of its own: one of eleven fits.
    begun = (f"11460000MB{number:06d}{check}" for number in count() for check in "0123456789")
    codes = (code + uscc.calc_check_digit(code) for code in begun)
    valid = (code for code in codes if read_credit_code(code, ()).may_be_used)
    return next(islice(valid, place, None))


def token_of(seat: Seat) -> str:
    """Issue a token to the seat, by its own act, and return its secret."""
    secret = Token.fresh()
    actor = actor_of(seat).proved(clock.now())
    parties.issue_token(actor=actor, holder=seat, label="proof", secret=secret)
    return secret


def actor_of(seat: Seat) -> Actor:
    """Return the actor in a seat."""
    return Actor.of(seat)


def content_of(title: str, **over: Any) -> EntryContent:
    """Return what a complete entry says, its table described by three items."""
    fields: dict[str, Any] = {
        "state_secret": False,
        "title": title,
        "summary": "各港口历年货物吞吐量，单位万吨。",
        "classification": "307010001",
        "formats": ("csv",),
        "sharing_requirements": ("work_reference",),
        "opening_type": "unconditional",
        "update_cycle": "monthly",
        "collection_basis": "《中华人民共和国统计法》",
        "themes": ("transport",),
        "keywords": ("港口", "吞吐量"),
        "division": DIVISION,
        "contact_office": "统计处",
        "licence": "hainan-open",
        "items": (
            ItemContent(name="序号", type="I", nullable=False, key=True),
            ItemContent(name="吞吐量", type="N", unit="万吨"),
            ItemContent(name="代码", type="C"),
        ),
    }
    return EntryContent(**fields | over)


def confirmed(cast: Cast, content: EntryContent) -> Entry:
    """Return an entry of the first department that says so, drafted, submitted and confirmed."""
    steward, officer = actor_of(cast.stewards[0][0]), actor_of(cast.officers[0])
    entry: Entry = catalog.draft(actor=steward, provider=cast.departments[0], content=content)
    entry = catalog.register(actor=steward, entry=entry)
    entry = catalog.submit(actor=steward, entry=entry)
    return catalog.confirm(actor=officer, entry=entry)
