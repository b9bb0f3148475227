"""Collection forms on their pages: written, compared, answered, reviewed, published."""

import pytest
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_body
from tests.web.makers import seated, text_of

from yelin.catalog.content import ItemContent
from yelin.collecting.models import CollectionForm, Repeat

pytestmark = pytest.mark.django_db(transaction=True)


def post(client, path, act, **said):
    prefix = act.replace(".", "_")
    return client.post(path, {"do": act} | {f"{prefix}-{k}": v for k, v in said.items()})


@pytest.mark.duty("collection.once")
def test_a_form_goes_from_first_words_to_publication_by_the_pages(client):
    items = (ItemContent(name="姓名"), ItemContent(name="公民身份号码"))
    make_entry(title="常住人口登记信息", opening_type="none", items=items)
    body = make_body()
    seated(client, body)
    said = {
        "title": "低保申请表",
        "asked_of": "citizens",
        "purpose": "核定待遇",
        "basis": "《社会救助暂行办法》第十一条",
    }
    wrong = post(client, "/desk/collection/", "collecting.draft", **said, items="身份证号,Z")
    assert wrong.status_code == 422
    assert "第 1 行" in text_of(wrong)
    made = post(
        client, "/desk/collection/", "collecting.draft", **said, items="身份证号\n致贫原因,M"
    )
    page = made["Location"]
    shown = text_of(client.get(page))
    assert "有 1 项已可共享获取" in shown
    assert "常住人口登记信息" in shown
    early = post(client, page, "collecting.submit")
    assert early.status_code == 422
    assert "第十六条" in text_of(early)
    repeat = Repeat.objects.get()
    asked = text_of(client.get(f"/desk/repeats/{repeat.pk}/"))
    assert "公民身份号码" in asked
    assert "名称相同" in asked
    assert post(client, f"/desk/repeats/{repeat.pk}/", "collecting.use_shared").status_code == 302
    assert post(client, page, "collecting.submit").status_code == 302
    public = client.get(page.replace("/desk/", "/"))
    assert public.status_code == 404
    seated(client, agency(), "officer")
    assert "低保申请表" in text_of(client.get("/desk/collection/"))
    assert post(client, page, "collecting.approve").status_code == 302
    assert CollectionForm.objects.get().state == "approved"
    client.logout()
    assert "1 项通过共享获取" in text_of(client.get("/collection/"))
    assert "共享获取" in text_of(client.get(page.replace("/desk/", "/")))


@pytest.mark.long
def test_a_reason_to_ask_all_the_same_is_published_with_the_form_and_hides_what_is_hidden(client):
    items = (ItemContent(name="户籍地址"),)
    register = make_entry(title="常住人口登记信息", opening_type="none", items=items)
    body = make_body()
    seated(client, body)
    said = {"title": "核对表", "asked_of": "citizens", "purpose": "核对", "basis": "《办法》第一条"}
    page = post(client, "/desk/collection/", "collecting.draft", **said, items="户籍地址")[
        "Location"
    ]
    answer = f"/desk/repeats/{Repeat.objects.get().pk}/"
    assert post(client, answer, "collecting.give_reason", reason="").status_code == 422
    assert (
        post(client, answer, "collecting.give_reason", reason="需核对当日户籍").status_code == 302
    )
    post(client, page, "collecting.submit")
    seated(client, agency(), "officer")
    post(client, page, "collecting.approve")
    client.logout()
    listed = text_of(client.get("/collection/"))
    assert "需核对当日户籍" in listed
    assert register.title in listed
    assert client.get(answer).status_code == 302
    seated(client)
    assert client.get(answer).status_code == 200


def test_nobody_else_opens_a_form_that_is_not_handed_in(client):
    seated(client, make_body())
    page = post(client, "/desk/collection/", "collecting.draft", title="表", asked_of="bodies")
    assert page.status_code == 302
    for other, role in ((make_body(), "steward"), (agency(), "officer")):
        seated(client, other, role)
        assert client.get(page["Location"]).status_code == 404


@pytest.mark.long
def test_an_entry_is_told_on_its_desk_page_and_to_whoever_confirms_it(client):
    items = (ItemContent(name="姓名"), ItemContent(name="公民身份号码"))
    make_entry(title="常住人口登记信息", opening_type="none", items=items)
    asks = make_entry(state="awaiting", title="低保对象名册", items=(ItemContent(name="身份证号"),))
    repeat = Repeat.objects.get()
    seated(client, asks.provider)
    page = client.get(f"/desk/entries/{asks.pk}/")
    assert f'href="/desk/repeats/{repeat.pk}/"' in page.content.decode()
    post(client, f"/desk/repeats/{repeat.pk}/", "collecting.give_reason", reason="须核对原件")
    seated(client, agency(), "officer")
    told = text_of(client.get(f"/desk/reviews/{asks.pk}/"))
    assert "须核对原件" in told
    assert "其他部门已提供共享" in told
