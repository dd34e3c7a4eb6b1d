"""What a schema consists of: tables with their columns, indexes, views and triggers.

``tables`` makes them from CREATE TABLE statements, ``load`` from those of the other kinds.

Two numberings of a table's columns matter.  A column's *index* is its place in CREATE TABLE.  Its *position* is its
place in the stored record (``Table.positions``): virtual generated columns are not stored, and a WITHOUT ROWID
table stores its primary key first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.schema.names import ROWID, fold
from foundrydb.compiler.trees.fields import Outside

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import OutputColumn
    from foundrydb.compiler.schema.samples import Samples
    from foundrydb.compiler.syntax import ast


NEWEST_FORMAT: Final = 4
"""The schema format from which on DESC in an index has an effect; there is no later one."""


@final
class Column:
    """A column of a table.

    Attributes:
        name: as declared.
        declared_type: the text of the type, "" for none (without GENERATED ALWAYS, which SQLite strips).
        standard: whether the type is written as nothing but one of the types of STRICT tables.
        affinity: a letter of ``schema.affinity``.
        collation: the name of the collating sequence, ``BINARY`` by default.
        not_null: whether NULL is refused (a PRIMARY KEY of a WITHOUT ROWID table included).
        not_null_conflict: its ON CONFLICT clause, "" for none.
        default: the DEFAULT's expression, None for none.
        default_text: the DEFAULT as PRAGMA table_info shows it, None for none.
        primary_key: the place within the primary key, from 1; 0 outside it.
        generated: the expression of a generated column, None otherwise.
        stored: false for a VIRTUAL generated column: it has no place in the record.
        hidden: a hidden column of a virtual table or table-valued function.
    """

    def __init__(
        self,
        name: str,
        declared_type: str = "",
        affinity: str = "A",
        collation: str = "BINARY",
        not_null: bool = False,
        not_null_conflict: str = "",
        default: ast.Expression | None = None,
        default_text: str | None = None,
        generated: ast.Expression | None = None,
        stored: bool = True,
        hidden: bool = False,
        standard: bool = False,
    ) -> None:
        self.name: Final = name
        self.standard: Final = standard
        self.declared_type: Final = declared_type
        self.affinity: Final = affinity
        self.collation = collation
        self.not_null = not_null
        self.not_null_conflict = not_null_conflict
        self.default: Final = default
        self.default_text: Final = default_text
        self.primary_key = 0
        self.generated: Final = generated
        self.stored: Final = stored
        self.hidden: Final = hidden

    def __repr__(self) -> str:
        return f"Column({self.name!r}, {self.declared_type!r})"

    def __reduce__(self) -> tuple[object, ...]:
        arguments = (
            self.name,
            self.declared_type,
            self.affinity,
            self.collation,
            self.not_null,
            self.not_null_conflict,
            self.default,
            self.default_text,
            self.generated,
            self.stored,
            self.hidden,
            self.standard,
        )
        return Column, arguments, {"primary_key": self.primary_key}


@final
class IndexColumn:
    """One column of an index.

    Attributes:
        column: the index of the table's column, ``ROWID`` or ``EXPRESSION``.
        expression: the expression of an index on one, None otherwise.
        collation: the name of the sequence in which the index keeps it.
        descending: whether it is kept in descending order.
    """

    def __init__(
        self, column: int, expression: ast.Expression | None, collation: str, descending: bool
    ) -> None:
        self.column: Final = column
        self.expression: Final = expression
        self.collation: Final = collation
        self.descending: Final = descending

    def __reduce__(self) -> tuple[object, ...]:
        return IndexColumn, (self.column, self.expression, self.collation, self.descending)


@final
class Index(Outside):
    """An index: the B-tree that CREATE INDEX, UNIQUE or PRIMARY KEY made.

    Attributes:
        columns: the key columns as declared.
        suffix: what each entry stores after them: the rowid, or the missing columns of the primary key; all other
            columns for the PRIMARY KEY of a WITHOUT ROWID table.
        unique: whether two entries may not have the same key.
        origin: ``c`` (CREATE INDEX), ``u`` (UNIQUE) or ``pk`` (PRIMARY KEY), as PRAGMA index_list says.
        conflict: the ON CONFLICT clause of its constraint, "" for none.
        clustered: it is the WITHOUT ROWID table itself: same root page.
        where: the condition of a partial index, None otherwise.
        sql: the CREATE INDEX text, None for an automatic index.
        root_page: 0 until it is known.
        averages: from sqlite_stat1: rows, then the average number of rows that agree in the first 1, 2, … key
            columns; empty when not analyzed.
        samples: from sqlite_stat4; None where there are none, or where nobody has asked for them yet.
        samples_known: whether they were asked for.
        sampled: what ``averages`` would say, estimated from the index itself when the table had ``sampled_rows`` rows
            (-1: not yet).
        nearness: the share of neighbouring entries whose rows are neighbours in the table, estimated when the table
            had ``nearness_rows`` rows (-1: not yet).
        unordered: sqlite_stat1 says not to use the index for ranges or sorting.
        no_skip_scan: sqlite_stat1 says not to skip over leading columns.
        is_narrow: whether the planner takes an entry for smaller than a row of the table; None until it asks.
    """

    def __init__(
        self,
        name: str,
        table: Table,
        columns: list[IndexColumn],
        unique: bool,
        origin: str,
        conflict: str = "",
        where: ast.Expression | None = None,
        sql: str | None = None,
        root_page: int = 0,
        clustered: bool = False,
    ) -> None:
        self.name: Final = name
        self.table: Final = table
        self.columns: Final = columns
        self.suffix: list[IndexColumn] = []
        self.unique: Final = unique
        self.origin = origin
        self.conflict = conflict
        self.where: Final = where
        self.sql: Final = sql
        self.root_page = root_page
        self.clustered: Final = clustered
        self.averages: list[float] = []
        self.samples: Samples | None = None
        self.samples_known = False
        self.sampled: list[float] = []
        self.sampled_rows = -1.0
        self.nearness = 0.0
        self.nearness_rows = -1.0
        self.unordered = False
        self.no_skip_scan = False
        self.is_narrow: bool | None = None

    @property
    def statistics_name(self) -> str:
        """What sqlite_stat1 calls it: a WITHOUT ROWID table's primary key goes by the table's name."""
        return self.table.name if self.clustered else self.name

    def forget_statistics(self) -> None:
        """Forget what ANALYZE found."""
        self.averages = []
        self.samples = None
        self.samples_known = False
        self.unordered = False
        self.no_skip_scan = False

    def stored_columns(self) -> list[IndexColumn]:
        """Every column of an entry, in order."""
        return self.columns + self.suffix

    def stored_column(self, position: int) -> IndexColumn:
        """One column of an entry."""
        own = len(self.columns)
        return self.columns[position] if position < own else self.suffix[position - own]

    def searched(self) -> int:
        """By how many columns a search may go: all of an entry; its own alone where they tell entries apart."""
        own = len(self.columns)
        return own if self.clustered or self.unique else own + len(self.suffix)

    def position(self, column: int) -> int:
        """Where an entry stores the table's column (or ROWID) unchanged; -1 when it does not."""
        alias = self.table.rowid_alias
        wanted = ROWID if column == alias and alias >= 0 else column
        for i, item in enumerate(self.stored_columns()):
            if item.column == wanted or (wanted == ROWID and alias >= 0 and item.column == alias):
                return i
        return -1

    def first_key(self) -> int:
        """The number of the first key where keys are read as columns: those of all indexes follow the table's own."""
        number = len(self.table.columns)
        for other in self.table.indexes:
            if other is self:
                break
            number += len(other.columns)
        return number

    def identity(self) -> tuple[object, ...]:
        return (*self.table.identity(), self.name, self.root_page)

    def __reduce__(self) -> tuple[object, ...]:
        key = (self.name, self.table, self.columns, self.unique, self.origin, self.conflict)
        state = {"suffix": self.suffix, "averages": self.averages}
        return Index, (*key, self.where, self.sql, self.root_page, self.clustered), state

    def __repr__(self) -> str:
        return f"Index({self.name!r} on {self.table.name!r})"


@final
class Check:
    """A CHECK: its name or, without one, its text (the error message shows it), and its expression."""

    def __init__(self, name: str, expression: ast.Expression) -> None:
        self.name: Final = name
        self.expression: Final = expression

    def __reduce__(self) -> tuple[object, ...]:
        return Check, (self.name, self.expression)


@final
class ForeignKey:
    """A foreign key: the indexes of its columns, and what they refer to."""

    def __init__(self, columns: list[int], reference: ast.ForeignKeyReference) -> None:
        self.columns: Final = columns
        self.reference: Final = reference

    def __reduce__(self) -> tuple[object, ...]:
        return ForeignKey, (self.columns, self.reference)


@final
class Table(Outside):
    """A table.

    Attributes:
        name: as declared.
        schema: the schema's name.
        root_page: of the B-tree, 0 until it is known.
        sql: the CREATE TABLE text ("" for the schema table).
        columns: in the order of CREATE TABLE.
        rowid_alias: the index of the INTEGER PRIMARY KEY column, -1 for none.
        rowid_conflict: the ON CONFLICT clause of that key, "" for none.
        format: the schema format of its file.
        without_rowid, strict, autoincrement: the options.
        primary_key: the columns of PRIMARY KEY, in order.
        indexes: in SQLite's order: the newest first, those with ON CONFLICT REPLACE after all others.
        row_key: the columns of the key of a WITHOUT ROWID table's B-tree, where one may stand twice, under two
            collations.
        record: the columns in the order of the stored record; what stands twice in the key does here too.
        positions: per column, its (first) place in the record, -1 for a column that is not stored.  An INTEGER
            PRIMARY KEY has a place too, which holds NULL.
        virtual_module: the module of a virtual table, "" for a real one.
        system: the schema table and other tables that statements may not write.
        analyzed_rows: the row count in sqlite_stat1, -1 when not analyzed.
        offered: the columns as expressions see them, once a statement has asked for them.
    """

    def __init__(self, name: str, schema: str, root_page: int = 0, sql: str = "") -> None:
        self.name: Final = name
        self.schema: Final = schema
        self.root_page = root_page
        self.sql: Final = sql
        self.columns: list[Column] = []
        self.rowid_alias = -1
        self.rowid_conflict = ""
        self.format = NEWEST_FORMAT
        self.without_rowid = False
        self.strict = False
        self.autoincrement = False
        self.primary_key: list[int] = []
        self.checks: list[Check] = []
        self.indexes: list[Index] = []
        self.foreign_keys: list[ForeignKey] = []
        self.row_key: list[int] = []
        self.record: list[int] = []
        self.positions: list[int] = []
        self.virtual_module = ""
        self.system = False
        self.analyzed_rows = -1.0
        self.offered: list[OutputColumn] | None = None
        self._by_name: dict[str, int] = {}

    def add_column(self, column: Column) -> None:
        """Append a column (its name must be new)."""
        self._by_name[fold(column.name)] = len(self.columns)
        self.columns.append(column)

    def column_index(self, name: str) -> int:
        """The index of the column of that name, -1 for none; names of the rowid are not columns."""
        return self._by_name.get(fold(name), -1)

    def clustered_index(self) -> Index | None:
        """The PRIMARY KEY of a WITHOUT ROWID table, which is its B-tree; None for other tables."""
        for index in self.indexes:
            if index.clustered:
                return index
        return None

    def find_index(self, name: str) -> Index | None:
        """The index of that name, None for none."""
        key = fold(name)
        for index in self.indexes:
            if fold(index.name) == key:
                return index
        return None

    def add_index(self, index: Index) -> None:
        """Put an index at its place in ``indexes``."""
        self.indexes.insert(0, index)
        self._replace_last()

    def _replace_last(self) -> None:
        """Keep the indexes with ON CONFLICT REPLACE at the end."""
        others = [i for i in self.indexes if i.conflict != "REPLACE"]
        if len(others) != len(self.indexes):
            self.indexes = others + [i for i in self.indexes if i.conflict == "REPLACE"]

    def replaces(self, conflict: str) -> bool:
        """Whether writing a row may delete others that are in its way.  conflict: the statement's OR clause."""
        if conflict:
            return conflict == "REPLACE"
        if self.rowid_conflict == "REPLACE":
            return True
        return any([index.unique and index.conflict == "REPLACE" for index in self.indexes])

    def may_replace(
        self, conflict: str, rowid: bool, changed: set[int] | None, answered: tuple[Index, ...] = ()
    ) -> bool:
        """Whether writing certain columns may delete rows that are in the way.

        rowid: a new row gets a rowid that another may have.  changed: the columns that an UPDATE writes, None for a
        new row.  A row that gets another key is looked up in all indexes.  answered: the indexes for which something
        else is done about rows in the way.
        """
        key = self.row_key if self.without_rowid else [ROWID, self.rowid_alias]
        if changed is not None and any([column in key for column in changed]):
            rowid, changed = True, None
        if rowid and not self.without_rowid and (conflict or self.rowid_conflict) == "REPLACE":
            return True
        for index in self.indexes:
            if index in answered:
                continue
            if index.unique and (conflict or index.conflict) == "REPLACE" and self._enters(index, changed):
                return True
        return False

    def _enters(self, index: Index, changed: set[int] | None) -> bool:
        """Whether an index's keys depend on columns, as far as their names tell."""
        if changed is None or index.where is not None:
            return True
        keys = [part.column for part in index.columns]
        return any([key < 0 or key in changed or self.columns[key].generated is not None for key in keys])

    def identity(self) -> tuple[object, ...]:
        return self.schema, self.name, self.root_page, self.sql

    def __reduce__(self) -> tuple[object, ...]:
        state = {name: getattr(self, name) for name in _TABLE_STATE}
        return Table, (self.name, self.schema, self.root_page, self.sql), state

    def __repr__(self) -> str:
        return f"Table({self.schema}.{self.name})"


_TABLE_STATE: Final = (
    "columns",
    "rowid_alias",
    "rowid_conflict",
    "format",
    "without_rowid",
    "strict",
    "autoincrement",
    "primary_key",
    "checks",
    "indexes",
    "foreign_keys",
    "row_key",
    "record",
    "positions",
    "virtual_module",
    "system",
    "analyzed_rows",
    "_by_name",
)
"""What a table says beside what its constructor takes."""


@final
class View:
    """A view.  ``columns`` are the names that CREATE VIEW lists, empty for none."""

    def __init__(self, name: str, schema: str, sql: str, columns: list[str], select: ast.Select) -> None:
        self.name: Final = name
        self.schema: Final = schema
        self.sql: Final = sql
        self.columns: Final = columns
        self.select: Final = select

    def sought_in(self) -> str | None:
        """The schema in which its query's tables are sought where they have none; None for everywhere."""
        return None if self.schema == "temp" else self.schema

    def as_table(self, columns: list[OutputColumn]) -> Table:
        """What stands for it where rows of it are to be changed: a table without a rowid that is nowhere.

        columns: those of its query, under the names that they have in the view.
        """
        table = Table(self.name, self.schema)
        table.without_rowid = True
        for column in columns:
            table.add_column(Column(column.name, column.declared_type, column.affinity, column.collation))
        return table


@final
class Trigger(Outside):
    """A trigger; ``table`` is the name of the table or view it hangs on, ``table_schema`` that one's schema.

    Of a temporary one whose table is named without a schema that is "", until it is settled what the name means.

    is_action: there is no such trigger in the schema: it does what a foreign key asks for.
    settled: a foreign key by which nothing is left over once its program has run: what goes need not be counted.
    """

    def __init__(
        self,
        name: str,
        schema: str,
        table: str,
        table_schema: str,
        sql: str,
        statement: ast.CreateTrigger,
        is_action: bool = False,
        settled: ForeignKey | None = None,
    ) -> None:
        self.name: Final = name
        self.schema: Final = schema
        self.table: Final = table
        self.table_schema = table_schema
        self.sql: Final = sql
        self.statement: Final = statement
        self.is_action: Final = is_action
        self.settled: Final = settled

    def title(self) -> str:
        """What it is, for those who look at its program."""
        return f"{'foreign key' if self.is_action else 'trigger'} {self.name}"

    @property
    def time(self) -> str:
        """When its program runs: ``BEFORE`` a change, ``AFTER`` it, or ``INSTEAD OF`` it."""
        return self.statement.time or "BEFORE"

    def sought_in(self) -> str | None:
        """Where the unqualified tables of its program are sought: a temporary trigger's everywhere (None)."""
        return None if self.schema == "temp" else self.schema

    def follows(self, event: str, names: list[str]) -> bool:
        """Whether it is set off by an event of the rows of its table.  names: those that an UPDATE sets, folded."""
        statement = self.statement
        if statement.event != event:
            return False
        # UPDATE OF goes by the names as they are written: what sets ``rowid`` does not set ``id``.
        return not statement.columns or any([fold(name.text) in names for name in statement.columns])

    def identity(self) -> tuple[object, ...]:
        return self.schema, self.name, self.sql

    def __reduce__(self) -> tuple[object, ...]:
        key = (self.name, self.schema, self.table, self.table_schema)
        return Trigger, (*key, self.sql, self.statement, self.is_action, self.settled)

    def __repr__(self) -> str:
        return f"Trigger({self.schema}.{self.name})"
