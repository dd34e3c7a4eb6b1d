"""Function calls: scalar functions, aggregates, and the operators that are functions (LIKE, GLOB, ->).

An aggregate belongs to the innermost SELECT whose FROM its arguments refer to, to the one that it stands in when
they refer to none (https://sqlite.org/lang_aggfunc.html).
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.binding import Binding
from foundrydb.compiler.bind.bound import AggregateCall, Call, Expr, Literal, OrderTerm
from foundrydb.compiler.bind.expressions.binders import bind
from foundrydb.compiler.bind.expressions.comparisons import check_root
from foundrydb.compiler.bind.hints import near
from foundrydb.compiler.bind.properties import sources_in
from foundrydb.compiler.bind.scope import Scope
from foundrydb.compiler.late import named
from foundrydb.compiler.syntax import ast
from foundrydb.errors import OperationalError
from foundrydb.vm.functions.scalar import (
    CONSTANT,
    DETERMINISTIC,
    DIRECT_ONLY,
    INLINE,
    ORDERED_SET,
    TAKES_SUBTYPE,
    Function,
)

_PURE_PLACES: Final = {
    "CHECK constraints": "a CHECK constraint",
    "generated columns": "a generated column",
    "index expressions": "an index",
    "partial index WHERE clauses": "an index",
}
"""Where only a deterministic answer of a function will do."""

SLOW: Final = DETERMINISTIC | CONSTANT
"""The flags of functions that may stand in an index, unless they are asked for what changes with time."""


@final
class Refused(Function):
    """Stands for what the schema says and cannot be evaluated: only to evaluate it is a mistake.

    message: the mistake.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(name, 0, -1, "")
        self.message: Final = message

    def __reduce__(self) -> tuple[object, ...]:
        return Refused, (self.name, self.message)


@final
class Raising(Function):
    """RAISE: a call of it ends the trigger's program that it stands in.

    action: IGNORE, ROLLBACK, ABORT or FAIL.
    """

    def __init__(self, action: str) -> None:
        super().__init__("raise", 0, 1, "")
        self.action: Final = action

    def __reduce__(self) -> tuple[object, ...]:
        return Raising, (self.action,)


def bind_call(b: Binding, node: ast.Call, scope: Scope) -> Expr:
    """A call as it is written.

    Raises OperationalError for an unknown function, a wrong number of arguments, or a call where it may not stand.
    """
    name = node.function.text
    ordered = node.within_group is not None
    node = called_plainly(node)
    function = find_function(b, name, len(node.arguments), node, node.function, scope)
    if ordered and not function.flags & ORDERED_SET:
        raise b.fail(f"{name}() is not an ordered-set aggregate", node)
    names = b.naming()
    if names is not None:
        kind = "aggregate" if function.aggregate else "function"
        names.note(kind, node.function, f"{function.name}()", scope)
    if not _may_call(b, function, name, scope):
        return Literal(None, b.start(node), b.end(node))
    check_use(b, node, function, scope)
    if node.over is not None:
        return _over_window(b, node, function, scope)
    if function.aggregate:
        return _aggregate(b, node, function, scope)
    _check_determinism(b, function, node, scope)
    if function.name == "likelihood" and function.flags & INLINE:
        _check_likelihood(b, node)
    args = _arguments(b, node, scope)
    return _scalar_call(b, function, args, node, scope)


def check_use(b: Binding, node: ast.Call, function: Function, scope: Scope) -> None:
    """Refuse a call where it may not stand, and clauses that the function cannot have."""
    name = node.function.text
    if node.over is not None and not function.window:
        raise b.fail(f"{name}() may not be used as a window function", node)
    if node.over is not None or (function.window and not function.aggregate):
        if node.over is None or not scope.allow_windows or not scope.allow_aggregates:
            raise b.fail(f"misuse of window function {name}()", node)
    elif function.aggregate:
        if not scope.allow_aggregates:
            raise b.fail(f"misuse of aggregate function {name}()", node)
        return
    elif node.filter is not None:
        raise b.fail(f"FILTER may not be used with non-aggregate {name}()", node)
    if node.order_by:
        raise b.fail(f"ORDER BY may not be used with non-aggregate {name}()", node)


def called_plainly(node: ast.Call) -> ast.Call:
    """A call without WITHIN GROUP: ``f(p) WITHIN GROUP (ORDER BY x)`` is another way to write ``f(x, p)``."""
    if node.within_group is None:
        return node
    arguments = (node.within_group, *node.arguments)
    return ast.Call(
        node.start,
        node.end,
        node.function,
        node.distinct,
        node.star,
        arguments,
        node.order_by,
        None,
        node.filter,
        node.over,
    )


def _over_window(b: Binding, node: ast.Call, function: Function, scope: Scope) -> Expr:
    """A call of a function over a window."""
    scope.allow_windows = False
    bound: Expr = named("bind_window_call")(b, node, function, _arguments(b, node, scope), scope)
    scope.allow_windows = True
    return bound


def _scalar_call(b: Binding, function: Function, args: list[Expr], node: ast.Node, scope: Scope) -> Call:
    if function.flags & TAKES_SUBTYPE:
        args = [named("subtyped")(arg) for arg in args]
    place = _PURE_PLACES.get(scope.prohibited, "") if function.flags & SLOW == SLOW else ""
    return Call(function, args, argument_collation(args), b.start(node), b.end(node), place)


def find_function(
    b: Binding, name: str, count: int, node: ast.Node, place: ast.Node, scope: Scope
) -> Function:
    """The function of that name for ``count`` arguments.

    Raises OperationalError when there is none, unless the schema calls it or only names are looked up.
    """
    function = b.functions.find(name, count)
    absent = function is None and b.only_names  # ALTER TABLE looks up nothing but names
    if absent or (scope.unchecked and (function is None or function.aggregate or function.window)):
        return Refused(name, f"unknown function: {name}()")
    if function is not None:
        unsafe = function.flags & DIRECT_ONLY or (function.of_user and not b.functions.trusts_schema)
        if unsafe and not b.trusted:
            raise b.fail(f"unsafe use of {name}()", place)
        return function
    if b.functions.exists(name):
        raise b.fail(f"wrong number of arguments to function {name}()", node)
    problem = b.fail(f"no such function: {name}", place)
    problem.hint = near(name, [known.name for known in b.functions.all()])
    raise problem


def _may_call(b: Binding, function: Function, written: str, scope: Scope) -> bool:
    """Whether the authorizer lets a function be called; it is not asked about expressions of the schema again."""
    return (
        b.authorization is None or bool(scope.prohibited) or b.authorization.may_call(function.name, written)
    )


def plain_call(b: Binding, name: str, args: list[Expr], node: ast.Node, scope: Scope) -> Expr:
    """A call of a scalar function that the language itself asks for."""
    function = find_function(b, name, len(args), node, node, scope)
    if not _may_call(b, function, name, scope):
        return Literal(None, b.start(node), b.end(node))
    _check_determinism(b, function, node, scope)
    return _scalar_call(b, function, args, node, scope)


def bind_like(b: Binding, node: ast.Like, scope: Scope) -> Expr:
    """``x LIKE y ESCAPE z`` is ``like(y, x, z)``; so are GLOB, REGEXP and MATCH."""
    count = 2 if node.escape is None else 3
    name = node.operator.lower()
    if b.functions.find(name, count) is None:
        name = _written_operator(b, node)
    function = find_function(b, name, count, node, node, scope)
    if not _may_call(b, function, node.operator, scope):
        return Literal(None, b.start(node), b.end(node))
    args = [bind(b, node.pattern, scope), bind(b, node.operand, scope)]
    if node.escape is not None:
        args.append(bind(b, node.escape, scope))
    _check_determinism(b, function, node, scope)
    return _scalar_call(b, function, args, node, scope)


def _written_operator(b: Binding, node: ast.Like) -> str:
    """The operator as the text has it, for messages."""
    between = b.text[node.operand.end : node.pattern.start]
    found = [word for word in between.split() if word.upper() == node.operator]
    return found[-1] if found else node.operator.lower()


def _arguments(b: Binding, node: ast.Call, scope: Scope) -> list[Expr]:
    return [bind(b, argument, scope) for argument in node.arguments]


def argument_collation(args: list[Expr]) -> str:
    """The collation of a call that compares its arguments: that of the first argument with one."""
    for arg in args:
        if arg.collation:
            return arg.collation
    return "BINARY"


def _check_determinism(b: Binding, function: Function, node: ast.Node, scope: Scope) -> None:
    """Indexes and generated columns may only call functions that always give the same result."""
    if scope.prohibited and not function.deterministic and scope.prohibited != "CHECK constraints":
        raise b.fail(f"non-deterministic functions prohibited in {scope.prohibited}", node)


def _check_likelihood(b: Binding, node: ast.Call) -> None:
    chance = node.arguments[1]
    if not isinstance(chance, ast.Float) or not 0.0 <= chance.value <= 1.0:
        text = "second argument to likelihood() must be a constant between 0.0 and 1.0"
        raise b.fail(text, node)


# -- aggregates


def _aggregate(b: Binding, node: ast.Call, function: Function, scope: Scope) -> Expr:
    name = node.function.text
    if node.distinct and len(node.arguments) != 1:
        raise b.fail("DISTINCT aggregates must have exactly one argument", node)
    windows = scope.allow_windows
    scope.allow_aggregates = False
    scope.allow_windows = False
    written = [list(node.arguments), [term.expression for term in node.order_by]]
    if node.filter is not None:
        written.append([node.filter])
    bound: list[list[Expr]] = []
    for i, exprs in enumerate(written):
        try:
            bound.append([bind(b, each, scope) for each in exprs])
        except OperationalError:
            _names_behind(b, written[i + 1 :], scope)
            raise
    args, condition = bound[0], None if node.filter is None else bound[2][0]
    if function.flags & TAKES_SUBTYPE:
        args = [named("subtyped")(arg) for arg in args]
    order = [order_term(b, expr, term) for expr, term in zip(bound[1], node.order_by)]
    scope.allow_aggregates = True
    scope.allow_windows = windows
    parts = list(args)
    if condition is not None:
        parts.append(condition)
    parts.extend(term.expr for term in order)
    if function.chooses_row:
        order = []  # The largest of some values is the same in each order; SQLite drops it, too.
    owner = _owner(parts, scope)
    owner.has_aggregates = True
    return AggregateCall(
        function,
        args,
        node.distinct,
        condition,
        order if args else [],  # of rows that are only counted the order is of no account
        argument_collation(args),
        b.start(node),
        b.end(node),
        owner.owner,
        name,
    )


def _names_behind(b: Binding, written: list[list[ast.Expression]], scope: Scope) -> None:
    """Raise what is wrong at the root of the first expressions of some lists, of the last list first.

    After a mistake in an aggregate's arguments SQLite still looks names up that stand alone, and compares the widths of
    what is compared; it tells the last mistake that it met.
    """
    for exprs in reversed(written):
        for each in exprs:
            while isinstance(each, ast.IsNull):
                each = each.operand
            check_root(b, each, scope)
            if not isinstance(each, ast.Column):
                break
            bind(b, each, scope)


def order_term(b: Binding, expr: Expr, term: ast.OrderTerm) -> OrderTerm:
    """A term of an ORDER BY over its bound expression."""
    b.require_collation(expr.collation)
    nulls_first = term.nulls == "FIRST" if term.nulls else not term.descending
    return OrderTerm(expr, term.descending, nulls_first, expr.collation or "BINARY")


def _owner(parts: list[Expr], scope: Scope) -> Scope:
    """The SELECT that an aggregate with these operands belongs to: the innermost one whose rows they read, if any."""
    read = [source for part in parts for source in sources_in(part)]
    candidate: Scope | None = scope
    while read and candidate is not None:
        own = candidate.read_sources()
        if any(source in own for source in read):
            return candidate
        candidate = candidate.outer
    return scope
