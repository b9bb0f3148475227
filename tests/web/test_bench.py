"""The bench on its pages: begun, classified, searched, written, measured, certified, verified."""

from decimal import Decimal

import pytest
from django.test import Client
from tests.parties.makers import make_body, make_citizen
from tests.privacy.workbench.makers import (
    fresh,
    made,
    make_certificate,
    make_measured,
    make_source,
    make_target,
    make_work,
)
from tests.privacy.workbench.tables import make_certificate as make_table
from tests.web.makers import seated, text_of
from tests.web.test_collecting import post

from yelin.ledger import log, proving
from yelin.parties.actor import Actor
from yelin.privacy.workbench import spending, tasks
from yelin.privacy.workbench.budget import Budget
from yelin.privacy.workbench.models import BroughtHierarchy, Certificate, Deidentification
from yelin.warehouse import acts as warehouse
from yelin.warehouse import tasks as preparing
from yelin.warehouse.models import Upload
from yelin.web.desk import bench_result

pytestmark = pytest.mark.django_db(transaction=True)
START = "/desk/deidentification/"
ROLES = ("direct", "quasi", "quasi", "quasi", "sensitive")
BECOMES = ("", "flat", "numbers", "divisions", "")


def columns(**over):
    said = {f"columns-role{n}": role for n, role in enumerate(ROLES)}
    said |= {f"columns-becomes{n}": each for n, each in enumerate(BECOMES)}
    return said | {"columns-detail2": "5 10 20"} | over


@pytest.mark.long
@pytest.mark.duty("personal.hand_over")
def test_a_release_passes_the_whole_bench_on_its_pages(client):
    body = make_body()
    seat = seated(client, body)
    source = make_source(body)
    to = make_target(source.entry)
    asked = {"entry": str(source.entry.pk), "number": "1", "to": str(to.pk), "makes": "rows"}
    done = post(client, START, "begin", **asked, sharing="controlled")
    page = done["Location"]
    shown = text_of(client.get(page))
    assert "请逐项说明信息项的类别" in shown
    assert "姓名" in shown
    early = post(client, page, "deidentify.search")
    assert early.status_code == 422
    wrong = client.post(page, {"do": "columns", **columns(**{"columns-detail2": "宽"})})
    assert wrong.status_code in {302, 422}
    assert client.post(page, {"do": "columns", **columns()}).status_code == 302
    levels = text_of(client.get(f"{page}?item=年龄"))
    assert "“年龄”的层级" in levels
    assert post(client, page, "limits", cap="5", nulls="equal").status_code == 302
    held = {"column": "病种", "model": "closeness", "value": "2"}
    assert post(client, page, "guard", **held).status_code == 422
    assert post(client, page, "guard", **held | {"value": "0.9"}).status_code == 302
    assert post(client, page, "deidentify.search").status_code == 302
    work = Deidentification.objects.get()
    assert "hx-trigger" in client.get(page).content.decode()
    tasks.search(str(work.pk))
    shown = text_of(client.get(page))
    assert "没有损失更小的组合" in shown
    assert "信息保留" in shown
    assert "信息项之间的关联" in shown
    assert "处理前后的数据行" in shown
    assert "不对外提供" in shown
    stranger = make_citizen()
    assert bench_result.rows(Actor.of(seat), fresh(work)) is not None
    assert bench_result.rows(stranger, fresh(work)) is None
    assert post(client, page, "deidentify.prepare").status_code == 302
    tasks.write(str(work.pk))
    work = fresh(work)
    preparing.prepare(upload=str(work.upload_id))
    assert str(work.upload_id) in client.get(page).content.decode()
    warehouse.publish(
        actor=Actor.of(seat),
        entry=work.entry,
        upload=Upload.objects.get(pk=work.upload_id),
        without_rejected=False,
    )
    assert post(client, page, "deidentify.measure").status_code == 302
    tasks.measure(str(work.pk))
    assert "3 级：风险可接受" in text_of(client.get(page))
    assert post(client, page, "deidentify.certify").status_code == 302
    assert Certificate.objects.get().number in text_of(client.get(page))


@pytest.mark.long
def test_bounds_of_numbers_and_single_cells_are_said_on_the_page(client):
    work = make_work()
    seated(client, work.entry.provider)
    page = f"{START}{work.pk}/"
    bounded = columns(**{"columns-detail2": "5 10 20 <18 ≥60"})
    assert client.post(page, {"do": "columns", **bounded}).status_code == 302
    ladder = fresh(work).content.column("年龄").ladder
    assert (ladder.widths, ladder.least, ladder.most) == ((5, 10, 20), 18, 60)
    assert "5 10 20 &lt;18 &gt;=60" in client.get(page).content.decode()
    assert "≥60" in text_of(client.get(f"{page}?item=年龄"))
    for cells in ({"cells": "on"}, {}):
        assert post(client, page, "limits", cap="5", nulls="equal", **cells).status_code == 302
        assert fresh(work).content.cells is bool(cells)


@pytest.mark.long
def test_whoever_has_its_digest_sees_whether_a_certificate_stands_and_has_its_files(client):
    certificate = make_certificate()
    body, page = certificate.release.entry.provider, f"{START}{certificate.work_id}/"
    here = f"/certificates/{bytes(certificate.digest).hex()}"
    assert client.get(f"{here}.pdf").status_code == 503
    made(certificate)
    shown = text_of(client.get(f"{here}/"))
    assert "本证书有效" in shown
    versions = f"/resources/{certificate.release.entry.slug}/versions/"
    assert certificate.number in text_of(client.get(versions))
    assert bytes(certificate.digest).hex() in shown
    pdf = client.get(f"{here}.pdf").content
    assert proving.prove(pdf, [log.verifier_key()]).says["number"] == certificate.number
    assert client.get(f"{here}.jws")["Content-Type"] == "application/jose"
    seated(client, body)
    assert post(client, page, f"withdraw-{certificate.pk}").status_code == 302
    assert "本证书已失效" in text_of(client.get(f"{here}/"))
    client.logout()
    assert certificate.number not in text_of(client.get(versions))


@pytest.mark.long
def test_a_table_says_at_its_resource_and_its_certificate_from_what_it_was_made(client):
    certificate = make_table()
    issued = made(certificate)
    versions = text_of(client.get(f"/resources/{certificate.release.entry.slug}/versions/"))
    assert "由未开放数据汇总的统计表" in versions
    shown = text_of(client.get(f"/certificates/{bytes(certificate.digest).hex()}/"))
    assert "不公布数量过小的单元格" in shown
    assert proving.prove(issued.pdf, [log.verifier_key()]).says["number"] == certificate.number
    source = certificate.source.entry
    assert not any(source.title in each for each in (versions, shown))


@pytest.mark.long
def test_a_hierarchy_is_brought_changed_and_of_nobody_else(client):
    body = make_body()
    seated(client, body)
    lines = "男;*\n女;*"
    wrong = post(client, START, "deidentify.bring_hierarchy", title="性别", lines="男;a\n女")
    assert wrong.status_code == 422
    assert post(
        client, START, "deidentify.bring_hierarchy", title="性别", lines=lines
    ).status_code == 302  # fmt: skip
    found = BroughtHierarchy.objects.get()
    page = f"/desk/hierarchies/{found.pk}/"
    assert "男" in text_of(client.get(page))
    assert post(client, page, "deidentify.change_hierarchy", lines=lines).status_code == 422
    more = f"{lines}\n未说明;*"
    assert post(client, page, "deidentify.change_hierarchy", lines=more).status_code == 302
    seated(client, make_body())
    assert client.get(page).status_code == 404
    assert client.get(f"{START}{make_work().pk}/").status_code == 404


@pytest.mark.long
def test_where_guessing_beats_the_attack_on_whoever_is_not_in_it_the_page_says_why(client):
    work = make_measured(make_work())
    tried = work.measured["attacks"]["tried"]
    seated(client, work.entry.provider)
    page = f"{START}{work.pk}/"
    assert "猜测的命中率高于" in text_of(client.get(page))
    even = [each | {"control": each["control"] | {"high": 1.0}} for each in tried]
    work.measured = work.measured | {"attacks": {"reached": 1, "tried": even}}
    work.save()
    assert "猜测的命中率高于" not in text_of(client.get(page))


@pytest.mark.long
def test_who_has_no_digest_finds_no_certificate(client):
    certificate = make_certificate()
    assert client.get("/certificates/xyz/").status_code == 404
    assert client.get(f"/certificates/{certificate.number}/").status_code == 404
    assert client.get(f"/certificates/{'0' * 64}.pdf").status_code == 404


def test_a_privacy_budget_is_set_and_drawn_on_its_page(client):
    body = make_body()
    seated(client, body)
    source = make_source(body)
    where = f"{START}budgets/"
    assert "尚无隐私预算" in text_of(client.get(where))
    said = {"do": "budget", "budget-entry": str(source.entry.pk)}
    assert client.post(where, said | {"budget-limit": "9"}).status_code == 422
    assert client.post(where, said | {"budget-limit": "1.5"}).status_code == 302
    spending.spend(source.thing, source.entry, Decimal("0.25"))
    page = client.get(where)
    shown = text_of(page)
    assert source.entry.title in shown
    assert "0.25 1.25 1.5" in shown
    assert '<meter min="0" max="1.5" value="0.25"' in page.content.decode()
    assert where in client.get(START).content.decode()
    other = Client()
    seated(other, make_body())
    assert "0.25 1.25" not in text_of(other.get(where))
    stranger = other.post(where, said | {"budget-limit": "3"})
    assert stranger.status_code == 422
    assert Budget.objects.get().limit == Decimal("1.5")
