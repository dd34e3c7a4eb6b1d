"""Actions of schema.lark: CREATE, DROP and ALTER; columns and constraints are in build_table.py."""

from __future__ import annotations

from typing import cast

from mypy_extensions import i64

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.actions.build_change import changed_table, insert
from foundrydb.compiler.syntax.actions.build_table import key_columns, table_action
from foundrydb.compiler.syntax.actions.builder import SyntaxBuilder, names, qualified, text_or_empty
from foundrydb.compiler.syntax.actions.parts import (
    Sources,
    TableHead,
    Target,
    TriggerEvent,
    TriggerHead,
    Upserts,
)
from foundrydb.compiler.syntax.symbols import (
    A_ALTER_ADD_CHECK,
    A_ALTER_ADD_COLUMN,
    A_ALTER_ADD_NAMED_CHECK,
    A_ALTER_DROP_COLUMN,
    A_ALTER_DROP_CONSTRAINT,
    A_ALTER_DROP_NOT_NULL,
    A_ALTER_RENAME_COLUMN,
    A_ALTER_RENAME_TABLE,
    A_ALTER_SET_NOT_NULL,
    A_CREATE_INDEX,
    A_CREATE_TABLE,
    A_CREATE_TABLE_AS,
    A_CREATE_TABLE_HEAD,
    A_CREATE_TRIGGER,
    A_CREATE_VIEW,
    A_CREATE_VIRTUAL_TABLE,
    A_CREATE_VIRTUAL_TABLE_ARGUMENTS,
    A_DROP_INDEX,
    A_DROP_TABLE,
    A_DROP_TRIGGER,
    A_DROP_VIEW,
    A_INSTEAD_OF,
    A_STEP_DELETE,
    A_STEP_INDEXED,
    A_STEP_INSERT,
    A_STEP_NOT_INDEXED,
    A_STEP_UPDATE,
    A_TABLE_OPTION,
    A_TABLE_OPTION_WITHOUT,
    A_TRIGGER_EVENT,
    A_TRIGGER_EVENT_OF,
    A_TRIGGER_HEAD,
)


def schema_action(b: SyntaxBuilder, action: i64, base: i64, last: i64) -> object:
    """Run an action of schema.lark on the symbols from ``base`` to ``last``."""
    if action > A_TABLE_OPTION and action < A_CREATE_INDEX:
        return table_action(b, action, base, last)
    start = b.starts[base]
    end = b.ends[last]
    if action >= A_ALTER_RENAME_TABLE:
        return _alter(b, action, base, start, end)
    if action >= A_CREATE_TRIGGER:
        return _trigger(b, action, base, start, end)
    if action <= A_TABLE_OPTION:
        return _create_table(b, action, base, start, end)
    if action <= A_CREATE_VIRTUAL_TABLE_ARGUMENTS:
        return _create_other(b, action, base, start, end)
    if_exists = cast(bool, b.values[base + 2])
    name = cast(ast.QualifiedName, b.values[base + 3])
    if action == A_DROP_TABLE:
        return ast.DropTable(start, end, if_exists, name)
    if action == A_DROP_INDEX:
        return ast.DropIndex(start, end, if_exists, name)
    if action == A_DROP_VIEW:
        return ast.DropView(start, end, if_exists, name)
    assert action == A_DROP_TRIGGER
    return ast.DropTrigger(start, end, if_exists, name)


def _qualified_at(b: SyntaxBuilder, i: i64) -> ast.QualifiedName:
    """The name that symbols ``i`` (a name) and ``i + 1`` (a point and a name, or nothing) make."""
    return qualified(cast(ast.Name, b.values[i]), cast(ast.Name | None, b.values[i + 1]))


def _object_name(b: SyntaxBuilder, i: i64, temporary: bool) -> ast.QualifiedName:
    """The name of a new table or view; a temporary one belongs to no database but temp."""
    name = _qualified_at(b, i)
    if temporary and name.schema is not None and name.schema.text.lower() != "temp":
        raise b.fail("temporary table name must be unqualified", i)
    return name


def _create_table(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> object:
    values = b.values
    if action == A_CREATE_TABLE_HEAD:
        temporary = cast(bool, values[base + 1])
        return TableHead(temporary, cast(bool, values[base + 3]), _object_name(b, base + 4, temporary))
    if action in (A_TABLE_OPTION_WITHOUT, A_TABLE_OPTION):
        at = base + 1 if action == A_TABLE_OPTION_WITHOUT else base
        wanted = "rowid" if action == A_TABLE_OPTION_WITHOUT else "strict"
        if b.text(at).lower() != wanted:
            raise b.fail(f"unknown table option: {b.text(at)}", at)
        return wanted
    head = cast(TableHead, values[base])
    if action == A_CREATE_TABLE_AS:
        select = cast(ast.Select, values[base + 2])
        return ast.CreateTableAs(start, end, head.temporary, head.if_not_exists, head.name, select)
    assert action == A_CREATE_TABLE
    columns = tuple(cast(list[ast.ColumnDefinition], values[base + 2]))
    listed = cast(list[object], values[base + 3])
    constraints = tuple([c for c in listed if isinstance(c, ast.TableConstraint)])
    options = cast(list[str], values[base + 5])
    return ast.CreateTable(
        start,
        end,
        head.temporary,
        head.if_not_exists,
        head.name,
        columns,
        constraints,
        "rowid" in options,
        "strict" in options,
    )


def _create_other(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> object:
    """Indexes, views and virtual tables."""
    values = b.values
    if action == A_CREATE_INDEX:
        name = _qualified_at(b, base + 4)
        where = cast(ast.Expression | None, values[base + 11])
        table = cast(ast.Name, values[base + 7])
        columns = key_columns(b, base + 9)
        unique = cast(bool, values[base + 1])
        return ast.CreateIndex(start, end, unique, cast(bool, values[base + 3]), name, table, columns, where)
    if action == A_CREATE_VIEW:
        temporary = cast(bool, values[base + 1])
        name = _object_name(b, base + 4, temporary)
        select = cast(ast.Select, values[base + 8])
        if_not_exists = cast(bool, values[base + 3])
        return ast.CreateView(start, end, temporary, if_not_exists, name, names(values[base + 6]), select)
    assert action in (A_CREATE_VIRTUAL_TABLE, A_CREATE_VIRTUAL_TABLE_ARGUMENTS)
    arguments: tuple[str, ...] = ()
    if action == A_CREATE_VIRTUAL_TABLE_ARGUMENTS:
        arguments = tuple(cast(list[str], values[base + 9]))
    name = _qualified_at(b, base + 4)
    module = cast(ast.Name, values[base + 7])
    return ast.CreateVirtualTable(start, end, cast(bool, values[base + 3]), name, module, arguments)


# ----------------------------------------------------------------------------------------------- triggers


def _trigger(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> object:
    values = b.values
    if action == A_TRIGGER_HEAD:
        return _trigger_head(b, base)
    if action == A_CREATE_TRIGGER:
        h = cast(TriggerHead, values[base + 1])
        body = tuple(cast(list[ast.Statement], values[base + 3]))
        return ast.CreateTrigger(
            start,
            end,
            h.temporary,
            h.if_not_exists,
            h.name,
            h.time,
            h.event.event,
            h.event.columns,
            h.table,
            h.for_each_row,
            h.when,
            body,
        )
    if action == A_INSTEAD_OF:
        return "INSTEAD OF"
    if action == A_TRIGGER_EVENT:
        return TriggerEvent(cast(str, values[base]), ())
    if action == A_TRIGGER_EVENT_OF:
        return TriggerEvent("UPDATE", names(values[base + 2]))
    if action in (A_STEP_INDEXED, A_STEP_NOT_INDEXED):
        words = "INDEXED BY" if action == A_STEP_INDEXED else "NOT INDEXED"
        message = f"the {words} clause is not allowed on UPDATE or DELETE statements within triggers"
        raise b.fail(message, base)
    return _step(b, action, base, start, end)


def _trigger_head(b: SyntaxBuilder, base: i64) -> TriggerHead:
    """temporary TRIGGER if_not_exists name database time event ON table for_each_row when."""
    values = b.values
    temporary = cast(bool, values[base])
    name = _qualified_at(b, base + 3)
    if temporary and name.schema is not None:
        raise b.fail("temporary trigger may not have qualified name", base + 3)
    return TriggerHead(
        temporary,
        cast(bool, values[base + 2]),
        name,
        text_or_empty(values[base + 5]),
        cast(TriggerEvent, values[base + 6]),
        cast(ast.QualifiedName, values[base + 8]),
        cast(bool, values[base + 9]),
        cast(ast.Expression | None, values[base + 10]),
    )


def _step(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> ast.Statement:
    """A statement of a trigger's body; some clauses are not allowed there."""
    values = b.values
    target_at = base + 2
    target = cast(Target, values[target_at])
    if action == A_STEP_UPDATE:
        sources = cast(Sources | None, values[base + 6])
        return ast.Update(
            start,
            end,
            None,
            cast(str, values[base + 1]),
            changed_table(b, target_at, base + 3),
            tuple(cast(list[ast.Assignment], values[base + 5])),
            sources.source if sources is not None else None,
            cast(ast.Expression | None, values[base + 7]),
            (),
        )
    if action == A_STEP_DELETE:
        where = cast(ast.Expression | None, values[base + 4])
        return ast.Delete(start, end, None, changed_table(b, target_at, base + 3), where, ())
    assert action == A_STEP_INSERT
    if cast(Upserts, values[base + 5]).returning:
        raise b.fail("cannot use RETURNING in a trigger", base + 5)
    return insert(b, start, end, None, cast(str, values[base]), target, names(values[base + 3]), base + 4)


# -------------------------------------------------------------------------------------------------- ALTER


def _alter(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> object:
    values = b.values
    table = cast(ast.QualifiedName, values[base + 2])
    if action == A_ALTER_RENAME_TABLE:
        return ast.AlterRenameTable(start, end, table, cast(ast.Name, values[base + 5]))
    if action == A_ALTER_RENAME_COLUMN:
        new_name = cast(ast.Name, values[base + 7])
        return ast.AlterRenameColumn(start, end, table, cast(ast.Name, values[base + 5]), new_name)
    if action == A_ALTER_ADD_COLUMN:
        return ast.AlterAddColumn(start, end, table, cast(ast.ColumnDefinition, values[base + 5]))
    if action == A_ALTER_DROP_COLUMN:
        return ast.AlterDropColumn(start, end, table, cast(ast.Name, values[base + 5]))
    if action == A_ALTER_DROP_CONSTRAINT:
        return ast.AlterDropConstraint(start, end, table, cast(ast.Name, values[base + 5]))
    if action == A_ALTER_SET_NOT_NULL:
        return ast.AlterSetNotNull(
            start, end, table, cast(ast.Name, values[base + 5]), cast(str, values[base + 9])
        )
    if action == A_ALTER_DROP_NOT_NULL:
        return ast.AlterDropNotNull(start, end, table, cast(ast.Name, values[base + 5]))
    check_start = b.starts[base + 4]
    name: ast.Name | None = None
    at = base + 6
    if action == A_ALTER_ADD_NAMED_CHECK:
        name = cast(ast.Name, values[base + 5])
        at = base + 8
    else:
        assert action == A_ALTER_ADD_CHECK
    expression = cast(ast.Expression, values[at])
    check = ast.TableCheck(check_start, end, name, expression, cast(str, values[at + 2]))
    return ast.AlterAddConstraint(start, end, table, check)
