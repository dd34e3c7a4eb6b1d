"""Tokens and syntax trees as text and JSON, and trees as pictures."""

from __future__ import annotations

import json
from collections import deque
from textwrap import wrap
from typing import Final

from foundrydb.compiler.bind.depth import DeepRecursion
from foundrydb.compiler.syntax.ast import Node, Statement
from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.scanner import tokens
from foundrydb.compiler.trees.text import json_object
from foundrydb.tools.views.drawings.diagram import Diagram

MOST_DRAWN: Final = 400
"""So many nodes of a tree are drawn."""

LABEL_WIDTH: Final = 32


def tokens_text(sql: str) -> str:
    """A line for each token: its offsets, its kind, its text."""
    found = tokens(sql)
    width = max([len(token.kind) for token in found], default=0)
    places = [f"{token.start}..{token.end}" for token in found]
    margin = max([len(place) for place in places], default=0)
    lines = [
        f"{place:<{margin}}  {token.kind:<{width}}  {token.text}".rstrip()
        for place, token in zip(places, found)
    ]
    return "".join(line + "\n" for line in lines)


def tokens_json(sql: str) -> str:
    """A JSON array of tokens."""
    rows = [
        {"kind": token.kind, "text": token.text, "start": token.start, "end": token.end}
        for token in tokens(sql)
    ]
    return "[" + ",\n ".join(json.dumps(row, ensure_ascii=False) for row in rows) + "]\n"


def ast_text(node: Node, spans: bool = False) -> str:
    """The tree, a node or a plain field on each line."""
    lines: list[str] = []
    _node_lines(node, "", "", spans, lines)
    return "\n".join(lines) + "\n"


def _label(node: Node, spans: bool) -> str:
    """A node's class with those fields that are plain values."""
    plain = [
        f"{name}={value!r}"
        for name, value in node.fields()
        if _is_plain(value) and value not in (None, False, "", ())
    ]
    span = f" [{node.start}:{node.end}]" if spans else ""
    return " ".join([type(node).__name__ + span, *plain])


def _is_plain(value: object) -> bool:
    if isinstance(value, tuple):
        return not any(isinstance(item, (Node, tuple)) for item in value)
    return not isinstance(value, Node)


def _parts(node: Node) -> list[tuple[str, Node]]:
    """The nodes right below, each with the name of its field."""
    parts: list[tuple[str, Node]] = []
    for name, value in node.fields():
        _collect(name, value, parts)
    return parts


def _collect(name: str, value: object, parts: list[tuple[str, Node]]) -> None:
    if isinstance(value, Node):
        parts.append((name, value))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            _collect(f"{name}[{i}]", item, parts)


def _node_lines(node: Node, head: str, margin: str, spans: bool, lines: list[str]) -> None:
    """Append the lines of a tree.  Not recursive: a tree can be a thousand nodes deep."""
    waiting: list[tuple[Node, str, str]] = [(node, head, margin)]
    while waiting:
        current, head, margin = waiting.pop()
        lines.append(head + _label(current, spans))
        below = _parts(current)
        for i in range(len(below) - 1, -1, -1):
            name, child = below[i]
            last = i == len(below) - 1
            waiting.append(
                (child, f"{margin}{'└─ ' if last else '├─ '}{name}: ", margin + ("   " if last else "│  "))
            )


def ast_json(statements: list[Statement]) -> str:
    """A JSON array of trees; each node is an object with ``node``, ``start``, ``end`` and its fields."""
    room = DeepRecursion()
    room.enter()
    try:
        objects = [json_object(statement) for statement in statements]
        return json.dumps(objects, indent=2, ensure_ascii=False) + "\n"
    finally:
        room.leave()


def ast_picture(statements: list[Statement]) -> Diagram:
    """The trees as a picture of a bounded size: what is deepest is left out."""
    diagram = Diagram("ast")
    waiting: deque[tuple[Node, str, str]] = deque((statement, "", "") for statement in statements)
    number = 0
    while waiting and number < MOST_DRAWN:
        node, parent, field = waiting.popleft()
        name = f"n{number}"
        number += 1
        title, _, rest = _label(node, False).partition(" ")
        diagram.box(name, title, wrap(rest, LABEL_WIDTH)[:3])
        if parent:
            diagram.edge(parent, name, field)
        waiting.extend((child, name, part) for part, child in _parts(node))
    left_out: dict[str, int] = {}
    for node, parent, _ in waiting:
        left_out[parent] = left_out.get(parent, 0) + sum(1 for _ in walk(node))
    for parent, count in left_out.items():
        diagram.box(f"{parent}rest", f"… {count:,} more")
        if parent:
            diagram.edge(parent, f"{parent}rest", style="dashed")
    return diagram
