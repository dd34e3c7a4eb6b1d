"""Actions of schema.lark that make columns and constraints.

CONSTRAINT name stands in the list as an item of its own, before the constraint that it names; the constraint's
action finds the list just below itself on the stack and takes the name from there.  As in SQLite, a CHECK without
a name of its own goes by the last one of its column (or since the last comma of the table's constraints).
"""

from __future__ import annotations

from typing import cast

from mypy_extensions import i64

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.actions.builder import SyntaxBuilder, names, order_terms
from foundrydb.compiler.syntax.actions.parts import ConstraintName, Deferral, ReferenceArgument
from foundrydb.compiler.syntax.symbols import (
    A_APPEND_CONSTRAINT,
    A_CAST_TYPE,
    A_COLUMN_CHECK,
    A_COLUMN_COLLATE,
    A_COLUMN_DEFINITION,
    A_COLUMN_GENERATED,
    A_COLUMN_GENERATED_ALWAYS,
    A_COLUMN_NOT_NULL,
    A_COLUMN_NULL,
    A_COLUMN_PRIMARY_KEY,
    A_COLUMN_REFERENCES,
    A_COLUMN_UNIQUE,
    A_CONSTRAINT_NAME,
    A_DEFAULT,
    A_DEFAULT_EXPRESSION,
    A_DEFAULT_MINUS,
    A_DEFAULT_PLUS,
    A_DEFAULT_WORD,
    A_DEFERRABLE,
    A_NO_ACTION,
    A_NOT_DEFERRABLE,
    A_REFERENCE_ACTION,
    A_REFERENCE_MATCH,
    A_SET_DEFAULT,
    A_SET_NULL,
    A_STORAGE_WORD,
    A_TABLE_CHECK,
    A_TABLE_FOREIGN_KEY,
    A_TABLE_PRIMARY_KEY,
    A_TABLE_UNIQUE,
    A_TYPE,
)
from foundrydb.errors import error, unsupported_nulls


def table_action(b: SyntaxBuilder, action: i64, base: i64, last: i64) -> object:
    """Run an action of a column or a constraint on the symbols from ``base`` to ``last``."""
    start = b.starts[base]
    end = b.ends[last]
    values = b.values
    if action == A_COLUMN_DEFINITION:
        return _column_definition(b, base, start, end)
    if action == A_TYPE:
        return ast.TypeName(start, end, b.sql[start:end])
    if action == A_CAST_TYPE:
        return values[base] if values[base] is not None else ast.TypeName(end, end, "")
    if action == A_CONSTRAINT_NAME:
        return ConstraintName(cast(ast.Name, values[base + 1]), start)
    if action >= A_DEFAULT and action <= A_COLUMN_GENERATED:
        return _column_constraint(b, action, base, start, end)
    if action >= A_TABLE_PRIMARY_KEY and action <= A_TABLE_FOREIGN_KEY:
        return _table_constraint(b, action, base, start, end)
    if action == A_APPEND_CONSTRAINT:
        return _append_constraint(b, base)
    if action == A_DEFAULT_WORD:
        return ast.Word(start, end, b.name(base))
    if action == A_STORAGE_WORD:
        return b.text(base)
    if action == A_REFERENCE_MATCH:
        return ReferenceArgument("MATCH", "", cast(ast.Name, values[base + 1]))
    if action == A_REFERENCE_ACTION:
        return ReferenceArgument(cast(str, values[base + 1]), cast(str, values[base + 2]), None)
    if action == A_SET_NULL:
        return "SET NULL"
    if action == A_SET_DEFAULT:
        return "SET DEFAULT"
    if action == A_NO_ACTION:
        return "NO ACTION"
    return _deferral(b, action, base, end)


# ------------------------------------------------------------------------------------------------ columns


def _column_definition(b: SyntaxBuilder, base: i64, start: i64, end: i64) -> ast.ColumnDefinition:
    """name type constraints."""
    name = cast(ast.Name, b.values[base])
    listed = cast(list[object], b.values[base + 2])
    constraints = [c for c in listed if isinstance(c, ast.ColumnConstraint)]
    last = _own_name(listed)
    if last is not None:
        constraints.append(ast.ColumnConstraintName(last.start, last.name.end, last.name))
    for constraint in constraints:
        if isinstance(constraint, ast.ColumnGenerated) and constraint.storage not in (
            "",
            "VIRTUAL",
            "STORED",
        ):
            message = f'error in generated column "{name.text}"'
            raise error(message).at(constraint.start, constraint.end - constraint.start, b.sql)
    type_name = cast(ast.TypeName | None, b.values[base + 1])
    if type_name is not None and type_name.text[-6:].lower() == "always" and len(type_name.text) >= 16:
        type_name = _without_generated(type_name)
    return ast.ColumnDefinition(start, end, name, type_name, tuple(constraints))


def _without_generated(type_name: ast.TypeName) -> ast.TypeName | None:
    """The type before GENERATED ALWAYS, which the grammar reads as two more words of a type."""
    text = type_name.text[:-6].rstrip()
    if text[-9:].lower() == "generated":
        text = text[:-9].rstrip()
    return ast.TypeName(type_name.start, type_name.start + len(text), text) if text else None


def _own_name(listed: list[object]) -> ConstraintName | None:
    """The CONSTRAINT name that stands right before the constraint being made."""
    if listed:
        item = listed[len(listed) - 1]
        if isinstance(item, ConstraintName):
            return item
    return None


def _earlier_name(listed: list[object]) -> ast.Name | None:
    """The last CONSTRAINT name in the list, wherever it stands."""
    for item in listed[::-1]:
        if isinstance(item, ConstraintName):
            return item.name
    return None


def _column_constraint(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> object:
    values = b.values
    listed = cast(list[object], values[base - 1])
    own = _own_name(listed)
    name = own.name if own is not None else None
    if own is not None:
        start = own.start
    if action <= A_DEFAULT_EXPRESSION:
        return _default(b, action, base, start, end, name)
    if action == A_COLUMN_NOT_NULL:
        return ast.ColumnNotNull(start, end, name, cast(str, values[base + 2]))
    if action == A_COLUMN_PRIMARY_KEY:
        conflict = cast(str, values[base + 3])
        descending = values[base + 2] == "DESC"
        return ast.ColumnPrimaryKey(start, end, name, descending, conflict, cast(bool, values[base + 4]))
    if action == A_COLUMN_UNIQUE:
        return ast.ColumnUnique(start, end, name, cast(str, values[base + 1]))
    if action == A_COLUMN_CHECK:
        name = name if name is not None else _earlier_name(listed)
        return ast.ColumnCheck(start, end, name, cast(ast.Expression, values[base + 2]))
    if action == A_COLUMN_REFERENCES:
        return ast.ColumnReferences(start, end, name, _reference(b, base, base + 3, None))
    if action == A_COLUMN_COLLATE:
        return ast.ColumnCollate(start, end, name, cast(ast.Name, values[base + 1]))
    if action == A_COLUMN_NULL:
        return ast.ColumnNull(start, end, name, cast(str, values[base + 1]))
    at = base + 4 if action == A_COLUMN_GENERATED_ALWAYS else base + 2
    storage = cast(str, values[at + 2]).upper() if values[at + 2] is not None else ""
    return ast.ColumnGenerated(start, end, name, cast(ast.Expression, values[at]), storage)


def _default(
    b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64, name: ast.Name | None
) -> ast.ColumnDefault:
    """DEFAULT in its five forms."""
    if action == A_DEFAULT:
        return ast.ColumnDefault(start, end, name, cast(ast.Expression, b.values[base + 1]), False)
    value = cast(ast.Expression, b.values[base + 2])
    if action == A_DEFAULT_EXPRESSION:
        return ast.ColumnDefault(start, end, name, value, True)
    assert action in (A_DEFAULT_PLUS, A_DEFAULT_MINUS)
    operator = "+" if action == A_DEFAULT_PLUS else "-"
    signed = ast.Unary(b.starts[base + 1], end, operator, value)
    return ast.ColumnDefault(start, end, name, signed, False)


# -------------------------------------------------------------------------------------------- foreign keys


def _reference(
    b: SyntaxBuilder, base: i64, arguments_at: i64, deferral: Deferral | None
) -> ast.ForeignKeyReference:
    """REFERENCES table columns arguments, from symbol ``base`` on."""
    on_delete = ""
    on_update = ""
    match: ast.Name | None = None
    for argument in cast(list[ReferenceArgument], b.values[arguments_at]):
        if argument.match is not None:
            match = argument.match
        elif argument.event == "DELETE":
            on_delete = argument.action
        elif argument.event == "UPDATE":
            on_update = argument.action
    deferrable = deferral.deferrable if deferral is not None else ""
    initially = deferral.initially if deferral is not None else ""
    end = b.ends[arguments_at] if deferral is None else b.ends[arguments_at + 1]
    table = cast(ast.Name, b.values[base + 1])
    columns = names(b.values[base + 2])
    return ast.ForeignKeyReference(
        b.starts[base], end, table, columns, on_delete, on_update, match, deferrable, initially
    )


def _deferral(b: SyntaxBuilder, action: i64, base: i64, end: i64) -> object:
    """[NOT] DEFERRABLE: a table's foreign key takes it; a column's has been made, and is replaced in the list."""
    at = base + 2 if action == A_NOT_DEFERRABLE else base + 1
    word = "NOT DEFERRABLE" if action == A_NOT_DEFERRABLE else "DEFERRABLE"
    assert action in (A_NOT_DEFERRABLE, A_DEFERRABLE)
    deferral = Deferral(word, cast(str, b.values[at]))
    below = b.values[base - 1]
    if isinstance(below, list):
        for i in range(len(below) - 1, -1, -1):
            item = below[i]
            if isinstance(item, ast.ColumnReferences):
                r = item.reference
                new = ast.ForeignKeyReference(
                    r.start,
                    end,
                    r.table,
                    r.columns,
                    r.on_delete,
                    r.on_update,
                    r.match,
                    word,
                    deferral.initially,
                )
                below[i] = ast.ColumnReferences(item.start, end, item.name, new)
                break
    return deferral


# --------------------------------------------------------------------------------------- table constraints


def _constraints_below(b: SyntaxBuilder, base: i64) -> list[object]:
    """The constraints that stand before the one whose symbols begin at ``base``, since the last comma."""
    below = b.values[base - 1]
    if below is False:
        return cast(list[object], b.values[base - 2])
    return []


def _append_constraint(b: SyntaxBuilder, base: i64) -> list[object]:
    """list comma constraint; a comma ends the reach of a CONSTRAINT name."""
    listed = cast(list[object], b.values[base])
    if b.values[base + 1]:
        listed = [item for item in listed if not isinstance(item, ConstraintName)]
    listed.append(b.values[base + 2])
    return listed


def _table_constraint(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> object:
    values = b.values
    listed = _constraints_below(b, base)
    own = _own_name(listed)
    name = own.name if own is not None else None
    if own is not None:
        start = own.start
    if action == A_TABLE_PRIMARY_KEY:
        columns = key_columns(b, base + 3)
        conflict = cast(str, values[base + 6])
        return ast.TablePrimaryKey(start, end, name, columns, cast(bool, values[base + 4]), conflict)
    if action == A_TABLE_UNIQUE:
        return ast.TableUnique(start, end, name, key_columns(b, base + 2), cast(str, values[base + 4]))
    if action == A_TABLE_CHECK:
        name = name if name is not None else _earlier_name(listed)
        return ast.TableCheck(
            start, end, name, cast(ast.Expression, values[base + 2]), cast(str, values[base + 4])
        )
    assert action == A_TABLE_FOREIGN_KEY
    deferral = cast(Deferral | None, values[base + 9])
    reference = _reference(b, base + 5, base + 8, deferral)
    return ast.TableForeignKey(start, end, name, names(values[base + 3]), reference)


def key_columns(b: SyntaxBuilder, i: i64) -> tuple[ast.OrderTerm, ...]:
    """The columns of an index or a key, where NULLS FIRST and LAST are refused."""
    terms = order_terms(b.values[i])
    for term in terms:
        if term.nulls:
            raise unsupported_nulls(term.nulls).at(term.start, term.end - term.start, b.sql)
    return terms
