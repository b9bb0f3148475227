"""Catalogs of others that a body has read: which, how it went, what could not be entered."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yelin.acts import references
from yelin.catalog.models import Entry
from yelin.catalog.states import GONE
from yelin.compiling import mapping
from yelin.harvesting import acts, reads
from yelin.harvesting.content import SourceContent, SourceKind
from yelin.harvesting.models import Origin, RunState, Source, SourceState
from yelin.parties.models import Body
from yelin.surface import telling
from yelin.surface.actor import Asker
from yelin.web import offers, words
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.guards import seated
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import lang

PAGE_SIZE = 50
RUNS = 10


class SourceForm(forms.Form):
    """A catalog of others: where it is had, in which form, how often it is read."""

    title = forms.CharField(label=gettext_lazy("What the catalog is called"), max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("Form of the catalog"),
        choices=[(str(each), words.SOURCE_KIND[each].says) for each in SourceKind],
    )
    address = forms.CharField(
        label=gettext_lazy("Address of the catalog"),
        help_text=gettext_lazy(
            "Of CKAN its home page, of DCAT its feed, of a spreadsheet the file. A way out for"
            " harvesting must lead there."
        ),
        max_length=1000,
    )
    every_hours = forms.IntegerField(
        label=gettext_lazy("Read every so many hours"), initial=24, min_value=1, max_value=744
    )
    mapping = forms.ChoiceField(label=gettext_lazy("Mapping of the spreadsheet"), required=False)
    pattern = forms.ModelChoiceField(
        Entry.objects.none(),
        label=gettext_lazy("Pattern"),
        help_text=gettext_lazy(
            "What the catalog does not tell is taken from this entry: classification, types of"
            " sharing and opening, basis, office."
        ),
        empty_label=gettext_lazy("None"),
        required=False,
    )


def _form(body: Body) -> type[SourceForm]:
    class OfBody(SourceForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            mappings = [(name, mapping.named(name).label(lang())) for name in mapping.names()]
            self.fields["mapping"].choices = mappings  # type: ignore[attr-defined]  # a choice has them
            own = Entry.objects.filter(provider=body, origin=None).exclude(state__in=GONE)
            self.fields["pattern"].queryset = own.order_by("title")  # type: ignore[attr-defined]  # a choice of rows has one

    return OfBody


def _said(filled: dict[str, Any]) -> dict[str, Any]:
    fields = dict(filled)
    pattern = fields.pop("pattern")
    fields["mapping"] = fields["mapping"] or mapping.DEFAULT
    return {"content": SourceContent(**fields), "pattern": pattern}


@require_http_methods(GET_OR_POST)
@seated
def sources(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the catalogs that the actor's body has read; name another."""
    assert asker.seat is not None  # noqa: S101 - the door lets nobody else in
    body = asker.seat.body
    add = Offer(
        act="harvesting.add",
        on=body,
        title=_("Name a catalog to be read"),
        says=_("What it lists becomes drafts of your body, each with where it is from."),
        button=_("Have it read"),
        done=_("The catalog is read in turn from now on."),
        form=_form(body),
        do=lambda said: acts.add(actor=asker.actor, body=body, **_said(dict(said))),
    )
    taken = offers.take(request, asker.actor, [add])
    if taken.made is not None:
        return redirect("desk:source", pk=taken.made.pk)
    found, pager = cut(reads.sources_of(asker.actor, body), request.GET, PAGE_SIZE)
    context = {"sources": found, "pager": pager, "offered": taken.offered}
    return page(request, asker, "desk/sources.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@seated
def source(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show how one catalog was read, and what could not be entered; change it, read it now."""
    found = references.one(asker.actor, Source, pk)
    taken = offers.take(request, asker.actor, _of(asker, found))
    if taken.made is not None:
        return redirect("desk:source", pk=pk)
    runs = list(found.runs.select_related("batch")[:RUNS])
    shown, pager = cut(reads.to_look_at(found), request.GET, PAGE_SIZE)
    context = {
        "source": found,
        "content": found.content,
        "runs": runs,
        "is_read": any(run.state == RunState.RUNNING for run in runs),
        "to_look_at": [(each, _flaws(each)) for each in shown],
        "pager": pager,
        "offered": taken.offered,
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("Catalogs of others"), reverse("desk:sources")),
            Link(found.content.title, ""),
        ],
    }
    return page(request, asker, "desk/source.html", context, status=taken.status)


def _flaws(origin: Origin) -> list[str]:
    return [telling.said(flaw["says"], flaw["params"]) for flaw in origin.flaws]


def _of(asker: Asker, found: Source) -> list[Offer]:
    def offer(act: str, title: str, done: str, do: Any, **more: Any) -> Offer:
        return Offer(
            act=f"harvesting.{act}",
            on=found,
            title=title,
            button=title,
            done=done,
            do=lambda _said: do(actor=asker.actor, source=found),
            **more,
        )

    content = found.content
    change = Offer(
        act="harvesting.amend",
        on=found,
        title=_("Change"),
        button=_("Save"),
        done=_("The catalog is changed."),
        form=_form(found.body),
        initial=content.model_dump(mode="json") | {"pattern": found.pattern_id},
        do=lambda said: acts.amend(actor=asker.actor, source=found, **_said(dict(said))),
    )
    if found.state == SourceState.PAUSED:
        return [
            offer("resume", _("Resume"), _("The catalog is read in turn again."), acts.resume),
            change,
        ]
    return [
        offer("read", _("Read it now"), _("The catalog is being read."), acts.read),
        change,
        offer(
            "pause",
            _("Pause"),
            _("The catalog is read no more until it is resumed."),
            acts.pause,
            stops=True,
        ),
    ]
