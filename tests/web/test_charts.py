"""Charts of a resource: whoever may have its rows sees them drawn; nobody sees more."""

import base64
import csv
import gzip
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from tests.catalog.makers import make_entry
from tests.gate.makers import make_grant
from tests.parties.makers import make_person
from tests.warehouse.makers import make_release
from tests.web.makers import BACKEND, text_of

from yelin.catalog.content import ItemContent
from yelin.delivery.models import Tally
from yelin.gate import Mask, Obligations
from yelin.web.middleware import CONTENT_POLICY

pytestmark = pytest.mark.django_db(transaction=True)

PLACES = ("海口市", "三亚市", "儋州市", "文昌市", "琼海市", "外省")
ITEMS = (
    ItemContent(name="登记日期", type="D"),
    ItemContent(name="市县", type="C"),
    ItemContent(name="资本", type="I", unit="万元"),
)


@pytest.fixture
def firms():
    lines = ["登记日期,市县,资本"]
    lines += [
        f"20{18 + n % 5}-0{1 + n % 9}-15,{PLACES[n % 6 if n % 3 else 0]},{n * n % 977 * 10}"
        for n in range(300)
    ]
    entry = make_entry(title="企业登记", items=ITEMS)
    return make_release(entry, "\n".join(lines).encode()).entry


def at(entry, tab="charts/") -> str:
    return f"/resources/{entry.slug}/{tab}"


def pictures(page) -> list[str]:
    found = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page.content.decode())
    return [base64.b64decode(each).decode() for each in found]


@pytest.mark.duty("opening.free")
def test_a_table_has_first_charts_with_what_they_find_and_their_figures(client: Client, firms):
    page = client.get(at(firms))
    charts = page.context["charts"]
    assert [chart.chart.kind for chart in charts] == ["line", "map", "histogram"]
    assert len(pictures(page)) == 3
    assert "海口市最多：100，占全部的 33%" in charts[1].finding
    assert charts[1].figures[0] == ("海口市", "100")
    assert "登记日期" in text_of(page)
    # All of it is one call.
    assert Tally.objects.get().queries == 1


@pytest.mark.long
def test_a_chart_is_asked_for_by_an_address_and_its_data_is_what_it_shows(client: Client, firms):
    page = client.get(at(firms), {"x": "市县", "y": "sum:资本", "filter[市县][ne]": "外省"})
    (chart,) = page.context["charts"]
    assert (chart.chart.kind, chart.title) == ("bar", "资本合计（万元），按市县")
    rows = list(
        csv.reader(io.StringIO(client.get(chart.urls["csv"]).getvalue().decode("utf-8-sig")))
    )
    assert rows[0] == ["市县", "sum:资本"]
    assert [row[0] for row in rows[1:]] == [label for label, _value in chart.figures]
    assert "外省" not in [row[0] for row in rows]
    again = client.get(chart.urls["own"])
    assert again.context["charts"][0].spec == chart.spec
    for form, begins in (("svg", b"<svg"), ("png", b"\x89PNG")):
        picture = client.get(chart.urls[form])
        assert picture.content.startswith(begins)
        assert "sandbox" in picture["Content-Security-Policy"]


@pytest.mark.long
def test_a_chart_is_had_as_what_draws_it_and_by_the_program_that_does(client: Client, firms):
    page = client.get(at(firms), {"x": "month:登记日期"})
    (chart,) = page.context["charts"]
    spec = client.get(chart.urls["json"]).json()
    assert spec["data"] == chart.spec["data"]
    assert {layer["mark"]["type"] for layer in spec["layer"]} == {"line", "point"}
    # The page itself is light: the program is named, and loaded by whoever asks for it.
    assert len(page.content) < 150_000
    address = page.context["program_url"]
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert "immutable" in packed["Cache-Control"]
    program = client.get(address).content
    assert gzip.decompress(packed.content) == program
    assert b"University of Washington Interactive Data Lab" in program[:600]
    assert client.get(address.replace("vega-", "vega-0")).status_code == 404


@pytest.mark.long
def test_an_embedded_chart_stands_in_any_page_as_anyone_has_it(client: Client, firms):
    page = client.get(at(firms), {"x": "month:登记日期"})
    assert "iframe" in page.context["frame"]
    src = re.search(r'src="([^"]+)"', page.context["frame"])[1].replace("&amp;", "&")
    address = urlsplit(src)
    assert parse_qs(address.query)["x"] == ["month:登记日期"]
    embedded = client.get(f"{address.path}?{address.query}")
    assert "frame-ancestors *" in embedded["Content-Security-Policy"]
    assert embedded["Content-Security-Policy"].replace("*", "'none'") == CONTENT_POLICY
    assert "X-Frame-Options" not in embedded
    assert len(pictures(embedded)) == 1


@pytest.mark.drawn(2)
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"x": "没有"}, 400), ({"x": "month:市县"}, 200), ({"x": "0:资本"}, 200),
        ({"x": "市县", "kind": "pie"}, 200), ({"x": "市县", "y": "sum:市县"}, 200),
        ({"x": "市县", "y": "evil:资本"}, 200), ({"x": "市县", "kind": "points"}, 200),
        ({"x": "资本", "kind": "line"}, 200), ({"x": "市县", "kind": "line"}, 200),
        ({"x": "市县", "kind": "histogram"}, 200), ({"x": "登记日期", "kind": "map"}, 200),
        ({"x": "市县", "filter[资本][gte]": "x"}, 200), ({"x": "市县", "filter[市县]": "无"}, 200),
        ({"x": "2:资本", "y": "max:登记日期"}, 200),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_said_and_breaks_nothing(client: Client, firms, asked, status):
    page = client.get(at(firms), asked)
    assert page.status_code == status
    assert client.get(at(firms, "chart.svg"), asked).status_code in {200, 400, 404}


def test_who_may_not_have_the_rows_sees_no_chart(client: Client):
    closed = make_release(
        make_entry(title="不开放", opening_type="none", items=ITEMS),
        "登记日期,市县,资本\n2020-01-01,海口市,5\n2021-01-01,三亚市,6\n".encode(),
    ).entry
    page = client.get(at(closed))
    assert "charts" not in page.context
    assert "海口市" not in text_of(page)
    assert client.get(at(closed, "chart.svg"), {"x": "市县"}).status_code == 403
    assert client.get(at(closed, "chart.json"), {"x": "市县"}).status_code == 403
    assert client.get(at(closed, "charts/embedded/"), {"x": "市县"}).status_code == 403


def test_nearly_all_rows_in_one_step_are_looked_into(client: Client):
    lines = ["名,额"] + [f"n{n},{n % 40}" for n in range(400)] + ["n400,1000000"]
    entry = make_entry(
        title="偏态", items=(ItemContent(name="名", type="C"), ItemContent(name="额", type="I"))
    )
    make_release(entry, "\n".join(lines).encode())
    page = client.get(at(entry), {"x": "50000:额"})
    (chart,) = page.context["charts"]
    assert "另有 1 行在此之外" in chart.beyond


@pytest.mark.long
def test_a_chart_says_to_whom_it_is_and_shows_nothing_that_is_veiled_from_them(client: Client):
    closed = make_release(
        make_entry(
            title="按条件", opening_type="conditional", opening_condition="说明用途", items=ITEMS
        ),
        "登记日期,市县,资本\n2020-01-01,海口市,5\n2021-01-01,三亚市,6\n".encode(),
    ).entry
    person = make_person(username="taker")
    bears = Obligations(masks={"资本": Mask.NULL}, watermark=True)
    grant = make_grant(person, closed, bears=bears)
    client.force_login(person.user, backend=BACKEND)
    page = client.get(at(closed), {"x": "市县"})
    (svg,) = pictures(page)
    assert f"yelin:grant:{grant.pk}" in svg
    offered = page.context["form"].fields
    assert "资本" not in str([*offered["x"].choices, *offered["y"].choices])
    assert "sum:资本" not in page.content.decode()
    # Nor is it there to be asked for: no row has a value.
    assert client.get(at(closed), {"x": "市县", "y": "sum:资本"}).context["charts"] == []


@pytest.mark.long
def test_a_column_with_a_comma_in_its_name_is_drawn_and_downloaded_as_any(client: Client):
    name = "地区,分组"
    entry = make_entry(title="逗号", items=(ItemContent(name=name, type="C"),))
    make_release(entry, f'"{name}"\n甲\n甲\n乙\n'.encode())
    (chart,) = client.get(at(entry), {"x": name}).context["charts"]
    rows = csv.reader(io.StringIO(client.get(chart.urls["csv"]).getvalue().decode("utf-8-sig")))
    assert list(rows) == [[name, "count"], ["甲", "2"], ["乙", "1"]]
