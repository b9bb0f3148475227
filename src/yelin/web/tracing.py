"""The whole way of a datum as pages show it: a drawing, and a list that says the same in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yelin.delivery.tracing.graph import Kind, Node, Sort, Term, Trace
from yelin.surface import exported, traced
from yelin.web.layered import Place, laid_out
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import day, lang, number, short_hash, size
from yelin.web.words import word

# So many signs fit into a box; a Chinese one is as wide as two others.
_FITS = 22
# What is told along with what it belongs to, and drawn as a line.
_BESIDE = {Kind.PUBLICATION}
_FLOWS = (Term.USED, Term.GENERATED, Term.DERIVED, Term.ON_BEHALF)


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the drawing with two lines of words; ``whole`` says all of it."""

    kind: str
    place: Place
    first: str
    second: str
    whole: str
    url: str
    is_about: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """A leaf that proves a step."""

    index: int | None
    published: bool
    url: str


@dataclass(frozen=True, slots=True)
class Origin:
    """That a step came of another one, which stands at the ``anchor`` of the list, or of nobody."""

    term: str
    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the list."""

    anchor: str
    kind: str
    title: str
    url: str
    facts: Sequence[str]
    origins: Sequence[Origin]
    proofs: Sequence[Proof]
    is_about: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A way to be shown; the drawing is ``width`` by ``height``."""

    boxes: Sequence[Box]
    lines: Sequence[str]
    width: int
    height: int
    steps: Sequence[Step]
    exports: Sequence[Link]


def shown(trace: Trace, exports: str, **asked: object) -> Shown:
    """Return ``trace`` as pages show it; ``exports`` is the address of it for programs."""
    return Shown(**_drawing(trace), steps=list(_steps(trace)), exports=_exports(exports, asked))


def _exports(address: str, asked: dict[str, object]) -> list[Link]:
    titles = {
        "ttl": "PROV-O (Turtle)",
        "jsonld": "PROV-O (JSON-LD)",
        "rdf": "PROV-O (RDF/XML)",
        "openlineage": "OpenLineage",
        "json": "JSON",
    }
    assert titles.keys() == exported.FORMS.keys()  # noqa: S101 - one name for each form
    said = {name: str(value) for name, value in asked.items() if value is not None}
    return [
        Link(title, f"{address}?{urlencode({**said, 'format': form})}")
        for form, title in titles.items()
        if address
    ]


def _drawing(trace: Trace) -> dict[str, Any]:
    """Return the boxes and lines: recipients stand at the end, each once for all it had."""
    nodes = {node.id: node for node in trace.nodes if node.kind not in _BESIDE}
    flows = []
    has_it: dict[str, Node] = {}
    for node in nodes.values():
        for term, other in trace.out_of(node):
            if term is Term.ASSOCIATED and node.kind is Kind.DELIVERY:
                end = f"to {other.id}"
                has_it[end] = other
                flows.append((node.id, end))
            elif other.kind in _BESIDE:
                used = trace.out_of(other, Term.USED) if term is Term.GENERATED else ()
                flows += [(each.id, node.id) for _term, each in used]
            elif _is_drawn(node, term, other):
                flows.append((other.id, node.id))
    joined = {name for flow in flows for name in flow}
    order = [name for name, node in nodes.items() if name in joined or _stands_alone(node)]
    found = nodes | has_it
    layout = laid_out([*order, *has_it], flows)
    boxes = [_box(trace, found[name], place) for name, place in layout.places.items()]
    return {
        "boxes": boxes,
        "lines": layout.lines,
        "width": layout.width,
        "height": layout.height,
    }


def _is_drawn(node: Node, term: Term, other: Node) -> bool:
    """Whether an edge is a line: whose something is, is told of the resource and of work alone."""
    if term in _FLOWS:
        return True
    return (term, node.kind) in {
        (Term.ATTRIBUTED, Kind.ENTRY),
        (Term.ASSOCIATED, Kind.ARRANGEMENT),
        (Term.ASSOCIATED, Kind.TRADE),
    } and other.kind is Kind.BODY


def _stands_alone(node: Node) -> bool:
    return node.kind.sort is not Sort.AGENT


def _box(trace: Trace, node: Node, place: Place) -> Box:
    first, second = title_of(trace, node), kind_of(node)
    return Box(
        kind=node.kind,
        place=place,
        first=_cut(first or second),
        second=_cut(" · ".join([second, *_facts(node)[:1]]) if first else ""),
        whole=" · ".join(filter(None, [second, first, *_facts(node)])),
        url=traced.page_of(node),
        is_about=node.id == trace.about,
    )


def _cut(text: str) -> str:
    kept, wide = "", 0
    for sign in text:
        wide += 1 if sign.isascii() else 2
        if wide > _FITS:
            return f"{kept}…"
        kept += sign
    return kept


def _steps(trace: Trace) -> Iterator[Step]:
    listed = [
        node
        for node in trace.nodes
        if node.kind.sort is not Sort.AGENT and node.kind not in _BESIDE
    ]
    anchors = {node.id: f"way-{place}" for place, node in enumerate(listed, 1)}
    for node in listed:
        yield Step(
            anchor=anchors[node.id],
            kind=kind_of(node),
            title=title_of(trace, node),
            url=traced.page_of(node),
            facts=_facts(node),
            origins=[
                Origin(_TERMS[term](), title_of(trace, other), anchors.get(other.id, ""))
                for term, other in trace.out_of(node)
                if term in _TERMS
                and other.kind not in _BESIDE
                # It is called by whoever had it.
                and (term, node.kind) != (Term.ASSOCIATED, Kind.DELIVERY)
            ],
            proofs=[
                Proof(leaf.index, leaf.published, f"/ledger/leaves/YL1-{leaf.hash}/")
                for leaf in node.leaves
            ],
            is_about=node.id == trace.about,
        )


_TERMS = {
    Term.DERIVED: lambda: _("came of"),
    Term.USED: lambda: _("used"),
    Term.GENERATED: lambda: _("made by"),
    Term.ATTRIBUTED: lambda: _("answered for by"),
    Term.ASSOCIATED: lambda: pgettext("way", "by"),
}


def kind_of(node: Node) -> str:
    """Return what sort of step it is, in words."""
    return str(word("on_way", node.kind).says)


def title_of(trace: Trace, node: Node) -> str:
    """Return what one step is called, in the language of the page."""
    if node.folded:
        return _("{n} more").format(n=number(node.folded))
    if node.kind is Kind.RELEASE and node.key == trace.by_id[trace.about].key:
        return _("Version {n}").format(n=number(node.told["number"]))
    if node.kind is Kind.GRANT:
        return _("Grant of {day}").format(day=day(node.since))
    if node.kind is Kind.PULL:
        return str(word("pull_kind", node.told["kind"]).says)
    if node.kind is Kind.DELIVERY:
        return ", ".join(
            title_of(trace, agent) for _term, agent in trace.out_of(node, Term.ASSOCIATED)
        )
    return _("Anybody") if node.kind is Kind.ANYBODY else called(node)


def called(node: Node) -> str:
    """Return the name of a step that stands by itself, with its version where it has one."""
    if node.kind in {Kind.CONTRACT, Kind.TRADE}:
        # Their titles are that of what they are about.
        return node.key
    named = node.title_en if lang() == "en" and node.title_en else node.title
    if node.kind is not Kind.RELEASE:
        return named
    return f"{named} · " + _("Version {n}").format(n=number(node.told["number"]))


def _facts(node: Node) -> list[str]:
    """Return what is told of a step beside its name: days, amounts, how it stands."""
    return [fact for fact in (*_amounts(node), *_standing(node), *_days(node)) if fact]


def _amounts(node: Node) -> Iterator[str]:
    told = node.told
    if "delivered" in told:
        yield _("Delivered: {n}").format(n=number(told["delivered"]))
    if "listed" in told:
        yield _("In the ledger: {n}").format(n=number(told["listed"]))
    if "rows" in told:
        yield _("Rows: {n}").format(n=number(told["rows"]))
    if "bytes" in told:
        yield size(int(told["bytes"]))
    if "sha256" in told:
        yield f"SHA-256 {short_hash(str(told['sha256']))}"
    if "code" in told:
        yield str(told["code"])


def _standing(node: Node) -> Iterator[str]:
    told = node.told
    if node.kind is Kind.GRANT:
        yield str(word("grant", told["state"]).says) if told else ""
    elif node.kind is Kind.ARRANGEMENT:
        yield node.key
        yield str(word("arrangement_way", told["way"]).says) if told else ""
        yield str(word("arrangement", told["state"]).says) if told else ""
    elif node.kind in {Kind.LISTING, Kind.CONTRACT}:
        yield str(told.get("registration", node.title))
        yield str(word(node.kind, told["state"]).says) if told else ""
    elif node.kind is Kind.TRADE and told:
        yield node.title
        yield from (
            str(word("delivery_mode", way).says) for way in str(told["ways"]).split(",") if way
        )
    elif node.kind is Kind.WORK and told:
        kind = "tabulation" if told["makes"] == "statistics" else "deidentification"
        yield str(word(kind, told["state"]).says)
    elif node.kind is Kind.DELIVERY and "from" in told:
        first, last = number(told["from"]), number(told["to"])
        versions = first if first == last else f"{first}–{last}"
        yield _("Version {n}").format(n=versions)
        yield str(told["purpose"])
    elif node.kind is Kind.CERTIFICATE and told.get("ended"):
        yield _("Ended")


def _days(node: Node) -> Iterator[str]:
    first, last = (day(moment) if moment else "" for moment in (node.since, node.until))
    yield first if first == last or not last else f"{first} – {last}"
