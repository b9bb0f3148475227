"""The SQL console is asked hostile and random statements for an hour; it reads its tables alone.

Statements are made by a grammar, by splicing probes such as sqlmap's into them, and out of loose
words. Each that is read is parsed by the engine's own parser too, whose tree may name nothing but
the tables lent and the functions listed. Some are run: no canary of another resource, of a file or
of the environment comes out, and nothing outlives its limits. Then the process that answers is sent
the probes as they are, as if nothing had been read before: it has no more to give either.
"""

import json
import os
import random
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yelin.files import confined
from yelin.warehouse import selected, sql
from yelin.warehouse.engine import Engine, EngineError, connect, literal
from yelin.warehouse.functions import FUNCTIONS
from yelin.warehouse.selected import Lent
from yelin.warehouse.sql import SCHEMA, Statement
from yelin.warehouse.unanswerable import Unanswerable

SECONDS = 3600
# Of so many that the engine can bind one is run, of all others one of so many.
RUN_EVERY, RUN_OTHERS_EVERY, SEND_EVERY = 10, 500, 100
READ_SECONDS = 2.0
KILLED_SECONDS = selected.SECONDS + 5
CANARY = f"canary-{secrets.token_hex(8)}"
COLUMNS = ("id", "名称", "g", "day", "x")
# What the engine calls what has no name in a statement.
OPERATORS = (
    "+ - * / // % || ~~ !~~ ~~* !~~* like_escape not_like_escape ilike_escape not_ilike_escape"
    " count_star date_part to_years to_quarters to_months to_weeks to_days to_hours to_minutes"
    " to_seconds trunc struct_pack row list_value"
)
CLASSES = (
    "BETWEEN CASE CAST COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION OPERATOR STAR SUBQUERY"
    " TYPE WINDOW"
)

# Whole statements and pieces; {file} is one with a canary, {url} an address on this machine.
PROBES = (
    "read_text('{file}')", "read_csv('{file}')", "read_blob('{file}')", "read_parquet('{other}')",
    "parquet_scan('{other}')", "'{file}'", "'{other}'", "\"{other}\"", "glob('{folder}/*')",
    "getenv('YELIN_CANARY')", "current_setting('allowed_directories')", "duckdb_settings()",
    "duckdb_secrets()", "duckdb_tables()", "duckdb_functions()", "pragma_version()",
    "information_schema.tables", "pg_catalog.pg_settings", "sqlite_master", "query('SELECT 1')",
    "query_table('resource.0')", "read_text('/proc/self/environ')", "read_text('{url}')",
    "read_json('{file}')", "read_ndjson_auto('{file}')", "sniff_csv('{file}')",
    "'{file}'.read_text()", "COLUMNS('.*')", "getvariable('x')", "parse_path('{file}')",
    "which_secret('{file}', 'file')", "json_execute_serialized_sql('{{}}')", "lent://0",
    "read_parquet('lent://0')", "read_parquet('lent://1')", "read_parquet('sealed://x/y')",
    "(SELECT content FROM read_text('{file}'))", "LATERAL read_text('{file}')",
    "1; COPY (SELECT 1) TO '{folder}/out.csv'", "1; ATTACH '{folder}/x.db'", "1; INSTALL httpfs",
    "1; SET allowed_directories=['/']", "1; SET lock_configuration=false", "1; RESET ALL",
    "1; EXPORT DATABASE '{folder}/x'", "1; LOAD '{file}'", "1; CHECKPOINT", "1 INTO x",
    "1' OR '1'='1", "1) OR (1=1", "1 UNION ALL SELECT NULL,NULL,NULL--", "1 AND 1=2 UNION SELECT 1",
    "1 ORDER BY 9--", "1' AND (SELECT 1 FROM (SELECT(sleep(9)))x)--", "1/**/OR/**/1", "1 #", "1 --",
    "'; DROP TABLE a; --", "\" OR \"\"=\"", "$$x$$", "e'\\x27'", "U&'\\0027'", "x'27'", "?", "$1",
    "{{'a': 1}}", "[x FOR x IN [1]]", "a[1]", "(x -> x + 1)", "MAP {{1: 2}}", "a::JSON -> '$.x'",
    "repeat('x', 999999999)", "lpad('x', 2000000000, 'y')", "repeat(repeat('a', 99999), 99999)",
    "(SELECT count(*) FROM a, a b, a c, a d, a e)", "regexp_matches(repeat('a', 99999), '(a*)*b')",
    "(WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r) SELECT count(*) FROM r)",
    "(WITH RECURSIVE r AS (SELECT 'x' AS i UNION ALL SELECT i || i FROM r) SELECT max(i) FROM r)",
    "PIVOT a ON g USING sum(x)", "UNPIVOT a ON x", "SUMMARIZE a", "FROM a SELECT x", "TABLE a",
    "a TABLESAMPLE 10%", "a AT (VERSION => 1)", "a POSITIONAL JOIN b", "a ASOF JOIN b USING (id)",
)  # fmt: skip
WORDS = (
    "SELECT FROM WHERE AND OR NOT NULL ( ) , . ; : * + - / // % || = <> < > <= >= IS IN LIKE ILIKE"
    " BETWEEN CASE WHEN THEN ELSE END AS ON USING JOIN LEFT CROSS NATURAL SEMI ANTI ASOF LATERAL"
    " UNION ALL EXCEPT INTERSECT BY NAME GROUP ORDER HAVING QUALIFY LIMIT OFFSET DISTINCT WITH"
    " RECURSIVE VALUES OVER PARTITION ROWS RANGE PRECEDING FOLLOWING CURRENT ROW FILTER EXISTS ANY"
    " CAST TRY_CAST EXTRACT INTERVAL DATE TIMESTAMP VARCHAR INTEGER STRUCT MAP ARRAY [ ] { } ' \""
    " -- /* */ $$ ? $1 @ # ~ ^ & | :: -> ->> => := COLLATE AT TIME ZONE PIVOT USING SAMPLE ESCAPE"
    " INTO FOR UPDATE EXCLUDE REPLACE RENAME COLUMNS a b id 名称 g day x 1 2.5 1e400 'z' \"a\""
)


def main(scale: float = 1.0) -> None:
    """Ask for an hour, or a part of it; ``DRAW`` repeats a run's draws."""
    seed = os.environ["DRAW"]
    os.environ["YELIN_CANARY"] = CANARY
    with tempfile.TemporaryDirectory() as folder, connect(roots=[Path(folder)]) as engine:
        proof = _Proof(Path(folder), engine, random.Random(seed))  # noqa: S311 - to be repeated
        proof.run(SECONDS * scale)


class _Proof:
    def __init__(self, folder: Path, engine: Engine, rng: random.Random) -> None:
        self._rng, self._engine, self._folder = rng, engine, folder
        self._done: Counter[str] = Counter()
        self._slowest = self._longest = 0.0
        self._lent = [
            Lent(self._written(name, "'n' || i"), COLUMNS) for name in ("a.parquet", "b.parquet")
        ]
        engine.rows(f"CREATE SCHEMA {SCHEMA}")
        for place in range(9):
            read = f"read_parquet({literal(str(self._lent[place % 2].place))})"
            engine.rows(f'CREATE VIEW {SCHEMA}."{place}" AS FROM {read}')
        self._names = {
            "file": str(folder / "secret.csv"),
            "other": str(self._written("other.parquet", f"'{CANARY}'")),
            "folder": str(folder),
            "url": "http://127.0.0.1:9/x",
        }
        Path(self._names["file"]).write_text(f"{CANARY}\n", encoding="utf-8")
        self._files = {each.name for each in folder.iterdir()}

    def _written(self, name: str, text: str) -> Path:
        self._engine.rows(
            f"COPY (SELECT i AS id, {text} AS 名称, i % 7 AS g, DATE '2020-01-01' +"  # noqa: S608 - our own
            f" CAST(i AS INTEGER) AS day, i / 3 AS x FROM range(500) t(i))"
            f" TO '{self._folder / name}' (FORMAT parquet)"
        )
        return self._folder / name

    def run(self, seconds: float) -> None:
        """Ask until the time is over, the probes by themselves first; say what came of it."""
        until = time.monotonic() + seconds
        probes = list(PROBES)
        self._rng.shuffle(probes)
        for number, text in enumerate(self._texts()):
            if time.monotonic() > until:
                break
            read = self._read(text)
            if read and number % (RUN_EVERY if self._binds(read) else RUN_OTHERS_EVERY) == 0:
                self._run(read, text)
            if probes and number % SEND_EVERY == 0:
                self._send_past_the_first_wall(probes.pop())
        told = ", ".join(f"{times:,} {what}" for what, times in sorted(self._done.items()))
        print(f"{told}; read in {self._slowest:.2f} s at most, run in {self._longest:.1f} s")

    def _read(self, text: str) -> Statement | None:
        began = time.monotonic()
        try:
            read = sql.read(text)
        except Unanswerable as refused:
            self._done["refused"] += 1
            self._require_kept(str(refused), text, 0)
            return None
        finally:
            took = time.monotonic() - began
            self._slowest = max(self._slowest, took)
            assert took < READ_SECONDS, f"{took:.1f} s to read {text!r}"
        self._done["read"] += 1
        written = read.sql(selected.MOST_ROWS)
        told = json.loads(self._engine.one("SELECT json_serialize_sql(?)", [written])[0])
        if told["error"]:
            self._done["which the engine does not parse"] += 1
            return read
        foreign = sorted(set(_foreign(told, len(read.tables))))
        assert not foreign, f"{foreign} in {written!r}, of {text!r}"
        return read

    def _binds(self, read: Statement) -> bool:
        try:
            self._engine.rows(f"EXPLAIN {read.sql(0)}")
        except EngineError:
            return False
        return True

    def _run(self, read: Statement, text: str) -> None:
        began = time.monotonic()
        tables = [self._lent[place % 2] for place in range(len(read.tables))]
        try:
            said = str(selected.answers(read, tables))
            self._done["answered"] += 1
        except Unanswerable as refused:
            said = str(refused)
            self._done["not answered"] += 1
        except confined.Broken as broken:
            raise AssertionError(f"{broken} by {text!r}") from broken
        self._require_kept(said, text, time.monotonic() - began)

    def _send_past_the_first_wall(self, probe: str) -> None:
        """Send a probe to the process that answers, as if every statement were read as harmless."""
        piece, began = probe.format(**self._names), time.monotonic()
        said = ""
        for before in ("SELECT ", "SELECT * FROM ", ""):
            order = {
                "sql": before + (piece if before else piece.removeprefix("1; ")),
                "schema": SCHEMA,
                "tables": [
                    {"file": confined.lent(each.place, reading=True), "columns": COLUMNS}
                    for each in self._lent
                ],
                "most_rows": 100,
                "most_bytes": 1 << 20,
            }
            try:
                heard: list[Any] = []
                confined.ask("yelin.warehouse.answering", order, seconds=2, hear=heard.append)
            except (confined.Refused, confined.Broken, confined.Exhausted) as refused:
                said += f"{refused} {getattr(refused, 'params', '')}"
            said += str([each for each in heard if "rows" in each])
        self._done["probes past the first wall"] += 1
        self._require_kept(said.replace(piece, ""), piece, time.monotonic() - began)

    def _require_kept(self, said: str, text: str, took: float) -> None:
        self._longest = max(self._longest, took)
        assert CANARY not in said, f"a canary came out of {text!r}"
        assert took < KILLED_SECONDS, f"{took:.1f} s for {text!r}"
        assert {each.name for each in self._folder.iterdir()} == self._files, f"written by {text!r}"

    def _texts(self) -> Iterator[str]:
        while True:
            yield self._statement(2)
            yield self._spliced(self._statement(2))
            yield " ".join(self._rng.choices(WORDS.split(), k=self._rng.randint(1, 30)))
            yield self._shaken(self._statement(1))

    def _spliced(self, text: str) -> str:
        """Put a probe in the place of one word."""
        words = text.split(" ")
        place = self._rng.randrange(len(words))
        probe = self._rng.choice(PROBES).format(**self._names)
        return " ".join([*words[:place], probe, *words[place + self._rng.randint(0, 1) :]])

    def _shaken(self, text: str) -> str:
        """Drop, double and swap words, and put brackets where they may be too many."""
        words, pick = text.split(" "), self._rng.choice
        for _ in range(self._rng.randint(1, 4)):
            place = self._rng.randrange(len(words))
            words[place] = pick(
                ("", f"{words[place]} {words[place]}", pick(WORDS.split()), f"({words[place]})",
                 "(" * self._rng.randint(1, 40) + words[place])
            )  # fmt: skip
        return " ".join(words)

    def _statement(self, depth: int) -> str:
        pick, some = self._rng.choice, self._rng.random
        source = pick(("a", "b", "a JOIN b USING ( id )", "a LEFT JOIN b ON a.id = b.g", "a , b"))
        if depth and some() < 0.3:
            source = f"( {self._statement(depth - 1)} ) AS q"
        parts = [f"SELECT {', '.join(self._value(depth) for _ in range(self._rng.randint(1, 3)))}"]
        parts.append(f"FROM {source}")
        if some() < 0.6:
            parts.append(f"WHERE {self._value(depth)} {pick(('=', '<', '<>', '>='))} 3")
        if some() < 0.3:
            parts.append("GROUP BY ALL")
        if some() < 0.3:
            parts.append("ORDER BY 1 DESC NULLS LAST")
        if some() < 0.3:
            parts.append(f"LIMIT {self._rng.randint(0, 50)}")
        text = " ".join(parts)
        if depth and some() < 0.2:
            text = f"{text} {pick(('UNION ALL', 'UNION', 'EXCEPT', 'INTERSECT'))} {text}"
        if depth and some() < 0.2:
            text = " ".join((self._with(depth), "SELECT * FROM q , a"))
        return text

    def _with(self, depth: int) -> str:
        return f"WITH q AS ( {self._statement(depth - 1)} )"

    def _value(self, depth: int) -> str:
        pick = self._rng.choice
        if depth <= 0 or self._rng.random() < 0.4:
            return pick((*COLUMNS, "1", "2.5", "'z'", "NULL", "true", "DATE '2020-02-29'", "*"))
        one, two = self._value(depth - 1), self._value(depth - 1)
        return pick(
            (
                f"{one} {pick(('+', '-', '*', '/', '||', '%', '='))} {two}",
                f"{pick(tuple(FUNCTIONS))}( {one} )",
                f"{pick(tuple(FUNCTIONS))}( {one} , {two} )",
                f"sum( x ) OVER ( PARTITION BY {one} ORDER BY {two} )",
                f"count( * ) FILTER ( WHERE {one} IS NOT NULL )",
                f"CASE WHEN {one} = {two} THEN {one} ELSE {two} END",
                f"CAST( {one} AS {pick(('VARCHAR', 'INTEGER', 'DATE', 'DECIMAL(9,2)'))} )",
                f"TRY_CAST( {one} AS BIGINT )",
                f"{one} IN ( {two} , 1 )",
                f"{one} BETWEEN {two} AND 9",
                f"( SELECT max( id ) FROM b WHERE b.g = {one} )",  # noqa: S608 - to be refused
                f"EXISTS ( SELECT 1 FROM b WHERE {one} = b.id )",  # noqa: S608 - the same
                f"EXTRACT( year FROM {one} )",
                f"{one} - INTERVAL 1 DAY",
            )
        )


def _foreign(node: Any, tables: int, known: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield what the engine's own tree of a statement names besides what was lent and listed."""
    if isinstance(node, list):
        for each in node:
            yield from _foreign(each, tables, known)
    if not isinstance(node, dict):
        return
    for each in node.get("cte_map", {}).get("map", ()):
        known |= {each["key"].casefold()}
    yield from _strange(node, tables, known)
    for each in node.values():
        yield from _foreign(each, tables, known)


def _strange(node: dict[str, Any], tables: int, known: frozenset[str]) -> Iterator[str]:
    match node:
        case {"type": "TABLE_FUNCTION"}:
            yield f"table function {node['function']['function_name']}"
        case {"type": "BASE_TABLE", "catalog_name": "", "schema_name": schema, "table_name": name}:
            ours = schema == SCHEMA and name in map(str, range(tables))
            if not ours and (schema or name.casefold() not in known):
                yield f"table {schema}.{name}"
        case {"type": "BASE_TABLE"}:
            yield f"table of {node['catalog_name']}"
        case {"class": "FUNCTION" | "WINDOW", "function_name": name, "schema": "", "catalog": ""}:
            if name.lower() not in {*FUNCTIONS, *OPERATORS.split()}:
                yield f"function {name}"
        case {"class": "COLUMN_REF", "column_names": [_] | [_, _]}:
            pass
        case {"class": "COLUMN_REF" | "FUNCTION" | "WINDOW"}:
            yield f"name {node}"
        case {"class": str(class_)} if class_ not in CLASSES.split():
            yield f"{class_} {node.get('type')}"
