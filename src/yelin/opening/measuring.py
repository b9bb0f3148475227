"""What is open, measured entry by entry in one statement of the database.

It reads what the catalog and the releases say already. Two that lie side by side are compared by
groups, not by pairs, so that a hundred thousand entries take seconds.
"""

import re
from typing import Any

from django.db import connection, transaction

from yelin.law import clock, duties, packs
from yelin.opening.models import OPENED
from yelin.opening.openness import FEW_ROWS, LEAST_TOLD, MOST_BLANK

# What tells the parts of one table apart in their titles: years, months, pages, numbers.
_CUTS = (
    r"[0-9０-９一二三四五六七八九十〇零]+|年度|年|半年|季度|月份|月|日|期|批次|第|部分|[上下]半"
    r"|[()（）\s—–_-]"
)

_MEASURE = """
WITH opened AS (
    SELECT e.*, CASE e.opening_type WHEN 'unconditional' THEN e.open_items ELSE e.applied_items END
        AS given
    FROM catalog_entry e
    WHERE e.state = 'confirmed' AND e.opening_type = ANY(%(opened)s)
), newest AS (
    SELECT DISTINCT ON (r.entry_id) r.entry_id, r.rows, r.columns, r.destroyed_at,
        count(*) OVER (PARTITION BY r.entry_id) AS many,
        CASE jsonb_typeof(r.manifest_kept) WHEN 'object' THEN r.manifest_kept END AS said
    FROM warehouse_release r JOIN opened o ON o.thing_id = r.entry_id
    ORDER BY r.entry_id, r.number DESC
), plain AS MATERIALIZED (
    SELECT n.entry_id, n.said #>> '{source,sha256}' AS sha256,
        (SELECT sum((c ->> 'nulls')::bigint) FROM jsonb_array_elements(n.said -> 'columns') c)
            AS blank
    FROM newest n WHERE n.said IS NOT NULL
), described AS (
    SELECT i.entry_id, count(*) AS many,
        count(*) FILTER (WHERE i.note <> '' OR i.unit <> '' OR i.element_id IS NOT NULL
            OR i.code_list_id IS NOT NULL) AS told,
        md5(string_agg(i.name, E'\\n' ORDER BY i.position)) AS shape
    FROM catalog_item i JOIN opened o ON o.thing_id = i.entry_id
    WHERE o.given IS NULL OR i.name = ANY(o.given)
    GROUP BY i.entry_id
), term AS (
    SELECT c.thing_id, bool_and(c.due >= %(today)s) AS in_time
    FROM law_clock c
    WHERE c.duty = %(owed)s AND c.ended_at IS NULL AND c.suspended_on IS NULL
    GROUP BY c.thing_id
), facts AS (
    SELECT o.thing_id, o.provider_id, coalesce(n.many, 0) AS releases,
        CASE WHEN n.destroyed_at IS NULL THEN coalesce(n.rows, 0) ELSE 0 END AS rows,
        CASE WHEN o.given IS NULL THEN coalesce(n.columns, 0)
            ELSE least(coalesce(n.columns, 0), cardinality(o.given)) END AS columns,
        n.columns = 0 AS is_no_table, n.destroyed_at IS NOT NULL AS is_gone,
        p.blank, p.sha256, coalesce(d.many, 0) AS items, coalesce(d.told, 0) AS items_told,
        num_nonnulls(
            nullif(o.title, ''), nullif(o.summary, ''), nullif(o.classification, ''),
            nullif(o.update_cycle, ''), nullif(o.division, ''), nullif(o.contact_office, ''),
            nullif(o.contact_phone, ''), nullif(o.licence, ''), nullif(o.data_scope, ''),
            nullif(cardinality(o.themes), 0), nullif(cardinality(o.keywords), 0),
            nullif(cardinality(o.formats), 0), o.published_on
        ) AS told,
        t.in_time, o.published_on, o.code,
        d.shape, regexp_replace(o.title, %(cuts)s, '', 'g') AS stem,
        row_number() OVER (ORDER BY b.name, o.title, o.thing_id) AS place
    FROM opened o
    JOIN parties_body b ON b.thing_id = o.provider_id
    LEFT JOIN newest n ON n.entry_id = o.thing_id
    LEFT JOIN plain p ON p.entry_id = o.thing_id
    LEFT JOIN described d ON d.entry_id = o.thing_id
    LEFT JOIN term t ON t.thing_id = o.thing_id
), beside AS (
    SELECT f.*,
        count(*) OVER (PARTITION BY f.provider_id, f.stem, f.shape) AS parts,
        row_number() OVER (PARTITION BY f.sha256 ORDER BY f.published_on, f.code) AS which
    FROM facts f
), tenths AS (
    SELECT f.thing_id, u.uses,
        ntile(10) OVER (ORDER BY f.rows * f.columns DESC, f.thing_id) AS by_cells,
        ntile(10) OVER (ORDER BY u.uses DESC, f.thing_id) AS by_uses
    FROM facts f JOIN catalog_findable u ON u.entry_id = f.thing_id
    WHERE f.rows > 0
)
INSERT INTO opening_measured
    (entry_id, releases, rows, columns, blank, items, items_told, told, in_time, lacks, is_best,
        place, at)
SELECT thing_id, releases, rows, columns, blank, items, items_told, told, in_time,
    array_remove(ARRAY[
        CASE WHEN is_gone THEN 'gone'
            WHEN NOT coalesce(is_no_table, false) AND rows = 0 THEN 'empty' END,
        CASE WHEN is_no_table THEN 'no_table' END,
        CASE WHEN NOT is_no_table AND rows BETWEEN 1 AND %(few)s THEN 'tiny' END,
        CASE WHEN parts > 1 AND shape IS NOT NULL THEN 'fragment' END,
        CASE WHEN sha256 IS NOT NULL AND which > 1 THEN 'twin' END,
        CASE WHEN blank > %(blank)s * rows * columns AND rows > 0 THEN 'sparse' END,
        CASE WHEN NOT in_time THEN 'late' END,
        CASE WHEN told < %(least)s OR items_told * 2 < items THEN 'untold' END
    ], NULL), coalesce(by_cells = 1 AND by_uses = 1 AND uses > 0, false), place, %(now)s
FROM beside LEFT JOIN tenths USING (thing_id)
ON CONFLICT (entry_id) DO UPDATE SET releases = excluded.releases, rows = excluded.rows,
    columns = excluded.columns, blank = excluded.blank, items = excluded.items,
    items_told = excluded.items_told, told = excluded.told, in_time = excluded.in_time,
    lacks = excluded.lacks, is_best = excluded.is_best, place = excluded.place,
    at = excluded.at
"""
_FORGET = """
DELETE FROM opening_measured m USING catalog_entry e
WHERE e.thing_id = m.entry_id
    AND NOT (e.state = 'confirmed' AND e.opening_type = ANY(%(opened)s))
"""


def measure() -> None:
    """Measure every open entry anew, and forget those that are open no more."""
    pack = packs.active()
    places = "|".join(re.escape(each.zh) for each in pack.divisions.values())
    now = clock.now()
    asked: dict[str, Any] = {
        "opened": list(OPENED),
        "today": clock.today(),
        "owed": duties.BRING_IN.name,
        "cuts": f"{places}|{_CUTS}",
        "few": FEW_ROWS - 1,
        "blank": MOST_BLANK,
        "least": LEAST_TOLD,
        "now": now,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # Two workers at once: the second waits, and measures the same.
        cursor.execute("LOCK TABLE opening_measured IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(_MEASURE, asked)
        cursor.execute(_FORGET, asked)
