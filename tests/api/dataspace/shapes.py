"""What the protocol's JSON schemas ask of messages (2025-1), field by field."""

_TEXT = {"type": "string"}
_ID = {"@id": _TEXT}


def _object(required, **properties):
    return {"type": "object", "required": required, "properties": properties}


def _many(of):
    return {"type": "array", "minItems": 1, "items": of}


def _message(kind, required, **properties):
    context = {
        "type": "array",
        "items": _TEXT,
        "contains": {"const": "https://w3id.org/dspace/2025/1/context.jsonld"},
    }
    named = {"@context": context, "@type": {"const": kind}}
    return _object(["@context", "@type", *required], **named, **properties)


_CONSTRAINT = _object(
    ["leftOperand", "operator", "rightOperand"],
    leftOperand=_TEXT,
    operator={
        "enum": [
            "eq", "gt", "gteq", "lteq", "hasPart", "isA", "isAllOf", "isAnyOf", "isNoneOf",
            "isPartOf", "lt", "term-lteq", "neq",
        ]
    },
    rightOperand={"type": ["string", "object", "array"]},
)  # fmt: skip
_CONSTRAINTS = {"type": "array", "items": _CONSTRAINT}
_DUTY = _object(["action"], action=_TEXT, constraint=_CONSTRAINTS)
_PERMISSION = _object(
    ["action"], action=_TEXT, constraint=_CONSTRAINTS, duty={"type": "array", "items": _DUTY}
)
_PROHIBITION = _object(["action"], action=_TEXT, constraint=_CONSTRAINTS)
OFFER = {
    **_object(
        ["@id", "@type"],
        **_ID,
        **{"@type": {"const": "Offer"}},
        permission=_many(_PERMISSION),
        prohibition=_many(_PROHIBITION),
        obligation=_many(_DUTY),
    ),
    "anyOf": [{"required": ["permission"]}, {"required": ["prohibition"]}],
    "not": {"required": ["target"]},
}
_SERVICE = _object(
    ["@id", "@type", "endpointURL"],
    **_ID,
    **{"@type": {"const": "DataService"}},
    endpointURL=_TEXT,
)
_DISTRIBUTION = _object(
    ["accessService", "format"], accessService={"anyOf": [_TEXT, _SERVICE]}, format=_TEXT
)
DATASET = _object(
    ["@id", "hasPolicy", "distribution"],
    **_ID,
    hasPolicy=_many(OFFER),
    distribution=_many(_DISTRIBUTION),
)
ROOT_DATASET = {"allOf": [_message("Dataset", []), DATASET]}
CATALOG = _message(
    "Catalog",
    ["@id", "participantId"],
    **_ID,
    participantId=_TEXT,
    dataset=_many(DATASET),
    service=_many(_SERVICE),
)
VERSIONS = _object(
    ["protocolVersions"],
    protocolVersions=_many(
        _object(
            ["version", "path", "binding"],
            version=_TEXT,
            path=_TEXT,
            binding={"enum": ["HTTPS"]},
        )
    ),
)
_PIDS = {"providerPid": _TEXT, "consumerPid": _TEXT}
NEGOTIATION = _message(
    "ContractNegotiation",
    ["providerPid", "consumerPid", "state"],
    **_PIDS,
    state={
        "enum": [
            "REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED", "FINALIZED", "TERMINATED",
        ]
    },
)  # fmt: skip
NEGOTIATION_ERROR = _message(
    "ContractNegotiationError", [*_PIDS], **_PIDS, code=_TEXT, reason=_many({})
)
CATALOG_ERROR = _message("CatalogError", [], code=_TEXT, reason=_many({}))
