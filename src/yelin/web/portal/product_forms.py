"""Forms of products, offers and reviews."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.market.listing.content import (
    DeliveryMode,
    ListingContent,
    PriceMode,
    ProductContent,
    ProductKind,
)
from yelin.market.listing.models import Level
from yelin.market.listing.rules import CHECKLIST
from yelin.market.platform import reads as platforms
from yelin.market.platform.models import Platform
from yelin.parties.actor import Actor
from yelin.web.choices import choose, worded
from yelin.web.fields import Day, Lines, OfEntry
from yelin.web.words import CHECK_POINT, DELIVERY_MODE, PRICE_MODE, PRODUCT_KIND


def _line(label: Any, help_text: Any = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=200, required=required)


def _text(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=4000,
        required=required,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ProductForm(forms.Form):
    """What is said of a product (GB/T 36343)."""

    kind = forms.ChoiceField(label=_("Kind of product"))
    title = _line(_("Name of the product"), required=True)
    summary = _text(_("What it is"))
    category = _line(_("Line of business"), _("As GB/T 4754 calls it."))
    keywords = Lines(label=_("Keywords"), required=False)
    source = _text(_("Where its data comes from"))
    rights = _text(_("By which right you trade it"), _("To hold, to use or to operate it."))
    covers = _line(_("Time that it covers"))
    region = _line(_("Area that it covers"))
    scale = _line(_("How much it is"), _("Records, or size."))
    format = _line(_("Format"))
    updated = _line(_("How often it is updated"))
    quality = _text(_("What you promise of its quality"), required=False)
    serves = _text(_("For which uses it is made"), _("No scene of use, no trade."))
    restrictions = _text(_("What it may not be used for"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the kinds in the reader's language."""
        super().__init__(*args, **kwargs)
        choose(self.fields["kind"], worded(PRODUCT_KIND))

    @staticmethod
    def content(said: Mapping[str, Any]) -> ProductContent:
        """Return what a filled form says."""
        fields = {name: said[name] for name in ProductContent.model_fields}
        return ProductContent(
            **fields | {"kind": ProductKind(said["kind"]), "keywords": tuple(said["keywords"])}
        )

    @staticmethod
    def initial_of(content: ProductContent) -> dict[str, Any]:
        """Return what the form shows of a product that was described."""
        return content.model_dump() | {"keywords": "、".join(content.keywords)}


class SourceForm(forms.Form):
    """Of which entry a product is made."""

    entry = OfEntry()
    release = forms.IntegerField(
        label=_("Version"),
        help_text=_("Left empty: always the newest."),
        required=False,
        min_value=1,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Look for it among what ``actor`` may know of."""
        super().__init__(*args, **kwargs)
        self.fields["entry"].asker = actor  # type: ignore[attr-defined]  # the field above


class ListingForm(forms.Form):
    """At what price and how it is offered, and until when; ``placed``: where, is settled."""

    platform = forms.ModelChoiceField(label=_("Platform"), queryset=Platform.objects.none())
    price_mode = forms.ChoiceField(label=_("How the price is made"))
    amount = forms.DecimalField(
        label=_("Price"),
        help_text=_("Percent where it is a share. Empty where it is free or to be negotiated."),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=4,
    )
    currency = forms.RegexField(label=_("Currency"), regex=r"^[A-Z]{3}$", max_length=3)
    unit = _line(_("For each"), _("Such as a call, a thousand records, a month."))
    delivery = forms.MultipleChoiceField(
        label=_("How it is delivered"), widget=forms.CheckboxSelectMultiple
    )
    until = Day(label=_("Offered until"))
    sample_rows = forms.IntegerField(
        label=_("Rows of the sample"),
        help_text=_("Everyone sees them. 0: no sample."),
        min_value=0,
        max_value=20,
        initial=5,
    )
    sample_masked = Lines(
        label=_("Items that the sample veils"), help_text=_("By name, one a line."), required=False
    )

    def __init__(self, *args: Any, actor: Actor, placed: bool = False, **kwargs: Any) -> None:
        """Offer the platforms that run, and the words in the reader's language."""
        super().__init__(*args, **kwargs)
        choose(self.fields["price_mode"], worded(PRICE_MODE))
        choose(self.fields["delivery"], worded(DELIVERY_MODE))
        if placed:
            del self.fields["platform"]
        else:
            running = platforms.platforms(actor).filter(closed_on=None)
            self.fields["platform"].queryset = running  # type: ignore[attr-defined]  # a choice of rows has one
            self.fields["platform"].label_from_instance = lambda each: each.title  # type: ignore[attr-defined]  # the same

    @staticmethod
    def content(said: Mapping[str, Any]) -> ListingContent:
        """Return what a filled form says."""
        return ListingContent(
            price_mode=PriceMode(said["price_mode"]),
            amount=said["amount"],
            currency=said["currency"],
            unit=said["unit"],
            delivery=tuple(DeliveryMode(each) for each in said["delivery"]),
            until=said["until"],
            sample_rows=said["sample_rows"],
            sample_masked=tuple(said["sample_masked"]),
        )

    @staticmethod
    def initial_of(content: ListingContent) -> dict[str, Any]:
        """Return what the form shows of an offer."""
        return content.model_dump(mode="json") | {
            "sample_masked": "\n".join(content.sample_masked),
            "until": content.until,
        }


class ReviewForm(forms.Form):
    """What a reviewer found in order, and whether that lets it pass."""

    ticked = forms.MultipleChoiceField(
        label=_("Found in order"), widget=forms.CheckboxSelectMultiple, required=False
    )
    passes = forms.TypedChoiceField(
        label=_("Outcome"),
        choices=[("", "---------"), ("yes", _("It passes")), ("no", _("It is returned"))],
        coerce=lambda value: value == "yes",
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("What is to be mended, where it is returned."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, level: Level, **kwargs: Any) -> None:
        """Offer the points of this review."""
        super().__init__(*args, **kwargs)
        points = {point: CHECK_POINT[point] for point in CHECKLIST[level]}
        choose(self.fields["ticked"], worded(points))

    def clean_ticked(self) -> tuple[str, ...]:
        """Return the points as the act takes them."""
        return tuple(self.cleaned_data["ticked"])
