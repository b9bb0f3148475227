"""The way of a datum for programs: PROV-O that holds to shapes, OpenLineage as its spec has it."""

import json
from datetime import datetime
from uuid import UUID

import pytest
from django.urls import resolve
from pyshacl import validate
from rdflib import PROV, RDF, RDFS, Dataset, Graph, URIRef
from tests.delivery.makers import close, make_call, make_closed, make_taker
from tests.market.makers import make_arrangement
from tests.parties.makers import make_actor
from tests.privacy.workbench.makers import make_certificate

from yelin.config import config
from yelin.delivery.tracing import reads
from yelin.delivery.tracing.graph import Kind, Sort
from yelin.ledger import sequencer
from yelin.surface import exported, openlineage, prov, traced

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.duty("trace.whole"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
[] a sh:NodeShape ; sh:targetClass prov:Activity ;
   sh:property [ sh:path prov:wasAssociatedWith ; sh:minCount 1 ; sh:class prov:Agent ] ,
     [ sh:path prov:startedAtTime ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:dateTime ] ,
     [ sh:path prov:endedAtTime ; sh:maxCount 1 ; sh:datatype xsd:dateTime ] ,
     [ sh:path prov:used ; sh:class prov:Entity ] ,
     [ sh:path prov:wasInformedBy ; sh:class prov:Activity ] .
[] a sh:NodeShape ; sh:targetClass prov:Entity ;
   sh:property [ sh:path prov:wasGeneratedBy ; sh:class prov:Activity ] ,
     [ sh:path prov:wasDerivedFrom ; sh:class prov:Entity ] ,
     [ sh:path prov:wasAttributedTo ; sh:class prov:Agent ] .
[] a sh:NodeShape ; sh:targetClass prov:Association ;
   sh:property [ sh:path prov:agent ; sh:minCount 1 ; sh:class prov:Agent ] ,
     [ sh:path prov:hadPlan ; sh:minCount 1 ; sh:class prov:Plan ] .
[] a sh:NodeShape ; sh:targetClass prov:Agent , prov:Activity , prov:Entity ; sh:nodeKind sh:IRI .
"""


@pytest.fixture
def way():
    """All that a provider is told of a closed resource: granted, arranged, handed out."""
    entry = make_closed()
    make_arrangement(entry)
    citizen, grant = make_taker(entry, purposes=["research"])
    make_call(citizen, entry)
    close()
    sequencer.settle()
    actor = make_actor(entry.provider)
    return actor, entry, citizen, grant, reads.of(actor, entry)


def test_every_syntax_says_the_same_and_holds_to_the_shapes_of_prov(way):
    actor, entry, _citizen, _grant, trace = way
    graphs = [
        Graph().parse(data=exported.written(actor, entry, trace, form), format=known)
        for form, known in (("ttl", "turtle"), ("rdf", "xml"))
    ]
    linked = Dataset(default_union=True)
    linked.parse(data=exported.written(actor, entry, trace, "jsonld"), format="json-ld")
    assert {len(graph) for graph in (*graphs, linked)} == {len(prov.graph(trace))}
    holds, _, says = validate(graphs[0], shacl_graph=Graph().parse(data=SHAPES))
    assert holds, says
    # The shapes see what is lacking.
    broken = graphs[0]
    broken.remove((None, PROV.wasAssociatedWith, None))
    assert not validate(broken, shacl_graph=Graph().parse(data=SHAPES))[0]


def test_names_are_addresses_of_pages_and_no_person_is_named(way):
    _actor, entry, citizen, grant, trace = way
    graph = prov.graph(trace)
    release = URIRef(f"{config.url}/resources/{entry.slug}/?version=1")
    assert (release, RDF.type, PROV.Entity) in graph
    (association,) = graph.subjects(PROV.hadPlan, None)
    plan = graph.value(association, PROV.hadPlan)
    assert str(plan) == f"{config.url}/desk/rights/grants/{grant.pk}/"
    person = URIRef(f"urn:uuid:{citizen.person_id}")
    assert graph.value(association, PROV.agent) == person
    assert set(graph.predicates(person, None)) == {
        RDF.type,
        URIRef("http://purl.org/dc/terms/type"),
    }
    named = {str(each) for each in graph.objects(None, RDFS.label)}
    (node,) = (node for node in trace.nodes if node.kind is Kind.PERSON)
    assert node.title not in named
    assert node.title not in json.dumps(exported.document(trace), ensure_ascii=False)


def test_each_page_that_a_node_names_is_one_of_ours(way):
    *_, trace = way
    certificate = make_certificate()
    over_the_bench = reads.of(make_actor(certificate.release.entry.provider),
                              certificate.release.entry)  # fmt: skip
    pages = {
        node.kind: traced.page_of(node) for each in (trace, over_the_bench) for node in each.nodes
    }
    for kind, page in pages.items():
        if page:
            assert resolve(page.partition("?")[0]), kind
    assert {kind for kind, page in pages.items() if not page} == {Kind.PERSON}


def test_each_doing_is_a_run_of_openlineage_that_starts_and_completes(way):
    actor, entry, _citizen, _grant, trace = way
    events = json.loads(exported.written(actor, entry, trace, "openlineage"))
    runs = {}
    for event in events:
        assert event["schemaURL"] == openlineage.SPEC
        assert datetime.fromisoformat(event["eventTime"]).tzinfo
        runs.setdefault(UUID(event["run"]["runId"]), []).append(event["eventType"])
        assert event["job"]["namespace"]
        assert event["job"]["name"]
        for dataset in (*event["inputs"], *event["outputs"]):
            assert dataset["namespace"]
            assert dataset["name"]
        for facets in _facets(event):
            for name, facet in facets.items():
                assert facet["_producer"] == event["producer"]
                assert facet["_schemaURL"].startswith("https://openlineage.io/spec/facets/"), name
    assert all(kinds == ["START", "COMPLETE"] for kinds in runs.values())
    doings = [node for node in trace.nodes if node.kind.sort is Sort.ACTIVITY]
    assert len(runs) == len(doings) - 1  # an arrangement works with a resource, not with a file
    (published,) = (e for e in events if e["outputs"] and e["eventType"] == "COMPLETE")
    (release,) = published["outputs"]
    assert release["facets"]["lifecycleStateChange"]["lifecycleStateChange"] == "CREATE"
    assert [each["name"] for each in release["facets"]["schema"]["fields"]] == [
        item.name for item in entry.items.all()
    ]
    delivered = next(e for e in events if e["job"]["facets"]["jobType"]["jobType"] == "DELIVERY")
    assert UUID(delivered["run"]["facets"]["parent"]["run"]["runId"]) in runs


def _facets(event):
    yield event["run"]["facets"]
    yield event["job"]["facets"]
    for dataset in (*event["inputs"], *event["outputs"]):
        yield dataset["facets"]
