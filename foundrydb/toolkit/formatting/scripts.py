"""A whole text: its statements, the comments and empty lines between them, and the shell's own lines as they are."""

from __future__ import annotations

from typing import Final, NamedTuple

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import parse, parse_one
from foundrydb.compiler.syntax.scanner import Scanner, Token, tokens
from foundrydb.compiler.syntax.trivia import BLANKS, comments, ends_with_line_comment, gap
from foundrydb.errors import InternalError
from foundrydb.toolkit.formatting.statements import format_statement

WIDTH: Final = 100
"""How long a line may be before it is broken."""

_TERMINATORS: Final = ("go", "/")
"""Lines that end a statement in the shell."""


class Item(NamedTuple):
    """A statement, a comment or a line of the shell's.

    Attributes:
        text: how it is printed.
        apart: whether an empty line stands before it.
        own_line: whether it begins a line.
    """

    text: str
    apart: bool
    own_line: bool


def format_sql(sql: str, width: int = WIDTH) -> str:
    """SQL in the one style: clauses on lines, keywords in capitals, comments where they were.

    Only blanks, line ends, the case of keywords and empty statements change: names, literals and their quotes stay as
    written, and the result parses to an equal tree.  Formatting it again changes nothing.  The shell's dot-commands
    stay as they are.

    Args:
        sql: any number of statements.
        width: how long a line may be; what cannot be broken may be longer.

    Raises:
        OperationalError: a syntax error, with its place in ``offset``.
        ValueError: the width is less than 1.
    """
    if width < 1:
        raise ValueError("width must be at least 1")
    newline = "\r\n" if 0 < sql.count("\n") == sql.count("\r\n") else "\n"
    mark = "\ufeff" if sql.startswith("\ufeff") else ""
    items = _Script(sql, width, newline).items()
    lines: list[str] = []
    for item in items:
        if not item.own_line and lines:
            lines[-1] += " " + item.text
            continue
        if item.apart and lines:
            lines.append("")
        lines.append(item.text)
    return mark + "".join(line + newline for line in lines)


class _Script:
    """A text that is read from one statement to the next."""

    def __init__(self, sql: str, width: int, newline: str) -> None:
        self.sql: Final = sql
        self.width: Final = width
        self.newline: Final = newline
        self.found: Final[list[Item]] = []
        self._empty = False
        self._line_is_over = False

    def items(self) -> list[Item]:
        """All that the text holds."""
        sql = self.sql
        scanner = Scanner(sql)
        at = self._between(0)
        while at < len(sql):
            statement, end = parse_one(sql, at, scanner=scanner)
            assert statement is not None
            self._statement(statement, at, end)
            at = self._between(end)
        return self.found

    def _between(self, at: int) -> int:
        """Take in what stands before the next statement; where that begins."""
        sql = self.sql
        start = at
        while at < len(sql):
            at = _token_or_line(sql, at)
            self._comments(start, at)
            if sql[at : at + 1] == ";":
                at += 1
            elif sql[at : at + 1] in (".", "#") and sql[max(at - 1, 0) : at] in ("", "\n", "\ufeff"):
                end = sql.find("\n", at)
                end = len(sql) if end < 0 else end
                self.found.append(Item(sql[at:end].rstrip("\r"), self._empty, True))
                at = end
            else:
                break
            start = at
        return at

    def _comments(self, start: int, end: int) -> None:
        """Take in the comments of a stretch without tokens."""
        between = gap(self.sql, start, end)
        for comment in between.comments:
            own_line = comment.own_line or not self.found or self._line_is_over
            self.found.append(Item(comment.text, comment.after_empty, own_line))
            self._line_is_over = comment.ends_line
        self._empty = between.empty

    def _statement(self, statement: ast.Statement, start: int, end: int) -> None:
        """Take in a statement that begins at ``start`` and ends, with its semicolon, before ``end``."""
        sql = self.sql
        words = _tokens(sql, start, end)
        written = sql[start : words[-1].end]
        text = written
        if not _has_terminator(written):
            formatted = format_statement(sql, statement, words, self.width, self.newline)
            if not _has_terminator(formatted):
                text = formatted
        _check(statement, written, text)
        self.found.append(Item(text, self._empty, True))
        self._line_is_over = text != written and ends_with_line_comment(text)
        # What follows the last word up to ``end`` is nothing but comments, where the text ends without a semicolon.
        self._comments(words[-1].end, end)


def _token_or_line(sql: str, at: int) -> int:
    """Where the next token, or a line that is the shell's, begins."""
    while at < len(sql):
        if sql[at] in BLANKS:
            at += 1
        elif sql.startswith("--", at):
            end = sql.find("\n", at)
            at = len(sql) if end < 0 else end
        elif sql.startswith("/*", at) and at + 2 < len(sql):
            end = sql.find("*/", at + 2)
            at = len(sql) if end < 0 else end + 2
        else:
            return at
    return at


def _tokens(sql: str, start: int, end: int) -> list[Token]:
    """The tokens of a stretch, with their places in the whole text."""
    return [
        Token(token.kind, token.text, token.start + start, token.end + start)
        for token in tokens(sql[start:end])
    ]


def _has_terminator(text: str) -> bool:
    """Whether a line of the text would end a statement in the shell."""
    return any(line.strip().lower() in _TERMINATORS for line in text.split("\n"))


def _check(statement: ast.Statement, written: str, text: str) -> None:
    """Make sure that a statement means what it did.

    Raises:
        InternalError: it does not, or a comment is lost.
    """
    if text == written:
        return
    if parse(text) != [statement]:
        raise InternalError(f"formatting would change what a statement means: {written[:200]}")
    before = [comment.text for comment in comments(written)]
    if [comment.text for comment in comments(text)] != before:
        raise InternalError(f"formatting would lose a comment: {written[:200]}")
