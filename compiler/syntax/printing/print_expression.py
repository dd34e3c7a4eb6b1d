"""How expressions are printed, and how tightly each binds."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import Node
from foundrydb.compiler.syntax.printing.layout import (
    PIECES,
    Parenthesized,
    Piece,
    Pieces,
    in_parentheses,
    listed,
)
from foundrydb.compiler.syntax.printing.lines import CLOSE, LINE, OPEN
from foundrydb.compiler.syntax.source import written_name

# How tightly an expression binds, the loosest first (the levels of grammar/expression.lark).
OR: Final = 1
AND: Final = 2
NOT: Final = 3
EQUALITY: Final = 4
COMPARISON: Final = 5
BITS: Final = 6
SUM: Final = 7
PRODUCT: Final = 8
CONCATENATION: Final = 9
COLLATED: Final = 10
SIGNED: Final = 11
PRIMARY: Final = 12

BINARY_LEVELS: Final[dict[str, int]] = {
    "OR": OR, "AND": AND, "=": EQUALITY, "!=": EQUALITY, "IS": EQUALITY, "IS NOT": EQUALITY, "<": COMPARISON,
    "<=": COMPARISON, ">": COMPARISON, ">=": COMPARISON, "&": BITS, "|": BITS, "<<": BITS, ">>": BITS, "+": SUM,
    "-": SUM, "*": PRODUCT, "/": PRODUCT, "%": PRODUCT, "||": CONCATENATION, "->": CONCATENATION,
    "->>": CONCATENATION,
}  # fmt: skip


def level_of(node: Node) -> int:
    """How tightly an expression binds."""
    if isinstance(node, ast.Binary):
        return BINARY_LEVELS[node.operator]
    if isinstance(node, ast.Unary):
        return NOT if node.operator == "NOT" else SIGNED
    if isinstance(node, ast.Collate):
        return COLLATED
    if isinstance(node, ast.Like | ast.Between | ast.IsNull | ast.InList | ast.InSelect | ast.InTable):
        return EQUALITY
    return PRIMARY


def name_text(node: ast.Name) -> str:
    """A name as SQL: quoted as it was, or where it must be."""
    quote = node.quote
    text = node.text
    if quote == "[":
        return f"[{text}]"
    if quote:
        return quote + text.replace(quote, quote + quote) + quote
    return written_name(text)


def string_text(value: str) -> str:
    """A string as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


@PIECES.entry(ast.Column)
def _column(node: ast.Column) -> Pieces:
    parts = [name_text(n) for n in (node.schema, node.table, node.column) if n is not None]
    return [".".join(parts)]


@PIECES.entry(ast.Name)
def _name(node: ast.Name) -> Pieces:
    return [name_text(node)]


@PIECES.entry(ast.Integer, ast.Float, ast.Parameter)
def _written(node: ast.Integer | ast.Float | ast.Parameter) -> Pieces:
    return [node.text]


@PIECES.entry(ast.String)
def _string(node: ast.String) -> Pieces:
    return [string_text(node.value)]


@PIECES.entry(ast.Null)
def _null(node: ast.Null) -> Pieces:
    return ["NULL"]


@PIECES.entry(ast.Collate)
def _collate(node: ast.Collate) -> Pieces:
    return [Parenthesized(node.operand, COLLATED), " COLLATE ", node.collation]


@PIECES.entry(ast.When)
def _when(node: ast.When) -> Pieces:
    return ["WHEN ", node.condition, " THEN ", node.result]


@PIECES.entry(ast.Cast)
def _cast(node: ast.Cast) -> Pieces:
    return ["CAST(", node.operand, " AS ", node.type, ")"]


@PIECES.entry(ast.Subquery)
def _subquery(node: ast.Subquery) -> Pieces:
    return ["(", node.select, ")"]


@PIECES.entry(ast.Exists)
def _exists(node: ast.Exists) -> Pieces:
    return ["EXISTS (", node.select, ")"]


@PIECES.entry(ast.RowValue)
def _row_value(node: ast.RowValue) -> Pieces:
    return in_parentheses(node.items)


@PIECES.entry(ast.TypeName)
def _type_name(node: ast.TypeName) -> Pieces:
    return [node.text]


@PIECES.entry(ast.QualifiedName)
def _qualified_name(node: ast.QualifiedName) -> Pieces:
    return [node.name] if node.schema is None else [node.schema, ".", node.name]


@PIECES.entry(ast.Blob)
def _blob(node: ast.Blob) -> Pieces:
    return [f"x'{node.value.hex()}'"]


@PIECES.entry(ast.CurrentTime)
def _current_time(node: ast.CurrentTime) -> Pieces:
    return [node.keyword]


@PIECES.entry(ast.Word)
def _word(node: ast.Word) -> Pieces:
    return [node.name]


@PIECES.entry(ast.Raise)
def _raise(node: ast.Raise) -> Pieces:
    message: Pieces = [", ", node.message] if node.message is not None else []
    return ["RAISE(", node.action, *message, ")"]


@PIECES.entry(ast.Binary)
def _binary(node: ast.Binary) -> Pieces:
    """An operator; a chain of one operator leaning left is one group, so that it breaks at each of them."""
    level = BINARY_LEVELS[node.operator]
    chain: list[ast.Binary] = [node]
    while True:
        left = chain[-1].left
        if not isinstance(left, ast.Binary) or BINARY_LEVELS[left.operator] != level:
            break
        chain.append(left)
    pieces: Pieces = [OPEN, Parenthesized(chain[-1].left, level)]
    for part in reversed(chain):
        pieces += [LINE, part.operator, " ", Parenthesized(part.right, level + 1)]
    pieces.append(CLOSE)
    return pieces


@PIECES.entry(ast.Unary)
def _unary(node: ast.Unary) -> Pieces:
    if node.operator == "NOT":
        return ["NOT ", Parenthesized(node.operand, NOT)]
    blank = " " if isinstance(node.operand, ast.Unary) and node.operand.operator == node.operator else ""
    return [node.operator, blank, Parenthesized(node.operand, SIGNED)]


@PIECES.entry(ast.Like)
def _like(node: ast.Like) -> Pieces:
    word = (" NOT " if node.negated else " ") + node.operator + " "
    pieces: Pieces = [Parenthesized(node.operand, EQUALITY), word, Parenthesized(node.pattern, COMPARISON)]
    if node.escape is not None:
        pieces += [" ESCAPE ", Parenthesized(node.escape, COMPARISON)]
    return pieces


@PIECES.entry(ast.Between)
def _between(node: ast.Between) -> Pieces:
    word = " NOT BETWEEN " if node.negated else " BETWEEN "
    low: Piece = Parenthesized(node.low, COMPARISON)
    return [Parenthesized(node.operand, EQUALITY), word, low, " AND ", Parenthesized(node.high, COMPARISON)]


@PIECES.entry(ast.IsNull)
def _is_null(node: ast.IsNull) -> Pieces:
    return [Parenthesized(node.operand, EQUALITY), " IS NOT NULL" if node.negated else " IS NULL"]


@PIECES.entry(ast.InList)
def _in_list(node: ast.InList) -> Pieces:
    word = " NOT IN " if node.negated else " IN "
    return [Parenthesized(node.operand, EQUALITY), word, *in_parentheses(node.items)]


@PIECES.entry(ast.InSelect)
def _in_select(node: ast.InSelect) -> Pieces:
    word = " NOT IN (" if node.negated else " IN ("
    return [Parenthesized(node.operand, EQUALITY), word, node.select, ")"]


@PIECES.entry(ast.InTable)
def _in_table(node: ast.InTable) -> Pieces:
    word = " NOT IN " if node.negated else " IN "
    arguments = in_parentheses(node.arguments) if node.is_call else []
    return [Parenthesized(node.operand, EQUALITY), word, node.table, *arguments]


@PIECES.entry(ast.Call)
def _call(node: ast.Call) -> Pieces:
    pieces: Pieces = [node.function, "("]
    if node.star:
        pieces.append("*")
    pieces.append(OPEN)
    if node.distinct:
        pieces.append("DISTINCT ")
    pieces += listed(node.arguments)
    if node.order_by:
        pieces += [LINE, "ORDER BY ", *listed(node.order_by)]
    pieces += [CLOSE, ")"]
    if node.within_group is not None:
        pieces += [" WITHIN GROUP (ORDER BY ", node.within_group, ")"]
    if node.filter is not None:
        pieces += [" FILTER (WHERE ", node.filter, ")"]
    if node.over is not None:
        pieces += [" OVER ", node.over]
    return pieces


@PIECES.entry(ast.Case)
def _case(node: ast.Case) -> Pieces:
    pieces: Pieces = ["CASE", OPEN]
    if node.operand is not None:
        pieces += [" ", node.operand]
    for when in node.whens:
        pieces += [LINE, when]
    if node.otherwise is not None:
        pieces += [LINE, "ELSE ", node.otherwise]
    return [*pieces, CLOSE, " END"]
