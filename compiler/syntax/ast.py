"""The syntax tree: one final class per construct of the language.

Generated from ast.asdl by ``python -m foundrydb.compiler.trees.generate``; change that file, not this one.
Nodes are values: their fields never change, two nodes are equal when they say the same wherever they stand in
a text, and they can be keys of a dict.  ``start`` and ``end`` are character offsets in the SQL text that a node was
made from.  Fields stand in the order of the text where the language allows that; a tuple is empty where the clause
is absent unless the field says otherwise.  Keywords in string fields are upper case, one blank between words.
Parentheses make no node: the printer puts them where the tree needs them.
"""
# ruff: noqa: E501

from __future__ import annotations

from typing import ClassVar, Final, cast, final

from foundrydb.compiler.syntax.node import Node, children, rewrite, walk

__all__ = ["Node", "children", "rewrite", "walk"]


@final
class Name(Node):
    """A name as it was written in one token.

    Attributes:
        text: the name itself, quotes removed and doubled quotes undone
        quote: how it was quoted: "" (bare), '"', '[', '`' or "'"
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("text", "quote")

    def __init__(self, start: int, end: int, text: str, quote: str) -> None:
        super().__init__(start, end)
        self.text: Final = text
        self.quote: Final = quote

    def values_of_fields(self) -> list[object]:
        return [self.text, self.quote]

    def with_fields(self, values: list[object]) -> Node:
        return Name(self.start, self.end, cast("str", values[0]), cast("str", values[1]))


@final
class QualifiedName(Node):
    """The name of a table, index, view, trigger or PRAGMA, with the database it is sought in.

    Attributes:
        schema: main, temp or an attached database
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("schema", "name")

    def __init__(self, start: int, end: int, schema: Name | None, name: Name) -> None:
        super().__init__(start, end)
        self.schema: Final = schema
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.schema, self.name]

    def with_fields(self, values: list[object]) -> Node:
        return QualifiedName(self.start, self.end, cast("Name | None", values[0]), cast("Name", values[1]))


@final
class TypeName(Node):
    """A declared type, kept exactly as written: `VARCHAR(10)`.  Only its text has a meaning (affinity).

    Attributes:
        text: the text between the first and last token; "" for CAST(x AS )
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("text",)

    def __init__(self, start: int, end: int, text: str) -> None:
        super().__init__(start, end)
        self.text: Final = text

    def values_of_fields(self) -> list[object]:
        return [self.text]

    def with_fields(self, values: list[object]) -> Node:
        return TypeName(self.start, self.end, cast("str", values[0]))


class Expression(Node):
    """Anything that has a value."""


@final
class Null(Expression):
    """NULL."""

    FIELDS: ClassVar[tuple[str, ...]] = ()

    def values_of_fields(self) -> list[object]:
        return []

    def with_fields(self, values: list[object]) -> Node:
        return Null(self.start, self.end)


@final
class Integer(Expression):
    """An integer literal, decimal or hexadecimal.  (`-5` is a Unary over 5.)

    Attributes:
        text: as written, `_` separators included
        value: its value; hexadecimal of up to 64 bits is read as two's complement.  May lie
            outside 64 bits: such a decimal is a REAL (9223372036854775808 is an integer
            under a unary minus), such a hexadecimal an error of later stages
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("text", "value")

    def __init__(self, start: int, end: int, text: str, value: int) -> None:
        super().__init__(start, end)
        self.text: Final = text
        self.value: Final = value

    def values_of_fields(self) -> list[object]:
        return [self.text, self.value]

    def with_fields(self, values: list[object]) -> Node:
        return Integer(self.start, self.end, cast("str", values[0]), cast("int", values[1]))


@final
class Float(Expression):
    """A floating-point literal.

    Attributes:
        text: as written, `_` separators included
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("text", "value")

    def __init__(self, start: int, end: int, text: str, value: float) -> None:
        super().__init__(start, end)
        self.text: Final = text
        self.value: Final = value

    def values_of_fields(self) -> list[object]:
        return [self.text, self.value]

    def with_fields(self, values: list[object]) -> Node:
        return Float(self.start, self.end, cast("str", values[0]), cast("float", values[1]))


@final
class String(Expression):
    """A string literal in single quotes.

    Attributes:
        value: quotes removed, doubled quotes undone
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("value",)

    def __init__(self, start: int, end: int, value: str) -> None:
        super().__init__(start, end)
        self.value: Final = value

    def values_of_fields(self) -> list[object]:
        return [self.value]

    def with_fields(self, values: list[object]) -> Node:
        return String(self.start, self.end, cast("str", values[0]))


@final
class Blob(Expression):
    """A blob literal, x'CAFE'."""

    FIELDS: ClassVar[tuple[str, ...]] = ("value",)

    def __init__(self, start: int, end: int, value: bytes) -> None:
        super().__init__(start, end)
        self.value: Final = value

    def values_of_fields(self) -> list[object]:
        return [self.value]

    def with_fields(self, values: list[object]) -> Node:
        return Blob(self.start, self.end, cast("bytes", values[0]))


@final
class CurrentTime(Expression):
    """CURRENT_DATE, CURRENT_TIME or CURRENT_TIMESTAMP.

    Attributes:
        keyword: the keyword
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("keyword",)

    def __init__(self, start: int, end: int, keyword: str) -> None:
        super().__init__(start, end)
        self.keyword: Final = keyword

    def values_of_fields(self) -> list[object]:
        return [self.keyword]

    def with_fields(self, values: list[object]) -> Node:
        return CurrentTime(self.start, self.end, cast("str", values[0]))


@final
class Word(Expression):
    """A bare word where SQLite takes it for a value: DEFAULT word, PRAGMA name = word.  It stands for the string
    of its text; after DEFAULT, an unquoted true or false is that boolean."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name",)

    def __init__(self, start: int, end: int, name: Name) -> None:
        super().__init__(start, end)
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.name]

    def with_fields(self, values: list[object]) -> Node:
        return Word(self.start, self.end, cast("Name", values[0]))


@final
class Parameter(Expression):
    """A parameter: ?, ?NNN, :name, @name, $name::space(suffix).

    Attributes:
        text: as written
        number: from 1, given out in the order of the text as SQLite does
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("text", "number")

    def __init__(self, start: int, end: int, text: str, number: int) -> None:
        super().__init__(start, end)
        self.text: Final = text
        self.number: Final = number

    def values_of_fields(self) -> list[object]:
        return [self.text, self.number]

    def with_fields(self, values: list[object]) -> Node:
        return Parameter(self.start, self.end, cast("str", values[0]), cast("int", values[1]))


@final
class Column(Expression):
    """A reference to a column.  Also true and false, and a "string" that no column matches: the resolver knows."""

    FIELDS: ClassVar[tuple[str, ...]] = ("schema", "table", "column")

    def __init__(self, start: int, end: int, schema: Name | None, table: Name | None, column: Name) -> None:
        super().__init__(start, end)
        self.schema: Final = schema
        self.table: Final = table
        self.column: Final = column

    def values_of_fields(self) -> list[object]:
        return [self.schema, self.table, self.column]

    def with_fields(self, values: list[object]) -> Node:
        return Column(self.start, self.end, cast("Name | None", values[0]), cast("Name | None", values[1]), cast("Name", values[2]))


@final
class Unary(Expression):
    """An operator before its operand.

    Attributes:
        operator: `-`, `+`, `~` or `NOT`
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("operator", "operand")

    def __init__(self, start: int, end: int, operator: str, operand: Expression) -> None:
        super().__init__(start, end)
        self.operator: Final = operator
        self.operand: Final = operand

    def values_of_fields(self) -> list[object]:
        return [self.operator, self.operand]

    def with_fields(self, values: list[object]) -> Node:
        return Unary(self.start, self.end, cast("str", values[0]), cast("Expression", values[1]))


@final
class Binary(Expression):
    """An operator between two operands.

    Attributes:
        operator: `||` `->` `->>` `*` `/` `%` `+` `-` `&` `|` `<<` `>>` `<` `<=` `>` `>=` `=` `!=` `IS`
            `IS NOT` `AND` `OR`.  (`==` is `=`, `<>` is `!=`, IS [NOT] DISTINCT FROM is IS NOT / IS)
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("operator", "left", "right")

    def __init__(self, start: int, end: int, operator: str, left: Expression, right: Expression) -> None:
        super().__init__(start, end)
        self.operator: Final = operator
        self.left: Final = left
        self.right: Final = right

    def values_of_fields(self) -> list[object]:
        return [self.operator, self.left, self.right]

    def with_fields(self, values: list[object]) -> Node:
        return Binary(self.start, self.end, cast("str", values[0]), cast("Expression", values[1]), cast("Expression", values[2]))


@final
class Like(Expression):
    """x LIKE y ESCAPE z, and the operators of its kind.

    Attributes:
        operator: `LIKE`, `GLOB`, `REGEXP` or `MATCH`
        negated: NOT LIKE
        operand: the text on the left
        escape: accepted by the grammar after each of the operators
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("operator", "negated", "operand", "pattern", "escape")

    def __init__(self, start: int, end: int, operator: str, negated: bool, operand: Expression, pattern: Expression, escape: Expression | None) -> None:
        super().__init__(start, end)
        self.operator: Final = operator
        self.negated: Final = negated
        self.operand: Final = operand
        self.pattern: Final = pattern
        self.escape: Final = escape

    def values_of_fields(self) -> list[object]:
        return [self.operator, self.negated, self.operand, self.pattern, self.escape]

    def with_fields(self, values: list[object]) -> Node:
        return Like(self.start, self.end, cast("str", values[0]), cast("bool", values[1]), cast("Expression", values[2]), cast("Expression", values[3]), cast("Expression | None", values[4]))


@final
class Between(Expression):
    """x BETWEEN low AND high."""

    FIELDS: ClassVar[tuple[str, ...]] = ("negated", "operand", "low", "high")

    def __init__(self, start: int, end: int, negated: bool, operand: Expression, low: Expression, high: Expression) -> None:
        super().__init__(start, end)
        self.negated: Final = negated
        self.operand: Final = operand
        self.low: Final = low
        self.high: Final = high

    def values_of_fields(self) -> list[object]:
        return [self.negated, self.operand, self.low, self.high]

    def with_fields(self, values: list[object]) -> Node:
        return Between(self.start, self.end, cast("bool", values[0]), cast("Expression", values[1]), cast("Expression", values[2]), cast("Expression", values[3]))


@final
class IsNull(Expression):
    """x ISNULL, x IS NULL; negated: x NOTNULL, x NOT NULL, x IS NOT NULL."""

    FIELDS: ClassVar[tuple[str, ...]] = ("negated", "operand")

    def __init__(self, start: int, end: int, negated: bool, operand: Expression) -> None:
        super().__init__(start, end)
        self.negated: Final = negated
        self.operand: Final = operand

    def values_of_fields(self) -> list[object]:
        return [self.negated, self.operand]

    def with_fields(self, values: list[object]) -> Node:
        return IsNull(self.start, self.end, cast("bool", values[0]), cast("Expression", values[1]))


@final
class InList(Expression):
    """x IN (1, 2, 3); the list may be empty."""

    FIELDS: ClassVar[tuple[str, ...]] = ("negated", "operand", "items")

    def __init__(self, start: int, end: int, negated: bool, operand: Expression, items: tuple[Expression, ...]) -> None:
        super().__init__(start, end)
        self.negated: Final = negated
        self.operand: Final = operand
        self.items: Final = items

    def values_of_fields(self) -> list[object]:
        return [self.negated, self.operand, self.items]

    def with_fields(self, values: list[object]) -> Node:
        return InList(self.start, self.end, cast("bool", values[0]), cast("Expression", values[1]), cast("tuple[Expression, ...]", values[2]))


@final
class InSelect(Expression):
    """x IN (SELECT …)."""

    FIELDS: ClassVar[tuple[str, ...]] = ("negated", "operand", "select")

    def __init__(self, start: int, end: int, negated: bool, operand: Expression, select: Select) -> None:
        super().__init__(start, end)
        self.negated: Final = negated
        self.operand: Final = operand
        self.select: Final = select

    def values_of_fields(self) -> list[object]:
        return [self.negated, self.operand, self.select]

    def with_fields(self, values: list[object]) -> Node:
        return InSelect(self.start, self.end, cast("bool", values[0]), cast("Expression", values[1]), cast("Select", values[2]))


@final
class InTable(Expression):
    """x IN table, x IN function(1, 2).

    Attributes:
        is_call: parentheses follow: a table-valued function
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("negated", "operand", "table", "is_call", "arguments")

    def __init__(self, start: int, end: int, negated: bool, operand: Expression, table: QualifiedName, is_call: bool, arguments: tuple[Expression, ...]) -> None:
        super().__init__(start, end)
        self.negated: Final = negated
        self.operand: Final = operand
        self.table: Final = table
        self.is_call: Final = is_call
        self.arguments: Final = arguments

    def values_of_fields(self) -> list[object]:
        return [self.negated, self.operand, self.table, self.is_call, self.arguments]

    def with_fields(self, values: list[object]) -> Node:
        return InTable(self.start, self.end, cast("bool", values[0]), cast("Expression", values[1]), cast("QualifiedName", values[2]), cast("bool", values[3]), cast("tuple[Expression, ...]", values[4]))


@final
class Case(Expression):
    """CASE … END.

    Attributes:
        operand: CASE operand WHEN value …
        whens: at least one
        otherwise: ELSE
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("operand", "whens", "otherwise")

    def __init__(self, start: int, end: int, operand: Expression | None, whens: tuple[When, ...], otherwise: Expression | None) -> None:
        super().__init__(start, end)
        self.operand: Final = operand
        self.whens: Final = whens
        self.otherwise: Final = otherwise

    def values_of_fields(self) -> list[object]:
        return [self.operand, self.whens, self.otherwise]

    def with_fields(self, values: list[object]) -> Node:
        return Case(self.start, self.end, cast("Expression | None", values[0]), cast("tuple[When, ...]", values[1]), cast("Expression | None", values[2]))


@final
class When(Node):
    """WHEN condition THEN result."""

    FIELDS: ClassVar[tuple[str, ...]] = ("condition", "result")

    def __init__(self, start: int, end: int, condition: Expression, result: Expression) -> None:
        super().__init__(start, end)
        self.condition: Final = condition
        self.result: Final = result

    def values_of_fields(self) -> list[object]:
        return [self.condition, self.result]

    def with_fields(self, values: list[object]) -> Node:
        return When(self.start, self.end, cast("Expression", values[0]), cast("Expression", values[1]))


@final
class Cast(Expression):
    """CAST(x AS type)."""

    FIELDS: ClassVar[tuple[str, ...]] = ("operand", "type")

    def __init__(self, start: int, end: int, operand: Expression, type: TypeName) -> None:
        super().__init__(start, end)
        self.operand: Final = operand
        self.type: Final = type

    def values_of_fields(self) -> list[object]:
        return [self.operand, self.type]

    def with_fields(self, values: list[object]) -> Node:
        return Cast(self.start, self.end, cast("Expression", values[0]), cast("TypeName", values[1]))


@final
class Collate(Expression):
    """x COLLATE name."""

    FIELDS: ClassVar[tuple[str, ...]] = ("operand", "collation")

    def __init__(self, start: int, end: int, operand: Expression, collation: Name) -> None:
        super().__init__(start, end)
        self.operand: Final = operand
        self.collation: Final = collation

    def values_of_fields(self) -> list[object]:
        return [self.operand, self.collation]

    def with_fields(self, values: list[object]) -> Node:
        return Collate(self.start, self.end, cast("Expression", values[0]), cast("Name", values[1]))


@final
class Call(Expression):
    """A function call, scalar, aggregate or window; which one is the resolver's to say.

    Attributes:
        distinct: count(DISTINCT x)
        star: count(*): no arguments
        order_by: ORDER BY inside the parentheses
        within_group: WITHIN GROUP (ORDER BY x)
        filter: FILTER (WHERE x)
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("function", "distinct", "star", "arguments", "order_by", "within_group", "filter", "over")

    def __init__(self, start: int, end: int, function: Name, distinct: bool, star: bool, arguments: tuple[Expression, ...], order_by: tuple[OrderTerm, ...], within_group: Expression | None, filter: Expression | None, over: Over | None) -> None:
        super().__init__(start, end)
        self.function: Final = function
        self.distinct: Final = distinct
        self.star: Final = star
        self.arguments: Final = arguments
        self.order_by: Final = order_by
        self.within_group: Final = within_group
        self.filter: Final = filter
        self.over: Final = over

    def values_of_fields(self) -> list[object]:
        return [self.function, self.distinct, self.star, self.arguments, self.order_by, self.within_group, self.filter, self.over]

    def with_fields(self, values: list[object]) -> Node:
        return Call(self.start, self.end, cast("Name", values[0]), cast("bool", values[1]), cast("bool", values[2]), cast("tuple[Expression, ...]", values[3]), cast("tuple[OrderTerm, ...]", values[4]), cast("Expression | None", values[5]), cast("Expression | None", values[6]), cast("Over | None", values[7]))


@final
class Exists(Expression):
    """EXISTS (SELECT …)."""

    FIELDS: ClassVar[tuple[str, ...]] = ("select",)

    def __init__(self, start: int, end: int, select: Select) -> None:
        super().__init__(start, end)
        self.select: Final = select

    def values_of_fields(self) -> list[object]:
        return [self.select]

    def with_fields(self, values: list[object]) -> Node:
        return Exists(self.start, self.end, cast("Select", values[0]))


@final
class Subquery(Expression):
    """(SELECT …) as a value, or as a row value when it has several columns."""

    FIELDS: ClassVar[tuple[str, ...]] = ("select",)

    def __init__(self, start: int, end: int, select: Select) -> None:
        super().__init__(start, end)
        self.select: Final = select

    def values_of_fields(self) -> list[object]:
        return [self.select]

    def with_fields(self, values: list[object]) -> Node:
        return Subquery(self.start, self.end, cast("Select", values[0]))


@final
class RowValue(Expression):
    """(a, b, …): a row value of two or more."""

    FIELDS: ClassVar[tuple[str, ...]] = ("items",)

    def __init__(self, start: int, end: int, items: tuple[Expression, ...]) -> None:
        super().__init__(start, end)
        self.items: Final = items

    def values_of_fields(self) -> list[object]:
        return [self.items]

    def with_fields(self, values: list[object]) -> Node:
        return RowValue(self.start, self.end, cast("tuple[Expression, ...]", values[0]))


@final
class Raise(Expression):
    """RAISE(IGNORE), RAISE(ABORT, message); only triggers may run it.

    Attributes:
        action: `IGNORE`, `ROLLBACK`, `ABORT` or `FAIL`
        message: None for IGNORE
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("action", "message")

    def __init__(self, start: int, end: int, action: str, message: Expression | None) -> None:
        super().__init__(start, end)
        self.action: Final = action
        self.message: Final = message

    def values_of_fields(self) -> list[object]:
        return [self.action, self.message]

    def with_fields(self, values: list[object]) -> Node:
        return Raise(self.start, self.end, cast("str", values[0]), cast("Expression | None", values[1]))


class Over(Node):
    """What stands after OVER."""


@final
class WindowName(Over):
    """OVER name."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name",)

    def __init__(self, start: int, end: int, name: Name) -> None:
        super().__init__(start, end)
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.name]

    def with_fields(self, values: list[object]) -> Node:
        return WindowName(self.start, self.end, cast("Name", values[0]))


@final
class WindowSpec(Over):
    """OVER (base PARTITION BY … ORDER BY … frame).

    Attributes:
        base: the window that this one extends
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("base", "partition_by", "order_by", "frame")

    def __init__(self, start: int, end: int, base: Name | None, partition_by: tuple[Expression, ...], order_by: tuple[OrderTerm, ...], frame: Frame | None) -> None:
        super().__init__(start, end)
        self.base: Final = base
        self.partition_by: Final = partition_by
        self.order_by: Final = order_by
        self.frame: Final = frame

    def values_of_fields(self) -> list[object]:
        return [self.base, self.partition_by, self.order_by, self.frame]

    def with_fields(self, values: list[object]) -> Node:
        return WindowSpec(self.start, self.end, cast("Name | None", values[0]), cast("tuple[Expression, ...]", values[1]), cast("tuple[OrderTerm, ...]", values[2]), cast("Frame | None", values[3]))


@final
class Frame(Node):
    """ROWS BETWEEN lower AND upper EXCLUDE …

    Attributes:
        mode: `ROWS`, `RANGE` or `GROUPS`
        upper: None without BETWEEN: CURRENT ROW
        exclude: `NO OTHERS`, `CURRENT ROW`, `GROUP`, `TIES`, or "" where nothing was said
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("mode", "lower", "upper", "exclude")

    def __init__(self, start: int, end: int, mode: str, lower: FrameBound, upper: FrameBound | None, exclude: str) -> None:
        super().__init__(start, end)
        self.mode: Final = mode
        self.lower: Final = lower
        self.upper: Final = upper
        self.exclude: Final = exclude

    def values_of_fields(self) -> list[object]:
        return [self.mode, self.lower, self.upper, self.exclude]

    def with_fields(self, values: list[object]) -> Node:
        return Frame(self.start, self.end, cast("str", values[0]), cast("FrameBound", values[1]), cast("FrameBound | None", values[2]), cast("str", values[3]))


@final
class FrameBound(Node):
    """One end of a frame.

    Attributes:
        kind: `UNBOUNDED PRECEDING`, `PRECEDING`, `CURRENT ROW`, `FOLLOWING`, `UNBOUNDED FOLLOWING`
        offset: of `PRECEDING` and `FOLLOWING`
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("kind", "offset")

    def __init__(self, start: int, end: int, kind: str, offset: Expression | None) -> None:
        super().__init__(start, end)
        self.kind: Final = kind
        self.offset: Final = offset

    def values_of_fields(self) -> list[object]:
        return [self.kind, self.offset]

    def with_fields(self, values: list[object]) -> Node:
        return FrameBound(self.start, self.end, cast("str", values[0]), cast("Expression | None", values[1]))


@final
class WindowDefinition(Node):
    """WINDOW name AS (…) at the end of a SELECT."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "spec")

    def __init__(self, start: int, end: int, name: Name, spec: WindowSpec) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.spec: Final = spec

    def values_of_fields(self) -> list[object]:
        return [self.name, self.spec]

    def with_fields(self, values: list[object]) -> Node:
        return WindowDefinition(self.start, self.end, cast("Name", values[0]), cast("WindowSpec", values[1]))


class Source(Node):
    """A term of FROM."""


@final
class TableSource(Source):
    """A table or view by name; also what UPDATE and DELETE change.

    Attributes:
        indexed_by: INDEXED BY name
        not_indexed: NOT INDEXED
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "alias", "indexed_by", "not_indexed")

    def __init__(self, start: int, end: int, name: QualifiedName, alias: Name | None, indexed_by: Name | None, not_indexed: bool) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.alias: Final = alias
        self.indexed_by: Final = indexed_by
        self.not_indexed: Final = not_indexed

    def values_of_fields(self) -> list[object]:
        return [self.name, self.alias, self.indexed_by, self.not_indexed]

    def with_fields(self, values: list[object]) -> Node:
        return TableSource(self.start, self.end, cast("QualifiedName", values[0]), cast("Name | None", values[1]), cast("Name | None", values[2]), cast("bool", values[3]))


@final
class FunctionSource(Source):
    """A table-valued function: generate_series(1, 10)."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "arguments", "alias")

    def __init__(self, start: int, end: int, name: QualifiedName, arguments: tuple[Expression, ...], alias: Name | None) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.arguments: Final = arguments
        self.alias: Final = alias

    def values_of_fields(self) -> list[object]:
        return [self.name, self.arguments, self.alias]

    def with_fields(self, values: list[object]) -> Node:
        return FunctionSource(self.start, self.end, cast("QualifiedName", values[0]), cast("tuple[Expression, ...]", values[1]), cast("Name | None", values[2]))


@final
class SubquerySource(Source):
    """(SELECT …) in FROM."""

    FIELDS: ClassVar[tuple[str, ...]] = ("select", "alias")

    def __init__(self, start: int, end: int, select: Select, alias: Name | None) -> None:
        super().__init__(start, end)
        self.select: Final = select
        self.alias: Final = alias

    def values_of_fields(self) -> list[object]:
        return [self.select, self.alias]

    def with_fields(self, values: list[object]) -> Node:
        return SubquerySource(self.start, self.end, cast("Select", values[0]), cast("Name | None", values[1]))


@final
class ParenthesizedSource(Source):
    """(a JOIN b) in FROM: parentheses around a join or a single term."""

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "alias")

    def __init__(self, start: int, end: int, source: Source, alias: Name | None) -> None:
        super().__init__(start, end)
        self.source: Final = source
        self.alias: Final = alias

    def values_of_fields(self) -> list[object]:
        return [self.source, self.alias]

    def with_fields(self, values: list[object]) -> Node:
        return ParenthesizedSource(self.start, self.end, cast("Source", values[0]), cast("Name | None", values[1]))


@final
class Join(Source):
    """left JOIN right.  Joins without parentheses lean left: ((a, b) JOIN c).

    Attributes:
        kind: `COMMA`, `INNER`, `CROSS`, `LEFT`, `RIGHT` or `FULL`
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("left", "kind", "natural", "right", "on", "using")

    def __init__(self, start: int, end: int, left: Source, kind: str, natural: bool, right: Source, on: Expression | None, using: tuple[Name, ...]) -> None:
        super().__init__(start, end)
        self.left: Final = left
        self.kind: Final = kind
        self.natural: Final = natural
        self.right: Final = right
        self.on: Final = on
        self.using: Final = using

    def values_of_fields(self) -> list[object]:
        return [self.left, self.kind, self.natural, self.right, self.on, self.using]

    def with_fields(self, values: list[object]) -> Node:
        return Join(self.start, self.end, cast("Source", values[0]), cast("str", values[1]), cast("bool", values[2]), cast("Source", values[3]), cast("Expression | None", values[4]), cast("tuple[Name, ...]", values[5]))


class Statement(Node):
    """Anything that is run by itself."""


@final
class Select(Statement):
    """A whole query: WITH, one or more terms, ORDER BY, LIMIT.

    Attributes:
        offset: of LIMIT a OFFSET b, and the first of LIMIT a, b
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("with_", "body", "order_by", "limit", "offset")

    def __init__(self, start: int, end: int, with_: With | None, body: SelectBody, order_by: tuple[OrderTerm, ...], limit: Expression | None, offset: Expression | None) -> None:
        super().__init__(start, end)
        self.with_: Final = with_
        self.body: Final = body
        self.order_by: Final = order_by
        self.limit: Final = limit
        self.offset: Final = offset

    def values_of_fields(self) -> list[object]:
        return [self.with_, self.body, self.order_by, self.limit, self.offset]

    def with_fields(self, values: list[object]) -> Node:
        return Select(self.start, self.end, cast("With | None", values[0]), cast("SelectBody", values[1]), cast("tuple[OrderTerm, ...]", values[2]), cast("Expression | None", values[3]), cast("Expression | None", values[4]))


class SelectBody(Node):
    """What a query consists of without WITH, ORDER BY and LIMIT."""


@final
class Compound(SelectBody):
    """Two or more terms joined by UNION, UNION ALL, INTERSECT or EXCEPT, evaluated from left to right.

    Attributes:
        rest: at least one
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("first", "rest")

    def __init__(self, start: int, end: int, first: SelectTerm, rest: tuple[CompoundPart, ...]) -> None:
        super().__init__(start, end)
        self.first: Final = first
        self.rest: Final = rest

    def values_of_fields(self) -> list[object]:
        return [self.first, self.rest]

    def with_fields(self, values: list[object]) -> Node:
        return Compound(self.start, self.end, cast("SelectTerm", values[0]), cast("tuple[CompoundPart, ...]", values[1]))


@final
class CompoundPart(Node):
    """UNION term.

    Attributes:
        operator: `UNION`, `UNION ALL`, `INTERSECT` or `EXCEPT`
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("operator", "term")

    def __init__(self, start: int, end: int, operator: str, term: SelectTerm) -> None:
        super().__init__(start, end)
        self.operator: Final = operator
        self.term: Final = term

    def values_of_fields(self) -> list[object]:
        return [self.operator, self.term]

    def with_fields(self, values: list[object]) -> Node:
        return CompoundPart(self.start, self.end, cast("str", values[0]), cast("SelectTerm", values[1]))


class SelectTerm(SelectBody):
    """One term of a compound, or the only one."""


@final
class SelectCore(SelectTerm):
    """SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW ….

    Attributes:
        distinct: SELECT DISTINCT
        columns: at least one
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("distinct", "columns", "from_", "where", "group_by", "having", "windows")

    def __init__(self, start: int, end: int, distinct: bool, columns: tuple[ResultColumn, ...], from_: Source | None, where: Expression | None, group_by: tuple[Expression, ...], having: Expression | None, windows: tuple[WindowDefinition, ...]) -> None:
        super().__init__(start, end)
        self.distinct: Final = distinct
        self.columns: Final = columns
        self.from_: Final = from_
        self.where: Final = where
        self.group_by: Final = group_by
        self.having: Final = having
        self.windows: Final = windows

    def values_of_fields(self) -> list[object]:
        return [self.distinct, self.columns, self.from_, self.where, self.group_by, self.having, self.windows]

    def with_fields(self, values: list[object]) -> Node:
        return SelectCore(self.start, self.end, cast("bool", values[0]), cast("tuple[ResultColumn, ...]", values[1]), cast("Source | None", values[2]), cast("Expression | None", values[3]), cast("tuple[Expression, ...]", values[4]), cast("Expression | None", values[5]), cast("tuple[WindowDefinition, ...]", values[6]))


@final
class Values(SelectTerm):
    """VALUES (…), (…).

    Attributes:
        rows: at least one
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("rows",)

    def __init__(self, start: int, end: int, rows: tuple[ValuesRow, ...]) -> None:
        super().__init__(start, end)
        self.rows: Final = rows

    def values_of_fields(self) -> list[object]:
        return [self.rows]

    def with_fields(self, values: list[object]) -> Node:
        return Values(self.start, self.end, cast("tuple[ValuesRow, ...]", values[0]))


@final
class ValuesRow(Node):
    """One row of VALUES.

    Attributes:
        values: at least one
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("values",)

    def __init__(self, start: int, end: int, values: tuple[Expression, ...]) -> None:
        super().__init__(start, end)
        self.values: Final = values

    def values_of_fields(self) -> list[object]:
        return [self.values]

    def with_fields(self, values: list[object]) -> Node:
        return ValuesRow(self.start, self.end, cast("tuple[Expression, ...]", values[0]))


@final
class With(Node):
    """WITH [RECURSIVE] ….

    Attributes:
        tables: at least one
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("recursive", "tables")

    def __init__(self, start: int, end: int, recursive: bool, tables: tuple[CommonTable, ...]) -> None:
        super().__init__(start, end)
        self.recursive: Final = recursive
        self.tables: Final = tables

    def values_of_fields(self) -> list[object]:
        return [self.recursive, self.tables]

    def with_fields(self, values: list[object]) -> Node:
        return With(self.start, self.end, cast("bool", values[0]), cast("tuple[CommonTable, ...]", values[1]))


@final
class CommonTable(Node):
    """name(columns) AS [NOT] MATERIALIZED (SELECT …).

    Attributes:
        materialized: `MATERIALIZED`, `NOT MATERIALIZED` or ""
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "columns", "materialized", "select")

    def __init__(self, start: int, end: int, name: Name, columns: tuple[Name, ...], materialized: str, select: Select) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.columns: Final = columns
        self.materialized: Final = materialized
        self.select: Final = select

    def values_of_fields(self) -> list[object]:
        return [self.name, self.columns, self.materialized, self.select]

    def with_fields(self, values: list[object]) -> Node:
        return CommonTable(self.start, self.end, cast("Name", values[0]), cast("tuple[Name, ...]", values[1]), cast("str", values[2]), cast("Select", values[3]))


class ResultColumn(Node):
    """What stands between SELECT and FROM, and after RETURNING."""


@final
class ResultExpression(ResultColumn):
    """expression AS alias.  The span of a column without alias is the text that names it."""

    FIELDS: ClassVar[tuple[str, ...]] = ("expression", "alias")

    def __init__(self, start: int, end: int, expression: Expression, alias: Name | None) -> None:
        super().__init__(start, end)
        self.expression: Final = expression
        self.alias: Final = alias

    def values_of_fields(self) -> list[object]:
        return [self.expression, self.alias]

    def with_fields(self, values: list[object]) -> Node:
        return ResultExpression(self.start, self.end, cast("Expression", values[0]), cast("Name | None", values[1]))


@final
class ResultStar(ResultColumn):
    """`*`."""

    FIELDS: ClassVar[tuple[str, ...]] = ()

    def values_of_fields(self) -> list[object]:
        return []

    def with_fields(self, values: list[object]) -> Node:
        return ResultStar(self.start, self.end)


@final
class ResultTableStar(ResultColumn):
    """`table.*`."""

    FIELDS: ClassVar[tuple[str, ...]] = ("table",)

    def __init__(self, start: int, end: int, table: Name) -> None:
        super().__init__(start, end)
        self.table: Final = table

    def values_of_fields(self) -> list[object]:
        return [self.table]

    def with_fields(self, values: list[object]) -> Node:
        return ResultTableStar(self.start, self.end, cast("Name", values[0]))


@final
class OrderTerm(Node):
    """One term of ORDER BY; also one column of an index, a key or an upsert's target.

    Attributes:
        descending: DESC
        nulls: `FIRST`, `LAST` or "" (NULLs sort as the smallest)
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("expression", "descending", "nulls")

    def __init__(self, start: int, end: int, expression: Expression, descending: bool, nulls: str) -> None:
        super().__init__(start, end)
        self.expression: Final = expression
        self.descending: Final = descending
        self.nulls: Final = nulls

    def values_of_fields(self) -> list[object]:
        return [self.expression, self.descending, self.nulls]

    def with_fields(self, values: list[object]) -> Node:
        return OrderTerm(self.start, self.end, cast("Expression", values[0]), cast("bool", values[1]), cast("str", values[2]))


@final
class Insert(Statement):
    """INSERT INTO, INSERT OR …, REPLACE INTO.

    Attributes:
        conflict: `ROLLBACK`, `ABORT`, `FAIL`, `IGNORE`, `REPLACE` or ""
        columns: () where none are listed
        source: VALUES too; None for DEFAULT VALUES
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("with_", "conflict", "table", "alias", "columns", "source", "upserts", "returning")

    def __init__(self, start: int, end: int, with_: With | None, conflict: str, table: QualifiedName, alias: Name | None, columns: tuple[Name, ...], source: Select | None, upserts: tuple[Upsert, ...], returning: tuple[ResultColumn, ...]) -> None:
        super().__init__(start, end)
        self.with_: Final = with_
        self.conflict: Final = conflict
        self.table: Final = table
        self.alias: Final = alias
        self.columns: Final = columns
        self.source: Final = source
        self.upserts: Final = upserts
        self.returning: Final = returning

    def values_of_fields(self) -> list[object]:
        return [self.with_, self.conflict, self.table, self.alias, self.columns, self.source, self.upserts, self.returning]

    def with_fields(self, values: list[object]) -> Node:
        return Insert(self.start, self.end, cast("With | None", values[0]), cast("str", values[1]), cast("QualifiedName", values[2]), cast("Name | None", values[3]), cast("tuple[Name, ...]", values[4]), cast("Select | None", values[5]), cast("tuple[Upsert, ...]", values[6]), cast("tuple[ResultColumn, ...]", values[7]))


@final
class Upsert(Node):
    """ON CONFLICT (targets) WHERE … DO UPDATE SET … WHERE …, or DO NOTHING.

    Attributes:
        targets: () for a clause that any conflict meets
        assignments: () means DO NOTHING
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("targets", "target_where", "assignments", "where")

    def __init__(self, start: int, end: int, targets: tuple[OrderTerm, ...], target_where: Expression | None, assignments: tuple[Assignment, ...], where: Expression | None) -> None:
        super().__init__(start, end)
        self.targets: Final = targets
        self.target_where: Final = target_where
        self.assignments: Final = assignments
        self.where: Final = where

    def values_of_fields(self) -> list[object]:
        return [self.targets, self.target_where, self.assignments, self.where]

    def with_fields(self, values: list[object]) -> Node:
        return Upsert(self.start, self.end, cast("tuple[OrderTerm, ...]", values[0]), cast("Expression | None", values[1]), cast("tuple[Assignment, ...]", values[2]), cast("Expression | None", values[3]))


@final
class Assignment(Node):
    """column = value, or (a, b) = row.

    Attributes:
        columns: at least one
        is_row: the names stand in parentheses, so the value is a row
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("columns", "is_row", "value")

    def __init__(self, start: int, end: int, columns: tuple[Name, ...], is_row: bool, value: Expression) -> None:
        super().__init__(start, end)
        self.columns: Final = columns
        self.is_row: Final = is_row
        self.value: Final = value

    def values_of_fields(self) -> list[object]:
        return [self.columns, self.is_row, self.value]

    def with_fields(self, values: list[object]) -> Node:
        return Assignment(self.start, self.end, cast("tuple[Name, ...]", values[0]), cast("bool", values[1]), cast("Expression", values[2]))


@final
class Update(Statement):
    """UPDATE.

    Attributes:
        conflict: as in Insert
        assignments: at least one
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("with_", "conflict", "table", "assignments", "from_", "where", "returning")

    def __init__(self, start: int, end: int, with_: With | None, conflict: str, table: TableSource, assignments: tuple[Assignment, ...], from_: Source | None, where: Expression | None, returning: tuple[ResultColumn, ...]) -> None:
        super().__init__(start, end)
        self.with_: Final = with_
        self.conflict: Final = conflict
        self.table: Final = table
        self.assignments: Final = assignments
        self.from_: Final = from_
        self.where: Final = where
        self.returning: Final = returning

    def values_of_fields(self) -> list[object]:
        return [self.with_, self.conflict, self.table, self.assignments, self.from_, self.where, self.returning]

    def with_fields(self, values: list[object]) -> Node:
        return Update(self.start, self.end, cast("With | None", values[0]), cast("str", values[1]), cast("TableSource", values[2]), cast("tuple[Assignment, ...]", values[3]), cast("Source | None", values[4]), cast("Expression | None", values[5]), cast("tuple[ResultColumn, ...]", values[6]))


@final
class Delete(Statement):
    """DELETE."""

    FIELDS: ClassVar[tuple[str, ...]] = ("with_", "table", "where", "returning")

    def __init__(self, start: int, end: int, with_: With | None, table: TableSource, where: Expression | None, returning: tuple[ResultColumn, ...]) -> None:
        super().__init__(start, end)
        self.with_: Final = with_
        self.table: Final = table
        self.where: Final = where
        self.returning: Final = returning

    def values_of_fields(self) -> list[object]:
        return [self.with_, self.table, self.where, self.returning]

    def with_fields(self, values: list[object]) -> Node:
        return Delete(self.start, self.end, cast("With | None", values[0]), cast("TableSource", values[1]), cast("Expression | None", values[2]), cast("tuple[ResultColumn, ...]", values[3]))


@final
class CreateTable(Statement):
    """CREATE TABLE name (…).

    Attributes:
        columns: at least one
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("temporary", "if_not_exists", "name", "columns", "constraints", "without_rowid", "strict")

    def __init__(self, start: int, end: int, temporary: bool, if_not_exists: bool, name: QualifiedName, columns: tuple[ColumnDefinition, ...], constraints: tuple[TableConstraint, ...], without_rowid: bool, strict: bool) -> None:
        super().__init__(start, end)
        self.temporary: Final = temporary
        self.if_not_exists: Final = if_not_exists
        self.name: Final = name
        self.columns: Final = columns
        self.constraints: Final = constraints
        self.without_rowid: Final = without_rowid
        self.strict: Final = strict

    def values_of_fields(self) -> list[object]:
        return [self.temporary, self.if_not_exists, self.name, self.columns, self.constraints, self.without_rowid, self.strict]

    def with_fields(self, values: list[object]) -> Node:
        return CreateTable(self.start, self.end, cast("bool", values[0]), cast("bool", values[1]), cast("QualifiedName", values[2]), cast("tuple[ColumnDefinition, ...]", values[3]), cast("tuple[TableConstraint, ...]", values[4]), cast("bool", values[5]), cast("bool", values[6]))


@final
class CreateTableAs(Statement):
    """CREATE TABLE name AS SELECT …."""

    FIELDS: ClassVar[tuple[str, ...]] = ("temporary", "if_not_exists", "name", "select")

    def __init__(self, start: int, end: int, temporary: bool, if_not_exists: bool, name: QualifiedName, select: Select) -> None:
        super().__init__(start, end)
        self.temporary: Final = temporary
        self.if_not_exists: Final = if_not_exists
        self.name: Final = name
        self.select: Final = select

    def values_of_fields(self) -> list[object]:
        return [self.temporary, self.if_not_exists, self.name, self.select]

    def with_fields(self, values: list[object]) -> Node:
        return CreateTableAs(self.start, self.end, cast("bool", values[0]), cast("bool", values[1]), cast("QualifiedName", values[2]), cast("Select", values[3]))


@final
class ColumnDefinition(Node):
    """A column of CREATE TABLE or ALTER TABLE ADD."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "type", "constraints")

    def __init__(self, start: int, end: int, name: Name, type: TypeName | None, constraints: tuple[ColumnConstraint, ...]) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.type: Final = type
        self.constraints: Final = constraints

    def values_of_fields(self) -> list[object]:
        return [self.name, self.type, self.constraints]

    def with_fields(self, values: list[object]) -> Node:
        return ColumnDefinition(self.start, self.end, cast("Name", values[0]), cast("TypeName | None", values[1]), cast("tuple[ColumnConstraint, ...]", values[2]))


class ColumnConstraint(Node):
    """A constraint (or other property) of one column."""


@final
class ColumnPrimaryKey(ColumnConstraint):
    """PRIMARY KEY.

    Attributes:
        name: CONSTRAINT name
        conflict: ON CONFLICT: `ROLLBACK`, `ABORT`, `FAIL`, `IGNORE`, `REPLACE` or ""
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "descending", "conflict", "autoincrement")

    def __init__(self, start: int, end: int, name: Name | None, descending: bool, conflict: str, autoincrement: bool) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.descending: Final = descending
        self.conflict: Final = conflict
        self.autoincrement: Final = autoincrement

    def values_of_fields(self) -> list[object]:
        return [self.name, self.descending, self.conflict, self.autoincrement]

    def with_fields(self, values: list[object]) -> Node:
        return ColumnPrimaryKey(self.start, self.end, cast("Name | None", values[0]), cast("bool", values[1]), cast("str", values[2]), cast("bool", values[3]))


@final
class ColumnNotNull(ColumnConstraint):
    """NOT NULL."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "conflict")

    def __init__(self, start: int, end: int, name: Name | None, conflict: str) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.conflict: Final = conflict

    def values_of_fields(self) -> list[object]:
        return [self.name, self.conflict]

    def with_fields(self, values: list[object]) -> Node:
        return ColumnNotNull(self.start, self.end, cast("Name | None", values[0]), cast("str", values[1]))


@final
class ColumnNull(ColumnConstraint):
    """NULL: accepted, without effect."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "conflict")

    def __init__(self, start: int, end: int, name: Name | None, conflict: str) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.conflict: Final = conflict

    def values_of_fields(self) -> list[object]:
        return [self.name, self.conflict]

    def with_fields(self, values: list[object]) -> Node:
        return ColumnNull(self.start, self.end, cast("Name | None", values[0]), cast("str", values[1]))


@final
class ColumnUnique(ColumnConstraint):
    """UNIQUE."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "conflict")

    def __init__(self, start: int, end: int, name: Name | None, conflict: str) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.conflict: Final = conflict

    def values_of_fields(self) -> list[object]:
        return [self.name, self.conflict]

    def with_fields(self, values: list[object]) -> Node:
        return ColumnUnique(self.start, self.end, cast("Name | None", values[0]), cast("str", values[1]))


@final
class ColumnCheck(ColumnConstraint):
    """CHECK (expression)."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "expression")

    def __init__(self, start: int, end: int, name: Name | None, expression: Expression) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.expression: Final = expression

    def values_of_fields(self) -> list[object]:
        return [self.name, self.expression]

    def with_fields(self, values: list[object]) -> Node:
        return ColumnCheck(self.start, self.end, cast("Name | None", values[0]), cast("Expression", values[1]))


@final
class ColumnDefault(ColumnConstraint):
    """DEFAULT value.

    Attributes:
        value: a literal, a signed number, a Word, or what stands in parentheses; its span is what
            PRAGMA table_info shows
        parenthesized: DEFAULT (expression)
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "value", "parenthesized")

    def __init__(self, start: int, end: int, name: Name | None, value: Expression, parenthesized: bool) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.value: Final = value
        self.parenthesized: Final = parenthesized

    def values_of_fields(self) -> list[object]:
        return [self.name, self.value, self.parenthesized]

    def with_fields(self, values: list[object]) -> Node:
        return ColumnDefault(self.start, self.end, cast("Name | None", values[0]), cast("Expression", values[1]), cast("bool", values[2]))


@final
class ColumnCollate(ColumnConstraint):
    """COLLATE name."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "collation")

    def __init__(self, start: int, end: int, name: Name | None, collation: Name) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.collation: Final = collation

    def values_of_fields(self) -> list[object]:
        return [self.name, self.collation]

    def with_fields(self, values: list[object]) -> Node:
        return ColumnCollate(self.start, self.end, cast("Name | None", values[0]), cast("Name", values[1]))


@final
class ColumnReferences(ColumnConstraint):
    """REFERENCES …."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "reference")

    def __init__(self, start: int, end: int, name: Name | None, reference: ForeignKeyReference) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.reference: Final = reference

    def values_of_fields(self) -> list[object]:
        return [self.name, self.reference]

    def with_fields(self, values: list[object]) -> Node:
        return ColumnReferences(self.start, self.end, cast("Name | None", values[0]), cast("ForeignKeyReference", values[1]))


@final
class ColumnGenerated(ColumnConstraint):
    """[GENERATED ALWAYS] AS (expression) [VIRTUAL | STORED].

    Attributes:
        storage: `VIRTUAL`, `STORED` or "" (VIRTUAL)
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "expression", "storage")

    def __init__(self, start: int, end: int, name: Name | None, expression: Expression, storage: str) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.expression: Final = expression
        self.storage: Final = storage

    def values_of_fields(self) -> list[object]:
        return [self.name, self.expression, self.storage]

    def with_fields(self, values: list[object]) -> Node:
        return ColumnGenerated(self.start, self.end, cast("Name | None", values[0]), cast("Expression", values[1]), cast("str", values[2]))


@final
class ColumnConstraintName(ColumnConstraint):
    """CONSTRAINT name, after which the column ends: it names a CHECK right after the last column."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name",)

    def __init__(self, start: int, end: int, name: Name) -> None:
        super().__init__(start, end)
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.name]

    def with_fields(self, values: list[object]) -> Node:
        return ColumnConstraintName(self.start, self.end, cast("Name", values[0]))


class TableConstraint(Node):
    """A constraint of a table."""


@final
class TablePrimaryKey(TableConstraint):
    """PRIMARY KEY (…).

    Attributes:
        name: CONSTRAINT name
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "columns", "autoincrement", "conflict")

    def __init__(self, start: int, end: int, name: Name | None, columns: tuple[OrderTerm, ...], autoincrement: bool, conflict: str) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.columns: Final = columns
        self.autoincrement: Final = autoincrement
        self.conflict: Final = conflict

    def values_of_fields(self) -> list[object]:
        return [self.name, self.columns, self.autoincrement, self.conflict]

    def with_fields(self, values: list[object]) -> Node:
        return TablePrimaryKey(self.start, self.end, cast("Name | None", values[0]), cast("tuple[OrderTerm, ...]", values[1]), cast("bool", values[2]), cast("str", values[3]))


@final
class TableUnique(TableConstraint):
    """UNIQUE (…)."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "columns", "conflict")

    def __init__(self, start: int, end: int, name: Name | None, columns: tuple[OrderTerm, ...], conflict: str) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.columns: Final = columns
        self.conflict: Final = conflict

    def values_of_fields(self) -> list[object]:
        return [self.name, self.columns, self.conflict]

    def with_fields(self, values: list[object]) -> Node:
        return TableUnique(self.start, self.end, cast("Name | None", values[0]), cast("tuple[OrderTerm, ...]", values[1]), cast("str", values[2]))


@final
class TableCheck(TableConstraint):
    """CHECK (expression)."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "expression", "conflict")

    def __init__(self, start: int, end: int, name: Name | None, expression: Expression, conflict: str) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.expression: Final = expression
        self.conflict: Final = conflict

    def values_of_fields(self) -> list[object]:
        return [self.name, self.expression, self.conflict]

    def with_fields(self, values: list[object]) -> Node:
        return TableCheck(self.start, self.end, cast("Name | None", values[0]), cast("Expression", values[1]), cast("str", values[2]))


@final
class TableForeignKey(TableConstraint):
    """FOREIGN KEY (…) REFERENCES …."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "columns", "reference")

    def __init__(self, start: int, end: int, name: Name | None, columns: tuple[Name, ...], reference: ForeignKeyReference) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.columns: Final = columns
        self.reference: Final = reference

    def values_of_fields(self) -> list[object]:
        return [self.name, self.columns, self.reference]

    def with_fields(self, values: list[object]) -> Node:
        return TableForeignKey(self.start, self.end, cast("Name | None", values[0]), cast("tuple[Name, ...]", values[1]), cast("ForeignKeyReference", values[2]))


@final
class ForeignKeyReference(Node):
    """REFERENCES table (columns) ON DELETE … ON UPDATE … MATCH … DEFERRABLE ….

    Attributes:
        columns: () means the table's primary key
        on_delete: `SET NULL`, `SET DEFAULT`, `CASCADE`, `RESTRICT`, `NO ACTION` or ""
        match: MATCH name: accepted, without effect
        deferrable: `DEFERRABLE`, `NOT DEFERRABLE` or ""
        initially: `DEFERRED`, `IMMEDIATE` or ""
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "columns", "on_delete", "on_update", "match", "deferrable", "initially")

    def __init__(self, start: int, end: int, table: Name, columns: tuple[Name, ...], on_delete: str, on_update: str, match: Name | None, deferrable: str, initially: str) -> None:
        super().__init__(start, end)
        self.table: Final = table
        self.columns: Final = columns
        self.on_delete: Final = on_delete
        self.on_update: Final = on_update
        self.match: Final = match
        self.deferrable: Final = deferrable
        self.initially: Final = initially

    def values_of_fields(self) -> list[object]:
        return [self.table, self.columns, self.on_delete, self.on_update, self.match, self.deferrable, self.initially]

    def with_fields(self, values: list[object]) -> Node:
        return ForeignKeyReference(self.start, self.end, cast("Name", values[0]), cast("tuple[Name, ...]", values[1]), cast("str", values[2]), cast("str", values[3]), cast("Name | None", values[4]), cast("str", values[5]), cast("str", values[6]))


@final
class CreateIndex(Statement):
    """CREATE INDEX.

    Attributes:
        columns: at least one
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("unique", "if_not_exists", "name", "table", "columns", "where")

    def __init__(self, start: int, end: int, unique: bool, if_not_exists: bool, name: QualifiedName, table: Name, columns: tuple[OrderTerm, ...], where: Expression | None) -> None:
        super().__init__(start, end)
        self.unique: Final = unique
        self.if_not_exists: Final = if_not_exists
        self.name: Final = name
        self.table: Final = table
        self.columns: Final = columns
        self.where: Final = where

    def values_of_fields(self) -> list[object]:
        return [self.unique, self.if_not_exists, self.name, self.table, self.columns, self.where]

    def with_fields(self, values: list[object]) -> Node:
        return CreateIndex(self.start, self.end, cast("bool", values[0]), cast("bool", values[1]), cast("QualifiedName", values[2]), cast("Name", values[3]), cast("tuple[OrderTerm, ...]", values[4]), cast("Expression | None", values[5]))


@final
class CreateView(Statement):
    """CREATE VIEW.

    Attributes:
        columns: () where none are listed
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("temporary", "if_not_exists", "name", "columns", "select")

    def __init__(self, start: int, end: int, temporary: bool, if_not_exists: bool, name: QualifiedName, columns: tuple[Name, ...], select: Select) -> None:
        super().__init__(start, end)
        self.temporary: Final = temporary
        self.if_not_exists: Final = if_not_exists
        self.name: Final = name
        self.columns: Final = columns
        self.select: Final = select

    def values_of_fields(self) -> list[object]:
        return [self.temporary, self.if_not_exists, self.name, self.columns, self.select]

    def with_fields(self, values: list[object]) -> Node:
        return CreateView(self.start, self.end, cast("bool", values[0]), cast("bool", values[1]), cast("QualifiedName", values[2]), cast("tuple[Name, ...]", values[3]), cast("Select", values[4]))


@final
class CreateTrigger(Statement):
    """CREATE TRIGGER.

    Attributes:
        time: `BEFORE`, `AFTER`, `INSTEAD OF` or "" (BEFORE)
        event: `INSERT`, `UPDATE` or `DELETE`
        columns: of UPDATE OF
        for_each_row: said or not: it is always so
        body: Insert, Update, Delete and Select; at least one
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("temporary", "if_not_exists", "name", "time", "event", "columns", "table", "for_each_row", "when", "body")

    def __init__(self, start: int, end: int, temporary: bool, if_not_exists: bool, name: QualifiedName, time: str, event: str, columns: tuple[Name, ...], table: QualifiedName, for_each_row: bool, when: Expression | None, body: tuple[Statement, ...]) -> None:
        super().__init__(start, end)
        self.temporary: Final = temporary
        self.if_not_exists: Final = if_not_exists
        self.name: Final = name
        self.time: Final = time
        self.event: Final = event
        self.columns: Final = columns
        self.table: Final = table
        self.for_each_row: Final = for_each_row
        self.when: Final = when
        self.body: Final = body

    def values_of_fields(self) -> list[object]:
        return [self.temporary, self.if_not_exists, self.name, self.time, self.event, self.columns, self.table, self.for_each_row, self.when, self.body]

    def with_fields(self, values: list[object]) -> Node:
        return CreateTrigger(self.start, self.end, cast("bool", values[0]), cast("bool", values[1]), cast("QualifiedName", values[2]), cast("str", values[3]), cast("str", values[4]), cast("tuple[Name, ...]", values[5]), cast("QualifiedName", values[6]), cast("bool", values[7]), cast("Expression | None", values[8]), cast("tuple[Statement, ...]", values[9]))


@final
class CreateVirtualTable(Statement):
    """CREATE VIRTUAL TABLE name USING module(arguments).

    Attributes:
        arguments: the text between the commas, untouched but for outer blanks
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("if_not_exists", "name", "module", "arguments")

    def __init__(self, start: int, end: int, if_not_exists: bool, name: QualifiedName, module: Name, arguments: tuple[str, ...]) -> None:
        super().__init__(start, end)
        self.if_not_exists: Final = if_not_exists
        self.name: Final = name
        self.module: Final = module
        self.arguments: Final = arguments

    def values_of_fields(self) -> list[object]:
        return [self.if_not_exists, self.name, self.module, self.arguments]

    def with_fields(self, values: list[object]) -> Node:
        return CreateVirtualTable(self.start, self.end, cast("bool", values[0]), cast("QualifiedName", values[1]), cast("Name", values[2]), cast("tuple[str, ...]", values[3]))


@final
class DropTable(Statement):
    """DROP TABLE."""

    FIELDS: ClassVar[tuple[str, ...]] = ("if_exists", "name")

    def __init__(self, start: int, end: int, if_exists: bool, name: QualifiedName) -> None:
        super().__init__(start, end)
        self.if_exists: Final = if_exists
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.if_exists, self.name]

    def with_fields(self, values: list[object]) -> Node:
        return DropTable(self.start, self.end, cast("bool", values[0]), cast("QualifiedName", values[1]))


@final
class DropIndex(Statement):
    """DROP INDEX."""

    FIELDS: ClassVar[tuple[str, ...]] = ("if_exists", "name")

    def __init__(self, start: int, end: int, if_exists: bool, name: QualifiedName) -> None:
        super().__init__(start, end)
        self.if_exists: Final = if_exists
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.if_exists, self.name]

    def with_fields(self, values: list[object]) -> Node:
        return DropIndex(self.start, self.end, cast("bool", values[0]), cast("QualifiedName", values[1]))


@final
class DropView(Statement):
    """DROP VIEW."""

    FIELDS: ClassVar[tuple[str, ...]] = ("if_exists", "name")

    def __init__(self, start: int, end: int, if_exists: bool, name: QualifiedName) -> None:
        super().__init__(start, end)
        self.if_exists: Final = if_exists
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.if_exists, self.name]

    def with_fields(self, values: list[object]) -> Node:
        return DropView(self.start, self.end, cast("bool", values[0]), cast("QualifiedName", values[1]))


@final
class DropTrigger(Statement):
    """DROP TRIGGER."""

    FIELDS: ClassVar[tuple[str, ...]] = ("if_exists", "name")

    def __init__(self, start: int, end: int, if_exists: bool, name: QualifiedName) -> None:
        super().__init__(start, end)
        self.if_exists: Final = if_exists
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.if_exists, self.name]

    def with_fields(self, values: list[object]) -> Node:
        return DropTrigger(self.start, self.end, cast("bool", values[0]), cast("QualifiedName", values[1]))


@final
class AlterRenameTable(Statement):
    """ALTER TABLE table RENAME TO name."""

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "new_name")

    def __init__(self, start: int, end: int, table: QualifiedName, new_name: Name) -> None:
        super().__init__(start, end)
        self.table: Final = table
        self.new_name: Final = new_name

    def values_of_fields(self) -> list[object]:
        return [self.table, self.new_name]

    def with_fields(self, values: list[object]) -> Node:
        return AlterRenameTable(self.start, self.end, cast("QualifiedName", values[0]), cast("Name", values[1]))


@final
class AlterRenameColumn(Statement):
    """ALTER TABLE table RENAME [COLUMN] column TO name."""

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "column", "new_name")

    def __init__(self, start: int, end: int, table: QualifiedName, column: Name, new_name: Name) -> None:
        super().__init__(start, end)
        self.table: Final = table
        self.column: Final = column
        self.new_name: Final = new_name

    def values_of_fields(self) -> list[object]:
        return [self.table, self.column, self.new_name]

    def with_fields(self, values: list[object]) -> Node:
        return AlterRenameColumn(self.start, self.end, cast("QualifiedName", values[0]), cast("Name", values[1]), cast("Name", values[2]))


@final
class AlterAddColumn(Statement):
    """ALTER TABLE table ADD [COLUMN] definition."""

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "column")

    def __init__(self, start: int, end: int, table: QualifiedName, column: ColumnDefinition) -> None:
        super().__init__(start, end)
        self.table: Final = table
        self.column: Final = column

    def values_of_fields(self) -> list[object]:
        return [self.table, self.column]

    def with_fields(self, values: list[object]) -> Node:
        return AlterAddColumn(self.start, self.end, cast("QualifiedName", values[0]), cast("ColumnDefinition", values[1]))


@final
class AlterDropColumn(Statement):
    """ALTER TABLE table DROP [COLUMN] column."""

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "column")

    def __init__(self, start: int, end: int, table: QualifiedName, column: Name) -> None:
        super().__init__(start, end)
        self.table: Final = table
        self.column: Final = column

    def values_of_fields(self) -> list[object]:
        return [self.table, self.column]

    def with_fields(self, values: list[object]) -> Node:
        return AlterDropColumn(self.start, self.end, cast("QualifiedName", values[0]), cast("Name", values[1]))


@final
class AlterAddConstraint(Statement):
    """ALTER TABLE table ADD [CONSTRAINT name] CHECK (expression)."""

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "constraint")

    def __init__(self, start: int, end: int, table: QualifiedName, constraint: TableCheck) -> None:
        super().__init__(start, end)
        self.table: Final = table
        self.constraint: Final = constraint

    def values_of_fields(self) -> list[object]:
        return [self.table, self.constraint]

    def with_fields(self, values: list[object]) -> Node:
        return AlterAddConstraint(self.start, self.end, cast("QualifiedName", values[0]), cast("TableCheck", values[1]))


@final
class AlterDropConstraint(Statement):
    """ALTER TABLE table DROP CONSTRAINT name."""

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "constraint")

    def __init__(self, start: int, end: int, table: QualifiedName, constraint: Name) -> None:
        super().__init__(start, end)
        self.table: Final = table
        self.constraint: Final = constraint

    def values_of_fields(self) -> list[object]:
        return [self.table, self.constraint]

    def with_fields(self, values: list[object]) -> Node:
        return AlterDropConstraint(self.start, self.end, cast("QualifiedName", values[0]), cast("Name", values[1]))


@final
class AlterSetNotNull(Statement):
    """ALTER TABLE table ALTER [COLUMN] column SET NOT NULL.

    Attributes:
        conflict: ON CONFLICT, or ""
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "column", "conflict")

    def __init__(self, start: int, end: int, table: QualifiedName, column: Name, conflict: str) -> None:
        super().__init__(start, end)
        self.table: Final = table
        self.column: Final = column
        self.conflict: Final = conflict

    def values_of_fields(self) -> list[object]:
        return [self.table, self.column, self.conflict]

    def with_fields(self, values: list[object]) -> Node:
        return AlterSetNotNull(self.start, self.end, cast("QualifiedName", values[0]), cast("Name", values[1]), cast("str", values[2]))


@final
class AlterDropNotNull(Statement):
    """ALTER TABLE table ALTER [COLUMN] column DROP NOT NULL."""

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "column")

    def __init__(self, start: int, end: int, table: QualifiedName, column: Name) -> None:
        super().__init__(start, end)
        self.table: Final = table
        self.column: Final = column

    def values_of_fields(self) -> list[object]:
        return [self.table, self.column]

    def with_fields(self, values: list[object]) -> Node:
        return AlterDropNotNull(self.start, self.end, cast("QualifiedName", values[0]), cast("Name", values[1]))


@final
class Begin(Statement):
    """BEGIN [DEFERRED | IMMEDIATE | EXCLUSIVE] [TRANSACTION].

    Attributes:
        mode: `DEFERRED`, `IMMEDIATE`, `EXCLUSIVE` or "" (DEFERRED)
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("mode",)

    def __init__(self, start: int, end: int, mode: str) -> None:
        super().__init__(start, end)
        self.mode: Final = mode

    def values_of_fields(self) -> list[object]:
        return [self.mode]

    def with_fields(self, values: list[object]) -> Node:
        return Begin(self.start, self.end, cast("str", values[0]))


@final
class Commit(Statement):
    """COMMIT or END."""

    FIELDS: ClassVar[tuple[str, ...]] = ()

    def values_of_fields(self) -> list[object]:
        return []

    def with_fields(self, values: list[object]) -> Node:
        return Commit(self.start, self.end)


@final
class Rollback(Statement):
    """ROLLBACK."""

    FIELDS: ClassVar[tuple[str, ...]] = ()

    def values_of_fields(self) -> list[object]:
        return []

    def with_fields(self, values: list[object]) -> Node:
        return Rollback(self.start, self.end)


@final
class Savepoint(Statement):
    """SAVEPOINT name."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name",)

    def __init__(self, start: int, end: int, name: Name) -> None:
        super().__init__(start, end)
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.name]

    def with_fields(self, values: list[object]) -> Node:
        return Savepoint(self.start, self.end, cast("Name", values[0]))


@final
class Release(Statement):
    """RELEASE [SAVEPOINT] name."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name",)

    def __init__(self, start: int, end: int, name: Name) -> None:
        super().__init__(start, end)
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.name]

    def with_fields(self, values: list[object]) -> Node:
        return Release(self.start, self.end, cast("Name", values[0]))


@final
class RollbackTo(Statement):
    """ROLLBACK TO [SAVEPOINT] name."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name",)

    def __init__(self, start: int, end: int, name: Name) -> None:
        super().__init__(start, end)
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.name]

    def with_fields(self, values: list[object]) -> Node:
        return RollbackTo(self.start, self.end, cast("Name", values[0]))


@final
class Pragma(Statement):
    """PRAGMA name, PRAGMA name = value, PRAGMA name(value).

    Attributes:
        value: an Integer, a Float, a Unary minus over one of them, or a Word
        text: the same as the text that SQLite passes on: quotes removed, a minus kept; None without value
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "value", "text")

    def __init__(self, start: int, end: int, name: QualifiedName, value: Expression | None, text: str | None) -> None:
        super().__init__(start, end)
        self.name: Final = name
        self.value: Final = value
        self.text: Final = text

    def values_of_fields(self) -> list[object]:
        return [self.name, self.value, self.text]

    def with_fields(self, values: list[object]) -> Node:
        return Pragma(self.start, self.end, cast("QualifiedName", values[0]), cast("Expression | None", values[1]), cast("str | None", values[2]))


@final
class Attach(Statement):
    """ATTACH [DATABASE] file AS schema [KEY key].

    Attributes:
        file: a bare or double-quoted name here is a Column that stands for its text
        schema: likewise
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("file", "schema", "key")

    def __init__(self, start: int, end: int, file: Expression, schema: Expression, key: Expression | None) -> None:
        super().__init__(start, end)
        self.file: Final = file
        self.schema: Final = schema
        self.key: Final = key

    def values_of_fields(self) -> list[object]:
        return [self.file, self.schema, self.key]

    def with_fields(self, values: list[object]) -> Node:
        return Attach(self.start, self.end, cast("Expression", values[0]), cast("Expression", values[1]), cast("Expression | None", values[2]))


@final
class Detach(Statement):
    """DETACH [DATABASE] schema.

    Attributes:
        schema: as in Attach
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("schema",)

    def __init__(self, start: int, end: int, schema: Expression) -> None:
        super().__init__(start, end)
        self.schema: Final = schema

    def values_of_fields(self) -> list[object]:
        return [self.schema]

    def with_fields(self, values: list[object]) -> Node:
        return Detach(self.start, self.end, cast("Expression", values[0]))


@final
class Vacuum(Statement):
    """VACUUM [schema] [INTO file]."""

    FIELDS: ClassVar[tuple[str, ...]] = ("schema", "into")

    def __init__(self, start: int, end: int, schema: Name | None, into: Expression | None) -> None:
        super().__init__(start, end)
        self.schema: Final = schema
        self.into: Final = into

    def values_of_fields(self) -> list[object]:
        return [self.schema, self.into]

    def with_fields(self, values: list[object]) -> Node:
        return Vacuum(self.start, self.end, cast("Name | None", values[0]), cast("Expression | None", values[1]))


@final
class Analyze(Statement):
    """ANALYZE [name]."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name",)

    def __init__(self, start: int, end: int, name: QualifiedName | None) -> None:
        super().__init__(start, end)
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.name]

    def with_fields(self, values: list[object]) -> Node:
        return Analyze(self.start, self.end, cast("QualifiedName | None", values[0]))


@final
class Reindex(Statement):
    """REINDEX [name]."""

    FIELDS: ClassVar[tuple[str, ...]] = ("name",)

    def __init__(self, start: int, end: int, name: QualifiedName | None) -> None:
        super().__init__(start, end)
        self.name: Final = name

    def values_of_fields(self) -> list[object]:
        return [self.name]

    def with_fields(self, values: list[object]) -> Node:
        return Reindex(self.start, self.end, cast("QualifiedName | None", values[0]))


@final
class Explain(Statement):
    """EXPLAIN [QUERY PLAN] statement."""

    FIELDS: ClassVar[tuple[str, ...]] = ("query_plan", "statement")

    def __init__(self, start: int, end: int, query_plan: bool, statement: Statement) -> None:
        super().__init__(start, end)
        self.query_plan: Final = query_plan
        self.statement: Final = statement

    def values_of_fields(self) -> list[object]:
        return [self.query_plan, self.statement]

    def with_fields(self, values: list[object]) -> Node:
        return Explain(self.start, self.end, cast("bool", values[0]), cast("Statement", values[1]))
