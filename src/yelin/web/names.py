"""What areas, themes, licences and values of the law's lists are called."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from yelin.catalog import tree
from yelin.catalog.models import Entry
from yelin.law import packs
from yelin.law.statute import PackFault
from yelin.web import words
from yelin.web.templatetags.yelin import lang


def area_name(code: str) -> str:
    """Return the name of a division; a code that the pack does not have is shown as it is."""
    try:
        return packs.active().division(code).label(lang()) if code else ""
    except KeyError:
        return code


def theme_name(code: str) -> str:
    """Return the name of a theme; a code that the pack does not have is shown as it is."""
    try:
        return packs.active().theme(code).label(lang())
    except KeyError:
        return code


def licence_name(licence: str) -> str:
    """Return the name of a licence; one that the pack does not have is shown as it is."""
    try:
        return packs.active().licence(licence).label(lang()) if licence else ""
    except (KeyError, PackFault):
        return licence


def class_name(code: str) -> str:
    """Return the names of class and group with which a classification code begins."""
    for each in packs.active().classes:
        if code.startswith(each.code):
            groups = (group for group in each.groups if code[1:].startswith(group.code))
            return " · ".join(part.label(lang()) for part in (each, *groups))
    return code


def called(kind: str, value: object) -> str:
    """Return the word for a value of one of the house's own kinds."""
    return str(words.word(kind, value).says)


def listed(name: str, keys: Iterable[str]) -> str:
    """Return values of a list of the pack as words."""
    values = packs.active().list(name)
    labels = [values[key].label(lang()) if key in values else key for key in keys if key]
    return _(", ").join(labels)


def placed(entry: Entry) -> str:
    """Return where the entry stands in the classification tree, from class to subcategory."""
    way = [node.label(lang()) for node in tree.way_to(entry.classification)]
    return " › ".join(way) or entry.classification
