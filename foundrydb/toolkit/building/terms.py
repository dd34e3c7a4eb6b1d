"""Expressions with Python's operators: ``column("a") + 1 > column("b")``.

``&``, ``|`` and ``~`` are AND, OR and NOT; they bind tighter than comparisons in Python, so that those stand in
parentheses: ``(column("a") > 1) & (column("b") == "x")``.  A comparison with None by ``==`` is IS NULL.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, TypeAlias

from foundrydb.compiler.syntax import ast
from foundrydb.toolkit.building.fragments import Literal, literal, name_node
from foundrydb.toolkit.stages import parse_expression, to_sql

if TYPE_CHECKING:
    from foundrydb.toolkit.building.statements import SelectBuilder

Operand: TypeAlias = "BuiltExpression | Literal"
"""What may stand beside an operator: another expression, or a value."""


class BuiltExpression:
    """An expression.

    Attributes:
        node: as a syntax tree.
    """

    def __init__(self, node: ast.Expression) -> None:
        self.node: Final = node

    def __repr__(self) -> str:
        return f"<BuiltExpression {self.sql()}>"

    def __bool__(self) -> bool:
        raise TypeError(
            "an expression has no truth yet: combine conditions with & and |, not with and, or, not"
        )

    __hash__ = None  # type: ignore[assignment]

    def sql(self) -> str:
        """The expression's text."""
        return to_sql(self.node)

    # comparisons --------------------------------------------------------------------------------------------

    def __eq__(self, other: Operand) -> BuiltExpression:  # type: ignore[override]
        return self.is_null() if other is None else self._with("=", other)

    def __ne__(self, other: Operand) -> BuiltExpression:  # type: ignore[override]
        return self.is_not_null() if other is None else self._with("!=", other)

    def __lt__(self, other: Operand) -> BuiltExpression:
        return self._with("<", other)

    def __le__(self, other: Operand) -> BuiltExpression:
        return self._with("<=", other)

    def __gt__(self, other: Operand) -> BuiltExpression:
        return self._with(">", other)

    def __ge__(self, other: Operand) -> BuiltExpression:
        return self._with(">=", other)

    def is_(self, other: Operand) -> BuiltExpression:
        """``self IS other``: NULL is NULL."""
        return self._with("IS", other)

    def is_null(self) -> BuiltExpression:
        """``self IS NULL``."""
        return BuiltExpression(ast.IsNull(0, 0, False, self.node))

    def is_not_null(self) -> BuiltExpression:
        """``self IS NOT NULL``."""
        return BuiltExpression(ast.IsNull(0, 0, True, self.node))

    def between(self, low: Operand, high: Operand) -> BuiltExpression:
        """``self BETWEEN low AND high``."""
        return BuiltExpression(ast.Between(0, 0, False, self.node, operand(low), operand(high)))

    def in_(self, items: Iterable[Operand] | SelectBuilder) -> BuiltExpression:
        """``self IN (…)``: values, expressions, or a query."""
        select = getattr(items, "node", None)
        if isinstance(select, ast.Select):
            return BuiltExpression(ast.InSelect(0, 0, False, self.node, select))
        return BuiltExpression(ast.InList(0, 0, False, self.node, operands(items)))

    def like(self, pattern: Operand, escape: str | None = None) -> BuiltExpression:
        """``self LIKE pattern``."""
        ending = None if escape is None else literal(escape)
        return BuiltExpression(ast.Like(0, 0, "LIKE", False, self.node, operand(pattern), ending))

    def glob(self, pattern: Operand) -> BuiltExpression:
        """``self GLOB pattern``."""
        return BuiltExpression(ast.Like(0, 0, "GLOB", False, self.node, operand(pattern), None))

    # computing ----------------------------------------------------------------------------------------------

    def __add__(self, other: Operand) -> BuiltExpression:
        return self._with("+", other)

    def __radd__(self, other: Operand) -> BuiltExpression:
        return self._behind("+", other)

    def __sub__(self, other: Operand) -> BuiltExpression:
        return self._with("-", other)

    def __rsub__(self, other: Operand) -> BuiltExpression:
        return self._behind("-", other)

    def __mul__(self, other: Operand) -> BuiltExpression:
        return self._with("*", other)

    def __rmul__(self, other: Operand) -> BuiltExpression:
        return self._behind("*", other)

    def __truediv__(self, other: Operand) -> BuiltExpression:
        return self._with("/", other)

    def __rtruediv__(self, other: Operand) -> BuiltExpression:
        return self._behind("/", other)

    def __mod__(self, other: Operand) -> BuiltExpression:
        return self._with("%", other)

    def __neg__(self) -> BuiltExpression:
        return BuiltExpression(ast.Unary(0, 0, "-", self.node))

    def concat(self, other: Operand) -> BuiltExpression:
        """``self || other``."""
        return self._with("||", other)

    # logic --------------------------------------------------------------------------------------------------

    def __and__(self, other: Operand) -> BuiltExpression:
        return self._with("AND", other)

    def __or__(self, other: Operand) -> BuiltExpression:
        return self._with("OR", other)

    def __invert__(self) -> BuiltExpression:
        return BuiltExpression(ast.Unary(0, 0, "NOT", self.node))

    # what is said of it -------------------------------------------------------------------------------------

    def collate(self, collation: str) -> BuiltExpression:
        """``self COLLATE collation``."""
        return BuiltExpression(ast.Collate(0, 0, self.node, name_node(collation)))

    def cast(self, type: str) -> BuiltExpression:
        """``CAST(self AS type)``."""
        return BuiltExpression(ast.Cast(0, 0, self.node, ast.TypeName(0, 0, type)))

    def as_(self, alias: str) -> ast.ResultExpression:
        """``self AS alias``, for the columns of a SELECT."""
        return ast.ResultExpression(0, 0, self.node, name_node(alias))

    def asc(self, nulls: str = "") -> ast.OrderTerm:
        """A term of ORDER BY.  nulls: ``FIRST``, ``LAST``, or "" for where they belong."""
        return ast.OrderTerm(0, 0, self.node, False, nulls)

    def desc(self, nulls: str = "") -> ast.OrderTerm:
        """A term of ORDER BY, the greatest first."""
        return ast.OrderTerm(0, 0, self.node, True, nulls)

    def _with(self, operator: str, other: Operand) -> BuiltExpression:
        return BuiltExpression(ast.Binary(0, 0, operator, self.node, operand(other)))

    def _behind(self, operator: str, other: Operand) -> BuiltExpression:
        return BuiltExpression(ast.Binary(0, 0, operator, operand(other), self.node))


def operand(given: Operand) -> ast.Expression:
    """The node of an expression, or of a value."""
    return given.node if isinstance(given, BuiltExpression) else literal(given)


def operands(given: Iterable[Operand] | object) -> tuple[ast.Expression, ...]:
    """Those of several."""
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise TypeError(f"several values are wanted, or a query, not {given!r}")
    return tuple([operand(each) for each in given])


def column(name: str, table: str = "", schema: str = "") -> BuiltExpression:
    """A column by its name: names are taken as they are, ``"t.a"`` is one that has a dot in it."""
    parts = [name_node(part) if part else None for part in (schema, table)]
    return BuiltExpression(ast.Column(0, 0, parts[0], parts[1], name_node(name)))


def value(given: Literal) -> BuiltExpression:
    """A value as an expression."""
    return BuiltExpression(literal(given))


def parameter(name: str = "") -> BuiltExpression:
    """A parameter: ``?``, or with a name ``:name``."""
    return BuiltExpression(ast.Parameter(0, 0, f":{name}" if name else "?", 0))


def expression(sql: str) -> BuiltExpression:
    """An expression that is given as SQL.

    Raises:
        OperationalError: it is none, with the place in ``offset``.
    """
    found = parse_expression(sql)
    assert found is not None
    return BuiltExpression(found)


def call(function: str, *arguments: Operand, distinct: bool = False) -> BuiltExpression:
    """A call of a function; ``call("count")`` is ``count(*)``."""
    star = function.lower() == "count" and not arguments
    return BuiltExpression(
        ast.Call(
            0, 0, name_node(function), distinct, star, operands(arguments), (), None, None, None
        )
    )  # fmt: skip


def case(*whens: tuple[Operand, Operand], otherwise: Operand = None) -> BuiltExpression:
    """``CASE WHEN condition THEN result … ELSE otherwise END``."""
    if not whens:
        raise TypeError("a CASE has at least one pair of condition and result")
    pairs = tuple([ast.When(0, 0, operand(condition), operand(result)) for condition, result in whens])
    return BuiltExpression(ast.Case(0, 0, None, pairs, None if otherwise is None else operand(otherwise)))


def exists(query: SelectBuilder) -> BuiltExpression:
    """``EXISTS (SELECT …)``."""
    return BuiltExpression(ast.Exists(0, 0, query.node))
