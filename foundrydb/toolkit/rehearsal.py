"""The schema as the statements of a text leave it, one after the other, without running them on a database.

A ``Rehearsal`` is a database in memory that has the tables of another and no rows.  Statements of the schema and of
transactions are carried out in it; what a text attaches is not opened, and nothing that a text computes is evaluated.
Row counts are those of the database that it was made for, so that plans are those that would be made there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from foundrydb.api.connection import Connection, connect
from foundrydb.compiler.bind.statements import BoundOutput
from foundrydb.compiler.pipeline import Compilation
from foundrydb.compiler.schema.catalog import Catalog, RowEstimator
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.compiler.schema.samples import Samples
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.errors import Error
from foundrydb.vm.transactions.attached import TEMP

OF_SCHEMA: Final = (
    ast.CreateTable, ast.CreateTableAs, ast.CreateIndex, ast.CreateView, ast.CreateTrigger, ast.CreateVirtualTable,
    ast.DropTable, ast.DropIndex, ast.DropView, ast.DropTrigger, ast.AlterRenameTable, ast.AlterRenameColumn,
    ast.AlterAddColumn, ast.AlterDropColumn, ast.AlterAddConstraint, ast.AlterDropConstraint, ast.AlterSetNotNull,
    ast.AlterDropNotNull,
)  # fmt: skip
"""The statements that change a schema."""

_MADE: Final[dict[type[ast.Statement], str]] = {
    ast.CreateTable: "TABLE",
    ast.CreateTableAs: "TABLE",
    ast.CreateVirtualTable: "TABLE",
    ast.CreateView: "VIEW",
    ast.CreateIndex: "INDEX",
    ast.CreateTrigger: "TRIGGER",
}
"""What statements make."""

_OF_TRANSACTIONS: Final = (ast.Begin, ast.Commit, ast.Rollback, ast.RollbackTo, ast.Savepoint, ast.Release)

_PRAGMAS: Final = frozenset(
    ["case_sensitive_like", "foreign_keys", "full_column_names", "legacy_alter_table", "short_column_names",
     "trusted_schema"]
)  # fmt: skip
"""The PRAGMAs that decide what statements mean."""

FOLLOWED: Final = (*OF_SCHEMA, *_OF_TRANSACTIONS, ast.Attach, ast.Detach, ast.Analyze, ast.Pragma)
"""The statements after which others may mean something else."""

_TYPES: Final = {"B": "TEXT", "C": "NUM", "D": "INT", "E": "REAL"}
"""How CREATE TABLE … AS writes an affinity."""


class _Compiled(NamedTuple):
    """A statement, and what compiling it gave."""

    statement: ast.Statement
    outcome: Compilation | Error


class Rehearsal:
    """A schema that is changed by statements, without any rows.

    Args:
        model: a connection to the database whose schema, functions and row counts count; None for an empty one.
        empty: the schema is left aside.

    Attributes:
        model: the connection that it was made for, None for none.
        connection: to the database in memory; its catalog is what statements are compiled against.
        unsure: folded names of tables and views that a statement which is wrong might have made, or made otherwise.
        given: folded names of what a text may make again: it stands in other texts, or in a database that may have been
            made from this one.
        open: something was attached whose tables are not known.
        steps: how the database was made, statement by statement.
    """

    def __init__(self, model: Connection | None = None, empty: bool = False) -> None:
        self.connection: Final = connect(":memory:", isolation_level=None, check_same_thread=False)
        self.unsure: Final[set[str]] = set()
        self.given: Final[set[str]] = set()
        self.open = False
        self.steps: Final[list[str]] = []
        self.model: Final = model
        self._last: _Compiled | None = None
        if model is not None:
            self.connection.engine.functions.adopt(model.engine.functions)
            self.connection.engine.collations.update(model.engine.collations)
            if not empty:
                self._load(model)
            catalog = self.connection.engine.catalog
            catalog.estimator = _OfModel(model.engine.catalog, catalog.estimator)

    def close(self) -> None:
        """Let go of the database in memory."""
        self.connection.close()

    @property
    def catalog(self) -> Catalog:
        """The schema as it is now."""
        self.connection.engine.preparer.load_catalog()
        return self.connection.engine.catalog

    def compiled(self, statement: ast.Statement, sql: str) -> Compilation:
        """A statement compiled for the schema as it is now; what was asked last is remembered until that changes.

        Args:
            sql: the text that it stands in.

        Raises:
            Error: it is wrong.
        """
        last = self._last
        if last is None or last.statement is not statement:
            try:
                last = _Compiled(statement, self.connection.engine.preparer.stages(statement, sql))
            except Error as failure:
                last = _Compiled(statement, failure)
            self._last = last
        if isinstance(last.outcome, Error):
            raise last.outcome
        return last.outcome

    def copy(self) -> Rehearsal:
        """Another one that is where this one is."""
        made = Rehearsal(self.model, empty=True)
        engine = self.connection.engine
        made.connection.engine.functions.adopt(engine.functions)
        made.connection.engine.collations.update(engine.collations)
        made._again(self)
        made.unsure.update(self.unsure)
        made.given.update(self.given)
        made.open = self.open
        return made

    def _again(self, other: Rehearsal) -> None:
        plain = len(other.catalog.schemas) == TEMP + 1 and not other.catalog.temp.tables
        if plain and not other.connection.in_transaction:
            other.connection.backup(self.connection)
            self.steps.extend(other.steps)
            return
        for step in other.steps:
            with suppress(Error):
                self._run(step)

    def follow(self, statement: ast.Statement, sql: str) -> None:
        """Carry a statement out, where it changes what later ones mean.

        Args:
            sql: the text that it stands in.

        Raises:
            Error: it cannot be carried out; of transactions and ANALYZE, nothing is told.
        """
        if isinstance(statement, ast.Attach):
            self._attach(statement)
        elif isinstance(statement, ast.CreateTableAs):
            self._run(self._emptied(statement, sql))
        elif isinstance(statement, OF_SCHEMA):
            text = sql[statement.start : statement.end]
            try:
                self._run(text)
            except Error as failure:
                failure.move_to(sql, statement.start, text)
                raise
        elif follows(statement):
            with suppress(Error):
                self._run(sql[statement.start : statement.end])

    def make_room(self, statement: ast.Statement) -> None:
        """Drop what is given and a statement makes again."""
        kind = _MADE.get(type(statement))
        name = made_name(statement)
        if kind is None or name is None or fold(name.name.text) not in self.given:
            return
        self.given.discard(fold(name.name.text))
        for each in {kind, "VIEW" if kind == "TABLE" else kind, "TABLE" if kind == "VIEW" else kind}:
            with suppress(Error):
                self._run(f"DROP {each} IF EXISTS {_quoted(name.name.text)}")

    def give(self) -> None:
        """Have all that there is count as given."""
        for schema in self.catalog.schemas:
            for names in (schema.tables, schema.views, schema.indexes, schema.triggers):
                self.given.update(names)

    def run(self, sql: str) -> None:
        """Carry a statement out, given by its text; otherwise as ``follow``."""
        statement, _ = parse_one(sql)
        if statement is not None:
            self.make_room(statement)
            self.follow(statement, sql)

    def doubt(self, statement: ast.Statement) -> None:
        """Take what a wrong statement would have made for a thing of which nothing is known."""
        name = made_name(statement)
        if name is not None:
            self.unsure.add(fold(name.name.text))

    def doubt_text(self, words: list[str]) -> None:
        """As ``doubt``, of a statement that cannot even be parsed, by its tokens."""
        name = named_in(words)
        if name is not None:
            self.unsure.add(name)

    def _run(self, sql: str) -> None:
        self._last = None
        self.connection.execute(sql)
        self.steps.append(sql)

    def _attach(self, statement: ast.Attach) -> None:
        schema = statement.schema
        name = ""
        if isinstance(schema, ast.Column):
            name = schema.column.text
        elif isinstance(schema, ast.String):
            name = schema.value
        self.open = True
        with suppress(Error):
            self._run(f"ATTACH ':memory:' AS {_quoted(name)}")

    def _emptied(self, statement: ast.CreateTableAs, sql: str) -> str:
        """CREATE TABLE for the columns of a CREATE TABLE … AS."""
        work = self.compiled(statement.select, sql)
        assert isinstance(work.bound, BoundOutput)
        columns: dict[str, str] = {}
        for column in work.bound.columns:
            name, number = column.name, 0
            while fold(name) in columns:
                number += 1
                name = f"{column.name}:{number}"
            columns[fold(name)] = f"{_quoted(name)} {_TYPES.get(column.affinity, '')}".rstrip()
        head = f"CREATE {'TEMP ' if statement.temporary else ''}TABLE "
        head += "IF NOT EXISTS " if statement.if_not_exists else ""
        schema = statement.name.schema
        name = f"{_quoted(schema.text)}." if schema is not None else ""
        return f"{head}{name}{_quoted(statement.name.name.text)} ({', '.join(columns.values())})"

    # the model ----------------------------------------------------------------------------------------------

    def _load(self, model: Connection) -> None:
        """Make what another database has."""
        model.engine.preparer.load_catalog()
        catalog = model.engine.catalog
        for schema in catalog.schemas[TEMP + 1 :]:
            self._run(f"ATTACH ':memory:' AS {_quoted(schema.name)}")
        self.connection.execute("BEGIN")
        for schema_name, name, sql in _objects(catalog):
            try:
                self._run(_in_schema(sql, schema_name))
            except Error:
                self.unsure.add(fold(name))
        self.connection.execute("COMMIT")
        if catalog.main.table("sqlite_stat1") is not None:
            with suppress(Error):
                self._run("ANALYZE sqlite_schema")


class _OfModel(RowEstimator):
    """Takes the row counts of the tables that a database has for those of tables of the same name.

    Args:
        catalog: what that database has.
        other: asked about other tables.
    """

    def __init__(self, catalog: Catalog, other: RowEstimator) -> None:
        self._catalog: Final = catalog
        self._other: Final = other

    def _index(self, index: Index) -> Index | None:
        return self._catalog.find_index(index.name, index.table.schema)

    def rows(self, table: Table) -> float:
        found = self._catalog.find_table(table.name, table.schema)
        with suppress(Error):
            return self._other.rows(table) if found is None else self._catalog.row_count(found)
        return -1.0

    def averages(self, index: Index) -> list[float]:
        found = self._index(index)
        with suppress(Error):
            return self._other.averages(index) if found is None else self._catalog.averages(found)
        return []

    def nearness(self, index: Index) -> float:
        found = self._index(index)
        with suppress(Error):
            return self._other.nearness(index) if found is None else self._catalog.nearness(found)
        return 0.0

    def samples(self, index: Index) -> Samples | None:
        found = self._index(index)
        return None if found is None else self._catalog.samples(found)


def _objects(catalog: Catalog) -> Iterator[tuple[str, str, str]]:
    """What the schemas hold, in an order in which it can be made: each its schema, name and SQL."""
    for schema in catalog.schemas:
        for table in schema.tables.values():
            if table.sql and not fold(table.name).startswith("sqlite_"):
                yield schema.name, table.name, table.sql
        for index in schema.indexes.values():
            if index.sql:
                yield schema.name, index.name, index.sql
    for schema in catalog.schemas:
        for view in schema.views.values():
            yield schema.name, view.name, view.sql
        for trigger in schema.triggers.values():
            yield schema.name, trigger.name, trigger.sql


def _in_schema(sql: str, schema: str) -> str:
    """A text of the schema table as a statement for a schema."""
    statement, _ = parse_one(sql, 0, True)
    name = None if statement is None else made_name(statement)
    if name is None or schema == "main":
        return sql
    return f"{sql[: name.start]}{_quoted(schema)}.{sql[name.start :]}"


def follows(statement: ast.Statement) -> bool:
    """Whether other statements may mean something else after this one."""
    if isinstance(statement, ast.Pragma):
        return statement.value is not None and fold(statement.name.name.text) in _PRAGMAS
    return isinstance(statement, FOLLOWED)


def made_name(statement: ast.Statement) -> ast.QualifiedName | None:
    """The name of what a statement makes, changes or drops; None for a statement of another kind."""
    for field in ("name", "table"):
        found = getattr(statement, field, None)
        if isinstance(statement, OF_SCHEMA) and isinstance(found, ast.QualifiedName):
            return found
    return None


def named_in(words: list[str]) -> str | None:
    """The folded name of the table or view that a statement makes or alters, by the tokens it begins with."""
    upper = [word.upper() for word in words[:12]]
    if not upper or upper[0] not in ("CREATE", "ALTER"):
        return None
    for i, word in enumerate(upper[:-1]):
        if word in ("TABLE", "VIEW"):
            at = i + 4 if upper[i + 1 : i + 4] == ["IF", "NOT", "EXISTS"] else i + 1
            at = at + 2 if words[at + 1 : at + 2] == ["."] else at
            return fold(words[at].strip("\"'`[]")) if at < len(words) else None
    return None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
