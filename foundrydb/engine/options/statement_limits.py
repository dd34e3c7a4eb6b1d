"""Statements beside the limits of a connection that has lowered some: too much of anything is refused.

What a syntax tree shows is looked for there, the rest in the bound statement, whose names have their meanings and whose
``*`` have their columns, and in the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import AggregateCall, Expr, WindowCall
from foundrydb.compiler.bind.expressions.windows import is_written_constant
from foundrydb.compiler.bind.properties import query_of
from foundrydb.compiler.bind.properties import walk as walk_expression
from foundrydb.compiler.bind.statements import Bound, BoundSelect
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import children, walk
from foundrydb.engine.options.constants import LIMITS
from foundrydb.errors import Error, error

if TYPE_CHECKING:
    from foundrydb.compiler.pipeline import Compilation


def limit_of(values: dict[int, int], name: str) -> int:
    """A limit among all, by the end of its constant's name."""
    return values[LIMITS[f"SQLITE_LIMIT_{name}"]]


def check_compiled(work: Compilation, statement: ast.Statement, values: dict[int, int]) -> None:
    """Refuse a compiled statement with too many instructions, or too long lists of columns.

    SQLite counts these when it has found the tables that a statement reads, and that it may make what it makes.

    Raises:
        Error: with SQLite's message.
    """
    most = limit_of(values, "COLUMN")
    if isinstance(statement, ast.CreateTable):
        for node in walk(statement):
            problem = _long_list(node, most)
            if problem is not None:
                raise problem.at(node.start, 0, work.sql)
    if isinstance(statement, ast.AlterAddColumn):
        name = statement.table
        table = work.catalog.find_table(name.name.text, None if name.schema is None else name.schema.text)
        if table is not None and len(table.columns) >= most:
            raise error(f"too many columns on sqlite_altertab_{table.name}")
    if work.bound is not None:
        _check_bound(work.bound, most, work.sql)
    program = work.program
    if len(program.instructions) > limit_of(values, "VDBE_OP"):
        raise error("out of memory", "SQLITE_NOMEM")
    if not program.explain and len(program.columns) > most:
        raise error("too many columns in result set")
    longest = limit_of(values, "LENGTH")
    if any([len(column.name.encode("utf-8", "surrogatepass")) > longest for column in program.columns]):
        raise _too_big()


def _long_list(node: ast.Node, most: int) -> Error | None:
    """A list of columns of CREATE TABLE that is too long."""
    if isinstance(node, ast.CreateTable) and len(node.columns) > most:
        return error(f"too many columns on {node.name.name.text}")
    if isinstance(node, (ast.TablePrimaryKey, ast.TableUnique)) and len(node.columns) > most:
        return error("too many columns in index")
    return None


def _check_bound(statement: Bound, most: int, sql: str) -> None:
    """Refuse a query, or the window or the arguments of a function in it, with too many columns or terms."""
    waiting = [statement]
    while waiting:
        bound = waiting.pop()
        waiting.extend(bound.children())
        if isinstance(bound, BoundSelect) and len(bound.results) > most:
            raise error("too many columns in result set").at(max(bound.results[most].start, 0), 0, sql)
        for expr in bound.expressions():
            for part in walk_expression(expr):
                if _terms_of(part) > most:
                    raise error("too many terms in ORDER BY clause").at(max(part.start, 0), 0, sql)
                query = query_of(part)
                if query is not None and isinstance(query.plan, Bound):
                    waiting.append(query.plan)


def _terms_of(expr: Expr) -> int:
    """By how many terms the rows of a function are ordered."""
    if isinstance(expr, WindowCall):
        return len(expr.partition) + len(expr.order_by)
    return len(expr.order_by) if isinstance(expr, AggregateCall) else 0


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
        # What a view or a trigger says is looked at when it is used.
        kept = isinstance(statement, (ast.CreateView, ast.CreateTrigger))
        for node in nodes:
            problem = self._excess(node) or (None if kept else self._excess_of_columns(node))
            if problem is not None:
                raise problem.at(node.start, 0, sql)
        self._check_depth(nodes, sql)

    def _excess(self, node: ast.Node) -> Error | None:
        """What is too much in a node itself."""
        if isinstance(node, (ast.String, ast.Blob)):
            return _too_big() if _size(node) > self._length else None
        if isinstance(node, ast.Call) and len(node.arguments) > self._arguments:
            return error(f"too many arguments on function {node.function.text}")
        if isinstance(node, ast.Like) and (2 if node.escape is None else 3) > self._arguments:
            return error(f"too many arguments on function {node.operator.lower()}")
        if isinstance(node, ast.Compound) and len(node.rest) >= self._terms > 0:
            return error("too many terms in compound SELECT")
        return None

    def _excess_of_columns(self, node: ast.Node) -> Error | None:
        """A list of columns that is too long, and is counted as it is read."""
        most = self._columns
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
        apart: set[int] = set()  # those that count on their own: a call has some beside its arguments
        for node in nodes:
            outside = above[id(node)]
            inside = id(node) in within and not isinstance(node, ast.Select)
            if id(node) in apart:
                inside, outside = False, 0
            if isinstance(node, ast.Expression) and not inside:
                inside = True
                outside += heights[id(node)]
                self._refuse_depth(outside, node, sql)
            for each in children(node):
                above[id(each)] = outside
                if inside:
                    within.add(id(each))
            if isinstance(node, ast.RowValue) or (isinstance(node, ast.InList) and not node.items):
                apart.update([id(each) for each in children(node)])
            if isinstance(node, ast.Call):
                apart.update([id(each) for each in children(node)])
                apart.difference_update([id(each) for each in node.arguments])
            if isinstance(node, ast.Select) and node.limit is not None:
                self._refuse_depth(_limit_height(node, heights), node.limit, sql)

    def _refuse_depth(self, depth: int, node: ast.Node, sql: str) -> None:
        if depth > self._depth:
            problem = error(f"Expression tree is too large (maximum depth {self._depth})")
            raise problem.at(node.start, 0, sql)


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
    if isinstance(node, ast.Call):
        return 1 + max([heights[id(each)] for each in node.arguments], default=0)
    if isinstance(node, ast.RowValue):
        return 1  # what it is made of counts on its own
    if isinstance(node, ast.InList) and not node.items:
        return 1
    if isinstance(node, ast.InList) and _is_equality(node):
        return 1 + node.negated + max(heights[id(node.operand)], 1 + heights[id(node.items[0])])
    if isinstance(node, ast.Column):
        return 1 + (node.table is not None) + (node.schema is not None)
    height = max([heights[id(each)] for each in children(node)], default=0)
    if isinstance(node, ast.Select) and node.limit is not None:
        return max(height, _limit_height(node, heights))
    if isinstance(node, (ast.Like, ast.Between, ast.InList, ast.InSelect, ast.InTable)) and node.negated:
        height += 1
    return height + 1 if isinstance(node, ast.Expression) else height


def _is_equality(node: ast.InList) -> bool:
    """Whether SQLite makes ``x = +1`` of ``x IN (1)``."""
    one = len(node.items) == 1 and not isinstance(node.operand, ast.RowValue)
    return one and is_written_constant(node.items[0], True)


def _limit_height(node: ast.Select, heights: dict[int, int]) -> int:
    """How high LIMIT with its OFFSET is."""
    return 1 + max([heights[id(each)] for each in (node.limit, node.offset) if each is not None])
