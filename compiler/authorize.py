"""What an authorizer is asked about a statement as a whole: about queries and changes of rows it is asked while their
names are looked up, about all other statements here.

A change of the schema is one of the schema table's rows, and asked about as such too.  Names that mean nothing are left
to code generation, which says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.notes import authorization as asked
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.new_names import index_schema
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.schema.tables import table_from_ast
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.trees.dispatch import Dispatch

if TYPE_CHECKING:
    from foundrydb.compiler.bind.notes.authorization import Authorization
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Index, Trigger
    from foundrydb.compiler.schema.schema import Schema

SEQUENCE_TABLE = "sqlite_sequence"

_TABLE: Final = "sqlite_master"
_TEMP_TABLE: Final = "sqlite_temp_master"
"""What an authorizer knows the schema tables by."""

_SCHEMA_COLUMNS = ("type", "name", "tbl_name", "rootpage", "sql")


def authorize(statement: ast.Statement, sql: str, catalog: Catalog, authorization: Authorization) -> None:
    """Ask about a statement.

    Raises:
        Ignored: it is to do nothing.
        DatabaseError: it is not allowed.
    """
    QUESTIONS.of(statement)(SchemaQuestions(sql, catalog, authorization), statement)


QUESTIONS: Final[Dispatch[None]] = Dispatch("what an authorizer is asked about a statement", ast.Statement)


class SchemaQuestions:
    """The questions about a statement that changes the schema."""

    def __init__(self, sql: str, catalog: Catalog, authorization: Authorization) -> None:
        self.sql = sql
        self.catalog = catalog
        self.authorization = authorization

    def _schema(self, name: ast.QualifiedName, temporary: bool = False) -> Schema | None:
        if name.schema is None:
            return self.catalog.temp if temporary else self.catalog.main
        return self.catalog.schema(name.schema.text)

    def _table(self, schema: Schema) -> str:
        return _TEMP_TABLE if schema.name == "temp" else _TABLE

    def _action(self, schema: Schema, action: int, temporary: int) -> int:
        return temporary if schema.name == "temp" else action

    # making -------------------------------------------------------------------------------------------------

    def create(self, statement: ast.CreateTable | ast.CreateTableAs | ast.CreateView) -> None:
        schema = self._schema(statement.name, statement.temporary)
        if schema is None:
            return
        name = statement.name.name.text
        require = self.authorization.require
        # What is temporary by the keyword is asked about as such, what is made in temp by its name is not.
        temporary = statement.temporary
        require(asked.INSERT, _TEMP_TABLE if temporary else _TABLE, None, schema.name)
        if isinstance(statement, ast.CreateView):
            action = asked.CREATE_TEMP_VIEW if temporary else asked.CREATE_VIEW
        else:
            action = asked.CREATE_TEMP_TABLE if temporary else asked.CREATE_TABLE
        require(action, name, None, schema.name)
        if schema.table(name) is not None or schema.view(name) is not None:
            return
        table = (
            table_from_ast(statement, self.sql, schema.name)
            if isinstance(statement, ast.CreateTable)
            else None
        )
        if table is not None:
            self._automatic_indexes(schema, table)
        self._fill_row(schema)
        if table is not None and table.autoincrement and schema.table(SEQUENCE_TABLE) is None:
            require(asked.INSERT, _TABLE, None, schema.name)
            require(asked.CREATE_TABLE, SEQUENCE_TABLE, None, schema.name)
            self._fill_row(schema)

    def _automatic_indexes(self, schema: Schema, table: Table) -> None:
        require = self.authorization.require
        for index in sorted(table.indexes, key=lambda index: int(index.name.rpartition("_")[2])):
            require(asked.INSERT, self._table(schema), None, schema.name)
            action = self._action(schema, asked.CREATE_INDEX, asked.CREATE_TEMP_INDEX)
            require(action, index.name, table.name, schema.name)
            for item in index.columns:
                self.authorization.may_read_column(table.name, table.columns[item.column].name, schema.name)
            require(asked.INSERT, self._table(schema), None, schema.name)

    def _fill_row(self, schema: Schema) -> None:
        """The row of the schema table that was made first gets its contents."""
        table = self._table(schema)
        for column in _SCHEMA_COLUMNS:
            self.authorization.require(asked.UPDATE, table, column, schema.name)
        self.authorization.may_read_column(table, "ROWID", schema.name)

    def create_index(self, statement: ast.CreateIndex) -> None:
        schema = index_schema(self.catalog, statement)
        table = schema.table(statement.table.text)
        name = statement.name.name.text
        if table is None or schema.index(name) is not None:
            return
        require = self.authorization.require
        require(asked.INSERT, self._table(schema), None, schema.name)
        action = self._action(schema, asked.CREATE_INDEX, asked.CREATE_TEMP_INDEX)
        require(action, name, table.name, schema.name)
        if statement.where is not None:
            self._reads(statement.where, table)
        for term in statement.columns:
            self._reads(term.expression, table)
        require(asked.INSERT, self._table(schema), None, schema.name)
        require(asked.REINDEX, name, None, schema.name)

    def create_trigger(self, statement: ast.CreateTrigger) -> None:
        place = statement.table.schema
        found = self.catalog.find_relation(statement.table.name.text, None if place is None else place.text)
        home = None if found is None else self.catalog.schema(found.schema)
        if found is None or home is None:
            return
        named = statement.name.schema
        schema = home
        if statement.temporary or (named is not None and fold(named.text) == "temp"):
            schema = self.catalog.temp
        name = statement.name.name.text
        if schema.trigger(name) is not None:
            return
        require = self.authorization.require
        temporary = statement.temporary or home is self.catalog.temp
        action = asked.CREATE_TEMP_TRIGGER if temporary else asked.CREATE_TRIGGER
        told = self.catalog.temp if statement.temporary else home
        require(action, name, found.name, told.name)
        require(asked.INSERT, self._table(home), None, home.name)
        require(asked.INSERT, self._table(schema), None, schema.name)

    def _reads(self, expression: ast.Expression, table: Table) -> None:
        """Ask about the functions and columns in an expression over a table's row."""
        for node in ast.walk(expression):
            if isinstance(node, ast.Call):
                self.authorization.may_call(fold(node.function.text), node.function.text)
            elif isinstance(node, ast.Column):
                column = table.column_index(node.column.text)
                if column >= 0:
                    self.authorization.may_read_column(table.name, table.columns[column].name, table.schema)

    # taking away --------------------------------------------------------------------------------------------

    def drop(self, statement: ast.DropTable | ast.DropView) -> None:
        given = None if statement.name.schema is None else statement.name.schema.text
        found = self.catalog.find_relation(statement.name.name.text, given)
        is_table = isinstance(found, Table)
        if found is None or is_table != isinstance(statement, ast.DropTable):
            return
        schema = self.catalog.schema(found.schema)
        assert schema is not None
        require = self.authorization.require
        require(asked.DELETE, self._table(schema), None, schema.name)
        if is_table:
            action = self._action(schema, asked.DROP_TABLE, asked.DROP_TEMP_TABLE)
        else:
            action = self._action(schema, asked.DROP_VIEW, asked.DROP_TEMP_VIEW)
        require(action, found.name, None, schema.name)
        require(asked.DELETE, found.name, None, schema.name)
        for trigger in self.catalog.triggers_of(found.name, schema.name):
            self.drop_trigger(trigger)
        self._delete_rows(schema, "tbl_name")
        if isinstance(found, Table):
            trees = 1 + sum(not index.clustered for index in found.indexes)
            for _ in range(trees):
                self._move_root(schema)

    def drop_index(self, statement: ast.DropIndex) -> None:
        given = None if statement.name.schema is None else statement.name.schema.text
        index = self.catalog.find_index(statement.name.name.text, given)
        schema = None if index is None else self.catalog.schema(index.table.schema)
        if index is None or schema is None or index.origin != "c":
            return
        require = self.authorization.require
        require(asked.DELETE, self._table(schema), None, schema.name)
        action = self._action(schema, asked.DROP_INDEX, asked.DROP_TEMP_INDEX)
        require(action, index.name, index.table.name, schema.name)
        self._delete_rows(schema, "name")
        self._move_root(schema)

    def drop_trigger(self, trigger: Trigger) -> None:
        schema = self.catalog.schema(trigger.schema)
        assert schema is not None
        action = self._action(schema, asked.DROP_TRIGGER, asked.DROP_TEMP_TRIGGER)
        self.authorization.require(action, trigger.name, trigger.table, schema.name)
        self.authorization.require(asked.DELETE, self._table(schema), None, schema.name)
        self._delete_rows(schema, "name")

    def _delete_rows(self, schema: Schema, key: str) -> None:
        table = self._table(schema)
        self.authorization.require(asked.DELETE, table, None, schema.name)
        self.authorization.may_read_column(table, key, schema.name)
        self.authorization.may_read_column(table, "type", schema.name)

    def _move_root(self, schema: Schema) -> None:
        table = self._table(schema)
        self.authorization.require(asked.UPDATE, table, "rootpage", schema.name)
        self.authorization.may_read_column(table, "rootpage", schema.name)

    # the rest -----------------------------------------------------------------------------------------------

    def alter(self, name: ast.QualifiedName, column: str | None) -> None:
        """SQLite changes the schema by statements of its own, which it asks about as well; here there are none."""
        given = None if name.schema is None else name.schema.text
        found = self.catalog.find_table(name.name.text, given)
        if found is not None:
            self.authorization.require(asked.ALTER_TABLE, found.schema, found.name, column)

    def to_reindex(self, statement: ast.Reindex) -> list[Index]:
        every = [index for schema in self.catalog.schemas for index in schema.indexes.values()]
        if statement.name is None:
            return every
        given = None if statement.name.schema is None else statement.name.schema.text
        text = statement.name.name.text
        table = self.catalog.find_table(text, given)
        if table is not None:
            return [index for index in every if index.table is table]
        index = self.catalog.find_index(text, given)
        return [] if index is None else [index]

    def analyze(self, statement: ast.Analyze) -> None:
        name = statement.name
        if name is None:
            for schema in self.catalog.schemas:
                if schema is not self.catalog.temp:
                    self._analyze(schema, list(schema.tables.values()))
            return
        text = name.name.text
        whole = self.catalog.schema(text) if name.schema is None else None
        if whole is not None:
            self._analyze(whole, list(whole.tables.values()))
            return
        given = None if name.schema is None else name.schema.text
        index = self.catalog.find_index(text, given)
        table = self.catalog.find_table(text, given) if index is None else index.table
        found = None if table is None else self.catalog.schema(table.schema)
        if table is not None and found is not None:
            self._analyze(found, [table])

    def _analyze(self, schema: Schema, tables: list[Table]) -> None:
        require = self.authorization.require
        if schema.table("sqlite_stat1") is None:
            require(asked.INSERT, _TABLE, None, schema.name)
            require(asked.CREATE_TABLE, "sqlite_stat1", None, schema.name)
            self._fill_row(schema)
        for table in tables:
            if not fold(table.name).startswith("sqlite_"):
                require(asked.ANALYZE, table.name, None, schema.name)
        require(asked.SELECT)
        for column in ("tbl", "idx", "stat"):
            self.authorization.may_read_column("sqlite_stat1", column, schema.name)


# the questions ----------------------------------------------------------------------------------------------


@QUESTIONS.entry(ast.Select, ast.Insert, ast.Update, ast.Delete, ast.Attach, ast.Detach)
@QUESTIONS.entry(ast.Explain, ast.Vacuum)
@QUESTIONS.entry(ast.CreateVirtualTable)
def _nothing(change: SchemaQuestions, statement: ast.Statement) -> None:
    """Asked about while names are looked up, or about what is within; or not supported yet."""


@QUESTIONS.entry(ast.Begin)
def _begin(change: SchemaQuestions, statement: ast.Begin) -> None:
    change.authorization.require(asked.TRANSACTION, "BEGIN")


@QUESTIONS.entry(ast.Commit)
def _commit(change: SchemaQuestions, statement: ast.Commit) -> None:
    change.authorization.require(asked.TRANSACTION, "COMMIT")


@QUESTIONS.entry(ast.Rollback)
def _rollback(change: SchemaQuestions, statement: ast.Rollback) -> None:
    change.authorization.require(asked.TRANSACTION, "ROLLBACK")


@QUESTIONS.entry(ast.Savepoint)
def _savepoint(change: SchemaQuestions, statement: ast.Savepoint) -> None:
    change.authorization.require(asked.SAVEPOINT, "BEGIN", statement.name.text)


@QUESTIONS.entry(ast.Release)
def _release(change: SchemaQuestions, statement: ast.Release) -> None:
    change.authorization.require(asked.SAVEPOINT, "RELEASE", statement.name.text)


@QUESTIONS.entry(ast.RollbackTo)
def _rollback_to(change: SchemaQuestions, statement: ast.RollbackTo) -> None:
    change.authorization.require(asked.SAVEPOINT, "ROLLBACK", statement.name.text)


@QUESTIONS.entry(ast.Pragma)
def _pragma(change: SchemaQuestions, statement: ast.Pragma) -> None:
    schema = None if statement.name.schema is None else statement.name.schema.text
    change.authorization.require(asked.PRAGMA, statement.name.name.text, statement.text, schema)


@QUESTIONS.entry(ast.CreateTable, ast.CreateTableAs, ast.CreateView)
def _create(change: SchemaQuestions, statement: ast.CreateTable | ast.CreateTableAs | ast.CreateView) -> None:
    change.create(statement)


@QUESTIONS.entry(ast.CreateTrigger)
def _create_trigger(change: SchemaQuestions, statement: ast.CreateTrigger) -> None:
    change.create_trigger(statement)


@QUESTIONS.entry(ast.DropTrigger)
def _drop_trigger(change: SchemaQuestions, statement: ast.DropTrigger) -> None:
    given = None if statement.name.schema is None else statement.name.schema.text
    trigger = change.catalog.find_trigger(statement.name.name.text, given)
    if trigger is not None:
        change.drop_trigger(trigger)


@QUESTIONS.entry(ast.CreateIndex)
def _create_index(change: SchemaQuestions, statement: ast.CreateIndex) -> None:
    change.create_index(statement)


@QUESTIONS.entry(ast.DropTable, ast.DropView)
def _drop(change: SchemaQuestions, statement: ast.DropTable | ast.DropView) -> None:
    change.drop(statement)


@QUESTIONS.entry(ast.DropIndex)
def _drop_index(change: SchemaQuestions, statement: ast.DropIndex) -> None:
    change.drop_index(statement)


@QUESTIONS.entry(ast.AlterRenameTable, ast.AlterRenameColumn, ast.AlterAddColumn)
@QUESTIONS.entry(ast.AlterAddConstraint, ast.AlterDropConstraint)
def _alter_table(
    change: SchemaQuestions,
    statement: ast.AlterRenameTable
    | ast.AlterRenameColumn
    | ast.AlterAddColumn
    | ast.AlterAddConstraint
    | ast.AlterDropConstraint,
) -> None:
    change.alter(statement.table, None)


@QUESTIONS.entry(ast.AlterDropColumn, ast.AlterSetNotNull, ast.AlterDropNotNull)
def _alter_column(
    change: SchemaQuestions, statement: ast.AlterDropColumn | ast.AlterSetNotNull | ast.AlterDropNotNull
) -> None:
    change.alter(statement.table, statement.column.text)


@QUESTIONS.entry(ast.Reindex)
def _reindex(change: SchemaQuestions, statement: ast.Reindex) -> None:
    for index in change.to_reindex(statement):
        change.authorization.require(asked.REINDEX, index.name, None, index.table.schema)


@QUESTIONS.entry(ast.Analyze)
def _analyze(change: SchemaQuestions, statement: ast.Analyze) -> None:
    change.analyze(statement)
