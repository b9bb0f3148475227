"""The negative list: what is not shared and why, on any day, and what changed between two."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.catalog.negative_list import Listed, NegativeList, Turned
from yelin.law import clock, duties, packs
from yelin.surface.telling import basis_of
from yelin.web.paging import page_of
from yelin.web.shapes import Pager
from yelin.web.sheets import Sheet
from yelin.web.trail import trail

PAGE_SIZE = 100
MOST_DAYS = 50


@require_safe
def negative_list(request: HttpRequest) -> HttpResponse:
    """Show the list on a day; asked for two days, also what changed between them."""
    kept, today = NegativeList(), clock.today()
    day = _day(request, "on") or today
    first, last = _days(request)
    listed = kept.on(day)
    pager = Pager(page_of(request.GET), max(1, -(-len(listed) // PAGE_SIZE)), f"?on={day}")
    start = (min(pager.page, pager.pages) - 1) * PAGE_SIZE
    pack = packs.active()
    context = {
        "day": day,
        "today": today,
        "total": len(listed),
        "listed": listed[start : start + PAGE_SIZE],
        "pager": pager,
        "first": first or day - timedelta(days=30),
        "last": last or day,
        "turn": kept.between(first, last) if first and last else None,
        "history": kept.history()[:MOST_DAYS],
        "provisions": [
            found
            for duty in (duties.SHARING_TYPE, duties.SHARING_BASIS, duties.NEGATIVE_LIST)
            if (found := pack.ordering(duty))
        ],
        "crumbs": trail(_("Negative list")),
    }
    return render(request, "portal/negative_list.html", context)


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        found = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    # Nobody knows what tomorrow's list holds.
    return min(found, clock.today())


def _days(request: HttpRequest) -> tuple[date | None, date | None]:
    first, last = _day(request, "from"), _day(request, "to")
    return (last, first) if first and last and last < first else (first, last)


@require_safe
def as_json(request: HttpRequest) -> JsonResponse:
    """Answer with the list on a day, or with what changed between two."""
    kept, (first, last) = NegativeList(), _days(request)
    basis = [basis_of(duties.SHARING_BASIS), basis_of(duties.NEGATIVE_LIST)]
    if first and last:
        turn = kept.between(first, last)
        document: dict[str, Any] = {
            "from": first.isoformat(),
            "to": last.isoformat(),
            "basis": basis,
            "came": [_item(each) for each in turn.came],
            "went": [
                _item(each) | ({"became": each.became} if each.became else {}) for each in turn.went
            ],
            "changed": [_turned(each) for each in turn.changed],
        }
    else:
        day = _day(request, "on") or clock.today()
        items = [_item(each) for each in kept.on(day)]
        document = {"on": day.isoformat(), "basis": basis, "total": len(items), "items": items}
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False})


def _item(each: Listed) -> dict[str, Any]:
    return {
        "code": each.entry.code,
        "title": each.title,
        "provider": each.entry.provider.name,
        "provider_code": each.entry.provider.credit_code,
        "basis": each.basis,
        "since": each.since.isoformat(),
    }


def _turned(each: Turned) -> dict[str, Any]:
    return _item(each.after) | {"before": {"title": each.before.title, "basis": each.before.basis}}


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """Answer with the list on a day as a file."""
    day = _day(request, "on") or clock.today()
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="negative-list-{day}.csv"'
    _write(response, NegativeList().on(day))
    return response


def _write(response: HttpResponse, listed: Iterable[Listed]) -> None:
    rows = Sheet(response)
    rows.write(
        [
            _("Code"),
            _("Title"),
            _("Body"),
            _("Credit code"),
            _("Basis for not sharing"),
            _("In these words since"),
        ]
    )
    rows.write_all(
        [
            each.entry.code,
            each.title,
            each.entry.provider.name,
            each.entry.provider.credit_code,
            each.basis,
            each.since.isoformat(),
        ]
        for each in listed
    )
