"""Statements beside the limits of a connection that has lowered some: too much of anything is refused.

What a syntax tree shows is looked for there, the rest in the compiled statement.  What only a schema shows is held to
SQLite's defaults alone: the width of a ``*`` within a subquery, and of a table that ALTER TABLE makes wider.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import children, walk
from foundrydb.engine.options.constants import LIMITS
from foundrydb.errors import Error, error
from foundrydb.vm.program import Program


def limit_of(values: dict[int, int], name: str) -> int:
    """A limit among all, by the end of its constant's name."""
    return values[LIMITS[f"SQLITE_LIMIT_{name}"]]


def check_program(program: Program, values: dict[int, int]) -> None:
    """Refuse a program with too many instructions, or columns of its result.

    Raises:
        Error: with SQLite's message.
    """
    if len(program.instructions) > limit_of(values, "VDBE_OP"):
        raise error("out of memory", "SQLITE_NOMEM")
    if not program.explain and len(program.columns) > limit_of(values, "COLUMN"):
        raise error("too many columns in result set")


@final
class StatementLimits:
    """What a statement may have.

    Args:
        values: the limits by their numbers.
    """

    def __init__(self, values: dict[int, int]) -> None:
        self._length: Final = limit_of(values, "LENGTH")
        self._sql_length: Final = limit_of(values, "SQL_LENGTH")
        self._columns: Final = limit_of(values, "COLUMN")
        self._depth: Final = limit_of(values, "EXPR_DEPTH")
        self._terms: Final = limit_of(values, "COMPOUND_SELECT")
        self._arguments: Final = limit_of(values, "FUNCTION_ARG")
        self._variables: Final = limit_of(values, "VARIABLE_NUMBER")

    def check(self, statement: ast.Statement, sql: str, start: int, end: int) -> None:
        """Refuse a statement with more of something than is allowed.

        Args:
            start, end: of its text with all that belongs to it.

        Raises:
            Error: with SQLite's message, and the place.
        """
        if len(sql[start:end].encode("utf-8", "surrogateescape")) > self._sql_length:
            raise _too_big()
        nodes = walk(statement)
        for node in nodes:
            problem = self._excess(node)
            if problem is not None:
                raise problem.at(node.start, 0, sql)
        self._check_depth(nodes, sql)

    def _excess(self, node: ast.Node) -> Error | None:
        """What is too much in a node itself."""
        if isinstance(node, (ast.String, ast.Blob)):
            return _too_big() if _size(node) > self._length else None
        if isinstance(node, ast.Parameter):
            return self._excess_of_parameter(node)
        if isinstance(node, ast.Call) and len(node.arguments) > self._arguments:
            return error(f"too many arguments on function {node.function.text}")
        if isinstance(node, ast.Like) and (2 if node.escape is None else 3) > self._arguments:
            return error(f"too many arguments on function {node.operator.lower()}")
        if isinstance(node, ast.Compound) and len(node.rest) >= self._terms > 0:
            return error("too many terms in compound SELECT")
        return self._excess_of_columns(node)

    def _excess_of_parameter(self, node: ast.Parameter) -> Error | None:
        if 1 <= node.number <= self._variables:
            return None
        if node.text[1:].isdigit():
            return error(f"variable number must be between ?1 and ?{self._variables}")
        return error("too many SQL variables")

    def _excess_of_columns(self, node: ast.Node) -> Error | None:
        """A list of columns that is too long, or of terms that are about columns."""
        most = self._columns
        if isinstance(node, ast.SelectCore):
            if len(node.columns) > most:
                return error("too many columns in result set")
            return error("too many terms in GROUP BY clause") if len(node.group_by) > most else None
        if isinstance(node, ast.Select) and len(node.order_by) > most:
            return error("too many terms in ORDER BY clause")
        if isinstance(node, ast.CreateTable) and len(node.columns) > most:
            return error(f"too many columns on {node.name.name.text}")
        if isinstance(node, ast.CreateIndex) and len(node.columns) > most:
            return error("too many columns in index")
        if isinstance(node, ast.Update) and sum([len(each.columns) for each in node.assignments]) > most:
            return error("too many columns in set list")
        if isinstance(node, (ast.Insert, ast.Update, ast.Delete)) and len(node.returning) > most:
            return error("too many columns in result set")
        return None

    def _check_depth(self, nodes: list[ast.Node], sql: str) -> None:
        """Refuse an expression that is too deep, with those that its subquery stands in.

        Args:
            nodes: of the statement, parents first.
        """
        heights: dict[int, int] = {}
        for i in range(len(nodes) - 1, -1, -1):
            heights[id(nodes[i])] = _height(nodes[i], heights)
        above = {id(nodes[0]): 0}
        within: set[int] = set()  # those that are part of an expression
        for node in nodes:
            outside = above[id(node)]
            inside = id(node) in within and not isinstance(node, ast.Select)
            if isinstance(node, ast.Expression) and not inside:
                inside = True
                outside += heights[id(node)]
                if outside > self._depth:
                    problem = error(f"Expression tree is too large (maximum depth {self._depth})")
                    raise problem.at(node.start, 0, sql)
            for each in children(node):
                above[id(each)] = outside
                if inside:
                    within.add(id(each))


def _too_big() -> Error:
    return error("string or blob too big", "SQLITE_TOOBIG")


def _size(node: ast.String | ast.Blob) -> int:
    """The bytes of a literal's value."""
    if isinstance(node, ast.Blob):
        return len(node.value)
    return len(node.value.encode("utf-8", "surrogateescape"))


def _height(node: ast.Node, heights: dict[int, int]) -> int:
    """How high the expressions of a node are, as SQLite counts: a FROM clause and a WITH are none of a query's own.

    Args:
        heights: of the nodes within, by ``id``.
    """
    if isinstance(node, (ast.Source, ast.With, ast.Over, ast.WindowDefinition)):
        return 0
    if isinstance(node, ast.Column):
        return 1 + (node.table is not None) + (node.schema is not None)
    height = max([heights[id(each)] for each in children(node)], default=0)
    if isinstance(node, ast.Select) and node.limit is not None:
        bound = max([heights[id(each)] for each in (node.limit, node.offset) if each is not None])
        return max(height, bound + 1)
    if isinstance(node, (ast.Like, ast.Between, ast.InList, ast.InSelect, ast.InTable)) and node.negated:
        height += 1
    return height + 1 if isinstance(node, ast.Expression) else height
