"""Sources for tests, named by the same acts as any user's."""

from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor, make_body

from yelin.harvesting import acts, tasks
from yelin.harvesting.content import SourceContent
from yelin.harvesting.models import Run, Source


def make_source(site, body=None, pattern=None, **over) -> Source:
    body = body or make_body()
    make_rule(body, host="127.0.0.1", port=site.port, purpose="harvest")
    said = {"title": "港口数据目录", "kind": "ckan", "address": site.address} | over
    content = SourceContent(**said)
    return acts.add(actor=make_actor(body), body=body, content=content, pattern=pattern)


def read(source) -> Run:
    """Read a source, as its job does."""
    source.refresh_from_db()
    acts.read(actor=make_actor(source.body), source=source)
    run = source.runs.first()
    tasks.read(run.pk)
    run.refresh_from_db()
    return run
