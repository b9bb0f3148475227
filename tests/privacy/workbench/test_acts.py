import json
from dataclasses import replace

import pytest
from tests.parties.makers import make_actor, make_representative
from tests.privacy.workbench.makers import (
    TYPED,
    actor_of,
    brought,
    fresh,
    made,
    make_certificate,
    make_firm_work,
    make_found,
    make_measured,
    make_published,
    make_source,
    make_target,
    make_work,
    people,
    plan_of,
)

from yelin import gate
from yelin.cli.judging import judge
from yelin.delivery import handing
from yelin.law import packs
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger import log, proving
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.privacy.deidentify.roles import Role
from yelin.privacy.workbench import acts, reads, tasks
from yelin.privacy.workbench.content import (
    ColumnContent,
    GuardContent,
    Ladder,
    LadderContent,
    Model,
    Treatment,
)
from yelin.privacy.workbench.models import Certificate, Deidentification, WorkState
from yelin.warehouse import acts as warehouse
from yelin.warehouse.models import Release
from yelin.warehouse.query import Question

pytestmark = pytest.mark.django_db(transaction=True)


def may_read(entry, actor=None) -> bool:
    entry.refresh_from_db()
    by_one = gate.decide(actor or Actor.anyone(), "resource.read", entry).allowed
    of_many = gate.visible_to(
        actor or Actor.anyone(), "resource.read", type(entry).objects.filter(pk=entry.pk)
    ).exists()
    assert by_one == of_many
    return by_one


@pytest.mark.duty("personal.hand_over")
def test_business_data_that_shows_nobody_is_had_by_others_once_a_certificate_says_so():
    work = make_published(make_firm_work())
    assert not may_read(work.entry)
    assert may_read(work.entry, actor_of(work.entry))
    refused = gate.decide(Actor.anyone(), "resource.read", work.entry)
    assert "certificate" in refused.says
    acts.measure(actor=actor_of(work.entry), work=work)
    tasks.measure(str(work.pk))
    certificate = acts.certify(actor=actor_of(work.entry), work=fresh(work))
    assert may_read(work.entry)
    rows = handing.rows(Actor.anyone(), work.entry, Question()).page.rows
    assert "姓名" not in rows[0]
    counts = {}
    for row in handing.rows(Actor.anyone(), work.entry, Question(limit=1000)).page.rows:
        key = row["性别"], row["年龄"], row["区划"]
        counts[key] = counts.get(key, 0) + 1
    assert 1 / min(counts.values()) == certificate.risk <= 0.2


@pytest.mark.long
def test_a_certificate_lapses_when_it_is_withdrawn_followed_or_under_a_lower_threshold(
    monkeypatch,
):
    certificate = make_certificate(make_firm_work())
    entry = certificate.release.entry
    assert may_read(entry)
    pack = packs.active()
    lower = tuple(each.model_copy(update={"risk": certificate.risk / 2}) for each in pack.sharing)
    with monkeypatch.context() as stricter:
        stricter.setattr(
            "yelin.privacy.workbench.models.packs.active", lambda: replace(pack, sharing=lower)
        )
        assert not may_read(entry)
    assert may_read(entry)
    again = brought(actor_of(entry), entry, people(40).replace("姓名", "编号"))
    warehouse.publish(
        actor=actor_of(entry), entry=entry, upload=again, without_rejected=True, as_changed=True
    )
    assert reads.why_not(certificate) == "followed"
    assert not may_read(entry)

    other = make_certificate(make_firm_work())
    with pytest.raises(gate.Refused):
        acts.withdraw(actor=make_representative(), certificate=other)
    acts.withdraw(actor=actor_of(other.release.entry), certificate=other)
    assert not may_read(other.release.entry)
    with pytest.raises(OutOfTurn):
        acts.withdraw(actor=actor_of(other.release.entry), certificate=other)


@pytest.mark.long
def test_a_certificate_proves_itself_and_holds_no_value_of_any_row(capsys):
    certificate = make_certificate(make_work())
    issued = made(certificate)
    keys = [log.verifier_key()]
    proved = proving.prove(issued.pdf, keys)
    assert proved == proving.prove(issued.jws, keys)
    # As ``yelin verify`` does, by the public key of the ledger alone.
    assert judge(issued.pdf, str(keys[0])) == 0
    assert certificate.number in capsys.readouterr().out
    assert proved.says["release"]["manifest"] == certificate.release.digest_text
    assert proved.says["measured"]["k"]["equal"] >= 5
    leaf = Leaf.objects.get(act="deidentify.certify")
    assert leaf.payload["facts"]["digest"] == bytes(certificate.digest).hex()
    said = json.dumps(certificate.says, ensure_ascii=False)
    assert not any(value in said for value in ("人1", "460105", "甲", "男"))
    assert certificate.work.source.entry.title not in said
    with pytest.raises(proving.NotProved):
        proving.prove(issued.jws[:-8] + b"AAAAAAAA", keys)


def test_what_is_not_classified_stops_the_search_by_name():
    work = make_work(columns=plan_of().columns[1:])
    with pytest.raises(Incomplete) as wrong:
        acts.search(actor=actor_of(work.entry), work=work)
    (fault,) = wrong.value.faults
    assert (fault.place, fault.params["names"]) == ("columns", "姓名")
    assert fresh(work).state == WorkState.DRAFT


@pytest.mark.long
@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"k": 4}, "5"),
        ({"columns": [ColumnContent(name="病种", role=Role.QUASI)]}, "病种"),
        ({"columns": [ColumnContent(name="病种", role=Role.OTHER)]}, "病种"),
    ],
)
def test_each_fault_of_a_plan_names_what_is_to_mend(over, says):
    columns = (*plan_of().columns[:4], *over.pop("columns", plan_of().columns[4:]))
    work = make_work(columns=columns, **over)
    with pytest.raises(Incomplete) as wrong:
        acts.search(actor=actor_of(work.entry), work=work)
    assert any(says in str(fault.params) for fault in wrong.value.faults)


@pytest.mark.long
def test_values_that_no_hierarchy_knows_end_the_search_with_words():
    columns = list(plan_of().columns)
    columns[1] = ColumnContent(
        name="性别", role=Role.QUASI, ladder=LadderContent(kind=Ladder.DATES)
    )
    work = make_found(make_work(columns=tuple(columns)))
    assert work.state == WorkState.FAILED
    assert work.error["params"] == {"name": "性别"}


@pytest.mark.long
def test_a_search_that_was_called_off_counts_for_nothing():
    work = make_work()
    acts.search(actor=actor_of(work.entry), work=work)
    acts.call_off(actor=actor_of(work.entry), work=fresh(work))
    tasks.search(str(work.pk))
    work = fresh(work)
    assert (work.state, work.found) == (WorkState.DRAFT, {})
    assert make_found(work).state == WorkState.FOUND


@pytest.mark.long
def test_nobody_works_on_what_is_of_another_body():
    source, stranger = make_source(), make_actor()
    with pytest.raises(gate.Refused):
        acts.begin(actor=stranger, entry=source.entry, number=1, to=source.entry, sharing="public")
    work = make_work(source)
    for act in (acts.search, acts.prepare, acts.measure, acts.certify):
        with pytest.raises(gate.Refused):
            act(actor=stranger, work=work)
    with pytest.raises(Incomplete) as wrong:
        acts.begin(
            actor=actor_of(source.entry),
            entry=source.entry,
            number=7,
            to=make_target(make_source().entry),
            sharing="everywhere",
        )
    assert {fault.place for fault in wrong.value.faults} == {"number", "to", "sharing"}


@pytest.mark.long
def test_only_what_was_measured_is_certified_and_once():
    work = make_measured()
    Release.objects.filter(pk=work.published.pk).update(digest=b"\0" * 32)
    with pytest.raises(OutOfTurn):
        acts.certify(actor=actor_of(work.entry), work=work)
    assert not Certificate.objects.exists()
    work = make_measured()
    acts.certify(actor=actor_of(work.entry), work=work)
    with pytest.raises(OutOfTurn):
        acts.certify(actor=actor_of(work.entry), work=fresh(work))


def test_a_risk_above_the_threshold_is_not_certified():
    work = make_measured()
    Deidentification.objects.filter(pk=work.pk).update(sharing="public")
    work = fresh(work)
    assert work.measured["first"]["prosecutor"] > 0.05
    with pytest.raises(Incomplete) as wrong:
        acts.certify(actor=actor_of(work.entry), work=work)
    assert wrong.value.faults[0].place == "risk"


@pytest.mark.long
def test_attacks_are_tried_told_and_certified():
    certificate = make_certificate(make_work())
    done = certificate.work.measured["attacks"]
    assert done["reached"] == 1
    told = {(each["risk"], each["column"]): each for each in done["tried"]}
    assert set(told) == {("singling", ""), ("linking", ""), ("inference", "病种")}
    assert told["singling", ""]["found"]["share"] == 0
    assert [each["risk"] for each in certificate.says["attacks"]["tried"]] == [
        each["risk"] for each in done["tried"]
    ]


@pytest.mark.long
def test_what_attacks_gain_too_much_by_is_not_certified():
    work = make_measured(make_work())
    tried = work.measured["attacks"]["tried"]
    told = [each | {"gain": 0.21} if each["risk"] == "inference" else each for each in tried]
    work.measured = work.measured | {"attacks": {"reached": 1, "tried": told}}
    work.save()
    with pytest.raises(Incomplete) as refused:
        acts.certify(actor=actor_of(work.entry), work=fresh(work))
    assert [(each.place, each.params["name"]) for each in refused.value.faults] == [
        ("attacks", "病种")
    ]
    work.measured = {name: of for name, of in work.measured.items() if name != "attacks"}
    work.save()
    with pytest.raises(Incomplete) as refused:
        acts.certify(actor=actor_of(work.entry), work=fresh(work))
    assert [each.place for each in refused.value.faults] == ["attacks"]


def with_grouped_ages(**over) -> dict:
    columns = list(plan_of().columns)
    columns[2] = ColumnContent(name="年龄", role=Role.QUASI, treatment=Treatment.GROUPED)
    return {"columns": tuple(columns), "guards": ()} | over


@pytest.mark.long
def test_ages_that_are_grouped_by_nearness_keep_everyone_hidden_and_say_more():
    source = make_source(items=TYPED)
    grouped = make_certificate(make_work(source, make_target(source.entry), **with_grouped_ages()))
    first = grouped.work.measured["first"]
    assert first["k"] >= 5
    (told,) = [each for each in grouped.work.found["columns"] if each["name"] == "年龄"]
    assert (told["level"], told["lost"] < 0.05) == (None, True)
    said = {each["name"]: each for each in grouped.says["columns"]}
    assert said["年龄"]["treatment"] == "grouped"
    # Which row is in which group no classes tell, so the earlier certificate is not measured.
    make_certificate(make_work(source, make_target(source.entry)))
    grouped.refresh_from_db()
    assert reads.why_not(grouped) == "linked"


@pytest.mark.long
def test_models_of_shares_go_neither_with_groups_nor_with_single_cells():
    closeness = (GuardContent(column="病种", model=Model.CLOSENESS, value=0.9),)
    columns = list(plan_of().columns)
    for over, place in (
        (with_grouped_ages(guards=closeness), "guards"),
        ({"columns": tuple(columns), "guards": closeness, "cells": True}, "cells"),
    ):
        work = make_work(make_source(items=TYPED), **over)
        with pytest.raises(Incomplete) as wrong:
            acts.search(actor=actor_of(work.entry), work=work)
        assert [each.place for each in wrong.value.faults] == [place]


@pytest.mark.long
def test_single_cells_go_before_rows_do_and_the_certificate_says_so():
    spans = LadderContent(kind=Ladder.NUMBERS, widths=(20,))
    columns = list(plan_of().columns)
    columns[1] = columns[1].model_copy(update={"most": 0})
    columns[2] = ColumnContent(name="年龄", role=Role.QUASI, ladder=spans, least=1, most=1)
    columns[3] = columns[3].model_copy(update={"most": 0})
    # Six who are alike but for where they live.
    lone = "".join(f"甲{n},未说明,{21 + n},46010{5 + n % 3},{'甲乙'[n % 2]}\n" for n in range(6))
    over = {"columns": tuple(columns), "cap": 0.2}
    rows = make_found(make_work(make_source(text=people() + lone), **over))
    certificate = make_certificate(make_work(make_source(text=people() + lone), **over, cells=True))
    work = certificate.work
    assert rows.found["levels"] == work.found["levels"]
    assert (rows.found["left_out"], work.found["left_out"]) == (6, 0)
    assert work.found["starred"] == {"rows": 6, "cells": 6}
    first = work.measured["first"]
    assert first["rows"] == work.found["rows"] - work.found["left_out"]
    assert (first["k"], first["classes"]) == (work.found["k"], work.found["classes"])
    assert first["k"] >= 5
    assert certificate.says["models"]["cells"] is True
