"""Every check of the installation: what is well, what is not, and how it is mended.

``yelin doctor`` and the operator's page tell the same findings, in the language of who asks.
"""

from collections.abc import Callable, Iterator

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from yelin.law.statute import PackFault
from yelin.operation.beside import copies, failed, queue, streams, worker
from yelin.operation.findings import Finding, first_line, wrong
from yelin.operation.installed import (
    certificate,
    clocks,
    database,
    disk,
    keys,
    migrations,
    store,
    watching,
)
from yelin.operation.promised import calendar, keeping, ledger, pack, releases, terms

NEED_NO_DATABASE = (pack, certificate, watching)
QUICK = (
    database,
    migrations,
    clocks,
    pack,
    calendar,
    keys,
    ledger,
    worker,
    streams,
    queue,
    failed,
    terms,
    keeping,
    store,
    disk,
    copies,
    certificate,
    watching,
)
"""What costs next to nothing, in the order in which one thing rests on another."""

THOROUGH = (*QUICK, releases)


def examine(*checks: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """Run ``checks``; without the database, those that need it are left out."""
    found: list[Finding] = []
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        mend = _("See that PostgreSQL runs, and that DATABASE_URL is right.")
        says = _("The database does not answer: {reason}").format(reason=first_line(error))
        found.append(wrong("database", says, mend))
        checks = tuple(each for each in checks if each in NEED_NO_DATABASE)
    for check in checks:
        try:
            found += check()
        except (DatabaseError, PackFault) as error:
            says = _("This could not be looked at: {reason}").format(reason=first_line(error))
            mend = _("Mend what is named before it, then ask again.")
            found.append(wrong(check.__name__, says, mend))
    return found
