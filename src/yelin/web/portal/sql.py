"""The console: one SELECT over what the asker may read, its answer as a table or a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yelin.catalog.codes import code_of
from yelin.config import config
from yelin.delivery import statements, stopping
from yelin.delivery.opening import PurposeMissing
from yelin.delivery.selecting import Answer
from yelin.gate import Refused
from yelin.surface import calls, problems, selecting
from yelin.warehouse import functions
from yelin.warehouse.items import NUMBER_TYPES
from yelin.warehouse.selected import MOST_ROWS, SECONDS
from yelin.warehouse.unanswerable import MOST_LETTERS, Place, Unanswerable
from yelin.web import refusals
from yelin.web.asking import actor_of, asker_of
from yelin.web.grids import Column
from yelin.web.names import listed
from yelin.web.portal import reads
from yelin.web.portal.shapes import Call
from yelin.web.trail import trail

SHOWN_ROWS = 200
FOR = "purpose."
SHOWN_TABLES = 20
_TYPES = {"int": "I", "numeric": "N", "date": "D", "timestamp": "T", "bool": "L", "text": "C"}


@dataclass(frozen=True, slots=True)
class Purposes:
    """For what a resource may be taken, and for what it is."""

    code: str
    purposes: Sequence[str]
    chosen: str = ""

    @property
    def field(self) -> str:
        """What the choice is called in the form."""
        return f"{FOR}{self.code}"

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """The code and words of each purpose, and whether it is chosen."""
        return [
            (each, listed("use_requirement", [each]), each == self.chosen) for each in self.purposes
        ]


@dataclass(frozen=True, slots=True)
class At:
    """The line in which a fault is, around the word that is at fault."""

    place: Place
    before: str
    word: str
    after: str

    @classmethod
    def of(cls, text: str, place: Place) -> "At":
        """Return where ``place`` is in ``text``."""
        line = (text.splitlines() or [""])[place.line - 1 :][:1]
        whole = line[0] if line else ""
        before, rest = whole[: place.column - 1], whole[place.column - 1 :]
        end = next((n for n, sign in enumerate(rest) if n and sign in " (),;="), len(rest))
        if rest.startswith('"'):
            end = rest.find('"', 1) + 1 or len(rest)
        return cls(place, before, rest[:end], rest[end:])


@require_http_methods(["GET", "HEAD", "POST"])
def console(request: HttpRequest) -> HttpResponse:
    """Take a SELECT and show what it answers, or send that as a file."""
    actor = actor_of(request)
    chosen = code_of(request.GET.get("table", ""))
    text = request.POST.get("sql", f'SELECT *\nFROM "{chosen}"\nLIMIT 100' if chosen else "")
    context = context_of(request, text)
    if request.method != "POST":
        return render(request, "portal/sql.html", context)
    try:
        answer = selecting.select(
            request, actor, text, purposes=_purposes(request.POST), run=_run(request.POST)
        )
    except problems.FORESEEN as error:
        context |= _told(request, error, text)
        return render(request, "portal/sql.html", context, status=problems.of(error).status)
    if request.POST.get("format") == "csv":
        return selecting.as_csv(answer)
    # Forms send lines as mail has them.
    behind = urlencode({"sql": text.replace("\r\n", "\n")})
    context["keeps"] = text
    context["share"] = f"{config.url}{reverse('portal:sql')}#{behind}"
    response = render(request, "portal/sql.html", context | _shown(answer))
    for name, value in selecting.headers_of(answer).items():
        response[name] = value
    return response


def context_of(request: HttpRequest, text: str) -> dict[str, Any]:
    """Return what the console shows around a statement."""
    asker = asker_of(request)
    tables = reads.tables(asker.actor, request.GET.get("q", ""), SHOWN_TABLES)
    return {
        "sql": text,
        "run": uuid4(),
        "tables": tables,
        "q": request.GET.get("q", ""),
        "examples": _examples(tables),
        "groups": _groups(),
        "most": MOST_ROWS,
        "longest": MOST_LETTERS,
        "seconds": int(SECONDS),
        "statements": statements.kept(asker.person) if asker.person else [],
        "may_keep": asker.person is not None,
        "longest_name": statements.LONGEST_NAME,
        "crumbs": trail(_("SQL"), (_("Interfaces"), "portal:developers")),
    }


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Stop the statement that this page sent."""
    if run := _run(request.POST):
        stopping.stop(run)
    return HttpResponse(status=204)


def _purposes(sent: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(FOR): purpose for name, purpose in sent.items() if name.startswith(FOR)
    }


def _run(sent: Mapping[str, str]) -> UUID | None:
    try:
        return UUID(sent.get("run", ""))
    except ValueError:
        return None


def _told(request: HttpRequest, error: Exception, text: str) -> dict[str, Any]:
    context: dict[str, Any] = {"problem": problems.of(error)}
    match error:
        case Refused():
            back = reverse("portal:sql")
            signed_in = asker_of(request).person is not None
            ways = refusals.ways_on(signed_in=signed_in, back=back)
            context["refusal"] = refusals.of(error.decision, ways)
        case Unanswerable():
            context["at"] = error.at and At.of(text, error.at)
        case PurposeMissing():
            context["purposes"] = [Purposes(*each) for each in error.purposes.items()]
    return context


def _shown(answer: Answer) -> dict[str, Any]:
    found = answer.selected
    columns = [Column(name=name, label=name, type=_TYPES[kind]) for name, kind in found.columns]
    return {
        "answer": found,
        "columns": columns,
        "lines": [zip(columns, row, strict=True) for row in found.rows[:SHOWN_ROWS]],
        "shown": min(len(found.rows), SHOWN_ROWS),
        "sources": [(each.release, calls.receipt_url(each.notes)) for each in answer.sources],
        "purposes": [
            Purposes(each.release.entry.code or "", each.purposes, each.purpose)
            for each in answer.sources
            if len(each.purposes) > 1
        ],
    }


def _examples(tables: Sequence[reads.Table]) -> list[Call]:
    """Return statements to begin with, on what the asker may read."""
    if not tables:
        return []
    table = tables[0]
    name, first = f'"{table.entry.code}"', f'"{table.items[0].name}"'
    calls = [
        Call(_("The first rows"), f"SELECT *\nFROM {name}\nLIMIT 20"),
        Call(
            _("How many rows there are of each value"),
            f"SELECT {first}, count(*) AS n\nFROM {name}\nGROUP BY {first}\nORDER BY n DESC",
        ),
    ]
    amount = next((item.name for item in table.items if item.type in NUMBER_TYPES), "")
    if amount:
        window = f'lag("{amount}") OVER (ORDER BY {first}) AS "before"'
        text = f'SELECT {first}, "{amount}",\n  {window}\nFROM {name}\nORDER BY {first}'
        calls.append(Call(_("Each value beside the one before it"), text))
    return calls


def _groups() -> list[tuple[str, str]]:
    return [
        (_("Totals"), functions.AGGREGATES),
        (_("Over windows"), functions.WINDOWS),
        (_("Numbers"), functions.NUMBERS),
        (_("Texts"), functions.TEXTS),
        (_("Days and times"), functions.DATES),
        (_("Choices"), functions.CHOICES),
    ]
