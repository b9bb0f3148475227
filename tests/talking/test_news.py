"""News and guides: written by an officer, published version by version, withdrawn with a reason."""

import pytest
from tests.catalog.makers import agency
from tests.parties.makers import make_actor, make_body, make_citizen
from tests.talking.makers import make_news, officer

from yelin import gate
from yelin.acts import references
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import Actor
from yelin.talking import reads
from yelin.talking.acts import news as acts
from yelin.talking.models import News

pytestmark = pytest.mark.django_db

ANYONE = Actor.anyone()


@pytest.mark.duty("publicity.tell")
def test_what_is_written_is_seen_once_it_is_published_and_revised_by_the_next_version():
    made = make_news(published=False)
    assert list(reads.news(ANYONE)) == []
    with pytest.raises(gate.Unseen):
        references.one(ANYONE, News, made.pk)
    assert list(reads.drafts(officer())) == [made]
    acts.publish_news(actor=officer(), news=made)
    acts.revise_news(actor=officer(), news=made, title="改期", text="周日起。")
    (shown,) = reads.news(ANYONE)
    assert (shown.standing.title, shown.standing.number) == ("平台维护公告", 1)
    acts.publish_news(actor=officer(), news=made)
    (shown,) = reads.news(ANYONE)
    assert (shown.standing.title, shown.standing.number) == ("改期", 2)
    assert made.evidence()["content"] == shown.standing.digest


def test_the_same_is_not_published_twice():
    with pytest.raises(OutOfTurn):
        acts.publish_news(actor=officer(), news=make_news())


def test_what_is_withdrawn_says_why_and_stands_in_no_list():
    made = make_news()
    with pytest.raises(Incomplete):
        acts.withdraw_news(actor=officer(), news=made, reason=" ")
    acts.withdraw_news(actor=officer(), news=made, reason="内容有误")
    assert list(reads.news(ANYONE)) == []
    assert references.one(ANYONE, News, made.pk).reason == "内容有误"
    for act, said in (
        (acts.publish_news, {}),
        (acts.revise_news, {"title": "a", "text": "b"}),
        (acts.withdraw_news, {"reason": "c"}),
    ):
        with pytest.raises(OutOfTurn):
            act(actor=officer(), news=made, **said)


def test_only_an_officer_of_a_body_with_the_power_writes_and_only_what_is_its_own():
    body = make_body(kind="informatization")
    for actor in (make_citizen(), make_actor(agency()), make_actor(make_body(), "officer")):
        on = agency() if actor.body_id is None else type(body).objects.get(pk=actor.body_id)
        with pytest.raises(gate.Refused):
            acts.draft_news(actor=actor, body=on, kind="notice", title="a", text="b")
    made = make_news(body)
    with pytest.raises(gate.Refused):
        acts.withdraw_news(actor=officer(), news=made, reason="x")


def test_every_fault_is_told_at_once():
    with pytest.raises(Incomplete) as stopped:
        make_news(title="", text=" ", title_en="Only this", kind="poem")
    assert [fault.place for fault in stopped.value.faults] == ["title", "text", "text_en", "kind"]
