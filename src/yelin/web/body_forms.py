"""Ask for a new body: by whoever keeps the register, or by somebody who stands for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.law import packs
from yelin.parties.kinds import SOCIAL, BodyKind
from yelin.parties.models import Body
from yelin.web.templatetags.yelin import lang


class BodyForm(forms.Form):
    """A new body."""

    kinds: tuple[BodyKind, ...] = tuple(kind for kind in BodyKind if kind not in SOCIAL)

    name = forms.CharField(
        label=_("Full name"), help_text=_("As it stands in its certificate."), max_length=200
    )
    short_name = forms.CharField(label=_("Short name"), max_length=80, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"))
    division = forms.ChoiceField(label=_("Place"))
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack = packs.active()
        known = pack.list("body_kind")
        self.fields["credit_code"].help_text = _("18 characters. Example: {code}.").format(
            code=pack.bodies[0].credit_code
        )
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # a choice field has them
            (str(kind), known[kind].label(lang())) for kind in self.kinds if kind in known
        ]
        self.fields["division"].choices = [  # type: ignore[attr-defined]  # the same
            (each.code, f"{each.label(lang())} {each.code}") for each in pack.divisions.values()
        ]

    def body(self) -> Body:
        """Return the body that a valid form describes, not entered yet."""
        return Body(**self.cleaned_data)


class AnyBodyForm(BodyForm):
    """A new body of any kind, entered by whoever keeps the register."""

    kinds = tuple(BodyKind)


class SocialBodyForm(BodyForm):
    """An enterprise, association or utility, registered by someone who stands for it."""

    kinds = tuple(kind for kind in BodyKind if kind in SOCIAL)
