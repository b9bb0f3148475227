"""Questions to bought data as both sides see them, on pages and by REST."""

import pytest
from tests.market.compute.conftest import no_chance
from tests.market.compute.makers import ask, entry_of, make_bought, question
from tests.parties.makers import make_enterprise, make_person, make_seat, make_token
from tests.web.makers import sign_in

from yelin.market.compute import tasks
from yelin.market.compute.models import Computation, Ground

__all__ = ["no_chance"]
pytestmark = [pytest.mark.django_db, pytest.mark.duty("contract.whole")]
PRICE = {"mode": "per_call", "amount": "12.50", "unit": "次"}


@pytest.fixture
def bought(tmp_path):
    return make_bought(tmp_path, price=PRICE)


def seat_of(body):
    return make_seat(body, "representative")


def test_a_question_is_put_in_a_form_answered_and_handed_out_to_the_buyer_alone(client, bought):
    sign_in(client, seat_of(bought.consumer))
    at = f"/contracts/{bought.number}/compute/"
    assert at in client.get(f"/contracts/{bought.number}/").content.decode()
    name = f"ask-{entry_of(bought).pk.hex[:12]}"
    page = client.get(at).content.decode()
    assert "市县" in page
    assert "R0001" not in page
    wrong = client.post(at, {"do": name, f"{name}-column1": "金额", f"{name}-sign1": "gt",
                             f"{name}-value1": "许多"})  # fmt: skip
    assert wrong.status_code == 422
    fields = {"do": name, f"{name}-group1": "市县", f"{name}-figures": ["sum:金额"]}
    fields |= {f"{name}-column1": "行业", f"{name}-sign1": "in", f"{name}-value1": "零售，餐饮"}
    made = client.post(at, fields)
    found = Computation.objects.get()
    assert made.url == f"{at}{found.pk}/"
    assert "hx-trigger" in client.get(made.url).content.decode()
    tasks.run(str(found.pk))
    # All rows are chosen, and so nobody is left out of it: no words of it say so.
    assert "R0001" not in client.get(made.url).content.decode()
    other = ask(bought, ["市县"], ["sum:金额"])
    shown = client.get(f"{at}{other.pk}/").content.decode()
    assert "2580" in shown
    assert "data:image/svg" in shown
    file = client.get(f"{at}{other.pk}/answer.csv")
    assert file.content.decode().splitlines()[1].startswith("三亚,20,2600")
    assert "12.50" in client.get(at).content.decode()
    for body in (bought.provider, make_enterprise()):
        sign_in(client, seat_of(body))
        assert client.get(f"{at}{other.pk}/answer.csv").status_code == 404
    assert client.get(at).status_code == 404


def test_who_sold_it_bounds_it_and_learns_what_was_asked_about(client, bought):
    sign_in(client, seat_of(bought.provider))
    at = f"/contracts/{bought.number}/compute/"
    name = f"bound-{entry_of(bought).pk.hex[:12]}"
    fields = {f"{name}-subject": "企业", f"{name}-closed": ["日期"], f"{name}-least": "6"}
    assert client.post(at, {"do": name} | fields).status_code == 302
    ground = Ground.objects.get()
    assert (ground.subject, ground.closed, ground.least) == ("企业", ["日期"], 6)
    assert ask(bought, ["行业"]).state == "answered"
    found = ask(bought, ["行业"], [], [("市县", "in", "海口", "三亚")])
    page = client.get(at).content.decode()
    assert "市县" in page
    assert "三亚" not in page
    assert "三亚" not in client.get(f"{at}{found.pk}/").content.decode()
    assert f"{name}" not in page


def test_programs_ask_and_are_answered(client, bought):
    seat = make_seat(bought.consumer, "representative", person=make_person())
    secret = make_token(seat=seat)
    auth = {"authorization": f"Bearer {secret}"}
    sent = {
        "contract": bought.number,
        "entry": entry_of(bought).code,
        "question": question(["市县"], ["avg:金额"]).model_dump(mode="json"),
    }
    made = client.post(
        "/api/v1/acts/compute.ask", sent, content_type="application/json", headers=auth
    )
    assert made.status_code in {200, 201}, made.content
    row = Computation.objects.get()
    tasks.run(str(row.pk))
    listed = client.get(f"/api/v1/contracts/{bought.number}/computations", headers=auth).json()
    assert (listed["total"], listed["answers"]) == (1, 1)
    assert {each["name"] for each in listed["askable"][0]["items"] if each["closed"]} == {"编号"}
    one = f"/api/v1/contracts/{bought.number}/computations/{row.pk}"
    told = client.get(one, headers=auth).json()
    assert {each["group"][0]: each["figures"] for each in told["answer"]} == {
        "三亚": ["130"],
        "儋州": ["131"],
        "海口": ["129"],
    }
    row.refresh_from_db()
    assert told["receipt"] == str(row.receipt)
    assert "text/csv" in client.get(f"{one}/answer", headers=auth)["Content-Type"]
    seller = make_seat(bought.provider, "representative", person=make_person())
    secret = make_token(seat=seller)
    seen = client.get(one, headers={"authorization": f"Bearer {secret}"}).json()
    assert (seen["answer"], seen["question"], seen["items"]) == (None, None, ["市县", "金额"])
