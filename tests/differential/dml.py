"""Random INSERT, REPLACE, UPDATE and DELETE statements, with every conflict clause.

Where the order in which rows are changed shows (which of two violations is met first, what OR FAIL leaves behind),
the rows come in rowid or key order: the WHERE clause is written so that no index serves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from differential.model import NOTHING, Column, Scope, Table
from differential.sql import EMPTY, Part, Sql, expression, items, optional, text
from differential.statement import Statement
from differential.values import quoted
from differential.windows import Windows

if TYPE_CHECKING:
    from differential.generator import Generator

_KINDS: Final = [
    *("change.insert", "change.insert_select"),
    *("change.insert_defaults", "change.replace", "change.update"),
    *("change.update_from", "change.delete"),
]
_CLAUSES: Final = {
    "change.or_rollback": " OR ROLLBACK",
    "change.or_abort": " OR ABORT",
    "change.or_fail": " OR FAIL",
    "change.or_ignore": " OR IGNORE",
    "change.or_replace": " OR REPLACE",
}


@final
class Changes:
    """Writes the statements that change rows.

    Attributes:
        around: the row that a trigger's program, whose steps are written, is run for.
    """

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.choice = generator.choice
        self.schema = generator.schema
        self.literals = generator.literals
        self.around: Scope | None = None

    def statement(self) -> Statement:
        """Any change of one table's rows."""
        self.choice.start()
        views = [view for view in self.schema.changeable if view.instead]
        if views and self.choice.chance(0.25):
            sql = self._change_view(self.choice.one(views))
            return Statement(sql, "change", frozenset(self.choice.used), loose=True)
        table = self.choice.one(self.schema.tables)
        kind = self.choice.pick(_KINDS)
        if kind == "change.update":
            sql = self._update(table)
        elif kind == "change.update_from":
            sql = self._update_from(table)
        elif kind == "change.delete":
            sql = self._delete(table)
        elif kind == "change.insert_defaults":
            sql = text(
                f"INSERT{self._clause()} INTO {self._place(table)} DEFAULT VALUES", self._returning(table)
            )
        else:
            sql = self._insert(table, kind)
        # C SQLite hands out some whole reals of RETURNING as integers.
        returns = "change.returning" in self.choice.used
        return Statement(sql, "change", frozenset(self.choice.used), loose=returns)

    def step(self) -> Sql:
        """A change that a trigger's program makes."""
        kind = self.choice.pick([kind for kind in _KINDS if kind != "change.insert_defaults"])
        table = self.choice.one(self.schema.tables)
        if kind == "change.update":
            return self._update(table)
        if kind == "change.update_from":
            return self._update_from(table)
        if kind == "change.delete":
            return self._delete(table)
        return self._insert(table, kind)

    def _change_view(self, view: Table) -> Sql:
        """A change of a view that a trigger answers to."""
        event = self.choice.one(sorted(view.instead))
        if event == "trigger.insert":
            return self._insert(
                view, self.choice.one(["change.insert", "change.insert_select", "change.replace"])
            )
        if event == "trigger.update":
            return self._update(view)
        where = self._whole(view, self._scope(view))
        return text(f"DELETE FROM {self._place(view)}", where, self._returning(view))

    def fill(self, table: Table) -> Statement:
        """Several rows for a new table, those that break a constraint left out."""
        self.choice.start()
        columns = table.writable()
        rows = [self._row(columns) for _ in range(self.choice.number(3, 8))]
        names = ", ".join(column.name for column in columns)
        word = "INSERT OR IGNORE" if self.choice.maybe("change.or_ignore", 0.8) else "INSERT"
        sql = text(f"{word} INTO {self._place(table)}({names}) VALUES ", items(rows))
        return Statement(sql, "change", frozenset(self.choice.used))

    def _place(self, table: Table) -> str:
        return self.generator.attachments.place(table)

    def _insert(self, table: Table, kind: str) -> Sql:
        writable = table.writable()
        if self.choice.chance(0.5) or len(writable) != len(table.columns):
            columns = self.choice.sample(
                writable, self.choice.number(max(1, len(writable) - 2), len(writable))
            )
            names = f"({', '.join(column.name for column in columns)})"
        else:
            columns, names = writable, ""
        word = "REPLACE" if kind == "change.replace" else f"INSERT{self._clause()}"
        twins = [one for one in self.schema.tables if one.name == table.name and one is not table]
        # C SQLite leaves a trigger's program behind the copy of a whole table.
        if twins and not self.generator.expressions.constant and self.choice.maybe("attach.copy", 0.4):
            return text(f"{word} INTO {table.database}.{table.name} SELECT * FROM {self._place(twins[0])}")
        if kind == "change.insert_select":
            source = self._select(columns)
        else:
            source = self._rows(columns, self.choice.number(1, 3))
        upsert = self._upsert(table) if kind != "change.replace" else EMPTY
        return text(f"{word} INTO {self._place(table)}{names} ", source, upsert, self._returning(table))

    def _rows(self, columns: list[Column], count: int) -> Sql:
        """VALUES; whether C SQLite computes all rows before it writes the first one shows in what counts them."""
        with self.choice.without("trigger.count_in_step" if count > 1 else ""):
            return text("VALUES ", items([self._row(columns) for _ in range(count)]))

    def _row(self, columns: list[Column]) -> Sql:
        row: list[Part] = []
        for column in columns:
            row += [", ", self._value(column)] if row else [self._value(column)]
        return text("(", text(*row), ")")

    def _value(self, column: Column) -> Sql:
        if self.around is not None and self.choice.chance(0.45):
            if self.choice.maybe("trigger.count_in_step", 0.08) and not self.schema.reopened:
                self.schema.counted = True
                return expression(self.choice.one(["changes()", "last_insert_rowid()", "total_changes()"]))
            return expression(self.choice.one(self.around.columns).name)
        if column.parent is not None and self.choice.chance(0.75):
            return self.generator.foreign_keys.value(column)
        if column.rowid:
            return self._rowid()
        if self.choice.chance(0.12):
            return self.generator.expressions.any(NOTHING, 1)
        if self.choice.chance(0.25):
            return self.literals.any()
        if column.affinity == "TEXT":
            if self.choice.chance(0.6):
                return expression(
                    quoted(self.choice.one(["a", "b", "A", "B", "c", "ab", "", "x ", "x", "1"]))
                )
            return self.literals.text()
        if column.affinity == "REAL" and self.choice.chance(0.7):
            return expression(str(self.choice.number(-8, 12) / 4))
        return expression(str(self.choice.number(0, 12)))

    def _rowid(self) -> Sql:
        """A small rowid, or none; past the largest one SQLite takes rowids at random."""
        if self.choice.chance(0.03):
            return expression(self.choice.one(["'a'", "'2'", "1.5", "2.0", "x''"]))
        return expression(self.choice.one(["NULL", *map(str, range(-2, 20))]))

    def _select(self, columns: list[Column]) -> Sql:
        """Rows in a fixed order, from one table (the changed one too)."""
        table = self.choice.one(self.schema.tables)
        alias = self.schema.fresh("a")
        scope = Scope([column.called(f"{alias}.{column.name}") for column in table.columns], self.around)
        outputs = [self._new_value(column, scope) for column in columns]
        if self.choice.maybe("window.in_change", 0.15):
            # All of a row that can be read is in the window's scope, but not the row that a trigger is run for.
            windows = Windows(self.generator, Scope(scope.columns))
            outputs[self.choice.number(0, len(outputs) - 1)] = windows.call(named=False).sql
        where = optional(" WHERE +(", self.generator.expressions.condition(scope, 1), ")")
        order = f" ORDER BY {alias}.rowid" if table.rowid else f" ORDER BY {self._key_order(table, alias)}"
        limit = optional(f" LIMIT {self.choice.number(1, 5)}")
        # "WHERE" keeps an ON of an upsert from being read as a join's.
        clause = where if self.choice.chance(0.7) else text(" WHERE 1")
        return text(
            "SELECT ",
            text(*_separated(outputs)),
            f" FROM {self._place(table)} AS {alias}",
            clause,
            order,
            limit,
        )

    def _key_order(self, table: Table, alias: str) -> str:
        return ", ".join(
            f"{alias}.{column.name}" for column in (table.keys[0] if table.keys else table.columns)
        )

    def _upsert(self, table: Table) -> Sql:
        clauses: list[Sql] = []
        if table.keys and self.choice.maybe("change.upsert_update", 0.15):
            clauses.append(self._upsert_update(table))
        elif self.choice.maybe("change.upsert_nothing", 0.1):
            key = self.choice.one(table.keys) if table.keys and self.choice.chance(0.6) else None
            target = f" ({', '.join(column.name for column in key)})" if key else ""
            clauses.append(optional(f" ON CONFLICT{target} DO NOTHING"))
        return text(*clauses)

    def _upsert_update(self, table: Table) -> Sql:
        key = self.choice.one(table.keys)
        names = ", ".join(column.name for column in key)
        columns = [column.called(f"{table.name}.{column.name}") for column in table.columns]
        # Where the rowid is what conflicts, C SQLite has not converted the values of excluded to their columns' types.
        # And in a trigger, RENAME TO writes the table's name in its place.
        renamed = self.around is not None and self.choice.weights["schema.rename_table"] > 0
        if not renamed and not any(column.rowid for column in key):
            columns += [column.called(f"excluded.{column.name}") for column in table.columns]
        scope = Scope(columns, self.around)
        assignments = self._assignments(table, scope)
        where = EMPTY
        if self.choice.chance(0.3):
            where = optional(" WHERE ", self.generator.expressions.condition(scope, 1))
        return optional(f" ON CONFLICT ({names}) DO UPDATE SET ", assignments, where)

    def _assignments(self, table: Table, scope: Scope) -> Sql:
        writable = table.writable()
        columns = self.choice.sample(writable, self.choice.number(1, 2))
        if len(columns) == 2 and self.choice.maybe("change.set_row", 0.3):
            names = ", ".join(column.name for column in columns)
            values = [self._new_value(column, scope) for column in columns]
            return text(f"({names}) = (", text(*_separated(values)), ")")
        return items([text(f"{column.name} = ", self._new_value(column, scope)) for column in columns])

    def _new_value(self, column: Column, scope: Scope) -> Sql:
        if self.choice.chance(0.4):
            return self._value(column)
        if column.affinity in ("INTEGER", "REAL", "NUMERIC") and self.choice.chance(0.4):
            name = next((one.name for one in scope.columns if one.name.endswith(column.name)), "7")
            return expression(f"{name} {self.choice.one(['+ 1', '- 1', '+ 10', '* 2', '+ 100'])}")
        if column.rowid:
            return self._rowid()
        return self.generator.expressions.any(scope, 1)

    def _update(self, table: Table) -> Sql:
        scope = self._scope(table)
        sets = self._assignments(table, scope)
        return text(
            f"UPDATE{self._clause()} {self._place(table)} SET ",
            sets,
            self._where(table, scope) if table.rowid else self._whole(table, scope),
            self._returning(table),
        )

    def _update_from(self, table: Table) -> Sql:
        """Each row is met by at most one row of the other side, whose key is a group's."""
        keys = [column for column in table.columns if column.stable]
        if not keys:
            return self._update(table)
        key = self.choice.one(keys)
        number = "count(*)"
        if self.choice.maybe("window.in_change", 0.3):
            number = self.choice.one(
                ["row_number() OVER ({})", "sum(count(*)) OVER ({})", "lag(count(*), 1, 0) OVER ({})"]
            ).format(f"ORDER BY {key.name}")
        grouped = f"SELECT {key.name} AS k, {number} AS n FROM {self._place(table)} GROUP BY {key.name}"
        columns = [column.called(f"{table.name}.{column.name}") for column in table.columns]
        scope = Scope([*columns, Column("g.n", "", True)], self.around)
        head = f"UPDATE{self._clause()} {self._place(table)} SET "
        where = text(f" WHERE +(g.k = {table.name}.{key.name})")
        return text(
            head, self._assignments(table, scope), f" FROM ({grouped}) AS g", where, self._returning(table)
        )

    def _delete(self, table: Table) -> Sql:
        where = self._where(table, self._scope(table), narrow=True)
        return text(f"DELETE FROM {self._place(table)}", where, self._returning(table))

    def _where(self, table: Table, scope: Scope, narrow: bool = False) -> Sql:
        if not narrow and self.choice.chance(0.15):
            return EMPTY
        if self.choice.chance(0.4):
            column = self.choice.one(table.columns)
            operator = self.choice.one(["=", "=", "=", "<", ">", "IS"]) if narrow else "="
            plus = "" if narrow or self._unique(table, column) else "+"
            return optional(" WHERE ", expression(f"{plus}{column.name} {operator} ", self._value(column)))
        condition = self.generator.expressions.condition(scope, 2 if self.choice.chance(0.3) else 1)
        if narrow and self.choice.chance(0.7):
            return optional(" WHERE ", condition)
        return optional(" WHERE +(", condition, ")")

    def _whole(self, table: Table, scope: Scope) -> Sql:
        """A condition that reads all columns: C SQLite takes any index that holds the keys."""
        types = " || ".join(f"typeof({column.name})" for column in table.columns)
        return text(" WHERE +(", self.generator.expressions.condition(scope, 1), f") OR {types} = ''")

    def _scope(self, table: Table) -> Scope:
        columns = [column.called(f"{table.name}.{column.name}") for column in table.columns]
        return Scope(columns, self.around)

    def _unique(self, table: Table, column: Column) -> bool:
        return any(key == [column] for key in table.keys)

    def _clause(self) -> str:
        if not self.choice.chance(0.25):
            return ""
        return _CLAUSES[self.choice.pick(list(_CLAUSES))]

    def _returning(self, table: Table) -> Sql:
        if not self.choice.maybe("change.returning", 0.15):
            return EMPTY
        if self.choice.chance(0.4):
            return optional(" RETURNING *")
        with self.generator.queries.over_tables():
            count = self.choice.number(1, 2)
            outputs = [self.generator.expressions.any(self._scope(table), 1) for _ in range(count)]
        return optional(" RETURNING ", items(outputs))


def _separated(parts: list[Sql]) -> list[Part]:
    separated: list[Part] = []
    for part in parts:
        separated += [", ", part] if separated else [part]
    return separated
