"""What all diagrams share: a graph with the same look, and text made safe for its labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.tools import late

if TYPE_CHECKING:
    from graphviz import Digraph


def new_graph(name: str, direction: str = "TB") -> Digraph:
    """An empty directed graph in the project's style."""
    graph = late.graphviz.Digraph(name)
    graph.attr(rankdir=direction, fontname="Helvetica", bgcolor="white", nodesep="0.25", ranksep="0.4")
    graph.attr("node", fontname="Helvetica", color="gray40")
    graph.attr("edge", fontname="Helvetica", color="gray40", arrowsize="0.7")
    return graph


def escape(text: str) -> str:
    """``text`` for a plain label: backslashes mean themselves, line ends break the line."""
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def html(text: str) -> str:
    """``text`` for an HTML-like label."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
