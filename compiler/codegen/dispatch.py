"""The tables of code generation: from the class of a node to the function that emits its code.

Each function stands in its table by the decorator beside it.  ``statements`` imports the modules with entries that
nearly every program needs; the others are in ``compiler/late.py``.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler import late
from foundrydb.compiler.bind.binder import WITH_ROWS
from foundrydb.compiler.bind.expr import Expr
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.trees.dispatch import Dispatch

STATEMENTS: Final[Dispatch[None]] = Dispatch(
    "code for a statement without a plan",
    ast.Statement,
    without=(*WITH_ROWS, ast.Explain),
    late=late.STATEMENTS,
)
"""``code(coder, statement, sql)``"""

ROOTS: Final[Dispatch[None]] = Dispatch(
    "code for the root of a plan",
    nodes.Output,
    nodes.Write,
    nodes.Instead,
    nodes.SchemaChange,
    late=late.ROOTS,
)
"""``code(coder, node)``"""

PRODUCERS: Final[Dispatch[None]] = Dispatch(
    "code for the rows of a plan node",
    nodes.Node,
    without=(nodes.Output, nodes.Write, nodes.Instead, nodes.SchemaChange, nodes.RowWork),
    late=late.PRODUCERS,
)
"""``code(coder, node, consumer)``, see ``producing.py``"""

VALUES: Final[Dispatch[None]] = Dispatch("code for the value of an expression", Expr, late=late.VALUES)
"""``code(coder, expr, dest)``: leaves the value in a register, see ``expressions/values.py``"""

JUMPS: Final[Dispatch[None]] = Dispatch("code for an expression as a condition", Expr, late=late.JUMPS)
"""``code(coder, expr, target, when, null)``: goes to the target if the expression is ``when``, see
``expressions/conditions.py``"""
