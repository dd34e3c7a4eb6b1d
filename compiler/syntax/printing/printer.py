"""From the tree back to SQL: ``parse(to_sql(node))`` is equal to the node.

Short statements stand on one line; longer ones break at their clauses, long lists at their commas.  What each node
consists of is said in print_expression.py, print_query.py and print_schema.py; layout.py puts it on lines.
"""

from __future__ import annotations

from foundrydb.compiler.syntax.node import Node
from foundrydb.compiler.syntax.printing import (
    print_query,  # noqa: F401  their entries in PIECES
    print_schema,  # noqa: F401  their entries in PIECES
)
from foundrydb.compiler.syntax.printing.kept_comments import KeptComments
from foundrydb.compiler.syntax.printing.layout import render
from foundrydb.compiler.syntax.printing.print_expression import level_of


def to_sql(node: Node, text: str = "") -> str:
    """A statement, or any part of one, as SQL without a semicolon at its end.

    Args:
        text: what the node was parsed from, or what it was rewritten from: its comments are printed too.
    """
    comments = KeptComments(text, node) if "--" in text or "/*" in text else None
    return render(node, level_of, comments)
