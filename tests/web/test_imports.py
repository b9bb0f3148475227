import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.catalog.makers import make_entry
from tests.compiling.makers import bring, exported, national, ports
from tests.parties.makers import make_actor, make_body
from tests.web.makers import seated, text_of

from yelin.catalog.models import Entry
from yelin.compiling import tasks
from yelin.compiling.models import Import

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [ports("港口吞吐量"), ports("航线时刻表", cycle="隔年"), ports("渡口", provider="省水务厅")]


def send(client, content, name="目录.xlsx", **over):
    sent = {"file": SimpleUploadedFile(name, content), "mapping": "national", "state_secret": "no"}
    return client.post("/desk/imports/?lang=en", sent | over)


@pytest.mark.duty("catalog.compile")
def test_a_steward_previews_a_catalog_corrects_a_column_and_enters_it(client):
    seat = seated(client)
    answer = send(client, national(ROWS))
    batch = Import.objects.get()
    assert answer["Location"] == f"/desk/imports/{batch.pk}/"
    assert 'hx-trigger="every 1s"' in client.get(answer["Location"]).content.decode()
    tasks.plan(str(batch.pk))
    page = client.get(answer["Location"], {"lang": "en"})
    said = text_of(page)
    assert "“隔年” is not known here. Use one of Real time, Daily" in said
    assert "This row is of another body" in said
    assert Entry.objects.count() == 0
    columns = re.findall(r'name="(column:\d+)" aria-label="([^"]+)"', page.content.decode())
    chosen = {name: "" for name, title in columns if title == "更新周期"}
    client.post(answer["Location"], {"do": "plan", "mapping": "national", "sheet": ""} | chosen)
    batch.refresh_from_db()
    assert batch.columns["更新周期"] == ""
    tasks.plan(str(batch.pk))
    client.post(answer["Location"], {"do": "run"})
    tasks.run(str(batch.pk))
    assert {entry.title for entry in Entry.objects.all()} == {"港口吞吐量", "航线时刻表"}
    done = text_of(client.get(answer["Location"], {"lang": "en", "show": "make"}))
    assert "Every row is accounted for" in done
    report = client.get(f"{answer['Location']}report.csv", {"lang": "en"})
    lines = list(csv.reader(io.StringIO(report.content.decode("utf-8-sig"))))
    assert lines[0][0] == "First row"
    assert any("This row is of another body" in line[-1] for line in lines)
    assert seat.body.entries.count() == 2


@pytest.mark.long
def test_only_the_own_body_sees_an_import(client):
    batch = bring(national(ROWS))
    assert client.get(f"/desk/imports/{batch.pk}/").status_code == 302
    seated(client)
    for path in ("", "report.csv"):
        assert client.get(f"/desk/imports/{batch.pk}/{path}").status_code == 404
    seated(client, batch.body, "auditor")
    page = client.get(f"/desk/imports/{batch.pk}/")
    assert page.status_code == 200
    assert 'value="run"' not in page.content.decode()
    assert client.post(f"/desk/imports/{batch.pk}/", {"do": "run"}).status_code == 403
    assert send(client, national(ROWS)).status_code == 403


def test_a_state_secret_is_not_taken_in(client):
    seated(client)
    assert send(client, national(ROWS), state_secret="yes").status_code == 403
    assert not Import.objects.exists()


@pytest.mark.long
def test_the_page_shows_old_and_new_words_of_what_would_change(client):
    entry = make_entry(state="draft")
    steward = make_actor(entry.provider)
    file = exported(steward, "xlsx")
    entry.say(entry.content().model_copy(update={"summary": "旧的摘要"}), entry.changed_at)
    batch = bring(file, body=entry.provider, actor=steward)
    seated(client, entry.provider)
    page = client.get(f"/desk/imports/{batch.pk}/", {"show": "change"}).content.decode()
    assert "旧的摘要" in page


def test_the_catalog_is_had_as_a_file_by_everyone_as_far_as_he_may_see_it(client):
    shown = make_entry(title="公开的")
    make_entry(state="draft", title="草稿")
    make_entry(title="另一个")
    answer = client.get("/catalog.csv", {"q": "公开的"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["信息资源名称"] for row in rows} == {"公开的"}
    assert len(rows) == shown.items.count()
    assert "草稿" not in client.get("/catalog.csv").content.decode()
    assert client.get("/catalog.xlsx").content.startswith(b"PK")
    seated(client, make_body())
    assert client.get("/desk/entries/catalog.csv").content.decode().count("\n") == 1
