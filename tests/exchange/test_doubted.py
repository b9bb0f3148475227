"""What is under check on paper: an extract says so, and bodies that have one are told."""

import io

import pytest
from pypdf import PdfReader
from tests.delivery.makers import make_doubt
from tests.delivery.test_checking import KEY, doubted, taker
from tests.exchange.extracts import made, make_extract
from tests.exchange.test_verifying import LI, WANG, people
from tests.personal import personal

from yelin.delivery import holders
from yelin.delivery.models import Check
from yelin.exchange import standing
from yelin.ledger import log, proving

pytestmark = pytest.mark.django_db


def extract_of(entry, actor, key):
    rows = [{"column": KEY, "value": personal(key)}]
    return make_extract(entry, actor, rows=rows, purpose="administrative_basis")


@pytest.mark.long
@pytest.mark.duty("quality.mark", "sharing.extract")
def test_an_extract_of_a_marked_record_says_so_on_its_face_and_in_its_statement():
    entry = people()
    actor, _ = taker(entry)
    before, other = extract_of(entry, actor, WANG), extract_of(entry, actor, LI)
    case = doubted(entry, taker(entry)[0])
    after = made(extract_of(entry, actor, WANG))
    keys = [log.verifier_key()]
    (said,) = proving.prove(after.jws, keys).says["under_check"]
    assert (said["doubt"], said["rows"], said["items"]) == (case.number, [1], ["收入"])
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(after.pdf)).pages)
    assert "核查中" in words
    assert case.number in words
    # What was issued before says nothing of it, but whoever looks it up is told.
    assert "under_check" not in proving.prove(made(before).jws, keys).says
    assert [each.case.number for each in standing.doubts_about(before)] == [case.number]
    assert standing.doubts_about(other) == []


@pytest.mark.duty("quality.mark")
def test_a_body_that_has_the_record_on_paper_is_one_of_those_who_are_told():
    entry = people(opening_type="conditional", opening_condition="说明用途")
    (has, _), (other, _) = taker(entry), taker(entry)
    extract_of(entry, has, WANG)
    extract_of(entry, other, LI)
    case = make_doubt(entry, taker(entry)[0], record={KEY: personal(WANG)}, items=[])
    check = Check.objects.get(case=case)
    entry.deliveries.all().delete()
    assert holders.parties(check) == {has.body_id}
