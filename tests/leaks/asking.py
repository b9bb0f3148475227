"""How a door is asked, and what is read of its answer: whom it betrays, and what else moves."""

import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, unquote

from django.db import connection
from django.test import Client
from tests.leaks.world import FIRST, MARKS, Marked, World

_MARKED = re.compile(
    "|".join(
        text.replace(".", r"\.").replace("{}", rf"(?P<{family}>\d{{5}})")
        for family, (text, _needs) in MARKS.items()
    )
)
_ID = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[1-9S]\d{5,8}[-/]\d{6}")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
TOOLS = "/mcp?"
NUMBERED = {"X-Request-ID": "0" * 32}
_SIGNS = "/?&=:,"
# What differs from answer to answer whatever is asked.
_PASSING = re.compile(
    r'name="(?:csrfmiddlewaretoken|run)" value="[^"]+"|(?<=</id>)<updated>[^<]+</updated></feed>'
)


@dataclass(frozen=True)
class Answer:
    """What a door answered, and in how many questions to the database."""

    status: int
    headers: Mapping[str, str]
    text: str
    queries: int


def ask(world: World, who: str, asked: str, thing: Marked | None = None) -> Answer:
    """Ask for a list, or for ``thing``; by which names it was asked for stands in no answer."""
    names = thing.names() if thing else {"provider": world.provider.credit_code}
    said = [names[name] for name in re.findall(r"\{(\w+)\}", asked)] if thing else []
    address = quote(re.sub(r"\{(\w+)\}", lambda found: names[found[1]], asked), safe=_SIGNS)
    with _counted() as queries:
        if asked.startswith(TOOLS):
            answer = _by_tool(world, who, unquote(address.removeprefix(TOOLS)))
        else:
            answer = world.clients[who].get(address, headers=NUMBERED)
        blob = b"".join(answer.streaming_content) if answer.streaming else answer.content
    # The moment passes; the tag of what a search finds holds also what was searched for.
    passing = {"Expires"} | ({"ETag"} if thing else set())
    headers = {name: unquote(value) for name, value in answer.items() if name not in passing}
    text = _PASSING.sub("", _read(blob))
    for name in said:
        text = text.replace(name, "")
        headers = {header: value.replace(name, "") for header, value in headers.items()}
    return Answer(_status(asked, answer.status_code, blob), headers, text, len(queries))


def _by_tool(world: World, who: str, said: str):
    """Ask as an assistant does: a tool by its name and what it takes, with the asker's token."""
    name, _, arguments = said.partition("=")
    sent = {"name": name, "arguments": json.loads(arguments)}
    token = world.tokens.get(who)
    return Client().post(
        "/mcp",
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": sent},
        content_type="application/json",
        headers=NUMBERED | ({"Authorization": f"Bearer {token}"} if token else {}),
    )


def _status(asked: str, status: int, blob: bytes) -> int:
    """Return what an answer came to; a tool's says it within."""
    if not asked.startswith(TOOLS):
        return status
    told = json.loads(blob)["result"]
    return told["structuredContent"]["status"] if told["isError"] else status


@contextmanager
def _counted():
    queries = []

    def count(execute, sql, *rest):
        queries.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        yield queries


def _read(blob: bytes) -> str:
    """Return what a reader finds in an answer, however it is written there."""
    if blob.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            blob = b"\n".join(archive.read(name) for name in archive.namelist())
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), blob.decode("utf-8", "replace"))
    return unquote(unquote(text))


def met(world: World, answer: Answer) -> dict[tuple[str, str], set[int]]:
    """Return of which things an answer holds which marks: by mark and by what these take."""
    found = defaultdict(set)
    text = f"{answer.text}\n{answer.headers.get('Location')}"
    for hit in _MARKED.finditer(text):
        found[hit.lastgroup].add(int(hit[hit.lastgroup]) - FIRST)
    for hit in _ID.findall(text):
        if hit in world.ids:
            name, n = world.ids[hit]
            found[name].add(n)
    return dict(found)
