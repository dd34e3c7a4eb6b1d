"""ON CONFLICT clauses of INSERT: which constraint each is about, and what it does.

https://sqlite.org/lang_upsert.html
"""

from __future__ import annotations

from foundrydb.compiler.bind.binding import ordinal
from foundrydb.compiler.bind.bound import NONE, ROWID, Collate, ColumnRef, Expr, OutputColumn, Source
from foundrydb.compiler.bind.expressions.binders import bind
from foundrydb.compiler.bind.from_items import SourceItem, column_ref
from foundrydb.compiler.bind.properties import same
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.schema.row_expressions import index_filter, index_keys
from foundrydb.compiler.bind.scope import CommonTables, Scope
from foundrydb.compiler.bind.statements import Upsert
from foundrydb.compiler.bind.writes.assignments import assignments
from foundrydb.compiler.bind.writes.events import set_names
from foundrydb.compiler.bind.writes.kept_subtypes import kept_in_sets
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.compiler.syntax import ast
from foundrydb.errors import unsupported_nulls


def bind_upserts(
    b: QueryBinding,
    clauses: tuple[ast.Upsert, ...],
    table: Table,
    alias: str,
    ctes: CommonTables | None,
    gives_rowid: bool,
) -> list[Upsert]:
    """The ON CONFLICT clauses of an INSERT, in order.  gives_rowid: its rows say what their rowid is.

    Like SQLite it refuses NULLS FIRST and LAST in the first of them.
    """
    out: list[Upsert] = []
    for term in clauses[0].targets if clauses else ():
        if term.nulls:
            raise b.fail(unsupported_nulls(term.nulls).message, term)
    for i, clause in enumerate(clauses):
        which = "" if len(clauses) == 1 else f"{ordinal(i + 1)} "
        made = _upsert(b, clause, table, alias, ctes, which, gives_rowid)
        if made is not None:
            out.append(made)
    return out


def _upsert(
    b: QueryBinding,
    upsert: ast.Upsert,
    table: Table,
    alias: str,
    ctes: CommonTables | None,
    which: str,
    gives_rowid: bool,
) -> Upsert | None:
    """One clause; None where there can be no conflict: what it does is not even looked at then.

    which: how messages number it.

    The columns of ``excluded``, the row that could not be inserted, are plain values: they have neither affinity nor
    collation.
    """
    existing = b.table_source(table, alias)
    values = [
        OutputColumn(column.name, NONE, "", column.declared_type, subtyped=True) for column in table.columns
    ]
    excluded = b.new_source("excluded", values, table, table.schema)
    scope = Scope(b.around, b.new_source("aggregate", []), ctes, b.home)
    scope.outside_query = True
    scope.items.append(SourceItem(existing, alias, table.schema, not table.without_rowid))
    index = _target(b, upsert, existing, scope, which) if upsert.targets else None
    by_index = index is not None or (not upsert.targets and any(one.unique for one in table.indexes))
    if not by_index and not gives_rowid:
        return None
    if fold(alias) != "excluded":
        scope.items.append(SourceItem(excluded, "excluded", "*", not table.without_rowid, True))
    sets = kept_in_sets(assignments(b, upsert.assignments, table, scope))
    where = None if upsert.where is None else bind(b, upsert.where, scope)
    names = set_names(upsert.assignments)
    return Upsert(index, not upsert.targets, not names, sets, where, excluded, existing, names)


def _target(b: QueryBinding, upsert: ast.Upsert, existing: Source, scope: Scope, which: str) -> Index | None:
    """The unique index that ON CONFLICT (…) names; None for the rowid."""
    targets = [bind(b, term.expression, scope) for term in upsert.targets]
    where = None if upsert.target_where is None else bind(b, upsert.target_where, scope)
    if len(targets) == 1 and isinstance(targets[0], ColumnRef) and targets[0].index == ROWID:
        return None
    assert existing.table is not None
    for index in existing.table.indexes:
        if index.unique and _is_target(b, index, existing, targets) and _covers(b, index, existing, where):
            return index
    text = f"{which}ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint"
    raise b.fail(text, upsert)


def _is_target(b: QueryBinding, index: Index, existing: Source, targets: list[Expr]) -> bool:
    """Whether an index has exactly the keys (and, where given, collations) that ON CONFLICT lists."""
    if len(index.columns) != len(targets):
        return False
    expressions = index_keys(b, index, existing)
    for column, expression in zip(index.columns, expressions):
        key = column_ref(existing, column.column) if expression is None else expression
        if not any(_is_key(target, key, column.collation) for target in targets):
            return False
    return True


def _is_key(target: Expr, key: Expr, collation: str) -> bool:
    """Whether a term of ON CONFLICT is a key of an index with that collation."""
    if isinstance(target, Collate):
        return target.collation.upper() == collation.upper() and same(target.operand, key)
    return same(target, key)


def _covers(b: QueryBinding, index: Index, existing: Source, where: Expr | None) -> bool:
    """Whether an index is a full one, or its condition is the one that follows the target."""
    condition = index_filter(b, index, existing)
    return condition is None or (where is not None and same(condition, where))
