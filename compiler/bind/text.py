"""Bound expressions as SQL-like text, for listings: ``t.a + 1 > ?2``, ``sum(t.b)``, ``(subquery 1)``.

The text is for people.  It shows which source each column belongs to, and what folding and substitution made of
an expression; it is not meant to be parsed again.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    AggregateCall,
    Between,
    Binary,
    Call,
    Case,
    CaseBase,
    Cast,
    Collate,
    ColumnRef,
    Compare,
    Exists,
    Expr,
    Extent,
    InList,
    InQuery,
    IsNull,
    IsTruth,
    Literal,
    Logic,
    OrderTerm,
    Parameter,
    RowValue,
    ScalarQuery,
    Shared,
    Subquery,
    Unary,
    WindowCall,
)
from foundrydb.compiler.bind.properties import column_label
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax.source import written_name
from foundrydb.compiler.trees.dispatch import Dispatch
from foundrydb.storage.format.values import Value

UNNAMED: Final = ("aggregate", "result", "compound", "values")
"""Sources whose columns are called by the text of what they compute."""

_PRECEDENCE: Final[dict[str, int]] = {
    "OR": 1,
    "AND": 2,
    "=": 4,
    "<>": 4,
    "IS": 4,
    "IS NOT": 4,
    "<": 5,
    "<=": 5,
    ">": 5,
    ">=": 5,
    "<<": 6,
    ">>": 6,
    "&": 6,
    "|": 6,
    "+": 7,
    "-": 7,
    "*": 8,
    "/": 8,
    "%": 8,
    "||": 9,
}
_NOT: Final = 3
_EQUALITY: Final = 4
_UNARY: Final = 10
_ATOM: Final = 11

_DEFAULT_FRAME: Final = " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"

MOST_ITEMS: Final = 12
"""How many items of a long list are shown."""

MOST_LEVELS: Final = 32
"""How deep in an expression is shown: a sum of hundreds of terms is as deep, and so is each of the sums in it."""

_TYPES: Final[dict[str, str]] = {
    "A": "BLOB",
    "B": "TEXT",
    "C": "NUMERIC",
    "D": "INTEGER",
    "E": "REAL",
    "F": "NUMERIC",
}


@final
class ExprText:
    """Writes expressions, down to a depth; the subqueries met on the way are numbered and kept in ``queries``."""

    def __init__(self) -> None:
        self.queries: list[Subquery] = []
        self._level = 0

    def text(self, expr: Expr) -> str:
        """An expression as text."""
        return self.within(expr, 0)

    def texts(self, exprs: list[Expr]) -> str:
        """Expressions, with commas between them; of very many only the first."""
        shown = [self.text(expr) for expr in exprs[:MOST_ITEMS]]
        if len(exprs) > MOST_ITEMS:
            shown.append(f"… {len(exprs) - MOST_ITEMS} more")
        return ", ".join(shown)

    def order(self, terms: list[OrderTerm]) -> str:
        """ORDER BY terms."""
        return ", ".join(self.term(term) for term in terms)

    def term(self, term: OrderTerm) -> str:
        """One ORDER BY term, what is the default left out."""
        text = self.text(term.expr)
        if term.collation != "BINARY" and term.collation != term.expr.collation:
            text += f" COLLATE {term.collation}"
        if term.descending:
            text += " DESC"
        if term.nulls_first == term.descending:
            text += " NULLS FIRST" if term.nulls_first else " NULLS LAST"
        return text

    def number(self, query: Subquery) -> int:
        """The number under which a subquery is listed, from 1."""
        for i, known in enumerate(self.queries):
            if known is query:
                return i + 1
        self.queries.append(query)
        return len(self.queries)

    def within(self, expr: Expr, outer: int) -> str:
        """An expression within an operator of precedence ``outer``: in parentheses where it binds less."""
        if self._level >= MOST_LEVELS and expr.children():
            return "…"
        self._level += 1
        text, level = TEXTS.of(expr)(expr, self)
        self._level -= 1
        return f"({text})" if level < outer else text

    def aggregate(
        self, name: str, args: list[Expr], distinct: bool, order_by: list[OrderTerm], filter: Expr | None
    ) -> str:
        """An aggregate call, or an aggregate of an Aggregate node."""
        inside = self.texts(args) if args or name != "count" else "*"
        if distinct:
            inside = "DISTINCT " + inside
        if order_by:
            inside += " ORDER BY " + self.order(order_by)
        text = f"{name}({inside})"
        return text if filter is None else f"{text} FILTER (WHERE {self.text(filter)})"

    def frame(self, frame: Extent) -> str:
        """A frame behind a blank, nothing for the one that stands where none is written."""
        lower = self._bound(frame.lower, frame.lower_offset)
        upper = self._bound(frame.upper, frame.upper_offset)
        text = f" {frame.mode} BETWEEN {lower} AND {upper}"
        if frame.exclude:
            return f"{text} EXCLUDE {frame.exclude}"
        return "" if text == _DEFAULT_FRAME else text

    def _bound(self, kind: str, offset: Expr | None) -> str:
        return kind if offset is None else f"{self.text(offset)} {kind}"


TEXTS: Final[Dispatch[tuple[str, int]]] = Dispatch("the text of an expression, and its precedence", Expr)


@TEXTS.entry(ColumnRef)
def _column(expr: ColumnRef, out: ExprText) -> tuple[str, int]:
    return column_text(expr), _ATOM


@TEXTS.entry(Literal)
def _literal(expr: Literal, out: ExprText) -> tuple[str, int]:
    return literal_text(expr.value), _ATOM


@TEXTS.entry(Parameter)
def _parameter(expr: Parameter, out: ExprText) -> tuple[str, int]:
    return expr.name or f"?{expr.number}", _ATOM


# -- operators


@TEXTS.entry(Binary)
def _binary(expr: Binary, out: ExprText) -> tuple[str, int]:
    level = _PRECEDENCE[expr.op]
    return f"{out.within(expr.left, level)} {expr.op} {out.within(expr.right, level + 1)}", level


@TEXTS.entry(Compare)
def _compare(expr: Compare, out: ExprText) -> tuple[str, int]:
    level = _PRECEDENCE[expr.op]
    text = f"{out.within(expr.left, level + 1)} {expr.op} {out.within(expr.right, level + 1)}"
    plain = expr.sequence.replace(",", "").replace("BINARY", "") == ""
    if not plain and expr.sequence not in (expr.left.collation, expr.right.collation):
        text += f" /* {expr.sequence} */"
    return text, level


@TEXTS.entry(Logic)
def _logic(expr: Logic, out: ExprText) -> tuple[str, int]:
    level = _PRECEDENCE[expr.op]
    shown = [out.within(term, level + 1) for term in expr.terms[:MOST_ITEMS]]
    if len(expr.terms) > MOST_ITEMS:
        shown.append(f"… {len(expr.terms) - MOST_ITEMS} more")
    return f" {expr.op} ".join(shown), level


@TEXTS.entry(Unary)
def _unary(expr: Unary, out: ExprText) -> tuple[str, int]:
    if expr.op == "NOT":
        return f"NOT {out.within(expr.operand, _NOT)}", _NOT
    return f"{expr.op}{out.within(expr.operand, _ATOM)}", _UNARY


@TEXTS.entry(Collate)
def _collate(expr: Collate, out: ExprText) -> tuple[str, int]:
    return f"{out.within(expr.operand, _UNARY)} COLLATE {expr.collation}", _UNARY


# -- predicates


def _worded(word: str, negated: bool) -> str:
    return f"NOT {word}" if negated else word


@TEXTS.entry(IsNull)
def _is_null(expr: IsNull, out: ExprText) -> tuple[str, int]:
    return f"{out.within(expr.operand, 5)} IS {_worded('NULL', expr.negated)}", _EQUALITY


@TEXTS.entry(IsTruth)
def _is_truth(expr: IsTruth, out: ExprText) -> tuple[str, int]:
    truth = "TRUE" if expr.truth else "FALSE"
    return f"{out.within(expr.operand, 5)} IS {_worded(truth, expr.negated)}", _EQUALITY


@TEXTS.entry(Between)
def _between(expr: Between, out: ExprText) -> tuple[str, int]:
    low, high = out.within(expr.low, 5), out.within(expr.high, 5)
    operand = out.within(expr.operand, 5)
    return f"{operand} {_worded('BETWEEN', expr.negated)} {low} AND {high}", _EQUALITY


@TEXTS.entry(InList)
def _in_list(expr: InList, out: ExprText) -> tuple[str, int]:
    operand = out.within(expr.operand, 5)
    return f"{operand} {_worded('IN', expr.negated)} ({out.texts(expr.items)})", _EQUALITY


@TEXTS.entry(InQuery)
def _in_query(expr: InQuery, out: ExprText) -> tuple[str, int]:
    operand = out.within(expr.operand, 5)
    return f"{operand} {_worded('IN', expr.negated)} (subquery {out.number(expr.query)})", _EQUALITY


# -- what looks like a call


@TEXTS.entry(Call)
def _call(expr: Call, out: ExprText) -> tuple[str, int]:
    return f"{expr.function.name}({out.texts(expr.args)})", _ATOM


@TEXTS.entry(AggregateCall)
def _aggregate_call(expr: AggregateCall, out: ExprText) -> tuple[str, int]:
    return out.aggregate(expr.function.name, expr.args, expr.distinct, expr.order_by, expr.filter), _ATOM


@TEXTS.entry(WindowCall)
def _window_call(expr: WindowCall, out: ExprText) -> tuple[str, int]:
    inside: list[str] = []
    if expr.partition:
        inside.append(f"PARTITION BY {out.texts(expr.partition)}")
    if expr.order_by:
        inside.append(f"ORDER BY {out.order(expr.order_by)}")
    frame = out.frame(expr.frame).strip()
    if frame:
        inside.append(frame)
    call = out.aggregate(expr.function.name, expr.args, False, [], expr.filter)
    return f"{call} OVER ({' '.join(inside)})", _ATOM


@TEXTS.entry(Cast)
def _cast(expr: Cast, out: ExprText) -> tuple[str, int]:
    return f"CAST({out.text(expr.operand)} AS {_TYPES.get(expr.affinity, 'BLOB')})", _ATOM


@TEXTS.entry(Case)
def _case(expr: Case, out: ExprText) -> tuple[str, int]:
    parts = ["CASE"]
    if expr.base is not None:
        parts.append(out.text(expr.base))
    for when, then in zip(expr.whens, expr.thens):
        if expr.base is not None and isinstance(when, Compare):
            when = when.right
        parts.append(f"WHEN {out.text(when)} THEN {out.text(then)}")
    if expr.otherwise is not None:
        parts.append(f"ELSE {out.text(expr.otherwise)}")
    parts.append("END")
    return " ".join(parts), _ATOM


@TEXTS.entry(CaseBase)
def _case_base(expr: CaseBase, out: ExprText) -> tuple[str, int]:
    return "base", _ATOM


@TEXTS.entry(Shared)
def _shared(expr: Shared, out: ExprText) -> tuple[str, int]:
    return f"once({out.text(expr.operand)})", _ATOM


@TEXTS.entry(RowValue)
def _row_value(expr: RowValue, out: ExprText) -> tuple[str, int]:
    return f"({out.texts(expr.items)})", _ATOM


@TEXTS.entry(Exists)
def _exists(expr: Exists, out: ExprText) -> tuple[str, int]:
    return f"EXISTS (subquery {out.number(expr.query)})", _ATOM


@TEXTS.entry(ScalarQuery)
def _scalar_query(expr: ScalarQuery, out: ExprText) -> tuple[str, int]:
    place = f".{expr.index + 1}" if len(expr.query.columns) > 1 else ""
    return f"(subquery {out.number(expr.query)}){place}", _ATOM


# -- pieces


def expr_text(expr: Expr) -> str:
    """One expression as text, its subqueries numbered from 1."""
    return ExprText().text(expr)


def column_text(ref: ColumnRef) -> str:
    """A column: ``t.a``; for what a node of the plan computes, the text of that."""
    source = ref.source
    if source.table is not None and ref.index < len(source.table.columns):
        return f"{written_name(source.name)}.{written_column(source.table, ref.index)}"
    name = "rowid" if ref.index < 0 else source.columns[ref.index].name
    if source.name in UNNAMED:
        return name
    return f"{written_name(source.name)}.{name}" if source.name else name


def written_column(table: Table, index: int) -> str:
    """The name of a table's column as it stands in SQL; index -1 is the rowid."""
    return written_name(column_label(table, index))


def literal_text(value: Value) -> str:
    """A constant as SQL; long text and blobs are cut."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        shown = value if len(value) <= 40 else value[:40] + "…"
        return "'" + shown.replace("'", "''") + "'"
    if isinstance(value, bytes):
        return f"x'{value.hex()}'" if len(value) <= 20 else f"x'{value[:20].hex()}…'"
    return repr(value)
