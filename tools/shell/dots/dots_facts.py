"""Dot-commands about a database as a whole: its header, its space, and a hash of its content."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.schema.names import quoted_name
from foundrydb.errors import Error
from foundrydb.tools import late
from foundrydb.tools.output.quoting_forms import literal
from foundrydb.tools.shell.dots.dot_command import Usage, check_schema, command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foundrydb.tools.shell.shell import Shell
    from foundrydb.tools.views.pages.space import TreeSpace
    from foundrydb.tools.views.pages.space_report import DatabaseFacts

_HEADER: Final = (
    ("file change counter:", 24),
    ("database page count:", 28),
    ("freelist page count:", 36),
    ("schema cookie:", 40),
    ("schema format:", 44),
    ("default cache size:", 48),
    ("autovacuum top root:", 52),
    ("incremental vacuum:", 64),
    ("text encoding:", 56),
    ("user version:", 60),
    ("application id:", 68),
    ("software version:", 96),
)
"""What the header of the file has, and where: four bytes each (https://sqlite.org/fileformat2.html#the_database_header)."""

_ENCODINGS: Final = {1: " (utf8)", 2: " (utf16le)", 3: " (utf16be)"}

_COUNTS: Final = (
    ("number of tables:", "SELECT count(*) FROM {} WHERE type='table'"),
    ("number of indexes:", "SELECT count(*) FROM {} WHERE type='index'"),
    ("number of triggers:", "SELECT count(*) FROM {} WHERE type='trigger'"),
    ("number of views:", "SELECT count(*) FROM {} WHERE type='view'"),
    ("schema size:", "SELECT coalesce(sum(length(sql)), 0) FROM {}"),
)


@command("dbinfo", "?DB?", help="Show status information about the database")
def dbinfo(shell: Shell, arguments: list[str]) -> None:
    """Print the fields of a database's header, and how many objects there are."""
    if len(arguments) > 1:
        raise Usage
    name = arguments[0] if arguments else "main"
    attached = shell.connection.engine.attached.named(name)
    if attached is None or attached.database is None:
        raise Usage(f"unknown database {name}")
    pager = attached.database.pager
    pager.begin_read()
    try:
        header = pager.get(1).image()[:100] if pager.page_count else b""
        size = int(pager.page_size)
    finally:
        attached.let_go()
    if not header:
        raise Usage("the database is empty: it has no header yet")
    lines = [("database page size:", str(size)), ("write format:", str(header[18]))]
    lines += [("read format:", str(header[19])), ("reserved bytes:", str(header[20]))]
    for title, offset in _HEADER:
        (value,) = struct.unpack_from(">I", header, offset)
        lines.append((title, f"{value}{_ENCODINGS.get(value, '') if offset == 56 else ''}"))
    table = f"{quoted_name(name)}.sqlite_schema"
    lines += [(title, str(shell.query(query.format(table))[0][0])) for title, query in _COUNTS]
    shell.write("".join(f"{title:<20} {value}\n" for title, value in lines))


@command("diskused", "?DB?", help="Report how the database uses its space, tree by tree")
def diskused(shell: Shell, arguments: list[str]) -> None:
    """Print the report of SQLite's analyzer, a script of SQL that makes a table of its figures; none without a page."""
    if len(arguments) > 1:
        raise Usage
    schema = arguments[0] if arguments else "main"
    check_schema(shell, schema)
    if schema.lower() == "temp":
        raise Usage('cannot analyze "temp"')
    shell.query("SAVEPOINT diskused")
    try:
        if not shell.query(f"PRAGMA {quoted_name(schema)}.page_count")[0][0]:
            return
        trees = list(_trees(shell, schema))
        lines = list(late.space_report.report(_facts(shell, schema), trees))
    finally:
        shell.query("RELEASE diskused")
    shell.write("".join(f"{line}\n" for line in lines))


def _trees(shell: Shell, schema: str) -> Iterator[TreeSpace]:
    """What the trees of a database take, in the order of their names."""
    objects = shell.query(
        f"SELECT name, tbl_name, type = 'index', rootpage FROM {quoted_name(schema)}.sqlite_schema"
        " WHERE rootpage > 0 UNION ALL SELECT 'sqlite_schema', 'sqlite_schema', 0, 1 ORDER BY 1"
    )
    without = _tables_without_rowid(shell, schema)
    attached = shell.connection.engine.attached.named(schema)
    assert attached is not None and attached.database is not None
    pager = attached.database.pager
    for name, table, index, root in objects:
        space = late.space.measured(
            root,
            lambda number: pager.get(number).image(),
            int(pager.usable_size),
            not index and name not in without,
        )
        yield late.space.TreeSpace(name, table, bool(index), name in without, space)


def _tables_without_rowid(shell: Shell, schema: str) -> set[str]:
    sql = "SELECT name FROM pragma_table_list WHERE wr AND schema = ? COLLATE NOCASE"
    return {str(name) for (name,) in shell.query(sql, (schema,))}


def _facts(shell: Shell, schema: str) -> DatabaseFacts:
    name = quoted_name(schema)
    pragmas = ("page_size", "page_count", "freelist_count", "auto_vacuum")
    size, count, free, vacuum = [shell.query(f"PRAGMA {name}.{pragma}")[0][0] for pragma in pragmas]
    (tables,) = shell.query(f"SELECT count(*) + 1 FROM {name}.sqlite_schema WHERE type = 'table'")[0]
    without = len(_tables_without_rowid(shell, schema))
    return late.space_report.DatabaseFacts(size, count, free, vacuum != 0, tables, without)


@command(
    "intck",
    "?DB?",
    help="Check the integrity of a database, table by table",
    more="The lock is given back after each table, so that others can write in between.",
)
def incremental_check(shell: Shell, arguments: list[str]) -> bool:
    """Print the faults of each table with its indexes, then how many tables and faults there were."""
    if len(arguments) > 1:
        raise Usage
    schema = arguments[0] if arguments else "main"
    check_schema(shell, schema)
    name = quoted_name(schema)
    tables = shell.query(f"SELECT name FROM {name}.sqlite_schema WHERE type = 'table' AND rootpage > 0")
    faults = 0
    for (table,) in [("sqlite_schema",), *tables]:
        try:
            found = shell.query(f"PRAGMA {name}.integrity_check({literal(table)})")
        except Error as problem:
            found = [(str(problem),)]
        if found != [("ok",)]:
            faults += len(found)
            shell.write("".join(f"{table}: {fault}\n" for (fault,) in found))
    shell.write(f"{len(tables) + 1} steps, {faults} errors\n")
    return faults == 0


# -- hashes

_SIZES: Final = {"sha3-224": 224, "sha3-256": 256, "sha3-384": 384, "sha3-512": 512}

_SYSTEM: Final = {
    "sqlite_schema": "SELECT type,name,tbl_name,sql FROM sqlite_schema ORDER BY name;",
    "sqlite_sequence": "SELECT name,seq FROM sqlite_sequence ORDER BY name;",
    "sqlite_stat1": "SELECT tbl,idx,stat FROM sqlite_stat1 ORDER BY tbl,idx;",
    "sqlite_stat4": "SELECT * FROM sqlite_stat4 ORDER BY tbl, idx, rowid;\n",
}
"""The queries for the tables of the system, whose rows lie in no order of their own."""


@command(
    "sha3sum",
    "?OPTIONS? ?PATTERN?",
    help="Compute a SHA3 hash of database content",
    more="""
--schema        Also hash the sqlite_schema table
--sha3-224      Use the sha3-224 algorithm.  Default
--sha3-256      Use the sha3-256 algorithm
--sha3-384      Use the sha3-384 algorithm
--sha3-512      Use the sha3-512 algorithm
Any other argument is a LIKE pattern for tables to hash, each by itself
""",
)
def sha3sum(shell: Shell, arguments: list[str]) -> None:
    """Print a hash that two databases share when their rows are the same, however they lie in the file."""
    size, with_schema, pattern = 224, False, ""
    for word in arguments:
        option = word.lstrip("-") if word.startswith("-") else ""
        if option == "schema":
            with_schema = True
        elif option in _SIZES:
            size = _SIZES[option]
        elif option:
            raise Usage(f'Unknown option "{word}" on ".sha3sum"')
        elif pattern:
            raise Usage
        else:
            pattern = word
            with_schema = with_schema or _like(shell, "sqlite\\_%", word)
    tables = [name for name in _tables(shell, with_schema) if not pattern or _like(shell, pattern, name)]
    queries = {name: [query] if (query := _query(name).strip()) else [] for name in tables}
    hash_of = late.function_bodies.hash_of
    if pattern:
        for name, texts in queries.items():
            shell.write(f"{hash_of(shell.connection, texts, size).hex()}|{name}\n")
    elif queries:
        every = [text for texts in queries.values() for text in texts]
        shell.write(f"{hash_of(shell.connection, every, size).hex()}\n")


def _like(shell: Shell, pattern: str, text: str) -> bool:
    return bool(shell.query("SELECT ?2 LIKE ?1 ESCAPE '\\'", (pattern, text))[0][0])


def _tables(shell: Shell, with_schema: bool) -> list[str]:
    """The names of the tables that are hashed, in the order that counts."""
    condition = "" if with_schema else "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    also = " UNION ALL SELECT 'sqlite_schema'" if with_schema else ""
    rows = shell.query(
        "SELECT lower(name) AS tname FROM sqlite_schema"
        f" WHERE type='table' AND coalesce(rootpage,0)>1 {condition}{also} ORDER BY 1 COLLATE NOCASE"
    )
    return [str(name) for (name,) in rows]


def _query(table: str) -> str:
    if table.startswith("sqlite_"):
        return _SYSTEM.get(table, "")
    return f'SELECT * FROM "{table.replace(chr(34), chr(34) * 2)}" NOT INDEXED;'
