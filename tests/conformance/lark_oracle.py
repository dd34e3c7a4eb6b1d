"""Lark's own LALR parser on the same grammar, as the oracle for the driver.

It runs Lark's tables as Lark made them, with Lark's runtime.  Only the scanner and the actions are ours.  Which word
is a keyword and which a name is decided here, before Lark sees the token, by the rule of SQLite's parser (the
tables that ship have it baked in): look the keyword up in the state, take what it says unless that is the state's
default reduction, else look up a name, else take the default; go on so until the token would be shifted.

    cd tests && python -m conformance.lark_oracle [--sample K/N]

compares the trees, spans included, and prints each tree and reads it back, over the conformance data.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import lark
from conformance import grammar_corpus
from lark.lexer import Lexer, Token

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.actions.builder import SyntaxBuilder
from foundrydb.compiler.syntax.actions.numbering import run_action
from foundrydb.compiler.syntax.parser import Parser
from foundrydb.compiler.syntax.printing.printer import to_sql
from foundrydb.compiler.syntax.scanner import Scanner
from foundrydb.compiler.syntax.symbols import T_EOF, T_SEMI, TERMINAL_VALUES
from foundrydb.compiler.trees.text import dump
from foundrydb.errors import Error
from foundrydb.grammar import build
from foundrydb.grammar.keywords import keywords

TERMINALS = build.terminals()
NAMES = set(keywords()["names"])
MAY_BE_NAME = "ID"


class Symbol:
    """A value on Lark's stack, with the text it covers (None where it covers nothing)."""

    def __init__(self, value: object, start: int | None, end: int | None) -> None:
        self.value = value
        self.start = start
        self.end = end


class OracleLexer(Lexer):
    """Our scanner's tokens for Lark, keywords turned into names where SQLite does."""

    __future_interface__ = 1
    oracle: Oracle

    def __init__(self, conf: object) -> None: ...

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:
        oracle = self.oracle
        oracle.state = parser_state
        scanner = Scanner(str(lexer_state.text.text))
        table = parser_state.parse_conf.parse_table.states
        while "$END" not in table[parser_state.position]:
            if "MODULE_ARGUMENTS" in table[parser_state.position]:
                start = int(scanner.end)
                arguments = scanner.module_arguments()
                token = Token("MODULE_ARGUMENTS", "", start, end_pos=int(scanner.end))
                oracle.arguments = arguments
                yield token
            scanner.advance()
            kind = T_SEMI if scanner.kind == T_EOF else scanner.kind
            name = oracle.settle(TERMINALS[kind], parser_state)
            yield Token(name, "", int(scanner.start), end_pos=int(scanner.end))


class Oracle:
    """Lark's parser for one statement at a time."""

    def __init__(self) -> None:
        lexer = type("BoundLexer", (OracleLexer,), {"oracle": self})
        self.lark = build.load_lark(lexer)
        self.machine = self.lark.parser.parser.parser
        self.state: Any = None
        self.arguments: list[str] = []
        self.sql = ""
        grammar = build.Grammar()
        numbers = {name: i for i, name in enumerate(grammar.actions)}
        self.actions = {rule: numbers[build.action_of(rule)] for rule in self.lark.rules}
        for rule in self.lark.rules:
            self.machine.callbacks[rule] = self._callback(rule)
        table = self.lark.parser.parser._parse_table
        self.defaults: dict[int, Any] = {}
        for state, actions in table.states.items():
            rules = [argument for action, argument in actions.values() if "Reduce" in str(action)]
            if rules:
                order = {id(rule): i for i, rule in enumerate(self.lark.rules)}
                counted = Counter(id(rule) for rule in rules)
                best = min(counted, key=lambda r: (-counted[r], order[r]))
                self.defaults[state] = next(rule for rule in rules if id(rule) == best)

    def settle(self, name: str, parser_state: Any) -> str:
        """The terminal as which Lark is given a keyword."""
        if name not in NAMES:
            return name
        table = parser_state.parse_conf.parse_table.states
        stack = list(parser_state.state_stack)
        while True:
            state = stack[-1]
            default = self.defaults.get(state)
            own = table[state].get(name)
            if own is None or own[1] is default:
                as_name = table[state].get(MAY_BE_NAME)
                if as_name is not None and as_name[1] is not default:
                    own = as_name
                    if "Shift" in str(own[0]):
                        return MAY_BE_NAME
            if own is None:
                if default is None:
                    return name
                rule = default
            elif "Shift" in str(own[0]):
                return name
            else:
                rule = own[1]
            if rule.expansion:
                del stack[-len(rule.expansion) :]
            after = table[stack[-1]].get(rule.origin.name)
            if after is None:
                return name
            stack.append(after[1])

    def _callback(self, rule: Any) -> Any:
        action = self.actions[rule]

        def reduce(children: list[Any]) -> Symbol:
            below = [self._symbol(item) for item in self.state.value_stack[-2:]]
            symbols = [self._symbol(child) for child in children]
            return self._reduced(action, below, symbols)

        return reduce

    def _symbol(self, item: Any) -> Symbol:
        if isinstance(item, Symbol):
            return item
        if item.type == "MODULE_ARGUMENTS":
            return Symbol(self.arguments, item.start_pos, item.end_pos)
        value = TERMINAL_VALUES[TERMINALS.index(item.type)] if item.type != "$END" else None
        return Symbol(value, item.start_pos, item.end_pos)

    def _reduced(self, action: int, below: list[Symbol], symbols: list[Symbol]) -> Symbol:
        builder = self.builder
        base = len(below)
        for i, symbol in enumerate([*below, *symbols]):
            builder.values[i] = symbol.value
            builder.starts[i] = self._start([*below, *symbols], i)
            builder.ends[i] = self._end([*below, *symbols], i)
        last = base + max(len(symbols), 1) - 1
        if not symbols:
            builder.values[base] = None
        value = run_action(builder, action, base, last)
        starts = [s.start for s in symbols if s.start is not None]
        ends = [s.end for s in symbols if s.end is not None]
        return Symbol(value, starts[0] if starts else None, ends[-1] if ends else None)

    def _start(self, symbols: list[Symbol], i: int) -> int:
        return next((s.start for s in symbols[i:] if s.start is not None), 0)

    def _end(self, symbols: list[Symbol], i: int) -> int:
        return next((s.end for s in reversed(symbols[: i + 1]) if s.end is not None), 0)

    def parse(self, sql: str) -> ast.Statement:
        """The tree that Lark makes of one statement.

        Raises:
            lark.exceptions.UnexpectedToken: where the text is wrong.
        """
        self.builder = SyntaxBuilder(sql, False)
        result = self.lark.parse(sql)
        assert isinstance(result, Symbol) and isinstance(result.value, ast.Statement)
        return result.value


def disagreement(oracle: Oracle, sql: str) -> str | None:
    """What differs between the driver's tree, Lark's, and the tree of the printed statement; None if nothing."""
    try:
        statement = Parser(sql).next()
    except Error as failure:
        if not failure.message.startswith("near"):
            return None
        try:
            oracle.parse(sql)
        except (lark.exceptions.UnexpectedInput, Error):
            return None
        return f"Lark accepts what we refuse: {sql}"
    if statement is None:
        return None
    theirs = oracle.parse(sql)
    if dump(theirs, spans=True) != dump(statement, spans=True):
        return f"{sql}\n  ours: {dump(statement, spans=True)}\n  Lark: {dump(theirs, spans=True)}"
    printed = to_sql(statement)
    if Parser(printed).next() != statement:
        return f"{sql}\n  printed: {printed}"
    return None


def statements(sample: tuple[int, int]) -> Iterator[str]:
    """The statements of the corpus' sampled texts, each alone."""
    seen: set[int] = set()
    for number, (_, text) in enumerate(grammar_corpus.texts()):
        if number % sample[1] != sample[0]:
            continue
        parser = Parser(text)
        while True:
            begin = parser.offset
            try:
                if parser.next() is None:
                    break
            except Error:
                break
            sql = text[begin : parser.offset]
            if hash(sql) not in seen:
                seen.add(hash(sql))
                yield sql


def main(arguments: list[str]) -> int:
    """Compare over the corpus; status 1 where something differs, 2 where there is no data."""
    parser = argparse.ArgumentParser(
        description="Compare the driver with Lark's parser, and print and read back."
    )
    parser.add_argument(
        "--sample",
        type=grammar_corpus.share,
        default=(0, 1),
        metavar="K/N",
        help="only every N-th text, from the K-th on",
    )
    options = parser.parse_args(arguments)
    if grammar_corpus.missing():
        print(grammar_corpus.missing(), file=sys.stderr)
        return 2
    oracle = Oracle()
    count = 0
    differing = 0
    for sql in statements(options.sample):
        count += 1
        difference = disagreement(oracle, sql)
        if difference:
            differing += 1
            print(difference)
    print(f"{count} statements, {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
