"""Versions on pages: chosen modes, what differs, going back, erasing, how long they stay."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.catalog.makers import make_entry
from tests.warehouse.makers import make_release, make_upload
from tests.web.makers import seated, text_of

from yelin.catalog.content import ItemContent
from yelin.law import clock
from yelin.warehouse import tasks
from yelin.warehouse.models import Erasure, Keeping, Release, Upload

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "年份,海口港,代码\n"


@pytest.mark.long
def test_a_steward_chooses_what_the_rows_do_and_sees_what_became_of_those_that_stood(client):
    entry = make_entry()
    seated(client, entry.provider)
    page = f"/desk/entries/{entry.pk}/upload/"
    assert "按主键更新" not in text_of(client.get(page))
    make_release(entry)
    assert "按主键更新" in text_of(client.get(page))
    file = SimpleUploadedFile("t.csv", f"{HEADER}2015,1,\n2014,1,\n".encode())
    report = client.post(page, {"file": file, "mode": "append"}).url
    upload = Upload.objects.get(filename="t.csv")
    tasks.prepare(upload=str(upload.pk))
    told = text_of(client.get(report))
    assert "与第 1 版相比" in told
    assert "主键已经存在" in told
    make_release(entry, HEADER + "2016,1,\n", mode="append")
    assert "文件检查后又发布了新的版本" in text_of(client.get(report))
    client.post(report, {"do": "prepare"})
    tasks.prepare(upload=str(upload.pk))
    assert "与第 2 版相比" in text_of(client.get(report))
    client.post(report, {"do": "publish", "without_rejected": "yes"})
    assert Release.objects.latest_of(entry).rows == 5


@pytest.mark.long
def test_whoever_may_take_the_rows_sees_what_differs_between_versions(client):
    first = make_release()
    entry = first.entry
    page = f"/resources/{entry.slug}/versions/difference/"
    assert "只有一个版本" in text_of(client.get(page))
    make_release(entry, HEADER + "2012,7218,007\n2015,1,\n", mode="upsert")
    make_release(entry, "年份\n2013\n", mode="delete")
    told = client.get(page + "?from=1&to=3").content.decode()
    assert "<del>7,217</del>" in told
    assert "<ins>7,218</ins>" in told
    assert f"/api/v1/resources/{entry.slug}/releases/3/difference/download?from=1" in told
    assert "请选择两个不同的版本" in text_of(client.get(page + "?from=2&to=2"))
    assert "以第 2 版为基础" in text_of(client.get(f"/resources/{entry.slug}/versions/"))
    closed = make_release(make_entry(opening_type="none")).entry
    told = client.get(f"/resources/{closed.slug}/versions/difference/")
    assert "7,217" not in told.content.decode()


@pytest.mark.long
def test_a_steward_goes_back_erases_and_sets_the_term_on_one_page(client, today):
    today("2024-03-01")
    first = make_release()
    entry = first.entry
    make_release(entry, HEADER + "2020,1,\n")
    seated(client, entry.provider)
    page = f"/desk/entries/{entry.pk}/versions/"
    report = client.post(page, {"do": "roll_back", "number": "1"}).url
    tasks.prepare(upload=report.split("/")[-2])
    assert "回滚至第 1 版" in text_of(client.get(report))
    client.post(report, {"do": "publish"})
    said = {"do": "erase", "keys": "2013\n2099\n", "reason": "依申请删除"}
    assert client.post(page, said).status_code == 422
    assert client.post(page, said | {"keys": "甲", "sure": "on"}).status_code == 422
    assert not Erasure.objects.exists()
    client.post(page, said | {"sure": "on"})
    tasks.redact.func(entry=str(entry.pk))
    told = text_of(client.get(page))
    assert "依申请删除" in told
    assert told.count("已删除部分数据行") == 2
    assert client.post(page, {"do": "keep", "months": "3", "least": "1"}).status_code == 422
    client.post(page, {"do": "keep", "months": "24", "least": "2"})
    kept = Keeping.objects.get(entry=entry)
    assert (kept.months, kept.least) == (24, 2)
    today("2027-03-01")
    tasks.destroy_past.func(timestamp=0)
    assert f"已于 {clock.today().year}年3月1日 销毁" in text_of(client.get(page))
    old = client.get(f"/resources/{entry.slug}/?version=1")
    assert old.status_code == 200
    assert "其数据已于" in text_of(old)
    assert "第 1 版" in text_of(client.get(f"/resources/{entry.slug}/versions/"))


def test_without_key_items_the_page_offers_no_erasing(client):
    entry = make_entry(items=(ItemContent(name="年份", type="I"),))
    make_upload(entry, "年份\n2012\n")
    seated(client, entry.provider)
    assert "没有主键信息项" in text_of(client.get(f"/desk/entries/{entry.pk}/versions/"))
