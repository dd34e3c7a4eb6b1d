"""INSERT INTO b SELECT * FROM a, where both tables have the same generated columns.

As it stands the query has more columns than can be given values.  C SQLite copies the rows of tables that are alike
without looking at their columns, and so takes the statement; where they are not alike it is refused as any other.
(https://sqlite.org/gencol.html)
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import Node, rewrite

_ABORTS: Final = ("", "ABORT", "ROLLBACK")


def given_columns(b: QueryBinding, statement: ast.Insert, table: Table, source: ast.Select) -> ast.Select:
    """The query of an INSERT without a list of columns; where it copies a table, without generated columns."""
    if not any([column.generated is not None for column in table.columns]):
        return source
    copied = _copied(b, statement, source)
    if copied is None or not _alike(copied, table, statement.conflict):
        return source
    core = source.body
    assert isinstance(core, ast.SelectCore)
    start, end = core.start, core.end
    columns: list[ast.ResultColumn] = []
    for column in copied.columns:
        if column.generated is None:
            name = ast.Column(start, end, None, None, ast.Name(start, end, column.name, '"'))
            columns.append(ast.ResultExpression(start, end, name, None))
    plain = ast.SelectCore(start, end, False, tuple(columns), core.from_, None, (), None, ())
    return ast.Select(source.start, source.end, None, plain, (), None, None)


def _copied(b: QueryBinding, statement: ast.Insert, source: ast.Select) -> Table | None:
    """The table that a statement copies all rows of, None where it does anything else."""
    core = source.body
    if statement.with_ is not None or statement.upserts or statement.returning:
        return None
    if source.with_ is not None or source.order_by or source.limit is not None:
        return None
    if not isinstance(core, ast.SelectCore) or core.distinct or core.where is not None:
        return None
    if core.group_by or core.having is not None or len(core.columns) != 1:
        return None
    if not isinstance(core.columns[0], ast.ResultStar) or not isinstance(core.from_, ast.TableSource):
        return None
    name = core.from_.name
    found = b.catalog.find_relation(name.name.text, None if name.schema is None else name.schema.text)
    return found if isinstance(found, Table) else None


def _alike(a: Table, b: Table, conflict: str) -> bool:
    """Whether the rows of table ``a`` are rows of table ``b`` as they are."""
    if a is b or len(a.columns) != len(b.columns) or a.rowid_alias != b.rowid_alias:
        return False
    if a.without_rowid or b.without_rowid or (b.strict and not a.strict):
        return False
    if (conflict or b.rowid_conflict) not in _ABORTS or (b.indexes and b.rowid_alias < 0):
        return False
    if not all([_same_columns(a, b, i) for i in range(len(a.columns))]):
        return False
    if any([not any([_same_index(x, y) for x in a.indexes]) for y in b.indexes]):
        return False
    if b.checks and len(a.checks) != len(b.checks):
        return False
    return all([_same(x.expression, a, y.expression, b) for x, y in zip(a.checks, b.checks)])


def _same_columns(a: Table, b: Table, i: int) -> bool:
    x, y = a.columns[i], b.columns[i]
    if x.affinity != y.affinity or fold(x.collation) != fold(y.collation) or (y.not_null and not x.not_null):
        return False
    if x.generated is None or y.generated is None:
        return x.generated is y.generated and (i == 0 or x.default_text == y.default_text)
    return x.stored == y.stored and _same(x.generated, a, y.generated, b)


def _same_index(x: Index, y: Index) -> bool:
    """Whether two indexes have the same entries; those on expressions, UNIQUE and partial ones do not count."""
    if y.unique or x.unique or len(x.columns) != len(y.columns) or x.where is not None or y.where is not None:
        return False
    for one, other in zip(x.columns, y.columns):
        if one.column != other.column or one.expression is not None or one.descending != other.descending:
            return False
        if fold(one.collation) != fold(other.collation):
            return False
    return True


def _same(x: ast.Expression, a: Table, y: ast.Expression, b: Table) -> bool:
    """Whether two expressions say the same of the columns of their tables, whatever these are called."""
    return _numbered(x, a) == _numbered(y, b)


def _numbered(expression: ast.Expression, table: Table) -> Node:
    """An expression with numbers for the names of columns."""

    def change(node: Node) -> Node:
        if isinstance(node, ast.Column) and table.column_index(node.column.text) >= 0:
            number = ast.Name(0, 0, str(table.column_index(node.column.text)), "")
            return ast.Column(0, 0, None, None, number)
        return node

    return rewrite(expression, change)
