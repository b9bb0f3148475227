import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.catalog.makers import agency, make_content, make_entry
from tests.parties.makers import make_actor, make_body, make_person, make_seat
from tests.registers.makers import make_project, make_system
from tests.warehouse.makers import PORTS, make_release, make_upload
from tests.warehouse.penalties import BY_LAW, PENALTIES, penalties
from tests.web.makers import BACKEND, entry_form, seated, sign_in, text_of

from yelin.catalog import acts
from yelin.catalog.models import Entry
from yelin.ledger.models import Leaf
from yelin.parties.models import Token
from yelin.warehouse import acts as acts_of_data
from yelin.warehouse import tasks
from yelin.warehouse.models import Release, StandingGround, Upload

pytestmark = pytest.mark.django_db(transaction=True)

BAD = PORTS + "2015,约九千,010\n"


def acts_of(thing) -> list[str]:
    return list(Leaf.objects.filter(subject=thing.pk).order_by("id").values_list("act", flat=True))


def test_a_stranger_at_the_desk_is_asked_to_sign_in(client: Client):
    response = client.get("/desk/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/desk/"


def test_a_person_without_a_seat_is_told_so(client: Client):
    client.force_login(make_person().user, backend=BACKEND)
    response = client.get("/desk/")
    assert response.status_code == 403
    assert response.templates[0].name == "desk/no_seat.html"
    assert not response.context["shell"].desk


@pytest.mark.duty("sharing.type")
def test_whoever_only_knows_of_an_entry_or_reads_it_has_its_page_and_not_its_desk(client: Client):
    entry = make_entry(sharing_type="none", opening_type="none", sharing_basis="《统计法》第九条")
    seated(client, role="officer")
    pages = ("", "edit/", "items/", "history/", "upload/", "withdraw/", "recipients/")
    for path in (
        *(f"/desk/entries/{entry.pk}/{page}" for page in pages),
        f"/desk/reviews/{entry.pk}/",
    ):
        response = client.get(path)
        assert response.status_code == 403, path
        assert entry.summary not in response.content.decode()
    assert client.post(f"/desk/entries/{entry.pk}/lacks/").status_code == 403
    assert client.get(f"/resources/{entry.slug}/").status_code == 200


@pytest.mark.long
@pytest.mark.duty("aggregation.bring_in")
def test_the_desk_sorts_by_lawful_day_and_names_the_article(client: Client, today):
    body = make_body()
    today("2026-11-25")
    make_entry(body, update_cycle="yearly", title="每年的")
    late = make_entry(body, update_cycle="daily", title="每天的")
    make_entry(body, "returned", title="被退回的")
    seated(client, body)
    today("2026-12-15")
    page = client.get("/desk/")
    groups = {group.name: [todo.title for todo in group.todos] for group in page.context["groups"]}
    assert list(groups) == ["late", "later", "open"]
    assert late.title in groups["late"][0]
    term = page.context["groups"][0].todos[0].term
    assert term.days_left < 0
    assert term.provision.ref == "16.1"
    assert "摘要未说明统计口径" in text_of(page)


def test_a_term_that_ended_on_friday_is_late_on_saturday(client: Client, today):
    body = make_body()
    today("2026-11-25")
    entry = make_entry(body, update_cycle="daily")
    seated(client, body)
    due = entry.thing.clocks.get().due
    today("2026-12-05")  # a Saturday
    assert due.isoformat() < "2026-12-05"
    todo = client.get("/desk/").context["groups"][0].todos[0]
    assert todo.group == "late"


def test_a_steward_drafts_and_registers_and_every_fault_stands_at_its_field(client: Client):
    body = make_body()
    seated(client, body)
    form = entry_form(make_content(summary="", collection_basis="", items=()))
    response = client.post("/desk/entries/new/", form)
    entry = Entry.objects.get()
    assert response["Location"] == f"/desk/entries/{entry.pk}/"
    response = client.post(f"/desk/entries/{entry.pk}/", {"do": "register"})
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert set(errors) == {"summary", "collection_basis"}
    assert errors["summary"][0] == "请用几句话说明资源的内容。（第十四条第二款）"
    assert (
        text_of(response).count(errors["summary"][0]) == 3
    )  # in the summary, at the field, among what is lacking
    client.post(f"/desk/entries/{entry.pk}/edit/", entry_form(make_content()))
    response = client.post(f"/desk/entries/{entry.pk}/", {"do": "register"}, follow=True)
    entry.refresh_from_db()
    assert entry.code == "307010001/000001"
    assert "YL1-" in text_of(response)
    assert acts_of(entry) == ["catalog.draft", "catalog.amend", "catalog.register"]


@pytest.mark.duty("secrets.outside")
def test_a_state_secret_is_refused_with_its_article_and_nothing_of_it_comes_back(client: Client):
    seated(client)
    form = entry_form(make_content(title="不该出现"), state_secret="yes")
    response = client.post("/desk/entries/new/", form)
    assert response.status_code == 403
    assert response.templates[0].name == "403.html"
    assert "不该出现" not in response.content.decode()
    assert not Entry.objects.exists()


@pytest.mark.long
def test_a_form_keeps_everything_that_an_entry_says(client: Client):
    body = make_body()
    said = make_content(
        title_en="Throughput",
        sharing_type="conditional",
        sharing_condition="检查",
        sharing_scope="全省",
        sharing_requirements=("reference", "verification"),
        related_codes=(make_entry(body).code,),
        format_description="GRIB2",
        data_scope="2014年以来",
        office_duties="统计",
        source_scene="报表",
        sharing_mode="other",
        sharing_means=("disk",),
        sharing_explanation="专网未通",
        system_ids=(make_system(body).pk, make_system(body).pk),
        project_ids=(make_project(body).pk,),
        items=(),
    )
    entry = acts.draft(actor=make_actor(body), provider=body, content=said)
    seated(client, body)
    page = client.get(f"/desk/entries/{entry.pk}/edit/")
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields}
    assert client.post(f"/desk/entries/{entry.pk}/edit/", sent).status_code == 302
    entry.refresh_from_db()
    assert entry.content() == said


def test_another_body_cannot_open_an_entry_at_the_desk(client: Client):
    entry = make_entry(state="registered")
    seated(client)
    for tail in ("", "edit/", "items/", "upload/"):
        assert client.get(f"/desk/entries/{entry.pk}/{tail}").status_code == 404


def test_an_officer_of_the_own_body_reads_but_does_not_change(client: Client):
    body = make_body()
    entry = make_entry(body, "registered")
    seated(client, body, "officer")
    assert client.get(f"/desk/entries/{entry.pk}/").status_code == 200
    refused = client.get(f"/desk/entries/{entry.pk}/edit/")
    assert refused.status_code == 403
    assert "只有提供单位的数据管理员可以办理" in text_of(refused)


def rows(*items, **more) -> dict:
    data = {"form-TOTAL_FORMS": len(items), "form-INITIAL_FORMS": len(items), **more}
    for at, item in enumerate(items):
        data |= {f"form-{at}-{name}": value for name, value in item.items()}
    return data


YEAR = {"name": "年份", "type": "I", "grade": "1", "key": "on"}
PORT = {"name": "海口港", "type": "N", "grade": "1", "nullable": "on", "unit": "万吨"}


def test_items_are_moved_added_and_removed_without_script_and_saved_at_once(client: Client):
    body = make_body()
    entry = make_entry(body, "registered")
    seated(client, body)
    url = f"/desk/entries/{entry.pk}/items/"

    def names(response) -> list:
        return [form["name"].value() for form in response.context["formset"]]

    assert names(client.post(url, rows(YEAR, PORT, down="0"))) == ["海口港", "年份"]
    assert names(client.post(url, rows(YEAR, PORT, up="0"))) == ["年份", "海口港"]
    assert names(client.post(url, rows(YEAR, PORT, add="1"))) == ["年份", "海口港", None]
    assert names(client.post(url, rows(YEAR, PORT, remove="0"))) == ["海口港"]
    assert entry.items.count() == 3
    moved = client.post(url, rows(YEAR, PORT, down="0")).context["formset"].forms[0]
    assert (moved["unit"].value(), moved["nullable"].value()) == ("万吨", True)
    assert client.post(url, rows(PORT, YEAR, do="save")).status_code == 302
    assert [item.name for item in entry.items.all()] == ["海口港", "年份"]
    wrong = client.post(
        url, rows({"name": "", "type": "N", "grade": "1", "length": "x"}, do="save")
    )
    assert wrong.status_code == 422
    twice = client.post(url, rows(PORT, PORT, do="save"))
    assert "有两个信息项都叫“海口港”" in text_of(twice)


def test_a_file_goes_from_the_page_to_a_release_with_its_receipt(client: Client):
    body = make_body()
    entry = make_entry(body, "registered")
    seated(client, body)
    sent = SimpleUploadedFile("港口.csv", BAD.encode("gb18030"))
    response = client.post(f"/desk/entries/{entry.pk}/upload/", {"file": sent})
    upload = Upload.objects.get()
    assert response["Location"] == f"/desk/uploads/{upload.pk}/"
    running = client.get(response["Location"]).content.decode()
    assert 'hx-trigger="every 1s"' in running
    tasks.prepare(upload=str(upload.pk))
    page = client.get(response["Location"])
    assert 'hx-trigger="every 1s"' not in page.content.decode()
    report = page.context["report"]
    assert (report.rows, report.rejected) == (3, 1)
    row = report.rejected_rows[0]
    assert (row.line, row.column, row.value, row.reason) == (5, "海口港", "约九千", "不是数字")
    english = client.get(response["Location"], {"lang": "en"}).context["report"]
    assert english.rejected_rows[0].reason == "is not a number"
    client.get("/", {"lang": "zh-hans"})
    refused = client.post(response["Location"], {"do": "publish"})
    assert refused.status_code == 422
    assert "有未通过的行" in text_of(refused)
    assert not Release.objects.exists()
    done = client.post(
        response["Location"], {"do": "publish", "without_rejected": "yes"}, follow=True
    )
    leaf = Leaf.objects.get(act="warehouse.publish")
    assert done.context["receipt"] == leaf.receipt_text
    assert text_of(done).count(leaf.receipt_text) == 2
    assert Release.objects.get().rows == 3


@pytest.mark.long
def test_proposed_items_are_taken_over_and_the_file_is_checked_against_them(client: Client):
    body = make_body()
    entry = make_entry(body, "registered", items=())
    upload = make_upload(entry, BAD)
    seated(client, body)
    page = client.get(f"/desk/uploads/{upload.pk}/")
    assert page.context["report"].proposed == 3
    assert page.context["preview"].rows[0][2] == "007"
    editor = client.get(page.context["items_url"])
    forms = editor.context["formset"].forms
    assert [form["name"].value() for form in forms] == ["年份", "海口港", "代码"]
    data = [
        {n: form[n].value() for n in form.fields if form[n].value() not in (None, False)}
        for form in forms
    ]
    data[1]["type"] = "N"
    response = client.post(page.context["items_url"], rows(*data, do="save"))
    assert response["Location"] == f"/desk/uploads/{upload.pk}/"
    tasks.prepare(upload=str(upload.pk))
    upload.refresh_from_db()
    assert (upload.state, upload.rows, upload.rejected) == ("ready", 3, 1)


def test_an_empty_or_missing_file_is_told_at_its_field(client: Client):
    body = make_body()
    entry = make_entry(body, "registered")
    seated(client, body)
    for data in ({}, {"file": SimpleUploadedFile("a.csv", b"")}):
        response = client.post(f"/desk/entries/{entry.pk}/upload/", data)
        assert response.status_code == 422
        assert response.context["form"].errors["file"]


def test_a_file_that_cannot_be_used_says_why_and_may_be_read_in_another_way(client: Client):
    body = make_body()
    upload = make_upload(make_entry(body, "registered"), b"\x00\x01\x02", filename="x.csv")
    seated(client, body)
    page = client.get(f"/desk/uploads/{upload.pk}/")
    assert page.context["report"].error
    assert not page.context["report"].error.isascii()
    client.post(f"/desk/uploads/{upload.pk}/", {"do": "prepare", "encoding": "utf-16"})
    upload.refresh_from_db()
    assert (upload.state, upload.options["encoding"]) == ("received", "utf-16")


def test_a_file_of_another_body_does_not_exist(client: Client):
    upload = make_upload()
    seated(client)
    assert client.get(f"/desk/uploads/{upload.pk}/").status_code == 404
    assert client.post(f"/desk/uploads/{upload.pk}/", {"do": "discard"}).status_code == 404


@pytest.mark.duty("catalog.confirm")
def test_the_confirming_body_returns_with_reasons_sees_what_changed_and_confirms(client: Client):
    body = make_body()
    entry = make_entry(body, "awaiting")
    seated(client, agency(), "officer")
    url = f"/desk/reviews/{entry.pk}/"
    assert [line.url for line in client.get("/desk/reviews/").context["entries"]] == [url]
    assert "确认目录条目：" + entry.title in text_of(client.get("/desk/"))
    unsaid = client.post(url, {"decision": "return", "reason": " ", "sending": "1"})
    assert unsaid.status_code == 422
    assert unsaid.context["form"].errors["reason"]
    client.post(url, {"decision": "return", "reason": "请补充", "sending": "1"})
    steward = make_actor(body)
    changed = make_content(title=entry.title, summary="补充了口径")
    acts.amend(actor=steward, entry=entry, content=changed)
    acts.submit(actor=steward, entry=entry)
    page = client.get(url)
    assert [(d.label, d.after[0].text) for d in page.context["difference"].elements] == [
        ("摘要", "补充了口径")
    ]
    stale = client.post(url, {"decision": "confirm", "sending": "1"})
    assert stale.status_code == 409
    done = client.post(url, {"decision": "confirm", "sending": "2"}, follow=True)
    entry.refresh_from_db()
    assert entry.state == "confirmed"
    assert "YL1-" in text_of(done)
    assert "此处没有需要决定的事项" in text_of(client.get(url))


def test_who_does_not_confirm_is_refused_with_the_article_and_the_refusal_is_recorded(
    client: Client,
):
    body = make_body()
    entry = make_entry(body, "awaiting")
    seated(client, body)
    response = client.post(f"/desk/reviews/{entry.pk}/", {"decision": "confirm", "sending": "1"})
    assert response.status_code == 403
    assert "第十四条第三款" in text_of(response)
    assert Leaf.objects.filter(act="catalog.confirm", refused=True, subject=entry.thing).exists()


def test_a_person_with_two_seats_chooses_and_cannot_choose_anothers(client: Client):
    person = make_person()
    first = make_seat(make_body(name="甲厅"), person=person)
    second = make_seat(make_body(name="乙厅"), person=person)
    sign_in(client, first)
    stranger = make_seat()

    def acting() -> str:
        return client.get("/desk/entries/").context["shell"].seat.id

    client.post("/desk/seat/", {"seat": str(second.pk)})
    assert acting() == str(second.pk)
    client.post("/desk/seat/", {"seat": str(first.pk)})
    assert acting() == str(first.pk)
    client.post("/desk/seat/", {"seat": str(stranger.pk)})
    assert acting() in {str(first.pk), str(second.pk)}
    assert client.get("/desk/seat/").status_code == 405
    away = client.post("/desk/seat/", {"seat": str(first.pk), "next": "https://elsewhere.example/"})
    assert away["Location"] == "/desk/"


def test_a_tokens_secret_is_shown_once_and_works_until_it_is_revoked(client: Client):
    seat = seated(client)
    assert (
        client.post("/desk/tokens/", {"label": " ", "days": "365", "only_reads": "act"}).status_code
        == 422
    )
    response = client.post(
        "/desk/tokens/", {"label": "统计上报", "days": "365", "only_reads": "act"}
    )
    secret = response.context["secret"]
    assert secret in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert secret not in client.get("/desk/tokens/").content.decode()
    token = Token.objects.get(seat=seat)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/resources").status_code == 200
    client.post("/desk/tokens/", {"revoke": str(token.pk)})
    assert program.get("/api/v1/resources").status_code == 401
    seated(other := Client())
    assert other.post("/desk/tokens/", {"revoke": str(token.pk)}).status_code == 404


@pytest.mark.long
def test_a_confirmed_entry_offers_data_first_then_change_and_withdrawal(client: Client):
    body = make_body()
    entry = make_release(make_entry(body)).entry
    seated(client, body)
    page = client.get(f"/desk/entries/{entry.pk}/")
    assert [action.title for action in page.context["actions"]] == [
        "汇聚数据", "修改目录条目", "填写信息项", "申请撤销",
    ]  # fmt: skip
    assert client.post(f"/desk/entries/{entry.pk}/", {"do": "submit"}).status_code == 409


@pytest.mark.duty("opening.persons")
def test_a_page_asks_for_the_ground_in_place_and_keeps_what_was_typed(client):
    seat = make_seat(make_body(), "steward")
    sign_in(client, seat)
    upload = make_upload(penalties(seat.body, state="confirmed"), PENALTIES)
    path = f"/desk/uploads/{upload.pk}/"
    typed = {"do": "publish", "ground-0-basis": "penalty", "ground-0-says": " "}
    refused = client.post(path, typed)
    assert refused.status_code == 422
    assert "王**" in text_of(refused)
    (line,) = refused.context["grounds"]
    assert line.form["basis"].value() == "penalty"
    assert not Release.objects.exists()
    done = client.post(path, typed | {"ground-0-says": BY_LAW.says}, follow=True)
    assert done.status_code == 200
    assert Release.objects.get().grounds[0]["says"] == BY_LAW.says
    page = client.get(f"/resources/{upload.entry.slug}/")
    assert BY_LAW.says in text_of(page)


@pytest.mark.duty("opening.persons")
def test_grounds_are_stated_ended_and_objected_to_at_the_desk(client):
    seat = make_seat(make_body(), "steward")
    entry = penalties(seat.body, state="confirmed")
    path = f"/desk/entries/{entry.pk}/grounds/"
    sign_in(client, seat)
    state = {"do": "state", "column": "当事人", "basis": "penalty", "says": BY_LAW.says}
    assert client.post(path, state).status_code == 422
    assert client.post(path, state | {"says": ""}).status_code == 422
    kinds = state | {"kinds": ["name"]}
    assert BY_LAW.says in text_of(client.post(path, kinds, follow=True))
    assert (
        client.post(path, {"do": "object", "column": "当事人", "reason": "不"}).status_code == 403
    )
    client.post(path, {"do": "end", "column": "当事人"})
    assert not StandingGround.objects.living().exists()
    client.post(path, kinds)
    sign_in(client, make_seat(agency(), "officer"))
    client.post(path, {"do": "object", "column": "当事人", "reason": "不属于公开范围"})
    assert StandingGround.objects.exclude(objection="").get().objection == "不属于公开范围"
    sign_in(client, seat)
    assert "不属于公开范围" in text_of(client.get(path))
    assert client.post(path, kinds).status_code == 422


@pytest.mark.duty("security.grade")
def test_an_item_that_is_graded_too_low_is_named_at_the_desk(client):
    seat = make_seat(make_body(), "steward")
    entry = penalties(seat.body, state="confirmed", opening_type="none", licence="")
    acts_of_data.publish(
        actor=make_actor(entry.provider),
        entry=entry,
        upload=make_upload(entry, PENALTIES),
        without_rejected=False,
    )
    sign_in(client, seat)
    for page in ("", "grounds/"):
        assert "当事人" in text_of(client.get(f"/desk/entries/{entry.pk}/{page}"))
        assert "信息项定级偏低" in text_of(client.get(f"/desk/entries/{entry.pk}/{page}"))
