"""What the generator knows of the database: tables, columns, views, and what is visible where.

It follows the statements as if all of them succeeded.  Where one fails, later statements may name what is not
there, and both engines then say so in the same words.
"""

from __future__ import annotations

from typing import final

from differential.sql import Sql


@final
class Column:
    """A column of a table, of a view or of a FROM clause.

    Attributes:
        name: as it is written, quotes and qualifier included.
        affinity: INTEGER, REAL, NUMERIC, TEXT or BLOB; empty for an expression without one.
        stable: equal values are identical: no 1 beside 1.0, no collation but BINARY.  Which row of a group
            a value is taken from then makes no difference.
        generated: it is computed, so that nothing can be written to it.
        rowid: it is the rowid.
        parent: the table and the column that it refers to.
    """

    def __init__(
        self,
        name: str,
        affinity: str,
        stable: bool,
        generated: bool = False,
        rowid: bool = False,
    ) -> None:
        self.name = name
        self.affinity = affinity
        self.stable = stable
        self.generated = generated
        self.rowid = rowid
        self.parent: tuple[str, str] | None = None

    def called(self, name: str) -> Column:
        """The same column under another name."""
        return Column(name, self.affinity, self.stable, self.generated, self.rowid)


@final
class Table:
    """A table or view.

    Attributes:
        keys: each key's columns: the primary key and the unique ones, as ON CONFLICT may name them.
        rowid: it has a rowid, under that name.
        view: nothing can be written to it.
        constraints: the names of its CHECKs.
        expressions: those that its indexes hold, and the conditions of partial ones, over bare column names.
        database: where it is.
        definition: what stands behind its name in CREATE TABLE, None where that is not known any more.
        instead: the features of the events that INSTEAD OF triggers of a view answer to.
    """

    def __init__(
        self,
        name: str,
        columns: list[Column],
        keys: list[list[Column]] | None = None,
        rowid: bool = True,
        view: bool = False,
        database: str = "main",
    ) -> None:
        self.name = name
        self.columns = columns
        self.keys = keys or []
        self.rowid = rowid
        self.view = view
        self.expressions: list[str] = []
        self.constraints: list[str] = []
        self.database = database
        self.definition: Sql | None = None
        self.instead: set[str] = set()

    @property
    def temporary(self) -> bool:
        """It is in temp."""
        return self.database == "temp"

    def writable(self) -> list[Column]:
        """The columns that INSERT and UPDATE may name."""
        return [column for column in self.columns if not column.generated]


@final
class Index:
    """An index: its name, its table, and whether it has a condition."""

    def __init__(self, name: str, table: Table, partial: bool = False) -> None:
        self.name = name
        self.table = table
        self.partial = partial


@final
class Database:
    """A further database: its name, whether it is in memory, and what it has while it is not attached."""

    def __init__(self, name: str, memory: bool) -> None:
        self.name = name
        self.memory = memory
        self.tables: list[Table] = []
        self.views: list[Table] = []
        self.indexes: list[Index] = []


@final
class Schema:
    """The database as far as the generator knows it, and a counter for new names.

    Attributes:
        temporary: something in it does not come back when it is closed and opened again.
        changeable: views that INSTEAD OF triggers may hang on.
        resized: VACUUM may have given the file pages of another size, which the reference in memory keeps.
        counted: a trigger asks what a connection counts, which a file that is opened again does not know.
        held: names of databases that temporary triggers hang on.
    """

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.views: list[Table] = []
        self.changeable: list[Table] = []
        self.held: set[str] = set()
        self.indexes: list[Index] = []
        self.databases: list[Database] = []
        self.detached: list[Database] = []
        self.savepoints: list[str] = []
        self.transaction = False
        self.temporary = False
        self.reopened = False
        self.resized = False
        self.counted = False
        self.analyzed = False
        self.utf16 = False
        self._count = 0

    def fresh(self, prefix: str) -> str:
        """A name that nothing has yet."""
        self._count += 1
        return f"{prefix}{self._count}"


@final
class Scope:
    """The columns that an expression may use: those of its own FROM clause, and of the queries around it."""

    def __init__(self, columns: list[Column], outer: Scope | None = None) -> None:
        self.columns = columns
        self.outer = outer

    def visible(self) -> list[Column]:
        """All columns, the own ones twice so that they are taken more often."""
        around = self.outer.visible() if self.outer is not None else []
        return self.columns * 2 + around


NOTHING = Scope([])
