"""One SELECT as a tree of what is listed: what is read, what is refused, and where it says so."""

import pytest

from yelin.warehouse import functions, sql
from yelin.warehouse.engine import connect
from yelin.warehouse.unanswerable import Place, Unanswerable

READ = [
    ('SELECT * FROM "307/1"', {"307/1"}),
    ('SELECT count(*) FROM "307/1" AS t JOIN b USING (码) WHERE t.年 > 2 ;', {"307/1", "b"}),
    ('WITH q AS (SELECT * FROM "307/1") SELECT * FROM q', {"307/1"}),
    (
        'WITH q AS (SELECT * FROM "307/1"), r AS (SELECT * FROM Q) SELECT * FROM R, b',
        {"307/1", "b"},
    ),
    # A name that a WITH gives is no resource there, and one again outside of it.
    ('SELECT * FROM (WITH b AS (SELECT * FROM "307/1") SELECT * FROM b), b', {"307/1", "b"}),
    ("WITH b AS (SELECT * FROM b) SELECT * FROM b", {"b"}),
    ("SELECT a FROM b UNION ALL (SELECT a FROM c EXCEPT SELECT a FROM d)", {"b", "c", "d"}),
    ("SELECT (SELECT max(x) FROM c WHERE c.i = b.i) FROM b WHERE EXISTS (FROM d)", set("bcd")),
    ("SELECT sum(x) OVER (PARTITION BY y ORDER BY z ROWS 2 PRECEDING) FROM b", {"b"}),
    ("SELECT string_agg(DISTINCT x, '、' ORDER BY x) FILTER (WHERE y) FROM b GROUP BY ALL", {"b"}),
    ("SELECT * FROM b, (VALUES (1), (2)) AS v(n) QUALIFY rank() OVER (ORDER BY n) = 1", {"b"}),
]


@pytest.mark.parametrize(("text", "tables"), READ)
def test_a_select_is_read_with_the_resources_that_it_is_about(text, tables):
    found = sql.read(text)
    assert {table.name for table in found.tables} == tables
    written = found.sql(10)
    for place, table in enumerate(found.tables):
        assert f'"resource"."{place}" AS "' in written, table
    # What it is written as is read as the same again.
    assert sql.read(written.replace('"resource".', "")).tree


# A hostile statement, and line and column of what is refused.
REFUSED = [
    # What is no SELECT, or more than one.
    ("", None), (";", None), ("SELECT", None), ("SELECT 1", None), ("VALUES (1)", (1, 1)),
    ("DELETE FROM b", (1, 1)), ("INSERT INTO b VALUES (1)", (1, 1)), ("DROP TABLE b", (1, 1)),
    ("UPDATE b SET a = 1", (1, 1)), ("CREATE TABLE x AS SELECT * FROM b", (1, 1)),
    ("SELECT * FROM b; DROP TABLE b", (1, 16)), ("SELECT 1 FROM b\n;SELECT 2 FROM b", (2, 1)),
    ("ATTACH '/tmp/x.db'", (1, 1)), ("COPY b TO '/tmp/x'", (1, 1)), ("INSTALL httpfs", (1, 1)),
    ("LOAD httpfs", (1, 1)), ("PRAGMA database_list", (1, 1)), ("SET memory_limit='9GB'", (1, 1)),
    ("CALL pragma_version()", (1, 1)), ("EXPLAIN SELECT * FROM b", (1, 1)), ("SHOW TABLES", (1, 1)),
    ("DESCRIBE b", (1, 1)), ("SUMMARIZE b", (1, 1)), ("PIVOT b ON a USING sum(c)", (1, 1)),
    ("EXPORT DATABASE '/tmp/x'", ...), ("USE other", (1, 1)), ("BEGIN", (1, 1)),
    ("WITH x AS (DELETE FROM b RETURNING *) SELECT * FROM x", ...),
    ("SELECT * INTO x FROM b", ...), ("SELECT 1 FROM b FOR UPDATE", ...),
    # Files, the network, the system, the environment.
    ("SELECT * FROM read_csv('/etc/passwd')", (1, 15)),
    ("SELECT * FROM \"READ_PARQUET\"('lent://0')", ...), ("SELECT * FROM b, glob('/*')", (1, 18)),
    ("SELECT * FROM b, LATERAL read_text('/etc/passwd')", ...),
    ("SELECT read_text('/etc/passwd') FROM b", (1, 8)), ("SELECT getenv('HOME') FROM b", (1, 8)),
    ("SELECT '/etc/passwd'.read_text() FROM b", ...), ("SELECT b.read_text(a) FROM b", ...),
    ("SELECT main.getenv('HOME') FROM b", ...), ("SELECT \"getenv\"('HOME') FROM b", (1, 8)),
    ("SELECT current_setting('temp_directory') FROM b", (1, 8)),
    ("SELECT version() FROM b", (1, 8)),
    ("SELECT current_user FROM b", ...), ("SELECT now() FROM b", (1, 8)),
    ("SELECT * FROM duckdb_settings()", (1, 15)), ("SELECT * FROM b, duckdb_secrets()", (1, 18)),
    ("SELECT * FROM information_schema.tables", ...), ("SELECT * FROM pg_catalog.pg_class", ...),
    ("SELECT * FROM main.b", ...), ("SELECT * FROM resource.\"0\"", ...),
    ("SELECT * FROM query('SELECT 1')", (1, 15)), ("SELECT * FROM query_table('b')", (1, 15)),
    ("SELECT * FROM range(9)", (1, 15)), ("SELECT unnest([1]) FROM b", (1, 8)),
    ("SELECT sql FROM b, sqlite_master()", (1, 20)), ("SELECT write_log('x') FROM b", (1, 8)),
    ("SELECT random() FROM b", (1, 8)), ("SELECT nextval('x') FROM b", (1, 8)),
    ("SELECT parse_path(a) FROM b", (1, 8)), ("SELECT json_execute_serialized_sql(a) FROM b", ...),
    # Kinds of node that nobody needs and nobody looked at.
    ("SELECT COLUMNS('.*') FROM b", (1, 8)), ("SELECT ? FROM b", ...), ("SELECT $1 FROM b", ...),
    ("SELECT {'a': 1} FROM b", ...), ("SELECT [1, 2] FROM b", ...), ("SELECT a[1] FROM b", ...),
    ("SELECT list_transform(a, x -> x) FROM b", (1, 8)), ("SELECT a.b.c FROM b", ...),
    ("SELECT a -> '$.x' FROM b", ...), ("SELECT e'\\x41' FROM b", ...),
    ("SELECT * FROM b TABLESAMPLE 10%", ...), ("SELECT * FROM b AT (VERSION => 1)", ...),
    ("SELECT a::UUID FROM b", ...), ("SELECT a::INTEGER[] FROM b", ...),
    ("SELECT a::mine FROM b", ...), ("SELECT a COLLATE NOCASE FROM b", ...),
    # What cannot be read at all says where.
    ("SELECT a FORM b", ...), ("SELECT (a FROM b", ...), ("SELECT 'a FROM b", None),
    ("SELECT a /* FROM b", None), ("SELECT a\nFROM b\nWHERE (", ...),
    ("SELECT " + "(" * 30 + "1" + ")" * 30 + " FROM b", (1, 32)),
    ('SELECT 1 FROM "a\x00"', None), ('SELECT 1 FROM "\ud800"', None),
    ("SELECT " + "1 + " * 130 + "1 FROM b", ...), ("SELECT " + "NOT " * 900 + "1 FROM b", ...),
    ("SELECT " + "1 + " * 3_000 + "1 FROM b", None), ("SELECT 1 FROM b --" + "x" * 20_000, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at"), REFUSED)
def test_what_is_not_listed_is_refused_at_its_place(text, at):
    with pytest.raises(Unanswerable) as refused:
        sql.read(text)
    if at is not ...:
        assert refused.value.at == (at and Place(*at))


def test_what_is_read_can_be_written_where_the_stack_is_half_used():
    read = sql.read("SELECT " + "1 + " * 110 + "1 FROM b")

    def deep(levels):
        return deep(levels - 1) if levels else read.sql(1)

    assert "1 + 1" in deep(450)


def test_a_string_for_a_table_is_the_name_of_a_resource_and_of_no_file():
    (table,) = sql.read("SELECT * FROM '/etc/passwd.csv'").tables
    assert table.name == "/etc/passwd.csv"


def test_every_function_that_is_listed_is_one_of_the_engine_and_of_its_arguments_alone():
    with connect() as engine:
        found = engine.rows(
            "SELECT function_name, list(function_type), list(stability) "
            "FROM duckdb_functions() GROUP BY function_name"
        )
    known = {name: (set(kinds), set(stabilities)) for name, kinds, stabilities in found}
    by_grammar = {"coalesce", "grouping", "grouping_id", "ifnull"}
    for name in functions.FUNCTIONS - by_grammar:
        kinds, stabilities = known[name]
        assert kinds & {"scalar", "aggregate", "macro", "window"}, name
        assert "VOLATILE" not in stabilities, name
