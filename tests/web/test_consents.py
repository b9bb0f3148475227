"""Notices and consents on their pages: written, examined, published, agreed to, withdrawn."""

import json

import pytest
from django.test import Client
from tests.opening.makers import make_verified
from tests.parties.makers import make_actor, make_body, make_person
from tests.privacy.makers import CHILD, NUMBERS, content_of, make_notice, make_people
from tests.web.makers import BACKEND, seated, text_of
from tests.web.test_collecting import post

from yelin.documents import sealed
from yelin.parties import identity
from yelin.parties.actor import Actor
from yelin.privacy import list_acts, list_tasks
from yelin.privacy.models import CollectionNotice, Consent, ConsentList, Covering

pytestmark = pytest.mark.django_db(transaction=True)
PURPOSE = {
    "title": "向规划单位提供出行记录",
    "use": "汇总各站点的客流",
    "basis": "consent",
    "recipients": "海南省规划研究院",
    "retention": "两年",
    "refusing": "nothing",
}


def sign_in(client, number=NUMBERS[0]):
    person = make_person()
    make_verified(Actor.citizen(person), number=number)
    client.force_login(person.user, backend=BACKEND)
    return person


@pytest.mark.long
@pytest.mark.duty("personal.state")
@pytest.mark.duty("personal.freely")
def test_a_notice_is_written_part_by_part_examined_and_published(client):
    body = make_body()
    seated(client, body)
    start = "/desk/collection-notices/"
    page = post(client, start, "privacy.draft", title="公交卡告知书", service="乘坐公交车")[
        "Location"
    ]
    assert post(client, page, "purpose", **PURPOSE).status_code == 302
    item = {"name": "身份证号", "purposes": ["1"], "need": "区分乘车人"}
    assert post(client, page, "item", **item).status_code == 302
    ticked = {"label": "同意", "purposes": ["1"], "ticked": "on"}
    assert post(client, page, "choice", **ticked).status_code == 302
    shown = text_of(client.get(page))
    assert "“同意”已默认勾选" in shown
    assert "“身份证号”属于敏感个人信息" in shown
    assert "第二十一条第一款" in shown
    early = post(client, page, "privacy.publish")
    assert early.status_code == 422
    assert client.get(page.replace("/desk/", "/")).status_code == 404
    for part in ("items 0", "choices 0"):
        assert post(client, page, "part", part=part).status_code == 302
    assert post(client, page, "item", **item, sensitive="on").status_code == 302
    assert "未发现不合规的条款" in text_of(client.get(page))
    assert post(client, page, "privacy.publish").status_code == 302
    client.logout()
    assert "公交卡告知书" in text_of(client.get("/collection-notices/"))
    assert "海南省规划研究院" in text_of(client.get(page.replace("/desk/", "/")))


def test_what_names_a_purpose_counts_anew_once_one_before_it_is_taken_out(client):
    other = content_of().purposes[0].model_copy(update={"title": "发卡"})
    notice = make_notice(purposes=(other, content_of().purposes[0]), choices=(), items=tuple(
        each.model_copy(update={"purposes": (1, 2)}) for each in content_of().items
    ))  # fmt: skip
    seated(client, notice.body)
    page = f"/desk/collection-notices/{notice.pk}/"
    assert post(client, page, "part", part="purposes 0").status_code == 302
    said = CollectionNotice.objects.get().content
    assert [each.title for each in said.purposes] == ["向规划单位提供出行记录"]
    assert said.items[0].purposes == (1,)


@pytest.mark.duty("personal.agree")
@pytest.mark.duty("personal.withdraw")
def test_people_agree_purpose_by_purpose_have_a_receipt_and_withdraw(client):
    entry = make_people()
    notice = make_notice(entry.provider)
    seated(client, entry.provider)
    purpose = notice.purposes.get()
    said = {"entry": entry.pk, "purpose": purpose.pk, "item": "身份证号"}
    at_desk = f"/desk/collection-notices/{notice.pk}/"
    assert post(client, at_desk, "cover", **said).status_code == 302
    assert Covering.objects.get().entry == entry
    client.logout()
    page = f"/collection-notices/{notice.pk}/"
    assert "登录" in text_of(client.get(page))
    person = sign_in(client)
    shown = client.get(page)
    assert "checked" not in shown.content.decode()
    assert post(client, page, f"agree-{purpose.pk}").status_code == 302
    consent = Consent.objects.get()
    assert "您已同意" in text_of(client.get(page))
    assert "1 人同意" in _seen_by_collector(entry, at_desk)
    mine = "/account/consents/"
    assert "向规划单位提供出行记录" in text_of(client.get(mine))
    receipt = client.get(f"{mine}{consent.pk}.jws")
    words = json.loads(sealed.statement(receipt.content).words)
    assert words["record_id"] == str(consent.pk)
    assert post(client, mine, f"withdraw-{consent.pk}").status_code == 302
    assert consent.purpose.consents.living().count() == 0
    told = client.get("/account/copy/").json()
    assert [each["event_type"] for each in told["consents"][0]["events"]] == ["given", "withdrawn"]
    sign_in(client, NUMBERS[1])
    assert client.get(f"{mine}{consent.pk}.jws").status_code == 404
    assert person.consents.count() == 1


def _seen_by_collector(entry, at_desk: str) -> str:
    own = Client()
    seated(own, entry.provider)
    return text_of(own.get(at_desk))


@pytest.mark.duty("personal.guardian")
def test_a_guardian_agrees_for_a_child_on_the_same_page(client):
    notice = make_notice(children=True, guardians=True)
    sign_in(client)
    page, purpose = f"/collection-notices/{notice.pk}/", notice.purposes.get()
    wrong = post(client, page, f"child-{purpose.pk}", number=NUMBERS[1])
    assert wrong.status_code == 422
    assert "已满十四周岁" in text_of(wrong)
    made = post(client, page, f"child-{purpose.pk}", number="460105202003070011")
    assert made.status_code == 302
    assert "代未成年人" in text_of(client.get("/account/consents/"))


@pytest.mark.long
@pytest.mark.duty("personal.withdraw")
def test_a_list_of_who_agreed_is_named_on_the_desk_and_objected_to_by_whoever_is_on_it(client):
    notice = make_notice()
    entry = make_people(notice.body)
    seated(client, notice.body)
    page = f"/desk/collection-notices/{notice.pk}/"
    said = {"purpose": str(notice.purposes.get().pk), "entry": str(entry.pk), "item": "证件"}
    wrong = post(client, page, "list", **said)
    assert wrong.status_code == 422
    assert "没有名为“证件”的信息项。" in text_of(wrong)
    assert post(client, page, "list", **said | {"item": "身份证号"}).status_code == 302
    assert "尚未读取" in text_of(client.get(page))
    list_tasks.take_lists()
    assert "第 1 版中的证件号码：3" in text_of(client.get(page))
    listed = ConsentList.objects.get()
    client.logout()
    sign_in(client)
    here = "/account/consents/"
    shown = text_of(client.get(here))
    assert "采集单位报送的您在别处的同意" in shown
    assert notice.purposes.get().title in shown
    assert post(client, here, f"object-{listed.pk}").status_code == 302
    assert "采集单位报送" not in text_of(client.get(here))
    assert listed.objections.count() == 1
    client.logout()
    sign_in(client, "110101200001010010")
    assert "采集单位报送" not in text_of(client.get(here))
    client.logout()
    seated(client, notice.body)
    assert post(client, page, f"end-{listed.pk}").status_code == 302
    assert "在别处征得同意的名录" not in text_of(client.get(page))


def test_words_of_a_notice_run_nowhere(client):
    hostile = "<script>alert(1)</script>"
    purpose = content_of().purposes[0].model_copy(update={"use": hostile, "retention": hostile})
    notice = make_notice(purposes=(purpose,), service=hostile)
    shown = client.get(f"/collection-notices/{notice.pk}/").content.decode()
    assert hostile not in shown
    assert "&lt;script&gt;" in shown
    seated(client, notice.body)
    assert hostile not in client.get(f"/desk/collection-notices/{notice.pk}/").content.decode()


@pytest.mark.long
@pytest.mark.duty("personal.guardian")
def test_a_guardian_objects_for_a_child_at_the_notice(client, today):
    today("2026-11-28")
    notice = make_notice(children=True, guardians=True)
    listed = list_acts.list_consents(
        actor=make_actor(notice.body),
        purpose=notice.purposes.get(),
        entry=make_people(notice.body),
        item="身份证号",
    )
    sign_in(client)
    page, button = f"/collection-notices/{notice.pk}/", f"object-child-{listed.pk}"
    assert "我代孩子声明不同意" in text_of(client.get(page))
    wrong = post(client, page, button, number=NUMBERS[1])
    assert wrong.status_code == 422
    assert "已满十四周岁" in text_of(wrong)
    assert post(client, page, button, number=CHILD).status_code == 302
    assert listed.objections.get().digest == identity.digest_of(CHILD)
