"""The items editor: rows are added, moved and removed by plain buttons, then saved at once."""

from typing import Any
from uuid import UUID

from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.catalog import acts, working
from yelin.catalog.content import ItemContent
from yelin.catalog.models import Entry
from yelin.law.refusals import Incomplete
from yelin.surface.actor import Asker
from yelin.warehouse import acts as warehouse_acts
from yelin.warehouse import reads as warehouse
from yelin.warehouse.models import Upload
from yelin.web import mending
from yelin.web.asking import GET_OR_POST, id_of
from yelin.web.desk import answering, filling, pasting
from yelin.web.desk.door import page
from yelin.web.desk.entries import crumbs
from yelin.web.done import say_done
from yelin.web.guards import seated
from yelin.web.item_forms import ItemForm, ItemFormSet
from yelin.web.shapes import Link

_MOVES = ("up", "down", "remove", "add", "paste")
Row = dict[str, Any]


@require_http_methods(GET_OR_POST)
@seated
def items(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Describe the items of an entry, by hand or from what a file proposes."""
    entry = working.entry(asker.actor, pk)
    gate.decide(asker.actor, "catalog.amend", entry).must_allow("catalog.amend", entry.pk)
    upload = _proposing(asker, entry, request.GET.get("from", ""))
    if request.method != "POST":
        rows = _proposed(upload) if upload else [_row(item) for item in entry.in_hand().items]
        return _page(request, asker, entry, _formset(entry, initial=rows or [{}]), upload)
    if any(move in request.POST for move in _MOVES):
        moved = _formset(entry, initial=_moved(request, entry))
        return _page(request, asker, entry, moved, upload)
    filled = _formset(entry, request.POST)
    if not filled.is_valid():
        return _page(request, asker, entry, filled, upload, status=422)
    try:
        _save(request, asker, entry, filled, upload)
    except Incomplete as error:
        return _page(request, asker, entry, filled, upload, faults=mending.told(error), status=422)
    if upload:
        return redirect("desk:report", pk=upload.pk)
    return redirect("desk:entry", pk=pk)


def _formset(entry: Entry, data: Any = None, **kwargs: Any) -> "BaseFormSet[ItemForm]":
    offered = filling.standards(entry.in_hand().items)
    return ItemFormSet(data, form_kwargs=offered, **kwargs)


def _proposing(asker: Asker, entry: Entry, text: str) -> Upload | None:
    if not text:
        return None
    upload = warehouse.upload(asker.actor, id_of(text))
    if upload.entry_id != entry.pk:
        raise gate.Unseen
    return upload


def _proposed(upload: Upload) -> list[Row]:
    return [
        {
            "name": each["name"],
            "type": each["type"],
            "length": each["length"] or "",
            "nullable": each["nullable"],
            "key": each["key"],
            "grade": "1",
        }
        for each in upload.report.get("proposed", [])
    ]


def _row(item: ItemContent) -> Row:
    return item.model_dump(mode="json") | {"grade": str(item.grade)}


def _moved(request: HttpRequest, entry: Entry) -> list[Row]:
    """Return the rows as typed so far, with the one change that a button asks for."""
    rows = _typed(request, entry)
    post = request.POST
    if "add" in post:
        return [*rows, {"nullable": True}]
    if "paste" in post:
        return [row for row in rows if row["name"]] + pasting.rows(post.get("pasted", ""))
    name = next(move for move in _MOVES if move in post)
    text = post[name]
    at = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= at < len(rows):
        return rows
    if name == "remove":
        return rows[:at] + rows[at + 1 :]
    other = at - 1 if name == "up" else at + 1
    if 0 <= other < len(rows):
        rows[at], rows[other] = rows[other], rows[at]
    return rows


def _typed(request: HttpRequest, entry: Entry) -> list[Row]:
    filled = _formset(entry, request.POST)
    return [
        {
            name: form[name].value() if name not in {"nullable", "key"} else bool(form[name].data)
            for name in ItemForm.base_fields
        }
        for form in filled.forms
    ]


def _save(
    request: HttpRequest,
    asker: Asker,
    entry: Entry,
    filled: "BaseFormSet[ItemForm]",
    upload: Upload | None,
) -> None:
    described = tuple(form.content() for form in filled.forms if form.cleaned_data.get("name"))
    content = entry.in_hand().model_copy(update={"items": described})
    entry = acts.amend(actor=asker.actor, entry=entry, content=content)
    if request.POST.get("do") == "register":
        entry = acts.register(actor=asker.actor, entry=entry)
        says = _("Registered under the code {code}.").format(code=entry.code)
        say_done(request, says, "catalog.register", entry)
        return
    if upload:
        options = answering.same(upload)
        warehouse_acts.prepare(actor=asker.actor, upload=upload, options=options)
    say_done(request, _("The items are saved."), "catalog.amend", entry)


def _page(
    request: HttpRequest,
    asker: Asker,
    entry: Entry,
    formset: "BaseFormSet[ItemForm]",
    upload: Upload | None,
    *,
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "entry": entry,
        "formset": formset,
        "proposed": upload.filename if upload else "",
        "faults": faults or [],
        "warnings": filling.warnings(entry.in_hand()),
        "entry_url": reverse("desk:entry", args=[entry.pk]),
        "crumbs": crumbs(entry, Link(_("Items"), "")),
    }
    return page(request, asker, "desk/items.html", context, status=status)
