"""Comments for the printer: which node each stands before or after.

A tree has no comments.  Printed with the text that it, or the tree that it was rewritten from, was made from, it has
them again: each belongs to the outermost node that begins at the next token, or that ends with the one before.  A
rewriting that leaves a node its place leaves it its comments.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import Node, walk
from foundrydb.compiler.syntax.printing.lines import Remark
from foundrydb.compiler.syntax.scanner import Scanner
from foundrydb.compiler.syntax.symbols import T_COMMA, T_EOF, T_SEMI
from foundrydb.compiler.syntax.trivia import Comment, gap


@final
class KeptComments:
    """The comments of a tree's text that are still to be printed.

    Args:
        sql: the text.
        tree: what is printed; comments right before and after it belong to it.
    """

    def __init__(self, sql: str, tree: Node) -> None:
        self.before: Final[dict[int, list[Remark]]] = {}
        self.after: Final[dict[int, list[Remark]]] = {}
        self.raw: Final[list[Node]] = []
        starts: set[int] = set()
        ends: set[int] = set()
        for node in walk(tree):
            if isinstance(node, ast.TypeName | ast.CreateVirtualTable):
                self.raw.append(node)
            if node.end > node.start:
                starts.add(node.start)
                ends.add(node.end)
        scanner = Scanner(sql)
        past = -1
        while True:
            kind = scanner.kind
            token_end = int(scanner.end)
            if kind != T_COMMA:
                past = token_end
            scanner.advance()
            start = int(scanner.start)
            if token_end > tree.end and start > tree.end and kind != T_SEMI:
                break
            if start >= tree.start:
                self._share(gap(sql, token_end, start).comments, past, start, tree, starts, ends)
            if scanner.kind == T_EOF or start > tree.end:
                break

    def _share(
        self, comments: list[Comment], past: int, start: int, tree: Node, starts: set[int], ends: set[int]
    ) -> None:
        """Give the comments between two tokens to nodes.

        Args:
            past: where the last token that is no comma ends; start: where the next one begins.
        """
        leading = False
        for comment in comments:
            if self._is_in_raw_text(comment):
                continue
            leading = leading or comment.own_line or past not in ends
            remark = Remark(comment.text, comment.own_line and comment.last, comment.last)
            if past >= tree.end:
                if not comment.own_line:
                    self.after.setdefault(tree.end, []).append(remark)
                continue
            place = start if leading else past
            if leading and start in starts:
                self.before.setdefault(place, []).append(remark)
            elif past in ends and start > tree.start:
                self.after.setdefault(past, []).append(remark)
            else:
                following = [each for each in starts if each >= start]
                self.before.setdefault(min(following) if following else tree.start, []).append(remark)

    def _is_in_raw_text(self, comment: Comment) -> bool:
        """Whether a comment is part of a text that is printed as it was: a type, an argument of a module."""
        for node in self.raw:
            if isinstance(node, ast.CreateVirtualTable):
                if comment.start > node.module.end and any([comment.text in text for text in node.arguments]):
                    return True
            elif node.start <= comment.start < node.end:
                return True
        return False

    def take_before(self, node: Node) -> list[Remark]:
        """The comments before a node, each given out once."""
        return self.before.pop(node.start, []) if node.end > node.start else []

    def take_after(self, node: Node) -> list[Remark]:
        """The comments after a node, each given out once."""
        return self.after.pop(node.end, []) if node.end > node.start else []

    def rest(self) -> list[Remark]:
        """Those whose nodes were not printed."""
        found: list[Remark] = []
        for place in sorted(set(self.before) | set(self.after)):
            found += self.before.get(place, []) + self.after.get(place, [])
        return found
