"""What differs between two releases leaves like any data, as far as each asker has both."""

import csv
import io

import pytest
from django.test import Client
from tests.catalog.makers import make_entry
from tests.delivery.test_kept import files
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor, make_representative
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.delivery import handing, kept
from yelin.delivery.models import Delivery, Kept
from yelin.gate import Mask, Obligations
from yelin.keys.models import Destroyed
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.warehouse import acts, tasks
from yelin.warehouse.query import Question

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "年份,海口港,代码\n"
CHANGED = HEADER + "2013,8300,008\n2015,1,010\n"


def make_two(entry=None):
    first = make_release(entry)
    return first, make_release(first.entry, CHANGED, mode="upsert")


def words(compared):
    return [(row["change"], row["cells"], row["年份"], row["海口港"]) for row in compared.page.rows]


def ask(client, path):
    return client.get(f"/api/v1/resources/{path}").json()


@pytest.mark.long
@pytest.mark.duty("quality.keep")
def test_anyone_has_what_differs_between_releases_of_open_data_and_as_files():
    first, _ = make_two()
    client, slug = Client(), first.entry.slug
    whole = ask(client, f"{slug}/releases/2/difference?from=1")
    assert [(row["change"], row["cells"], row["年份"]) for row in whole["items"]] == [
        ("before", "海口港", 2013),
        ("after", "海口港", 2013),
        ("added", None, 2015),
    ]
    told = {name: whole[name] for name in ("from", "to", "keys", "added", "removed", "changed")}
    assert told == {"from": 1, "to": 2, "keys": ["年份"], "added": 1, "removed": 0, "changed": 1}
    sent = client.get(f"/api/v1/resources/{slug}/releases/2/difference/download?from=1")
    rows = list(csv.reader(io.StringIO(sent.content.decode())))
    assert rows[0] == ["change", "cells", "年份", "海口港", "代码"]
    assert [row[:4] for row in rows[1:]] == [
        ["before", "海口港", "2013", "8292.8851"],
        ["after", "海口港", "2013", "8300"],
        ["added", "", "2015", "1"],
    ]
    assert client.get(f"/api/v1/resources/{slug}/releases/2/difference?from=9").status_code == 404


def test_each_has_of_a_difference_what_each_has_of_the_releases_and_it_is_recorded():
    entry = make_entry(opening_type="conditional", opening_condition="说明用途")
    first, _ = make_two(entry)
    with pytest.raises(gate.Refused):
        handing.compare(Actor.anyone(), entry, Question(), since=1)
    whole, veiled = make_representative(), make_representative()
    make_grant(Body.objects.get(pk=whole.body_id), entry)
    bears = Obligations(masks={"海口港": Mask.NULL}, watermark=True)
    make_grant(Body.objects.get(pk=veiled.body_id), entry, bears=bears)
    assert words(handing.compare(whole, entry, Question(), since=1)) == [
        ("before", "海口港", 2013, 8292.8851),
        ("after", "海口港", 2013, 8300),
        ("added", None, 2015, 1),
    ]
    seen = handing.compare(veiled, entry, Question(), since=1)
    assert words(seen) == [("added", None, 2015, None)]
    assert (seen.changed, seen.added) == (0, 1)
    assert seen.notes.watermark
    assert Delivery.objects.filter(entry=entry, outcome="finished").count() == 2
    assert Kept.objects.count() == len(files()) == 2
    assert all(each.sealed_by_id == first.sealed_by_id for each in Kept.objects.all())


@pytest.mark.long
@pytest.mark.duty("personal.erase")
def test_what_was_erased_stands_in_no_difference(today):
    first, _ = make_two()
    entry, steward = first.entry, make_actor(first.entry.provider)
    before = handing.compare(Actor.anyone(), entry, Question(), since=1)
    assert len(before.page.rows) == 3
    acts.erase(actor=steward, entry=entry, keys=[["2013"]], reason="依申请删除")
    tasks.redact.func(entry=str(entry.pk))
    kept.clear(clock.now())
    assert files() == []
    found = handing.compare(Actor.anyone(), entry, Question(), since=1)
    assert words(found) == [("added", None, 2015, 1)]
    acts.keep(actor=steward, entry=entry, months=24)
    today("2036-01-01")
    tasks.destroy_past.func(timestamp=0)
    with pytest.raises(Destroyed):
        handing.compare(Actor.anyone(), entry, Question(), since=1)
    with pytest.raises(Destroyed):
        handing.rows(Actor.anyone(), entry, Question(), number=1)
