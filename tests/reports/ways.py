"""The three ways by which a file comes in, and those by which its rows leave, each as people go."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.catalog.makers import make_entry
from tests.delivery.streams import until
from tests.parties.makers import make_body, make_seat, make_token
from tests.web.makers import sign_in, text_of
from typer.testing import CliRunner

from yelin.catalog.content import ItemContent
from yelin.catalog.models import Entry
from yelin.cli import commands, house
from yelin.parties.models import Seat
from yelin.warehouse.models import Release, Upload

WAYS = ("page", "rest", "command")


@dataclass
class Desk:
    """A steward with a resource of some items, who brings files in and looks at what became."""

    entry: Entry
    seat: Seat
    token: str
    client: Client
    said: list[str] = field(default_factory=list)

    def bring(self, way: str, content: bytes, name: str = "table.csv", **options) -> Upload:
        """Bring a file in by ``way`` and return it once a worker has prepared it."""
        upload = getattr(self, f"_by_{way}")(content, name, options)
        until(lambda: Upload.objects.get(pk=upload.pk).is_settled)
        upload.refresh_from_db()
        return upload

    def _by_page(self, content: bytes, name: str, options: dict) -> Upload:
        path = f"/desk/entries/{self.entry.pk}/upload/"
        sent = {"file": SimpleUploadedFile(name, content), "mode": "replace"} | options
        answer = self.client.post(path, sent)
        assert answer.status_code == 302, text_of(answer)
        return Upload.objects.get(pk=answer["Location"].split("/")[-2])

    def _by_rest(self, content: bytes, name: str, options: dict) -> Upload:
        asked = urlencode({"filename": name} | options)
        answer = self.client.post(
            f"/api/v1/resources/{self.entry.slug}/releases?{asked}",
            content,
            content_type="application/octet-stream",
            headers={"Authorization": f"Bearer {self.token}"},
        )
        assert answer.status_code == 202, answer.content
        return Upload.objects.get(pk=answer.json()["id"])

    def _by_command(self, content: bytes, name: str, options: dict) -> Upload:
        file = house.config.root / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        flags = [f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        words = ["ingest", self.entry.code, str(file), "--token", self.token, *flags]
        done = CliRunner().invoke(commands.app, words)
        self.said.append(done.output)
        return Upload.objects.filter(entry=self.entry).latest("received_at")

    def page(self, upload: Upload) -> str:
        """Return what the steward reads of a file on its page."""
        return text_of(self.client.get(f"/desk/uploads/{upload.pk}/"))

    def told(self, upload: Upload) -> dict:
        """Return what a program reads of a file."""
        path = f"/api/v1/uploads/{upload.pk}"
        return self.client.get(path, headers={"Authorization": f"Bearer {self.token}"}).json()

    def publish(self, upload: Upload) -> Release:
        """Make a prepared file the next release, without what was refused."""
        path = f"/desk/uploads/{upload.pk}/"
        said = {"do": "publish", "without_rejected": "yes", "as_changed": "yes"}
        for place, _ in enumerate(self.client.get(path).context["grounds"]):
            # Whoever reported the file made its people up.
            said |= {
                f"ground-{place}-basis": "not_personal",
                f"ground-{place}-says": "报告问题用的样例，人名和号码均为虚构",
            }
        self.client.post(path, said)
        return Release.objects.get(upload=upload)


@contextmanager
def desk(monkeypatch, *items: ItemContent | str) -> Iterator[Desk]:
    """Seat a steward at a resource open to all; an item is written as ``name:type``."""
    monkeypatch.setattr(house, "wake", lambda: None)
    content = [
        item
        if isinstance(item, ItemContent)
        else ItemContent(name=item.rpartition(":")[0], type=item.rpartition(":")[2])
        for item in items
    ]
    seat = make_seat(make_body(), "steward")
    client = Client()
    sign_in(client, seat)
    yield Desk(make_entry(seat.body, items=tuple(content)), seat, make_token(seat), client)


def rows_out(slug: str) -> dict[str, list[list]]:
    """Return the rows of a resource as a stranger has them at each door, header first."""
    client = Client()
    path = f"/api/v1/resources/{slug}"
    page = client.get(f"{path}/rows?page_size=1000").json()["items"]
    found = {"rows": [list(page[0]), *(list(row.values()) for row in page)]}

    def file(more: str) -> bytes:
        answer = client.get(f"{path}/download?{more}", follow=True)
        assert answer.status_code == 200, answer.content
        return answer.getvalue()

    listed = json.loads(file("format=json"))
    found["json"] = [list(listed[0]), *(list(row.values()) for row in listed)]
    plain = file("format=csv")
    assert not plain.startswith(b"\xef\xbb\xbf")
    found["csv"] = list(csv.reader(io.StringIO(plain.decode())))
    marked = file("format=csv&for=excel")
    assert marked.startswith(b"\xef\xbb\xbf")
    found["excel"] = list(csv.reader(io.StringIO(marked.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(file("format=xlsx"))).active
    found["xlsx"] = [[cell.value for cell in row] for row in book.iter_rows()]
    return found
