"""The lineage of a statement's columns: as a tree of text, as JSON, and as a picture."""

from __future__ import annotations

import json
from collections.abc import Sequence

from foundrydb.toolkit.column_lineage import ColumnLineage
from foundrydb.tools.views.drawings.diagram import PALE, Diagram


def lineage_text(columns: Sequence[ColumnLineage]) -> str:
    """Each column with what it is computed from below it."""
    lines: list[str] = []
    for column in columns:
        lines.append(column.name)
        for i, origin in enumerate(column.origins):
            last = i + 1 == len(column.origins)
            lines.append(("└─ " if last else "├─ ") + origin)
    return "".join(line + "\n" for line in lines)


def lineage_json(columns: Sequence[ColumnLineage]) -> str:
    """An array with an object for each column."""
    objects = [{"column": column.name, "origins": list(column.origins)} for column in columns]
    return json.dumps(objects, indent=2, ensure_ascii=False)


def lineage_diagram(columns: Sequence[ColumnLineage]) -> Diagram:
    """A box for each column of a table, with an edge to each column of the statement that is computed from it."""
    diagram = Diagram("lineage", across=True)
    origins = sorted({origin for column in columns for origin in column.origins})
    names = {origin: f"o{i}" for i, origin in enumerate(origins)}
    for origin in origins:
        diagram.box(names[origin], origin, color=PALE)
    for i, column in enumerate(columns):
        diagram.box(f"c{i}", column.name)
        for origin in column.origins:
            diagram.edge(names[origin], f"c{i}")
    return diagram
