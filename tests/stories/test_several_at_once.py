"""Several resources in a real browser: ticked among results, looked through, had in one ZIP."""

import json
import zipfile

import pytest
from playwright.sync_api import Page, expect
from tests.catalog.makers import make_entry
from tests.delivery.streams import streams_beside
from tests.stories.test_whole_way import browser, pytestmark, someone
from tests.stories.tongue import said
from tests.warehouse.makers import make_release

from yelin.delivery.models import Tally

__all__ = ["pytestmark"]


def taken(page: Page, tmp_path) -> dict:
    """Take the ZIP that the page offers; return what its data package says."""
    with page.expect_download() as downloading:
        page.get_by_role("link", name=said("下载 ZIP（CSV）")).click()
    file = tmp_path / "taken.zip"
    downloading.value.save_as(file)
    with zipfile.ZipFile(file) as package:
        assert package.testzip() is None
        return json.loads(package.read("datapackage.json"))


@pytest.mark.long
def test_what_was_ticked_is_had_in_one_file_without_an_account(
    live_server, monkeypatch, tmp_path, language
):
    ports = make_release(make_entry(title="港口吞吐量")).entry
    make_release(make_entry(title="渔港名录"))
    make_release(
        make_entry(title="企业用电", opening_type="conditional", opening_condition="说明用途")
    )
    complaints: list[str] = []
    with (
        streams_beside(monkeypatch),
        browser() as chromium,
        someone(chromium, live_server.url, complaints, java_script_enabled=False) as page,
    ):
        page.goto("/resources/")
        for title in ("港口吞吐量", "渔港名录", "企业用电"):
            page.get_by_role("checkbox", name=said(f"选择“{title}”")).check()
        page.get_by_role("button", name=said("打包下载所选")).click()
        expect(page.get_by_role("heading", name=said("收入 2 项"))).to_be_visible()
        expect(page.get_by_role("heading", name=said("未收入的及原因"))).to_be_visible()
        page.get_by_role("link", name="渔港名录").last.click()
        expect(page.get_by_role("heading", name=said("收入 1 项"))).to_be_visible()
        about = taken(page, tmp_path)
    assert [each["name"] for each in about["resources"]] == [ports.slug]
    assert [each["title"] for each in about["leftOut"]] == ["企业用电"]
    assert complaints == []
    assert set(Tally.objects.values_list("entry_id", flat=True)) <= {ports.pk}
