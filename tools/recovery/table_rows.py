"""An INSERT statement for each record of a table."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.schema.names import quoted_name
from foundrydb.compiler.schema.objects import Table
from foundrydb.storage.format.values import Value
from foundrydb.storage.salvage.cell_reader import CellReader
from foundrydb.tools.recovery.rowid_ranges import RowidRanges
from foundrydb.tools.recovery.sql_values import value_sql

_ROWIDS: Final = ("_rowid_", "rowid", "oid")
_REAL: Final = 7
"""The serial type of a REAL."""

_STRICT_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "INT": (int,),
    "INTEGER": (int,),
    "REAL": (int, float),
    "TEXT": (str,),
    "BLOB": (bytes,),
    "ANY": (int, float, str, bytes),
}


class RowOwner:
    """Tells a table's rows from others that are on its pages.

    Attributes:
        root: the table's root page in the damaged file.
    """

    def __init__(self, root: int) -> None:
        self.root: Final = root

    def takes(self, reader: CellReader) -> bool:
        """Whether the record that the reader stands on can be a row of this table."""
        raise NotImplementedError


class TableRows(RowOwner):
    """The rows of a table of the schema.

    Args:
        table: as the empty database has it, where it was tried out.
        root: its root page in the damaged file.
        rowids: whether to keep rowids that are no column's.
        encoding: of the database that the SQL makes.

    Attributes:
        saved: how many rows were written.
    """

    def __init__(self, table: Table, root: int, rowids: bool, encoding: int) -> None:
        super().__init__(root)
        self.table: Final = table
        self.saved = 0
        self._encoding: Final = encoding
        self._rowid: Final = self._name_of_rowid() if rowids else ""
        self._met: Final = RowidRanges()
        # Cells whose rowid another one had before: (page, cell).
        self._twice: Final[set[tuple[int, int]]] = set()
        # The beginning of the statement for a record of so many fields, and which fields it has.
        self._heads: Final[dict[int, tuple[str, list[int]]]] = {}

    def takes(self, reader: CellReader) -> bool:
        fields = reader.fields
        if reader.doubtful or not 0 < len(fields) <= len(self.table.record):
            return False
        if self._twice and (int(reader.number), int(reader.cell)) in self._twice:
            return False
        return not self.table.strict or self._is_strict(fields)

    def takes_now(self, reader: CellReader) -> bool:
        """The same while the rows are written: a rowid is only taken once."""
        if not self.takes(reader):
            return False
        if not reader.has_rowid or self._met.add(int(reader.rowid)):
            return True
        self._twice.add((int(reader.number), int(reader.cell)))
        return False

    def insert(self, reader: CellReader) -> str:
        """The statement for the record that the reader stands on."""
        fields = reader.fields
        head, places = self._head(len(fields))
        alias = self.table.rowid_alias
        values = []
        if self._rowid:
            values.append(str(int(reader.rowid)))
        for place in places:
            column = self.table.record[place]
            if column == alias:
                values.append(str(int(reader.rowid)))
            else:
                value = fields[place]
                if value is None and reader.lost is not None and place in reader.lost:
                    value = self._instead(column, reader.lost[place])
                values.append(value_sql(value, self._encoding))
        self.saved += 1
        return f"{head}{', '.join(values)})"

    def _head(self, count: int) -> tuple[str, list[int]]:
        found = self._heads.get(count)
        if found is None:
            found = self._heads[count] = self._new_head(count)
        return found

    def _new_head(self, count: int) -> tuple[str, list[int]]:
        table = self.table
        places: list[int] = []
        met: set[int] = set()
        for place, column in enumerate(table.record):
            wanted = place < count or column == table.rowid_alias
            if wanted and column not in met and table.columns[column].generated is None:
                met.add(column)
                places.append(place)
        names = [quoted_name(table.columns[table.record[place]].name) for place in places]
        if self._rowid:
            names.insert(0, self._rowid)
        return f"INSERT OR IGNORE INTO {quoted_name(table.name)}({', '.join(names)}) VALUES (", places

    def _name_of_rowid(self) -> str:
        """The name by which the rowid can be given; "" where a column has it, or there is none."""
        if self.table.without_rowid or self.table.rowid_alias >= 0:
            return ""
        return next((name for name in _ROWIDS if self.table.column_index(name) < 0), "")

    def _instead(self, column: int, serial: int) -> Value:
        """What stands for a number that was lost: NULL, or 0 where NULL may not be."""
        if not self.table.columns[column].not_null:
            return None
        return 0.0 if serial == _REAL else 0

    def _is_strict(self, fields: list[Value]) -> bool:
        """Whether a STRICT table has such values."""
        for place, value in enumerate(fields):
            column = self.table.columns[self.table.record[place]]
            allowed = _STRICT_TYPES.get(column.declared_type.upper())
            if value is not None and allowed is not None and not isinstance(value, allowed):
                return False
        return True
