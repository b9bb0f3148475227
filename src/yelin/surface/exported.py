"""The way of a datum as a document for programs, in whichever form is asked for."""

import json
from collections.abc import Mapping
from typing import Any

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.delivery.tracing.graph import Kind, Node, Trace
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.surface import openlineage, traced
from yelin.surface.syntaxes import MEDIA_TYPES

JSON = "application/json"
FORMS: Mapping[str, str] = {"json": JSON, **MEDIA_TYPES, "openlineage": JSON}


def written(actor: Actor, entry: Entry, trace: Trace, form: str) -> str:
    """Return the way of ``entry`` in one of ``FORMS``: no name of a person stands in it.

    Raises ``Incomplete`` for another form.
    """
    if form not in FORMS:
        says = "There is no such form. Ask for one of: {forms}."
        raise Incomplete.at("format", says, None, {"forms": ", ".join(FORMS)})
    if form in MEDIA_TYPES:
        # Large, and for this alone.
        from yelin.surface import prov  # noqa: PLC0415 - see above

        return prov.written(trace, form)
    told: Any = document(trace)
    if form == "openlineage":
        told = openlineage.events(trace, _columns(actor, entry))
    return json.dumps(told, ensure_ascii=False)


def _columns(actor: Actor, entry: Entry) -> openlineage.Columns:
    decision = gate.decide(actor, "entry.read", entry)
    if not decision.allowed:
        return ()
    return [(item.name, item.get_type_display()) for item in catalog.items(decision, entry)]


def document(trace: Trace) -> dict[str, Any]:
    """Return nodes and edges as plain data: what ``api/tracing.py`` describes."""
    names = {node.id: traced.iri_of(trace, node) for node in trace.nodes}
    return {
        "about": names[trace.about],
        "nodes": [_node(names[node.id], node) for node in trace.nodes],
        "edges": [
            {"of": names[edge.of], "term": edge.term, "to": names[edge.to]} for edge in trace.edges
        ],
    }


def _node(name: str, node: Node) -> dict[str, Any]:
    page, is_person = traced.page_of(node), node.kind is Kind.PERSON
    return {
        "id": name,
        "kind": node.kind,
        "prov": node.kind.sort,
        "title": "" if is_person else node.title,
        "title_en": "" if is_person else node.title_en,
        "page": f"{config.url}{page}" if page else None,
        "told": dict(node.told),
        "since": node.since.isoformat() if node.since else None,
        "until": node.until.isoformat() if node.until else None,
        "folded": node.folded,
        "leaves": [
            {
                "act": leaf.act,
                "hash": leaf.hash,
                "index": leaf.index,
                "published": leaf.published,
                "page": traced.leaf_address(leaf.hash),
            }
            for leaf in node.leaves
        ],
    }
