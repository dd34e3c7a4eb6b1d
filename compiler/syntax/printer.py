"""From the tree back to SQL: ``parse(to_sql(node))`` is equal to the node.

Short statements stand on one line; longer ones break at their clauses, long lists at their commas.  What each node
consists of is said in print_expression.py, print_query.py and print_schema.py; layout.py puts it on lines.
"""

from __future__ import annotations

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.layout import Pieces, render
from foundrydb.compiler.syntax.node import Node
from foundrydb.compiler.syntax.print_expression import expression_pieces, level_of
from foundrydb.compiler.syntax.print_query import query_pieces
from foundrydb.compiler.syntax.print_schema import schema_pieces


def to_sql(node: Node) -> str:
    """A statement, or any part of one, as SQL without a semicolon at its end."""
    return render(node, _pieces, level_of)


def _pieces(node: Node) -> Pieces:
    if isinstance(node, ast.Expression):
        pieces = expression_pieces(node)
    else:
        pieces = query_pieces(node)
        if pieces is None:
            pieces = schema_pieces(node)
        if pieces is None:
            pieces = expression_pieces(node)
    if pieces is None:
        raise TypeError(f"a {node.__class__.__name__} cannot be printed")
    return pieces
