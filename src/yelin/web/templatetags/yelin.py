"""Show law, terms, states, numbers and cells the same way on every page."""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BaseForm
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yelin.catalog.models import Entry
from yelin.law import clock as law_clock
from yelin.law import packs
from yelin.law.duties import Duty, by_name
from yelin.parties.models import Body, BodyName, Person
from yelin.web import words
from yelin.web.seal import petals
from yelin.web.shapes import Provision, Term

register = template.Library()

_HAN = re.compile(r"[\u3400-\u9fff]")
SHANGHAI = ZoneInfo("Asia/Shanghai")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def lang() -> str:
    """Return the language in which the pack speaks on this page: ``zh`` or ``en``."""
    return "en" if (get_language() or "").startswith("en") else "zh"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Show an icon of the sprite; without a label it is decoration and hidden from readers."""
    href = f"{static('yelin/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="i" role="img" aria-label="{}"><use href="{}"/></svg>', label, href
        )
    return format_html('<svg class="i" aria-hidden="true"><use href="{}"/></svg>', href)


@register.simple_tag
def seal(root: bytes, label: str = "") -> SafeString:
    """Draw the seal of a checkpoint from its root hash."""
    return format_html(
        '<svg class="seal" viewBox="0 0 100 100" role="img" aria-label="{}">'
        '<circle class="line" cx="50" cy="50" r="49.3"/>'
        '<circle class="line" cx="50" cy="50" r="33"/>'
        '<path class="petals" d="{}"/>'
        '<use class="palm" href="{}#brand" x="22" y="22" width="56" height="56"/></svg>',
        label or _("Seal of the checkpoint, drawn from its root hash"),
        petals(bytes(root)),
        static("yelin/icons.svg"),
    )


@register.simple_tag
def linked_data(about: Any) -> SafeString:
    """Tell search engines what the page is about: data, which no browser runs."""
    if not about:
        return SafeString("")
    said = json.dumps(about, ensure_ascii=False).translate(_NO_MARKUP)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(said))  # noqa: S308 - no character of markup is left


# As Django's own json_script has them: no text can end the element or begin a comment in it.
_NO_MARKUP = {ord(char): f"\\u{ord(char):04X}" for char in "<>&"}


@register.simple_tag
def badge(kind: str, value: object) -> SafeString:
    """Show a coded value as a badge: word, mark and tone."""
    shown = words.word(kind, value)
    mark = icon(shown.icon) if shown.icon else ""
    return format_html('<span class="badge {}">{}{}</span>', shown.tone, mark, shown.says)


@register.filter
def word(value: object, kind: str) -> str:
    """Show a coded value as its word alone."""
    return str(words.word(kind, value).says)


@register.filter
def faults_of(form: BaseForm) -> int:
    """Return how many things are to be mended in a form: one field may have several."""
    return sum(map(len, form.errors.values()))


@register.filter
def title_of(entry: Entry) -> str:
    """Return an entry's title in the language of the page; both are the name that lists show."""
    return entry.title_en if lang() == "en" and entry.title_en else entry.title


@register.filter
def tongue(text: str) -> str:
    """Return the language of what somebody wrote, for ``lang``: Chinese, or (empty) unknown."""
    return "zh" if _HAN.search(text) else ""


@register.filter
def is_foreign(text: str) -> bool:
    """Whether a reader of the English page should be told that a text is in Chinese."""
    return lang() == "en" and tongue(text) == "zh"


@register.filter
def body_name(body: Body | BodyName) -> str:
    """Return a body's name in the language of the page."""
    return body.name_en if lang() == "en" and body.name_en else body.name


@register.filter
def person_name(person: Person) -> str:
    """Return a person's name as the language of the page writes it."""
    return person.name_en if lang() == "en" and person.name_en else str(person)


@register.filter
def body_kind(value: str) -> str:
    """Say what kind of body it is, in the words of the pack."""
    return packs.active().list("body_kind")[value].label(lang())


@register.filter
def ground(key: str) -> str:
    """Say on what ground personal information is open to everyone, in the words of the pack."""
    found = packs.active().personal.ground(key)
    return found.label(lang()) if found else key


@register.filter
def listed(things: Iterable[Any]) -> str:
    """List words as the reader's language lists them."""
    return _(", ").join(map(str, things))


@register.filter
def ordered(duty: str) -> bool:
    """Say whether the law here orders a duty today; what it does not order is not led to."""
    return packs.active().orders(by_name(duty), law_clock.today())


@register.filter
def names(things: Iterable[Any]) -> str:
    """List things by their names."""
    return listed(each.name for each in things)


@register.filter
def type_mark(value: str) -> str:
    """Show an item type as the short mark in the head of a column."""
    return words.word("item", value).icon


@register.inclusion_tag("pieces/article.html", takes_context=True)
def article(context: Context, what: Provision | Duty, text: str = "") -> dict[str, Any]:
    """Name the provision that orders a duty, with a dotted line under it.

    Its words open by click, key or touch; its whole text is a link away. Nothing is shown for a
    duty that the law here does not order.
    """
    provision = packs.active().ordering(what) if isinstance(what, Duty) else what
    if provision is None:
        return {}
    request = getattr(context, "request", None)
    partial = "h" if getattr(request, "htmx", False) else "t"
    return {
        "provision": provision,
        "label": text or provision.label(lang()),
        "plain": provision.plain(lang()),
        "id": f"{partial}{_next_tip(request)}-{provision.ref.replace('.', '-').strip('()')}",
    }


_unasked = count()


def _next_tip(request: Any) -> int:
    """Return a number that no other tip of the page has, the same on every rendering of it."""
    # On the request, because each included template has a render context of its own.
    if request is None:
        return next(_unasked)
    request.yelin_tips = getattr(request, "yelin_tips", 0) + 1
    return int(request.yelin_tips)


@register.filter
def plain_words(provision: Provision) -> str:
    """Say a provision in plain, unofficial words in the language of the page."""
    return provision.plain(lang())


@register.inclusion_tag("pieces/term.html")
def term(term: Term) -> dict[str, Any]:
    """Show a lawful term as a chip: how many working days are left, by which article."""
    return {
        "term": term,
        "icon_name": _term_icon(term),
        "says": term_says(term),
    }


# Beyond these working days the day itself says more than their number.
_FAR_DAYS = 30


def _term_icon(term: Term) -> str:
    return {"ok": "done", "late": "late"}.get(term.tone, "clock")


@register.filter
def term_says(term: Term) -> str:
    """Say a lawful term in a few words."""
    if term.kept:
        return _("Kept")
    if term.still_since:
        return _("Stands still since %(day)s") % {"day": day(term.still_since)}
    if term.days_left < 0:
        return ngettext(
            "Overdue by %(n)s working day", "Overdue by %(n)s working days", term.lapsed_days
        ) % {"n": number(term.lapsed_days)}
    if term.days_left == 0:
        return _("Ends today at 24:00")
    if term.days_left > _FAR_DAYS:
        return _("Due by %(day)s") % {"day": day(term.due)}
    return ngettext("%(n)s working day left", "%(n)s working days left", term.days_left) % {
        "n": number(term.days_left)
    }


@register.filter
def number(value: float | Decimal | str | None) -> str:
    """Group a number by thousands, keeping the decimals it has."""
    if value is None or value == "":
        return ""
    text = (
        value
        if isinstance(value, str)
        else format(value, "f" if isinstance(value, Decimal) else "")
    )
    whole, point, rest = text.partition(".")
    sign = "−" if whole.startswith("-") else ""
    digits = whole.lstrip("-")
    return f"{sign}{int(digits):,}{point}{rest}" if digits.isascii() and digits.isdigit() else text


@register.filter
def day(value: date | None) -> str:
    """Write a date: 2026年11月25日, 25 Nov 2026."""
    if value is None:
        return ""
    at = value.astimezone(SHANGHAI) if isinstance(value, datetime) else value
    if lang() == "zh":
        return f"{at.year}年{at.month}月{at.day}日"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


@register.filter
def day_short(value: date | None) -> str:
    """Write a date of this year without its year, 11月25日, 25 Nov; any other date in full."""
    if value is None:
        return ""
    at = value.astimezone(SHANGHAI) if isinstance(value, datetime) else value
    if at.year != law_clock.today().year:
        return day(value)
    return f"{at.month}月{at.day}日" if lang() == "zh" else f"{at.day} {_MONTHS[at.month - 1]}"


@register.filter
def weekday(value: date | None) -> str:
    """Write the day of the week: 周三, Wed."""
    return "" if value is None else _WEEKDAYS[lang()][value.weekday()]


@register.filter
def clock(value: datetime | None) -> str:
    """Write a time of day in Shanghai, to the second."""
    return "" if value is None else f"{value.astimezone(SHANGHAI):%H:%M:%S}"


@register.filter
def moment(value: datetime | None) -> str:
    """Write a date and a time of day in Shanghai."""
    return "" if value is None else f"{day(value)} {value.astimezone(SHANGHAI):%H:%M}"


@register.filter
def iso(value: date | datetime | None) -> str:
    """Write a date or moment for machines, as ``<time datetime>`` wants it."""
    return "" if value is None else value.isoformat()


@register.filter
def size(value: int | None) -> str:
    """Write a number of bytes as people read it: 820 B, 9.8 KB, 1.2 GB."""
    if value is None:
        return ""
    amount = float(value)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"


@register.filter
def span(seconds: float | None) -> str:
    """Write a short stretch of time: 8 seconds, 3 minutes."""
    if seconds is None:
        return ""
    if seconds < 60:
        n = max(1, round(seconds))
        return ngettext("%(n)s second", "%(n)s seconds", n) % {"n": n}
    n = round(timedelta(seconds=seconds) / timedelta(minutes=1))
    return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}


@register.filter
def percent(fraction: float | None) -> int:
    """Return a share between nought and one as whole percent."""
    return 0 if fraction is None else round(100 * fraction)


@register.filter
def share(parts: int) -> str:
    """Return a share in ten thousandths as a percentage; what is there is never nothing."""
    return "<0.1%" if 0 < parts < 10 else f"{parts / 100:.1f}%"


@register.filter
def short_hash(value: bytes | str) -> str:
    """Shorten a hash to its ends: 009615aa…36a7."""
    text = value if isinstance(value, str) else bytes(value).hex()
    return f"{text[:8]}…{text[-4:]}" if len(text) > 14 else text


@register.filter
def hexed(value: bytes) -> str:
    """Write bytes in hexadecimal."""
    return bytes(value).hex()


@register.filter
def hits(text: str, query: str) -> SafeString:
    """Mark the words of a search where they stand in a text."""
    wanted = sorted({part for part in str(query or "").split() if part}, key=len, reverse=True)
    if not wanted:
        return conditional_escape(text)
    pattern = re.compile("(" + "|".join(re.escape(part) for part in wanted) + ")", re.IGNORECASE)
    # Splitting by one group yields text and hits in turn.
    parts = enumerate(pattern.split(text))
    return format_html_join(
        "",
        "{}{}{}",
        ((_MARK, part, _UNMARK) if at % 2 else ("", part, "") for at, part in parts),
    )


_MARK, _UNMARK = mark_safe("<mark>"), mark_safe("</mark>")


@register.simple_tag
def cell(column: Any, value: object) -> SafeString:
    """Show a value of a data grid: numbers grouped, decimals receding, absence said."""
    if getattr(column, "masked", False):
        return format_html('<span class="masked">{}</span>', _("masked"))
    if value is None or value == "":
        return format_html(
            '<span class="null"><span aria-hidden="true">–</span><span class="vh">{}</span></span>',
            _("no value"),
        )
    if isinstance(value, bool):
        return conditional_escape(_("Yes") if value else _("No"))
    if getattr(column, "numeric", False):
        whole, point, rest = _plain_number(value).partition(".")
        shown = number(whole) if getattr(column, "grouped", True) else whole
        return (
            format_html('{}<span class="frac">{}{}</span>', shown, point, rest)
            if point
            else conditional_escape(shown)
        )
    if isinstance(value, datetime):
        return conditional_escape(f"{value:%Y-%m-%d %H:%M:%S}")
    return conditional_escape(value.isoformat() if isinstance(value, date) else str(value))


def _plain_number(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    # Rows come as JSON has them, where a decimal that is whole has become 76.0.
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


@register.simple_tag
def trend(values: list[float], label: str = "") -> SafeString:
    """Draw a small line of values whose last point is marked."""
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    spread = (high - low) or 1
    points = [
        (2 + 106 * at / (len(values) - 1), 29 - 26 * (value - low) / spread)
        for at, value in enumerate(values)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    end_x, end_y = points[-1]
    return format_html(
        '<svg class="trend" viewBox="0 0 112 32" role="img" aria-label="{}"><polyline points="{}"/>'
        '<circle cx="{}" cy="{}" r="3.5"/></svg>',
        label,
        line,
        f"{end_x:.1f}",
        f"{end_y:.1f}",
    )
