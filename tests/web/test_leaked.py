"""A leaked file is held against the copies of each recipient on a page of the desk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.delivery.test_leaks import buyers, copy_of, entry
from tests.parties.makers import make_enterprise, make_seat
from tests.warehouse.makers import make_release
from tests.web.makers import sign_in

from yelin.delivery.models import Attribution
from yelin.ledger.models import Leaf
from yelin.web.desk import leaked

__all__ = ["buyers", "entry"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.duty("trace.whole")]


def sent(blob, name="found.csv"):
    return {"file": SimpleUploadedFile(name, blob), "version": "1"}


def test_a_steward_is_told_whose_copy_it_was_and_it_stands_in_the_ledger(client, entry, buyers):
    guilty = buyers[1]
    sign_in(client, make_seat(entry.provider, "steward"))
    at = f"/desk/entries/{entry.pk}/leaked/"
    assert at in client.get(f"/desk/entries/{entry.pk}/recipients/").content.decode()
    assert client.get(at).status_code == 200
    page = client.post(at, sent(copy_of(guilty, entry)), follow=True)
    (made,) = Attribution.objects.all()
    assert page.redirect_chain[-1][0] == f"{at}#examined-{made.pk}"
    told = page.content.decode()
    assert told.count("badge bad") == 1
    assert f"<b>{guilty.name}</b>" in told
    # The others are there with what speaks against naming them.
    assert all(firm.name in told for firm in buyers)
    assert Leaf.objects.filter(act="delivery.attribute", subject=made.pk).count() == 1


def test_what_cannot_be_examined_is_said_at_its_field_and_nothing_is_put_down(
    client, entry, buyers, monkeypatch
):
    sign_in(client, make_seat(entry.provider, "steward"))
    at = f"/desk/entries/{entry.pk}/leaked/"
    monkeypatch.setattr(leaked, "LARGEST_MB", 0)
    assert client.post(at, sent(b"a,b\n1,2\n")).status_code == 422
    monkeypatch.undo()
    for wrong in (sent(b"\x00\x01\x02", "a.xlsx"), sent(b""), {"version": "1"},
                  sent(b"a\n1\n") | {"version": "7"}):  # fmt: skip
        page = client.post(at, wrong)
        assert page.status_code == 422
        assert 'aria-invalid="true"' in page.content.decode()
    assert not Attribution.objects.exists()


def test_whoever_does_not_answer_for_the_data_may_not(client, entry, buyers):
    for body, role in ((buyers[0], "representative"), (make_enterprise(), "representative"),
                       (make_release().entry.provider, "steward")):  # fmt: skip
        sign_in(client, make_seat(body, role))
        assert client.get(f"/desk/entries/{entry.pk}/leaked/").status_code in {403, 404}
        blob = copy_of(buyers[0], entry)
        assert client.post(f"/desk/entries/{entry.pk}/leaked/", sent(blob)).status_code in {
            403,
            404,
        }
    assert not Attribution.objects.exists()
