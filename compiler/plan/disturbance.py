"""Whether rows can be changed while a plan finds them, though somebody follows what becomes of them.

Then it must make no difference to anybody that what follows the first rows happens before the last ones are found: it
writes nothing that the search reads, and the search cannot fail, nor call what might notice.
"""

from __future__ import annotations

from foundrydb.compiler.bind.bound import AggregateCall, Expr, WindowCall
from foundrydb.compiler.bind.properties import is_deterministic, may_fail, walk
from foundrydb.compiler.plan.nodes import (
    Filter,
    Join,
    Node,
    Project,
    RowEvents,
    RowidSeek,
    Scan,
    SingleRow,
    Values,
)
from foundrydb.compiler.plan.walk import nodes_of
from foundrydb.compiler.schema.objects import Table


def may_write(events: RowEvents | None, table: Table) -> bool:
    """Whether what follows a change of rows may write a table."""
    return events is not None and (events.unbounded or table in events.written)


def is_undisturbed(search: Node, events: RowEvents | None) -> bool:
    """Whether a search goes on undisturbed while its first rows are changed.

    events: what follows, None where no more than RETURNING does.
    """
    for node in nodes_of(search):
        if not isinstance(node, (Filter, Join, Project, RowidSeek, Scan, SingleRow, Values)):
            return False
        if isinstance(node, (RowidSeek, Scan)) and may_write(events, node.table):
            return False
        if not all([_is_settled(expr) for expr in node.expressions()]):
            return False
    return True


def _is_settled(expr: Expr) -> bool:
    """Whether an expression has a value, whenever it is evaluated, and always the same."""
    if may_fail(expr) or not is_deterministic(expr):
        return False
    return not any([isinstance(item, (AggregateCall, WindowCall)) for item in walk(expr)])
