"""Conditions that a search may serve, and what is known where a table is read.

A condition can drive a seek when it compares a column (or the expression of an index) with something that is known
before the table is read, and when the index orders its keys just as the comparison does: the same collation, and an
affinity under which comparing stored values gives the same answer.  SQLite's rules for that are in
https://sqlite.org/optoverview.html (WHERE clause analysis) and https://sqlite.org/datatype3.html (section 4.2).
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    ROWID,
    TEXT,
    Between,
    Call,
    ColumnRef,
    Compare,
    Expr,
    InList,
    InQuery,
    IsNull,
    Literal,
    RowValue,
    Source,
    Unary,
)
from foundrydb.compiler.bind.properties import finds_null, is_never_null, same, sources_in
from foundrydb.compiler.late import named
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.orders import plain
from foundrydb.compiler.plan.usage import ColumnUsage
from foundrydb.compiler.schema.names import EXPRESSION
from foundrydb.compiler.schema.objects import Index
from foundrydb.compiler.trees.declared import made_from

_ROW_OPS: Final = ("<", "<=", ">", ">=")

_WHOLE_KEYS: Final = ("IN", "NULL", "IS", "ROWS")

_FLIPPED: Final[dict[str, str]] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=", "IS": "IS"}


@final
class Surroundings:
    """What is known where a table is read.

    Attributes:
        context: the catalog and the expressions of indexes.
        inside: the sources that the query makes: those not in ``available`` are not known yet.
        available: the sources to the left, whose row is known.
        usage: what the statement reads of each source.
        must_wait: the table is read after those to the left whatever conditions it has.
        certain: conditions that rows of the table meet later, or else count for nothing.
    """

    def __init__(
        self,
        context: PassContext,
        inside: list[Source],
        available: list[Source],
        usage: ColumnUsage,
        must_wait: bool = False,
        certain: list[Expr] | None = None,
    ) -> None:
        self.context: Final = context
        self.inside: Final = inside
        self.available: Final = available
        self.usage: Final = usage
        self.must_wait: Final = must_wait
        self.certain: Final[list[Expr]] = [] if certain is None else certain

    def knows(self, expr: Expr) -> bool:
        """Whether an expression's value is known before the table is read.

        A function that may answer differently each time is asked once a search, as SQLite does.
        """
        return all([source not in self.inside or source in self.available for source in sources_in(expr)])

    def with_available(self, sources: list[Source], must_wait: bool = False) -> Surroundings:
        """The same with more sources to the left."""
        available = self.available + sources
        return Surroundings(self.context, self.inside, available, self.usage, must_wait, self.certain)

    def with_certain(self, terms: list[Expr]) -> Surroundings:
        """The same where rows have to meet some more conditions later."""
        certain = self.certain + terms
        return Surroundings(self.context, self.inside, self.available, self.usage, self.must_wait, certain)

    def with_nothing_certain(self) -> Surroundings:
        """The same where a row counts whatever comes later."""
        if not self.certain:
            return self
        return Surroundings(self.context, self.inside, self.available, self.usage, self.must_wait)


@final
class Constraint:
    """A condition that an index may serve: ``side op key``.

    Attributes:
        side: the column (or expression) of the table.
        op: ``=``, ``<``, ``<=``, ``>``, ``>=``, ``IN``, ``NULL``, ``IS``, or ``ROWS`` for IN over rows.
        key: what it is compared with; the whole InList, InQuery, IsNull or Compare for IN, ROWS, NULL and IS.
        comparison, sequence: of the comparison.
        term: the condition that it comes from.
        whole: whether it is all of that condition (each half of a BETWEEN is not).
        rest: of a comparison of rows, what its other columns would offer.
    """

    def __init__(
        self,
        side: Expr,
        op: str,
        key: Expr,
        comparison: str,
        sequence: str,
        term: Expr,
        whole: bool = True,
        rest: list[Constraint] | None = None,
    ) -> None:
        self.side: Final = side
        self.op: Final = op
        # A truth that is compared with (``a = (b IS NULL)``) is a value, not what to look for: + tells the two apart.
        is_value = op not in _WHOLE_KEYS and (isinstance(key, (InList, InQuery)) or finds_null(key))
        self.key: Final = made_from(key, Unary("+", key)) if is_value else key
        self.comparison: Final = comparison
        self.sequence: Final = sequence
        self.term: Final = term
        self.whole: Final = whole
        self.rest: Final[list[Constraint]] = [] if rest is None else rest


def constraints_of(term: Expr, source: Source, around: Surroundings) -> list[Constraint]:
    """What a condition offers to indexes of ``source``.

    A COLLATE around the column does not count here: which collation the comparison uses is known already.
    """
    if isinstance(term, Compare):
        if isinstance(term.left, RowValue) or term.op not in _FLIPPED:
            return _row_range(term, source, around)
        out = _comparison(term, term.left, term.op, term.right, source, around)
        if not out:
            out = _comparison(term, term.right, _FLIPPED[term.op], term.left, source, around)
        return out
    if isinstance(term, Between) and not term.negated and _about(plain(term.operand), source, around):
        out = []
        operand = plain(term.operand)
        if around.knows(term.low):
            out.append(
                Constraint(operand, ">=", term.low, term.low_comparison, term.low_sequence, term, False)
            )
        if around.knows(term.high):
            out.append(
                Constraint(operand, "<=", term.high, term.high_comparison, term.high_sequence, term, False)
            )
        return out
    if isinstance(term, InList) and not term.negated and _about(plain(term.operand), source, around):
        if all(around.knows(item) for item in term.items):
            return [Constraint(plain(term.operand), "IN", term, term.comparison, term.sequence, term)]
    if isinstance(term, InQuery) and not term.negated:
        outer = term.query.outer
        if any(s in around.inside and s not in around.available for s in outer):
            return []
        if isinstance(term.operand, RowValue):
            return _row_members(term, term.operand, source)
        if _about(plain(term.operand), source, around):
            return [Constraint(plain(term.operand), "IN", term, term.comparisons[0], term.sequences[0], term)]
    if isinstance(term, IsNull) and not term.negated and _about(plain(term.operand), source, around):
        return [Constraint(plain(term.operand), "NULL", term, "", "", term)]
    if isinstance(term, Call):
        return _pattern(term, source)
    return []


def _row_range(term: Compare, source: Source, around: Surroundings) -> list[Constraint]:
    """The range that comparing rows gives: of the first column, and of those behind it as far as they are known."""
    if not isinstance(term.left, RowValue) or not isinstance(term.right, RowValue) or term.op not in _ROW_OPS:
        return []
    for flipped in (False, True):
        sides, keys = (term.right, term.left) if flipped else (term.left, term.right)
        op = _FLIPPED[term.op] if flipped else term.op
        found: list[Constraint] = []
        for i, side in enumerate(sides.items):
            key, column = keys.items[i], plain(side)
            known = around.knows(key) and source not in sources_in(key)
            if not known or not _about(column, source, around):
                break
            affinity, sequence = term.comparison.split(",")[i], term.sequence.split(",")[i]
            found.append(Constraint(column, op, key, affinity, sequence, term, False))
        if found:
            first = found[0]
            if len(found) < len(sides.items):
                op = op[0] + "="
            return [
                Constraint(
                    first.side, op, first.key, first.comparison, first.sequence, term, False, found[1:]
                )
            ]
    return []


def _row_members(term: InQuery, operand: RowValue, source: Source) -> list[Constraint]:
    """What IN over rows gives: each of its columns, for an index that goes on with all the others in any order.

    Nothing where a column stands twice, so that which of them a key column is, is plain.
    """
    columns = [
        item for item in map(plain, operand.items) if isinstance(item, ColumnRef) and item.source is source
    ]
    if len({column.index for column in columns}) < len(operand.items):
        return []
    found = [
        Constraint(column, "ROWS", term, comparison, sequence, term)
        for column, comparison, sequence in zip(columns, term.comparisons, term.sequences)
    ]
    for each in found:
        each.rest.extend([other for other in found if other is not each])
    return found


def _pattern(term: Call, source: Source) -> list[Constraint]:
    """The ranges that the beginning of a LIKE or GLOB pattern gives, in each order that keeps its matches together."""
    collations: list[str] = named("pattern_collations")(term)
    column = plain(term.args[1]) if collations else None
    if not isinstance(column, ColumnRef) or column.source is not source:
        return []
    out: list[Constraint] = []
    for collation in collations:
        ends: tuple[str, str] | None = named("pattern_range")(term, column, collation)
        if ends is not None:
            low, high = made_from(term, Literal(ends[0])), made_from(term, Literal(ends[1]))
            out.append(Constraint(column, ">=", low, TEXT, collation, term, False))
            out.append(Constraint(column, "<", high, TEXT, collation, term, False))
    return out


def _about(expr: Expr, source: Source, around: Surroundings) -> bool:
    """Whether an expression reads the source, and nothing else that is not known."""
    if isinstance(expr, RowValue):
        return False
    if isinstance(expr, ColumnRef):
        return expr.source is source
    read = sources_in(expr)
    return source in read and len(read) == 1


def _comparison(
    term: Compare, side: Expr, op: str, key: Expr, source: Source, around: Surroundings
) -> list[Constraint]:
    side = plain(side)
    if not _about(side, source, around) or source in sources_in(key) or not around.knows(key):
        return []
    if op == "IS":
        if isinstance(key, Literal) and key.value is None:
            return [Constraint(side, "NULL", IsNull(side, False), "", "", term)]
        if not isinstance(key, Literal) and not is_never_null(side):
            whole = made_from(term, Compare("IS", side, key, term.comparison, term.sequence))
            return [Constraint(side, "IS", whole, term.comparison, term.sequence, term)]
        op = "="
    return [Constraint(side, op, key, term.comparison, term.sequence, term)]


def fits(c: Constraint, index: Index, position: int, source: Source, around: Surroundings) -> bool:
    """Whether a constraint is about a key column of an index, and compares as the index orders."""
    column = index.stored_column(position)
    if column.column == EXPRESSION:
        key = around.context.key_expressions(index, source)[position]
        if key is None or not same(c.side, key):
            return False
        affinity = key.affinity
    else:
        if not isinstance(c.side, ColumnRef):
            return False
        alias = index.table.rowid_alias
        wanted = ROWID if column.column == alias and alias >= 0 else column.column
        if c.side.index != wanted:
            return False
        affinity = "D" if wanted == ROWID else index.table.columns[column.column].affinity
    if c.op == "NULL":
        return True
    if c.sequence.upper() != column.collation.upper():
        return False
    if c.comparison == "B":
        return affinity == "B"
    if c.comparison >= "C":
        return affinity >= "C"
    return True
