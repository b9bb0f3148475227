"""Real catalogs of other systems: every row of every file is accounted for."""

from pathlib import Path

import pytest
from tests.compiling.makers import bring, outcomes
from tests.warehouse.test_parse import SHARED

pytestmark = pytest.mark.django_db(transaction=True)

REAL = SHARED / "catalog-tw"
SMALL = Path(__file__).parent / "cases"
# File, mapping, rows, and how many of them are refused: doubled names, codes that nobody knows.
FILES = [
    ("raw_01_taipei.csv", "taipei", 1127, 43),
    ("raw_03_taoyuan.csv", "taoyuan", 1444, 2),
    ("taoyuan_open_data_supply_list.xls", "taoyuan", 1429, 4),
    ("list_01_taipei.csv", "city-list", 1127, 7),
    ("list_06_Ilan.csv", "city-list", 361, 2),
    ("list_09_kaohsiung.csv", "city-list", 1556, 20),
    ("list_13_penghu.csv", "city-list", 104, 0),
    ("list_16_keelung.csv", "city-list", 485, 0),
    ("kaohsiung_catalog_20180320.csv", "portal-pages", 1495, 6),
    ("yilan_catalog_20180320_OD.csv", "portal-pages", 357, 4),
    ("yilan_catalog_20180320_OpenData.csv", "yilan", 356, 4),
]


def require_accounted(batch, rows, refused):
    assert (batch.state, batch.error) == ("ready", {})
    planned = list(batch.planned.all())
    assert sum(each.rows for each in planned) == batch.found["rows"] == rows
    assert outcomes(batch).get("refuse", 0) == refused
    assert all(each.flaws for each in planned if each.outcome == "refuse")
    last = 0
    for each in planned:
        assert last < each.first <= each.last
        last = each.last


@pytest.mark.skipif(not REAL.exists(), reason="the shared files are not here")
@pytest.mark.parametrize(("name", "mapping", "rows", "refused"), FILES)
def test_every_row_of_a_real_catalog_is_accounted_for(name, mapping, rows, refused):
    content = (REAL / name).read_bytes()
    require_accounted(bring(content, name=name, mapping=mapping), rows, refused)


@pytest.mark.parametrize(
    ("name", "mapping", "rows", "refused"),
    [("list_13_penghu.csv", "city-list", 104, 0), ("kaohsiung_head.csv", "portal-pages", 200, 3)],
)
def test_every_row_of_a_small_copy_is_accounted_for(name, mapping, rows, refused):
    content = (SMALL / name).read_bytes()
    require_accounted(bring(content, name=name, mapping=mapping), rows, refused)


@pytest.mark.skipif(not REAL.exists(), reason="the shared files are not here")
@pytest.mark.parametrize("name", ["tw_data_portal_list.xlsx", "tw_dataset_metadata_standard.doc"])
def test_what_is_no_catalog_is_refused_as_a_whole_with_a_mend(name):
    batch = bring((REAL / name).read_bytes(), name=name, mapping="city-list")
    assert batch.state == "failed"
    assert batch.error["says"]
    assert not batch.planned.exists()
