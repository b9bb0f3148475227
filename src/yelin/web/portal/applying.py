"""An application step by step, kept as a draft between them; it works without any script."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, code_of
from yelin.config import config
from yelin.law import clock, duties, packs
from yelin.law.refusals import Incomplete
from yelin.opening import drafts
from yelin.opening.acts import applications as acts
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker, as_citizen
from yelin.web import mending, refusals
from yelin.web.application_forms import ApplicationForm
from yelin.web.asking import GET_OR_POST, asker_of
from yelin.web.done import say_done
from yelin.web.kinds import ATTACHED, KINDS
from yelin.web.shapes import Link, Step
from yelin.web.templatetags.yelin import body_name, title_of
from yelin.web.trail import trail

KIND = KINDS["opening.application"]
# What each step asks; the last one shows all of it and takes the files.
PARTS = (("purpose", "scenario"), ("until", "safeguards"), ())
LAST = len(PARTS)


@dataclass(frozen=True, slots=True)
class Said:
    """What was written of one part, and the step at which it is changed."""

    label: str
    text: str
    url: str


@require_http_methods(GET_OR_POST)
@never_cache
def apply(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Ask for the parts of an application step by step, keep them, and hand it in."""
    asker = asker_of(request)
    entry = catalog.get(asker.actor, code=code_of(slug))
    if asker.person is None:
        return redirect_to_login(request.get_full_path())
    decision = gate.decide(asker.actor, "opening.apply", entry)
    if not decision.allowed:
        as_oneself = gate.decide(as_citizen(asker), "opening.apply", entry).allowed
        refused = {"refusal": refusals.of(decision, _ways(decision)), "as_oneself": as_oneself}
        return _page(request, asker, entry, 1, _form(1, {}), status=403, **refused)
    if request.method == "POST":
        return _taken(request, asker, entry)
    said = drafts.of(asker.actor, entry)
    step = _step(request.GET.get("step", ""), said)
    return _page(request, asker, entry, step, _form(step, said))


def _ways(decision: gate.Decision) -> list[Link]:
    """Return how one gets what is asked for: a verified name."""
    if decision.duty != duties.IDENTITY_REQUIRE:
        return []
    return [Link(_("Have your name verified"), reverse("portal:identity"))]


def _step(asked: str, said: dict[str, str]) -> int:
    """Return the step that is asked for, or else the first at which something is missing."""
    if asked in {str(n) for n in range(1, LAST + 1)}:
        return int(asked)
    missing = (n for n, names in enumerate(PARTS, 1) if any(not said.get(name) for name in names))
    return next(missing, LAST)


def _form(step: int, initial: dict[str, str], *, sent: HttpRequest | None = None) -> forms.Form:
    """Return the fields of one step, filled with what was written before."""
    names = PARTS[step - 1] or (ATTACHED,)
    fields = {name: ApplicationForm.base_fields[name] for name in names}
    form = type("StepForm", (forms.Form,), fields)
    return form(sent.POST, sent.FILES) if sent else form(initial=initial)  # type: ignore[no-any-return]  # made right above


def _taken(request: HttpRequest, asker: Asker, entry: Entry) -> HttpResponseBase:
    actor, here = asker.actor, reverse("portal:apply", args=[entry.slug])
    does = request.POST.get("do", "send")
    if does == "drop":
        drafts.throw_away(actor, entry)
        messages.success(request, _("The draft is thrown away."))
        return redirect("portal:resource", entry.slug)
    written = {name: request.POST[name] for name in drafts.PARTS if name in request.POST}
    said = drafts.keep(actor, entry, written)
    if does.startswith("remove-"):
        _removed(request, actor, entry, does.removeprefix("remove-"))
        return redirect(f"{here}?step={LAST}")
    files = _form(LAST, {}, sent=request)
    if not files.is_valid() or not _attached(actor, entry, files):
        return _page(request, asker, entry, LAST, files, status=422)
    if does == "send":
        return _handed_in(request, asker, entry, said)
    return _gone_on(request, asker, entry, does, said)


def _gone_on(
    request: HttpRequest, asker: Asker, entry: Entry, does: str, said: dict[str, str]
) -> HttpResponseBase:
    """Lead to the step that is asked for, or stay where something is to be mended."""
    here = reverse("portal:apply", args=[entry.slug])
    step = _step(request.POST.get("step", ""), said)
    if does == "keep":
        says = _("Kept as a draft for {days} days. Only you see it.")
        messages.success(request, says.format(days=config.drafts_kept_days))
        return redirect(f"{here}?step={step}")
    if does == "back":
        return redirect(f"{here}?step={max(1, step - 1)}")
    filled = _form(step, said, sent=request)
    if filled.is_valid():
        return redirect(f"{here}?step={min(LAST, step + 1)}")
    return _page(request, asker, entry, step, filled, status=422)


def _removed(request: HttpRequest, actor: Actor, entry: Entry, file: str) -> None:
    with suppress(ValueError):
        if drafts.remove_file(actor, entry, UUID(file)):
            messages.success(request, _("The file is removed for good."))


def _attached(actor: Actor, entry: Entry, files: forms.Form) -> bool:
    """Keep the files that came with the draft; whether there is room for them."""
    try:
        drafts.attach(actor, entry, files.cleaned_data[ATTACHED])
    except Incomplete as error:
        mending.tell(files, error)
        return False
    return True


def _handed_in(
    request: HttpRequest, asker: Asker, entry: Entry, said: dict[str, str]
) -> HttpResponseBase:
    """Hand in what was written; what is at fault is shown with every field that there is."""
    filled = ApplicationForm(said)
    if filled.is_valid():
        try:
            case = acts.apply(actor=asker.actor, entry=entry, drafted=True, **filled.cleaned_data)
        except Incomplete as error:
            mending.tell(filled, error)
        else:
            says = str(KIND.handing_in.done).format(number=case.number)
            say_done(request, says, KIND.begins, case)
            return redirect("portal:application", case.number)
    return _page(request, asker, entry, LAST, filled, status=422)


def _page(
    request: HttpRequest,
    asker: Asker,
    entry: Entry,
    step: int,
    filled: forms.Form,
    *,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    pack, procedure = packs.active(), KIND.procedure
    said = drafts.of(asker.actor, entry)
    context = {
        "entry": entry,
        "handing_in": KIND.handing_in,
        "form": filled,
        "step": step,
        "is_last": step == LAST,
        "is_whole": isinstance(filled, ApplicationForm),
        "steps": _steps(step, said),
        "said": _said(entry, said, step) if step > 1 else [],
        "has_draft": bool(said),
        "files": list(drafts.files_of(asker.actor, entry)),
        "days": config.drafts_kept_days,
        "applies_as": _applies_as(asker.actor, asker),
        "is_verified": _is_verified(asker),
        "may_ask": pack.ordering(duties.OPENING_APPLY),
        "examines": pack.ordering(procedure.examine),
        "answers": pack.ordering(procedure.answer),
        "appeals": pack.ordering(duties.CASES_APPEAL),
        "crumbs": trail(
            str(KIND.handing_in.title),
            (_("Find data"), "portal:resources"),
            (title_of(entry), reverse("portal:resource", args=[entry.slug])),
        ),
        **more,
    }
    return render(request, "portal/apply.html", context, status=status)


def _applies_as(actor: Actor, asker: Asker) -> str:
    if actor.body_id is not None and asker.seat is not None:
        return body_name(asker.seat.body)
    known = asker.person.verified_as(clock.now()) if asker.person else None
    return known.name if known else _("Yourself, as a citizen")


def _is_verified(asker: Asker) -> bool:
    """Whether the department is told that it was seen who applies."""
    if asker.actor.body_id is not None:
        return asker.actor.body_verified
    return asker.person is not None and asker.person.verified_as(clock.now()) is not None


def _steps(now: int, said: dict[str, str]) -> list[Step]:
    """Return how far one is; a step before is done only once all of it is said."""
    # The data is chosen before anything is asked.
    steps = [Step(_("Choose data"), "done")]
    titles = (_("Purpose and setting"), _("Term and safeguards"), _("Check and hand in"))
    for place, (title, names) in enumerate(zip(titles, PARTS, strict=True), 1):
        is_done = bool(names) and all(said.get(name) for name in names)
        state = "now" if place == now else "done" if is_done else "next"
        steps.append(Step(title, state))
    return steps


def _said(entry: Entry, said: dict[str, str], before: int) -> Sequence[Said]:
    here = reverse("portal:apply", args=[entry.slug])
    return [
        Said(
            str(ApplicationForm.base_fields[name].label),
            said.get(name, "") or pgettext("application", "nothing yet"),
            f"{here}?step={step}",
        )
        for step, names in enumerate(PARTS, 1)
        for name in names
        if step < before
    ]
