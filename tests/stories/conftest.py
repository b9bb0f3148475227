"""Stories that ask for ``language`` are told in Chinese, and by ``prove.suite`` in English too."""

from collections.abc import Iterator

import pytest
from tests.stories.tongue import CHINESE, ENGLISH, speaking

TOLD = [
    pytest.param(CHINESE, id="chinese"),
    pytest.param(ENGLISH, id="english", marks=pytest.mark.long),
]


def pytest_generate_tests(metafunc):
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", TOLD, indirect=True)


@pytest.fixture
def language(request) -> Iterator[str]:
    """Tell the story in this language."""
    with speaking(request.param):
        yield request.param
