"""Actions of query.lark that make windows: OVER, FILTER, WINDOW and frames."""

from __future__ import annotations

from typing import Final, cast, final

from mypy_extensions import i64

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.actions.builder import SyntaxBuilder, expressions, order_terms
from foundrydb.compiler.syntax.actions.parts import FilterOver, folded
from foundrydb.compiler.syntax.symbols import (
    A_APPEND_WINDOW,
    A_CURRENT_ROW,
    A_EXCLUDE_CURRENT_ROW,
    A_EXCLUDE_NO_OTHERS,
    A_FILTER_OVER,
    A_FIRST_WINDOW,
    A_FRAME,
    A_FRAME_BETWEEN,
    A_FRAME_BOUND,
    A_ONLY_FILTER,
    A_ONLY_OVER,
    A_OVER_NAME,
    A_OVER_WINDOW,
    A_UNBOUNDED_FOLLOWING,
    A_UNBOUNDED_PRECEDING,
    A_WINDOW_BASE_FRAME,
    A_WINDOW_BASE_ORDER,
    A_WINDOW_BASE_PARTITION,
    A_WINDOW_CLAUSE,
    A_WINDOW_DEFINITION,
    A_WINDOW_FRAME,
    A_WINDOW_ORDER,
    A_WINDOW_PARTITION,
)


@final
class WindowClause:
    """The windows of a WINDOW clause, as far as it is read.

    SQLite checks at once what window one extends, whether or not it is used; but never that of the first one.
    """

    def __init__(self) -> None:
        self.definitions: Final[list[ast.WindowDefinition]] = []
        self._ordered: Final[dict[bytes, bool]] = {}
        self._framed: Final[dict[bytes, bool]] = {}

    def append(self, b: SyntaxBuilder, definition: ast.WindowDefinition, at: i64) -> None:
        """Take one more.  at: the symbol that an error is about."""
        spec = definition.spec
        ordered = len(spec.order_by) > 0
        if spec.base is not None and self.definitions:
            base = folded(spec.base)
            if base not in self._ordered:
                raise b.fail(f"no such window: {spec.base.text}", at)
            problem = overridden(spec, self._ordered[base], self._framed[base])
            if problem:
                raise b.fail(problem, at)
            ordered = ordered or self._ordered[base]
        name = folded(definition.name)
        self.definitions.append(definition)
        self._ordered[name] = ordered
        self._framed[name] = spec.frame is not None


def overridden(spec: ast.WindowSpec, ordered: bool, framed: bool) -> str:
    """What is wrong with a window that extends another one, "" for nothing.

    ordered, framed: the other one has an ORDER BY, a frame.
    """
    assert spec.base is not None
    if spec.partition_by:
        again = "PARTITION clause"
    elif ordered and spec.order_by:
        again = "ORDER BY clause"
    elif framed:
        again = "frame specification"
    else:
        return ""
    return f"cannot override {again} of window: {spec.base.text}"


def window_action(b: SyntaxBuilder, action: i64, base: i64, last: i64) -> object:
    """Run an action that makes a piece of a window on the symbols from ``base`` to ``last``."""
    start = b.starts[base]
    end = b.ends[last]
    values = b.values
    if action in (A_WINDOW_CLAUSE, A_FIRST_WINDOW, A_APPEND_WINDOW):
        return _window_clause(b, action, base, last)
    if action <= A_WINDOW_BASE_ORDER:
        return _window(b, action, base, start, end)
    if action == A_OVER_WINDOW:
        spec = cast(ast.WindowSpec, values[base + 2])
        # The span of a window in OVER takes in its parentheses.
        return _respanned(spec, b.starts[base + 1], end)
    if action == A_OVER_NAME:
        return ast.WindowName(b.starts[base + 1], end, cast(ast.Name, values[base + 1]))
    if action == A_ONLY_OVER:
        return FilterOver(None, cast(ast.Over, values[base]))
    if action == A_ONLY_FILTER:
        return FilterOver(cast(ast.Expression, values[base]), None)
    if action == A_FILTER_OVER:
        return FilterOver(cast(ast.Expression, values[base]), cast(ast.Over, values[base + 1]))
    if action == A_FRAME:
        return _frame(b, base, start, end, base + 1, -1, base + 2)
    if action == A_FRAME_BETWEEN:
        return _frame(b, base, start, end, base + 2, base + 4, base + 5)
    if action == A_FRAME_BOUND:
        return ast.FrameBound(start, end, cast(str, values[base + 1]), cast(ast.Expression, values[base]))
    if action == A_CURRENT_ROW:
        return ast.FrameBound(start, end, "CURRENT ROW", None)
    if action == A_UNBOUNDED_PRECEDING:
        return ast.FrameBound(start, end, "UNBOUNDED PRECEDING", None)
    if action == A_UNBOUNDED_FOLLOWING:
        return ast.FrameBound(start, end, "UNBOUNDED FOLLOWING", None)
    if action == A_EXCLUDE_NO_OTHERS:
        return "NO OTHERS"
    assert action == A_EXCLUDE_CURRENT_ROW
    return "CURRENT ROW"


def _window_clause(b: SyntaxBuilder, action: i64, base: i64, last: i64) -> object:
    """The windows so far, or all."""
    if action == A_WINDOW_CLAUSE:
        return tuple(cast(WindowClause, b.values[last]).definitions)
    clause = WindowClause() if action == A_FIRST_WINDOW else cast(WindowClause, b.values[base])
    clause.append(b, cast(ast.WindowDefinition, b.values[last]), last)
    return clause


def _window(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> object:
    """The inside of a window's parentheses, or a definition after WINDOW."""
    values = b.values
    if action == A_WINDOW_DEFINITION:
        spec = _respanned(cast(ast.WindowSpec, values[base + 3]), b.starts[base + 2], end)
        return ast.WindowDefinition(start, end, cast(ast.Name, values[base]), spec)
    if action == A_WINDOW_FRAME:
        return ast.WindowSpec(start, end, None, (), (), cast(ast.Frame | None, values[base]))
    at = base
    name: ast.Name | None = None
    if action in (A_WINDOW_BASE_FRAME, A_WINDOW_BASE_PARTITION, A_WINDOW_BASE_ORDER):
        name = cast(ast.Name, values[base])
        at += 1
    partition: tuple[ast.Expression, ...] = ()
    order: tuple[ast.OrderTerm, ...] = ()
    if action in (A_WINDOW_PARTITION, A_WINDOW_BASE_PARTITION):
        partition = expressions(values[at + 2])
        order = order_terms(values[at + 3])
        at += 4
    elif action in (A_WINDOW_ORDER, A_WINDOW_BASE_ORDER):
        order = order_terms(values[at + 2])
        at += 3
    return ast.WindowSpec(start, end, name, partition, order, cast(ast.Frame | None, values[at]))


def _respanned(spec: ast.WindowSpec, start: i64, end: i64) -> ast.WindowSpec:
    return ast.WindowSpec(start, end, spec.base, spec.partition_by, spec.order_by, spec.frame)


def _frame(
    b: SyntaxBuilder, base: i64, start: i64, end: i64, lower_at: i64, upper_at: i64, exclude_at: i64
) -> ast.Frame:
    """A frame; bounds that end before they begin are refused."""
    lower = cast(ast.FrameBound, b.values[lower_at])
    upper = cast(ast.FrameBound, b.values[upper_at]) if upper_at >= 0 else None
    last = upper.kind if upper is not None else "CURRENT ROW"
    backwards = lower.kind == "CURRENT ROW" and last == "PRECEDING"
    if backwards or (lower.kind == "FOLLOWING" and last in ("PRECEDING", "CURRENT ROW")):
        raise b.fail("unsupported frame specification", base)
    mode = cast(str, b.values[base])
    return ast.Frame(start, end, mode, lower, upper, cast(str, b.values[exclude_at]))
