"""Assistants by the protocol's own client, against a running site: the gate, pace and counting."""

import json

import anyio
import pytest
from mcp import Client as Assistant
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client
from tests.catalog.makers import make_entry
from tests.delivery.makers import make_closed, make_taker
from tests.parties.makers import make_seat, make_token
from tests.warehouse.makers import make_release
from tests.web.makers import sign_in

from yelin.api.mcp import tools
from yelin.api.mcp.door import STATELESS, instructions
from yelin.config import config
from yelin.delivery.models import Delivery, Tally
from yelin.gate import Obligations
from yelin.parties.models import Person, Token

pytestmark = pytest.mark.django_db(transaction=True)

REVISIONS = {"auto": STATELESS, "legacy": "2025-11-25"}


def asks(site, *calls, token="", mode="auto"):
    """Return what a real assistant's client is told of these calls, one after the other."""

    async def ask():
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with create_mcp_http_client(headers=headers) as http:
            way = streamable_http_client(f"{site}/mcp", http_client=http)
            async with Assistant(way, mode=mode) as client:
                assert client.protocol_version == REVISIONS[mode]
                assert client.instructions == instructions()
                offered = {tool.name: tool for tool in (await client.list_tools()).tools}
                answers = [await client.call_tool(name, given) for name, given in calls]
                return offered, answers

    return anyio.run(ask)


def about(sql, entry):
    return sql.format(f'"{entry.code}"')


def told(answer):
    assert not answer.is_error, answer.content
    (text,) = answer.content
    assert json.loads(text.text) == answer.structured_content
    return answer.structured_content


def refused(answer):
    assert answer.is_error
    return answer.structured_content


def post(client, sent, **headers):
    return client.post("/mcp", sent, content_type="application/json", headers=headers)


def call(name, **given):
    return {
        "jsonrpc": "2.0",
        "id": 7,
        "method": "tools/call",
        "params": {"name": name, "arguments": given},
    }


@pytest.mark.long
@pytest.mark.parametrize("mode", REVISIONS)
def test_an_assistant_finds_describes_and_asks(live_server, mode):
    entry = make_release(make_entry(title="沿海主要港口货物吞吐量")).entry
    offered, answers = asks(
        live_server.url,
        ("search_catalog", {"q": "港口", "opening": ["unconditional"]}),
        ("describe_resource", {"resource": entry.code}),
        (
            "query_rows",
            {"resource": entry.slug, "filters": {"年份": {"gte": 2013}}, "sort": ["-年份"]},
        ),
        ("query_rows", {"resource": entry.code, "aggregate": ["count", "max:年份"]}),
        ("run_sql", {"sql": about("SELECT 代码 FROM {} ORDER BY 1 LIMIT 1", entry)}),
        mode=mode,
    )
    assert set(offered) == set(tools.TOOLS)
    assert all(tool.annotations.read_only_hint for tool in offered.values())
    found, described, rows, totals, selected = map(told, answers)
    assert [each["code"] for each in found["items"]] == [entry.code]
    assert [each["name"] for each in described["items"]] == ["年份", "海口港", "代码"]
    assert described["licence"] == entry.licence
    assert [each["代码"] for each in rows["items"]] == ["009", "008"]
    assert (rows["total"], rows["release"]) == (2, 1)
    assert list(totals["items"][0].values()) == [3, 2014]
    assert selected["items"] == [{"代码": "007"}]
    assert selected["sources"][0]["resource"] == entry.code
    assert all(each["notice"] == tools.NOTICE for each in (found, described, rows, selected))
    # Counted as REST counts them: what reads metadata is not, each answer of data is.
    assert sum(tally.queries for tally in Tally.objects.all()) == 3


def test_an_assistant_has_what_the_owner_of_its_token_may_and_it_is_counted_by_name(live_server):
    entry = make_closed()
    taker, grant = make_taker(entry, bears=Obligations(watermark=True, rate_per_hour=2))
    rows = ("query_rows", {"resource": entry.code})
    sql = ("run_sql", {"sql": about("SELECT * FROM {}", entry)})
    _, without = asks(live_server.url, rows, sql)
    for answer in map(refused, without):
        assert (answer["status"], bool(answer["basis"]["provision"])) == (403, True)
    assert not Delivery.objects.exists()
    token = make_token(person=Person.objects.get(pk=taker.person_id), only_reads=True)
    _, (first, second, third) = asks(live_server.url, rows, sql, rows, token=token)
    said = told(first)
    assert said["watermark"] == f"yelin:grant:{grant.pk}"
    assert said["left"]["answers"] == 1
    assert {str(each.pk) for each in Delivery.objects.all()} == {
        said["receipt"].split("/")[-2],
        told(second)["sources"][0]["receipt"].split("/")[-2],
    }
    assert refused(third)["status"] == 429
    assert Token.objects.get().used_on


def test_the_limit_of_open_data_holds_for_assistants(live_server, monkeypatch):
    entry = make_release().entry
    monkeypatch.setitem(vars(config), "fair_use_per_hour", 1)
    rows = ("query_rows", {"resource": entry.code})
    _, (first, second) = asks(live_server.url, rows, rows)
    assert told(first)["left"]["answers"] == 0
    assert refused(second)["status"] == 429


def test_a_cookie_is_nobody_here(client):
    entry = make_closed()
    seat = make_seat(entry.provider, "steward")
    sign_in(client, seat)
    rows = call("query_rows", resource=entry.code)
    assert client.get(f"/api/v1/resources/{entry.slug}/rows").status_code == 200
    answer = post(client, rows).json()["result"]
    assert (answer["isError"], answer["structuredContent"]["status"]) == (True, 403)
    token = make_token(seat)
    assert not post(client, rows, Authorization=f"Bearer {token}").json()["result"]["isError"]


def test_a_token_that_is_not_known_is_no_stranger(client):
    entry = make_release().entry
    answer = post(client, call("query_rows", resource=entry.code), Authorization="Bearer yln_no")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["error"]["code"] == -32000
    assert not Tally.objects.exists()


def test_what_is_hidden_is_as_missing_as_what_never_was(client):
    hidden = make_entry(
        sharing_type="none", opening_type="none", sharing_basis="某法", state="draft"
    )
    for name, given in (
        ("describe_resource", {"resource": "{}"}),
        ("query_rows", {"resource": "{}"}),
        ("run_sql", {"sql": 'SELECT * FROM "{}"'}),
    ):
        said = []
        for code in (str(hidden.pk), "307010001/999999"):
            sent = {key: value.format(code) for key, value in given.items()}
            answer = post(client, call(name, **sent)).json()["result"]["structuredContent"]
            answer.pop("request_id")
            said.append(json.dumps(answer, ensure_ascii=False).replace(code, ""))
        assert said[0] == said[1]


def test_what_an_assistant_gets_wrong_it_is_told_to_mend(client):
    entry = make_release().entry
    for given, place in (
        ({}, "resource"),
        ({"resource": entry.code, "page_size": 5000}, "page_size"),
        ({"resource": entry.code, "colums": ["年份"]}, "colums"),
        ({"resource": "3\x00"}, ""),
    ):
        told = post(client, call("query_rows", **given)).json()["result"]
        assert told["isError"]
        assert told["structuredContent"]["status"] == 422
        assert [fault["place"] for fault in told["structuredContent"]["faults"]] == [place]
    told = post(client, call("query_rows", resource=entry.code, columns=["无"])).json()["result"]
    assert told["structuredContent"]["status"] == 400
    assert "无" in told["structuredContent"]["detail"]


@pytest.mark.long
def test_an_answer_is_cut_to_what_can_be_read_and_says_so(client, monkeypatch):
    monkeypatch.setattr(tools, "MOST_SIGNS", 700)
    rows = "".join(f"{1850 + n},{n}.5,{n:03}\n" for n in range(150))
    entry = make_release(make_entry(), f"年份,海口港,代码\n{rows}").entry
    for sent in (
        call("query_rows", resource=entry.code, page_size=100),
        call("run_sql", sql=about("SELECT * FROM {}", entry)),
    ):
        answer = post(client, sent)
        said = answer.json()["result"]["structuredContent"]
        assert 0 < len(said["items"]) < 30
        assert f"the first {len(said['items'])} of" in said["cut"]
        assert "cursor" not in said


def modern(method, version=STATELESS, **params):
    meta = {
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    sent = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"_meta": meta, **params}}
    return sent, {"MCP-Protocol-Version": version, "Mcp-Method": method}


def test_messages_that_are_none_are_told_by_code_and_status(client):
    discover, headers = modern("server/discover")
    future, in_future = modern("server/discover", "2030-01-01")
    unknown, at_unknown = modern("prompts/list")
    named, for_named = modern("tools/call", name="run_sql")
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    for sent, more, status, code in (
        ("{", {}, 400, -32700),
        ("[" * 100_000, {}, 400, -32700),
        ([ping], {}, 400, -32600),
        (ping | {"id": None}, {}, 400, -32600),
        (ping | {"params": []}, {}, 400, -32600),
        (ping | {"method": "prompts/list"}, {}, 200, -32601),
        (ping, {"Origin": "https://elsewhere.example"}, 403, -32600),
        (ping, {"MCP-Protocol-Version": "2030-01-01"}, 400, -32602),
        (discover, {}, 400, -32020),
        (discover, headers | {"Mcp-Method": "tools/list"}, 400, -32020),
        (future, in_future, 400, -32022),
        (unknown, at_unknown, 404, -32601),
        (named, for_named | {"Mcp-Name": "query_rows"}, 400, -32020),
        (call("drop_table"), {}, 400, -32602),
    ):
        answer = post(client, sent, **more)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), sent
    answer = post(client, ping, Origin=config.url)
    assert answer.json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert post(client, note).status_code == 202
    assert client.get("/mcp").status_code == 405
    encoded = {"Mcp-Name": "=?base64?c2VhcmNoX2NhdGFsb2c=?="}
    sent, headers = modern("tools/call", name="search_catalog")
    assert post(client, sent, **headers, **encoded).json()["result"]["resultType"] == "complete"
