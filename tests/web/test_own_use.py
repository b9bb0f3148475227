"""Keys, limits and use, as their owner finds them."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.delivery.makers import make_call, make_closed, make_taker
from tests.parties.makers import make_token
from tests.warehouse.makers import make_release
from tests.web.makers import BACKEND, text_of

from yelin.config import config
from yelin.delivery.models import Tally
from yelin.gate import Obligations
from yelin.law import clock
from yelin.parties.models import Person, Token

pytestmark = pytest.mark.django_db(transaction=True)


def of(client, **headers):
    return client.get("/developers/use/?lang=en", headers=headers)


@pytest.mark.long
def test_a_stranger_sees_what_is_left_to_the_address_and_takes_nothing_by_looking(client: Client):
    entry = make_release().entry
    client.get(f"/api/v1/resources/{entry.slug}/rows")
    for _ in range(2):
        page = of(client)
        ((grant, left),) = page.context["limits"]
        assert (grant, left.most - left.left) == (None, 1)
    assert f"{config.fair_use_per_hour - 1:,}" in text_of(page)
    assert Tally.objects.get().queries == 1


@pytest.mark.long
def test_whoever_is_known_sees_limits_keys_and_use_of_their_own(client: Client, today):
    today("2026-11-20")
    entry, other = make_closed(), make_closed()
    taker, _ = make_taker(entry, bears=Obligations(rate_per_hour=9))
    make_call(taker, entry)
    make_call(make_taker(other, bears=Obligations(rate_per_hour=5))[0], other)
    person = Person.objects.get(pk=taker.person_id)
    secret = make_token(person=person, label="monthly")
    make_token(label="of somebody else")
    client.get("/api/v1/resources", headers={"Authorization": f"Bearer {secret}"})
    assert Token.objects.get(label="monthly").used_on.isoformat() == "2026-11-20"
    client.force_login(person.user, backend=BACKEND)
    page = of(client)
    assert [(g and g.on_id, left.left) for g, left in page.context["limits"]] == [
        (None, config.fair_use_per_hour),
        (entry.pk, 8),
    ]
    assert [token.name for token in page.context["tokens"]] == ["monthly"]
    (used,) = page.context["used"]
    assert (str(used.day), used.channel, used.calls, used.rows) == ("2026-11-20", "query", 1, 3)
    assert page["Cache-Control"].startswith("max-age=0")
    today("2027-01-20")
    assert of(client).context["used"] == []


def test_a_key_says_on_which_day_it_was_last_used(client: Client, today):
    today("2026-11-20")
    asked = {"Authorization": f"Bearer {make_token(expires_at=clock.now() + timedelta(days=9))}"}
    assert Token.objects.get().used_on is None
    for day in ("20", "20", "21"):
        today(f"2026-11-{day}")
        client.get("/api/v1/resources", headers=asked)
        assert Token.objects.get().used_on.isoformat() == f"2026-11-{day}"
