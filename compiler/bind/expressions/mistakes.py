"""Which of several mistakes in an expression is told: the one that C SQLite tells.

It goes on after a mistake in a function call, be it the function's name or something in its arguments, or in what IS
NULL asks about, as far as the next name or operator, and tells the last mistake that it meets.  Any other mistake ends
the search.  Of ``x IS name`` it looks the right side up first.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.binding import Binding
from foundrydb.compiler.bind.expressions.binders import bind_operand
from foundrydb.compiler.bind.expressions.calls import called_plainly, check_use, find_function
from foundrydb.compiler.bind.expressions.columns import bind_column
from foundrydb.compiler.bind.scope import Scope
from foundrydb.compiler.late import named
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import Node
from foundrydb.errors import Error
from foundrydb.vm.functions.scalar import Function


def told_mistake(b: Binding, node: ast.Expression, scope: Scope, first: Error) -> Error:
    """The mistake that is told.  first: the one that binding has met."""
    search = _Search(b, scope, first)
    b.searches = True
    search.step(node)
    b.searches = False
    return first if search.told is None else search.told


@final
class _Search:
    """A walk in C SQLite's order.

    first: what binding has met.  told: the last mistake that the walk has met.
    """

    def __init__(self, b: Binding, scope: Scope, first: Error) -> None:
        self.b: Final = b
        self.scope: Final = scope
        self.first: Final = first
        self.told: Error | None = None

    def step(self, node: Node) -> bool:
        """Look at an expression; whether the walk goes on."""
        if isinstance(node, ast.Column):
            return self._column(node)
        if isinstance(node, ast.Call):
            self._call(node)
            return True
        if isinstance(node, ast.Like):
            self._each([node.pattern, node.operand] + ([] if node.escape is None else [node.escape]))
            return True
        if isinstance(node, ast.Binary) and node.operator in ("->", "->>"):
            self._each([node.left, node.right])
            return True
        if isinstance(node, ast.IsNull):
            self.step(node.operand)
            return True
        if node.start == self.first.offset and node.end - node.start == self.first.length:
            self.told = self.first  # this is wrong in itself
            return False
        if isinstance(node, (ast.Exists, ast.InSelect, ast.Subquery)):
            return self._query(node)
        if self.told is not None or isinstance(node, ast.InTable):
            return False
        return self._each(_operands(node))

    def _column(self, node: ast.Column) -> bool:
        try:
            bind_column(self.b, node, self.scope)
        except Error as problem:
            self.told = problem
            return False
        return True

    def _query(self, node: ast.Exists | ast.InSelect | ast.Subquery) -> bool:
        """Look at a query, and after it at what is sought among its rows."""
        query = ast.Exists(node.start, node.end, node.select)
        try:
            bind_operand(self.b, query, self.scope)
        except Error as problem:
            self.told = self.told and problem  # else it is the first that was met
            return False
        if self.told is not None:
            return False
        return self.step(node.operand) if isinstance(node, ast.InSelect) else True

    def _call(self, node: ast.Call) -> None:
        node = called_plainly(node)
        scope = self.scope
        windows, aggregates = scope.allow_windows, scope.allow_aggregates
        function = self._function(node)
        if function is not None:
            scope.allow_windows = False
            scope.allow_aggregates = aggregates and node.over is not None
        self._each(list(node.arguments))
        if function is not None:
            self._each([term.expression for term in node.order_by])
            if node.over is not None and self.told is None:
                self._window(node, function)
            if node.filter is not None:
                self.step(node.filter)
        scope.allow_windows, scope.allow_aggregates = windows, aggregates

    def _function(self, node: ast.Call) -> Function | None:
        """The function over several rows that is called; None where it is another one, or may not be called so."""
        name = node.function
        try:
            function = find_function(self.b, name.text, len(node.arguments), node, name, self.scope)
            check_use(self.b, node, function, self.scope)
        except Error as problem:
            self.told = problem
            return None
        return function if function.aggregate or function.window else None

    def _window(self, node: ast.Call, function: Function) -> None:
        """Look at the window of a call, in the arguments of which nothing is wrong."""
        spec = node.over if isinstance(node.over, ast.WindowSpec) else None
        try:
            spec = named("window_of_call")(self.b, node, function, self.scope)
        except Error as problem:
            self.told = problem
        if spec is not None:
            self._each(list(spec.partition_by))
            self._each([term.expression for term in spec.order_by])

    def _each(self, nodes: list[ast.Expression]) -> bool:
        return all(self.step(node) for node in nodes)


def _operands(node: Node) -> list[ast.Expression]:
    """The expressions of which one consists, in the order in which their names are looked up."""
    if isinstance(node, ast.Binary) and node.operator in ("IS", "IS NOT"):
        if isinstance(node.right, ast.Column) and node.right.table is None:
            return [node.right, node.left]
    found: list[ast.Expression] = []
    for child in node.children():
        if isinstance(child, ast.When):
            found.extend([child.condition, child.result])
        elif isinstance(child, ast.Expression):
            found.append(child)
    return found
