"""Data is fetched from real servers, and brought in as if somebody had sent it."""

import time
import tracemalloc

import pytest
import trustme
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor
from tests.pulling.makers import CERTIFICATE, content_of, fetch, make_pull, try_out
from tests.pulling.servers import SECRET
from tests.registers.makers import make_system
from tests.warehouse.makers import PORTS

from yelin.catalog.content import ItemContent
from yelin.files.store import pieces
from yelin.outbound.models import EgressRule
from yelin.pulling import acts, tasks
from yelin.pulling.content import PullKind
from yelin.registers.acts import systems
from yelin.warehouse import tasks as warehouse
from yelin.warehouse.models import Upload

pytestmark = pytest.mark.django_db(transaction=True)

WRITTEN = (
    "代码,名称,吞吐量,日期,备注\n007,海口港,7217.50,2024-01-31,\n"
    '008,"洋浦港, ""新""\n区",99999999999999999.01,2024-02-29,""\n'
)


def text_of(upload) -> str:
    return b"".join(pieces(upload.original.place.open("rb"))).decode().replace("\r\n", "\n")


@pytest.mark.duty("aggregation.bring_in")
def test_a_table_of_postgresql_comes_whole_and_is_prepared_as_what_is_sent(postgresql):
    items = (ItemContent(name="代码", type="C", key=True), ItemContent(name="吞吐量", type="N"),
             ItemContent(name="泊位", type="C"))  # fmt: skip
    entry = make_entry(state="registered", items=items)
    pull = make_pull(content_of("postgresql", postgresql), entry)
    found = try_out(pull)
    assert (found.state, found.failure) == ("reached", "")
    assert found.found["columns"] == ["代码", "名称", "吞吐量", "日期", "备注"]
    assert found.found["missing"] == ["泊位"]
    assert found.found["extra"] == ["名称", "日期", "备注"]
    run = fetch(pull)
    assert (run.state, run.failure) == ("taken", "")
    assert text_of(run.upload).startswith(WRITTEN)
    warehouse.prepare(str(run.upload.pk))
    upload = Upload.objects.get()
    assert (upload.filename, upload.state, upload.rows) == ("public.港口.csv", "ready", 3)


def test_a_table_of_postgresql_comes_under_tls_from_the_server_that_its_authority_vouches_for(
    postgresql_under_tls,
):
    there = {"encrypted": True, "authority": CERTIFICATE}
    pull = make_pull(content_of("postgresql", postgresql_under_tls, **there))
    body = pull.entry.provider
    system = make_system(body)
    systems.connect_system(actor=make_actor(body), system=system, way_out=EgressRule.objects.get())
    run = fetch(pull)
    assert (run.state, run.failure) == ("taken", "")
    assert text_of(run.upload).startswith(WRITTEN)
    system.refresh_from_db()
    assert system.succeeded_at is not None
    stranger = trustme.CA().cert_pem.bytes().decode()
    content = content_of("postgresql", postgresql_under_tls, encrypted=True, authority=stranger)
    acts.amend(actor=make_actor(pull.entry.provider), pull=pull, content=content, secret=SECRET)
    assert (try_out(pull).state, pull.runs.first().place) == ("failed", "authority")


def test_a_table_of_mariadb_comes_the_same_under_tls(mariadb):
    pull = make_pull(content_of("mysql", mariadb))
    assert try_out(pull).found["columns"] == ["代码", "名称", "吞吐量", "日期", "备注"]
    run = fetch(pull)
    assert (run.state, run.failure) == ("taken", "")
    assert text_of(run.upload).startswith(WRITTEN)


def test_a_file_of_the_web_comes_under_tls_with_name_and_password(web):
    web.files["/a/港口 2024.csv".replace(" ", "%20").replace("港口", "%E6%B8%AF%E5%8F%A3")] = (
        PORTS.encode()
    )
    address = f"https://127.0.0.1:{web.port}/a/港口 2024.csv".replace(" ", "%20")
    content = content_of("https", None, host="", address=address, authority=CERTIFICATE,
                         encoding="gb18030")  # fmt: skip
    run = fetch(make_pull(content))
    assert (run.state, run.failure, run.upload and run.upload.filename) == (
        "taken", "", "港口 2024.csv",
    )  # fmt: skip
    assert web.asked[-1]["authorization"].startswith("Basic ")
    assert text_of(run.upload) == PORTS
    assert run.upload.options["encoding"] == "gb18030"


def test_a_file_of_an_sftp_server_comes_once_its_key_is_trusted(sftp):

    path = sftp.put("ports.csv", PORTS.encode())
    content = content_of("sftp", sftp.port, path=path, user=sftp.user)
    pull = make_pull(content, secret=sftp.secret)
    assert fetch(pull).place == "host_key"
    shown = try_out(pull)
    assert shown.params == {"fingerprint": sftp.fingerprint}
    acts.trust(actor=make_actor(pull.entry.provider), pull=pull, fingerprint=sftp.fingerprint)
    tried = try_out(pull)
    assert tried.failure == ""
    assert tried.found["size"] == len(PORTS.encode())
    run = fetch(pull)
    assert (run.state, run.failure) == ("taken", "")
    assert text_of(run.upload) == PORTS


@pytest.mark.drawn(1)
@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_long_table_is_never_held_whole_and_may_be_left_early(kind, postgresql, mariadb):
    port = {"postgresql": postgresql, "mysql": mariadb}[kind]
    pull = make_pull(content_of(kind, port, relation="大表"))
    reader, asked = tasks.reader_of(PullKind(kind)), tasks._asked(pull)
    # What is made once for all, of modules and types, is not counted.
    reader.look(asked)
    tracemalloc.start()
    try:
        blocks = [len(block) for block in reader.fetch(asked)]
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()
    assert sum(blocks) > 6_000_000
    begun = time.monotonic()
    pieces = reader.fetch(asked)
    assert next(pieces).startswith("n,名".encode())
    pieces.close()
    assert time.monotonic() - begun < 10
