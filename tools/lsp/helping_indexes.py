"""Which index would make a statement cheaper, told at once and without a row being read.

``toolkit.index_advice`` counts and samples rows of a database; an editor asks at every move of the cursor, and may have
no database at all.  So the candidates are made in a rehearsal, where they cost nothing, and the statement is planned
with each: the estimates that choose between indexes that are there choose among these, too.  A table's candidates have
the columns that are compared for equality first, then one that is compared for a range or that rows are ordered by.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from foundrydb.compiler.bind.bound import ROWID
from foundrydb.compiler.codegen.query_plan import query_plan_rows
from foundrydb.compiler.pipeline import Compilation
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.symbols import KEYWORD_WORDS
from foundrydb.errors import Error
from foundrydb.toolkit.rehearsal import Rehearsal

_WORTH: Final = 0.9
"""Of the cost without it, at most so much is the cost with an index that is advised."""

_MOST: Final = 12
"""How many candidates are tried."""

_EQUAL: Final = frozenset(["=", "IS"])
_RANGE: Final = frozenset(["<", "<=", ">", ">="])


class Advice:
    """An index that would help.

    Attributes:
        name, sql: what it would be called, and the statement that makes it.
        before, after: what the statement is thought to cost without and with it.
        plan: the plan with it.
    """

    def __init__(self, name: str, sql: str, before: float, after: float, work: Compilation) -> None:
        self.name: Final = name
        self.sql: Final = sql
        self.before: Final = before
        self.after: Final = after
        self.plan: Final = work.plan


def advise(statement: ast.Statement, sql: str, rehearsal: Rehearsal) -> list[Advice]:
    """The indexes that would make a statement cheaper, the best first.

    Args:
        sql: the text that the statement stands in.
        rehearsal: the schema; it stays as it is.

    Raises:
        Error: the statement is wrong.
    """
    work = rehearsal.connection.engine.preparer.stages(statement, sql)
    if work.plan is None:
        return []
    before = work.plan.cost
    found = []
    trial = rehearsal.copy()
    try:
        for table, columns in _candidates(work)[:_MOST]:
            advice = _try(table, columns, statement, sql, before, trial)
            if advice is not None:
                found.append(advice)
    finally:
        trial.close()
    return sorted(found, key=lambda advice: (advice.after, len(advice.sql)))


def _try(
    table: Table, columns: list[str], statement: ast.Statement, sql: str, before: float, trial: Rehearsal
) -> Advice | None:
    """Plan with an index that is made and dropped again; None where that is no cheaper, or it is not used."""
    base = name = "_".join([table.name, *columns])
    number = 1
    while trial.catalog.find_index(name) or trial.catalog.find_relation(name):
        number += 1
        name = f"{base}_{number}"
    schema = "" if table.schema == "main" else f"{_quoted(table.schema)}."
    made = (
        f"CREATE INDEX {schema}{_quoted(name)} ON {_quoted(table.name)}({', '.join(map(_quoted, columns))})"
    )
    with suppress(Error):
        trial.connection.execute(made)
        try:
            work = trial.connection.engine.preparer.stages(statement, sql)
        finally:
            trial.connection.execute(f"DROP INDEX {schema}{_quoted(name)}")
        plan = work.plan
        if plan is not None and plan.cost <= before * _WORTH and _uses(work, name):
            return Advice(name, made, before, plan.cost, work)
    return None


def _uses(work: Compilation, index: str) -> bool:
    """Whether an index is used, be it in a subquery."""
    lines = query_plan_rows([] if work.plan is None else [work.plan])
    return any(f" INDEX {index} " in f"{line.detail} " for line in lines)


def _candidates(work: Compilation) -> list[tuple[Table, list[str]]]:
    """What an index could be on: for each table in the statement, lists of columns."""
    places: dict[tuple[int, int], tuple[int, Table, str]] = {}
    for name in work.names().found:
        source = name.source
        if source is not None and source.table is not None and name.kind == "column" and name.index != ROWID:
            table = source.table
            if (
                not table.virtual_module
                and name.index != table.rowid_alias
                and table.columns[name.index].stored
            ):
                places[name.start, name.end] = source.number, table, table.columns[name.index].name
    equal: dict[int, list[str]] = {}
    then: dict[int, list[str]] = {}
    tables: dict[int, Table] = {}
    for node, kinds in _conditions(work.planned):
        found = places.get((node.start, node.end))
        if found is not None:
            number, table, column = found
            tables[number] = table
            names = (equal if kinds is _EQUAL else then).setdefault(number, [])
            if column not in names:
                names.append(column)
    made: dict[tuple[str, ...], tuple[Table, list[str]]] = {}
    for number, table in tables.items():
        firsts, lasts = equal.get(number, []), then.get(number, [])
        for columns in [*([*firsts, last] for last in lasts), firsts, *([each] for each in firsts + lasts)]:
            distinct = list(dict.fromkeys(columns))
            if distinct and not _is_there(table, distinct):
                made.setdefault((table.schema, table.name, *distinct), (table, distinct))
    return list(made.values())


def _conditions(statement: ast.Statement) -> list[tuple[ast.Node, frozenset[str]]]:
    """The expressions that are compared, and those that rows are ordered or grouped by."""
    found: list[tuple[ast.Node, frozenset[str]]] = []
    for node in walk(statement):
        if isinstance(node, ast.Binary) and node.operator in _EQUAL | _RANGE:
            kinds = _EQUAL if node.operator in _EQUAL else _RANGE
            found += [(node.left, kinds), (node.right, kinds)]
        elif isinstance(node, (ast.InList, ast.InSelect, ast.InTable, ast.IsNull)) and not node.negated:
            found.append((node.operand, _EQUAL))
        elif isinstance(node, (ast.Between, ast.Like)) and not node.negated:
            found.append((node.operand, _RANGE))
        elif isinstance(node, ast.OrderTerm):
            found.append((node.expression, _RANGE))
        elif isinstance(node, ast.SelectCore):
            found += [(each, _RANGE) for each in node.group_by]
    return found


def _is_there(table: Table, columns: list[str]) -> bool:
    """Whether an index begins with the columns."""
    for index in table.indexes:
        names = [table.columns[each.column].name if each.column >= 0 else "" for each in index.columns]
        if index.where is None and names[: len(columns)] == columns:
            return True
    return False


def _quoted(name: str) -> str:
    plain = name.isidentifier() and name.isascii() and name.upper().encode() not in KEYWORD_WORDS
    return name if plain else '"' + name.replace('"', '""') + '"'
