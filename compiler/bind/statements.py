"""Bound statements: what a statement asks for, once every name in it is known.

Generated from statements.asdl by ``python -m foundrydb.compiler.trees.generate``; change that file, not this one.
The syntax tree says what was written, a bound statement what it means: which table, which column, which of several
queries.  How that is carried out is not said: planning makes the nodes of a plan of it (``plan.building``), and
nothing here knows of nodes.  A statement keeps the shape of SQL: FROM is a tree of what it lists, a SELECT has its
clauses, a compound its arms.

Expressions refer to rows by ``Source``.  What FROM lists makes one each, a query one of its result's columns, and an
aggregation one of its output.  A subquery in an expression holds the bound query; in a plan the same place holds a
plan.

Each of these knows as its ``origin`` the syntax that asks for it; what a view's text asks for has none, but the name
that asks for the view.
"""
# ruff: noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from foundrydb.compiler.bind.bound import Expr, OrderTerm, OutputColumn
from foundrydb.compiler.bind.relation import Bound, MANY_ROWS, are_constant
from foundrydb.compiler.bind.sources import Source
from foundrydb.compiler.trees.declared import Part, Feed

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Index, Table, Trigger
    from foundrydb.compiler.trees.fields import Entity

__all__ = ["Bound", "Part"]


@final
class BoundTable(Bound):
    """A table.

    Attributes:
        source: its columns
        indexed_by: the index that INDEXED BY names, "" for none
        not_indexed: NOT INDEXED forbids indexes
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "table", "indexed_by", "not_indexed")

    def __init__(self, source: Source, table: Table, indexed_by: str = "", not_indexed: bool = False) -> None:
        super().__init__()
        self.source: Final = source
        self.table: Final = table
        self.indexed_by: Final = indexed_by
        self.not_indexed: Final = not_indexed

    def values_of_fields(self) -> list[object]:
        return [self.source, self.table, self.indexed_by, self.not_indexed]

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


@final
class BoundDerived(Bound):
    """A query in FROM: a subquery, or the query of a view or common table, under a name.

    Attributes:
        source: the query's columns under the names that they have here
        materialized: the common table says AS MATERIALIZED
        common: the number of the common table whose uses may share their rows
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "query", "materialized", "common")

    def __init__(self, source: Source, query: Bound, materialized: bool = False, common: int | None = None) -> None:
        super().__init__()
        self.source: Final = source
        self.query: Final = query
        self.materialized: Final = materialized
        self.common: Final = common

    def values_of_fields(self) -> list[object]:
        return [self.source, self.query, self.materialized, self.common]

    def children(self) -> list[Bound]:
        return [self.query]

    def with_children(self, children: list[Bound]) -> Bound:
        made = BoundDerived(self.source, children[0], self.materialized, self.common)
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


@final
class BoundModule(Bound):
    """A virtual table.

    Attributes:
        module: the name that FROM has found it by
        args: the arguments of the call
        given: the hidden columns whose values they are
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "module", "args", "given")

    def __init__(self, source: Source, module: str, args: list[Expr] | None = None, given: list[int] | None = None) -> None:
        super().__init__()
        self.source: Final = source
        self.module: Final = module
        self.args: Final[list[Expr]] = [] if args is None else args
        self.given: Final[list[int]] = [] if given is None else given

    def values_of_fields(self) -> list[object]:
        return [self.source, self.module, self.args, self.given]

    def expressions(self) -> list[Expr]:
        return self.args

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        made = BoundModule(self.source, self.module, expressions, self.given)
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


@final
class BoundJoin(Bound):
    """Two relations joined.

    Attributes:
        kind: ``inner``, ``left``, ``right`` or ``full``
        on: what ON, USING, NATURAL and a call's own columns ask for
        fixed: CROSS JOIN: the order must stay
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("kind", "left", "right", "on", "fixed")

    def __init__(self, kind: str, left: Bound, right: Bound, on: Expr | None, fixed: bool = False) -> None:
        super().__init__()
        self.kind: Final = kind
        self.left: Final = left
        self.right: Final = right
        self.on: Final = on
        self.fixed: Final = fixed

    def values_of_fields(self) -> list[object]:
        return [self.kind, self.left, self.right, self.on, self.fixed]

    def children(self) -> list[Bound]:
        return [self.left, self.right]

    def with_children(self, children: list[Bound]) -> Bound:
        made = BoundJoin(self.kind, children[0], children[1], self.on, self.fixed)
        made.origin = self
        return made

    def expressions(self) -> list[Expr]:
        return [] if self.on is None else [self.on]

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        feed = Feed(expressions)
        made = BoundJoin(self.kind, self.left, self.right, None if self.on is None else feed.one(), self.fixed)
        made.origin = self
        return made


@final
class BoundParentheses(Bound):
    """A join in parentheses.

    Attributes:
        conditions: those of its joins that relations further right decide
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("joined", "conditions")

    def __init__(self, joined: Bound, conditions: list[Expr]) -> None:
        super().__init__()
        self.joined: Final = joined
        self.conditions: Final = conditions

    def values_of_fields(self) -> list[object]:
        return [self.joined, self.conditions]

    def children(self) -> list[Bound]:
        return [self.joined]

    def with_children(self, children: list[Bound]) -> Bound:
        made = BoundParentheses(children[0], self.conditions)
        made.origin = self
        return made

    def expressions(self) -> list[Expr]:
        return self.conditions

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        made = BoundParentheses(self.joined, expressions)
        made.origin = self
        return made


@final
class BoundSelect(Bound):
    """One SELECT, with the ORDER BY that belongs to it.

    Attributes:
        source: the result; planning adds the columns that only ORDER BY needs
        where: all of which are to hold, those of joins first
        aggregation: the output of its aggregation, to which planning adds the columns; None without GROUP BY and
            aggregate functions
        windows: the outputs of its window functions, one for each order of the rows that they need, to
            which planning adds the columns
        keys: GROUP BY
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "from_", "where", "aggregation", "windows", "keys", "having", "results", "distinct", "order_by")

    def __init__(self, source: Source, from_: Bound | None, where: list[Expr], aggregation: Source | None, windows: list[Source], keys: list[Expr], having: Expr | None, results: list[Expr], distinct: bool, order_by: list[OrderTerm]) -> None:
        super().__init__()
        self.source: Final = source
        self.from_: Final = from_
        self.where: Final = where
        self.aggregation: Final = aggregation
        self.windows: Final = windows
        self.keys: Final = keys
        self.having: Final = having
        self.results: Final = results
        self.distinct: Final = distinct
        self.order_by: Final = order_by

    def values_of_fields(self) -> list[object]:
        return [self.source, self.from_, self.where, self.aggregation, self.windows, self.keys, self.having, self.results, self.distinct, self.order_by]

    def children(self) -> list[Bound]:
        return [] if self.from_ is None else [self.from_]

    def with_children(self, children: list[Bound]) -> Bound:
        feed = Feed(children)
        made = BoundSelect(self.source, None if self.from_ is None else feed.one(), self.where, self.aggregation, self.windows, self.keys, self.having, self.results, self.distinct, self.order_by)
        made.origin = self
        return made

    def expressions(self) -> list[Expr]:
        out: list[Expr] = list(self.where)
        out.extend(self.keys)
        if self.having is not None:
            out.append(self.having)
        out.extend(self.results)
        out.extend([expr for part in self.order_by for expr in part.expressions()])
        return out

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        feed = Feed(expressions)
        made = BoundSelect(self.source, self.from_, feed.several(len(self.where)), self.aggregation, self.windows, feed.several(len(self.keys)), None if self.having is None else feed.one(), feed.several(len(self.results)), self.distinct, [part.fed(feed) for part in self.order_by])
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source, *([] if self.aggregation is None else [self.aggregation]), *self.windows]

    def made_source(self) -> Source | None:
        return self.source


@final
class BoundValues(Bound):
    """The rows of VALUES.

    Attributes:
        constant: there are so many of them, all literals, that they are data rather than expressions
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "tuples")

    def __init__(self, source: Source, tuples: list[list[Expr]]) -> None:
        super().__init__()
        self.source: Final = source
        self.tuples: Final = tuples
        self.constant: Final = len(tuples) >= MANY_ROWS and are_constant(tuples)

    def values_of_fields(self) -> list[object]:
        return [self.source, self.tuples]

    def expressions(self) -> list[Expr]:
        if self.constant:
            return []
        return [item for row in self.tuples for item in row]

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        if self.constant:
            return self
        feed = Feed(expressions)
        made = BoundValues(self.source, [feed.several(len(row)) for row in self.tuples])
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


@final
class BoundCompound(Bound):
    """``left op right``.

    Attributes:
        source: the output columns (names from the leftmost SELECT)
        op: ``UNION ALL``, ``UNION``, ``INTERSECT`` or ``EXCEPT``
        sequences: the collations of the columns
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "op", "left", "right", "sequences")

    def __init__(self, source: Source, op: str, left: Bound, right: Bound, sequences: list[str]) -> None:
        super().__init__()
        self.source: Final = source
        self.op: Final = op
        self.left: Final = left
        self.right: Final = right
        self.sequences: Final = sequences

    def values_of_fields(self) -> list[object]:
        return [self.source, self.op, self.left, self.right, self.sequences]

    def children(self) -> list[Bound]:
        return [self.left, self.right]

    def with_children(self, children: list[Bound]) -> Bound:
        made = BoundCompound(self.source, self.op, children[0], children[1], self.sequences)
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


@final
class BoundRecursion(Bound):
    """The query of a recursive common table: the rows of ``initial``, and those that ``step`` makes of each row.

    Attributes:
        source: the output columns: one row after the other, which is the one that ``step`` reads
        op: ``UNION ALL``, or ``UNION``: no row comes twice
        step: the recursive SELECTs, several as a compound of ``UNION ALL``
        sequences: the collations of the columns
        order: which of the rows that wait comes next, in columns of ``source``; the oldest of equal ones
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "op", "initial", "step", "sequences", "order")

    def __init__(self, source: Source, op: str, initial: Bound, step: Bound, sequences: list[str], order: list[OrderTerm]) -> None:
        super().__init__()
        self.source: Final = source
        self.op: Final = op
        self.initial: Final = initial
        self.step: Final = step
        self.sequences: Final = sequences
        self.order: Final = order

    def values_of_fields(self) -> list[object]:
        return [self.source, self.op, self.initial, self.step, self.sequences, self.order]

    def children(self) -> list[Bound]:
        return [self.initial, self.step]

    def with_children(self, children: list[Bound]) -> Bound:
        made = BoundRecursion(self.source, self.op, children[0], children[1], self.sequences, self.order)
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


@final
class BoundQueueRow(Bound):
    """The recursive common table, as a recursive SELECT of its own reads it: one row.

    Attributes:
        row: its columns, as the recursion has them
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "row")

    def __init__(self, source: Source, row: list[Expr]) -> None:
        super().__init__()
        self.source: Final = source
        self.row: Final = row

    def values_of_fields(self) -> list[object]:
        return [self.source, self.row]

    def expressions(self) -> list[Expr]:
        return self.row

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        made = BoundQueueRow(self.source, expressions)
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


@final
class BoundOrder(Bound):
    """The ORDER BY of a compound, or of VALUES.

    Attributes:
        terms: over the query's own columns
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("query", "terms")

    def __init__(self, query: Bound, terms: list[OrderTerm]) -> None:
        super().__init__()
        self.query: Final = query
        self.terms: Final = terms

    def values_of_fields(self) -> list[object]:
        return [self.query, self.terms]

    def children(self) -> list[Bound]:
        return [self.query]

    def with_children(self, children: list[Bound]) -> Bound:
        made = BoundOrder(children[0], self.terms)
        made.origin = self
        return made

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        out.extend([expr for part in self.terms for expr in part.expressions()])
        return out

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        feed = Feed(expressions)
        made = BoundOrder(self.query, [part.fed(feed) for part in self.terms])
        made.origin = self
        return made


@final
class BoundLimit(Bound):
    """LIMIT and OFFSET."""

    FIELDS: ClassVar[tuple[str, ...]] = ("query", "limit", "offset")

    def __init__(self, query: Bound, limit: Expr, offset: Expr | None) -> None:
        super().__init__()
        self.query: Final = query
        self.limit: Final = limit
        self.offset: Final = offset

    def values_of_fields(self) -> list[object]:
        return [self.query, self.limit, self.offset]

    def children(self) -> list[Bound]:
        return [self.query]

    def with_children(self, children: list[Bound]) -> Bound:
        made = BoundLimit(children[0], self.limit, self.offset)
        made.origin = self
        return made

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        out.append(self.limit)
        if self.offset is not None:
            out.append(self.offset)
        return out

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        feed = Feed(expressions)
        made = BoundLimit(self.query, feed.one(), None if self.offset is None else feed.one())
        made.origin = self
        return made


class BoundStatement(Bound):
    """A statement.

    Attributes:
        nested: there are subqueries in its expressions
        shared: the numbers of the common tables that it uses more than once
    """

    def __init__(self, nested: bool, shared: list[int]) -> None:
        super().__init__()
        self.nested: Final = nested
        self.shared: Final = shared


@final
class BoundOutput(BoundStatement):
    """SELECT or VALUES as a statement.

    Attributes:
        declared: what the columns of a table that is made of the rows are called
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "query", "columns", "declared")

    def __init__(self, nested: bool, shared: list[int], query: Bound, columns: list[OutputColumn], declared: list[str]) -> None:
        super().__init__(nested, shared)
        self.query: Final = query
        self.columns: Final = columns
        self.declared: Final = declared

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.query, self.columns, self.declared]

    def children(self) -> list[Bound]:
        return [self.query]

    def with_children(self, children: list[Bound]) -> Bound:
        made = BoundOutput(self.nested, self.shared, children[0], self.columns, self.declared)
        made.origin = self
        return made


@final
class RowExpressions(Part):
    """A table's own expressions, bound to ``source``: the row that is about to be written.

    Attributes:
        defaults: per column, the DEFAULT (None: NULL)
        checks: (name or SQL text, predicate) of every CHECK
        generated: per column, its GENERATED ALWAYS AS expression or None
        index_keys: per index of ``table.indexes``, the expression of each key column (None: a plain column)
        index_filters: per index, the WHERE of a partial index or None
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "defaults", "checks", "generated", "index_keys", "index_filters")

    def __init__(self, source: Source, defaults: list[Expr | None], checks: list[tuple[str, Expr]], generated: list[Expr | None], index_keys: list[list[Expr | None]], index_filters: list[Expr | None]) -> None:
        self.source: Final = source
        self.defaults: Final = defaults
        self.checks: Final = checks
        self.generated: Final = generated
        self.index_keys: Final = index_keys
        self.index_filters: Final = index_filters

    def values_of_fields(self) -> list[object]:
        return [self.source, self.defaults, self.checks, self.generated, self.index_keys, self.index_filters]

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_entities(self) -> list[Entity]:
        return [*self.made_sources()]


@final
class RowEvents(Part):
    """Who follows what becomes of the rows that a statement changes, those that REPLACE deletes included.

    Code generation lets every change pass one door, where the triggers are set off; a fast way that leads past it is
    closed to an event that somebody follows.

    Attributes:
        old: a row as it was: of UPDATE and DELETE
        new: a row as it becomes: of INSERT and UPDATE
        triggers: in the order in which they are set off
        keys: foreign keys are concerned, and enforced
        written: the tables that triggers, and the actions of foreign keys, may write
        unbounded: they may write any others
        drops: the table goes with its rows: foreign keys that make no sense are none of its business
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("old", "new", "triggers", "keys", "written", "unbounded", "drops")

    def __init__(self, old: Source, new: Source, triggers: list[Trigger], keys: bool, written: list[Table], unbounded: bool, drops: bool) -> None:
        self.old: Final = old
        self.new: Final = new
        self.triggers: Final = triggers
        self.keys: Final = keys
        self.written: Final = written
        self.unbounded: Final = unbounded
        self.drops: Final = drops

    def values_of_fields(self) -> list[object]:
        return [self.old, self.new, self.triggers, self.keys, self.written, self.unbounded, self.drops]

    def made_sources(self) -> list[Source]:
        return [self.old, self.new]

    def made_entities(self) -> list[Entity]:
        return [*self.made_sources()]


@final
class Upsert(Part):
    """One ON CONFLICT clause.

    Attributes:
        index: the unique index that the target names (None: the rowid, or any)
        any: no target was named
        nothing: DO NOTHING
        sets: column and value, empty for DO NOTHING
        excluded: the row that could not be inserted
        existing: the row in its way
        names: the columns as SET names them
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("index", "any", "nothing", "sets", "where", "excluded", "existing", "names")

    def __init__(self, index: Index | None, any: bool, nothing: bool, sets: list[tuple[int, Expr]], where: Expr | None, excluded: Source, existing: Source, names: list[str]) -> None:
        self.index: Final = index
        self.any: Final = any
        self.nothing: Final = nothing
        self.sets: Final = sets
        self.where: Final = where
        self.excluded: Final = excluded
        self.existing: Final = existing
        self.names: Final = names

    def values_of_fields(self) -> list[object]:
        return [self.index, self.any, self.nothing, self.sets, self.where, self.excluded, self.existing, self.names]

    def made_sources(self) -> list[Source]:
        return [self.excluded, self.existing]

    def made_entities(self) -> list[Entity]:
        return [*self.made_sources()]

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        out.extend([item for _, item in self.sets])
        if self.where is not None:
            out.append(self.where)
        return out

    def fed(self, feed: Feed[Expr]) -> Upsert:
        return Upsert(self.index, self.any, self.nothing, [(first, feed.one()) for first, _ in self.sets], None if self.where is None else feed.one(), self.excluded, self.existing, self.names)

    def with_expressions(self, expressions: list[Expr]) -> Upsert:
        return self.fed(Feed(expressions))


class BoundWrite(BoundStatement):
    """A statement that changes the rows of a table.

    Attributes:
        row: over the row that is written
        events: what is observed of the rows that are changed; None where nobody observes
    """

    def __init__(self, nested: bool, shared: list[int], table: Table, row: RowExpressions, events: RowEvents | None) -> None:
        super().__init__(nested, shared)
        self.table: Final = table
        self.row: Final = row
        self.events: Final = events


@final
class BoundInsert(BoundWrite):
    """INSERT or REPLACE.

    Attributes:
        query: None for DEFAULT VALUES
        columns: for every column of the table, which column of the query it takes, -1 for its default
        rowid: the query's column that holds the rowid, -1 for a new one
        if_empty: rowids are taken from there if the table is empty when the statement begins
        conflict: the statement's OR clause (``ABORT``, ``ROLLBACK``, ``FAIL``, ``IGNORE``, ``REPLACE``), ""
            for none (each constraint's own clause then counts)
        returning: over ``row.source``, or empty
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "table", "row", "events", "query", "columns", "rowid", "if_empty", "conflict", "upserts", "returning", "returning_columns")

    def __init__(self, nested: bool, shared: list[int], table: Table, row: RowExpressions, events: RowEvents | None, query: Bound | None, columns: list[int], rowid: int, if_empty: bool, conflict: str, upserts: list[Upsert], returning: list[Expr], returning_columns: list[OutputColumn]) -> None:
        super().__init__(nested, shared, table, row, events)
        self.query: Final = query
        self.columns: Final = columns
        self.rowid: Final = rowid
        self.if_empty: Final = if_empty
        self.conflict: Final = conflict
        self.upserts: Final = upserts
        self.returning: Final = returning
        self.returning_columns: Final = returning_columns

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.table, self.row, self.events, self.query, self.columns, self.rowid, self.if_empty, self.conflict, self.upserts, self.returning, self.returning_columns]

    def children(self) -> list[Bound]:
        return [] if self.query is None else [self.query]

    def with_children(self, children: list[Bound]) -> Bound:
        feed = Feed(children)
        made = BoundInsert(self.nested, self.shared, self.table, self.row, self.events, None if self.query is None else feed.one(), self.columns, self.rowid, self.if_empty, self.conflict, self.upserts, self.returning, self.returning_columns)
        made.origin = self
        return made

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        out.extend([expr for part in self.upserts for expr in part.expressions()])
        out.extend(self.returning)
        return out

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        feed = Feed(expressions)
        made = BoundInsert(self.nested, self.shared, self.table, self.row, self.events, self.query, self.columns, self.rowid, self.if_empty, self.conflict, [part.fed(feed) for part in self.upserts], feed.several(len(self.returning)), self.returning_columns)
        made.origin = self
        return made

    def written_sources(self) -> list[Source]:
        out: list[Source] = []
        out.extend(self.row.made_sources())
        if self.events is not None:
            out.extend(self.events.made_sources())
        for part in self.upserts:
            out.extend(part.made_sources())
        return out


@final
class BoundUpdate(BoundWrite):
    """UPDATE.

    Attributes:
        target: the table to change, a BoundTable
        aggregation: the output of an aggregation; None where SET has no aggregate functions
        sets: column or ROWID, and new value
        names: the columns as SET names them
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "table", "row", "events", "target", "from_", "where", "aggregation", "sets", "names", "conflict", "returning", "returning_columns")

    def __init__(self, nested: bool, shared: list[int], table: Table, row: RowExpressions, events: RowEvents | None, target: Bound, from_: Bound | None, where: list[Expr], aggregation: Source | None, sets: list[tuple[int, Expr]], names: list[str], conflict: str, returning: list[Expr], returning_columns: list[OutputColumn]) -> None:
        super().__init__(nested, shared, table, row, events)
        self.target: Final = target
        self.from_: Final = from_
        self.where: Final = where
        self.aggregation: Final = aggregation
        self.sets: Final = sets
        self.names: Final = names
        self.conflict: Final = conflict
        self.returning: Final = returning
        self.returning_columns: Final = returning_columns

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.table, self.row, self.events, self.target, self.from_, self.where, self.aggregation, self.sets, self.names, self.conflict, self.returning, self.returning_columns]

    def children(self) -> list[Bound]:
        out: list[Bound] = []
        out.append(self.target)
        if self.from_ is not None:
            out.append(self.from_)
        return out

    def with_children(self, children: list[Bound]) -> Bound:
        feed = Feed(children)
        made = BoundUpdate(self.nested, self.shared, self.table, self.row, self.events, feed.one(), None if self.from_ is None else feed.one(), self.where, self.aggregation, self.sets, self.names, self.conflict, self.returning, self.returning_columns)
        made.origin = self
        return made

    def expressions(self) -> list[Expr]:
        out: list[Expr] = list(self.where)
        out.extend([item for _, item in self.sets])
        out.extend(self.returning)
        return out

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        feed = Feed(expressions)
        made = BoundUpdate(self.nested, self.shared, self.table, self.row, self.events, self.target, self.from_, feed.several(len(self.where)), self.aggregation, [(first, feed.one()) for first, _ in self.sets], self.names, self.conflict, feed.several(len(self.returning)), self.returning_columns)
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [*([] if self.aggregation is None else [self.aggregation])]

    def written_sources(self) -> list[Source]:
        out: list[Source] = []
        out.extend(self.row.made_sources())
        if self.events is not None:
            out.extend(self.events.made_sources())
        return out


@final
class BoundDelete(BoundWrite):
    """DELETE.

    Attributes:
        target: a BoundTable
        at_once: nobody minds if all rows go without being looked at one by one
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "table", "row", "events", "target", "where", "returning", "returning_columns", "at_once")

    def __init__(self, nested: bool, shared: list[int], table: Table, row: RowExpressions, events: RowEvents | None, target: Bound, where: Expr | None, returning: list[Expr], returning_columns: list[OutputColumn], at_once: bool) -> None:
        super().__init__(nested, shared, table, row, events)
        self.target: Final = target
        self.where: Final = where
        self.returning: Final = returning
        self.returning_columns: Final = returning_columns
        self.at_once: Final = at_once

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.table, self.row, self.events, self.target, self.where, self.returning, self.returning_columns, self.at_once]

    def children(self) -> list[Bound]:
        return [self.target]

    def with_children(self, children: list[Bound]) -> Bound:
        made = BoundDelete(self.nested, self.shared, self.table, self.row, self.events, children[0], self.where, self.returning, self.returning_columns, self.at_once)
        made.origin = self
        return made

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        if self.where is not None:
            out.append(self.where)
        out.extend(self.returning)
        return out

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        feed = Feed(expressions)
        made = BoundDelete(self.nested, self.shared, self.table, self.row, self.events, self.target, None if self.where is None else feed.one(), feed.several(len(self.returning)), self.returning_columns, self.at_once)
        made.origin = self
        return made

    def written_sources(self) -> list[Source]:
        out: list[Source] = []
        out.extend(self.row.made_sources())
        if self.events is not None:
            out.extend(self.events.made_sources())
        return out


@final
class BoundInstead(BoundStatement):
    """INSERT, UPDATE or DELETE on a view: triggers are set off instead, for each row that is to be changed.

    Attributes:
        event: ``INSERT``, ``UPDATE`` or ``DELETE``
        names: the columns as SET names them
        query: the rows; None for DEFAULT VALUES
        old: for every column of the view, the query's column that has what it is; empty for INSERT
        new: the one that has what it becomes, -1 for none; empty for DELETE
        target: the view in the query, where ``sets`` read it
        sets: column and new value, which goes before ``new``; with FROM the query has the values
        returning: over ``events.new``, of DELETE over ``events.old``
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "view", "schema", "event", "names", "conflict", "events", "query", "old", "new", "target", "sets", "returning", "returning_columns")

    def __init__(self, nested: bool, shared: list[int], view: str, schema: str, event: str, names: list[str], conflict: str, events: RowEvents, query: Bound | None, old: list[int], new: list[int], target: Source | None, sets: list[tuple[int, Expr]], returning: list[Expr], returning_columns: list[OutputColumn]) -> None:
        super().__init__(nested, shared)
        self.view: Final = view
        self.schema: Final = schema
        self.event: Final = event
        self.names: Final = names
        self.conflict: Final = conflict
        self.events: Final = events
        self.query: Final = query
        self.old: Final = old
        self.new: Final = new
        self.target: Final = target
        self.sets: Final = sets
        self.returning: Final = returning
        self.returning_columns: Final = returning_columns

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.view, self.schema, self.event, self.names, self.conflict, self.events, self.query, self.old, self.new, self.target, self.sets, self.returning, self.returning_columns]

    def children(self) -> list[Bound]:
        return [] if self.query is None else [self.query]

    def with_children(self, children: list[Bound]) -> Bound:
        feed = Feed(children)
        made = BoundInstead(self.nested, self.shared, self.view, self.schema, self.event, self.names, self.conflict, self.events, None if self.query is None else feed.one(), self.old, self.new, self.target, self.sets, self.returning, self.returning_columns)
        made.origin = self
        return made

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        out.extend([item for _, item in self.sets])
        out.extend(self.returning)
        return out

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        feed = Feed(expressions)
        made = BoundInstead(self.nested, self.shared, self.view, self.schema, self.event, self.names, self.conflict, self.events, self.query, self.old, self.new, self.target, [(first, feed.one()) for first, _ in self.sets], feed.several(len(self.returning)), self.returning_columns)
        made.origin = self
        return made

    def written_sources(self) -> list[Source]:
        out: list[Source] = []
        out.extend(self.events.made_sources())
        return out


@final
class IndexEntries(Part):
    """An index and what goes into it, over the rows of its table.

    Attributes:
        entry: what an entry holds, in order
        where: the rows that it takes in, None for all
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("index", "source", "entry", "where")

    def __init__(self, index: Index, source: Source, entry: list[Expr], where: Expr | None) -> None:
        self.index: Final = index
        self.source: Final = source
        self.entry: Final = entry
        self.where: Final = where

    def values_of_fields(self) -> list[object]:
        return [self.index, self.source, self.entry, self.where]

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_entities(self) -> list[Entity]:
        return [*self.made_sources()]

    def expressions(self) -> list[Expr]:
        out: list[Expr] = list(self.entry)
        if self.where is not None:
            out.append(self.where)
        return out

    def fed(self, feed: Feed[Expr]) -> IndexEntries:
        return IndexEntries(self.index, self.source, feed.several(len(self.entry)), None if self.where is None else feed.one())

    def with_expressions(self, expressions: list[Expr]) -> IndexEntries:
        return self.fed(Feed(expressions))


@final
class BoundCreateIndex(BoundStatement):
    """CREATE INDEX.

    Attributes:
        text: the statement, as the schema keeps it
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "entries", "text")

    def __init__(self, nested: bool, shared: list[int], entries: IndexEntries, text: str) -> None:
        super().__init__(nested, shared)
        self.entries: Final = entries
        self.text: Final = text

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.entries, self.text]

    def expressions(self) -> list[Expr]:
        return self.entries.expressions()

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        feed = Feed(expressions)
        made = BoundCreateIndex(self.nested, self.shared, self.entries.fed(feed), self.text)
        made.origin = self
        return made

    def written_sources(self) -> list[Source]:
        out: list[Source] = []
        out.extend(self.entries.made_sources())
        return out


@final
class BoundReindex(BoundStatement):
    """REINDEX."""

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "indexes")

    def __init__(self, nested: bool, shared: list[int], indexes: list[IndexEntries]) -> None:
        super().__init__(nested, shared)
        self.indexes: Final = indexes

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.indexes]

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        out.extend([expr for part in self.indexes for expr in part.expressions()])
        return out

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        feed = Feed(expressions)
        made = BoundReindex(self.nested, self.shared, [part.fed(feed) for part in self.indexes])
        made.origin = self
        return made

    def written_sources(self) -> list[Source]:
        out: list[Source] = []
        for part in self.indexes:
            out.extend(part.made_sources())
        return out


@final
class BoundCreateTableAs(BoundStatement):
    """CREATE TABLE AS.

    Attributes:
        text: what the schema keeps: CREATE TABLE with the query's columns
        affinities: of the columns, a letter each
        output: a BoundOutput
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "name", "schema", "text", "affinities", "output")

    def __init__(self, nested: bool, shared: list[int], name: str, schema: str, text: str, affinities: str, output: Bound) -> None:
        super().__init__(nested, shared)
        self.name: Final = name
        self.schema: Final = schema
        self.text: Final = text
        self.affinities: Final = affinities
        self.output: Final = output

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.name, self.schema, self.text, self.affinities, self.output]

    def children(self) -> list[Bound]:
        return [self.output]

    def with_children(self, children: list[Bound]) -> Bound:
        made = BoundCreateTableAs(self.nested, self.shared, self.name, self.schema, self.text, self.affinities, children[0])
        made.origin = self
        return made


@final
class BoundAttach(BoundStatement):
    """ATTACH.

    Attributes:
        output: a BoundOutput of one row: the file, and what the database is to be called
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "output")

    def __init__(self, nested: bool, shared: list[int], output: Bound) -> None:
        super().__init__(nested, shared)
        self.output: Final = output

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.output]

    def children(self) -> list[Bound]:
        return [self.output]

    def with_children(self, children: list[Bound]) -> Bound:
        made = BoundAttach(self.nested, self.shared, children[0])
        made.origin = self
        return made


@final
class BoundDetach(BoundStatement):
    """DETACH.

    Attributes:
        output: a BoundOutput of one row: the name of the database
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "output")

    def __init__(self, nested: bool, shared: list[int], output: Bound) -> None:
        super().__init__(nested, shared)
        self.output: Final = output

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.output]

    def children(self) -> list[Bound]:
        return [self.output]

    def with_children(self, children: list[Bound]) -> Bound:
        made = BoundDetach(self.nested, self.shared, children[0])
        made.origin = self
        return made


@final
class TableAnalysis(Part):
    """What ANALYZE finds out of a table.

    Attributes:
        indexes: those that are walked through
        counted: the rows are counted: none of its indexes has an entry for each of them
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "indexes", "counted")

    def __init__(self, table: Table, indexes: list[Index], counted: bool) -> None:
        self.table: Final = table
        self.indexes: Final = indexes
        self.counted: Final = counted

    def values_of_fields(self) -> list[object]:
        return [self.table, self.indexes, self.counted]


@final
class DatabaseAnalysis(Part):
    """What ANALYZE finds out of a database, where what was known before goes: all of it, or that of a table or an index.

    Attributes:
        relation: the one table, or view, of which there is nothing to be known; None for all
        index: the one index, as the statistics call it; None for all
        tables: in the order in which they are looked at
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("schema", "relation", "index", "tables")

    def __init__(self, schema: str, relation: str | None, index: str | None, tables: list[TableAnalysis]) -> None:
        self.schema: Final = schema
        self.relation: Final = relation
        self.index: Final = index
        self.tables: Final = tables

    def values_of_fields(self) -> list[object]:
        return [self.schema, self.relation, self.index, self.tables]


@final
class BoundAnalyze(BoundStatement):
    """ANALYZE.

    Attributes:
        limit: so many entries of an index, about, are enough (PRAGMA analysis_limit); None: all
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "databases", "limit")

    def __init__(self, nested: bool, shared: list[int], databases: list[DatabaseAnalysis], limit: int | None) -> None:
        super().__init__(nested, shared)
        self.databases: Final = databases
        self.limit: Final = limit

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.databases, self.limit]


@final
class TextChange(Part):
    """A new text for an object of a schema.

    Attributes:
        kind: ``table``, ``index``, ``view`` or ``trigger``
        name: what it is called, before the change
        table: what the table is called now that it belongs to; None where it is called as before
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("schema", "kind", "name", "sql", "table")

    def __init__(self, schema: str, kind: str, name: str, sql: str, table: str | None = None) -> None:
        self.schema: Final = schema
        self.kind: Final = kind
        self.name: Final = name
        self.sql: Final = sql
        self.table: Final = table

    def values_of_fields(self) -> list[object]:
        return [self.schema, self.kind, self.name, self.sql, self.table]


@final
class RowTest(Part):
    """What is to hold for every row of a table.

    Attributes:
        expr: to be true, or NULL
        column: instead, it is to have the type of this column, of a STRICT table
        code: the error where it does not hold
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("expr", "column", "code", "message")

    def __init__(self, expr: Expr, column: int | None, code: str, message: str) -> None:
        self.expr: Final = expr
        self.column: Final = column
        self.code: Final = code
        self.message: Final = message

    def values_of_fields(self) -> list[object]:
        return [self.expr, self.column, self.code, self.message]

    def expressions(self) -> list[Expr]:
        return [self.expr]

    def fed(self, feed: Feed[Expr]) -> RowTest:
        return RowTest(feed.one(), self.column, self.code, self.message)

    def with_expressions(self, expressions: list[Expr]) -> RowTest:
        return self.fed(Feed(expressions))


@final
class RowDemands(Part):
    """What ALTER TABLE demands of the rows that there are.

    Attributes:
        table: as it becomes
        refusal: why there may be no rows at all; "" where there may
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "table", "refusal", "tests")

    def __init__(self, source: Source, table: Table, refusal: str, tests: list[RowTest]) -> None:
        self.source: Final = source
        self.table: Final = table
        self.refusal: Final = refusal
        self.tests: Final = tests

    def values_of_fields(self) -> list[object]:
        return [self.source, self.table, self.refusal, self.tests]

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_entities(self) -> list[Entity]:
        return [*self.made_sources()]

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        out.extend([expr for part in self.tests for expr in part.expressions()])
        return out

    def fed(self, feed: Feed[Expr]) -> RowDemands:
        return RowDemands(self.source, self.table, self.refusal, [part.fed(feed) for part in self.tests])

    def with_expressions(self, expressions: list[Expr]) -> RowDemands:
        return self.fed(Feed(expressions))


@final
class NewRows(Part):
    """What ALTER TABLE writes in the place of each row.

    Attributes:
        source: a row as it was
        table: as it becomes
        record: the values that are stored, in order
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "table", "record")

    def __init__(self, source: Source, table: Table, record: list[Expr]) -> None:
        self.source: Final = source
        self.table: Final = table
        self.record: Final = record

    def values_of_fields(self) -> list[object]:
        return [self.source, self.table, self.record]

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_entities(self) -> list[Entity]:
        return [*self.made_sources()]

    def expressions(self) -> list[Expr]:
        return self.record

    def fed(self, feed: Feed[Expr]) -> NewRows:
        return NewRows(self.source, self.table, feed.several(len(self.record)))

    def with_expressions(self, expressions: list[Expr]) -> NewRows:
        return self.fed(Feed(expressions))


@final
class BoundAlter(BoundStatement):
    """ALTER TABLE: texts of the schema change, and what there is has to fit.

    Attributes:
        table: as it is
        action: what is done with it, as SQL calls it
        demands: None where every row fits
        rewriting: None where rows stay as they are
        new_name: what the table is called from now on; None where it keeps its name
        short_rows: the rows that there are lack a column of the table from now on
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "table", "action", "changes", "demands", "rewriting", "new_name", "short_rows")

    def __init__(self, nested: bool, shared: list[int], table: Table, action: str, changes: list[TextChange], demands: RowDemands | None, rewriting: NewRows | None, new_name: str | None, short_rows: bool) -> None:
        super().__init__(nested, shared)
        self.table: Final = table
        self.action: Final = action
        self.changes: Final = changes
        self.demands: Final = demands
        self.rewriting: Final = rewriting
        self.new_name: Final = new_name
        self.short_rows: Final = short_rows

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.table, self.action, self.changes, self.demands, self.rewriting, self.new_name, self.short_rows]

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        if self.demands is not None:
            out.extend(self.demands.expressions())
        if self.rewriting is not None:
            out.extend(self.rewriting.expressions())
        return out

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        feed = Feed(expressions)
        made = BoundAlter(self.nested, self.shared, self.table, self.action, self.changes, None if self.demands is None else self.demands.fed(feed), None if self.rewriting is None else self.rewriting.fed(feed), self.new_name, self.short_rows)
        made.origin = self
        return made

    def written_sources(self) -> list[Source]:
        out: list[Source] = []
        if self.demands is not None:
            out.extend(self.demands.made_sources())
        if self.rewriting is not None:
            out.extend(self.rewriting.made_sources())
        return out


@final
class BoundVacuum(BoundStatement):
    """VACUUM.

    Attributes:
        file: the name of the file that INTO asks for
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "schema", "file")

    def __init__(self, nested: bool, shared: list[int], schema: str, file: Expr | None) -> None:
        super().__init__(nested, shared)
        self.schema: Final = schema
        self.file: Final = file

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.schema, self.file]

    def expressions(self) -> list[Expr]:
        return [] if self.file is None else [self.file]

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        feed = Feed(expressions)
        made = BoundVacuum(self.nested, self.shared, self.schema, None if self.file is None else feed.one())
        made.origin = self
        return made


@final
class BoundNothing(BoundStatement):
    """What IF NOT EXISTS asks for and is there already."""

    FIELDS: ClassVar[tuple[str, ...]] = ("nested", "shared", "schema")

    def __init__(self, nested: bool, shared: list[int], schema: str) -> None:
        super().__init__(nested, shared)
        self.schema: Final = schema

    def values_of_fields(self) -> list[object]:
        return [self.nested, self.shared, self.schema]
