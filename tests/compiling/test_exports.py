"""Large catalogs as files: written in the background, watched, had for a day by who asked alone."""

from datetime import timedelta

import pytest
from tests.catalog.makers import make_entry
from tests.compiling.makers import exported
from tests.parties.makers import make_actor, make_body, make_seat
from tests.web.makers import seated, text_of

from yelin import gate
from yelin.compiling import acts, exports, reads, tasks
from yelin.compiling.models import Export
from yelin.files.store import pieces, store
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.long
def test_a_large_catalog_is_written_in_the_background_and_had_on_its_page(client, monkeypatch):
    body = make_body()
    for title in ("甲数据", "乙数据"):
        make_entry(body, "draft", title=title)
    seated(client, body)
    assert "catalog.csv" in client.get("/desk/imports/").content.decode()
    monkeypatch.setattr("yelin.web.desk.exports.AT_ONCE", 1)
    assert client.get("/desk/entries/catalog.csv")["Location"] == "/desk/imports/#export"
    assert "/desk/exports/" in client.get("/desk/imports/").content.decode()
    page = client.post("/desk/exports/", {"format": "csv"})["Location"]
    assert client.post("/desk/exports/", {"format": "csv"})["Location"] == page
    made = Export.objects.get()
    assert "正在生成" in text_of(client.get(page))
    assert client.get(f"{page}file").status_code == 404
    tasks.write(str(made.pk))
    assert f"{page}file" in client.get(page).content.decode()
    content = client.get(f"{page}file").content
    assert content == exported(reads.exports(made.actor()).get().actor(), "csv")
    assert "甲数据" in content.decode()
    seated(client, body)
    assert [client.get(each).status_code for each in (page, f"{page}file")] == [404, 404]
    assert client.post("/desk/exports/", {"format": "exe"}).status_code == 422


def test_progress_is_told_batch_by_batch_and_only_the_attempt_that_counts_is_taken(monkeypatch):
    monkeypatch.setattr(tasks, "TELL_EVERY_SECONDS", 0)
    monkeypatch.setattr("yelin.compiling.writing.BATCH", 1)
    made, told = _asked(), []
    update = Export.objects.filter(pk=made.pk).update

    class Taken(tasks._Teller):
        def __call__(self, more):
            going_on = super().__call__(more)
            told.append(Export.objects.get(pk=made.pk).fraction)
            if len(told) == 2:
                update(attempt="another")
            return going_on

    monkeypatch.setattr(tasks, "_Teller", Taken)
    tasks.write(str(made.pk))
    assert told == [1 / 3, 2 / 3, 2 / 3]
    made.refresh_from_db()
    assert made.state == "writing"
    tasks.write(str(made.pk))
    made.refresh_from_db()
    assert (made.state, made.rows, made.fraction) == ("ready", 3, 1)
    with pytest.raises(gate.Refused):
        acts.export(actor=make_actor(make_body()), body=made.body, format="csv")


def test_a_written_catalog_is_sealed_and_destroyed_after_a_day():
    made = _asked()
    tasks.write(str(made.pk))
    made = Export.objects.select_related("sealed_by").get()
    heading = "信息资源名称".encode()
    assert heading in b"".join(pieces(made.file.place.open("rb")))
    assert heading not in store().local(made.file.key).read_bytes()
    tasks.clear_leavings.func(timestamp=0)
    assert store().local(made.file.key).exists()
    with clock.standing_at(clock.now() + exports.EXPORTS_KEPT + timedelta(minutes=1)):
        tasks.clear_leavings.func(timestamp=0)
    made.refresh_from_db()
    assert made.state == "removed"
    assert made.sealed_by.destroyed_at is not None
    assert not store().local(made.file.key).exists()


def test_what_kills_its_worker_again_and_again_is_given_up():
    made = _asked()
    tasks.write(str(made.pk), begun=tasks.ATTEMPTS)
    made.refresh_from_db()
    assert made.state == "failed"
    with pytest.raises(Incomplete):
        acts.export(actor=made.actor(), body=made.body, format="docx")


def _asked() -> Export:
    seat = make_seat()
    for title in ("甲", "乙", "丙"):
        make_entry(seat.body, "draft", title=title)
    return acts.export(actor=Actor.of(seat), body=seat.body, format="csv")
