"""Random window functions, and the windows that a query gives names.

Their values are determined: where the order of peers shows (``row_number``, ROWS, lists), ORDER BY ends with the texts
of all columns, so that only rows that are alike in everything are peers.  Sums are exact in any order, but those of
``_steep_sum``, whose rows have one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, final

from differential.model import Column, Scope
from differential.sql import EMPTY, Part, Sql, expression, items, optional, text

if TYPE_CHECKING:
    from differential.generator import Generator

_OF_PEERS: Final = ["window.rank", "window.dense_rank", "window.percent_rank", "window.cume_dist"]
_OF_ROWS: Final = ["window.row_number", "window.ntile", "window.lag", "window.lead"]
_OF_FRAMES: Final = ["window.first_value", "window.last_value", "window.nth_value"]
_LISTS: Final = ["window.group_concat", "window.json_group_array", "window.json_group_object"]
_SETS: Final = [
    *("window.count", "window.sum", "window.total", "window.avg", "window.min", "window.max"),
]
_FUNCTIONS: Final = [*_OF_PEERS, *_OF_ROWS, *_OF_FRAMES, *_LISTS, *_SETS]
_AGGREGATES: Final = {*_LISTS, *_SETS}
_ORDERED: Final = {*_OF_ROWS, *_OF_FRAMES, *_LISTS}
"""What tells which of several peers comes first."""

_FRAMES: Final = ["window.no_frame", "window.rows", "window.range", "window.range_by", "window.groups"]
_STARTS: Final = ["UNBOUNDED PRECEDING", "{} PRECEDING", "CURRENT ROW", "{} FOLLOWING"]
_ENDS: Final = ["{} PRECEDING", "CURRENT ROW", "{} FOLLOWING", "UNBOUNDED FOLLOWING"]
_STEEP: Final = ["9223372036854775807", "-9223372036854775807", "1e300", "1e18", "0.5", "0.001"]
"""What is lost where one is added to another."""

_FAR: Final = ["9007199254740993", "4611686018427387905", "9223372036854774000", "-9223372036854774000"]
"""Numbers beside which no real tells neighbours apart."""

_FRACTIONS: Final = ["0.5", "1.5", "2", "511.5", "1024.0"]
_EXCLUSIONS: Final = ["NO OTHERS", "CURRENT ROW", "GROUP", "TIES"]


@final
class Frame(NamedTuple):
    """A frame: its text; whether the order of peers shows in it; whether it goes by the numbers of one term."""

    sql: Sql
    ordered: bool
    numbers: bool


@final
class Called(NamedTuple):
    """A call of a window function, and whether its equal values are identical."""

    sql: Sql
    stable: bool


@final
class Windows:
    """Writes the window functions of one query.

    Attributes:
        scope: what the functions and the windows read.
        risky: a frame may be one that cannot be, which is told when there are rows.
    """

    def __init__(self, generator: Generator, scope: Scope, risky: bool = False) -> None:
        self.generator: Final = generator
        self.choice: Final = generator.choice
        self.scope: Final = scope
        self.risky: Final = risky
        self._named: list[Sql] = []

    def clause(self) -> Sql:
        """``WINDOW …``, where a window has got a name."""
        return text(" WINDOW ", text(*_commas(self._named))) if self._named else EMPTY

    def call(self, named: bool = True) -> Called:
        """A call of a window function, within something else now and then.

        named: its window may get a name.
        """
        if self.choice.maybe("window.steep", 0.05) and self.scope.columns:
            return Called(self._steep_sum(), True)
        if self.choice.maybe("window.far", 0.05):
            return Called(self._far_distance(), True)
        kind = self.choice.pick(_FUNCTIONS)
        function = self._function(kind)
        frame = self._frame()
        parts: list[Part] = [function.sql]
        if kind in _AGGREGATES and self.choice.maybe("window.filter", 0.15):
            condition = self.generator.expressions.condition(self.scope, 1)
            parts.append(optional(" FILTER (WHERE ", condition, ")"))
        ordered = kind in _ORDERED or frame.ordered
        parts += [" OVER ", self._window(frame, ordered, named)]
        call = expression(*parts)
        if self.choice.chance(0.8):
            return Called(call, function.stable)
        rest = self.generator.expressions.any(self.scope, 1)
        around = self.choice.one(["coalesce(", "max("])
        return Called(expression(around, call, ", ", rest, ")"), False)

    def _steep_sum(self) -> Sql:
        """A sum whose rounding, or overflow, shows when rows come into a frame and leave it.

        No frame's own sum overflows: it has one row, or avg() goes on with reals.
        """
        first = self.choice.number(0, 3)
        if self.choice.chance(0.5):
            function, mode, last = self.choice.one(["sum", "avg"]), "ROWS", first
        else:
            function, mode, last = (
                "avg",
                self.choice.one(["ROWS", "GROUPS"]),
                first + self.choice.number(0, 2),
            )
        side = self.choice.one(["FOLLOWING", "FOLLOWING", "PRECEDING"])
        if side == "PRECEDING":
            first, last = last, first
        number = expression("abs(CAST(", self.generator.expressions.any(self.scope, 1), " AS INTEGER) % 6)")
        cases = " ".join(f"WHEN {n} THEN {value}" for n, value in enumerate(_STEEP))
        order = text(" ORDER BY ", *_commas([text(each, self._direction()) for each in self._texts()]))
        frame = f" {mode} BETWEEN {first} {side} AND {last} {side}"
        window = _in_parentheses(
            [piece for piece in (self._partition(), order) if piece is not EMPTY] + [frame]
        )
        return expression(f"{function}(CASE ", number, f" {cases} END) OVER ", window)

    def _far_distance(self) -> Sql:
        """How many rows a real distance from an integer reaches which no real is equal to."""
        near = expression("CAST(", self.generator.expressions.any(self.scope, 1), " AS INTEGER) % 997")
        order = text(f" ORDER BY {self.choice.one(_FAR)} + ", near, self._direction())
        start = self.choice.number(0, 3)
        end = self.choice.number(max(start, 1), 3)
        first, last = (bound.format(self.choice.one(_FRACTIONS)) for bound in (_STARTS[start], _ENDS[end]))
        frame = f" RANGE BETWEEN {first} AND {last}"
        return expression("count(*) OVER ", _in_parentheses([self._partition(), order, frame]))

    # -- functions

    def _function(self, kind: str) -> Called:
        name = kind.removeprefix("window.")
        expressions = self.generator.expressions
        if kind in _OF_PEERS or name == "row_number":
            return Called(text(f"{name}()"), True)
        if name == "ntile":
            return Called(text(f"ntile({self.choice.number(1, 4)})"), True)
        if kind in _LISTS:
            return self._list(name)
        if kind == "window.count":
            argument = self.choice.one([text("*"), text(), expressions.any(self.scope, 1)])
            return Called(text("count(", argument, ")"), True)
        if kind in _SETS and name not in ("min", "max"):
            return Called(text(f"{name}(", expressions.tame(self.scope), ")"), True)
        if name in ("min", "max"):
            return Called(text(f"{name}(", expressions.stable(self.scope), ")"), True)
        return self._value(name)

    def _value(self, name: str) -> Called:
        """A function that answers with the value of some row."""
        expressions = self.generator.expressions
        stable = self.choice.chance(0.5)
        argument = expressions.stable(self.scope) if stable else expressions.any(self.scope, 1)
        parts: list[Part] = [f"{name}(", argument]
        if name == "nth_value":
            parts.append(f", {self.choice.number(1, 3)}")
        elif name in ("lag", "lead") and self.choice.chance(0.6):
            parts.append(f", {self.choice.one(['0', '1', '2', '3', '-1', 'NULL', '1 + 1'])}")
            if self.choice.chance(0.5):
                parts += [", ", expressions.any(self.scope, 1)]
                stable = False
        return Called(text(*parts, ")"), stable)

    def _list(self, name: str) -> Called:
        expressions = self.generator.expressions
        if name == "group_concat":
            separator = text(self.choice.one(["", ", '-'", ", ''"]))
            if self.choice.chance(0.2):
                separator = text(", quote(", expressions.any(self.scope, 1), ")")
            return Called(text("group_concat(", expressions.any(self.scope, 1), separator, ")"), True)
        member = expressions.member(self.scope, 1)
        if name == "json_group_array":
            return Called(text(f"{expressions.json()}_group_array(", member, ")"), True)
        label = text("quote(", expressions.any(self.scope, 1), ")")
        return Called(text("json_group_object(", label, ", ", member, ")"), True)

    # -- frames

    def _frame(self) -> Frame:
        kind = self.choice.pick(_FRAMES)
        if kind == "window.no_frame":
            return Frame(EMPTY, False, False)
        word = {"window.rows": "ROWS", "window.groups": "GROUPS"}.get(kind, "RANGE")
        by_numbers = kind == "window.range_by"
        bounded = kind in ("window.rows", "window.groups", "window.range_by")
        first, last = self._bounds(bounded)
        if self.choice.chance(0.25) and "FOLLOWING" not in first:
            between = first
        else:
            between = f"BETWEEN {first} AND {last}"
        exclusion = EMPTY
        if self.choice.maybe("window.exclude", 0.3):
            exclusion = optional(f" EXCLUDE {self.choice.one(_EXCLUSIONS)}")
        return Frame(text(f" {word} {between}", exclusion), word == "ROWS", by_numbers)

    def _bounds(self, bounded: bool) -> tuple[str, str]:
        """The two ends; the second is no earlier than the first, but where that may be told."""
        if not bounded:
            return self.choice.one([_STARTS[0], _STARTS[2]]), self.choice.one([_ENDS[1], _ENDS[3]])
        start = self.choice.number(0, 3)
        earliest = 0 if self.risky and self.choice.chance(0.05) else max(start - 1, 0)
        end = self.choice.number(earliest, 3)
        return _STARTS[start].format(self._distance()), _ENDS[end].format(self._distance())

    def _distance(self) -> str:
        if self.risky and self.choice.maybe("window.misuse", 0.04):
            return self.choice.one(["-1", "1.5", "'a'", "NULL", "(SELECT 7)"])
        return self.choice.one(["0", "1", "1", "2", "3", "1 + 1", "'1'", "2.0", "10"])

    # -- windows

    def _window(self, frame: Frame, ordered: bool, named: bool) -> Sql:
        """``OVER`` what: a window, one with a name, or one that goes on from one with a name."""
        partition = self._partition()
        order = self._order(frame, ordered)
        name = self.generator.schema.fresh("w")
        pieces = [piece for piece in (partition, order) if piece is not EMPTY]
        if not named or not self.choice.maybe("window.named", 0.3):
            return _in_parentheses([*pieces, frame.sql])
        if not self.choice.maybe("window.inherited", 0.5):
            self._named.append(text(f"{name} AS ", _in_parentheses([*pieces, frame.sql])))
            return text(name)
        if partition is not EMPTY and order is not EMPTY and self.choice.chance(0.4):
            between = self.generator.schema.fresh("w")
            self._named.append(text(f"{name} AS ", _in_parentheses([partition])))
            self._named.append(text(f"{between} AS ", _in_parentheses([f" {name}", order])))
            return _in_parentheses([f" {between}", frame.sql])
        if self.choice.chance(0.5):
            self._named.append(text(f"{name} AS ", _in_parentheses(pieces)))
            return _in_parentheses([f" {name}", frame.sql])
        self._named.append(text(f"{name} AS ", _in_parentheses([partition])))
        return _in_parentheses([f" {name}", order, frame.sql])

    def _partition(self) -> Sql:
        if not self.choice.maybe("window.partition", 0.5):
            return EMPTY
        return optional(" PARTITION BY ", items([self._key() for _ in range(self.choice.number(1, 2))]))

    def _key(self) -> Sql:
        if self.choice.chance(0.5) and self.scope.columns:
            return expression(self.choice.one(self.scope.columns).name)
        return self.generator.expressions.stable(self.scope)

    def _order(self, frame: Frame, ordered: bool) -> Sql:
        if frame.numbers:
            return text(" ORDER BY ", self._number(ordered), self._direction())
        terms: list[Sql] = []
        if self.choice.maybe("window.order", 0.8):
            terms = [text(self._key(), self._direction()) for _ in range(self.choice.number(1, 2))]
        if ordered:
            total = [text(each, self._direction()) for each in self._texts()]
            return text(" ORDER BY ", *_commas([*terms, *total])) if terms or total else EMPTY
        needed = "GROUPS" in str(frame.sql)
        if not terms and needed:
            terms = [self._key()]
        return text(" ORDER BY ", text(*_commas(terms))) if terms else EMPTY

    def _number(self, ordered: bool) -> Sql:
        """The term that RANGE measures; what is to tell all rows apart is one text, and no number."""
        texts = self._texts()
        if ordered and texts:
            return text(*_between(texts, " || ',' || "))
        numbers = [column.name for column in self.scope.columns if column.affinity in ("INTEGER", "REAL")]
        if numbers and self.choice.chance(0.5):
            return expression(self.choice.one(numbers))
        return self.generator.expressions.tame(self.scope)

    def _texts(self) -> list[Sql]:
        """The texts of all columns, by which only rows that are alike are peers."""
        names = dict.fromkeys(column.name for column in self.scope.columns)
        return [text(f"quote({name})") for name in names]

    def _direction(self) -> str:
        direction = self.choice.one(["", "", "", " ASC", " DESC"])
        nulls = self.choice.one([" NULLS FIRST", " NULLS LAST"]) if self.choice.chance(0.15) else ""
        return direction + nulls


def grouped(keys: list[Sql], aggregates: list[Sql]) -> Scope:
    """What a window of a grouped query can read."""
    return Scope([Column(f"({one})", "", True) for one in [*keys, *aggregates]])


def _in_parentheses(parts: Sequence[Part]) -> Sql:
    return text("(", *parts, ")")


def _commas(parts: list[Sql]) -> list[Part]:
    return _between(parts, ", ")


def _between(parts: list[Sql], word: str) -> list[Part]:
    separated: list[Part] = []
    for part in parts:
        separated += [word, part] if separated else [part]
    return separated
