"""What is to be mended: at the fields of a form, or a line each, with its article."""

from collections.abc import Mapping

from django.forms import BaseForm
from django.utils.translation import gettext as _

from yelin.surface import problems


def tell(shown: BaseForm, error: Exception, *, places: Mapping[str, str] | None = None) -> None:
    """Put the faults of a refused act at the fields of ``shown``, in the words of REST."""
    for fault in problems.of(error).faults:
        field = (places or {}).get(fault["place"], fault["place"])
        shown.add_error(field if field in shown.fields else None, cited(fault))


def told(error: Exception) -> list[str]:
    """Return the faults of a refused act, one to a line."""
    return [cited(fault) for fault in problems.of(error).faults]


def cited(fault: Mapping[str, str]) -> str:
    """Return a fault with the article that asks for it."""
    basis = fault.get("basis")
    return _("{says} ({basis})").format(says=fault["says"], basis=basis) if basis else fault["says"]
