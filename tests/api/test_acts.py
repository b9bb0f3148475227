"""Every act that programs may call, at an address of its own."""

import pytest
from tests.acts.conftest import NAME, rename  # noqa: F401 - a fixture
from tests.catalog.makers import agency, make_content, make_entry
from tests.delivery.makers import make_doubted
from tests.parties.makers import make_body, make_enterprise, make_seat, make_token

from yelin import gate
from yelin.acts.frame import registered
from yelin.acts.models import Proposal
from yelin.acts.references import resolve
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Seat
from yelin.surface import acting
from yelin.warehouse.models import Upload

pytestmark = pytest.mark.django_db(transaction=True)


def do(client, token, act, sent, **headers):
    return client.post(
        f"/api/v1/acts/{act}",
        sent,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"} | headers,
    )


def test_a_whole_way_by_acts_alone(client):
    body = make_body()
    steward, officer = make_token(make_seat(body)), make_token(make_seat(agency(), "officer"))
    content = make_content().model_dump(mode="json")
    drafted = do(
        client, steward, "catalog.draft", {"provider": body.credit_code, "content": content}
    )
    assert drafted.status_code == 200, drafted.content
    entry = drafted.json()["subject"]["id"]
    registered_ = do(client, steward, "catalog.register", {"entry": entry}).json()
    code = registered_["subject"]["code"]
    assert registered_["facts"]["state"] == "registered"
    assert do(client, steward, "catalog.submit", {"entry": code}).status_code == 200
    confirmed = do(client, officer, "catalog.confirm", {"entry": code})
    answer = confirmed.json()
    assert answer["basis"]["provision"] == "14.3"
    leaf = client.get(
        f"/api/v1/ledger/leaves/{answer['receipt']}", headers={"Authorization": steward}
    ).json()
    assert leaf["payload"]["facts"] == answer["facts"]
    again = do(client, officer, "catalog.confirm", {"entry": code})
    assert again.status_code == 409


def test_a_doubt_is_reported_and_answered_by_programs(client):
    entry = make_doubted(agency())
    enterprise, steward = (
        make_token(make_seat(make_enterprise(), "representative")),
        make_token(make_seat(entry.provider)),
    )
    asked = {"fails": "usable", "says": "文件无法打开"}
    said = {"entry": entry.code, "asked": asked}
    ugly = said | {"asked": asked | {"fails": "ugly"}}
    assert do(client, enterprise, "delivery.doubt", ugly).status_code == 422
    reported = do(client, enterprise, "delivery.doubt", said).json()
    number = reported["subject"]["code"]
    assert do(client, steward, "cases.accept", {"case": number}).status_code == 200
    answer = {"case": number, "approve": True, "given": {"says": "已换为可用的文件"}}
    refused = do(client, enterprise, "cases.decide", answer)
    assert (refused.status_code, refused.json()["basis"]["duty"]) == (403, "quality.check")
    assert do(client, steward, "cases.decide", answer).json()["facts"]["outcome"] == "approved"


def test_unknown_and_hidden_look_the_same(client):
    hidden = make_entry(state="draft")
    token = make_token()
    answers = [
        do(client, token, "catalog.register", {"entry": named})
        for named in (str(hidden.pk), "7" * 8 + "-0000-4000-8000-000000000000", "无此代码", "")
    ]
    assert {answer.status_code for answer in answers} == {404}
    told = [{**answer.json(), "request_id": ""} for answer in answers]
    assert all(each == told[0] for each in told)


def test_what_is_seen_but_not_allowed_is_refused_with_its_article_and_recorded(client):
    entry = make_entry()
    answer = do(client, make_token(), "catalog.submit", {"entry": entry.code})
    assert answer.status_code == 403
    assert answer.json()["basis"]["provision"] == "14.2"
    assert Leaf.objects.filter(act="catalog.submit", refused=True, subject=entry.thing).exists()


def test_without_a_token_nothing_is_done_and_nothing_told(client):
    path = "/api/v1/acts/catalog.register"
    answer = client.post(path, {"entry": "x"}, content_type="application/json")
    assert answer.status_code == 401


def test_what_needs_the_person_or_the_system_has_no_address(client):
    for act in ("parties.issue_token", "warehouse.receive", "warehouse.lapse", "no.such"):
        assert do(client, make_token(), act, {}).status_code == 404


def test_a_text_with_a_nul_is_named_and_never_reaches_the_database(client):
    body = make_body()
    content = make_content(title="a\x00b").model_dump(mode="json")
    sent = {"provider": body.credit_code, "content": content}
    answer = do(client, make_token(make_seat(body)), "catalog.draft", sent)
    assert answer.status_code == 422
    assert "NUL" in answer.content.decode()


def test_a_key_is_honoured_by_acts_and_by_the_route_for_files(client):
    body = make_body()
    token = make_token(make_seat(body))
    entry = make_entry(body, "draft")
    key = {"Idempotency-Key": "once"}
    one = do(client, token, "catalog.register", {"entry": str(entry.pk)}, **key)
    two_ = do(client, token, "catalog.register", {"entry": str(entry.pk)}, **key)
    assert (one.status_code, two_.status_code) == (200, 200)
    assert one.content == two_.content
    other = do(client, token, "catalog.submit", {"entry": str(entry.pk)}, **key)
    assert other.status_code == 422
    entry.refresh_from_db()

    def send(text):
        return client.post(
            f"/api/v1/resources/{entry.slug}/releases?filename=a.csv",
            text,
            content_type="text/csv",
            headers={"Authorization": token, "Idempotency-Key": "file"},
        )

    first, second = send("年份\n2020\n"), send("年份\n2020\n")
    assert first.json()["id"] == second.json()["id"]
    assert Upload.objects.count() == 1
    assert send("年份\n2021\n").status_code == 422


def test_an_act_for_two_is_proposed_by_one_program_and_approved_by_another(client, rename):  # noqa: F811 - the fixture
    # The addresses are made at the start, so the trial act has none; its proposal has.
    body = make_body()
    entry = make_entry(body)
    first, second = make_seat(body), make_seat(body)
    leaf = acting.do(
        registered()[NAME],
        Actor.of(first).by_token(),
        registered()[NAME].schema(entry=entry.code, title="新名称"),
        None,
    )
    assert acting.awaits_second(leaf)
    proposal = {"proposal": str(Proposal.objects.get().pk)}
    assert do(client, make_token(first), "proposals.approve", proposal).status_code == 403
    done = do(client, make_token(second), "proposals.approve", proposal)
    assert done.status_code == 200, done.content
    entry.refresh_from_db()
    assert entry.title == "新名称"


def test_every_offered_act_is_described_with_its_words(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    described = {path.rpartition("/")[2] for path in paths if "/acts/" in path}
    assert described == {act.name for act in acting.offered()}
    for act in acting.offered():
        operation = paths[f"/api/v1/acts/{act.name}"]["post"]
        assert operation["description"]
        assert "Raises" not in operation["description"]


def test_a_reference_is_resolved_by_who_may_know_of_it():
    seat = make_seat()
    actor = Actor.of(seat)
    assert resolve(actor, Seat, str(seat.pk)) == seat
    with pytest.raises(gate.Unseen):
        resolve(Actor.anyone(), Seat, str(seat.pk))
