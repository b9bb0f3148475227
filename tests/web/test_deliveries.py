"""The pages about who took what."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from tests.catalog.makers import agency
from tests.delivery.makers import close, make_call, make_closed
from tests.gate.makers import make_grant
from tests.parties.makers import make_enterprise, make_representative, make_seat
from tests.web.makers import seated, sign_in, text_of

from yelin.delivery import handing
from yelin.delivery.models import Delivery
from yelin.delivery.tasks import forget
from yelin.law import clock
from yelin.ledger import sequencer
from yelin.parties.models import Person
from yelin.warehouse.query import Question

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def entry():
    return make_closed()


def taken(entry, **firm):
    body = make_enterprise(**firm)
    make_grant(body, entry, purposes=["research"])
    asks = make_representative(body)
    make_call(asks, entry)
    return body, asks


@pytest.mark.duty("trace.whole")
def test_the_provider_reads_who_took_its_data_and_takes_the_list_along(client: Client, entry):
    body, asks = taken(entry, name="=cmd|calc")
    handing.download(asks, entry, Question(), "csv").begin().finish(2048)
    seated(client, entry.provider)
    page = client.get(f"/desk/entries/{entry.pk}/")
    address = f"/desk/entries/{entry.pk}/recipients"
    assert f'href="{address}/"' in page.content.decode()
    told = text_of(client.get(f"{address}/"))
    for words in (body.name, body.credit_code, "research", "2.0 KB"):
        assert words in told, words
    file = client.get(f"{address}.csv")
    (line,) = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert line["接收方"] == "'=cmd|calc"
    assert (line["交付次数"], line["行数"], line["字节数"]) == ("2", "6", "2048")


@pytest.mark.long
def test_the_confirming_body_reads_it_too_and_others_do_not(client: Client, entry):
    taken(entry)
    address = f"/desk/entries/{entry.pk}/recipients"
    seated(client, agency(), "officer")
    assert client.get(f"{address}/").status_code == 200
    other = Client()
    seated(other)
    for path in (f"{address}/", f"{address}.csv"):
        assert other.get(path).status_code == 403
    assert "recipients" not in other.get(f"/desk/entries/{entry.pk}/").content.decode()


@pytest.mark.long
def test_who_took_something_finds_it_with_its_receipt(client: Client, entry):
    body, _ = taken(entry)
    seated(client, body, "representative")
    early = text_of(client.get("/desk/deliveries/"))
    assert entry.title in early
    assert "回执一分钟后生成" in early
    close()
    made = Delivery.objects.get()
    address = f"/api/v1/deliveries/{made.pk}/receipt"
    assert f'href="{address}"' in client.get("/desk/deliveries/").content.decode()
    assert client.get(address).json()["kind"] == "yelin-call-receipt"
    sequencer.settle()
    with clock.standing_at(clock.now() + timedelta(days=1200)):
        forget.func()
    told = text_of(client.get("/desk/deliveries/"))
    assert "更早的（合计）" in told
    assert entry.title in told
    assert client.get(address).status_code == 404


@pytest.mark.long
def test_a_citizen_finds_it_by_the_account(client: Client, entry):
    seat = seated(client, make_enterprise(), "representative")
    make_grant(Person.objects.get(pk=seat.person_id), entry)
    session = client.session
    session["seat"] = "myself"
    session.save()
    assert client.get(f"/resources/{entry.slug}/")["X-Yelin-Receipt"]
    assert 'href="/desk/deliveries/"' in client.get("/account/").content.decode()
    assert entry.title in text_of(client.get("/desk/deliveries/"))


@pytest.mark.long
@pytest.mark.duty("trace.whole")
def test_who_was_given_it_for_several_uses_chooses_one_and_it_is_noted(client: Client, entry):
    firm = make_enterprise()
    make_grant(firm, entry, purposes=["reference", "verification"])
    sign_in(client, make_seat(firm, "representative"))
    page = f"/resources/{entry.slug}/"
    asked = client.get(page)
    body = asked.content.decode()
    assert asked.status_code == 200
    assert "您获取数据用于何种用途" in body
    assert f'href="{page}?purpose=verification"' in body
    assert 'id="grid"' not in body
    assert not asked.context["story"].downloads
    shown = client.get(f"{page}?purpose=verification")
    assert 'id="grid"' in shown.content.decode()
    assert "purpose=verification" in shown.context["story"].downloads[0].url
    assert Delivery.objects.get().purpose == "verification"
    assert client.get(shown.context["story"].downloads[0].url).status_code in {200, 307}
    assert client.get(f"{page}use/?purpose=verification").status_code == 200
    other = client.get(f"{page}?purpose=coordination").context["story"]
    assert other.refusal is not None
    assert not other.downloads
