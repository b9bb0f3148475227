"""What a page gives to copy does what it says: each example is run as it stands there."""

import csv
import io
import json
import shutil
import subprocess
import sys

import pytest
from tests.catalog.makers import make_entry
from tests.delivery.makers import make_closed
from tests.parties.makers import make_seat, make_token
from tests.warehouse.makers import make_release
from tests.web.makers import sign_in

from yelin.config import Config

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [("2014", "009"), ("2013", "008")]
ASKED = {"f[年份]": ">= 2013", "sort": "-年份"}


@pytest.fixture
def site(live_server, monkeypatch):
    monkeypatch.setattr(Config, "url", property(lambda _: live_server.url))
    return live_server.url


def examples(client, entry, **asked) -> dict[str, str]:
    """Return what the page of a table gives to copy, by its language."""
    page = client.get(f"/resources/{entry.slug}/", asked)
    shown = page.content.decode()
    found = {call.title.partition(" ")[0]: call.text for call in page.context["examples"]}
    assert all(f'id="program-{n}"' in shown for n in range(1, len(found) + 1))
    return found


def run(folder, *command, text=None):
    done = subprocess.run(
        command, cwd=folder, input=text, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_curl_takes_what_the_page_shows(client, site, tmp_path):
    entry = make_release(make_entry()).entry
    run(tmp_path, "bash", "-c", examples(client, entry, **ASKED)["curl"])
    rows = csv.DictReader(io.StringIO((tmp_path / "data.csv").read_text("utf-8")))
    assert [(row["年份"], row["代码"]) for row in rows] == ROWS


@pytest.mark.long
def test_pandas_takes_what_the_page_shows_and_keeps_the_zeros_of_codes(client, site, tmp_path):
    entry = make_release(make_entry()).entry
    program = examples(client, entry, **ASKED)["Python"]
    told = run(tmp_path, sys.executable, "-", text=f"{program}\nprint(table.to_json())")
    table = json.loads(told.splitlines()[-1])
    assert list(zip(map(str, table["年份"].values()), table["代码"].values(), strict=True)) == ROWS


@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
def test_javascript_takes_what_the_page_shows(client, site, tmp_path):
    entry = make_release(make_entry()).entry
    program = examples(client, entry, **ASKED)["JavaScript"]
    (tmp_path / "take.mjs").write_text(f"{program}\nconsole.log(JSON.stringify(rows));")
    rows = json.loads(run(tmp_path, "node", "take.mjs").splitlines()[-1])
    assert [(str(row["年份"]), row["代码"]) for row in rows] == ROWS


@pytest.mark.skipif(not shutil.which("Rscript"), reason="R is not installed")
def test_r_takes_what_the_page_shows(client, site, tmp_path):
    entry = make_release(make_entry()).entry
    program = examples(client, entry, **ASKED)["R"]
    more = 'cat(paste(table[["年份"]], table[["代码"]]), sep = "\\n")'
    (tmp_path / "take.R").write_text(f"{program}\n{more}", "utf-8")
    told = run(tmp_path, "Rscript", "--encoding=UTF-8", "take.R").splitlines()
    assert told[-2:] == [" ".join(row) for row in ROWS]


@pytest.mark.long
def test_what_is_not_open_to_all_is_taken_with_a_token(client, site, tmp_path):
    entry = make_closed()
    seat = make_seat(entry.provider, "steward")
    sign_in(client, seat)
    given = examples(client, entry)
    token = make_token(seat)
    assert all("Bearer yln_…" in each for each in given.values())
    run(tmp_path, "bash", "-c", given["curl"].replace("yln_…", token))
    assert "007" in (tmp_path / "data.csv").read_text("utf-8")
    program = given["Python"].replace("yln_…", token)
    assert "007" in run(tmp_path, sys.executable, "-", text=program)


@pytest.mark.long
def test_no_value_of_a_filter_ends_the_text_that_it_stands_in(client, site, tmp_path):
    entry = make_release(make_entry()).entry
    wicked = "\"'`$(touch gone);\\\n#"
    given = examples(client, entry, **{"f[代码]": wicked})
    place = tmp_path / "place"
    place.mkdir()
    run(place, "bash", "-c", given["curl"])
    told = run(place, sys.executable, "-", text=given["Python"])
    assert "Empty DataFrame" in told
    assert [path.name for path in place.iterdir()] == ["data.csv"]


def test_the_page_of_ways_gives_the_same_without_a_filter(client, site):
    entry = make_release(make_entry()).entry
    page = client.get(f"/resources/{entry.slug}/use/").content.decode()
    assert "pd.read_csv" in page
    assert f"/resources/{entry.slug}.datapackage.json" in page
