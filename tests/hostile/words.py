"""Every text that people write, made hostile where it lies: a new field joins by itself.

What forms and acts take is kept in fields of models; these are found by what they are, not listed.
Left alone is what the program itself writes in a set form, each with its reason.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

MARK = "x-hostile"
# What each tries: an element and a script, an end of whatever stands around, an attribute, a
# template, a formula, an address that runs, letters that turn round, and a word without an end.
WORDS = (
    f"<{MARK} onclick=alert(1)></{MARK}><script>alert(2)</script>",
    f"</title></textarea></script></style><svg onload=alert(3)><{MARK}>",
    f'"\'><img src=x onerror=alert(4)><{MARK} a="',
    '{{ "hos"|add:"tile7" }}{% debug %}${7*7}<%= 7*7 %>',
    "=cmd|' /C calc'!A0",
    "javascript:alert(5)//",
    "\u202e\u2066ltr\u2069\u202ertl&lt;b&gt;",
    "W",
    f"[a](javascript:alert(6)) ![b](x) <{MARK}> `{{{{1}}}}` &#60;{MARK}&#62;",
)
LONGEST = 300
# By which names the program keeps what it writes itself, in a form that other code reads.
OURS = {
    "act event duty action term kind state side side_of": "a name in the code",
    "code credit_code division classification number key once series registration query_code": (
        "made or checked by a rule"
    ),
    "sharing_type opening_type sharing_mode update_cycle licence theme": "a choice of the pack",
    "language format via attempt stage step cursor via place": "how far work has come",
    "digest digests vkey hint master host_key hash remote_id": "made by a computation",
    "Notice.words": "a message id",
    "issuer address host": "an address that a rule checked; links: tests/talking/test_reuses.py",
    "password username masked": "of the login",
    "title_text title_sound seen_text whole_text": "made anew from what is searched",
    "length identifier indicator expression": "has a form that is checked",
    "manifest params payload note chain values weights masks row_filter": "is signed, or is code",
    "link": "an address that a rule checked",
    "counts sent arrived sizes": "figures",
    "manifest_kept received_kept report_kept options metadata": "is of a file: tests/warehouse",
    "found mapping columns bears moved": "names what the program found",
    "item items held_item refers_item keys": "names a column: tests/web/test_reports.py",
}
_OURS = {name for names in OURS for name in names.split()}
# Rooms whose rows are signed, or are of the program's own work.
_SHUT = {"ledger", "procrastinate", "account", "mfa", "sessions", "keys"}


def poison(shift: int = 0) -> dict[str, str]:
    """Make each text hostile, another way with each ``shift``; return what stands in which field.

    What the database itself does not take was never there.
    """
    laid: dict[str, str] = {}
    for number, (model, field) in enumerate(fields()):
        words = WORDS[(number + shift) % len(WORDS)]
        if _lay(model, field, words):
            laid[f"{model._meta.label}.{field.name}"] = words
    return laid


def fields() -> Iterator[tuple[type[models.Model], Any]]:
    """Yield every field that holds what somebody wrote."""
    for model in apps.get_models():
        if not model.__module__.startswith("yelin.") or model._meta.app_label in _SHUT:
            continue
        for field in model._meta.local_fields:
            written = isinstance(field, models.CharField | models.TextField | models.JSONField)
            ours = {field.name, f"{model.__name__}.{field.name}"} & _OURS
            if written and not field.choices and not ours and not field.primary_key:
                yield model, field


def _lay(model: type[models.Model], field: Any, words: str) -> bool:
    column, table = (connection.ops.quote_name(x) for x in (field.column, model._meta.db_table))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if isinstance(field, models.JSONField):
                return _lay_within(cursor, table, column, words)
            most = min(field.max_length or LONGEST, LONGEST)
            text = (words * most if words == "W" else words)[:most]
            # What must be one among others stays so by what stands before it.
            own = (
                "left(row_number() OVER () || %s, %s)"
                if _is_unique(model, field)
                else "left(%s, %s)"
            )
            cursor.execute(
                f"UPDATE {table} t SET {column} = o.own FROM (SELECT ctid, {own} AS own"  # noqa: S608 - names of our own
                f" FROM {table}) o WHERE o.ctid = t.ctid",
                [text, most],
            )
            return cursor.rowcount > 0
    except DatabaseError:
        return False


def _is_unique(model: type[models.Model], field: Any) -> bool:
    rules = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
    return field.unique or any(field.name in rule.fields for rule in rules)


def _lay_within(cursor: Any, table: str, column: str, words: str) -> bool:
    cursor.execute(f"SELECT ctid::text, {column} FROM {table} WHERE {column} IS NOT NULL")  # noqa: S608 - names of our own
    rows = [(row, json.loads(held) if isinstance(held, str) else held) for row, held in cursor]
    changed = [(json.dumps(_within(held, words)), row) for row, held in rows]
    cursor.executemany(
        f"UPDATE {table} SET {column} = %s WHERE ctid = %s::tid",  # noqa: S608 - names of our own
        changed,
    )
    return bool(changed)


def _within(held: Any, words: str) -> Any:
    """Return what was held with hostile words where sentences stood."""
    match held:
        case dict():
            return {
                name: value if name in _OURS else _within(value, words)
                for name, value in held.items()
            }
        case list():
            return [_within(each, words) for each in held]
        case str() if re.search(r"[\u3400-\u9fff]", held):
            return (words * LONGEST if words == "W" else words)[:LONGEST]
        case _:
            return held
