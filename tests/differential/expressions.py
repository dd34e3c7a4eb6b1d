"""Random expressions: every operator, every predicate, and the scalar functions.

What can raise an error while it runs (``abs`` of the smallest integer, an ESCAPE of two characters) stays out of
these: whether a term is evaluated at all is the planner's business.  Such errors have statements of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, final

from differential.features import FUNCTIONS, Function
from differential.model import Column, Scope
from differential.sql import Part, Sql, expression, items, text
from differential.values import DATE_FORMATS, DATES, DOCUMENTS, FORMATS, MODIFIERS, PATHS, quoted

if TYPE_CHECKING:
    from differential.generator import Generator

ARITHMETIC: Final = ["+", "-", "*", "/", "%"]
BITS: Final = ["&", "|", "<<", ">>"]
COMPARISONS: Final = ["=", "==", "<>", "!=", "<", "<=", ">", ">="]
COLLATIONS: Final = ["BINARY", "NOCASE", "RTRIM"]
TYPES: Final = ["INTEGER", "REAL", "TEXT", "BLOB", "NUMERIC"]
_VALUES: Final = [
    *("expression.leaf", "expression.arithmetic"),
    *("expression.bits", "expression.unary", "expression.concat"),
    *("expression.compare", "expression.case"),
    *("expression.cast", "expression.collate", "expression.function"),
    *("expression.scalar_subquery", "expression.is_null", "expression.logic", "expression.arrow"),
    "expression.elements",
]
_CONDITIONS: Final = [
    *("expression.compare", "expression.logic"),
    *("expression.not", "expression.is", "expression.is_distinct"),
    *("expression.is_null", "expression.is_true", "expression.between", "expression.in_list"),
    *(
        "expression.in_empty",
        "expression.in_table",
        "expression.in_subquery",
        "expression.exists",
        "expression.like",
    ),
    *("expression.like_escape", "expression.glob", "expression.row_compare", "expression.row_in"),
    *("expression.row_of_query", "expression.in_elements"),
]
_SUBQUERIES: Final = {
    "expression.in_table",
    "expression.in_subquery",
    "expression.exists",
    "expression.scalar_subquery",
    "expression.row_in",
    "expression.row_of_query",
    "expression.elements",
    "expression.in_elements",
}


@final
class Expressions:
    """Writes expressions over the columns of a scope.

    Attributes:
        subqueries: subqueries may be written (not in CHECK constraints, indexes and generated columns).
        constant: literals only, no parameters (in what the schema stores).
        types: those that CAST names.
    """

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.choice = generator.choice
        self.literals = generator.literals
        self.subqueries = True
        self.constant = False
        self.types = TYPES
        self._makers: dict[str, Callable[[Scope, int], Sql]] = {
            "expression.leaf": lambda scope, depth: self.leaf(scope),
            "expression.arithmetic": lambda scope, depth: self._binary(scope, depth, ARITHMETIC),
            "expression.bits": lambda scope, depth: self._binary(scope, depth, BITS),
            "expression.concat": lambda scope, depth: self._binary(scope, depth, ["||"]),
            "expression.compare": lambda scope, depth: self._binary(scope, depth, COMPARISONS),
            "expression.is": lambda scope, depth: self._binary(scope, depth, ["IS", "IS NOT"]),
            "expression.is_distinct": self._is_distinct,
            "expression.unary": self._unary,
            "expression.logic": self._logic,
            "expression.not": lambda scope, depth: expression("NOT (", self.condition(scope, depth), ")"),
            "expression.is_null": self._is_null,
            "expression.is_true": self._is_true,
            "expression.between": self._between,
            "expression.in_list": self._in_list,
            "expression.in_empty": lambda scope, depth: expression("(", self.leaf(scope), " IN ())"),
            "expression.in_subquery": self._in_subquery,
            "expression.in_table": self._in_table,
            "expression.exists": self._exists,
            "expression.scalar_subquery": self._scalar_subquery,
            "expression.like": self._like,
            "expression.like_escape": self._like_escape,
            "expression.glob": self._glob,
            "expression.case": self._case,
            "expression.cast": self._cast,
            "expression.collate": self._collate,
            "expression.function": self._function,
            "expression.row_compare": self._row_compare,
            "expression.row_in": self._row_in,
            "expression.row_of_query": self._row_of_query,
            "expression.arrow": self._arrow,
            "expression.elements": self._elements,
            "expression.in_elements": self._in_elements,
        }

    def any(self, scope: Scope, depth: int = 2) -> Sql:
        """An expression of any type, at most about ``depth`` operators deep."""
        if depth <= 0:
            return self.leaf(scope)
        return self._make(_VALUES, scope, depth - 1)

    def condition(self, scope: Scope, depth: int = 2) -> Sql:
        """An expression meant as a condition; now and then any other."""
        if depth <= 0:
            return self._binary(scope, 0, COMPARISONS)
        if self.choice.chance(0.05):
            return self.any(scope, depth)
        return self._make(_CONDITIONS, scope, depth - 1)

    def stable(self, scope: Scope, depth: int = 1) -> Sql:
        """An expression whose equal values are identical, with the BINARY collation and no affinity but its own.

        Grouping, DISTINCT and min/max give the same with it whatever order the rows come in.
        """
        plain = [column.name for column in scope.columns if column.stable]
        kind = self.choice.number(0, 9)
        if plain and kind < 5:
            return expression(self.choice.one(plain))
        inner = self.any(scope, depth)
        if kind == 5:
            return _in_binary("typeof(", inner, ")")
        if kind == 6:
            return _in_binary("hex(", inner, ")")
        if kind == 7:
            return expression("(", self.condition(scope, depth), ") IS TRUE")
        if kind == 8:
            return _in_binary("CAST(", inner, " AS INTEGER)")
        return _in_binary("quote(", inner, ")")

    def tame(self, scope: Scope, depth: int = 1) -> Sql:
        """A number whose sums are exact in any order."""
        number = expression("CAST(", self.any(scope, depth), " AS INTEGER) % 997")
        return expression("(", number, ") / 4.0") if self.choice.chance(0.3) else number

    def leaf(self, scope: Scope) -> Sql:
        """A column, where there is one, or a literal."""
        visible = scope.visible()
        if visible and self.choice.chance(0.65):
            name = self.choice.one(visible).name
            bare = name.rpartition(".")[2]
            if (
                "(" not in name
                and not name.startswith(("new.", "old.", "excluded."))
                and self.choice.chance(0.2)
                and len({one.name for one in visible if _bare(one) == bare}) == 1
            ):
                name = bare
            return expression(self._name(name))
        if self.choice.maybe("expression.quoted_string", 0.03):
            return self.literals.in_double_quotes()
        return self.literals.constant() if self.constant else self.literals.any()

    @contextmanager
    def without_subqueries(self) -> Iterator[None]:
        """Write no subqueries meanwhile."""
        kept, self.subqueries = self.subqueries, False
        yield
        self.subqueries = kept

    def _name(self, name: str) -> str:
        """A column's name, quoted now and then."""
        table, dot, bare = name.rpartition(".")
        if not bare.isalnum() or not self.choice.maybe("expression.quoted_name", 0.08):
            return name
        return table + dot + self.choice.one([f'"{bare}"', f"[{bare}]", f"`{bare}`"])

    def _make(self, features: list[str], scope: Scope, depth: int) -> Sql:
        if not self.subqueries:
            features = [feature for feature in features if feature not in _SUBQUERIES]
        return self._makers[self.choice.pick(features)](scope, depth)

    def _parenthesised(self, *parts: Part) -> Sql:
        if self.choice.maybe("expression.no_parentheses", 0.6):
            return expression(*parts)
        return expression("(", *parts, ")")

    def _binary(self, scope: Scope, depth: int, operators: list[str]) -> Sql:
        left, right = self.any(scope, depth), self.any(scope, depth)
        return self._parenthesised(left, f" {self.choice.one(operators)} ", right)

    def _is_distinct(self, scope: Scope, depth: int) -> Sql:
        operator = self.choice.one(["IS DISTINCT FROM", "IS NOT DISTINCT FROM"])
        return self._binary(scope, depth, [operator])

    def _unary(self, scope: Scope, depth: int) -> Sql:
        return self._parenthesised(self.choice.one(["- ", "+", "~", "NOT "]), self.any(scope, depth))

    def _logic(self, scope: Scope, depth: int) -> Sql:
        operator = self.choice.one([" AND ", " OR "])
        terms = [self.condition(scope, depth) for _ in range(self.choice.number(2, 3))]
        return expression("(", items(terms, operator), ")")

    def _is_null(self, scope: Scope, depth: int) -> Sql:
        operator = self.choice.one([" IS NULL", " IS NOT NULL", " ISNULL", " NOTNULL", " NOT NULL"])
        return self._parenthesised(self.any(scope, depth), operator)

    def _is_true(self, scope: Scope, depth: int) -> Sql:
        operator = self.choice.one([" IS TRUE", " IS FALSE", " IS NOT TRUE", " IS NOT FALSE"])
        return expression("(", self.any(scope, depth), operator, ")")

    def _negation(self) -> str:
        return " NOT" if self.choice.chance(0.3) else ""

    def _between(self, scope: Scope, depth: int) -> Sql:
        low, high = self.any(scope, depth - 1), self.any(scope, depth - 1)
        return expression(
            "(", self.any(scope, depth), f"{self._negation()} BETWEEN ", low, " AND ", high, ")"
        )

    def _in_list(self, scope: Scope, depth: int) -> Sql:
        members = [
            self.literals.constant() if self.constant else self.literals.any()
            for _ in range(self.choice.number(1, 4))
        ]
        if self.choice.chance(0.25):
            members.append(self.any(scope, depth - 1))
        return expression("(", self.any(scope, depth), f"{self._negation()} IN (", items(members), "))")

    def _in_subquery(self, scope: Scope, depth: int) -> Sql:
        query = self.generator.queries.subquery(scope, 1)
        return expression("(", self.any(scope, depth), f"{self._negation()} IN (", query, "))")

    def _in_table(self, scope: Scope, depth: int) -> Sql:
        narrow = [table for table in self.generator.schema.views if len(table.columns) == 1]
        name = self.choice.one(narrow).name if narrow else "()"
        return expression("(", self.any(scope, depth), f"{self._negation()} IN {name})")

    def _exists(self, scope: Scope, depth: int) -> Sql:
        query = self.generator.queries.subquery(scope, self.choice.number(1, 2))
        return expression(f"({self._negation()} EXISTS (", query, "))")

    def _scalar_subquery(self, scope: Scope, depth: int) -> Sql:
        return expression("(", self.generator.queries.scalar(scope), ")")

    def _like(self, scope: Scope, depth: int) -> Sql:
        pattern = self.any(scope, depth - 1) if self.choice.chance(0.2) else self.literals.pattern()
        return expression("(", self.any(scope, depth), f"{self._negation()} LIKE ", pattern, ")")

    def _like_escape(self, scope: Scope, depth: int) -> Sql:
        escape = self.choice.one([" ESCAPE '\\'", " ESCAPE '%'", " ESCAPE '_'", " ESCAPE 'a'"])
        return expression("(", self.any(scope, depth), " LIKE ", self.literals.pattern(), escape, ")")

    def _glob(self, scope: Scope, depth: int) -> Sql:
        pattern = self.any(scope, depth - 1) if self.choice.chance(0.2) else self.literals.pattern()
        return expression("(", self.any(scope, depth), f"{self._negation()} GLOB ", pattern, ")")

    def _case(self, scope: Scope, depth: int) -> Sql:
        simple = self.choice.chance(0.4)
        branches: list[Part] = ["CASE "]
        if simple:
            branches += [self.any(scope, depth - 1), " "]
        for _ in range(self.choice.number(1, 2)):
            test = self.any(scope, depth - 1) if simple else self.condition(scope, depth - 1)
            branches += ["WHEN ", test, " THEN ", self.any(scope, depth - 1), " "]
        if self.choice.chance(0.7):
            branches += ["ELSE ", self.any(scope, depth - 1), " "]
        return expression(*branches, "END")

    def _cast(self, scope: Scope, depth: int) -> Sql:
        return expression("CAST(", self.any(scope, depth), f" AS {self.choice.one(self.types)})")

    def _collate(self, scope: Scope, depth: int) -> Sql:
        return expression("(", self.any(scope, depth), f") COLLATE {self.choice.one(COLLATIONS)}")

    def _row_compare(self, scope: Scope, depth: int) -> Sql:
        width = self.choice.number(2, 3)
        left = [self.any(scope, depth - 1) for _ in range(width)]
        right = [self.any(scope, depth - 1) for _ in range(width)]
        operator = self.choice.one([*COMPARISONS, "IS", "IS NOT"])
        return expression("((", items(left), f") {operator} (", items(right), "))")

    def _row_in(self, scope: Scope, depth: int) -> Sql:
        left = items([self.any(scope, depth - 1), self.any(scope, depth - 1)])
        query = self.generator.queries.subquery(scope, 2)
        return expression("((", left, f"){self._negation()} IN (", query, "))")

    def _row_of_query(self, scope: Scope, depth: int) -> Sql:
        width = self.choice.number(2, 3)
        wide = width if self.choice.chance(0.9) else width - 1
        written = text("(", items([self.any(scope, depth - 1) for _ in range(width)]), ")")
        sides = [written, text("(", self.generator.queries.one_row(scope, wide), ")")]
        if self.choice.chance(0.2):
            sides.reverse()
        operator = self.choice.one([*COMPARISONS, "IS", "IS NOT"])
        return expression("(", sides[0], f" {operator} ", sides[1], ")")

    def _arrow(self, scope: Scope, depth: int) -> Sql:
        operator = self.choice.one([" -> ", " ->> "])
        right = self.choice.one(["'a'", "'b'", "0", "1", "-1", quoted(self.choice.one(PATHS))])
        return expression("(", self.document(scope, depth), operator, right, ")")

    def _elements(self, scope: Scope, depth: int) -> Sql:
        name = self.choice.one(["json_each", "json_tree"])
        what = self.choice.one(
            ["count(*)", "sum(length(fullkey))", "max(type)", "min(id)", "sum(key IS value)"]
        )
        where = self.condition(scope, depth - 1)
        walk: list[Part] = [f"{name}(", self.document(scope, depth), ")"]
        return expression(f"(SELECT {what} FROM ", *walk, " AS elements WHERE ", where, ")")

    def _in_elements(self, scope: Scope, depth: int) -> Sql:
        column = self.choice.one(["key", "value", "atom"])
        document = self.document(scope, depth)
        walk: list[Part] = ["json_each(", document, ", ", quoted(self.choice.one(PATHS)), ")"]
        return expression(
            "(", self.any(scope, depth), f"{self._negation()} IN (SELECT {column} FROM ", *walk, "))"
        )

    def document(self, scope: Scope, depth: int) -> Sql:
        """JSON: one that is written out, or one that is made."""
        if self.choice.chance(0.6):
            return expression(quoted(self.choice.one(DOCUMENTS)))
        if self.choice.chance(0.5):
            return expression(
                "json_object('a', ", self.member(scope, depth), ", 'b', ", self.member(scope, depth), ")"
            )
        return expression("json_array(", self.member(scope, depth), ", ", self.member(scope, depth), ")")

    def json(self) -> str:
        """What the name of a function that makes JSON, as text or a blob, begins with."""
        return self.choice.one(["json", "jsonb"])

    def member(self, scope: Scope, depth: int) -> Sql:
        """What may stand in JSON, which no blob may."""
        kind = self.choice.number(0, 4)
        if kind == 0:
            return expression("json(", quoted(self.choice.one(DOCUMENTS)), ")")
        if kind == 1:
            return expression("typeof(", self.any(scope, depth - 1), ")")
        return expression("CAST(", self.any(scope, depth - 1), f" AS {self.choice.one(['INTEGER', 'REAL'])})")

    def _function(self, scope: Scope, depth: int) -> Sql:
        name = self.choice.pick(_NAMES)
        function = self.choice.one(_BY_NAME[name])
        arguments = [self._argument(kind, scope, depth) for kind in function.arguments]
        return expression(f"{function.name}(", text(*_separated(arguments)), ")")

    def _argument(self, kind: str, scope: Scope, depth: int) -> Part:
        if kind in _WORDS:
            return expression(quoted(self.choice.one(_WORDS[kind])))
        if kind == "c":
            return self.condition(scope, depth - 1)
        if kind == "j":
            return self.document(scope, depth)
        if kind == "v":
            return self.member(scope, depth)
        if kind == "s":
            return self.literals.small()
        if kind == "p":
            return str(self.choice.one([65, 97, 233, 0x20AC, 0x1F600]))
        if kind == "q":
            return self.choice.one(["0.5", "0.01", "0.99"])
        if kind == "t" and self.choice.chance(0.4):
            return self.literals.text()
        return self.any(scope, depth - 1)


_WORDS: Final = {"d": DATES, "m": MODIFIERS, "f": DATE_FORMATS, "%": FORMATS, "/": PATHS}
_BY_NAME: Final[dict[str, list[Function]]] = {
    f"function.{one.name}": [function for function in FUNCTIONS if function.name == one.name]
    for one in FUNCTIONS
}
_NAMES: Final = list(_BY_NAME)


def _in_binary(before: str, inner: Sql, behind: str) -> Sql:
    """A call or CAST; a COLLATE within would be the whole's, too."""
    collated = "COLLATE" in str(inner).upper()
    return expression(before, inner, f"{behind} COLLATE BINARY" if collated else behind)


def _bare(column: Column) -> str:
    return column.name.rpartition(".")[2]


def _separated(parts: list[Part]) -> list[Part]:
    separated: list[Part] = []
    for part in parts:
        separated += [", ", part] if separated else [part]
    return separated
