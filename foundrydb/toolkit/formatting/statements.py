"""One statement, set on lines: its tree as pieces, these with their comments, laid out."""

from __future__ import annotations

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import Node, walk
from foundrydb.compiler.syntax.printing.lines import (
    BACK,
    BROKEN,
    CLOSE,
    EMPTY,
    FILL,
    FLUSH,
    LINE,
    LINE_BACK,
    OPEN,
    Mark,
    Printed,
    Remark,
    lay_out,
)
from foundrydb.compiler.syntax.scanner import Token
from foundrydb.compiler.syntax.trivia import Comment
from foundrydb.toolkit.formatting.pieces import Bare, Part, Parts, Pieces, Text, arranged
from foundrydb.toolkit.formatting.styles import BARE_STYLES, STYLES
from foundrydb.toolkit.formatting.words import PlacedWord, words_of


def format_statement(
    sql: str, statement: ast.Statement, tokens: list[Token], width: int, newline: str
) -> str:
    """A statement on lines, with its comments.

    Args:
        sql: the text that the statement and the tokens are of.
        tokens: of the statement; a semicolon may end them.
        width: how long a line may be.
        newline: what ends a line.
    """
    words = words_of(sql, tokens, walk(statement))
    pieces: Pieces = [statement]
    if words[-1].text == ";" and words[-1].end > statement.end:
        pieces.append(words[-1])
    return lay_out(_with_comments(_expanded(Text(words), pieces)), width, newline)


def _expanded(text: Text, pieces: Pieces) -> list[PlacedWord | Mark]:
    """Words and marks in the place of the nodes."""
    flat: list[PlacedWord | Mark] = []
    waiting: Pieces = pieces[::-1]
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, PlacedWord | Mark):
            flat.append(piece)
        elif isinstance(piece, Parts):
            waiting.extend(reversed(arranged(text, piece.parts, piece.comma)))
        else:
            waiting.extend(reversed(_pieces_of(text, piece)))
    return flat


def _pieces_of(text: Text, piece: Node | Bare) -> Pieces:
    node = piece.node if isinstance(piece, Bare) else piece
    parts: list[Part] = text.parts_of(node)
    if len(parts) == 1 and isinstance(parts[0], PlacedWord):
        return [parts[0]]
    style = BARE_STYLES.get(type(node)) if isinstance(piece, Bare) else None
    style = style or STYLES.get(type(node), arranged)
    return style(text, parts)


def _with_comments(flat: list[PlacedWord | Mark]) -> list[Printed]:
    """Words as strings, with blanks and comments between them."""
    printed: list[Printed] = []
    words = [(i, piece) for i, piece in enumerate(flat) if isinstance(piece, PlacedWord)]
    printed += _marks(flat[: words[0][0]])
    for number, (at, word) in enumerate(words):
        printed.append(Remark(word.text, False, True) if word.ends_line else word.text)
        if number + 1 == len(words):
            printed += _marks(flat[at + 1 :])
            printed += [remark for comment in word.after for remark in _remarks(comment)]
            break
        place, following = words[number + 1]
        marks = _marks(flat[at + 1 : place])
        if following.text in (",", ";") and _must_wait(word, following):
            following.after = word.after + following.before + following.after
            word.after = []
            following.before = []
        _move_lines(word, following)
        printed += _between(word, marks, following)
    return printed


def _marks(pieces: list[PlacedWord | Mark]) -> list[Mark]:
    return [piece for piece in pieces if isinstance(piece, Mark)]


def _must_wait(word: PlacedWord, comma: PlacedWord) -> bool:
    """Whether a comma is to go before the comments that stand before it: one of them ends its line."""
    return any(comment.ends_line or comment.last for comment in word.after + comma.before)


def _move_lines(word: PlacedWord, following: PlacedWord) -> None:
    """What stands after a comment that ends its line has lines of its own, before the next word."""
    for i, comment in enumerate(word.after):
        if comment.ends_line or comment.last:
            moved = word.after[i + 1 :]
            for each in moved:
                each.own_line = each.last = True
            following.before = moved + following.before
            word.after = word.after[: i + 1]
            return


def _between(word: PlacedWord, marks: list[Mark], following: PlacedWord) -> list[Printed]:
    """The marks between two words, with their comments, empty lines and a blank.

    Comments after the first word stand outside the groups that it ends, comments before the second outside those that
    it begins; before a closing parenthesis they stand within, indented.
    """
    closes = 0
    while closes < len(marks) and marks[closes] is CLOSE:
        closes += 1
    opens = len(marks)
    while opens > closes and marks[opens - 1] in (OPEN, FLUSH, BROKEN):
        opens -= 1
    middle = marks[closes:opens]
    back = next((i for i, mark in enumerate(middle) if mark is BACK or mark is LINE_BACK), len(middle))
    if not following.before:
        back = len(middle)
    apart = _may_be_apart(word, following)
    result: list[Printed] = [*marks[:closes]]
    result += [remark for comment in word.after for remark in _remarks(comment)]
    if following.before:
        empty = following.before[0].after_empty and (apart or bool(word.after))
    else:
        empty = following.empty and apart
    if empty:
        result.append(EMPTY)
    result += middle[:back]
    for i, comment in enumerate(following.before):
        result += _remarks(comment, i > 0)
    if apart and following.before and following.empty:
        result.append(EMPTY)
    result += middle[back:]
    result += marks[opens:]
    if not any(mark in (LINE, LINE_BACK, FILL) for mark in marks) and not (word.hugging or following.tight):
        result.append(" ")
    return result


def _remarks(comment: Comment, may_be_apart: bool = False) -> list[Printed]:
    """A comment for the layout."""
    remark = Remark(comment.text, comment.own_line and comment.last, comment.last)
    return [EMPTY, remark] if may_be_apart and comment.after_empty else [remark]


def _may_be_apart(word: PlacedWord, following: PlacedWord) -> bool:
    """Whether an empty line may stand between two words: not right within parentheses or after a keyword."""
    return not (word.hugging or word.keyword or following.text in (")", ",", ";"))
