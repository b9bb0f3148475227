"""What the steps of the bench are called on its page: title, what it does, what is said then."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

Words = Mapping[str, tuple[str, str, str]]


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
