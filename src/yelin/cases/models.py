"""Cases, their steps, who is heard in them, and what their parties write to one another."""

import hashlib
from datetime import date
from typing import Any

import rfc8785
from django.db import models
from django.db.models import F, Q

from yelin.cases import procedure
from yelin.cases.procedure import Procedure, Step
from yelin.cases.rules import By, Outcome, State
from yelin.files.models import Attachment
from yelin.gate.models import Grant
from yelin.law import clock, duties
from yelin.law.duties import Duty
from yelin.law.models import Clock
from yelin.parties.models import Body
from yelin.things.models import Evidence, Subject, Thing


def _choices(enum: Any) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in enum]


_ANSWERED = (State.DECIDED, State.CLOSED)


class CaseQuerySet(models.QuerySet["Case"]):
    """Questions about cases."""

    def open(self) -> "CaseQuerySet":
        """Return the cases in which something is still owed by somebody."""
        return self.exclude(state=State.CLOSED)

    def undecided(self) -> "CaseQuerySet":
        """Return the cases that still wait for an answer, or for another one."""
        return self.exclude(state__in=_ANSWERED)

    def answered(self) -> "CaseQuerySet":
        """Return the cases that were answered, whether one may still appeal or not."""
        return self.filter(state__in=_ANSWERED)


class Case(Subject):
    """One matter that somebody asked a body to decide (办件).

    ``asked`` and ``given`` are in the words of its kind and may hold personal data, so leaves know
    only their salted digest. ``number`` tells people which case is meant and has no gaps.
    """

    KIND = "case"
    ALONG = ("about", "handler", "examiner")

    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=64)
    about = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="cases")
    applicant = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="cases_asked")
    handler = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="cases")
    examiner = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="cases_examined")
    """Who examines whether it is complete: the handler itself, or another whom its kind names."""
    reviewer = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="appeals", null=True, blank=True
    )
    state = models.CharField(max_length=16, choices=_choices(State), default=State.SUBMITTED.value)
    outcome = models.CharField(max_length=16, choices=_choices(Outcome), blank=True)
    asked = models.JSONField()
    given = models.JSONField(null=True)
    salt = models.BinaryField(max_length=16)
    missing = models.TextField(blank=True)
    """What the handler asked to be completed; asked once, so it says that it was."""
    reason = models.TextField(blank=True)
    legal_basis = models.TextField(blank=True)
    grounds = models.TextField(blank=True)
    """Why the applicant appeals."""
    finding = models.TextField(blank=True)
    """Why the appeal was decided as it was."""
    submitted_on = models.DateField()
    accepted_on = models.DateField(null=True)
    decided_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cases_refused_with_reason_and_basis",
                condition=~Q(outcome__in=["refused", "partly"])
                | (~Q(reason="") & ~Q(legal_basis="")),
            ),
            models.CheckConstraint(
                name="cases_closed_has_its_moment_and_outcome",
                condition=(~Q(state="closed") & Q(closed_at=None))
                | (Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="cases_appealed_has_a_reviewer",
                condition=~Q(state="appealed") | Q(reviewer__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="cases_open", fields=["handler"], condition=~Q(state="closed")),
            models.Index(name="cases_newest", fields=["kind", "-submitted_on", "-number"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def procedure(self) -> Procedure:
        """What the room above declared of this kind."""
        return procedure.of(self.kind)

    @property
    def matter(self) -> Any:
        """The subject that the case is about."""
        return getattr(self.about, self.about.kind)

    @property
    def owner(self) -> Body:
        """The body that has to see to the case now."""
        if self.state == State.APPEALED and self.reviewer:
            return self.reviewer
        return self.examiner if self.state == State.SUBMITTED else self.handler

    def own_duty(self, duty: Duty) -> Duty:
        """Return the duty that its kind has in the place of a general one."""
        return self.procedure.own_duty(duty)

    def go_to(self, state: State) -> None:
        """Enter ``state`` and let those terms run that run there, judged by the law it began under.

        What ran already runs on; what has no place there ends.
        """
        self.state = state
        if state is State.CLOSED:
            self.closed_at = clock.now()
        self.save()
        wanted = {duty.name: duty for duty in self.procedure.running(state)}
        running = clock.running(self)
        running.exclude(duty__in=wanted).update(ended_at=clock.now())
        for name in wanted.keys() - set(running.values_list("duty", flat=True)):
            clock.run(self, name, law_of=self.submitted_on)
        if state in {State.DECIDED, State.CLOSED}:
            for step in self.steps.filter(state=StepState.WAITING):
                step.end(StepState.NEEDLESS)
        self.procedure.moved(self)

    @property
    def purpose(self) -> str:
        """The purpose of what is granted by this case: the applicant's own words stay in it."""
        return f"case.{self.number.lower().replace('-', '.')}"

    def grants(self) -> "models.QuerySet[Grant]":
        """Return the grants by which an approval was carried out."""
        return Grant.objects.filter(given_in=self.pk)

    def attached(self) -> list[str]:
        """Return the salted digests of what hangs on it now, in the order in which it came."""
        kept = Attachment.objects.kept().filter(about=self.pk)
        return [bytes(each).hex() for each in kept.values_list("digest", flat=True)]

    def evidence(self) -> Evidence:
        """Return number, kind and states, the terms that run, what was granted.

        What is asked, given and attached is there by salted digests alone.
        """
        said = rfc8785.dumps([self.asked, self.given, self.reason, self.legal_basis])
        return {
            "number": self.number,
            "kind": self.kind,
            "about": self.about.code,
            "handler": self.handler.credit_code,
            "examiner": self.examiner.credit_code,
            "state": str(self.state),
            "outcome": str(self.outcome),
            "content": hashlib.sha256(bytes(self.salt) + said).hexdigest(),
            "attached": self.attached(),
            "terms": [_of_term(running) for running in clock.running(self)],
            "grants": [
                {"id": str(grant.pk), **grant.evidence()}
                for grant in (self.grants() if self.given else ())
            ],
        }


def _of_term(running: Clock) -> Evidence:
    return {
        "duty": running.duty,
        "due": running.due.isoformat(),
        "stands_still": running.suspended_on is not None,
        "lapsed": running.lapsed_at is not None,
    }


class StepState(models.TextChoices):
    """How a step of a case stands."""

    WAITING = "waiting", "Waits"
    DONE = "done", "Done"
    LAPSED = "lapsed", "Not done in time"
    NEEDLESS = "needless", "No longer needed"


class CaseStep(Subject):
    """A part of a case that another body does within its own term, beside others (并联环节)."""

    KIND = "case_step"
    ALONG = ("case", "handler")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    name = models.CharField(max_length=64)
    handler = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="case_steps")
    state = models.CharField(max_length=16, choices=StepState.choices, default=StepState.WAITING)
    finding = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="cases_step_once", fields=["case", "name"])]

    def __str__(self) -> str:
        return f"{self.case} {self.name}"

    def own_duty(self, duty: Duty) -> Duty:
        """Return the step's own duty in the place of the general one."""
        return self.declared.duty if duty == duties.CASES_HEAR else duty

    @property
    def declared(self) -> Step:
        """What the kind of the case says of the step."""
        return self.case.procedure.step(self.name)

    def end(self, state: StepState) -> None:
        """End the step and its term."""
        self.state = state
        self.save()
        clock.running(self).update(ended_at=clock.now())

    def evidence(self) -> Evidence:
        """Return which step of which case, how it stands, and what hangs on the case."""
        return {
            "case": self.case.number,
            "step": self.name,
            "state": str(self.state),
            "attached": self.case.attached(),
            "terms": [_of_term(running) for running in clock.running(self)],
        }


class CaseParty(Subject):
    """Somebody beside applicant and handler who is heard in a case (利害关系人)."""

    KIND = "case_party"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="heard")
    party = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="heard_in")
    since = models.DateTimeField()
    agrees = models.BooleanField(null=True)
    spoke_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "case parties"
        constraints = [
            models.CheckConstraint(
                name="cases_heard_spoke_and_agrees_or_not",
                condition=Q(agrees=None, spoke_at=None)
                | Q(agrees__isnull=False, spoke_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.party_id}"


class Message(models.Model):
    """What one party of a case wrote to the others; nobody else reads it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    by = models.CharField(max_length=16, choices=_choices(By))
    party = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.case} {self.at:%Y-%m-%d}"


class NumberCounter(models.Model):
    """The last number given to a kind of case in one year; it never goes back."""

    series = models.CharField(max_length=24, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}-{self.last}"

    @classmethod
    def next_number(cls, letters: str, on: date) -> str:
        """Return the next number of the year: letters, year, six digits."""
        series = f"{letters}-{on.year}"
        cls.objects.get_or_create(series=series)
        # The row stays locked until commit, so numbers follow each other without gaps or doubles.
        cls.objects.filter(pk=series).update(last=F("last") + 1)
        return f"{series}-{cls.objects.get(pk=series).last:06d}"
