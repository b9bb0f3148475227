"""Whether links of reuses answer is asked by the one way out, with more and more patience."""

from datetime import timedelta

import pytest
from tests.outbound.servers import site
from tests.talking.makers import make_reuse, officer

from yelin.law import clock
from yelin.outbound import sending
from yelin.outbound.rules import NotSent, Stop
from yelin.talking import links
from yelin.talking.acts import reuses as acts
from yelin.talking.models import Reuse

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers(monkeypatch):
    """What the world answers, by link; what is no number was not reached."""
    said: dict[str, int] = {}

    def knock(link):
        if link not in said:
            raise NotSent(Stop.UNREACHABLE)
        return said[link]

    monkeypatch.setattr(links, "knock", knock)
    return said


def state(made: Reuse) -> str:
    made.refresh_from_db()
    return made.link_state


@pytest.mark.duty("reuse.show")
def test_a_link_is_asked_for_once_it_is_shown_and_then_when_its_time_has_come(answers):
    made = make_reuse()
    assert (links.look(), state(made)) == (0, "unknown")
    answers[made.link] = 200
    acts.approve_reuse(actor=officer(), reuse=made)
    assert (links.look(), state(made)) == (1, "alive")
    assert links.look() == 0
    with clock.standing_at(clock.now() + timedelta(days=2)):
        assert links.look() == 1


def test_a_dead_link_is_shown_as_such_after_three_tries_and_asked_for_ever_less(answers):
    made, waits = make_reuse(shown=True), []
    now = clock.now()
    for wanted in ("unsteady", "unsteady", "dead", "dead", "dead", "dead"):
        with clock.standing_at(now):
            assert links.look() == 1
            assert state(made) == wanted
            waits.append(made.look_next_at - now)
            now = made.look_next_at
    assert [wait / timedelta(hours=1) for wait in waits] == [1, 6, 24, 72, 168, 168]
    answers[made.link] = 200
    with clock.standing_at(now):
        links.look()
    assert state(made) == "alive"


@pytest.mark.parametrize(
    ("status", "wanted"),
    [(200, "alive"), (403, "alive"), (429, "alive"), (404, "unsteady"), (500, "unsteady")],
)
def test_what_asks_to_sign_in_is_there_and_what_is_gone_is_not(answers, status, wanted):
    made = make_reuse(shown=True)
    answers[made.link] = status
    links.look()
    assert state(made) == wanted


def test_a_link_that_was_changed_meanwhile_is_asked_for_anew(answers, monkeypatch):
    made = make_reuse(shown=True)

    def change(_link):
        Reuse.objects.filter(pk=made.pk).update(link="https://other.example.cn/")
        return 200

    monkeypatch.setattr(links, "knock", change)
    links.look()
    assert state(made) == "unknown"


@pytest.mark.duty("security.protect")
@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "[::1]"])
def test_no_link_leads_into_the_house(host):
    with pytest.raises(NotSent) as stopped:
        sending.knock(f"https://{host}/")
    assert stopped.value.stop is Stop.ADDRESS


def test_what_is_not_https_is_not_asked_for():
    with site() as served, pytest.raises(NotSent) as stopped:
        sending.knock(f"http://127.0.0.1:{served.port}/")
    assert stopped.value.stop is Stop.RULE
    assert served.asked == []
