import pytest
from tests.catalog.makers import make_entry
from tests.outbound.makers import make_rule
from tests.parties.makers import make_body
from tests.pulling.makers import CERTIFICATE, content_of, make_pull
from tests.web.makers import seated, text_of

from yelin.pulling import tasks
from yelin.pulling.models import Pull, Run

pytestmark = pytest.mark.django_db(transaction=True)
WHERE = {
    "host": "db.example.cn", "port": "3306", "database": "交通", "relation": "港口", "columns": "",
    "user": "reader", "secret": "口令", "encrypted": "on", "authority": CERTIFICATE,
    "rhythm": "weekly", "day": "1", "hour": "3",
}  # fmt: skip


def post(client, url, do, prefix, **fields):
    sent = {f"{prefix}-{name}": value for name, value in fields.items()}
    return client.post(f"{url}?lang=en", {"do": do} | sent)


@pytest.mark.duty("aggregation.bring_in")
def test_a_steward_names_a_database_tries_it_changes_it_and_pauses_it(client):
    seat = seated(client)
    entry = make_entry(seat.body, state="registered")
    page = client.get(f"/desk/pulls/?entry={entry.pk}&lang=en")
    assert "Nothing is fetched yet" in text_of(page)
    name = {"do": "pulling.add.mysql", "prefix": "pulling_add_mysql", "entry": entry.pk}
    refused = post(client, "/desk/pulls/", **name, **WHERE)
    assert refused.status_code == 422
    assert "No way out for fetched data leads there" in text_of(refused)
    assert "口令" not in refused.content.decode()
    make_rule(seat.body, host="db.example.cn", port=3306, purpose="pull")
    made = post(client, "/desk/pulls/", **name, **WHERE)
    pull = Pull.objects.get()
    url = f"/desk/pulls/{pull.pk}/"
    assert made["Location"] == url
    post(client, url, "pulling.try_out", "pulling_try_out")
    assert 'hx-trigger="every 2s"' in client.get(url).content.decode()
    tasks.perform(Run.objects.get().pk)
    said = text_of(client.get(url, {"lang": "en"}))
    assert "The name of db.example.cn:3306 leads nowhere" in said
    assert "口令" not in said
    change = WHERE | {"secret": "", "hour": "5"}
    post(client, url, "pulling.amend", "pulling_amend", **change)
    pull.refresh_from_db()
    assert (pull.content.hour, pull.said["secret"]) == (5, "口令")
    post(client, url, "pulling.pause", "pulling_pause")
    assert "Resume" in text_of(client.get(url, {"lang": "en"}))
    assert "Paused" in text_of(client.get("/desk/pulls/", {"lang": "en"}))


def test_only_the_own_body_sees_where_data_is_fetched(client):
    content = content_of("mysql", 3306, host="db.example.cn")
    pull = make_pull(content, make_entry(make_body(), state="registered"))
    assert client.get(f"/desk/pulls/{pull.pk}/").status_code == 302
    seated(client)
    assert client.get(f"/desk/pulls/{pull.pk}/").status_code == 404
    assert "db.example.cn" not in text_of(client.get("/desk/pulls/"))
