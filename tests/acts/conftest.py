"""An act that takes two people, for tests of the frame: no room has one of so few parts."""

import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor, make_body

from yelin.acts import frame
from yelin.acts.frame import act
from yelin.acts.step_up import StepUp
from yelin.catalog.models import Entry
from yelin.catalog.predicates import is_own, is_steward
from yelin.gate import deciding, may
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor, Surface

NAME = "trial.rename"


@pytest.fixture
def rename():
    """Rename an entry, which takes two stewards of its provider."""

    @act(
        NAME,
        duty=duties.CATALOG_COMPILE,
        subject="entry",
        surface={Surface.PAGE, Surface.API},
        step_up=StepUp.SECOND_PERSON,
    )
    def rename(*, actor: Actor, entry: Entry, title: str, after: Entry | None = None) -> Entry:
        """Give an entry another title."""
        del actor, after
        if title == entry.title:
            raise OutOfTurn("It is called so already.")
        entry.title = title
        entry.changed_at = clock.now()
        entry.save()
        return entry

    may(NAME, on=Entry, when=is_own & is_steward, duty=duties.CATALOG_COMPILE)
    yield rename
    del frame._registered[NAME]
    del deciding._allows[NAME, Entry]


@pytest.fixture
def two():
    """Return an entry with two stewards of its provider."""
    body = make_body()
    return make_entry(body), make_actor(body), make_actor(body)
