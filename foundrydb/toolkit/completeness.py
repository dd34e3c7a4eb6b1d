"""Whether SQL text ends with a complete statement, told piece by piece.

A statement ends with a semicolon; inside CREATE TRIGGER only one after END does.  Semicolons in texts, quoted names
and comments do not count.  (https://sqlite.org/c3ref/complete.html)
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.syntax.scanner import pieces

_CLOSERS: Final = {"'": "'", '"': '"', "`": "`", "[": "]"}


class Completeness:
    """Follows a text as it is read; each part of it is looked at once.

    Attributes:
        state: where in a statement the text ends: ``start`` is between statements, "" before the first one.
        open: what would close the text, name or comment in which the text ends; "" outside of them.
    """

    def __init__(self) -> None:
        self.state = ""
        self.open = ""

    @property
    def complete(self) -> bool:
        """Whether the text so far ends with a complete statement, or holds none."""
        return self.state in ("", "start") and not self.open

    def feed(self, text: str) -> bool:
        """Take in more of the text; a token may not go on in the next part unless it is quoted.

        Returns:
            Whether it is complete now.
        """
        if self.open:
            end = text.find(self.open)
            if end < 0:
                return False
            text = text[end + len(self.open) :]
            self.open = ""
        for piece in pieces(text):
            if piece.kind == "comment":
                self.open = "" if _comments_closed(piece.text) else "*/"
            else:
                self.state = _after(self.state, piece.text.upper())
                if piece.kind == "illegal":
                    self.open = _closer(piece.text)
        return self.complete


def complete_statement(statement: str) -> bool:
    """Whether the text ends with a complete statement: with a semicolon that is not inside a trigger's body.

    Raises:
        ValueError: it has a NUL, or lone surrogates.
    """
    if not isinstance(statement, str):
        name = type(statement).__name__
        raise TypeError(f"complete_statement() argument 'statement' must be str, not {name}")
    statement.encode()
    if "\0" in statement:
        raise ValueError("embedded null character")
    text = Completeness()
    return text.feed(statement) and text.state == "start"


def _closer(text: str) -> str:
    """What would close a piece of text that is no token; "" when that is not what it lacks."""
    if text[:2].lower() == "x'":
        return "" if text.endswith("'") and len(text) > 2 else "'"
    return _CLOSERS.get(text[0], "")


def _comments_closed(text: str) -> bool:
    """Whether a run of comments does not end within ``/*``."""
    while text.startswith(("--", "/*")):
        line = text.startswith("--")
        end = text.find("\n" if line else "*/", 2)
        if end < 0:
            return line
        text = text[end + (1 if line else 2) :].lstrip()
    return True


def _after(state: str, word: str) -> str:
    """The state after one more token.

    Between statements it is ``start`` ("" before the first one).  CREATE TRIGGER leads to ``trigger``, which only
    ``;``, ``END`` and ``;`` end.
    """
    if state in ("trigger", "body", "end"):
        if word == ";":
            return "start" if state == "end" else "body"
        return "end" if word == "END" and state == "body" else "trigger"
    if word == ";":
        return "start"
    if state in ("", "start", "explain"):
        if word == "CREATE":
            return "create"
        if word == "EXPLAIN" and state != "explain":
            return "explain"
        special = word in ("EXPLAIN", "TEMP", "TEMPORARY", "TRIGGER", "END")
        return "explain" if state == "explain" and not special else "statement"
    if state == "create":
        if word in ("TEMP", "TEMPORARY"):
            return "create"
        return "trigger" if word == "TRIGGER" else "statement"
    return "statement"
