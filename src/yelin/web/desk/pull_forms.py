"""The form of a place to fetch data from: each kind asks for what leads there, and no more."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.catalog.models import Entry, State
from yelin.catalog.states import GONE
from yelin.parties.models import Body
from yelin.pulling.content import PORTS, PullContent, PullKind, Rhythm
from yelin.web import words
from yelin.web.desk.upload_forms import OptionsForm

_ROWS = {"rows": 4, "spellcheck": "false", "autocomplete": "off", "class": "mono"}


def _line(label: Any, help_text: Any = "", *, needed: bool = True) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=255, required=needed)


def _port(kind: PullKind) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Port"), initial=PORTS[kind], min_value=1, max_value=65535, required=False
    )


def _secret(label: Any, widget: forms.Widget, *, given: bool, needed: bool) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=_("It is kept sealed and shown to nobody. Left empty, the one given stays.")
        if given
        else _("It is kept sealed and shown to nobody again."),
        widget=widget,
        strip=False,
        max_length=20_000,
        required=needed and not given,
    )


def _authority(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Certificate of the server's authority"),
        help_text=help_text,
        widget=forms.Textarea(attrs=_ROWS),
        max_length=100_000,
        required=False,
    )


def _database(kind: PullKind, *, given: bool) -> dict[str, forms.Field]:
    password = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return {
        "host": _line(_("Server"), _("Its name or address in your network.")),
        "port": _port(kind),
        "database": _line(_("Database")),
        "relation": _line(
            _("Table or view"),
            _(
                "With its schema before a dot if need be. A view gives exactly the columns and rows"
                " that are to go out."
            ),
        ),
        "columns": forms.CharField(
            label=_("Columns"),
            help_text=_("Separated by commas; left empty, all of them."),
            max_length=5000,
            required=False,
        ),
        "user": _line(_("User"), _("One that may read this table and nothing else.")),
        "secret": _secret(_("Password"), password, given=given, needed=True),
        "encrypted": forms.BooleanField(
            label=_("Encrypted, with the server's certificate checked"),
            help_text=_("Unencrypted only inside the networks that the platform's operator named."),
            initial=True,
            required=False,
        ),
        "authority": _authority(
            _("In PEM, from BEGIN CERTIFICATE on. Ask the database's operator.")
        ),
    }


def _web(*, given: bool) -> dict[str, forms.Field]:
    password = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return {
        "address": forms.CharField(
            label=_("Address of the file"), help_text=_("From https:// on."), max_length=1000
        ),
        "user": _line(_("User"), _("If the server asks for one."), needed=False),
        "secret": _secret(_("Password"), password, given=given, needed=False),
        "authority": _authority(
            _("Only where the server's certificate is not of a public authority. In PEM.")
        ),
    }


def _sftp(*, given: bool) -> dict[str, forms.Field]:
    return {
        "host": _line(_("Server"), _("Its name or address in your network.")),
        "port": _port(PullKind.SFTP),
        "path": forms.CharField(label=_("Path of the file"), max_length=1000),
        "user": _line(_("User")),
        "secret": _secret(
            _("Private key or password"), forms.Textarea(attrs=_ROWS), given=given, needed=True
        ),
    }


def _file() -> dict[str, forms.Field]:
    return {name: OptionsForm.base_fields[name] for name in ("encoding", "sheet")}


def _when() -> dict[str, forms.Field]:
    return {
        "rhythm": forms.ChoiceField(
            label=_("How often"),
            choices=[(str(each), words.RHYTHM[each].says) for each in Rhythm],
            initial=Rhythm.CYCLE,
        ),
        "day": forms.IntegerField(
            label=_("Day"),
            help_text=_("Of the week from 1 (Monday) to 7, or of the month from 1 to 28."),
            initial=1,
            min_value=1,
            max_value=28,
        ),
        "hour": forms.IntegerField(
            label=_("Hour"), help_text=_("From 0 to 23."), initial=3, min_value=0, max_value=23
        ),
        "mode": OptionsForm.base_fields["mode"],
        "publishes": forms.BooleanField(
            label=_("Publish by itself what comes as it should"),
            help_text=_(
                "Only with the header of the version before and without a rejected row; all else"
                " waits for you."
            ),
            required=False,
        ),
    }


def form_of(
    kind: PullKind, body: Body, *, of_entry: bool = True, given: bool = False
) -> type[forms.Form]:
    """Return the form for a place of ``kind``; ``given`` says that a secret was given already."""
    fields: dict[str, Any] = {}
    if of_entry:
        own = Entry.objects.filter(provider=body).exclude(state__in=[State.DRAFT, *GONE])
        fields["entry"] = forms.ModelChoiceField(
            own.order_by("title"), label=_("Resource"), empty_label=None
        )
    match kind:
        case PullKind.HTTPS:
            fields |= _web(given=given) | _file()
        case PullKind.SFTP:
            fields |= _sftp(given=given) | _file()
        case _:
            fields |= _database(kind, given=given)
    return type("PullForm", (forms.Form,), fields | _when())


def said(kind: PullKind, filled: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a filled form says, as the acts take it."""
    fields = {name: value for name, value in filled.items() if name not in {"entry", "secret"}}
    columns = re.split(r"[,，、\n]", fields.pop("columns", ""))
    fields["mode"] = fields["mode"] or "replace"
    content = PullContent(
        kind=kind, columns=tuple(name.strip() for name in columns if name.strip()), **fields
    )
    return {"content": content, "secret": filled["secret"]}


def initial_of(content: PullContent) -> dict[str, Any]:
    """Return what the form of a place says at first."""
    return content.model_dump() | {"columns": ", ".join(content.columns)}
