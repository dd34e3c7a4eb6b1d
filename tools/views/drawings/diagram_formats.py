"""A diagram as Graphviz DOT, as Mermaid, or drawn as SVG or PNG by Graphviz's program ``dot``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.errors import error
from foundrydb.tools import late

if TYPE_CHECKING:
    from graphviz import Digraph

    from foundrydb.tools.views.drawings.diagram import Box, Diagram, Strip

FORMATS: Final = ("dot", "mermaid", "svg", "png")
"""What a picture can be written as."""

_FACES: Final = "Helvetica,Arial,sans-serif"
_LINE: Final = "#7a8290"
_HEAD: Final = "#3d4450"


def written(diagram: Diagram, form: str) -> bytes:
    """A diagram in one of the formats.

    Raises:
        OperationalError: it is to be drawn, and there is no Graphviz to do that.
    """
    if form == "dot":
        return as_dot(diagram).encode("utf-8", "replace")
    if form == "mermaid":
        return as_mermaid(diagram).encode("utf-8", "replace")
    graphviz = late.graphviz
    try:
        drawn = graphviz.Source(as_dot(diagram)).pipe(format=form)
    except graphviz.ExecutableNotFound:
        raise error(
            f"the program dot of Graphviz is not there, which draws {form} (dot and mermaid need none)"
        ) from None
    except graphviz.CalledProcessError as failure:
        raise error(f"the program dot of Graphviz failed: exit code {failure.returncode}") from None
    assert isinstance(drawn, bytes)
    return drawn


# DOT ----------------------------------------------------------------------------------------------------------


def as_dot(diagram: Diagram) -> str:
    """The source for Graphviz."""
    graph = late.graphviz.Digraph(diagram.name)
    graph.attr(rankdir="LR" if diagram.across else "TB", fontname=_FACES, fontsize="12", bgcolor="white")
    graph.attr(nodesep="0.15" if diagram.across else "0.25", ranksep="0.45", ordering="out")
    if diagram.title:
        graph.attr(label=_plain(diagram.title), labelloc="t")
    if diagram.rows:
        graph.attr(pack="14", packmode=f"array_u{diagram.rows}")
    graph.attr("node", shape="plain", fontname=_FACES, fontsize="10")
    graph.attr("edge", fontname=_FACES, fontsize="9", fontcolor=_LINE, color=_LINE, arrowsize="0.6")
    for strip in diagram.strips:
        graph.node(strip.name, _strip(strip))
    for box in diagram.boxes:
        placed = {"sortv": str(box.place)} if box.place >= 0 else {}
        graph.node(box.name, _box(box), **placed)
    _edges(graph, diagram)
    return str(graph.source)


def _edges(graph: Digraph, diagram: Diagram) -> None:
    for edge in diagram.edges:
        more = {"dir": "back"} if edge.up else {}
        if edge.back:
            more |= {"constraint": "false", "color": "#b45f06"}
        graph.edge(
            edge.tail,
            edge.head,
            label=_plain(f"  {edge.label}") if edge.label else "",
            style=edge.style,
            **more,
        )


def _box(box: Box) -> str:
    """An HTML-like label: a dark head, a title, lines."""
    rows = []
    if box.head:
        rows.append(
            f'<TR><TD BGCOLOR="{_HEAD}"><FONT COLOR="white"><B>{_html(box.head)}</B></FONT></TD></TR>'
        )
    if box.title:
        rows.append(f"<TR><TD><B>{_html(box.title)}</B></TD></TR>")
    face = ('<FONT FACE="Courier">', "</FONT>") if box.code else ("", "")
    rows += [f'<TR><TD ALIGN="LEFT">{face[0]}{_html(line)}{face[1]}</TD></TR>' for line in box.lines]
    style = "" if box.code or box.head else 'STYLE="ROUNDED" '
    return (
        f'<<TABLE {style}BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" COLOR="{_LINE}" '
        f'BGCOLOR="{box.color}">{"".join(rows)}</TABLE>>'
    )


def _strip(strip: Strip) -> str:
    cells = "".join(
        f'<TD PORT="{port}" BGCOLOR="{color}">{"<BR/>".join(map(_html, text.splitlines()))}</TD>'
        for port, text, color in strip.cells
    )
    style = f'BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="5" COLOR="{_LINE}"'
    return f"<<TABLE {style}><TR>{cells}</TR></TABLE>>"


def _html(text: str) -> str:
    """Text for an HTML-like label; a cell has to have some."""
    return (
        _printable(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        or " "
    )


def _printable(text: str) -> str:
    """Text on one line, with a sign in the place of what cannot be seen."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _plain(text: str) -> str:
    """Text for a plain label."""
    return str(late.graphviz.escape(_printable(text)))


# Mermaid ------------------------------------------------------------------------------------------------------

_ARROWS: Final = {"solid": "-->", "dashed": "-.->", "dotted": "-.->", "bold": "==>"}


def as_mermaid(diagram: Diagram) -> str:
    """A flowchart, as Markdown on many sites shows it."""
    lines = [f"flowchart {'LR' if diagram.across else 'TB'}"]
    if diagram.title:
        lines = ["---", f"title: {_quoted(diagram.title)}", "---", *lines]
    colors: dict[str, list[str]] = {}
    for strip in diagram.strips:
        lines.append(f'    subgraph {_id(strip.name)} [" "]')
        for port, text, color in strip.cells:
            lines.append(f"        {_id(strip.name, port)}[{_quoted(*text.splitlines())}]")
            colors.setdefault(color, []).append(_id(strip.name, port))
        lines.append("    end")
    for box in diagram.boxes:
        head = [box.head] if box.head else []
        title = [box.title] if box.title else []
        lines.append(f"    {_id(box.name)}[{_quoted(*head, *title, *box.lines)}]")
        colors.setdefault(box.color, []).append(_id(box.name))
    for edge in diagram.edges:
        tail, head_id = _id(*edge.tail.split(":")), _id(*edge.head.split(":"))
        if edge.up:
            tail, head_id = head_id, tail
        label = f"|{_quoted(edge.label)}|" if edge.label else ""
        lines.append(f"    {tail} {_ARROWS[edge.style]}{label} {head_id}")
    for number, (color, names) in enumerate(colors.items()):
        lines.append(f"    classDef c{number} fill:{color},stroke:{_LINE},color:#222")
        lines.append(f"    class {','.join(names)} c{number}")
    return "\n".join(lines) + "\n"


def _id(*parts: str) -> str:
    """A name that means nothing in Mermaid's own language."""
    return "n_" + "_".join(parts)


def _quoted(*lines: str) -> str:
    """Lines of text in quotes, with everything replaced that Mermaid or HTML would read otherwise."""
    shown = []
    for line in lines:
        plain = "".join(
            f"#{ord(character)};"
            if character in '"#&<>`\\|[]{}()'
            else character
            if character.isprintable()
            else " "
            for character in line
        )
        shown.append(plain)
    return '"' + "<br/>".join(shown) + '"'
