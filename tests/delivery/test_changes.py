"""Behind one cursor, changes are had release by release, and whole where nothing is to build on."""

import json
from collections import Counter

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.catalog.makers import make_entry
from tests.delivery.makers import ALL, make_closed, make_taker
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor
from tests.thorough import many
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.acts import gate as gate_acts
from yelin.delivery import changes, handing, opening
from yelin.delivery.models import Delivery
from yelin.delivery.opening import Call
from yelin.gate import Mask, Obligations
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.parties.models import Person
from yelin.warehouse import acts, tasks
from yelin.warehouse.merged import OF_A_FILE

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "年份,海口港,代码\n"


class Taker:
    """A program that keeps what it has, what it has begun, and the cursor, all at once or none."""

    def __init__(self, entry, actor=None, since=0):
        self.entry, self.actor = entry, actor or Actor.anyone()
        self.rows, self.log = Counter(), []
        self.staged, self.since, self.cursor = [], since, ""

    def take(self, most=1000, *, is_lost=False):
        """Take a page; one that is lost on the way leaves everything as it was."""
        page = changes.pull(self.actor, self.entry, self.since, self.cursor, most, call=Call())
        if is_lost:
            return page
        self.cursor = page.cursor
        if page.step is None:
            return page
        # A release that begins anew, begins with nothing.
        self.staged = [*(self.staged if page.first else []), *page.page.rows]
        assert len(page.page.rows) <= most
        if page.is_complete:
            self._apply(page)
        return page

    def _apply(self, page):
        if page.step.before is None:
            self.rows = Counter(map(_line, self.staged))
        else:
            assert page.step.before.number == self.log[-1]
            for row in self.staged:
                change = row.pop(page.change)
                row.pop("cells")
                self.rows[_line(row)] += 1 if change in {"added", "after"} else -1
            assert min(self.rows.values(), default=0) >= 0
            self.rows = +self.rows
        self.log.append(page.step.release.number)
        self.staged = []

    def take_all(self, most=1000):
        while self.take(most).more:
            pass
        return self


def _line(row):
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def newest(entry, actor=None):
    found = handing.rows(actor or Actor.anyone(), entry, ALL, number=None)
    assert found.page.total == len(found.page.rows)
    return Counter(map(_line, found.page.rows))


@pytest.mark.long
@pytest.mark.duty("quality.keep")
def test_whoever_was_away_for_several_releases_has_each_of_them_in_its_order():
    entry = make_release().entry
    taker = Taker(entry).take_all()
    make_release(entry, HEADER + "2013,8300,008\n2015,1,010\n", mode="upsert")
    make_release(entry, HEADER + "2012,,\n", mode="delete")
    make_release(entry, HEADER + "2016,2,\n", mode="append")
    steward = make_actor(entry.provider)
    upload = acts.roll_back(actor=steward, entry=entry, number=1)
    tasks.prepare(upload=str(upload.pk))
    upload.refresh_from_db()
    acts.publish(actor=steward, entry=entry, upload=upload, without_rejected=True)
    taker.take_all(most=1)
    assert taker.log == [1, 2, 3, 4, 5]
    assert taker.rows == newest(entry)
    late = taker.take()
    assert (late.step, late.more, late.cursor) == (None, False, taker.cursor)
    assert Taker(entry, since=5).take().step is None


def test_by_rest_each_page_says_what_it_is_and_where_it_goes_on():
    entry = make_release().entry
    make_release(entry, HEADER + "2013,8300,008\n2015,1,010\n", mode="upsert")
    client = Client()
    address = f"/api/v1/resources/{entry.slug}/changes"
    whole = client.get(f"{address}?page_size=2").json()
    told = ("since", "release", "restart", "first", "total", "complete", "more", "change")
    assert [whole[name] for name in told] == [None, 1, True, 0, 3, False, True, None]
    rest = client.get("/api/v1" + whole["next"].partition("/api/v1")[2]).json()
    assert [rest[name] for name in told] == [None, 1, True, 2, 3, True, True, None]
    changed = client.get(address, {"cursor": rest["cursor"]}).json()
    assert [changed[name] for name in told] == [1, 2, False, 0, 3, True, False, "change"]
    assert changed["keys"] == ["年份"]
    assert [row["change"] for row in changed["items"]] == ["before", "after", "added"]
    assert changed == client.get(address, {"since": 1}).json()
    nothing = client.get(address, {"cursor": changed["cursor"]}).json()
    assert (nothing["release"], nothing["items"], nothing["next"]) == (None, [], None)
    assert client.get(address, {"since": 9}).status_code == 404
    assert client.get(address, {"cursor": "x"}).status_code == 422
    other = make_release().entry
    borrowed = client.get(f"/api/v1/resources/{other.slug}/changes", {"cursor": rest["cursor"]})
    assert borrowed.status_code == 422


@pytest.mark.duty("personal.erase")
def test_whoever_has_a_row_that_was_erased_takes_all_anew_at_once_and_in_the_middle():
    entry = make_release().entry
    make_release(entry, HEADER + "2015,1,010\n", mode="append")
    done, begun, numbered = Taker(entry).take_all(), Taker(entry, since=1), Taker(entry, since=2)
    behind = Taker(entry)
    behind.take()
    begun.take(most=0)
    steward = make_actor(entry.provider)
    acts.erase(actor=steward, entry=entry, keys=[["2013"]], reason="依申请删除")
    tasks.redact.func(entry=str(entry.pk))
    for taker, log in ((done, [1, 2, 2]), (begun, [1, 2]), (numbered, [2]), (behind, [1, 1, 2])):
        page = taker.take()
        assert page.step.before is None
        assert taker.take_all().log == log
        assert taker.rows == newest(entry)
        assert "2013" not in str(taker.rows)


@pytest.mark.long
def test_whoever_may_have_other_items_or_other_columns_come_takes_the_release_whole():
    entry = make_closed()
    citizen, grant = make_taker(entry, bears=Obligations(shown_items=frozenset({"年份", "代码"})))
    taker = Taker(entry, citizen).take_all()
    assert "海口港" not in str(taker.rows)
    gate_acts.revoke(actor=make_actor(entry.provider), grant=grant, reason="不再需要")
    person = Person.objects.get(pk=citizen.person_id)
    make_grant(person, entry, bears=Obligations(masks={"代码": Mask.NULL}))
    page = taker.take()
    assert (page.step.before, page.step.release.number, taker.log) == (None, 1, [1, 1])
    assert taker.rows == newest(entry, citizen)


def test_each_page_is_a_delivery_by_name_and_what_holds_nothing_new_is_none():
    entry = make_closed()
    citizen, _ = make_taker(entry, bears=Obligations(rate_per_hour=3))
    taker = Taker(entry, citizen)
    taker.take(most=2)
    taker.take(most=2)
    sent = Delivery.objects.filter(entry=entry).order_by("begun_at")
    assert [(each.rows, each.outcome, each.release.number) for each in sent] == [
        (2, "finished", 1),
        (1, "finished", 1),
    ]
    taker.take()
    assert sent.count() == 2
    with pytest.raises(opening.pace.TooOften):
        taker.take()
    with pytest.raises(gate.Refused):
        Taker(entry).take()
    with pytest.raises(Incomplete):
        changes.pull(citizen, entry, 0, "x", 1, call=Call())


KEYS = st.integers(2010, 2014)
FILES = st.dictionaries(KEYS, st.sampled_from(["", "1", "2.50"]), min_size=1, max_size=4)
RELEASES = st.lists(st.tuples(st.sampled_from(OF_A_FILE), FILES), min_size=2, max_size=4)


@pytest.mark.long
@pytest.mark.duty("quality.keep")
@settings(
    max_examples=many(4, 2),
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
@given(releases=RELEASES, drawn=st.data())
def test_from_any_release_by_any_pages_with_any_of_them_lost_the_last_release_comes(
    releases, drawn
):
    entry = make_entry()
    takers = [Taker(entry)]
    for mode, file in releases:
        text = HEADER + "".join(f"{key},{tons},\n" for key, tons in file.items())
        try:
            make_release(entry, text, mode=mode if entry.releases.exists() else "replace")
        except Incomplete:
            # Nothing would be left, or all is there already: that is refused, and no release.
            assert mode in {"append", "delete"}
            continue
        number = entry.releases.count()
        numbered = Taker(entry, since=number)
        numbered.rows, numbered.log = newest(entry), [number]
        takers.append(numbered)
        for taker in takers:
            # Some go on with each release, others stay behind, in the middle of one.
            for lost in drawn.draw(st.lists(st.booleans(), max_size=4)):
                taker.take(drawn.draw(st.integers(1, 3)), is_lost=lost)
    last = entry.releases.count()
    for taker in takers:
        taker.take_all(drawn.draw(st.integers(1, 5)))
        assert taker.rows == newest(entry)
        assert taker.log == list(range(taker.log[0], last + 1))
