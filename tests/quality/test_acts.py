import pytest
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_actor, make_body
from tests.quality import makers
from tests.quality.makers import make_rule, make_threshold
from tests.warehouse.makers import PORTS, make_release, make_upload

from yelin import gate
from yelin.catalog.content import ItemContent
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.quality import acts
from yelin.warehouse import acts as warehouse

pytestmark = pytest.mark.django_db

LOSS = PORTS + "2015,-3,010\n"


def publish(upload):
    steward = make_actor(upload.entry.provider)
    entry = upload.entry
    return warehouse.publish(actor=steward, entry=entry, upload=upload, without_rejected=True)


def results(release):
    return {
        each["code"]: (each["satisfying"], each["evaluated"])
        for each in release.manifest["quality"]["rules"]
    }


@pytest.mark.duty("quality.measure")
def test_a_release_carries_what_came_of_its_rules():
    entry = make_entry()
    rule = make_rule(entry)
    release = make_release(entry, LOSS)
    assert results(release)[f"own:{rule.pk}"] == (3, 4)
    assert results(release)["unique:年份"] == (4, 4)
    assert 9_000 < release.manifest["quality"]["total"] < 10_000
    assert {"01", "02", "03", "05", "06"} <= {
        side["code"] for side in release.manifest["quality"]["sides"]
    }


def test_a_rule_is_checked_against_the_items_before_it_is_kept():
    entry = make_entry()
    with pytest.raises(Incomplete) as error:
        make_rule(entry, holds="海口 >= 0", indicator="0999", text="")
    assert {fault.place for fault in error.value.faults} == {"holds", "indicator", "text"}
    assert not entry.quality_rules.exists()


@pytest.mark.long
def test_a_rule_looks_into_the_newest_data_of_the_same_body_or_of_what_is_open():
    ours = make_entry()
    years = make_release(make_entry(ours.provider)).entry
    closed = make_release(make_entry(make_body(), opening_type="none")).entry
    rule = make_rule(ours, refers_to=years.code, item="年份", refers_item="年份")
    assert results(make_release(ours, LOSS))[f"own:{rule.pk}"] == (3, 4)
    for refers in ({"refers_to": closed.code}, {"refers_to": "307/1"}):
        with pytest.raises(Incomplete) as error:
            make_rule(ours, item="年份", refers_item="年份", **refers)
        assert [fault.place for fault in error.value.faults] == ["refers_to"]


def test_what_a_rule_refers_to_is_looked_into_no_more_once_it_is_closed_to_us():
    other = make_release(make_entry(make_body())).entry
    ours = make_entry()
    rule = make_rule(ours, refers_to=other.code, item="年份", refers_item="年份")
    other.opening_type = "conditional"
    other.save()
    assert f"own:{rule.pk}" not in results(make_release(ours))


@pytest.mark.duty("quality.measure")
def test_data_below_a_threshold_that_blocks_is_not_published():
    entry = make_entry()
    make_rule(entry, veto=True)
    make_threshold(entry, 60)
    upload = make_upload(entry, LOSS)
    with pytest.raises(Incomplete) as error:
        publish(upload)
    assert error.value.faults[0].place == "quality"
    make_threshold(entry, 60, blocks=False)
    assert publish(upload).manifest["quality"]["total"] == 5_900


def test_a_file_measured_by_older_rules_is_prepared_again_first():
    entry = make_entry()
    upload = make_upload(entry)
    make_rule(entry)
    with pytest.raises(OutOfTurn):
        publish(upload)


def test_a_resource_weighs_its_dimensions_as_it_sets_them():
    entry = make_entry()
    make_threshold(entry, 0, w01=0)
    sides = make_release(entry).manifest["quality"]["sides"]
    assert {side["weight"] for side in sides if side["code"] == "01"} == {0}
    for weights in ({"w09": 1}, {f"w0{n}": 0 for n in range(1, 7)}):
        with pytest.raises(Incomplete):
            make_threshold(entry, 0, **weights)


def test_rules_are_written_by_the_providers_steward_or_whoever_confirms_its_catalog():
    entry = make_entry()
    content = makers.make_content()
    by_agency = acts.add_rule(actor=make_actor(agency(), "officer"), entry=entry, content=content)
    assert by_agency.items == ["海口港"]
    for actor in (make_actor(make_body()), make_actor(entry.provider, "auditor")):
        with pytest.raises(gate.Refused):
            acts.add_rule(actor=actor, entry=entry, content=content)


def test_a_dropped_rule_is_asked_no_more_and_its_leaf_names_no_value():
    entry = make_entry()
    rule = make_rule(entry, holds="代码 <> '张三'")
    steward = make_actor(entry.provider)
    changed = makers.make_content(holds="代码 <> '李四'", weight=3)
    rule = acts.change_rule(actor=steward, rule=rule, content=changed)
    assert (rule.weight, rule.items) == (3, ["代码"])
    rule = acts.drop_rule(actor=steward, rule=rule)
    with pytest.raises(OutOfTurn):
        acts.drop_rule(actor=steward, rule=rule)
    assert f"own:{rule.pk}" not in results(make_release(entry))
    said = str([leaf.payload for leaf in Leaf.objects.filter(act__startswith="quality.")])
    assert "张三" not in said
    assert "李四" not in said


def test_what_an_entry_says_of_its_items_makes_the_rules():
    items = (
        ItemContent(name="统一社会信用代码", type="C", length="18", key=True, nullable=False),
        ItemContent(name="法人身份证号", type="C", note="十八位", grade=3),
        ItemContent(name="成立日期", type="D"),
    )
    entry = make_entry(state="registered", items=items)
    release = make_release(
        entry,
        "统一社会信用代码,法人身份证号,成立日期\n91460000MA5T00010D,460105199003070017,2019-01-02\n",
    )
    assert set(results(release)) >= {
        "credit_code:统一社会信用代码",
        "resident_id:法人身份证号",
        "dated:成立日期",
        "sized:统一社会信用代码",
        "unique:统一社会信用代码",
    }
    # Nothing is owed of an entry that is not confirmed.
    assert "in_time" not in results(release)
