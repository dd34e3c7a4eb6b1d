"""Questions about bound expressions: which sources they read, whether two say the same, what they contain.

Nothing here recurses, so that the depth of an expression does not matter.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.bound import (
    ROWID,
    AggregateCall,
    Between,
    Binary,
    Call,
    CaseBase,
    ColumnRef,
    Compare,
    Exists,
    Expr,
    InList,
    InQuery,
    IsNull,
    IsTruth,
    Literal,
    Logic,
    OutputColumn,
    Parameter,
    ScalarQuery,
    Source,
    Subquery,
    Unary,
    WindowCall,
)
from foundrydb.compiler.schema.objects import Table
from foundrydb.vm.functions.scalar import MARKING, Function

NEVER_FAILING: Final = frozenset(
    ("like", "glob", "length", "lower", "upper", "substr", "coalesce", "ifnull", "nullif", "typeof", "instr")
)
"""Functions of SQLite's that give a value for all values."""


def walk(expr: Expr) -> list[Expr]:
    """``expr`` and everything below it, parents first; subqueries' plans are not entered."""
    out: list[Expr] = []
    stack: list[Expr] = [expr]
    while stack:
        item = stack.pop()
        out.append(item)
        below = item.children()
        for i in range(len(below) - 1, -1, -1):
            stack.append(below[i])
    return out


def query_of(expr: Expr) -> Subquery | None:
    """The subquery that an expression holds itself, None for none."""
    if isinstance(expr, ScalarQuery):
        return expr.query
    if isinstance(expr, InQuery):
        return expr.query
    if isinstance(expr, Exists):
        return expr.query
    return None


def sources_in(expr: Expr) -> list[Source]:
    """The sources that an expression reads, each once; for a subquery in it, those outside the subquery."""
    if isinstance(expr, ColumnRef):
        return [expr.source]
    out: list[Source] = []
    stack: list[Expr] = [expr]
    while stack:
        item = stack.pop()
        if isinstance(item, Literal):
            continue
        if isinstance(item, ColumnRef):
            if item.source not in out:
                out.append(item.source)
            continue
        query = query_of(item)
        if query is not None:
            for source in query.outer:
                if source not in out:
                    out.append(source)
        stack.extend(item.children())
    return out


def reads_any(expr: Expr, sources: list[Source]) -> bool:
    """Whether an expression reads any of the sources."""
    return any(source in sources for source in sources_in(expr))


def reads_only(expr: Expr, sources: list[Source]) -> bool:
    """Whether an expression reads no other source than these."""
    return all(source in sources for source in sources_in(expr))


def has_subquery(expr: Expr) -> bool:
    """Whether an expression contains a subquery."""
    waiting: list[Expr] = [expr]
    while waiting:
        item = waiting.pop()
        if isinstance(item, (ColumnRef, Literal)):
            continue
        if query_of(item) is not None:
            return True
        waiting.extend(item.children())
    return False


def is_deterministic(expr: Expr) -> bool:
    """Whether an expression has the same value each time that it is evaluated over the same row.

    (Functions that are constant during a statement count as such; subqueries do.)
    """
    waiting: list[Expr] = [expr]
    while waiting:
        item = waiting.pop()
        if isinstance(item, (ColumnRef, Literal)):
            continue
        if isinstance(item, Call) and not item.function.flags & 3:
            return False
        waiting.extend(item.children())
    return True


def is_built_in(sequence: str) -> bool:
    """Whether collating sequences (one, or one for each column of rows) are SQLite's own, which never fail."""
    return all([name.upper() in ("", "BINARY", "NOCASE", "RTRIM") for name in sequence.split(",")])


def is_safe(expr: Expr) -> bool:
    """Whether no value of its columns and parameters makes an expression fail: comparisons and arithmetic."""
    for item in walk(expr):
        if isinstance(item, Compare):
            safe = is_built_in(item.sequence)
        elif isinstance(item, Between):
            safe = is_built_in(item.low_sequence) and is_built_in(item.high_sequence)
        elif isinstance(item, InList):
            safe = is_built_in(item.sequence)
        elif isinstance(item, Binary):
            safe = item.op != "||"
        else:
            safe = isinstance(item, (ColumnRef, IsNull, IsTruth, Literal, Logic, Parameter, Unary))
        if not safe:
            return False
    return True


def is_never_null(expr: Expr) -> bool:
    """Whether an expression is a column of a table that holds no NULLs."""
    if not isinstance(expr, ColumnRef) or expr.source.table is None:
        return False
    columns = expr.source.table.columns
    return expr.index == ROWID or (expr.index < len(columns) and columns[expr.index].not_null)


def finds_null(key: Expr) -> bool:
    """Whether a key of a search may find NULLs: IS NULL, and IS with something that may be NULL."""
    return isinstance(key, IsNull) or (isinstance(key, Compare) and key.op == "IS")


def may_fail(expr: Expr) -> bool:
    """Whether evaluating an expression might end in an error, as some functions and subqueries do."""
    waiting: list[Expr] = [expr]
    while waiting:
        item = waiting.pop()
        if isinstance(item, (ColumnRef, Literal)):
            continue
        if query_of(item) is not None:
            return True
        if isinstance(item, Call) and not is_constant(item):
            if item.function.name not in NEVER_FAILING or item.function.of_user:
                return True
        waiting.extend(item.children())
    return False


def is_constant(expr: Expr) -> bool:
    """Whether an expression has one value for the whole statement: no columns, no subqueries, deterministic."""
    waiting: list[Expr] = [expr]
    while waiting:
        item = waiting.pop()
        if isinstance(item, (ColumnRef, AggregateCall, WindowCall, CaseBase)) or query_of(item) is not None:
            return False
        if isinstance(item, Call) and not item.function.flags & 3:
            return False
        waiting.extend(item.children())
    return True


def same(a: Expr, b: Expr) -> bool:
    """Whether two expressions say the same, spans aside; subqueries only when they are the same object."""
    left: list[Expr] = [a]
    right: list[Expr] = [b]
    while left:
        x = left.pop()
        y = right.pop()
        if x is y:
            continue
        if type(x) is not type(y) or not x.agrees(y):
            return False
        below = x.children()
        other = y.children()
        if len(below) != len(other):
            return False
        left.extend(below)
        right.extend(other)
    return True


def conjuncts(expr: Expr | None) -> list[Expr]:
    """The terms of an AND, or the expression alone; none for None."""
    if expr is None:
        return []
    if isinstance(expr, Logic) and expr.op == "AND":
        return list(expr.terms)
    return [expr]


def conjunction(terms: list[Expr]) -> Expr | None:
    """AND over terms: None for no term, the term itself for one."""
    if not terms:
        return None
    if len(terms) == 1:
        return terms[0]
    flat: list[Expr] = []
    for term in terms:
        flat.extend(conjuncts(term))
    return Logic("AND", flat, flat[0].start, flat[-1].end)


def has_equality(terms: list[Expr]) -> bool:
    """Whether a condition is an equality, by which rows can be looked up."""
    return any([isinstance(term, Compare) and term.op in ("=", "IS") for term in terms])


def needs_subtype(expr: Expr) -> bool:
    """Whether an expression is made to have its subtype (``expressions/subtypes``)."""
    return isinstance(expr, Call) and expr.function.flags & MARKING != 0


def carries_subtype(expr: Expr) -> bool:
    """Whether the value of an expression may have a subtype."""
    return any([needs_subtype(part) for part in walk(expr)])


def makes_subtype(function: Function, args: list[Expr]) -> bool:
    """Whether what an aggregate makes of some arguments may have a subtype: its own, or that of the one it chose."""
    if function.flags & MARKING:
        return True
    return function.chooses_row and any([carries_subtype(arg) for arg in args])


def may_have_subtype(expr: Expr) -> bool:
    """Whether an expression is a column whose values may have a subtype."""
    if not isinstance(expr, ColumnRef) or expr.index < 0:
        return False
    if expr.source.columns[expr.index].subtyped:
        return True
    table = expr.source.table
    if table is None:
        return False
    column = table.columns[expr.index]
    return column.generated is not None and not column.stored


def with_subtype(column: OutputColumn) -> OutputColumn:
    """The column as one whose values may have a subtype."""
    return OutputColumn(
        column.name,
        column.affinity,
        column.collation,
        column.declared_type,
        column.hidden,
        column.not_null,
        column.explicit,
        True,
    )


def column_label(table: Table, index: int) -> str:
    """How a column of a table is called in a listing; index -1 is the rowid."""
    if index < 0:
        index = table.rowid_alias
        return "rowid" if index < 0 else table.columns[index].name
    return table.columns[index].name
