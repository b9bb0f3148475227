"""Personal information goes out to everyone only on a ground, and never below its grade."""

import pytest
from tests.catalog.makers import agency, confirm, make_content
from tests.parties.makers import make_actor, make_body
from tests.warehouse.labelled import Maker
from tests.warehouse.makers import make_upload
from tests.warehouse.penalties import BY_LAW, PENALTIES, items, penalties

from yelin.catalog import acts as catalog
from yelin.gate import Refused
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.quality.detectors import Kind
from yelin.warehouse import acts, disclosing, ground_acts, tasks
from yelin.warehouse.grounded import Ground
from yelin.warehouse.models import Release, StandingGround, UploadState

_MADE = Maker(11)
# Columns of each kind as it is met: its name and its values.
OF_EACH = {
    Kind.RESIDENT_ID: ("证件号", _MADE.resident_id),
    Kind.BANK_CARD: ("账号", _MADE.bank_card),
    Kind.PASSPORT: ("护照号", lambda: f"E{_MADE.digits(8)}"),
    Kind.PERMIT: ("通行证号", lambda: f"H{_MADE.digits(8)}"),
    Kind.MOBILE: ("手机", _MADE.mobile),
    Kind.EMAIL: ("邮箱", lambda: f"li{_MADE.digits(4)}@example.cn"),
    Kind.PLATE: ("车牌", lambda: f"琼A{_MADE.digits(5)}"),
    Kind.NAME: ("姓名", _MADE.name),
    Kind.ADDRESS: ("家庭地址", _MADE.address),
    Kind.LANDLINE: ("家庭电话", lambda: f"0898-6{_MADE.digits(7)}"),
    Kind.IP: ("登录IP", lambda: f"112.67.{_MADE.day()[:2]}.{int(_MADE.digits(2))}"),
    Kind.IN_TEXT: ("说明", lambda: f"请于工作日拨打{_MADE.mobile()}联系王先生办理"),
}


def publish(entry, upload, *grounds):
    return acts.publish(
        actor=make_actor(entry.provider),
        entry=entry,
        upload=upload,
        without_rejected=True,
        grounds=grounds,
    )


def faults_of(entry, text, *grounds, upload=None):
    upload = upload or make_upload(entry, text)
    with pytest.raises(Incomplete) as refused:
        publish(entry, upload, *grounds)
    return refused.value.faults


def of_kind(kind, rows=40):
    column, make = OF_EACH[kind]
    return column, f"文号,{column}\n" + "".join(f"琼{n}号,{make()}\n" for n in range(rows))


def test_the_pack_says_of_every_kind_how_strict_it_is():
    known = packs.active().personal
    assert {each.key for each in known.kinds} == set(Kind)
    assert all(each.grade >= (3 if each.sensitive else 2) for each in known.kinds)


@pytest.mark.django_db
@pytest.mark.duty("opening.persons")
@pytest.mark.parametrize("kind", [*Kind])
def test_no_kind_goes_out_to_everyone_without_a_ground(kind):
    column, text = of_kind(kind)
    entry = penalties(items=items("文号", column))
    (fault, *_) = faults_of(entry, text)
    called = packs.active().personal.kind(kind).label("en")
    assert (fault.place, fault.duty) == ("grounds", duties.OPENING_PERSONS)
    assert fault.params["column"] == column
    assert fault.params["kind"] in {called, packs.active().personal.kind(kind).zh}
    # What is shown is veiled, and there to be judged by.
    assert fault.params["samples"]
    assert all("*" in each for each in fault.params["samples"])
    assert not any(each in text for each in fault.params["samples"])
    assert not Release.objects.exists()


@pytest.mark.django_db
def test_nothing_of_an_upload_is_lost_by_a_refusal():
    entry = penalties()
    upload = make_upload(entry, PENALTIES)
    faults_of(entry, "", upload=upload)
    upload.refresh_from_db()
    assert upload.state == UploadState.READY
    assert publish(entry, upload, BY_LAW).number == 1


@pytest.mark.django_db
@pytest.mark.duty("opening.persons")
def test_a_ground_is_kept_with_the_version_its_manifest_and_its_leaf():
    entry = penalties()
    release = publish(entry, make_upload(entry, PENALTIES), BY_LAW)
    kept = {
        "column": "当事人",
        "kinds": ["name"],
        "basis": "penalty",
        "says": "《行政处罚法》第四十八条",
        "standing": False,
    }
    assert release.grounds == release.manifest["grounds"] == [kept]
    leaf = Leaf.objects.filter(act="warehouse.publish").latest("id")
    assert leaf.payload["facts"]["release"]["grounds"] == {"当事人": "penalty"}
    assert not StandingGround.objects.exists()
    # It went for that version alone.
    assert faults_of(entry, PENALTIES.replace("500", "600"))


@pytest.mark.django_db
def test_what_only_looks_personal_is_answered_and_the_answer_kept():
    entry = penalties(items=items("文号", "手机"))
    text = "文号,手机\n" + "".join(f"琼{n}号,1390000{n:04d}\n" for n in range(30))
    said = Ground(column="手机", basis="not_personal", says="设备出厂编号，不是电话号码")
    release = publish(entry, make_upload(entry, text), said)
    assert release.grounds[0]["says"] == "设备出厂编号，不是电话号码"
    assert disclosing.low_of(entry, entry.content()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ground", "says"),
    [
        (Ground(column="当事人", basis="custom", says="惯例"), "no ground called"),
        (Ground(column="当事人", basis="penalty"), "Cite the provision"),
        (Ground(column="处罚金额", basis="penalty", says="《行政处罚法》"), "Nothing of persons"),
    ],
)
def test_a_ground_that_is_none_publishes_nothing(ground, says):
    faults = faults_of(penalties(), PENALTIES, ground)
    assert any(says in fault.says for fault in faults)


@pytest.mark.django_db
def test_an_ordinary_ground_does_not_carry_what_is_sensitive():
    column, text = of_kind(Kind.RESIDENT_ID)
    entry = penalties(items=items("文号", column))
    upload = make_upload(entry, text)
    ordinary = Ground(column=column, basis="penalty", says="《行政处罚法》第四十八条")
    (fault,) = faults_of(entry, "", ordinary, upload=upload)
    assert "sensitive" in fault.says
    by_law = ordinary.model_copy(update={"basis": "consent", "says": "逐人书面单独同意"})
    assert publish(entry, upload, by_law).grounds[0]["basis"] == "consent"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "over",
    [
        {"items": items("文号", "当事人", "处罚金额", 当事人={"opening_type": "none"})},
        {"items": items("文号", "当事人", "处罚金额", 当事人={"grade": 2})},
        {"opening_type": "conditional", "opening_condition": "签订协议", "grade": 2},
        {"opening_type": "none", "licence": "", "grade": 2},
    ],
    ids=["closed item", "stricter item", "on conditions", "not open"],
)
def test_what_does_not_go_out_to_everyone_needs_no_ground(over):
    entry = penalties(**over)
    assert publish(entry, make_upload(entry, PENALTIES)).grounds == []


@pytest.mark.django_db
def test_what_is_a_firms_is_no_persons():
    text = "文号,统一社会信用代码,企业名称,联系电话\n" + "".join(
        f"琼{n}号,914603002012567821,海南第{n}贸易有限公司,0898-6533{n:04d}\n" for n in range(30)
    )
    entry = penalties(items=items("文号", "统一社会信用代码", "企业名称", "联系电话"))
    assert publish(entry, make_upload(entry, text)).grounds == []


@pytest.mark.django_db
@pytest.mark.duty("opening.persons")
def test_a_ground_that_stands_goes_for_later_versions_and_no_other_kind():
    entry = penalties()
    standing = BY_LAW.model_copy(update={"standing": True})
    publish(entry, make_upload(entry, PENALTIES), standing)
    second = publish(entry, make_upload(entry, PENALTIES.replace("500", "600")))
    assert second.grounds[0]["standing"] is True
    # The same column with identity numbers in it is another matter.
    numbers = "文号,当事人,处罚金额\n" + "".join(
        f"琼{n}号,{_MADE.resident_id()},5\n" for n in range(20)
    )
    assert faults_of(entry, numbers)
    assert StandingGround.objects.living().count() == 1


@pytest.mark.django_db
def test_a_ground_is_stated_beforehand_and_ended():
    entry = penalties()
    steward = make_actor(entry.provider)
    with pytest.raises(Incomplete):
        ground_acts.state_ground(actor=steward, entry=entry, ground=BY_LAW)
    named = BY_LAW.model_copy(update={"kinds": ("name",)})
    ground_acts.state_ground(actor=steward, entry=entry, ground=named)
    assert publish(entry, make_upload(entry, PENALTIES)).grounds[0]["basis"] == "penalty"
    ground_acts.end_ground(actor=steward, entry=entry, column="当事人")
    assert faults_of(entry, PENALTIES.replace("500", "600"))
    with pytest.raises(OutOfTurn):
        ground_acts.end_ground(actor=steward, entry=entry, column="当事人")


@pytest.mark.django_db
def test_only_its_stewards_state_a_ground_and_only_who_confirms_objects():
    entry = penalties()
    named = BY_LAW.model_copy(update={"kinds": ("name",)})
    stranger = make_actor(make_body())
    with pytest.raises(Refused):
        ground_acts.state_ground(actor=stranger, entry=entry, ground=named)
    with pytest.raises(Refused):
        ground_acts.object_to_ground(
            actor=make_actor(entry.provider), entry=entry, column="当事人", reason="未达到公开范围"
        )


@pytest.mark.django_db
@pytest.mark.duty("opening.persons")
@pytest.mark.parametrize("standing", [True, False])
def test_what_was_objected_to_is_no_ground_again(standing):
    entry = penalties()
    publish(entry, make_upload(entry, PENALTIES), BY_LAW.model_copy(update={"standing": standing}))
    entry = confirm(catalog.submit(actor=make_actor(entry.provider), entry=entry))
    officer = make_actor(agency(), "officer")
    with pytest.raises(Incomplete):
        ground_acts.object_to_ground(actor=officer, entry=entry, column="当事人", reason=" ")
    ground_acts.object_to_ground(
        actor=officer, entry=entry, column="当事人", reason="没有社会影响，不应公开姓名"
    )
    with pytest.raises(OutOfTurn):
        ground_acts.object_to_ground(actor=officer, entry=entry, column="当事人", reason="再次")
    assert not StandingGround.objects.living().exists()
    assert any("objected" in each.says for each in faults_of(entry, PENALTIES, BY_LAW))
    other = BY_LAW.model_copy(update={"basis": "law", "says": "《海南省…条例》第十条"})
    assert publish(entry, make_upload(entry, PENALTIES), other).number == 2


@pytest.mark.django_db
@pytest.mark.duty("opening.persons")
def test_an_entry_with_persons_in_its_data_is_not_opened_to_everyone():
    entry = penalties(state="confirmed", opening_type="none", licence="", grade=2)
    publish(entry, make_upload(entry, PENALTIES))
    publish(entry, make_upload(entry, "文号,当事人,处罚金额\n琼罚1号,甲公司,2\n"))
    steward = make_actor(entry.provider)
    opened = make_content(title=entry.title, items=items("文号", "当事人", "处罚金额"))
    entry = catalog.amend(actor=steward, entry=entry, content=opened)
    # The newest version tells of nobody; everyone would have the one before, too.
    with pytest.raises(Incomplete) as refused:
        catalog.submit(actor=steward, entry=entry)
    assert refused.value.faults[0].params["column"] == "当事人"
    named = BY_LAW.model_copy(update={"kinds": ("name",)})
    ground_acts.state_ground(actor=steward, entry=entry, ground=named)
    entry = catalog.submit(actor=steward, entry=entry)
    ground_acts.end_ground(actor=steward, entry=entry, column="当事人")
    with pytest.raises(Incomplete):
        confirm(entry)
    ground_acts.state_ground(actor=steward, entry=entry, ground=named)
    assert confirm(entry).opening_type == "unconditional"


@pytest.mark.django_db
def test_a_closed_item_that_is_opened_needs_its_ground():
    closed = items("文号", "当事人", "处罚金额", 当事人={"grade": 2})
    entry = penalties(state="confirmed", items=closed)
    publish(entry, make_upload(entry, PENALTIES))
    steward = make_actor(entry.provider)
    opened = make_content(title=entry.title, items=items("文号", "当事人", "处罚金额"))
    entry = catalog.amend(actor=steward, entry=entry, content=opened)
    with pytest.raises(Incomplete) as refused:
        catalog.submit(actor=steward, entry=entry)
    assert refused.value.faults[0].duty is duties.OPENING_PERSONS


@pytest.mark.django_db
@pytest.mark.duty("security.grade")
def test_what_is_graded_too_low_is_flagged_and_not_confirmed_again_so():
    column, text = of_kind(Kind.RESIDENT_ID)
    closed = {"opening_type": "none", "licence": "", "items": items("文号", column)}
    entry = penalties(state="confirmed", grade=2, **closed)
    steward = make_actor(entry.provider)
    publish(entry, make_upload(entry, text))
    (low,) = disclosing.low_of(entry, entry.content())
    assert (low.item, low.kind.key, low.grade, low.kind.grade) == (column, "resident_id", 2, 3)
    assert Notice.objects.filter(event="entry.graded_low", params__items=1).exists()
    said = make_content(title=entry.title, summary="另有说明。", grade=2, **closed)
    entry = catalog.amend(actor=steward, entry=entry, content=said)
    with pytest.raises(Incomplete) as refused:
        catalog.submit(actor=steward, entry=entry)
    assert refused.value.faults[0].params["item"] == column
    assert refused.value.faults[0].duty is duties.GRADE
    entry = catalog.amend(actor=steward, entry=entry, content=said.model_copy(update={"grade": 3}))
    entry = confirm(catalog.submit(actor=steward, entry=entry))
    assert disclosing.low_of(entry, entry.content()) == []


@pytest.mark.django_db
def test_an_item_left_out_is_graded_by_what_it_holds():
    closed = items("文号", "当事人", "处罚金额", 当事人={"opening_type": "none"})
    entry = penalties(items=closed)
    publish(entry, make_upload(entry, PENALTIES))
    (low,) = disclosing.low_of(entry, entry.content())
    assert (low.item, low.kind.grade) == ("当事人", 2)


@pytest.mark.django_db
def test_persons_do_not_keep_an_entry_from_being_withdrawn():
    entry = penalties(state="confirmed", opening_type="none", licence="")
    publish(entry, make_upload(entry, PENALTIES))
    entry = catalog.ask_withdrawal(
        actor=make_actor(entry.provider), entry=entry, reason="职能已经划出"
    )
    assert confirm(entry).state == "withdrawn"


@pytest.mark.django_db
@pytest.mark.duty("personal.erase")
def test_no_sample_outlives_what_was_erased():
    entry = penalties()
    release = publish(entry, make_upload(entry, PENALTIES), BY_LAW)
    assert release.upload.report["personal"][0]["samples"]
    acts.erase(
        actor=make_actor(entry.provider), entry=entry, keys=[["琼罚1号"]], reason="决定已被撤销"
    )
    tasks.redact(entry=str(entry.pk))
    upload = Release.objects.get().upload
    (found,) = upload.report["personal"]
    assert (found["column"], found["kind"], found["samples"]) == ("当事人", "name", [])
