"""The door by which other rooms' acts grant and hold: within an act, never beside one."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from yelin.gate.models import Grant, Hold
from yelin.gate.obligations import MOST_THINNED, NONE, Obligations
from yelin.law import clock
from yelin.law.duties import Duty
from yelin.things.models import Subject, Thing

_PURPOSE = re.compile(r"[a-z][a-z0-9_.]{0,79}")


def grant(
    party: Subject | Thing,
    on: Subject,
    action: str,
    *,
    duty: Duty,
    purposes: Collection[str] = (),
    bears: Obligations = NONE,
    since: datetime | None = None,
    given_in: Subject | None = None,
) -> Grant:
    """Give ``party`` the right to ``action`` on a thing, with what it must bear.

    It holds from now on, or from ``since``. ``purposes`` are codes, since a leaf tells them; none
    named means any. ``given_in`` is the matter in which it was asked for. Raises ``ValueError`` for
    what is no code, for items said to be hidden (a grant names those that it shows), and for rows
    thinned out where no matter says that this was agreed, or more of them than may be.
    """
    _within_an_act()
    if wrong := [purpose for purpose in purposes if not _PURPOSE.fullmatch(purpose)]:
        raise ValueError(f"{wrong[0]!r} is no code of a purpose")
    if bears.hidden_items:
        raise ValueError("a grant names the items that it shows")
    if bears.thinned and given_in is None:
        raise ValueError("rows are thinned out only where a contract says so: it is given in that")
    if not 0 <= bears.thinned <= MOST_THINNED:
        raise ValueError(f"no more than {MOST_THINNED} of the rows are thinned out")
    return Grant.objects.create(
        party_id=party.pk,
        on_id=on.pk,
        action=action,
        duty=duty.name,
        items=None if bears.shown_items is None else sorted(bears.shown_items),
        masks={item: mask.name.lower() for item, mask in bears.masks.items()},
        row_filter=[
            {"column": each.column, "operator": each.operator, "value": each.value}
            for each in sorted(bears.row_filters, key=str)
        ],
        purposes=sorted(purposes),
        since=since or clock.now(),
        given_in_id=given_in.pk if given_in else None,
        until=bears.until,
        rate_per_hour=bears.rate_per_hour,
        watermark=bears.watermark,
        thinned=bears.thinned,
    )


def hold(
    on: Subject,
    *,
    duty: Duty,
    reason: str,
    actions: Collection[str] = (),
    placed_by: UUID | None = None,
) -> Hold:
    """Stop ``actions`` (none named: all) on a thing, or by a body, person or seat, from now on."""
    _within_an_act()
    return Hold.objects.create(
        on_id=on.pk,
        actions=sorted(actions),
        duty=duty.name,
        reason=reason,
        placed_by_id=placed_by,
        placed_at=clock.now(),
    )


def let_go(on: Iterable[Subject], *, duty: Duty) -> None:
    """Lift what is held of things by ``duty`` and by nobody's order: the reason has passed."""
    _within_an_act()
    held = Hold.objects.filter(on__in=[each.pk for each in on], lifted_at=None, placed_by=None)
    held.filter(duty=duty.name).update(lifted_at=clock.now())


def _within_an_act() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("grants and holds are made within an act")
