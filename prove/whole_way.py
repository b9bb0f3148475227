"""The whole way of one resource by REST: bring in, publish, confirm, read, verify."""

import random
import time

import requests

from prove import house
from prove.bringing import file_of
from prove.house import House
from yelin.catalog import acts
from yelin.ledger.models import Leaf

ROWS = 20_000
PATIENCE_SECONDS = 60


def show(stood: House, scale: float) -> None:
    """Go the whole way once, with ``serve`` and ``worker`` running."""
    cast = house.appoint(departments=1, stewards=1, officers=1)
    steward, officer = house.actor_of(cast.stewards[0][0]), house.actor_of(cast.officers[0])
    content = house.content_of("沿海主要港口货物吞吐量")
    entry = acts.draft(actor=steward, provider=cast.departments[0], content=content)
    entry = acts.register(actor=steward, entry=entry)
    entry = acts.submit(actor=steward, entry=entry)
    token = house.token_of(cast.stewards[0][0])
    stood.start("serve", "worker")

    file = file_of(random.Random(1), max(1_000, round(ROWS * scale)))  # noqa: S311 - no secret
    api, by_token = f"{stood.url}/api/v1", {"Authorization": f"Bearer {token}"}
    bring = f"{api}/resources/{entry.slug}/releases?filename=t.csv"
    upload = requests.post(bring, data=file.blob, headers=by_token, timeout=30)
    assert upload.status_code == 202, upload.text
    url = f"{api}/uploads/{upload.json()['id']}"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (state := requests.get(url, headers=by_token, timeout=30).json())["state"] != "ready":
        assert state["state"] in {"received", "preparing"}, state
        assert time.monotonic() < deadline, state
        time.sleep(0.2)
    word = {"without_rejected": True}
    release = requests.post(f"{url}/publish", json=word, headers=by_token, timeout=30)
    assert release.status_code == 201, release.text
    assert (release.json()["rows"], release.json()["rejected"]) == (file.rows, file.rejected)

    rows = f"{api}/resources/{entry.slug}/rows?filter[代码]=007&page_size=1"
    assert requests.get(rows, timeout=30).status_code == 404, "strangers see what is not confirmed"
    acts.confirm(actor=officer, entry=entry)
    page = requests.get(rows, timeout=30)
    assert page.status_code == 200, page.text
    assert page.json()["items"][0]["代码"] == "007"
    csv = requests.get(f"{api}/resources/{entry.slug}/download?format=csv", timeout=60)
    assert csv.text.count("\n") == file.rows + 1, "the download is not the whole release"
    while requests.get(f"{api}/ledger", timeout=30).json()["size"] < Leaf.objects.count():
        assert time.monotonic() < deadline, "the log is not published"
        time.sleep(0.2)
    print(f"release of {file.rows} rows brought in, confirmed, found and downloaded by a stranger")
    print(*stood.require_whole(), sep="\n")
    print(stood.require(*stood.from_outside()))
