"""A table as Croissant 1.0, for programs that learn from data: its file, and its columns by type.

Source: the Croissant format specification 1.0 of MLCommons.
"""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from yelin import gate
from yelin.api.dcat.shared import address
from yelin.catalog import reads
from yelin.catalog.content import ItemContent
from yelin.catalog.models import code_of
from yelin.delivery.opening import NothingYet
from yelin.registers.content import ItemType
from yelin.surface import described
from yelin.surface.actor import of_request
from yelin.surface.described import Described, File, Metadata, Part
from yelin.surface.fresh import answer
from yelin.surface.problems import for_programs
from yelin.surface.schema_org import dataset
from yelin.warehouse.opened import NoTable

MEDIA_TYPE = 'application/ld+json; profile="http://mlcommons.org/croissant/1.0"'
# The specification gives this context word for word.
CONTEXT: dict[str, Any] = {
    "@language": "zh",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {
    ItemType.NUMBER: "sc:Float",
    ItemType.MONEY: "sc:Float",
    ItemType.DOUBLE: "sc:Float",
    ItemType.FLOAT: "sc:Float",
    ItemType.WHOLE: "sc:Integer",
    ItemType.DATE: "sc:Date",
    ItemType.MOMENT: "sc:DateTime",
    ItemType.TRUTH: "sc:Boolean",
}


@require_safe
@for_programs
def croissant(request: HttpRequest, slug: str) -> HttpResponse:
    """Return how the rows of a resource are read, to whoever may take them."""
    actor = of_request(request).actor
    entry = reads.get(actor, code=code_of(slug))
    gate.decide(actor, "resource.read", entry).must_allow("resource.read", entry.pk)
    told = described.one(actor, slug, (Part.ITEMS, Part.FILES))
    if told.metadata is None or told.metadata.newest is None:
        raise NothingYet
    if not told.metadata.files:
        raise NoTable
    said = document(told, told.metadata)
    return answer(
        request,
        actor,
        said,
        lambda: json.dumps(said, ensure_ascii=False, indent=1).encode(),
        MEDIA_TYPE,
    )


def document(entry: Described, said: Metadata) -> dict[str, Any]:
    """Return the document of a resource whose rows may be taken."""
    with override("zh-hans"):
        about = dataset(entry, "zh")
    (file,) = (file for file in said.files if file.format == "parquet")
    about |= {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "citeAs": f"{entry.provider.name}：{entry.title}，{entry.page}",
        "version": f"{said.newest.number if said.newest else 1}.0.0",
        "distribution": [_file(file)],
        "recordSet": [_rows(said)],
    }
    if not file.sha256:
        # Who does not have the table whole has a file that is made for the one asking.
        about["isLiveDataset"] = True
    about.pop("variableMeasured", None)
    return about


def _file(file: File) -> dict[str, Any]:
    about = {
        "@type": "cr:FileObject",
        "@id": "table.parquet",
        "name": "table.parquet",
        "contentUrl": file.url,
        # By this name the readers of Croissant know Parquet.
        "encodingFormat": "application/x-parquet",
    }
    if file.size is not None:
        about |= {"contentSize": f"{file.size} B", "sha256": file.sha256}
    return about


def _rows(said: Metadata) -> dict[str, Any]:
    had = {column.name for column in said.columns}
    columns = [item for item in said.content.items if item.name in had]
    keys = [{"@id": _id(column)} for column in columns if column.key]
    about: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": "rows",
        "name": "rows",
        "field": [_column(column) for column in columns],
    }
    return about | ({"key": keys} if keys else {})


def _column(column: ItemContent) -> dict[str, Any]:
    said = " ".join(filter(None, (column.note, column.unit and f"({column.unit})")))
    return {
        "@type": "cr:Field",
        "@id": _id(column),
        "name": column.name,
        "description": said or column.name_en or column.name,
        "dataType": _TYPES.get(column.type, "sc:Text"),
        "source": {
            "fileObject": {"@id": "table.parquet"},
            "extract": {"column": column.name},
        },
    }


def _id(column: ItemContent) -> str:
    return f"rows/{address(column.name)}"
