"""DROP TABLE, DROP VIEW, DROP INDEX and DROP TRIGGER."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import ROOTS, STATEMENTS
from foundrydb.compiler.codegen.schema.schema_rows import (
    NAME_FIELD,
    TABLE_FIELD,
    begin_change,
    delete_from,
    delete_rows,
    end_change,
    replace_root,
)
from foundrydb.compiler.codegen.writes.sequences import SEQUENCE_TABLE
from foundrydb.compiler.schema.foreign_keys import links_to
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Table, Trigger, View
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import qualified_text
from foundrydb.vm.ops.control import FkIfZero
from foundrydb.vm.ops.transactions import Destroy, DropIndex, DropTable, DropTrigger

if TYPE_CHECKING:
    from foundrydb.compiler.schema.schema import Schema

STATISTICS = ("sqlite_stat1", "sqlite_stat3", "sqlite_stat4")


def _schema_name(name: ast.QualifiedName) -> str | None:
    return None if name.schema is None else name.schema.text


def _missing(coder: Coder, kind: str, name: ast.QualifiedName, if_exists: bool) -> None:
    """Refuse what is not there to be dropped; with IF EXISTS the statement does nothing, as long as that is so."""
    if not if_exists:
        raise errors.error(f"no such {kind}: {qualified_text(name)}")
    for schema in coder.catalog.present(_schema_name(name)):
        coder.use(schema.number)


@STATEMENTS.entry(ast.DropTable, ast.DropView)
def code_drop_relation(coder: Coder, statement: ast.DropTable | ast.DropView, sql: str) -> None:
    """Emit the code of DROP TABLE or DROP VIEW."""
    view_wanted = isinstance(statement, ast.DropView)
    name = statement.name
    found = coder.catalog.find_relation(name.name.text, _schema_name(name))
    if found is None:
        module = coder.functions.modules.find(name.name.text)
        if module is not None:
            raise errors.error(f"table {module.name} may not be dropped")
        _missing(coder, "view" if view_wanted else "table", name, statement.if_exists)
        return
    if isinstance(found, Table):
        _check_droppable(found)
        if view_wanted:
            raise errors.error(f"use DROP TABLE to delete table {found.name}")
        if found.virtual_module:
            raise errors.no_such_module(found.virtual_module)
    elif not view_wanted:
        raise errors.error(f"use DROP VIEW to delete view {found.name}")
    schema = coder.catalog.schema(found.schema)
    assert schema is not None
    if isinstance(found, Table) and coder.settings.on("foreign_keys"):
        _delete_rows(coder, found)
    _drop(coder, schema, found)


def _delete_rows(coder: Coder, table: Table) -> None:
    """Emit the deletion of the rows of a table that foreign keys have to do with, as of any rows.

    One that nothing refers to is a child: its rows matter only as far as some of them refer to nothing.
    """
    kept = coder.label()
    if not links_to(coder.catalog, table):
        if not table.foreign_keys:
            return
        coder.emit(FkIfZero(True, kept))
    compiler = coder.settings.triggers
    assert compiler is not None
    plan = compiler.deletion(table)
    ROOTS.of(plan)(coder, plan)
    coder.place(kept)


def _check_droppable(table: Table) -> None:
    key = fold(table.name)
    if not key.startswith("sqlite_"):
        return
    if key.startswith(("sqlite_stat", "sqlite_parameters")):
        return
    raise errors.error(f"table {table.name} may not be dropped")


def _drop(coder: Coder, schema: Schema, found: Table | View) -> None:
    cursor = begin_change(coder, schema)
    name = found.name
    for trigger in coder.catalog.triggers_of(name, schema.name):
        if trigger.schema == schema.name:
            delete_rows(coder, cursor, [(0, "trigger"), (NAME_FIELD, trigger.name)])
        else:
            _drop_trigger(coder, coder.catalog.temp, trigger)
    delete_rows(coder, cursor, [(TABLE_FIELD, name)], "trigger")
    if isinstance(found, Table):
        if found.autoincrement:
            delete_from(coder, schema, SEQUENCE_TABLE, [(0, name)])
        for statistics in STATISTICS:
            delete_from(coder, schema, statistics, [(0, name)])
        _destroy_trees(coder, schema, found, cursor)
    end_change(coder, schema)
    coder.emit(DropTable(schema.number, name))


def _destroy_trees(coder: Coder, schema: Schema, table: Table, cursor: int) -> None:
    """Emit the freeing of a table's trees, the highest page first: what auto-vacuum moves is then never one of them."""
    roots = {table.root_page}
    for index in table.indexes:
        if index.root_page > 0:
            roots.add(index.root_page)
    for root in sorted(roots, reverse=True):
        moved = coder.register()
        coder.emit(Destroy(root, moved, schema.number))
        replace_root(coder, cursor, moved, root)


@STATEMENTS.entry(ast.DropIndex)
def code_drop_index(coder: Coder, statement: ast.DropIndex, sql: str) -> None:
    """Emit the code of DROP INDEX."""
    name = statement.name
    index = coder.catalog.find_index(name.name.text, _schema_name(name))
    if index is None:
        _missing(coder, "index", name, statement.if_exists)
        return
    if index.origin != "c":
        raise errors.error("index associated with UNIQUE or PRIMARY KEY constraint cannot be dropped")
    schema = coder.catalog.schema(index.table.schema)
    assert schema is not None
    cursor = begin_change(coder, schema)
    delete_rows(coder, cursor, [(NAME_FIELD, index.name), (0, "index")])
    for statistics in STATISTICS:
        delete_from(coder, schema, statistics, [(1, index.name)])
    moved = coder.register()
    coder.emit(Destroy(index.root_page, moved, schema.number))
    replace_root(coder, cursor, moved, index.root_page)
    end_change(coder, schema)
    coder.emit(DropIndex(schema.number, index.name))


@STATEMENTS.entry(ast.DropTrigger)
def code_drop_trigger(coder: Coder, statement: ast.DropTrigger, sql: str) -> None:
    """Emit the code of DROP TRIGGER."""
    name = statement.name
    trigger = coder.catalog.find_trigger(name.name.text, _schema_name(name))
    if trigger is None:
        _missing(coder, "trigger", name, statement.if_exists)
        return
    schema = coder.catalog.schema(trigger.schema)
    assert schema is not None
    _drop_trigger(coder, schema, trigger)


def _drop_trigger(coder: Coder, schema: Schema, trigger: Trigger) -> None:
    cursor = begin_change(coder, schema)
    delete_rows(coder, cursor, [(NAME_FIELD, trigger.name), (0, "trigger")])
    end_change(coder, schema)
    coder.emit(DropTrigger(schema.number, trigger.name))
