"""Subqueries in FROM, views, common table expressions, and indexes made for one statement.

A derived table streams: its query's loop is the loop, with the columns under another name.  One that must be held is
kept in an ephemeral table, which is filled once where no enclosing row changes it.  The uses of a common table
expression share one table and the subroutine that fills it.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Call, ColumnRef, Exists, Expr, InQuery, ScalarQuery, Source
from foundrydb.compiler.codegen.coder import Coder, Consumer, SharedRows
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.locations import ExpressionColumns, RecordColumns, RegisterColumns
from foundrydb.compiler.codegen.expressions.membership import convert, letters
from foundrydb.compiler.codegen.expressions.values import (
    PLAIN,
    constancy,
    existing_range,
    resolve,
    value_into,
    values_into,
)
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.access import each, step
from foundrydb.compiler.codegen.usage import used_columns
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import output_source, visible_sources
from foundrydb.vm.ops import control, cursors, registers, rows, seek
from foundrydb.vm.ops.subroutines import Gosub, Return


@PRODUCERS.entry(nodes.Derived)
def produce_derived(coder: Coder, node: nodes.Derived, consumer: Consumer) -> None:
    """Emit the code for a derived table."""
    if node.shared:
        _produce_shared(coder, node, consumer)
    elif node.materialized:
        _produce_materialized(coder, node, consumer)
    else:
        produce(coder, node.child, Renaming(node, consumer))


# -- streaming ----------------------------------------------------------------------------------------------------


@final
class Renaming(Consumer):
    """The child's output columns under the derived table's name.

    What is asked for more than once is computed here, once; columns of cursors and registers are only passed on.
    """

    def __init__(self, node: nodes.Derived, consumer: Consumer) -> None:
        self.node: Final = node
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        inner = output_source(self.node.child)
        uses = coder.used.get(self.node.source, {})
        exprs: list[Expr] = []
        computed: list[int] = []
        for i in range(len(self.node.source.columns)):
            expr: Expr = ColumnRef(inner, i)
            count = uses.get(i, 0)
            if count > 0 and (count > 1 or volatile(coder, expr)) and not _is_stored(coder, expr):
                computed.append(i)
            exprs.append(expr)
        if computed:
            held = Source(-1, self.node.source.name, self.node.source.columns)
            columns = [0] * len(exprs)
            for i in computed:
                columns[i] = coder.register()
                value_into(coder, exprs[i], columns[i])
                exprs[i] = ColumnRef(held, i)
            coder.locations[held] = RegisterColumns(columns)
        coder.locations[self.node.source] = ExpressionColumns(exprs)
        self.consumer.row(coder, next)


def volatile(coder: Coder, expr: Expr) -> bool:
    """Whether evaluating the expression twice may give two answers."""
    expr = resolve(coder, expr)
    if isinstance(expr, Call) and not expr.function.deterministic:
        return True
    return any(volatile(coder, child) for child in expr.children())


def _is_stored(coder: Coder, expr: Expr) -> bool:
    expr = resolve(coder, expr)
    return isinstance(expr, ColumnRef) or constancy(expr) == PLAIN


# -- holding rows -------------------------------------------------------------------------------------------------


@final
class Held:
    """Which columns of which sources a stored row holds, in the order of its fields."""

    def __init__(self, coder: Coder, sources: list[Source]) -> None:
        self.exprs: Final[list[Expr]] = []
        self.positions: Final[dict[Source, dict[int, int]]] = {}
        for source in sources:
            places: dict[int, int] = {}
            for column in used_columns(coder, source):
                places[column] = len(self.exprs)
                self.exprs.append(ColumnRef(source, column))
            self.positions[source] = places

    def locate(self, coder: Coder, cursor: int, offset: int = 0) -> None:
        """Let the sources' columns be read from a cursor whose records hold the row from field ``offset`` on."""
        for source, places in self.positions.items():
            moved = {column: position + offset for column, position in places.items()}
            coder.locations[source] = RecordColumns(cursor, moved)


@final
class Materializing(Consumer):
    """Appends rows to an ephemeral table."""

    def __init__(self, cursor: int, exprs: list[Expr]) -> None:
        self.cursor: Final = cursor
        self.exprs: Final = exprs

    def row(self, coder: Coder, next: int) -> None:
        count = len(self.exprs)
        first = existing_range(coder, self.exprs)
        if first == 0:
            first = coder.registers(max(count, 1))
            if count == 0:
                count = 1
                coder.emit(registers.Null(first))
            else:
                values_into(coder, self.exprs, first, owned=True)
        record = coder.register()
        rowid = coder.register()
        coder.emit(rows.MakeRecord(first, count, record))
        coder.emit(rows.NewRowid(self.cursor, rowid))
        coder.emit(rows.Insert(self.cursor, record, rowid, append=True))


def keep_rows(coder: Coder, node: nodes.Node, exprs: list[Expr], name: str = "", once: bool = False) -> int:
    """Emit code that puts a node's rows into a new ephemeral table, to be read once or more often; its cursor."""
    cursor = coder.cursor()
    coder.emit(cursors.OpenEphemeral(cursor, max(len(exprs), 1), None, name, once))
    produce(coder, node, Materializing(cursor, exprs))
    return cursor


def _held_outputs(coder: Coder, node: nodes.Derived, columns: list[int]) -> list[Expr]:
    inner = output_source(node.child)
    return [ColumnRef(inner, i) for i in columns]


def _produce_materialized(coder: Coder, node: nodes.Derived, consumer: Consumer) -> None:
    columns = used_columns(coder, node.source)
    once = coder.label()
    if coder.repeats > 0 and not coder.queries_vary and not is_correlated(node):
        coder.emit(control.Once(once))
    cursor = keep_rows(coder, node.child, _held_outputs(coder, node, columns), node.source.name)
    coder.place(once)
    positions = {column: i for i, column in enumerate(columns)}
    _walk_rows(coder, node, cursor, positions, consumer)


def _walk_rows(
    coder: Coder, node: nodes.Derived, cursor: int, positions: dict[int, int], consumer: Consumer
) -> None:
    coder.locations[node.source] = RecordColumns(cursor, positions)
    end = coder.label()
    following = coder.label()
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    each(coder, consumer, following)
    coder.place(following)
    step(coder, cursor, loop, False)
    coder.place(end)


def _produce_shared(coder: Coder, node: nodes.Derived, consumer: Consumer) -> None:
    columns = list(range(len(node.source.columns)))
    known = coder.shared.get(node.shared)
    if known is None:
        shared = SharedRows(coder.cursor(), coder.label(), coder.register())
        coder.shared[node.shared] = shared
        around = coder.label()
        coder.emit(Gosub(shared.back, shared.routine))
        coder.emit(control.Goto(around))
        coder.place(shared.routine)
        end = coder.label()
        coder.emit(control.Once(end))
        coder.emit(cursors.OpenEphemeral(shared.cursor, len(columns), None, node.source.name))
        produce(coder, node.child, Materializing(shared.cursor, _held_outputs(coder, node, columns)))
        coder.place(end)
        coder.emit(Return(shared.back))
        coder.place(around)
        known = shared
    else:
        coder.emit(Gosub(known.back, known.routine))
    cursor = coder.cursor()
    coder.emit(cursors.OpenDup(cursor, known.cursor))
    _walk_rows(coder, node, cursor, {i: i for i in columns}, consumer)


def is_correlated(node: nodes.Node) -> bool:
    """Whether a plan refers to sources that none of its own nodes makes."""
    made: set[Source] = set()
    asked: list[Source] = []
    _gather(node, made, asked)
    return any(source not in made for source in asked)


def _gather(node: nodes.Node, made: set[Source], asked: list[Source]) -> None:
    if not isinstance(
        node, (nodes.Join, nodes.Filter, nodes.Sort, nodes.Limit, nodes.Distinct, nodes.Output)
    ):
        made.update(visible_sources(node))
    for expr in node.expressions():
        _gather_expr(expr, made, asked)
    for child in node.children():
        _gather(child, made, asked)


def _gather_expr(expr: Expr, made: set[Source], asked: list[Source]) -> None:
    if isinstance(expr, ColumnRef):
        asked.append(expr.source)
        return
    if isinstance(expr, (Exists, InQuery, ScalarQuery)):
        asked.extend(expr.query.outer)
    for child in expr.children():
        _gather_expr(child, made, asked)


# -- transient indexes ------------------------------------------------------------------------------------------------


@final
class Indexing(Consumer):
    """Adds rows to a transient index: the key, the columns that are asked for, a number that tells equal rows apart."""

    def __init__(self, node: nodes.TransientIndex, cursor: int, columns: list[int]) -> None:
        self.node: Final = node
        self.cursor: Final = cursor
        self.columns: Final = columns

    def row(self, coder: Coder, next: int) -> None:
        node = self.node
        inner = output_source(node.child)
        width = len(node.columns)
        first = coder.registers(width + 1 + len(self.columns))
        keys: list[Expr] = [ColumnRef(inner, column) for column in node.columns]
        values_into(coder, keys, first)
        convert(coder, keys, first, letters(node.comparisons))
        coder.emit(control.AnyNull(first, next, width))
        rest: list[Expr] = [ColumnRef(inner, column) for column in self.columns]
        early = 1 if coder.within > 0 else 0
        values_into(coder, rest, first + width + early)
        coder.emit(cursors.Sequence(self.cursor, first + width + (0 if early else len(self.columns))))
        record = coder.register()
        coder.emit(rows.MakeRecord(first, width + 1 + len(self.columns), record))
        coder.emit(rows.IdxInsert(self.cursor, record))


def _stored_columns(coder: Coder, node: nodes.TransientIndex) -> list[int]:
    """The columns to store behind the key.

    In SQLite rows with one key come in the order of the other columns from such an index; within a subquery of an
    expression, where SQLite makes none, in the table's.
    """
    used = used_columns(coder, node.source)
    if coder.within > 0:
        return used
    others = [column for column in used if column not in node.columns]
    return others + [column for column in used if column in node.columns]


@PRODUCERS.entry(nodes.TransientIndex)
def _produce_transient(coder: Coder, node: nodes.TransientIndex, consumer: Consumer) -> None:
    columns = _stored_columns(coder, node)
    cursor = coder.cursor()
    width = len(node.columns)
    once = coder.label()
    if coder.repeats > 0 and not coder.queries_vary and not is_correlated(node.child):
        coder.emit(control.Once(once))
    keys = coder.key_info([*node.sequences] + ["BINARY"] * (1 if coder.within > 0 else len(columns) + 1))
    coder.emit(cursors.OpenAutoindex(cursor, width + 1 + len(columns), width, keys, node.source.name))
    produce(coder, node.child, Indexing(node, cursor, columns))
    coder.place(once)
    place = width + 1 if coder.within > 0 else width
    coder.locations[node.source] = RecordColumns(cursor, {c: place + i for i, c in enumerate(columns)})
    end = coder.label()
    first = coder.registers(width)
    values_into(coder, node.keys, first)
    convert(coder, node.keys, first, letters(node.comparisons))
    coder.emit(control.AnyNull(first, end, width))
    coder.emit(seek.NotFound(cursor, end, first, width))
    loop = coder.here()
    following = coder.label()
    each(coder, consumer, following)
    coder.place(following)
    step(coder, cursor, loop, False)
    coder.place(end)
