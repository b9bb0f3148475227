"""A way has no circles and says nothing that PROV-O does not know; checked on any graph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.delivery.tracing.graph import Astray, Edge, Kind, Node, Sort, Term, Trace

KINDS = st.sampled_from(Kind)


@st.composite
def graphs(draw):
    """Nodes, and edges each from a later one to an earlier one by a term that joins the two."""
    kinds = draw(st.lists(KINDS, min_size=1, max_size=12))
    nodes = [Node(id=f"{kind}:{place}", kind=kind) for place, kind in enumerate(kinds)]
    edges = {
        Edge(later.id, term, earlier.id)
        for place, later in enumerate(nodes)
        for earlier in nodes[:place]
        for term in Term
        if term.ends == (later.kind.sort, earlier.kind.sort) and draw(st.booleans())
    }
    return nodes, list(edges)


@given(graphs())
def test_each_node_stands_after_all_that_it_came_of(graph):
    nodes, edges = graph
    trace = Trace(nodes[0].id, nodes[::-1], edges)
    place = {node.id: at for at, node in enumerate(trace.nodes)}
    assert place.keys() == {node.id for node in nodes}
    assert all(place[edge.of] > place[edge.to] for edge in edges)


@given(graphs(), st.randoms())
def test_a_circle_is_refused(graph, random):
    nodes, edges = graph
    derived = [edge for edge in edges if edge.term is Term.DERIVED]
    if derived:
        edge = random.choice(derived)
        with pytest.raises(Astray):
            Trace(nodes[0].id, nodes, [*edges, Edge(edge.to, Term.DERIVED, edge.of)])


def test_a_term_between_what_it_does_not_join_is_refused():
    body, release = Node("b", Kind.BODY), Node("r", Kind.RELEASE)
    assert (body.kind.sort, release.kind.sort) == (Sort.AGENT, Sort.ENTITY)
    Trace("r", [body, release], [Edge("r", Term.ATTRIBUTED, "b")])
    for term in Term:
        if term is not Term.ATTRIBUTED:
            with pytest.raises(Astray):
                Trace("r", [body, release], [Edge("r", term, "b")])
