"""Actions of change.lark: INSERT, UPDATE and DELETE."""

from __future__ import annotations

from typing import cast

from mypy_extensions import i64

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.actions.build_query import chosen_index, with_clause
from foundrydb.compiler.syntax.actions.builder import SyntaxBuilder, names, order_terms, result_columns
from foundrydb.compiler.syntax.actions.parts import IndexChoice, Sources, Target, Upserts, WhereReturning
from foundrydb.compiler.syntax.symbols import (
    A_ASSIGNMENT,
    A_DELETE,
    A_INSERT,
    A_INSERT_DEFAULT,
    A_NO_UPSERTS,
    A_RETURNING_ONLY,
    A_ROW_ASSIGNMENT,
    A_TARGET,
    A_TARGET_ALIAS,
    A_UPDATE,
    A_UPSERT_ANY_NOTHING,
    A_UPSERT_ANY_UPDATE,
    A_UPSERT_NOTHING,
    A_UPSERT_UPDATE,
    A_UPSERTS_RETURNING,
    A_WHERE_ONLY,
    A_WHERE_RETURNING,
    A_WHERE_RETURNING_NONE,
    A_WITH,
    A_WITH_RECURSIVE,
)


def change_action(b: SyntaxBuilder, action: i64, base: i64, last: i64) -> object:
    """Run an action of change.lark on the symbols from ``base`` to ``last``."""
    start = b.starts[base]
    end = b.ends[last]
    values = b.values
    if action in (A_INSERT, A_INSERT_DEFAULT):
        return _insert(b, action, base, start, end)
    if action == A_NO_UPSERTS:
        return Upserts(())
    if action == A_TARGET:
        return Target(cast(ast.QualifiedName, values[base]), None)
    if action == A_TARGET_ALIAS:
        return Target(cast(ast.QualifiedName, values[base]), cast(ast.Name, values[base + 2]))
    if action in (A_ASSIGNMENT, A_ROW_ASSIGNMENT):
        return _assignment(b, action, base, start, end)
    if action == A_UPDATE:
        return _update(b, base, start, end)
    if action == A_DELETE:
        rest = cast(WhereReturning, values[base + 5])
        table = changed_table(b, base + 3, base + 4)
        return ast.Delete(start, end, cast(ast.With | None, values[base]), table, rest.where, rest.returning)
    if action == A_WITH:
        return with_clause(b, base, base + 1, False)
    if action == A_WITH_RECURSIVE:
        return with_clause(b, base, base + 2, True)
    if action == A_WHERE_RETURNING_NONE:
        return WhereReturning(None, ())
    if action == A_WHERE_ONLY:
        return WhereReturning(cast(ast.Expression, values[base + 1]), ())
    if action == A_RETURNING_ONLY:
        return WhereReturning(None, result_columns(values[base + 1]))
    if action == A_WHERE_RETURNING:
        return WhereReturning(cast(ast.Expression, values[base + 1]), result_columns(values[base + 3]))
    return _upserts(b, action, base, start)


def changed_table(b: SyntaxBuilder, target_at: i64, index_at: i64) -> ast.TableSource:
    """The table that UPDATE or DELETE changes, with its alias and index."""
    target = cast(Target, b.values[target_at])
    choice = b.values[index_at]
    indexed_by = chosen_index(choice) if choice is not None else None
    not_indexed = isinstance(choice, IndexChoice) and choice.name is None
    start = b.starts[target_at]
    end = b.ends[target_at] if choice is None else b.ends[index_at]
    return ast.TableSource(start, end, target.name, target.alias, indexed_by, not_indexed)


def _insert(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> ast.Insert:
    """with, word, INTO, target, columns, then a query and upserts, or DEFAULT VALUES returning."""
    values = b.values
    with_ = cast(ast.With | None, values[base])
    conflict = cast(str, values[base + 1])
    target = cast(Target, values[base + 3])
    columns = names(values[base + 4])
    if action == A_INSERT_DEFAULT:
        returning = result_columns(values[base + 7])
        return ast.Insert(
            start, end, with_, conflict, target.name, target.alias, columns, None, (), returning
        )
    return insert(b, start, end, with_, conflict, target, columns, base + 5)


def insert(
    b: SyntaxBuilder,
    start: i64,
    end: i64,
    with_: ast.With | None,
    conflict: str,
    target: Target,
    columns: tuple[ast.Name, ...],
    select_at: i64,
) -> ast.Insert:
    """INSERT with a query at symbol ``select_at`` and the upserts after it."""
    select = cast(ast.Select, b.values[select_at])
    upserts = cast(Upserts, b.values[select_at + 1])
    clauses = tuple(upserts.clauses[::-1])
    return ast.Insert(
        start, end, with_, conflict, target.name, target.alias, columns, select, clauses, upserts.returning
    )


def _upserts(b: SyntaxBuilder, action: i64, base: i64, start: i64) -> Upserts:
    """ON CONFLICT clauses: each finds those that follow it already made."""
    values = b.values
    if action == A_UPSERTS_RETURNING:
        return Upserts(result_columns(values[base + 1]))
    if action in (A_UPSERT_UPDATE, A_UPSERT_NOTHING):
        targets = order_terms(values[base + 3])
        target_where = cast(ast.Expression | None, values[base + 5])
        assignments: tuple[ast.Assignment, ...] = ()
        where: ast.Expression | None = None
        rest_at = base + 8
        if action == A_UPSERT_UPDATE:
            assignments = tuple(cast(list[ast.Assignment], values[base + 9]))
            where = cast(ast.Expression | None, values[base + 10])
            rest_at = base + 11
        rest = cast(Upserts, values[rest_at])
        clause_end = b.ends[rest_at - 1]
        rest.clauses.append(ast.Upsert(start, clause_end, targets, target_where, assignments, where))
        return rest
    if action == A_UPSERT_ANY_NOTHING:
        rest = Upserts(result_columns(values[base + 4]))
        rest.clauses.append(ast.Upsert(start, b.ends[base + 3], (), None, (), None))
        return rest
    assert action == A_UPSERT_ANY_UPDATE
    rest = Upserts(result_columns(values[base + 7]))
    assignments = tuple(cast(list[ast.Assignment], values[base + 5]))
    where = cast(ast.Expression | None, values[base + 6])
    rest.clauses.append(ast.Upsert(start, b.ends[base + 6], (), None, assignments, where))
    return rest


def _update(b: SyntaxBuilder, base: i64, start: i64, end: i64) -> ast.Update:
    """with UPDATE conflict target index SET assignments from where."""
    values = b.values
    rest = cast(WhereReturning, values[base + 8])
    sources = cast(Sources | None, values[base + 7])
    return ast.Update(
        start,
        end,
        cast(ast.With | None, values[base]),
        cast(str, values[base + 2]),
        changed_table(b, base + 3, base + 4),
        tuple(cast(list[ast.Assignment], values[base + 6])),
        sources.source if sources is not None else None,
        rest.where,
        rest.returning,
    )


def _assignment(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> ast.Assignment:
    """column = value, or (columns) = row, whose lengths must agree where the text shows them."""
    if action == A_ASSIGNMENT:
        column = cast(ast.Name, b.values[base])
        return ast.Assignment(start, end, (column,), False, cast(ast.Expression, b.values[base + 2]))
    columns = names(b.values[base + 1])
    value = cast(ast.Expression, b.values[base + 4])
    if not isinstance(value, ast.Subquery):
        count = len(value.items) if isinstance(value, ast.RowValue) else 1
        if count != len(columns):
            raise b.fail(f"{len(columns)} columns assigned {count} values", base)
    return ast.Assignment(start, end, columns, True, value)
