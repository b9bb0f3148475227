"""Places to fetch from, named by the same acts as any user's."""

from tests.catalog.makers import make_entry
from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor
from tests.pulling.servers import AUTHORITY, SECRET

from yelin.outbound.models import Purpose
from yelin.pulling import acts, tasks
from yelin.pulling.content import PullContent
from yelin.pulling.models import Pull, Run

CERTIFICATE = AUTHORITY.cert_pem.bytes().decode()
WHERE = {
    "postgresql": {"database": "postgres", "relation": "public.港口", "encrypted": False},
    "mysql": {"database": "交通", "relation": "港口", "authority": CERTIFICATE},
}


def content_of(kind, port, **over) -> PullContent:
    said = {"kind": kind, "host": "127.0.0.1", "port": port, "user": "reader", "rhythm": "daily"}
    return PullContent(**said | WHERE.get(kind, {}) | over)


def make_pull(content, entry=None, secret=SECRET, *, led=True) -> Pull:
    entry = entry or make_entry(state="registered")
    if led:
        there = content.there
        make_rule(entry.provider, host=there.host, port=there.port, purpose=Purpose.PULL)
    return acts.add(actor=make_actor(entry.provider), entry=entry, content=content, secret=secret)


def _run(pull, act) -> Run:
    pull.refresh_from_db()
    act(actor=make_actor(pull.entry.provider), pull=pull)
    run = pull.runs.first()
    tasks.perform(run.pk)
    run.refresh_from_db()
    return run


def fetch(pull) -> Run:
    """Fetch now, as the job does."""
    return _run(pull, acts.fetch)


def try_out(pull) -> Run:
    """Try the connection, as the job does."""
    return _run(pull, acts.try_out)
