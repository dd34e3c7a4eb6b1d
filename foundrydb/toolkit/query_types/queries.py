"""What a statement takes and gives: its parameters and the columns of its rows, each with a type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from foundrydb.api.connection import Connection
from foundrydb.compiler.bind.bound import (
    ROWID,
    Between,
    Binary,
    Call,
    ColumnRef,
    Compare,
    Expr,
    InList,
    OutputColumn,
    Parameter,
    RowValue,
)
from foundrydb.compiler.bind.depth import DeepRecursion
from foundrydb.compiler.bind.properties import walk as walk_expression
from foundrydb.compiler.pipeline import Compilation
from foundrydb.compiler.plan.node import Node
from foundrydb.compiler.plan.nodes import Delete, Insert, Instead, Limit, Output, Project, Update, Values
from foundrydb.compiler.plan.walk import all_nodes, nodes_of
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.toolkit.query_types.value_types import (
    INT,
    NUMBER,
    STR,
    UNKNOWN,
    ValueType,
    ValueTypes,
    of_column,
)
from foundrydb.toolkit.stages import compile


@dataclass(frozen=True)
class TypedName:
    """A column or a parameter.

    Attributes:
        name: of the column as the cursor tells it; of the parameter with its sign, ``?`` and its number without a name.
        type: of its values.
    """

    name: str
    type: ValueType


@dataclass(frozen=True)
class QueryTypes:
    """What a statement takes and gives.

    Attributes:
        sql: the statement.
        columns: of its rows; none for one that gives no rows.
        parameters: in the order of their numbers.
    """

    sql: str
    columns: list[TypedName]
    parameters: list[TypedName]


def query_types(sql: str, connection: Connection | None = None) -> QueryTypes:
    """The types of a statement's rows and parameters.

    Args:
        sql, connection: as for ``compile``.

    Raises:
        Error: it is wrong, with its place in ``offset``.
        ProgrammingError: there is no statement, or more than one.
    """
    return types_of(compile(sql, connection))


def types_of(compilation: Compilation) -> QueryTypes:
    """The types of a compiled statement's rows and parameters."""
    sql = compilation.sql[compilation.statement.start : compilation.statement.end]
    if not compilation.plans:
        return QueryTypes(sql, [], _parameters(compilation.statement, {}))
    plan = compilation.plans[0][1]
    types = ValueTypes(plan)
    asked: dict[int, list[ValueType]] = {}
    room = DeepRecursion()
    room.enter()
    try:
        columns = [TypedName(column.name, kind) for column, kind in _columns(plan, types)]
        for parameter, kind in _uses(plan, types):
            asked.setdefault(parameter.number, []).append(kind)
    finally:
        room.leave()
    return QueryTypes(sql, columns, _parameters(compilation.statement, asked))


def _columns(plan: Node, types: ValueTypes) -> Iterator[tuple[OutputColumn, ValueType]]:
    if isinstance(plan, Output):
        for i, column in enumerate(plan.columns):
            yield column, types.of_query(plan.child, i)
    elif isinstance(plan, Insert | Update | Delete | Instead):
        for column, expr in zip(plan.returning_columns, plan.returning):
            yield column, types.of(expr)


def _parameters(statement: ast.Statement, asked: dict[int, list[ValueType]]) -> list[TypedName]:
    """The parameters; where one has several uses, its type is what suits all of them."""
    names: dict[int, str] = {}
    for node in walk(statement):
        if isinstance(node, ast.Parameter):
            names.setdefault(node.number, f"?{node.number}" if node.text == "?" else node.text)
    found = []
    for number, name in sorted(names.items()):
        kind = UNKNOWN
        for each in asked.get(number, []):
            common = kind.names & each.names
            kind = ValueType(common or kind.names, kind.nullable and each.nullable)
        found.append(TypedName(name, kind))
    return found


def _uses(plan: Node, types: ValueTypes) -> Iterator[tuple[Parameter, ValueType]]:
    """The parameters of a plan, each with the type that its use asks for, as often as it has one."""
    for node in all_nodes(plan):
        if isinstance(node, Limit):
            for bound in (node.limit, node.offset):
                if isinstance(bound, Parameter):
                    yield bound, ValueType(frozenset((INT,)), False)
        elif isinstance(node, Insert):
            yield from _inserted(node)
        elif isinstance(node, Update):
            for index, value in node.sets:
                if isinstance(value, Parameter):
                    yield value, _stored(node.table, index)
        for expr in node.expressions() + node.clause_expressions():
            for part in walk_expression(expr):
                yield from _compared(part, types)


def _compared(part: Expr, types: ValueTypes) -> Iterator[tuple[Parameter, ValueType]]:
    """The parameters that an expression compares with something of a known type, or computes with."""
    pairs: list[tuple[Expr, Expr]] = []
    if isinstance(part, Compare) and not isinstance(part.left, RowValue):
        pairs = [(part.left, part.right), (part.right, part.left)]
    elif isinstance(part, InList):
        pairs = [(item, part.operand) for item in part.items]
    elif isinstance(part, Between):
        pairs = [(part.low, part.operand), (part.high, part.operand)]
    for one, other in pairs:
        if isinstance(one, Parameter) and isinstance(other, ColumnRef):
            nullable = isinstance(part, Compare) and part.op in ("IS", "IS NOT")
            yield one, ValueType(types.of(other).names, nullable)
    if isinstance(part, Binary):
        kind = ValueType(frozenset((STR,)) if part.op == "||" else NUMBER, True)
        for operand in (part.left, part.right):
            if isinstance(operand, Parameter):
                yield operand, kind
    elif isinstance(part, Call) and part.function.name in _TEXT_FUNCTIONS:
        for argument in part.args:
            if isinstance(argument, Parameter):
                yield argument, ValueType(frozenset((STR,)), True)


_TEXT_FUNCTIONS: Final = ("like", "glob", "upper", "lower", "trim", "replace", "instr")


def _inserted(node: Insert) -> Iterator[tuple[Parameter, ValueType]]:
    """The parameters that are written as they are."""
    for below in nodes_of(node.child):
        rows = (
            below.tuples if isinstance(below, Values) else [below.exprs] if isinstance(below, Project) else []
        )
        for row in rows:
            for index, taken in [*enumerate(node.columns), (ROWID, node.rowid)]:
                value = row[taken] if 0 <= taken < len(row) else None
                if isinstance(value, Parameter):
                    yield value, _stored(node.table, index)
        if rows:
            return


def _stored(table: Table, index: int) -> ValueType:
    """What may be written into a column."""
    if index == ROWID or index == table.rowid_alias:
        return ValueType(frozenset((INT,)), True)
    return ValueType(of_column(table, index), not table.columns[index].not_null)
