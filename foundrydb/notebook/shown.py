"""What a cell shows: rows as a table, text as it is, pictures as SVG; each as plain text too, on a terminal."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from foundrydb.errors import Error, OperationalError
from foundrydb.storage.format.values import Value
from foundrydb.tools.output.modes import choose_mode, writer_for
from foundrydb.tools.output.quoting_forms import plain
from foundrydb.tools.output.stream import OutputStream
from foundrydb.tools.output.writer import OutputSettings
from foundrydb.tools.views.drawings.diagram_formats import written
from foundrydb.tools.views.excerpt import plural

if TYPE_CHECKING:
    from foundrydb.tools.views.drawings.diagram import Diagram

SHOWN: Final = 100
"""So many rows of a result are shown; it has them all."""

LONGEST: Final = 2000
"""So many characters of a value are shown."""


class ResultRows(Sequence[tuple[Value, ...]]):
    """The rows of a query.

    Attributes:
        columns: their names.
        limit: how many rows are shown.
    """

    def __init__(self, columns: list[str], rows: list[tuple[Value, ...]], limit: int = SHOWN) -> None:
        self.columns: Final = columns
        self.limit: Final = limit
        self._rows: Final = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: Any) -> Any:
        return self._rows[place]

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        return iter(self._rows)

    def column(self, name: str) -> list[Value]:
        """The values of a column.

        Raises:
            KeyError: there is none of that name.
        """
        if name not in self.columns:
            raise KeyError(name)
        place = self.columns.index(name)
        return [row[place] for row in self._rows]

    def dicts(self) -> list[dict[str, Value]]:
        """Each row as a dictionary."""
        return [dict(zip(self.columns, row)) for row in self._rows]

    def dataframe(self) -> Any:
        """A pandas data frame.

        Raises:
            OperationalError: pandas is not there.
        """
        try:
            pandas = import_module("pandas")
        except ImportError:
            raise OperationalError("pandas is not installed") from None
        return pandas.DataFrame(self._rows, columns=self.columns)

    def __repr__(self) -> str:
        stream = io.BytesIO()
        out = OutputStream(stream, "cell")
        settings = OutputSettings()
        choose_mode(settings, "box")
        settings.fit, settings.null = True, "NULL"
        writer = writer_for(out, settings)
        writer.begin(self.columns)
        writer.rows(self._rows[: self.limit])
        writer.end()
        out.flush()
        return stream.getvalue().decode("utf-8", "replace") + self._count()

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{_text(name)}</th>" for name in self.columns)
        lines = [f"<tr>{''.join(_cell(value) for value in row)}</tr>" for row in self._rows[: self.limit]]
        body = "\n".join(lines)
        return (
            f"<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n"
            f"<p>{self._count()}</p>"
        )

    def _count(self) -> str:
        whole = plural(len(self._rows), "row")
        return whole if len(self._rows) <= self.limit else f"the first {self.limit:,} of {whole}"


def _cell(value: Value) -> str:
    """A value in a table: numbers to the right, NULL told from the text of that name."""
    if value is None:
        return '<td style="color: gray; font-style: italic">NULL</td>'
    if isinstance(value, (int, float)):
        return f'<td style="text-align: right">{plain(value)}</td>'
    if isinstance(value, bytes):
        value = f"x'{value[:LONGEST].hex()}'"
    return f'<td style="text-align: left; white-space: pre-wrap">{_text(value)}</td>'


def _text(text: str) -> str:
    """Listing in HTML, not too long, nothing in it read as HTML."""
    shown = text if len(text) <= LONGEST else text[:LONGEST] + " …"
    return escape(shown.encode("utf-8", "replace").decode("utf-8"))


class Listing:
    """A listing."""

    def __init__(self, text: str) -> None:
        self.text: Final = text

    def __repr__(self) -> str:
        return self.text.rstrip("\n")

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text)}</pre>"


class Drawing:
    """A picture, and the same as a listing.

    Args:
        diagram: drawn by Graphviz; where that is not there, the listing is shown.
    """

    def __init__(self, diagram: Diagram, text: str) -> None:
        self._diagram: Final = diagram
        self.text: Final = text

    def __repr__(self) -> str:
        return self.text.rstrip("\n")

    def svg(self) -> str:
        """The picture.

        Raises:
            OperationalError: Graphviz is not there.
        """
        return written(self._diagram, "svg").decode("utf-8")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            return {"text/plain": repr(self), "image/svg+xml": self.svg()}
        except Error as problem:
            note = f"<p>{escape(problem.message)}</p>"
            return {"text/plain": repr(self), "text/html": f"<pre>{escape(self.text)}</pre>{note}"}
