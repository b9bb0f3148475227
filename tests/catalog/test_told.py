"""What hits tell is taken apart here as the database puts it together."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.catalog.makers import make_entry
from tests.parties.makers import make_body

from yelin.catalog import told
from yelin.catalog.models import Findable

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
SMALL = st.integers(0, 3)
# Rank, whether it is readable, uses, change, which of few bodies; the id tells the rest apart.
ROWS = st.lists(st.tuples(SMALL, st.booleans(), SMALL, SMALL, SMALL, st.uuids()), max_size=60)


def hits_of(rows):
    pieces = b"".join(
        pk.bytes
        + UUID(int=body).bytes
        + b"".join(n.to_bytes(8, signed=True) for n in (changed, uses, -1 - body, body, 7, 8, 9))
        for _, _, uses, changed, body, pk in rows
    )
    ranks = b"".join((2 * rank + readable).to_bytes(4) for rank, readable, *_ in rows)
    return told.Hits(pieces, ranks)


@given(ROWS, st.integers(0, 20), st.integers(1, 20))
def test_the_best_are_those_that_would_come_first_were_all_sorted(rows, first, limit):
    orders = {
        "used": lambda row: (row[0], -row[2], -row[3], -row[5].int),
        "updated": lambda row: (row[0], -row[3], -row[5].int),
    }
    assert orders.keys() == told.ORDERS.keys()
    for order, by in orders.items():
        expected = [row[-1] for row in sorted(rows, key=by)]
        assert hits_of(rows).best(order, first, limit) == expected[first : first + limit]


@given(ROWS)
def test_what_is_not_readable_is_counted_by_what_is_plainly_seen_of_it(rows):
    hits = hits_of(rows)
    plain = Counter(body if readable else -1 - body for _, readable, _, _, body, _ in rows)
    assert dict(hits.numbers("plain")) == plain
    assert dict(hits.numbers("themes")) == Counter(7 for row in rows if row[1])
    owners = Counter(UUID(int=row[4]) for row in rows)
    most = sorted(owners.items(), key=lambda pair: (-pair[1], pair[0]))
    assert [hits.providers(each) for each in (9, 2)] == [most, most[:2]]


@pytest.mark.django_db
def test_a_row_tells_what_stands_in_it_after_each_change():
    entry = make_entry(make_body())
    Findable.objects.filter(pk=entry.pk).update(uses=5)
    row = Findable.objects.get(pk=entry.pk)
    (piece,) = np.frombuffer(bytes(row.told), told._HIT)
    assert UUID(bytes=piece.tobytes()[:16]) == row.pk
    assert UUID(bytes=piece.tobytes()[16:32]) == row.provider_id
    assert EPOCH + timedelta(microseconds=int(piece["changed_at"])) == row.changed_at
    assert (piece["uses"], piece["seen"]) == (5, row.alike_seen)
