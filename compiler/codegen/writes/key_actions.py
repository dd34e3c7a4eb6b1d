"""What foreign keys ask for, as SQL: the rows that refer to a row, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.schema.names import quoted_name
from foundrydb.compiler.schema.objects import Table, Trigger
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import parse_one

if TYPE_CHECKING:
    from foundrydb.compiler.schema.foreign_keys import Link, ParentKey

_FAILED = "'FOREIGN KEY constraint failed'"


def children_query(link: Link, key: ParentKey, itself: bool) -> str:
    """A query for the rows that refer to a row, which it knows as ``row``; ``itself``: leave that one out."""
    child = link.child
    parent = link.parent
    assert isinstance(parent, Table)
    terms = [
        f'"row".{_name(parent, column)} = "child".{_name(child, own)}'
        for column, own in zip(key.columns, key.children)
    ]
    if itself and not child.without_rowid:
        terms.append('"row".rowid <> "child".rowid')
    elif itself:
        same = [f'"row".{_name(child, column)} IS "child".{_name(child, column)}' for column in child.row_key]
        terms.append(f"NOT ({' AND '.join(same)})")
    table = f"{quoted_name(child.schema)}.{quoted_name(child.name)}"
    return f'SELECT NULL FROM {table} AS "child" WHERE {" AND ".join(terms)}'


def action_trigger(link: Link, key: ParentKey, event: str, settled: bool) -> Trigger | None:
    """The trigger that does what a foreign key asks for when a parent's row is deleted or updated; None for nothing.

    settled: what refers to the row is not counted, as none of it is left.
    """
    action = link.action(event)
    child = link.child
    parent = link.parent
    assert isinstance(parent, Table)
    if action == "NO ACTION":
        return None
    pairs = list(zip(key.columns, key.children))
    where = " AND ".join([f"old.{_name(parent, column)} = {_name(child, own)}" for column, own in pairs])
    table = quoted_name(child.name)
    if action == "RESTRICT":
        step = f"SELECT RAISE(ABORT, {_FAILED}) FROM {table} WHERE {where}"
    elif action == "CASCADE" and event == "DELETE":
        step = f"DELETE FROM {table} WHERE {where}"
    else:
        sets = [
            f"{_name(child, own)} = " + (f"new.{_name(parent, column)}" if action == "CASCADE" else "NULL")
            for column, own in pairs
        ]
        step = f"UPDATE {table} SET {', '.join(sets)} WHERE {where}"
    same = " AND ".join(
        [f"old.{_name(parent, column)} IS new.{_name(parent, column)}" for column, _ in pairs]
    )
    when = f" WHEN NOT ({same})" if event == "UPDATE" else ""
    sql = f"CREATE TRIGGER x AFTER {event} ON {quoted_name(parent.name)}{when} BEGIN {step}; END"
    statement, _ = parse_one(sql)
    assert isinstance(statement, ast.CreateTrigger)
    if action == "SET DEFAULT":
        statement = _with_defaults(statement, child, key)
    name = (
        f"{child.name}({', '.join([child.columns[own].name for own in link.key.columns])}) on {event.lower()}"
    )
    done = link.key if settled else None
    return Trigger(name, parent.schema, parent.name, parent.schema, sql, statement, True, done)


def _with_defaults(trigger: ast.CreateTrigger, child: Table, key: ParentKey) -> ast.CreateTrigger:
    """The trigger with the columns' defaults for the values that its UPDATE sets."""
    update = trigger.body[0]
    assert isinstance(update, ast.Update)
    sets: list[ast.Assignment] = []
    for assignment, own in zip(update.assignments, key.children):
        default = child.columns[own].default
        value = assignment.value if default is None else default
        sets.append(ast.Assignment(assignment.start, assignment.end, assignment.columns, False, value))
    values = [tuple(sets) if name == "assignments" else held for name, held in update.fields()]
    steps = (update.with_fields(values),)
    values = [steps if name == "body" else held for name, held in trigger.fields()]
    made = trigger.with_fields(values)
    assert isinstance(made, ast.CreateTrigger)
    return made


def _name(table: Table, column: int) -> str:
    return "rowid" if column < 0 else quoted_name(table.columns[column].name)
