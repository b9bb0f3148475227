"""Every act that programs may call, asked for nonsense of the right shape."""

from dataclasses import dataclass
from itertools import groupby

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import sampled_from
from tests import homes
from tests.api.description import CHECKS, described
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_body, make_seat, make_token
from tests.thorough import many, some
from tests.undone import undone
from tests.warehouse.makers import make_release

from yelin.acts.arguments import references_of
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Token
from yelin.surface import acting, receipts

pytestmark = pytest.mark.django_db


def room_of(act):
    return act.name.partition(".")[0]


# All acts start from one world, each anew.
ROOMS = {
    room: list(acts)
    for room, acts in groupby(sorted(acting.offered(), key=lambda act: act.name), key=room_of)
}


@pytest.fixture(autouse=True)
def _kept_connection():
    """Keep the connection, which the server lets go after each request, and all with it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@dataclass(frozen=True)
class World:
    """By which names things are asked for, and by which tokens."""

    names: list[str]
    tokens: dict[str, Actor]


@pytest.fixture(scope="module")
def _own_home(tmp_path_factory):
    """Keep one home, as all acts start from one world."""
    with homes.at(tmp_path_factory.mktemp("nonsense")):
        yield


@pytest.fixture(scope="module")
def world(_own_home, kept) -> World:
    body = make_body()
    entry = make_release(make_entry(body)).entry
    draft = make_entry(body, "draft")
    seats = [make_seat(body), make_seat(agency(), "officer"), make_seat()]
    tokens = {make_token(seat): Actor.of(seat).by_token() for seat in seats}
    names = [
        entry.code,
        str(entry.pk),
        str(draft.pk),
        body.credit_code,
        str(entry.uploads.get().pk),
        str(seats[2].pk),
        str(Token.objects.first().pk),
    ]
    return World(names, tokens)


@pytest.mark.drawn(6)
@pytest.mark.parametrize("room", ROOMS)
def test_nonsense_of_the_right_shape_does_nothing_unlawful(room, world):
    for act in some(ROOMS[room], part=1):
        with undone():
            _ask(act, world.names, world.tokens)


def _ask(act, names, tokens):
    things = {reference.name for reference in references_of(act.body)}
    references = {field for field in act.schema.model_fields if field in things}
    operation = described()[f"/api/v1/acts/{act.name}"]["POST"]
    answered = {}

    @given(case=operation.as_strategy(), named=sampled_from(names), token=sampled_from([*tokens]))
    @settings(
        max_examples=many(6, 2),
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case, named, token):
        if isinstance(case.body, dict):
            case.body |= dict.fromkeys(references & set(case.body), named)
        case.headers = {"Authorization": f"Bearer {token}"} | {
            key: value for key, value in (case.headers or {}).items() if key == "Idempotency-Key"
        }
        before = Leaf.objects.count()
        response = case.call_and_validate(checks=CHECKS)
        if response.status_code < 300:
            # What was done was allowed, and left its leaf; or it was done under this key before.
            answer = response.json()
            asked = (token, case.headers.get("Idempotency-Key"), repr(case.body))
            if Leaf.objects.count() == before:
                assert answered[asked] == answer
            answered[asked] = answer
            leaf = receipts.find(answer["receipt"])
            assert leaf.act == ("proposals.propose" if response.status_code == 202 else act.name)
            assert leaf.payload["actor"]["seat"] == str(tokens[token].seat_id)
        elif response.status_code != 403:
            assert Leaf.objects.count() == before

    ask()
