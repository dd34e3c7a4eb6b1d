"""Bound expressions: what the resolver makes of an expression once every name in it is known.

The AST says `a`; a bound expression says "column 2 of source 1, INTEGER affinity, BINARY collation".  Bound
expressions never hold names to look up, so a pass can move one to another place of the plan, and code generation
needs no scope.  They refer to rows only through a `Source`: one item of a FROM clause, the output of a plan node
(a projection, an aggregation), or the row that a statement is about to write.  Where a source's columns are found
at run time (a cursor, registers, an expression to evaluate) is the code generator's business.

Every node keeps the span of the SQL that it came from (``start``, ``end``; -1 when it was made by a pass), for error
messages and for the comments of a listing.  All fields are final: a rewrite makes new nodes through
``with_children``.  Type rules: https://sqlite.org/datatype3.html, sections 3, 4 and 7.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from foundrydb.compiler.resolve.catalog import Table
    from foundrydb.storage.format.values import Value
    from foundrydb.vm.functions.scalar import Function

# Affinities, by the letters that SQLite's P4 affinity strings use.
NONE: Final = ""
BLOB: Final = "A"
TEXT: Final = "B"
NUMERIC: Final = "C"
INTEGER: Final = "D"
REAL: Final = "E"
FLEXNUM: Final = "F"

ROWID: Final = -1
"""The column index that stands for a table's rowid."""


class Relation:
    """The base of plan nodes, so that an expression can hold the plan of a subquery."""


@final
class OutputColumn:
    """One column that a source offers.

    name: as users see it.  affinity: a letter above, "" for none.  collation: its name.
    declared_type: the text in CREATE TABLE, or "" (``cursor.description`` and PRAGMA show it).
    hidden: not part of ``*`` (hidden columns of table-valued functions).
    explicit: the collation is that of a COLLATE operator.
    """

    def __init__(
        self,
        name: str,
        affinity: str = NONE,
        collation: str = "BINARY",
        declared_type: str = "",
        hidden: bool = False,
        not_null: bool = False,
        explicit: bool = False,
    ) -> None:
        self.name: Final = name
        self.affinity: Final = affinity
        self.collation: Final = collation
        self.declared_type: Final = declared_type
        self.hidden: Final = hidden
        self.not_null: Final = not_null
        self.explicit: Final = explicit


@final
class Source:
    """Something whose rows expressions refer to.  Compared by identity.

    number: unique within the statement, in order of appearance; dumps show it.
    name: the alias, or the table's name, or a word such as ``aggregate`` for a plan node's output.
    table: the table or view behind it, None for anything else.
    schema: the schema's name (``main``) where there is a table.
    origin: the name of the view or common table that it is a use of, else "".
    """

    def __init__(
        self,
        number: int,
        name: str,
        columns: list[OutputColumn],
        table: Table | None = None,
        schema: str = "",
        origin: str = "",
    ) -> None:
        self.number: Final = number
        self.name: Final = name
        self.columns: Final = columns
        self.table: Final = table
        self.schema: Final = schema
        self.origin: Final = origin

    def __repr__(self) -> str:
        return f"{self.name}#{self.number}"


class Expr:
    """The base of bound expressions.

    affinity: the expression's affinity (a letter, "" for none), by datatype3.html section 3.2.
    collation: the collating sequence that a comparison with it takes, or "" for none of its own.
    explicit: whether ``collation`` comes from a COLLATE operator (which wins over a column's).
    """

    def __init__(self, start: int, end: int, affinity: str, collation: str, explicit: bool) -> None:
        self.start: Final = start
        self.end: Final = end
        self.affinity: Final = affinity
        self.collation: Final = collation
        self.explicit: Final = explicit

    @abstractmethod
    def children(self) -> list[Expr]:
        """The operands, in order."""

    @abstractmethod
    def with_children(self, children: list[Expr]) -> Expr:
        """The same expression over other operands (as many as ``children`` returned)."""


def inherited_collation(operands: list[Expr]) -> str:
    """The explicit collation that an operator takes over from its operands, "" for none.

    A COLLATE anywhere below counts in a comparison of the whole (``lower(a COLLATE NOCASE) = b``): the first
    operand that carries one decides.
    """
    for operand in operands:
        if operand.explicit:
            return operand.collation
    return ""


_NO_OPERANDS: Final[list[Expr]] = []


class Leaf(Expr):
    """An expression without operands."""

    def children(self) -> list[Expr]:
        return _NO_OPERANDS

    def with_children(self, children: list[Expr]) -> Expr:
        return self


@final
class Literal(Leaf):
    """A constant: a literal, or what folding made of an expression."""

    def __init__(self, value: Value, start: int = -1, end: int = -1, affinity: str = NONE) -> None:
        super().__init__(start, end, affinity, "", False)
        self.value: Final = value


@final
class Parameter(Leaf):
    """A parameter.  number counts from 1; name is its text with the sign (``:a``), or "" for ``?``."""

    def __init__(self, number: int, name: str, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, NONE, "", False)
        self.number: Final = number
        self.name: Final = name


@final
class ColumnRef(Leaf):
    """A column of a source; ``index`` is ROWID for the rowid, also under the name of an INTEGER PRIMARY KEY."""

    def __init__(self, source: Source, index: int, start: int = -1, end: int = -1) -> None:
        if index == ROWID:
            super().__init__(start, end, INTEGER, "", False)
        else:
            column = source.columns[index]
            super().__init__(start, end, column.affinity, column.collation, False)
        self.source: Final = source
        self.index: Final = index


@final
class Unary(Expr):
    """op is ``-``, ``+``, ``~`` or ``NOT``."""

    def __init__(self, op: str, operand: Expr, start: int = -1, end: int = -1) -> None:
        plus = op == "+"
        super().__init__(
            start, end, NONE, operand.collation if plus or operand.explicit else "", operand.explicit
        )
        self.op: Final = op
        self.operand: Final = operand

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        return Unary(self.op, children[0], self.start, self.end)


@final
class Binary(Expr):
    """op is one of ``+ - * / % << >> & | ||`` (the JSON arrows are function calls)."""

    def __init__(self, op: str, left: Expr, right: Expr, start: int = -1, end: int = -1) -> None:
        inherited = inherited_collation([left, right])
        super().__init__(start, end, NONE, inherited, inherited != "")
        self.op: Final = op
        self.left: Final = left
        self.right: Final = right

    def children(self) -> list[Expr]:
        return [self.left, self.right]

    def with_children(self, children: list[Expr]) -> Expr:
        return Binary(self.op, children[0], children[1], self.start, self.end)


@final
class Shared(Expr):
    """An expression that occurs more than once over one row, and is evaluated at most once for it.

    number: what the occurrences have in common, unique within the statement.
    """

    def __init__(self, number: int, operand: Expr) -> None:
        super().__init__(operand.start, operand.end, operand.affinity, operand.collation, operand.explicit)
        self.number: Final = number
        self.operand: Final = operand

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        return Shared(self.number, children[0])


@final
class Compare(Expr):
    """op is one of ``= <> < <= > >= IS IS NOT``; both operands scalar, or both RowValue of one length.

    comparison: the affinity that is applied to both operands before they are compared ("" for none).
    sequence: the collating sequence of the comparison.  For row values each is per column, comma-separated.
    """

    def __init__(
        self, op: str, left: Expr, right: Expr, comparison: str, sequence: str, start: int = -1, end: int = -1
    ) -> None:
        inherited = inherited_collation([left, right])
        super().__init__(start, end, NONE, inherited, inherited != "")
        self.op: Final = op
        self.left: Final = left
        self.right: Final = right
        self.comparison: Final = comparison
        self.sequence: Final = sequence

    def children(self) -> list[Expr]:
        return [self.left, self.right]

    def with_children(self, children: list[Expr]) -> Expr:
        return Compare(
            self.op, children[0], children[1], self.comparison, self.sequence, self.start, self.end
        )


@final
class Logic(Expr):
    """AND or OR over two or more terms, with nested ones of the same kind flattened."""

    def __init__(self, op: str, terms: list[Expr], start: int = -1, end: int = -1) -> None:
        inherited = inherited_collation(terms)
        super().__init__(start, end, NONE, inherited, inherited != "")
        self.op: Final = op
        self.terms: Final = terms

    def children(self) -> list[Expr]:
        return self.terms

    def with_children(self, children: list[Expr]) -> Expr:
        return Logic(self.op, children, self.start, self.end)


@final
class IsNull(Expr):
    """``operand IS NULL``, or ``NOT NULL`` when negated."""

    def __init__(self, operand: Expr, negated: bool, start: int = -1, end: int = -1) -> None:
        inherited = inherited_collation([operand])
        super().__init__(start, end, NONE, inherited, inherited != "")
        self.operand: Final = operand
        self.negated: Final = negated

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        return IsNull(children[0], self.negated, self.start, self.end)


@final
class IsTruth(Expr):
    """``operand IS [NOT] TRUE|FALSE``: never NULL."""

    def __init__(self, operand: Expr, truth: bool, negated: bool, start: int = -1, end: int = -1) -> None:
        inherited = inherited_collation([operand])
        super().__init__(start, end, NONE, inherited, inherited != "")
        self.operand: Final = operand
        self.truth: Final = truth
        self.negated: Final = negated

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        return IsTruth(children[0], self.truth, self.negated, self.start, self.end)


@final
class Between(Expr):
    """``operand [NOT] BETWEEN low AND high``; the operand is evaluated once.

    The two comparisons' affinities and collations are those of ``operand >= low`` and ``operand <= high``.
    """

    def __init__(
        self,
        operand: Expr,
        low: Expr,
        high: Expr,
        negated: bool,
        low_comparison: str,
        low_sequence: str,
        high_comparison: str,
        high_sequence: str,
        start: int = -1,
        end: int = -1,
    ) -> None:
        inherited = inherited_collation([operand, low, high])
        super().__init__(start, end, NONE, inherited, inherited != "")
        self.operand: Final = operand
        self.low: Final = low
        self.high: Final = high
        self.negated: Final = negated
        self.low_comparison: Final = low_comparison
        self.low_sequence: Final = low_sequence
        self.high_comparison: Final = high_comparison
        self.high_sequence: Final = high_sequence

    def children(self) -> list[Expr]:
        return [self.operand, self.low, self.high]

    def with_children(self, children: list[Expr]) -> Expr:
        return Between(
            children[0],
            children[1],
            children[2],
            self.negated,
            self.low_comparison,
            self.low_sequence,
            self.high_comparison,
            self.high_sequence,
            self.start,
            self.end,
        )


@final
class InList(Expr):
    """``operand [NOT] IN (item, …)``.

    comparison: the affinity applied to the operand and the items (a letter, "" for none).
    sequence: the collating sequence.
    """

    def __init__(
        self,
        operand: Expr,
        items: list[Expr],
        negated: bool,
        comparison: str,
        sequence: str,
        start: int = -1,
        end: int = -1,
    ) -> None:
        inherited = inherited_collation([operand, *items])
        super().__init__(start, end, NONE, inherited, inherited != "")
        self.operand: Final = operand
        self.items: Final = items
        self.negated: Final = negated
        self.comparison: Final = comparison
        self.sequence: Final = sequence

    def children(self) -> list[Expr]:
        return [self.operand, *self.items]

    def with_children(self, children: list[Expr]) -> Expr:
        return InList(
            children[0], children[1:], self.negated, self.comparison, self.sequence, self.start, self.end
        )


@final
class Subquery:
    """A query inside an expression, with its plan.  Compared by identity.

    plan: the plan tree; its root yields the query's columns.
    outer: the sources of enclosing queries that it refers to.  Empty: evaluated once a statement.
    columns: what it offers.
    """

    def __init__(self, plan: Relation, outer: list[Source], columns: list[OutputColumn]) -> None:
        self.plan: Final = plan
        self.outer: Final = outer
        self.columns: Final = columns


@final
class InQuery(Expr):
    """``operand [NOT] IN (SELECT …)``; the operand is a RowValue when the query has more than one column.

    comparisons and sequences are per column.  in_tree: members are looked up in the B-tree that the query reads.
    """

    def __init__(
        self,
        operand: Expr,
        query: Subquery,
        negated: bool,
        comparisons: list[str],
        sequences: list[str],
        start: int = -1,
        end: int = -1,
        in_tree: bool = False,
    ) -> None:
        inherited = inherited_collation([operand])
        super().__init__(start, end, NONE, inherited, inherited != "")
        self.operand: Final = operand
        self.query: Final = query
        self.negated: Final = negated
        self.comparisons: Final = comparisons
        self.sequences: Final = sequences
        self.in_tree: Final = in_tree

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        return self._with(children[0], self.query, self.in_tree)

    def with_query(self, query: Subquery, in_tree: bool) -> InQuery:
        """The same test over another plan of the subquery."""
        return self._with(self.operand, query, in_tree)

    def _with(self, operand: Expr, query: Subquery, in_tree: bool) -> InQuery:
        return InQuery(
            operand, query, self.negated, self.comparisons, self.sequences, self.start, self.end, in_tree
        )


@final
class ScalarQuery(Leaf):
    """``(SELECT …)`` as a value: the first row's column ``index``, or NULL where there is no row.

    A row-valued subquery is a RowValue of ScalarQuery expressions that share one ``query``.
    """

    def __init__(self, query: Subquery, index: int = 0, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, query.columns[index].affinity, "", False)
        self.query: Final = query
        self.index: Final = index


@final
class Exists(Leaf):
    """``EXISTS (SELECT …)``."""

    def __init__(self, query: Subquery, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, NONE, "", False)
        self.query: Final = query


@final
class Case(Expr):
    """``CASE [base] WHEN … THEN … [ELSE …] END``.

    With a base, each WHEN is already a Compare against ``CaseBase``; the base is evaluated once.
    """

    def __init__(
        self,
        base: Expr | None,
        whens: list[Expr],
        thens: list[Expr],
        otherwise: Expr | None,
        start: int = -1,
        end: int = -1,
    ) -> None:
        operands: list[Expr] = [] if base is None else [base]
        for when, then in zip(whens, thens):
            operands.append(when)
            operands.append(then)
        if otherwise is not None:
            operands.append(otherwise)
        inherited = inherited_collation(operands)
        super().__init__(start, end, NONE, inherited, inherited != "")
        self.base: Final = base
        self.whens: Final = whens
        self.thens: Final = thens
        self.otherwise: Final = otherwise

    def children(self) -> list[Expr]:
        out: list[Expr] = [] if self.base is None else [self.base]
        for when, then in zip(self.whens, self.thens):
            out.append(when)
            out.append(then)
        if self.otherwise is not None:
            out.append(self.otherwise)
        return out

    def with_children(self, children: list[Expr]) -> Expr:
        first = 0 if self.base is None else 1
        last = first + 2 * len(self.whens)
        return Case(
            None if self.base is None else children[0],
            children[first:last:2],
            children[first + 1 : last : 2],
            None if self.otherwise is None else children[last],
            self.start,
            self.end,
        )


@final
class CaseBase(Leaf):
    """Stands, inside the WHENs of a Case, for the value of its base."""

    def __init__(self, affinity: str, collation: str, explicit: bool) -> None:
        super().__init__(-1, -1, affinity, collation, explicit)


@final
class Cast(Expr):
    """``CAST(operand AS type)``; ``affinity`` is the type's."""

    def __init__(self, operand: Expr, affinity: str, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, affinity, operand.collation, operand.explicit)
        self.operand: Final = operand

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        return Cast(children[0], self.affinity, self.start, self.end)


@final
class Collate(Expr):
    """``operand COLLATE name``: the operand's value and affinity, another collating sequence."""

    def __init__(self, operand: Expr, collation: str, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, operand.affinity, collation, True)
        self.operand: Final = operand

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        return Collate(children[0], self.collation, self.start, self.end)


@final
class Call(Expr):
    """A scalar function.

    sequence: the collation that min(), max() and nullif() compare with.
    place: where it stands, in SQLite's words, if only a deterministic answer will do there ("an index").
    column: it stands for the column that USING makes of its arguments, whose affinity and collation are those of the
    first of them.
    """

    def __init__(
        self,
        function: Function,
        args: list[Expr],
        sequence: str = "BINARY",
        start: int = -1,
        end: int = -1,
        place: str = "",
        column: bool = False,
    ) -> None:
        inherited = inherited_collation(args)
        if column:
            super().__init__(start, end, args[0].affinity, args[0].collation, False)
        else:
            super().__init__(start, end, NONE, inherited, inherited != "")
        self.function: Final = function
        self.args: Final = args
        self.sequence: Final = sequence
        self.place: Final = place
        self.column: Final = column

    def children(self) -> list[Expr]:
        return self.args

    def with_children(self, children: list[Expr]) -> Expr:
        return Call(self.function, children, self.sequence, self.start, self.end, self.place, self.column)

    def at(self, start: int, end: int) -> Call:
        """The same call, as another place in the text means it."""
        return Call(self.function, self.args, self.sequence, start, end, self.place, self.column)


@final
class OrderTerm:
    """One term of an ORDER BY.  nulls_first is resolved: by default NULLs come first ascending, last descending."""

    def __init__(self, expr: Expr, descending: bool, nulls_first: bool, collation: str) -> None:
        self.expr: Final = expr
        self.descending: Final = descending
        self.nulls_first: Final = nulls_first
        self.collation: Final = collation


@final
class AggregateCall(Expr):
    """An aggregate function where it was written.

    The plan builder collects these into an Aggregate node and puts a ColumnRef to that node's output in
    their place; one that is left in an expression when code is generated is an error.
    ``args`` is empty for ``count(*)``.  owner: the output of the Aggregate node that it belongs to (an aggregate in
    a subquery may be one of an enclosing query).  written: the function's name as the SQL text has it.
    """

    def __init__(
        self,
        function: Function,
        args: list[Expr],
        distinct: bool,
        filter: Expr | None,
        order_by: list[OrderTerm],
        sequence: str = "BINARY",
        start: int = -1,
        end: int = -1,
        owner: Source | None = None,
        written: str = "",
    ) -> None:
        inherited = inherited_collation(args)
        super().__init__(start, end, NONE, inherited, inherited != "")
        self.function: Final = function
        self.args: Final = args
        self.distinct: Final = distinct
        self.filter: Final = filter
        self.order_by: Final = order_by
        self.sequence: Final = sequence
        self.owner: Final = owner
        self.written: Final = written

    def children(self) -> list[Expr]:
        out = list(self.args)
        if self.filter is not None:
            out.append(self.filter)
        out.extend(term.expr for term in self.order_by)
        return out

    def with_children(self, children: list[Expr]) -> Expr:
        count = len(self.args)
        position = count + (1 if self.filter is not None else 0)
        order = []
        for i, term in enumerate(self.order_by):
            order.append(OrderTerm(children[position + i], term.descending, term.nulls_first, term.collation))
        return AggregateCall(
            self.function,
            children[:count],
            self.distinct,
            None if self.filter is None else children[count],
            order,
            self.sequence,
            self.start,
            self.end,
            self.owner,
            self.written,
        )


@final
class RowValue(Expr):
    """``(a, b, …)`` with two or more items, as an operand of a comparison or of IN."""

    def __init__(self, items: list[Expr], start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, NONE, "", False)
        self.items: Final = items

    def children(self) -> list[Expr]:
        return self.items

    def with_children(self, children: list[Expr]) -> Expr:
        return RowValue(children, self.start, self.end)
