"""Partial indexes: whether a query's conditions make sure that the index holds every row wanted.

Before (i is an index on t(a) WHERE b > 5 OR c IS NOT NULL)::

    Filter t.a = 1 AND t.c + 1 < 9
      Scan t

After::

    Filter t.c + 1 < 9
      IndexScan t using i (a = 1)

Only what can be seen from the form counts, as in SQLite (https://sqlite.org/partialindex.html, section 3): each term of
the index's condition is among the query's, or is an OR with such an alternative, or is ``x IS NOT NULL`` where a
condition of the query is never true for a NULL x. An OR of the query makes sure of what each of its alternatives does:
SQLite would search for each by itself.
"""

from __future__ import annotations

from foundrydb.compiler.bind.bound import (
    Between,
    Binary,
    Collate,
    Compare,
    Expr,
    InList,
    InQuery,
    IsNull,
    Literal,
    Logic,
    Unary,
)
from foundrydb.compiler.bind.properties import conjuncts, same


def implied(condition: Expr | None, terms: list[Expr]) -> bool:
    """Whether ``condition`` holds wherever all the terms hold, be it that they never do."""
    if any([isinstance(term, Literal) and term.value is None for term in terms]):
        return True
    return all(any(follows(wanted, term) for term in terms) for wanted in conjuncts(condition))


def follows(wanted: Expr, term: Expr) -> bool:
    """Whether a condition holds wherever ``term`` holds."""
    if same(wanted, term):
        return True
    if isinstance(term, Logic):
        enough = all if term.op == "OR" else any
        if enough(follows(wanted, part) for part in term.terms):
            return True
    if isinstance(wanted, Logic) and wanted.op == "OR":
        return any(follows(alternative, term) for alternative in wanted.terms)
    if isinstance(wanted, Logic):
        return all(follows(part, term) for part in wanted.terms)
    return isinstance(wanted, IsNull) and wanted.negated and excludes_null(term, wanted.operand)


def excludes_null(term: Expr, operand: Expr) -> bool:
    """Whether a condition can only hold where ``operand`` is not NULL."""
    if isinstance(term, IsNull):
        return term.negated and null_with(term.operand, operand)
    if isinstance(term, Between):
        if term.negated:
            return null_with(term.operand, operand)
        return any(null_with(part, operand) for part in (term.operand, term.low, term.high))
    if isinstance(term, (InList, InQuery)):
        # Nothing is IN an empty set, and everything, NULL too, is NOT IN it.
        return not term.negated and null_with(term.operand, operand)
    return null_with(term, operand)


def null_with(expr: Expr, operand: Expr) -> bool:
    """Whether an expression is NULL where ``operand`` is."""
    if same(expr, operand):
        return True
    if isinstance(expr, (Unary, Collate)):
        return null_with(expr.operand, operand)
    if isinstance(expr, Binary) or (isinstance(expr, Compare) and expr.op not in ("IS", "IS NOT")):
        return null_with(expr.left, operand) or null_with(expr.right, operand)
    return False
