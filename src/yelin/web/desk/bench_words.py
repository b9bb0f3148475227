"""What the steps of the bench are called on its page: title, what it does, what is said then."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from yelin.privacy.workbench.models import Deidentification

Words = Mapping[str, tuple[str, str, str]]


def of(work: Deidentification) -> Words:
    """Return the words of the steps of ``work``."""
    if work.noise:
        return of_noise()
    return of_tables() if work.is_statistics else of_rows()


def of_rows() -> Words:
    """Return the words where rows are made."""
    return {
        "search": (
            _("Search the levels"),
            _("Those are chosen that lose least while nobody is told."),
            _("The search has begun."),
        ),
        "write": (
            _("Write the rows"),
            _("They are brought in for the other entry, and checked there as any file is."),
            _("The rows are being written."),
        ),
        "measure": (
            _("Measure the released bytes"),
            _("Two programs measure them, each by its own arithmetic, and must agree."),
            _("The bytes are being measured."),
        ),
    }


def of_tables() -> Words:
    """Return the words where statistics are made."""
    return {
        "search": (
            _("Count and protect"),
            _("Rows are counted; small cells are left out, and others that would tell them."),
            _("The counting has begun."),
        ),
        "write": (
            _("Write the table"),
            _("It is brought in for the other entry, and checked there as any file is."),
            _("The table is being written."),
        ),
        "measure": (
            _("Look at the released bytes"),
            _("Another program reads them, and looks for all that can be computed from them."),
            _("The bytes are being looked at."),
        ),
    }


def of_noise() -> Words:
    """Return the words where statistics are told with noise."""
    return {
        "search": (
            _("See how exact it will be"),
            _("By the plan alone: no row is looked at, and nothing is spent."),
            _("It is being worked out."),
        ),
        "write": (
            _("Spend, and draw the table"),
            _("What it spends of the privacy budget is never given back."),
            _("The table is being drawn."),
        ),
        "measure": of_tables()["measure"],
    }
