import io
import json
from math import cos, hypot, radians

import pytest
import shapefile
from hypothesis import given
from hypothesis import strategies as st
from tests.warehouse.tables import bring
from tests.warehouse.test_archive import packing

from yelin.warehouse import datum, geometry
from yelin.warehouse.findings import Unfit

WGS84 = 'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]]]'
CGCS2000 = 'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000"]]'
TWD97 = 'PROJCS["TWD_1997_TM_Taiwan",GEOGCS["GCS_TWD_1997",DATUM["D_TWD_1997"]]]'
# Longitude and latitude in WGS 84 and in GCJ-02, as published with map clients.
KNOWN = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
# In BD-09 and in WGS 84, as the service of that map answers.
BAIDU = (114.2307519546763, 29.57908428837437), (114.21892734521, 29.575429778924)


def metres(one, other) -> float:
    east = (one[0] - other[0]) * cos(radians(one[1]))
    return hypot(east, one[1] - other[1]) * 111_320


@pytest.mark.parametrize(("earth", "shifted"), KNOWN)
def test_known_points_of_gcj02_are_met_within_a_metre_both_ways(earth, shifted):
    assert metres(datum.to_gcj02(*earth), shifted) < 0.1
    assert metres(datum.from_gcj02(*shifted), earth) < 0.1


def test_a_known_point_of_bd09_is_met_within_a_metre():
    baidu, earth = BAIDU
    assert metres(datum.from_bd09(*baidu), earth) < 1


@given(st.floats(73, 135), st.floats(3, 54))
def test_what_is_shifted_and_brought_back_is_where_it_was(longitude, latitude):
    back = datum.from_gcj02(*datum.to_gcj02(longitude, latitude))
    assert metres(back, (longitude, latitude)) < 0.01


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ({"type": "Point", "coordinates": ["110.10", "20.0"]}, "POINT (110.10 20.0)"),
        ({"type": "Point", "coordinates": ["110.1", "20", "5.50"]}, "POINT Z (110.1 20 5.50)"),
        ({"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "LINESTRING (1 2, 3 4)"),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
            "POLYGON ((0 0, 1 0, 1 1, 0 0))",
        ),
        (
            {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [0, 0]]], [[[2, 2]]]]},
            "MULTIPOLYGON (((0 0, 1 0, 0 0)), ((2 2)))",
        ),
        ({"type": "MultiPoint", "coordinates": []}, "MULTIPOINT EMPTY"),
        (
            {
                "type": "GeometryCollection",
                "geometries": [{"type": "Point", "coordinates": [1e-7, 2]}],
            },
            "GEOMETRYCOLLECTION (POINT (0.0000001 2))",
        ),
    ],
)
def test_shapes_are_written_as_well_known_text(shape, text):
    assert geometry.text_of(shape, None) == text


def geojson(*features, **over) -> str:
    made = [
        {"type": "Feature", "properties": {"名称": name}, "geometry": shape}
        for name, shape in features
    ]
    return json.dumps({"type": "FeatureCollection", **over, "features": made}, ensure_ascii=False)


def point(*place) -> dict:
    return {"type": "Point", "coordinates": list(place)}


def test_geojson_is_a_table_of_its_features_with_a_column_of_shapes(tmp_path):
    text = geojson(("海口", point(110.35, 20.02)), ("无", None))
    found = bring(tmp_path, text, "名称:C", "几何:G", name="x.geojson")
    assert found.rows == [("海口", "POINT (110.35 20.02)"), ("无", None)]
    source = found.prepared.source
    assert (source.kind, source.datum) == ("geojson", "wgs84")
    assert bring(tmp_path, text).types == {"名称": "C", "几何": "G"}


@pytest.mark.long
def test_coordinates_of_web_maps_are_brought_back_and_it_is_said(tmp_path):
    (earth, shifted), *_ = KNOWN
    found = bring(tmp_path, geojson(("点", point(*shifted))), "名称:C", "几何:G", datum="gcj02")
    x, y = found.rows[0][1].removeprefix("POINT (").removesuffix(")").split()
    assert metres((float(x), float(y)), earth) < 0.1
    assert found.prepared.source.datum == "cgcs2000"
    assert "map.moved" in found.codes


@pytest.mark.drawn(1)
@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (point(250_000, 2_750_000), "degrees"),
        (point("x", 1), "geometry"),
        ({"type": "Circle", "coordinates": [1, 2]}, "geometry"),
        ({"type": "Polygon", "coordinates": [[1, 2], [3, 4]]}, "geometry"),
    ],
)
def test_a_shape_that_is_none_refuses_its_row_by_place(tmp_path, shape, reason):
    text = geojson(("好", point(110, 20)), ("坏", shape))
    found = bring(tmp_path, text, "名称:C", "几何:G")
    assert [row[0] for row in found.rows] == ["好"]
    assert [(line, column, why) for line, column, _, why in found.faults] == [(2, "几何", reason)]


def test_a_system_that_is_not_taken_is_named(tmp_path):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3826"}}
    with pytest.raises(Unfit, match="EPSG::3826"):
        bring(tmp_path, geojson(("点", point(1, 2)), crs=crs), "名称:C")
    crs["properties"]["name"] = "urn:ogc:def:crs:EPSG::4490"
    found = bring(tmp_path, geojson(("点", point(1, 2)), crs=crs), "名称:C")
    assert found.prepared.source.datum == "cgcs2000"


def zipped(prj: str = "", encoding="utf-8", cpg="") -> bytes:
    parts = {suffix: io.BytesIO() for suffix in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, encoding=encoding) as writer:
        writer.field("名称", "C", 40)
        writer.field("代码", "C", 6)
        writer.field("人口", "N", 12)
        writer.field("面积", "N", 12, 3)
        writer.field("日期", "D")
        for name, code, x in (("海口市", "010", 110.35), ("三亚市", "020", 109.5)):
            ring = [[x, 20], [x, 20.5], [x + 0.5, 20.5], [x, 20]]
            writer.poly([ring])
            writer.record(name, code, 2_873_358, 2296.83, "20200101")
    files = {f"图/界线.{suffix}": blob.getvalue() for suffix, blob in parts.items()}
    files |= {"图/界线.prj": prj} if prj else {}
    return packing(files | ({"图/界线.cpg": cpg} if cpg else {}))


@pytest.mark.drawn(1)
@pytest.mark.parametrize(
    ("prj", "encoding", "cpg", "system"),
    [
        (WGS84, "utf-8", "UTF-8", "wgs84"),
        (CGCS2000, "gb18030", "", "cgcs2000"),
        (CGCS2000, "gb18030", "936", "cgcs2000"),
        (WGS84, "utf-8", "", "wgs84"),
    ],
)
def test_a_zipped_shapefile_is_a_table_with_a_column_of_shapes(
    tmp_path, prj, encoding, cpg, system
):
    found = bring(
        tmp_path,
        zipped(prj, encoding, cpg),
        "名称:C", "代码:C", "人口:I", "面积:N", "日期:D", "几何:G",
    )  # fmt: skip
    assert found.prepared.refused == 0
    name, code, people, area, day, shape = found.rows[0]
    assert (name, code, people, str(area), str(day)) == (
        "海口市", "010", 2_873_358, "2296.83", "2020-01-01",
    )  # fmt: skip
    assert shape.startswith("POLYGON ((110.35 20")
    source = found.prepared.source
    assert (source.kind, source.datum, source.sheet) == ("shapefile", system, "图/界线.shp")


@pytest.mark.long
def test_a_shapefile_without_a_system_is_asked_for_it(tmp_path):
    with pytest.raises(Unfit, match="choose it"):
        bring(tmp_path, zipped(), "名称:C")
    assert bring(tmp_path, zipped(), "名称:C", datum="bd09").prepared.source.datum == "cgcs2000"
    with pytest.raises(Unfit, match="TWD_1997_TM_Taiwan"):
        bring(tmp_path, zipped(TWD97), "名称:C")
