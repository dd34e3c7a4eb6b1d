"""Random queries: joins, grouping, compounds, common table expressions, ordering and limits.

Only what SQL defines is asked: a LIMIT stands on an order of all columns, a scalar subquery is an aggregate or the
first of an ordered list, a sum is exact in any order.  Inside another query the rows of DISTINCT, GROUP BY and
set operations are ``stable`` (see ``model.Column``); at the top, where only people see which of two equal values
came out, they need not be, and the comparison is loose.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, final

from differential.joins import Joins
from differential.model import NOTHING, Column, Scope, Table
from differential.recursion import Recursion
from differential.sql import EMPTY, Part, Sql, expression, items, optional, text
from differential.statement import Statement
from differential.windows import Windows, grouped

if TYPE_CHECKING:
    from differential.generator import Generator

_TOP_SHAPES: Final = [
    *("select.plain", "select.aggregate", "select.group_by", "select.compound", "select.values"),
    *(
        "select.window",
        "select.constant",
        "select.minmax_row",
        "select.error",
        "select.pragma",
        "select.session",
    ),
]
_NUMERIC: Final = ("INTEGER", "REAL", "NUMERIC")
_INNER_SHAPES: Final = [
    *("select.plain", "select.aggregate", "select.group_by", "select.compound", "select.window"),
]
_SETS: Final = {
    "compound.union": " UNION ",
    "compound.union_all": " UNION ALL ",
    "compound.intersect": " INTERSECT ",
    "compound.except": " EXCEPT ",
}
_AGGREGATES: Final = [
    *("aggregate.count_star", "aggregate.count", "aggregate.sum", "aggregate.total", "aggregate.avg"),
    *("aggregate.min", "aggregate.max", "aggregate.group_concat", "aggregate.json"),
]
_BARE_PRAGMAS: Final = [
    *("integrity_check", "quick_check", "page_size", "encoding", "user_version", "freelist_count"),
    *("schema_version", "auto_vacuum", "collation_list"),
]
_PRAGMAS: Final = [
    *("table_info", "table_xinfo", "index_list", "index_info", "index_xinfo", "foreign_key_list"),
    *_BARE_PRAGMAS,
]
_OF_DATABASES: Final = [
    "SELECT seq, name FROM pragma_database_list",
    "SELECT type, name, tbl_name, sql FROM {database}.sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'",
    "SELECT * FROM pragma_table_info('{name}', '{database}')",
    "SELECT schema, name FROM pragma_table_list('{name}')",
    "PRAGMA {database}.table_xinfo({name})",
    "PRAGMA {database}.index_list({name})",
    "PRAGMA {database}.integrity_check",
    "PRAGMA {database}.quick_check({name})",
    "PRAGMA {database}.encoding",
    "PRAGMA {database}.user_version",
    "PRAGMA absent.user_version",
]
_ERRORS: Final = [
    "SELECT abs(-9223372036854775808)",
    "SELECT sum(column1) FROM (VALUES (9223372036854775807), (1))",
    "SELECT 'a' LIKE 'b' ESCAPE 'cd'",
    "SELECT absent FROM {table}",
    "SELECT {table}.absent FROM {table}",
    "SELECT * FROM absent",
    "SELECT absent(1)",
    "SELECT length()",
    "SELECT substr('a')",
    "SELECT count(*) FROM {table} WHERE count(*) > 1",
    "SELECT sum(max({column})) FROM {table}",
    "SELECT {column} FROM {table} AS q, {table} AS r",
    "SELECT {column}, count(*) FROM {table} GROUP BY 7",
    "SELECT {column} FROM {table} ORDER BY 2",
    "SELECT {column} FROM {table} UNION SELECT {column}, 1 FROM {table}",
    "SELECT {column} FROM {table} UNION SELECT {column} FROM {table} ORDER BY {column} + 1",
    "SELECT (SELECT {column}, 1 FROM {table})",
    "SELECT 1 IN (SELECT 1, 2)",
    "SELECT (1, 2) = (1, 2, 3)",
    "SELECT (1, 2)",
    "SELECT {column} FROM {table} HAVING {column} > 1",
    "SELECT 'a' COLLATE ABSENT = 'b'",
    "SELECT {column} FROM {table} LIMIT 'x'",
    "SELECT {column} FROM {table} WHERE",
    "SELEC {column} FROM {table}",
    "SELECT {column}, FROM {table}",
    "SELECT 'unclosed FROM {table}",
    "SELECT * FROM {table} JOIN {table} USING (absent)",
    "SELECT *",
    "SELECT q.* FROM {table}",
    "VALUES (1, 2), (3)",
    "WITH w(a, b) AS (SELECT 1) SELECT * FROM w",
    "SELECT CAST({column} AS) FROM {table}",
    "SELECT {column} FROM {table} ORDER BY {column} LIMIT 1 UNION SELECT 1",
    "SELECT max(DISTINCT {column}, 1) FROM {table}",
    "SELECT count(DISTINCT {column}, 1) FROM {table}",
    "SELECT length(DISTINCT {column}) FROM {table}",
    "SELECT sum(DISTINCT {column}) OVER () FROM {table}",
    "SELECT rank() FROM {table}",
    "SELECT rank() FILTER (WHERE 1) OVER () FROM {table}",
    "SELECT length({column}) OVER () FROM {table}",
    "SELECT {column} FROM {table} WHERE rank() OVER () = 1",
    "SELECT {column} FROM {table} GROUP BY rank() OVER ()",
    "SELECT count(*) FROM {table} HAVING rank() OVER () = 1",
    "SELECT max(rank() OVER ()) FROM {table}",
    "SELECT max(rank() OVER ()) OVER () FROM {table}",
    "SELECT sum({column}) OVER absent FROM {table}",
    "SELECT sum({column}) OVER (absent) FROM {table}",
    "SELECT sum({column}) OVER (w ORDER BY 1) FROM {table} WINDOW w AS (ORDER BY {column})",
    "SELECT sum({column}) OVER (w PARTITION BY 1) FROM {table} WINDOW w AS ()",
    "SELECT sum({column}) OVER (w) FROM {table} WINDOW w AS (ROWS 1 PRECEDING)",
    "SELECT sum({column}) OVER (RANGE 1 PRECEDING) FROM {table}",
    "SELECT sum({column}) OVER (ORDER BY 1, 2 RANGE 1 PRECEDING) FROM {table}",
    "SELECT sum({column}) OVER (GROUPS 1 PRECEDING) FROM {table}",
    "SELECT sum({column}) OVER (ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM {table}",
    "SELECT sum({column}) OVER (ROWS 1 FOLLOWING) FROM {table}",
    "SELECT sum({column}) OVER (ROWS {column} PRECEDING) FROM {table}",
    "SELECT ntile(0) OVER () FROM {table}",
    "SELECT nth_value({column}, 0) OVER () FROM {table}",
    "SELECT ntile() OVER () FROM {table}",
    "SELECT lag() OVER () FROM {table}",
    "SELECT json_group_array(x'00') OVER () FROM {table}",
    "WITH RECURSIVE w AS (SELECT 1 UNION ALL SELECT count(*) FROM w) SELECT * FROM w",
    "WITH RECURSIVE w AS (SELECT 1 UNION ALL SELECT rank() OVER () FROM w) SELECT * FROM w",
    "WITH RECURSIVE w AS (SELECT 1 UNION SELECT 1 FROM w, w) SELECT * FROM w",
    "WITH RECURSIVE w AS (SELECT 1 UNION SELECT 1 FROM {table} LEFT JOIN w) SELECT * FROM w",
    "SELECT 9223372036854775808, -9223372036854775808, 0x8000000000000000",
    "SELECT 0x10000000000000000",
]


@final
class Query:
    """A query's text and its output columns, their names being those of the output.

    Attributes:
        scope: what ORDER BY may refer to beside the output, where there is such a thing.
    """

    def __init__(
        self, sql: Sql, columns: list[Column], loose: bool = False, scope: Scope | None = None
    ) -> None:
        self.sql = sql
        self.scope = scope
        self.columns = columns
        self.loose = loose


@final
class Queries:
    """Writes SELECT statements and subqueries.

    Attributes:
        joins: writes FROM clauses.
        depth: how many queries are around the one that is being written.
    """

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.choice = generator.choice
        self.schema = generator.schema
        self.joins = Joins(generator)
        self.depth = 0
        self._in_view = False

    def statement(self) -> Statement:
        """A query as a statement of its own."""
        self.choice.start()
        self.depth = 0
        shape = self.choice.pick(_TOP_SHAPES)
        if shape in ("select.error", "select.pragma", "select.session"):
            sql = self._error() if shape == "select.error" else self._about(shape)
            return Statement(sql, "query", frozenset(self.choice.used), loose=True)
        prefix = self._with() if self.choice.maybe("select.cte", 0.12) else EMPTY
        query = self._core(shape, NOTHING, self.choice.number(1, 4), nested=False)
        order, tail, total = self._order(query)
        self.joins.common = []
        sql = text(prefix, query.sql, tail)
        loose = query.loose or total
        return Statement(sql, "query", frozenset(self.choice.used), order, loose)

    def subquery(self, outer: Scope, width: int) -> Sql:
        """A query of ``width`` columns whose rows are a set (for IN, EXISTS)."""
        return self._nested(outer, width).sql

    def scalar(self, outer: Scope) -> Sql:
        """A query whose one value is well defined."""
        self.depth += 1
        if self.choice.chance(0.1):
            sql = text("SELECT ", self.generator.expressions.any(outer, 1))
        else:
            clause, scope = self.from_clause(outer, 1)
            if self.choice.chance(0.65):
                sql = text("SELECT ", self.aggregate(scope), clause, self._where(scope))
            elif self.choice.maybe("window.in_scalar", 0.25):
                windows = Windows(self.generator, Scope(scope.columns))
                value = expression("quote(", windows.call(named=False).sql, ")")
                sql = text("SELECT ", value, clause, self._where(scope), " ORDER BY 1 LIMIT 1")
            else:
                value = self.generator.expressions.stable(scope, 0)
                sql = text("SELECT ", value, clause, self._where(scope), " ORDER BY 1 LIMIT 1")
        self.depth -= 1
        return sql

    def one_row(self, outer: Scope, width: int) -> Sql:
        """A query of one row that is well defined, its columns now and then by a star."""
        self.depth += 1
        clause, scope = self.from_clause(outer, 1)
        sql = text(
            "SELECT ", *_commas([self.aggregate(scope) for _ in range(width)]), clause, self._where(scope)
        )
        self.depth -= 1
        if self.choice.chance(0.5):
            return text("SELECT ", self.choice.one(["*", "one.*", "*, 1"]), " FROM (", sql, ") AS one")
        return sql

    def view(self, database: str) -> Query:
        """A query that a view in a database can hold: nothing around it, no parameters."""
        self.depth = 0
        # C SQLite's ALTER TABLE does not find the columns of subqueries in a join in parentheses, nor those that
        # follow a name from outside in a common table.
        self._in_view = True
        with self.generator.attachments.only(database), self.choice.without("join.nested"):
            query = self._nested(NOTHING, self.choice.number(1, 4))
        self._in_view = False
        return query

    @contextmanager
    def over_tables(self) -> Iterator[None]:
        """Queries over tables only, for RETURNING: C SQLite may read a view or subquery once for all rows of it."""
        self.joins.tables_only = True
        with self.choice.without("join.nested"):
            yield
        self.joins.tables_only = False

    def table_expression(self, outer: Scope, width: int) -> Query:
        """A subquery with named, stable columns."""
        return self._nested(outer, width)

    def _nested(self, outer: Scope, width: int) -> Query:
        self.depth += 1
        shapes = _INNER_SHAPES if self.depth < 3 else ["select.plain"]
        if self.joins.tables_only:
            shapes = [shape for shape in shapes if shape != "select.compound"]
        query = self._core(self.choice.pick(shapes), outer, width, nested=True)
        tail = EMPTY
        if all(column.stable for column in query.columns) and self.choice.maybe("select.limit", 0.1):
            positions = ", ".join(str(position + 1) for position in range(width))
            tail = optional(f" ORDER BY {positions} LIMIT {self.choice.number(0, 5)}")
        self.depth -= 1
        return Query(text(query.sql, tail), query.columns)

    def _core(self, shape: str, outer: Scope, width: int, nested: bool) -> Query:
        if shape == "select.plain":
            return self._plain(outer, width, nested)
        if shape == "select.window":
            return self._windowed(outer, width, nested)
        if shape == "select.aggregate":
            return self._aggregated(outer, width)
        if shape == "select.group_by":
            return self._grouped(outer, width, nested)
        if shape == "select.compound":
            return self._compound(outer, width, nested)
        if shape == "select.values":
            values = self.values(width, self.choice.number(1, 3))
            if self.choice.chance(0.3):
                return Query(values, [])
            return Query(text("SELECT * FROM (", values, ")"), _unnamed(width))
        if shape == "select.minmax_row":
            return self._minmax_row()
        return self._constant(width)

    def _plain(self, outer: Scope, width: int, nested: bool) -> Query:
        clause, scope = self.from_clause(outer, self.joined())
        if not nested and self.choice.maybe("select.star", 0.15):
            return Query(text("SELECT *", clause, self._where(scope)), [])
        distinct = self.choice.maybe("select.distinct", 0.15)
        columns, outputs = self._outputs(
            scope, width, stable=nested and (distinct or self.choice.chance(0.5))
        )
        word = optional("DISTINCT ") if distinct else EMPTY
        more = scope if not nested and not distinct else None
        return Query(text("SELECT ", word, outputs, clause, self._where(scope)), columns, distinct, more)

    def _windowed(self, outer: Scope, width: int, nested: bool) -> Query:
        """A query with window functions, and columns beside them."""
        clause, scope = self.from_clause(outer, self.joined())
        windows = Windows(self.generator, Scope(scope.columns), risky=not nested)
        distinct = not nested and self.choice.maybe("select.distinct", 0.15)
        columns: list[Column] = []
        outputs: list[Sql] = []
        for position in range(width):
            if position and self.choice.chance(0.5):
                column, sql = self._output(scope, stable=False)
            else:
                call = windows.call()
                column = Column(self.schema.fresh("x"), "", call.stable)
                sql = text(call.sql, f" AS {column.name}")
            columns.append(column)
            outputs.append(sql)
        word = optional("DISTINCT ") if distinct else EMPTY
        sql = text("SELECT ", word, items(outputs), clause, self._where(scope), windows.clause())
        return Query(sql, columns, distinct, scope if not nested and not distinct else None)

    def _outputs(self, scope: Scope, width: int, stable: bool) -> tuple[list[Column], Sql]:
        columns: list[Column] = []
        outputs: list[Sql] = []
        for _ in range(width):
            column, sql = self._output(scope, stable)
            columns.append(column)
            outputs.append(sql)
        return columns, items(outputs)

    def _output(self, scope: Scope, stable: bool) -> tuple[Column, Sql]:
        name = self.schema.fresh("x")
        plain = [column for column in scope.columns if column.stable or not stable]
        if plain and self.choice.chance(0.4):
            column = self.choice.one(plain)
            return column.called(name), text(expression(column.name), f" AS {name}")
        if stable:
            value = self.generator.expressions.stable(scope)
        else:
            value = self.generator.expressions.any(scope)
        if self.depth == 0 and self.choice.chance(0.5):
            return Column(str(value), "", stable), value
        return Column(name, "", stable), text(value, f" AS {name}")

    def _aggregated(self, outer: Scope, width: int) -> Query:
        clause, scope = self.from_clause(outer, self.joined())
        columns = [Column(self.schema.fresh("x"), "", True) for _ in range(width)]
        outputs = [text(self.aggregate(scope), f" AS {column.name}") for column in columns]
        having = EMPTY
        if self.choice.maybe("select.having", 0.1):
            having = optional(" HAVING ", self._having(scope))
        return Query(text("SELECT ", items(outputs), clause, self._where(scope), having), columns)

    def _grouped(self, outer: Scope, width: int, nested: bool) -> Query:
        clause, scope = self.from_clause(outer, self.joined())
        windowed = self.choice.maybe("window.grouped", 0.2)
        keys, loose = self._keys(scope, nested or windowed)
        windows = Windows(self.generator, grouped(keys, [self.aggregate(scope)])) if windowed else None
        columns: list[Column] = []
        outputs: list[Sql] = []
        for position in range(width):
            name = self.schema.fresh("x")
            is_key = position < len(keys) and self.choice.chance(0.8)
            if windows is not None and (position == width - 1 or self.choice.chance(0.3)):
                is_key, value = False, self._over_groups(windows)
            else:
                value = expression(str(keys[position])) if is_key else self.aggregate(scope)
            if is_key and self.choice.maybe("select.group_by_output", 0.2):
                keys[position] = expression(self.choice.one([name, str(position + 1)]))
            columns.append(Column(name, "", True))
            outputs.append(text(value, f" AS {name}"))
        having = EMPTY
        if self.choice.maybe("select.having", 0.3):
            having = optional(" HAVING ", self._having(scope))
        named = windows.clause() if windows is not None else EMPTY
        group = text(" GROUP BY ", items(keys), having, named)
        return Query(text("SELECT ", items(outputs), clause, self._where(scope), group), columns, loose)

    def _over_groups(self, windows: Windows) -> Sql:
        """A window function over groups, and no subquery in it: aggregates in there would be the subquery's own."""
        with self.generator.expressions.without_subqueries():
            return windows.call().sql

    def _keys(self, scope: Scope, nested: bool) -> tuple[list[Sql], bool]:
        count = self.choice.number(1, 2)
        if not nested and scope.columns and self.choice.chance(0.4):
            return [expression(self.choice.one(scope.columns).name) for _ in range(count)], True
        return [self.generator.expressions.stable(scope) for _ in range(count)], False

    def _having(self, scope: Scope) -> Sql:
        operator = self.choice.one([" > ", " < ", " = ", " <> ", " IS NOT "])
        return expression(self.aggregate(scope), operator, self.generator.literals.small())

    def _compound(self, outer: Scope, width: int, nested: bool) -> Query:
        self.depth += 1
        parts: list[Part] = []
        around = NOTHING if self._in_view else outer
        # Values as they are, which no set operation and no condition that is moved into an arm tells apart.
        raw = nested and self.choice.maybe("compound.raw", 0.25)
        for position in range(self.choice.number(2, 3)):
            if position:
                parts.append(" UNION ALL " if raw else _SETS[self.choice.pick(list(_SETS))])
            parts.append(self._raw_arm(around, width) if raw else self._arm(around, width, nested))
        if raw:
            parts.append(" LIMIT -1")
        self.depth -= 1
        if not nested:
            return Query(text(*parts), _unnamed(width), loose=True)
        names = [Column(self.schema.fresh("x"), "", not raw) for _ in range(width)]
        alias = self.schema.fresh("q")
        outputs = ", ".join(
            f"{alias}.column{position + 1} AS {names[position].name}" for position in range(width)
        )
        columns = ", ".join(f"column{position + 1}" for position in range(width))
        common = f"WITH {alias}({columns}) AS ("
        return Query(text(common, *parts, f") SELECT {outputs} FROM {alias}"), names)

    def _arm(self, outer: Scope, width: int, nested: bool) -> Sql:
        if self.choice.chance(0.15):
            return self.values(width, self.choice.number(1, 2), stable=nested)
        clause, scope = self.from_clause(outer, 1)
        if self.choice.maybe("window.in_compound", 0.12):
            windows = Windows(self.generator, Scope(scope.columns))
            calls = [expression("quote(", windows.call().sql, ")") for _ in range(width)]
            return text("SELECT ", text(*_commas(calls)), clause, self._where(scope), windows.clause())
        if nested:
            outputs = [expression("quote(", self.generator.expressions.any(scope), ")") for _ in range(width)]
        else:
            outputs = [self.generator.expressions.any(scope, 1) for _ in range(width)]
        return text("SELECT ", text(*_commas(outputs)), clause, self._where(scope))

    def _raw_arm(self, outer: Scope, width: int) -> Sql:
        """An arm of numbers for the most part, from columns of all types."""
        clause, scope = self.from_clause(outer, 1)
        columns = [column.name for column in scope.columns if column.affinity in _NUMERIC]
        outputs: list[Sql] = []
        for _ in range(width):
            if columns and self.choice.chance(0.6):
                outputs.append(expression(self.choice.one(columns)))
            elif self.choice.chance(0.6):
                outputs.append(expression(self.generator.literals.small()))
            else:
                outputs.append(self.generator.expressions.any(scope, 1))
        return text("SELECT ", text(*_commas(outputs)), clause, self._where(scope))

    def values(self, width: int, rows: int, stable: bool = False) -> Sql:
        """A VALUES clause of constants (text ones where they have to be stable)."""
        literals = self.generator.literals
        made: list[Sql] = []
        for _ in range(rows):
            row = [literals.text() if stable else literals.constant() for _ in range(width)]
            made.append(text("(", text(*_commas(row)), ")"))
        return text("VALUES ", items(made))

    def _constant(self, width: int) -> Query:
        outputs = [self.generator.expressions.any(NOTHING, 3) for _ in range(width)]
        where = EMPTY
        if self.choice.maybe("select.where", 0.1):
            where = optional(" WHERE ", self.generator.expressions.condition(NOTHING))
        return Query(text("SELECT ", items(outputs), where), _unnamed(width))

    def _minmax_row(self) -> Query:
        tables = [table for table in self.schema.tables if table.rowid]
        if not tables:
            return self._constant(1)
        table = self.choice.one(tables)
        alias = self.schema.fresh("a")
        scope = _qualified(table, alias)
        function = self.choice.one(["min", "max"])
        outputs = [expression(f"{function}({alias}.rowid)")]
        outputs += [self.generator.expressions.any(scope, 1) for _ in range(2)]
        clause = text(f" FROM {self.generator.attachments.place(table)} AS {alias}", self._where(scope))
        return Query(text("SELECT ", text(*_commas(outputs)), clause), _unnamed(3))

    def _error(self) -> Sql:
        relation = self.choice.one(self.schema.tables)
        column = self.choice.one(relation.columns)
        return text(self.choice.one(_ERRORS).format(table=relation.name, column=column.name))

    def _about(self, shape: str) -> Sql:
        """What the database or the connection says of itself."""
        if shape == "select.session":
            # A connection that was opened again counts from 0.
            reopened = self.schema.reopened
            return text("SELECT 1" if reopened else "SELECT changes(), total_changes(), last_insert_rowid()")
        chosen = self.choice.one([*self.schema.tables, *self.schema.views])
        if self.generator.attachments.wanted and self.choice.maybe("attach.pragma", 0.5):
            return text(self.choice.one(_OF_DATABASES).format(database=chosen.database, name=chosen.name))
        name = chosen.name
        pragma = self.choice.one(_PRAGMAS)
        if pragma == "freelist_count" and self.schema.analyzed:
            # The reference may write a table of samples of its own.
            pragma = "page_size"
        if pragma in ("freelist_count", "page_size") and self.schema.resized:
            pragma = "encoding"
        if pragma.startswith("index_") and pragma != "index_list" and self.schema.indexes:
            name = self.choice.one(self.schema.indexes).name
        return text(f"PRAGMA {pragma}" if pragma in _BARE_PRAGMAS else f"PRAGMA {pragma}({name})")

    def aggregate(self, scope: Scope) -> Sql:
        """An aggregate over the scope's own columns, whose value no row order changes."""
        own = Scope(scope.columns)
        kind = self.choice.pick(_AGGREGATES)
        expressions = self.generator.expressions
        if kind == "aggregate.group_concat" and self.choice.chance(0.5):
            # The list has as many bytes in any order; a text's length ends at a NUL, and where that stands is chance.
            return expression("length(CAST(group_concat(", expressions.any(own, 1), ") AS BLOB))")
        if kind == "aggregate.count_star":
            call: list[Part] = [self.choice.one(["count(*)", "count(*)", "count()"])]
        elif kind == "aggregate.json":
            call = self._json_group(own)
        elif kind == "aggregate.group_concat":
            call = self._group_concat(own)
        else:
            name = kind.removeprefix("aggregate.")
            distinct = "DISTINCT " if self.choice.maybe("aggregate.distinct", 0.2) else ""
            if name == "count":
                argument = expressions.any(own, 1)
            elif name in ("min", "max"):
                argument = expressions.stable(own)
            else:
                argument = expressions.tame(own)
            call = [f"{name}({distinct}", argument, ")"]
        if self.choice.maybe("aggregate.filter", 0.1):
            call.append(optional(" FILTER (WHERE ", expressions.condition(own, 1), ")"))
        return expression(*call)

    def _group_concat(self, scope: Scope) -> list[Part]:
        if self.choice.maybe("aggregate.ordered", 1.0):
            value = self.generator.expressions.stable(scope)
            return ["group_concat(", value, ", '-' ORDER BY ", expression(str(value)), ")"]
        return ["group_concat(", self.generator.literals.constant(), self.choice.one(["", ", ', '"]), ")"]

    def _json_group(self, scope: Scope) -> list[Part]:
        """A list of JSON, ordered by all that a row has (and so JSON by its own text)."""
        member = self.generator.expressions.member(scope, 1)
        names = [f"quote({column.name})" for column in scope.columns]
        order = f" ORDER BY {', '.join(names)}" if names else ""
        if self.choice.chance(0.6):
            return [f"{self.generator.expressions.json()}_group_array(", member, order, ")"]
        label = text("quote(", self.generator.expressions.any(scope, 1), ")")
        return ["json_group_object(", label, ", ", member, order, ")"]

    def _where(self, scope: Scope) -> Sql:
        if not self.choice.maybe("select.where", 0.6):
            return EMPTY
        condition = self.generator.expressions.condition(scope, 2 if self.depth < 2 else 1)
        held = [column.name for column in scope.columns if "(" in column.name]
        if held and self.choice.maybe("select.where_indexed", 0.25):
            condition = items([expression(self.choice.one(held)), condition], " AND ")
        return optional(" WHERE ", condition)

    def joined(self) -> int:
        """How many tables to join; one in the depths."""
        if self.depth >= 2:
            return 1
        return self.choice.random.choices([1, 2, 3], [5, 3, 1])[0]

    def from_clause(self, outer: Scope, count: int) -> tuple[Sql, Scope]:
        """A FROM clause of ``count`` sources, and what is visible then."""
        made = self.joins.clause(outer, count)
        return text(*made.parts), Scope(made.visible(), outer if outer is not NOTHING else None)

    def _with(self) -> Sql:
        """WITH and one or two common table expressions, which the query then reads from."""
        made: list[Sql] = []
        for _ in range(self.choice.number(1, 2)):
            name = self.schema.fresh("w")
            hint = ""
            if self.choice.maybe("select.cte_materialized", 0.4):
                hint = self.choice.one(["MATERIALIZED ", "NOT MATERIALIZED "])
            if self.choice.maybe("cte.recursive", 0.4):
                self.depth += 1
                recursion = Recursion(self, name)
                made.append(recursion.definition(hint))
                self.depth -= 1
                self.joins.common.append(recursion.table())
                continue
            query = self._nested(NOTHING, self.choice.number(1, 3))
            made.append(text(f"{name} AS {hint}(", query.sql, ")"))
            self.joins.common.append(Table(name, query.columns, rowid=False, view=True, database=""))
        return text("WITH ", items(made), " ")

    def _order(self, query: Query) -> tuple[tuple[int, ...], Sql, bool]:
        """The positions sorted by, the clauses, and whether the order is total because a LIMIT needs that."""
        width = len(query.columns)
        if width == 0 or not self.choice.maybe("select.order_by", 0.45):
            return (), EMPTY, False
        limited = self.choice.maybe("select.limit", 0.4)
        count = width if limited else self.choice.number(1, width)
        positions = self.choice.sample(range(width), count)
        terms = [self._term(query, position, limited) for position in positions]
        if query.scope is not None and self.choice.maybe("select.order_by_expression", 0.3):
            # Not a constant, which would be a position.
            if self.choice.maybe("window.order_by", 0.2):
                windows = Windows(self.generator, Scope(query.scope.columns))
                terms.append(windows.call(named=False).sql)
            else:
                terms.append(expression("typeof(", self.generator.expressions.any(query.scope, 1), ")"))
        clause = optional(" ORDER BY ", text(*_commas(terms)), self._limit() if limited else EMPTY)
        return tuple(positions), clause, limited

    def _term(self, query: Query, position: int, binary: bool) -> Sql:
        key = str(position + 1)
        name = query.columns[position].name
        if name[:1] == "x" and name[1:].isdigit() and self.choice.chance(0.4):
            key = name
        # Which of several values that are equal to a collation a compound keeps is left to chance.
        collation = ""
        if binary and not query.loose:
            collation = " COLLATE BINARY"
        elif not binary and self.choice.chance(0.1):
            collation = f" COLLATE {self.choice.one(['NOCASE', 'RTRIM', 'BINARY'])}"
        direction = self.choice.one(["", "", " ASC", " DESC"])
        nulls = (
            self.choice.one([" NULLS FIRST", " NULLS LAST"])
            if self.choice.maybe("select.nulls_order", 0.2)
            else ""
        )
        return text(key, collation, direction, nulls)

    def _limit(self) -> Sql:
        count = self.choice.one(["0", "1", "2", "3", "5", "10", "-1", "1 + 1"])
        if not self.choice.maybe("select.offset", 0.4):
            return optional(f" LIMIT {count}")
        offset = self.choice.one(["0", "1", "2", "4", "100", "-1"])
        if self.choice.chance(0.2):
            return optional(f" LIMIT {offset}, {count}")
        return optional(f" LIMIT {count} OFFSET {offset}")


def _qualified(table: Table, alias: str) -> Scope:
    return Scope([column.called(f"{alias}.{column.name}") for column in table.columns])


def _unnamed(width: int) -> list[Column]:
    return [Column("", "", False) for _ in range(width)]


def _commas(parts: list[Sql]) -> list[Part]:
    separated: list[Part] = []
    for part in parts:
        separated += [", ", part] if separated else [part]
    return separated
