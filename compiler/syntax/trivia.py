"""The comments of a text, each with its place, and what lies between two tokens.

The tree knows nothing of comments: they stand between its tokens, and whoever keeps them, a formatter say, asks here.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.syntax.scanner import Scanner
from foundrydb.compiler.syntax.symbols import T_EOF

BLANKS: Final = " \t\n\f\r\ufeff"
"""What may stand between tokens without a meaning."""


@final
class Comment:
    """A comment where it stands.

    Attributes:
        text: as written, without the line end and blanks before it.
        start, end: its place in the SQL text.
        own_line: whether nothing but comments stands before it on its line.
        last: whether nothing stands after it on its line.
        after_empty: whether an empty line stands before it.
    """

    def __init__(self, text: str, start: int, own_line: bool, after_empty: bool) -> None:
        self.text: Final = text
        self.start: Final = start
        self.end: Final = start + len(text)
        self.own_line = own_line
        self.after_empty: Final = after_empty
        self.last = True

    @property
    def ends_line(self) -> bool:
        """Whether it goes on to the end of its line by itself."""
        return self.text.startswith("--")

    def __repr__(self) -> str:
        return f"Comment({self.text!r}, {self.start})"


@final
class Gap:
    """What lies between two tokens, or before the first or after the last.

    Attributes:
        comments: in the order of the text.
        new_line: whether the second token stands on another line than the first.
        empty: whether an empty line stands before the second token and after the last comment.
    """

    def __init__(self, comments: list[Comment], new_line: bool, empty: bool) -> None:
        self.comments: Final = comments
        self.new_line: Final = new_line
        self.empty: Final = empty


def gap(sql: str, start: int, end: int) -> Gap:
    """What lies between ``start`` and ``end``, where no token is.

    The beginning of the text counts as the beginning of a line.
    """
    found: list[Comment] = []
    at = start
    lines = 0
    new_line = start == 0
    while at < end:
        character = sql[at]
        if character in BLANKS:
            if character == "\n":
                lines += 1
                new_line = True
            at += 1
            continue
        text = _comment_at(sql, at, end)
        found.append(Comment(text, at, new_line and (lines > 0 or not found), lines > 1))
        if len(found) > 1 and lines == 0:
            found[-2].last = False
        at += len(text)
        lines = 0
    if lines == 0 and end < len(sql) and found:
        found[-1].last = False
    return Gap(found, new_line, lines > 1)


def _comment_at(sql: str, at: int, end: int) -> str:
    """The comment that begins at ``at``."""
    if sql.startswith("--", at):
        past = sql.find("\n", at, end)
        return sql[at : end if past < 0 else past].rstrip(BLANKS)
    past = sql.find("*/", at + 2, end)
    return sql[at:end].rstrip(BLANKS) if past < 0 else sql[at : past + 2]


def comments(sql: str) -> list[Comment]:
    """All comments of a text, whether or not it is SQL."""
    found: list[Comment] = []
    scanner = Scanner(sql)
    while True:
        before = scanner.end
        scanner.advance()
        if scanner.start - before > 1:
            found += gap(sql, int(before), int(scanner.start)).comments
        if scanner.kind == T_EOF:
            return found


def ends_with_line_comment(sql: str) -> bool:
    """Whether a comment in the text's last line goes on to its end."""
    found = comments(sql) if "--" in sql[sql.rfind("\n") + 1 :] else []
    return bool(found) and found[-1].ends_line and found[-1].end == len(sql)
