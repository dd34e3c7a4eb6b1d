"""How queries are printed: SELECT and its clauses, and INSERT, UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Sequence

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import Node, walk
from foundrydb.compiler.syntax.printing.layout import PIECES, Piece, Pieces, in_parentheses, joined, listed
from foundrydb.compiler.syntax.printing.lines import BACK, CLOSE, FLUSH, LINE, OPEN, SOFT


@PIECES.entry(ast.ResultExpression)
def _result_expression(node: ast.ResultExpression) -> Pieces:
    return [node.expression, *_alias(node.alias)]


@PIECES.entry(ast.ResultStar)
def _result_star(node: ast.ResultStar) -> Pieces:
    return ["*"]


@PIECES.entry(ast.ResultTableStar)
def _result_table_star(node: ast.ResultTableStar) -> Pieces:
    return [node.table, ".*"]


@PIECES.entry(ast.OrderTerm)
def _order_term(node: ast.OrderTerm) -> Pieces:
    nulls = f" NULLS {node.nulls}" if node.nulls else ""
    return [node.expression, (" DESC" if node.descending else "") + nulls]


@PIECES.entry(ast.Values)
def _values(node: ast.Values) -> Pieces:
    return ["VALUES ", OPEN, *listed(node.rows), CLOSE]


@PIECES.entry(ast.ValuesRow)
def _values_row(node: ast.ValuesRow) -> Pieces:
    return in_parentheses(node.values)


@PIECES.entry(ast.Compound)
def _compound(node: ast.Compound) -> Pieces:
    return [FLUSH, node.first, *(p for part in node.rest for p in (LINE, part)), CLOSE]


@PIECES.entry(ast.CompoundPart)
def _compound_part(node: ast.CompoundPart) -> Pieces:
    return [node.operator, LINE, node.term]


@PIECES.entry(ast.With)
def _with_node(node: ast.With) -> Pieces:
    word = "WITH RECURSIVE " if node.recursive else "WITH "
    return [word, *joined(node.tables, [", "])]


@PIECES.entry(ast.CommonTable)
def _common_table(node: ast.CommonTable) -> Pieces:
    materialized = node.materialized + " " if node.materialized else ""
    return [node.name, *_columns(node.columns), f" AS {materialized}", *query_in_parentheses(node.select)]


def query_in_parentheses(select: ast.Select) -> Pieces:
    """A query in parentheses, indented where it does not fit on the line."""
    return ["(", OPEN, SOFT, select, BACK, CLOSE, ")"]


def _alias(alias: ast.Name | None) -> Pieces:
    return [" AS ", alias] if alias is not None else []


def _columns(columns: Sequence[ast.Name]) -> Pieces:
    return in_parentheses(columns) if columns else []


def clause(word: str, node: Node | None) -> Pieces:
    """A clause of one node on a line of its own, or nothing."""
    return [LINE, word, " ", node] if node is not None else []


def list_clause(word: str, nodes: Sequence[Node]) -> Pieces:
    """A clause of a list on a line of its own, or nothing."""
    return [LINE, word, " ", OPEN, *listed(nodes), CLOSE] if nodes else []


@PIECES.entry(ast.Select)
def _select(node: ast.Select) -> Pieces:
    pieces: Pieces = [FLUSH]
    if node.with_ is not None:
        pieces += [node.with_, LINE]
    pieces += [node.body, *list_clause("ORDER BY", node.order_by), *_limit(node.limit, node.offset)]
    return [*pieces, CLOSE]


def _limit(limit: ast.Expression | None, offset: ast.Expression | None) -> Pieces:
    """LIMIT and OFFSET.  Parameters are numbered in their order: where there are any, that of the text is kept."""
    if limit is None or offset is None:
        return clause("LIMIT", limit)
    parameters = any(isinstance(node, ast.Parameter) for side in (limit, offset) for node in walk(side))
    if parameters and offset.start < limit.start:
        return [*clause("LIMIT", offset), ", ", limit]
    return [*clause("LIMIT", limit), *clause("OFFSET", offset)]


@PIECES.entry(ast.SelectCore)
def _core(node: ast.SelectCore) -> Pieces:
    pieces: Pieces = [
        FLUSH,
        "SELECT DISTINCT " if node.distinct else "SELECT ",
        OPEN,
        *listed(node.columns),
        CLOSE,
    ]
    pieces += clause("FROM", node.from_)
    pieces += clause("WHERE", node.where)
    pieces += list_clause("GROUP BY", node.group_by)
    pieces += clause("HAVING", node.having)
    pieces += list_clause("WINDOW", node.windows)
    return [*pieces, CLOSE]


@PIECES.entry(ast.TableSource)
def _table_source(node: ast.TableSource) -> Pieces:
    pieces: Pieces = [node.name, *_alias(node.alias)]
    if node.indexed_by is not None:
        pieces += [" INDEXED BY ", node.indexed_by]
    return [*pieces, " NOT INDEXED"] if node.not_indexed else pieces


@PIECES.entry(ast.FunctionSource)
def _function_source(node: ast.FunctionSource) -> Pieces:
    return [node.name, *in_parentheses(node.arguments), *_alias(node.alias)]


@PIECES.entry(ast.SubquerySource)
def _subquery_source(node: ast.SubquerySource) -> Pieces:
    return [*query_in_parentheses(node.select), *_alias(node.alias)]


@PIECES.entry(ast.ParenthesizedSource)
def _parenthesized_source(node: ast.ParenthesizedSource) -> Pieces:
    return ["(", node.source, ")", *_alias(node.alias)]


@PIECES.entry(ast.Join)
def _join(node: ast.Join) -> Pieces:
    """Joins lean left, and so are one group."""
    chain: list[ast.Join] = [node]
    while isinstance(chain[-1].left, ast.Join):
        chain.append(chain[-1].left)
    pieces: Pieces = [OPEN, chain[-1].left]
    for join in reversed(chain):
        if join.kind == "COMMA":
            pieces += [",", LINE, join.right]
        else:
            kind = "" if join.kind == "INNER" else join.kind + " "
            pieces += [LINE, ("NATURAL " if join.natural else "") + kind + "JOIN ", join.right]
        if join.on is not None:
            pieces += [" ON ", join.on]
        if join.using:
            pieces += [" USING ", *in_parentheses(join.using)]
    return [*pieces, CLOSE]


@PIECES.entry(ast.WindowName)
def _window_name(node: ast.WindowName) -> Pieces:
    return [node.name]


@PIECES.entry(ast.WindowSpec)
def _window_spec(node: ast.WindowSpec) -> Pieces:
    parts: list[Pieces] = []
    if node.base is not None:
        parts.append([node.base])
    if node.partition_by:
        parts.append(["PARTITION BY ", *listed(node.partition_by)])
    if node.order_by:
        parts.append(["ORDER BY ", *listed(node.order_by)])
    if node.frame is not None:
        parts.append([node.frame])
    inner: list[Piece] = []
    for i, part in enumerate(parts):
        inner += [LINE, *part] if i else part
    return ["(", OPEN, *inner, CLOSE, ")"]


@PIECES.entry(ast.Frame)
def _frame(node: ast.Frame) -> Pieces:
    exclude = f" EXCLUDE {node.exclude}" if node.exclude else ""
    if node.upper is None:
        return [node.mode, " ", node.lower, exclude]
    return [node.mode, " BETWEEN ", node.lower, " AND ", node.upper, exclude]


@PIECES.entry(ast.FrameBound)
def _frame_bound(node: ast.FrameBound) -> Pieces:
    return [node.offset, " ", node.kind] if node.offset is not None else [node.kind]


@PIECES.entry(ast.WindowDefinition)
def _window_definition(node: ast.WindowDefinition) -> Pieces:
    return [node.name, " AS ", node.spec]


# -------------------------------------------------------------------------- INSERT, UPDATE and DELETE


@PIECES.entry(ast.Update)
def _update(node: ast.Update) -> Pieces:
    conflict = f"OR {node.conflict} " if node.conflict else ""
    pieces: Pieces = [FLUSH, *_with(node.with_), f"UPDATE {conflict}", node.table]
    pieces += list_clause("SET", node.assignments)
    pieces += clause("FROM", node.from_)
    pieces += clause("WHERE", node.where)
    return [*pieces, *list_clause("RETURNING", node.returning), CLOSE]


@PIECES.entry(ast.Delete)
def _delete(node: ast.Delete) -> Pieces:
    pieces: Pieces = [FLUSH, *_with(node.with_), "DELETE FROM ", node.table, *clause("WHERE", node.where)]
    return [*pieces, *list_clause("RETURNING", node.returning), CLOSE]


@PIECES.entry(ast.Assignment)
def _assignment(node: ast.Assignment) -> Pieces:
    left = in_parentheses(node.columns) if node.is_row else listed(node.columns)
    return [*left, " = ", node.value]


def _with(node: ast.With | None) -> Pieces:
    return [node, LINE] if node is not None else []


@PIECES.entry(ast.Insert)
def _insert(node: ast.Insert) -> Pieces:
    conflict = f"OR {node.conflict} " if node.conflict else ""
    pieces: Pieces = [FLUSH, *_with(node.with_), f"INSERT {conflict}INTO ", node.table, *_alias(node.alias)]
    if node.columns:
        pieces += [" ", *in_parentheses(node.columns)]
    pieces += [LINE, node.source if node.source is not None else "DEFAULT VALUES"]
    for upsert in node.upserts:
        pieces += [LINE, upsert]
    return [*pieces, *list_clause("RETURNING", node.returning), CLOSE]


@PIECES.entry(ast.Upsert)
def _upsert(node: ast.Upsert) -> Pieces:
    pieces: Pieces = ["ON CONFLICT "]
    if node.targets:
        pieces += [*in_parentheses(node.targets), " "]
    if node.target_where is not None:
        pieces += ["WHERE ", node.target_where, " "]
    if not node.assignments:
        return [*pieces, "DO NOTHING"]
    pieces += ["DO UPDATE SET ", OPEN, *listed(node.assignments), CLOSE]
    if node.where is not None:
        pieces += [" WHERE ", node.where]
    return pieces
