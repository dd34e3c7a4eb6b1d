"""Reads a text that may be wrong to its end: every statement, and every mistake of syntax.

Where the tables have no way on, the statement's tokens are looked through for the least repair after which there is
one, in this order:

1. a name, a closing parenthesis or both are put in before the token (``SELECT a, FROM t``, ``count(* FROM t``);
2. the token is left out (``SELECT a b c FROM t``);
3. the text up to a token that stands between clauses or items is left out, and of the stack what has been begun
   since (``ORDER a LIMIT 1``): a comma, a closing parenthesis, the keyword of a clause.  A parenthesis is left only
   with the token that closes it.

Where none helps, reading goes on with the next statement: past the semicolon, which in the body of a trigger is the one
after END, or at a keyword that begins a line and can only begin a statement.  What follows a repair within three
tokens is a consequence, and is not told.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import Parser
from foundrydb.compiler.syntax.scanner import ILLEGAL, Scanner, unrecognized
from foundrydb.compiler.syntax.symbols import (
    T_ALTER,
    T_AS,
    T_ATTACH,
    T_BEGIN,
    T_COMMA,
    T_COMMIT,
    T_CREATE,
    T_DELETE,
    T_DETACH,
    T_DROP,
    T_ELSE,
    T_END,
    T_EOF,
    T_EXCEPT,
    T_EXPLAIN,
    T_FLOAT,
    T_FROM,
    T_GROUP,
    T_HAVING,
    T_ID,
    T_INDEX,
    T_INSERT,
    T_INTEGER,
    T_INTERSECT,
    T_INTO,
    T_JOIN,
    T_JOIN_KW,
    T_LIMIT,
    T_LP,
    T_ON,
    T_ORDER,
    T_PLAN,
    T_PRAGMA,
    T_QUERY,
    T_REINDEX,
    T_RELEASE,
    T_REPLACE,
    T_RETURNING,
    T_ROLLBACK,
    T_RP,
    T_SAVEPOINT,
    T_SELECT,
    T_SEMI,
    T_SET,
    T_STRING,
    T_TABLE,
    T_TEMP,
    T_THEN,
    T_TRIGGER,
    T_UNION,
    T_UNIQUE,
    T_UPDATE,
    T_VACUUM,
    T_VALUES,
    T_VIEW,
    T_VIRTUAL,
    T_WHEN,
    T_WHERE,
    T_WINDOW,
    T_WITH,
)
from foundrydb.compiler.syntax.tables import STATES, goto, lookup, rule_length, rule_nonterminal
from foundrydb.errors import Error, error

MISTAKES: Final = 20
"""How many mistakes of one statement are told."""

_CLOSE: Final = 3
"""How many tokens have to be right after a repair before a mistake counts again."""

_AHEAD: Final = 400
"""How many tokens of a statement may be left out at once."""

_BOUNDARIES: Final = frozenset(
    [T_COMMA, T_RP, T_SEMI, T_FROM, T_WHERE, T_GROUP, T_HAVING, T_ORDER, T_LIMIT, T_WINDOW, T_UNION, T_EXCEPT,
     T_INTERSECT, T_SET, T_VALUES, T_SELECT, T_RETURNING, T_ON, T_JOIN, T_JOIN_KW, T_WHEN, T_THEN, T_ELSE, T_END,
     T_INSERT, T_UPDATE, T_DELETE, T_REPLACE, T_EOF]
)  # fmt: skip
"""The tokens that stand between clauses, items or statements."""

_BEGINNINGS: Final = frozenset(
    [T_ALTER, T_ATTACH, T_BEGIN, T_COMMIT, T_CREATE, T_DELETE, T_DETACH, T_DROP, T_EXPLAIN, T_INSERT, T_PRAGMA,
     T_REINDEX, T_RELEASE, T_REPLACE, T_ROLLBACK, T_SAVEPOINT, T_SELECT, T_UPDATE, T_VACUUM, T_VALUES, T_WITH]
)  # fmt: skip
"""The keywords that a statement begins with."""

_NOT_IN_TRIGGERS: Final = _BEGINNINGS - {T_DELETE, T_INSERT, T_REPLACE, T_SELECT, T_UPDATE, T_VALUES, T_WITH}

_SECOND_WORDS: Final = {
    T_ALTER: frozenset([T_TABLE]),
    T_CREATE: frozenset([T_INDEX, T_TABLE, T_TEMP, T_TRIGGER, T_UNIQUE, T_VIEW, T_VIRTUAL]),
    T_DROP: frozenset([T_INDEX, T_TABLE, T_TRIGGER, T_VIEW]),
    T_INSERT: frozenset([T_INTO]),
    T_PRAGMA: frozenset([T_ID]),
}
"""Pairs of words that stand at the beginning of a statement, and (but for INSERT INTO) nowhere else."""

_INSERTIONS: Final = (
    (T_ID,), (T_RP,), (T_ID, T_RP), (T_RP, T_RP), (T_ID, T_RP, T_RP), (T_RP, T_RP, T_RP),
)  # fmt: skip
"""What may be put in, the least first."""

_OPERANDS: Final = frozenset([T_ID, T_STRING, T_INTEGER, T_FLOAT])
"""Before these no name is missing: they are one too many."""


@final
class Reading:
    """A statement of a text, as far as it can be read.

    Attributes:
        start, end: its place in the text, with the semicolon.
        statement: its tree; None where it could not be repaired.
        mistakes: what is wrong with its syntax, in the order of the text, each with its place.
        repaired: the tree is not what the text says: something was left out or put in.
        open: a quoted token in it has no end, so that what comes after the statement might belong to it.
    """

    def __init__(
        self,
        start: int,
        end: int,
        statement: ast.Statement | None,
        mistakes: list[Error],
        repaired: bool = False,
        open: bool = False,
    ) -> None:
        self.start: Final = start
        self.end: Final = end
        self.statement: Final = statement
        self.mistakes: Final = mistakes
        self.repaired: Final = repaired
        self.open: Final = open

    def __repr__(self) -> str:
        return f"Reading({self.start}..{self.end}, {len(self.mistakes)} mistakes)"


@final
class _Token:
    """A token of a statement that is wrong."""

    def __init__(self, kind: int, start: int, end: int) -> None:
        self.kind: Final = kind
        self.start: Final = start
        self.end: Final = end


@final
class ResumingParser:
    """Reads the statements of a text one after the other, wrong ones too.

    Args:
        sql: the text.
        offset: where to begin.
        commands: lines of the shell's own may stand between statements: dot-commands, and comments that begin with
            ``#``.  Each is read as a statement without a tree, and without a mistake.
    """

    def __init__(self, sql: str, offset: int = 0, commands: bool = False) -> None:
        self.sql: Final = sql
        self._commands: Final = commands
        self._parser: Final = Parser(sql, offset)

    def next(self) -> Reading | None:
        """The next statement, or None at the end of the text."""
        parser = self._parser
        parser.begin = -1
        try:
            statement = parser.next()
        except Error:
            return self._read_wrong()
        if statement is None:
            return None
        return Reading(statement.start, parser.offset, statement, [])

    def _read_wrong(self) -> Reading:
        parser = self._parser
        scanner = parser.scanner
        if parser.begin < 0:
            parser.begin = scanner.start
        begin = int(parser.begin)
        if self._commands and self._is_command(begin):
            return self._read_command(begin)
        wrong = _Statement(self.sql, parser, begin)
        statement = wrong.repair()
        parser.careful = False
        end = int(scanner.end) if statement is not None else wrong.end
        parser.offset = end
        scanner.go_to(end)
        return Reading(begin, end, statement, wrong.mistakes, wrong.repaired, wrong.open)

    def _is_command(self, begin: int) -> bool:
        """Whether a statement's first token begins its line as a line of the shell's does."""
        sql = self.sql
        return sql[begin : begin + 1] in (".", "#") and sql[max(begin - 1, 0) : begin] in ("", "\n", "\ufeff")

    def _read_command(self, begin: int) -> Reading:
        parser = self._parser
        end = self.sql.find("\n", begin)
        end = len(self.sql) if end < 0 else end
        parser.offset = end
        parser.scanner.go_to(end)
        return Reading(begin, end, None, [])


@final
class _Statement:
    """A statement that is wrong, while it is repaired.

    Args:
        lead: a terminal that is read before the text's, 0 for none.

    Attributes:
        tokens: all of them, with the semicolon.
        end: where the statement ends, whatever is wrong in it.
        mistakes: those found so far.
        repaired, open: as of Reading.
    """

    def __init__(self, sql: str, parser: Parser, begin: int, lead: int = 0) -> None:
        self._sql: Final = sql
        self._lead: Final = lead
        self._parser: Final = parser
        self.open = False
        self.mistakes: Final[list[Error]] = []
        self.repaired = False
        self._begin: Final = begin
        self.tokens: Final = self._tokens(begin)
        self.end: Final = self.tokens[len(self.tokens) - 1].end if self.tokens else len(sql)
        self._waiting: list[int] = []
        self._top = 0
        self._resumed = -1
        self._places: Final = {token.start: i for i, token in enumerate(self.tokens)}

    # where the statement ends -------------------------------------------------------------------------------

    def _tokens(self, begin: int) -> list[_Token]:
        """The statement's tokens; a quoted one without an end counts to the end of its line."""
        scanner = self._parser.scanner
        scanner.go_to(begin)
        tokens: list[_Token] = []
        depth = 0
        while True:
            scanner.advance()
            kind = int(scanner.kind)
            start, end = int(scanner.start), int(scanner.end)
            if kind == ILLEGAL and end == len(self._sql):
                line = self._sql.find("\n", start)
                self.open = True
                if line >= 0:
                    end = line
                    scanner.go_to(line)
            if kind == T_EOF:
                break
            if tokens and self._begins_another(tokens, kind, start):
                break
            tokens.append(_Token(kind, start, end))
            depth += 1 if kind == T_LP else -1 if kind == T_RP else 0
            if kind == T_SEMI and self._is_last(tokens, depth):
                break
        return tokens

    def _begins_another(self, tokens: list[_Token], kind: int, start: int) -> bool:
        """Whether the current token begins a line, and another statement whose predecessor has no semicolon."""
        seconds = _SECOND_WORDS.get(kind)
        after_open = self.open and tokens[-1].kind == ILLEGAL and kind in _BEGINNINGS
        if (seconds is None and not after_open) or self._sql[
            self._sql.rfind("\n", 0, start) + 1 : start
        ].strip():
            return False
        if kind == T_INSERT and tokens[0].kind in (T_WITH, T_CREATE, T_EXPLAIN):
            return False
        return seconds is None or self._following() in seconds

    def _following(self) -> int:
        """The kind of the token after the current one."""
        scanner = self._parser.scanner
        kind, start, end = scanner.kind, scanner.start, scanner.end
        scanner.advance()
        following = int(scanner.kind)
        scanner.kind, scanner.start, scanner.end = kind, start, end
        return following

    def _is_last(self, tokens: list[_Token], depth: int) -> bool:
        """Whether the semicolon that was read last ends the statement."""
        following = self._following()
        if following == T_EOF:
            return True
        if _is_trigger(tokens) and any(token.kind == T_BEGIN for token in tokens):
            before = [token.kind for token in tokens[-3:]]
            return before == [T_SEMI, T_END, T_SEMI] or following in _NOT_IN_TRIGGERS
        return depth <= 0 or following in _BEGINNINGS

    # repairs ------------------------------------------------------------------------------------------------

    def repair(self) -> ast.Statement | None:
        """Read the statement, past its mistakes; its tree, where there is a way to its end."""
        parser = self._parser
        parser.careful = True
        parser.begin = self._begin
        parser.restart(self._begin, self._lead)
        try:
            return parser.resume(0)
        except Error as mistake:
            self._tell(mistake)
        for _ in range(4 * MISTAKES):
            if parser.refused or len(self.mistakes) >= MISTAKES or not self._find_way():
                return None
            try:
                return parser.resume(self._top)
            except Error as failure:
                if self._at() - self._resumed >= _CLOSE:
                    self._tell(failure)
        return None

    def _tell(self, mistake: Error) -> None:
        """Note a mistake; about a quoted token without an end, what is quoted is the rest of its line."""
        at = self._places.get(mistake.offset, -1)
        if self.open and at >= 0 and self.tokens[at].kind == ILLEGAL:
            token = self.tokens[at]
            mistake = unrecognized(self._sql, token.start, token.end)
        self.mistakes.append(mistake)

    def _at(self) -> int:
        """The number of the token that the parser stands at; that after the last one where it is beyond."""
        return self._places.get(int(self._parser.scanner.start), len(self.tokens))

    def _find_way(self) -> bool:
        """Put the parser where it can go on; whether that can be done."""
        at = self._at()
        top = self._parser.shifted
        if self._waiting:
            self._put_in(at)
            self._top = int(top)
            return True
        self._top = int(top)
        self._resumed = at
        if at < len(self.tokens):
            token = self.tokens[at]
            self.repaired = True
            return self._without_illegal(at) or self._insertion(at, token.kind) or self._deletion(at)
        if self._parser.scanner.kind != T_EOF and self._accepts(top, [T_SEMI]):
            self._waiting = [T_SEMI]
            self._put_in(at)
            return True
        self.repaired = True
        return self._insertion(at, T_SEMI)

    def _put_in(self, at: int) -> None:
        """Have the parser read a token that is waiting, and then the one at ``at``."""
        scanner = self._parser.scanner
        place = self.tokens[at - 1].end if at > 0 else scanner.start
        scanner.kind, scanner.start, scanner.end = self._waiting[0], place, place
        self._waiting = self._waiting[1:]

    def _go_to(self, at: int) -> None:
        """Have the parser read the token at ``at``, the end of the text after the last one."""
        scanner = self._parser.scanner
        if at < len(self.tokens):
            token = self.tokens[at]
            scanner.kind, scanner.start, scanner.end = token.kind, token.start, token.end
        else:
            scanner.kind, scanner.start, scanner.end = T_SEMI, self.end, self.end

    def _kind(self, at: int) -> int:
        return self.tokens[at].kind if at < len(self.tokens) else T_SEMI

    def _without_illegal(self, at: int) -> bool:
        """Take what is no token for a name, where one may stand."""
        token = self.tokens[at]
        if token.kind != ILLEGAL or not self._accepts(self._top, [T_ID, self._kind(at + 1)]):
            return False
        scanner = self._parser.scanner
        scanner.kind, scanner.start, scanner.end = T_ID, token.end, token.end
        return True

    def _insertion(self, at: int, kind: int) -> bool:
        """Put a name or parentheses in before the token at ``at``."""
        last = at >= len(self.tokens) - 1
        if kind == ILLEGAL or (kind == T_SEMI and not last and not _is_trigger(self.tokens)):
            return False
        for inserted in _INSERTIONS:
            if T_ID in inserted and kind in _OPERANDS:
                continue
            if self._accepts(self._top, [*inserted, kind]):
                self._waiting = list(inserted) if at < len(self.tokens) else [*inserted, T_SEMI]
                self._put_in(at)
                return True
        return False

    def _deletion(self, at: int) -> bool:
        """Leave the token at ``at`` out, or all up to a boundary."""
        if self.tokens[at].kind not in _BOUNDARIES and self._accepts(self._top, [self._kind(at + 1)]):
            self._resumed = at + 1
            self._go_to(at + 1)
            return True
        depth = 0
        closed = 0
        for next_at in range(at, min(len(self.tokens), at + _AHEAD)):
            kind = self.tokens[next_at].kind
            if depth == 0 and kind in _BOUNDARIES and self._cut_back(kind, closed):
                self._resumed = next_at
                self._go_to(next_at)
                return True
            if kind == T_LP:
                depth += 1
            elif kind == T_RP and depth > 0:
                depth -= 1
            elif kind == T_RP:
                closed += 1
        return False

    def _cut_back(self, kind: int, closed: int) -> bool:
        """Find how many symbols have to go for a token to be right.

        closed: how many opening parentheses may go with them.
        """
        states = self._parser.builder.states
        top = self._top
        while top > 0:
            if self._accepts(top, [kind]):
                self._top = top
                return True
            if int(states[top]) in _AFTER_PARENTHESIS:
                closed -= 1
                if closed < 0:
                    return False
            top -= 1
        return False

    def _accepts(self, top: i64, terminals: list[int]) -> bool:
        """Whether the terminals are right one after the other, with ``top`` symbols on the stack."""
        states = self._parser.builder.states
        stack = [int(states[i]) for i in range(int(top) + 1)]
        for terminal in terminals:
            if terminal == ILLEGAL:
                return False
            target = lookup(stack[-1], T_SEMI if terminal == T_EOF else terminal)
            while target < 0:
                rule = -target - 1
                size = int(rule_length(rule))
                if size > 0:
                    del stack[-size:]
                stack.append(int(goto(stack[-1], rule_nonterminal(rule))))
                target = lookup(stack[-1], T_SEMI if terminal == T_EOF else terminal)
            if target == 0:
                return False
            stack.append(int(target) - 1)
        return True


def _is_trigger(tokens: list[_Token]) -> bool:
    """Whether a statement begins as CREATE TRIGGER does."""
    words = [token.kind for token in tokens[:6] if token.kind not in (T_EXPLAIN, T_QUERY, T_PLAN, T_TEMP)]
    return words[:2] == [T_CREATE, T_TRIGGER]


def _states_after(terminal: int) -> frozenset[int]:
    """The states that shifting a terminal leads to."""
    return frozenset([int(lookup(state, terminal)) - 1 for state in range(int(STATES))])


_AFTER_PARENTHESIS: Final = _states_after(T_LP)


def read(sql: str, commands: bool = False) -> list[Reading]:
    """The statements of a text that may be wrong, in order."""
    parser = ResumingParser(sql, 0, commands)
    readings: list[Reading] = []
    while True:
        reading = parser.next()
        if reading is None:
            return readings
        readings.append(reading)


def without_commands(sql: str) -> str:
    """A text with blanks in the place of the shell's own lines between its statements."""
    for reading in read(sql, commands=True) if "\n." in f"\n{sql}" or "\n#" in f"\n{sql}" else []:
        if reading.statement is None and not reading.mistakes:
            sql = sql[: reading.start] + " " * (reading.end - reading.start) + sql[reading.end :]
    return sql


def read_expression(sql: str) -> tuple[ast.Expression | None, list[Error]]:
    """The expression that a text begins with, None where it cannot be repaired; and what is wrong with the text."""
    parser = Parser(sql)
    wrong = _Statement(sql, parser, 0, T_SELECT)
    statement = wrong.repair()
    core = statement.body if isinstance(statement, ast.Select) else None
    column = core.columns[0] if isinstance(core, ast.SelectCore) else None
    if not isinstance(core, ast.SelectCore) or core.distinct or not isinstance(column, ast.ResultExpression):
        return None, wrong.mistakes or [_near(sql, parser.scanner, 0)]
    end = column.end if column.alias is None else _end_before(sql, parser.scanner, column.alias.start)
    scanner = parser.scanner
    scanner.go_to(end)
    scanner.advance()
    mistakes = wrong.mistakes
    if scanner.kind != T_EOF and not (mistakes and mistakes[0].offset <= scanner.start):
        mistakes = [_near(sql, scanner, end), *mistakes]
    return column.expression, mistakes


def _end_before(sql: str, scanner: Scanner, alias: int) -> int:
    """Where the last token before an alias, or before AS, ends."""
    end = previous = 0
    scanner.go_to(0)
    while True:
        scanner.advance()
        if scanner.start >= alias:
            return end
        previous = end
        end = int(scanner.end)
        if scanner.kind == T_AS:
            end = previous


def _near(sql: str, scanner: Scanner, offset: int) -> Error:
    """The syntax error at the token that begins at or after an offset."""
    scanner.go_to(offset)
    scanner.advance()
    start, end = int(scanner.start), int(scanner.end)
    return error(f'near "{sql[start:end]}": syntax error').at(start, end - start, sql)
