"""Bytecode and query plans as text: EXPLAIN's table with loops indented, and the plan as a tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from foundrydb.storage.format.values import Value
from foundrydb.tools.output.columnar import display_width, pad
from foundrydb.tools.output.quoting_forms import plain

_NEXT: Final = ("Next", "Prev", "VNext", "SorterNext")
_BACK: Final = ("Yield", "SeekLT", "SeekGT", "Rewind")
_WIDTHS: Final = (4, 13, 4, 4, 4, 13, 2, 13)

Listing = Sequence[Sequence[Value]]


def indents(rows: Listing) -> list[int]:
    """How far each instruction is indented: the bodies of loops, as the sqlite3 shell finds them.

    A loop's end jumps back: ``Next`` and its like to the loop's first instruction; ``Goto`` where that leads to an
    instruction that a loop may begin with, or where its first operand says so.
    """
    result = [0] * len(rows)
    for at, row in enumerate(rows):
        opcode, p1, target = str(row[1]), row[2], row[3]
        if not isinstance(target, int) or not 0 < target < at:
            continue
        loops = opcode in _NEXT or (opcode == "Goto" and (str(rows[target][1]) in _BACK or bool(p1)))
        if loops:
            for i in range(target, at):
                result[i] += 2
    return result


def explain_lines(columns: Sequence[str], rows: Listing) -> list[str]:
    """The rows of EXPLAIN in the layout of the sqlite3 shell's ``.explain``."""
    shown = list(columns[: len(_WIDTHS)])
    lines = [
        "  ".join(pad(name, width) for name, width in zip(shown, _WIDTHS)),
        "  ".join("-" * width for _, width in zip(shown, _WIDTHS)),
    ]
    bytecode = len(shown) == len(_WIDTHS) and shown[1] == "opcode"
    margins = indents(rows) if bytecode else [0] * len(rows)
    for row, margin in zip(rows, margins):
        cells = []
        for i, value in enumerate(row[: len(shown)]):
            cell = plain(value) or ""
            width = 0 if i == len(shown) - 1 else _WIDTHS[i]
            width = max(width, display_width(cell))
            cells.append((" " * margin if i == 1 else "") + pad(cell, width))
        lines.append("  ".join(cells))
    return lines


def aligned_lines(columns: Sequence[str], rows: Listing) -> list[str]:
    """The rows of EXPLAIN in columns as wide as their content, loops indented."""
    margins = indents(rows)
    table = [[plain(value) or "" for value in row] for row in rows]
    for cells, margin in zip(table, margins):
        cells[1] = " " * margin + cells[1]
    return table_lines(columns, table)


def table_lines(columns: Sequence[str], table: Sequence[Sequence[str]]) -> list[str]:
    """Cells in columns as wide as their content, below the columns' names."""
    widths = [
        max([display_width(name)] + [display_width(cells[i]) for cells in table])
        for i, name in enumerate(columns)
    ]
    lines = [[*columns], ["-" * width for width in widths], *table]
    return ["  ".join(pad(cell, width) for cell, width in zip(line, widths)).rstrip() for line in lines]


def query_plan_lines(rows: Listing) -> list[str]:
    """The rows of EXPLAIN QUERY PLAN as a tree, as the sqlite3 shell draws it."""
    below: dict[int, list[tuple[int, str]]] = {}
    for row in rows:
        number, parent, detail = row[0], row[1], row[3]
        assert isinstance(number, int) and isinstance(parent, int)
        below.setdefault(parent, []).append((number, str(detail)))
    lines = ["QUERY PLAN"]
    _branch(below, 0, "", lines)
    return lines if len(lines) > 1 else []


def _branch(below: dict[int, list[tuple[int, str]]], parent: int, margin: str, lines: list[str]) -> None:
    children = below.pop(parent, [])
    for i, (number, detail) in enumerate(children):
        last = i == len(children) - 1
        lines.append(margin + ("`--" if last else "|--") + detail)
        _branch(below, number, margin + ("   " if last else "|  "), lines)
