"""By which door an act is done, and the fresh proof that some ask for."""

from datetime import timedelta

import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_body, make_seat

from yelin import gate
from yelin.acts import parties
from yelin.acts.frame import act
from yelin.acts.step_up import LoginAgain, StepUp
from yelin.catalog import acts as catalog
from yelin.config import config
from yelin.files.digests import Digests
from yelin.law import clock, duties
from yelin.law.refusals import Unlawful
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor, Surface
from yelin.parties.models import Token
from yelin.warehouse import acts as warehouse
from yelin.warehouse.pipeline import Options

pytestmark = pytest.mark.django_db


def test_an_act_is_refused_at_a_door_that_it_does_not_declare():
    seat = make_seat()
    by_token = Actor.of(seat).by_token()
    with pytest.raises(Unlawful, match="door"):
        parties.issue_token(actor=by_token, holder=seat, label="x", secret=Token.fresh())
    refused = Leaf.objects.get(act="parties.issue_token")
    assert refused.refused
    assert not Token.objects.exists()


def test_who_comes_by_token_uses_the_route_that_is_made_for_one_act(tmp_path):
    body = make_body()
    entry = make_entry(body, "registered")
    path = tmp_path / "a.csv"
    path.write_text("年份\n2020\n")
    received = warehouse.Received(path, "a.csv", 12, Digests("0" * 64, "1" * 64))
    actor = Actor.of(make_seat(body)).by_token()
    upload = warehouse.receive(actor=actor, entry=entry, received=received, options=Options())
    assert upload.filename == "a.csv"


def test_whom_the_gate_refuses_learns_nothing_of_doors():
    seat = make_seat()
    other = Actor.of(make_seat()).by_token()
    with pytest.raises(gate.Refused):
        parties.issue_token(actor=other, holder=seat, label="x", secret=Token.fresh())


def test_the_system_does_nothing_that_is_done_on_pages():
    with pytest.raises(gate.Refused):
        catalog.confirm(actor=Actor.system("clock"), entry=make_entry(state="awaiting"))


@pytest.mark.duty("governance.powers")
def test_a_token_is_issued_only_to_who_proved_a_moment_ago_to_be_there(still):
    seat = make_seat()
    limit = timedelta(minutes=config.recent_login_minutes)

    def issue(actor):
        parties.issue_token(actor=actor, holder=seat, label="x", secret=Token.fresh())

    before = Leaf.objects.count()
    for at in (None, clock.now() - limit - timedelta(seconds=1)):
        with pytest.raises(LoginAgain):
            issue(Actor.of(seat).proved(at))
    # To be asked who one is is no refusal.
    assert Leaf.objects.count() == before
    issue(Actor.of(seat).proved(clock.now() - limit + timedelta(seconds=30)))
    assert Token.objects.count() == 1


@pytest.mark.parametrize(
    ("surface", "step_up"),
    [
        (set(), None),
        ({Surface.PAGE, Surface.API}, StepUp.RECENT_LOGIN),
        ({Surface.SYSTEM}, StepUp.RECENT_LOGIN),
        ({Surface.PAGE, Surface.SYSTEM}, StepUp.SECOND_PERSON),
    ],
)
def test_an_act_that_nobody_could_ever_do_cannot_be_declared(surface, step_up):
    with pytest.raises(ValueError, match=r"trial\.none"):
        act(
            "trial.none",
            duty=duties.GOVERN,
            subject="entry",
            surface=surface,
            step_up=step_up,
        )
