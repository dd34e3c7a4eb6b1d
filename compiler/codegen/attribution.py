"""Which plan node each instruction is for: what ``fdb explain --analyze`` sums its figures by; and which expressions.

``produce`` announces each node when its code begins and ends, and wraps the consumer of the node's rows, whose code
belongs to the node above.  So the code of one node has gaps where the code of others stands:

    produce Join ─┬─ produce Scan t      Rewind t             t
                  │                      Column t.a           the join: its consumer of t's rows
                  │  ├─ produce Scan u   Rewind u             u
                  │  │                   Ne                   the join: its condition
                  │  │                   ResultRow            the node above the join
                  │  │                   Next u               u
                  │                      Next t               t

Where the code of a node begins, its run begins; where the code of its consumer begins, it has yielded a row.  Likewise
the code of an expression has that of its operands within it.  Addresses are noted as labels, and resolved with the
program's own.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Expr, Source
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.plan.nodes import Node
from foundrydb.vm.program import ProgramBuilder


@final
class CodeRegion:
    """Code that belongs together: from one label to before another; addresses once they are resolved."""

    def __init__(self, node: Node, start: int) -> None:
        self.node: Final = node
        self.start = start
        self.end = start


@final
class Purpose:
    """What a constant is there for: expressions, and the node whose code asked for it; exact: it is their value."""

    def __init__(self, exprs: list[Expr], node: Node | None, exact: bool = False) -> None:
        self.exprs: Final = exprs
        self.node: Final = node
        self.exact: Final = exact


@final
class Attribution:
    """Notes taken while code is generated.

    Attributes:
        runs: where the code of a node begins and ends, the code of others within it included.
        yields: where the code for a node's rows begins and ends.
        owners: by address, the node that the instruction is for; None for the statement's setup.
        expressions: by address, the expressions that the instruction evaluates; none where it is for the node alone.
        constants: for which expressions, or else for which node, a register holds a constant, by the register.
    """

    def __init__(self) -> None:
        self.runs: Final[list[CodeRegion]] = []
        self.yields: Final[list[CodeRegion]] = []
        self.owners: list[Node | None] = []
        self.expressions: list[list[Expr]] = []
        self.constants: Final[dict[int, Purpose]] = {}
        self._open: Final[list[CodeRegion]] = []
        self._rows: Final[list[CodeRegion]] = []
        self._current: list[Node | None] = [None]
        self._changes: Final[list[tuple[int, Node | None]]] = []
        self._evaluating: list[list[Expr]] = [[]]
        self._evaluations: Final[list[tuple[int, list[Expr]]]] = []

    def begin(self, coder: Coder, node: Node) -> None:
        """The code of a node begins."""
        region = CodeRegion(node, coder.here())
        self.runs.append(region)
        self._open.append(region)
        self.become(coder, node)

    def enter(self, coder: Coder, node: Node, consumer: Consumer) -> Consumer:
        """The code of a node begins that hands its rows on; who takes them in the consumer's stead."""
        above = self._current[-1]
        self.begin(coder, node)
        return AttributedConsumer(self, node, above, consumer)

    def begin_row(self, coder: Coder, node: Node) -> None:
        """A node has yielded a row; the code for it begins."""
        region = CodeRegion(node, coder.here())
        self.yields.append(region)
        self._rows.append(region)

    def end_row(self, coder: Coder) -> None:
        """The code for the row that was yielded last ends."""
        self._rows.pop().end = coder.here()

    def leave(self, coder: Coder) -> None:
        """The code of the node that began last ends."""
        self._open.pop().end = coder.here()
        self.back(coder)

    def become(self, coder: Coder, node: Node | None) -> None:
        """What follows is for this node."""
        self._current.append(node)
        self._changes.append((coder.here(), node))
        self.evaluate(coder, [])

    def back(self, coder: Coder) -> None:
        """What follows is for the node of before again."""
        self._current.pop()
        self._changes.append((coder.here(), self._current[-1]))
        self.evaluated(coder)

    def evaluate(self, coder: Coder, exprs: list[Expr]) -> None:
        """What follows evaluates these expressions."""
        self._evaluating.append(exprs)
        self._evaluations.append((coder.here(), exprs))

    def evaluated(self, coder: Coder) -> None:
        """What follows evaluates what it did before."""
        self._evaluating.pop()
        self._evaluations.append((coder.here(), self._evaluating[-1]))

    def keep(self, register: int, expr: Expr | None = None) -> None:
        """A register holds a constant from the program's start on; expr: the expression whose value it is."""
        known = self.constants.get(register)
        if known is None:
            exprs = self._evaluating[-1] if expr is None else [expr]
            self.constants[register] = Purpose(exprs, self._current[-1], expr is not None)
        elif expr is not None and not known.exact:
            self.constants[register] = Purpose([expr], known.node, True)

    def resolve(self, builder: ProgramBuilder) -> None:
        """Put addresses in the place of labels, now that the program is complete."""
        for region in self.runs + self.yields:
            region.start = builder.address_of(region.start)
            region.end = builder.address_of(region.end)
        self.owners = [None] * builder.address
        changes = [(builder.address_of(label), node) for label, node in self._changes]
        for i in range(len(changes)):
            start, node = changes[i]
            end = changes[i + 1][0] if i + 1 < len(changes) else start
            for address in range(start, end):
                self.owners[address] = node
        nothing: list[Expr] = []
        self.expressions = [nothing] * builder.address
        evaluations = [(builder.address_of(label), exprs) for label, exprs in self._evaluations]
        for i in range(len(evaluations)):
            start, exprs = evaluations[i]
            end = evaluations[i + 1][0] if i + 1 < len(evaluations) else start
            for address in range(start, end):
                self.expressions[address] = exprs


@final
class AttributedConsumer(Consumer):
    """Takes a node's rows for the node above it."""

    def __init__(self, attribution: Attribution, node: Node, above: Node | None, consumer: Consumer) -> None:
        self.attribution: Final = attribution
        self.node: Final = node
        self.above: Final = above
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        self.attribution.begin_row(coder, self.node)
        self.attribution.become(coder, self.above)
        self.consumer.row(coder, next)
        self.attribution.back(coder)
        self.attribution.end_row(coder)

    def early(self, coder: Coder, next: int, known: list[Source]) -> None:
        self.consumer.early(coder, next, known)
