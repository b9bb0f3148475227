"""When things are due in cases, across Spring Festival and National Day with worked Saturdays."""

from datetime import date

import pytest
from tests.cases.makers import do, make_parties
from tests.cases.test_moves import WAY, table

from yelin.law import clock

pytestmark = pytest.mark.django_db


@pytest.mark.drawn(3)
@pytest.mark.duty("sharing.examine", "sharing.answer", "sharing.coordinate", "quality.check")
@pytest.mark.parametrize("row", table("terms.csv"), ids=lambda row: f"{row['duty']} {row['on']}")
def test_a_term_ends_on_the_lawful_day(row, today):
    today(row["on"])
    parties = make_parties(row["kind"])
    for act, by in WAY[row["from"]] if row["from"] else ():
        for step in parties.case.steps.filter(state="waiting"):
            del step
            do("finish_step", parties, "step")
        do(act, parties, by)
    if row["act"]:
        do(row["act"], parties, {"accept": "examiner", "appeal": "applicant"}[row["act"]])
    running = clock.running(parties.case).get(duty=row["duty"])
    assert running.due == date.fromisoformat(row["due"])
