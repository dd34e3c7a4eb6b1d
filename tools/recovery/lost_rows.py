"""Rows that belong to no table that is known: they go to a table of their own.

https://sqlite.org/recovery.html calls it ``lost_and_found``: the page at the top of the tree that a row's page was
part of, the page, how many fields the row has, its rowid, and the fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from foundrydb.compiler.schema.names import quoted_name
from foundrydb.storage.salvage.cell_reader import CellReader
from foundrydb.storage.salvage.lost_pages import LostPages
from foundrydb.storage.salvage.page_claims import PageClaims
from foundrydb.tools.recovery.sql_values import value_sql
from foundrydb.tools.recovery.table_rows import RowOwner

LOST_AND_FOUND: Final = "lost_and_found"
MOST_COLUMNS: Final = 1996
"""With the four columns before them as many as a table may have."""


class LostRows:
    """The rows of lost pages, and those on a table's pages that cannot be its own.

    Args:
        refusals: for each page with rows that its table did not take, what tells them from its own.

    Attributes:
        width: the most fields that a row has.
        count: how many rows there are.
        narrowed: how many have more fields than a table can have columns.
        pages: how many pages they are on.
    """

    def __init__(self, claims: PageClaims, refusals: dict[int, RowOwner], encoding: int) -> None:
        self._claims: Final = claims
        self._refusals: Final = refusals
        self._encoding: Final = encoding
        self._pages: Final = LostPages(claims)
        self.width = 0
        self.count = 0
        self.narrowed = 0
        self.pages = 0
        self._measure()

    def _measure(self) -> None:
        reader = self._claims.reader
        last = 0
        for _ in self._rows():
            size = len(reader.fields)
            self.count += 1
            self.narrowed += size > MOST_COLUMNS
            self.width = max(self.width, min(size, MOST_COLUMNS))
            if reader.number != last:
                last = int(reader.number)
                self.pages += 1

    def _rows(self) -> Iterator[int]:
        """Have the reader stand on one row after another; the root of each."""
        reader = self._claims.reader
        reader.begin_pass()
        self._pages.rewind()
        while self._pages.next_page():
            while reader.next_record():
                if reader.has_rowid or reader.fields:
                    yield int(self._pages.root)
        for page, rows in sorted(self._refusals.items()):
            reader.open(page)
            while reader.next_record():
                if not rows.takes(reader) and (reader.has_rowid or reader.fields):
                    yield rows.root

    def statements(self, table: str) -> Iterator[str]:
        """The statements that make the table and its rows."""
        name = quoted_name(table)
        columns = [f"c{i}" for i in range(self.width)]
        first = ["rootpgno INTEGER", "pgno INTEGER", "nfield INTEGER", "id INTEGER"]
        yield f"CREATE TABLE {name}({', '.join(first + columns)})"
        heads = {}
        reader = self._claims.reader
        for root in self._rows():
            size = min(len(reader.fields), self.width)
            if size not in heads:
                names = ", ".join(["rootpgno", "pgno", "nfield", "id", *columns[:size]])
                heads[size] = f"INSERT INTO {name}({names}) VALUES ("
            yield heads[size] + ", ".join(self._values(reader, root, size)) + ")"

    def _values(self, reader: CellReader, root: int, size: int) -> list[str]:
        rowid = str(int(reader.rowid)) if reader.has_rowid else "NULL"
        values = [str(root), str(int(reader.number)), str(len(reader.fields)), rowid]
        return values + [value_sql(value, self._encoding) for value in reader.fields[:size]]
