"""The platform's figures are counted from what everyone may read, and nothing else is in them."""

import csv
import io
import re

import pytest
from django.test import Client
from tests.catalog.makers import make_entry
from tests.warehouse.makers import make_release
from tests.web.makers import seated, text_of

from yelin.catalog.content import ItemContent
from yelin.delivery.models import Tally
from yelin.law import clock
from yelin.opening.tasks import measure

pytestmark = pytest.mark.django_db(transaction=True)

ITEMS = (ItemContent(name="年份", type="I"), ItemContent(name="额", type="I", unit="万元"))


def rows(many: int) -> bytes:
    return "\n".join(["年份,额", *(f"{n},{n * n}" for n in range(many))]).encode()


def lines(page) -> list[list[str]]:
    return list(csv.reader(io.StringIO(page.content.decode())))


@pytest.fixture
def open_table():
    entry = make_entry(title="港口", items=ITEMS, division="460100", themes=("transport",))
    return make_release(entry, rows(40)).entry


def test_what_is_counted_is_open_and_what_is_closed_leaves_no_trace(client: Client, open_table):
    make_release(make_entry(title="密不可见", opening_type="none", items=ITEMS), rows(900))
    client.get(f"/api/v1/resources/{open_table.slug}/rows")
    measure()
    page = client.get("/statistics/")
    figures = {figure.label: figure.value for figure in page.context["figures"]}
    assert (figures["开放的资源"], figures["行数"], figures["字段"]) == ("1", "40", "2")
    assert figures["三十天内的查询"] == str(Tally.objects.get().queries)
    assert [chart.chart.kind for chart in page.context["charts"]] == ["line", "bar", "map"]
    # The page waits for no drawing: each picture has an address, which tells what it shows.
    pictures = re.findall(r'src="(/statistics/(\w+)\.svg\?of=\w+)"', page.content.decode())
    assert [name for _address, name in pictures] == ["uses", "themes", "places"]
    for address, _name in pictures:
        picture = client.get(address)
        assert picture["Content-Type"] == "image/svg+xml"
        assert "sandbox" in picture["Content-Security-Policy"]
        assert b"<svg" in picture.content
    assert client.get("/statistics/else.svg").status_code == 404
    assert "海口市" in text_of(page)
    assert "密不可见" not in text_of(page)
    file = lines(client.get("/statistics.csv"))
    assert file[1][3:5] == ["1", "40"]
    assert ["行政区划", "460100", "海口市", "1", "40", "0", "", ""] in file
    # The line is of thirty days, and all of them are in the file.
    assert sum(line[0] == "日期" for line in file) == 30


@pytest.mark.long
def test_the_index_says_how_each_measure_is_counted_and_lists_what_drags_it_down(client: Client):
    good = make_release(make_entry(title="港口", items=ITEMS), rows(40)).entry
    tiny = make_release(make_entry(title="只有三行", items=ITEMS), rows(3)).entry
    measure()
    page = client.get("/openness/", {"lack": "tiny"})
    told = {each.title: each for each in page.context["measures"]}
    assert (told["没有问题"].value, told["没有问题"].parts) == ("50.0%", "1 / 2")
    assert "÷" in told["没有问题"].formula
    listed = [entry.pk for entry in page.context["rows"]]
    assert listed == [tiny.pk]
    assert good.pk not in listed
    codes = {line[0] for line in lines(client.get("/openness.csv"))[1:]}
    assert codes == {f"D{n}" for n in range(1, 14)}


@pytest.mark.long
def test_figures_are_told_with_their_minute_and_are_the_same_whoever_looks(client: Client):
    make_entry(title="港口")
    basis = "《统计法》第九条"
    kept = {"opening_type": "none", "sharing_type": "none", "sharing_basis": basis}
    own = make_entry(title="不公开的目录", title_protected_by=basis, **kept)
    told = {}
    for who in ("a stranger", "its steward"):
        for path in ("/", "/statistics/", "/openness/"):
            page = client.get(path)
            counted = [page.context.get(name) for name in ("confirmed", "figures", "measures")]
            assert told.setdefault(path, counted) == counted, who
            at = page.context["at"].astimezone(clock.SHANGHAI)
            said = text_of(page)
            assert f"截至 {at.year}年{at.month}月{at.day}日 {at:%H:%M}。" in said
            assert f"{at:%H:%M:%S}" not in said
        seated(client, own.provider)
    assert told["/"][0] == 1


def test_before_anything_was_counted_the_pages_say_so(client: Client):
    for path in ("/statistics/", "/openness/", "/statistics.csv", "/openness.csv"):
        assert client.get(path).status_code == 200
    assert "尚未统计" in text_of(client.get("/statistics/"))
    assert client.get("/openness/", {"lack": "?", "page": "9"}).status_code == 200


@pytest.mark.long
def test_a_steward_sees_what_their_own_body_can_mend_and_no_other_body(client: Client):
    tiny = make_release(make_entry(title="只有三行", items=ITEMS), rows(3)).entry
    other = make_release(make_entry(title="别人的三行", items=ITEMS), rows(4)).entry
    measure()
    seated(client, tiny.provider)
    page = client.get("/desk/openness/", {"lack": "tiny"})
    assert [entry.pk for entry in page.context["rows"]] == [tiny.pk]
    assert f"/desk/entries/{tiny.pk}/" in page.content.decode()
    assert other.title not in text_of(page)


@pytest.mark.long
def test_rows_that_a_filter_leaves_are_drawn_by_the_same_filter(client: Client, open_table):
    page = client.get(f"/resources/{open_table.slug}/", {"f[年份]": ">= 30"})
    charts = client.get(page.context["drawn_url"])
    (first, *_rest) = charts.context["charts"]
    assert first.chart.filters
    assert "drawn_url" not in client.get(f"/resources/{open_table.slug}/").context
