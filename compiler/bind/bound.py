"""Bound expressions: what the resolver makes of an expression once every name in it is known.

Generated from bound.asdl by ``python -m foundrydb.compiler.trees.generate``; change that file, not this one.
The AST says `a`; a bound expression says "column 2 of source 1, INTEGER affinity, BINARY collation".  Bound
expressions never hold names to look up, so a pass can move one to another place of the plan, and code generation
needs no scope.  They refer to rows only through a `Source`: one item of a FROM clause, the output of a plan node
(a projection, an aggregation), or the row that a statement is about to write.  Where a source's columns are found
at run time (a cursor, registers, an expression to evaluate) is the code generator's business.

Every node keeps the span of the SQL that it came from (``start``, ``end``; -1 when it was made by a pass), for error
messages and for the comments of a listing.  All fields are final: a rewrite makes new nodes through
``with_children``, each of which knows as its ``origin`` what it was made from.
Type rules: https://sqlite.org/datatype3.html, sections 3, 4 and 7.
"""
# ruff: noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from foundrydb.compiler.bind.expr import Expr, all_agree, inherited_collation, same_value, BLOB, FLEXNUM, INTEGER, NONE, NUMERIC, REAL, TEXT
from foundrydb.compiler.bind.sources import ROWID, Relation, Source, Subquery
from foundrydb.compiler.trees.declared import Part, Feed

if TYPE_CHECKING:
    from foundrydb.storage.format.values import Value
    from foundrydb.vm.functions.scalar import Function

__all__ = ["Expr", "Part", "BLOB", "FLEXNUM", "INTEGER", "NONE", "NUMERIC", "REAL", "TEXT", "ROWID", "Relation", "Source", "Subquery"]


@final
class OutputColumn(Part):
    """One column that a source offers.

    Attributes:
        name: as users see it
        affinity: a letter, "" for none
        declared_type: the text in CREATE TABLE, or "" (``cursor.description`` and PRAGMA show it)
        hidden: not part of ``*`` (hidden columns of table-valued functions)
        explicit: the collation is that of a COLLATE operator
        subtyped: its values may have a subtype, to a function that asks for that: of a virtual table
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "affinity", "collation", "declared_type", "hidden", "not_null", "explicit", "subtyped")

    def __init__(self, name: str, affinity: str = NONE, collation: str = "BINARY", declared_type: str = "", hidden: bool = False, not_null: bool = False, explicit: bool = False, subtyped: bool = False) -> None:
        self.name: Final = name
        self.affinity: Final = affinity
        self.collation: Final = collation
        self.declared_type: Final = declared_type
        self.hidden: Final = hidden
        self.not_null: Final = not_null
        self.explicit: Final = explicit
        self.subtyped: Final = subtyped

    def values_of_fields(self) -> list[object]:
        return [self.name, self.affinity, self.collation, self.declared_type, self.hidden, self.not_null, self.explicit, self.subtyped]


class Leaf(Expr):
    """An expression without operands."""


@final
class Literal(Leaf):
    """A constant: a literal, or what folding made of an expression."""

    FIELDS: ClassVar[tuple[str, ...]] = ("value", "affinity")

    def __init__(self, value: Value, start: int = -1, end: int = -1, affinity: str = NONE) -> None:
        super().__init__(start, end, affinity, "", False)
        self.value: Final = value

    def values_of_fields(self) -> list[object]:
        return [self.value, self.affinity]

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Literal) and same_value(self.value, other.value) and self.affinity == other.affinity


@final
class Parameter(Leaf):
    """A parameter.

    Attributes:
        number: counts from 1
        name: its text with the sign (``:a``), or "" for ``?``
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("number", "name")

    def __init__(self, number: int, name: str, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, NONE, "", False)
        self.number: Final = number
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.number, self.name]

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Parameter) and self.number == other.number


@final
class ColumnRef(Leaf):
    """A column of a source.

    Attributes:
        index: ROWID for the rowid, also under the name of an INTEGER PRIMARY KEY
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "index")

    def __init__(self, source: Source, index: int, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, INTEGER if index == ROWID else source.columns[index].affinity, "" if index == ROWID else source.columns[index].collation, False)
        self.source: Final = source
        self.index: Final = index

    def values_of_fields(self) -> list[object]:
        return [self.source, self.index]

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, ColumnRef) and self.source is other.source and self.index == other.index


@final
class Unary(Expr):
    """An operator before its operand.

    Attributes:
        op: ``-``, ``+``, ``~`` or ``NOT``
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("op", "operand")

    def __init__(self, op: str, operand: Expr, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, NONE, operand.collation if op == "+" or operand.explicit else "", operand.explicit)
        self.op: Final = op
        self.operand: Final = operand

    def values_of_fields(self) -> list[object]:
        return [self.op, self.operand]

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        made = Unary(self.op, children[0], self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Unary) and self.op == other.op


@final
class Binary(Expr):
    """An operator between two operands (the JSON arrows are function calls).

    Attributes:
        op: one of ``+ - * / % << >> & | ||``
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("op", "left", "right")

    def __init__(self, op: str, left: Expr, right: Expr, start: int = -1, end: int = -1) -> None:
        collation = inherited_collation([left, right])
        super().__init__(start, end, NONE, collation, collation != "")
        self.op: Final = op
        self.left: Final = left
        self.right: Final = right

    def values_of_fields(self) -> list[object]:
        return [self.op, self.left, self.right]

    def children(self) -> list[Expr]:
        return [self.left, self.right]

    def with_children(self, children: list[Expr]) -> Expr:
        made = Binary(self.op, children[0], children[1], self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Binary) and self.op == other.op


@final
class Shared(Expr):
    """An expression that occurs more than once over one row, and is evaluated at most once for it.

    Attributes:
        number: what the occurrences have in common, unique within the statement
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("number", "operand")

    def __init__(self, number: int, operand: Expr, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, operand.affinity, operand.collation, operand.explicit)
        self.number: Final = number
        self.operand: Final = operand

    def values_of_fields(self) -> list[object]:
        return [self.number, self.operand]

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        made = Shared(self.number, children[0], self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Shared) and self.number == other.number


@final
class Compare(Expr):
    """A comparison of two scalar operands, or of two RowValue of one length.

    Attributes:
        op: one of ``= <> < <= > >= IS IS NOT``
        comparison: the affinity that is applied to both operands before they are compared ("" for none);
            for row values one per column, comma-separated
        sequence: the collating sequence of the comparison, likewise
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("op", "left", "right", "comparison", "sequence")

    def __init__(self, op: str, left: Expr, right: Expr, comparison: str, sequence: str, start: int = -1, end: int = -1) -> None:
        collation = inherited_collation([left, right])
        super().__init__(start, end, NONE, collation, collation != "")
        self.op: Final = op
        self.left: Final = left
        self.right: Final = right
        self.comparison: Final = comparison
        self.sequence: Final = sequence

    def values_of_fields(self) -> list[object]:
        return [self.op, self.left, self.right, self.comparison, self.sequence]

    def children(self) -> list[Expr]:
        return [self.left, self.right]

    def with_children(self, children: list[Expr]) -> Expr:
        made = Compare(self.op, children[0], children[1], self.comparison, self.sequence, self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Compare) and self.op == other.op and self.comparison == other.comparison and self.sequence == other.sequence


@final
class Logic(Expr):
    """AND or OR over two or more terms, with nested ones of the same kind flattened."""

    FIELDS: ClassVar[tuple[str, ...]] = ("op", "terms")

    def __init__(self, op: str, terms: list[Expr], start: int = -1, end: int = -1) -> None:
        collation = inherited_collation(terms)
        super().__init__(start, end, NONE, collation, collation != "")
        self.op: Final = op
        self.terms: Final = terms

    def values_of_fields(self) -> list[object]:
        return [self.op, self.terms]

    def children(self) -> list[Expr]:
        return self.terms

    def with_children(self, children: list[Expr]) -> Expr:
        made = Logic(self.op, children, self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Logic) and self.op == other.op and len(self.terms) == len(other.terms)


@final
class IsNull(Expr):
    """``operand IS NULL``, or ``NOT NULL`` when negated."""

    FIELDS: ClassVar[tuple[str, ...]] = ("operand", "negated")

    def __init__(self, operand: Expr, negated: bool, start: int = -1, end: int = -1) -> None:
        collation = inherited_collation([operand])
        super().__init__(start, end, NONE, collation, collation != "")
        self.operand: Final = operand
        self.negated: Final = negated

    def values_of_fields(self) -> list[object]:
        return [self.operand, self.negated]

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        made = IsNull(children[0], self.negated, self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, IsNull) and self.negated == other.negated


@final
class IsTruth(Expr):
    """``operand IS [NOT] TRUE|FALSE``: never NULL."""

    FIELDS: ClassVar[tuple[str, ...]] = ("operand", "truth", "negated")

    def __init__(self, operand: Expr, truth: bool, negated: bool, start: int = -1, end: int = -1) -> None:
        collation = inherited_collation([operand])
        super().__init__(start, end, NONE, collation, collation != "")
        self.operand: Final = operand
        self.truth: Final = truth
        self.negated: Final = negated

    def values_of_fields(self) -> list[object]:
        return [self.operand, self.truth, self.negated]

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        made = IsTruth(children[0], self.truth, self.negated, self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, IsTruth) and self.truth == other.truth and self.negated == other.negated


@final
class Between(Expr):
    """``operand [NOT] BETWEEN low AND high``; the operand is evaluated once.

    The two comparisons' affinities and collations are those of ``operand >= low`` and ``operand <= high``."""

    FIELDS: ClassVar[tuple[str, ...]] = ("operand", "low", "high", "negated", "low_comparison", "low_sequence", "high_comparison", "high_sequence")

    def __init__(self, operand: Expr, low: Expr, high: Expr, negated: bool, low_comparison: str, low_sequence: str, high_comparison: str, high_sequence: str, start: int = -1, end: int = -1) -> None:
        collation = inherited_collation([operand, low, high])
        super().__init__(start, end, NONE, collation, collation != "")
        self.operand: Final = operand
        self.low: Final = low
        self.high: Final = high
        self.negated: Final = negated
        self.low_comparison: Final = low_comparison
        self.low_sequence: Final = low_sequence
        self.high_comparison: Final = high_comparison
        self.high_sequence: Final = high_sequence

    def values_of_fields(self) -> list[object]:
        return [self.operand, self.low, self.high, self.negated, self.low_comparison, self.low_sequence, self.high_comparison, self.high_sequence]

    def children(self) -> list[Expr]:
        return [self.operand, self.low, self.high]

    def with_children(self, children: list[Expr]) -> Expr:
        made = Between(children[0], children[1], children[2], self.negated, self.low_comparison, self.low_sequence, self.high_comparison, self.high_sequence, self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Between) and self.negated == other.negated and self.low_comparison == other.low_comparison and self.low_sequence == other.low_sequence and self.high_comparison == other.high_comparison and self.high_sequence == other.high_sequence


@final
class InList(Expr):
    """``operand [NOT] IN (item, …)``.

    Attributes:
        comparison: the affinity applied to the operand and the items (a letter, "" for none)
        sequence: the collating sequence
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("operand", "items", "negated", "comparison", "sequence")

    def __init__(self, operand: Expr, items: list[Expr], negated: bool, comparison: str, sequence: str, start: int = -1, end: int = -1) -> None:
        collation = inherited_collation([operand, *items])
        super().__init__(start, end, NONE, collation, collation != "")
        self.operand: Final = operand
        self.items: Final = items
        self.negated: Final = negated
        self.comparison: Final = comparison
        self.sequence: Final = sequence

    def values_of_fields(self) -> list[object]:
        return [self.operand, self.items, self.negated, self.comparison, self.sequence]

    def children(self) -> list[Expr]:
        return [self.operand, *self.items]

    def with_children(self, children: list[Expr]) -> Expr:
        feed = Feed(children)
        made = InList(feed.one(), feed.several(len(self.items)), self.negated, self.comparison, self.sequence, self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, InList) and len(self.items) == len(other.items) and self.negated == other.negated and self.comparison == other.comparison and self.sequence == other.sequence


@final
class InQuery(Expr):
    """``operand [NOT] IN (SELECT …)``; the operand is a RowValue when the query has more than one column.

    Attributes:
        comparisons: per column
        sequences: per column
        in_tree: members are looked up in the B-tree that the query reads
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("operand", "query", "negated", "comparisons", "sequences", "in_tree")

    def __init__(self, operand: Expr, query: Subquery, negated: bool, comparisons: list[str], sequences: list[str], start: int = -1, end: int = -1, in_tree: bool = False) -> None:
        collation = inherited_collation([operand])
        super().__init__(start, end, NONE, collation, collation != "")
        self.operand: Final = operand
        self.query: Final = query
        self.negated: Final = negated
        self.comparisons: Final = comparisons
        self.sequences: Final = sequences
        self.in_tree: Final = in_tree

    def values_of_fields(self) -> list[object]:
        return [self.operand, self.query, self.negated, self.comparisons, self.sequences, self.in_tree]

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        made = InQuery(children[0], self.query, self.negated, self.comparisons, self.sequences, self.start, self.end, self.in_tree)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, InQuery) and self.query is other.query and self.negated == other.negated and self.comparisons == other.comparisons and self.sequences == other.sequences and self.in_tree == other.in_tree

    def with_query(self, query: Subquery, in_tree: bool) -> InQuery:
        """The same test over another plan of the subquery."""
        made = InQuery(self.operand, query, self.negated, self.comparisons, self.sequences, self.start, self.end, in_tree)
        made.origin = self
        return made


@final
class ScalarQuery(Leaf):
    """``(SELECT …)`` as a value: one column of the first row, or NULL where there is no row.

    A row-valued subquery is a RowValue of ScalarQuery expressions that share one ``query``.

    Attributes:
        index: the column
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("query", "index")

    def __init__(self, query: Subquery, index: int, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, query.columns[index].affinity, "", False)
        self.query: Final = query
        self.index: Final = index

    def values_of_fields(self) -> list[object]:
        return [self.query, self.index]

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, ScalarQuery) and self.query is other.query and self.index == other.index

    def with_query(self, query: Subquery) -> ScalarQuery:
        """The same value of another plan of the subquery."""
        made = ScalarQuery(query, self.index, self.start, self.end)
        made.origin = self
        return made


@final
class Exists(Leaf):
    """``EXISTS (SELECT …)``."""

    FIELDS: ClassVar[tuple[str, ...]] = ("query",)

    def __init__(self, query: Subquery, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, NONE, "", False)
        self.query: Final = query

    def values_of_fields(self) -> list[object]:
        return [self.query]

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Exists) and self.query is other.query

    def with_query(self, query: Subquery) -> Exists:
        """The same test of another plan of the subquery."""
        made = Exists(query, self.start, self.end)
        made.origin = self
        return made


@final
class Case(Expr):
    """``CASE [base] WHEN … THEN … [ELSE …] END``.

    With a base, each WHEN is already a Compare against ``CaseBase``; the base is evaluated once."""

    FIELDS: ClassVar[tuple[str, ...]] = ("base", "whens", "thens", "otherwise")

    def __init__(self, base: Expr | None, whens: list[Expr], thens: list[Expr], otherwise: Expr | None, start: int = -1, end: int = -1) -> None:
        out: list[Expr] = []
        if base is not None:
            out.append(base)
        for item, other in zip(whens, thens):
            out.append(item)
            out.append(other)
        if otherwise is not None:
            out.append(otherwise)
        collation = inherited_collation(out)
        super().__init__(start, end, NONE, collation, collation != "")
        self.base: Final = base
        self.whens: Final = whens
        self.thens: Final = thens
        self.otherwise: Final = otherwise

    def values_of_fields(self) -> list[object]:
        return [self.base, self.whens, self.thens, self.otherwise]

    def children(self) -> list[Expr]:
        out: list[Expr] = []
        if self.base is not None:
            out.append(self.base)
        for item, other in zip(self.whens, self.thens):
            out.append(item)
            out.append(other)
        if self.otherwise is not None:
            out.append(self.otherwise)
        return out

    def with_children(self, children: list[Expr]) -> Expr:
        feed = Feed(children)
        base = None if self.base is None else feed.one()
        whens, thens = feed.turns(len(self.whens))
        made = Case(base, whens, thens, None if self.otherwise is None else feed.one(), self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Case) and (self.base is None) == (other.base is None) and len(self.whens) == len(other.whens) and (self.otherwise is None) == (other.otherwise is None)


@final
class CaseBase(Leaf):
    """Stands, inside the WHENs of a Case, for the value of its base."""

    FIELDS: ClassVar[tuple[str, ...]] = ("affinity", "collation", "explicit")

    def __init__(self, affinity: str, collation: str, explicit: bool, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, affinity, collation, explicit)

    def values_of_fields(self) -> list[object]:
        return [self.affinity, self.collation, self.explicit]

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, CaseBase) and self.affinity == other.affinity and self.collation == other.collation and self.explicit == other.explicit


@final
class Cast(Expr):
    """``CAST(operand AS type)``.

    Attributes:
        affinity: the type's
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("operand", "affinity")

    def __init__(self, operand: Expr, affinity: str, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, affinity, operand.collation, operand.explicit)
        self.operand: Final = operand

    def values_of_fields(self) -> list[object]:
        return [self.operand, self.affinity]

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        made = Cast(children[0], self.affinity, self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Cast) and self.affinity == other.affinity


@final
class Collate(Expr):
    """``operand COLLATE name``: the operand's value and affinity, another collating sequence."""

    FIELDS: ClassVar[tuple[str, ...]] = ("operand", "collation")

    def __init__(self, operand: Expr, collation: str, start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, operand.affinity, collation, True)
        self.operand: Final = operand

    def values_of_fields(self) -> list[object]:
        return [self.operand, self.collation]

    def children(self) -> list[Expr]:
        return [self.operand]

    def with_children(self, children: list[Expr]) -> Expr:
        made = Collate(children[0], self.collation, self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Collate) and self.collation == other.collation


@final
class Call(Expr):
    """A scalar function.

    Attributes:
        sequence: the collation that min(), max() and nullif() compare with
        place: where it stands, in SQLite's words, if only a deterministic answer will do there
            ("an index")
        column: it stands for the column that USING makes of its arguments, whose affinity and collation
            are those of the first of them
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("function", "args", "sequence", "place", "column")

    def __init__(self, function: Function, args: list[Expr], sequence: str, start: int = -1, end: int = -1, place: str = "", column: bool = False) -> None:
        collation = args[0].collation if column else inherited_collation(args)
        super().__init__(start, end, args[0].affinity if column else NONE, collation, not column and collation != "")
        self.function: Final = function
        self.args: Final = args
        self.sequence: Final = sequence
        self.place: Final = place
        self.column: Final = column

    def values_of_fields(self) -> list[object]:
        return [self.function, self.args, self.sequence, self.place, self.column]

    def children(self) -> list[Expr]:
        return self.args

    def with_children(self, children: list[Expr]) -> Expr:
        made = Call(self.function, children, self.sequence, self.start, self.end, self.place, self.column)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, Call) and self.function is other.function and len(self.args) == len(other.args) and self.sequence == other.sequence

    def at(self, start: int, end: int) -> Call:
        """The same call, as another place in the text means it."""
        made = Call(self.function, self.args, self.sequence, start, end, self.place, self.column)
        made.origin = self
        return made


@final
class OrderTerm(Part):
    """One term of an ORDER BY.

    Attributes:
        nulls_first: resolved: by default NULLs come first ascending, last descending
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("expr", "descending", "nulls_first", "collation")

    def __init__(self, expr: Expr, descending: bool, nulls_first: bool, collation: str) -> None:
        self.expr: Final = expr
        self.descending: Final = descending
        self.nulls_first: Final = nulls_first
        self.collation: Final = collation

    def values_of_fields(self) -> list[object]:
        return [self.expr, self.descending, self.nulls_first, self.collation]

    def expressions(self) -> list[Expr]:
        return [self.expr]

    def fed(self, feed: Feed[Expr]) -> OrderTerm:
        return OrderTerm(feed.one(), self.descending, self.nulls_first, self.collation)

    def with_expressions(self, expressions: list[Expr]) -> OrderTerm:
        return self.fed(Feed(expressions))

    def agrees(self, other: Part) -> bool:
        return isinstance(other, OrderTerm) and self.descending == other.descending and self.nulls_first == other.nulls_first and self.collation == other.collation


@final
class AggregateCall(Expr):
    """An aggregate function where it was written.

    Planning collects these into an Aggregate node and puts a ColumnRef to that node's output in
    their place; one that is left in an expression when code is generated is an error.

    Attributes:
        args: empty for ``count(*)``
        owner: the output of the Aggregate node that it belongs to (an aggregate in a subquery may be
            one of an enclosing query)
        written: the function's name as the SQL text has it
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("function", "args", "distinct", "filter", "order_by", "sequence", "owner", "written")

    def __init__(self, function: Function, args: list[Expr], distinct: bool, filter: Expr | None, order_by: list[OrderTerm], sequence: str, start: int = -1, end: int = -1, owner: Source | None = None, written: str = "") -> None:
        collation = inherited_collation(args)
        super().__init__(start, end, NONE, collation, collation != "")
        self.function: Final = function
        self.args: Final = args
        self.distinct: Final = distinct
        self.filter: Final = filter
        self.order_by: Final = order_by
        self.sequence: Final = sequence
        self.owner: Final = owner
        self.written: Final = written

    def values_of_fields(self) -> list[object]:
        return [self.function, self.args, self.distinct, self.filter, self.order_by, self.sequence, self.owner, self.written]

    def children(self) -> list[Expr]:
        out: list[Expr] = list(self.args)
        if self.filter is not None:
            out.append(self.filter)
        out.extend([expr for part in self.order_by for expr in part.expressions()])
        return out

    def with_children(self, children: list[Expr]) -> Expr:
        feed = Feed(children)
        made = AggregateCall(self.function, feed.several(len(self.args)), self.distinct, None if self.filter is None else feed.one(), [part.fed(feed) for part in self.order_by], self.sequence, self.start, self.end, self.owner, self.written)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, AggregateCall) and self.function is other.function and len(self.args) == len(other.args) and self.distinct == other.distinct and (self.filter is None) == (other.filter is None) and all_agree(self.order_by, other.order_by) and self.sequence == other.sequence and self.owner is other.owner


@final
class Extent(Part):
    """Which rows of its partition a window function looks at, for each of them.

    Attributes:
        mode: ``ROWS``, ``RANGE`` or ``GROUPS``
        lower: ``UNBOUNDED PRECEDING``, ``PRECEDING``, ``CURRENT ROW`` or ``FOLLOWING``
        lower_offset: of ``PRECEDING`` and ``FOLLOWING``
        upper: ``PRECEDING``, ``CURRENT ROW``, ``FOLLOWING`` or ``UNBOUNDED FOLLOWING``
        exclude: ``NO OTHERS``, ``CURRENT ROW``, ``GROUP``, ``TIES``, or "" where nothing was said
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("mode", "lower", "lower_offset", "upper", "upper_offset", "exclude")

    def __init__(self, mode: str, lower: str, lower_offset: Expr | None, upper: str, upper_offset: Expr | None, exclude: str = "") -> None:
        self.mode: Final = mode
        self.lower: Final = lower
        self.lower_offset: Final = lower_offset
        self.upper: Final = upper
        self.upper_offset: Final = upper_offset
        self.exclude: Final = exclude

    def values_of_fields(self) -> list[object]:
        return [self.mode, self.lower, self.lower_offset, self.upper, self.upper_offset, self.exclude]

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        if self.lower_offset is not None:
            out.append(self.lower_offset)
        if self.upper_offset is not None:
            out.append(self.upper_offset)
        return out

    def fed(self, feed: Feed[Expr]) -> Extent:
        return Extent(self.mode, self.lower, None if self.lower_offset is None else feed.one(), self.upper, None if self.upper_offset is None else feed.one(), self.exclude)

    def with_expressions(self, expressions: list[Expr]) -> Extent:
        return self.fed(Feed(expressions))

    def agrees(self, other: Part) -> bool:
        return isinstance(other, Extent) and self.mode == other.mode and self.lower == other.lower and (self.lower_offset is None) == (other.lower_offset is None) and self.upper == other.upper and (self.upper_offset is None) == (other.upper_offset is None) and self.exclude == other.exclude


@final
class WindowCall(Expr):
    """A function over a window, where it was written.

    Planning collects these into Window nodes and puts a ColumnRef to such a node's output in their place.

    Attributes:
        sequence: the collation of a function that compares its argument
        owner: the output of all such calls of the SELECT that need the same partitions and order
        written: the function's name as the SQL text has it
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("function", "args", "filter", "partition", "order_by", "frame", "sequence", "owner", "written")

    def __init__(self, function: Function, args: list[Expr], filter: Expr | None, partition: list[Expr], order_by: list[OrderTerm], frame: Extent, sequence: str, owner: Source, start: int = -1, end: int = -1, written: str = "") -> None:
        collation = inherited_collation(args)
        super().__init__(start, end, NONE, collation, collation != "")
        self.function: Final = function
        self.args: Final = args
        self.filter: Final = filter
        self.partition: Final = partition
        self.order_by: Final = order_by
        self.frame: Final = frame
        self.sequence: Final = sequence
        self.owner: Final = owner
        self.written: Final = written

    def values_of_fields(self) -> list[object]:
        return [self.function, self.args, self.filter, self.partition, self.order_by, self.frame, self.sequence, self.owner, self.written]

    def children(self) -> list[Expr]:
        out: list[Expr] = list(self.args)
        if self.filter is not None:
            out.append(self.filter)
        out.extend(self.partition)
        out.extend([expr for part in self.order_by for expr in part.expressions()])
        out.extend(self.frame.expressions())
        return out

    def with_children(self, children: list[Expr]) -> Expr:
        feed = Feed(children)
        made = WindowCall(self.function, feed.several(len(self.args)), None if self.filter is None else feed.one(), feed.several(len(self.partition)), [part.fed(feed) for part in self.order_by], self.frame.fed(feed), self.sequence, self.owner, self.start, self.end, self.written)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, WindowCall) and self.function is other.function and len(self.args) == len(other.args) and (self.filter is None) == (other.filter is None) and len(self.partition) == len(other.partition) and all_agree(self.order_by, other.order_by) and self.frame == other.frame and self.sequence == other.sequence and self.owner is other.owner


@final
class RowValue(Expr):
    """``(a, b, …)`` with two or more items, as an operand of a comparison or of IN."""

    FIELDS: ClassVar[tuple[str, ...]] = ("items",)

    def __init__(self, items: list[Expr], start: int = -1, end: int = -1) -> None:
        super().__init__(start, end, NONE, "", False)
        self.items: Final = items

    def values_of_fields(self) -> list[object]:
        return [self.items]

    def children(self) -> list[Expr]:
        return self.items

    def with_children(self, children: list[Expr]) -> Expr:
        made = RowValue(children, self.start, self.end)
        made.origin = self
        return made

    def agrees(self, other: Expr) -> bool:
        return isinstance(other, RowValue) and len(self.items) == len(other.items)
