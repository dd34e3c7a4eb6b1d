"""Bound expressions as SQL-like text, for listings: ``t.a + 1 > ?2``, ``sum(t.b)``, ``(subquery 1)``.

The text is for people.  It shows which source each column belongs to, and what folding and substitution made of
an expression; it is not meant to be parsed again.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.resolve.bound import (
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
)
from foundrydb.compiler.resolve.exprs import column_label
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

MOST_ITEMS: Final = 12
"""How many items of a long list are shown."""

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
    """Writes expressions; the subqueries met on the way are numbered and kept in ``queries``."""

    def __init__(self) -> None:
        self.queries: list[Subquery] = []

    def text(self, expr: Expr) -> str:
        """An expression as text."""
        return self._write(expr, 0)

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

    def _write(self, expr: Expr, outer: int) -> str:
        """An expression within an operator of precedence ``outer``."""
        if isinstance(expr, ColumnRef):
            return column_text(expr)
        if isinstance(expr, Literal):
            return literal_text(expr.value)
        if isinstance(expr, Parameter):
            return expr.name or f"?{expr.number}"
        text, inner = self._operator(expr)
        return f"({text})" if inner < outer else text

    def _operator(self, expr: Expr) -> tuple[str, int]:
        """The text of an expression with operands, and its precedence."""
        if isinstance(expr, Binary):
            level = _PRECEDENCE[expr.op]
            return f"{self._write(expr.left, level)} {expr.op} {self._write(expr.right, level + 1)}", level
        if isinstance(expr, Compare):
            return self._compare(expr), _PRECEDENCE[expr.op]
        if isinstance(expr, Logic):
            level = _PRECEDENCE[expr.op]
            return self._chain(expr, level), level
        if isinstance(expr, Unary):
            if expr.op == "NOT":
                return f"NOT {self._write(expr.operand, _NOT)}", _NOT
            return f"{expr.op}{self._write(expr.operand, _ATOM)}", _UNARY
        if isinstance(expr, Collate):
            return f"{self._write(expr.operand, _UNARY)} COLLATE {expr.collation}", _UNARY
        if isinstance(expr, (IsNull, IsTruth, Between, InList, InQuery)):
            return self._predicate(expr), _EQUALITY
        return self._call(expr), _ATOM

    def _compare(self, expr: Compare) -> str:
        level = _PRECEDENCE[expr.op]
        text = f"{self._write(expr.left, level + 1)} {expr.op} {self._write(expr.right, level + 1)}"
        plain = expr.sequence.replace(",", "").replace("BINARY", "") == ""
        if not plain and expr.sequence not in (expr.left.collation, expr.right.collation):
            text += f" /* {expr.sequence} */"
        return text

    def _chain(self, expr: Logic, level: int) -> str:
        shown = [self._write(term, level + 1) for term in expr.terms[:MOST_ITEMS]]
        if len(expr.terms) > MOST_ITEMS:
            shown.append(f"… {len(expr.terms) - MOST_ITEMS} more")
        return f" {expr.op} ".join(shown)

    def _predicate(self, expr: Expr) -> str:
        if isinstance(expr, IsNull):
            return f"{self._write(expr.operand, 5)} IS {'NOT ' if expr.negated else ''}NULL"
        if isinstance(expr, IsTruth):
            truth = "TRUE" if expr.truth else "FALSE"
            return f"{self._write(expr.operand, 5)} IS {'NOT ' if expr.negated else ''}{truth}"
        if isinstance(expr, Between):
            word = "NOT BETWEEN" if expr.negated else "BETWEEN"
            low, high = self._write(expr.low, 5), self._write(expr.high, 5)
            return f"{self._write(expr.operand, 5)} {word} {low} AND {high}"
        if isinstance(expr, InList):
            word = "NOT IN" if expr.negated else "IN"
            return f"{self._write(expr.operand, 5)} {word} ({self.texts(expr.items)})"
        assert isinstance(expr, InQuery)
        word = "NOT IN" if expr.negated else "IN"
        return f"{self._write(expr.operand, 5)} {word} (subquery {self.number(expr.query)})"

    def _call(self, expr: Expr) -> str:
        if isinstance(expr, Call):
            return f"{expr.function.name}({self.texts(expr.args)})"
        if isinstance(expr, AggregateCall):
            return self.aggregate(expr.function.name, expr.args, expr.distinct, expr.order_by, expr.filter)
        if isinstance(expr, Cast):
            return f"CAST({self.text(expr.operand)} AS {_TYPES.get(expr.affinity, 'BLOB')})"
        if isinstance(expr, Case):
            return self._case(expr)
        if isinstance(expr, CaseBase):
            return "base"
        if isinstance(expr, Shared):
            return f"once({self.text(expr.operand)})"
        if isinstance(expr, RowValue):
            return f"({self.texts(expr.items)})"
        if isinstance(expr, Exists):
            return f"EXISTS (subquery {self.number(expr.query)})"
        assert isinstance(expr, ScalarQuery)
        place = f".{expr.index + 1}" if len(expr.query.columns) > 1 else ""
        return f"(subquery {self.number(expr.query)}){place}"

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

    def _case(self, expr: Case) -> str:
        parts = ["CASE"]
        if expr.base is not None:
            parts.append(self.text(expr.base))
        for when, then in zip(expr.whens, expr.thens):
            if expr.base is not None and isinstance(when, Compare):
                when = when.right
            parts.append(f"WHEN {self.text(when)} THEN {self.text(then)}")
        if expr.otherwise is not None:
            parts.append(f"ELSE {self.text(expr.otherwise)}")
        parts.append("END")
        return " ".join(parts)


def expr_text(expr: Expr) -> str:
    """One expression as text, its subqueries numbered from 1."""
    return ExprText().text(expr)


def column_text(ref: ColumnRef) -> str:
    """A column: ``t.a``; for what a node of the plan computes, the text of that."""
    source = ref.source
    if source.table is not None:
        return f"{source.name}.{column_label(source.table, ref.index)}"
    name = "rowid" if ref.index < 0 else source.columns[ref.index].name
    if source.name in UNNAMED:
        return name
    return f"{source.name}.{name}" if source.name else name


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
