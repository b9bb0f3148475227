import pytest
from tests import homes


@pytest.fixture(scope="module")
def _own_home(tmp_path_factory):
    """Keep one home for all probes of a module, as they share one world."""
    with homes.at(tmp_path_factory.mktemp("leaks")):
        yield
