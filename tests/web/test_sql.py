"""The console: a statement by form, its answer as a table or a file, faults at their place."""

import threading
import time
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from tests.delivery.makers import make_closed
from tests.gate.makers import make_grant
from tests.parties.makers import make_person
from tests.warehouse.makers import make_release
from tests.web.makers import BACKEND, text_of

from yelin.delivery.models import Tally

ENDLESS = (
    "WITH RECURSIVE r AS (SELECT 1 AS i FROM {} UNION ALL SELECT i + 1 FROM r)"
    " SELECT count(*) FROM r"
)


def send(client, sql, entry=None, **more):
    text = sql.format(f'"{entry.code}"') if entry else sql
    return client.post("/sql/?lang=en", {"sql": text, **more})


@pytest.mark.django_db
def test_a_statement_is_answered_as_a_table_or_a_file_and_a_fault_at_its_place(client: Client):
    entry = make_release().entry
    page = client.get(f"/sql/?lang=en&table={entry.slug}")
    assert f'FROM "{entry.code}"' in page.context["sql"]
    (table,) = page.context["tables"]
    assert [item.name for item in table.items] == ["年份", "海口港", "代码"]
    answer = send(client, "SELECT 年份, 代码 FROM {} ORDER BY 1 DESC", entry)
    assert "3 rows" in text_of(answer)
    assert "2014" in text_of(answer)
    file = send(client, "SELECT 代码 FROM {} WHERE 年份 = 2012", entry, format="csv")
    assert file.content.decode() == "代码\n007\n"
    wrong = send(client, "SELECT 代码,\n  read_text('x') AS y FROM {}", entry)
    assert wrong.status_code == 422
    assert "<mark>read_text</mark>" in wrong.content.decode()
    assert "Line 2, column 3: There is no function “read_text” here." in text_of(wrong)
    refused = send(client, "SELECT * FROM {}", make_closed())
    assert refused.status_code == 403
    assert refused.context["refusal"].provision


@pytest.mark.long
@pytest.mark.django_db
def test_the_page_asks_for_the_purpose_of_each_resource_and_keeps_what_was_chosen(client: Client):
    person, entries = make_person(), [make_closed(), make_closed()]
    for entry in entries:
        make_grant(person, entry, purposes=["work_reference", "verification"])
    client.force_login(person.user, backend=BACKEND)
    one, other = (f'"{each.code}"' for each in entries)
    sql = f"SELECT count(*) AS n FROM {one}, {other}"  # noqa: S608 - our own
    asked = send(client, sql)
    assert asked.status_code == 400
    assert [each.code for each in asked.context["purposes"]] == [each.code for each in entries]
    fields = [each.field for each in asked.context["purposes"]]
    assert all(f'name="{field}"' in asked.content.decode() for field in fields)
    chosen = dict(zip(fields, ["verification", "work_reference"], strict=True))
    answer = send(client, sql, **chosen)
    assert answer.status_code == 200
    kept = {each.field: each.chosen for each in answer.context["purposes"]}
    assert kept == chosen
    assert answer.content.decode().count(" selected>") == 2


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_what_runs_is_stopped_by_whoever_knows_its_id_from_another_process():
    entry, run = make_release().entry, str(uuid4())
    told = []

    def ask():
        try:
            told.append(send(Client(), ENDLESS, entry, run=run))
        finally:
            connection.close()

    asking = threading.Thread(target=ask)
    asking.start()
    begun = time.monotonic()
    while not told and time.monotonic() < begun + 12:
        # Told again and again, as nobody knows when it has begun to listen.
        assert Client().post("/sql/stop/", {"run": run}).status_code == 204
        time.sleep(0.2)
    asking.join()
    assert told[0].status_code == 409
    assert "You stopped it" in text_of(told[0])
    assert not Tally.objects.exists()
    assert Client().delete(f"/api/v1/sql/{run}").status_code == 204


@pytest.mark.long
@pytest.mark.django_db
def test_a_statement_is_kept_opened_shared_and_thrown_away(client: Client, caplog):
    entry = make_release().entry
    person = make_person(username="keeper")
    text = f"SELECT 代码 FROM \"{entry.code}\" WHERE 代码 = '008'"  # noqa: S608 - a text
    assert "keep-name" not in send(client, text).content.decode()
    client.force_login(person.user, backend=BACKEND)
    answered = send(client, text)
    assert "keep-name" in answered.content.decode()
    kept = client.post("/sql/kept/?lang=en", {"name": "One port", "sql": answered.context["keeps"]})
    url = kept["Location"]
    assert "SELECT" not in url
    page = client.get(url)
    assert page.context["sql"] == text
    assert "answer" not in page.context
    assert "no-store" in page["Cache-Control"]
    assert [each.name for each in client.get("/sql/").context["statements"]] == ["One port"]
    stranger = Client()
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, {"do": "share"}).status_code == 404
    client.post(url, {"do": "share"})
    given = stranger.get(f"{url}?lang=en")
    assert given.context["sql"] == text
    assert "Somebody gave you this statement" in text_of(given)
    assert "keeper" not in given.content.decode()
    assert stranger.post(url, {"do": "let_go"}).status_code == 404
    client.post(url, {"do": "unshare"})
    assert stranger.get(url).status_code == 404
    wrong = client.post("/sql/kept/?lang=en", {"name": " ", "sql": text})
    assert wrong.status_code == 422
    assert "Give it a name of at most 80 letters." in text_of(wrong)
    assert client.get("/account/copy/").json()["statements"][0]["text"] == text
    assert client.post(url, {"do": "let_go"})["Location"] == "/sql/"
    assert client.get(url).status_code == 404
    assert "'008'" not in caplog.text
