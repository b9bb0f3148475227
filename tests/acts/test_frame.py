import inspect

import pytest
from tests.catalog.makers import make_content, make_entry
from tests.parties.makers import make_actor, make_body

from yelin import gate
from yelin.acts import accounts, frame, notices, outbound, parties, seats, succession
from yelin.acts import gate as gate_acts
from yelin.catalog import acts
from yelin.catalog.models import Entry
from yelin.delivery import acts as delivery
from yelin.law import duties
from yelin.law.refusals import Incomplete, Unlawful
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.warehouse import acts as warehouse

pytestmark = pytest.mark.django_db


@pytest.mark.duty("trace.whole")
def test_every_act_leaves_one_leaf_that_says_who_did_what_to_which():
    body = make_body()
    entry = make_entry(body, "registered")
    registered = Leaf.objects.get(act="catalog.register", subject=entry.thing)
    assert registered.duty == duties.CATALOG_COMPILE.name
    assert registered.payload["actor"]["body"] == body.credit_code
    assert registered.payload["subject"]["code"] == entry.code
    assert registered.payload["facts"]["state"] == "registered"
    assert Leaf.objects.filter(subject=entry.thing).count() == 2


@pytest.mark.duty("governance.powers")
def test_a_refusal_of_an_identified_party_is_recorded_and_changes_nothing():
    entry = make_entry(state="awaiting")
    stranger = make_actor(make_body(), "officer")
    with pytest.raises(gate.Refused):
        acts.confirm(actor=stranger, entry=entry)
    entry.refresh_from_db()
    assert entry.state == "awaiting"
    leaf = Leaf.objects.get(act="catalog.confirm", refused=True)
    assert leaf.subject == entry.thing
    assert leaf.payload["refused"] is True


def test_a_refusal_of_a_stranger_is_not_recorded():
    with pytest.raises(gate.Refused):
        acts.confirm(actor=Actor.anyone(), entry=make_entry(state="awaiting"))
    assert not Leaf.objects.filter(refused=True).exists()


def test_what_fails_leaves_no_leaf():
    body = make_body()
    before = Leaf.objects.count()
    with pytest.raises(Incomplete):
        acts.register(actor=make_actor(body), entry=make_entry(body, "draft", summary=""))
    assert Leaf.objects.count() == before + 1  # the draft's own


@pytest.mark.duty("secrets.outside")
def test_nothing_of_a_state_secret_is_stored_not_even_in_the_record_of_its_refusal():
    body = make_body()
    title = "绝不应出现的标题"
    with pytest.raises(Unlawful) as refused:
        acts.draft(
            actor=make_actor(body),
            provider=body,
            content=make_content(title=title, state_secret=True),
        )
    assert title not in str(refused.value)
    assert not Entry.objects.exists()
    leaf = Leaf.objects.get(refused=True)
    assert leaf.duty == "secrets.outside"
    assert title not in str(leaf.payload)
    assert leaf.payload["facts"] == {}


@pytest.mark.parametrize("mark", ["机密★20年", "绝密 ★", "秘密☆5年"])
def test_a_printed_secrecy_mark_is_refused_as_if_it_had_been_declared(mark):
    body = make_body()
    with pytest.raises(Unlawful):
        acts.draft(
            actor=make_actor(body), provider=body, content=make_content(summary=f"{mark} 摘要")
        )
    assert not Entry.objects.exists()


def test_an_act_takes_keywords_only_and_actor_first():
    for name in frame.registered():
        assert "." in name
    for module in _rooms():
        for function in vars(module).values():
            if (
                inspect.isfunction(function)
                and function.__module__ == module.__name__
                and not function.__name__.startswith("_")
            ):
                parameters = list(inspect.signature(function).parameters.values())
                assert hasattr(function, "__wrapped__"), f"{function.__qualname__} is no act"
                assert parameters[0].name == "actor"
                assert all(p.kind is p.KEYWORD_ONLY for p in parameters)


def test_every_act_has_an_arm():
    armed = {arm.action for arm in gate.arms()}
    assert set(frame.registered()) <= armed


def test_an_act_is_never_called_inside_another_transaction_of_its_caller():
    # durable=True: what the caller rolls back would take the act and its leaf with it.
    source = inspect.getsource(frame)
    assert "durable=True" in source


def _rooms():
    return [
        parties, seats, succession, accounts, gate_acts, outbound, notices, acts, warehouse,
        delivery,
    ]  # fmt: skip


@pytest.mark.parametrize(("many", "recorded"), [(1, 1), (2, 0)])
def test_of_several_acts_all_are_done_or_none_and_one_that_was_alone_is_recorded(many, recorded):
    body, stranger = make_body(), make_actor(make_body())
    draft = frame.named("catalog.draft")

    def asked():
        return [{"provider": body, "content": make_content(title=f"港口{n}")} for n in range(many)]

    noted = []
    with pytest.raises(gate.Refused):
        draft.several(stranger, asked, noted.append)
    assert Leaf.objects.filter(act="catalog.draft", refused=True).count() == recorded
    draft.several(make_actor(body), asked, noted.append)
    assert len(noted[0]) == Entry.objects.count() == many
    with pytest.raises(Incomplete):
        draft.several(
            make_actor(body),
            lambda: [{"provider": body, "content": make_content(title=t)} for t in ("新", "港口0")],
            noted.append,
        )
    assert Entry.objects.count() == many
