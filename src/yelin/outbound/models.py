"""Where a body's requests may lead (出站名单): a row for each host, allowed by a second party."""

from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from yelin.outbound.rules import Destination, matches
from yelin.things.models import Evidence, Subject, Thing


class Purpose(models.TextChoices):
    """What a request that leaves is for."""

    NOTICE = "notice", "Notices by webhook"
    DELIVERY = "delivery", "Data that is pushed"
    HARVEST = "harvest", "Catalogs that are harvested"
    PULL = "pull", "Data that is fetched in turn"
    RELAY = "relay", "Services that are called"


class EgressRuleQuerySet(models.QuerySet["EgressRule"]):
    """Questions about egress rules."""

    def in_force(self, body: UUID, purpose: str, on: date) -> "EgressRuleQuerySet":
        """Return the rules by which requests of ``body`` for ``purpose`` may leave that day."""
        return self.filter(
            body=body, purpose=purpose, until__gte=on, ended_at=None, allowed_at__isnull=False
        )


class EgressRule(Subject):
    """One host, or all below a suffix (``*.example.cn``), to which a body may send for a purpose.

    The body is known here by its thing alone, since bodies live in a room above; ``asked_by`` is
    a person's thing.
    """

    KIND = "egress_rule"

    body = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="egress_rules")
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField()
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    until = models.DateField()
    asked_by = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    allowed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    used_on = models.DateField(null=True)
    """The last day on which a request left, or tried to, by this rule."""

    objects = EgressRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outbound_port_is_one", condition=Q(port__range=(1, 65535))
            ),
            models.CheckConstraint(
                name="outbound_allowed_after_asked",
                condition=Q(allowed_at=None) | Q(allowed_at__gte=F("asked_at")),
            ),
        ]
        indexes = [
            models.Index(
                name="outbound_in_force", fields=["body", "purpose"], condition=Q(ended_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def state(self) -> str:
        """Where the rule stands: asked, allowed or ended."""
        if self.ended_at is not None:
            return "ended"
        return "asked" if self.allowed_at is None else "allowed"

    def leads_to(self, there: Destination) -> bool:
        """Whether ``there`` is of this host and port."""
        return self.port == there.port and matches(self.host, there.host)

    def evidence(self) -> Evidence:
        """Return whose requests may lead where, for what and until when."""
        return {
            "body": str(self.body_id),
            "host": self.host,
            "port": self.port,
            "purpose": self.purpose,
            "until": self.until.isoformat(),
            "state": self.state,
        }
