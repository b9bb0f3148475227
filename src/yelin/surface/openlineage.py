"""The way of a datum as events of OpenLineage 2 (spec 2-0-2): of each doing, start and end."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from yelin import __version__
from yelin.config import config
from yelin.delivery.tracing.graph import Kind, Node, Sort, Term, Trace
from yelin.surface import traced

SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_FACETS = "https://openlineage.io/spec/facets/"
# What each facet says is fixed by a schema of its own.
SCHEMAS: Mapping[str, str] = {
    "schema": f"{_FACETS}1-2-0/SchemaDatasetFacet.json",
    "dataSource": f"{_FACETS}1-0-1/DatasourceDatasetFacet.json",
    "lifecycleStateChange": f"{_FACETS}1-0-1/LifecycleStateChangeDatasetFacet.json",
    "ownership": f"{_FACETS}1-0-1/OwnershipDatasetFacet.json",
    "version": f"{_FACETS}1-0-1/DatasetVersionDatasetFacet.json",
    "documentation": f"{_FACETS}1-0-1/DocumentationJobFacet.json",
    "jobType": f"{_FACETS}2-0-3/JobTypeJobFacet.json",
    "parent": f"{_FACETS}1-1-0/ParentRunFacet.json",
    "nominalTime": f"{_FACETS}1-0-1/NominalTimeRunFacet.json",
}
_JOB_OWNERSHIP = f"{_FACETS}1-0-1/OwnershipJobFacet.json"
# Files and tables; what is agreed, granted or certified is no dataset.
_DATASETS = (Kind.PULL, Kind.UPLOAD, Kind.RELEASE, Kind.EXTRACT)

Columns = Sequence[tuple[str, str]]


def events(trace: Trace, columns: Columns = ()) -> list[dict[str, Any]]:
    """Return the events; ``columns`` are the names and types of what is asked about.

    A doing without a moment, or without data that went in or came out, is none.
    """
    return list(_Telling(trace, columns).events())


class _Telling:
    """What is the same of every event of one trace."""

    def __init__(self, trace: Trace, columns: Columns) -> None:
        self._trace = trace
        self._columns = columns
        self._namespace = urlsplit(config.url).netloc
        self._producer = f"{config.url}/developers/#yelin-{__version__}"

    def events(self) -> Iterator[dict[str, Any]]:
        made: dict[str, list[Node]] = {}
        for node in self._trace.nodes:
            for _, doing in self._trace.out_of(node, Term.GENERATED):
                made.setdefault(doing.id, []).append(node)
        for node in self._trace.nodes:
            if node.kind.sort is not Sort.ACTIVITY or not (node.until or node.since):
                continue
            used = [to for _, to in self._trace.out_of(node, Term.USED) if to.kind in _DATASETS]
            out = [each for each in made.get(node.id, ()) if each.kind in _DATASETS]
            if used or out:
                for kind, at in (("START", node.since), ("COMPLETE", node.until)):
                    yield self._event(node, kind, at or node.until or node.since, used, out)

    def _event(
        self, node: Node, kind: str, at: datetime | None, used: list[Node], out: list[Node]
    ) -> dict[str, Any]:
        assert at is not None  # noqa: S101 - those without were left out
        return {
            "eventTime": at.isoformat(),
            "eventType": kind,
            "producer": self._producer,
            "schemaURL": SPEC,
            "run": {"runId": str(self._run(node)), "facets": dict(self._of_run(node))},
            "job": self._job(node),
            "inputs": [self._dataset(each, "") for each in used],
            "outputs": [self._dataset(each, "CREATE") for each in out],
        }

    def _run(self, node: Node) -> UUID:
        return traced.id_of(self._trace, node)

    def _of_run(self, node: Node) -> Iterator[tuple[str, Any]]:
        if node.since:
            times = {"nominalStartTime": node.since.isoformat()}
            if node.until:
                times["nominalEndTime"] = node.until.isoformat()
            yield "nominalTime", self._facet("nominalTime", **times)
        before = [to for _, to in self._trace.out_of(node, Term.INFORMED)]
        if before:
            parent = before[0]
            run, job = {"runId": str(self._run(parent))}, self._named(parent)
            yield "parent", self._facet("parent", run=run, job=job)

    def _named(self, node: Node) -> dict[str, str]:
        of = node.key or node.id
        return {"namespace": self._namespace, "name": f"{node.kind}/{of}"}

    def _job(self, node: Node) -> dict[str, Any]:
        owners = self._owners(node, Term.ASSOCIATED)
        facets = {
            "jobType": self._facet(
                "jobType", processingType="BATCH", integration="YELIN", jobType=node.kind.upper()
            )
        }
        if node.title and node.kind is not Kind.DELIVERY:
            facets["documentation"] = self._facet("documentation", description=node.title)
        if owners:
            owned = self._facet("ownership", owners=owners) | {"_schemaURL": _JOB_OWNERSHIP}
            facets["ownership"] = owned
        return self._named(node) | {"facets": facets}

    def _owners(self, node: Node, term: Term) -> list[dict[str, str]]:
        """Return who answers for it, by address; a person by nothing but an id."""
        found = [to for _, to in self._trace.out_of(node, term)]
        return [{"name": traced.iri_of(self._trace, to), "type": str(to.kind)} for to in found]

    def _dataset(self, node: Node, change: str) -> dict[str, Any]:
        address = traced.iri_of(self._trace, node)
        name = {"name": address, "uri": address}
        facets = {"dataSource": self._facet("dataSource", **name)}
        if change:
            facets["lifecycleStateChange"] = self._facet(
                "lifecycleStateChange", lifecycleStateChange=change
            )
        if owners := self._owners(node, Term.ATTRIBUTED):
            facets["ownership"] = self._facet("ownership", owners=owners)
        if node.kind is Kind.RELEASE and not node.folded:
            version = str(node.told["number"])
            facets["version"] = self._facet("version", datasetVersion=version)
        if node.id == self._trace.about and self._columns:
            fields = [{"name": name, "type": type_} for name, type_ in self._columns]
            facets["schema"] = self._facet("schema", fields=fields)
        of = f"{node.kind}/{node.key or node.id}"
        return {"namespace": self._namespace, "name": of, "facets": facets}

    def _facet(self, kind: str, **said: Any) -> dict[str, Any]:
        return {"_producer": self._producer, "_schemaURL": SCHEMAS[kind], **said}
