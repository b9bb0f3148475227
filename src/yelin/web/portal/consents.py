"""What is collected of people: read by everyone, agreed to purpose by purpose, withdrawn."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.law import clock, duties, packs
from yelin.parties.models import Person
from yelin.privacy import acts, agreeing, list_acts, reads
from yelin.privacy.models import Consent, ConsentList, Purpose
from yelin.surface import sealed
from yelin.surface.actor import Asker, as_citizen
from yelin.web import offers
from yelin.web.asking import GET_OR_POST, actor_of, asker_of
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.portal.account import own
from yelin.web.trail import trail

PAGE_SIZE = 50


class ChildForm(forms.Form):
    """For which child a guardian agrees, or does not."""

    number = forms.CharField(
        label=gettext_lazy("Identity number of the child"),
        help_text=gettext_lazy("Only its ends and a mark by which it is known again are kept."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """List the published notices."""
    found, pager = cut(reads.published(actor_of(request)), request.GET, PAGE_SIZE)
    context = {
        "notices": found,
        "pager": pager,
        "provision": packs.active().ordering(duties.NOTICE_STATE),
        "crumbs": trail(_("What is collected of you")),
    }
    return render(request, "portal/collection_notices.html", context)


@require_http_methods(GET_OR_POST)
@never_cache
def notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what everyone reads of one notice; agree to each purpose alone, or withdraw that."""
    asker = asker_of(request)
    found = gate.one_of(reads.published(asker.actor).filter(pk=pk))
    version = reads.version_of(found)
    content = version.content
    purposes = {each.title: each for each in reads.purposes_of(found)}
    consents = reads.consents_of(asker.person.pk).living() if asker.person else []
    given = [each for each in consents if each.purpose_id in {p.pk for p in purposes.values()}]
    asked = []
    if asker.person:
        asked = _asked(asker, list(purposes.values()), given)
        asked += [_objection_for_child(asker, each) for each in reads.lists_for_guardians(found)]
    taken = offers.take(request, as_citizen(asker), asked)
    if taken.made is not None:
        return redirect("portal:collection_notice", pk=pk)
    context = {
        "notice": found,
        "version": version,
        "content": content,
        "purposes": [
            (each, content.items_of(number), _mine(given, purposes.get(each.title)))
            for number, each in enumerate(content.purposes, 1)
        ],
        "verified": asker.person and asker.person.verified_as(clock.now()),
        "signed_in": asker.person is not None,
        "provision": packs.active().ordering(duties.COLLECT_NEEDED),
        "offered": taken.offered,
        "crumbs": trail(found.title, (_("What is collected of you"), "portal:collection_notices")),
    }
    return render(request, "portal/collection_notice.html", context, status=taken.status)


def _mine(given: list[Consent], purpose: Purpose | None) -> Consent | None:
    return next(
        (
            each
            for each in given
            if purpose and each.purpose_id == purpose.pk and not each.for_child
        ),
        None,
    )


def _asked(asker: Asker, purposes: list[Purpose], given: list[Consent]) -> list[Offer]:
    """Return what one may agree to, nothing beforehand, and what one may withdraw."""
    myself = as_citizen(asker)
    asked = []
    for purpose in purposes:
        if purpose.basis != "consent":
            continue
        if _mine(given, purpose) is None:
            asked.append(
                Offer(
                    act="privacy.agree",
                    key=f"agree-{purpose.pk}",
                    on=purpose,
                    title=_("Agree: {purpose}").format(purpose=purpose.title),
                    says=_("To this purpose alone. You may withdraw it at any time."),
                    button=_("Agree"),
                    done=_("You agreed."),
                    do=lambda _said, one=purpose: acts.agree(actor=myself, purpose=one),  # type: ignore[misc]  # bound early, for the loop
                )
            )
        if purpose.guardians:
            asked.append(
                Offer(
                    act="privacy.agree_for_child",
                    key=f"child-{purpose.pk}",
                    on=purpose,
                    title=_("Agree for a child: {purpose}").format(purpose=purpose.title),
                    says=_("As parent or guardian of a child under 14."),
                    button=_("Agree for the child"),
                    done=_("You agreed for the child."),
                    form=ChildForm,
                    do=lambda said, one=purpose: acts.agree_for_child(  # type: ignore[misc]  # the same
                        actor=myself, purpose=one, number=said["number"]
                    ),
                )
            )
    return asked + [_withdrawal(asker, each) for each in given]


def _withdrawal(asker: Asker, consent: Consent) -> Offer:
    title = _("Withdraw: {purpose}").format(purpose=consent.purpose.title)
    if consent.for_child:
        title = _("Withdraw for {number}: {purpose}").format(
            number=consent.masked, purpose=consent.purpose.title
        )
    return Offer(
        act="privacy.withdraw",
        key=f"withdraw-{consent.pk}",
        on=consent,
        title=title,
        says=_("From this moment nothing about you leaves by it. It costs you nothing."),
        button=pgettext("consent", "Withdraw"),
        done=_("It is withdrawn."),
        do=lambda _said: acts.withdraw(actor=as_citizen(asker), consent=consent),
        stops=True,
    )


def _objection(asker: Asker, listed: ConsentList) -> Offer:
    return Offer(
        act="privacy.object",
        key=f"object-{listed.pk}",
        on=listed,
        title=_("Object: {purpose}").format(purpose=listed.purpose.title),
        says=_("From this moment nothing about you leaves by it. It costs you nothing."),
        button=_("I do not agree"),
        done=_("Your objection counts, whatever the list says."),
        do=lambda _said: list_acts.object_to(actor=as_citizen(asker), listed=listed),
        stops=True,
    )


def _objection_for_child(asker: Asker, listed: ConsentList) -> Offer:
    return Offer(
        act="privacy.object_for_child",
        key=f"object-child-{listed.pk}",
        on=listed,
        title=_("Object for a child: {purpose}").format(purpose=listed.purpose.title),
        says=_("As parent or guardian of a child under 14 who may be on a list of who agreed."),
        button=_("My child does not agree"),
        done=_("The objection counts, whatever the list says."),
        form=ChildForm,
        do=lambda said: list_acts.object_for_child(
            actor=as_citizen(asker), listed=listed, number=said["number"]
        ),
        stops=True,
    )


@require_http_methods(GET_OR_POST)
@own
def consents(request: HttpRequest, asker: Asker, person: Person) -> HttpResponse:
    """Show what one agreed to, with a receipt of each; withdraw it."""
    found, pager = cut(reads.consents_of(person.pk), request.GET, PAGE_SIZE)
    living = [each for each in found if each.withdrawn_at is None]
    myself = agreeing.known(as_citizen(asker))
    lists = reads.listed(myself.digest) if myself else []
    asked = [_withdrawal(asker, each) for each in living]
    asked += [_objection(asker, each) for each in lists]
    taken = offers.take(request, as_citizen(asker), asked)
    if taken.made is not None:
        return redirect("portal:consents")
    context = {
        "consents": found,
        "lists": lists,
        "pager": pager,
        "provision": packs.active().ordering(duties.CONSENT_WITHDRAW),
        "offered": taken.offered,
        "crumbs": trail(_("What I agreed to"), (_("My account"), "portal:account")),
    }
    return render(request, "portal/consents.html", context, status=taken.status)


@require_safe
@own
def receipt(request: HttpRequest, asker: Asker, person: Person, pk: UUID) -> HttpResponseBase:
    """Hand out the receipt of one consent as it stands now, sealed by the platform (JWS)."""
    del request, asker
    consent = gate.one_of(reads.consents_of(person.pk).filter(pk=pk))
    return sealed.stated(reads.receipt(consent), f"consent-{consent.pk}")
