"""The row in which an entry is looked for repeats what the gate and the facets ask of the entry."""

from contextlib import suppress
from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from tests.catalog.makers import STATES, make_content, make_entry
from tests.parties.makers import make_actor, make_body

from yelin import gate
from yelin.catalog import acts
from yelin.catalog.content import OpeningType
from yelin.catalog.findable import READ_BY_EVERYONE
from yelin.catalog.models import Entry, Findable
from yelin.catalog.states import State
from yelin.law import clock
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db
FACTS = {field.attname for field in Findable._meta.concrete_fields} & {
    field.attname for field in Entry._meta.concrete_fields
}


def assert_repeated():
    facts = sorted(FACTS)
    assert list(Findable.objects.order_by("pk").values(*facts)) == list(
        Entry.objects.order_by("pk").values(*facts)
    )


def test_whatever_is_done_with_an_entry_its_facts_are_repeated_at_once():
    provider = make_body()
    for state in STATES:
        make_entry(provider, state)
    basis = "《统计法》第九条"
    make_entry(
        provider,
        opening_type="none",
        sharing_type="none",
        sharing_basis=basis,
        title_protected_by=basis,
    )
    confirmed = Entry.objects.filter(state="confirmed").first()
    acts.amend(
        actor=make_actor(provider), entry=confirmed, content=make_content(opening_type="none")
    )
    assert {"revision_id", "title_protected_by", "themes"} < FACTS
    assert_repeated()


def test_they_are_repeated_past_the_acts_too():
    entry, other = make_entry(), make_entry()
    Entry.objects.update(provider=make_body(), division="460100", themes=["x"])
    assert_repeated()
    entry.refresh_from_db()
    entry.changed_at, entry.formats = other.drafted_at, ["xlsx"]
    Entry.objects.bulk_update([entry], ["changed_at", "formats"])
    assert_repeated()


@pytest.mark.duty("sharing.type")
def test_no_place_in_a_list_tells_that_something_changed_which_few_may_read():
    def moved(entry, **change):
        before = Findable.objects.get(pk=entry.pk).changed_at
        at = clock.now() + timedelta(days=1)
        Entry.objects.filter(pk=entry.pk).update(changed_at=at, **change)
        return Findable.objects.get(pk=entry.pk).changed_at == at != before

    open_to_all, shared = make_entry(), make_entry(opening_type="none")
    assert moved(open_to_all, summary="另一份摘要")
    assert not moved(shared, summary="另一份摘要", themes=["x"])
    assert moved(shared, title="另一个名称")
    assert moved(shared, opening_type="conditional")
    assert moved(make_entry(state="draft", opening_type="none"), summary="另一份摘要")


@pytest.mark.duty("sharing.type")
def test_a_stranger_reads_nothing_in_the_half_where_his_words_are_not_looked_for():
    stranger, entries = Actor.anyone(), Entry.objects.filter(pk=make_entry().pk)
    read = set()
    for state, opening, social in product(State.values, OpeningType, (False, True)):
        with suppress(IntegrityError), transaction.atomic():
            entries.update(state=state, opening_type=opening, social=social)
            if gate.visible_to(stranger, "entry.read", entries).exists():
                read.add((state, opening))
                assert entries.filter(READ_BY_EVERYONE).exists()
    assert read == {("confirmed", "unconditional"), ("confirmed", "conditional")}


def test_what_is_asked_of_very_many_rows_lies_together_before_what_is_long():
    asked = (
        "SELECT attname FROM pg_attribute WHERE attrelid = 'catalog_findable'::regclass"
        " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        columns = [name for (name,) in cursor.fetchall()]
    first = columns[: columns.index("seen_text")]
    assert first[-3:] == ["title_text", "whole_text", "revision_id"]
    assert {"entry_id", "alike_seen", "told", "state", "opening_type", "sharing_type"} < set(first)
    assert not {"title_sound", "seen_tokens", "whole_tokens", "themes", "formats"} & set(first)
