"""INSERT INTO b SELECT * FROM a, where the rows of a are rows of b as they are.

C SQLite copies the rows of tables that are alike without looking at their columns.  It shows twice:

- A query of a table with generated columns has more columns than can be given values; here it is taken all the same.
- Rows without a rowid of their own choosing keep the rowid that they have, where the table that gets them is empty, and
  has indexes, which are copied too.

(https://sqlite.org/gencol.html, https://sqlite.org/lang_insert.html)
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.schema.names import ROWID_NAMES, fold
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import Node, rewrite

_ABORTS: Final = ("", "ABORT", "ROLLBACK")


def with_rowid(b: QueryBinding, statement: ast.Insert, table: Table, source: ast.Select) -> ast.Select | None:
    """The query of an INSERT without a list of columns, the rowid its last column, where the rowids are copied too.

    They are if the table is empty: that is seen when the statement runs.
    """
    if table.rowid_alias >= 0 or not table.indexes:
        return None
    copied = _copied(b, statement, source)
    if copied is None or not _alike(copied, table):
        return None
    names = [name for name in ROWID_NAMES if copied.column_index(name) < 0]
    core = source.body
    assert isinstance(core, ast.SelectCore)
    return _selecting(source, (*core.columns, _result(core, names[0]))) if names else None


def given_columns(b: QueryBinding, statement: ast.Insert, table: Table, source: ast.Select) -> ast.Select:
    """The query of an INSERT without a list of columns; where it copies a table, without generated columns."""
    if not any([column.generated is not None for column in table.columns]):
        return source
    copied = _copied(b, statement, source)
    if copied is None or _needs_empty(table, statement.conflict) or not _alike(copied, table):
        return source
    core = source.body
    assert isinstance(core, ast.SelectCore)
    columns = [_result(core, column.name) for column in copied.columns if column.generated is None]
    return _selecting(source, tuple(columns))


def _result(core: ast.SelectCore, name: str) -> ast.ResultColumn:
    start, end = core.start, core.end
    column = ast.Column(start, end, None, None, ast.Name(start, end, name, '"'))
    return ast.ResultExpression(start, end, column, None)


def _selecting(source: ast.Select, columns: tuple[ast.ResultColumn, ...]) -> ast.Select:
    core = source.body
    assert isinstance(core, ast.SelectCore)
    plain = ast.SelectCore(core.start, core.end, False, columns, core.from_, None, (), None, ())
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


def _alike(a: Table, b: Table) -> bool:
    """Whether the rows of table ``a`` are rows of table ``b`` as they are, one alone with its constraints."""
    if a is b or len(a.columns) != len(b.columns) or a.rowid_alias != b.rowid_alias:
        return False
    if a.without_rowid or b.without_rowid or (b.strict and not a.strict):
        return False
    if not all([_same_columns(a, b, i) for i in range(len(a.columns))]):
        return False
    if any([not any([_same_index(x, a, y, b) for x in a.indexes]) for y in b.indexes]):
        return False
    if b.checks and len(a.checks) != len(b.checks):
        return False
    return all([_same(x.expression, a, y.expression, b) for x, y in zip(a.checks, b.checks)])


def _needs_empty(table: Table, conflict: str) -> bool:
    """Whether rows can be copied only while there are none that they could be in conflict with."""
    if any([index.unique for index in table.indexes]) or (table.indexes and table.rowid_alias < 0):
        return True
    return (conflict or table.rowid_conflict) not in _ABORTS


def _same_columns(a: Table, b: Table, i: int) -> bool:
    x, y = a.columns[i], b.columns[i]
    if x.affinity != y.affinity or fold(x.collation) != fold(y.collation) or (y.not_null and not x.not_null):
        return False
    if x.generated is None or y.generated is None:
        return x.generated is y.generated and (i == 0 or x.default_text == y.default_text)
    return x.stored == y.stored and _same(x.generated, a, y.generated, b)


def _same_index(x: Index, a: Table, y: Index, b: Table) -> bool:
    """Whether two indexes have the same entries, and refuse the same."""
    if len(x.columns) != len(y.columns) or x.unique != y.unique or x.conflict != y.conflict:
        return False
    if x.unique and (x.origin == "c") is not (y.origin == "c"):
        return False  # the conflict clause of a constraint is the statement's, that of CREATE INDEX is ABORT
    for one, other in zip(x.columns, y.columns):
        if one.column != other.column or one.descending != other.descending:
            return False
        if fold(one.collation) != fold(other.collation) or not _same_or_none(
            one.expression, a, other.expression, b
        ):
            return False
    return _same_or_none(x.where, a, y.where, b)


def _same_or_none(x: ast.Expression | None, a: Table, y: ast.Expression | None, b: Table) -> bool:
    return x is y if x is None or y is None else _same(x, a, y, b)


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
