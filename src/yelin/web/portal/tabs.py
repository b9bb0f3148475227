"""Tabs above a list, by which it is narrowed to what is of one kind."""

from collections.abc import Mapping

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yelin.web.shapes import Link


def asked(query: str, kind: str) -> str:
    """Return what stands in an address for these words and this kind."""
    return f"?{urlencode([(name, said) for name, said in (('q', query), ('kind', kind)) if said])}"


def tabs(here: str, kinds: Mapping[str, str], chosen: str, query: str = "") -> list[Link]:
    """Return a tab for all and one for each kind by its name; the words looked for stay."""
    offered = {"": _("All"), **kinds}
    return [
        Link(title, here + asked(query, kind), current=kind == chosen)
        for kind, title in offered.items()
    ]
