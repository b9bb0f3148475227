"""Data that is fetched in turn: from where, how it went, what a trial of the connection found."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin.acts import references
from yelin.parties.models import Body
from yelin.pulling import acts, reads, rules
from yelin.pulling.content import PullContent, PullKind
from yelin.pulling.models import Pull, PullState, Run, RunState
from yelin.surface import telling
from yelin.surface.actor import Asker
from yelin.web import offers, words
from yelin.web.asking import GET_OR_POST
from yelin.web.desk import pull_forms
from yelin.web.desk.door import page
from yelin.web.guards import own_body, seated
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import title_of

PAGE_SIZE = 50
RUNS = 12


@require_http_methods(GET_OR_POST)
@seated
def pulls(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the places from which the actor's body has data fetched; name another."""
    body = own_body(asker)
    taken = offers.take(request, asker.actor, _new(request, asker, body))
    if taken.made is not None:
        return redirect("desk:pull", pk=taken.made.pk)
    found, pager = cut(reads.pulls_of(asker.actor, body), request.GET, PAGE_SIZE)
    context = {
        "lines": [(line, where(line.pull.content)) for line in reads.with_last(list(found))],
        "pager": pager,
        "offered": taken.offered,
    }
    return page(request, asker, "desk/pulls.html", context, status=taken.status)


def _new(request: HttpRequest, asker: Asker, body: Body) -> list[Offer]:
    own = body.entries.order_by("title")
    chosen = own.filter(pk=_id(request.GET.get("entry", ""))).first() or own.first()
    if chosen is None:
        return []

    def offer(kind: PullKind) -> Offer:
        return Offer(
            act="pulling.add",
            key=f"pulling.add.{kind}",
            on=chosen,
            title=str(words.PULL_KIND[kind].says),
            button=_("Name it"),
            done=_("Named. Try the connection before its first time comes."),
            form=pull_forms.form_of(kind, body),
            initial={"entry": chosen.pk},
            do=lambda filled: acts.add(
                actor=asker.actor, entry=filled["entry"], **pull_forms.said(kind, filled)
            ),
        )

    return [offer(kind) for kind in PullKind]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def where(content: PullContent) -> str:
    """Return in one line where data is fetched from."""
    match content.kind:
        case PullKind.HTTPS:
            return content.address
        case PullKind.SFTP:
            return f"{content.user}@{content.host}:{content.path}"
        case _:
            return f"{content.host} / {content.database} / {content.relation}"


@require_http_methods(GET_OR_POST)
@seated
def pull(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show how data was fetched from one place; try it, trust it, fetch now, change it."""
    found = references.one(asker.actor, Pull, pk)
    runs = list(found.runs.select_related("upload")[:RUNS])
    shown = _untrusted_key(found, runs)
    taken = offers.take(request, asker.actor, _of(asker, found, shown))
    if taken.made is not None:
        return redirect("desk:pull", pk=pk)
    content = found.content
    context = {
        "pull": found,
        "content": content,
        "where": where(content),
        "times": [(run, _failure(run)) for run in runs],
        "is_busy": any(run.state == RunState.RUNNING for run in runs),
        "tried": next((run for run in runs if run.is_trial), None),
        "fingerprint": rules.fingerprint_of(found.host_key) if found.host_key else "",
        "offered": taken.offered,
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("Data that is fetched"), reverse("desk:pulls")),
            Link(title_of(found.entry), ""),
        ],
    }
    return page(request, asker, "desk/pull.html", context, status=taken.status)


def _failure(run: Run) -> str:
    return telling.said(run.failure, run.params) if run.failure else ""


def _untrusted_key(found: Pull, runs: list[Run]) -> str:
    """Return the key that an SFTP server showed when it was tried last, if it is not trusted."""
    tried = next((run for run in runs if run.is_trial), None)
    shown = str(tried.found.get("host_key", "")) if tried else ""
    return "" if shown == found.host_key else shown


def _of(asker: Asker, found: Pull, shown: str) -> list[Offer]:
    def offer(act: str, title: str, done: str, do: Any, **more: Any) -> Offer:
        return Offer(
            act=f"pulling.{act}",
            on=found,
            title=title,
            button=title,
            done=done,
            do=lambda _said: do(actor=asker.actor, pull=found),
            **more,
        )

    try_out = offer(
        "try_out", _("Try the connection"), _("The connection is being tried."), acts.try_out,
        says=_("Nothing is brought in: it is only seen whether the server is reached and has it."),
    )  # fmt: skip
    change = Offer(
        act="pulling.amend",
        on=found,
        title=_("Change"),
        button=_("Save"),
        done=_("Changed."),
        form=pull_forms.form_of(
            found.content.kind, found.entry.provider, of_entry=False, given=True
        ),
        initial=pull_forms.initial_of(found.content),
        do=lambda filled: acts.amend(
            actor=asker.actor, pull=found, **pull_forms.said(found.content.kind, filled)
        ),
    )
    if found.state == PullState.PAUSED:
        resume = offer("resume", _("Resume"), _("It is fetched in turn again."), acts.resume)
        return [resume, try_out, change]
    own = [
        try_out,
        offer("fetch", _("Fetch it now"), _("It is being fetched."), acts.fetch),
        change,
        offer("pause", _("Pause"), _("Nothing is fetched until it is resumed."), acts.pause,
              stops=True),
    ]  # fmt: skip
    return [_trusting(asker, found, shown), *own] if shown else own


def _trusting(asker: Asker, found: Pull, shown: str) -> Offer:
    fingerprint = rules.fingerprint_of(shown)
    return Offer(
        act="pulling.trust",
        on=found,
        title=_("Trust the server's key"),
        says=fingerprint,
        button=_("It is the same. Trust it"),
        done=_("The key is trusted. Try the connection once more."),
        do=lambda _said: acts.trust(actor=asker.actor, pull=found, fingerprint=fingerprint),
    )
