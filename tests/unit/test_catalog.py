"""The catalog against C SQLite's own view of the same schema, and schemas that make no sense."""

from __future__ import annotations

import apsw
import pytest
from harness.planning import FUNCTIONS, Bench

from foundrydb.compiler.bind.binder import bind_table
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.load import LARGE, load_row, load_schema, load_statistics
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.compiler.schema.schema import Schema
from foundrydb.compiler.schema.tables import table_from_ast
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.errors import DatabaseError, Error
from foundrydb.storage.format.values import Value

TABLES = [
    "create table t(a, b int, c text not null default 'x', d real default -1.5, e blob, f varchar(10), g decimal(5,2))",
    "create table t(a integer primary key, b unique, c, unique(b), unique(b, c), unique(c, b) on conflict replace)",
    "create table t(a integer primary key desc, b)",
    "create table t(a integer, b, primary key(a desc))",
    "create table t(a int primary key, b)",
    "create table t(a text primary key, b, unique(a, b)) without rowid",
    "create table t(a, b text collate nocase, c, primary key(b, a, b)) without rowid",
    "create table t(a int unique, b unique, primary key(b)) without rowid",
    "create table t(a integer primary key, b unique) without rowid",
    "create table t(a integer unique primary key, b collate nocase unique, unique(b collate binary))",
    "create table t(a text unique, unique(a desc), unique(a) on conflict replace)",
    "create table t(a any, b blob, c int, d integer, e real, f text) strict",
    "create table t(a, b, c as (a+b) stored, d as (c), e as (d) unique)",
    "create table t(a int default (1 + 1), b default current_timestamp, c default +5, d default true, e default abc)",
    'create table t([a b] int, "c d" text, `e` real, primary key([a b], "c d"))',
    "create table t(a not null on conflict ignore, b null, c text not null default 'it''s')",
    "create table t(a charint, b floating, c doubtext, d bloby, e number, f datetime, g int text)",
]


def loaded(sql: str) -> tuple[Bench, Table]:
    bench = Bench(sql)
    table = bench.catalog.find_table("t")
    assert table is not None
    return bench, table


@pytest.mark.parametrize("sql", TABLES)
def test_columns_are_those_of_pragma_table_xinfo(sql: str) -> None:
    bench, table = loaded(sql)
    expected = list(bench.con.execute("pragma table_xinfo(t)"))
    found = []
    for i, column in enumerate(table.columns):
        hidden = 0 if column.generated is None else 3 if column.stored else 2
        found.append(
            (
                i,
                column.name,
                column.declared_type,
                int(column.not_null),
                column.default_text,
                column.primary_key,
                hidden,
            )
        )
    assert found == expected


@pytest.mark.parametrize("sql", TABLES)
def test_indexes_are_those_of_pragma_index_list(sql: str) -> None:
    bench, table = loaded(sql)
    found = [
        (i, index.name, int(index.unique), index.origin, int(index.where is not None))
        for i, index in enumerate(table.indexes)
    ]
    assert found == list(bench.con.execute("pragma index_list(t)"))
    for index in table.indexes:
        assert stored(index) == list(bench.con.execute(f"pragma index_xinfo({index.name})"))
        roots = list(bench.con.execute("select rootpage from sqlite_schema where name = ?", (index.name,)))
        assert index.root_page == (roots[0][0] if roots else table.root_page)


def stored(index: Index) -> list[tuple[object, ...]]:
    """Index columns as PRAGMA index_xinfo shows them."""
    out: list[tuple[object, ...]] = []
    for i, column in enumerate(index.stored_columns()):
        name = index.table.columns[column.column].name if column.column >= 0 else None
        key = i < len(index.columns)
        out.append((i, column.column, name, int(column.descending), column.collation, int(key)))
    return out


def test_indexes_in_the_order_of_sqlite() -> None:
    bench, table = loaded(
        "create table t(a unique, b unique on conflict replace, c); create index i on t(c);"
        "create unique index j on t(c desc, a collate nocase) where b > 1; create index k on t(a + 1, b)"
    )
    names = [row[1] for row in bench.con.execute("pragma index_list(t)")]
    assert [index.name for index in table.indexes] == names


MISTAKES = [
    "create table t(a, a)",
    "create table t(a primary key, b primary key)",
    "create table t(a primary key, b, primary key(b))",
    "create table t(a text primary key autoincrement)",
    "create table t(a) without rowid",
    "create table t(a integer primary key autoincrement) without rowid",
    "create table t(a, primary key(zz))",
    "create table t(a, unique(zz))",
    "create table t(a, unique(a+1))",
    "create table t(a, primary key(a, rowid))",
    "create table t(a foo) strict",
    "create table t(a) strict",
    "create table t(a int default (b))",
    "create table t(a int default (?))",
    "create table t(a default 'x', b as (a) primary key)",
    "create table t(b as (1))",
    "create table t(a, b as (a) default 5)",
    "create table t(a, b default 5 as (a))",
    "create table t(a, b as (a) as (a))",
    "create table t(a, b as (a) foo)",
    "create table t(a, foreign key(zz) references p)",
    "create table t(a, foreign key(a) references p(x, y))",
    "create table t(a references p(x, y))",
    "create table t(a text unique on conflict ignore, unique(a) on conflict replace)",
    "create table t(a, check (zz > 1))",
    "create table t(a, check (sum(a) > 1))",
    "create table t(a, check ((select 1)))",
    "create table t(a, check (?))",
    "create table t(a, b as (zz))",
    "create table t(a, b as (random()))",
    "create table t(a, b as (t.a))",
    "create table t(a, b as (rowid))",
    "create table t(a integer primary key, b as (c), c as (b))",
]


@pytest.mark.parametrize("sql", MISTAKES)
def test_mistakes_are_told_as_c_sqlite_tells_them(sql: str) -> None:
    with pytest.raises(apsw.Error) as expected:
        apsw.Connection(":memory:").execute(sql)
    with pytest.raises(Error) as caught:
        statement, _ = parse_one(sql)
        assert isinstance(statement, ast.CreateTable)
        bind_table(table_from_ast(statement, sql, "main"), Catalog(), FUNCTIONS, declaring=True)
    assert caught.value.message == str(expected.value)


def test_everything_in_a_schema_loads() -> None:
    bench = Bench(
        "create table t(a); create view v as select nope from nowhere; create virtual table f using fts5(x);"
        "create trigger r after insert on t begin delete from t; end; create temp table tt(a); create temp view tv as "
        "select * from t"
    )
    main, temp = bench.catalog.schemas
    assert "v" in main.views and "r" in main.triggers and main.tables["f"].virtual_module == "fts5"
    assert "tt" in temp.tables and "tv" in temp.views
    assert bench.catalog.triggers_of("T", "main")[0].name == "r"
    assert bench.error("select * from f") == "no such module: fts5"
    assert bench.error("insert into t values (1)") == ""
    assert bench.error("delete from t") == ""


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("table", "t", "t", 2, "create table t(a, a)"), "(t) - duplicate column name: a"),
        (("table", "t", "t", 2, "create tabel t(a)"), '(t) - near "tabel": syntax error'),
        (("index", "i", "t", 3, "create index i on t(a)"), "(i) - no such table: main.t"),
        (("index", "i", "t", 3, None), "(i) - orphan index"),
        (("table", "t", "t", 0, "create table t(a)"), "(t) - invalid rootpage"),
        (("table", "t", "t", "x", "create table t(a)"), "(t)"),
        (("table", None, "t", 2, "select 1"), "(?)"),
        (("table", "t", "t", 2, "select 1"), "(t)"),
    ],
)
def test_malformed_schemas(row: tuple[object, ...], message: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        load_schema(Schema("main", 0), [row])  # type: ignore[list-item]
    assert caught.value.message == "malformed database schema " + message
    assert caught.value.sqlite_errorname == "SQLITE_CORRUPT"


def test_names_are_found_in_order() -> None:
    bench = Bench("create table t(a); create temp table t(b)")
    catalog = bench.catalog
    found = catalog.find_table("T")
    assert found is not None and found.schema == "temp"
    main = catalog.find_table("t", "main")
    assert main is not None and main.columns[0].name == "a"
    assert catalog.find_table("t", "nosuch") is None
    for name in ("sqlite_schema", "sqlite_master", "SQLITE_MASTER"):
        schema_table = catalog.find_table(name)
        assert schema_table is not None and schema_table.schema == "main" and schema_table.root_page == 1
    temp = catalog.find_table("sqlite_temp_schema")
    assert temp is not None and temp.schema == "temp"


def test_statistics() -> None:
    schema = Schema("main", 0)
    load_row(schema, "t", 2, "create table t(a, b)")
    load_row(schema, "i", 3, "create index i on t(a, b)")
    load_row(schema, "j", 4, "create index j on t(b) where a > 1")
    load_statistics(
        schema,
        [
            ("t", "i", "1000 10 2 unordered"),
            ("t", "j", "17 3"),
            ("nosuch", None, "5"),
            ("t", "nosuch", "5"),
            ("t", "i", None),
            (None, None, None),
        ],
    )
    table = schema.tables["t"]
    assert table.analyzed_rows == 1000.0
    assert schema.indexes["i"].averages == [1000.0, 10.0, 2.0]
    assert schema.indexes["i"].unordered and not schema.indexes["j"].unordered
    assert Catalog().row_count(table) == 1000.0


def large_schema() -> list[tuple[Value, Value, Value, Value, Value]]:
    """The rows of a schema that is read table by table."""
    rows: list[tuple[Value, Value, Value, Value, Value]] = []
    for i in range(LARGE):
        rows.append(("table", f"T{i}", f"T{i}", 2 * i + 2, f"create table T{i}(a, b unique)"))
        rows.append(("index", f"sqlite_autoindex_T{i}_1", f"T{i}", 2 * i + 3, None))
        rows.append(("index", f"i{i}", f"T{i}", 2 * i + 1000, f"create index i{i} on t{i}(a)"))
    rows.append(("view", "v", "v", 0, "create view v as select * from t1"))
    # A trigger may have the name of another table.
    rows.append(("trigger", "T3", "T5", 0, "create trigger t3 after insert on t5 begin select 1; end"))
    return rows


def test_a_large_schema_is_read_table_by_table() -> None:
    schema = Schema("main", 0)
    load_schema(schema, large_schema())
    load_statistics(schema, [("t7", "i7", "70 7"), ("T8", None, "80")])
    seven = schema.table("t7")
    assert (
        seven is not None
        and seven.analyzed_rows == 70.0
        and [i.name for i in seven.indexes]
        == [
            "i7",
            "sqlite_autoindex_T7_1",
        ]
    )
    assert schema.waits("t8") and not schema.waits("t7")
    third = schema.table("t3")
    assert third is not None and third.root_page == 8
    assert [trigger.name for trigger in schema.triggers_of("t5")] == ["t3"]
    assert schema.trigger("T3") is not None
    index = schema.index("sqlite_autoindex_t9_1")
    assert index is not None and index.root_page == 21 and index.table is schema.table("t9")
    assert schema.view("v") is not None and schema.table("nosuch") is None and schema.waits("t8")
    # Whoever asks for all gets all, in the order of the rows.
    assert list(schema.tables) == [f"t{i}" for i in range(LARGE)]
    assert not schema.waits("t8") and schema.tables["t8"].analyzed_rows == 80.0
    assert list(schema.indexes)[:3] == ["sqlite_autoindex_t0_1", "i0", "sqlite_autoindex_t1_1"]


def test_tables_that_refer_to_another_are_found_without_reading_all() -> None:
    schema = Schema("main", 0)
    load_schema(
        schema, [*large_schema(), ("table", "child", "child", 5000, "create table child(a References T3)")]
    )
    assert [table.name for table in schema.referring("t3")] == ["child"]
    assert schema.referring("child") == [] and schema.waits("t8")
    load_row(schema, "first", 5001, "create table first(a, foreign key (a) references t3)")
    assert [table.name for table in schema.referring("T3")] == ["child", "first"]
    del schema.tables["child"]
    assert [table.name for table in schema.referring("t3")] == ["first"]


def test_a_damaged_row_of_a_large_schema_is_found_when_it_is_needed() -> None:
    schema = Schema("main", 0)
    load_schema(schema, [*large_schema(), ("table", "bad", "bad", 5000, "create table bad(a, a)")])
    assert schema.table("t1") is not None
    for _ in range(2):
        with pytest.raises(DatabaseError, match="malformed database schema"):
            schema.table("bad")
    with pytest.raises(DatabaseError, match="malformed database schema"):
        assert schema.tables
