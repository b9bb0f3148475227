import pytest

from yelin.config import Config


@pytest.fixture(scope="module")
def _own_home(tmp_path_factory):
    """Keep one home for all probes of a module, as they share one world."""
    home = tmp_path_factory.mktemp("leaks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Config, "root", property(lambda _: home / "home"))
        yield
