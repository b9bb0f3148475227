"""Compute here: what bought data may be asked, what was asked, and the answers that left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.charting.chart import COUNT, Chart
from yelin.charting.drawing import Said
from yelin.law import duties, packs
from yelin.market.compute import acts, reads
from yelin.market.compute.acts import MOST_ANSWERS
from yelin.market.compute.content import MOST_FILTERS, Function, QuestionContent
from yelin.market.compute.models import Computation, Ground, State
from yelin.market.compute.reads import Askable
from yelin.market.compute.working import SHARED, limits
from yelin.market.compute.writing import FUNCTIONS, as_csv, cells, head, lines
from yelin.market.contract import money
from yelin.market.contract import reads as contracts
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Side
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker
from yelin.surface.sending import disposition
from yelin.warehouse.formats import Column
from yelin.warehouse.items import NUMBER_TYPES
from yelin.web import offers
from yelin.web.asking import GET_OR_POST
from yelin.web.choices import choose
from yelin.web.guards import seated
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.portal.drawn import Drawn, of_rows
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import lang
from yelin.web.trail import trail

PAGE_SIZE = 20
GROUPS, FILTERS = 2, 2
_SPANS = {
    "": gettext_lazy("each value"),
    "year": gettext_lazy("by year"),
    "quarter": gettext_lazy("by quarter"),
    "month": gettext_lazy("by month"),
    "day": gettext_lazy("by day"),
}
_SIGNS = {
    "eq": gettext_lazy("is"),
    "in": gettext_lazy("is one of"),
    "gte": gettext_lazy("is at least"),
    "gt": gettext_lazy("is above"),
    "lte": gettext_lazy("is at most"),
    "lt": gettext_lazy("is below"),
}


class AskForm(forms.Form):
    """A question in fields: groups, figures, conditions."""

    def __init__(self, *args: Any, askable: Askable, **kwargs: Any) -> None:
        """Offer the columns that may be asked."""
        super().__init__(*args, **kwargs)
        open_ = {name: each for name, each in askable.columns.items() if name not in askable.closed}
        numbers = [name for name, each in open_.items() if each.type in NUMBER_TYPES]
        none = [("", _("nothing")), *((name, name) for name in open_)]
        for place in range(1, GROUPS + 1):
            label = _("Group by") if place == 1 else _("and by")
            self._add(f"group{place}", forms.ChoiceField(label=label, required=False), none)
            span = forms.ChoiceField(label=_("In which steps"), required=False)
            self._add(f"by{place}", span, [*_SPANS.items()])
        figures = [
            (f"{function}:{name}", FUNCTIONS[function].format(name=name))
            for name in numbers
            for function in Function
        ]
        several = forms.MultipleChoiceField(
            label=_("Tell beside the number of rows"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self._add("figures", several, figures)
        for place in range(1, FILTERS + 1):
            label = _("Only rows where") if place == 1 else _("and where")
            self._add(f"column{place}", forms.ChoiceField(label=label, required=False), none)
            sign = forms.ChoiceField(label=_("Comparison"), required=False)
            self._add(f"sign{place}", sign, [*_SIGNS.items()])
            self.fields[f"value{place}"] = forms.CharField(
                label=_("Value"), required=False, max_length=400
            )

    def _add(self, name: str, field: forms.Field, choices: Sequence[tuple[str, Any]]) -> None:
        choose(field, choices)
        self.fields[name] = field

    def in_lines(self) -> Iterator[list[forms.BoundField]]:
        """Yield the fields that stand in one line."""
        for place in range(1, GROUPS + 1):
            yield [self[f"group{place}"], self[f"by{place}"]]
        if self["figures"].field.choices:  # type: ignore[attr-defined]  # a choice field has them
            yield [self["figures"]]
        for place in range(1, FILTERS + 1):
            yield [self[f"column{place}"], self[f"sign{place}"], self[f"value{place}"]]


def question_of(said: Mapping[str, Any]) -> QuestionContent:
    """Return the question that the form says."""
    groups = [
        {"column": said[f"group{place}"], "by": said[f"by{place}"]}
        for place in range(1, GROUPS + 1)
        if said[f"group{place}"]
    ]
    figures = [
        dict(zip(("function", "column"), each.split(":", 1), strict=True))
        for each in said["figures"]
    ]
    filters = [
        {
            "column": said[f"column{place}"],
            "operator": said[f"sign{place}"],
            "values": _values(said[f"sign{place}"], said[f"value{place}"]),
        }
        for place in range(1, FILTERS + 1)
        if said[f"column{place}"]
    ]
    return QuestionContent.model_validate(
        {"groups": groups, "figures": figures, "filters": filters[:MOST_FILTERS]}
    )


def _values(sign: str, written: str) -> list[str]:
    if sign != "in":
        return [written.strip()]
    parts = [each.strip() for each in written.replace("，", ",").replace("、", ",").split(",")]
    return [each for each in parts if each][:50] or [""]


class BoundForm(forms.Form):
    """What a seller keeps from being asked of its data."""

    subject = forms.ChoiceField(
        label=gettext_lazy("Rows of one subject are alike in"),
        help_text=gettext_lazy("Without one each row counts as one of its own."),
        required=False,
    )
    closed = forms.MultipleChoiceField(
        label=gettext_lazy("Of these items nothing is asked"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    least = forms.IntegerField(
        label=gettext_lazy("At least so many stand behind each figure"),
        min_value=0,
        max_value=10_000,
        initial=0,
    )

    def __init__(self, *args: Any, names: Sequence[str], **kwargs: Any) -> None:
        """Offer the items of the data."""
        super().__init__(*args, **kwargs)
        choose(self.fields["subject"], [("", _("nothing")), *((each, each) for each in names)])
        choose(self.fields["closed"], [(each, each) for each in names])


@dataclass(frozen=True, slots=True)
class Line:
    """A question as a list tells of it, in words."""

    row: Computation
    told: str


@require_http_methods(GET_OR_POST)
@seated
def computing(request: HttpRequest, asker: Asker, number: str) -> HttpResponse:
    """Show what may be asked under a contract and what was, and take a question."""
    actor = asker.actor
    found = _contract(actor, number)
    side = found.side_of(actor.body_id)
    open_ = list(reads.askable(actor, found)) if side is Side.CONSUMER else []
    may_do = [_ask(actor, found, each) for each in open_]
    if side is Side.PROVIDER:
        may_do = [_bound(actor, found, *each) for each in reads.sold(actor, found)]
    taken = offers.take(request, actor, may_do)
    if taken.made is not None:
        if isinstance(taken.made, Computation):
            return redirect("portal:computation", number, taken.made.pk)
        return redirect("portal:computing", number)
    asked, pager = cut(reads.computations(actor, found), request.GET, PAGE_SIZE)
    price = found.terms.price
    owed = reads.owed(found)
    context = {
        "contract": found,
        "is_buyer": side is Side.CONSUMER,
        "askables": [
            (each, _columns(each), filled)
            for each, filled in zip(open_, taken.offered, strict=False)
        ],
        "offered": [] if side is Side.CONSUMER else taken.offered,
        "lines": [_line(each, whole=side is Side.CONSUMER) for each in asked],
        "pager": pager,
        "calls": reads.calls(found),
        "most": MOST_ANSWERS,
        "owed": money.written(owed, price.currency) if owed is not None and price else "",
        "currency": price.currency if price else "",
        "small": packs.active().small[SHARED],
        "provision": packs.active().ordering(duties.TRADE_LAWFUL),
        "crumbs": _crumbs(found),
    }
    return render(request, "portal/computing.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@seated
def computation(request: HttpRequest, asker: Asker, number: str, pk: UUID) -> HttpResponse:
    """Show one question with what came of it; the answer is for whoever asked alone."""
    actor = asker.actor
    found = _contract(actor, number)
    row = reads.computation(actor, found, pk)
    is_buyer = found.side_of(actor.body_id) is Side.CONSUMER
    waits = row.state == State.WAITING and is_buyer
    may_do = [
        Offer(
            act="compute.call_off",
            on=row,
            title=_("Call the question off"),
            button=_("Call the question off"),
            done=_("The question is called off."),
            do=lambda _said: acts.call_off(actor=actor, computation=row),
            stops=True,
        )
    ]
    taken = offers.take(request, actor, may_do if waits else [])
    if taken.made is not None:
        return redirect("portal:computation", number, pk)
    is_told = is_buyer and row.answer is not None
    context = {
        "contract": found,
        "row": row,
        "line": _line(row, whole=is_buyer),
        "many": len(row.question.groups),
        "entry": row.ground.entry,
        "is_buyer": is_buyer,
        "waits": waits,
        "head": head(row),
        "cells": list(cells(row)) if is_told else [],
        "chart": _chart(row) if is_told else None,
        "least": limits(row.ground).least,
        "says": _(row.says) if row.says else "",
        "offered": taken.offered,
        "crumbs": _crumbs(found, _("Question")),
    }
    return render(request, "portal/computation.html", context, status=taken.status)


@require_safe
@never_cache
@seated
def answer(request: HttpRequest, asker: Asker, number: str, pk: UUID) -> HttpResponse:
    """Hand out an answer as a file (CSV)."""
    del request
    found = _contract(asker.actor, number)
    row = reads.computation(asker.actor, found, pk)
    if row.answer is None or found.side_of(asker.actor.body_id) is not Side.CONSUMER:
        raise gate.Unseen
    response = HttpResponse(as_csv(row), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = disposition(f"{number}-{row.pk.hex[:8]}.csv")
    return response


def _contract(actor: Actor, number: str) -> Contract:
    found = contracts.contract(actor, number)
    if found.side_of(actor.body_id) is Side.PLATFORM or not reads.computes(found):
        raise gate.Unseen
    return found


def _crumbs(found: Contract, title: str = "") -> list[Link]:
    here = _("Compute here")
    between = [
        (_("Negotiations and contracts"), "portal:negotiations"),
        (found.title, reverse("portal:contract", args=[found.number])),
        *([(here, reverse("portal:computing", args=[found.number]))] if title else []),
    ]
    return trail(title or here, *between)


def _ask(actor: Actor, found: Contract, each: Askable) -> Offer:
    return Offer(
        act="compute.ask",
        key=f"ask-{each.entry.pk.hex[:12]}",
        on=found,
        title=_("Ask a question"),
        button=_("Ask the question"),
        done=_("The question is asked."),
        form=lambda *args, **kwargs: AskForm(*args, askable=each, **kwargs),
        do=lambda said: acts.ask(
            actor=actor, contract=found, entry=each.entry, question=question_of(said)
        ),
    )


def _bound(actor: Actor, found: Contract, each: Askable, ground: Ground | None) -> Offer:
    return Offer(
        act="compute.bound",
        key=f"bound-{each.entry.pk.hex[:12]}",
        on=found,
        title=_("Say what is not asked"),
        says=_("Until the first question: what left by an answer cannot be called back."),
        button=_("Keep it so"),
        done=_("It is asked within these bounds."),
        form=lambda *args, **kwargs: BoundForm(*args, names=[*each.columns], **kwargs),
        initial={"subject": ground.subject, "closed": ground.closed, "least": ground.least}
        if ground
        else {},
        do=lambda said: acts.bound(
            actor=actor,
            contract=found,
            entry=each.entry,
            subject=said["subject"],
            closed=tuple(said["closed"]),
            least=said["least"],
        ),
    )


def _columns(each: Askable) -> list[tuple[Column, bool]]:
    return [(column, name in each.closed) for name, column in each.columns.items()]


def _line(row: Computation, *, whole: bool) -> Line:
    """Return a question in words; ``whole``: with the values by which rows are chosen."""
    asked, comma = row.question, _(", ")
    told = comma.join(
        [FUNCTIONS[each.function].format(name=each.column) for each in asked.figures]
        or [_("Number of rows")]
    )
    if asked.groups:
        groups = comma.join(
            f"{each.column} ({_SPANS.get(each.by, each.by)})" if each.by else each.column
            for each in asked.groups
        )
        told = _("{figures} by {groups}").format(figures=told, groups=groups)
    if asked.filters:
        filters = comma.join(
            f"{each.column} {_SIGNS[each.operator]} {comma.join(each.values)}"
            if whole
            else each.column
            for each in asked.filters
        )
        told = _("{figures}; only rows by {filters}").format(figures=told, filters=filters)
    return Line(row, told)


def _chart(row: Computation) -> Drawn | None:
    """Return a picture of the first figure by the groups, where there are several."""
    asked = row.question
    told = [each for each in lines(row) if each["group"] is not None]
    if not asked.groups or len(told) < 2:
        return None
    of = asked.figures[0] if asked.figures else None
    named = f"{of.function}:{of.column}" if of else COUNT
    name = asked.groups[0].column

    def figure(each: Mapping[str, Any]) -> float:
        return float(each["figures"][0] if of else each["rows"])

    rows: list[dict[str, Any]] = [
        {name: " · ".join(str(value) for value in each["group"]), named: figure(each)}
        for each in told
    ]
    rows.sort(key=lambda each: -each[named])
    apart = [figure(each) for each in lines(row) if each["group"] is None]
    adds = of is None or of.function is Function.SUM
    says = FUNCTIONS[of.function].format(name=of.column) if of else _("Number of rows")
    said = Said(name, says, _("(empty)"), _("others, put together"),
                large="western" if lang() == "en" else "myriad")  # fmt: skip
    return of_rows(Chart("bar", name, named), rows, said, sum(apart) if apart and adds else None)
