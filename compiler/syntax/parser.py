"""Runs the LALR(1) tables over the tokens of an SQL text and builds the tree.

The loop is the textbook one: look up what the state on top of the stack does with the next terminal, and shift
it or reduce a rule.  A rule of one symbol without an action only changes the state.  The trees come from the
actions (actions.py); errors carry SQLite's text and the place.
"""

from __future__ import annotations

from typing import Final, cast

from librt.strings import read_i16_le
from mypy_extensions import i64

from foundrydb.compiler.late import named
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.actions.builder import VARIABLE_LIMIT, SyntaxBuilder
from foundrydb.compiler.syntax.actions.numbering import run_action
from foundrydb.compiler.syntax.scanner import ILLEGAL, Scanner, unrecognized
from foundrydb.compiler.syntax.symbols import (
    A_NONE,
    A_PASS,
    A_SOURCE_PARENTHESIZED,
    A_SOURCE_TABLE,
    FINAL_EXPLAINED_STATE,
    FINAL_STATE,
    FIRST_CHANGE,
    FIRST_EXPRESSION,
    NAME_KEYWORDS,
    RAW_STATE,
    T_EOF,
    T_ID,
    T_MODULE_ARGUMENTS,
    T_SEMI,
    TERMINAL_TEXTS,
    TERMINAL_VALUES,
)
from foundrydb.compiler.syntax.tables import (
    DATA,
    DEFAULTS_AT,
    END_STATE,
    GOTOS_AT,
    OWNERS_AT,
    ROWS_AT,
    RULES_AT,
    START_STATE,
    TARGETS_AT,
    TERMINALS,
    goto,
    lookup,
    rule_length,
    rule_nonterminal,
)
from foundrydb.errors import Error, error

LENGTH_LIMIT: Final = 1_000_000_000
"""How long an SQL text may be (SQLITE_LIMIT_SQL_LENGTH)."""

DEPTH_LIMIT: Final = 1000
"""How high an expression may be (SQLITE_LIMIT_EXPR_DEPTH)."""


_HINT_LENGTH: Final = 100_000
"""How long the text before an error may be for a hint: it is read a second time."""


class Parser:
    """Reads the statements of an SQL text one after the other.

    An action that refuses what it is given does so when the next token is already known.  As in SQLite, that
    token comes first: where it is wrong, it is the error.

    Args:
        sql: the text.
        offset: where to begin, in characters.
        legacy: read as SQLite reads the schema of an old file (see SyntaxBuilder).
        scanner: one of this text, to be used again.

    Attributes:
        offset: where the next statement begins to be sought.
        begin: where the statement begins that is being read.
        shifted: how many symbols were on the stack at the last shift, or at the mistake that was raised.
        refused: an action raised the mistake, and not the grammar.
        careful: nothing is reduced before a token that is wrong, so that all that was read is still on the stack.
    """

    def __init__(
        self,
        sql: str,
        offset: int = 0,
        legacy: bool = False,
        scanner: Scanner | None = None,
        variables: int = VARIABLE_LIMIT,
    ) -> None:
        if len(sql) > LENGTH_LIMIT:
            raise error("string or blob too big", "SQLITE_TOOBIG")
        self.sql: Final = sql
        self.legacy: Final = legacy
        if scanner is None:
            scanner = Scanner(sql, offset)
        else:
            scanner.go_to(offset)
        self.scanner: Final = scanner
        self.offset = offset
        self.builder = SyntaxBuilder(sql, legacy, variables)
        self.begin: i64 = offset
        self.shifted: i64 = 0
        self.refused = False
        self.careful = False
        self.probing = False
        self._begun = False

    def next(self) -> ast.Statement | None:
        """The next statement, or None at the end of the text; OperationalError where the text is wrong."""
        scanner = self.scanner
        while True:
            scanner.advance()
            if scanner.kind == T_EOF:
                self.offset = len(self.sql)
                return None
            if scanner.kind != T_SEMI:
                break
        self.begin = scanner.start
        if self._begun:
            self.builder = SyntaxBuilder(self.sql, self.legacy, self.builder.variables)
        self._begun = True
        self.shifted = 0
        self.builder.states[0] = START_STATE
        return self.resume(0)

    def restart(self, offset: i64, lead: i64) -> None:
        """Stand at the first token after ``offset``, or before it at one that the text lacks, with an empty stack."""
        self.builder = SyntaxBuilder(self.sql, self.legacy, self.builder.variables)
        self.builder.states[0] = START_STATE
        self.shifted = 0
        self.scanner.go_to(offset)
        if lead == 0:
            self.scanner.advance()
        else:
            self.scanner.kind = lead

    def resume(self, top: i64) -> ast.Statement:
        """Read on from the current token to the end of the statement, with ``top`` symbols on the stack."""
        self.refused = False
        statement = self._statement(self.builder, top)
        self.offset = int(self.scanner.end)
        return statement

    def _statement(self, builder: SyntaxBuilder, top: i64) -> ast.Statement:
        """Parse from the current token to the semicolon or the end of the text.

        One long loop: every token passes through it, and a call for each shift and each reduction would cost more
        than what it does.
        """
        data = DATA
        scanner = self.scanner
        states = builder.states
        values = builder.values
        state: i64 = states[top]
        careful = self.careful
        kind = self._terminal()
        while True:
            row: i64 = i64(read_i16_le(data, ROWS_AT + 2 * state))
            cell = 2 * (row + kind)
            target: i64
            if read_i16_le(data, OWNERS_AT + cell) == row:
                target = i64(read_i16_le(data, TARGETS_AT + cell))
            else:
                target = i64(read_i16_le(data, DEFAULTS_AT + 2 * state))
            if target > 0:
                state = target - 1
                top += 1
                if top >= len(values):
                    builder.grow(scanner.start)
                    states = builder.states
                states[top] = state
                values[top] = TERMINAL_VALUES[kind]
                builder.starts[top] = scanner.start
                builder.ends[top] = scanner.end
                builder.heights[top] = 0
                if state in (FINAL_STATE, FINAL_EXPLAINED_STATE):
                    continue
                self.shifted = top
                if state == RAW_STATE:
                    top += 1
                    state = self._module_arguments(builder, top)
                scanner.advance()
                kind = scanner.kind
                if kind <= 0:
                    kind = self._terminal()
                if careful and self._reached(kind) == 0:
                    raise self._syntax_error()
                continue
            if target == 0:
                self.shifted = top
                raise self._syntax_error()
            at = RULES_AT - 6 * (target + 1)
            size: i64 = i64(read_i16_le(data, at + 2))
            action: i64 = i64(read_i16_le(data, at + 4))
            if size == 0:
                top += 1
                if top >= len(values):
                    builder.grow(scanner.start)
                    states = builder.states
                builder.starts[top] = scanner.start
                builder.ends[top] = builder.ends[top - 1]
                builder.heights[top] = 0
                values[top] = None if action == A_NONE else run_action(builder, action, top, top)
            elif size != 1 or action != A_PASS:
                base = top - size + 1
                try:
                    value = run_action(builder, action, base, top)
                    _note_height(builder, action, base, top)
                except Error as failure:
                    self.shifted = top
                    self.refused = True
                    raise (failure if self._reached(kind) > 0 else self._syntax_error()) from None
                builder.ends[base] = builder.ends[top]
                values[base] = value
                top = base
            row = i64(read_i16_le(data, GOTOS_AT + 2 * states[top - 1]))
            state = i64(read_i16_le(data, TARGETS_AT + 2 * (row + i64(read_i16_le(data, at)))))
            states[top] = state
            if state == END_STATE:
                return cast(ast.Statement, values[top])

    def _terminal(self) -> i64:
        """The current token as a terminal; the end of the text ends a statement as a semicolon does."""
        kind = self.scanner.kind
        if kind == ILLEGAL:
            raise unrecognized(self.sql, self.scanner.start, self.scanner.end)
        if kind != T_EOF:
            return kind
        if self.probing:
            raise self._incomplete()
        return T_SEMI

    def _module_arguments(self, builder: SyntaxBuilder, top: i64) -> i64:
        """Put a virtual table's arguments on the stack as one symbol; the state after them."""
        scanner = self.scanner
        builder.starts[top] = scanner.end
        builder.values[top] = scanner.module_arguments()
        builder.ends[top] = scanner.end
        if scanner.kind == T_EOF:
            raise self._incomplete()
        state = lookup(RAW_STATE, T_MODULE_ARGUMENTS) - 1
        builder.states[top] = state
        return state

    def _incomplete(self) -> Error:
        return error("incomplete input").at(len(self.sql), 0, self.sql)

    def _syntax_error(self) -> Error:
        """The error at the current token, with what could have stood there."""
        scanner = self.scanner
        if scanner.kind == T_EOF:
            failure = self._incomplete()
        else:
            text = self.sql[scanner.start : scanner.end]
            failure = error(f'near "{text}": syntax error').at(scanner.start, len(text), self.sql)
        if scanner.start - self.begin > _HINT_LENGTH:
            return failure
        terminals = Parser(self.sql[self.begin : scanner.start]).acceptable()
        word = self.sql[scanner.start : scanner.end]
        near: str | None = named("did_you_mean")(
            word, [TERMINAL_TEXTS[t] for t in terminals if TERMINAL_TEXTS[t].isupper()]
        )
        failure.hint = near or named("expected_hint")(terminals)
        return failure

    def acceptable(self) -> list[int]:
        """The terminals that could follow the text, of which a statement has begun (or none has).

        Keywords that would be names are left out where a name could follow; the list is empty where the text
        itself is wrong.
        """
        self.probing = True
        try:
            while self.next() is not None:
                pass
            self.builder.states[0] = START_STATE
            self.shifted = 0
        except Error as failure:
            if failure.message != "incomplete input":
                return []
        as_name = self._reached(T_ID)
        result: list[int] = []
        for terminal in range(1, TERMINALS):
            reached = self._reached(terminal)
            if reached > 0 and (reached != as_name or terminal == T_ID or terminal not in NAME_KEYWORDS):
                result.append(terminal)
        return result

    def _reached(self, terminal: i64) -> i64:
        """The state + 1 that the stack comes to by shifting ``terminal``, reducing first; 0 when it cannot."""
        depth = self.shifted
        states = self.builder.states
        above: list[int] = []
        while True:
            state = i64(above[len(above) - 1]) if above else states[depth]
            target = lookup(state, terminal)
            if target >= 0:
                return target
            rule = -target - 1
            size = rule_length(rule)
            while size > 0 and above:
                above.pop()
                size -= 1
            depth -= size
            state = i64(above[len(above) - 1]) if above else states[depth]
            above.append(int(goto(state, rule_nonterminal(rule))))


def _note_height(builder: SyntaxBuilder, action: i64, base: i64, top: i64) -> None:
    """Note how high the expressions of a rule are, and refuse those that are too high."""
    heights = builder.heights
    height = heights[base]
    i = base + 1
    while i <= top:
        if heights[i] > height:
            height = heights[i]
        i += 1
    if action >= FIRST_EXPRESSION:
        if action < FIRST_CHANGE:
            height += 1
            if height > DEPTH_LIMIT:
                message = f"Expression tree is too large (maximum depth {DEPTH_LIMIT})"
                raise error(message).at(builder.starts[base], 0, builder.sql)
    elif action >= A_SOURCE_TABLE and action <= A_SOURCE_PARENTHESIZED:
        height = 0
    heights[base] = height


def parse(sql: str, legacy: bool = False) -> list[ast.Statement]:
    """The statements of an SQL text.

    Args:
        sql: any number of statements, with semicolons between them.
        legacy: ignore what SQLite ignores in the schema of an old file.

    Raises:
        OperationalError: with SQLite's message, the place (``offset``, ``length``) and a ``hint``.
    """
    parser = Parser(sql, 0, legacy)
    statements: list[ast.Statement] = []
    while True:
        statement = parser.next()
        if statement is None:
            return statements
        statements.append(statement)


def parse_one(
    sql: str,
    offset: int = 0,
    legacy: bool = False,
    scanner: Scanner | None = None,
    variables: int = VARIABLE_LIMIT,
) -> tuple[ast.Statement | None, int]:
    """The statement that begins at or after ``offset``, and the offset past it and its semicolon.

    None where the text holds no more statements.  Offsets in the statement's nodes count from the beginning of
    ``sql``.  Who reads a long text statement by statement keeps a scanner of it, so that the text is looked through
    once and not for each statement.  ``variables``: the highest number that a parameter may have.
    """
    parser = Parser(sql, offset, legacy, scanner, variables)
    statement = parser.next()
    return statement, parser.offset


def expected(sql_prefix: str) -> set[str]:
    """What could follow a beginning of SQL: keywords, symbols, and "a name", "a string", "an integer" and so on.

    An unfinished last word counts as finished; cut it off before asking what could stand in its place.
    """
    return {TERMINAL_TEXTS[terminal] for terminal in Parser(sql_prefix).acceptable()}
