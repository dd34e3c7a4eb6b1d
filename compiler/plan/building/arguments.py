"""The arguments of virtual tables: those that a call lists, and those that conditions give.

An argument is an equality with a hidden column, so ``pragma_table_info('t')`` and ``pragma_table_info WHERE arg = 't'``
are one query; an IN gives several values in turn.  Like SQLite's, the conditions are looked through before anything
else is decided, and a virtual table whose arguments come from tables to its right moves behind them::

    Filter(Join(p, t), p.arg = t.name)      becomes      Join(t, p(t.name))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Compare, Expr, InList, InQuery, Source
from foundrydb.compiler.bind.expressions.comparisons import as_value, equality
from foundrydb.compiler.bind.properties import conjunction, conjuncts, sources_in
from foundrydb.compiler.plan.nodes import Filter, Join, ModuleScan, Node
from foundrydb.compiler.plan.walk import nodes_of, visible_sources
from foundrydb.compiler.trees.declared import made_from
from foundrydb.errors import error, not_supported

if TYPE_CHECKING:
    from foundrydb.vm.functions.registry import FunctionRegistry


def filtered(functions: FunctionRegistry, node: Node, conditions: list[Expr]) -> Node:
    """The rows of a FROM clause that meet some conditions, which may give arguments of its virtual tables."""
    if any(isinstance(item, ModuleScan) for item in nodes_of(node)):
        arguments = _Arguments([term for condition in conditions for term in conjuncts(condition)])
        node = _without_nulls(functions, arguments.node(node))
        conditions = arguments.rest()
        node = _placed(_without_later(node, [], conditions))
        _check_order(node, [])
    condition = conjunction(conditions)
    return node if condition is None else Filter(node, condition)


@final
class _Arguments:
    """Takes equalities with hidden columns out of conditions; of several with one column, as in SQLite, the last."""

    def __init__(self, terms: list[Expr]) -> None:
        self.terms: Final = terms
        self.used: Final[list[Expr]] = []

    def rest(self) -> list[Expr]:
        """The conditions that are still to be met."""
        return self.unused(self.terms)

    def unused(self, terms: list[Expr]) -> list[Expr]:
        """Those of some conditions that have not become arguments."""
        return [term for term in terms if not any(term is other for other in self.used)]

    def node(self, node: Node) -> Node:
        """A source or join; the virtual tables in it that all the conditions hold for get their arguments."""
        if isinstance(node, ModuleScan):
            return self._module_scan(node)
        if not isinstance(node, Join) or node.kind in ("right", "full"):
            return node
        if node.kind == "left":
            inner = _Arguments(conjuncts(node.on))
            right = inner.node(node.right)
            return node.of(self.node(node.left), right, conjunction(inner.rest()))
        own = conjuncts(node.on)
        self.terms.extend(own)
        left, right = self.node(node.left), self.node(node.right)
        del self.terms[len(self.terms) - len(own) :]
        return node.of(left, right, conjunction(self.unused(own)))

    def _module_scan(self, node: ModuleScan) -> ModuleScan:
        given = list(node.given)
        args = list(node.args)
        for term in reversed(self.unused(self.terms)):
            column, value = _argument(term, node.source)
            if value is not None and column not in given:
                self.used.append(term)
                given.append(column)
                args.append(value)
        order = sorted(range(len(given)), key=given.__getitem__)
        called = ModuleScan(node.source, node.module, [args[i] for i in order], [given[i] for i in order])
        return made_from(node, called)


def _argument(term: Expr, source: Source) -> tuple[int, Expr | None]:
    """The hidden column of ``source`` that a condition gives a value, or a set of values, and what it gives."""
    if isinstance(term, (InList, InQuery)) and not term.negated and _is_hidden(term.operand, source):
        assert isinstance(term.operand, ColumnRef)
        return term.operand.index, None if source in _sources_of(term) else term
    if isinstance(term, Compare) and term.op == "=":
        for column, value in ((term.left, term.right), (term.right, term.left)):
            if _is_hidden(column, source) and source not in sources_in(value):
                assert isinstance(column, ColumnRef)
                return column.index, as_value(value)
    return -1, None


def _is_hidden(expr: Expr, source: Source) -> bool:
    return (
        isinstance(expr, ColumnRef)
        and expr.source is source
        and expr.index >= 0
        and source.columns[expr.index].hidden
    )


def _sources_of(arg: Expr) -> list[Source]:
    """The sources that the values of an argument are computed from."""
    if isinstance(arg, InList):
        return [source for item in arg.items for source in sources_in(item)]
    return arg.query.outer if isinstance(arg, InQuery) else sources_in(arg)


# -- virtual tables that need tables to their left, or to their right


def _without_nulls(functions: FunctionRegistry, node: Node) -> Node:
    """The join where no virtual table that depends on its left side keeps rows of its own in an outer join.

    Such rows would come with NULLs for the left side: for a table that finds nothing by them, there are none.
    """
    if not isinstance(node, Join):
        return node
    left, right = _without_nulls(functions, node.left), _without_nulls(functions, node.right)
    made = node if left is node.left and right is node.right else node.with_children([left, right])
    if node.kind not in ("right", "full") or not isinstance(right, ModuleScan):
        return made
    known = visible_sources(left)
    table = functions.modules.table(right.module)
    from_left = any(isinstance(arg, ColumnRef) and arg.source in known for arg in right.args)
    if table is None or not table.strict or not from_left:
        return made
    kind = "inner" if node.kind == "right" else "left"
    return made_from(node, Join(kind, left, right, node.on, node.fixed))


def _without_later(node: Node, later: list[Source], conditions: list[Expr]) -> Node:
    """The join without the arguments that read sources which CROSS JOIN keeps to the right of their virtual table.

    As in SQLite they are added to ``conditions``; whether the table can do without them is for it to say.
    later: the sources that CROSS JOINs keep to the right of ``node``.
    """
    if isinstance(node, ModuleScan):
        return _without_arguments(node, later, conditions)
    if not isinstance(node, Join) or node.kind != "inner":
        return node
    behind = later + visible_sources(node.right) if node.fixed else later
    left = _without_later(node.left, behind, conditions)
    right = _without_later(node.right, later, conditions)
    unchanged = left is node.left and right is node.right
    return node if unchanged else node.with_children([left, right])


def _without_arguments(node: ModuleScan, later: list[Source], conditions: list[Expr]) -> ModuleScan:
    args: list[Expr] = []
    given: list[int] = []
    for column, arg in zip(node.given, node.args):
        if any(source in later for source in _sources_of(arg)):
            several = isinstance(arg, (InList, InQuery))
            conditions.append(
                arg if several else made_from(arg, equality(ColumnRef(node.source, column), arg))
            )
        else:
            args.append(arg)
            given.append(column)
    if len(args) == len(node.args):
        return node
    return made_from(node, ModuleScan(node.source, node.module, args, given))


def _placed(node: Node) -> Node:
    """The join with its virtual tables behind the sources that their arguments read."""
    if not isinstance(node, Join):
        return node
    if node.kind != "inner":
        return node.with_children([_placed(node.left), _placed(node.right)])
    leaves: list[Node] = []
    conditions: list[Expr] = []
    cross = _flatten(node, leaves, conditions)
    if not any(_waits(leaf, leaves[i:]) for i, leaf in enumerate(leaves)):
        return node
    placed: list[Node] = []
    while leaves:
        ready = [leaf for leaf in leaves if not _waits(leaf, leaves)]
        if not ready:
            raise error("no query solution")
        placed.append(ready[0])
        leaves = [leaf for leaf in leaves if leaf is not ready[0]]
    joined = placed[0]
    for leaf in placed[1:]:
        joined = made_from(node, Join("inner", joined, leaf, None, cross))
    condition = conjunction(conditions)
    return joined if condition is None else Filter(joined, condition)


def _flatten(node: Node, leaves: list[Node], conditions: list[Expr]) -> bool:
    """Gather the sources and conditions of inner joins; True where one of them is a CROSS JOIN."""
    if not isinstance(node, Join) or node.kind != "inner":
        leaves.append(_placed(node))
        return False
    conditions.extend(conjuncts(node.on))
    left = _flatten(node.left, leaves, conditions)
    return _flatten(node.right, leaves, conditions) or left or node.fixed


def _waits(leaf: Node, others: list[Node]) -> bool:
    """Whether the arguments of a virtual table in ``leaf`` read a source of ``others``."""
    return any(
        _argument_of(leaf, visible_sources(other)) is not None for other in others if other is not leaf
    )


def _argument_of(node: Node, sources: list[Source]) -> Expr | None:
    """The first argument of a virtual table below ``node`` that reads some sources."""
    for item in nodes_of(node):
        for arg in item.args if isinstance(item, ModuleScan) else []:
            if any(source in sources for source in _sources_of(arg)):
                return arg
    return None


def _check_order(node: Node, right: list[Source]) -> None:
    """See that each virtual table's arguments are known when it is read.

    right: the sources to the right of ``node``.

    Raises:
        OperationalError: an argument is a column of a source that outer joins keep to the right of the virtual table.
        NotSupportedError: it is a column of the left side of a RIGHT or FULL JOIN, where some rows have NULLs for it.
    """
    if isinstance(node, Filter):
        _check_order(node.child, right)
        return
    if not isinstance(node, Join):
        arg = _argument_of(node, right + visible_sources(node))
        if arg is not None:
            text = "table-function argument references tables to its right"
            raise error(text).at(arg.start, arg.end - arg.start)
        return
    if node.kind in ("right", "full") and _argument_of(node.right, visible_sources(node.left)) is not None:
        raise not_supported("a virtual table of the left side's columns in a RIGHT or FULL JOIN")
    _check_order(node.left, visible_sources(node.right) + right)
    _check_order(node.right, right)
