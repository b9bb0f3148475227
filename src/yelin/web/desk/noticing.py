"""Collection notices on the desk: written part by part, examined, published; data goes by them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from yelin.acts import references
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.privacy import acts, list_acts, publishing, reads
from yelin.privacy.content import ChoiceContent, ItemContent, NoticeContent, PurposeContent
from yelin.privacy.models import CollectionNotice, ConsentList, Covering, State
from yelin.surface.actor import Asker
from yelin.web import mending, offers
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.desk.noticing_forms import (
    ChoiceForm,
    ItemForm,
    NoticeForm,
    PartForm,
    PurposeForm,
    begin_form,
    cover_form,
    list_form,
)
from yelin.web.guards import own_body, seated
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.shapes import Link

PAGE_SIZE = 50
Said = Mapping[str, Any]


@require_http_methods(GET_OR_POST)
@seated
def notices(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the collection notices of the actor's body; begin one."""
    body = own_body(asker)
    begin = Offer(
        act="privacy.draft",
        on=body,
        title=_("Begin a collection notice"),
        says=_("Purposes, items and boxes are added one by one on its page."),
        button=_("Begin"),
        done=_("The notice is begun."),
        form=begin_form(body),
        do=lambda said: acts.draft(
            actor=asker.actor,
            body=body,
            content=NoticeContent(**_but(said, "form")),
            form=said.get("form"),
        ),
    )
    taken = offers.take(request, asker.actor, [begin])
    if taken.made is not None:
        return redirect("desk:collection_notice", pk=taken.made.pk)
    own, pager = cut(reads.notices_of(asker.actor, body), request.GET, PAGE_SIZE)
    context = {
        "notices": own,
        "pager": pager,
        "provision": packs.active().ordering(duties.NOTICE_STATE),
        "offered": taken.offered,
    }
    return page(request, asker, "desk/collection_notices.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@seated
def notice(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one notice with what stands against it; write it, publish it, let data go out by it."""
    found = references.one(asker.actor, CollectionNotice, pk)
    content = found.content
    coverings, lists = list(reads.coverings_of(found)), list(reads.lists_of(found))
    asked = [*_of(asker, found, content, coverings), *_of_lists(asker, found, lists)]
    taken = offers.take(request, asker.actor, asked)
    if taken.made is not None:
        return redirect("desk:collection_notice", pk=pk)
    wrong = publishing.faults(found)
    context = {
        "notice": found,
        "content": content,
        "purposes": [
            (number, each, content.items_of(number))
            for number, each in enumerate(content.purposes, 1)
        ],
        "wrong": mending.told(Incomplete(wrong)) if wrong else [],
        "agreed": reads.purposes_of(found),
        "coverings": coverings,
        "lists": lists,
        "provision": packs.active().ordering(duties.CONSENT_FREE),
        "offered": taken.offered,
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("Collection notices"), reverse("desk:collection_notices")),
            Link(found.title, ""),
        ],
    }
    return page(request, asker, "desk/collection_notice.html", context, status=taken.status)


def _of(
    asker: Asker, found: CollectionNotice, content: NoticeContent, coverings: Sequence[Covering]
) -> list[Offer]:
    if found.state == State.WITHDRAWN:
        return []

    def amended(**more: Any) -> CollectionNotice:
        said = NoticeContent.model_validate(content.model_dump() | more)
        return acts.amend(actor=asker.actor, notice=found, content=said)

    def offer(key: str, title: str, form: Any, do: Any, **more: Any) -> Offer:
        return Offer(
            act="privacy.amend",
            key=key,
            on=found,
            title=title,
            button=more.pop("button", _("Save")),
            done=_("The notice is saved."),
            form=form,
            do=do,
            **more,
        )

    def added(part: str, of: Any) -> Any:
        return lambda said: amended(**{part: (*getattr(content, part), of(**said))})

    parts = [
        offer("purpose", _("Add a purpose"), PurposeForm, added("purposes", PurposeContent)),
        offer("item", _("Name an item"), ItemForm.of(content), added("items", ItemContent)),
        offer("choice", _("Add a box"), ChoiceForm.of(content), added("choices", ChoiceContent)),
        offer(
            "about",
            _("Change title and service"),
            NoticeForm,
            lambda said: amended(**said),
            initial={name: getattr(content, name) for name in NoticeForm.base_fields},
        ),
    ]
    if content.purposes or content.items or content.choices:
        parts.append(
            offer(
                "part",
                _("Take a part out"),
                PartForm.of(content),
                lambda said: amended(**_without(content, said["part"])),
                button=_("Take out"),
                stops=True,
            )
        )
    publish = Offer(
        act="privacy.publish",
        on=found,
        title=_("Publish the notice"),
        says=_("Everyone reads it, and agrees to each purpose alone or not at all."),
        button=_("Publish"),
        done=_("The notice is published."),
        do=lambda _said: acts.publish(actor=asker.actor, notice=found),
    )
    return [publish, *parts, *_of_published(asker, found, coverings)]


def _of_published(
    asker: Asker, found: CollectionNotice, coverings: Sequence[Covering]
) -> list[Offer]:
    if found.state != State.PUBLISHED:
        return []
    return [
        Offer(
            # The entry is chosen in the form, and the gate asked about that one.
            act="privacy.amend",
            key="cover",
            on=found,
            title=_("Let data go out by consent"),
            says=_("Others have the rows of those alone who agree, from this moment on."),
            button=_("Let it go out so"),
            done=_("Rows go out by consent alone."),
            form=cover_form(found),
            do=lambda said: acts.cover(actor=asker.actor, **said),
        ),
        *(
            Offer(
                act="privacy.uncover",
                key=f"uncover-{each.pk}",
                on=each,
                title=_("Stop giving {title} to others").format(title=each.entry.title),
                says=each.purpose.title,
                button=_("Stop"),
                done=_("No row goes out by this purpose any more."),
                do=lambda _said, one=each: acts.uncover(actor=asker.actor, covering=one),  # type: ignore[misc]  # bound early, for the loop
                stops=True,
            )
            for each in coverings
        ),
        Offer(
            act="privacy.withdraw_notice",
            on=found,
            title=_("Withdraw the notice"),
            says=_(
                "Nobody agrees by it any more. What was agreed to stands until it is withdrawn."
            ),
            button=pgettext("notice", "Withdraw"),
            done=_("The notice is withdrawn."),
            do=lambda _said: acts.withdraw_notice(actor=asker.actor, notice=found),
            stops=True,
        ),
    ]


def _of_lists(asker: Asker, found: CollectionNotice, lists: Sequence[ConsentList]) -> list[Offer]:
    offered = [
        Offer(
            act="privacy.end_list",
            key=f"end-{each.pk}",
            on=each,
            title=_("Let the list in {title} count no more").format(title=each.entry.title),
            says=_("Who agreed here goes on agreeing. Nobody agrees by the list any more."),
            button=_("End the list"),
            done=_("The list counts no more."),
            do=lambda _said, one=each: list_acts.end_list(actor=asker.actor, listed=one),  # type: ignore[misc]  # bound early, for the loop
            stops=True,
        )
        for each in lists
    ]
    if found.state == State.PUBLISHED:
        name = Offer(
            # The purpose is chosen in the form, and the gate asked about that one.
            act="privacy.amend",
            key="list",
            on=found,
            title=_("Name the list of who agreed elsewhere"),
            says=_("Each new version of the resource counts. Whoever is on it may object here."),
            button=_("Let the list count"),
            done=_("The list is named, and read within a minute."),
            form=list_form(found),
            do=lambda said: list_acts.list_consents(actor=asker.actor, **said),
        )
        offered.insert(0, name)
    return offered


def _but(said: Said, name: str) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key != name}


def _without(content: NoticeContent, part: str) -> dict[str, Any]:
    """Return the parts of ``content`` but for one; what names a purpose behind it counts anew."""
    name, _blank, at = part.partition(" ")
    place = int(at)
    left = [each for n, each in enumerate(getattr(content, name)) if n != place]
    changed: dict[str, Any] = {name: left}
    if name == "purposes":
        for other in ("items", "choices"):
            changed[other] = [
                each.model_copy(
                    update={
                        "purposes": tuple(
                            n - (n > place + 1) for n in each.purposes if n != place + 1
                        )
                    }
                )
                for each in getattr(content, other)
            ]
    return {key: [each.model_dump() for each in parts] for key, parts in changed.items()}
