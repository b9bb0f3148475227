"""The interface against its own description, by generated requests."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from tests.catalog.makers import make_entry
from tests.warehouse.makers import make_release
from yelin.wsgi import application

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def ports(transactional_db):
    return make_release(make_entry()).entry
