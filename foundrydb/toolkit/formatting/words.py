"""The words of a statement as a formatter sees them: tokens with the comments around them.

Every token of the text is a word, in its order, so that nothing is lost and nothing is added: a formatter decides about
blanks and line ends, and writes keywords in capitals.  Some stretches are one word as they stand, because their very
text has a meaning: a declared type, the arguments of a module, an expression that names a column.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import Node
from foundrydb.compiler.syntax.scanner import Token
from foundrydb.compiler.syntax.source import next_token
from foundrydb.compiler.syntax.trivia import Comment, ends_with_line_comment, gap


class PlacedWord:
    """A token, or a stretch of the text that stays as it is.

    Attributes:
        text: what is printed.
        start, end: its place in the text.
        index: its number among the statement's words.
        keyword: whether it is a keyword here, and no name.
        tight: no blank stands before it; hugging: none after it.
        ends_line: whether it ends with a comment that goes on to the end of its line.
        before, after: the comments that belong to it.
        new_line: whether it begins a line of the text.
        empty: whether an empty line stands before it, after the last comment.
    """

    def __init__(self, text: str, start: int, end: int, index: int, keyword: bool) -> None:
        self.text: Final = text
        self.start: Final = start
        self.end: Final = end
        self.index: Final = index
        self.keyword: Final = keyword
        self.tight = text in (")", ",", ";", ".")
        self.hugging = text in ("(", ".")
        self.ends_line = False
        self.before: list[Comment] = []
        self.after: list[Comment] = []
        self.new_line = False
        self.empty = False

    def __repr__(self) -> str:
        return f"PlacedWord({self.text!r})"


def words_of(sql: str, tokens: list[Token], nodes: list[Node]) -> list[PlacedWord]:
    """The words of a statement, with the comments between them.

    Args:
        sql: the text.
        tokens: of the statement.
        nodes: all of its tree.
    """
    names = {node.start for node in nodes if isinstance(node, ast.Name)}
    kept = _kept(sql, nodes)
    words: list[PlacedWord] = []
    end = -1
    for token in tokens:
        if token.start < end:
            continue
        end = kept.get(token.start, token.end)
        text = sql[token.start : end]
        keyword = token.start not in kept and token.start not in names and _is_bare(text)
        word = PlacedWord(text.upper() if keyword else text, token.start, end, len(words), keyword)
        word.ends_line = token.start in kept and ends_with_line_comment(text)
        words.append(word)
    for first, second in pairwise(words):
        if second.start > first.end:
            _share_comments(sql, first, second)
    return words


def _is_bare(text: str) -> bool:
    """Whether a token consists of letters, as keywords do."""
    return text.isascii() and text.replace("_", "").isalpha()


def _share_comments(sql: str, first: PlacedWord, second: PlacedWord) -> None:
    """Give the comments between two words to the one or the other."""
    between = gap(sql, first.end, second.start)
    second.new_line = between.new_line
    second.empty = between.empty
    inline = _inline(between.comments)
    for comment in between.comments:
        leading = comment.own_line or (
            (first.keyword or first.text in ("(", ",")) and comment.start in inline
        )
        if leading or second.before:
            second.before.append(comment)
        else:
            first.after.append(comment)


def _inline(found: list[Comment]) -> set[int]:
    """Where the comments begin that have the next word on their line."""
    places: set[int] = set()
    for comment in reversed(found):
        if comment.last:
            break
        places.add(comment.start)
    return places


def _kept(sql: str, nodes: list[Node]) -> dict[int, int]:
    """Where the stretches begin that stay as they are, and where each ends."""
    kept: dict[int, int] = {}
    for node in nodes:
        if isinstance(node, ast.TypeName):
            kept[node.start] = node.end
        elif isinstance(node, ast.CreateVirtualTable) and node.arguments:
            start = next_token(sql, next_token(sql, node.module.end) + 1)
            kept[start] = start + len(sql[start : node.end - 1].rstrip())
        else:
            for column in _naming(node):
                kept[column.start] = column.end
    return {start: end for start, end in kept.items() if end > start}


def _naming(node: Node) -> list[ast.ResultExpression]:
    """The expressions whose text is the name of a column that other SQL can use."""
    if not isinstance(node, ast.CreateTableAs | ast.SubquerySource | ast.CreateView | ast.CommonTable):
        return []
    if isinstance(node, ast.CreateView | ast.CommonTable) and node.columns:
        return []
    body = node.select.body
    core = body.first if isinstance(body, ast.Compound) else body
    if not isinstance(core, ast.SelectCore):
        return []
    return [
        column
        for column in core.columns
        if isinstance(column, ast.ResultExpression)
        and column.alias is None
        and not isinstance(column.expression, ast.Column)
    ]
