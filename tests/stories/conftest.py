"""Stories that ask for ``language`` are told in Chinese, and a part of them, drawn, in English."""

import os
import random
from collections.abc import Iterator

import pytest
from tests.stories.tongue import CHINESE, ENGLISH, speaking
from tests.thorough import SCALE

# All runners of one run draw the same; ``prove.thorough`` leaves none out.
_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or random.random()  # noqa: S311 - no secret
_PART = 0.2


def pytest_generate_tests(metafunc):
    if "language" not in metafunc.fixturenames:
        return
    drawn = random.Random(f"{_RUN} {metafunc.definition.nodeid}").random()  # noqa: S311 - the same
    told = [pytest.param(CHINESE, id="chinese")]
    if SCALE or drawn < _PART:
        told.append(pytest.param(ENGLISH, id="english", marks=pytest.mark.thorough))
    metafunc.parametrize("language", told, indirect=True)


@pytest.fixture
def language(request) -> Iterator[str]:
    """Tell the story in this language."""
    with speaking(request.param):
        yield request.param
