"""Hostile files, brought in by the same acts as anybody's: tables, books, archives, papers."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pikepdf
from tests.files.makers import bundle, docx, make_examined, pdf, photograph, picture
from tests.files.test_examined import GIF_AND_SCRIPT, HTML, SVG
from tests.hostile.words import MARK, WORDS
from tests.opening.makers import make_application
from tests.parties.makers import make_actor, make_body, make_person
from tests.registers.makers import make_plan
from tests.talking.makers import make_open_entry, make_reuse
from tests.warehouse.makers import make_release, make_upload
from tests.warehouse.penalties import BY_LAW, PENALTIES, penalties

from yelin.acts import attachments
from yelin.catalog.content import ItemContent
from yelin.catalog.models import Entry
from yelin.ledger import sequencer
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person
from yelin.registers.acts import plans
from yelin.warehouse import acts

ENDLESS = "W" * 10_000
# What programs take for more than a word: paths, marks of templates, names of an object's own.
TRICKS = (
    "a.b[0]",
    "datum['x']",
    "__proto__",
    "constructor",
    "%(x)s %s %n {0} {x}",
    "'; DROP TABLE ledger_leaf; --",
    "..\\../../etc/passwd",
    "a`b\\c\\\"d'",
    "一行\n<!--二行-->]]>",
    "\u202egnp.exe",
)
CELLS = (*(word if word != "W" else ENDLESS for word in WORDS), *TRICKS)
# As long as an item may be called, and on one line.
COLUMNS = tuple(" ".join(cell.split())[:200] for cell in CELLS)
# What no system of files, and no header, takes as it stands.
NAMES = tuple(cell.replace("/", "∕").replace("\0", "") for cell in CELLS if cell != ENDLESS)
PAGE = f"<!doctype html><{MARK} onclick=alert(1)></{MARK}><script>alert(2)</script>".encode()
WITHIN = {
    "page.html": PAGE,
    "picture.svg": SVG,
    "drawing.gif": GIF_AND_SCRIPT,
    "book.epub": bundle({"mimetype": "application/epub+zip", "a.xhtml": PAGE}),
    "text.txt": HTML,
    "page.数据": PAGE,
    'both".pdf': pdf(),
    "photograph.jpg": photograph(PAGE.decode()),
}


@dataclass
class Laid:
    """What was laid: by which names addresses know it, and who sees it."""

    provider: Body
    person: Person
    # By the name of a gap in an address, what fills it, apart by kinds of things.
    fills: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def add(self, *things: Any) -> None:
        """Let addresses be filled by what these are called."""
        for thing in things:
            kind = type(thing).__name__
            for gap in ("pk", "slug", "number"):
                if said := getattr(thing, gap, ""):
                    self.fills.setdefault(gap, {}).setdefault(kind, []).append(str(said))


def lay() -> Laid:
    """Bring all of it in."""
    person = make_person()
    laid = Laid(make_body(name="海南省交通运输厅", short_name="省交通运输厅"), person)
    for entry in (_of_columns(laid), _of_files(laid)):
        laid.add(entry, *entry.releases.all(), *entry.uploads.all())
    laid.add(_on_a_ground(laid))
    laid.add(*_unpublished(laid))
    laid.add(*_papers(laid, Actor.citizen(person)))
    sequencer.settle()
    return laid


def _of_columns(laid: Laid) -> Entry:
    """Two releases of a table: every word is a column's name, and every word stands in each."""
    numbers = ("I", "N")
    items = (
        ItemContent(name="年份", type="I", key=True, nullable=False),
        *(ItemContent(name=name, type="C") for name in COLUMNS),
        *(
            ItemContent(name=f"{name[:190]}{type_}", type=type_)
            for name in COLUMNS[:2]
            for type_ in numbers
        ),
    )
    entry = make_open_entry(laid.provider, items=items)
    for release in range(2):
        rows = [
            [
                str(number),
                *(CELLS[(number + place) % len(CELLS)] for place in range(len(COLUMNS))),
                *("7" for _ in items[1 + len(COLUMNS) :]),
            ]
            for number in range(len(CELLS) + release)
        ]
        name = NAMES[release] + ".csv"
        make_release(entry, table([item.name for item in items], rows), filename=name)
    return entry


def _on_a_ground(laid: Laid) -> Entry:
    """A release that was published on a ground, of which everyone reads the citation."""
    entry = penalties(laid.provider, state="confirmed")
    says = " ".join(cell for cell in CELLS if cell != ENDLESS).replace("\0", "")[:1000]
    said = BY_LAW.model_copy(update={"says": says.strip(), "standing": True})
    acts.publish(
        actor=make_actor(entry.provider),
        entry=entry,
        upload=make_upload(entry, PENALTIES),
        without_rejected=True,
        grounds=(said,),
    )
    return entry


def _of_files(laid: Laid) -> Entry:
    """A release of files, each called by a word, and each of a kind that browsers might run."""
    entry = make_open_entry(laid.provider, formats=("pdf", "jpg"), items=())
    # Of a word with a folder's marks, or that turns round, the archive is refused.
    words = [name[:40] for name in NAMES if name.isprintable() and not {*"\\:"} & {*name}]
    within = {f"{word}{at}": WITHIN[at] for word, at in zip(words, WITHIN, strict=False)}
    make_release(entry, bundle(within), filename=f"{NAMES[0]}.zip")
    return entry


def _unpublished(laid: Laid) -> list[Any]:
    """Files that nobody publishes: what their report says of them is read by their steward."""
    entry = make_open_entry(laid.provider)
    odd = table([*CELLS, *CELLS[:2], "\0NUL\0", ""], [CELLS, CELLS])
    return [
        entry,
        make_upload(entry, odd, filename=f"{NAMES[2]}.csv"),
        make_upload(entry, PAGE, filename="page.csv"),
        make_upload(entry, book(NAMES), filename=f"{NAMES[5]}.xlsx"),
        make_upload(
            entry, bundle({f"{n}.csv": "a,b\n1,2\n" for n in ("<b>", "=1+1")}), filename="x.zip"
        ),
        make_upload(
            entry, bundle({"../../a.csv": "a\n1\n", "a\u202eb.csv": "a\n1\n"}), filename="y.zip"
        ),
    ]


def _papers(laid: Laid, asks: Actor) -> list[Any]:
    """Papers and pictures that hang on what people wrote."""
    plan = make_plan(laid.provider, state="draft")
    officer = make_actor(laid.provider, "officer")
    scan = pdf(Info=pikepdf.Dictionary(Title=PAGE.decode()))
    hung = [
        attachments.attach(actor=officer, about=plan, examined=make_examined(blob, name[:60]))
        for name, blob in zip(
            NAMES, (scan, photograph(PAGE.decode()), docx(), picture("PNG")), strict=False
        )
    ]
    plans.publish_plan(actor=officer, plan=plan)
    case = make_application(actor=asks, attached=(make_examined(scan, NAMES[3]),))
    shown = make_examined(photograph(PAGE.decode()), NAMES[4])
    reuse = make_reuse(actor=asks, shown=True, attached=(shown,))
    return [plan, *hung, case, reuse]


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a table as people send it."""
    lines = [
        [f'"{cell.replace(chr(34), 2 * chr(34))}"' for cell in row] for row in [columns, *rows]
    ]
    return "\r\n".join(map(",".join, lines)).encode()


def book(names: Sequence[str]) -> bytes:
    """Return a workbook whose sheets have names that no spreadsheet program would give them."""
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.active)
    for number in range(len(names)):
        sheet = made.create_sheet(f"s{number}s")
        sheet.append(["年份", "海口港", "代码"])
        sheet.append([2012, 7217, "007"])
    made.save(out)
    with zipfile.ZipFile(out) as parts:
        within = {name: parts.read(name) for name in parts.namelist()}
    listed = within["xl/workbook.xml"].decode()
    for number, name in enumerate(names):
        said = escape(name, {'"': "&quot;", "\n": "&#10;"})
        listed = listed.replace(f'name="s{number}s"', f'name="{said}"')
    return bundle(within | {"xl/workbook.xml": listed})
