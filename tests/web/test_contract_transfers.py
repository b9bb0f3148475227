"""A contract's page shows what connectors take under it, and lets each side stop it."""

import pytest
from tests.market.transfer.makers import again, ask, make_running, make_started
from tests.parties.makers import make_seat, make_token
from tests.web.makers import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.duty("contract.whole")]


def page_of(client, contract, body):
    sign_in(client, make_seat(body, "representative"))
    return f"/contracts/{contract.number}/"


def test_a_side_suspends_starts_again_and_ends_what_is_taken(client, tmp_path):
    contract = make_running(tmp_path)
    url = page_of(client, contract, contract.provider)
    assert "数据空间协议" not in text_of(client.get(url))
    running, other = make_started(contract), make_started(contract)
    page = text_of(client.get(url))
    for said in (running.number, other.number, running.known_as, "可获取数据", "由平台"):
        assert said in page

    def do(what, transfer, **more):
        prefix = what.replace(".", "_")
        said = {"do": what, f"{prefix}-transfer": str(transfer.pk)}
        return client.post(url, said | {f"{prefix}-{key}": value for key, value in more.items()})

    assert do("transfer.suspend", running, reason="<b>例行维护</b>").status_code == 302
    page = client.get(url).content.decode()
    assert "&lt;b&gt;例行维护&lt;/b&gt;" in page
    assert (again(running).state, again(other).state) == ("suspended", "started")
    url = page_of(client, contract, contract.consumer)
    assert "transfer_start-transfer" not in client.get(url).content.decode()
    assert do("transfer.start", running).status_code != 302
    assert do("transfer.suspend", running).status_code == 422
    url = page_of(client, contract, contract.provider)
    assert do("transfer.start", running).status_code == 302
    assert again(running).state == "started"
    assert do("transfer.terminate", other, reason="合作调整").status_code == 302
    assert again(other).state == "terminated"
    assert "已终止" in text_of(client.get(url))


def test_programs_read_what_is_taken(client, tmp_path):
    contract = make_running(tmp_path)
    asked = ask(contract)
    token = make_token(make_seat(contract.consumer, "representative"))
    by = {"Authorization": f"Bearer {token}"}
    told = client.get(f"/api/v1/contracts/{contract.number}", headers=by).json()
    [one] = told["transfers"]
    assert (one["id"], one["number"], one["known_as"]) == (
        str(asked.pk), asked.number, asked.known_as,
    )  # fmt: skip
    assert (one["state"], one["by"]) == ("requested", "consumer")
