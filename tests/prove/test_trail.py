"""A proof that cannot fail proves nothing: each fault that it looks for is found."""

from dataclasses import replace

import pytest
from prove.trail import Done, Row

from prove import trail

WAY = (
    ("catalog.draft", "draft", 0),
    ("catalog.amend", "draft", 0),
    ("catalog.register", "registered", 1),
    ("catalog.submit", "awaiting", 1),
    ("catalog.return", "returned", 1),
    ("catalog.amend", "returned", 2),
    ("catalog.submit", "awaiting", 2),
    ("catalog.confirm", "confirmed", 2),
)


def leaf(number, act, state, version, seat="s", **facts):
    return Row(
        id=number,
        index=number,
        h=bytes([number]),
        payload={
            "act": act,
            "refused": False,
            "actor": {"seat": seat},
            "subject": {"id": "e", "kind": "entry", "code": None if state == "draft" else "1/1"},
            "facts": {"state": state, "version": version, **facts},
        },
    )


def leaves():
    return [leaf(number, *step) for number, step in enumerate(WAY)]


def journal():
    return [Done(act, "e", state=state, version=version) for act, state, version in WAY]


def renumbered(rows):
    return [replace(row, index=index) for index, row in enumerate(rows)]


def test_a_whole_log_is_found_whole():
    assert trail.require_dense(leaves()) == len(WAY)
    assert trail.require_ways(leaves()) == 1
    assert trail.require_journals(leaves(), {"s": journal()}) == len(WAY)
    trail.require_grown(leaves()[:3], leaves())


@pytest.mark.parametrize("gone", range(len(WAY)))
def test_a_lost_leaf_is_missed(gone):
    rows = leaves()
    del rows[gone]
    with pytest.raises(AssertionError):
        trail.require_journals(renumbered(rows), {"s": journal()})
    with pytest.raises(AssertionError):
        trail.require_grown(leaves(), rows)


def test_a_place_left_out_is_seen():
    with pytest.raises(AssertionError):
        trail.require_dense(leaves()[:2] + leaves()[3:])


@pytest.mark.parametrize("twice", range(len(WAY)))
def test_a_doubled_leaf_is_seen(twice):
    rows = leaves()
    rows.insert(twice, rows[twice])
    with pytest.raises(AssertionError):
        trail.require_dense(renumbered(rows))
    with pytest.raises(AssertionError):
        trail.require_journals(renumbered(rows), {"s": journal()})


@pytest.mark.parametrize("first", range(len(WAY) - 1))
def test_two_leaves_in_the_wrong_order_are_seen(first):
    rows = leaves()
    rows[first], rows[first + 1] = rows[first + 1], rows[first]
    with pytest.raises(AssertionError):
        trail.require_journals(renumbered(rows), {"s": journal()})


@pytest.mark.parametrize("first", range(len(WAY) - 1))
def test_a_way_that_no_entry_can_go_is_seen(first):
    rows = leaves()
    rows[first], rows[first + 1] = rows[first + 1], rows[first]
    with pytest.raises(AssertionError):
        trail.require_ways(renumbered(rows))


@pytest.mark.parametrize("act", ["catalog.amend", "catalog.submit"])
def test_what_is_confirmed_is_changed_by_a_revision_and_by_nothing_else(act):
    revised = leaf(8, act, "confirmed", 2, revision={"state": "draft"})
    assert trail.require_ways([*leaves(), revised]) == 1
    for wrong in (
        leaf(8, act, "confirmed", 2),
        leaf(8, act, "confirmed", 3, revision={"state": "draft"}),
        leaf(8, act, "awaiting", 2, revision={"state": "draft"}),
    ):
        with pytest.raises(AssertionError):
            trail.require_ways([*leaves(), wrong])


def test_a_leaf_of_a_seat_that_was_answered_nothing_is_seen():
    with pytest.raises(AssertionError):
        trail.require_journals(
            [*leaves(), leaf(99, "catalog.amend", "x", 3, "other")], {"s": journal()}
        )


def test_a_leaf_that_changes_its_place_is_seen():
    rows = leaves()
    rows[2] = replace(rows[2], h=bytes(32))
    with pytest.raises(AssertionError):
        trail.require_grown(leaves(), rows)
