"""Contracts of one's body: papers, signatures, policy, settlement; certificates that sign."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.law import clock, duties, packs
from yelin.market.acceptance import reads as inspecting
from yelin.market.acceptance.models import Found
from yelin.market.compute import reads as computed
from yelin.market.contract import money, reads, settling_acts, signing_acts, wording
from yelin.market.contract.content import SettlementContent
from yelin.market.contract.models import Contract, PartyCertificate
from yelin.market.contract.rules import Side, Standing
from yelin.market.contract.settlement import What
from yelin.market.dispute import reads as disputing
from yelin.market.dispute.models import Dispute
from yelin.market.filing import acts as filing_acts
from yelin.market.filing import reads as filings
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker
from yelin.web import offers
from yelin.web.asking import GET_OR_POST
from yelin.web.choices import choose, worded
from yelin.web.fields import Day
from yelin.web.guards import own_body, seated
from yelin.web.offers import Offer
from yelin.web.portal import disputes, inspections, ratings, transfers
from yelin.web.templatetags.yelin import body_name
from yelin.web.trail import trail
from yelin.web.words import SETTLEMENT

LARGEST = 1 << 20
FILES = {
    "paper": ("paper", "pdf", "application/pdf"),
    "translation": ("translation", "en.pdf", "application/pdf"),
    "sealed": ("sealed", "sealed.pdf", "application/pdf"),
    "statement": ("statement", "jws", "application/jose"),
}


class SignatureForm(forms.Form):
    """The signature that was made at home, as a file."""

    signature = forms.FileField(
        label=gettext_lazy("Signature of the contract"),
        help_text=gettext_lazy(
            "The detached signature (.p7s) that yelin sign, or your own program, makes of the "
            "contract as it is downloaded here."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".p7s,.pem,.sig"}),
    )

    def clean_signature(self) -> str:
        """Return it as text, as the act takes it."""
        return _text(self.cleaned_data["signature"])


class CertificateForm(forms.Form):
    """A certificate without its key."""

    certificate = forms.FileField(
        label=gettext_lazy("Certificate"),
        help_text=gettext_lazy("A PEM file (.pem, .crt) without the key: the key stays with you."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pem,.crt,.cer"}),
    )

    def clean_certificate(self) -> str:
        """Return it as text, as the act takes it."""
        return _text(self.cleaned_data["certificate"])


class EndForm(forms.Form):
    """Why a contract ends before its last day."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class RecordForm(forms.Form):
    """What was invoiced, credited, paid or refunded."""

    what = forms.ChoiceField(label=gettext_lazy("What is recorded"))
    key = forms.CharField(
        label=gettext_lazy("Your own number of this record"),
        help_text=gettext_lazy("The same number again is the same record."),
        max_length=80,
    )
    document = forms.CharField(
        label=gettext_lazy("Number of the invoice or receipt"), max_length=80
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount, tax included"), min_value=0, max_digits=18, decimal_places=6
    )
    tax = forms.DecimalField(
        label=gettext_lazy("Tax within it"), min_value=0, max_digits=18, decimal_places=6, initial=0
    )
    day = Day(label=gettext_lazy("Day"))
    says = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, side: Side, **kwargs: Any) -> None:
        """Offer what a side records."""
        super().__init__(*args, **kwargs)
        own = {name: word for name, word in SETTLEMENT.items()
               if settling_acts.BY[What(name)] is side}  # fmt: skip
        choose(self.fields["what"], worded(own))


def _text(file: Any) -> str:
    blob = file.read(LARGEST)
    try:
        return str(blob, "ascii")
    except UnicodeDecodeError:
        return signing_acts.as_text(blob)


@require_http_methods(GET_OR_POST)
@seated
def contract(request: HttpRequest, asker: Asker, number: str) -> HttpResponse:
    """Show a contract: what it says, its papers and signatures, and what was settled."""
    actor = asker.actor
    found = reads.contract(actor, number)
    side = found.side_of(actor.body_id)
    rounds = list(inspecting.of(actor, found))
    last = rounds[0] if rounds else None
    taking = transfers.newest(actor, found)
    may_do = [
        *inspections.offered(actor, found, side, last),
        *transfers.offered(actor, side, taking),
        *(ratings.rates(actor, found) if side is Side.CONSUMER else []),
        *_offered(actor, found, side),
    ]
    taken = offers.take(request, actor, may_do)
    if isinstance(taken.made, Dispute):
        return redirect("portal:dispute", taken.made.number)
    if taken.made is not None:
        return redirect("portal:contract", number)
    signed = {each.side: each for each in found.signatures.select_related("certificate")}
    filing = filings.of(actor, found)
    currency = found.terms.price.currency if found.terms.price else "CNY"
    context = {
        "contract": found,
        "kind": wording.KINDS[found.terms.kind],
        "sections": wording.told(found.terms),
        "parties": [
            (_("Provider of the data"), body_name(found.provider), signed.get("provider")),
            (_("Consumer of the data"), body_name(found.consumer), signed.get("consumer")),
        ],
        "filing": filing,
        "lacks": [translated(each["says"]) for each in filing.lacks] if filing else [],
        "inspections": [inspections.shown(each) for each in rounds],
        "disputes": disputes.cards(list(disputing.of(actor, found))),
        "inspects_by": last.due
        if side is Side.CONSUMER and last is not None and last.state == Found.OPEN
        else None,
        "transfers": transfers.shown(taking),
        "refund_due": side is Side.PROVIDER and last is not None and last.state == Found.REFUSED,
        "is_sealed": found.sealed_at is not None,
        "computes": found.in_force_at is not None and computed.computes(found),
        "settlements": [
            (each, each.written(each.amount)) for each in reads.settlements(actor, found)
        ],
        "sums": _sums(actor, found, currency),
        "currency": currency,
        "paper_digest": bytes(found.paper_digest).hex(),
        "must_sign": side is not Side.PLATFORM
        and found.standing == Standing.DRAWN
        and side.value not in signed,
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.CONTRACT_WHOLE),
        "signing": packs.active().ordering(duties.SIGN),
        "crumbs": trail(found.title, (_("Negotiations and contracts"), "portal:negotiations")),
    }
    return render(request, "portal/contract.html", context, status=taken.status)


def _sums(actor: Actor, found: Contract, currency: str) -> dict[str, str]:
    sums = reads.sums(actor, found)
    return {name: money.written(Decimal(total), currency) for name, total in sums.items()}


def _offered(actor: Actor, found: Contract, side: Side) -> list[Offer]:
    if side is Side.PLATFORM:
        return []
    if found.standing == Standing.DRAWN:
        if found.signatures.filter(side=side.value).exists():
            return []
        return [
            Offer(
                act="contract.sign",
                on=found,
                title=_("Upload your signature"),
                button=_("Sign the contract"),
                done=_("The signature holds and is kept."),
                form=SignatureForm,
                do=lambda said: signing_acts.sign(actor=actor, contract=found, **said),
            )
        ]
    if found.standing == Standing.DROPPED:
        return []
    ends = Offer(
        act="contract.end",
        on=found,
        title=_("End this contract"),
        says=_("What it gave ends at once. What was agreed for its end still binds."),
        button=_("End it"),
        done=_("The contract has ended."),
        form=EndForm,
        do=lambda said: filing_acts.end(actor=actor, contract=found, **said),
        stops=True,
    )
    return [
        Offer(
            act="contract.record",
            on=found,
            title=_("Record an invoice or payment"),
            says=_("No money passes here: it is kept for both sides what was invoiced and paid."),
            button=_("Record it"),
            done=_("The record is kept."),
            form=lambda *args, **kwargs: RecordForm(*args, side=side, **kwargs),
            initial={"day": clock.today()},
            do=lambda said: settling_acts.record(
                actor=actor, contract=found, content=_content(found, said)
            ),
        ),
        *disputes.opens(actor, found),
        *([ends] if found.standing == Standing.IN_FORCE else []),
    ]


def _content(found: Contract, said: Mapping[str, Any]) -> SettlementContent:
    price = found.terms.price
    return SettlementContent(**said, currency=price.currency if price else "CNY")


@require_safe
@never_cache
@seated
def file(request: HttpRequest, asker: Asker, number: str, which: str) -> HttpResponse:
    """Hand out a paper of a contract, or its statement for programs."""
    del request
    if which not in FILES:
        raise gate.Unseen
    column, ending, kind = FILES[which]
    found = reads.contract(asker.actor, number)
    blob = getattr(found, column)
    if blob is None:
        raise gate.Unseen
    answer = HttpResponse(bytes(blob), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.{ending}"'
    return answer


@require_safe
@never_cache
@seated
def policy(request: HttpRequest, asker: Asker, number: str) -> HttpResponse:
    """Hand out the policy of a contract for programs (ODRL)."""
    del request
    found = reads.contract(asker.actor, number)
    return JsonResponse(
        found.policy, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False}
    )


@require_http_methods(GET_OR_POST)
@seated
def certificates(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the certificates by which one's body signs; register, approve and end them."""
    actor, body = asker.actor, own_body(asker)
    found = list(reads.certificates(actor))
    bring = Offer(
        act="contract.bring_certificate",
        on=body,
        title=_("Register a certificate"),
        says=_("It counts once whoever keeps the register of bodies has approved it."),
        button=_("Register it"),
        done=_("The certificate is registered and waits to be approved."),
        form=CertificateForm,
        do=lambda said: signing_acts.bring_certificate(actor=actor, body=body, **said),
    )
    taken = offers.take(request, actor, [bring, *_of_each(actor, found)])
    if taken.made is not None:
        return redirect("portal:signing_certificates")
    context = {
        "certificates": [(each, body_name(each.body), each.state()) for each in found],
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.SIGN),
        "crumbs": trail(
            _("Signing certificates"), (_("Negotiations and contracts"), "portal:negotiations")
        ),
    }
    return render(request, "portal/signing_certificates.html", context, status=taken.status)


def _of_each(actor: Actor, found: list[PartyCertificate]) -> list[Offer]:
    offered = []
    for each in found:
        named = {"name": each.name, "body": body_name(each.body)}
        if each.state() == "waits":
            offered.append(
                Offer(
                    act="contract.approve_certificate",
                    key=f"approve-{each.pk}",
                    on=each,
                    title=_("Approve: {body}, {name}").format(**named),
                    says=_("Compare name, number and issuer with what the body has shown you."),
                    button=_("Approve it"),
                    done=_("The certificate counts from now on."),
                    do=lambda _said, one=each: signing_acts.approve_certificate(  # type: ignore[misc]  # bound early, for the loop
                        actor=actor, certificate=one
                    ),
                )
            )
        if each.ended_at is None:
            offered.append(
                Offer(
                    act="contract.end_certificate",
                    key=f"end-{each.pk}",
                    on=each,
                    title=_("End: {body}, {name}").format(**named),
                    says=_("What was signed by it stays signed."),
                    button=_("End it"),
                    done=_("The certificate signs nothing any more."),
                    do=lambda _said, one=each: signing_acts.end_certificate(  # type: ignore[misc]  # bound early, for the loop
                        actor=actor, certificate=one
                    ),
                    stops=True,
                )
            )
    return offered
