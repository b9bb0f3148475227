"""What the interface says of itself, and how an answer is held to it."""

from functools import cache

import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from yelin.wsgi import application

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@cache
def described() -> OpenApiSchema:
    """Return the description of the interface, which says the same to every test."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
