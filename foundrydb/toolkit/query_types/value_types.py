"""Of which types the value of an expression may be, and whether it may be NULL.

A column is taken to hold what its declared type asks for: an INTEGER column integers, and so on.  SQLite enforces that
in STRICT tables alone; elsewhere it is what a well-kept database holds.  Where nothing is known, a value may be of any
type.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from foundrydb.compiler.bind.bound import (
    BLOB,
    INTEGER,
    NUMERIC,
    REAL,
    ROWID,
    TEXT,
    Between,
    Binary,
    Call,
    Case,
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
    ScalarQuery,
    Shared,
    Unary,
    WindowCall,
)
from foundrydb.compiler.plan.node import Node
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    Compound,
    Derived,
    Project,
    QueueRow,
    Recursion,
    Values,
    Window,
)
from foundrydb.compiler.plan.nullable import Nullable
from foundrydb.compiler.plan.walk import output_source
from foundrydb.compiler.schema.objects import Table

INT: Final = "int"
FLOAT: Final = "float"
STR: Final = "str"
BYTES: Final = "bytes"
ORDER: Final = (INT, FLOAT, STR, BYTES)
"""In this order types are written."""

ANY: Final = frozenset(ORDER)
NUMBER: Final = frozenset((INT, FLOAT))

_OF_AFFINITY: Final = {
    INTEGER: frozenset((INT,)),
    REAL: frozenset((FLOAT,)),
    TEXT: frozenset((STR,)),
    NUMERIC: NUMBER,
}

_INT_FUNCTIONS: Final = """
    count length octet_length instr unicode sign changes total_changes last_insert_rowid random row_number rank
    dense_rank ntile glob like regexp json_array_length json_valid json_error_position unixepoch
"""
_FLOAT_FUNCTIONS: Final = """
    total avg percent_rank cume_dist julianday exp ln log log10 log2 sqrt power pow sin cos tan asin acos atan atan2
    sinh cosh tanh asinh acosh atanh degrees radians pi median percentile percentile_cont
"""
_STR_FUNCTIONS: Final = """
    upper lower substr substring trim ltrim rtrim replace date time datetime strftime timediff printf format hex quote
    typeof group_concat string_agg char concat concat_ws json json_array json_object json_quote json_set json_insert
    json_replace json_remove json_patch json_type json_pretty json_group_array json_group_object sqlite_version
"""
_RESULTS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(_INT_FUNCTIONS.split(), frozenset((INT,))),
    **dict.fromkeys(_FLOAT_FUNCTIONS.split(), frozenset((FLOAT,))),
    **dict.fromkeys(_STR_FUNCTIONS.split(), frozenset((STR,))),
    **dict.fromkeys(("randomblob", "zeroblob", "jsonb"), frozenset((BYTES,))),
    **dict.fromkeys(("round", "mod", "ceil", "ceiling", "floor", "trunc"), NUMBER),
}
"""What functions give."""

_OF_ARGUMENTS: Final = (
    "min",
    "max",
    "coalesce",
    "ifnull",
    "nullif",
    "lag",
    "lead",
    "first_value",
    "last_value",
)
_NEVER_NULL: Final = frozenset(
    [
        "count",
        "total",
        "typeof",
        "row_number",
        "rank",
        "dense_rank",
        "ntile",
        "percent_rank",
        "cume_dist",
        "changes",
        "total_changes",
        "last_insert_rowid",
        "random",
        "randomblob",
        "quote",
        "hex",
        "json_array",
        "json_object",
        "json_group_array",
        "json_group_object",
        "char",
        "sqlite_version",
        "json_quote",
        "pi",
    ]
)
_NULL_OF_NULL: Final = ("length", "upper", "lower", "abs", "trim", "ltrim", "rtrim", "replace", "instr")
"""What gives NULL only where an argument is NULL."""


class ValueType(NamedTuple):
    """Of which types a value may be.

    Attributes:
        names: some of ``int``, ``float``, ``str`` and ``bytes``; none where it is always NULL.
        nullable: whether it may be NULL.
    """

    names: frozenset[str]
    nullable: bool

    def __str__(self) -> str:
        """As a type of Python."""
        names = [name for name in ORDER if name in self.names]
        return " | ".join([*names, *(["None"] if self.nullable or not names else [])])


UNKNOWN: Final = ValueType(ANY, True)


class ValueTypes:
    """Infers the types of the expressions of one plan, as it was built."""

    def __init__(self, plan: Node) -> None:
        self._known: Final = Nullable(plan)
        self._open: Final[set[tuple[int, int]]] = set()

    def of(self, expr: Expr) -> ValueType:
        """The type of an expression."""
        return ValueType(self.names(expr), self._nullable(expr))

    def of_query(self, plan: Node, index: int) -> ValueType:
        """The type of a column of a query's result."""
        return self.of(ColumnRef(output_source(plan), index))

    def names(self, expr: Expr) -> frozenset[str]:
        """The types of an expression's values that are not NULL."""
        if isinstance(expr, Literal):
            return _of_value(expr.value)
        if isinstance(expr, ColumnRef):
            if expr.source.table is not None:
                return of_column(expr.source.table, expr.index)
            return self._column(expr.source.number, expr.index)
        if isinstance(expr, Compare | Logic | IsNull | IsTruth | Between | InList | InQuery | Exists):
            return frozenset((INT,))
        if isinstance(expr, Unary):
            return self._unary(expr)
        if isinstance(expr, Binary):
            return self._binary(expr)
        if isinstance(expr, Cast):
            return frozenset((BYTES,)) if expr.affinity == BLOB else _OF_AFFINITY.get(expr.affinity, ANY)
        if isinstance(expr, Collate | Shared):
            return self.names(expr.operand)
        if isinstance(expr, Case):
            results = [*expr.thens, *([] if expr.otherwise is None else [expr.otherwise])]
            return frozenset().union(*map(self.names, results))
        if isinstance(expr, ScalarQuery) and isinstance(expr.query.plan, Node):
            return self._column(output_source(expr.query.plan).number, expr.index)
        if isinstance(expr, Call):
            return self._called(expr.function.name, expr.args)
        return ANY

    def _unary(self, expr: Unary) -> frozenset[str]:
        if expr.op == "+":
            return self.names(expr.operand)
        return frozenset((INT,)) if expr.op in ("NOT", "~") else self._number([expr.operand])

    def _binary(self, expr: Binary) -> frozenset[str]:
        if expr.op == "||":
            return frozenset((STR,))
        return (
            frozenset((INT,)) if expr.op in ("&", "|", "<<", ">>") else self._number([expr.left, expr.right])
        )

    def _number(self, operands: list[Expr]) -> frozenset[str]:
        """What arithmetic gives: integers of integers, as far as these are not too large."""
        found = [self.names(operand) for operand in operands]
        if any(names == frozenset((FLOAT,)) for names in found):
            return frozenset((FLOAT,))
        return frozenset((INT,)) if all(names <= frozenset((INT,)) for names in found) else NUMBER

    def _called(self, name: str, args: list[Expr]) -> frozenset[str]:
        """What a function gives."""
        if name in ("iif", "if"):
            args = [arg for i, arg in enumerate(args) if i % 2 == 1 or i == len(args) - 1]
        elif name in ("lag", "lead"):
            args = [arg for i, arg in enumerate(args) if i != 1]
        elif name in ("first_value", "last_value", "nth_value", "nullif"):
            return self.names(args[0])
        elif name in ("sum", "abs"):
            return self._number(args)
        elif name not in _OF_ARGUMENTS:
            return _RESULTS.get(name, ANY)
        return frozenset().union(*map(self.names, args)) if args else ANY

    def _column(self, number: int, index: int) -> frozenset[str]:
        """The types of a column that a node of the plan makes."""
        if (number, index) in self._open:
            return frozenset()  # of a recursive query: what it begins with says it
        self._open.add((number, index))
        try:
            return self._made(self._known.makers.get(number), index)
        finally:
            self._open.discard((number, index))

    def _made(self, node: Node | None, index: int) -> frozenset[str]:
        if isinstance(node, Project):
            return self.names(node.exprs[index])
        if isinstance(node, QueueRow):
            return self.names(node.row[index])
        if isinstance(node, Derived):
            return self._column(output_source(node.child).number, index)
        if isinstance(node, Aggregate):
            if index < len(node.keys):
                return self.names(node.keys[index])
            index -= len(node.keys)
            if index < len(node.aggregates):
                spec = node.aggregates[index]
                return self._called(spec.function.name, list(spec.args))
            return self.names(node.bare[index - len(node.aggregates)])
        if isinstance(node, Window):
            function = node.functions[index]
            return self._called(function.function.name, list(function.args))
        if isinstance(node, Values):
            return frozenset().union(*[self.names(row[index]) for row in node.tuples])
        if isinstance(node, Compound):
            return self._of_queries([node.left, node.right], index)
        if isinstance(node, Recursion):
            return self._of_queries([node.initial, node.step], index)
        return ANY

    def _of_queries(self, plans: list[Node], index: int) -> frozenset[str]:
        return frozenset().union(*[self._column(output_source(plan).number, index) for plan in plans])

    def _nullable(self, expr: Expr) -> bool:
        """Whether an expression may be NULL; of more functions than the planner asks about."""
        if isinstance(expr, Call):
            name = expr.function.name
            if name in ("coalesce", "ifnull"):
                return all(map(self._nullable, expr.args))
            if name in _NEVER_NULL:
                return False
            if name in (
                "length",
                "upper",
                "lower",
                "abs",
                "trim",
                "ltrim",
                "rtrim",
                "replace",
                "instr",
                "round",
            ):
                return any(map(self._nullable, expr.args))
        if isinstance(expr, ColumnRef):
            node = self._known.makers.get(expr.source.number)
            if expr.source.number not in self._known.lost and node is not None:
                return self._column_nullable(node, expr)
        if isinstance(expr, Case) and expr.otherwise is not None:
            return any(map(self._nullable, [*expr.thens, expr.otherwise]))
        if isinstance(expr, InList):
            return self._nullable(expr.operand) or any(map(self._nullable, expr.items))
        if isinstance(expr, Between):
            return any(map(self._nullable, [expr.operand, expr.low, expr.high]))
        if isinstance(expr, Binary) and expr.op in ("+", "-", "*") and self._is_numeric(expr):
            return self._nullable(expr.left) or self._nullable(expr.right)
        return not isinstance(expr, WindowCall) and self._known.expression(expr)

    def _is_numeric(self, expr: Binary) -> bool:
        return self.names(expr.left) <= NUMBER and self.names(expr.right) <= NUMBER

    def _column_nullable(self, node: Node, expr: ColumnRef) -> bool:
        if isinstance(node, Project):
            return self._nullable(node.exprs[expr.index])
        if isinstance(node, Derived):
            return self._nullable(ColumnRef(output_source(node.child), expr.index))
        if isinstance(node, Compound):
            sides = [ColumnRef(output_source(side), expr.index) for side in (node.left, node.right)]
            return any(map(self._nullable, sides))
        if isinstance(node, Aggregate) and expr.index >= len(node.keys):
            index = expr.index - len(node.keys)
            if index < len(node.aggregates):
                return node.aggregates[index].function.name not in _NEVER_NULL
            return not node.keys or self._nullable(node.bare[index - len(node.aggregates)])
        if isinstance(node, Window):
            return node.functions[expr.index].function.name not in _NEVER_NULL
        return self._known.expression(expr)


def of_column(table: Table, index: int) -> frozenset[str]:
    """The types that a table's column is declared to hold; a date may be what SQLite has for it, a text or a number."""
    if index == ROWID or index == table.rowid_alias:
        return frozenset((INT,))
    column = table.columns[index]
    declared = column.declared_type.upper()
    if column.affinity == BLOB:
        return frozenset((BYTES,)) if "BLOB" in declared else ANY
    if column.affinity == NUMERIC and ("DATE" in declared or "TIME" in declared):
        return NUMBER | {STR}
    if column.affinity == NUMERIC and "BOOL" in declared:
        return frozenset((INT,))
    return _OF_AFFINITY.get(column.affinity, ANY)


def _of_value(value: object) -> frozenset[str]:
    kinds: dict[type, str] = {int: INT, float: FLOAT, str: STR, bytes: BYTES}
    return frozenset() if value is None else frozenset((kinds.get(type(value), STR),))
