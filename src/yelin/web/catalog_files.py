"""The catalog as a file in the national layout, for officials and for everyone."""

import io

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from yelin.catalog.models import Entry
from yelin.compiling import writing
from yelin.surface.actor import Asker
from yelin.surface.sending import disposition


def sent(asker: Asker, entries: "QuerySet[Entry]", format_: str) -> HttpResponse:
    """Return entries as a file, each as far as the asker may read it. Raises ``TooLarge``."""
    file = io.BytesIO()
    writing.write(file, format_, asker.actor, entries)
    # Whole, for a slow reader then holds no thread of the pages.
    return of(file.getvalue(), format_)


def of(content: bytes, format_: str) -> HttpResponse:
    """Return what was written as the file that people save."""
    response = HttpResponse(content, content_type=writing.MEDIA_TYPES[format_])
    response["Content-Disposition"] = disposition(f"{_('Catalog')}.{format_}")
    response["Cache-Control"] = "private, no-store"
    return response
