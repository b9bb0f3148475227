"""Certificates end with what they rest on; releases of one source are measured together."""

import math
import random
import statistics
from collections import Counter
from dataclasses import replace

import pytest
from tests.privacy.workbench.makers import (
    actor_of,
    fresh,
    make_certificate,
    make_measured,
    make_source,
    make_target,
    make_work,
    people,
    plan_of,
)
from tests.warehouse.makers import make_release

from yelin.delivery import handing
from yelin.law import packs
from yelin.law.refusals import Incomplete
from yelin.privacy.deidentify.roles import Role
from yelin.privacy.workbench import acts, linking, reads, tasks
from yelin.privacy.workbench.content import ColumnContent, Ladder, LadderContent
from yelin.privacy.workbench.models import Certificate, Deidentification
from yelin.warehouse.query import Question

pytestmark = pytest.mark.django_db(transaction=True)


def with_ages(widths: tuple[int, ...], **over) -> tuple[ColumnContent, ...]:
    columns = list(plan_of().columns)
    ladder = LadderContent(kind=Ladder.NUMBERS, widths=widths)
    columns[2] = ColumnContent(name="年龄", role=Role.QUASI, ladder=ladder, **over)
    return tuple(columns)


def label(row: list[str], work: Deidentification) -> tuple[str, ...]:
    """A row's class, by the levels that were found."""
    levels, widths = work.found["levels"], work.content.column("年龄").ladder.widths
    at, age = levels["年龄"], int(row[2])
    span = widths[at - 1] if 0 < at <= len(widths) else 1
    begin = age // span * span
    ages = "*" if at > len(widths) else f"{begin}–{begin + span - 1}" if span > 1 else str(age)
    places = (row[3], row[3], f"{row[3][:4]}00", f"{row[3][:2]}0000", "*")
    return "*" if levels["性别"] else row[1], ages, places[levels["区划"]]


def rows_of(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.split("\n")[1:-1]]


def classes(work: Deidentification) -> list[tuple[str, ...]]:
    return [label(row, work) for row in rows_of(people())]


@pytest.mark.long
def test_a_certificate_ends_with_a_hierarchy_on_which_it_rests():
    source = make_source()
    steward = actor_of(source.entry)
    body = source.entry.provider
    brought = acts.bring_hierarchy(actor=steward, body=body, title="性别", lines="男;人;*\n女;人;*")
    ladder = LadderContent(kind=Ladder.KEPT, kept=brought.pk)
    columns = list(plan_of().columns)
    columns[1] = ColumnContent(name="性别", role=Role.QUASI, ladder=ladder)
    certificate = make_certificate(make_work(source, columns=tuple(columns)))
    other = make_certificate(make_work())
    assert reads.why_not(certificate) == ""
    acts.change_hierarchy(actor=steward, hierarchy=brought, lines="男;男;*\n女;女;*")
    for each, why in ((certificate, "hierarchy"), (other, "")):
        each.refresh_from_db()
        assert reads.why_not(each) == why


@pytest.mark.long
def test_a_certificate_lapses_with_the_list_of_divisions_by_which_its_levels_were_made(monkeypatch):
    certificate = make_certificate(make_work())
    columns = list(plan_of().columns)
    columns[3] = ColumnContent(name="区划", role=Role.OTHER)
    other = make_certificate(make_work(columns=tuple(columns)))
    pack = packs.active()
    assert certificate.says["codes"] == pack.became_digest.hex()
    assert other.says["codes"] == ""
    *others, last = pack.historic
    moved = replace(pack, historic=(*others, last.model_copy(update={"became": "460200"})))
    assert last.became != "460200"
    monkeypatch.setattr("yelin.privacy.workbench.models.packs.active", lambda: moved)
    assert [reads.why_not(each) for each in (certificate, other)] == ["codes", ""]
    assert set(Certificate.objects.standing()) == {other}


def test_two_releases_of_one_source_are_counted_by_both_classes_at_once():
    source = make_source()
    first = make_certificate(make_work(source))
    work = make_measured(make_work(source))
    (linked,) = work.measured["linked"]
    # The same levels tell nothing more.
    assert linked["certificate"] == first.number
    assert linked["risk"] == pytest.approx(work.measured["first"]["prosecutor"])
    acts.certify(actor=actor_of(work.entry), work=work)
    first.refresh_from_db()
    assert reads.why_not(first) == ""


@pytest.mark.long
def test_levels_that_cross_those_of_another_release_are_not_certified_beside_it():
    source = make_source()
    only_counties = {
        "columns": tuple(
            each.model_copy(update={"least": 2, "most": None}) if each.name == "区划" else each
            for each in with_ages((10, 20))
        ),
        "guards": (),
    }
    only_ages = {
        "columns": tuple(
            each.model_copy(update={"least": 1}) if each.name == "性别" else each
            for each in with_ages((15, 30), least=1)
        ),
        "guards": (),
    }
    first = make_certificate(make_work(source, **only_counties))
    work = make_measured(make_work(source, **only_ages))
    fewest = linking.jointly(work, first.work)
    assert fewest < min(work.found["k"], first.work.found["k"])
    # By the definition, row by row.
    both = Counter(zip(classes(work), classes(first.work), strict=True))
    assert fewest == min(both.values())
    assert 1 / fewest > work.bears.risk
    with pytest.raises(Incomplete) as wrong:
        acts.certify(actor=actor_of(work.entry), work=work)
    assert wrong.value.faults[0].place == "linked"


def without_names(**over) -> dict:
    """Nothing names a row: the only direct identifier is one of the other items."""
    columns = list(plan_of().columns)
    columns[0] = ColumnContent(name="姓名", role=Role.OTHER)
    return {"columns": tuple(columns)} | over


@pytest.mark.long
def test_a_certificate_ends_when_another_release_is_certified_that_cannot_be_measured_with_it():
    source = make_source()
    first = make_certificate(make_work(source, **without_names()))
    later = make_release(source.entry, people(400))
    work = make_measured(make_work(later, **without_names()))
    assert linking.jointly(work, first.work) is None
    assert work.measured["linked"] == []
    acts.certify(actor=actor_of(work.entry), work=work)
    first.refresh_from_db()
    assert reads.why_not(first) == "linked"


@pytest.mark.long
@pytest.mark.parametrize("begin", [0, 1])
def test_whoever_came_or_went_between_two_releases_is_counted_by_both(begin):
    """By the name, that leaves neither release, rows of different sources are matched."""
    source = make_source()
    first = make_certificate(make_work(source))
    work = make_measured(make_work(make_release(source.entry, people(240, begin))))
    (linked,) = work.measured["linked"]
    before, after = (
        {row[0]: label(row, each) for row in rows_of(text)}
        for each, text in ((first.work, people()), (work, people(240, begin)))
    )
    both = Counter((before.get(name), after.get(name)) for name in before | after)
    assert linked["risk"] == pytest.approx(1 / min(both.values()))
    if not begin:
        acts.certify(actor=actor_of(work.entry), work=work)
        return
    # The one who went is in a class of their own to whoever has both.
    assert linked["risk"] == 1
    with pytest.raises(Incomplete) as wrong:
        acts.certify(actor=actor_of(work.entry), work=work)
    assert wrong.value.faults[0].place == "linked"


@pytest.mark.long
def test_the_version_before_of_the_same_resource_is_measured_too():
    source = make_source()
    first = make_certificate(make_work(source))
    later = make_release(source.entry, people(240, 1))
    work = make_measured(make_work(later, first.work.entry))
    assert reads.why_not(first) == "followed"
    assert [each["risk"] for each in work.measured["linked"]] == [1]
    with pytest.raises(Incomplete):
        acts.certify(actor=actor_of(work.entry), work=work)
    acts.withdraw(actor=actor_of(work.entry), certificate=first)
    acts.measure(actor=actor_of(work.entry), work=work)
    tasks.measure(str(work.pk))
    acts.certify(actor=actor_of(work.entry), work=fresh(work))


@pytest.mark.long
def test_names_that_stand_twice_name_nobody():
    text = people().replace("人1,", "人2,")
    source = make_source(text=text)
    first = make_certificate(make_work(source))
    work = make_measured(make_work(make_release(source.entry, text)))
    assert linking.jointly(work, first.work) is None


@pytest.mark.long
def test_whoever_knows_a_tenth_of_the_people_finds_no_more_than_was_certified():
    """An attacker knows everything of them but the illness, and guesses which row is theirs."""
    source = make_source(text=people(800))
    certificate = make_certificate(make_work(source, make_target(source.entry)))
    entry = certificate.release.entry
    told = handing.rows(actor_of(entry), entry, Question(limit=1000)).page.rows
    alike = Counter((row["性别"], row["年龄"], row["区划"]) for row in told)
    known = rows_of(people(800))
    shares = []
    for seed in range(20):
        chance = random.Random(seed)  # noqa: S311 - an attacker's guesses, by seed
        targets = chance.sample(known, len(known) // 10)
        # Of a class of n rows one is theirs, and nothing says which.
        hits = sum(chance.randrange(alike[label(row, certificate.work)]) == 0 for row in targets)
        shares.append(hits / len(targets))
    bound = statistics.mean(shares) + 1.729 * statistics.stdev(shares) / math.sqrt(len(shares))
    assert 0 < bound <= certificate.risk
