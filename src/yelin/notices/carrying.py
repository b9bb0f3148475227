"""Carrying one notice by one channel: a mail, a text message, or a signed webhook."""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from yelin.config import config
from yelin.notices import sms, webhooks
from yelin.notices.models import Channel, Delivery, Kind, Notice, SignUp
from yelin.outbound.models import Purpose


def carry(delivery: Delivery, at: datetime) -> str:
    """Try once; return nothing where it arrived, else the code of what went wrong.

    Nothing is raised or logged: what mail servers and sites say may quote an address.
    """
    channel, notice = delivery.channel, delivery.notice
    if channel.closed_at is not None:
        return "closed"
    if channel.kind == Kind.WEBHOOK:
        return _call(channel, notice, delivery, at)
    with translation.override(channel.language):
        text = _text(channel, notice)
        try:
            if channel.kind == Kind.MAIL:
                # A head of several lines would be none.
                subject = " ".join(_("Yelin: {says}").format(says=notice.says).split())
                EmailMessage(subject, text, to=[channel.address]).send()
            else:
                sms.gateway().send(channel.address, text)
        except OSError:
            return "refused"
    return ""


def mail_link(channel: Channel, parts: tuple[str, str]) -> bool:
    """Send the link by which a password is chosen anew; say whether the server took it."""
    with translation.override(channel.language):
        link = config.url + reverse("portal:choose_anew", args=parts)
        text = _(
            "Somebody, we hope you, asked for a new password. Choose it within 30 minutes; the link"
            " works once:\n{link}\nIf it was not you, do nothing: the password stays as it is."
        ).format(link=link)
        try:
            EmailMessage(_("Yelin: your new password"), text, to=[channel.address]).send()
        except OSError:
            return False
    return True


def mail_sign_up(asked: SignUp, known: Sequence[str]) -> bool:
    """Send the link by which an account is opened; say whether the server took it.

    Whose address it is already is told the logins that they have, instead of the page that asks.
    """
    with translation.override(asked.language):
        if known:
            text = _(
                "Somebody, we hope you, wanted to open an account with this address. You have one"
                " already, called {logins}. Sign in at {sign_in}, or choose a new password at"
                " {lost}."
            ).format(
                logins=", ".join(known),
                sign_in=config.url + reverse("account_login"),
                lost=config.url + reverse("portal:lost"),
            )
        else:
            text = _(
                "Somebody, we hope you, wants to open an account with this address. Go on within"
                " 60 minutes:\n{link}\nIf it was not you, do nothing: no account is opened."
            ).format(link=config.url + reverse("portal:sign_up_by", args=[asked.pk, asked.secret]))
        try:
            EmailMessage(_("Yelin: your account"), text, to=[asked.address]).send()
        except OSError:
            return False
    return True


def _text(channel: Channel, notice: Notice) -> str:
    if channel.confirmed_at is None:
        return f"{notice.says}\n" + _("Code: {code}").format(code=channel.code)
    return f"{notice.says}\n{config.url}/desk/notices/"


def _call(channel: Channel, notice: Notice, delivery: Delivery, at: datetime) -> str:
    assert channel.body_id is not None  # noqa: S101 - the database holds it
    about = {"id": str(notice.about_id), "kind": notice.about.kind, "code": notice.about.code}
    payload = {
        "type": notice.event,
        "timestamp": notice.at.isoformat(),
        "data": {"about": about, **notice.params},
    }
    return webhooks.post(
        webhooks.Word.of(f"yelin-{delivery.pk}", payload),
        channel.address,
        body=channel.body_id,
        purpose=Purpose.NOTICE,
        at=at,
    )
