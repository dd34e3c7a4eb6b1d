"""Derives statements from the grammar itself: a random alternative of each rule, as long as the budget lasts.

A budget of tokens is shared out among the symbols of an alternative, and an alternative that cannot be finished within
it is not taken: that bounds the depth.  ``WEIGHTS`` says how often alternatives are wanted.  Names are drawn by the
role that the grammar's rule gives them (``ROLES``), from what is in scope where there is a choice: FROM is derived
before what refers to it.
"""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from random import Random
from typing import Final, NamedTuple, TypeAlias, final

from differential.sql import EMPTY, Part, Sql

from foundrydb.compiler.syntax.symbols import TERMINAL_TEXTS
from foundrydb.grammar import build
from fuzz.schema import OTHERS, TABLES, TEMPORARY
from fuzz.tables import ROLES, weight
from fuzz.words import FIXED, JOINS, LITERALS, PRAGMAS, UNSAFE_PRAGMAS, Words

Source: TypeAlias = tuple[str, tuple[str, ...]]
"""What is in scope: a name, and the columns."""

_EXPRESSION_RULES: Final = (
    *("expr", "conjunctions", "logical", "equality", "first_comparison", "comparison", "first_bits", "bits"),
    *(
        "first_sum",
        "sum",
        "first_product",
        "product",
        "first_concatenation",
        "concatenation",
        "first_collated",
    ),
    *("collated", "signed", "primary", "negation", "tested"),
)
_PLAIN: Final = 9.0
"""How much likelier no operator is than some operator at one level of expressions."""

_SCOPES: Final = (
    *("select_core", "select_core_windows", "insert", "insert_default", "update", "delete", "create_index"),
    *("create_table", "create_trigger", "step_update", "step_insert", "step_delete"),
)
"""The actions whose alternative is a scope of its own."""

_FIRST: Final = ("with", "from", "target", "trigger_head", "create_table_head")
"""The symbols that decide what the rest of their alternative can refer to."""

_LISTS: Final[dict[str, str]] = {
    "expressions": "expr",
    "result_columns": "result_column",
    "name_list": "name",
    "order_terms": "order_term",
    "assignments": "assignment",
    "column_definitions": "column_definition",
    "plain_column_list": "plain_column",
    "common_tables": "common_table",
}
"""Lists with commas, and what they are of."""

_OF_SOURCES: Final = ("column", "table_column", "schema_table_column", "result_star", "result_table_star")
_OF_COLUMNS: Final = ("primary", "result_column")
_PLENTY: Final = 60
"""A budget with which every alternative can be taken."""

_CALLS: Final = ("call", "call_over", "call_ordered", "call_ordered_over")
_TEXTS: Final = dict(zip(build.terminals(), TERMINAL_TEXTS))
_NOTHING: Final[Source] = ("", ("a", "b", "c", "d"))


class Alternative(NamedTuple):
    """One alternative of a rule: the rule, its action (the rule's name where it has none), symbols and weight."""

    rule: str
    action: str
    symbols: tuple[str, ...]
    weight: float


def _grammar() -> dict[str, list[Alternative]]:
    rules: dict[str, list[Alternative]] = {}
    for rule in build.Grammar().lark_rules:
        origin = str(rule.origin.name)
        symbols = tuple(str(symbol.name) for symbol in rule.expansion)
        if "NEVER" not in symbols:
            wanted = weight(origin, str(rule.alias), symbols[0] if symbols else "")
            rules.setdefault(origin, []).append(
                Alternative(origin, str(rule.alias or origin), symbols, wanted)
            )
    for origin in _EXPRESSION_RULES[:-3]:
        _prefer_plain(rules[origin])
    return rules


def _prefer_plain(alternatives: list[Alternative]) -> None:
    """Make the alternatives with operators rare together, so that all levels are passed at times."""
    operators = sum(each.weight for each in alternatives if len(each.symbols) > 1)
    for i, each in enumerate(alternatives):
        if len(each.symbols) == 1 and each.symbols[0] not in ("tested", "negation"):
            alternatives[i] = each._replace(weight=_PLAIN * max(operators, 0.5))


def _least(rules: dict[str, list[Alternative]]) -> dict[str, int]:
    """For each symbol, how many tokens it takes at least."""
    least = {symbol: 10_000 for symbol in rules}
    changed = True
    while changed:
        changed = False
        for symbol, alternatives in rules.items():
            fewest = min(sum(least.get(part, 1) for part in each.symbols) for each in alternatives)
            if fewest < least[symbol]:
                least[symbol] = fewest
                changed = True
    return least


RULES: Final = _grammar()
LEAST: Final = _least(RULES)


@final
class Derivation:
    """Derives one statement.

    Args:
        random: what it follows from.
        named: its parameters have names or numbers.
    """

    def __init__(self, random: Random, named: bool) -> None:
        self._random = random
        self._words = Words(random, named)
        self._scopes: list[list[Source]] = []
        self._common: list[Source] = []
        self._table: Source = _NOTHING
        self._source: Source = _NOTHING
        self._new_source = ""
        self._queue: list[str] = []
        self._width = 0
        self._names_columns = False
        self._arguments = -1
        self._function_arguments = -1

    def statement(self, budget: int) -> Sql:
        """A statement of about so many tokens, without its semicolon."""
        action = "explained" if self._random.random() < 0.06 else "statement"
        symbols = ("explain", "command") if action == "explained" else ("command",)
        return _node("statement", [self._derive(symbol, budget, "") for symbol in symbols])

    def _derive(self, symbol: str, budget: int, role: str) -> Sql:
        if symbol not in RULES:
            return Sql("text", [self._terminal(symbol, role)])
        if symbol in _LISTS:
            return self._list(symbol, budget, role)
        if symbol == "optional_expressions" and self._arguments >= 0:
            return self._list("expressions", budget, role)
        alternative = self._choose(symbol, budget)
        if alternative.action == "join_words" and self._random.random() < 0.95:
            return Sql("text", [self._words.one(JOINS)])
        scopes, common = self._scopes, len(self._common)
        if alternative.action in _SCOPES:
            self._scopes = [*scopes, []]
        node = _node(symbol, self._parts(alternative, budget, role))
        self._scopes = scopes
        if symbol == "select":
            del self._common[common:]
        return node

    def _choose(self, symbol: str, budget: int) -> Alternative:
        """An alternative; of an expression's levels the first that is more than the next level."""
        while True:
            columns = symbol not in _OF_COLUMNS or any(self._scopes) or self._random.random() > 0.95
            within, weights = _within(symbol, max(min(budget, _PLENTY), LEAST[symbol]), columns)
            taken = self._random.choices(within, cum_weights=weights)[0]
            if len(taken.symbols) != 1 or taken.symbols[0] not in _EXPRESSION_RULES:
                return taken
            symbol = taken.symbols[0]

    def _parts(self, alternative: Alternative, budget: int, role: str) -> list[Sql]:
        """The symbols of an alternative, in their order, though not derived in it."""
        symbols = alternative.symbols
        parts = [EMPTY] * len(symbols)
        spare = budget - _fewest(alternative)
        order = sorted(
            range(len(symbols)), key=lambda i: (symbols[i] not in _FIRST, _before_name(symbols, i))
        )
        for place in order:
            symbol = symbols[place]
            spare = max(spare, 0)
            share = (
                self._random.randint(spare // 3 if symbol in _FIRST else 0, spare) if symbol in RULES else 0
            )
            if place == order[-1] or len(symbols) == 1:
                share = spare
            if symbol == "on_or_using":
                self._register(alternative.action)
                if not parts[0].parts and self._random.random() < 0.97:
                    continue
            mine = self._role(alternative, place, parts, role)
            wanted = self._width, self._arguments, self._names_columns
            self._expect(alternative, symbol)
            scopes = self._scopes
            self._scopes = self._seen(alternative, symbol)
            parts[place] = self._derive(symbol, LEAST.get(symbol, 1) + share, mine)
            self._scopes = scopes
            self._width, self._arguments, self._names_columns = wanted
            self._note(symbol, parts[place])
            spare -= max(0, _tokens(parts[place]) - LEAST.get(symbol, 1))
        return parts

    # names --------------------------------------------------------------------------------------------------

    def _role(self, alternative: Alternative, place: int, parts: list[Sql], role: str) -> str:
        """The role of the names in a symbol."""
        symbols, action = alternative.symbols, alternative.action
        known = place - 1 if symbols[place] == "database" and place > 0 else place
        if place + 1 < len(symbols) and symbols[place + 1] == "database" and parts[place + 1].parts:
            return "schema"
        if action.startswith("call") and place == 0:
            return "function"
        return ROLES.get((action, known), ROLES.get((alternative.rule, known), role))

    def _terminal(self, terminal: str, role: str) -> str:
        if terminal in ("ID", "STRING") and role:
            name = self._name(role)
            return "'" + name.replace("'", "''") + "'" if terminal == "STRING" else self._words.spelled(name)
        if terminal in LITERALS:
            return self._words.literal(terminal)
        return "x" if terminal == "ID" else _TEXTS[terminal]

    def _name(self, role: str) -> str:
        if role == "schema" and self._table[0] in TABLES and self._random.random() < 0.9:
            return "temp" if self._table[0] in TEMPORARY else "main"
        if role in FIXED:
            drawn = self._words.one(FIXED[role])
            if role == "new common table" and any(drawn == name for name, _ in self._common):
                drawn = self._words.one(("q3", "q4", "q5"))
            if role in ("new source", "new common table", "new table"):
                self._new_source = drawn
            return drawn
        if role in ("table", "base table"):
            return self._table_name(role)
        if role in ("pragma", "settable pragma"):
            drawn = self._words.one(PRAGMAS)
            return "user_version" if role == "settable pragma" and drawn in UNSAFE_PRAGMAS else drawn
        if role == "function":
            name, self._function_arguments = self._words.function()
            return name
        if role == "table function":
            self._table = self._words.table_function()
            self._new_source = self._table[0]
            return self._new_source
        return self._column(role)

    def _table_name(self, role: str) -> str:
        if self._common and self._random.random() < 0.4 and role == "table":
            self._table = self._words.one(self._common)
        else:
            name = self._words.table(views=role == "table" or self._random.random() < 0.05)
            self._table = (name, TABLES.get(name) or OTHERS[name])
        self._new_source = self._table[0]
        return self._table[0]

    def _column(self, role: str) -> str:
        if role == "source":
            self._source = self._visible()
            return self._source[0] or "t1"
        if role == "target column" and self._queue:
            return self._queue.pop()
        if role == "set column" and self._scopes and self._scopes[-1]:
            return self._words.one(self._scopes[-1][0][1])
        if role in ("target column", "common column"):
            columns = self._table[1]
        elif role == "column of source":
            columns = self._source[1]
        else:
            columns = self._visible()[1]
        if self._random.random() < 0.03:
            return self._words.one(("rowid", "oid", "absent", "excluded", "true"))
        return self._words.one(columns)

    def _seen(self, alternative: Alternative, symbol: str) -> list[list[Source]]:
        """The scopes that a symbol of an alternative sees."""
        if alternative.action in ("insert", "step_insert") and symbol in ("with", "select"):
            return []
        if alternative.action in ("source_select", "common_table") and symbol == "select":
            return self._scopes[:-1]
        return [] if alternative.action.startswith(("limit", "offset")) else self._scopes

    def _visible(self) -> Source:
        """Something in scope, mostly the innermost one."""
        for scope in reversed(self._scopes):
            if scope and self._random.random() < 0.88:
                return self._words.one(scope)
        return self._table

    # what hangs together ------------------------------------------------------------------------------------

    def _expect(self, alternative: Alternative, symbol: str) -> None:
        """Set how many columns or arguments are wanted of a symbol, and whether the columns get names."""
        action = alternative.action
        self._arguments = -1
        if symbol == "select" and action not in ("insert", "step_insert"):
            single = action in ("subquery", "in_select") and self._random.random() < 0.95
            self._width = 1 if single else self._random.randint(1, 3)
            self._names_columns = action in ("source_select", "common_table") and self._random.random() < 0.9
        elif symbol == "optional_expressions" and action in _CALLS and self._random.random() < 0.95:
            count = self._function_arguments
            self._arguments = count if count >= 0 else self._random.randint(0, 4)
        elif symbol == "optional_expressions" and action == "source_function":
            self._arguments = self._random.randint(0, 2)
        elif symbol == "expressions" and action == "values_row":
            self._arguments = self._width

    def _register(self, action: str) -> None:
        """Have a source of FROM be known to what follows."""
        if not self._scopes:
            return
        columns = (
            self._table[1]
            if action.startswith("source_table") or action == "source_function"
            else ("a", "b", "c")
        )
        if action != "source_parenthesized":
            self._scopes[-1].append((self._new_source or "x", columns))

    def _note(self, symbol: str, part: Sql) -> None:
        """Take note of what was derived, for what comes after it."""
        if symbol == "target":
            self._scopes[-1].append((self._new_source, self._table[1]))
            columns = list(self._table[1])
            self._random.shuffle(columns)
            self._queue = columns
            self._width = len(columns)
        elif symbol == "common_table":
            name = str(part).split()[0].strip("\"'[]`")
            self._common.append((name, ("a", "b", "c")))

    def _list(self, symbol: str, budget: int, role: str) -> Sql:
        count = self._count(symbol, budget, role)
        item = _LISTS[symbol]
        self._arguments = -1
        if role == "target column":
            self._width = max(count, 1)
        share = budget // max(count, 1)
        parts: list[Part] = []
        for place in range(count):
            if symbol == "result_columns" and self._names_columns:
                expr = self._derive("expr", max(share - 2, 1), "")
                part = Sql("text", [expr, " AS ", "abcdef"[place % 6]])
            else:
                part = self._derive(item, max(share, LEAST[item]), role)
            parts.append(part)
            self._note(item, part)
        return Sql("items", parts, " , ")

    def _count(self, symbol: str, budget: int, role: str) -> int:
        if self._arguments >= 0:
            return self._arguments
        if symbol == "result_columns" and self._width:
            return self._width
        longest = max(1, min(4, budget // 3))
        return self._random.randint(1, longest)


@cache
def _within(symbol: str, budget: int, columns: bool) -> tuple[list[Alternative], list[float]]:
    """The alternatives of a rule for which a budget is enough, and their weights, summed up.

    columns: whether those are wanted that refer to a source.
    """
    alternatives = [each for each in RULES[symbol] if _fewest(each) <= budget]
    if not columns:
        alternatives = [each for each in alternatives if each.action not in _OF_SOURCES]
    return alternatives, list(accumulate(each.weight + 1e-9 for each in alternatives))


def _before_name(symbols: tuple[str, ...], place: int) -> int:
    """Where a symbol comes in the order: ``database`` before the name that it may turn into a schema's."""
    return place * 2 - (3 if symbols[place] == "database" and place else 0)


def _fewest(alternative: Alternative) -> int:
    return sum(LEAST.get(symbol, 1) for symbol in alternative.symbols)


def _tokens(node: Sql) -> int:
    return sum(_tokens(part) if isinstance(part, Sql) else 1 for part in node.parts)


def _node(symbol: str, parts: list[Sql]) -> Sql:
    """The tree of a symbol: chains of rules with one symbol are one node."""
    kept = [part for part in parts if part.parts]
    if len(kept) == 1 and len(parts) == 1:
        return kept[0]
    if not kept:
        return EMPTY
    if symbol in _EXPRESSION_RULES:
        return Sql("expression", kept, " ")
    return Sql("optional" if LEAST.get(symbol, 1) == 0 else "text", kept, " ")
