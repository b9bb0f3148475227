import base64
import ipaddress
import json
import logging
import time
from email import message_from_bytes

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.hostile.words import WORDS
from tests.notices.makers import make_channel
from tests.outbound.makers import make_rule
from tests.outbound.servers import site
from tests.parties.makers import make_actor, make_seat

from yelin.acts import notices, outbound, tasks
from yelin.config import config
from yelin.law import clock
from yelin.notices.events import event
from yelin.notices.models import WAITS, Delivery, DeliveryState
from yelin.notices.telling import tell
from yelin.notices.webhooks import public_key
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db

HAPPENED = event("test.happened", "Something happened to {code}.")


@pytest.fixture(autouse=True)
def _named_network(monkeypatch):
    own = config.model_copy(update={"outbound_networks": (ipaddress.ip_network("127.0.0.1/32"),)})
    monkeypatch.setattr("yelin.outbound.sending.config", own)


@pytest.fixture
def served():
    with site() as served:
        yield served


def tell_of(seat, code="307010001/000001") -> Delivery:
    tell(HAPPENED, to=[seat.person_id], about=seat, at=clock.now(), params={"code": code})
    return Delivery.objects.get(notice__event=HAPPENED.name)


def hooked(served, path=""):
    seat = make_seat()
    make_rule(seat.body, host="127.0.0.1", port=served.port)
    make_channel(seat, "webhook", address=f"http://127.0.0.1:{served.port}/{path}")
    return seat


def tried(delivery) -> Delivery:
    tasks.deliver(delivery=delivery.pk)
    delivery.refresh_from_db()
    return delivery


def test_a_mail_says_what_happened_in_the_language_of_its_channel():
    seat = make_seat()
    make_channel(seat, language="en")
    assert tried(tell_of(seat)).state == DeliveryState.SENT
    (sent,) = mail.outbox
    assert sent.subject == "Yelin: Something happened to 307010001/000001."
    assert f"{config.url}/desk/notices/" in sent.body


@pytest.mark.parametrize("words", [*WORDS, "一\r\nBcc: all@example.com\r\n\r\n<b>"])
def test_a_mail_is_plain_text_and_nothing_in_it_becomes_its_head(words):
    seat = make_seat()
    make_channel(seat, language="en")
    assert tried(tell_of(seat, words)).state == DeliveryState.SENT
    (sent,) = mail.outbox
    message = message_from_bytes(sent.message().as_bytes())
    assert message.get_content_type() == "text/plain"
    assert message.get_all("To") == ["wang@example.com"]
    assert message["Bcc"] is None
    assert sent.subject == f"Yelin: Something happened to {' '.join(words.split())}."


def test_without_a_mail_server_mails_are_files(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    seat = make_seat()
    make_channel(seat, language="en")
    assert tried(tell_of(seat)).state == DeliveryState.SENT
    (file,) = tmp_path.iterdir()
    assert "To: wang@example.com" in file.read_text()


def test_a_mail_server_that_is_away_is_tried_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    seat = make_seat()
    make_channel(seat)
    delivery = tried(tell_of(seat))
    assert (delivery.state, delivery.failure, delivery.tries) == ("waiting", "refused", 1)


def test_a_text_message_goes_to_the_gateway():
    seat = make_seat()
    make_channel(seat, "sms", language="en")
    assert tried(tell_of(seat)).state == DeliveryState.SENT
    (file,) = (config.root / "sms").iterdir()
    number, text, *_ = file.read_text(encoding="utf-8").splitlines()
    assert number == "13800138000"
    assert text == "Something happened to 307010001/000001."
    assert file.stat().st_mode & 0o077 == 0


def test_a_webhook_says_by_codes_what_happened_and_whoever_has_the_key_can_verify_it(served):
    seat = hooked(served)
    delivery = tell_of(seat)
    assert tried(delivery).state == DeliveryState.SENT
    (asked,) = served.asked
    headers, content = asked["headers"], asked["content"]
    said = json.loads(content)
    assert said["type"] == "test.happened"
    assert said["data"]["code"] == "307010001/000001"
    assert said["data"]["about"] == {"id": str(seat.pk), "kind": "seat", "code": None}
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key().removeprefix("whpk_")))
    version, _, seal = headers["webhook-signature"].partition(",")
    assert version == "v1a"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + content
    key.verify(base64.b64decode(seal), signed)
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(seal), signed + b" ")


def test_what_is_not_taken_is_tried_again_later_and_later_and_then_given_up(served):
    delivery = tell_of(hooked(served, "busy"))
    for done, wait in enumerate(WAITS, start=1):
        before = clock.now()
        tried(delivery)
        assert (delivery.state, delivery.failure, delivery.tries) == ("waiting", "refused", done)
        job = ProcrastinateJob.objects.filter(task_name="notices.deliver").latest("id")
        assert job.args == {"delivery": delivery.pk}
        assert before + wait <= job.scheduled_at <= clock.now() + wait
    assert tried(delivery).state == DeliveryState.DEAD
    jobs = ProcrastinateJob.objects.count()
    assert tried(delivery).tries == len(WAITS) + 1
    assert ProcrastinateJob.objects.count() == jobs
    assert len({asked["headers"]["webhook-id"] for asked in served.asked}) == 1


def test_a_webhook_whose_way_out_is_closed_sends_nothing(served):
    seat = hooked(served)
    rule = seat.body.thing.egress_rules.get()
    outbound.forbid_host(actor=make_actor(seat.body, "officer"), rule=rule)
    delivery = tried(tell_of(seat))
    assert (delivery.state, delivery.failure) == ("waiting", "rule")
    assert served.asked == []


def test_nothing_is_sent_by_a_channel_that_was_closed_meanwhile():
    seat = make_seat()
    channel = make_channel(seat)
    delivery = tell_of(seat)
    notices.close_channel(actor=Actor.of(seat), channel=channel)
    assert tried(delivery).failure == "closed"
    assert mail.outbox == []


def test_a_delivery_that_arrived_is_not_repeated_by_a_job_that_comes_twice():
    seat = make_seat()
    make_channel(seat)
    delivery = tell_of(seat)
    tried(delivery)
    tried(delivery)
    assert len(mail.outbox) == 1


def test_no_address_is_logged_when_a_delivery_fails(served, caplog):
    caplog.set_level(logging.DEBUG)
    delivery = tell_of(hooked(served, "busy"))
    logging.getLogger().debug("a line is taken")
    tried(delivery)
    assert "a line is taken" in caplog.text
    assert "/busy" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_worker_delivers_what_an_act_told(worker):
    seat = make_seat()
    make_channel(seat, confirmed=False)
    for _ in range(100):
        if mail.outbox:
            break
        time.sleep(0.1)
    assert mail.outbox[0].to == ["wang@example.com"]
