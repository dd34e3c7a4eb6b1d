"""The root of a SELECT: rows handed to the caller."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Expr, OutputColumn
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import ROOTS
from foundrydb.compiler.codegen.expressions.values import column_field, range_of, resolve
from foundrydb.compiler.codegen.opening import open_plan
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.usage import collect, output_columns
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops.control import ResultRow
from foundrydb.vm.ops.rows import ResultColumns
from foundrydb.vm.program import ResultColumn


@final
class Outputting(Consumer):
    """Hands out a row; one that is all one cursor's is not copied to registers first."""

    def __init__(self, exprs: list[Expr]) -> None:
        self.exprs: Final = exprs

    def row(self, coder: Coder, next: int) -> None:
        cursor = -1
        positions: list[int] = []
        reals: list[int] = []
        for i in range(len(self.exprs)):
            field = column_field(coder, self.exprs[i])
            if field is None or (i > 0 and field.cursor != cursor):
                emit_row(coder, self.exprs)
                return
            cursor = field.cursor
            positions.append(field.position)
            if field.real:
                reals.append(i)
        attribution = coder.settings.attribution
        if attribution is not None:
            attribution.evaluate(coder, [resolve(coder, expr) for expr in self.exprs])
        coder.emit(ResultColumns(cursor, tuple(positions), tuple(reals)))
        if attribution is not None:
            attribution.evaluated(coder)


def emit_row(coder: Coder, exprs: list[Expr]) -> None:
    """Emit code that hands out the values of expressions as a row."""
    coder.emit(ResultRow(range_of(coder, exprs), len(exprs)))


def describe(coder: Coder, columns: list[OutputColumn]) -> None:
    """Name the columns of the result."""
    coder.builder.columns = [
        ResultColumn(column.name, column.declared_type if column.declared_type else None)
        for column in columns
    ]


@ROOTS.entry(nodes.Output)
def code_output(coder: Coder, node: nodes.Output) -> None:
    """Emit the code of a SELECT statement."""
    describe(coder, node.columns)
    collect(coder, node)
    open_plan(coder, node)
    produce(coder, node.child, Outputting(output_columns(node.child, len(node.columns))))
