"""Verification on a page: one record or many lines, told of item by item and of nothing else."""

import csv

import pytest
from tests.delivery.makers import make_doubt
from tests.exchange.makers import make_shared
from tests.exchange.test_verifying import ITEMS, LI, NOBODY, PEOPLE, WANG
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor
from tests.warehouse.makers import make_release
from tests.web.makers import seated, text_of

from yelin.cases import acts as cases
from yelin.delivery.models import Delivery
from yelin.gate import Mask, Obligations
from yelin.law import duties
from yelin.parties.models import Body

pytestmark = [pytest.mark.django_db, pytest.mark.duty("collection.verify")]

VERIFIED = {"action": "resource.verify", "duty": duties.SHARING_ANSWER}


def people():
    return make_release(make_shared(items=ITEMS), PEOPLE).entry


def verifier(client, entry, **over):
    seat = seated(client)
    make_grant(seat.body, entry, **VERIFIED | over)
    return f"/resources/{entry.slug}/verify/"


def lines(*told):
    return "\n".join("\t".join(line) for line in told)


def test_one_record_is_verified_and_what_was_asked_stands_in_no_address_and_no_row(client):
    entry = people()
    at = verifier(client, entry)
    assert "联机验证" in text_of(client.get(f"/resources/{entry.slug}/"))
    shown = text_of(client.get(at))
    assert all(name in shown for name in ("身份证号", "姓名", "收入"))
    answered = client.post(at, {"kind": "record", "key0": WANG, "item0": "王小明", "item2": "1"})
    assert answered.status_code == 200
    assert "no-store" in answered["Cache-Control"]
    said = text_of(answered)
    assert "姓名 一致" in said
    assert "收入 未能确认" in said
    assert "出生日期 一致" not in said
    nobody = client.post(at, {"kind": "record", "key0": NOBODY, "item0": "王小明"})
    assert "姓名 未能确认" in text_of(nobody)
    assert Delivery.objects.count() == 2
    assert WANG not in str(list(Delivery.objects.values()))


@pytest.mark.long
def test_what_is_missing_is_named_and_nothing_is_asked(client):
    at = verifier(client, people())
    for said in (
        {},
        {"kind": "record", "item0": "王小明"},
        {"kind": "record", "key0": WANG},
        {"kind": "lines", "lines": "身份证号\t姓名"},
        {"kind": "lines", "lines": lines(["姓名"], ["王小明"])},
        {"kind": "lines", "lines": lines(["身份证号"], [WANG])},
        {"kind": "lines", "lines": lines(["身份证号", "姓名", "年龄"], [WANG, "王小明", "3"])},
        {"kind": "lines", "lines": lines(["身份证号", "姓名", "姓名"], [WANG, "王小明", "王"])},
        {"kind": "lines", "lines": lines(["身份证号", "姓名"], [WANG, "王小明"], ["", "李丽"])},
        {"kind": "lines", "lines": lines(["身份证号", "姓名"], [WANG, "王小明", "多"])},
        {"kind": "lines", "lines": lines(["身份证号", "姓名"], [WANG, "王" * 1001])},
    ):
        answered = client.post(at, said)
        # Without a kind the page is only shown.
        assert answered.status_code == (422 if said else 200), said
    third = {"kind": "lines", "lines": lines(["身份证号", "姓名"], [WANG, "王"], [LI, ""])}
    assert "第 3 行" in text_of(client.post(at, third))
    assert not Delivery.objects.exists()


@pytest.mark.long
def test_many_lines_are_answered_in_their_order_on_the_page_and_as_a_file(client):
    at = verifier(client, people())
    asked = lines(
        ["姓名", "身份证号", "市县"],
        ["王小明", WANG, "海口"],
        ["李丽", LI, ""],
        ["李丽", NOBODY, "三亚"],
    )
    shown = text_of(client.post(at, {"kind": "lines", "lines": asked}))
    assert "一致 3" in shown
    assert "未能确认 2" in shown
    file = client.post(at, {"kind": "lines", "lines": asked, "as": "csv"})
    told = list(csv.reader(file.content.decode("utf-8-sig").splitlines()))
    assert told[1:] == [
        ["1", "yes", "yes"],
        ["2", "yes", ""],
        ["3", "unknown", "unknown"],
    ]
    assert WANG not in file.content.decode()
    assert file["X-Yelin-Receipt"]


def test_veiled_and_hidden_items_are_not_offered(client):
    entry = people()
    bears = Obligations(
        shown_items=frozenset({"身份证号", "姓名", "收入"}), masks={"收入": Mask.PARTIAL}
    )
    at = verifier(client, entry, bears=bears)
    form = client.get(at).context["asked"].record
    assert [field.label for field in form.of_items] == ["姓名"]


@pytest.mark.long
def test_several_uses_are_chosen_from_and_who_may_not_is_told_why(client):
    entry = people()
    at = verifier(client, entry, purposes=["verification", "administrative_basis"])
    said = {"kind": "record", "key0": WANG, "item0": "王小明"}
    assert client.post(at, said).status_code == 422
    answered = client.post(at, said | {"purpose": "verification"})
    assert "姓名 一致" in text_of(answered)
    assert Delivery.objects.get().purpose == "verification"
    client.logout()
    assert "/accounts/login/" in client.get(at)["Location"]
    seated(client)
    assert client.post(at, said).status_code == 403
    assert Delivery.objects.count() == 1


@pytest.mark.long
def test_the_answer_about_a_record_under_check_says_so(client):
    entry = people()
    doubts = make_actor()
    make_grant(Body.objects.get(pk=doubts.body_id), entry)
    case = make_doubt(entry, doubts, record={"身份证号": WANG}, items=["收入"], says="收入有误")
    cases.accept(actor=make_actor(entry.provider), case=case)
    at = verifier(client, entry)
    missed = client.post(at, {"kind": "record", "key0": WANG, "item2": "1"})
    assert case.number not in text_of(missed)
    told = client.post(at, {"kind": "record", "key0": WANG, "item0": "王小明"})
    assert case.number in text_of(told)
    assert "不得" in text_of(told)
