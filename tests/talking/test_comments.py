"""Comments are shown once somebody looked at them, are answered, reported and taken down."""

import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor, make_body, make_citizen
from tests.talking.makers import make_comment, make_open_entry, officer

from yelin import gate
from yelin.acts import accounts
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.parties.actor import Actor
from yelin.parties.models import Person
from yelin.talking import reads, rules
from yelin.talking.acts import comments as acts

pytestmark = pytest.mark.django_db

ANYONE = Actor.anyone()


def events_of(actor) -> list[str]:
    told = Notice.objects.filter(to=actor.person_id).order_by("pk")
    return list(told.values_list("event", flat=True))


@pytest.mark.duty("talk.say")
def test_a_comment_is_shown_once_somebody_looked_at_it_and_its_provider_answers():
    author, entry = make_citizen(), make_open_entry()
    steward = make_actor(entry.provider)
    made = make_comment(entry, author)
    assert list(reads.comments(ANYONE, entry)) == []
    assert list(reads.own_comments(author, entry)) == [made]
    assert list(reads.comments_waiting(officer())) == [made]
    acts.show_comment(actor=officer(), comment=made)
    acts.answer_comment(actor=steward, comment=made, answer="自下月起按月更新。")
    (shown,) = reads.comments(ANYONE, entry)
    assert (shown.answer, shown.answered_by) == ("自下月起按月更新。", entry.provider)
    assert events_of(author) == ["comment.shown", "comment.answered"]
    assert events_of(steward) == ["comment.to_answer"]


@pytest.mark.long
def test_strangers_and_the_provider_do_not_comment_and_nobody_decides_about_its_own():
    entry = make_open_entry()
    for nobody in (ANYONE, make_actor(entry.provider)):
        with pytest.raises(gate.Refused):
            make_comment(entry, nobody)
    for other in (make_citizen(), make_actor(entry.provider, "officer")):
        with pytest.raises(gate.Refused):
            acts.show_comment(actor=other, comment=make_comment(entry))
    boss = officer()
    with pytest.raises(gate.Refused):
        acts.show_comment(actor=boss, comment=make_comment(entry, boss))
    with pytest.raises(gate.Refused):
        acts.answer_comment(
            actor=make_actor(make_body()), comment=make_comment(entry, shown=True), answer="x"
        )


def test_of_what_is_not_open_nothing_is_said():
    with pytest.raises(gate.Refused):
        make_comment(make_entry(opening_type="none"))


def test_a_comment_that_is_not_shown_or_taken_down_says_why_to_its_author():
    author, entry = make_citizen(), make_open_entry()
    for act, shown in ((acts.reject_comment, False), (acts.remove_comment, True)):
        made = make_comment(entry, author, shown=shown, text=f"{act.__name__}")
        with pytest.raises(Incomplete):
            act(actor=officer(), comment=made, reason="")
        act(actor=officer(), comment=made, reason="与数据无关")
        assert made.reason == "与数据无关"
    assert list(reads.comments(ANYONE, entry)) == []
    assert len(reads.own_comments(author, entry)) == 2


def test_what_is_reported_is_looked_at_again_and_may_stay():
    made = make_comment(shown=True)
    reporter = make_citizen()
    acts.report_comment(actor=reporter, comment=made, reason="广告")
    assert list(reads.comments_waiting(officer())) == [made]
    with pytest.raises(OutOfTurn):
        acts.report_comment(actor=reporter, comment=made, reason="又一次")
    acts.show_comment(actor=officer(), comment=made)
    assert list(reads.comments_waiting(officer())) == []
    assert list(reads.comments(ANYONE, made.entry)) == [made]
    for nobody in (ANYONE, Actor.citizen(made.author)):
        with pytest.raises(gate.Refused):
            acts.report_comment(actor=nobody, comment=made, reason="广告")


def test_what_somebody_takes_back_is_erased_and_so_is_all_of_a_deleted_account():
    author, entry = make_citizen(), make_open_entry()
    first = make_comment(entry, author, shown=True)
    second = make_comment(entry, author, shown=True, text="另一条")
    acts.withdraw_comment(actor=author, comment=first)
    assert (first.state, first.text) == ("withdrawn", "")
    with pytest.raises(OutOfTurn):
        acts.withdraw_comment(actor=author, comment=first)
    accounts.delete(actor=author, person=Person.objects.get(pk=author.person_id))
    second.refresh_from_db()
    assert (second.state, second.text) == ("withdrawn", "")
    assert list(reads.comments(ANYONE, entry)) == []


@pytest.mark.long
def test_nobody_says_the_same_twice_or_without_end():
    author, entry = make_citizen(), make_open_entry()
    make_comment(entry, author)
    for text in ("很有用，希望按月更新。", "", "x" * 4_001):
        with pytest.raises(Incomplete):
            make_comment(entry, author, text=text)
    for n in range(rules.COMMENTS_A_DAY - 1):
        make_comment(entry, author, text=f"第{n}条")
    with pytest.raises(Incomplete):
        make_comment(entry, author, text="再来一条")
    with clock.standing_at(clock.now() + acts.DAY * 2):
        make_comment(entry, author, text="再来一条")


def test_a_leaf_tells_nothing_of_what_was_said():
    make_comment(text="联系我：海口市民")
    assert "海口市民" not in str(Leaf.objects.get(act="talking.comment").payload)


def test_what_was_said_of_data_is_not_seen_once_the_data_is_open_no_more():
    entry = make_open_entry()
    made = make_comment(entry, shown=True)
    type(entry).objects.filter(pk=entry.pk).update(opening_type="none")
    assert not gate.decide(ANYONE, "comment.see", type(made).objects.get(pk=made.pk)).allowed
