"""Random ALTER TABLE statements, kept in step with the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, final

from differential.model import Scope
from differential.sql import Sql, optional, text
from differential.values import quoted

if TYPE_CHECKING:
    from differential.model import Column, Table
    from differential.schema import Schemas


@final
class Alterations:
    """Writes the statements that change a table: ``makers`` by feature."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self.choice = schemas.choice
        self.schema = schemas.schema
        self.makers: Final[dict[str, Callable[[], Sql]]] = {
            "schema.add_column": self._add_column,
            "schema.rename_column": self._rename_column,
            "schema.rename_table": self._rename_table,
            "schema.drop_column": self._drop_column,
            "schema.set_not_null": self._set_not_null,
            "schema.drop_not_null": self._drop_not_null,
            "schema.add_check": self._add_check,
            "schema.drop_constraint": self._drop_constraint,
        }

    def _table(self) -> Table:
        table = self.choice.one(self.schema.tables)
        table.definition = None
        return table

    def _place(self, table: Table) -> str:
        return self.schemas.generator.attachments.place(table)

    def _add_column(self) -> Sql:
        table = self._table()
        if self.choice.maybe("column.generated", 0.2):
            definition = self.schemas.generated(table, strict=False)
            definition.column.name = self.schema.fresh("n")
        else:
            definition = self.schemas.definition(self.schema.fresh("n"), strict=False)
            if self.choice.maybe("column.default", 0.5):
                default = quoted(self.choice.one(["1", "a", "2.50", "-7"]))
                if self.choice.chance(0.5):
                    default = self.choice.one(["", "-", "+", "- -"]) + str(
                        self.schemas.generator.literals.constant()
                    )
                definition.constraints.append(optional(" DEFAULT ", f"({default})"))
                # C SQLite takes a NULL with a sign for a value, and has rows then that are wrong by themselves.
                if "NULL" not in default and self.choice.maybe("column.not_null", 0.3):
                    definition.constraints.append(optional(" NOT NULL"))
            table.columns.append(definition.column)
        if self.choice.maybe("column.check", 0.15):
            check = self.schemas.check(table, Scope([*table.columns, definition.column]))
            definition.constraints.append(optional(" ", check))
        return text(f"ALTER TABLE {self._place(table)} ADD COLUMN ", definition.sql())

    def _rename_column(self) -> Sql:
        table = self._table()
        if table.temporary and self.schemas.generator.triggers.wanted:
            # C SQLite looks for the new name in the rows of triggers on temporary tables, and does not find it.
            return self._rename_table()
        column = self.choice.one(table.columns)
        old, column.name = column.name, self._new_name("n")
        table.expressions.clear()
        return text(f"ALTER TABLE {self._place(table)} RENAME COLUMN {old} TO {column.name}")

    def _rename_table(self) -> Sql:
        table = self._table()
        old, table.name = self._place(table), self._new_name("t")
        return text(f"ALTER TABLE {old} RENAME TO {table.name}")

    def _new_name(self, prefix: str) -> str:
        name = self.schema.fresh(prefix)
        if self.choice.maybe("schema.quoted_name", 0.3):
            return self.choice.one([f'"{name}"', f"[{name}]", f'"{name} x"', f"`{name}`"])
        return name

    def _drop_column(self) -> Sql:
        table = self._table()
        if len(table.columns) < 3:
            return text(f"ALTER TABLE {self._place(table)} DROP COLUMN absent")
        column = table.columns[-1] if self.choice.chance(0.5) else self.choice.one(table.columns)
        if not self._is_used(table, column):
            table.columns.remove(column)
        return text(f"ALTER TABLE {self._place(table)} DROP COLUMN {column.name}")

    def _is_used(self, table: Table, column: Column) -> bool:
        """Whether the column is part of a key, so that it stays."""
        return any(column in key for key in table.keys)

    def _set_not_null(self) -> Sql:
        table = self._table()
        column = self.choice.one(table.columns)
        return text(
            f"ALTER TABLE {self._place(table)} ALTER COLUMN {column.name} SET NOT NULL{self.schemas.conflict()}"
        )

    def _drop_not_null(self) -> Sql:
        table = self._table()
        return text(
            f"ALTER TABLE {self._place(table)} ALTER {self.choice.one(table.columns).name} DROP NOT NULL"
        )

    def _add_check(self) -> Sql:
        table = self._table()
        return text(f"ALTER TABLE {self._place(table)} ADD ", self.schemas.check(table, Scope(table.columns)))

    def _drop_constraint(self) -> Sql:
        table = self._table()
        name = self.choice.one([*table.constraints, "absent"])
        if name in table.constraints:
            table.constraints.remove(name)
        return text(f"ALTER TABLE {self._place(table)} DROP CONSTRAINT {name}")
