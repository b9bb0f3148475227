"""Questions about places from which data is fetched: whose they are, and how it went last."""

from dataclasses import dataclass

from django.db.models import QuerySet

from yelin import gate
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.pulling.models import Pull, Run


@dataclass(frozen=True, slots=True)
class Line:
    """A place in a list, with the last time that it was asked."""

    pull: Pull
    last: Run | None


def pulls_of(actor: Actor, body: Body) -> "QuerySet[Pull]":
    """Return the places of ``body`` of which ``actor`` may know, the next to be asked first."""
    own = Pull.objects.filter(entry__provider=body).select_related("entry")
    return gate.visible_to(actor, "pull.see", own).order_by("state", "next_at", "pk")


def with_last(pulls: "list[Pull]") -> list[Line]:
    """Return each of ``pulls`` with the last time that it was asked, in one query."""
    runs = Run.objects.filter(pull__in=pulls, is_trial=False).select_related("upload")
    last = {run.pull_id: run for run in runs.order_by("pull", "-begun_at", "-pk").distinct("pull")}
    return [Line(pull, last.get(pull.pk)) for pull in pulls]
