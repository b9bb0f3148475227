"""What is said of one resource: its rating, comments and reuses; follow it, keep it, share it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin.catalog.models import Entry
from yelin.catalog.reads import Search
from yelin.config import config
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person
from yelin.surface import telling
from yelin.surface.actor import Asker
from yelin.talking import following, reads, searches
from yelin.talking.acts import comments as acts
from yelin.talking.models import Comment, FollowedSearch, KeptAs
from yelin.web import offers, talk_forms
from yelin.web.asking import GET_OR_POST
from yelin.web.comment_offers import offers_of
from yelin.web.offers import Offer, Offered
from yelin.web.paging import cut
from yelin.web.portal.account import own
from yelin.web.portal.resource import resource_page, seen_in
from yelin.web.portal.resources import facets_of, read
from yelin.web.portal.story import story
from yelin.web.reuse_cards import cards
from yelin.web.templatetags.yelin import body_name, title_of
from yelin.web.trail import trail

PAGE_SIZE = 20
# What a button asks for: whether to begin or to end it, as what, and of which thing.
_KEEPS = {
    "follow": (True, KeptAs.FOLLOWED),
    "unfollow": (False, KeptAs.FOLLOWED),
    "favour": (True, KeptAs.FAVOURITE),
    "unfavour": (False, KeptAs.FAVOURITE),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as the page shows it, with what the asker may do with it."""

    text: str
    at: datetime | None
    state: str
    reason: str
    answer: str
    answered_by: str
    answered_at: datetime | None
    is_own: bool
    offered: Sequence[Offered] = ()


@require_http_methods(GET_OR_POST)
def talk(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show what is said of a resource, and take what is said."""
    seen = seen_in(request, slug)
    asker, entry = seen.asker, seen.entry
    if request.method == "POST" and asker.person is None:
        return redirect_to_login(reverse("portal:resource_talk", args=[slug]))
    if request.method == "POST" and asker.person and _private(request, asker, asker.person, entry):
        return redirect("portal:resource_talk", slug)
    mine = list(reads.own_comments(seen.actor, entry)[:PAGE_SIZE])
    rows, pager = cut(reads.comments(seen.actor, entry), request.GET, PAGE_SIZE)
    taken = offers.take(
        request,
        seen.actor,
        [_comment(seen.actor, entry), *_of(seen.actor, [*mine, *rows])],
    )
    if taken.made is not None:
        return redirect("portal:resource_talk", slug)
    stars = reads.stars(entry, asker.person)
    kept = reads.kept_by(asker.person, [entry.pk, entry.provider_id])
    context = {
        "story": story(seen, "talk"),
        "slug": slug,
        "stars": stars,
        "rates": seen.may("talking.rate").allowed,
        "stars_form": talk_forms.StarsForm(initial={"stars": stars.own or None}),
        "keeps": seen.may("talking.keep").allowed,
        "kept": kept[entry.pk],
        "kept_body": kept[entry.provider_id],
        "comments": _said(seen.actor, rows, taken.offered),
        "own": _said(seen.actor, mine, taken.offered),
        "offered": [each for each in taken.offered if each.offer.act == "talking.comment"],
        "reuses": cards(seen.actor, reads.reuses(seen.actor).filter(uses=entry)[:PAGE_SIZE]),
        "shows": seen.may("talking.show_reuse").allowed,
        "complain": seen.may("talking.complain").allowed,
        "signed_in": asker.person is not None,
        "share": f"{config.url}{reverse('portal:resource', args=[slug])}",
        "pager": pager,
        "provision": packs.active().ordering(duties.TALK),
    }
    response = resource_page(request, seen, "portal/resource_talk.html", context)
    response.status_code = taken.status
    return response


def _private(request: HttpRequest, asker: Asker, person: Person, entry: Entry) -> bool:
    """Do what is one's own affair: keep, follow, rate; whether it was that."""
    asked = request.POST.get("do", "")
    what, _sep, of = asked.partition("-")
    try:
        if what in _KEEPS:
            begins, kept_as = _KEEPS[what]
            on: Entry | Body = entry.provider if of == "provider" else entry
            if begins:
                following.keep(asker.actor, person, on, kept_as)
            else:
                following.let_go(person, on.pk, kept_as)
            messages.success(request, _("Done. Only you know of it."))
            return True
        if what == "rate":
            form = talk_forms.StarsForm(request.POST)
            stars = int(form.cleaned_data["stars"]) if form.is_valid() else 0
            following.rate(asker.actor, person, entry, stars)
            messages.success(request, _("Thank you for your rating."))
            return True
    except Incomplete as error:
        for fault in error.faults:
            messages.error(request, telling.said(fault.says, fault.params))
        return True
    return False


def _comment(actor: Actor, entry: Entry) -> Offer:
    return Offer(
        act="talking.comment",
        on=entry,
        title=_("Write a comment"),
        button=_("Send the comment"),
        done=_("Thank you. It is shown once somebody has looked at it."),
        form=talk_forms.CommentForm,
        do=lambda said: acts.comment(actor=actor, entry=entry, **said),
    )


def _of(actor: Actor, comments: Sequence[Comment]) -> list[Offer]:
    if actor.person_id is None:
        return []
    return [offer for each in comments for offer in offers_of(actor, each)]


def _said(actor: Actor, rows: Sequence[Comment], offered: Sequence[Offered]) -> list[Said]:
    return [
        Said(
            text=each.text,
            at=each.shown_at or each.at,
            state=each.state,
            reason=each.reason,
            answer=each.answer,
            answered_by=body_name(each.answered_by) if each.answered_by else "",
            answered_at=each.answered_at,
            is_own=each.author_id == actor.person_id,
            offered=[one for one in offered if one.offer.on == each],
        )
        for each in rows
    ]


@require_http_methods(GET_OR_POST)
@own
def kept(request: HttpRequest, asker: Asker, person: Person) -> HttpResponse:
    """Show a person what one follows and keeps; let it go."""
    if request.method == "POST":
        return _let_go(request, person)
    lists = []
    for kept_as, title in (
        (KeptAs.FOLLOWED, _("Followed: you are told of what is new")),
        (KeptAs.FAVOURITE, _("Favourites")),
    ):
        entries, bodies = reads.kept(asker.actor, person, kept_as)
        rows = [
            (
                each.pk,
                title_of(each),
                reverse("portal:resource", args=[each.slug]),
                body_name(each.provider),
            )
            for each in entries
        ] + [
            (
                each.pk,
                body_name(each),
                f"{reverse('portal:resources')}?provider={each.credit_code}",
                _("all of this body"),
            )
            for each in bodies
        ]
        lists.append((kept_as.value, title, rows))
    context = {
        "lists": lists,
        "searches": [_told_search(each) for each in searches.followed(person)],
        "crumbs": trail(_("Followed and favourites"), (_("My account"), "portal:account")),
    }
    return render(request, "portal/kept.html", context)


@require_http_methods(GET_OR_POST)
@own
def follow_search(request: HttpRequest, asker: Asker, person: Person) -> HttpResponse:
    """Ask whether one wants to be told of what a search finds anew, and see to it."""
    del asker
    search = read(request.POST if request.method == "POST" else request.GET)
    errors: list[str] = []
    if request.method == "POST":
        try:
            searches.follow(person, search)
        except Incomplete as error:
            errors = [telling.said(fault.says, fault.params) for fault in error.faults]
        else:
            messages.success(request, _("Done. Only you know of it."))
            return redirect("portal:kept")
    context = {
        "words": search.words,
        "chosen": _told_chosen(search.chosen),
        "hidden": [("q", search.words)]
        + [(name, value) for name, values in search.chosen.items() for value in values],
        "errors": errors,
        "back": f"{reverse('portal:resources')}?{request.GET.urlencode()}",
        "crumbs": trail(
            _("Follow this search"),
            (_("Find data"), "portal:resources"),
        ),
    }
    return render(request, "portal/follow_search.html", context, status=422 if errors else 200)


def _told_search(followed: FollowedSearch) -> dict[str, object]:
    query = QueryDict(mutable=True)
    if followed.words:
        query["q"] = followed.words
    for name, values in followed.chosen.items():
        query.setlist(name, values)
    named = [_("“{words}”").format(words=followed.words)] if followed.words else []
    named += [each for _title, each in _told_chosen(followed.chosen)]
    return {
        "pk": followed.pk,
        "name": _(", ").join(named),
        "url": f"{reverse('portal:resources')}?{query.urlencode()}",
        "feed": f"{reverse('portal:search_feed')}?{query.urlencode()}",
        "at": followed.at,
        "told_until": followed.told_until,
    }


def _told_chosen(chosen: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return the filters of a search as people read them: what each is of, and its value."""
    wanted = {name: [(value, 0) for value in values] for name, values in chosen.items()}
    facets = facets_of(wanted, Search(chosen=chosen))
    return [(facet.title, option.label) for facet in facets for option in facet.options]


def _let_go(request: HttpRequest, person: Person) -> HttpResponse:
    kept_as, _sep, on = request.POST.get("let_go", "").partition(" ")
    with suppress(ValueError):
        if kept_as == "search":
            if searches.let_go(person, int(on)):
                messages.success(request, _("Done. You are told of it no more."))
            return redirect("portal:kept")
        if following.let_go(person, UUID(on), KeptAs(kept_as)):
            messages.success(request, _("Done. Only you know of it."))
    return redirect("portal:kept")
