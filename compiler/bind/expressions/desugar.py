"""What SQLite's parser makes of an expression before any name is looked up.

A literal ``IS NULL`` is the integer 0 to it, and an AND with an integer 0 for an operand is 0, unless a function is
called in it.  A name within is never looked up then, and such an expression counts as a number in ORDER BY and
GROUP BY.  ``x IN ()`` is the word false to it, and so is a truth test to the right of IS.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import without_collate

_INT32: Final = 2**31


def conjunction_start(parts: list[ast.Expression]) -> int:
    """How many of the first operands of ``a AND b AND …`` have become 0 together; 0 for none.

    parts: the operands, the last one first.
    """
    if not any([_written(part) == 0 for part in parts]):
        return 0
    folded = 0
    false = False
    for i, part in enumerate(reversed(parts)):
        if calls_function(part):
            break
        false = false or _written(part) == 0
        if false and i > 0:
            folded = i + 1
    return folded


def written_integer(node: ast.Expression) -> int | None:
    """The integer that an expression is to the parser, None for any other expression."""
    if isinstance(node, ast.Integer):
        return node.value
    if isinstance(node, ast.IsNull) or (isinstance(node, ast.Binary) and node.operator == "AND"):
        return _written(node)
    return None


def conjuncts_reversed(node: ast.Binary) -> list[ast.Expression]:
    """The operands of a chain of ANDs, or of ORs, the last one first."""
    parts: list[ast.Expression] = []
    first: ast.Expression = node
    while isinstance(first, ast.Binary) and first.operator == node.operator:
        parts.append(first.right)
        first = first.left
    parts.append(first)
    return parts


def certain_truth(node: ast.Expression) -> bool | None:
    """What an expression is without being evaluated, None where that has to be seen."""
    if isinstance(node, ast.Binary) and node.operator in ("AND", "OR"):
        decisive = node.operator == "OR"
        left, right = certain_truth(node.left), certain_truth(node.right)
        if decisive in (left, right):
            return decisive
        return None if None in (left, right) else not decisive
    if is_truth_word(node):
        return isinstance(node, ast.Column) and fold(node.column.text) == "true"
    value = _written(node)
    return None if value is None or value >= _INT32 else value != 0


def field_by_field(condition: ast.Expression) -> ast.Expression:
    """A condition of WHERE or ON as SQLite searches by it: equal rows that hold rows are equal in each field.

    Anywhere else a row within a row is a mistake.
    """
    parts = [condition]
    first = condition
    while isinstance(first, ast.Binary) and first.operator == "AND":
        parts[-1] = first.right
        first = first.left
        parts.append(first)
    if not any([_equal_rows_of_rows(part) for part in parts]):
        return condition
    terms: list[ast.Expression] = []
    while parts:
        part = parts.pop()
        pairs = _equal_rows_of_rows(part)
        if pairs:
            parts.extend(reversed(pairs))
        else:
            terms.append(part)
    whole = terms[0]
    for term in terms[1:]:
        whole = ast.Binary(condition.start, condition.end, "AND", whole, term)
    return whole


def _equal_rows_of_rows(node: ast.Expression) -> list[ast.Expression]:
    """The comparisons of the fields, where rows of one width that hold rows are compared for equality."""
    if not isinstance(node, ast.Binary) or node.operator not in ("=", "IS"):
        return []
    left, right = node.left, node.right
    if not isinstance(left, ast.RowValue) or not isinstance(right, ast.RowValue):
        return []
    if len(left.items) != len(right.items) or all([written_width(item) == 1 for item in left.items]):
        return []
    return [ast.Binary(node.start, node.end, node.operator, x, y) for x, y in zip(left.items, right.items)]


def for_one_row(select: ast.Select) -> ast.Select:
    """A subquery that stands for a value, with the LIMIT 1 that SQLite gives it; it only matters to compounds."""
    if select.limit is not None or select.order_by or not isinstance(select.body, ast.Compound):
        return select
    one = ast.Integer(select.end, select.end, "1", 1)
    return ast.Select(select.start, select.end, select.with_, select.body, (), one, None)


def is_truth_word(node: ast.Expression) -> bool:
    """Whether an expression is the bare word true or false, or has become it, COLLATE or not."""
    node = without_collate(node)
    if isinstance(node, ast.InList):
        return _written(node) is not None
    if not isinstance(node, ast.Column) or node.table is not None or node.column.quote != "":
        return False
    return fold(node.column.text) in ("true", "false")


def calls_function(node: ast.Node) -> bool:
    """Whether a function is called in an expression, subqueries aside."""
    if isinstance(node, (ast.Call, ast.Like, ast.CurrentTime)):
        return True
    if isinstance(node, ast.Binary) and node.operator in ("->", "->>"):
        return True
    return not isinstance(node, ast.Select) and any([calls_function(child) for child in node.children()])


def written_width(node: ast.Expression) -> int:
    """How many values an operand has, as it is written, where a star is one."""
    if isinstance(node, ast.RowValue):
        return len(node.items)
    if not isinstance(node, ast.Subquery):
        return 1
    body = _last_term(node.select)
    if isinstance(body, ast.Values):
        return len(body.rows[0].values)
    return len(body.columns) if isinstance(body, ast.SelectCore) else 1


def has_star(node: ast.Expression) -> bool:
    """Whether how many values an operand has follows from the tables that a subquery reads."""
    if not isinstance(node, ast.Subquery):
        return False
    body = _last_term(node.select)
    return isinstance(body, ast.SelectCore) and any(
        [isinstance(column, (ast.ResultStar, ast.ResultTableStar)) for column in body.columns]
    )


def _last_term(select: ast.Select) -> ast.SelectBody:
    """The SELECT or VALUES of a query that SQLite counts the columns of."""
    body = select.body
    return body.rest[-1].term if isinstance(body, ast.Compound) else body


def _written(node: ast.Expression) -> int | None:
    """The integer that an expression is to the parser, as ``written_integer``; none where its digits are grouped."""
    if isinstance(node, ast.Integer):
        return None if "_" in node.text else node.value
    if isinstance(node, ast.IsNull):
        operand = node.operand
        while isinstance(operand, ast.IsNull):
            operand = operand.operand
        known = _is_literal(operand)
    elif isinstance(node, ast.InList):
        known = not node.items and not calls_function(node.operand)
    else:
        return 0 if _is_false_conjunction(node) else None
    return (1 if node.negated else 0) if known else None


def _is_false_conjunction(node: ast.Expression) -> bool:
    """Whether an expression is an AND with an integer 0 for an operand, and without calls."""
    if not isinstance(node, ast.Binary) or node.operator != "AND":
        return False
    parts = conjuncts_reversed(node)
    return any([_written(part) == 0 for part in parts]) and not calls_function(node)


def _is_literal(node: ast.Expression) -> bool:
    """Whether an expression is a literal other than NULL, signs aside, or has become one."""
    while isinstance(node, ast.Unary) and node.operator in ("-", "+"):
        node = node.operand
    if isinstance(node, (ast.Float, ast.String, ast.Blob)):
        return True
    return written_integer(node) is not None
