"""Another province is data: its own pack, the same program."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from tests.catalog.makers import make_content
from tests.law.makers import make_pack, ruled_by
from tests.parties.makers import make_actor, make_body
from tests.web.makers import text_of

from yelin import gate
from yelin.catalog import acts
from yelin.catalog.models import Entry
from yelin.law import clock, duties
from yelin.law.packs import Pack
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
STARTED = """
import django
from django.core.management import call_command

django.setup()
call_command("check")
from yelin.law import packs

print(packs.active().law.zh)
"""


@pytest.fixture
def _shanghai():
    with ruled_by(Pack.load("shanghai-2021")):
        lay_down_categories()
        yield


def lay_down_categories() -> None:
    """No category stands in the pack here: the centre lays them down."""
    office = make_body(division="310000", name="上海市大数据中心", kind="agency")
    officer = make_actor(office, "officer")
    for code, name in (("307010", "上海市大数据中心"), ("307010001", "综合")):
        acts.add_category(actor=officer, body=office, code=code, name=name)


def confirmed() -> Entry:
    provider = make_body(division="310000", name="上海市交通委员会")
    steward, officer = make_actor(provider), make_actor(provider, "officer")
    content = make_content(division="310000", title="轨道交通客流", update_cycle="monthly")
    entry = acts.draft(actor=steward, provider=provider, content=content)
    entry = acts.register(actor=steward, entry=entry)
    entry = acts.submit(actor=steward, entry=entry)
    return acts.confirm(actor=officer, entry=entry)


def test_the_program_starts_with_the_pack_that_the_environment_names():
    said = subprocess.run(
        [sys.executable, "-c", STARTED],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "yelin.settings", "YELIN_PACK": "shanghai-2021"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines()[-1] == "上海市数据条例"


@pytest.mark.usefixtures("_shanghai")
def test_an_entry_goes_its_way_by_the_powers_and_terms_of_this_province(today):
    today("2026-09-01")
    entry = confirmed()
    (running,) = clock.running(entry)
    assert f"{running.due}" == "2026-10-13"
    elsewhere = make_body(division="310115")
    awaiting = acts.draft(
        actor=make_actor(elsewhere), provider=elsewhere, content=make_content(division="310115")
    )
    assert not gate.decide(make_actor(elsewhere, "officer"), "catalog.confirm", awaiting).allowed


@pytest.mark.usefixtures("_shanghai")
def test_a_place_of_another_province_is_no_place_here():
    provider = make_body(division="310000")
    steward = make_actor(provider)
    content = make_content(division="460000")
    entry = acts.draft(actor=steward, provider=provider, content=content)
    with pytest.raises(Incomplete) as refused:
        acts.register(actor=steward, entry=entry)
    assert [fault.place for fault in refused.value.faults] == ["division"]


@pytest.mark.drawn(1)
@pytest.mark.usefixtures("_shanghai")
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_pages_show_the_law_of_this_province(client: Client, lang: str):
    entry = confirmed()
    for page in (
        "/",
        "/resources/",
        f"/resources/{entry.slug}/",
        f"/resources/{entry.slug}/about/",
        f"/resources/{entry.slug}/trace/",
        "/law/",
        "/law/1/",
        "/law/3/",
        "/law/41/",
        "/law/powers/",
        "/law/works/pipl/",
        "/plans/",
        "/standards/",
        "/ledger/",
        "/verify/",
        "/developers/",
        "/about/",
    ):
        response = client.get(f"{page}?lang={lang}")
        assert response.status_code == 200, page
    assert client.get("/law/92/").status_code == 404
    if lang == "zh-hans":
        assert "第四十一条" in text_of(client.get("/law/41/"))
        assert "九类优先" not in text_of(client.get("/"))


@pytest.mark.duty("opening.free")
def test_what_no_law_orders_is_not_offered_from_that_day_on(tmp_path, client: Client, today):
    make_pack(tmp_path, {})
    file = tmp_path / "packs/shanghai-2021/duties.toml"
    free = '[[duties]]\nname = "opening.free"\nprovision = "41.2"\n'
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(free, free + "effective_to = 2026-08-31\n"), encoding="utf-8")
    with ruled_by(Pack.load("shanghai-2021", tmp_path / "packs")):
        today("2026-08-31")
        lay_down_categories()
        entry = confirmed()
        assert may_read(entry) == (True, True)
        today("2026-09-01")
        assert may_read(entry) == (False, False)
        refused = gate.decide(Actor.anyone(), "resource.read", entry)
        assert refused.duty is not duties.OPEN_DATA_FREE
        assert client.get(f"/resources/{entry.slug}/").status_code == 200


def may_read(entry: Entry) -> tuple[bool, bool]:
    listed = gate.visible_to(Actor.anyone(), "resource.read", Entry.objects.all())
    return (
        gate.decide(Actor.anyone(), "resource.read", entry).allowed,
        listed.filter(pk=entry.pk).exists(),
    )


@pytest.mark.usefixtures("_shanghai")
def test_what_this_province_does_not_order_is_not_told_as_a_power(client: Client):
    listed = text_of(client.get("/law/powers/"))
    assert "catalog.confirm" in listed
    assert "registers.file_plan" not in listed
    assert "registers.register_system" not in listed
