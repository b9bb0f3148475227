"""Stories that ask for ``language`` are told in Chinese, and a part of them, drawn, in English."""

from collections.abc import Iterator

import pytest
from tests.stories.tongue import CHINESE, ENGLISH, speaking
from tests.thorough import SCALE, chance

# ``prove.thorough`` leaves none out.
_PART = 0.2


def pytest_generate_tests(metafunc):
    if "language" not in metafunc.fixturenames:
        return
    drawn = chance(metafunc.definition.nodeid).random()
    told = [pytest.param(CHINESE, id="chinese")]
    if SCALE or drawn < _PART:
        told.append(pytest.param(ENGLISH, id="english", marks=pytest.mark.thorough))
    metafunc.parametrize("language", told, indirect=True)


@pytest.fixture
def language(request) -> Iterator[str]:
    """Tell the story in this language."""
    with speaking(request.param):
        yield request.param
