"""What a file leaves open is asked on its report, and answered there."""

import pytest
from tests.catalog.makers import make_entry
from tests.warehouse.makers import make_release, make_upload
from tests.web.makers import seated, text_of

from yelin.catalog.content import ItemContent
from yelin.warehouse import tasks
from yelin.warehouse.models import Release

pytestmark = pytest.mark.django_db(transaction=True)

ITEMS = (
    ItemContent(name="单位名称", type="C", nullable=False),
    ItemContent(name="登记日期", type="D"),
    ItemContent(name="备注", type="C"),
)
JUNE = "单位名称,登记日期,备注\n甲公司,2026-06-01,好\n"
JULY = "企业名称,登记日期\n甲公司,01/07/2026\n乙公司,03/07/2026\n"


def _again(upload):
    tasks.prepare(upload=str(upload.pk))
    upload.refresh_from_db()


@pytest.mark.duty("quality.keep")
def test_a_renamed_column_and_doubtful_dates_are_asked_and_the_change_is_accepted(client):
    entry = make_entry(state="registered", items=ITEMS)
    seated(client, entry.provider)
    make_release(entry, JUNE)
    upload = make_upload(entry, JULY)
    url = f"/desk/uploads/{upload.pk}/"
    page = client.get(url, {"lang": "en"})
    says = text_of(page)
    assert "2 questions before it can be published" in says
    assert "Which column of the file is “单位名称”?" in says
    assert "01/07/2026 → 2026-07-01" in says
    assert 'value="publish"' not in page.content.decode()

    refused = client.post(url, {"do": "publish"})
    assert (refused.status_code, Release.objects.count()) == (422, 1)
    half = client.post(url, {"do": "answer", "column-0": "0"})
    assert (half.status_code, "登记日期" in text_of(half)) == (422, True)
    client.post(url, {"do": "answer", "column-0": "0", "order-0": "dmy"})
    _again(upload)
    assert (upload.state, upload.rows, upload.rejected) == ("ready", 2, 0)
    changed = {each["column"]: each["kind"] for each in upload.report["changed"]}
    assert changed == {"单位名称": "renamed", "备注": "gone"}

    assert client.post(url, {"do": "publish"}).status_code == 422
    client.post(url, {"do": "publish", "as_changed": "yes"})
    upload.refresh_from_db()
    assert upload.state == "published"
    # The next file with that name is read so without a question.
    august = make_upload(entry, "企业名称,登记日期\n丙公司,2026-08-01\n")
    assert august.report["asked"] == {"columns": [], "orders": []}
    assert (august.rows, august.report["changed"]) == (1, [])
    assert [each["code"] for each in august.report["notices"]] == [
        "columns.remembered", "columns.missing",
    ]  # fmt: skip
