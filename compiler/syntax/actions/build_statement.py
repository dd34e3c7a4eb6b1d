"""Actions of sql.lark: names, transactions, PRAGMA and what is done to the database as such."""

from __future__ import annotations

from typing import cast

from mypy_extensions import i64

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.actions.build_expression import floating, integer
from foundrydb.compiler.syntax.actions.builder import SyntaxBuilder, text_or_empty
from foundrydb.compiler.syntax.symbols import (
    A_ANALYZE,
    A_ANALYZE_ALL,
    A_ATTACH,
    A_BEGIN,
    A_COMMIT,
    A_DETACH,
    A_EXPLAINED,
    A_FLOAT,
    A_INTEGER,
    A_KEYWORD_WORD,
    A_NAME,
    A_NEGATIVE,
    A_PRAGMA,
    A_PRAGMA_WITH_VALUE,
    A_QUALIFIED,
    A_QUALIFIED_WITH_SCHEMA,
    A_REINDEX,
    A_REINDEX_ALL,
    A_RELEASE,
    A_ROLLBACK,
    A_ROLLBACK_TO,
    A_SAVEPOINT,
    A_STATEMENT,
    A_VACUUM,
    A_VACUUM_SCHEMA,
    A_WORD,
)


def statement_action(b: SyntaxBuilder, action: i64, base: i64, last: i64) -> object:
    """Run an action of sql.lark on the symbols from ``base`` to ``last``."""
    if action == A_NAME:
        return b.name(base)
    start = b.starts[base]
    end = b.ends[last]
    values = b.values
    if action == A_INTEGER:
        return integer(b, base)
    if action == A_FLOAT:
        return floating(b, base)
    if action == A_STATEMENT:
        return values[base]
    if action == A_EXPLAINED:
        statement = cast(ast.Statement, values[base + 1])
        return ast.Explain(start, statement.end, cast(bool, values[base]), statement)
    if action == A_QUALIFIED:
        return ast.QualifiedName(start, end, None, cast(ast.Name, values[base]))
    if action == A_QUALIFIED_WITH_SCHEMA:
        return ast.QualifiedName(start, end, cast(ast.Name, values[base]), cast(ast.Name, values[base + 2]))
    if action <= A_ROLLBACK_TO:
        return _transaction(b, action, base, last, start, end)
    if action <= A_NEGATIVE:
        return _pragma(b, action, base, start, end)
    return _maintenance(b, action, base, start, end)


def _transaction(b: SyntaxBuilder, action: i64, base: i64, last: i64, start: i64, end: i64) -> object:
    if action == A_BEGIN:
        return ast.Begin(start, end, text_or_empty(b.values[base + 1]))
    if action == A_COMMIT:
        return ast.Commit(start, end)
    if action == A_ROLLBACK:
        return ast.Rollback(start, end)
    name = cast(ast.Name, b.values[last])
    if action == A_SAVEPOINT:
        return ast.Savepoint(start, end, name)
    if action == A_RELEASE:
        return ast.Release(start, end, name)
    assert action == A_ROLLBACK_TO
    return ast.RollbackTo(start, end, name)


def _pragma(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> object:
    values = b.values
    if action == A_PRAGMA:
        return ast.Pragma(start, end, cast(ast.QualifiedName, values[base + 1]), None, None)
    if action == A_PRAGMA_WITH_VALUE:
        value = cast(ast.Expression, values[base + 3])
        return ast.Pragma(start, end, cast(ast.QualifiedName, values[base + 1]), value, _value_text(value))
    if action == A_WORD:
        return ast.Word(start, end, cast(ast.Name, values[base]))
    if action == A_KEYWORD_WORD:
        return ast.Word(start, end, ast.Name(start, end, b.text(base), ""))
    assert action == A_NEGATIVE
    return ast.Unary(start, end, "-", cast(ast.Expression, values[base + 1]))


def _value_text(value: ast.Expression) -> str:
    """The value of a PRAGMA as the text that its code is given."""
    if isinstance(value, ast.Word):
        return value.name.text
    if isinstance(value, ast.Unary):
        return "-" + _value_text(value.operand)
    if isinstance(value, ast.Integer):
        return value.text
    return cast(ast.Float, value).text


def _maintenance(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> object:
    values = b.values
    if action == A_ATTACH:
        file = cast(ast.Expression, values[base + 2])
        schema = cast(ast.Expression, values[base + 4])
        return ast.Attach(start, end, file, schema, cast(ast.Expression | None, values[base + 5]))
    if action == A_DETACH:
        return ast.Detach(start, end, cast(ast.Expression, values[base + 2]))
    if action == A_VACUUM:
        return ast.Vacuum(start, end, None, cast(ast.Expression | None, values[base + 1]))
    if action == A_VACUUM_SCHEMA:
        schema_name = cast(ast.Name, values[base + 1])
        return ast.Vacuum(start, end, schema_name, cast(ast.Expression | None, values[base + 2]))
    if action == A_ANALYZE_ALL:
        return ast.Analyze(start, end, None)
    if action == A_ANALYZE:
        return ast.Analyze(start, end, cast(ast.QualifiedName, values[base + 1]))
    if action == A_REINDEX_ALL:
        return ast.Reindex(start, end, None)
    assert action == A_REINDEX
    return ast.Reindex(start, end, cast(ast.QualifiedName, values[base + 1]))
