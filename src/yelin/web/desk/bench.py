"""The bench on the desk: a release is classified, searched, written, measured and certified."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin.acts import references
from yelin.keys.models import Destroyed
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.privacy.deidentify.hierarchy import Level
from yelin.privacy.workbench import acts, reads, wording, working
from yelin.privacy.workbench.content import fewest
from yelin.privacy.workbench.models import (
    BroughtHierarchy,
    Certificate,
    Deidentification,
    WorkState,
)
from yelin.surface import telling
from yelin.surface.actor import Asker
from yelin.warehouse.findings import Unfit
from yelin.warehouse.models import Release
from yelin.web import mending, offers
from yelin.web.asking import GET_OR_POST
from yelin.web.desk import bench_limits, bench_result, bench_statistics, bench_words
from yelin.web.desk.bench_forms import (
    BringForm,
    ColumnsForm,
    HierarchyForm,
    begin_form,
)
from yelin.web.desk.bench_statistics import TableForm
from yelin.web.desk.door import page
from yelin.web.guards import own_body, seated
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.shapes import Link, Step

PAGE_SIZE = 50
_OPEN = {WorkState.DRAFT, WorkState.FOUND, WorkState.FAILED}
_WRITTEN = {WorkState.WRITTEN, WorkState.MEASURED}


@require_http_methods(GET_OR_POST)
@seated
def works(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the works of the actor's body and its hierarchies; begin one, bring one."""
    body, actor = own_body(asker), asker.actor
    begin = Offer(
        # The entry is chosen in the form, and the gate asked about that one.
        act="deidentify.bring_hierarchy",
        key="begin",
        on=body,
        title=_("Begin with a version"),
        says=_("The source stays as it is. What comes out is a version of another entry."),
        button=_("Begin"),
        done=_("The work is begun. Say of each item what it is."),
        form=begin_form(body),
        do=lambda said: acts.begin(actor=actor, **said),
    )
    bring = Offer(
        act="deidentify.bring_hierarchy",
        on=body,
        title=_("Bring a hierarchy"),
        says=_("For values that follow no rule of their own, as occupations do."),
        button=_("Bring it"),
        done=_("The hierarchy is there."),
        form=BringForm,
        do=lambda said: acts.bring_hierarchy(actor=actor, body=body, **said),
    )
    taken = offers.take(request, actor, [begin, bring])
    if isinstance(taken.made, Deidentification):
        return redirect("desk:deidentification", pk=taken.made.pk)
    if taken.made is not None:
        return redirect("desk:deidentifications")
    own, pager = cut(reads.works_of(actor), request.GET, PAGE_SIZE)
    context = {
        "works": own,
        "pager": pager,
        "hierarchies": reads.hierarchies_of(actor),
        "provision": packs.active().ordering(duties.HAND_OVER),
        "offered": taken.offered,
    }
    return page(request, asker, "desk/deidentifications.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@seated
def hierarchy(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show a hierarchy that was brought; bring other lines of it."""
    found = references.one(asker.actor, BroughtHierarchy, pk)
    change = Offer(
        act="deidentify.change_hierarchy",
        on=found,
        title=_("Bring other lines"),
        says=_("Certificates that rest on it end."),
        button=_("Change it"),
        done=_("The hierarchy is changed."),
        form=HierarchyForm,
        initial={"lines": found.content["text"]},
        do=lambda said: acts.change_hierarchy(actor=asker.actor, hierarchy=found, **said),
    )
    taken = offers.take(request, asker.actor, [change])
    if taken.made is not None:
        return redirect("desk:hierarchy", pk=pk)
    known = found.hierarchy
    context = {
        "hierarchy": found,
        "levels": known.preview(dict.fromkeys(known.leaves, 1)),
        "offered": taken.offered,
        "crumbs": _crumbs(found.title),
    }
    return page(request, asker, "desk/hierarchy.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@seated
def work(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one work: its items, what was found and measured, and what may be done next."""
    found = references.one(asker.actor, Deidentification, pk)
    release, certificates = found.published, list(reads.certificates_of(found))
    columns = _columns_offer(asker, found)
    asked = _offered(asker, found, release, certificates)
    asked = [columns, *asked] if columns else asked
    taken = offers.take(request, asker.actor, asked)
    if taken.made is not None:
        return redirect("desk:deidentification", pk=pk)
    wrong = reads.faults(found) if found.state in _OPEN else []
    context = {
        "work": found,
        "state": found.state,
        "running": not found.is_settled,
        "percent": round(found.fraction * 100),
        "steps": _steps(found, certificates),
        "bears": found.bears,
        "bears_name": found.bears.label(get_language() or "zh-hans"),
        "wrong": mending.told(Incomplete(wrong)) if wrong else [],
        "error": telling.said(found.error["says"], found.error["params"]) if found.error else "",
        "release": release,
        "certificates": certificates,
        "lines": next((each for each in taken.offered if each.offer is columns), None),
        "offered": [each for each in taken.offered if each.offer is not columns],
        "provision": packs.active().ordering(duties.HAND_OVER),
        "crumbs": _crumbs(found.entry.title),
    }
    if found.is_statistics:
        form, more = "statistics", bench_statistics.context(asker.actor, found)
    else:
        form, more = "deidentification", _of_rows(asker, found, request.GET.get("item", ""))
    return page(request, asker, f"desk/{form}.html", context | more, status=taken.status)


def _of_rows(asker: Asker, found: Deidentification, item: str) -> dict[str, Any]:
    return {
        "kind": "deidentification",
        "least": fewest(found.bears.risk),
        "content": found.content,
        "guards": [(wording.MODELS[each.model], each) for each in found.content.guards],
        "found": bench_result.found(found),
        "kept": bench_result.kept(found),
        "pairs": bench_result.pairs(found),
        "rows": bench_result.rows(asker.actor, found),
        "measured": bench_result.measured(found),
        "attacks": list(bench_result.attacks(found)),
        "previews": list(_previews(found, item)),
        "shown": item,
    }


def _crumbs(title: str) -> list[Link]:
    return [
        Link(_("Desk"), reverse("desk:home")),
        Link(_("De-identification"), reverse("desk:deidentifications")),
        Link(title, ""),
    ]


def _columns_offer(asker: Asker, found: Deidentification) -> Offer | None:
    if found.state not in _OPEN or found.source.is_destroyed:
        return None
    given = {"work": found, "hierarchies": list(reads.hierarchies_of(asker.actor))}
    if found.is_statistics:
        return Offer(
            act="deidentify.tabulate",
            key="table",
            on=found,
            title=_("The table"),
            button=_("Save"),
            done=_("The table is planned."),
            form=type("WorkTableForm", (TableForm,), given),
            do=lambda said: acts.tabulate(actor=asker.actor, work=found, plan=said["plan"]),
        )
    return Offer(
        act="deidentify.classify",
        key="columns",
        on=found,
        title=_("Items"),
        button=_("Save"),
        done=_("The items are classified."),
        form=type("WorkColumnsForm", (ColumnsForm,), given),
        do=lambda said: acts.classify(actor=asker.actor, work=found, plan=said["plan"]),
    )


def _offered(
    asker: Asker,
    found: Deidentification,
    release: Release | None,
    certificates: Sequence[Certificate],
) -> list[Offer]:
    """Return what may be done next, the first of it what leads on."""
    actor, state = asker.actor, WorkState(found.state)
    words = bench_words.of(found)
    standing = [each for each in certificates if each.ended_at is None]

    def offer(act: str, title: str, says: str, do: Any, done: str = "", **more: Any) -> Offer:
        return Offer(
            act=act, on=found, title=title, says=says, do=do, done=done,
            button=more.pop("button", title), **more,
        )  # fmt: skip

    offered = []
    if state in _OPEN:
        offered.append(
            offer(
                "deidentify.search",
                *words["search"][:2],
                lambda _said: acts.search(actor=actor, work=found),
                words["search"][2],
            )
        )
    if state in {WorkState.FOUND, *_WRITTEN}:
        offered.append(
            offer(
                "deidentify.prepare",
                *words["write"][:2],
                lambda _said: acts.prepare(actor=actor, work=found),
                words["write"][2],
            )
        )
    if state in _WRITTEN and release:
        offered.append(
            offer(
                "deidentify.measure",
                *words["measure"][:2],
                lambda _said: acts.measure(actor=actor, work=found),
                words["measure"][2],
            )
        )
    if state is WorkState.MEASURED and not standing:
        offered.insert(
            0,
            offer(
                "deidentify.certify",
                _("Sign the certificate"),
                _("Your body signs for it. It holds for these bytes alone."),
                lambda _said: acts.certify(actor=actor, work=found),
                _("The certificate is issued."),
            ),
        )
    if state in _OPEN and not found.is_statistics:
        offered += bench_limits.limits(asker, found)
    if not found.is_settled:
        offered.append(
            offer(
                "deidentify.call_off",
                _("Call it off"),
                _("Nothing that it found counts."),
                lambda _said: acts.call_off(actor=actor, work=found),
                _("It is called off."),
                stops=True,
            )
        )
    return offered + _withdrawals(asker, standing)


def _withdrawals(asker: Asker, standing: Sequence[Certificate]) -> list[Offer]:
    return [
        Offer(
            act="deidentify.withdraw",
            key=f"withdraw-{each.pk}",
            on=each,
            title=_("Take {number} back").format(number=each.number),
            says=_("From this moment on nothing goes out by it."),
            button=_("Take it back"),
            done=_("The certificate is taken back."),
            do=lambda _said, one=each: acts.withdraw(actor=asker.actor, certificate=one),  # type: ignore[misc]  # bound early, for the loop
            stops=True,
        )
        for each in standing
    ]


def _steps(found: Deidentification, certificates: Sequence[Certificate]) -> list[Step]:
    first, second = (
        (pgettext("bench", "Plan"), pgettext("bench", "Counting"))
        if found.is_statistics
        else (pgettext("bench", "Classification"), pgettext("bench", "Search"))
    )
    titles = (
        first,
        second,
        pgettext("bench", "Writing"),
        pgettext("bench", "Measuring"),
        pgettext("bench", "Certificate"),
    )
    at, how = {
        WorkState.DRAFT: (0, "now"),
        WorkState.SEARCHING: (1, "now"),
        WorkState.FAILED: (1, "fail"),
        WorkState.FOUND: (2, "next"),
        WorkState.WRITING: (2, "now"),
        WorkState.WRITTEN: (3, "next"),
        WorkState.MEASURING: (3, "now"),
        WorkState.MEASURED: (4, "now"),
    }[WorkState(found.state)]
    if found.state == WorkState.MEASURED and certificates:
        at, how = len(titles), "next"
    states = ["done"] * at + [how] + ["next"] * len(titles)
    return [Step(title, state) for title, state in zip(titles, states, strict=False)]


def _previews(found: Deidentification, name: str) -> Iterator[Level]:
    """Yield what each level of a column makes of its values; nothing where it has no hierarchy."""
    column = found.content.column(name)
    if column is None or column.ladder is None or found.source.is_destroyed:
        return
    try:
        with working.reading(found.source) as (engine, source):
            counts = working.values_of(engine, source, name)
        kept = reads.ladders_of(found, found.content)
        made = working.hierarchy_of(name, column.ladder, counts, kept)
    except (Unfit, Destroyed):
        return
    yield from made.preview({value: n for value, n in counts.items() if value is not None})
