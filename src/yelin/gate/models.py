"""What a party was given beside what it has by law, and what is stopped for the time being."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q

from yelin.gate.obligations import MOST_THINNED, Mask, Obligations, RowFilter
from yelin.law import clock, duties
from yelin.law.duties import Duty
from yelin.things.models import Evidence, Subject, Thing


def _names(*, null: bool = False) -> "ArrayField[Any, Any]":
    return ArrayField(
        models.CharField(max_length=200),
        blank=True,
        **({"null": True} if null else {"default": list}),
    )


def _is_spared(action: str, *, at_thing: bool, by_system: bool) -> bool:
    """Whether a hold that names no action lets this one through."""
    return action.endswith(".see") or (at_thing and (by_system or action.startswith("gate.")))


class Hold(Subject):
    """A stop (中止) on a thing, or on what a body, person or seat does.

    ``actions`` are those that it stops; none named means all. ``reason`` is told to everyone who
    is refused by it, so it says nothing that they may not know.
    """

    KIND = "hold"

    on = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="holds")
    actions = _names()
    duty = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)
    placed_by = models.ForeignKey(Thing, on_delete=models.PROTECT, null=True, related_name="+")
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="gate_hold_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="gate_lifted_after_placed",
                condition=Q(lifted_at=None) | Q(lifted_at__gte=F("placed_at")),
            ),
        ]
        indexes = [
            models.Index(name="gate_live_holds", fields=["on"], condition=Q(lifted_at=None)),
        ]

    def __str__(self) -> str:
        return f"hold on {self.on_id}"

    @staticmethod
    def stops(action: str, *, at_thing: bool, by_system: bool = False) -> Q:
        """Return as a filter that a live hold stops ``action``, on the thing or on who asks.

        One that names its actions stops these. One that names none stops all, except that a
        thing's existence stays known (``….see``); and on a thing, that holds can still be placed
        and lifted (``gate.…``) and that the system goes on counting.
        """
        named = Q(actions__contains=[action])
        spared = _is_spared(action, at_thing=at_thing, by_system=by_system)
        return Q(lifted_at=None) & (named if spared else named | Q(actions=[]))

    def stops_this(self, action: str, *, at_thing: bool, by_system: bool = False) -> bool:
        """Whether this hold, a live one, stops ``action``: ``stops`` for one that was read."""
        if self.actions:
            return action in self.actions
        return not _is_spared(action, at_thing=at_thing, by_system=by_system)

    @property
    def cites(self) -> Duty:
        """The duty by which this hold stands."""
        return duties.by_name(self.duty)

    def evidence(self) -> Evidence:
        """Return what is held, which actions, by which duty; the reason stays out."""
        return {
            "on": str(self.on_id),
            "actions": list(self.actions),
            "duty": self.duty,
            "lifted": self.lifted_at is not None,
        }


class GrantQuerySet(models.QuerySet["Grant"]):
    """Questions about grants."""

    def with_holds(self) -> "GrantQuerySet":
        """Return them, each with the actions that every live hold on it names."""
        actions = Func("actions", function="to_jsonb", output_field=models.JSONField())
        live = Hold.objects.filter(lifted_at=None, on=OuterRef("pk")).values(as_json=actions)
        return self.annotate(held_actions=ArraySubquery(live))  # type: ignore[no-redef]  # declared below, for whoever reads one


class Grant(Subject):
    """What one party may do with one thing, beside what everyone may (授权).

    ``items`` are those that it has (``None``: all), ``masks`` how some are veiled, ``row_filter``
    which rows it has, ``thinned`` the share of them that its copies lack so that a leaked one names
    the party: agreed in the matter in which it was ``given_in``, or none. ``purposes`` are codes;
    none named means any. ``until`` is the first moment at which it no longer holds.
    """

    KIND = "grant"

    party = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="grants_held")
    on = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="grants")
    action = models.CharField(max_length=64)
    duty = models.CharField(max_length=64)
    items = _names(null=True)
    masks = models.JSONField(default=dict)
    row_filter = models.JSONField(default=list)
    purposes = _names()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    rate_per_hour = models.PositiveIntegerField(null=True)
    watermark = models.BooleanField(default=False)
    thinned = models.DecimalField(max_digits=4, decimal_places=4, default=Decimal(0))
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=500, blank=True)
    given_in = models.ForeignKey(
        Thing, on_delete=models.PROTECT, null=True, related_name="grants_given"
    )
    """The matter in which it was given, where somebody asked for it."""

    # What each live hold on it names, where it was read ``with_holds``.
    held_actions: Sequence[Sequence[str]]

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="gate_grant_ends_after_it_begins",
                condition=Q(until=None) | Q(until__gt=F("since")),
            ),
            models.CheckConstraint(
                name="gate_revoked_with_reason",
                condition=Q(revoked_at=None) | ~Q(revoked_because=""),
            ),
            models.CheckConstraint(name="gate_grant_is_for_others", condition=~Q(party=F("on"))),
            models.CheckConstraint(
                name="gate_thinned_as_agreed",
                condition=Q(thinned=0)
                | Q(thinned__gt=0, thinned__lte=MOST_THINNED, given_in__isnull=False),
            ),
        ]
        indexes = [
            # A list asks for one party's grants on many things, a page for one thing's.
            models.Index(
                name="gate_live_grants",
                fields=["party", "action", "on"],
                condition=Q(revoked_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} on {self.on_id} for {self.party_id}"

    @staticmethod
    def serves(action: str, purpose: str, at: datetime) -> Q:
        """Return as a filter that a grant runs ``at`` this time and serves ``purpose``, unheld.

        Without a purpose asked for, those for whatever purpose do.
        """
        stops = Hold.objects.filter(Hold.stops(action, at_thing=True), on=OuterRef("pk"))
        fits = Q(purposes=[]) | Q(purposes__contains=[purpose]) if purpose else Q()
        return Grant.runs(at) & fits & Q(~Exists(stops))

    @staticmethod
    def runs(at: datetime) -> Q:
        """Return as a filter that a grant has begun and has not ended ``at`` this time."""
        return Q(revoked_at=None, since__lte=at) & (Q(until=None) | Q(until__gt=at))

    def state_at(self, at: datetime) -> str:
        """Return where it stands: ``coming``, ``live``, ``ended`` by its day, or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        if self.since > at:
            return "coming"
        return "live" if self.until is None or self.until > at else "ended"

    @property
    def last_day(self) -> date | None:
        """The last day on which the grant holds, whole or in part."""
        return clock.day_of(self.until - timedelta.resolution) if self.until else None

    def serves_this(self, action: str, purpose: str, at: datetime) -> bool:
        """Whether this grant, one ``with_holds``, serves: ``serves`` for one that was read."""
        runs = self.revoked_at is None and self.since <= at and (not self.until or at < self.until)
        fits = not purpose or not self.purposes or purpose in self.purposes
        held = (Hold(actions=each) for each in self.held_actions)
        return runs and fits and not any(each.stops_this(action, at_thing=True) for each in held)

    def burden(self) -> Obligations:
        """Return what the party must bear under this grant."""
        return Obligations(
            shown_items=None if self.items is None else frozenset(self.items),
            masks={item: Mask[method.upper()] for item, method in self.masks.items()},
            row_filters=frozenset(
                RowFilter(each["column"], each["operator"], _value(each["value"]))
                for each in self.row_filter
            ),
            watermark=self.watermark,
            thinned=self.thinned,
            until=self.until,
            rate_per_hour=self.rate_per_hour,
        )

    def evidence(self) -> Evidence:
        """Return who has what until when; the values by which rows are chosen stay out."""
        return {
            "party": str(self.party_id),
            "on": str(self.on_id),
            "action": self.action,
            "duty": self.duty,
            "items": None if self.items is None else sorted(self.items),
            "masks": dict(self.masks),
            "row_filters": len(self.row_filter),
            **({"thinned": str(self.thinned)} if self.thinned else {}),
            "purposes": sorted(self.purposes),
            "until": self.until.isoformat(timespec="seconds") if self.until else None,
            "rate_per_hour": self.rate_per_hour,
            "revoked": self.revoked_at is not None,
            "given_in": str(self.given_in_id) if self.given_in_id else None,
        }


def _value(value: str | Sequence[str]) -> str | tuple[str, ...]:
    return value if isinstance(value, str) else tuple(value)
