"""The pages of demands, plans of opening and applications, as each asker has them."""

import csv
from datetime import timedelta

import pytest
from tests.catalog.makers import make_entry, make_social
from tests.opening.makers import (
    make_application,
    make_conditional,
    make_demand,
    make_public,
    make_published,
    reader,
)
from tests.parties.makers import make_actor, make_body, make_citizen, make_person, make_seat
from tests.web.makers import BACKEND, prove, seated, sign_in, text_of

from yelin.cases import acts as cases
from yelin.law import clock
from yelin.opening.acts import demands
from yelin.opening.models import Demand, Draft
from yelin.parties.models import Person, Seat

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def as_citizen(client) -> Person:
    person = make_person()
    client.force_login(person.user, backend=BACKEND)
    prove(client, person)
    return person


@pytest.mark.duty("opening.demand")
def test_a_citizen_asks_is_read_and_another_supports(client):
    as_citizen(client)
    reader()
    said = {"title": "公交到站数据", "purpose": "出行小程序", "body": "", "theme": ""}
    wrong = client.post("/demands/new/", said | {"title": ""})
    assert wrong.status_code == 422
    made = client.post("/demands/new/", said, follow=True)
    demand = Demand.objects.get()
    assert "尚未公开" in text_of(made)
    client.logout()
    assert "公交到站数据" not in text_of(client.get("/demands/"))
    assert client.get(f"/demands/{demand.number}/").status_code == 404
    handler = make_body()
    sign_in(client, Seat.objects.get(body=demand.body, role="officer"))
    page = client.get(f"/demands/{demand.number}/")
    assert "审核公开" in text_of(page)
    sent = {"do": "opening.publish_demand", "opening_publish_demand-handler": str(handler.pk)}
    assert client.post(f"/demands/{demand.number}/", sent).status_code == 302
    client.logout()
    stranger = client.get(f"/demands/{demand.number}/")
    assert "登录后支持" in text_of(stranger)
    as_citizen(client)
    client.post(f"/demands/{demand.number}/", {"do": "opening.support"})
    demand.refresh_from_db()
    assert demand.voices == 2
    assert "取消支持" in text_of(client.get(f"/demands/{demand.number}/"))


@pytest.mark.long
@pytest.mark.duty("opening.demand")
def test_the_board_is_filtered_searched_and_sorted_in_few_questions(
    client, django_assert_max_num_queries
):
    first, second = make_body(), make_body(name="海南省公安厅", short_name="省公安厅")
    many = make_public(second, title="停车场空位")
    demands.support(actor=make_citizen(), demand=many)
    for n in range(8):
        make_public(first, title=f"第{n}件数据", theme="transport")
    with django_assert_max_num_queries(25):
        page = client.get("/demands/")
    assert text_of(page).index("停车场空位") < text_of(page).index("第7件数据")
    assert "停车场空位" not in text_of(client.get("/demands/?theme=transport&state=open"))
    only = client.get(f"/demands/?body={second.credit_code}&sort=newest")
    assert "停车场空位" in text_of(only)
    assert "第1件数据" not in text_of(only)
    assert "停车场空位" in text_of(client.get("/demands/?q=空位"))
    assert client.get("/api/v1/demands?q=空位").json()["total"] == 1


@pytest.mark.duty("opening.demand")
def test_a_hidden_entry_is_named_to_nobody_by_a_demand_or_a_plan(client):
    body = make_body()
    hidden = make_entry(body, state="registered", title="还没有公开的名称")
    demand = make_public(body)
    demands.plan_demand(
        actor=make_actor(body),
        demand=demand,
        until=clock.today() + timedelta(days=9),
        words="将开放",
        entry=hidden,
    )
    plan = make_published(hidden)
    plan.lines.update(title="计划中的名称")
    for address in (
        f"/demands/{demand.number}/",
        "/demands/",
        "/opening-plans/",
        f"/opening-plans/{plan.pk}/",
        f"/api/v1/demands/{demand.number}",
        f"/api/v1/opening-plans/{plan.pk}",
    ):
        answer = client.get(address).content.decode()
        assert "还没有公开的名称" not in answer, address
        assert hidden.slug not in answer, address
    assert "计划中的名称" in text_of(client.get(f"/opening-plans/{plan.pk}/"))


@pytest.mark.duty("opening.plan")
def test_an_officer_makes_a_plan_on_its_page_and_everybody_sees_how_far_it_is(client):
    entry = make_entry(title="已开放的数据")
    seat = sign_in(client, make_seat(make_demand().body, "officer"))
    year = clock.today().year
    sent = {"do": "opening.draft_plan", "opening_draft_plan-year": year}
    made = client.post("/opening-plans/", sent | {"opening_draft_plan-title": "年度开放计划"})
    assert made.status_code == 302
    line = {
        "do": "opening.add_to_plan",
        "opening_add_to_plan-entry": entry.code,
        "opening_add_to_plan-until": f"{year}-12-31",
    }
    assert (
        client.post(made["Location"], line | {"opening_add_to_plan-entry": "x"}).status_code == 422
    )
    assert client.post(made["Location"], line).status_code == 302
    assert client.post(made["Location"], {"do": "opening.publish_plan"}).status_code == 302
    client.logout()
    assert "已开放 1 项，共 1 项" in text_of(client.get("/opening-plans/"))
    assert "已开放的数据" in text_of(client.get(made["Location"]))
    assert seat.body.opening_plans.count() == 1


@pytest.mark.long
@pytest.mark.duty("opening.respond", "opening.moderate")
def test_the_desk_shows_what_is_to_be_read_and_answered_with_its_term(client):
    handler = make_body()
    waiting, unread = make_public(handler, title="待答复的需求"), make_demand(title="待审核的需求")
    seated(client, handler)
    for address in ("/desk/", "/desk/demands/"):
        page = text_of(client.get(address))
        assert waiting.title in page, address
        assert unread.title not in page, address
        assert "第二十四条第二款" in page, address
    sign_in(client, make_seat(unread.body, "officer"))
    assert unread.title in text_of(client.get("/desk/demands/"))


@pytest.mark.long
@pytest.mark.duty("opening.demand")
def test_hostile_words_are_shown_as_words_wherever_they_stand(client):
    body = make_body()
    steward = make_actor(body)
    words = HOSTILE[:100]
    demand = make_public(body, title=words, purpose=HOSTILE)
    day = clock.today() + timedelta(days=9)
    demands.plan_demand(actor=steward, demand=demand, until=day, words=HOSTILE)
    other = make_public(body, title=f"又一件 {words}"[:120])
    demands.decline_demand(actor=steward, demand=other, reason=HOSTILE, legal_basis=HOSTILE)
    citizen = make_citizen()
    returned = make_demand(citizen, title=words)
    demands.return_demand(actor=reader(), demand=returned, reason=HOSTILE)
    plan = make_published(year=clock.today().year)
    plan.lines.update(title=HOSTILE)
    plan.title = plan.text = HOSTILE
    plan.save()
    client.force_login(Person.objects.get(pk=citizen.person_id).user, backend=BACKEND)
    entry = make_conditional(body)
    client.post(f"/resources/{entry.slug}/apply/", {"do": "keep", "purpose": HOSTILE})
    for address in (
        "/demands/",
        f"/demands/?q={HOSTILE}",
        f"/demands/?theme={HOSTILE}&state={HOSTILE}&body={HOSTILE}",
        *(f"/demands/{each.number}/" for each in (demand, other, returned)),
        "/opening-plans/",
        f"/opening-plans/{plan.pk}/",
        f"/applications/?body={HOSTILE}&outcome={HOSTILE}&resource={HOSTILE}",
        f"/resources/{entry.slug}/apply/?step=1",
        f"/resources/{entry.slug}/apply/?step=3",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        assert "<script>alert" not in page, address
        assert "<img src=x" not in page, address
        assert "&lt;img src=x" in page or "/applications/" in address, address


@pytest.mark.long
@pytest.mark.duty("opening.apply")
def test_an_application_is_kept_step_by_step_and_handed_in_whole(client):
    as_citizen(client)
    entry = make_conditional()
    here = f"/resources/{entry.slug}/apply/"
    assert client.post(here, {"do": "next", "step": "1", "purpose": "研究"}).status_code == 422
    assert Draft.objects.get().said == {"purpose": "研究"}
    sent = {"do": "next", "step": "1", "purpose": "研究", "scenario": "论文"}
    assert client.post(here, sent)["Location"].endswith("step=2")
    assert "我的草稿" in text_of(client.get("/applications/"))
    day = clock.today() + timedelta(days=30)
    sent = {"do": "next", "step": "2", "until": day.isoformat(), "safeguards": "加密"}
    assert client.post(here, sent)["Location"].endswith("step=3")
    page = text_of(client.get(here))
    assert "研究" in page
    assert "加密" in page
    assert "KF-" in text_of(client.post(here, {"do": "send", "step": "3"}, follow=True))
    assert not Draft.objects.exists()


@pytest.mark.duty("opening.apply")
def test_a_draft_is_thrown_away_and_whoever_may_not_apply_has_none(client):
    as_citizen(client)
    entry = make_conditional()
    here = f"/resources/{entry.slug}/apply/"
    client.post(here, {"do": "keep", "step": "1", "purpose": "研究"})
    client.post(here, {"do": "drop"})
    assert not Draft.objects.exists()
    seated(client)
    assert client.post(here, {"do": "keep", "purpose": "研究"}).status_code == 403
    assert not Draft.objects.exists()


@pytest.mark.long
@pytest.mark.duty("opening.answer")
def test_the_register_is_filtered_and_counted_by_body_and_nobodys_words_are_in_it(
    client, django_assert_max_num_queries
):
    first, second = make_body(), make_body(name="海南省公安厅", short_name="省公安厅")
    entry, other = make_conditional(first), make_conditional(second, title="另一项数据")
    done = make_application(entry, purpose="不能公开的用途")
    cases.accept(actor=make_actor(first), case=done)
    cases.decide(
        actor=make_actor(first), case=done, approve=True, given={"until": done.asked["until"]}
    )
    refused = make_application(entry)
    cases.accept(actor=make_actor(first), case=refused)
    grounds = {"reason": "涉及秘密", "legal_basis": "第二十四条"}
    cases.decide(actor=make_actor(first), case=refused, approve=False, **grounds)
    waiting = make_application(other)
    for address in ("/applications/", "/applications/statistics/"):
        with django_assert_max_num_queries(25):
            client.get(address)
    for query, shown in (
        ("", {done, refused, waiting}),
        (f"body={second.credit_code}", {waiting}),
        ("outcome=approved", {done}),
        ("outcome=pending", {waiting}),
        (f"year={clock.today().year}&outcome=refused", {refused}),
        ("year=2001", set()),
        (f"resource={entry.slug}", {done, refused}),
        ("resource=nowhere", set()),
    ):
        page = client.get(f"/applications/?{query}")
        found = {each for each in (done, refused, waiting) if each.number in text_of(page)}
        assert found == shown, query
        numbers = client.get(f"/api/v1/applications?{query}").json()["items"]
        assert {each["number"] for each in numbers} == {each.number for each in shown}, query
        assert "不能公开的用途" not in page.content.decode()
    rows = {each["handler"]: each for each in client.get("/api/v1/applications/statistics").json()}
    of = rows[first.credit_code]
    assert (of["received"], of["answered"], of["in_time"], of["late"]) == (2, 2, 2, 0)
    assert (of["opened"], of["refused"], of["median_working_days"]) == (1, 1, 0)
    assert rows[second.credit_code]["received"] == 1
    lines = client.get("/applications/statistics.csv").content.decode().splitlines()
    assert len(list(csv.reader(lines))) == 3
    assert "省公安厅" in text_of(client.get("/applications/statistics/"))
    assert client.get("/applications/statistics/?year=1").status_code == 200


@pytest.mark.duty("opening.demand")
def test_a_shut_resource_leads_to_a_demand_for_it(client):
    shut = make_entry(opening_type="none", title="不予开放的数据")
    page = client.get(f"/resources/{shut.slug}/")
    assert f"/demands/new/?resource={shut.slug}" in page.content.decode()
    as_citizen(client)
    asked = client.get(f"/demands/new/?resource={shut.slug}")
    assert "不予开放的数据" in text_of(asked)
    kept = make_social()
    assert "/demands/new/" not in client.get(f"/resources/{kept.slug}/").content.decode()


@pytest.mark.long
@pytest.mark.duty("opening.moderate")
def test_whoever_merges_nothing_learns_of_no_demand_that_was_not_read(client):
    public, unread = make_public(), make_demand(title="尚未审核的需求")
    as_citizen(client)
    answers = []
    for number in (unread.number, "XQ-2026-999999"):
        sent = {"do": "opening.merge_demand", "opening_merge_demand-into": number}
        answer = client.post(f"/demands/{public.number}/", sent)
        answers.append((answer.status_code, text_of(answer).replace(number, "")))
    assert answers[0] == answers[1]
    sign_in(client, make_seat(unread.body, "officer"))
    sent = {"do": "opening.merge_demand", "opening_merge_demand-into": unread.number}
    assert "请填写另一件已公开" in text_of(client.post(f"/demands/{public.number}/", sent))
    sent["opening_merge_demand-into"] = public.number
    assert client.post(f"/demands/{unread.number}/", sent).status_code == 302
    public.refresh_from_db()
    assert public.voices == 2
