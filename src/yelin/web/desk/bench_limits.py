"""What rows on the bench are held to: limits, models of sensitive items, a population."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from yelin.privacy.workbench import acts
from yelin.privacy.workbench.content import PlanContent
from yelin.privacy.workbench.models import Deidentification
from yelin.surface.actor import Asker
from yelin.web.desk.bench_forms import LimitsForm, PopulationForm, guard_form
from yelin.web.offers import Nothing, Offer


def limits(asker: Asker, found: Deidentification) -> list[Offer]:
    """Return the offers by which limits are changed, while the plan is open."""
    content = found.content

    def said_so(**more: Any) -> Deidentification:
        plan = type(content).model_validate(content.model_dump() | more)
        return acts.classify(actor=asker.actor, work=found, plan=plan)

    def offer(key: str, title: str, form: Any, do: Any, **more: Any) -> Offer:
        return Offer(
            act="deidentify.classify", key=key, on=found, title=title, form=form, do=do,
            button=more.pop("button", _("Save")), done=_("It is saved."), **more,
        )  # fmt: skip

    offered = [
        offer(
            "limits",
            _("Limits of all rows"),
            LimitsForm,
            lambda said: said_so(**said | {"cap": said["cap"] / 100}),
            initial={
                "k": content.k,
                "cap": content.cap * 100,
                "cells": content.cells,
                "nulls": content.nulls.value,
            },
        )
    ]
    offered += _population(content, offer, said_so)
    form = guard_form(content)
    if form.base_fields["column"].choices:  # type: ignore[attr-defined]  # a field of choices
        offered.append(
            offer(
                "guard",
                _("Hold a sensitive item to a model"),
                form,
                lambda said: said_so(guards=(*content.guards, said["guard"])),
            )
        )
    for place, each in enumerate(content.guards):
        rest = (*content.guards[:place], *content.guards[place + 1 :])
        offered.append(
            offer(
                f"guard-{place}",
                _("Take the model of {name} out").format(name=each.column),
                Nothing,
                lambda _said, left=rest: said_so(guards=left),
                button=_("Take out"),
                stops=True,
            )
        )
    return offered


def _population(
    content: PlanContent, offer: Callable[..., Offer], said_so: Callable[..., Deidentification]
) -> list[Offer]:
    known = content.population
    shares = {"least": known.least * 100, "most": known.most * 100} if known else {}
    offered = [
        offer(
            "population",
            _("Compare with a population (δ-presence)"),
            PopulationForm,
            lambda said: said_so(population=said["population"]),
            initial=known.model_dump() | shares if known else {},
        )
    ]
    if known:
        offered.append(
            offer(
                "no-population",
                _("Compare with no population"),
                Nothing,
                lambda _said: said_so(population=None),
                button=_("Take out"),
                stops=True,
            )
        )
    return offered
