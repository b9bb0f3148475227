"""What terms say in the words of the reader: every one of them, on paper as on pages.

Facts are told by their paths, and a path without a label is an error: nothing that is signed is
left out of what is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from yelin.law import packs
from yelin.market.contract import terms as said
from yelin.market.contract.terms import Forum, Kind, PersonalBasis, Terms
from yelin.market.listing.content import DeliveryMode, PriceMode

Label = str | Promise
# How what is not said is shown.
UNSAID = "—"

KINDS: Mapping[str, Label] = {
    Kind.PROVISION: gettext_lazy("Contract on the provision of data"),
    Kind.PROCESSING: gettext_lazy("Contract on the processing of data"),
    Kind.DEVELOPMENT: gettext_lazy("Contract on joint development with data"),
    Kind.BROKERAGE: gettext_lazy("Contract on brokerage of data"),
}
PRICES: Mapping[str, Label] = {
    PriceMode.FIXED: gettext_lazy("Fixed price"),
    PriceMode.PER_CALL: gettext_lazy("For each call"),
    PriceMode.PER_VOLUME: gettext_lazy("By volume"),
    PriceMode.PERIOD: gettext_lazy("For each month or year"),
    PriceMode.SHARE: gettext_lazy("Share of what is earned"),
    PriceMode.NEGOTIATED: gettext_lazy("To be negotiated"),
    PriceMode.FREE: pgettext_lazy("price", "Free of charge"),
}
WAYS: Mapping[str, Label] = {
    DeliveryMode.API: pgettext_lazy("delivery", "API"),
    DeliveryMode.FILE: pgettext_lazy("delivery", "Files"),
    DeliveryMode.SUBSCRIPTION: pgettext_lazy("delivery", "Subscription"),
    DeliveryMode.COMPUTE: gettext_lazy("Computing where the data lies"),
}
BASES: Mapping[str, Label] = {
    PersonalBasis.NONE: gettext_lazy("It holds no personal information"),
    PersonalBasis.ANONYMIZED: gettext_lazy("Anonymised: nobody can be told, nor restored"),
    PersonalBasis.CONSENT: gettext_lazy("Consent of the persons"),
    PersonalBasis.LAW: gettext_lazy("A law or regulation"),
}
FORUMS: Mapping[str, Label] = {
    Forum.COURT: gettext_lazy("People's court"),
    Forum.ARBITRATION: gettext_lazy("Arbitration commission"),
}
CHOICES: Mapping[str, Mapping[str, Label]] = {
    "kind": KINDS,
    "price.mode": PRICES,
    "delivery.ways": WAYS,
    "personal.basis": BASES,
    "disputes.forum": FORUMS,
}
SECTIONS: Mapping[str, Label] = {
    "matter": gettext_lazy("What is contracted on"),
    "rights": gettext_lazy("Rights"),
    "quality": gettext_lazy("Quality and acceptance"),
    "price": gettext_lazy("Price and payment"),
    "delivery": gettext_lazy("How it is handed over"),
    "use": gettext_lazy("Use of the data"),
    "period": gettext_lazy("Period and territory"),
    "security": gettext_lazy("Security"),
    "personal": pgettext_lazy("contract", "Personal information"),
    "ending": gettext_lazy("When the contract ends"),
    "disputes": gettext_lazy("Disputes"),
}
LABELS: Mapping[str, Label] = {
    "kind": gettext_lazy("Kind of contract"),
    "provider.code": gettext_lazy("Provider's credit code"),
    "provider.name": gettext_lazy("Provider of the data"),
    "consumer.code": gettext_lazy("Consumer's credit code"),
    "consumer.name": gettext_lazy("Consumer of the data"),
    "matter": SECTIONS["matter"],
    "matter.title": gettext_lazy("Name of the data"),
    "matter.description": pgettext_lazy("contract", "Content, size and source"),
    "matter.product": gettext_lazy("Number of registration"),
    "matter.listing": gettext_lazy("Number of the listing"),
    "matter.described": gettext_lazy("Digest of the description"),
    "matter.releases": gettext_lazy("Digests of the versions"),
    "rights.hold": gettext_lazy("Right to hold the data"),
    "rights.use": gettext_lazy("Right to use the data"),
    "rights.operate": gettext_lazy("Right to operate the data"),
    "rights.exclusive": gettext_lazy("Given to nobody else"),
    "quality": SECTIONS["quality"],
    "quality.measures": gettext_lazy("Least scores (of 100 points)"),
    "quality.standard": gettext_lazy("Standard that it meets"),
    "quality.inspection_days": gettext_lazy("Days to inspect it"),
    "quality.accepted_if": gettext_lazy("It is accepted if"),
    "quality.otherwise": gettext_lazy("Otherwise"),
    "price": SECTIONS["price"],
    "price.mode": gettext_lazy("How the price is reckoned"),
    "price.amount": gettext_lazy("Amount"),
    "price.currency": gettext_lazy("Currency"),
    "price.unit": gettext_lazy("For each"),
    "price.cap": gettext_lazy("At most"),
    "price.share": gettext_lazy("Share (%)"),
    "price.tax_rate": gettext_lazy("Tax rate (%)"),
    "price.payment": gettext_lazy("When and how it is paid"),
    "delivery": SECTIONS["delivery"],
    "delivery.ways": pgettext_lazy("contract", "Ways"),
    "delivery.form": pgettext_lazy("contract", "Formats"),
    "delivery.within_days": gettext_lazy("Within days of signing"),
    "delivery.service_level": gettext_lazy("Level of service"),
    "use": SECTIONS["use"],
    "use.purposes": pgettext_lazy("contract", "Purposes"),
    "use.forbidden": gettext_lazy("Forbidden uses"),
    "use.resale": gettext_lazy("May be sold on"),
    "use.sublicence": gettext_lazy("Use may be granted to others"),
    "use.marked": gettext_lazy("Each copy is marked"),
    "use.marked_share": gettext_lazy("Share of rows that carry the mark (%)"),
    "period": SECTIONS["period"],
    "period.since": gettext_lazy("First day"),
    "period.until": gettext_lazy("Last day"),
    "territory": gettext_lazy("Territory"),
    "security": SECTIONS["security"],
    "security.grade": gettext_lazy("Security grade of the data"),
    "security.measures": pgettext_lazy("contract", "Measures"),
    "personal": SECTIONS["personal"],
    "personal.basis": gettext_lazy("Basis of personal information"),
    "personal.says": gettext_lazy("Why it may be used"),
    "ending": SECTIONS["ending"],
    "ending.delete_within_days": gettext_lazy("Deleted within days"),
    "ending.proof": gettext_lazy("Proof of deletion"),
    "disputes": SECTIONS["disputes"],
    "disputes.forum": gettext_lazy("Decided by"),
    "disputes.place": gettext_lazy("Where it is decided"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A place in which an offer differs from the one before."""

    label: str
    before: str
    after: str


def told(terms: Terms) -> Sequence[tuple[str, str, list[tuple[str, str]]]]:
    """Return all that terms say, section by section: its name, its title, labels and values."""
    found = said.facts(terms)
    sections = []
    for name, title in SECTIONS.items():
        own = (path for path in found if path.split(".")[0] == name)
        paths = [*own, *(["territory"] if name == "period" else [])]
        facts = [(str(LABELS[path]), value_of(path, found[path])) for path in paths]
        sections.append((name, str(title), facts))
    return sections


def compared(before: Terms | None, after: Terms) -> list[Change]:
    """Return every place in which two terms differ, in words; unsaid is the same as left out."""
    told = [
        Change(str(LABELS[path]), value_of(path, old), value_of(path, new))
        for path, (old, new) in said.changes(before, after).items()
    ]
    return [each for each in told if {each.before, each.after} != {UNSAID}]


def value_of(path: str, value: Any) -> str:
    """Return a value of terms in the words of the reader; what is not said is a dash."""
    match value:
        case None | "" | []:
            return UNSAID
        case bool():
            return _("Yes") if value else _("No")
        case list():
            return _("; ").join(_one(path, each) for each in value)
        case _:
            return _one(path, value)


def _one(path: str, value: Any) -> str:
    if path in CHOICES:
        return str(CHOICES[path].get(value, value))
    if path == "quality.measures":
        return f"{measure(value['code'])} ≥ {value['least']}"
    if path.startswith("period."):
        return day_told(date.fromisoformat(value))
    return str(value)


def day_told(day: date) -> str:
    """Return a day as documents write it."""
    if (get_language() or "").startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day:%-d %b %Y}"


def measure(code: str) -> str:
    """Return what a dimension or indicator of quality is called; an unknown one by its code."""
    found = packs.active().quality.named.get(code)
    return f"{found.label(get_language() or 'zh-hans')} {code}" if found else code
