"""Where else one is told: mail, text message, webhook, and a calendar of one's terms."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.acts import notices as acts
from yelin.acts.reads import notices
from yelin.config import config
from yelin.law.refusals import Incomplete
from yelin.notices.models import Channel, Feed
from yelin.notices.webhooks import public_key
from yelin.surface.actor import Asker
from yelin.web import mending, words
from yelin.web.asking import GET_OR_POST, id_of
from yelin.web.choices import worded
from yelin.web.desk.door import page
from yelin.web.desk.shapes import ChannelLine
from yelin.web.done import say_done
from yelin.web.guards import known


class ChannelForm(forms.Form):
    """A further place at which one is told."""

    kind = forms.ChoiceField(
        label=gettext_lazy("By what?"),
        choices=worded(words.CHANNEL),
        widget=forms.RadioSelect,
        initial="mail",
    )
    address = forms.CharField(
        label=gettext_lazy("Where to?"),
        help_text=gettext_lazy(
            "A mail address, a mobile number, or the https:// address of a program. Only you see "
            "it here, and it is erased when you close the channel."
        ),
        max_length=2000,
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Which notices?"),
        choices=worded(words.SCOPE),
        widget=forms.RadioSelect,
        initial="all",
    )


@require_http_methods(GET_OR_POST)
@known
def channels(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show where one is told; open, confirm, limit or close a channel, make or end a calendar."""
    opening = ChannelForm()
    wrong: dict[UUID, str] = {}
    secret = ""
    match request.POST.get("do", ""):
        case "open":
            opening = ChannelForm(request.POST)
            if opening.is_valid() and (made := _open(asker, opening)):
                says = _("The channel is open.")
                if made.confirmed_at is None:
                    says = _("A code was sent there. Enter it to be told there.")
                say_done(request, says, "notices.open_channel", made)
                return redirect("desk:channels")
        case "confirm" | "limit" | "close" as what:
            channel = gate.one_of(
                notices.channels(asker.actor).filter(pk=id_of(request.POST.get("channel", "")))
            )
            try:
                _change(request, asker, channel, what)
            except Incomplete as error:
                wrong[channel.pk] = _(error.faults[0].says)
            else:
                return redirect("desk:channels")
        case "feed":
            secret = Feed.fresh()
            assert asker.person is not None  # noqa: S101 - the door lets nobody else in
            acts.issue_feed(actor=asker.actor, person=asker.person, secret=secret)
        case "end":
            feed = gate.one_of(
                notices.feeds(asker.actor).filter(pk=id_of(request.POST.get("feed", "")))
            )
            acts.revoke_feed(actor=asker.actor, feed=feed)
            say_done(request, _("The calendar address has ended."), "notices.revoke_feed", feed)
            return redirect("desk:channels")
    context = {
        "lines": [_line(channel, wrong) for channel in notices.channels(asker.actor)],
        "feeds": notices.feeds(asker.actor),
        "scopes": words.SCOPE,
        "form": opening,
        "calendar": f"{config.url}{reverse('desk:calendar')}?token={secret}" if secret else "",
        "key": public_key(),
    }
    status = 422 if opening.errors or wrong else 200
    return page(request, asker, "desk/channels.html", context, status=status)


def _open(asker: Asker, filled: ChannelForm) -> Channel | None:
    assert asker.person is not None  # noqa: S101 - the door lets nobody else in
    try:
        return acts.open_channel(
            actor=asker.actor,
            person=asker.person,
            language=get_language() or "zh-hans",
            **filled.cleaned_data,
        )
    except Incomplete as error:
        mending.tell(filled, error)
        return None


def _change(request: HttpRequest, asker: Asker, channel: Channel, what: str) -> None:
    if what == "confirm":
        code = request.POST.get("code", "")
        acts.confirm_channel(actor=asker.actor, channel=channel, code=code)
        says = _("From now on you are told there too.")
    elif what == "limit":
        scope = request.POST.get("scope", "")
        acts.limit_channel(actor=asker.actor, channel=channel, scope=scope)
        says = _("The choice is kept.")
    else:
        acts.close_channel(actor=asker.actor, channel=channel)
        says = _("The channel is closed and its address erased.")
    say_done(request, says, f"notices.{what}_channel", channel)


def _line(channel: Channel, wrong: dict[UUID, str]) -> ChannelLine:
    last = channel.deliveries.order_by("-changed_at", "-pk").first()
    return ChannelLine(
        id=str(channel.pk),
        kind=channel.kind,
        address=channel.address,
        scope=channel.scope,
        waits=channel.confirmed_at is None,
        state=last.state if last else "",
        failure=last.failure if last else "",
        tries=last.tries if last else 0,
        at=last.changed_at if last else None,
        error=wrong.get(channel.pk, ""),
    )
