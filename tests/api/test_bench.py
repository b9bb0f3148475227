"""The bench by REST: works of one's own body alone, and certificates for whoever has a digest."""

import json
from decimal import Decimal

import pytest
from tests.api.test_extracts import bearer
from tests.catalog.makers import make_entry
from tests.parties.makers import make_body, make_seat
from tests.privacy.workbench.makers import actor_of, make_certificate, make_source, make_target
from tests.privacy.workbench.tables import make_found, make_statistics

from yelin.law import clock
from yelin.privacy.workbench import acts, budget_acts
from yelin.privacy.workbench.budget import Budget
from yelin.privacy.workbench.models import Ended
from yelin.things.models import Thing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.duty("personal.hand_over")]
HERE = "/api/v1/deidentifications"


@pytest.mark.long
def test_a_program_sees_how_far_a_work_is_and_what_was_measured(client):
    certificate = make_certificate()
    body = certificate.release.entry.provider
    by = bearer(make_seat(body))
    (line,) = client.get(HERE, headers=by).json()["items"]
    assert (line["state"], line["number"]) == ("measured", certificate.source.number)
    said = client.get(f"{HERE}/{line['id']}", headers=by).json()
    assert said["release"] == certificate.release.number
    assert said["found"]["levels"]
    assert "shown" not in said["found"]
    assert {each["risk"] for each in said["measured"]["attacks"]["tried"]} >= {"singling"}
    assert [each["number"] for each in said["certificates"]] == [certificate.number]
    assert said["mends"] == []
    assert "人1" not in json.dumps(said, ensure_ascii=False)
    for other in ({}, bearer(make_seat())):
        assert client.get(HERE, headers=other).json()["total"] == 0
        assert client.get(f"{HERE}/{line['id']}", headers=other).status_code == 404


@pytest.mark.long
def test_what_is_to_be_mended_is_told(client):
    source = make_source()
    entry = source.entry
    work = acts.begin(
        actor=actor_of(entry), entry=entry, number=1, to=make_target(entry), sharing="controlled"
    )
    by = bearer(make_seat(entry.provider))
    said = client.get(f"{HERE}/{work.pk}", headers=by).json()
    assert any("姓名" in each for each in said["mends"])
    assert (said["state"], said["found"], said["certificates"]) == ("draft", {}, [])


def test_whoever_has_its_digest_is_told_whether_a_certificate_stands(client):
    certificate = make_certificate()
    at = f"{HERE}/certificates/{bytes(certificate.digest).hex()}"
    said = client.get(at).json()
    assert (said["stands"], said["because"]) == (True, "")
    assert said["says"]["number"] == certificate.number
    certificate.end(Ended.WITHDRAWN, clock.now())
    said = client.get(at).json()
    assert (said["stands"], said["because"]) == (False, "withdrawn")
    for none in ("0" * 64, "nothing"):
        assert client.get(f"{HERE}/certificates/{none}").status_code == 404


@pytest.mark.long
def test_of_a_table_programs_are_told_how_much_and_of_no_cell_why(client):
    work = make_found(make_statistics())
    by = bearer(make_seat(work.entry.provider))
    said = client.get(f"{HERE}/{work.pk}", headers=by).json()
    assert (said["makes"], said["found"]["cells"], said["found"]["threshold"]) == (
        "statistics",
        16,
        5,
    )
    assert said["plan"]["protection"] == {"kind": "suppress", "threshold": None}
    assert not {"counts", "values", "why"} & set(said["found"])


def test_a_program_reads_what_is_left_of_the_budgets_of_its_body(client):
    entry = make_entry(make_body())
    budget_acts.set_budget(actor=actor_of(entry), entry=entry, limit=Decimal(2))
    budget = Budget.objects.get()
    work = Thing.objects.create(kind="deidentification")
    budget.spendings.create(work=work, epsilon=Decimal("0.5"), spent_at=clock.now())
    said = client.get(f"{HERE}/budgets", headers=bearer(make_seat(entry.provider))).json()
    (line,) = said["items"]
    assert said["total"] == 1
    assert line["resource"] == entry.code
    assert (line["limit"], line["spent"], line["left"]) == ("2", "0.5", "1.5")
    for other in ({}, bearer(make_seat())):
        assert client.get(f"{HERE}/budgets", headers=other).json() == {"items": [], "total": 0}
