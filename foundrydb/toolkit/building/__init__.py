"""Statements and expressions, built piece by piece instead of out of text.

``terms``: expressions, with Python's operators and values; ``statements``: SELECT, INSERT, UPDATE and DELETE, each with
its clauses as methods; ``fragments`` reads the pieces that are given as SQL.  What comes out is a syntax tree::

    from foundrydb.toolkit.building import column, select

    query = select("name", "town").from_("customer").where(column("town") == "Zutphen").order_by("name")
    query.sql()   # SELECT name, town FROM customer WHERE town = 'Zutphen' ORDER BY name
    query.node    # the same as a tree

A Python value beside an operator becomes a literal, whatever is in it: nothing that a user typed is read as SQL.  A
string that a clause is given is SQL, written by whoever wrote the program.
"""

from foundrydb.toolkit.building.statements import (
    DeleteBuilder,
    InsertBuilder,
    SelectBuilder,
    UpdateBuilder,
    delete_from,
    insert_into,
    select,
    update,
)
from foundrydb.toolkit.building.terms import (
    BuiltExpression,
    call,
    case,
    column,
    exists,
    expression,
    parameter,
    value,
)

__all__ = [
    "DeleteBuilder",
    "InsertBuilder",
    "SelectBuilder",
    "BuiltExpression",
    "UpdateBuilder",
    "call",
    "case",
    "column",
    "delete_from",
    "exists",
    "expression",
    "insert_into",
    "parameter",
    "select",
    "update",
    "value",
]
