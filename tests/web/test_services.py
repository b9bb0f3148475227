import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.exchange.makers import make_shared
from tests.exchange.services import make_service
from tests.outbound.makers import make_rule
from tests.parties.makers import make_body, make_token
from tests.web.makers import seated, text_of

from yelin.exchange.models import MessageKey, Service
from yelin.parties.models import Token

pytestmark = pytest.mark.django_db(transaction=True)
URL = "https://api.example.cn/people"
SAID = {
    "address": URL, "operations": "GET /v1/people\npost /v1/search", "header": "X-Api-Key",
    "secret": "k-4711", "seconds": "10", "most_mb": "5",
}  # fmt: skip


def post(client, url, do, prefix, **fields):
    sent = {f"{prefix}-{name}": value for name, value in fields.items()}
    return client.post(f"{url}?lang=en", {"do": do} | sent)


@pytest.mark.long
@pytest.mark.duty("systems.connect")
def test_a_steward_offers_an_api_sees_how_it_is_and_ends_it(client):
    seat = seated(client)
    entry = make_shared(seat.body)
    assert "No service is offered yet" in text_of(client.get("/desk/services/?lang=en"))
    offer = {"do": "exchange.offer_service", "prefix": "exchange_offer_service", "entry": entry.pk}
    refused = post(client, "/desk/services/", **offer, **SAID)
    assert refused.status_code == 422
    assert "No way out of your body leads to this host" in text_of(refused)
    assert "k-4711" not in refused.content.decode()
    make_rule(seat.body, host="api.example.cn", purpose="relay")
    wrong = post(client, "/desk/services/", **offer, **(SAID | {"operations": "GET /v1/../admin"}))
    assert "no plain path" in text_of(wrong)
    made = post(client, "/desk/services/", **offer, **SAID)
    service = Service.objects.get()
    url = f"/desk/services/{service.pk}/"
    assert made["Location"] == url
    said = text_of(client.get(url, {"lang": "en"}))
    assert "POST /v1/search" in said
    assert "Nobody has called it yet" in said
    assert "k-4711" not in said
    use = text_of(client.get(f"/resources/{entry.slug}/use/?lang=en"))
    assert f"/api/v1/services/{entry.slug}/v1/people" in use
    assert URL not in use
    post(client, url, "exchange.end_service", "exchange_end_service")
    assert "Ended" in text_of(client.get(url, {"lang": "en"}))
    assert "api/v1/services" not in text_of(client.get(f"/resources/{entry.slug}/use/?lang=en"))


def test_only_the_own_body_sees_a_service_and_only_who_may_call_it_how_to(client):
    service = make_service(URL, make_shared(make_body()))
    assert client.get(f"/desk/services/{service.pk}/").status_code == 302
    seated(client)
    assert client.get(f"/desk/services/{service.pk}/").status_code == 404
    use = client.get(f"/resources/{service.entry.slug}/use/").content.decode()
    assert "api/v1/services" not in use


@pytest.mark.duty("signature.use")
def test_a_key_is_registered_beside_a_token_and_ended(client):
    seat = seated(client)
    make_token(seat)
    token = Token.objects.get()
    url = f"/desk/tokens/{token.pk}/keys/"
    pem = Ed25519PrivateKey.generate().public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    register = {"do": "exchange.register_key", "prefix": "exchange_register_key"}
    wrong = post(client, url, **register, public_key="no key")
    assert "public Ed25519 key" in text_of(wrong)
    post(client, url, **register, public_key=pem.decode())
    key = MessageKey.objects.get()
    assert key.name in text_of(client.get(url))
    end = f"exchange.end_key.{key.pk}"
    post(client, url, end, end.replace(".", "_"))
    key.refresh_from_db()
    assert key.ended_at is not None


def test_keys_of_another_ones_token_are_not_there(client):
    make_token()
    token = Token.objects.get()
    seated(client)
    assert client.get(f"/desk/tokens/{token.pk}/keys/").status_code == 404
