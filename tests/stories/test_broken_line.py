"""A large file whose line breaks, in a real browser: it goes on where it stood, after a reload."""

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from tests.catalog.makers import make_entry
from tests.parties.makers import make_person, make_seat
from tests.stories.test_whole_way import PASSWORD, beside, browser, pytestmark, sign_in, someone

from yelin.catalog.models import Entry
from yelin.warehouse.models import Upload

__all__ = ["pytestmark"]

PIECE = 1 << 20
SCRIPTS = Path(__file__).parents[2] / "src/yelin/web/static/yelin"


@pytest.fixture
def entry(transactional_db) -> Entry:
    found = make_entry(title="港口货物吞吐量")
    make_seat(found.provider, "steward", make_person(username="steward", password=PASSWORD))
    return found


class Line:
    """The line between browser and server: it notes what is sent from where, and may break."""

    def __init__(self, page: Page) -> None:
        self.sent: list[int] = []
        self.breaks_at: int | None = None
        page.route("**/*", self._meet)

    def _meet(self, route: Route) -> None:
        script = route.request.url.rpartition("/")[2]
        if script in ("upload.js", "resumable.js"):
            # The same, but that files are large and pieces full sooner.
            said = (SCRIPTS / script).read_text().replace("16e6", "1e6")
            said = said.replace("32 << 20", str(PIECE))
            route.fulfill(body=said, content_type="text/javascript")
        elif route.request.method == "PATCH":
            self.sent.append(int(route.request.headers["upload-offset"]))
            route.abort() if self.sent[-1] == self.breaks_at else route.continue_()
        else:
            route.continue_()


def send(page: Page, entry: Entry, file: Path) -> None:
    page.goto(f"/desk/entries/{entry.pk}/upload/")
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()


@pytest.mark.long
def test_a_file_whose_line_breaks_goes_on_where_it_stood_once_it_is_chosen_again(
    live_server, entry, tmp_path
):
    file = tmp_path / "港口.csv"
    file.write_bytes(b"\xe5\xb9\xb4\n" + b"2024\n" * 600_000)
    with browser() as chromium, someone(chromium, live_server.url, []) as steward:
        sign_in(steward, "steward")
        line = Line(steward)
        line.breaks_at = 2 * PIECE
        send(steward, entry, file)
        expect(steward.locator("[data-upload-left]")).to_contain_text("连接中断")
        assert set(line.sent) == {0, PIECE, 2 * PIECE}
        # It waits longer each time, and does not ask without end.
        assert line.sent.count(2 * PIECE) <= 3
        steward.reload()
        expect(steward.get_by_text("港口.csv")).to_be_visible()
        line.breaks_at, line.sent = None, []
        send(steward, entry, file)
        steward.wait_for_url("**/desk/uploads/**")
        assert line.sent == [2 * PIECE]
    found: list[Upload] = []
    beside(lambda: found.append(Upload.objects.select_related("sealed_by").get()))
    assert found[0].size == file.stat().st_size
    assert found[0].sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
