"""Edits of the texts in sqlite_schema: names are replaced where they stand, and all else stays as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.load import load_row
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Trigger, View
from foundrydb.compiler.schema.schema import Schema
from foundrydb.vm.transactions.attached import Attached, AttachedDatabases

if TYPE_CHECKING:
    from foundrydb.compiler.bind.statements import TextChange
    from foundrydb.compiler.syntax import ast


@final
class Edits:
    """Names to replace in a text.

    quoted: the new name is written in double quotes everywhere; otherwise only where the old one was quoted.
    """

    def __init__(self, text: str, new_name: str, quoted: bool) -> None:
        self.text: Final = text
        self.new_name: Final = new_name
        self.quoted: Final = quoted
        self.names: Final[dict[int, ast.Name]] = {}
        self.strings: Final[dict[int, ast.Name]] = {}

    def add(self, name: ast.Name) -> None:
        """Note a name that is to be replaced."""
        self.names[name.start] = name

    def add_string(self, name: ast.Name) -> None:
        """Note a string in double quotes that is to have single ones."""
        self.strings[name.start] = name

    def is_change(self) -> bool:
        """Whether there is anything to replace."""
        return bool(self.names or self.strings)

    def apply(self) -> str:
        """The text with the new name."""
        out = self.text
        for start in sorted([*self.names, *self.strings], reverse=True):
            name = self.names.get(start)
            if name is not None:
                quote = '"' if self.quoted or name.quote else ""
                new = _quoted(self.new_name, quote)
            else:
                name = self.strings[start]
                quote = "'"
                new = _quoted(name.text, quote)
            if quote and out[name.end : name.end + 1] == quote:
                new += " "
            out = out[:start] + new + out[name.end :]
        return out


def _quoted(text: str, quote: str) -> str:
    return quote + text.replace(quote, quote * 2) + quote if quote else text


def changed_catalog(catalog: Catalog, changes: list[TextChange]) -> Catalog:
    """The catalog as the changes make it."""
    out = Catalog(
        AttachedDatabases(
            [
                Attached(
                    schema.number,
                    schema.name,
                    None,
                    _changed(schema, [change for change in changes if change.schema == schema.name]),
                )
                for schema in catalog.schemas
            ]
        )
    )
    out.estimator = catalog.estimator
    return out


def _changed(schema: Schema, changes: list[TextChange]) -> Schema:
    if not changes:
        return schema
    texts = {(change.kind, fold(change.name)): change.sql for change in changes}
    out = Schema(schema.name, schema.number)
    out.encoding = schema.encoding
    out.format = schema.format
    for key, table in schema.tables.items():
        load_row(out, table.name, table.root_page, texts.get(("table", key), table.sql))
    for key, index in schema.indexes.items():
        if index.sql is not None:
            load_row(out, index.name, index.root_page, texts.get(("index", key), index.sql))
    for entry in schema.dependents:
        kind = "view" if isinstance(entry, View) else "trigger"
        load_row(out, entry.name, 0, texts.get((kind, fold(entry.name)), entry.sql))
        made = out.trigger(entry.name)
        if isinstance(entry, Trigger) and made is not None:
            made.table_schema = entry.table_schema
    return out
