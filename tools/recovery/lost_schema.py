"""The rows of sqlite_schema that can still be read."""

from __future__ import annotations

from typing import Final, NamedTuple

from foundrydb.storage.format.values import Value
from foundrydb.storage.salvage.cell_reader import CellReader
from foundrydb.storage.salvage.page_claims import PageClaims
from foundrydb.storage.tree.nodes.node import LEAF_TABLE
from foundrydb.tools.recovery.table_rows import RowOwner

KINDS: Final = ("table", "index", "view", "trigger")
SCHEMA: Final = "table sqlite_schema"
SCHEMA_FIELDS: Final = 5


class SchemaRows(RowOwner):
    """The rows of sqlite_schema."""

    def __init__(self) -> None:
        super().__init__(1)

    def takes(self, reader: CellReader) -> bool:
        return not reader.doubtful and _entry(reader) is not None


class SchemaEntry(NamedTuple):
    """A row of sqlite_schema.

    Attributes:
        kind: one of ``KINDS``.
        name, table: its own name, and that of the table it belongs to; "" where it is none.
        root: the root page, 0 for none.
        sql: the statement, "" for an index that a constraint made.
        page, cell: where the row is.
        sure: whether the schema table leads to it, and nothing before it on its page made no sense.
    """

    kind: str
    name: str
    table: str
    root: int
    sql: str
    page: int
    cell: int
    sure: bool = True

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.kind} {self.name}"


def read_schema(claims: PageClaims, refusals: dict[int, RowOwner]) -> list[SchemaEntry]:
    """Walk the schema table, and where a part of it is missing, look for that among all pages.

    Args:
        refusals: is told of pages that have other rows too.
    """
    entries: list[SchemaEntry] = []
    reader = claims.reader
    if claims.source.page_count == 0:
        return entries
    claims.begin_tree(SCHEMA, 1, True)
    while claims.next_page():
        if not claims.here_astray() and _take_page(claims, reader, entries):
            refusals[int(reader.number)] = SchemaRows()
    if claims.fault_count:
        known = {(entry.kind, entry.name) for entry in entries}
        for entry in _stray_entries(claims):
            if (entry.kind, entry.name) not in known:
                known.add((entry.kind, entry.name))
                entries.append(entry._replace(sure=False))
    return entries


def _take_page(claims: PageClaims, reader: CellReader, entries: list[SchemaEntry]) -> bool:
    """Take in a page of the schema table; whether it has other rows, too."""
    foreign = 0
    while reader.next_record():
        entry = None if reader.doubtful else _entry(reader)
        if entry is None:
            foreign += 1
            continue
        if reader.missing:
            claims.note(reader.number, f"the last {int(reader.missing):,} bytes are missing", reader.cell)
        entries.append(entry._replace(sure=reader.passed_over == 0))
    if foreign:
        claims.note(reader.number, f"rows that are not of a schema: {foreign:,}")
    if reader.passed_over:
        claims.note(reader.number, f"cells that cannot be read: {int(reader.passed_over):,}")
    return foreign > 0


def _entry(reader: CellReader) -> SchemaEntry | None:
    """The row that the reader stands on; None where it cannot be one of a schema."""
    fields: list[Value] = reader.fields
    if len(fields) < SCHEMA_FIELDS:
        return None
    kind, name, table, root, sql = fields[:SCHEMA_FIELDS]
    if not isinstance(kind, str) or kind not in KINDS:
        return None
    return SchemaEntry(
        kind,
        name if isinstance(name, str) else "",
        table if isinstance(table, str) else "",
        root if isinstance(root, int) else 0,
        sql if isinstance(sql, str) else "",
        int(reader.number),
        int(reader.cell),
    )


def _stray_entries(claims: PageClaims) -> list[SchemaEntry]:
    """The rows of pages that look like the schema table's and that nothing leads to; the freelist's aside."""
    found: list[SchemaEntry] = []
    reader = claims.reader
    free = claims.freelist()
    for number in range(2, int(claims.source.page_count) + 1):
        if not claims.claimed(number) and not free.has(number) and reader.open(number):
            if reader.kind == LEAF_TABLE:
                found.extend(_page_of_schema(reader))
    return found


def _page_of_schema(reader: CellReader) -> list[SchemaEntry]:
    """The entries of a page, none where one of its rows is not of a schema."""
    entries: list[SchemaEntry] = []
    while reader.next_record():
        entry = _entry(reader)
        if entry is None or len(reader.fields) != SCHEMA_FIELDS or not _is_plausible(entry):
            return []
        entries.append(entry)
    return entries


def _is_plausible(entry: SchemaEntry) -> bool:
    if not entry.name or not entry.table:
        return False
    return entry.sql[:7].upper() == "CREATE " or (entry.kind == "index" and not entry.sql)
