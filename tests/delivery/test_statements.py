"""A statement is kept under a name by one person, seen by whom it is given to, gone when told."""

import threading

import pytest
from django.db import connection
from tests.parties.makers import make_person

from yelin.acts import accounts
from yelin.delivery import statements
from yelin.delivery.statements import Statement
from yelin.law.refusals import Incomplete
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db
ASKS = "SELECT *\r\nFROM \"307010001/000001\"\r\nWHERE 姓名 = '符海棠' "


def test_a_statement_is_kept_as_it_was_written_and_again_in_its_own_place():
    person = make_person()
    leaves = Leaf.objects.count()
    made = statements.keep(person, "  按月 汇总 ", ASKS)
    assert (made.name, made.text) == ("按月 汇总", ASKS.replace("\r", "").strip())
    assert statements.keep(person, "按月 汇总", "SELECT 1").pk == made.pk
    assert [each.name for each in statements.kept(person)] == ["按月 汇总"]
    assert statements.opened(made.pk, person).text == "SELECT 1"
    assert Leaf.objects.count() == leaves


def test_nobody_else_sees_it_before_it_is_shared_nor_after():
    person, other = make_person(), make_person()
    made = statements.keep(person, "甲", ASKS)
    for asks in (None, other):
        assert statements.opened(made.pk, asks) is None
    assert not statements.share(other, made.pk, shared=True)
    assert not statements.let_go(other, made.pk)
    assert statements.share(person, made.pk, shared=True)
    for asks in (None, other):
        assert statements.opened(made.pk, asks) == made
    assert statements.kept(other) == []
    statements.share(person, made.pk, shared=False)
    assert statements.opened(made.pk, None) is None
    statements.share(person, made.pk, shared=True)
    assert statements.let_go(person, made.pk)
    assert statements.opened(made.pk, None) is None


@pytest.mark.parametrize(
    ("name", "text"), [("", "SELECT 1"), ("  ", "SELECT 1"), ("名" * 81, "SELECT 1"), ("名", " \n"),
                       ("名", "x" * 20_001)],
)  # fmt: skip
def test_what_has_no_name_or_says_nothing_is_not_kept(name, text):
    with pytest.raises(Incomplete):
        statements.keep(make_person(), name, text)
    assert not Statement.objects.exists()


def test_it_goes_with_the_account_and_stands_in_its_copy():
    person = make_person()
    statements.keep(person, "甲", "SELECT 1")
    (copied,) = statements.copy_of(person.pk)
    assert (copied["name"], copied["text"], copied["shared"]) == ("甲", "SELECT 1", False)
    accounts.delete(actor=Actor.citizen(person), person=person)
    assert not Statement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_that_are_kept_at_once_no_more_stay_than_may_be(monkeypatch):
    monkeypatch.setattr(statements, "MOST", 3)
    person = make_person()
    barrier, refused = threading.Barrier(6), []

    def keep(n: int) -> None:
        barrier.wait()
        try:
            statements.keep(person, f"第{n}条", "SELECT 1")
        except Incomplete:
            refused.append(n)
        finally:
            connection.close()

    threads = [threading.Thread(target=keep, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Statement.objects.count(), len(refused)) == (3, 3)
