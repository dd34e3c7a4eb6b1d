"""Literals become parameters, so that statements that differ in nothing else share a program.

Before ``SELECT a FROM t WHERE id = 5``, after ``SELECT a FROM t WHERE id = ?1`` with 5 for its parameter.

Only literals that cannot matter to anything but the value that they stand for are lifted:

* what a column is compared with (``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, BETWEEN) in the terms that AND, OR and
  NOT make up in the outermost WHERE of SELECT, UPDATE or DELETE, unless a table has an index that is partial or on
  an expression, for which a literal may decide, or an index on that column with samples of its values;
* the values of INSERT … VALUES, and what UPDATE sets columns to.

All others stay: a LIKE's pattern chooses an index, a number in ORDER BY names a column, LIMIT counts in the cost, a
result column is named by its text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.names import EXPRESSION, fold
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast

if TYPE_CHECKING:
    from foundrydb.compiler.syntax.node import Node

COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")


@final
class Lifted:
    """A literal that became a parameter.

    Attributes:
        place: where the literal begins in the text (behind the sign of a negative one).
        negative: whether the parameter is the literal's negative.
    """

    def __init__(self, place: int, negative: bool) -> None:
        self.place: Final = place
        self.negative: Final = negative


@final
class Lifting:
    """A statement with its literals lifted.

    Attributes:
        statement: the statement.
        first: the number of the first parameter that was a literal.
        lifted: the literals, in the order of the parameters.
    """

    def __init__(self, statement: ast.Statement, first: int, places: frozenset[int]) -> None:
        self.statement = statement
        self.first: Final = first
        self.lifted: Final[list[Lifted]] = []
        self._places: Final = places
        self._found: Final[dict[int, ast.Expression]] = {}
        self._sampled: Final[list[str]] = []

    def texts(self, sql: str) -> dict[int, str]:
        """The literals as ``sql`` has them, by the numbers of their parameters."""
        found = list(self._found.values())
        return {self.first + i: sql[found[i].start : found[i].end] for i in range(len(found))}

    # what is lifted -----------------------------------------------------------------------------------------

    def find(self, catalog: Catalog) -> None:
        """Find the literals, and put parameters in their place."""
        statement = self.statement
        if isinstance(statement, ast.Insert):
            self._values(statement)
        elif isinstance(statement, ast.Update):
            for assignment in statement.assignments:
                self._value(assignment.value)
        if not isinstance(statement, ast.Insert) and _plain_indexes(statement, catalog):
            self._sampled.extend(_sampled_columns(statement, catalog))
            self._where(_condition(statement))
        if self._found:
            lifted = ast.rewrite(statement, self._replaced)
            assert isinstance(lifted, ast.Statement)
            self.statement = lifted

    def _values(self, statement: ast.Insert) -> None:
        source = statement.source
        if source is None or source.with_ is not None or not isinstance(source.body, ast.Values):
            return
        for row in source.body.rows:
            for value in row.values:
                self._value(value)

    def _where(self, condition: ast.Expression | None) -> None:
        waiting = [] if condition is None else [condition]
        while waiting:
            term = waiting.pop()
            if isinstance(term, ast.Binary):
                if term.operator == "AND" or term.operator == "OR":
                    waiting.append(term.right)
                    waiting.append(term.left)
                elif term.operator in COMPARISONS:
                    if isinstance(term.left, ast.Column):
                        self._compared(term.left, term.right)
                    elif isinstance(term.right, ast.Column):
                        self._compared(term.right, term.left)
            elif isinstance(term, ast.Unary) and term.operator == "NOT":
                waiting.append(term.operand)
            elif isinstance(term, ast.Between) and isinstance(term.operand, ast.Column):
                self._compared(term.operand, term.low)
                self._compared(term.operand, term.high)

    def _compared(self, column: ast.Column, expression: ast.Expression) -> None:
        """Lift what a column is compared with, where its value does not decide how rows are searched for."""
        if fold(column.column.text) not in self._sampled:
            self._value(expression)

    def _value(self, expression: ast.Expression) -> None:
        """Lift an expression that is nothing but a literal, or the negative of a number."""
        literal = expression
        negative = isinstance(expression, ast.Unary) and expression.operator == "-"
        if isinstance(expression, ast.Unary) and negative:
            literal = expression.operand
            if not isinstance(literal, (ast.Integer, ast.Float)):
                return
        if literal.start not in self._places:
            return
        if isinstance(literal, (ast.Integer, ast.Float, ast.String, ast.Blob)):
            number = self.first + len(self.lifted)
            self.lifted.append(Lifted(literal.start, negative))
            self._found[id(expression)] = ast.Parameter(expression.start, expression.end, "?", number)

    def _replaced(self, node: Node) -> Node:
        return self._found.get(id(node), node)


def lift(statement: ast.Statement, catalog: Catalog, places: frozenset[int]) -> Lifting:
    """The statement with parameters, numbered after its own, in place of literals.

    Args:
        places: where the literals begin that may be lifted.
    """
    highest = 0
    for node in ast.walk(statement):
        if isinstance(node, ast.Parameter):
            highest = max(highest, node.number)
    lifting = Lifting(statement, highest + 1, places)
    lifting.find(catalog)
    return lifting


def _condition(statement: ast.Statement) -> ast.Expression | None:
    """The outermost WHERE."""
    if isinstance(statement, (ast.Update, ast.Delete)):
        return statement.where
    if isinstance(statement, ast.Select) and isinstance(statement.body, ast.SelectCore):
        return statement.body.where
    return None


def _plain_indexes(statement: ast.Statement, catalog: Catalog) -> bool:
    """Whether all that the statement reads are tables whose indexes are complete and on columns."""
    for node in ast.walk(statement):
        if isinstance(node, (ast.FunctionSource, ast.InTable, ast.With)):
            return False
        if isinstance(node, ast.TableSource):
            tables = [schema.table(node.name.name.text) for schema in catalog.schemas]
            found = [table for table in tables if table is not None]
            if not found or not all([_is_plain(table) for table in found]):
                return False
    return True


def _sampled_columns(statement: ast.Statement, catalog: Catalog) -> list[str]:
    """The names of columns of which there are samples."""
    names: list[str] = []
    for node in ast.walk(statement):
        if isinstance(node, ast.TableSource):
            names.extend(_sampled_names(node.name, catalog))
    return names


def _sampled_names(name: ast.QualifiedName, catalog: Catalog) -> list[str]:
    names: list[str] = []
    for schema in catalog.schemas:
        table = schema.table(name.name.text)
        for index in [] if table is None else table.indexes:
            if catalog.samples(index) is not None:
                names.extend(
                    [
                        fold(index.table.columns[item.column].name)
                        for item in index.columns
                        if item.column >= 0
                    ]
                )
    return names


def _is_plain(table: Table) -> bool:
    for index in table.indexes:
        if index.where is not None:
            return False
        for column in index.columns:
            if column.column == EXPRESSION:
                return False
    return True
