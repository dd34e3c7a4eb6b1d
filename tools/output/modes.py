"""The output modes of the sqlite3 shell that print a row at a time, and the registry of all modes.

A mode is one class: ``begin`` receives the column names, ``rows`` batches of rows, ``end`` is called when there
are no more.  ``MODES`` says for each name which class prints it and which separators ``.mode NAME`` sets.
The layouts are those of the sqlite3 shell, byte for byte; reals are SQLite's own text of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from foundrydb.storage.format.values import Value
from foundrydb.tools import late
from foundrydb.tools.output import quoting_forms as text
from foundrydb.tools.output.stream import OutputStream
from foundrydb.tools.output.writer import OutputSettings, ResultWriter, Row


class RowWriter(ResultWriter):
    """A mode that prints row by row, after a head before the first one."""

    def __init__(self, out: OutputStream, settings: OutputSettings) -> None:
        super().__init__(out, settings)
        self.count = 0

    def rows(self, rows: Sequence[Row]) -> None:
        """Print the head where it is due, and the rows."""
        write = self.out.write
        for row in rows:
            if self.count == 0:
                write(self.head())
            write(self.row(row))
            self.count += 1

    def head(self) -> str:
        """What stands before the first row."""
        return ""

    def row(self, row: Row) -> str:
        """One row as text."""
        raise NotImplementedError

    def plain(self, value: Value) -> str:
        """The value unquoted, with the chosen text for NULL."""
        shown = text.plain(value)
        return self.settings.null if shown is None else shown


class ListWriter(RowWriter):
    """Values with a separator between them."""

    def head(self) -> str:
        """The column names, where headers are on."""
        return self._line(self.columns) if self.settings.headers else ""

    def row(self, row: Row) -> str:
        """The values."""
        return self._line([self.plain(value) for value in row])

    def _line(self, fields: list[str]) -> str:
        return self.settings.column_separator.join(fields) + self.settings.row_separator


class CsvWriter(ListWriter):
    """RFC 4180."""

    def head(self) -> str:
        """The column names as fields."""
        separator = self.settings.column_separator
        fields = [text.csv_field(name, separator) for name in self.columns]
        return self._line(fields) if self.settings.headers else ""

    def row(self, row: Row) -> str:
        """The values as fields; NULL is not quoted."""
        separator = self.settings.column_separator
        fields = []
        for value in row:
            shown = text.plain(value)
            fields.append(self.settings.null if shown is None else text.csv_field(shown, separator))
        return self._line(fields)


class TclWriter(ListWriter):
    """Every value a string literal of Tcl."""

    def head(self) -> str:
        """The column names as literals."""
        return self._line([text.c_literal(name) for name in self.columns]) if self.settings.headers else ""

    def row(self, row: Row) -> str:
        """The values as literals."""
        return self._line([text.c_literal(self.plain(value)) for value in row])


class QuoteWriter(ListWriter):
    """Values as SQL literals."""

    def head(self) -> str:
        """The column names as literals."""
        return self._line([text.quoted(name) for name in self.columns]) if self.settings.headers else ""

    def row(self, row: Row) -> str:
        """The values as literals."""
        return self._line([_sql(value) for value in row])


def _sql(value: Value) -> str:
    """A value as quote mode shows it: reals as their text, ``Inf`` too."""
    if isinstance(value, float):
        return text.plain(value) or ""
    return text.literal(value)


class HtmlWriter(RowWriter):
    """Rows of an HTML table."""

    def head(self) -> str:
        """A row of heading cells."""
        return self._cells("TH", self.columns) if self.settings.headers else ""

    def row(self, row: Row) -> str:
        """A row of cells."""
        return self._cells("TD", [self.plain(value) for value in row])

    def _cells(self, tag: str, fields: list[str]) -> str:
        cells = [f"<{tag}>{text.html_text(field)}</{tag}>\n" for field in fields]
        return "<TR>" + "".join(cells) + "</TR>\n"


class InsertWriter(RowWriter):
    """INSERT statements that make the rows again."""

    def row(self, row: Row) -> str:
        """One statement."""
        names = ""
        if self.settings.headers:
            names = "(" + ",".join(text.identifier(name) for name in self.columns) + ")"
        values = ",".join(text.one_line_literal(value) for value in row)
        return f"INSERT INTO {text.identifier(self.settings.table)}{names} VALUES({values});\n"


class JsonWriter(RowWriter):
    """An array of objects, one a line; nothing at all where there are no rows."""

    def row(self, row: Row) -> str:
        """One object, with what separates it from the one before."""
        fields = [
            f"{text.json_string(name)}:{text.json_value(value)}" for name, value in zip(self.columns, row)
        ]
        return ("[{" if self.count == 0 else ",\n{") + ",".join(fields) + "}"

    def end(self) -> None:
        """Close the array."""
        if self.count:
            self.out.write("]\n")


class LineWriter(RowWriter):
    """A line for each value, an empty line between rows."""

    def row(self, row: Row) -> str:
        """The lines of a row."""
        display_width = late.columnar.display_width
        width = max([5] + [display_width(name) for name in self.columns])
        newline = self.settings.row_separator
        lines = [
            " " * (width - display_width(name)) + f"{name} = {self.plain(value)}{newline}"
            for name, value in zip(self.columns, row)
        ]
        return (newline if self.count else "") + "".join(lines)


class CountWriter(RowWriter):
    """Only how many rows there were."""

    def rows(self, rows: Sequence[Row]) -> None:
        """Count."""
        self.count += len(rows)

    def end(self) -> None:
        """Print the count."""
        self.out.write(f"{self.count} row{'' if self.count == 1 else 's'}\n")


class OffWriter(ResultWriter):
    """Prints nothing."""

    def rows(self, rows: Sequence[Row]) -> None:
        """Ignore the rows."""


class Mode:
    """One output mode.

    Attributes:
        name: what ``.mode`` calls it.
        help: one line.
        separators: column and row separator that choosing it sets; None leaves one as it is.
        columnar: it lays out columns, and takes ``.mode``'s wrapping options.
    """

    def __init__(
        self,
        name: str,
        help: str,
        writer: type[ResultWriter] | None = None,
        separators: tuple[str | None, str | None] = (None, None),
    ) -> None:
        self.name: Final = name
        self.help: Final = help
        self.separators: Final = separators
        self.columnar: Final = writer is None
        self._writer: Final = writer

    def writer(self, out: OutputStream, settings: OutputSettings) -> ResultWriter:
        """What prints one result in this mode."""
        if self._writer is not None:
            return self._writer(out, settings)
        return late.columnar.columnar_writer(self.name, out, settings)


MODES: Final[dict[str, Mode]] = {
    mode.name: mode
    for mode in (
        Mode("ascii", "Columns/rows delimited by 0x1F and 0x1E", ListWriter, ("\x1f", "\x1e")),
        Mode("box", "Tables using unicode box-drawing characters"),
        Mode("column", "Output in columns.  (See .width)", separators=(None, "\n")),
        Mode("count", "Only the number of rows", CountWriter),
        Mode("csv", "Comma-separated values", CsvWriter, (",", "\r\n")),
        Mode("html", "HTML <table> code", HtmlWriter),
        Mode("insert", "SQL insert statements for TABLE", InsertWriter),
        Mode("json", "Results in a JSON array", JsonWriter),
        Mode("line", "One value per line", LineWriter, (None, "\n")),
        Mode("list", 'Values delimited by "|"', ListWriter, ("|", "\n")),
        Mode("markdown", "Markdown table format"),
        Mode("off", "No output of rows", OffWriter),
        Mode("qbox", 'Shorthand for "box --wrap 60 --quote"'),
        Mode("quote", "Escape answers as for SQL", QuoteWriter, (",", "\n")),
        Mode("table", "ASCII-art table"),
        Mode("tabs", "Tab-separated values", ListWriter, ("\t", None)),
        Mode("tcl", "TCL list elements", TclWriter, (" ", "\n")),
    )
}
"""Every output mode, by name."""


_SAME_AS: Final = {"qbox": "box", "tabs": "list"}


def choose_mode(settings: OutputSettings, name: str, table: str | None = None) -> None:
    """Set the mode, and what goes with it, as ``.mode`` does."""
    column, row = MODES[name].separators
    if column is not None:
        settings.column_separator = column
    if row is not None:
        settings.row_separator = row
    if name == "column" and not settings.headers_set:
        settings.headers = True
    if name == "insert":
        settings.table = table or "table"
    settings.quote = name == "qbox"
    settings.wrap = 60
    settings.word_wrap = False
    settings.mode = _SAME_AS.get(name, name)


def writer_for(out: OutputStream, settings: OutputSettings) -> ResultWriter:
    """What prints one result by the settings."""
    return MODES[settings.mode].writer(out, settings)
