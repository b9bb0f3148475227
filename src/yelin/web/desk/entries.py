"""One's body's entries: the list, one entry and what can be done with it, its form."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yelin import gate
from yelin.catalog import acts, rules, tree, working
from yelin.catalog import reads as catalog
from yelin.catalog.content import SharingType
from yelin.catalog.models import Entry, Item
from yelin.catalog.revisions import RevisionKind
from yelin.catalog.states import BEING_WRITTEN, State
from yelin.collecting import reads as collecting
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.surface.actor import Asker
from yelin.warehouse import disclosing
from yelin.web import mending, refusals, terms
from yelin.web.asking import GET_OR_POST
from yelin.web.desk import filling, reads
from yelin.web.desk.door import page
from yelin.web.desk.shapes import EntryLine, UploadLine
from yelin.web.desk.stopping import stops_of
from yelin.web.done import say_done
from yelin.web.entry_forms import EntryForm, audience
from yelin.web.guards import own_body, seated
from yelin.web.metadata import details
from yelin.web.paging import cut
from yelin.web.shapes import Link, Step
from yelin.web.templatetags.yelin import body_name, title_of

PAGE_SIZE = 50


@require_safe
@seated
def own(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the entries of the actor's body."""
    entries, pager = cut(reads.own(asker.actor), request.GET, PAGE_SIZE)
    running = terms.of(entry.pk for entry in entries)
    receiving = gate.decide_each(asker.actor, "warehouse.receive", entries)
    lines = [
        EntryLine(
            title=title_of(entry),
            url=reverse("desk:entry", args=[entry.pk]),
            state=_state(entry),
            code=entry.code or "",
            opening_type=entry.opening_type,
            sharing_type=entry.sharing_type,
            audience=audience(entry.sharing_type, entry.opening_type) if entry.social else "",
            version=entry.version,
            releases=entry.count,  # type: ignore[attr-defined]  # annotated by the read
            released_at=entry.newest,  # type: ignore[attr-defined]  # annotated by the read
            term=running.get(entry.pk),
            returned_reason=entry.returned_reason,
            upload_url=reverse("desk:upload", args=[entry.pk])
            if may_receive.allowed and entry.state != State.DRAFT
            else "",
        )
        for entry, may_receive in zip(entries, receiving, strict=True)
    ]
    context = {
        "entries": lines,
        "body": body_name(own_body(asker)),
        "pager": pager,
        "may_draft": gate.decide(asker.actor, "catalog.draft", own_body(asker)).allowed,
        "social": not own_body(asker).is_official,
    }
    return page(request, asker, "desk/entries.html", context)


def _state(entry: Entry) -> str:
    """Return the state as people are told it: social data is published, and confirmed by nobody."""
    return "published" if entry.social and entry.state == State.CONFIRMED else entry.state


@require_http_methods(GET_OR_POST)
@seated
def one(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show an entry and what can be done with it; do it."""
    entry = working.entry(asker.actor, pk)
    if request.method != "POST":
        return _one(request, asker, entry)
    doing = request.POST.get("do")
    try:
        if doing == "register":
            entry = acts.register(actor=asker.actor, entry=entry)
            says = _("Registered under the code {code}.").format(code=entry.code)
            say_done(request, says, "catalog.register", entry)
        elif doing == "submit":
            entry = acts.submit(actor=asker.actor, entry=entry)
            says = _("Published.") if entry.social else _("Sent for confirmation.")
            say_done(request, says, "catalog.submit", entry)
        elif doing == "drop":
            entry = acts.drop(actor=asker.actor, entry=entry)
            say_done(request, _("Dropped."), "catalog.drop", entry)
            if entry.state == State.DROPPED:
                return redirect("desk:entries")
    except Incomplete as error:
        if doing == "register":
            return _incomplete(request, asker, entry, error)
        return _one(request, asker, entry, error)
    return redirect("desk:entry", pk=pk)


def _one(
    request: HttpRequest, asker: Asker, entry: Entry, error: Incomplete | None = None
) -> HttpResponse:
    items = Prefetch("items", Item.objects.select_related("element", "code_list"))
    prefetch_related_objects([entry], items, "systems", "projects")
    may = gate.answering(asker.actor, entry)
    may_amend = may("catalog.amend")
    waits = entry.sent_at is not None
    low = disclosing.grade_faults(entry, entry.in_hand())
    uploads = [
        UploadLine(
            url=reverse("desk:report", args=[upload.pk]),
            filename=upload.filename,
            state=upload.state,
            size=upload.size,
            rows=upload.rows,
            rejected=upload.rejected,
        )
        for upload in reads.uploads_of(asker.actor, entry)
    ]
    context = {
        "entry": entry,
        "state": _state(entry),
        "repeats": list(collecting.repeats_of(entry.thing)),
        "once": packs.active().ordering(duties.COLLECT_ONCE),
        "terms": [
            term
            for duty in (duties.CATALOG_REVISE, duties.BRING_IN)
            if (term := terms.of([entry.pk], duty).get(entry.pk))
        ],
        "revision": entry.revision
        if entry.revision in working.revisions(asker.actor, entry)
        else None,
        "touching": working.touching(entry),
        "may_keep": may("catalog.keep").allowed,
        "holds": stops_of(asker.actor, entry),
        "items": entry.items.all(),
        "kept_back": rules.kept_back(entry.content()),
        "uploads": uploads,
        "story": {"details": details(entry, catalog.related(asker.actor, entry))},
        "steps": _steps(entry),
        "actions": _actions(may, entry),
        "items_url": reverse("desk:items", args=[entry.pk]),
        "may_edit": may_amend.allowed and entry.state in _OPEN,
        "may_drop": may_amend.allowed and _is_being_written(entry),
        "refusal": None if may_amend.allowed else refusals.of(may_amend),
        "waiting_for": _("The body that confirms it decides now.") if waits else "",
        "may_receive": entry.releases.exists() and may("warehouse.receive").allowed,
        "has_recipients": may("delivery.recipients").allowed,
        "portal_url": reverse("portal:resource", args=[entry.slug]) if entry.code else "",
        "faults": mending.told(error) if error else [],
        "warnings": filling.warnings(entry.in_hand()),
        "low": mending.told(Incomplete(low)) if low else [],
        "crumbs": crumbs(entry),
    }
    return page(request, asker, "desk/entry.html", context, status=422 if error else 200)


_OPEN = {State.DRAFT, State.REGISTERED, State.RETURNED}


def _is_being_written(entry: Entry) -> bool:
    """Whether the entry, or its revision, has not been sent, or came back."""
    if entry.revision:
        return entry.revision.state in BEING_WRITTEN
    return entry.state in _OPEN


def crumbs(entry: Entry, *more: Link) -> list[Link]:
    """Return the way from the desk to a page about an entry."""
    return [
        Link(_("Desk"), reverse("desk:home")),
        Link(_("My body's entries"), reverse("desk:entries")),
        Link(title_of(entry), reverse("desk:entry", args=[entry.pk])),
        *more,
    ]


_WAY = {
    State.DRAFT: ("done", "now", "next", "next"),
    State.REGISTERED: ("done", "done", "now", "next"),
    State.AWAITING: ("done", "done", "done", "now"),
    State.RETURNED: ("done", "done", "now", "fail"),
    State.CONFIRMED: ("done", "done", "done", "done"),
    State.WITHDRAWN: ("done", "done", "done", "done"),
}


def _steps(entry: Entry) -> list[Step]:
    states = _WAY[State(entry.state)]
    titles = [_("Draft it"), _("Register it"), _("Send it"), _("Confirmation")]
    if entry.social:
        titles = [*titles[:2], _("Publish it")]
    return [Step(title, state) for title, state in zip(titles, states, strict=False)]


def _actions(answer: Callable[..., gate.Decision], entry: Entry) -> list[Link]:
    """Return what can be done; what has no address is a button whose value stands in ``count``."""

    def may(action: str) -> Callable[[Link], list[Link]]:
        allowed = answer(action).allowed
        return lambda link: [link] if allowed else []

    amend, receive = may("catalog.amend"), may("warehouse.receive")
    edit = amend(
        Link(_("Change the entry"), reverse("desk:entry_edit", args=[entry.pk]), icon="doc")
    )
    items = amend(
        Link(_("Describe the items"), reverse("desk:items", args=[entry.pk]), icon="table")
    )
    data = receive(Link(_("Bring in data"), reverse("desk:upload", args=[entry.pk]), icon="upload"))
    register = may("catalog.register")(Link(_("Register"), "", count="register", icon="done"))
    says = _("Publish") if entry.social else _("Send for confirmation")
    submit = may("catalog.submit")(Link(says, "", count="submit", icon="next"))
    away = reverse("desk:entry_withdraw", args=[entry.pk])
    says = _("Withdraw it") if entry.social else _("Ask for withdrawal")
    withdraw = may("catalog.ask_withdrawal")(Link(says, away, icon="close"))
    match entry.state:
        case State.DRAFT:
            return [*register, *edit, *items]
        case State.REGISTERED | State.RETURNED:
            if entry.items.exists():
                return [*submit, *data, *edit, *items]
            # Nothing can be sent without items, and a file proposes them.
            return [*data, *items, *edit, *submit]
        case State.CONFIRMED:
            kind = entry.revision.kind if entry.revision else ""
            free = entry.sent_at is None
            return [
                *(submit if free and kind == RevisionKind.CHANGE else []),
                *data,
                *([*edit, *items] if free and kind != RevisionKind.WITHDRAWAL else []),
                *(withdraw if free and kind != RevisionKind.CHANGE else []),
            ]
        case _:
            return []


@require_http_methods(GET_OR_POST)
@seated
def new(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Begin an entry."""
    body = own_body(asker)
    gate.decide(asker.actor, "catalog.draft", body).must_allow("catalog.draft", body.pk)
    if request.method != "POST":
        initial = {
            "division": body.division,
            "sharing_type": "unconditional",
            "opening_type": "none",
            "sharing_mode": "platform",
            "update_cycle": "yearly",
            "grade": "1",
        }
        return _form(request, asker, filling.form(provider=body, initial=initial))
    filled = filling.form(request.POST, provider=body)
    if not filled.is_valid():
        return _form(request, asker, filled, status=422)
    try:
        entry = acts.draft(actor=asker.actor, provider=body, content=filling.content(filled))
    except Incomplete as error:
        mending.tell(filled, error)
        return _form(request, asker, filled, status=422)
    say_done(request, _("The draft is saved."), "catalog.draft", entry)
    return _next(request, entry)


@require_http_methods(GET_OR_POST)
@seated
def edit(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Change what an entry says before it is confirmed."""
    entry = working.entry(asker.actor, pk)
    gate.decide(asker.actor, "catalog.amend", entry).must_allow("catalog.amend", entry.pk)
    if request.method != "POST":
        initial = filling.written(entry.in_hand())
        return _form(request, asker, filling.form(provider=entry.provider, initial=initial), entry)
    filled = filling.form(request.POST, provider=entry.provider)
    if not filled.is_valid():
        return _form(request, asker, filled, entry, status=422)
    said = filling.content(filled, entry.in_hand().items)
    try:
        entry = acts.amend(actor=asker.actor, entry=entry, content=said)
    except Incomplete as error:
        mending.tell(filled, error)
        return _form(request, asker, filled, entry, status=422)
    say_done(request, _("The entry is saved."), "catalog.amend", entry)
    return _next(request, entry)


@require_POST
@seated
def lacks(request: HttpRequest, asker: Asker, pk: UUID | None = None) -> HttpResponse:
    """Say what registration still needs of a form as it is filled so far; nothing is kept."""
    entry = working.entry(asker.actor, pk) if pk else None
    action, on = ("catalog.amend", entry) if entry else ("catalog.draft", own_body(asker))
    gate.decide(asker.actor, action, on).must_allow(action, on.pk)
    provider = entry.provider if entry else own_body(asker)
    filled = filling.form(request.POST, provider=provider)
    items = entry.in_hand().items if entry else ()
    context = {
        "lacking": filling.lacking(filled, provider, items),
        "begun": True,
        "warnings": filling.warnings(entry.in_hand()) if entry else [],
    }
    return page(request, asker, "desk/lacks.html", context)


def _returned(entry: Entry) -> str:
    return entry.revision.returned_reason if entry.revision else entry.returned_reason


def _next(request: HttpRequest, entry: Entry) -> HttpResponse:
    wanted = "desk:items" if request.POST.get("do") == "items" else "desk:entry"
    return redirect(wanted, pk=entry.pk)


def _incomplete(
    request: HttpRequest, asker: Asker, entry: Entry, error: Incomplete
) -> HttpResponse:
    """Show the form of a draft with everything that registration still needs at its fields."""
    filled = filling.form(filling.written(entry.content()), provider=entry.provider)
    filled.is_valid()
    mending.tell(filled, error)
    return _form(request, asker, filled, entry, status=422)


def _form(
    request: HttpRequest,
    asker: Asker,
    shown: EntryForm,
    entry: Entry | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    pack = packs.active()
    provider = entry.provider if entry else own_body(asker)
    start = [
        Link(_("Desk"), reverse("desk:home")),
        Link(_("My body's entries"), reverse("desk:entries")),
    ]
    items = entry.in_hand().items if entry else ()
    bound = shown if shown.is_bound else filling.form(shown.initial, provider=provider)
    context = {
        "form": shown,
        "entry": entry,
        "lacking": filling.lacking(bound, provider, items),
        "begun": entry is not None or shown.is_bound,
        "warnings": filling.warnings(entry.in_hand()) if entry else [],
        "lacks_url": reverse("desk:entry_lacks", args=[entry.pk])
        if entry
        else reverse("desk:entry_new_lacks"),
        "formats": filling.in_groups(shown["formats"]),
        "tree": filling.branches(provider, shown["classification"].value() or ""),
        "social": not provider.is_official,
        "hand_over": pack.ordering(duties.HAND_OVER),
        "give": pack.ordering(duties.SOCIAL_GIVE),
        "keep": pack.ordering(duties.SOCIAL_CATALOG),
        "way": tree.way_to(entry.classification) if entry and entry.code else [],
        "keeps_items": any(item.sharing_type == SharingType.NONE for item in items),
        "action": reverse("desk:entry_edit", args=[entry.pk])
        if entry
        else reverse("desk:entry_new"),
        "entry_url": reverse("desk:entry", args=[entry.pk]) if entry else "",
        "revising": entry is not None and entry.state == State.CONFIRMED,
        "returned": _returned(entry) if entry else "",
        "secrets": pack.provision(duties.STATE_SECRETS),
        "sharing": pack.provision(duties.SHARING_TYPE),
        "opening": pack.provision(duties.OPENING_TYPE),
        "cycle": pack.provision(duties.BRING_IN),
        "crumbs": crumbs(entry, Link(_("Change the entry"), ""))
        if entry
        else [*start, Link(_("Register a resource"), "")],
    }
    return page(request, asker, "desk/entry_form.html", context, status=status)
