"""Random CREATE, ALTER and DROP statements, kept in step with the model."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Final, final

from differential.alter import Alterations
from differential.model import Column, Index, Scope, Table
from differential.sql import EMPTY, Part, Sql, items, optional, text
from differential.statement import Statement

if TYPE_CHECKING:
    from differential.generator import Generator

_KEYS: Final = [
    *("table.rowid_key", "table.autoincrement", "table.other_key", "table.composite_key", "table.no_key"),
    "table.without_rowid",
]
_COLUMNS: Final = [
    *("column.integer", "column.text", "column.real", "column.numeric", "column.blob", "column.untyped"),
]
_TYPES: Final[dict[str, tuple[list[str], str]]] = {
    "column.integer": (["INTEGER", "INT", "BIGINT", "UNSIGNED INT", "int"], "INTEGER"),
    "column.text": (["TEXT", "VARCHAR(10)", "CLOB", "CHARACTER(20)", "text"], "TEXT"),
    "column.real": (["REAL", "DOUBLE", "FLOAT", "DOUBLE PRECISION"], "REAL"),
    "column.numeric": (["NUMERIC", "DECIMAL(10, 2)", "DATE", "BOOLEAN", "STRING"], "NUMERIC"),
    "column.blob": (["BLOB"], "BLOB"),
    "column.untyped": ([""], "BLOB"),
    "column.any": (["ANY"], "BLOB"),
}
_STRICT_TYPES: Final = {
    "INTEGER": "INTEGER",
    "TEXT": "TEXT",
    "REAL": "REAL",
    "BLOB": "BLOB",
    "NUMERIC": "INT",
}
_CLAIMS: Final = [
    "100000 20000 500 10 1",
    "90000 9000 900 9 1",
    "50000 10 1 1 1",
    "40000 20000 18 1 noskipscan",
]
_CONFLICTS: Final = ["ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"]
_CHANGES: Final = [
    *("schema.create_index", "schema.create_view", "schema.create_table", "schema.create_table_as"),
    *("schema.drop_index", "schema.drop_view"),
    *("schema.drop_table", "schema.add_column", "schema.rename_column"),
    *("schema.rename_table", "schema.drop_column", "schema.analyze", "schema.reindex"),
    *("schema.set_not_null", "schema.drop_not_null", "schema.add_check", "schema.drop_constraint"),
]
_NOW: Final = [
    *("date('now')", "current_timestamp", "random()", "julianday()", "time('12:00', 'localtime')"),
    *("unixepoch('now', 'utc')", "datetime(5)"),
]
"""What depends on when it is asked, and what only looks like it."""


@final
class Definition:
    """A column being defined: the model's column, its type and its constraints."""

    def __init__(self, column: Column, type_name: str) -> None:
        self.column = column
        self.type_name = type_name
        self.constraints: list[Sql] = []

    def sql(self) -> Sql:
        """The column definition."""
        return text(self.column.name, f" {self.type_name}" if self.type_name else "", *self.constraints)


@final
class Schemas:
    """Writes the statements that change the schema."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.choice = generator.choice
        self.schema = generator.schema
        self._makers: dict[str, Callable[[], Sql]] = {
            "schema.create_index": self._create_index,
            "schema.create_view": self._create_view,
            "schema.create_table": self._create_table,
            "schema.create_table_as": self._create_table_as,
            "schema.drop_index": self._drop_index,
            "schema.drop_view": self._drop_view,
            "schema.drop_table": self._drop_table,
            **Alterations(self).makers,
            "schema.analyze": self._analyze,
            "schema.reindex": self._reindex,
        }

    def statement(self) -> Statement:
        """Any change of the schema."""
        return self._made(self.choice.pick, _CHANGES)

    def table(self) -> Statement:
        """A CREATE TABLE statement."""
        return self._made(self.choice.pick, ["schema.create_table"])

    def index(self) -> Statement:
        """A CREATE INDEX statement."""
        return self._made(self.choice.pick, ["schema.create_index"])

    def create_view(self) -> Statement:
        """A CREATE VIEW statement."""
        return self._made(self.choice.pick, ["schema.create_view"])

    def statistics(self) -> list[Statement]:
        """A wide index and ANALYZE, after which tables are said to be large, with few values in indexes' first columns.

        Searches of indexes, skip-scans above all, would otherwise hardly pay in tables of a few rows.
        """
        self.schema.analyzed = True
        claims = [
            self._wide_index(),
            text("ANALYZE"),
            text(f"UPDATE sqlite_stat1 SET stat = '{self.choice.one(_CLAIMS)}' WHERE idx IS NOT NULL"),
            text("ANALYZE sqlite_schema"),
        ]
        made: list[Statement] = []
        for sql in claims:
            self.choice.start()
            self.choice.maybe("schema.statistics", 1.0)
            made.append(Statement(sql, "schema", frozenset(self.choice.used)))
        return made

    def _made(self, pick: Callable[[list[str]], str], kinds: list[str]) -> Statement:
        self.choice.start()
        sql = self._stored(self._makers[pick(kinds)])
        return Statement(sql, "schema", frozenset(self.choice.used))

    def _stored(self, make: Callable[[], Sql]) -> Sql:
        """What ``make`` writes, without parameters: the schema keeps the text."""
        self.generator.expressions.constant = True
        with self.choice.without("literal.parameter"):
            sql = make()
        self.generator.expressions.constant = False
        return sql

    def _create_table(self) -> Sql:
        twins = [one for one in self.schema.tables if one.definition is not None]
        if self.generator.attachments.wanted and twins and self.choice.maybe("attach.twin", 0.4):
            return self._twin(self.choice.one(twins))
        key = self.choice.pick(_KEYS)
        strict = self.choice.maybe("table.strict", 0.3)
        name = self.schema.fresh("t")
        definitions = [
            self.definition(f"c{position}", strict) for position in range(self.choice.number(2, 5))
        ]
        table = Table(name, [one.column for one in definitions])
        constraints = self._key(key, table, definitions)
        for definition in definitions:
            self._constrain(definition, table)
        if len(definitions) > 1 and self.choice.maybe("column.generated", 0.25):
            definitions.append(self.generated(table, strict))
        place = self._home(table)
        constraints += self.generator.foreign_keys.constraints(table)
        options = [
            word for word, wanted in (("STRICT", strict), ("WITHOUT ROWID", not table.rowid)) if wanted
        ]
        self.schema.tables.append(table)
        body = items([*(one.sql() for one in definitions), *constraints])
        table.definition = text("(", body, ")", f" {', '.join(options)}" if options else "")
        return text(f"CREATE {place}{name}", table.definition)

    def _home(self, table: Table) -> str:
        """Put a new table into a database, temp perhaps; the words before its name."""
        if not self.choice.maybe("table.temporary", 0.2):
            return f"TABLE {self._prefix(table)}"
        self.schema.temporary = True
        table.database = "temp"
        return self.choice.one(["TEMP TABLE ", "TEMPORARY TABLE "])

    def _prefix(self, table: Table) -> str:
        """Put something new into a database; the prefix of its name."""
        home = self.generator.attachments.home()
        table.database = home or "main"
        return f"{home}." if home else ""

    def _twin(self, other: Table) -> Sql:
        """A table of the same name and definition in another database."""
        table = deepcopy(other)
        table.expressions.clear()
        self.schema.tables.append(table)
        assert other.definition is not None
        return text(f"CREATE TABLE {self._prefix(table)}{table.name}", other.definition)

    def definition(self, name: str, strict: bool) -> Definition:
        """A column with a type, and a collation perhaps."""
        kind = self.choice.pick([*_COLUMNS, "column.any"] if strict else _COLUMNS)
        names, affinity = _TYPES[kind]
        type_name = self.choice.one(names)
        if strict and kind != "column.any":
            type_name = _STRICT_TYPES[affinity]
        column = Column(name, affinity, affinity in ("INTEGER", "REAL", "TEXT"))
        definition = Definition(column, self._type_text(type_name))
        if self.choice.maybe("column.collate", 0.3 if affinity == "TEXT" else 0.05):
            collation = self.choice.one(["NOCASE", "RTRIM", "BINARY"])
            definition.constraints.append(text(f" COLLATE {collation}"))
            column.stable = column.stable and collation == "BINARY"
        return definition

    def _type_text(self, type_name: str) -> str:
        """A type, as a quoted word now and then."""
        if type_name and self.choice.maybe("column.quoted_type", 0.15):
            return self.choice.one(['"{}"', "'{}'", "`{}`", "[{}]", '"{}" x']).format(type_name)
        return type_name

    def _key(self, kind: str, table: Table, definitions: list[Definition]) -> list[Sql]:
        """The primary key: on a column, or the table constraints that are returned."""
        first = definitions[0]
        if kind in ("table.rowid_key", "table.autoincrement"):
            first.type_name, first.column.affinity, first.column.stable = "INTEGER", "INTEGER", True
            if self.choice.maybe("column.quoted_type", 0.15):
                first.type_name = self.choice.one(['"INTEGER"', "[integer]", "`Integer`", "'INTEGER'"])
            first.column.rowid = True
            word = " AUTOINCREMENT" if kind == "table.autoincrement" else self.conflict()
            order = self.choice.one(["", "", "", " ASC", " DESC"]) if kind == "table.rowid_key" else ""
            first.constraints.insert(0, text(f" PRIMARY KEY{order}{word}"))
            table.keys.append([first.column])
        elif kind == "table.other_key" or (kind == "table.without_rowid" and self.choice.chance(0.5)):
            first.constraints.insert(0, text(f" PRIMARY KEY{self.conflict()}"))
            first.column.rowid = kind == "table.other_key" and (
                first.type_name.upper() in ("INTEGER", '"INTEGER"', "[INTEGER]", "`INTEGER`", "'INTEGER'")
            )
            table.keys.append([first.column])
        elif kind in ("table.composite_key", "table.without_rowid"):
            alone = kind == "table.without_rowid" and self.choice.chance(0.4)
            if alone and self.choice.chance(0.6):
                first.type_name, first.column.affinity = "INTEGER", "INTEGER"
            chosen = [first.column] if alone else self.choice.sample([one.column for one in definitions], 2)
            table.keys.append(chosen)
            orders = ["", " DESC"] if alone else ["", "", " DESC"]
            names = [f"{one.name}{self.choice.one(orders)}" for one in chosen]
            table.rowid = kind != "table.without_rowid"
            return [text(f"PRIMARY KEY ({', '.join(names)}){self.conflict()}")]
        table.rowid = kind != "table.without_rowid"
        return []

    def conflict(self) -> str:
        """An ON CONFLICT clause, or none."""
        if not self.choice.maybe("constraint.conflict", 0.2):
            return ""
        return f" ON CONFLICT {self.choice.one(_CONFLICTS)}"

    def _constrain(self, definition: Definition, table: Table) -> None:
        column, constraints = definition.column, definition.constraints
        if self.choice.maybe("column.not_null", 0.15):
            constraints.append(optional(f" NOT NULL{self.conflict()}"))
        if [column] not in table.keys and self.choice.maybe("column.unique", 0.12):
            constraints.append(optional(f" UNIQUE{self.conflict()}"))
            table.keys.append([column])
        if self.choice.maybe("column.default", 0.25):
            constraints.append(optional(" DEFAULT ", self._default()))
        if self.choice.maybe("column.check", 0.1):
            constraints.append(optional(" ", self.check(table, Scope([column]))))

    def check(self, table: Table, scope: Scope) -> Sql:
        """A CHECK, with a name or without."""
        name = ""
        if self.choice.maybe("constraint.name", 0.4):
            name = self.schema.fresh("k")
            table.constraints.append(name)
        condition = self.condition(self._qualified(table, scope))
        return text(f"CONSTRAINT {name} " if name else "", "CHECK (", condition, ")")

    def _qualified(self, table: Table, scope: Scope) -> Scope:
        """The scope, with the table's name before the columns' now and then."""
        if not self.choice.maybe("schema.qualified", 0.25):
            return scope
        return Scope([column.called(f"{table.name}.{column.name}") for column in scope.columns])

    def _default(self) -> Sql:
        if self.choice.chance(0.3):
            return text("(", self._steady(Scope([])), ")")
        return self.generator.literals.constant()

    def generated(self, table: Table, strict: bool) -> Definition:
        """A generated column, which becomes the table's last."""
        column = Column(f"g{len(table.columns)}", "BLOB", False, generated=True)
        definition = Definition(column, "ANY" if strict else "")
        # C SQLite hands out a whole real as an integer where an index holds it for a column without a type.
        value = self.expression(Scope([one for one in table.columns if one.affinity != "REAL"]))
        kind = self.choice.one(["", " VIRTUAL", " STORED"])
        words = self.choice.one(["GENERATED ALWAYS AS", "AS"])
        definition.constraints.append(text(f" {words} (", value, f"){kind}"))
        table.columns.append(column)
        return definition

    def expression(self, scope: Scope) -> Sql:
        """An expression that a schema may hold: no subqueries."""
        if self.choice.maybe("schema.now", 0.03):
            return text(self.choice.one(_NOW))
        return self._steady(scope)

    def _steady(self, scope: Scope) -> Sql:
        """One that is the same whenever it is asked: DEFAULT may hold the others, and both engines would answer."""
        with self.generator.expressions.without_subqueries():
            return self.generator.expressions.any(scope, 1)

    def condition(self, scope: Scope) -> Sql:
        """A condition that a schema may hold."""
        with self.generator.expressions.without_subqueries():
            return self.generator.expressions.condition(scope, 1)

    def _create_index(self) -> Sql:
        table = self.choice.one(self.schema.tables)
        name = self.schema.fresh("i")
        unique = "UNIQUE " if self.choice.maybe("index.unique", 0.25) else ""
        terms = [self._term(table) for _ in range(self.choice.number(1, 3))]
        where = EMPTY
        if self.choice.maybe("index.partial", 0.3):
            condition = self.condition(self._qualified(table, Scope(table.columns)))
            self._remember(table, condition)
            where = optional(" WHERE ", condition)
        self.schema.indexes.append(Index(name, table, bool(str(where))))
        return text(
            f"CREATE {unique}INDEX {self._beside(table)}{name} ON {table.name}(", items(terms), ")", where
        )

    def _beside(self, table: Table) -> str:
        """The prefix of the name of an index, which is where its table is."""
        if table.database in ("main", "temp") and not self.choice.maybe("attach.beside", 0.05):
            return ""
        return f"{table.database}."

    def _remember(self, table: Table, value: Sql) -> None:
        """Keep what an index holds, for queries to ask for, where no name in it is quoted or qualified."""
        written = str(value)
        if any(moment in written for moment in _NOW):
            return
        if not any(mark in written for mark in ('"', "[", "`", f"{table.name}.")):
            table.expressions.append(written)

    def _wide_index(self) -> Sql:
        """An index on all columns of a table, in any order."""
        table = self.choice.one(self.schema.tables)
        name = self.schema.fresh("i")
        self.schema.indexes.append(Index(name, table))
        names = [f"{column.name}{self.choice.one(['', '', ' DESC'])}" for column in table.columns]
        terms = ", ".join(self.choice.sample(names, len(names)))
        return text(f"CREATE INDEX {self._beside(table)}{name} ON {table.name}({terms})")

    def _term(self, table: Table) -> Sql:
        parts: list[Part] = []
        if self.choice.maybe("index.expression", 0.2):
            value = self.expression(Scope(table.columns))
            self._remember(table, value)
            parts.append(value)
        else:
            parts.append(self.choice.one(table.columns).name)
        if self.choice.maybe("index.collate", 0.15):
            parts.append(f" COLLATE {self.choice.one(['NOCASE', 'RTRIM', 'BINARY'])}")
        if self.choice.maybe("index.desc", 0.3):
            parts.append(" DESC")
        return text(*parts)

    def _analyze(self) -> Sql:
        if self.choice.maybe("schema.statistics", 0.3):
            return text(f"UPDATE sqlite_stat1 SET stat = '{self.choice.one(_CLAIMS)}' WHERE idx IS NOT NULL")
        self.schema.analyzed = True
        return text(self.choice.one(["ANALYZE", "ANALYZE sqlite_schema"]))

    def _reindex(self) -> Sql:
        if self.choice.chance(0.5):
            return text("REINDEX")
        return text(f"REINDEX {self._place(self.choice.one(self.schema.tables))}")

    def _create_view(self) -> Sql:
        name = self.schema.fresh("v")
        view = Table(name, [], rowid=False, view=True)
        prefix, word = self._prefix(view), ""
        if self.generator.attachments.wanted and self.choice.maybe("attach.temp_view", 0.3):
            prefix, word, view.database = "", "TEMP ", "temp"
            self.schema.temporary = True
        query = self.generator.queries.view(view.database)
        view.columns = [column.called(f"c{position}") for position, column in enumerate(query.columns)]
        self.schema.views.append(view)
        names = ", ".join(column.name for column in view.columns)
        return text(f"CREATE {word}VIEW {prefix}{name}({names}) AS ", query.sql)

    def _create_table_as(self) -> Sql:
        """A table from another one's rows, in the order of its key."""
        source = self.choice.one(self.schema.tables)
        name = self.schema.fresh("t")
        columns = [Column(f"d{position}", "", False) for position in range(self.choice.number(1, 3))]
        scope = Scope(source.columns)
        values = [text(self.generator.expressions.any(scope, 1), f" AS {column.name}") for column in columns]
        order = (
            "rowid"
            if source.rowid
            else ", ".join(column.name for column in (source.keys[0] if source.keys else source.columns))
        )
        table = Table(name, columns)
        self.schema.tables.append(table)
        head = f"CREATE TABLE {self._prefix(table)}{name} AS SELECT "
        return text(head, items(values), f" FROM {self._place(source)} ORDER BY {order}")

    def _place(self, table: Table) -> str:
        return self.generator.attachments.place(table)

    def _drop_index(self) -> Sql:
        if not self.schema.indexes:
            return text("DROP INDEX absent")
        index = self.choice.one(self.schema.indexes)
        self.schema.indexes.remove(index)
        return text(f"DROP INDEX {self.generator.attachments.named(index.table.database, index.name)}")

    def _drop_view(self) -> Sql:
        if not self.schema.views:
            return text("DROP VIEW IF EXISTS absent")
        view = self.choice.one(self.schema.views)
        self.schema.views.remove(view)
        return text(f"DROP VIEW {self._place(view)}")

    def _drop_table(self) -> Sql:
        if len(self.schema.tables) < 3:
            return text("DROP TABLE IF EXISTS absent")
        table = self.choice.one(self.schema.tables)
        self.schema.tables.remove(table)
        self.schema.indexes = [index for index in self.schema.indexes if index.table is not table]
        return text(f"DROP TABLE {self._place(table)}")
