"""CREATE TRIGGER.

What its program says is looked at when it is compiled, with the first statement that may set it off; here only what
SQLite refuses at once: parameters, and names of other databases.
(https://sqlite.org/lang_createtrigger.html)
"""

from __future__ import annotations

from foundrydb import errors
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import STATEMENTS
from foundrydb.compiler.codegen.schema.schema_rows import add_row, begin_change, end_change
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.new_names import as_written, check_name, target_schema
from foundrydb.compiler.schema.objects import Table, View
from foundrydb.compiler.schema.schema import Schema
from foundrydb.compiler.schema.statement_text import check_portable, trigger_text
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import qualified_text
from foundrydb.vm.ops.transactions import ParseSchema


@STATEMENTS.entry(ast.CreateTrigger)
def code_create_trigger(coder: Coder, statement: ast.CreateTrigger, sql: str) -> None:
    """Emit the code of CREATE TRIGGER."""
    if statement.temporary and statement.name.schema is not None:
        raise errors.error("temporary trigger may not have qualified name")
    schema = target_schema(coder.catalog, statement.name, statement.temporary)
    relation = _relation(coder, statement, schema)
    if statement.name.schema is None and relation is not None and relation.schema == "temp":
        schema = coder.catalog.temp
    if schema is not coder.catalog.temp:
        _check_names(statement.table, statement, schema)
    if relation is None:
        raise _no_such_table(statement, schema)
    if isinstance(relation, Table) and relation.virtual_module:
        raise errors.error("cannot create triggers on virtual tables")
    name = statement.name.name
    check_name(name.text, coder.settings.values)
    if schema.trigger(name.text) is not None:
        if not statement.if_not_exists:
            raise errors.error(f"trigger {as_written(name)} already exists")
        coder.use(schema.number)
        return
    _check_time(statement, relation, schema)
    for step in statement.body:
        if schema is not coder.catalog.temp:
            _check_target(step)
        _check_upsert(step)
    for node in [*statement.body, *([] if statement.when is None else [statement.when])]:
        _check_names(node, statement, schema)
    cursor = begin_change(coder, schema)
    add_row(coder, cursor, "trigger", name.text, relation.name, 0, trigger_text(statement, sql))
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, name.text, "trigger"))


def _relation(coder: Coder, statement: ast.CreateTrigger, schema: Schema) -> Table | View | None:
    """The table or view that the trigger is to hang on."""
    name = statement.table
    if name.schema is not None:
        return coder.catalog.find_relation(name.name.text, name.schema.text)
    if statement.name.schema is not None and schema is not coder.catalog.temp:
        return coder.catalog.find_relation(name.name.text, schema.name)
    return coder.catalog.find_relation(name.name.text, None)


def _no_such_table(statement: ast.CreateTrigger, schema: Schema) -> errors.Error:
    name = statement.table
    place = schema.name if name.schema is None and schema.name != "temp" else ""
    text = f"{place}.{name.name.text}" if place else qualified_text(name)
    return errors.error(f"no such table: {text}").at(name.start, name.end - name.start)


def _check_time(statement: ast.CreateTrigger, relation: Table | View, schema: Schema) -> None:
    """Refuse a trigger on a table of the system, or one whose time its table or view does not have."""
    if fold(relation.name).startswith("sqlite_"):
        raise errors.error("cannot create trigger on system table")
    shown = qualified_text(statement.table) if schema.name == "temp" else statement.table.name.text
    if isinstance(relation, View) and statement.time != "INSTEAD OF":
        time = "AFTER" if statement.time == "AFTER" else "BEFORE"
        raise errors.error(f"cannot create {time} trigger on view: {shown}")
    if isinstance(relation, Table) and statement.time == "INSTEAD OF":
        raise errors.error(f"cannot create INSTEAD OF trigger on table: {shown}")


def _check_target(step: ast.Statement) -> None:
    """Refuse the name of a database before that of the table which a step changes."""
    name: ast.QualifiedName | None = None
    if isinstance(step, ast.Insert):
        name = step.table
    elif isinstance(step, (ast.Update, ast.Delete)):
        name = step.table.name
    if name is not None and name.schema is not None:
        text = (
            "qualified table names are not allowed on INSERT, UPDATE, and DELETE statements within triggers"
        )
        raise errors.error(text).at(name.start, name.end - name.start)


def _check_upsert(step: ast.Statement) -> None:
    """Refuse NULLS FIRST and LAST in what the first ON CONFLICT of a step names."""
    if isinstance(step, ast.Insert) and step.upserts:
        for term in step.upserts[0].targets:
            if term.nulls:
                raise errors.unsupported_nulls(term.nulls).at(term.start, term.end - term.start)


def _check_names(tree: ast.Node, statement: ast.CreateTrigger, schema: Schema) -> None:
    """Refuse parameters, and in a trigger that is not temporary the names of other databases."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Parameter):
            raise errors.error("trigger cannot use variables").at(node.start, node.end - node.start)
        if schema.name != "temp":
            check_portable(node)
        if (
            isinstance(node, ast.QualifiedName)
            and node.schema is not None
            and schema.name != "temp"
            and fold(node.schema.text) != fold(schema.name)
        ):
            text = (
                f"trigger {statement.name.name.text} cannot reference objects in database {node.schema.text}"
            )
            raise errors.error(text).at(node.start, node.end - node.start)
