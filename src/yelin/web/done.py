"""Tell what was done, with the receipt of the leaf that it left."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from yelin.ledger.models import Leaf
from yelin.things.models import Subject


def say_done(request: HttpRequest, says: str, act: str, about: Subject) -> None:
    """Tell on the next page what was done, with the receipt of the leaf that the act left."""
    leaf = Leaf.objects.filter(subject=about.pk, act=act, refused=False).order_by("-id").first()
    if leaf is None:
        messages.success(request, says)
        return
    link = format_html(
        '<a class="mono" href="{}">{}</a>',
        reverse("portal:leaf", args=[bytes(leaf.h).hex()]),
        leaf.receipt_text,
    )
    messages.success(request, format_html("{} {} {}", says, _("Receipt:"), link))
