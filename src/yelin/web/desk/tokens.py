"""Tokens by which programs act for one's seat, or for oneself: issue, see once, revoke."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.acts import parties, step_up
from yelin.acts.reads import tokens as reads
from yelin.law.refusals import Incomplete
from yelin.parties.models import Token
from yelin.surface.actor import Asker
from yelin.web import confirming, mending
from yelin.web.asking import GET_OR_POST, id_of
from yelin.web.desk.door import page
from yelin.web.desk.token_forms import TokenForm
from yelin.web.done import say_done
from yelin.web.guards import known
from yelin.web.tokens import lines


@require_http_methods(GET_OR_POST)
@known
def tokens(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show one's tokens; issue one and show its secret this once, or revoke one."""
    if "revoke" in request.POST:
        token = _own(asker, request.POST["revoke"])
        parties.revoke_token(actor=asker.actor, token=token)
        say_done(request, _("The token is revoked."), "parties.revoke_token", token)
        return redirect("desk:tokens")
    filled = TokenForm(request.POST) if request.method == "POST" else TokenForm()
    secret = ""
    if request.method == "POST" and filled.is_valid():
        secret = Token.fresh()
        holder = asker.seat or asker.person
        assert holder is not None  # noqa: S101 - the door lets nobody else in
        try:
            parties.issue_token(
                actor=asker.actor, holder=holder, secret=secret, **filled.cleaned_data
            )
            filled = TokenForm()
        except Incomplete as error:
            secret = ""
            mending.tell(filled, error)
    context = {
        "tokens": lines(asker.actor),
        "form": filled,
        "secret": secret,
        "seat": asker.seat,
        "confirm_url": ""
        if step_up.is_recent(asker.actor)
        else confirming.address(request, back=request.path),
    }
    return page(request, asker, "desk/tokens.html", context, status=422 if filled.errors else 200)


def _own(asker: Asker, text: str) -> Token:
    return gate.one_of(reads.tokens(asker.actor).filter(pk=id_of(text)))
